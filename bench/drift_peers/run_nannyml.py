"""NannyML's univariate drift with its defaults, a chunk a day, against the reference days.

Run by the Python of its own environment: `run_nannyml.py FOLDER REFERENCE_DAYS`. FOLDER holds one
CSV file a stream (day, tool, latency). Prints, as JSON, the days that each rule flags in each.
"""

import json
import os
import sys
import warnings
from pathlib import Path

os.environ["NML_DISABLE_USAGE_LOGGING"] = "1"  # it sends usage elsewhere as soon as it is imported

import nannyml  # type: ignore[import-not-found]
import pandas as pd  # type: ignore[import-not-found, import-untyped, unused-ignore]

NUMERIC = ("kolmogorov_smirnov", "jensen_shannon", "wasserstein")
CATEGORICAL = ("chi2", "jensen_shannon", "l_infinity")
BEGIN = pd.Timestamp("2026-01-01")


def flagged(stream: Path, reference_days: int) -> dict[str, list[int]]:
    """The days that each rule calls drift."""
    rows = pd.read_csv(stream)
    rows["at"] = BEGIN + pd.to_timedelta(rows.day, unit="D")
    calculator = nannyml.UnivariateDriftCalculator(
        column_names=["latency", "tool"],
        treat_as_categorical=["tool"],
        timestamp_column_name="at",
        chunk_period="D",
        continuous_methods=list(NUMERIC),
        categorical_methods=list(CATEGORICAL),
    )
    calculator.fit(rows[rows.day < reference_days])
    result = calculator.calculate(rows[rows.day >= reference_days])
    table = result.filter(period="analysis").to_df()
    days = [(pd.Timestamp(start) - BEGIN).days for start in table["chunk", "chunk", "start_date"]]
    found = {}
    for column, methods in (("latency", NUMERIC), ("tool", CATEGORICAL)):
        for method in methods:
            alerts = table[column, method, "alert"]
            what = "tools" if column == "tool" else column
            found[f"NannyML {method}, {what}"] = [
                day for day, alert in zip(days, alerts, strict=True) if alert
            ]
    return found


def main() -> None:
    """Every stream of the folder."""
    warnings.simplefilter("ignore")
    folder, reference_days = Path(sys.argv[1]), int(sys.argv[2])
    found = [flagged(stream, reference_days) for stream in sorted(folder.glob("*.csv"))]
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main()
