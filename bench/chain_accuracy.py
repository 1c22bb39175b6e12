"""Do chains name the root, and the edges? `python -m bench.chain_accuracy [--histories 500]`.

Histories of bench/histories.py, walked as in a store, with all versions and with some missing.
Beside the chain stands what needs no chain: the newest write before the outcome, the newest finding
and the gravest one.
"""

import argparse
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table

from bench.histories import SUBJECT, History, Truth, history
from bench.output import write_json
from bench.remembered import chain_in
from domain.chain_records import Records
from domain.chains import Chain, EdgeKind

# Of versions that are missing, and of agents on the way that are distracted: shares of 1.
SETTINGS = ((0.0, 0.0), (0.3, 0.0), (0.0, 0.1))
TOP = 3
# Which spans lie in which is read off the spans; the others are no statements about what became of
# what, but marks of where to look.
NOT_MEASURED = frozenset(
    {EdgeKind.PARENT, EdgeKind.STALE_READ, EdgeKind.OVERWRITE, EdgeKind.TEMPORAL}
)
Pair = tuple[str, str]


@dataclass(slots=True)
class Score:
    """Of many histories: how often what is named is right."""

    histories: int = 0
    first: int = 0
    among_three: int = 0
    latest_write: int = 0
    latest_finding: int = 0
    gravest_finding: int = 0
    found: int = 0
    found_true: int = 0
    true: int = 0
    missed: int = 0

    @property
    def shares(self) -> dict[str, float]:
        """0 to 1 each."""
        return {
            "root_first": self.first / self.histories,
            "root_among_three": self.among_three / self.histories,
            "latest_write_is_root": self.latest_write / self.histories,
            "latest_finding_is_root": self.latest_finding / self.histories,
            "gravest_finding_is_root": self.gravest_finding / self.histories,
            "edge_precision": self.found_true / max(1, self.found),
            "edge_recall": 1 - self.missed / max(1, self.true),
        }


def measured(
    seeds: Iterable[int], versions_missing: float, decoys_on_path: float = 0.0
) -> dict[str, Score]:
    """One score for each kind of root, and one for `all`."""
    scores: dict[str, Score] = defaultdict(Score)
    for seed in seeds:
        one = history(seed, versions_missing, decoys_on_path)
        chain = chain_in(one.records, SUBJECT)
        for name in ("all", one.truth.kind):
            _add(scores[name], one, chain)
    return dict(scores)


def _add(score: Score, one: History, chain: Chain) -> None:
    named = [_span(cause.node_id) for cause in chain.causes[:TOP]]
    score.histories += 1
    score.first += named[:1] == [one.truth.root]
    score.among_three += one.truth.root in named
    score.latest_write += _latest_write(one.records) == one.truth.root
    score.latest_finding += _latest_finding(one.records) == one.truth.root
    score.gravest_finding += _gravest_finding(one.records) == one.truth.root
    found = {(edge.cause, edge.effect) for edge in chain.edges if edge.kind not in NOT_MEASURED}
    true = set(_of_the_chain(one.truth))
    score.found += len(found)
    score.found_true += len(found & one.truth.edges)
    score.true += len(true)
    score.missed += len(true - found)


def _span(node: str) -> str:
    return node.partition("#")[0]


def _of_the_chain(truth: Truth) -> Iterator[Pair]:
    """True edges between what led to the outcome, and between what the root led to."""
    edges = truth.edges | truth.contained
    causes = _closure(edges, SUBJECT, backward=True)
    effects = _closure(edges, truth.root, backward=False)
    for cause, effect in truth.edges:
        if {cause, effect} <= causes or {cause, effect} <= effects:
            yield cause, effect


def main() -> None:
    """Print one table for each share of missing versions."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--histories", type=int, default=500)
    parser.add_argument("--first", type=int, default=10_000, help="the first seed")
    parser.add_argument("--json", type=Path, help="where to write the figures")
    asked = parser.parse_args()
    figures = {}
    seeds = range(asked.first, asked.first + asked.histories)
    for missing, decoys in SETTINGS:
        scores = measured(seeds, missing, decoys)
        title = f"{missing:.0%} of versions missing, {decoys:.0%} of agents on the path distracted"
        figures[title] = {kind: one.shares for kind, one in scores.items()}
        _show(scores, title)
    if asked.json:
        write_json(figures, asked.json)


def _show(scores: dict[str, Score], title: str) -> None:
    table = Table(title=title, box=box.SIMPLE)
    names = list(scores["all"].shares)
    for column in ("root", "histories", *(name.replace("_", " ") for name in names)):
        table.add_column(column, justify="left" if column == "root" else "right")
    for kind, score in sorted(scores.items()):
        shares = (f"{score.shares[name]:.3f}" for name in names)
        table.add_row(kind.replace("_", " "), str(score.histories), *shares)
    Console(width=max(120, Console().width)).print(table)


def _closure(edges: Iterable[Pair], start: str, *, backward: bool) -> set[str]:
    """Everything that leads to the start, or that it leads to."""
    step = defaultdict(set)
    for cause, effect in edges:
        step[effect if backward else cause].add(cause if backward else effect)
    reached, open_nodes = {start}, [start]
    while open_nodes:
        for node in step[open_nodes.pop()] - reached:
            reached.add(node)
            open_nodes.append(node)
    return reached


def _latest_write(records: Records) -> str:
    """The newest write before the outcome that is not its own."""
    outcome = records.outcomes[0]
    writes = [
        access
        for access in records.accesses
        if access.is_write and access.at < outcome.at and access.ref != outcome.ref
    ]
    latest = max(writes, key=lambda access: (access.at, access.ref))
    return f"{latest.ref.trace_id}/{latest.ref.span_id}"


def _latest_finding(records: Records) -> str:
    """The newest span before the outcome that a finding names."""
    outcome = records.outcomes[0]
    accused = {anomaly.ref for anomaly in records.anomalies}
    steps = [step for step in records.steps if step.ref in accused and step.at < outcome.at]
    latest = max(steps, key=lambda step: (step.at, step.ref), default=None)
    return f"{latest.ref.trace_id}/{latest.ref.span_id}" if latest else ""


def _gravest_finding(records: Records) -> str:
    """The span of the finding of the greatest weight."""
    gravest = max(records.anomalies, key=lambda each: (each.weight, each.ref))
    return f"{gravest.ref.trace_id}/{gravest.ref.span_id}"


if __name__ == "__main__":
    main()
