"""What a bad node reached: whom it touched, what of it still stands, and what that may cost."""

from collections import defaultdict
from collections.abc import Collection, Iterator

from analyzers.chains.graph import Graph
from analyzers.chains.weights import AMOUNT_TOLERANCE
from domain.chain_records import Access, Effect
from domain.chains import BlastRadius, LiveWrite


def tainted_writes(graph: Graph, nodes: Collection[str]) -> Iterator[tuple[str, Access]]:
    """Writes in these nodes that take nothing back, each with its node."""
    for node in sorted(nodes):
        for fact in graph.history.facts_of(node):
            if isinstance(fact, Access) and fact.is_write and not fact.compensates:
                yield node, fact


def stands(graph: Graph, write: Access) -> bool:
    """Whether nothing was written over it, nor does another write say that it takes it back."""
    field = graph.fields.get(write.datum)
    undone = write.data_id and graph.history.taken_back.get(write.data_id)
    return field is not None and field.standing() == write and not undone


def blast_radius(graph: Graph, nodes: Collection[str]) -> BlastRadius:
    """Of the nodes that the root reached over hard edges, itself included."""
    writes = [
        LiveWrite(
            node_id=node,
            entity=write.datum.entity,
            field=write.datum.field,
            version=write.version,
            value=write.value,
            system=write.system,
            agent=write.agent,
            at=write.at,
        )
        for node, write in tainted_writes(graph, nodes)
        if stands(graph, write)
    ]
    return BlastRadius(
        node_ids=tuple(sorted(nodes)),
        agents=tuple(sorted(set(_agents(graph, nodes)))),
        systems=tuple(sorted(set(_systems(graph, nodes)))),
        live_writes=tuple(sorted(writes, key=lambda each: (each.at, each.node_id, each.field))),
        money_at_risk=_money_at_risk(graph, nodes),
        outcome_ids=tuple(
            sorted(node.partition("/")[2] for node in nodes if node.startswith("outcome/"))
        ),
    )


def _agents(graph: Graph, nodes: Collection[str]) -> Iterator[str]:
    for node in nodes:
        step = graph.history.step_of(node)
        if step and step.agent:
            yield step.agent
        for fact in graph.history.facts_of(node):
            if fact.agent:
                yield fact.agent


def _systems(graph: Graph, nodes: Collection[str]) -> Iterator[str]:
    for node in nodes:
        for fact in graph.history.facts_of(node):
            if isinstance(fact, Access) and fact.system:
                yield fact.system


def _money_at_risk(graph: Graph, nodes: Collection[str]) -> dict[str, float]:
    """Sum of |delta| of effects that still stand, by unit."""
    at_risk: dict[str, float] = defaultdict(float)
    for _, effect in standing_effects(graph, nodes):
        at_risk[effect.unit] += abs(effect.delta or 0.0)
    return dict(sorted(at_risk.items()))


def standing_effects(graph: Graph, nodes: Collection[str]) -> Iterator[tuple[str, Effect]]:
    """Effects in these nodes, each with its node, that nothing has made good since.

    An effect falls with the writes of its entity that came from the same decision, or from the same
    trace where one of them names none. One without writes falls when those of the nodes balance on
    the entity's metric, or when later ones from elsewhere, or one of these, balance them.
    """
    for node in sorted(nodes):
        for fact in graph.history.facts_of(node):
            if not isinstance(fact, Effect) or not fact.delta:
                continue
            writes = writes_of(graph, fact)
            if any(stands(graph, write) for write in writes) or (
                not writes and not _is_balanced(graph, fact, nodes)
            ):
                yield node, fact


def writes_of(graph: Graph, effect: Effect) -> list[Access]:
    """The writes through which the effect came about."""
    return [
        access
        for access in graph.history.traces[effect.ref.trace_id].accesses
        if access.is_write
        and access.datum.entity == effect.entity
        and (
            "" in (effect.decision_id, access.decision_id)
            or access.decision_id == effect.decision_id
        )
    ]


def _is_balanced(graph: Graph, effect: Effect, nodes: Collection[str]) -> bool:
    others = graph.history.effects_on[effect.entity, effect.metric]
    own = [each for each in others if graph.history.place(each) in nodes]
    tainted = [each for each in own if not writes_of(graph, each)]
    since = min(each.at for each in tainted)
    later = [each.delta or 0.0 for each in others if each not in own and each.at > since]
    net = sum(each.delta or 0.0 for each in tainted)
    return any(abs(net + made_good) <= AMOUNT_TOLERANCE for made_good in (0.0, sum(later), *later))
