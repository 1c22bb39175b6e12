"""river's detectors with their defaults, event by event from the first day on.

Run by the Python of its own environment: `run_river.py FOLDER REFERENCE_DAYS`. FOLDER holds one CSV
file a stream (day, tool, latency). Prints, as JSON, the days on which each detector alarms in each.
"""

import csv
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from river import drift  # type: ignore[import-not-found]

DETECTORS: dict[str, Callable[[], Any]] = {
    "river ADWIN": drift.ADWIN,
    "river PageHinkley": drift.PageHinkley,
    "river KSWIN": lambda: drift.KSWIN(seed=1),
}


def flagged(stream: Path, reference_days: int) -> dict[str, list[int]]:
    """Days with an alarm on latencies, or on whether a call is of the commonest tool."""
    with stream.open() as file:
        rows = [
            (int(row["day"]), row["tool"], float(row["latency"])) for row in csv.DictReader(file)
        ]
    found = {}
    for name, made in DETECTORS.items():
        for what in ("latency", "tools"):
            if what == "tools" and name == "river KSWIN":
                continue  # it compares distributions of numbers
            detector, days = made(), set()
            for day, tool, latency in rows:
                detector.update(latency if what == "latency" else float(tool == "0"))
                if detector.drift_detected and day >= reference_days:
                    days.add(day)
            found[f"{name}, {what}"] = sorted(days)
    return found


def main() -> None:
    """Every stream of the folder."""
    folder, reference_days = Path(sys.argv[1]), int(sys.argv[2])
    found = [flagged(stream, reference_days) for stream in sorted(folder.glob("*.csv"))]
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main()
