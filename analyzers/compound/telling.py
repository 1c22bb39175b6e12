"""From a compound failure to what is told: facts, evidence and the shares in words."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from analyzers.compound.assembly import Case
from analyzers.compound.clashes import Clash, Condition
from analyzers.compound.costs import still_open
from analyzers.compound.judging import BLIND, Compound
from analyzers.compound.shares import Share
from analyzers.compound.sight import Knowledge
from domain.cases import Dealings
from domain.chain_records import Effect, SpanRef
from domain.findings import Draft, Evidence, Fact, Origin, Role

ANCHOR = "compound"
READS_MAX = 8
NOTHING = "nothing"
NOT_READ = "nothing that can be read"


def draft(tenant: str, found: Compound, knowledge: Knowledge, dealings: Dealings) -> Draft:
    """What MA-01 says of it."""
    earlier, later = _in_time(found.clash)
    inferred = Origin.INFERRED in (earlier.origin, later.origin)
    return Draft(
        signature="MA-01",
        tenant=tenant,
        lane=found.case.lane,
        anchor=ANCHOR,
        agents=_agents(found),
        case_id=found.case.case_id,
        first_at=earlier.at,
        last_at=later.at,
        evidence=tuple(_evidence(found, knowledge, dealings)),
        facts=_facts(found, knowledge),
        origin=Origin.INFERRED if inferred else Origin(earlier.origin),
        raised=found.label == BLIND,
    )


def _in_time(clash: Clash) -> tuple[Effect, Effect]:
    if clash.first.at <= clash.second.at:
        return clash.first, clash.second
    return clash.second, clash.first


def _agents(found: Compound) -> tuple[str, ...]:
    """Those at fault by themselves first, then by their share; not who only set something off."""
    sharing = (share.agent for share in found.shares if share.amount > 0)
    return tuple(dict.fromkeys([*found.faults, *sharing]))


def _facts(found: Compound, knowledge: Knowledge) -> Mapping[str, Fact]:
    earlier, later = _in_time(found.clash)
    missed = knowledge.missed(earlier, later)
    reads = [f"{one.datum} {one.version}".strip() for one in knowledge.read_by(later)]
    seen = "without reading" if found.blind else "in spite of"
    return {
        "foremost": _foremost(found),
        "first": earlier.agent,
        "second": later.agent,
        "subject": found.case.subject,
        "first_kind": earlier.kind,
        "second_kind": later.kind,
        "how": seen,
        "what": _what(found),
        "label": found.label,
        "loss": round(found.loss, 4),
        "of": found.unit or "states",
        "total": round(found.total, 4),
        "worth": _worth(found),
        "shares": [_share(share, found.total) for share in found.shares],
        "contributions": [f"{share.agent}={share.amount:.4f}" for share in found.shares],
        "sampled": any(share.margin for share in found.shares),
        "conditions": [str(condition) for condition in found.conditions],
        "net_effects": list(_net_effects(found.case)),
        "open": sorted(still_open(found.case)),
        "faults": [f"{agent}: {', '.join(each)}" for agent, each in found.faults.items()],
        "missed": f"{missed.datum} {missed.version}".strip() if missed else NOT_READ,
        "read_instead": reads[-READS_MAX:] or [NOTHING],
    }


def _foremost(found: Compound) -> str:
    if not found.faults:
        return "No agent is at fault alone"
    named = (
        f"{agent} is at fault by itself ({', '.join(by)})" for agent, by in found.faults.items()
    )
    return f"{' and '.join(named)}; what agents did together contributed"


def _what(found: Compound) -> str:
    """What the clash that is told of comes to, and what is left open."""
    said = _clashed(found.clash, found)
    left = sorted(still_open(found.case))
    return f"{said}, and {left[0]} is still open" if left else said


def _clashed(clash: Clash, found: Compound) -> str:
    first, second = clash.first, clash.second
    if clash.condition is Condition.OPPOSITE:
        return f"{first.kind} and {second.kind} of {second.entity} go against each other"
    if clash.condition is Condition.LEFT_OPEN:
        return f"its {second.kind} settled {second.entity} over {first.opens}"
    if clash.condition is Condition.TWICE:
        again = f"{second.kind} of {_number(second.delta)} {second.unit}".strip()
        return f"{second.entity} got the same {again} again"
    if clash.condition is Condition.BEYOND_LIMIT:
        return (
            f"together they moved {second.metric} by {_number(found.loss + clash.limit)}"
            f" {found.unit} where {_number(clash.limit)} was the most that was meant"
        )
    whose = "its" if first.at <= second.at else f"{second.agent}'s"
    moved = f"{second.metric} by {_number(second.delta)} {second.unit}".strip()
    return f"{whose} {second.kind} moved {moved} against the aim of {first.agent}"


def _worth(found: Compound) -> str:
    """The loss, and what is not money at what it counts as."""
    rest = found.total - found.loss
    if not found.unit:
        return f"a loss that counts as {_number(found.total)}"
    money = f"{_number(found.loss)} {found.unit}"
    return f"{money} and states that count as {_number(rest)}" if rest > 0 else money


def _share(share: Share, total: float) -> str:
    margin = f" ± {_number(round(share.margin, 2))}" if share.margin else ""
    return f"{share.agent} {100 * share.amount / total:.3g} % ({_number(share.amount)}{margin})"


def _net_effects(case: Case) -> Iterator[str]:
    """What each agent moved of each metric, and whose intent wanted which way."""
    aims = defaultdict(set)
    for intent in case.intents:
        if intent.direction:
            way = "up" if intent.direction > 0 else "down"
            aims[intent.metric].add(f"{intent.agent} wanted it {way}")
    nets: dict[tuple[str, str], dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for effect in case.effects:
        nets[effect.metric, effect.unit][effect.agent] += effect.delta or 0.0
    for (metric, unit), by_agent in sorted(nets.items()):
        moved = ", ".join(f"{agent} {_number(net)}" for agent, net in sorted(by_agent.items()))
        wanted = "; ".join(sorted(aims[metric])) or "nobody said which way"
        yield f"{metric} {unit}: {moved} ({wanted})"


def _number(value: float | None) -> str:
    return f"{value or 0.0:,.2f}".rstrip("0").rstrip(".")


def _evidence(found: Compound, knowledge: Knowledge, dealings: Dealings) -> Iterator[Evidence]:
    """The two of the clash, what should have been read, the others, and what each had decided."""
    earlier, later = _in_time(found.clash)
    roles = {earlier.ref: Role.CAUSE}
    roles.setdefault(later.ref, Role.VIOLATION)
    if missed := knowledge.missed(earlier, later):
        roles.setdefault(missed.ref, Role.EXPECTED_BUT_MISSING)
    for clash in found.clashes:
        roles.setdefault(clash.first.ref, Role.EFFECT)
        roles.setdefault(clash.second.ref, Role.EFFECT)
    left = still_open(found.case)
    for effect in found.case.effects:
        if effect.opens in left:
            roles.setdefault(effect.ref, Role.EFFECT)
    for ref in _decided({ref.trace_id for ref in roles}, found.case, dealings):
        roles.setdefault(ref, Role.CAUSE)
    for ref, role in roles.items():
        yield Evidence(ref.trace_id, ref.span_id, role)


def _decided(runs: set[str], case: Case, dealings: Dealings) -> Iterator[SpanRef]:
    """Where the decisions were made that led to these runs' effects."""
    named = {effect.decision_id for effect in case.effects} - {""}
    for decision in dealings.decisions:
        if decision.ref.trace_id in runs and decision.decision_id in named:
            yield decision.ref
