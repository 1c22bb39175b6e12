"""Does a process keep its store up: migrated, or ended; and do spans inherit while it runs?"""

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from app.settings import load
from app.upkeep import Upkeep
from domain.envelope import Signal
from domain.errors import Conflict, Unavailable
from governance.keys import KeyRing
from storage import migrate, sql
from storage.keys import KeyRows
from storage.store import Store
from tests.collector.running import eventually
from tests.contracts.segments import record, spans, token

OFTEN = {"auth": {"refresh_seconds": 0.1}}
HOUR_NS = 3600 * 10**9


class CountedKeys(KeyRows):
    """Keys of a store, and how often they were read: once in each round, before deriving."""

    reads = 0

    def latest(self) -> Iterator[Mapping[str, Any]]:
        self.reads += 1
        return super().latest()


def upkeep(store: Store, keys: KeyRows | None = None, *, derive: bool) -> Upkeep:
    return Upkeep(load(OFTEN), store, KeyRing(keys or KeyRows(store)), derive=derive)


def test_a_schema_of_a_later_version_ends_it(store: Store) -> None:
    later = {"number": 9999, "name": "9999_later", "checksum": ""}
    store.insert("wakeline_migrations", [later])
    with pytest.raises(Conflict, match="the store has migration 9999_later"):
        asyncio.run(upkeep(store, derive=False).run())


def test_segments_wait_until_all_of_the_schema_is_there(tmp_path: Path) -> None:
    with Store(f"chdb://{tmp_path / 'new'}") as new:
        keeping = upkeep(new, derive=False)
        # A landing table without its views would take the segment and keep nothing.
        for statement in migrate.statements(sql.migrations()[1], "", 30):
            new.command(statement)
        segment = record(spans("plan"))
        with pytest.raises(Unavailable, match="the schema is not there yet"):
            keeping.segments.insert_segment(Signal.TRACES, segment, token())
        asyncio.run(keeping.prepare())
        keeping.segments.insert_segment(Signal.TRACES, segment, token())
        assert new.read_only("SELECT count() FROM otel_traces", "TSV") == b"1\n"


def family() -> tuple[ExportTraceServiceRequest, ExportTraceServiceRequest]:
    """A step that names its agent, and a later one below it that does not."""
    parent, child = spans("plan"), spans("act")
    (above,), (below,) = (found.resource_spans[0].scope_spans[0].spans for found in (parent, child))
    below.parent_span_id = above.span_id
    for key, text in (("operation", "invoke_agent"), ("agent", "planner")):
        above.attributes.add(key=f"gen_ai.{key}.name").value.string_value = text
    below.attributes.add(key="gen_ai.operation.name").value.string_value = "execute_tool"
    return parent, child


def send(store: Store, request: ExportTraceServiceRequest, hours_ago: int = 0) -> None:
    """Store it as received now, or so long ago."""
    segment = record(request, received_unix_nano=time.time_ns() - hours_ago * HOUR_NS)
    store.insert_segment(Signal.TRACES, segment, token())


def agent(store: Store) -> tuple[str, str]:
    """Of the step that names none, and where it is from."""
    statement = "SELECT agent, agent_origin FROM steps FINAL WHERE operation = 'execute_tool'"
    name, origin = store.read_only(statement, "TSV").decode().rstrip("\n").split("\t")
    return name, origin


async def kept_up(kept: Upkeep, *until: Callable[[], bool]) -> None:
    """Run `kept` until each of `until` holds, one after the other."""
    running = asyncio.create_task(kept.run())
    try:
        for holds in until:
            await asyncio.to_thread(eventually, holds)
    finally:
        kept.stop()
        await running


def test_a_step_inherits_while_it_runs_when_its_parent_arrives(store: Store) -> None:
    parent, child = family()
    send(store, child)

    def parent_arrives() -> bool:
        send(store, parent)
        return True

    asyncio.run(
        kept_up(
            upkeep(store, derive=True),
            lambda: agent(store) == ("", "none"),
            parent_arrives,
            lambda: agent(store) == ("planner", "ancestor"),
        )
    )


def test_a_process_that_does_not_derive_leaves_steps_as_they_are(store: Store) -> None:
    for request in family():
        send(store, request)
    keys = CountedKeys(store)
    kept = upkeep(store, keys, derive=False)
    asyncio.run(kept_up(kept, lambda: keys.reads >= 5))
    assert agent(store) == ("", "none")


@pytest.mark.parametrize("hours", [1, 12])
def test_the_service_stands_in_for_an_agent_that_nobody_named_in_time(
    store: Store, hours: int
) -> None:
    # As after an outage: received long ago, stored only now.
    _, child = family()
    send(store, child, hours)
    kept = upkeep(store, derive=True)
    asyncio.run(kept_up(kept, lambda: agent(store) == ("billing", "service")))


def test_a_step_whose_parent_may_yet_come_waits_for_it(store: Store) -> None:
    _, child = family()
    old = family()[1]
    send(store, child)
    send(store, old, 1)
    counted = "SELECT countIf(agent_origin = 'service'), countIf(agent = '') FROM steps FINAL"
    kept = upkeep(store, derive=True)
    asyncio.run(kept_up(kept, lambda: store.read_only(counted, "TSV") == b"1\t1\n"))
