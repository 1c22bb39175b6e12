"""The same payload sent to Arize Phoenix and MLflow: spans/s until all are in their databases."""

import os
import socket
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import httpx

from bench.load import Outcome
from bench.measure import HOST, Case, fire, load
from bench.processes import BenchError, Child, running

START_SECONDS_MAX = 180.0
STORE_SECONDS_MAX = 180.0
POLL_S = 0.25
SPANS_PER_REQUEST = 512
# Sent before, so that imports and empty caches of the first requests are not held against them.
WARM_UP_REQUESTS = 2
# Neither has a network to speak to, and a measurement is nobody's usage.
QUIET = {
    "DO_NOT_TRACK": "true",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "PHOENIX_TELEMETRY_ENABLED": "false",
    "PHOENIX_ALLOW_EXTERNAL_RESOURCES": "false",
}


@dataclass(frozen=True, slots=True)
class Peer:
    """How to run another product as its own documentation does, and where its spans end up.

    connections: requests under way at once; the number at which it was fastest.
    """

    name: str
    environment_name: str
    command: Callable[[Path, int], list[str]]
    variables: Callable[[Path, int], Mapping[str, str]]
    health: str
    database: str
    connections: int
    headers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PeerFigures:
    """spans: stored within the time; spans_per_s: from the first byte sent until they were."""

    name: str
    version: str
    spans: int
    stored_s: float
    spans_per_s: float
    ack_p50_ms: float
    ack_p99_ms: float
    cpu_s_per_million_spans: float
    peak_bytes: int


def _phoenix_variables(folder: Path, port: int) -> Mapping[str, str]:
    return {
        "PHOENIX_WORKING_DIR": str(folder),
        "PHOENIX_HOST": HOST,
        "PHOENIX_PORT": str(port),
        "PHOENIX_GRPC_PORT": str(_free_port()),
    }


def _mlflow_command(folder: Path, port: int) -> list[str]:
    store = ["--backend-store-uri", f"sqlite:///{folder}/mlflow.db"]
    artifacts = ["--artifacts-destination", str(folder / "artifacts")]
    return ["mlflow", "server", "--host", HOST, "--port", str(port), *store, *artifacts]


PEERS = (
    Peer(
        name="phoenix",
        environment_name="arize-phoenix",
        command=lambda folder, port: ["phoenix", "serve"],
        variables=_phoenix_variables,
        health="/healthz",
        database="phoenix.db",
        connections=4,
    ),
    Peer(
        name="mlflow",
        environment_name="mlflow",
        command=_mlflow_command,
        variables=lambda folder, port: {},
        health="/health",
        database="mlflow.db",
        connections=4,
        headers=("x-mlflow-experiment-id: 0",),
    ),
)


def home() -> Path:
    """The folder that peers.sh installs into."""
    named = os.environ.get("WAKELINE_BENCH_HOME")
    return Path(named) if named else Path.home() / ".cache" / "wakeline-bench"


def missing() -> list[str]:
    """The peers that are not installed."""
    return [
        peer.name for peer in PEERS if not (home() / peer.environment_name / "installed").exists()
    ]


def measure_all(spans: int) -> Iterator[PeerFigures]:
    """Each peer in turn, on an empty database. Raises BenchError."""
    for peer in PEERS:
        yield _measure(peer, spans)


def _measure(peer: Peer, spans: int) -> PeerFigures:
    port = _free_port()
    with tempfile.TemporaryDirectory(prefix=f"bench-{peer.name}-") as name:
        folder = Path(name)
        program, *arguments = peer.command(folder, port)
        binary = home() / peer.environment_name / "bin" / program
        environment = {**os.environ, **QUIET, **peer.variables(folder, port)}
        environment["PATH"] = f"{binary.parent}:{environment['PATH']}"
        with running([str(binary), *arguments], peer.name, environment, folder) as child:
            _wait_healthy(child, f"http://{HOST}:{port}{peer.health}")
            return _figures(peer, child, folder / peer.database, f"{HOST}:{port}", spans)


def _figures(peer: Peer, child: Child, database: Path, address: str, spans: int) -> PeerFigures:
    _send(peer, child, address, WARM_UP_REQUESTS)
    warm = WARM_UP_REQUESTS * SPANS_PER_REQUEST
    _wait_stored(child, database, warm, time.time())
    before = child.use()
    outcome = _send(peer, child, address, max(spans // SPANS_PER_REQUEST, 1))
    stored, stored_s = _wait_stored(child, database, warm + outcome.spans, outcome.began_unix_s)
    stored -= warm
    after = child.use()
    return PeerFigures(
        name=peer.name,
        version=(home() / peer.environment_name / "installed").read_text().strip(),
        spans=stored,
        stored_s=stored_s,
        spans_per_s=stored / stored_s,
        ack_p50_ms=outcome.ack_p50_ms,
        ack_p99_ms=outcome.ack_p99_ms,
        cpu_s_per_million_spans=(after.cpu_s - before.cpu_s) / max(stored, 1) * 1e6,
        peak_bytes=after.peak_bytes,
    )


def _send(peer: Peer, child: Child, address: str, count: int) -> Outcome:
    child.check()
    case = Case(peer.name, "http", SPANS_PER_REQUEST, count, peer.connections)
    with load(case, address, *peer.headers) as generator:
        return fire(generator)


def _wait_stored(
    child: Child, database: Path, spans: int, began_unix_s: float
) -> tuple[int, float]:
    """How many are stored after which time: all of them, or what was there when time was up."""
    while True:
        child.check()
        stored = _stored(database)
        seconds = time.time() - began_unix_s
        if stored >= spans:
            return stored, seconds
        if seconds > STORE_SECONDS_MAX:
            if not stored:
                raise child.error(f"stored nothing in {STORE_SECONDS_MAX:.0f} s")
            return stored, seconds
        time.sleep(POLL_S)


def _stored(database: Path) -> int:
    """Both keep a table of spans; 0 while a writer holds the lock."""
    try:
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
            (count,) = connection.execute("SELECT count(*) FROM spans").fetchone()
    except sqlite3.OperationalError:
        return 0
    return int(count)


def _wait_healthy(child: Child, url: str) -> None:
    until = time.monotonic() + START_SECONDS_MAX
    while time.monotonic() < until:
        child.check()
        try:
            if httpx.get(url, timeout=2).status_code == httpx.codes.OK:
                return
        except httpx.HTTPError:
            time.sleep(POLL_S)
    raise BenchError(f"{url} did not answer in {START_SECONDS_MAX:.0f} s")


def _free_port() -> int:
    with socket.create_server((HOST, 0)) as server:
        port: int = server.getsockname()[1]
        return port
