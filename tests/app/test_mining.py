"""Are orders of tools mined, told of, promoted and rejected from the shell and by a process?"""

import asyncio
import logging
import random
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from analyzers.config import AnalyzersConfig
from app import mined_signatures, mining
from app.mining import Mined
from app.periodic import Periodic
from domain.errors import Unavailable
from storage.mined_rules import MinedRules
from storage.store import Store
from tests.analyzers import order_runs
from tests.analyzers.order_runs import NOW, Run, store_runs
from tests.app.commands import Outcome, invoke
from tests.app.live import Live
from tests.app.looked_for import only

SKIPPED = ["get_order", "pay", "get_refund"]


def healthy(count: int, seed: int = 4) -> list[Run]:
    rng = random.Random(seed)
    return [Run(order_runs.healthy(rng)) for _ in range(count)]


def rules(data: Path) -> list[dict[str, Any]]:
    listed = invoke("signatures", "list", "--format", "json", "--data", data).json
    return [row for row in listed if row["signature"].startswith("mined-")]


def rule_id(data: Path, name: str) -> str:
    return next(str(row["signature"]) for row in rules(data) if row["name"].endswith(name))


def findings(data: Path) -> list[str]:
    assert invoke("analyze", "--once", "--data", data).code == 0
    listed = invoke("findings", "--signature", "MINED-01", "--data", data).out
    return [line for line in listed.splitlines()[1:] if line]


def test_a_rule_goes_from_the_runs_to_a_finding(store: Store, data: Path) -> None:
    only(store, "MINED-01")
    store_runs(store, [*healthy(150), Run(SKIPPED, good=None)])
    where = ("--data", data)
    mined: Outcome = invoke("signatures", "mine", *where)
    assert mined.err == "6 rules in the runs of 1 tenant\n"
    assert "\tinfo\t150\t100.0%\t" in mined.out
    assert "intent refund: check_limit before pay" in mined.out
    found = findings(data)
    assert len(found) == 2
    assert all("\tinfo\t" in line for line in found)
    before, after = rule_id(data, "check_limit before pay"), rule_id(data, "after get_order")
    assert invoke("signatures", "promote", before, *where).out == f"{before} is promoted\n"
    assert invoke("signatures", "reject", after, *where).out == f"{after} is rejected\n"
    (told,) = findings(data)
    assert "\tmedium\t" in told
    assert "billing called pay with no check_limit before it, unlike 100 % of the 150 runs" in told
    assert {row["mode"] for row in rules(data)} == {"promoted", "rejected", "info"}
    # Mined again, what people said stays.
    assert invoke("signatures", "mine", *where).code == 0
    assert {row["mode"] for row in rules(data)} == {"promoted", "rejected", "info"}
    assert f"{before}\tpromoted\tmedium\t1.0\t" in invoke("signatures", "list", *where).out
    refused = invoke("signatures", "promote", "mined-1", *where).refused()
    assert refused == "no mined rule has the id 'mined-1'; see `wakeline signatures list`"


def test_a_running_instance_promotes(store: Store, data: Path) -> None:
    store_runs(store, healthy(150))
    assert mining.mine(store, NOW - timedelta(days=1), NOW) == Mined(6, 1, 6)
    with Live(data, {"analyzers": {"enabled": False}}) as live:
        one = rule_id(data, "check_limit before pay")
        assert invoke("signatures", "promote", one, "--data", data).code == 0
        assert (
            "is held by another wakeline" in invoke("signatures", "mine", "--data", data).refused()
        )
        told = invoke("signatures", "reject", "mined-2", "--data", data).refused()
        assert told.startswith("no mined rule has the id 'mined-2'")
        shown = {each["signature"]: each for each in live.http.get("/v1/signatures").json()}
        assert (shown[one]["mode"], shown[one]["lane"]) == ("on", "trace")
        assert [each["mode"] for each in shown.values()].count("on") > 20
    assert [row["mode"] for row in rules(data)].count("promoted") == 1


def test_rules_of_a_tenant_that_says_nothing_more_hold_no_more(store: Store) -> None:
    store_runs(store, healthy(150))
    day = timedelta(days=1)
    assert mining.mine(store, NOW - day, NOW).written == 6
    assert mining.mine(store, NOW, NOW + day, "other") == Mined(0, 0, 0)
    assert mining.mine(store, NOW, NOW + day) == Mined(0, 0, 6)
    assert not any(row["holds"] for row in MinedRules(store).listed())


def test_a_store_of_an_earlier_version_has_no_mined_rules(tmp_path: Path) -> None:
    with Store(f"chdb://{tmp_path / 'empty'}") as store:
        assert mined_signatures.listed(store) == []


def test_work_is_done_in_turns_and_goes_on_after_a_failure(
    caplog: pytest.LogCaptureFixture,
) -> None:
    ready = iter([False])
    calls = iter([Unavailable("it is down"), Unavailable("it is down"), None])

    def work() -> None:
        error = next(calls)
        if error:
            raise error
        periodic.stop()

    periodic = Periodic("mining", 0.01, work, lambda: next(ready, True))
    with caplog.at_level(logging.WARNING):
        asyncio.run(periodic.run())
    assert [record.message for record in caplog.records] == ["mining waits: it is down"]


def test_a_process_mines_by_itself(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    store_runs(store, healthy(150))
    real = mining.mine

    def once(*asked: Any) -> Mined:
        periodic.stop()
        return real(*asked)

    monkeypatch.setattr(mining, "mine", once)
    config = AnalyzersConfig(mining_seconds=0.01)
    periodic = mining.periodic(store, config, lambda: True)
    asyncio.run(periodic.run())
    assert len(MinedRules(store).listed()) == 6
