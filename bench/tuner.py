"""Are unsafe thresholds published, do intervals hold, what is allowed? On known truths."""

import argparse
import math
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table

from bench import dollar_runs, review_runs, tuning_runs
from bench.dollar_runs import Dollars
from bench.output import write_json
from bench.review_runs import Coverage
from bench.tuning_runs import InOperation, Recalibrated, Reverts, Setting, Targeted

AUTONOMY_MIN = 0.75
COVERAGE_MIN = 0.9
UNSAFE_MAX = 0.10
WIDTH = 130


@dataclass(frozen=True, slots=True)
class Result:
    """All that one run measured."""

    settings: Sequence[Setting]
    operation: InOperation
    targeted: Sequence[Targeted]
    recalibrated: Sequence[Recalibrated]
    reverts: Sequence[Reverts]
    coverages: Sequence[Coverage]
    dollars: Sequence[Dollars]

    def missed(self) -> list[str]:
        """Targets that do not hold."""
        found = [
            f"{one.population}, {one.labels} labels: unsafe in {one.of('Wakeline').unsafe:.3f}"
            for one in self.settings
            if one.of("Wakeline").unsafe > _bound(one.runs)
        ]
        found += [
            f"harm {one.harm:.1%}, {one.reviewed} reviewed: coverage {one.wakeline:.3f}"
            for one in self.coverages
            if one.wakeline < COVERAGE_MIN
        ]
        found += [
            f"dollars, {one.law}: unsafe in {one.unsafe:.3f}"
            for one in self.dollars
            if one.unsafe > _bound(one.runs)
        ]
        found += [
            f"monotone, 150 labels: autonomy {one.of('Wakeline').autonomy_26:.2f} in week 26"
            for one in self.settings
            if (one.population, one.labels) == ("monotone", 150)
            and one.of("Wakeline").autonomy_26 < AUTONOMY_MIN
        ]
        return found


def _bound(runs: int) -> float:
    return UNSAFE_MAX + 2 * math.sqrt(UNSAFE_MAX * (1 - UNSAFE_MAX) / runs)


def measured(scale: float, seed: int) -> Result:
    """With `scale` 1 the runs that the targets speak of."""

    def some(runs: int) -> int:
        return max(40, int(runs * scale))

    return Result(
        list(tuning_runs.settings(some(2000), seed)),
        tuning_runs.in_operation(some(400), seed + 1),
        [tuning_runs.targeted(share, some(150), seed + 2) for share in (1.0, 0.6)],
        list(tuning_runs.recalibrated(some(200), seed + 6)),
        list(tuning_runs.reverts(some(400), seed + 3)),
        list(review_runs.coverages(some(4000), seed + 4)),
        list(dollar_runs.dollars(some(300), seed + 5)),
    )


def tables(result: Result) -> Iterable[Table]:
    """For people."""
    yield _settings(result.settings)
    yield _filled(
        "The whole tuner, each proposal approved at once: monotone, 150 labels a week",
        ("runs", "unsafe", "autonomy week 8", "week 26"),
        [_row(result.operation, "runs", "unsafe", "autonomy_8", "autonomy_26")],
    )
    yield _filled(
        "Weighted evidence, 150 labels a week",
        ("uniform", "runs", "unsafe, flat", "first week, monotone", "certified by week 26"),
        [
            _row(one, "uniform", "runs", "unsafe_flat", "first_week_monotone", "certified_monotone")
            for one in result.targeted
        ],
    )
    yield _filled(
        "Surest where it is wrong: calibrated on 8 weeks, and not; week 26",
        ("labels a week", "runs", "unsafe", "autonomy", "unsafe, plain", "autonomy, plain"),
        [
            _row(
                one, "labels", "runs", "unsafe", "autonomy_26", "unsafe_plain", "autonomy_26_plain"
            )
            for one in result.recalibrated
        ],
    )
    yield _filled(
        "Weeks until harm that rose from 0.8 % is reverted (A = 520)",
        ("harm", "labels", "runs", "median weeks"),
        [_row(one, "harm", "labels", "runs", "median_weeks") for one in result.reverts],
    )
    yield _coverages(result.coverages)
    yield _filled(
        "Dollar limits: 4 dollars a case tolerated, 150 labels a week",
        ("law", "runs", "oracle", "certified, median", "unsafe", "unsafe, plug-in"),
        [
            _row(one, "law", "runs", "oracle", "median", "unsafe", "unsafe_plug_in")
            for one in result.dollars
        ],
    )


def _settings(settings: Sequence[Setting]) -> Table:
    rows = []
    for one in settings:
        ours = one.of("Wakeline")
        unsafe = [f"{way.unsafe:.3f}" for way in one.rules]
        plug = one.of("plug-in")
        rows.append([
            one.population, str(one.labels), *unsafe, f"{ours.autonomy_8:.2f}",
            f"{ours.autonomy_26:.2f}", f"{plug.autonomy_26:.2f}", f"{one.oracle:.3f}",
        ])  # fmt: skip
    names = [f"unsafe\n{way.rule}" for way in settings[0].rules]
    return _filled(
        f"An unsafe threshold was published in 26 weeks, share of {settings[0].runs} runs",
        ("harm", "labels\na week", *names, "autonomy\nweek 8", "week 26", "plug-in\n26", "oracle"),
        rows,
    )


def _coverages(coverages: Sequence[Coverage]) -> Table:
    rows = [
        [
            f"{one.harm:.1%}", str(one.reviewed), f"{one.classifier:.1f}", str(one.runs),
            f"{one.wakeline:.3f} / {one.wakeline_width:.3f}",
            f"{one.simple:.3f} / {one.simple_width:.3f}",
            f"{one.wald:.3f} / {one.wald_width:.3f}",
        ]
        for one in coverages
    ]  # fmt: skip
    return _filled(
        "90 % intervals of the weekly review: coverage / width",
        ("harm", "reviewed", "classifier", "runs", "Wakeline", "Clopper-P.", "PPI, Wald"),
        rows,
    )


def _filled(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for index, column in enumerate(columns):
        table.add_column(column, justify="right" if index else "left", no_wrap=True)
    for row in rows:
        table.add_row(*row)
    return table


def _row(one: object, *names: str) -> list[str]:
    values = [getattr(one, name) for name in names]
    return [f"{round(value, 3):g}" if isinstance(value, float) else str(value) for value in values]


def main() -> None:
    """Exit code 1 when a target does not hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a twentieth of the runs")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--json", type=Path, metavar="FILE", help="figures for machines")
    options = parser.parse_args()
    began = time.perf_counter()
    result = measured(0.05 if options.quick else 1.0, options.seed)
    console = Console()
    if not console.is_terminal:
        console = Console(width=WIDTH)
    for table in tables(result):
        console.print(table)
    missed = result.missed()
    console.print(
        f"{time.perf_counter() - began:.0f} s; " + ("; ".join(missed) or "all targets met")
    )
    if options.quick:
        console.print("--quick: too few runs for figures that count", style="yellow")
    if options.json:
        write_json({**asdict(result), "missed": missed, "quick": options.quick}, options.json)
    raise SystemExit(1 if missed else 0)


if __name__ == "__main__":
    main()
