"""Are failures in which nobody failed told from what only looks so? Beside two simple rules."""

import argparse
import os
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table

from analyzers.catalog.compound import CompoundFailure
from analyzers.registry import catalogue
from app.tool_administration import Tools
from bench.compound_cases import BLIND, INFORMED, cases
from bench.compound_rows import TABLES, CaseRows
from bench.output import write_json
from domain.findings import Draft, Window
from storage import migrate
from storage.findings import StoredFindings
from storage.store import Store

TOOLS = "hubs: {vendor: never}\ntools: {}\n"
TARGETS = {"precision": 0.9, "recall": 0.95, "coincidental_fired": 0.02}


@dataclass(frozen=True, slots=True)
class Worth:
    """Of a rule that flags cases: precision and recall, 0 to 1."""

    precision: float
    recall: float


@dataclass(frozen=True, slots=True)
class Result:
    """By label, what was told; baselines: of flagging cases at all, blind or informed.

    wrong: by kind of case, how many got another label than they should.
    loss_error_max: of what is said to be lost, against what was planted, as a share of it.
    """

    cases: int
    by_label: Mapping[str, Worth]
    flagged: Worth
    coincidental_fired: float
    baselines: Mapping[str, Worth]
    wrong: Mapping[str, int]
    loss_error_max: float
    seconds: float


def store_cases(store: Store, made: Sequence[CaseRows]) -> None:
    """Put their rows into the typed tables, one insert a table and shape of row; a vendor joins
    nothing."""
    Tools(store).apply(TOOLS)
    for table in TABLES:
        rows: dict[tuple[str, ...], list[dict[str, object]]] = defaultdict(list)
        for case in made:
            for row in case.tables[table]:
                rows[tuple(row)].append(row)
        for some in rows.values():
            store.insert(table, some)


def told(store: Store, now: datetime) -> list[Draft]:
    """What MA-01 says of everything that was received until now."""
    signature = next(each for each in catalogue() if each.id == "MA-01")
    window = Window(now - timedelta(seconds=5), now + timedelta(seconds=1))
    return list(CompoundFailure(signature).drafts(StoredFindings(store), window))


def scored(made: Sequence[CaseRows], drafts: Sequence[Draft], seconds: float) -> Result:
    """Hold what was told against how the cases were made."""
    by_trace = {
        str(row["trace_id"]): case
        for case in made
        for table in ("effects", "data_access")
        for row in case.tables[table]
    }
    labels: dict[str, set[str]] = defaultdict(set)
    errors = [0.0]
    for draft in drafts:
        case = by_trace[draft.evidence[0].trace_id]
        labels[case.name].add(str(draft.facts["label"]))
        if case.lost is not None:
            errors.append(abs(float(str(draft.facts["loss"])) / case.lost - 1))
    truth = {case.name: case.label for case in made}
    failures = {name for name, label in truth.items() if label}
    harmless = set(truth) - failures
    by_label = {
        label: _worth(
            {name for name, said in labels.items() if label in said},
            {name for name, known in truth.items() if known == label},
        )
        for label in (BLIND, INFORMED)
    }
    wrong = Counter(
        case.kind for case in made if labels[case.name] != ({case.label} if case.label else set())
    )
    return Result(
        cases=len(made),
        by_label=by_label,
        flagged=_worth({name for name, said in labels.items() if said}, failures),
        coincidental_fired=sum(bool(labels[name]) for name in harmless) / max(1, len(harmless)),
        baselines=_baselines(made, failures),
        wrong=dict(wrong),
        loss_error_max=round(max(errors), 6),
        seconds=round(seconds, 2),
    )


def _worth(flagged: Collection[str], right: Collection[str]) -> Worth:
    hits = len(set(flagged) & set(right))
    return Worth(round(hits / max(1, len(flagged)), 4), round(hits / max(1, len(right)), 4))


def _baselines(made: Sequence[CaseRows], failures: Collection[str]) -> Mapping[str, Worth]:
    """Every case of two agents; every case that moves much, at the best of all thresholds."""
    agents = {case.name: {row["agent"] for row in case.tables["effects"]} for case in made}
    moved = {
        case.name: sum(abs(float(row["delta"])) for row in case.tables["effects"]) for case in made
    }
    several = [name for name, who in agents.items() if len(who) > 1]
    by_amount = [
        _worth([name for name, amount in moved.items() if amount >= least], failures)
        for least in sorted(moved.values())
    ]
    best = max(by_amount, key=_balance)
    return {"two agents or more": _worth(several, failures), "large amounts, best cut": best}


def _balance(worth: Worth) -> float:
    """F1: the harmonic mean of both."""
    both = worth.precision + worth.recall
    return 2 * worth.precision * worth.recall / both if both else 0.0


def measure(each: int, seed: int) -> Result:
    """Of so many cases of each label, in a store of their own."""
    now = datetime.now(UTC).replace(microsecond=0)
    made = cases(seed, each, now)
    with tempfile.TemporaryDirectory() as folder, Store(f"chdb://{folder}/store") as store:
        migrate.apply(store, 30)
        store_cases(store, made)
        began = time.perf_counter()
        return scored(made, told(store, now), time.perf_counter() - began)


def show(result: Result) -> None:
    """As a table on stdout."""
    console = Console()
    table = Table(box=box.SIMPLE, title=f"{result.cases} cases, {result.seconds} s")
    for name in ("rule", "precision", "recall"):
        table.add_column(name, justify="left" if name == "rule" else "right")
    rows = {**result.by_label, "MA-01, either": result.flagged, **result.baselines}
    for name, worth in rows.items():
        table.add_row(name, f"{worth.precision:.3f}", f"{worth.recall:.3f}")
    console.print(table)
    console.print(f"coincidental cases flagged: {result.coincidental_fired:.1%} (target <= 2 %)")
    console.print(f"largest error of a loss: {result.loss_error_max:.2%}")
    console.print(f"wrong by kind: {result.wrong or 'none'}")


def main() -> None:
    """Run it from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--each", type=int, default=200, help="cases of each label")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path, help="the figures for machines")
    chosen = parser.parse_args()
    result = measure(chosen.each, chosen.seed)
    show(result)
    if chosen.json:
        said = asdict(result) | {"targets": TARGETS, "load": os.getloadavg()[0]}
        write_json(said, chosen.json)


if __name__ == "__main__":
    main()
