"""Effects, intents and accesses of agents as plain values; each agent has a run of its own."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from analyzers.compound import clashes
from analyzers.compound.assembly import cases
from analyzers.compound.costs import Rules
from analyzers.compound.judging import Compound, judged, may_be
from analyzers.compound.sight import Knowledge
from domain.cases import Acts, Dealings, Found, Handoff, Intent
from domain.chain_records import Access, Datum, Decision, Effect, Link, SpanRef
from domain.findings import Severity

BEGAN = datetime(2026, 5, 4, 8, tzinfo=UTC)
WEEK = timedelta(days=7)
RULES = Rules(
    loss_min=50.0,
    value_share=0.01,
    within=WEEK,
    state_worth=50.0,
    rates=clashes.rates(""),
    runs_max=12,
)


Said = Effect | Intent


def ref(agent: str, at: float) -> SpanRef:
    """A span of the agent's run."""
    return SpanRef(f"run-{agent}", f"{agent}-{at}")


def moment(at: float) -> datetime:
    """`at` h after the beginning."""
    return BEGAN + timedelta(hours=at)


def act(at: float, agent: str, kind: str, delta: float | None = 0, **said: Any) -> Effect:
    """An effect on the invoice in case c1."""
    own: dict[str, Any] = {"entity": "invoice:1", "metric": "cash", "unit": "EUR", "case_id": "c1"}
    own |= {"ref": ref(agent, at), "at": moment(at), "agent": agent}
    return Effect(kind=kind, delta=delta, **own | said)


def aim(at: float, agent: str, direction: int, **said: Any) -> Intent:
    """Where the agent wants cash to go."""
    own: dict[str, Any] = {"metric": "cash"}
    return Intent(ref(agent, at), moment(at), agent, direction=direction, **own | said)


def access(at: float, agent: str, kind: str, version: str = "", **said: Any) -> Access:
    """A read or write of the pay date."""
    own: dict[str, Any] = {"datum": Datum("invoice:1", "pay_date"), "ref": ref(agent, at)}
    return Access(at=moment(at), is_write=kind == "write", version=version, **own | said)


def link(cause: str, effect: str) -> Link:
    """One run led to another."""
    return Link(ref(cause, 0), ref(effect, 0), "link")


def handoff(at: float, giver: str, taker: str, case_id: str = "c1") -> Handoff:
    """Work goes on."""
    return Handoff(ref(giver, at), moment(at), giver, taker, case_id)


def decision(at: float, agent: str, amount: float, **said: Any) -> Decision:
    """About an amount of EUR."""
    own: dict[str, Any] = {"currency": "EUR", "decision_id": f"d-{agent}", "action": "act"}
    return Decision(ref(agent, at), moment(at), agent=agent, amount=amount, **own | said)


def found(signature: str, *refs: SpanRef, **said: Any) -> Found:
    """A finding of another signature."""
    own: dict[str, Any] = {"severity": Severity.HIGH, "agents": (), "finding_id": signature}
    return Found(signature=signature, refs=refs, **own | said)


def acts(*said: Said, **more: Any) -> Acts:
    """All of one tenant, looked after here."""
    effects = tuple(one for one in said if isinstance(one, Effect))
    intents = tuple(one for one in said if isinstance(one, Intent))
    things = {effect.entity for effect in effects}
    things |= {thing for intent in intents for thing in intent.target}
    lanes = {f"case:{effect.case_id}" for effect in effects} | {f"entity:{one}" for one in things}
    own: dict[str, Any] = {"tenant": "acme", "lanes": frozenset(lanes)}
    return Acts(effects=effects, intents=intents, **own | more)


def compounds(
    said: Sequence[Said], dealings: Dealings | None = None, rules: Rules = RULES
) -> list[Compound]:
    """What the cases that these make are found to be."""
    known = dealings or Dealings()
    knowledge = Knowledge(known)
    found = []
    for one in cases(acts(*said), rules.within, rules.runs_max):
        clashing = clashes.clashes(one, rules.within, rules.rates)
        if made := judged(one, clashing, known, knowledge, rules):
            assert may_be(one, clashing, rules)
            found.append(made)
    return found


def compound(
    said: Sequence[Said], dealings: Dealings | None = None, rules: Rules = RULES
) -> Compound:
    """The one that these are."""
    (made,) = compounds(said, dealings, rules)
    return made


def shares(made: Compound) -> dict[str, float]:
    """Amounts by agent."""
    return {share.agent: round(share.amount, 6) for share in made.shares}
