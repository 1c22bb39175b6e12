"""Does a whole process serve health, status, metrics and /ch over what it collects?"""

import socket
import time
from collections.abc import Iterator
from pathlib import Path

import clickhouse_connect
import httpx
import pytest
from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families

from app.data_folder import running
from app.local import Api
from tests.app import stored
from tests.app.commands import Instance
from tests.app.live import Live
from tests.collector.running import eventually

POLL_S = 0.05
PROTOBUF = {"content-type": "application/x-protobuf"}
FAST = {"auth": {"refresh_seconds": 0.05}}


@pytest.fixture(scope="module")
def live(module_data: Path) -> Iterator[Live]:
    """It has stored one request, refused one span and failed one request."""
    with Live(module_data, FAST) as running:
        for body in (
            stored.traces(0).SerializeToString(),
            stored.traces(1, bytes(16)).SerializeToString(),
            b"no OTLP",
        ):
            url = f"{running.process.otlp_url}/v1/traces"
            httpx.post(url, content=body, headers=PROTOBUF)
        eventually(lambda: running.http.get("/healthz").json()["spans_last_hour"] == stored.SPANS)
        yield running


def metrics(live: Live) -> dict[str, Metric]:
    text = live.http.get("/metrics").text
    return {family.name: family for family in text_string_to_metric_families(text)}


def total(metric: Metric) -> float:
    return sum(sample.value for sample in metric.samples if not sample.name.endswith("_created"))


def test_metrics_can_be_read_by_prometheus_and_count_what_happened(live: Live) -> None:
    # Acknowledged comes first, stored a little later.
    while total(metrics(live)["otelcol_exporter_sent_items"]) < stored.SPANS:
        time.sleep(POLL_S)
    found = metrics(live)
    assert total(found["otelcol_receiver_accepted_spans"]) == stored.SPANS
    assert total(found["otelcol_receiver_refused_spans"]) == stored.SPANS
    assert total(found["otelcol_receiver_failed_requests"]) == 1
    assert total(found["otelcol_exporter_sent_items"]) == stored.SPANS


@pytest.mark.parametrize(
    "name",
    [
        "otelcol_receiver_accepted_log_records",
        "otelcol_receiver_refused_log_records",
        "otelcol_exporter_queue_size",
        "otelcol_exporter_queue_capacity",
        "wakeline_queue_age_seconds",
        "wakeline_ingest_lag_seconds",
        "wakeline_ingest_lag_p50_seconds",
        "wakeline_ingest_lag_p99_seconds",
        "wakeline_dead_letters",
        "wakeline_store_reachable",
        "process_resident_memory_bytes",
        "process_open_fds",
    ],
)
def test_every_promised_metric_is_there_with_its_meaning(name: str, live: Live) -> None:
    assert metrics(live)[name].documentation


def test_status_has_every_part(live: Live) -> None:
    # The rows can be read a moment before the insert returns that says how late they were.
    eventually(lambda: live.http.get("/v1/status").json()["ingest"]["lag_p50_s"])
    status = live.http.get("/v1/status").json()
    assert status["store"] == {"reachable": True, "spans_last_hour": stored.SPANS}
    assert {row["table"] for row in status["tables"]} >= {"otel_traces", "wakeline_migrations"}
    assert [row["service"] for row in status["services"]] == ["stored"]
    assert set(status["queue"]) == {"bytes", "segments", "oldest_age_s", "disk_free_bytes"}
    assert status["dead_letters"]["count"] == 0
    assert 0 < status["ingest"]["lag_p50_s"] <= status["ingest"]["lag_p99_s"]


def test_clickhouse_clients_read_the_store(live: Live) -> None:
    found = running(live.process.settings.data)
    assert found
    with clickhouse_connect.get_client(dsn=Api(found).dsn) as client:
        assert client.query("SELECT count() FROM otel_traces").result_rows == [(stored.SPANS,)]


def test_ch_is_found_with_and_without_a_slash(live: Live) -> None:
    for path in ("/ch?query=SELECT+1", "/ch/?query=SELECT+1"):
        assert live.http.get(path).text == "1\n"
    assert live.http.get("/ch/ping").text == "Ok.\n"


def test_a_key_made_elsewhere_is_in_force_soon_and_gone_soon(live: Live) -> None:
    made = live.http.post("/v1/keys", json={"scopes": ["read"]}).json()
    eventually(lambda: live.process.ring.in_force == 1)
    live.http.delete(f"/v1/keys/{made['key_id']}")
    eventually(lambda: live.process.ring.in_force == 0)


def test_the_part_without_a_collector_has_no_queue(tmp_path: Path) -> None:
    server = {"store": "clickhouse://127.0.0.1:1/db"}
    with Live(tmp_path / "data", server, collect=False) as serving:
        assert serving.process.otlp_url == ""
        status = serving.http.get("/v1/status").json()
        assert set(status) == {"store"}
        assert status["store"]["reason"].endswith("not reachable: 127.0.0.1:1: Connection refused")
        assert "process_open_fds" in metrics(serving)
        assert serving.http.get("/healthz").status_code == 503
        assert serving.http.get("/ch/?query=SELECT+1").status_code == 404


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:80", "[::1]:8080", "LOCALHOST"])
def test_a_name_of_this_machine_is_answered(host: str, live: Live) -> None:
    assert live.http.get("/v1/status", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8080", "[::1", "127.0.0.1.evil.example", ":80"]
)
def test_a_page_that_lets_its_own_name_point_here_is_refused(host: str, live: Live) -> None:
    for path in ("/v1/status", "/ch/?query=SELECT+1", "/"):
        answer = live.http.get(path, headers={"host": host})
        assert (answer.status_code, answer.json()["error"]) == (421, "MisdirectedRequest")


def test_what_sends_no_host_is_no_browser(live: Live) -> None:
    address = live.http.base_url.host, live.http.base_url.port or 0
    with socket.create_connection(address) as peer:
        peer.sendall(b"GET /healthz HTTP/1.0\r\n\r\n")
        assert b" 200 OK" in peer.makefile("rb").readline()


def test_a_database_that_comes_later_gets_what_was_acknowledged_before(
    own_data: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "wakeline")
    with socket.create_server(("127.0.0.1", 0)) as reserved:
        port = reserved.getsockname()[1]
    server = {
        **FAST,
        "analyzers": {"enabled": False},
        "store": f"http://127.0.0.1:{port}/?proxy_path=ch",
    }
    with Live(tmp_path / "spool", server) as collecting:
        body = stored.traces(0).SerializeToString()
        url = f"{collecting.process.otlp_url}/v1/traces"
        assert httpx.post(url, content=body, headers=PROTOBUF).status_code == 200
        eventually(lambda: "the store is not ready" in caplog.text)
        assert collecting.http.get("/healthz").status_code == 503
        with Instance(
            own_data, "--port", port, WAKELINE_API__CH_WRITABLE_FOR_TESTS="true",
            WAKELINE_ANALYZERS__ENABLED="false",
        ):  # fmt: skip
            eventually(lambda: spans_last_hour(collecting) == stored.SPANS)
            eventually(lambda: "the store is ready again" in caplog.text)
            # Spans can be read before the rows derived from them are written.
            eventually(lambda: collecting.http.get("/v1/status").json()["queue"]["segments"] == 0)
            assert caplog.text.count("the store is not ready") == 1


def spans_last_hour(live: Live) -> int | None:
    answer = live.http.get("/healthz")
    return answer.json()["spans_last_hour"] if answer.status_code == 200 else None
