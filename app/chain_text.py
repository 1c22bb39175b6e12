"""A causal chain as text for people: its causes, their way, what they reached, what undoes it."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from rich.text import Text

from app import printing
from domain.chains import Cause, Chain, Edge, LiveWrite, Node, ReversalLine

TITLE, DIM, CAUSE, SURE = "bold", "dim", "bold red", "cyan"


def lines(chain: Chain) -> Iterator[Text]:
    """Line by line, with styles for terminals that have some."""
    nodes = {node.node_id: node for node in chain.nodes}
    yield from _head(chain, nodes.get(chain.subject))
    yield from _causes(chain)
    if chain.causes:
        yield from _path(chain, chain.causes[0], nodes)
    yield from _reached(chain)
    yield from _plan(chain)
    if chain.cut:
        yield Text()
        yield _line(("This chain is cut: ", CAUSE), (f"{chain.cut}.", ""))


def _head(chain: Chain, subject: Node | None) -> Iterator[Text]:
    if subject is None:
        yield _line((chain.subject, TITLE))
    else:
        who = f" by {subject.agent}" if subject.agent else ""
        case = f" · case {subject.case_id}" if subject.case_id else ""
        yield _line((subject.title, TITLE), (f"{who} · {_moment(subject.at)}{case}", ""))
    traces = {node.trace_id for node in chain.nodes} - {""}
    counts = (
        printing.count(len(chain.nodes), "node"), printing.count(len(chain.edges), "edge"),
        printing.count(len(traces), "trace"), printing.count(chain.levels, "level"),
    )  # fmt: skip
    yield _line((f"{chain.subject} · {', '.join(counts)} · {chain.duration_ms:.0f} ms", DIM))


def _causes(chain: Chain) -> Iterator[Text]:
    yield from _section("Likeliest causes")
    if not chain.causes:
        yield _line(("  nothing that led to it is recorded", DIM))
    for number, cause in enumerate(chain.causes, start=1):
        style = CAUSE if number == 1 else ""
        yield _line((f"  {number}  {cause.score:.2f}  ", style), (cause.reason, style))
        findings = f" · findings {', '.join(cause.finding_ids)}" if cause.finding_ids else ""
        yield _line((
            f"           path {cause.path_weight:.2f} * anomaly {cause.anomaly:.2f} *"
            f" early {cause.early:.2f} * counterfactual {cause.counterfactual:.2f}{findings}", DIM,
        ))  # fmt: skip


def _path(chain: Chain, cause: Cause, nodes: Mapping[str, Node]) -> Iterator[Text]:
    yield from _section("From the first cause to what became of it")
    way = [nodes[node_id] for node_id in cause.path if node_id in nodes]
    strongest: dict[tuple[str, str], Edge] = {}
    for edge in sorted(chain.edges, key=lambda edge: edge.weight):
        strongest[edge.cause, edge.effect] = edge
    agents = max((len(printing.visible(node.agent)) for node in way), default=0)
    systems = max((len(printing.visible(node.system)) for node in way), default=0)
    for number, node in enumerate(way):
        if number:
            yield _step(strongest.get((way[number - 1].node_id, node.node_id)))
        yield _line(
            (f"  {_moment(node.at)}  ", DIM),
            (f"{node.agent:<{agents}}  ", SURE),
            (f"{node.system:<{systems}}  ", DIM),
            (node.title, CAUSE if node.node_id == cause.node_id else ""),
        )


def _step(edge: Edge | None) -> Text:
    if edge is None:
        return _line(("    │", DIM))
    arrow, kind = "│" if edge.hard else "┊", str(edge.kind).replace("_", " ")
    return _line((f"    {arrow} {kind} {edge.weight:.2f}", DIM))


def _reached(chain: Chain) -> Iterator[Text]:
    reached = chain.blast_radius
    yield from _section("What it reached")
    counts = (
        printing.count(len(reached.node_ids), "node"),
        f"agents {', '.join(reached.agents) or 'none'}",
        f"systems {', '.join(reached.systems) or 'none'}",
    )
    yield _line((f"  {' · '.join(counts)}", ""))
    for unit, amount in sorted(reached.money_at_risk.items()):
        yield _line((f"  {' '.join(filter(None, (f'{amount:,.2f}', unit)))} at risk", CAUSE))
    for write in reached.live_writes:
        yield _line(("  still stands: ", DIM), (_live(write), ""))
    if reached.outcome_ids:
        yield _line((f"  outcomes: {', '.join(reached.outcome_ids)}", DIM))


def _live(write: LiveWrite) -> str:
    name = f"{write.entity}.{write.field}" if write.field else write.entity
    return f"{name}{_state(write.version, write.value)} in {write.system} by {write.agent}"


def _plan(chain: Chain) -> Iterator[Text]:
    yield from _section("To undo it, in this order")
    if not chain.reversal_plan:
        yield _line(("  nothing is left to undo", DIM))
    for number, line in enumerate(chain.reversal_plan, start=1):
        yield _line(
            (f"  {number}  {line.kind:<10}  ", SURE),
            (f"{_name(line)} in {line.system}:{_change(line)}", TITLE),
            (f"{_means(line)}", ""),
        )
        if line.reason:
            yield _line((f"                 {line.reason}", DIM))


def _name(line: ReversalLine) -> str:
    return f"{line.entity}.{line.field}" if line.field else line.entity


def _change(line: ReversalLine) -> str:
    now = _state(line.current_version, line.current_value) or " what it is"
    before = _state(line.restore_version, line.restore_value) or " nothing"
    return f"{now} →{before}"


def _means(line: ReversalLine) -> str:
    means = [f"with {line.tool}"] * bool(line.tool)
    means += ["can not be reversed"] * (not line.reversible)
    means += ["needs approval"] * line.needs_approval
    return f"  ({', '.join(means)})" if means else ""


def _state(version: str, value: float | None) -> str:
    return f" v{version}" * bool(version) + ("" if value is None else f" = {value:g}")


def _section(title: str) -> Iterator[Text]:
    yield Text()
    yield _line((title, TITLE))


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}"


def _line(*parts: tuple[str, str]) -> Text:
    return Text.assemble(*((printing.visible(text), style) for text, style in parts))
