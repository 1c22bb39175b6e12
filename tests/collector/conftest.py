"""Fixtures of the collector: a real engine, running collectors over it, and the clients' sides."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import clickhouse_connect
import pytest

from collector.config import CollectorConfig
from domain.access import Authenticator
from domain.ports import SegmentStore
from storage.store import Store
from tests.collector.peers import Peer, connected
from tests.collector.running import Running, thirty_days

Launch = Callable[..., Running]
Connect = Callable[[str, Running], Peer]
Select = Callable[[str], list[dict[str, Any]]]


@pytest.fixture(scope="module")
def engine(module_store: Store) -> Store:
    """A migrated embedded store for the tests of one module; one at a time in a process."""
    return module_store


@pytest.fixture
def launch(engine: Store, tmp_path: Path) -> Iterator[Launch]:
    """Starts collectors with the settings of one test, and stops them after it."""
    started: list[Running] = []

    def start(
        store: SegmentStore | None = None,
        authenticator: Authenticator | None = None,
        retention_days: Callable[[str], int] = thirty_days,
        folder: str = "spool",
        **settings: Any,
    ) -> Running:
        config = CollectorConfig.model_validate(settings)
        running = Running(tmp_path / folder, store or engine, config, authenticator, retention_days)
        started.append(running)
        return running

    yield start
    for running in started:
        running.stop()


@pytest.fixture
def connect() -> Iterator[Connect]:
    """Peers of peers.WAYS, disconnected after the test."""
    with ExitStack() as stack:
        yield lambda way, to: stack.enter_context(connected(way, to.http_port, to.grpc_port))


@pytest.fixture(scope="module")
def rows(engine: Store) -> Iterator[Select]:
    """The answer to a query as dicts."""
    client = clickhouse_connect.get_client(dsn=f"chdb://{engine.embedded_path}")

    def select(query: str) -> list[dict[str, Any]]:
        return list(client.query(query).named_results())

    yield select
    client.close()
