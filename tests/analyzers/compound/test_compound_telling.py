"""Does what is told name who did what, whose share is how large, and what was not read?"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from analyzers import registry, wording
from analyzers.catalog.compound import CompoundFailure
from domain.cases import Acts, Dealings
from domain.chain_records import Datum, Effect
from domain.findings import Draft, Origin, Role, Window
from tests.analyzers.compound.acting import BEGAN, access, act, acts, aim, decision, found, ref
from tests.analyzers.compound.acting import Said as Doing
from tests.analyzers.signatures.spans import rule

SIGNATURE = rule("ma_01")
WINDOW = Window(BEGAN, BEGAN)
PAID: list[Doing] = [aim(0, "a", 1), act(2, "a", "delay"), act(20, "b", "credit", -500)]


@dataclass
class Source:
    """Knows some cases; counts how often it is asked what was known in them."""

    said: Sequence[Acts]
    known: Dealings = field(default_factory=Dealings)
    asked: list[tuple[str, set[str]]] = field(default_factory=list)

    def cases(self) -> "Source":
        return self

    def acts(self, window: Window) -> Sequence[Acts]:
        assert window == WINDOW
        return self.said

    def dealings(self, tenant: str, effects: Iterable[Effect], until: object) -> Dealings:
        self.asked.append((tenant, {effect.ref.trace_id for effect in effects}))
        return self.known

    def candidates(self, *_: object) -> Any:
        raise NotImplementedError

    def lanes(self, *_: object) -> Any:
        raise NotImplementedError


def drafts(said: Sequence[Doing], **known: Any) -> list[Draft]:
    source = Source([acts(*said)], Dealings(**known))
    return list(CompoundFailure(SIGNATURE).drafts(source, WINDOW))


def told(said: Sequence[Doing], **known: Any) -> str:
    (draft,) = drafts(said, **known)
    assert all(value not in ("", None) for value in draft.facts.values())
    return wording.sentence(SIGNATURE.reason, draft.facts)


def test_it_runs_after_all_others_of_whose_findings_it_makes_use() -> None:
    last = registry.analyzers()[-1]
    assert [one.id for one in last.signatures] == ["MA-01"]


def test_only_of_cases_that_may_be_one_it_is_asked_what_was_known() -> None:
    harmless = [replace(one, case_id="c2") for one in PAID[1:] if isinstance(one, Effect)]
    others = [replace(one, ref=ref(f"{one.agent}2", 1), delta=1) for one in harmless]
    source = Source([acts(*PAID, *others), acts(*others, tenant="other")])
    (draft,) = CompoundFailure(SIGNATURE).drafts(source, WINDOW)
    assert (draft.tenant, draft.lane, draft.anchor) == ("acme", "case:c1", "compound")
    assert source.asked == [("acme", {"run-a", "run-b"})]


def test_of_several_episodes_of_a_case_a_blind_one_is_told() -> None:
    known = (access(1, "a", "write", "2"), access(19, "b", "read", "2"))
    again: list[Doing] = [aim(300, "c", 1), act(301, "c", "delay"), act(303, "d", "credit", -70)]
    third: list[Doing] = [aim(600, "e", 1), act(601, "e", "delay"), act(603, "f", "credit", -80)]
    (draft,) = drafts([*PAID, *again, *third], accesses=known)
    assert (draft.facts["label"], draft.facts["loss"], draft.raised) == ("COMPOUND-BLIND", 70, True)
    (draft,) = drafts(PAID, accesses=known)
    assert (draft.facts["label"], draft.raised) == ("COMPOUND-INFORMED", False)


def test_the_sentence_says_the_share_of_each_agent() -> None:
    opened = act(1, "audit", "flag", opens="o:1", metric="issues")
    assert told([*PAID, opened]) == (
        "No agent is at fault alone. b acted on c1 without reading what a had done there (delay):"
        " its credit moved cash by -500 EUR against the aim of a, and o:1 is still open."
        " COMPOUND-BLIND: 500 EUR and states that count as 50; contribution shares: a 45.5 % (250),"
        " b 45.5 % (250) and audit 9.09 % (50)."
    )


def test_who_acted_before_the_holder_is_told_of_in_time() -> None:
    said: list[Doing] = [aim(0, "a", 1), act(5, "b", "credit", -500), act(9, "a", "delay")]
    assert told(said).startswith(
        "No agent is at fault alone. a acted on c1 without reading what b had done there (credit):"
        " b's credit moved cash by -500 EUR against the aim of a. COMPOUND-BLIND: 500 EUR;"
    )


@pytest.mark.parametrize(
    ("said", "what"),
    [
        (
            [act(1, "a", "hold", metric="state"), act(9, "b", "release", metric="state")],
            "hold and release of invoice:1 go against each other. COMPOUND-BLIND: a loss that"
            " counts as 50;",
        ),
        (
            [act(1, "a", "promise", opens="o:1"), act(9, "b", "close")],
            "its close settled invoice:1 over o:1, and o:1 is still open. COMPOUND-BLIND:",
        ),
        (
            [act(1, "a", "refund", -1300), act(9, "b", "refund", -1300)],
            "invoice:1 got the same refund of -1,300 EUR again. COMPOUND-BLIND: 1,300 EUR;",
        ),
        (
            [
                aim(0, "a", 0, limit=500),
                act(1, "a", "discount", -400),
                act(9, "b", "discount", -300),
            ],
            "together they moved cash by 700 EUR where 500 was the most that was meant.",
        ),
    ],
    ids=["opposite", "left open", "twice", "beyond"],
)
def test_each_condition_has_words_of_its_own(said: list[Doing], what: str) -> None:
    assert what in told(said)


def test_facts_name_net_effects_conditions_and_what_was_read_instead() -> None:
    other = Datum("invoice:1", "x")
    reads = [access(at, "b", "read", f"{at}", datum=other) for at in range(3, 13)]
    (draft,) = drafts(PAID, accesses=(access(1, "a", "write", "2"), *reads))
    facts = draft.facts
    assert facts["missed"] == "invoice:1.pay_date 2"
    assert facts["read_instead"] == [f"invoice:1.x {at}" for at in range(5, 13)]
    assert facts["net_effects"] == ["cash EUR: a 0, b -500 (a wanted it up)"]
    assert facts["conditions"] == ["C3 against a declared aim"]
    assert facts["contributions"] == ["a=250.0000", "b=250.0000"]
    assert (facts["sampled"], facts["open"], facts["faults"]) == (False, [], [])
    (draft,) = drafts([*PAID, aim(0, "a", 0, metric="score"), aim(0, "b", -1, metric="score")])
    assert draft.facts["missed"] == "nothing that can be read"
    assert draft.facts["read_instead"] == ["nothing"]


def test_a_metric_without_an_aim_has_none() -> None:
    said: list[Doing] = [act(1, "a", "refund", -300), act(9, "b", "refund", -300)]
    (draft,) = drafts(said)
    assert draft.facts["net_effects"] == ["cash EUR: a -300, b -300 (nobody said which way)"]


def test_evidence_shows_both_acts_what_was_not_read_and_what_was_decided() -> None:
    opened = act(1.5, "audit", "flag", opens="o:1", metric="issues")
    third = act(30, "c", "credit", -100, decision_id="d-c")
    more = act(31, "d", "note")
    known = {
        "accesses": (access(1, "a", "write", "2"),),
        "decisions": (decision(29, "c", 100), decision(19, "b", 500), decision(28, "d", 5)),
    }
    (draft,) = drafts([*PAID, opened, third, more], **known)
    roles = [(one.span_id, one.role) for one in draft.evidence]
    assert roles == [
        ("a-2", Role.CAUSE),
        ("b-20", Role.VIOLATION),
        ("a-1", Role.EXPECTED_BUT_MISSING),
        ("c-30", Role.EFFECT),
        ("audit-1.5", Role.EFFECT),
        ("c-29", Role.CAUSE),
    ]
    assert draft.agents == ("a", "b", "audit", "c") or draft.agents[0] == "a"


def test_who_is_at_fault_itself_comes_first() -> None:
    fault = found("GOV-01", ref("b", 20))
    (draft,) = drafts(PAID, findings=(fault,))
    assert (draft.agents, draft.raised) == (("b", "a"), False)
    assert told(PAID, findings=(fault,)).startswith(
        "b is at fault by itself (GOV-01); what agents did together contributed. b acted on c1"
    )
    assert draft.facts["faults"] == ["b: GOV-01"]


def test_what_rests_on_names_alone_is_told_as_such() -> None:
    assert drafts(PAID)[0].origin is Origin.EXPLICIT
    guessed = [replace(one, origin="inferred") if isinstance(one, Effect) else one for one in PAID]
    assert drafts(guessed)[0].origin is Origin.INFERRED


def test_a_sampled_share_has_a_margin() -> None:
    many = [act(5 + number, f"m{number:02}", "credit", -30) for number in range(13)]
    (draft,) = drafts([*PAID[:2], *many])
    shares = draft.facts["shares"]
    assert isinstance(shares, list)
    assert draft.facts["sampled"] is True
    assert all(" ± " in share for share in shares)
