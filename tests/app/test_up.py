"""Does `wakeline up` tell what matters, and what it can not do, and stop as it should?"""

import errno
import socket
from pathlib import Path
from typing import Any

import httpx
import pytest
import trustme

from app import addresses
from app.addresses import Address
from domain.errors import InvalidInput
from tests.app.commands import FREE_PORTS, invoke, while_running

pytestmark = pytest.mark.usefixtures("shared_engine")


@pytest.mark.parametrize("flag", ["--grpc-port", "--http-port", "--port"])
def test_a_port_in_use_is_named_with_its_option(flag: str, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refusal = invoke("up", "--data", tmp_path / "data", flag, port).refused()
    assert refusal == f"127.0.0.1:{port} is in use; stop what holds it, or set another {flag}"


@pytest.mark.parametrize(
    ("host", "reason"),
    [
        ("192.0.2.1", "can not listen on 192.0.2.1:4317: "),
        ("nowhere.invalid", "can not listen on nowhere.invalid:4317: "),
        ("2001:db8::1", "can not listen on [2001:db8::1]:4317: "),
    ],
)
def test_a_host_that_is_not_ours_is_refused(host: str, reason: str, tmp_path: Path) -> None:
    refusal = invoke("up", "--data", tmp_path / "data", "--host", host).refused()
    assert refusal.startswith(reason)
    assert refusal.endswith("; check --host")


def test_a_port_for_the_superuser_is_told_apart() -> None:
    # Tests may run as root, who may bind any port.
    refusal = addresses.refusal(Address("127.0.0.1", 80, "port"), OSError(errno.EACCES, "denied"))
    assert isinstance(refusal, InvalidInput)
    assert str(refusal) == "can not listen on 127.0.0.1:80: denied; set a --port above 1023"


def test_ipv6_loopback_needs_no_keys(data: Path) -> None:
    def visit(announced: dict[str, Any]) -> None:
        assert announced["api_url"].startswith("http://[::1]:")
        assert httpx.get(announced["api_url"] + "/v1/status").status_code == 200
        status = invoke("status", "--data", data, "--format", "json")
        assert status.json["running"] is True

    outcome = while_running(visit, data, "up", "--host", "::1")
    assert outcome.code == 0, outcome


def test_an_open_address_requires_keys_and_the_first_start_says_how_to_make_one(
    data: Path,
) -> None:
    def visit(announced: dict[str, Any]) -> None:
        assert announced["api_url"].startswith("http://127.0.0.1:")
        assert httpx.get(announced["api_url"] + "/v1/status").status_code == 401
        assert httpx.get(announced["api_url"] + "/healthz").json() == {"status": "ok"}

    outcome = while_running(visit, data, "up", "--host", "0.0.0.0")
    advice = f"make one: wakeline keys create --scope ingest --data {data}"
    assert [line for line in outcome.err.splitlines() if advice in line]
    assert invoke("keys", "create", "--scope", "ingest", "--data", data).code == 0
    assert advice not in while_running(visit, data, "up", "--host", "0.0.0.0").err


def test_keys_can_be_switched_off_and_that_is_told(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WAKELINE_AUTH__MODE", "off")

    def visit(announced: dict[str, Any]) -> None:
        answer = httpx.get(
            announced["api_url"] + "/v1/status", headers={"host": "wakeline.example"}
        )
        assert answer.status_code == 200

    outcome = while_running(visit, data, "up", "--host", "0.0.0.0")
    assert "warning: auth.mode is off" in outcome.err


def test_keys_can_be_required_on_loopback(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAKELINE_AUTH__MODE", "required")

    def visit(announced: dict[str, Any]) -> None:
        assert httpx.get(announced["api_url"] + "/v1/status").status_code == 401

    assert while_running(visit, data, "up").code == 0


def test_a_folder_that_can_not_be_used_is_named(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    for folder in (file, file / "below", Path("/proc/wakeline"), Path("/sys/wakeline")):
        refusal = invoke("up", "--data", folder).refused()
        assert refusal.startswith(f"can not use the folder {folder}: ")
        assert refusal.endswith("; name another with --data")


def test_a_disk_that_fails_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "spool").write_text("no folder")
    refusal = invoke("up", "--data", tmp_path).refused()
    assert refusal == f"{tmp_path / 'spool'}: File exists"


@pytest.mark.parametrize("role", ["collect", "serve"])
def test_one_role_alone_needs_a_server(role: str, tmp_path: Path) -> None:
    refusal = invoke(role, "--data", tmp_path / "data").refused()
    assert refusal.startswith(f"`wakeline {role}` is one role of several")
    assert not (tmp_path / "data").exists()


def test_a_server_that_is_down_stops_nothing_but_health(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    data = tmp_path / "data"
    server = ("--store", "clickhouse://127.0.0.1:1/wakeline")

    def visit(announced: dict[str, Any]) -> None:
        answer = httpx.get(announced["api_url"] + "/healthz")
        assert (answer.status_code, answer.json()["error"]) == (503, "Unavailable")
        assert int(answer.headers["retry-after"]) >= 1
        status = invoke("status", "--data", data, *server, "--format", "json").json
        assert (status["running"], status["store"]["reachable"]) == (True, False)
        doctor = invoke("doctor", "--data", data, *server)
        assert doctor.code == 1
        assert (
            "! No answer: the store is not reachable: 127.0.0.1:1: Connection refused; "
            in doctor.out
        )

    outcome = while_running(visit, data, "collect", *server)
    assert outcome.code == 0
    told = [record.getMessage() for record in caplog.records if record.name == "wakeline"]
    assert told == [
        "the store is not ready, the spool keeps what arrives:"
        " the store is not reachable: 127.0.0.1:1: Connection refused"
    ]


def test_an_instance_over_tls_can_not_take_what_is_replayed(
    data: Path, tmp_path: Path, spans: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = trustme.CA()
    certificate = authority.issue_cert("localhost")
    (tmp_path / "key.pem").write_bytes(certificate.private_key_pem.bytes())
    (tmp_path / "cert.pem").write_bytes(certificate.cert_chain_pems[0].bytes())
    monkeypatch.setenv("WAKELINE_COLLECTOR__TLS__KEY", str(tmp_path / "key.pem"))
    monkeypatch.setenv("WAKELINE_COLLECTOR__TLS__CERTIFICATE", str(tmp_path / "cert.pem"))

    def visit(announced: dict[str, Any]) -> None:
        assert announced["otlp_url"] == ""
        outcome = invoke("replay", spans, "--data", data)
        assert outcome.code == 1
        # The instance, in this process too, may still be telling that it is ready.
        assert "an instance without OTLP over plain HTTP" in outcome.err.splitlines()[-1]

    assert while_running(visit, data, "up").code == 0


def test_a_missing_certificate_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("KEY", "CERTIFICATE"):
        monkeypatch.setenv(f"WAKELINE_COLLECTOR__TLS__{name}", "nowhere.pem")
    refusal = invoke("up", "--data", tmp_path / "data", *FREE_PORTS).refused()
    assert refusal.endswith("No such file or directory")


def test_the_api_alone_serves_until_it_is_stopped(tmp_path: Path) -> None:
    def visit(announced: dict[str, Any]) -> None:
        assert (announced["otlp_url"], announced["readable"]) == ("", False)
        for command in (["sql", "SELECT 1"], ["migrate", "--pending"]):
            refusal = invoke(*command, "--data", data).refused()
            assert "stores in a ClickHouse server; name it with --store" in refusal
        assert invoke("status", "--data", data, "--format", "json").json["running"] is True

    data = tmp_path / "data"
    server = ("--store", "clickhouse://127.0.0.1:1/wakeline")
    outcome = while_running(visit, data, "serve", *server, ports=("--port", 0))
    assert outcome.code == 0
    assert [line.split("  ")[0] for line in outcome.err.splitlines()] == ["API", "data", "ready"]


def test_what_a_stop_leaves_in_the_spool_is_told(
    tmp_path: Path, spans: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WAKELINE_COLLECTOR__SPOOL__DRAIN_SECONDS", "0")
    data = tmp_path / "data"
    server = ("--store", "clickhouse://127.0.0.1:1/wakeline")

    def visit(announced: dict[str, Any]) -> None:
        assert invoke("replay", spans, "--data", data).code == 0

    outcome = while_running(visit, data, "collect", *server)
    assert outcome.code == 0
    assert outcome.err.endswith("stays in the spool for the next start\n")
    assert list((data / "spool").glob("*.segment"))
