"""Does the chain of the reversal lead to the stale read, stay until something new comes, and say
where it was cut?"""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from threading import current_thread

import pytest
from clickhouse_connect.driver.client import Client

from app import chain_making
from app.chain_making import ChainMaking
from app.chains import Chains
from domain.chain_records import Datum, Records
from domain.chains import Budget, Chain, LineKind
from domain.errors import NotFound, TooLarge
from domain.findings import Evidence, Role
from storage import chains as stored
from storage.built_chains import BuiltChains
from storage.chains import StoredRecords
from storage.findings import StoredFindings
from storage.store import Store
from tests.app.commands import invoke
from tests.app.live import Live
from tests.app.looked_for import only
from tests.collector.running import eventually
from tests.contracts.segments import TENANT
from tests.contracts.told_story import KINDS, Request, requests, reversal, tell
from tests.storage.test_findings import FINDING

# Time is what a busy machine has least of; where a walk stops for it is tested by itself.
PATIENT = Budget(seconds_max=600)


def newest(store: Store) -> int:
    """The revision of the chain that was built last; grows when one is built."""
    return int(store.read_only("SELECT max(revision) FROM chains", "TSV"))


def node_of(chain: Chain, title: str) -> str:
    return next(node.node_id for node in chain.nodes if node.title == title)


def test_the_stale_read_ranks_first_and_the_posting_is_still_to_be_undone(store: Store) -> None:
    tell(store)
    chain = Chains(store, PATIENT).chain("", reversal(store))
    first, second = chain.causes[:2]
    assert first.node_id == node_of(chain, "read account:77.plan_rate v7")
    assert first.score > 0.8
    assert second.score < 0.1
    assert "at version 7, but version 8 had been written 20.0 h earlier by human:sales" in (
        first.reason
    )
    nodes = {node.node_id: node for node in chain.nodes}
    assert first.path[-1] == chain.subject == f"outcome/{reversal(store)}"
    assert [nodes[name].kind for name in first.path] == ["read", "decision", "write", "outcome"]
    assert {"crm", "rate-cache", "billing", "erp"} <= {node.system for node in chain.nodes}
    assert {"billing", "erp-poster", "human:sales"} <= {node.agent for node in chain.nodes}
    (line,) = chain.reversal_plan
    assert (line.entity, line.field, line.system) == ("ledger_entry:9", "amount", "erp")
    assert (line.kind, line.needs_approval) == (LineKind.RESTORE, True)
    assert [write.entity for write in chain.blast_radius.live_writes] == ["ledger_entry:9"]
    assert (chain.cut, chain.tenant) == ("", TENANT)
    assert chain.watermark is not None


def test_a_chain_is_built_once_and_again_when_late_spans_touch_it(store: Store) -> None:
    posting, most = with_and_without_posting()
    tell(store, *most)
    chains, name = Chains(store, PATIENT), reversal(store)
    early = chains.chain(TENANT, name)
    assert early.reversal_plan == ()
    first = newest(store)
    assert chains.chain(TENANT, name) == early
    assert newest(store) == first
    assert chains.chain(TENANT, name, fresh=True).causes == early.causes
    second = newest(store)
    assert second > first
    tell(store, *posting)
    late = chains.chain(TENANT, name)
    assert [line.entity for line in late.reversal_plan] == ["ledger_entry:9"]
    third = newest(store)
    assert third > second
    assert chains.chain(TENANT, name) == late
    assert newest(store) == third
    cause = late.causes[0].node_id.split("/")
    evidence = (Evidence(cause[0], cause[1], Role.VIOLATION),)
    StoredFindings(store).save([replace(FINDING, evidence=evidence)])
    assert FINDING.finding_id in chains.chain(TENANT, name).causes[0].finding_ids


def with_and_without_posting() -> tuple[list[Request], list[Request]]:
    """What the ERP sent of the story, and all else."""
    parts: tuple[list[Request], list[Request]] = ([], [])
    for request in requests():
        parts[b"erp-poster" not in request.SerializeToString()].append(request)
    return parts


def test_a_walk_says_which_part_of_its_budget_is_spent(store: Store) -> None:
    tell(store)
    name = reversal(store)

    def cut(budget: Budget) -> str:
        return Chains(store, budget).chain(TENANT, name, fresh=True).cut

    assert cut(replace(PATIENT, levels_max=2)) == "it goes on after 2 levels"
    assert cut(replace(PATIENT, spans_max=3)) == "it has more than 3 spans"
    # The first question is asked whatever time it took, so that there is something to say.
    assert cut(Budget(seconds_max=1e-9)) == "it was not whole after 1e-09 s"


def test_a_datum_with_more_accesses_than_are_looked_at_is_named(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(store)
    monkeypatch.setattr(stored, "EACH_MAX", 3)
    cut = Chains(store, PATIENT).chain(TENANT, reversal(store)).cut
    assert cut == (
        "of the reads and writes of account:77.plan_rate, invoice:501.amount only the newest 3"
        " were looked at"
    )


def test_looking_ahead_changes_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    tell(store)
    name = reversal(store)
    ahead = Chains(store, PATIENT).chain(TENANT, name, fresh=True)

    def nowhere(source: StoredRecords, tenant: str, trace_ids: Collection[str]) -> frozenset[str]:
        return frozenset(trace_ids)

    monkeypatch.setattr(StoredRecords, "reach", nowhere)
    step_by_step = Chains(store, PATIENT).chain(TENANT, name, fresh=True)
    assert step_by_step.levels > ahead.levels

    def bare(chain: Chain) -> Chain:
        return replace(chain, levels=0, duration_ms=0.0)

    assert bare(step_by_step) == bare(ahead)


def test_a_step_that_is_too_large_ends_the_walk(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(store)

    def refuse(
        source: StoredRecords, tenant: str, data: Collection[Datum], *times: datetime
    ) -> Records:
        if data:
            raise TooLarge("it is too much")
        return Records()

    monkeypatch.setattr(StoredRecords, "of_data", refuse)
    chain = Chains(store, PATIENT).chain(TENANT, reversal(store))
    assert chain.cut == "it is too much"
    assert chain.nodes


def test_who_has_warmed_up_waits_for_no_connection(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(store)
    name = reversal(store)
    chains = Chains(store, PATIENT)
    chains.warm()
    opened: list[str] = []
    really = Store._connect

    def noted(self: Store) -> Client:
        opened.append(current_thread().name)
        return really(self)

    monkeypatch.setattr(Store, "_connect", noted)
    assert chains.chain("", name).causes
    assert opened == []
    assert Chains(store, PATIENT).chain("", name, fresh=True).causes
    assert opened


def test_what_nobody_recorded_is_not_found(store: Store) -> None:
    with pytest.raises(NotFound, match="nothing is called 'x': name an outcome, a finding, or a"):
        Chains(store).chain("", "x")


def test_every_bad_outcome_gets_its_chain_and_another_when_it_is_touched(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    making = ChainMaking(store, PATIENT)
    assert making.look() == 0
    posting, most = with_and_without_posting()
    tell(store, *most)
    assert making.look() == 2
    made = newest(store)
    making.look()
    assert newest(store) == made
    tell(store, *posting)
    monkeypatch.setattr(chain_making, "TOUCHED_EVERY_S", 0.0)
    assert making.look() == 2
    assert newest(store) > made
    kept = BuiltChains(store).listed(TENANT, 10)
    live = {row["outcome_type"]: row["live_writes"] for row in kept}
    assert live.keys() == {"complaint", "reversal"}
    assert live["reversal"] == 1


def test_what_can_not_be_built_is_not_tried_for_ever(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(store)
    stopped = ChainMaking(store, PATIENT)
    stopped.stop()
    assert stopped.look() == 0
    tried: list[str] = []

    def refuse(chains: Chains, tenant: str, name: str) -> None:
        tried.append(name)
        raise NotFound("it is gone")

    monkeypatch.setattr(Chains, "chain", refuse)
    making = ChainMaking(store, PATIENT)
    assert [making.look(), making.look(), making.to_the_end()] == [0, 0, 0]
    assert len(tried) == 2


def test_analyze_builds_the_chains_of_all_that_ended_badly(store: Store, data: Path) -> None:
    only(store)
    tell(store)
    assert invoke("analyze", "--once", "--format", "json", "--data", data).json["chains"] == 2


def test_a_running_process_has_the_chain_of_an_outcome_soon_after_it_arrived(
    store: Store, data: Path
) -> None:
    only(store)
    with Live(data, {}) as live:
        otlp = f"http://127.0.0.1:{live.process.http_port}"
        for request in requests():
            path = next(path for path, kind in KINDS.items() if isinstance(request, kind))
            live.http.post(
                otlp + path,
                content=request.SerializeToString(),
                headers={"content-type": "application/x-protobuf"},
            ).raise_for_status()

        def subjects() -> list[dict[str, str]]:
            answer = live.http.get("/v1/chains").raise_for_status().json()["items"]
            return [row for row in answer if row["outcome_type"] == "reversal"]

        eventually(lambda: len(subjects()) == 1)
        assert subjects()[0]["subject"].startswith("outcome/")
