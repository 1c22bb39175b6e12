"""Evidently's data drift preset with its defaults: each day against the reference days.

Run by the Python of its own environment: `run_evidently.py FOLDER REFERENCE_DAYS`. FOLDER holds one
CSV file a stream (day, tool, latency). Prints, as JSON, the days that each rule flags in each.
"""

import json
import sys
from pathlib import Path

import pandas as pd  # type: ignore[import-not-found, import-untyped, unused-ignore]
from evidently import (  # type: ignore[import-not-found]
    DataDefinition,
    Dataset,
    Report,
)
from evidently.presets import DataDriftPreset  # type: ignore[import-not-found]

COLUMNS = DataDefinition(numerical_columns=["latency"], categorical_columns=["tool"])
RULES = {"latency": "Evidently, latency", "tool": "Evidently, tools"}


def flagged(stream: Path, reference_days: int) -> dict[str, list[int]]:
    """The days that each rule calls drift; a distance at or beyond its threshold is drift."""
    rows = pd.read_csv(stream)
    reference = Dataset.from_pandas(rows[rows.day < reference_days], COLUMNS)
    found: dict[str, list[int]] = {name: [] for name in RULES.values()}
    for day in sorted(rows.day[rows.day >= reference_days].unique().tolist()):
        current = Dataset.from_pandas(rows[rows.day == day], COLUMNS)
        said = Report([DataDriftPreset()]).run(current, reference).dict()
        for metric in said["metrics"]:
            config = metric["config"]
            if "column" in config and metric["value"] >= config["threshold"]:
                found[RULES[config["column"]]].append(day)
    return found


def main() -> None:
    """Every stream of the folder."""
    folder, reference_days = Path(sys.argv[1]), int(sys.argv[2])
    found = [flagged(stream, reference_days) for stream in sorted(folder.glob("*.csv"))]
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main()
