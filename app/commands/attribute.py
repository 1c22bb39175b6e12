"""`wakeline attribute`: which agent and which step of one trace a failure came from."""

from dataclasses import asdict
from typing import Annotated

import typer

from app import local, printing
from app.commands import options
from app.commands.options import Output
from domain.attribution import Attribution, Basis

LIMIT = 10


def register(cli: typer.Typer) -> None:
    """Adds the command."""
    cli.command()(attribute)


def attribute(
    trace: Annotated[str, typer.Argument(metavar="TRACE", help="Id of 32 hex digits.")],
    limit: Annotated[int, typer.Option(min=1, max=50, help="Suspects at most.")] = LIMIT,
    tenant: Annotated[str, typer.Option(help="Whose trace; else whoever has it.")] = "",
    format_: options.FormatOption = Output.TEXT,
    store: options.StoreOption = None,
    data: options.DataOption = None,
) -> None:
    """Who and where: the steps that a failed trace's failure may have come from, ranked."""
    from app.attribution import StoredAttribution  # numpy takes its time to import

    with local.reading(options.settings(store, data)) as opened:
        found = StoredAttribution(opened).attribution(tenant, trace)
    if format_ is Output.JSON:
        printing.as_json(
            [{"basis": found.basis} | asdict(suspect) for suspect in found.suspects[:limit]]
        )
        return
    printing.line(_said(found))
    printing.table(
        ("agent", "step", "span", "score", "why"),
        [
            (suspect.agent, str(suspect.step), suspect.span_id, f"{suspect.score:.2f}",
             suspect.reason)
            for suspect in found.suspects[:limit]
        ],
    )  # fmt: skip


def _said(found: Attribution) -> str:
    """How far the table is to be trusted."""
    first, cut = found.suspects[0], f"; {found.cut}" if found.cut else ""
    sure = f"{first.agent_share:.0%} sure of the agent, {first.step_share:.0%} of the step"
    who = f"{first.agent or 'no named agent'}, step {first.step}: {sure}"
    if found.basis is Basis.VIOLATIONS:
        return f"{who}, by what was found in it{cut}"
    return f"{who}, if the run failed, by its structure only: nothing was found in it{cut}"
