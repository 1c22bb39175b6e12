"""`wakeline cohorts`: what runs that ended badly have in common."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import typer

from analyzers.cohorts import RUNS_MIN, Suspect
from app import local, printing
from app.commands import options
from app.commands.options import Output
from domain import durations


def register(cli: typer.Typer) -> None:
    """Adds the command."""
    cli.command()(cohorts)


def cohorts(
    since: Annotated[str, typer.Option(help="In what was received since: 12h, 7d.")] = "30d",
    tenant: Annotated[str, typer.Option(help="Only of this tenant.")] = "",
    every: Annotated[bool, typer.Option("--all", help="Also what may well be chance.")] = False,
    format_: options.FormatOption = Output.TEXT,
    store: options.StoreOption = None,
    data: options.DataOption = None,
) -> None:
    """Which versions, prompts, models, tools, policies and reads go with bad outcomes."""
    from app import cohorts as counting

    now = datetime.now(UTC)
    begin = now - timedelta(seconds=durations.seconds(since))
    with local.reading(options.settings(store, data)) as opened:
        found = list(counting.of(opened, begin, now, tenant))
    rows = [_row(name, one) for name, one in found if every or one.found]
    if format_ is Output.JSON:
        printing.as_json(rows)
        return
    printing.table(
        ("tenant", "what", "of", "value", "bad", "of runs", "others", "suspicious", "q"),
        [
            (row["tenant"], row["dimension"], row["part"], row["value"], f"{row['bad_share']:.0%}",
             str(row["bad"] + row["good"]), f"{row['others_bad_share']:.0%}",
             f"{row['suspiciousness']:.2f}", f"{row['q']:.1g}")
            for row in rows
        ],
    )  # fmt: skip
    if not rows:
        typer.echo(
            f"nothing stands out among {printing.count(len(found), 'value')} seen, and not seen,"
            f" in at least {RUNS_MIN} runs of which somebody said how they ended",
            err=True,
        )


def _row(tenant: str, one: Suspect) -> dict[str, Any]:
    cell = one.cell
    return {
        "tenant": tenant,
        "dimension": cell.dimension,
        "part": cell.part,
        "value": cell.value,
        "bad": cell.bad,
        "good": cell.good,
        "bad_share": cell.bad / (cell.bad + cell.good),
        "others_bad": one.others_bad,
        "others_good": one.others_good,
        "others_bad_share": one.others_bad / (one.others_bad + one.others_good),
        "suspiciousness": one.suspiciousness,
        "p": one.p,
        "q": one.q,
    }
