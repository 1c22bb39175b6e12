"""The real Evidently, NannyML and river beside the product, on the same events of the same days.

Installed by `bench/drift_peers.sh`, each into an environment of its own; without it the table says
`not installed`.
"""

import json
import os
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from analyzers.drift.settings import DAYS
from bench.drift import streams
from bench.drift.false_alarms import THRESHOLDS, TOOLS, tool_channels
from bench.drift.rows import Row
from bench.drift.streams import CONCENTRATION, LATENCY_DAY_SD, LATENCY_SIGMA, REAL
from bench.drift.watching import Watch

HOME = Path(os.environ.get("WAKELINE_BENCH_HOME", Path.home() / ".cache/wakeline-bench"))
SCRIPTS = Path(__file__).parents[1] / "drift_peers"
NAMES = ("evidently", "nannyml", "river")
SECONDS_MAX = 3600
QUIET, AFTER = 60, 30
CHANGES = DAYS.baseline_windows + QUIET
POINTS = 0.10

# Of each stream, the days that each rule flags.
Flagged = Sequence[Mapping[str, Sequence[int]]]


@dataclass(slots=True)
class Days:
    """Streams of one agent each, as events in files and as counts for the product."""

    folder: Path
    many: int
    rng: np.random.Generator
    counts: list[list[np.ndarray]] = field(default_factory=list)

    def written(self) -> "Days":
        """Ten points of the mix of tools move and latencies grow by a quarter, on one day."""
        for number in range(self.many):
            moved = streams.moves(1, POINTS, self.rng)[0]
            lines = ["day,tool,latency"]
            self.counts.append([])
            for day in range(CHANGES + AFTER):
                changed = day >= CHANGES
                size = int(REAL.traces(self.rng, 1, day)[0])
                shares = self.rng.dirichlet(CONCENTRATION * (REAL.shares(day) + moved * changed))
                tools = self.rng.choice(TOOLS, size, p=shares)
                middle = LATENCY_DAY_SD * self.rng.normal() + np.log(1.25) * changed
                latencies = np.exp(middle + LATENCY_SIGMA * self.rng.normal(size=size))
                pairs = zip(tools.tolist(), latencies.tolist(), strict=True)
                lines += [f"{day},{tool},{latency:.6g}" for tool, latency in pairs]
                self.counts[-1].append(np.bincount(tools, minlength=TOOLS))
            (self.folder / f"{number:03}.csv").write_text("\n".join(lines) + "\n")
        return self

    def ours(self) -> Flagged:
        """Days on which the product's evidence of the mix of tools is at its threshold."""
        watch = Watch(self.many, TOOLS, THRESHOLDS, DAYS, "peers")
        found: list[dict[str, list[int]]] = [{"Wakeline, tools": []} for _ in range(self.many)]
        for day, counts in enumerate(np.array(self.counts).transpose(1, 0, 2)):
            said = watch.observe(tool_channels(counts), day % 7)
            for stream in np.flatnonzero(np.nan_to_num(said) >= THRESHOLDS[1]).tolist():
                found[stream]["Wakeline, tools"].append(day)
        return found


def flagged(name: str, folder: Path) -> Flagged | None:
    """What the library says of the files; None where it is not installed."""
    python = HOME / name / "bin" / "python"
    if not python.exists():
        return None
    done = subprocess.run(
        [python, SCRIPTS / f"run_{name}.py", folder, str(DAYS.baseline_windows)],
        check=True, capture_output=True, text=True, timeout=SECONDS_MAX,
        env=os.environ | {"DO_NOT_TRACK": "1", "NML_DISABLE_USAGE_LOGGING": "1"},
    )  # fmt: skip
    found: Flagged = json.loads(done.stdout.splitlines()[-1])
    return found


def beside(many: int, seed: int) -> Iterator[Row]:
    """Days that each flags in a year without drift, and how many of the changes it sees."""
    with tempfile.TemporaryDirectory() as folder:
        days = Days(Path(folder), many, np.random.default_rng(seed)).written()
        yield from _rows(days.ours(), many)
        for name in NAMES:
            found = flagged(name, Path(folder))
            if found is None:
                yield Row("not installed", f"{name}: run bench/drift_peers.sh", float("nan"))
            else:
                yield from _rows(found, many)


def _rows(found: Flagged, many: int) -> Iterator[Row]:
    for rule in found[0]:
        days = [np.array(stream[rule]) for stream in found]
        quiet = [int(np.count_nonzero(one < CHANGES)) for one in days]
        after = [one[one >= CHANGES] - CHANGES + 1 for one in days]
        first = [int(min(one)) for one in after if one.size]
        others = {
            "flagged before the change": float(np.mean([days > 0 for days in quiet])),
            "changes seen": len(first) / len(days),
        }
        if first:
            others["median days to those"] = float(np.median(first))
        year = float(np.mean(quiet)) / QUIET * 365
        yield Row("flagged days a year, no drift", rule, year, runs=many, rivals=others)
