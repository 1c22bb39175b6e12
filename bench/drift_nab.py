"""Labelled series of the Numenta Anomaly Benchmark: does the dating of changes point at the labels?

Each labelled window is taken with what lies between it and the window before it: hourly means, by
blocks of the day and weekend. Was the first changed hour placed inside the window, and how often
would it be by chance? Labels are anomalies, often spikes that pass, and no lasting changes: a
report, not a target. Besides, in how many hours outside of windows the hourly lane alarms.
"""

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from rich import box
from rich.console import Console
from rich.table import Table

from analyzers.drift.arrays import Floats, Places
from analyzers.drift.ced import Ced
from analyzers.drift.change_point import since_when
from analyzers.drift.seeds import keys
from analyzers.drift.settings import HOURS
from analyzers.drift.windows import hour_stratum
from bench.output import write_json

SERIES = "nab/dev.series.jsonl"
HOURS_MIN = 48
HOURS_MAX = 400
AFTER = timedelta(hours=1)
THRESHOLD = 24_000.0


@dataclass(frozen=True, slots=True)
class Dated:
    """One labelled window. inside: the likeliest hour is in it; held: some hour of the 90 % set
    is; chance: that a random hour of the stretch is."""

    series: str
    window: int
    hours: int
    inside: bool
    held: bool
    set_hours: int
    chance: float


def hourly(series: Mapping[str, Any]) -> tuple[list[datetime], Floats]:
    """Means of each hour that has values."""
    sums: dict[datetime, list[float]] = {}
    for text, value in zip(series["timestamps"], series["values"], strict=True):
        hour = _time(text).replace(minute=0, second=0, microsecond=0)
        sums.setdefault(hour, []).append(float(value))
    hours = sorted(sums)
    return hours, np.array([np.mean(sums[hour]) for hour in hours])


def dated(series: Mapping[str, Any]) -> Iterator[Dated]:
    """Each labelled window of one series that has enough hours before it."""
    hours, values = hourly(series)
    before = hours[0] - AFTER
    for number, (first, last) in enumerate(series["windows"]):
        begin, end = _time(first) - AFTER, _time(last) + AFTER
        places = [place for place, hour in enumerate(hours) if before < hour <= end][-HOURS_MAX:]
        before = end
        if len(places) < HOURS_MIN:
            continue
        some = [hours[place] for place in places]
        within = np.array([begin <= hour for hour in some])
        change = since_when(
            _ranks(values[places])[:, None], _strata(some), memory_windows=HOURS_MAX
        )
        yield Dated(
            series["series"], number, len(places), bool(within[change.window]),
            bool(within[list(change.windows)].any()), len(change.windows), float(within.mean()),
        )  # fmt: skip


def alarmed(series: Mapping[str, Any]) -> tuple[int, int, int, int]:
    """Alarms of the hourly lane outside of windows, hours there; windows with an alarm, windows."""
    hours, values = hourly(series)
    if len(hours) <= HOURS.baseline_windows:
        return 0, 0, 0, 0
    ced = Ced(keys([("nab", series["series"])]), HOURS)
    spans = [(_time(first) - AFTER, _time(last) + AFTER) for first, last in series["windows"]]
    spans = [span for span in spans if span[1] > hours[HOURS.baseline_windows]]
    alarms: list[datetime] = []
    for number, (hour, value) in enumerate(zip(hours, values, strict=True)):
        said = ced.observe(np.array([value]), hour_stratum(hour), number)
        if np.nan_to_num(said[0]) >= THRESHOLD:
            alarms.append(hour)
            ced.restart(np.array([0]))
    inside = [any(first <= hour <= last for first, last in spans) for hour in alarms]
    hit = sum(any(first <= hour <= last for hour in alarms) for first, last in spans)
    return inside.count(False), len(hours) - HOURS.baseline_windows, hit, len(spans)


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text[:19])


def _strata(hours: Sequence[datetime]) -> Places:
    return np.array([hour_stratum(hour) for hour in hours])


def _ranks(values: Floats) -> Floats:
    """Dating assumes windows near normal, and these are anything but."""
    from analyzers.drift.groups import normal_scores

    return normal_scores(values)


def main() -> None:
    """Measure, print a table, and JSON."""
    parser = argparse.ArgumentParser(prog="python -m bench.drift_nab", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help=f"folder with {SERIES}")
    parser.add_argument("--json", type=Path, help="the figures for machines, into this file")
    asked = parser.parse_args()
    every = [json.loads(line) for line in (asked.data / SERIES).read_text().splitlines()]
    found = [one for series in every for one in dated(series)]
    table = Table(title="labelled windows", box=box.SIMPLE)
    for column in ("series", "window", "hours", "inside", "90 % set meets it", "in set", "chance"):
        table.add_column(column)
    for one in found:
        table.add_row(*(f"{part:.2f}" if isinstance(part, float) else str(part)
                        for part in asdict(one).values()))  # fmt: skip
    console = Console(width=160)
    inside = sum(one.inside for one in found)
    chance = sum(one.chance for one in found)
    held = sum(one.held for one in found)
    console.print(table, f"dated inside: {inside} of {len(found)}, by chance {chance:.1f};"
                         f" the 90 % set meets the window: {held} of {len(found)}")  # fmt: skip
    false, hours, hit, windows = (sum(part) for part in zip(*map(alarmed, every), strict=True))
    console.print(
        f"hourly lane at A = {THRESHOLD:,.0f} after its baseline: {hit} of {windows} windows alarm,"
        f" {false} alarms elsewhere in {hours:,} hours"
    )
    write_json({"windows": [asdict(one) for one in found]}, asked.json)


if __name__ == "__main__":
    main()
