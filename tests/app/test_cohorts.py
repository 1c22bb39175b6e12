"""Does `wakeline cohorts` count runs as they are, and name the version that goes wrong?"""

import random
from datetime import timedelta
from pathlib import Path
from typing import Any

from analyzers.cohorts import Cell
from app import cohorts
from domain.asked import EVER
from storage.store import Store
from tests.analyzers.order_runs import BEGAN, NOW, Run, store_runs
from tests.app.commands import invoke
from tests.storage.test_findings import step

DAY = timedelta(days=1)


def versions(store: Store, seed: int, planted: float) -> None:
    """200 runs: version 2 ends badly in a share of `planted`, others in a tenth."""
    rng = random.Random(seed)
    names = [rng.choice("123") for _ in range(200)]
    runs = [Run(["pay"], good=rng.random() >= (planted if name == "2" else 0.1)) for name in names]
    traces = store_runs(store, runs)
    store.insert("steps", [
        step(trace_id=trace, span_id="root", ts=BEGAN, received=BEGAN, operation="invoke_agent",
             tool="", agent_version=name, model="m-1")
        for trace, name in zip(traces, names, strict=True)
    ])  # fmt: skip


def test_the_version_that_goes_wrong_is_named(data: Path) -> None:
    with Store(f"chdb://{data / 'store'}") as store:
        versions(store, 3, 0.5)
    where = ("--data", data)
    (first,) = invoke("cohorts", "--format", "json", *where).json
    assert (first["dimension"], first["part"], first["value"]) == ("agent_version", "billing", "2")
    assert first["bad_share"] > 3 * first["others_bad_share"]
    lines = invoke("cohorts", "--all", *where).out.splitlines()
    assert lines[0].split("\t")[:4] == ["tenant", "what", "of", "value"]
    assert lines[1].split("\t")[3] == "2"
    assert len(lines) == 4
    assert invoke("cohorts", "--tenant", "other", "--format", "json", *where).json == []


def test_where_nothing_stands_out_it_says_so(data: Path) -> None:
    with Store(f"chdb://{data / 'store'}") as store:
        versions(store, 4, 0.1)
    told = invoke("cohorts", "--since", "1d", "--data", data)
    assert told.err == (
        "nothing stands out among 3 values seen, and not seen, in at least 20 runs of which"
        " somebody said how they ended\n"
    )


def test_every_dimension_is_counted_once_a_run(store: Store) -> None:
    bad, good, _ = store_runs(
        store, [Run(["pay", "pay"], good=False), Run(["pay"]), Run([], good=None)]
    )
    base: dict[str, Any] = {"tenant": "acme", "received": NOW, "retention_days": 30, "revision": 1}
    read: dict[str, Any] = {
        "access": "read", "entity": "account:1", "entity_type": "account", "field": "rate",
        "status": "Ok", "ts": NOW, "span_id": "r", "as_of": EVER, "source_kind": "cache",
    }  # fmt: skip
    ages = [(bad, 30), (bad, 40), (good, 3000), (good, 30_000), (good, 300_000), (good, 3_000_000)]
    reads: list[dict[str, Any]] = [
        {"trace_id": trace, "as_of": NOW - timedelta(seconds=age), "data_id": str(age)}
        for trace, age in ages
    ]
    unsaid: dict[str, Any] = {"trace_id": good, "data_id": "unsaid", "source_kind": "primary"}
    store.insert("data_access", [base | read | one for one in (*reads, unsaid)])
    store.insert("decisions", [
        base | {"ts": NOW, "trace_id": bad, "span_id": "d", "policy_id": "limits",
                "policy_version": "3"}
    ])  # fmt: skip
    store.insert("contents", [
        base | {"ts": NOW, "trace_id": good, "span_id": "c", "agent": "billing",
                "instructions_hash": 255}
    ])  # fmt: skip
    rows = store.rows(
        "cohorts", since=NOW - DAY, until=NOW + DAY, tenant="acme", outcomes_max=10, rows_max=100
    )
    found = {cell for row in rows if (cell := Cell(*(row[name] for name in Cell.__slots__))).value}
    assert found == {
        Cell("tool", "", "pay", 1, 1),
        Cell("policy_version", "limits", "3", 1, 0),
        Cell("prompt", "billing", "ff", 0, 1),
        Cell("source_kind", "account.rate", "cache", 1, 1),
        Cell("source_kind", "account.rate", "primary", 0, 1),
        Cell("read_age", "account.rate", "under 1 min", 1, 0),
        Cell("read_age", "account.rate", "under 1 h", 0, 1),
        Cell("read_age", "account.rate", "under 1 day", 0, 1),
        Cell("read_age", "account.rate", "under 7 days", 0, 1),
        Cell("read_age", "account.rate", "7 days or more", 0, 1),
    }
    totals = {(row["dimension"], row["bad"], row["good"]) for row in rows if not row["value"]}
    assert ("read_age", 1, 1) in totals
    assert list(cohorts.of(store, NOW - DAY, NOW + DAY)) == []
