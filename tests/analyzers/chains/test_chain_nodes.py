"""How nodes are shown."""

from dataclasses import replace

import pytest

from analyzers.chains.nodes import node
from domain.chain_records import Datum, Decision, Effect, Outcome
from domain.chains import Node
from domain.errors import NotFound
from tests.analyzers.chains.drawing import Row, graph
from tests.analyzers.chains.story import INVOICE, RATE, hour, read, span, step, write

REF = span("t", "s")


def shown(*rows: Row, node_id: str = "t/s") -> Node:
    return node(graph(rows), node_id)


def decided(**more: object) -> Decision:
    given = Decision(REF, hour(3), "d", "refund", "agent", (), 25.0, "refunds", "4")
    return replace(given, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("operation", "kind"),
    [("execute_tool", "tool"), ("chat", "model"), ("invoke_agent", "span"), ("span", "span")],
)
def test_a_span_without_facts_is_what_its_operation_says(operation: str, kind: str) -> None:
    found = shown(replace(step(REF, hour(1), kind=operation), name="look", error="timeout"))
    assert (found.kind, found.title, found.system) == (kind, "look", "agent")
    assert found.facts == {"span": "look", "error": "timeout"}


def test_the_most_important_fact_comes_first() -> None:
    effect = Effect(REF, hour(1), "invoice:501", "refund", "cash", -25.0, "EUR")
    rows: list[Row] = [
        read(REF, hour(1), RATE, "7"),
        effect,
        write(REF, hour(2), INVOICE, "2"),
        decided(),
    ]
    found = shown(*rows)
    assert found.kind == "decision"
    assert found.at == hour(3)
    assert found.title == (
        "decide refund, write invoice:501.amount v2, refund cash -25 EUR and 1 more"
    )
    assert found.facts["decided"] == "refund, amount 25, policy refunds v4"
    assert found.facts["did"] == "refund cash -25 EUR on invoice:501"


def test_an_effect_alone_is_a_write() -> None:
    found = shown(Effect(REF, hour(1), "mail:1", "send", "mails", None))
    assert (found.kind, found.title) == ("write", "send mails")


def test_facts_of_one_kind_are_numbered() -> None:
    rows = [read(REF, hour(number), Datum(f"a:{number}", "f")) for number in (1, 2, 3)]
    assert list(shown(*rows).facts) == ["read", "read (2)", "read (3)"]


def test_facts_tell_values_and_what_they_take_back() -> None:
    access = write(
        REF, hour(1), INVOICE, "3", value=95.0, value_prev=1200.5, compensates="w-1",
        as_of=hour(0),
    )  # fmt: skip
    assert shown(access).facts["wrote"] == (
        "invoice:501.amount v3 = 95 (was 1,200.5), as of 2026-03-02 08:00:00, takes back w-1"
    )
    assert shown(decided(amount=None, policy_id="")).facts["decided"] == "refund"


def test_an_outcome_tells_what_it_is_about() -> None:
    outcome = Outcome("o", REF, hour(1), "complaint", -1, ("invoice:501", "w-1"))
    found = shown(outcome, node_id="outcome/o")
    assert (found.kind, found.title) == ("outcome", "complaint")
    assert found.facts == {"type": "complaint", "about": "invoice:501, w-1"}


def test_a_policy_tells_its_version_and_its_decisions() -> None:
    found = shown(decided(), decided(at=hour(5)), node_id="policy/refunds@4")
    assert (found.kind, found.title, found.at) == ("policy", "policy refunds v4", hour(3))
    assert found.facts == {"policy": "refunds", "version": "4", "decisions": "2"}
    assert shown(decided(policy_version=""), node_id="policy/refunds@").title == "policy refunds"


def test_of_a_span_that_only_a_link_names_nothing_can_be_shown() -> None:
    with pytest.raises(NotFound, match="t/s"):
        shown()
