"""Stock exporters of other projects deliver to a running instance, and every span is found.

Each sends 1,000 spans over its own protocol; what the store holds is compared span by span.
"""

import fcntl
import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from opentelemetry._logs import SeverityNumber
from opentelemetry.exporter.otlp.proto.grpc._log_exporter import OTLPLogExporter as GrpcLogExporter
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter as GrpcExporter
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter as HttpLogExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter as HttpExporter
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor, LogRecordExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.util.types import AttributeValue

from tests.app.commands import Instance
from tests.collector.running import eventually

SPANS = 1000
NODE = Path(__file__).parent / "node"
SECONDS_MAX = 120.0
START = 1_790_000_000_000_000_000
WORDS = ["höhe", '"quoted"']


@pytest.fixture(scope="module")
def instance(schema_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    data = tmp_path_factory.mktemp("exporters")
    shutil.copytree(schema_folder, data / "store", symlinks=True)
    with Instance(data, WAKELINE_ANALYZERS__ENABLED="false") as running:
        yield running


@pytest.fixture(scope="session")
def node() -> str:
    """The node program, its exporter installed from the lock file, once for all test runs."""
    program = shutil.which("node")
    assert program, "node is missing: `make system` installs it"
    assert shutil.which("npm"), "npm is missing: `make system` installs it"
    lock = NODE / "package-lock.json"
    installed = NODE / "node_modules" / ".package-lock.json"
    with lock.open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        if not installed.exists() or installed.stat().st_mtime < lock.stat().st_mtime:
            subprocess.run(["npm", "ci", "--silent"], cwd=NODE, check=True, timeout=SECONDS_MAX)
    return program


def url(instance: Instance, signal: str) -> str:
    return f"{instance.announced['otlp_url']}/v1/{signal}"


def send(exporter: SpanExporter, service: str) -> None:
    provider = TracerProvider(resource=Resource.create({"service.name": service}))
    provider.add_span_processor(BatchSpanProcessor(exporter, max_queue_size=2 * SPANS))
    tracer = provider.get_tracer("wakeline-test")
    for number in range(SPANS):
        attributes: dict[str, AttributeValue] = {
            "number": number, "ratio": number + 0.5, "even": number % 2 == 0, "words": WORDS,
        }  # fmt: skip
        tracer.start_span("execute_tool lookup", attributes=attributes).end()
    provider.shutdown()


def send_logs(exporter: LogRecordExporter, service: str) -> None:
    provider = LoggerProvider(Resource.create({"service.name": service}))
    provider.add_log_record_processor(BatchLogRecordProcessor(exporter))
    logger = provider.get_logger("wakeline-test")
    for number in range(SPANS):
        logger.emit(
            timestamp=START + number, severity_number=SeverityNumber.INFO, severity_text="INFO",
            body=f"order {number} höhe", attributes={"number": number},
        )  # fmt: skip
    provider.shutdown()


def stored(instance: Instance, table: str, service: str) -> list[dict[str, Any]]:
    """Every row of the service, once as many as were acknowledged are queryable."""
    rows: list[dict[str, Any]] = []

    def arrived() -> bool:
        answer = httpx.get(
            f"{instance.announced['api_url']}/ch/",
            params={
                "query": f"SELECT * FROM {table} WHERE ServiceName = '{service}' LIMIT 5000",
                "default_format": "JSONEachRow",
            },
        )
        rows[:] = [json.loads(line) for line in answer.raise_for_status().text.splitlines()]
        return len(rows) >= SPANS

    eventually(arrived)
    return rows


def check(rows: list[dict[str, Any]]) -> None:
    assert len(rows) == SPANS
    assert len({row["SpanId"] for row in rows}) == SPANS
    by_number = {int(row["SpanAttributes"]["number"]): row for row in rows}
    assert set(by_number) == set(range(SPANS))
    for number, row in by_number.items():
        text, numbers = row["SpanAttributes"], row["SpanAttributesNumber"]
        assert row["SpanName"] == "execute_tool lookup"
        assert text["even"] == str(number % 2 == 0).lower()
        assert float(text["ratio"]) == numbers["ratio"] == number + 0.5
        assert json.loads(text["words"]) == WORDS


def check_logs(rows: list[dict[str, Any]]) -> None:
    assert len(rows) == SPANS
    assert {row["Body"] for row in rows} == {f"order {number} höhe" for number in range(SPANS)}
    for row in rows:
        assert row["Body"] == f"order {row['LogAttributes']['number']} höhe"
        assert row["SeverityText"] == "INFO"


def test_the_python_grpc_exporter_delivers_every_span(instance: Instance) -> None:
    send(GrpcExporter(f"http://127.0.0.1:{instance.grpc_port}", insecure=True), "python-grpc")
    check(stored(instance, "otel_traces", "python-grpc"))


@pytest.mark.parametrize("compression", [Compression.NoCompression, Compression.Gzip])
def test_the_python_http_exporter_delivers_every_span(
    instance: Instance, compression: Compression
) -> None:
    service = f"python-http-{compression.value}"
    send(HttpExporter(url(instance, "traces"), compression=compression), service)
    check(stored(instance, "otel_traces", service))


def test_the_npm_json_exporter_delivers_every_span(instance: Instance, node: str) -> None:
    subprocess.run(
        [node, "send.mjs", url(instance, "traces"), str(SPANS)],
        cwd=NODE, check=True, timeout=SECONDS_MAX,
    )  # fmt: skip
    check(stored(instance, "otel_traces", "node-agent"))


def test_the_python_grpc_exporter_delivers_every_log_record(instance: Instance) -> None:
    exporter = GrpcLogExporter(f"http://127.0.0.1:{instance.grpc_port}", insecure=True)
    send_logs(exporter, "python-grpc-logs")
    check_logs(stored(instance, "otel_logs", "python-grpc-logs"))


def test_the_python_http_exporter_delivers_every_log_record(instance: Instance) -> None:
    send_logs(HttpLogExporter(url(instance, "logs")), "python-http-logs")
    check_logs(stored(instance, "otel_logs", "python-http-logs"))
