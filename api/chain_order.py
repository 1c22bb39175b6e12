"""Which nodes of a chain are drawn, in which order and lane; a large one is folded into groups."""

import heapq
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain as joined

from domain import chain_graph
from domain.chains import Chain, Edge, EdgeKind, Node

DRAWN_MAX, KEPT_MAX, LANES_MAX = 60, 46, 10
UNNAMED = "unnamed"


@dataclass(frozen=True, slots=True)
class Item:
    """One node, or a group of nodes of a lane; key: what a page calls it, `n7` or `g7`."""

    key: str
    lane: str
    nodes: tuple[Node, ...]

    @property
    def is_group(self) -> bool:
        """Whether it stands for several nodes."""
        return len(self.nodes) > 1


@dataclass(frozen=True, slots=True)
class Arrow:
    """Edges from one item to another: is one of them hard, and which causes have it on their path?

    ranks: of causes, the likeliest being 1.
    """

    cause: str
    effect: str
    edge: Edge
    hard: bool
    ranks: tuple[int, ...]
    count: int


class Order:
    """A chain as it is shown: nodes numbered from cause to effect, items, lanes and arrows."""

    def __init__(self, chain: Chain) -> None:
        self.chain = chain
        self.nodes = in_order(chain)
        self.numbers = {node.node_id: at for at, node in enumerate(self.nodes, start=1)}
        self.stale = chain_graph.stale_reads(chain)
        self.missed = frozenset(
            edge.cause for edge in chain.edges if edge.kind is EdgeKind.STALE_READ
        )
        self.ranks = {cause.node_id: at for at, cause in enumerate(chain.causes, start=1)}
        self.live = {write.node_id for write in chain.blast_radius.live_writes}
        self.reached = frozenset(chain.blast_radius.node_ids)
        self.lanes = self._lanes()
        self.items = self._items()

    @cached_property
    def arrows(self) -> Sequence[Arrow]:
        """One for each pair of items, though there may be many edges between them."""
        keys = {node.node_id: item.key for item in self.items for node in item.nodes}
        paths = [chain_graph.on_path(self.chain, at) for at in range(len(self.chain.causes))]
        found: dict[tuple[str, str], list[Edge]] = defaultdict(list)
        for edge in self.chain.edges:
            ends = keys.get(edge.cause, ""), keys.get(edge.effect, "")
            if all(ends) and ends[0] != ends[1]:
                found[ends].append(edge)
        return [
            Arrow(
                *ends, max(edges, key=lambda edge: (edge.hard, edge.weight)),
                hard=any(edge.hard for edge in edges),
                ranks=tuple(
                    rank for rank, path in enumerate(paths, start=1)
                    if any((edge.cause, edge.effect) in path for edge in edges)
                ),
                count=len(edges),
            )
            for ends, edges in found.items()
        ]  # fmt: skip

    def _lanes(self) -> Mapping[str, str]:
        """The lane of each name; names beyond the most important ones share the last lane."""
        names = Counter(map(lane_name, self.nodes))
        first = dict.fromkeys(map(lane_name, self._by_importance()))
        kept = list(first)[: LANES_MAX if len(names) <= LANES_MAX else LANES_MAX - 1]
        rest = f"{len(names) - len(kept)} others"
        return {name: name if name in kept else rest for name in names}

    def _items(self) -> tuple[Item, ...]:
        if len(self.nodes) <= DRAWN_MAX:
            return tuple(self._item([node]) for node in self.nodes)
        kept = {node.node_id for node in self._by_importance(whole=False)[:KEPT_MAX]}
        items = self._folded(kept, by_lane=False)
        return items if len(items) <= DRAWN_MAX else self._folded(kept, by_lane=True)

    def _folded(self, kept: Iterable[str], *, by_lane: bool) -> tuple[Item, ...]:
        """What is not kept, as one group for each lane, or for each lane between two that are."""
        groups: dict[tuple[str, int | str], list[Node]] = defaultdict(list)
        kept_before = 0
        for node in self.nodes:
            if node.node_id in kept:
                kept_before += 1
                groups["", node.node_id].append(node)
            else:
                lane = self.lanes[lane_name(node)]
                groups[lane, 0 if by_lane else kept_before].append(node)
        return tuple(map(self._item, groups.values()))

    def _item(self, nodes: Sequence[Node]) -> Item:
        number = self.numbers[nodes[0].node_id]
        key = f"{'g' if len(nodes) > 1 else 'n'}{number}"
        return Item(key, self.lanes[lane_name(nodes[0])], tuple(nodes))

    def _by_importance(self, *, whole: bool = True) -> Sequence[Node]:
        """The subject and what explains it, then what is to be undone; whole: then the rest."""
        chain = self.chain
        named = dict.fromkeys(
            joined(
                (chain.subject,), *(_from_both_ends(cause.path) for cause in chain.causes),
                self.stale, self.missed, (line.node_id for line in chain.reversal_plan), self.live,
                (node.node_id for node in self.nodes if node.kind == "outcome"),
                (node.node_id for node in self.nodes if node.finding_ids),
                (node.node_id for node in self.nodes if node.kind == "decision"),
                self.numbers if whole else (),
            )
        )  # fmt: skip
        by_id = {node.node_id: node for node in self.nodes}
        return [by_id[node_id] for node_id in named if node_id in by_id]


def in_order(chain: Chain) -> tuple[Node, ...]:
    """By time, but no effect before its cause, though a clock may say so (Kahn, 1962)."""
    nodes = {node.node_id: node for node in chain.nodes}
    effects: dict[str, set[str]] = defaultdict(set)
    waiting: Counter[str] = Counter()
    for edge in chain.edges:
        known = edge.cause in nodes and edge.effect in nodes
        if known and edge.cause != edge.effect and edge.effect not in effects[edge.cause]:
            effects[edge.cause].add(edge.effect)
            waiting[edge.effect] += 1
    ready = [(node.at, node.node_id) for node in nodes.values() if not waiting[node.node_id]]
    heapq.heapify(ready)
    found: dict[str, Node] = {}
    while ready:
        _, node_id = heapq.heappop(ready)
        found[node_id] = nodes[node_id]
        for effect in effects[node_id]:
            waiting[effect] -= 1
            if not waiting[effect]:
                heapq.heappush(ready, (nodes[effect].at, effect))
    # What is left are circles of likely causes.
    left = sorted((node.at, node_id) for node_id, node in nodes.items() if node_id not in found)
    return (*found.values(), *(nodes[node_id] for _, node_id in left))


def lane_name(node: Node) -> str:
    """Who acts; the system where nobody is named."""
    return node.agent or node.system or (node.kind if node.kind == "policy" else UNNAMED)


def _from_both_ends(path: Sequence[str]) -> Sequence[str]:
    """First, last, second, last but one, and so on: of a long path, both ends are kept."""
    by_depth = sorted(range(len(path)), key=lambda at: min(at, len(path) - 1 - at))
    return [path[at] for at in by_depth]
