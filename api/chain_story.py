"""What a page or a report says of a chain: sentences, steps, lists, limits."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from api import chain_drawing
from api.chain_order import Item, Order
from api.rendering import clip, duration, utc
from domain import chain_graph
from domain.chains import Cause, Chain, Edge, LineKind, Node, ReversalLine

# Of what a group stands for, and of what led to a node or came of it, so many are listed.
GROUP_SHOWN, NEXT_SHOWN = 20, 12
# What a step scores at most about which nothing odd is known.
ODD_MIN = 0.05
SCORES = "Scores rank causes, as no probabilities; a cause is where to look first, and no blame."
DOES = {
    LineKind.COMPENSATE: "Take back",
    LineKind.RESTORE: "Restore",
    LineKind.MITIGATE: "Mitigate",
    LineKind.MANUAL: "Look at by hand",
}


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another node, and the edge to it; key: where it is listed; said: kind, weight, reason."""

    key: str
    number: int
    title: str
    edge: Edge
    said: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A node with what led to it and what came of it; more_*: how many are not listed."""

    key: str
    number: int
    node: Node
    badges: Sequence[tuple[str, str]]
    because: Sequence[Neighbour]
    more_because: int
    led_to: Sequence[Neighbour]
    more_led_to: int


@dataclass(frozen=True, slots=True)
class Listed:
    """An item of the drawing with the nodes that are listed of it; left_out: how many are not."""

    item: Item
    title: str
    entries: Sequence[Entry]
    left_out: int


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a path; after: time since the step before; by: the edge that leads to it."""

    key: str
    number: int
    node: Node
    after: str
    by: str


@dataclass(frozen=True, slots=True)
class Ranked:
    """A cause with its place, its path, and how much likelier it is than the next."""

    rank: int
    cause: Cause
    steps: Sequence[Step]
    margin: str


class Story:
    """Of one chain."""

    def __init__(self, chain: Chain) -> None:
        self.chain = chain
        self.order = Order(chain)
        self._by_id = {node.node_id: node for node in chain.nodes}
        self.titles = {node.node_id: node.title for node in chain.nodes}
        self._keys = self._anchors()
        self._causes_of: dict[str, list[Edge]] = defaultdict(list)
        self._effects_of: dict[str, list[Edge]] = defaultdict(list)
        for edge in chain.edges:
            self._causes_of[edge.effect].append(edge)
            self._effects_of[edge.cause].append(edge)

    @property
    def subject(self) -> Node | None:
        """What was asked about."""
        return self._by_id.get(self.chain.subject)

    @property
    def asked(self) -> str:
        """It in a few words."""
        return (self.subject.title if self.subject else "") or self.chain.subject

    @property
    def headline(self) -> str:
        """The sentence of the likeliest cause, if there is one about which something is odd."""
        if not self.chain.causes:
            return f"Nothing that was recorded led to {self.asked}."
        if self.chain.causes[0].score <= ODD_MIN:
            return f"Nothing odd is known about what led to {self.asked}."
        return self.chain.causes[0].reason

    @cached_property
    def systems(self) -> Sequence[str]:
        """Those that the cause, its path and what it reached are in, in the order of time."""
        shown = {node_id for cause in self.chain.causes[:1] for node_id in cause.path}
        shown |= self.order.reached
        shown |= self.order.missed
        where = (node.system for node in self.order.nodes if node.node_id in shown)
        return list(dict.fromkeys(filter(None, where)))

    @cached_property
    def causes(self) -> Sequence[Ranked]:
        """The likeliest first."""
        scores = [cause.score for cause in self.chain.causes]
        return [
            Ranked(at + 1, cause, self._steps(cause), _margin(scores[at : at + 2]))
            for at, cause in enumerate(self.chain.causes)
        ]

    @cached_property
    def evidence(self) -> Sequence[Listed]:
        """Every item of the drawing with its nodes."""
        return [
            Listed(
                item, chain_drawing.title(item),
                [self._entry(node) for node in item.nodes[:GROUP_SHOWN]],
                max(0, len(item.nodes) - GROUP_SHOWN),
            )
            for item in self.order.items
        ]  # fmt: skip

    @property
    def folded(self) -> int:
        """How many nodes are drawn as groups."""
        return sum(len(item.nodes) for item in self.order.items if item.is_group)

    @property
    def money(self) -> Sequence[str]:
        """At risk, by unit."""
        at_risk = sorted(self.chain.blast_radius.money_at_risk.items())
        return [f"{amount:,.2f} {unit}".strip() for unit, amount in at_risk]

    @property
    def limits(self) -> Sequence[str]:
        """What it does not say."""
        told = (self._cut(), self._soft(), self._folded(), self._known(), SCORES)
        return list(filter(None, told))

    def _cut(self) -> str:
        cut = clip(self.chain.cut)
        return f"It is cut: {cut}. Causes further back are not in it." if cut else ""

    def _soft(self) -> str:
        soft = sum(not edge.hard for edge in self.chain.edges)
        of = f"{soft} of {len(self.chain.edges)} edges"
        return f"{of} are likely, not known: they follow from times alone." if soft else ""

    def _folded(self) -> str:
        of = f"{self.folded} of {len(self.order.nodes)} nodes"
        return f"{of} are drawn as groups." if self.folded else ""

    def _known(self) -> str:
        until = self.chain.watermark
        return f"It knows what was received until {utc(until)}." if until else ""

    def key(self, node_id: str) -> str:
        """Where a node is listed; empty for one that is not part of it."""
        return self._keys.get(node_id, "")

    def number(self, node_id: str) -> int:
        """Of a node, in the order of time; 0 for one that is not part of it."""
        return self.order.numbers.get(node_id, 0)

    def _anchors(self) -> Mapping[str, str]:
        found = {}
        for item in self.order.items:
            for at, node in enumerate(item.nodes):
                listed = f"n{self.order.numbers[node.node_id]}"
                found[node.node_id] = listed if at < GROUP_SHOWN else item.key
        return found

    def _entry(self, node: Node) -> Entry:
        number = self.order.numbers[node.node_id]
        because = self._neighbours(self._causes_of[node.node_id], "cause")
        led_to = self._neighbours(self._effects_of[node.node_id], "effect")
        alone = Item(f"n{number}", "", (node,))
        return Entry(
            alone.key, number, node, chain_drawing.badges(self.order, alone),
            because[:NEXT_SHOWN], max(0, len(because) - NEXT_SHOWN),
            led_to[:NEXT_SHOWN], max(0, len(led_to) - NEXT_SHOWN),
        )  # fmt: skip

    def _neighbours(self, edges: Sequence[Edge], end: str) -> Sequence[Neighbour]:
        """At the other end of these edges, the heaviest first."""
        known = [(edge, getattr(edge, end)) for edge in edges if getattr(edge, end) in self._by_id]
        known.sort(key=lambda one: (not one[0].hard, -one[0].weight, self.number(one[1])))
        return [
            Neighbour(
                self.key(other), self.number(other), self._by_id[other].title, edge, said(edge)
            )
            for edge, other in known
        ]

    def _steps(self, cause: Cause) -> Sequence[Step]:
        way = [self._by_id[node_id] for node_id in cause.path if node_id in self._by_id]
        strongest: dict[tuple[str, str], Edge] = {}
        for edge in sorted(self.chain.edges, key=lambda edge: edge.weight):
            strongest[edge.cause, edge.effect] = edge
        steps = []
        for before, node in zip((None, *way), way, strict=False):
            edge_in = strongest.get((before.node_id, node.node_id)) if before else None
            steps.append(
                Step(
                    self.key(node.node_id), self.number(node.node_id), node,
                    _after(before, node), chain_graph.words(edge_in) if edge_in else "",
                )
            )  # fmt: skip
        return steps


def said(edge: Edge) -> str:
    """Kind, weight, and whether it is known."""
    sure = "" if edge.hard else ", likely"
    return f"{chain_graph.words(edge)} {edge.weight:.2f}{sure}"


def state(version: str, value: float | None) -> str:
    """Of a field: `v2 = 120`; empty where nothing is known."""
    told = f"v{version}" if version else ""
    return told if value is None else f"{told} = {value:,.10g}".lstrip()


def field(entity: str, name: str) -> str:
    """`invoice:501.amount`, in so many characters at most."""
    return clip(f"{entity}.{name}" if name else entity, 120)


def change(line: ReversalLine) -> str:
    """From what stands to what is to stand."""
    now = state(line.current_version, line.current_value) or "what stands"
    then = state(line.restore_version, line.restore_value) or "nothing, as before"
    return f"{now} → {then}" if line.kind in (LineKind.COMPENSATE, LineKind.RESTORE) else now


def means(line: ReversalLine) -> str:
    """How it is done, and what is needed for it."""
    told = [f"with {clip(line.tool, 80)}"] * bool(line.tool)
    told += ["can not be reversed"] * (not line.reversible) + [
        "needs approval"
    ] * line.needs_approval
    return ", ".join(told)


def _after(before: Node | None, node: Node) -> str:
    seconds = (node.at - before.at).total_seconds() if before else 0.0
    return f"{duration(seconds)} later" if seconds > 0 else ""


def _margin(scores: Sequence[float]) -> str:
    """Of the first over the second."""
    if len(scores) < 2 or not scores[1]:
        return ""
    return f"{scores[0] / scores[1]:.1f} times the next"
