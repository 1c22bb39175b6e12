"""Stock exporters of other projects deliver to a running instance, and every span is found.

Each sends 1,000 spans over its own protocol; what the store holds is compared span by span.
"""

import json
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter as GrpcExporter
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter as HttpExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.util.types import AttributeValue

from tests.app.commands import Instance

SPANS = 1000
NODE = Path(__file__).parent / "node"
INSTALL_SECONDS_MAX = 50.0
QUERYABLE_SECONDS_MAX = 30.0
WORDS = ["höhe", '"quoted"']


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[Instance]:
    with Instance(tmp_path / "data") as running:
        yield running


@pytest.fixture(scope="module")
def node() -> str:
    """The node program, its exporter installed from the lock file."""
    program = shutil.which("node")
    assert program, "node is missing: `make system` installs it"
    lock = NODE / "package-lock.json"
    installed = NODE / "node_modules" / ".package-lock.json"
    if not installed.exists() or installed.stat().st_mtime < lock.stat().st_mtime:
        subprocess.run(["npm", "ci", "--silent"], cwd=NODE, check=True, timeout=INSTALL_SECONDS_MAX)
    return program


def http_url(instance: Instance) -> str:
    line = instance.told.partition("OTLP HTTP")[2].splitlines()[0]
    return f"http://{line.strip().removeprefix('http://')}/v1/traces"


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


def stored(instance: Instance, service: str) -> list[dict[str, Any]]:
    """Every span of the service, once all that was acknowledged is queryable."""
    query = (
        "SELECT SpanId, SpanName, SpanAttributes AS text, SpanAttributesNumber AS numbers"
        f" FROM otel_traces WHERE ServiceName = '{service}' LIMIT 5000"
    )
    deadline = time.monotonic() + QUERYABLE_SECONDS_MAX
    while True:
        answer = httpx.get(
            f"{instance.announced['api_url']}/ch/",
            params={"query": query, "default_format": "JSONEachRow"},
            headers={"authorization": f"Bearer {instance.announced['token']}"},
        )
        answer.raise_for_status()
        rows = [json.loads(line) for line in answer.text.splitlines()]
        if len(rows) >= SPANS or time.monotonic() > deadline:
            return rows


def check(rows: list[dict[str, Any]]) -> None:
    assert len(rows) == SPANS
    assert len({row["SpanId"] for row in rows}) == SPANS
    by_number = {int(row["text"]["number"]): row for row in rows}
    assert set(by_number) == set(range(SPANS))
    for number, row in by_number.items():
        assert row["SpanName"] == "execute_tool lookup"
        assert row["text"]["even"] == str(number % 2 == 0).lower()
        assert float(row["text"]["ratio"]) == row["numbers"]["ratio"] == number + 0.5
        assert json.loads(row["text"]["words"]) == WORDS


def test_the_python_grpc_exporter_delivers_every_span(instance: Instance) -> None:
    send(GrpcExporter(f"http://127.0.0.1:{instance.grpc_port}", insecure=True), "python-grpc")
    check(stored(instance, "python-grpc"))


@pytest.mark.parametrize("compression", [Compression.NoCompression, Compression.Gzip])
def test_the_python_http_exporter_delivers_every_span(
    instance: Instance, compression: Compression
) -> None:
    service = f"python-http-{compression.value}"
    send(HttpExporter(http_url(instance), compression=compression), service)
    check(stored(instance, service))


def test_the_npm_json_exporter_delivers_every_span(instance: Instance, node: str) -> None:
    subprocess.run(
        [node, "send.mjs", http_url(instance), str(SPANS)],
        cwd=NODE, check=True, timeout=INSTALL_SECONDS_MAX,
    )  # fmt: skip
    check(stored(instance, "node-agent"))
