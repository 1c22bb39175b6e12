"""Story 1: the stale read is found, and the ledger entry that the reversal left standing."""

from dataclasses import replace

import pytest

from analyzers.chains.chain import build
from bench.remembered import chain_in
from domain.chain_records import Records
from domain.chains import Chain, EdgeKind, LineKind
from domain.errors import NotFound
from tests.analyzers.chains.story import node, noise, story

OUTCOME = "outcome/o-1"
READ, DECISION, WRITE = node("bill", "b-read"), node("bill", "b-dec"), node("bill", "b-write")
POSTED = node("erp", "erp-post")


@pytest.fixture
def chain() -> Chain:
    return build("acme", story(), OUTCOME)


def test_the_stale_read_ranks_first_by_far(chain: Chain) -> None:
    first, second, _ = chain.causes
    assert first.node_id == READ
    assert first.score == pytest.approx(0.95 * 0.97 * 0.98 * 0.98)  # .885
    assert second.score < 0.05
    assert first.path == (READ, DECISION, WRITE, OUTCOME)
    assert first.reason == (
        "billing-agent read account:77.plan_rate at version 7, but version 8 had been written"
        " 20.0 h earlier by human:rep (crm)."
    )


def test_each_factor_of_the_score_is_told(chain: Chain) -> None:
    first = chain.causes[0]
    factors = (first.path_weight, first.anomaly, first.early, first.counterfactual)
    assert factors == pytest.approx((0.97 * 0.98 * 0.98, 0.95, 1.0, 1.0))


def test_without_the_amount_the_counterfactual_is_unknown() -> None:
    records = story()
    records.outcomes = [replace(records.outcomes[0], amount=None)]
    assert build("acme", records, OUTCOME).causes[0].counterfactual == 0.6


def test_the_plan_lists_the_posting_that_the_reversal_left(chain: Chain) -> None:
    [line] = chain.reversal_plan
    assert (line.entity, line.node_id, line.system) == ("gl:9", POSTED, "erp")
    assert line.kind is LineKind.RESTORE
    assert line.needs_approval
    [live] = chain.blast_radius.live_writes
    assert (live.entity, live.value, live.agent) == ("gl:9", 25.0, "erp-poster")


def test_the_blast_radius_spans_agents_systems_and_money(chain: Chain) -> None:
    radius = chain.blast_radius
    assert radius.node_ids == tuple(sorted((READ, DECISION, WRITE, POSTED, OUTCOME)))
    assert radius.agents == ("billing-agent", "erp-poster")
    assert radius.systems == ("billing", "cache", "erp")
    assert radius.money_at_risk == {"EUR": 25.0}
    assert radius.outcome_ids == ("o-1",)


def test_edges_say_why(chain: Chain) -> None:
    kinds = {(edge.cause, edge.effect): edge.kind for edge in chain.edges}
    assert kinds[node("crm7", "crm-w7"), READ] is EdgeKind.READ_FROM
    assert kinds[node("crm8", "crm-w8"), READ] is EdgeKind.STALE_READ
    assert kinds[WRITE, OUTCOME] is EdgeKind.OUTCOME
    stale = next(edge for edge in chain.edges if edge.kind is EdgeKind.STALE_READ)
    assert not stale.hard
    assert "version 8" in stale.reason


def test_nodes_are_ready_to_be_shown(chain: Chain) -> None:
    nodes = {each.node_id: each for each in chain.nodes}
    assert nodes[READ].title == "read account:77.plan_rate v7"
    assert (nodes[READ].kind, nodes[READ].agent, nodes[READ].system) == (
        "read", "billing-agent", "cache",
    )  # fmt: skip
    assert nodes[WRITE].facts["wrote"] == "invoice:501.amount v2 = 120 (was 95)"
    assert nodes[DECISION].kind == "decision"
    assert nodes[OUTCOME].title == "reversal 25"
    assert list(chain.nodes) == sorted(chain.nodes, key=lambda each: each.at)


def test_a_walk_through_a_store_finds_the_same(chain: Chain) -> None:
    records = story()
    records.add(noise())
    walked = chain_in(records, OUTCOME)
    assert walked.causes == chain.causes
    assert walked.nodes == chain.nodes
    assert walked.reversal_plan == chain.reversal_plan


def test_a_span_can_be_the_subject() -> None:
    chain = build("acme", story(), POSTED)
    assert chain.causes[0].node_id == READ
    assert chain.causes[0].path[-1] == POSTED


def test_a_span_that_nothing_odd_led_to_is_looked_at_forward() -> None:
    chain = build("acme", noise(), node("mail", "noise-1"))
    assert chain.blast_radius.node_ids == (node("mail", "noise-1"),)


def test_what_is_not_there_is_not_found() -> None:
    with pytest.raises(NotFound, match="outcome/o-2"):
        build("acme", story(), "outcome/o-2")
    with pytest.raises(NotFound, match="a/b"):
        build("acme", Records(), "a/b")
