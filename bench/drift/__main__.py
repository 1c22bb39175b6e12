"""The statistics of drift against their acceptance table: `make bench-drift` (ARGS)."""

import argparse
import os
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table

from bench.drift import (
    cost,
    dating,
    delays,
    false_alarms,
    group_runs,
    many,
    peers,
    streams,
    versions,
)
from bench.drift.rows import Row
from bench.drift.streams import Scenario
from bench.drift.watching import NEVER
from bench.output import write_json

SEED = 20_260
Part = Callable[["Size"], Iterable[Row]]


@dataclass(frozen=True, slots=True)
class Size:
    """How many streams each part simulates; seed: each part adds a number of its own."""

    streams: int
    runs: int
    channels: int
    events: int
    seed: int = SEED


FULL = Size(streams=1000, runs=300, channels=50_000, events=300_000)
QUICK = Size(streams=60, runs=40, channels=5000, events=30_000)


def healthy(scenario: Scenario) -> Part:
    """Years of tools without drift, of days that vary in three ways."""

    def part(size: Size) -> Iterator[Row]:
        for noise in streams.NOISES:
            yield from false_alarms.tools(scenario, noise, size.streams, size.seed)

    return part


def others_healthy(size: Size) -> Iterator[Row]:
    """Years of latencies, hours of errors, alarms begun anew, and river's detectors."""
    for scenario in (streams.REAL, streams.SMALL):
        yield from false_alarms.latency(scenario, "t5", size.runs, size.seed + 1)
    yield false_alarms.repeated("t5", size.runs, size.seed + 2)
    yield from false_alarms.hourly(size.runs, size.seed + 3)
    yield from false_alarms.hard(size.runs, size.seed + 15)
    river = false_alarms.river(size.seed + 4, size.events)
    yield Row("alarms a year", "latency of one agent, real, no drift", 0.0, runs=1, rivals=river)


def delayed(size: Size) -> Iterator[Row]:
    """Changes, and how soon they are seen."""
    for points, limits in (
        (0.10, (5, 7, 0.99)), (0.05, (8, 30, 0.99)), (0.03, (NEVER, 30, 0.95)),
    ):  # fmt: skip
        yield from delays.tools(streams.REAL, points, limits, size.runs, size.seed + 5)
    yield from delays.tools(streams.SIXTY, 0.10, (NEVER, 30, 0.95), size.runs, size.seed + 6)
    for factor in (1.25, 1.1):
        yield delays.latency(factor, size.runs // 4, size.seed + 7)
    yield delays.hourly(size.runs, size.seed + 8)


def dates(size: Size) -> Iterator[Row]:
    """When and how much."""
    for shift in (1.5, 3.0, 6.0):
        for noise in ("normal", "t5", "ar"):
            yield from dating.dated(shift, noise, size.streams, size.seed + 9)


PARTS: dict[str, Part] = {
    **{f"healthy-{scenario.name}": healthy(scenario) for scenario in streams.SCENARIOS},
    "healthy-others": others_healthy,
    "delays": delayed,
    "digest": lambda size: many.digest(2 * size.streams, size.seed + 10),
    "cells": lambda size: many.localisation(0.10, size.runs // 5, size.seed + 11),
    "dates": dates,
    "versions": lambda size: versions.compared(4 * size.streams, size.seed + 12),
    "intent": lambda size: versions.wishes(size.runs, size.seed + 13),
    "groups": lambda size: group_runs.compared(size.runs, size.seed + 16),
    "peers": lambda size: peers.beside(1 + size.runs // 200, size.seed + 17),
    "cost": lambda size: cost.nights(size.channels, size.seed + 14),
}


def shown(rows: Iterable[Row]) -> Table:
    """For people."""
    table = Table(title="drift", box=box.SIMPLE)
    for column in ("figure", "setting", "measured", "target", "", "runs", "others"):
        table.add_column(column, justify="right" if column in {"measured", "target"} else "left")
    for row in rows:
        verdict = {None: "", True: "met", False: "[red]not met[/]"}[row.met]
        target = f"{row.relation} {row.target:.4g}" if row.relation else ""
        others = ", ".join(f"{name} {figure:.3g}" for name, figure in row.rivals.items())
        table.add_row(
            row.metric, row.setting, f"{row.measured:.4g}", target, verdict, f"{row.runs:,}", others
        )
    return table


def _plain(row: Row) -> dict[str, object]:
    numbers = {"measured": float(row.measured), "target": float(row.target)}
    others = {name: float(figure) for name, figure in row.rivals.items()}
    return asdict(row) | numbers | {"met": row.met, "rivals": others}


def main() -> None:
    """Measure, print a table a part, and JSON."""
    parser = argparse.ArgumentParser(prog="python -m bench.drift", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few streams: to see that it runs")
    parser.add_argument("--streams", type=int, help="of each healthy year; 1000 unless quick")
    parser.add_argument(
        "--only", action="append", choices=PARTS, help="this part alone; repeatable"
    )
    parser.add_argument("--json", type=Path, help="the figures for machines, into this file")
    parser.add_argument("--seed", type=int, default=SEED, help="other streams of the same kinds")
    asked = parser.parse_args()
    size = replace(QUICK if asked.quick else FULL, seed=asked.seed)
    if asked.streams:
        size = replace(size, streams=asked.streams, runs=min(size.runs, asked.streams))
    console, found = Console(width=200), []
    for name in asked.only or PARTS:
        began = time.perf_counter()
        rows = list(PARTS[name](size))
        found += rows
        console.print(shown(rows), f"{name}: {time.perf_counter() - began:.0f} s")
    figures = [_plain(row) for row in found]
    about = {"quick": asked.quick, "seed": size.seed, "load_average": os.getloadavg()}
    write_json({"rows": figures, **about}, asked.json)


if __name__ == "__main__":
    main()
