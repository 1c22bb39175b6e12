"""Whether a case is a failure in which nobody failed: it is more than what any agent did alone."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from analyzers.compound import costs
from analyzers.compound.assembly import Case
from analyzers.compound.clashes import Clash, Condition
from analyzers.compound.costs import MONEY, STATES, Rules
from analyzers.compound.shares import Share, Term, loss, players, shares
from analyzers.compound.sight import Knowledge, Sight
from domain.cases import Dealings, Found
from domain.chain_records import SpanRef
from domain.findings import Severity

BLIND, INFORMED = "COMPOUND-BLIND", "COMPOUND-INFORMED"
CONTRIBUTING = "COMPOUND-CONTRIBUTING"
FAULTS = ("GOV-", "TOOL-")
NO_SHARE = 1e-9


@dataclass(frozen=True, slots=True)
class Compound:
    """A case that is one.

    clash:      the first one that makes it so; blind: whether one acted without knowing there.
    loss:       in money, `unit`; total: with states and obligations at their worth.
    shares:     of the total; less than 0 for who set off what others did.
    conditions: all that hold, `faults`: agent -> findings of it that say it is at fault itself.
    """

    case: Case
    clash: Clash
    clashes: tuple[Clash, ...]
    blind: bool
    unit: str
    loss: float
    total: float
    shares: tuple[Share, ...]
    conditions: tuple[Condition, ...]
    faults: dict[str, list[str]]

    @property
    def label(self) -> str:
        """What it is called."""
        if self.faults:
            return CONTRIBUTING
        return BLIND if self.blind else INFORMED


@dataclass(frozen=True, slots=True)
class _Fired:
    clashes: list[Clash]
    unit: str
    blind: bool


def may_be(case: Case, clashes: Sequence[Clash], rules: Rules) -> bool:
    """Whether it would be one if nobody had known anything."""
    return _fired(case, clashes, clashes, rules, Dealings()) is not None


def judged(
    case: Case, clashes: Iterable[Clash], dealings: Dealings, knowledge: Knowledge, rules: Rules
) -> Compound | None:
    """The compound failure of the case, if there is one."""
    seen = [(clash, _sight(clash, knowledge)) for clash in clashes]
    apart = [clash for clash, sight in seen if sight is not Sight.TOGETHER]
    blind = [clash for clash, sight in seen if sight is Sight.BLIND]
    fired = _fired(case, apart, blind, rules, dealings)
    if fired is None:
        return None
    money = costs.money(case, _of(apart, MONEY), rules).get(fired.unit, [])
    findings = _about(case, dealings)
    others = costs.of_findings(findings, case.agents(), rules.state_worth)
    own_states = _of(blind, STATES)
    terms = [*money, *costs.states(own_states, rules.state_worth)]
    terms += costs.obligations(case, own_states, rules.state_worth)
    terms += [term for some in others.values() for term in some]
    counted = [*_of(apart, MONEY), *own_states]
    return Compound(
        case=case,
        clash=min(fired.clashes, key=_order),
        clashes=tuple(sorted(counted, key=_order)),
        blind=fired.blind,
        unit=fired.unit,
        loss=loss(money, frozenset(players(money))),
        total=loss(terms, frozenset(players(terms))),
        shares=tuple(
            share for share in shares(terms, case.subject) if abs(share.amount) > NO_SHARE
        ),
        conditions=tuple(sorted({clash.condition for clash in counted}.union(others))),
        faults=_faults(case, dealings, terms),
    )


def _fired(
    case: Case, apart: Sequence[Clash], blind: Sequence[Clash], rules: Rules, dealings: Dealings
) -> _Fired | None:
    """Money that is lost blindly, else a state, else money that is lost knowingly."""
    unit = _unit(case, _of(blind, MONEY), rules, dealings)
    known_unit = _unit(case, _of(apart, MONEY), rules, dealings)
    if unit is not None:
        return _Fired(_in(_of(blind, MONEY), unit, rules), unit, blind=True)
    if state := _of(blind, STATES):
        return _Fired(state, known_unit or "", blind=True)
    if known_unit is not None:
        return _Fired(_in(_of(apart, MONEY), known_unit, rules), known_unit, blind=False)
    return None


def _unit(case: Case, clashes: Sequence[Clash], rules: Rules, dealings: Dealings) -> str | None:
    """That in which the most is lost beyond what one agent did, if that is enough."""
    runs = {effect.ref.trace_id for effect in case.effects}
    best: tuple[float, str] | None = None
    for unit, terms in sorted(costs.money(case, clashes, rules).items()):
        amounts = [
            abs(decision.amount or 0.0)
            for decision in dealings.decisions
            if decision.ref.trace_id in runs and decision.currency == unit
        ]
        gap = costs.gap(terms)
        enough = gap > costs.least(case, unit, rules, amounts)
        if enough and (best is None or gap > best[0]):
            best = gap, unit
    return best[1] if best else None


def _of(clashes: Iterable[Clash], conditions: Sequence[Condition]) -> list[Clash]:
    return [clash for clash in clashes if clash.condition in conditions]


def _in(clashes: Iterable[Clash], unit: str, rules: Rules) -> list[Clash]:
    return [clash for clash in clashes if rules.rates.unit(clash.second) == unit]


def _sight(clash: Clash, knowledge: Knowledge) -> Sight:
    if knowledge.takes_back(clash.second):
        return Sight.TOGETHER
    if clash.first.at <= clash.second.at:
        return knowledge.of(clash.first, clash.second)
    # Whose aim it was acted last: what it knew then, it accepted.
    sight = knowledge.of(clash.second, clash.first)
    return Sight.TOGETHER if sight is Sight.INFORMED else sight


def _order(clash: Clash) -> tuple[object, ...]:
    return (clash.second.at, clash.second.ref, clash.first.at, clash.first.ref, clash.condition)


def _about(case: Case, dealings: Dealings) -> list[Found]:
    runs = {effect.ref.trace_id for effect in case.effects}
    return [
        each
        for each in dealings.findings
        if (each.case_id and each.case_id == case.case_id)
        or (each.refs and runs.issuperset(ref.trace_id for ref in each.refs))
    ]


def _faults(case: Case, dealings: Dealings, terms: Iterable[Term]) -> dict[str, list[str]]:
    """Agents with a part in it whose acts, decisions or writes have a fault of their own."""
    taking_part = set(players(terms))
    agents = {effect.ref.trace_id: effect.agent for effect in case.effects}
    spans: dict[SpanRef, str] = {effect.ref: effect.agent for effect in case.effects}
    beside = [one.ref for one in dealings.decisions]
    beside += [one.ref for one in dealings.accesses if one.is_write]
    spans |= {ref: agents[ref.trace_id] for ref in beside if ref.trace_id in agents}
    found: dict[str, list[str]] = {}
    for each in dealings.findings:
        if each.severity < Severity.HIGH or not each.signature.startswith(FAULTS):
            continue
        for agent in sorted({spans[ref] for ref in each.refs if ref in spans} & taking_part):
            if each.signature not in (known := found.setdefault(agent, [])):
                known.append(each.signature)
    return found
