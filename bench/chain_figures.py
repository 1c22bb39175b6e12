"""What bench.chain measures, and how it is shown: sizes beside each other, and the growth."""

import os
from collections.abc import Sequence
from dataclasses import dataclass

from rich import box
from rich.table import Table

TARGETS_MS = {"small_p95_ms": 200.0, "large_ms": 1500.0}
SHOWN = {
    "parts": "parts of the tables", "disk_bytes": "bytes on disk",
    "small_spans": "small chain, spans", "small_p50_ms": "p50 ms", "small_p95_ms": "p95 ms",
    "small_again_ms": "asked again, ms", "small_cpu_ms": "cpu ms", "small_keeping_ms": "keeping ms",
    "large_spans": "large chain, spans", "large_traces": "traces", "large_levels": "levels",
    "large_ms": "longest ms", "large_cpu_ms": "cpu ms", "large_keeping_ms": "keeping ms",
}  # fmt: skip
# Sections of the table begin at these.
SECTIONS = ("small_spans", "large_spans")


@dataclass(frozen=True, slots=True)
class Figures:
    """Times of chains among `rows` reads and writes: p95 over chains and runs, the longest of the
    large ones. cpu: of all cores together, which a busy machine distorts less; keeping: from the
    answer until the chain is in the store."""

    rows: int
    parts: int
    disk_bytes: int
    small_spans: int
    small_p50_ms: float
    small_p95_ms: float
    small_again_ms: float
    small_cpu_ms: float
    small_keeping_ms: float
    large_spans: int
    large_traces: int
    large_levels: int
    large_ms: float
    large_cpu_ms: float
    large_keeping_ms: float
    cut: str


def shown(found: Sequence[Figures]) -> Table:
    """A column for each size; growth: the last size in times of the first."""
    table = Table(title=f"causal chains, {os.cpu_count()} cores", box=box.SIMPLE)
    table.add_column("reads and writes")
    for one in found:
        table.add_column(f"{one.rows:,}", justify="right")
    table.add_column("growth", justify="right")
    table.add_column("target", justify="right")
    for name, label in SHOWN.items():
        if name in SECTIONS:
            table.add_section()
        table.add_row(label, *_cells(name, [getattr(one, name) for one in found]))
    table.add_row("cut", *(one.cut or "no" for one in found))
    return table


def _cells(name: str, values: Sequence[float]) -> list[str]:
    target = f"{TARGETS_MS[name]:,g}" if name in TARGETS_MS else ""
    growth = f"{values[-1] / values[0]:,.1f}x" if len(values) > 1 and values[0] else ""
    return [*(f"{value:,}" for value in values), growth, target]
