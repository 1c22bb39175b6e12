"""What a run shows: figures, targets met or not, ratios to other products; as table and JSON."""

import os
import platform
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from bench.measure import Figures
from bench.peers import PeerFigures

MIB = 1024**2
# The case that the throughput targets and the ratios speak of, and that of single spans.
BATCHED = "http-512"
UNBATCHED = "http-1"
RATIO_MIN = {"phoenix": 300.0, "mlflow": 150.0}


@dataclass(frozen=True, slots=True)
class Judgement:
    """A figure beside its target."""

    figure: str
    measured: float
    relation: str
    target: float

    @property
    def met(self) -> bool:
        """Whether it holds."""
        if self.relation == ">=":
            return self.measured >= self.target
        return self.measured <= self.target


@dataclass(frozen=True, slots=True)
class Report:
    """All that one run measured."""

    cases: Sequence[Figures]
    peers: Sequence[PeerFigures]
    quick: bool

    def ratios(self) -> dict[str, float]:
        """How many times the spans/s of each peer, in this run."""
        ours = [case.spans_per_s for case in self.cases if case.name == BATCHED]
        return {peer.name: ours[0] / peer.spans_per_s for peer in self.peers} if ours else {}

    def judgements(self) -> Iterator[Judgement]:
        """The targets that this run can speak of."""
        for case in self.cases:
            if case.name == BATCHED:
                yield Judgement(f"{case.name}: spans/s", case.spans_per_s, ">=", 100_000)
                yield Judgement(f"{case.name}: ack p99, ms", case.ack_p99_ms, "<=", 50)
                yield Judgement(f"{case.name}: peak, MiB", case.peak_bytes / MIB, "<=", 1536)
            if case.name == UNBATCHED:
                yield Judgement(f"{case.name}: requests/s", case.requests_per_s, ">=", 4000)
        for name, ratio in self.ratios().items():
            yield Judgement(f"{BATCHED}: times {name}", ratio, ">=", RATIO_MIN[name])

    def as_json(self) -> dict[str, Any]:
        """For machines; names carry their units."""
        return {
            "machine": {
                "cpus": len(os.sched_getaffinity(0)),
                "architecture": platform.machine(),
                "python": platform.python_version(),
                "load_average": os.getloadavg(),
            },
            "quick": self.quick,
            "cases": [asdict(case) for case in self.cases],
            "peers": [asdict(peer) for peer in self.peers],
            "ratios": self.ratios(),
            "targets": [{**asdict(one), "met": one.met} for one in self.judgements()],
        }

    def print(self, console: Console) -> None:
        """For people."""
        if self.cases:
            console.print(self._figures())
        if self.peers:
            console.print(self._peers())
        if any(self.judgements()):
            console.print(self._targets())
        if self.quick:
            console.print("--quick: too short for figures that count", style="yellow")

    def _figures(self) -> Table:
        table = _table(
            "Wakeline", "case", "requests", "spans", "spans/s\nqueryable", "req./s\nack.",
            "p50 ms\nack.", "p99 ms\nack.", "CPU s\n/M spans", "peak\nMiB",
        )  # fmt: skip
        for case in self.cases:
            table.add_row(
                case.name,
                f"{case.requests:,}",
                f"{case.spans:,}",
                f"{case.spans_per_s:,.0f}",
                f"{case.requests_per_s:,.0f}",
                f"{case.ack_p50_ms:.1f}",
                f"{case.ack_p99_ms:.1f}",
                f"{case.cpu_s_per_million_spans:.1f}",
                f"{case.peak_bytes / MIB:,.0f}",
            )
        return table

    def _peers(self) -> Table:
        table = _table(
            "The same payload elsewhere", "product", "version", "spans", "spans/s\nstored",
            "CPU s/M\nspans", "peak\nMiB", "Wakeline is\ntimes faster",
        )  # fmt: skip
        ratios = self.ratios()
        for peer in self.peers:
            table.add_row(
                peer.name,
                peer.version,
                f"{peer.spans:,}",
                f"{peer.spans_per_s:,.0f}",
                f"{peer.cpu_s_per_million_spans:,.0f}",
                f"{peer.peak_bytes / MIB:,.0f}",
                f"{ratios[peer.name]:,.0f}" if ratios else "",
            )
        return table

    def _targets(self) -> Table:
        table = _table("Targets, on 2 cores", "figure", "measured", "target", "")
        for one in self.judgements():
            verdict = "[green]met[/]" if one.met else "[red]not met[/]"
            target = f"{one.relation} {one.target:,.0f}"
            table.add_row(one.figure, f"{one.measured:,.1f}", target, verdict)
        return table


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for index, column in enumerate(columns):
        table.add_column(column, justify="right" if index else "left", no_wrap=True)
    return table
