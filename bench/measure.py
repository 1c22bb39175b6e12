"""One measured case: a fresh Wakeline, one load, and the wait until every span is queryable."""

import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from bench.load import Outcome
from bench.processes import BenchError, Child, Use, running

HOST = "127.0.0.1"
START_SECONDS_MAX = 60.0
BUILD_SECONDS_MAX = 300.0
LOAD_SECONDS_MAX = 1800.0
DRAIN_SECONDS_MAX = 900.0
POLL_S = 0.05
COUNT_SPANS = "SELECT count() FROM otel_traces"
QUEUED_SEGMENTS = "wakeline_queue_segments "


@dataclass(frozen=True, slots=True)
class Case:
    """A load. connections: requests under way at once; file: send this OTLP file instead."""

    name: str
    transport: str
    size: int
    requests: int
    connections: int
    file: Path | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """What a case gave.

    spans_per_s counts from the first byte sent until the last span is queryable and the spool is
    empty, requests_per_s until the last acknowledge; cpu_s and peak_bytes are the server's.
    """

    name: str
    requests: int
    spans: int
    bytes_per_span: float
    retries: int
    queryable_s: float
    spans_per_s: float
    requests_per_s: float
    ack_p50_ms: float
    ack_p99_ms: float
    ack_max_ms: float
    cpu_s_per_million_spans: float
    peak_bytes: int
    generator_cpu_s: float


class Wakeline:
    """A running instance under measurement."""

    def __init__(self, child: Child, folder: Path) -> None:
        self.child = child
        self.grpc = child.line("OTLP gRPC", START_SECONDS_MAX).split()[-1]
        self.http = child.line("OTLP HTTP", START_SECONDS_MAX).split()[-1].removeprefix("http://")
        child.line("ready", START_SECONDS_MAX)
        instance = json.loads((folder / "wakeline.json").read_text())
        self._api = httpx.Client(
            base_url=instance["api_url"],
            headers={"authorization": f"Bearer {instance['token']}"},
            timeout=60,
        )

    def spans(self) -> int:
        """Spans that a query finds now."""
        return int(self.answer(COUNT_SPANS))

    def answer(self, query: str) -> str:
        """To a statement that reads, as tab-separated text."""
        return self._get("/ch/", query=query)

    def queued_segments(self) -> int:
        """Sealed segments whose insert has not returned; derived tables may still be filling."""
        metrics = self._get("/metrics")
        return int(float(metrics.partition("\n" + QUEUED_SEGMENTS)[2].partition("\n")[0]))

    def wait_queryable(self, spans: int) -> float:
        """Until all of `spans` and what is derived from them can be read; the time, Unix."""
        until = time.monotonic() + DRAIN_SECONDS_MAX
        while time.monotonic() < until:
            self.child.check()
            if self.spans() >= spans and self.queued_segments() == 0:
                return time.time()
            time.sleep(POLL_S)
        raise self.child.error(f"holds {self.spans()} of {spans} spans after the last wait")

    def close(self) -> None:
        """Close the connections to it."""
        self._api.close()

    def _get(self, path: str, **parameters: str) -> str:
        answer = self._api.get(path, params=parameters)
        answer.raise_for_status()
        return answer.text


@contextmanager
def wakeline() -> Iterator[Wakeline]:
    """A fresh instance in a folder of its own; WAKELINE_... variables of the caller apply."""
    with tempfile.TemporaryDirectory(prefix="wakeline-bench-") as name:
        folder = Path(name)
        command = [sys.executable, "-m", "app", "up", "--data", name, "--host", HOST]
        ports = ["--grpc-port", "0", "--http-port", "0", "--port", "0"]
        environment = dict(os.environ)
        environment.pop("WAKELINE_BENCH_HOME", None)  # not a setting of the product
        with running([*command, *ports], "wakeline up", environment) as child:
            instance = Wakeline(child, folder)
            try:
                yield instance
            finally:
                instance.close()


@contextmanager
def load(case: Case, address: str, *headers: str) -> Iterator[Child]:
    """A load generator whose requests are built; it waits for `fire`."""
    command = [sys.executable, "-m", "bench.load", case.transport, address]
    options: list[Any] = ["--size", case.size, "--requests", case.requests]
    options += ["--connections", case.connections]
    for header in headers:
        options += ["--header", header]
    if case.file:
        options += ["--file", case.file]
    with running([*command, *map(str, options)], "bench.load") as child:
        child.line("built", BUILD_SECONDS_MAX)
        yield child


def fire(generator: Child, seconds_max: float = LOAD_SECONDS_MAX) -> Outcome:
    """Let the load run to its end."""
    generator.say("go")
    return Outcome(**json.loads(generator.line("{", seconds_max)))


def measure(case: Case) -> Figures:
    """Run one case on a fresh instance. Raises BenchError, also when a span is lost or doubled."""
    with wakeline() as server:
        address = server.grpc if case.transport == "grpc" else server.http
        with load(case, address) as generator:
            before = server.child.use()
            outcome = fire(generator)
        queryable_s = server.wait_queryable(outcome.spans) - outcome.began_unix_s
        after = server.child.use()
        stored = server.spans()
        if stored != outcome.spans:
            raise BenchError(f"{case.name}: {outcome.spans} spans sent, {stored} stored")
    return _figures(case, outcome, queryable_s, Use(after.cpu_s - before.cpu_s, after.peak_bytes))


def _figures(case: Case, outcome: Outcome, queryable_s: float, use: Use) -> Figures:
    return Figures(
        name=case.name,
        requests=outcome.requests,
        spans=outcome.spans,
        bytes_per_span=outcome.request_bytes / outcome.spans,
        retries=outcome.retries,
        queryable_s=queryable_s,
        spans_per_s=outcome.spans / queryable_s,
        requests_per_s=outcome.requests / outcome.seconds,
        ack_p50_ms=outcome.ack_p50_ms,
        ack_p99_ms=outcome.ack_p99_ms,
        ack_max_ms=outcome.ack_max_ms,
        cpu_s_per_million_spans=use.cpu_s / outcome.spans * 1e6,
        peak_bytes=use.peak_bytes,
        generator_cpu_s=outcome.generator_cpu_s,
    )
