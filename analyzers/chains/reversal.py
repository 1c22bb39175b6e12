"""What must be undone so that nothing tainted stands any more, in which order, and nothing else."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime

from analyzers.chains.blast import standing_effects, tainted_writes, writes_of
from analyzers.chains.fields import same_value
from analyzers.chains.graph import Graph
from domain.chain_records import Access, Datum, Effect
from domain.chains import LineKind, ReversalLine


def reversal_plan(
    graph: Graph, starts: Iterable[str], nodes: Collection[str]
) -> tuple[ReversalLine, ...]:
    """One line for each datum in which something tainted stands, effects before causes.

    Another for the effects on an entity, such as letters or payments, that had no writes.

    starts: nodes of the root; nodes: what these reached over hard edges, themselves included.
    """
    order = {node: index for index, node in enumerate(_effects_first(graph, starts))}
    tainted: dict[Datum, list[tuple[str, Access]]] = defaultdict(list)
    for node, write in tainted_writes(graph, nodes):
        tainted[write.datum].append((node, write))
    lines = [
        (order.get(line.node_id, len(order)), -write.at.timestamp(), line)
        for datum, written in sorted(tainted.items())
        if datum in graph.fields
        for write, line in _lines(graph, datum, written)
    ]
    lines += [
        (order.get(line.node_id, len(order)), -at.timestamp(), line)
        for at, line in _mitigations(graph, nodes)
    ]
    return tuple(line for *_, line in sorted(lines, key=lambda one: (*one[:2], str(one[2]))))


def _effects_first(graph: Graph, starts: Iterable[str]) -> list[str]:
    """What the starts reach over hard edges: each node after all that it led to."""
    seen: set[str] = set()
    finished: list[str] = []
    for start in sorted(starts):
        if start in seen:
            continue
        seen.add(start)
        stack = [(start, iter(_leads_to(graph, start)))]
        while stack:
            node, effects = stack[-1]
            following = next((each for each in effects if each not in seen), None)
            if following is None:
                finished.append(node)
                stack.pop()
            else:
                seen.add(following)
                stack.append((following, iter(_leads_to(graph, following))))
    return finished


def _leads_to(graph: Graph, node: str) -> list[str]:
    return sorted({edge.effect for edge in graph.out_of(node) if edge.hard})


def _lines(
    graph: Graph, datum: Datum, written: Sequence[tuple[str, Access]]
) -> list[tuple[Access, ReversalLine]]:
    """None where the datum is as it would be without the tainted writes, or was taken back."""
    node_of = {write: node for node, write in written}
    sequence = graph.fields[datum].sequence
    standing = sequence[-1]
    first = next(index for index, write in enumerate(sequence) if write in node_of)
    before = sequence[first - 1] if first else None
    last = next(write for write in reversed(sequence) if write in node_of)
    restores = before is not None and standing != before and same_value(standing, before)
    if restores or _takes_back(standing, sequence[first], node_of) or _is_undone(graph, last):
        return []
    on_top = None if standing == last else standing
    outside = next((each for each in reversed(sequence) if _is_outside(each, node_of, last)), None)
    line = _line(graph, node_of[last], last, outside or before, on_top)
    return [(last, line)]


def _is_outside(write: Access, tainted: Collection[Access], last: Access) -> bool:
    return write not in tainted and write.at <= last.at


def _takes_back(standing: Access, first: Access, tainted: Iterable[Access]) -> bool:
    """Whether what stands says so, or has the value from before the first tainted write."""
    if standing.value is not None and standing.value == first.value_prev:
        return True
    return bool(standing.compensates) and standing.compensates in {
        write.data_id for write in tainted
    }


def _is_undone(graph: Graph, write: Access) -> bool:
    return bool(write.data_id and graph.history.taken_back.get(write.data_id))


def _line(
    graph: Graph, node: str, write: Access, outside: Access | None, on_top: Access | None
) -> ReversalLine:
    kind, reason = _how(write, on_top)
    moves_money = any(
        isinstance(fact, Effect) and fact.delta and fact.entity == write.datum.entity
        for fact in graph.history.traces[write.ref.trace_id].effects
    )
    return ReversalLine(
        kind=kind,
        node_id=node,
        entity=write.datum.entity,
        field=write.datum.field,
        system=write.system,
        current_version=(on_top or write).version,
        current_value=(on_top or write).value,
        restore_version=outside.version if outside else write.version_prev,
        restore_value=outside.value if outside else write.value_prev,
        tool=write.compensated_by,
        reversible=write.reversible,
        needs_approval=moves_money or kind in (LineKind.MITIGATE, LineKind.MANUAL),
        reason=reason,
    )


def _mitigations(graph: Graph, nodes: Collection[str]) -> Iterator[tuple[datetime, ReversalLine]]:
    """Of each entity and metric one line, for the sum of effects that no write brought about."""
    done: dict[tuple[str, str], list[tuple[str, Effect]]] = defaultdict(list)
    for node, effect in standing_effects(graph, nodes):
        if not writes_of(graph, effect):
            done[effect.entity, effect.metric].append((node, effect))
    for (entity, metric), effects in sorted(done.items()):
        node, last = max(effects, key=lambda one: (one[1].at, one[0]))
        total = sum(effect.delta or 0.0 for _, effect in effects)
        who = last.agent or "an agent"
        did = f"{who} did it ({last.kind}, {total:+,g} {last.unit}".rstrip() + ")"
        yield (
            last.at,
            ReversalLine(
                kind=LineKind.MITIGATE,
                node_id=node,
                entity=entity,
                field=metric,
                system="",
                current_version="",
                current_value=total,
                restore_version="",
                restore_value=None,
                tool="",
                reversible=False,
                needs_approval=True,
                reason=f"{did}, and no write is known that can be taken back: limit the harm.",
            ),
        )


def _how(write: Access, on_top: Access | None) -> tuple[LineKind, str]:
    who = write.agent or "an agent"
    if on_top is not None:
        later = on_top.agent or on_top.system or "somebody"
        return LineKind.MANUAL, f"{later} changed it later: decide what it should be now."
    if write.compensated_by:
        return LineKind.COMPENSATE, f"{who} wrote it; {write.compensated_by} takes it back."
    if write.reversible:
        return LineKind.RESTORE, f"{who} wrote it; no tool is declared that takes it back."
    return LineKind.MITIGATE, f"{who} wrote it, and it cannot be taken back: limit the harm."
