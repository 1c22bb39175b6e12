"""`wakeline tune` and `wakeline autonomy`: what evidence allows by now, and how far agents go."""

from typing import Annotated, Any

import typer

from app.commands import answering, options
from app.commands.options import Output
from app.commands.thresholds import KeyOption, LimitOption

AgentOption = Annotated[str, typer.Option(help="Of this agent alone.")]


def register(cli: typer.Typer) -> None:
    """Adds the commands."""
    cli.command()(tune)
    cli.command()(autonomy)


def tune(
    key: KeyOption = None,
    format_: options.FormatOption = Output.TEXT,
    store: options.StoreOption = None,
    data: options.DataOption = None,
) -> None:
    """Tighten at once what has to be stricter, and propose what may be looser."""
    from app.governance_reached import reached

    with reached(options.settings(store, data), key) as governing:
        found = governing.autonomy.tune(governing.by)
    names = ("agent", "action", "agent_version", "did", "proposal_id", "why")
    answering.tell(found, format_, names, [[str(one[name]) for name in names] for one in found])
    if not found and format_ is Output.TEXT:
        typer.echo("nothing is to be changed", err=True)


def autonomy(
    agent: AgentOption = "",
    limit: LimitOption = 100,
    key: KeyOption = None,
    format_: options.FormatOption = Output.TEXT,
    store: options.StoreOption = None,
    data: options.DataOption = None,
) -> None:
    """How far each agent acts by itself, and what the next step waits for."""
    from app.governance_reached import reached

    with reached(options.settings(store, data), key) as governing:
        found = governing.autonomy.standing(governing.by.tenant, agent, limit)
    names = ("agent", "action", "of version", "stage", "oversight", "confidence", "labels",
             "certified", "pages", "before the next stage")  # fmt: skip
    answering.tell(found, format_, names, map(_cells, found))


def _cells(one: Any) -> list[str]:
    evidence = one["evidence"]
    confidence = "none" if one["confidence"] is None else str(one["confidence"])
    return [
        one["agent"], one["action"], one["agent_version"], one["stage"], one["oversight"],
        confidence, f"{evidence['harms']} of {evidence['labels']}",
        "yes" if one["certified"] else "no", ", ".join(page["channel"] for page in one["pages"]),
        "; ".join(one["obstacles"]),
    ]  # fmt: skip
