"""What a bad node reached: whom it touched, what of it still stands, and what that may cost."""

from collections import defaultdict
from collections.abc import Collection, Iterator

from analyzers.chains.graph import Graph
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
    """Sum of |delta| of effects that still stand, by unit.

    An effect falls with the writes of its entity that came from the same decision, or from the same
    trace where one of them names none; without such writes it stands.
    """
    at_risk: dict[str, float] = defaultdict(float)
    for node in sorted(nodes):
        for fact in graph.history.facts_of(node):
            if isinstance(fact, Effect) and fact.delta and not _is_reverted(graph, fact):
                at_risk[fact.unit] += abs(fact.delta)
    return dict(sorted(at_risk.items()))


def _is_reverted(graph: Graph, effect: Effect) -> bool:
    writes = [
        access
        for access in graph.history.traces[effect.ref.trace_id].accesses
        if access.is_write
        and access.datum.entity == effect.entity
        and (
            "" in (effect.decision_id, access.decision_id)
            or access.decision_id == effect.decision_id
        )
    ]
    return bool(writes) and not any(stands(graph, write) for write in writes)
