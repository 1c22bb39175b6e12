"""What flows inside one trace, and from trace to trace by links."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from domain.chain_records import Access, Datum, Decision, Effect, Link, Step
from domain.chains import Edge
from tests.analyzers.chains.drawing import Row, edges
from tests.analyzers.chains.story import START, read, span, step, write

RATE, PRICE = Datum("account:1", "rate"), Datum("account:1", "price")
INVOICE, LETTER = Datum("invoice:1", "amount"), Datum("letter:1", "text")


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def agent(name: str = "agent", seconds: float = 0, parent: str = "") -> Step:
    return step(span("t", name), at(seconds), parent=parent, kind="invoke_agent")


def tool(name: str, seconds: float, parent: str = "agent", service: str = "agent") -> Step:
    return replace(step(span("t", name), at(seconds), parent=parent), service=service)


def reads(name: str, seconds: float, datum: Datum = RATE, **more: Any) -> Access:
    return read(span("t", name), at(seconds), datum, **more)


def writes(name: str, seconds: float, datum: Datum = INVOICE, **more: Any) -> Access:
    return write(span("t", name), at(seconds), datum, **more)


def decides(name: str, seconds: float, id_: str, *inputs: str, case: str = "") -> Decision:
    return Decision(span("t", name), at(seconds), id_, "act", "agent", inputs, case_id=case)


def inputs(rows: list[Row]) -> dict[tuple[str, str], Edge]:
    return {key[:2]: edge for key, edge in edges(rows).items() if key[2] == "input"}


def test_named_reads_lead_to_the_decision_and_it_to_what_names_it() -> None:
    found = edges([
        agent(), tool("r", 1), tool("other", 2), tool("w", 4),
        reads("r", 1), reads("other", 2, PRICE), decides("agent", 3, "d", "r-r"),
        writes("w", 4, decision_id="d"),
    ])  # fmt: skip
    assert ("r", "agent", "input") in found
    assert ("agent", "w", "decision") in found
    assert ("other", "agent", "input") not in found
    assert ("r", "w", "input") not in found


def test_no_span_leads_to_what_it_took_data_from() -> None:
    found = edges([agent(), tool("r", 1), reads("r", 1), decides("agent", 3, "d", "r-r")])
    assert ("agent", "r", "parent") not in found


def test_what_started_before_the_data_came_is_not_surely_touched_by_it() -> None:
    found = edges([
        agent(), tool("r", 1), tool("early", 2), tool("late", 5),
        reads("r", 1), decides("agent", 3, "d", "r-r"),
    ])  # fmt: skip
    assert not found["agent", "early", "parent"].hard
    assert found["agent", "late", "parent"].hard


def test_unnamed_reads_lead_to_later_acts_until_the_next_read() -> None:
    found = inputs([
        agent(), tool("w0", 1), tool("r1", 2), tool("w1", 3), tool("r2", 4), tool("w2", 5),
        writes("w0", 1, LETTER), reads("r1", 2), writes("w1", 3), reads("r2", 4, PRICE),
        writes("w2", 5, LETTER, version="2"),
    ])  # fmt: skip
    assert found["r1", "w1"].hard
    assert not found["r1", "w2"].hard
    assert found["r2", "w2"].hard
    assert ("r1", "w0") not in found
    assert ("r2", "w1") not in found


def test_within_a_case_all_later_acts_rest_on_the_read_and_other_cases_do_not() -> None:
    found = inputs([
        agent(), tool("r1", 2), tool("w1", 3), tool("r2", 4), tool("w2", 5), tool("w3", 6),
        reads("r1", 2, case_id="a"), writes("w1", 3, case_id="a"),
        reads("r2", 4, PRICE, case_id="b"), writes("w2", 5, LETTER, case_id="a"),
        writes("w3", 6, LETTER, version="2", case_id="b"),
    ])  # fmt: skip
    assert found["r1", "w2"].hard
    assert ("r1", "w3") not in found
    assert set(found) == {("r1", "w1"), ("r1", "w2"), ("r2", "w3")}


def test_what_is_read_again_counts_no_more() -> None:
    found = inputs([
        agent(), tool("r1", 1), tool("r2", 2), tool("w", 3),
        reads("r1", 1), reads("r2", 2), writes("w", 3),
    ])  # fmt: skip
    assert set(found) == {("r2", "w")}


def test_a_decision_without_inputs_takes_what_was_read_before() -> None:
    found = edges([
        agent(), tool("r", 1), tool("d", 2), tool("w", 3),
        reads("r", 1), decides("d", 2, ""), writes("w", 3),
    ])  # fmt: skip
    assert found["r", "d", "input"].hard
    assert found["d", "w", "decision"].hard
    assert ("d", "d", "decision") not in found


def test_an_act_that_names_its_decision_takes_only_what_was_read_since() -> None:
    found = inputs([
        agent(), tool("r1", 1), tool("d", 2), tool("r2", 3), tool("w", 4),
        reads("r1", 1), decides("d", 2, "d", "r-r1"), reads("r2", 3, PRICE),
        writes("w", 4, decision_id="d"),
    ])  # fmt: skip
    assert set(found) == {("r1", "d"), ("r2", "w")}


def test_decisions_do_not_lead_to_decisions_of_themselves() -> None:
    found = edges(
        [agent(), tool("d1", 1), tool("d2", 2), decides("d1", 1, ""), decides("d2", 2, "")]
    )
    assert not [key for key in found if key[2] == "decision"]


def test_what_an_act_read_back_of_its_own_is_no_input() -> None:
    assert not inputs([
        agent(), tool("w", 1), tool("r", 1),
        writes("w", 1, version="2"), reads("r", 1, INVOICE, version="2"),
    ])  # fmt: skip
    assert not inputs([agent(), tool("w", 1), tool("r", 1), writes("w", 1), reads("r", 1, INVOICE)])


def test_reads_of_a_part_lead_surely_to_acts_in_it_and_likely_to_those_around() -> None:
    found = inputs([
        agent(), agent("sub", 1, "agent"), tool("r", 2, "sub"), tool("w1", 3, "sub"), tool("w2", 9),
        reads("r", 2), writes("w1", 3), writes("w2", 9, LETTER),
    ])  # fmt: skip
    assert found["r", "w1"].hard
    assert not found["r", "w2"].hard


def test_between_services_clocks_may_differ_by_the_margin() -> None:
    late: list[Row] = [
        agent(), tool("r", 4, service="mail"), tool("w", 3), reads("r", 4), writes("w", 3),
    ]  # fmt: skip
    assert ("r", "w") in inputs(late)
    one_clock: list[Row] = [agent(), tool("r", 4), tool("w", 3), reads("r", 4), writes("w", 3)]
    assert ("r", "w") not in inputs(one_clock)


def test_a_deciding_span_takes_what_was_read_in_it() -> None:
    decision = replace(tool("d", 1), kind="decide")
    found = inputs([agent(), decision, tool("r", 2, "d"), decides("d", 1, ""), reads("r", 2)])
    assert ("r", "d") in found


def test_rows_without_their_spans_are_taken_in_order_of_time() -> None:
    found = inputs([reads("r", 1), writes("w", 2)])
    assert set(found) == {("r", "w")}


def test_a_read_leads_to_a_bounded_number_of_acts() -> None:
    acts = [writes(f"w{number:02}", 2 + number, Datum(f"n:{number}", "f")) for number in range(40)]
    found = inputs([reads("r", 1), *acts])
    assert len(found) == 32
    deep = [tool(f"s{number}", number, f"s{number - 1}" if number else "") for number in range(40)]
    found = inputs([*deep, tool("w", 50, "s0"), reads("s39", 39), writes("w", 50)])
    assert not found  # it is further up than is looked for


def test_an_effect_leads_on_from_its_decision() -> None:
    effect = Effect(span("t", "e"), at(4), "invoice:1", "pay", "cash", -5.0, decision_id="d")
    found = edges([agent(), tool("e", 4), decides("agent", 3, "d"), effect])
    assert ("agent", "e", "decision") in found


def test_a_policy_leads_to_decisions_under_it() -> None:
    decision = replace(decides("agent", 3, "d"), policy_id="refunds", policy_version="4")
    edge = edges([agent(), decision])["policy/refunds@4", "agent", "policy"]
    assert (edge.weight, edge.hard) == (0.5, False)


def test_a_span_is_not_its_own_parent() -> None:
    odd = tool("odd", 1, "odd")
    assert not edges([odd, tool("lost", 2, "nowhere")])


def batch() -> list[Row]:
    """Two items in one run of an agent: all that is decided is told on its span."""
    return [
        agent(), tool("r1", 1), tool("w1", 3), tool("r2", 11), tool("w2", 13),
        reads("r1", 1), decides("agent", 2, "d1", "r-r1", case="a"),
        writes("w1", 3, decision_id="d1"),
        reads("r2", 11, PRICE), decides("agent", 12, "d2", "r-r2", case="b"),
        writes("w2", 13, LETTER, decision_id="d2"),
    ]  # fmt: skip


def test_several_decisions_on_a_span_do_not_stain_each_other() -> None:
    found = edges(batch())
    assert ("r1", "agent#d1", "input") in found
    assert ("agent#d1", "w1", "decision") in found
    assert ("agent", "agent#d1", "parent") in found
    assert not [key for key in found if key[0] == "agent#d1" and key[1] != "w1"]


def test_what_is_told_on_the_span_itself_goes_with_its_decision() -> None:
    rows: list[Row] = [
        *batch(), reads("agent", 1, data_id="own"), reads("agent", 1, PRICE, data_id=""),
        decides("agent", 14, "d3", "own"),
        writes("agent", 15, Datum("n:1", "f"), decision_id="d3", data_id="w-own"),
    ]  # fmt: skip
    found = edges([*rows, write(span("u", "before"), at(-9), RATE, ""), agent()])
    assert ("before", "agent#d3", "read_from_by_time") in found
    assert ("agent#d3", "agent#d3", "input") not in found


def test_messages_come_from_the_decision_of_their_case_or_else_from_the_last() -> None:
    def message(seconds: float, case: str) -> list[Row]:
        taken = Step(span("u", "in"), "", at(seconds), "b", "b", "invoke_agent", "in", case)
        return [*batch(), taken, Link(span("t", "agent"), span("u", "in"), "message")]

    assert ("agent#d1", "in", "message") in edges(message(20, "a"))
    assert ("agent#d2", "in", "message") not in edges(message(20, "a"))
    assert ("agent#d2", "in", "message") in edges(message(20, ""))
    assert ("agent#d1", "in", "message") in edges(message(5, ""))
    unknown = [*batch(), Link(span("t", "agent"), span("u", "in"), "handoff")]
    found = edges(unknown)
    assert {("agent", "in", "handoff"), ("agent#d1", "in", "handoff")} <= set(found)
