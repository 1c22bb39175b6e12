"""Is an agent judged by what it recorded, and is it said what to record next?"""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.coverage import STEPS_MIN, Sight, gaps, judged, shares, verdicts
from domain.signature_needs import Attribute, Need, Signature, catalogue, parsed
from tests.domain import coverage_table

SIGHTS = list(Sight)
PREFIXES = {"LOOP": 7, "DATA": 4, "TOOL": 5, "GOV": 5, "GOAL": 5, "MA": 3, "OUT": 1}
DOCS = Path(__file__).parents[2] / "docs"

CALLS = Attribute("calls", "calls", mend="make spans")
ARGUMENTS = Attribute("arguments", "arguments", CALLS, mend="record them")
READS = Attribute("reads", "reads")
VERSION = Attribute("version", "reads with version", READS)
ERRORS = Attribute("errors", "errors")
ERROR_TYPE = Attribute("error_type", "error type", ERRORS, none_is_fine=True)

LOOP = Signature("LOOP-0", "loop", (Need(ARGUMENTS, 0.9, "equal calls"),))


def sight(signature: Signature, **counts: int) -> Sight:
    return judged(signature, counts).sight


def everything(n: int) -> dict[str, int]:
    """An agent that carries every attribute on everything."""
    return {attribute.name: n for attribute in catalogue().attributes}


def needed(signature: Signature) -> list[Need]:
    return [*signature.needs, *signature.one_of, *signature.helps]


@pytest.mark.parametrize(
    ("calls", "arguments", "expected"),
    [
        (100, 90, Sight.SEEN),
        (100, 89, Sight.DEGRADED),
        (100, 2, Sight.DEGRADED),
        (100, 1, Sight.BLIND),
        (100, 0, Sight.BLIND),
        (1, 1, Sight.SEEN),
        (0, 0, Sight.BLIND),
    ],
)
def test_a_share_decides_and_nothing_at_all_is_blind(
    calls: int, arguments: int, expected: Sight
) -> None:
    assert sight(LOOP, calls=calls, arguments=arguments) is expected


def test_what_is_missing_is_told_with_its_numbers_and_its_reason() -> None:
    (lack,) = judged(LOOP, {"calls": 1200, "arguments": 1079}).lacks
    assert lack.fact == "arguments 89% of 1,200, 90% needed"
    assert (lack.attribute, lack.why) == (ARGUMENTS, "equal calls")


def test_where_there_is_nothing_to_have_a_share_of_that_is_what_is_missing() -> None:
    (lack,) = judged(LOOP, {}).lacks
    assert (lack.attribute, lack.fact) == (CALLS, "no calls")


def test_errors_that_did_not_happen_are_not_missed() -> None:
    retry = Signature("LOOP-1", "retry", (Need(ERROR_TYPE, 0.9, ""),))
    assert sight(retry) is Sight.SEEN
    assert sight(retry, errors=10, error_type=0) is Sight.BLIND


def test_any_number_of_a_count_is_enough() -> None:
    reading = Signature("DATA-0", "", (Need(READS, 0.0, ""),))
    assert sight(reading, reads=1) is Sight.SEEN
    assert sight(reading) is Sight.BLIND


def test_of_several_that_will_do_the_best_counts() -> None:
    either = Signature("DATA-0", "", one_of=(Need(ARGUMENTS, 0.9, ""), Need(VERSION, 0.9, "")))
    half = {"reads": 10, "version": 5}
    assert sight(either, calls=10, arguments=9) is Sight.SEEN
    assert not judged(either, {"calls": 10, "arguments": 9, **half}).lacks
    assert sight(either, **half) is Sight.DEGRADED
    assert sight(either) is Sight.BLIND
    assert {lack.sight for lack in judged(either, half).lacks} == {Sight.DEGRADED}
    assert len(judged(either, half).lacks) == 2


def test_what_helps_degrades_and_never_blinds() -> None:
    helped = replace(LOOP, helps=(Need(READS, 0.0, ""), Need(VERSION, 0.9, "")))
    assert sight(helped, calls=10, arguments=10, reads=1, version=1) is Sight.SEEN
    verdict = judged(helped, {"calls": 10, "arguments": 10})
    assert verdict.sight is Sight.DEGRADED
    assert [lack.fact for lack in verdict.lacks] == ["no reads", "no reads"]


def test_the_blind_are_told_what_they_need_before_what_would_help() -> None:
    helped = replace(LOOP, helps=(Need(READS, 0.0, ""),))
    assert [lack.fact for lack in judged(helped, {}).lacks] == ["no calls"]


def test_what_opens_most_eyes_is_mended_first() -> None:
    reading = Signature("DATA-0", "", (Need(VERSION, 0.9, ""), Need(ARGUMENTS, 0.9, "")))
    helped = Signature("GOAL-0", "", helps=(Need(VERSION, 0.9, ""), Need(READS, 0.0, "")))
    counts = {"calls": 10, "arguments": 0, "reads": 10, "version": 5}
    found = gaps(judged(signature, counts) for signature in (helped, LOOP, reading))
    assert [(gap.attribute, gap.blind, gap.degraded) for gap in found] == [
        (ARGUMENTS, ("LOOP-0", "DATA-0"), ()),
        (VERSION, (), ("GOAL-0", "DATA-0")),
    ]


def test_a_signature_counts_once_for_what_it_lacks_twice() -> None:
    twice = Signature(
        "DATA-0", "", one_of=(Need(VERSION, 0.9, ""),), helps=(Need(VERSION, 0.9, ""),)
    )
    (gap,) = gaps([judged(twice, {"reads": 10, "version": 5})])
    assert gap.degraded == ("DATA-0",)


def test_an_agent_with_too_few_steps_is_not_judged() -> None:
    assert verdicts(everything(STEPS_MIN - 1)) == []
    assert {verdict.sight for verdict in verdicts(everything(STEPS_MIN))} == {Sight.SEEN}
    assert shares({"steps": 3, "case_id": 1})[0].n == 3


def test_an_agent_that_records_nothing_but_steps_is_seen_by_no_signature() -> None:
    assert {verdict.signature.id for verdict in verdicts({"steps": 1000})} >= {"LOOP-01"}
    seen = {v.signature.id for v in verdicts({"steps": 1000}) if v.sight is Sight.SEEN}
    assert seen == set()


def test_shares_are_plain_and_a_count_has_none() -> None:
    found = {share.attribute.name: share for share in shares({"steps": 40, "case_id": 10})}
    assert (found["case_id"].share, found["case_id"].n) == (0.25, 40)
    assert (found["steps"].share, found["steps"].n) == (None, 40)
    assert (found["read_version"].share, found["read_version"].n) == (None, 0)


@given(st.data())
def test_recording_more_of_what_is_there_never_makes_a_signature_see_less(data: Any) -> None:
    sizes = st.integers(0, 200)
    counts: dict[str, int] = {}
    for attribute in catalogue().attributes:
        most = counts[attribute.of.name] if attribute.of else 200
        counts[attribute.name] = min(data.draw(sizes), most)
    shared = [attribute for attribute in catalogue().attributes if attribute.of]
    more = data.draw(st.sampled_from(shared))
    assert more.of is not None
    better = counts | {more.name: counts[more.of.name]}
    for signature in catalogue().signatures:
        before, after = judged(signature, counts).sight, judged(signature, better).sight
        assert SIGHTS.index(after) <= SIGHTS.index(before)


def test_every_signature_of_the_catalogue_is_there_with_needs_that_can_be_mended() -> None:
    ids = [signature.id for signature in catalogue().signatures]
    assert ids == [f"{name}-{n:02}" for name, last in PREFIXES.items() for n in range(1, last + 1)]
    for signature in catalogue().signatures:
        assert signature.needs or signature.one_of
        for need in needed(signature):
            counted = need.attribute.of is None
            assert (need.share_min == 0) is counted, (signature.id, need.attribute.name)
            assert need.share_min <= 1
            assert re.search(r"\w", need.why)
            assert need.attribute.mend, need.attribute.name
            if need.attribute.of and not need.attribute.none_is_fine:
                assert need.attribute.of.mend or need.attribute.of.name == "steps"


def test_a_need_of_what_nobody_counts_is_refused() -> None:
    row = {"id": "A-01", "name": "", "needs": [{"attribute": "luck", "share": 1.0, "why": ""}]}
    with pytest.raises(KeyError, match="luck"):
        parsed({"attribute": [], "signature": [row]})
    with pytest.raises(KeyError, match="later"):
        parsed({"attribute": [{"name": "a", "label": "", "of": "later"}], "signature": []})


def test_the_table_of_the_documentation_is_that_of_the_file() -> None:
    assert coverage_table.table() in (DOCS / "coverage.md").read_text()
