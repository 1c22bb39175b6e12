"""Random small histories: any rows at all, not only those that make sense together."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import strategies as st

from domain.chain_records import (
    Access,
    Anomaly,
    Datum,
    Decision,
    Effect,
    Link,
    Outcome,
    Records,
    SpanRef,
    Step,
)
from tests.analyzers.chains.story import START

TRACES = ("a", "b", "c", "d")
SPANS = ("1", "2", "3", "4")
DATA = (Datum("x:1", "f"), Datum("x:1", "g"), Datum("x:1", ""), Datum("y:1", "f"))
VERSIONS = ("", "1", "2", "3", "e7")
IDS = ("", "i1", "i2", "i3", "i4", "i5")
CASES = ("", "case-1", "case-2")

refs = st.builds(SpanRef, st.sampled_from(TRACES), st.sampled_from(SPANS))
moments = st.integers(0, 40).map(lambda minutes: START + timedelta(minutes=minutes))
ids = st.sampled_from(IDS)
values = st.none() | st.integers(0, 3).map(float)

accesses = st.builds(
    Access, refs, moments, st.sampled_from(DATA), st.booleans(), st.sampled_from(VERSIONS),
    st.sampled_from(VERSIONS), st.none() | moments, st.integers(0, 3), values, values, ids,
    st.sampled_from(("agent", "human:a")), case_id=st.sampled_from(CASES),
    reversible=st.booleans(), compensates=ids, compensated_by=st.sampled_from(("", "undo")),
    decision_id=st.sampled_from(("", "d1", "d2", "d3")),
)  # fmt: skip
decisions = st.builds(
    Decision, refs, moments, st.sampled_from(("", "d1", "d2", "d3")), st.just("act"),
    st.just("agent"), st.lists(ids, max_size=2).map(tuple), values,
    st.sampled_from(("", "p")), st.sampled_from(("", "1", "2")), st.sampled_from(CASES),
)  # fmt: skip
effects = st.builds(
    Effect, refs, moments, st.sampled_from(("x:1", "y:1")), st.just("adjust"), st.just("cash"),
    values, st.just("EUR"), case_id=st.sampled_from(CASES),
    decision_id=st.sampled_from(("", "d1", "d2")),
)  # fmt: skip
targets = st.lists(st.sampled_from(("i1", "i2", "d1", "x:1", "y:1", "z:1")), max_size=2)
outcomes = st.builds(
    Outcome, st.just("o"), refs, moments, st.just("reversal"), st.just(-1),
    targets.map(tuple), values,
)  # fmt: skip
steps = st.builds(
    Step, refs, st.sampled_from(("", *SPANS)), moments, st.just("agent"),
    st.sampled_from(("svc", "other")), st.sampled_from(("execute_tool", "decide", "chat")),
    st.just("name"), st.sampled_from(CASES),
)  # fmt: skip
links = st.builds(Link, refs, refs, st.sampled_from(("link", "message", "handoff")))
anomalies = st.builds(
    Anomaly, refs, st.sampled_from(("f1", "f2")), st.just("GOAL-01"),
    st.sampled_from(("violation", "cause", "effect")), st.floats(0.05, 1), st.just("Odd."),
)  # fmt: skip


@st.composite
def histories(draw: st.DrawFn) -> Records:
    """Records with an outcome `o`; a span is told of once, as a store tells it."""
    told = {step.ref: step for step in draw(st.lists(steps, max_size=10))}
    return Records(
        steps=list(told.values()),
        accesses=draw(st.lists(accesses, min_size=1, max_size=14)),
        decisions=draw(st.lists(decisions, max_size=5)),
        effects=draw(st.lists(effects, max_size=3)),
        outcomes=[draw(outcomes)],
        links=draw(st.lists(links, max_size=3)),
        anomalies=draw(st.lists(anomalies, max_size=3)),
    )


def elsewhere(records: Records) -> Records:
    """The same history of other traces, data and ids, so that both have nothing in common."""

    def ref(known: SpanRef) -> SpanRef:
        return SpanRef(f"other-{known.trace_id}", known.span_id)

    def name(known: str) -> str:
        return f"other-{known}" if known else ""

    return Records(
        steps=[replace(each, ref=ref(each.ref)) for each in records.steps],
        accesses=[
            replace(
                each, ref=ref(each.ref), datum=Datum(name(each.datum.entity), each.datum.field),
                data_id=name(each.data_id), compensates=name(each.compensates),
                decision_id=name(each.decision_id),
            )
            for each in records.accesses
        ],
        decisions=[
            replace(
                each, ref=ref(each.ref), decision_id=name(each.decision_id),
                inputs=tuple(map(name, each.inputs)), policy_id=name(each.policy_id),
            )
            for each in records.decisions
        ],
        effects=[
            replace(
                each, ref=ref(each.ref), entity=name(each.entity),
                decision_id=name(each.decision_id),
            )
            for each in records.effects
        ],
        outcomes=[
            replace(
                each, ref=ref(each.ref), outcome_id=name(each.outcome_id),
                target=tuple(map(name, each.target)),
            )
            for each in records.outcomes
        ],
        links=[
            replace(each, cause=ref(each.cause), effect=ref(each.effect)) for each in records.links
        ],
        anomalies=[
            replace(each, ref=ref(each.ref), finding_id=name(each.finding_id))
            for each in records.anomalies
        ],
    )  # fmt: skip
