"""How long do the queries of all dashboards take on many spans?

Spans are made inside the engine, as rows of the derived tables: a fleet of `agents` over 30 days,
more of them in the last day, in the order in which they arrive, one of a hundred twice. Every
statement is asked as the plugin would send it, over the time that its dashboard looks back at
first; the ten slowest are printed. Target: each below 1 s on two cores that have nothing else to
do. Where they have, the clock says little, so the processor's time is printed too, and what the
clock would say on two free cores: half of that, or what the busiest thread took alone.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from bench.settling import settled
from storage import migrate
from storage.http_engine import EmbeddedEngine, HttpLimits, Query
from storage.store import Store
from tests.dashboards import plugin
from tests.dashboards.boards import BOARDS, queries

DAYS, BATCH = 30, 1_000_000
STATEMENTS = Path(__file__).with_name("dashboard_rows")
TARGET_S, CORES = 1.0, 2
# A kept store is looked at as it was on its last day.
LAST = "SELECT toUnixTimestamp(max(ts)) FROM v1_seen"
VARIABLES = dict.fromkeys(("tenant", "agent", "version", "action"), plugin.ALL)


class Taken(NamedTuple):
    """What a query took. free_s: what the clock would say at best if both cores were free."""

    free_s: float
    clock_s: float
    cpu_s: float
    rows: int
    name: str


def main() -> None:
    """Fill a store, ask everything, print the slowest."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--spans", type=int, default=1_000_000)
    parser.add_argument("--agents", type=int, default=200)
    parser.add_argument("--shown", type=int, default=10)
    parser.add_argument("--data", type=Path, help="A folder to keep the store in, or to find it.")
    parser.add_argument("--times", type=int, default=3, help="How often each is asked.")
    parser.add_argument("--named", default="", help="Only queries with this in their name.")
    said = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = (said.data or Path(folder)) / "store"
        fresh = not path.exists()
        with Store(f"chdb://{path}") as store:
            store.command("SELECT 1")  # it is open from its first statement on
            migrate.apply(store, 3650)
            if fresh:
                _fill(store, said.spans, said.agents)
            engine = EmbeddedEngine(str(path), HttpLimits(query_seconds_max=60))
            settled(store)
            taken = sorted(_asked(engine, said.named, said.times), reverse=True)
    _show(taken, said.shown)


def _show(taken: list[Taken], shown: int) -> None:
    print(
        f"{len(taken)} queries. Over {TARGET_S:g} s by the clock: "
        f"{sum(one.clock_s > TARGET_S for one in taken)}, with both cores free: "
        f"{sum(one.free_s > TARGET_S for one in taken)}. The slowest, in ms:"
    )
    print("    clock  both free  processor     rows")
    for one in taken[:shown]:
        times = f"{one.clock_s * 1000:9.0f} {one.free_s * 1000:10.0f} {one.cpu_s * 1000:10.0f}"
        print(f"{times} {one.rows:8}  {one.name}")


def _fill(store: Store, spans: int, agents: int) -> None:
    began = time.monotonic()
    now = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S}"
    known = {"agents": agents, "spans": spans, "now": now}
    for start in range(0, spans, BATCH):
        values = known | {"start": start, "count": min(BATCH, spans - start)}
        for path in sorted(STATEMENTS.glob("*.sql")):
            text = path.read_text()
            for name, value in values.items():
                text = text.replace(f"{{{name}}}", str(value))
            store.command(text)
    print(f"{spans:,} spans of {agents} agents in {time.monotonic() - began:.0f} s")


def _asked(engine: EmbeddedEngine, named: str, times: int) -> Iterator[Taken]:
    until = datetime.fromtimestamp(_number(engine, LAST) + 1, UTC)
    seen: set[tuple[str, str]] = set()
    for asked in queries():
        hours = int(BOARDS[asked.board]["time"]["from"].removeprefix("now-").removesuffix("h"))
        since = until - timedelta(hours=hours)
        variables: dict[str, Any] = {**VARIABLES, "subject": "outcome/o1"}
        asking = plugin.Asking(since, until, max(15, hours * 3600 // 1000), variables)
        text = plugin.asked(asked.sql, asking)
        if (asked.kind, text) not in seen and named in str(asked):
            seen.add((asked.kind, text))
            yield min(_timed(engine, text, str(asked)) for _ in range(times))


def _number(engine: EmbeddedEngine, text: str) -> int:
    return int(engine.run(Query(text.encode(), "TSV")).body)


def _timed(engine: EmbeddedEngine, text: str, name: str) -> Taken:
    before, began = _threads_s(), time.perf_counter()
    rows: int = json.loads(engine.run(Query(text.encode(), "JSON")).body)["rows"]
    clock_s = time.perf_counter() - began
    took = [spent - before.get(thread, 0) for thread, spent in _threads_s().items()]
    return Taken(max(sum(took) / CORES, *took), clock_s, sum(took), rows, name)


def _threads_s() -> dict[str, float]:
    """Processor seconds of each thread of this process so far."""
    spent = {}
    for path in Path("/proc/self/task").iterdir():
        with suppress(OSError):  # it has just ended
            spent[path.name] = int((path / "schedstat").read_text().split()[0]) / 1e9
    return spent


if __name__ == "__main__":
    main()
