"""`wakeline signatures`: the catalogue, switching one on and off, trying a rule."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from app import local, printing
from app.commands import mined, options
from app.commands.options import Output
from domain import durations

cli = typer.Typer(help="Failure signatures: list, switch, try.", no_args_is_help=True)
SignatureArgument = Annotated[str, typer.Argument(metavar="SIGNATURE", help="Such as LOOP-01.")]
ACTOR = "command"
mined.register(cli)


@cli.command("list")
def list_(
    store: options.StoreOption = None,
    data: options.DataOption = None,
    format_: options.FormatOption = Output.TEXT,
) -> None:
    """All signatures, and whether they are on, in shadow, or off; then what was mined."""
    from analyzers import registry
    from analyzers.runner import mode
    from app import mined_signatures
    from storage.findings import FindingRows

    with local.reading(options.settings(store, data)) as opened:
        modes, mined_rules = FindingRows(opened).modes(), mined_signatures.listed(opened)
    rows = [
        {
            "signature": each.id,
            "mode": mode(each, "", modes),
            "severity": each.severity.name.lower(),
            "prior": each.prior,
            "name": each.name,
            "tags": list(each.tags),
        }
        for each in registry.catalogue()
    ] + mined_rules
    if format_ is Output.JSON:
        printing.as_json(rows)
        return
    columns = ("signature", "mode", "severity", "prior", "name")
    printing.table(columns, [[str(row[name]) for name in columns] for row in rows])


@cli.command()
def enable(
    signature: SignatureArgument,
    store: options.StoreOption = None,
    data: options.DataOption = None,
) -> None:
    """Look for it, and tell of it."""
    _set(signature, "on", store, data)


@cli.command()
def shadow(
    signature: SignatureArgument,
    store: options.StoreOption = None,
    data: options.DataOption = None,
) -> None:
    """Look for it and record it, but tell nobody."""
    _set(signature, "shadow", store, data)


@cli.command()
def disable(
    signature: SignatureArgument,
    store: options.StoreOption = None,
    data: options.DataOption = None,
) -> None:
    """Do not look for it."""
    _set(signature, "off", store, data)


@cli.command("test")
def try_out(
    signature: SignatureArgument,
    since: Annotated[str, typer.Option(help="In what was received since: 12h, 7d.")] = "7d",
    limit: Annotated[int, typer.Option(min=1, max=10_000)] = 20,
    store: options.StoreOption = None,
    data: options.DataOption = None,
) -> None:
    """Show what it finds in stored data, on or off; nothing is written."""
    from app import finding_actions, trial

    finding_actions.known(signature)
    now = datetime.now(UTC)
    begin = now - timedelta(seconds=durations.seconds(since))
    with local.reading(options.settings(store, data)) as opened:
        findings = trial.of(opened, signature, begin, now)
    printing.table(
        ("severity", "sure", "last seen", "what it would say"),
        [
            (
                each.severity.name.lower(), f"{each.confidence:.0%}",
                f"{each.last_at:%Y-%m-%d %H:%M}", each.reason,
            )
            for each in findings[:limit]
        ],
    )  # fmt: skip
    typer.echo(f"{printing.count(len(findings), 'finding')}", err=True)


def _set(signature: str, mode: str, store: str | None, data: options.DataOption) -> None:
    from app import finding_actions

    with finding_actions.reached(options.settings(store, data)) as actions:
        done = actions.set_mode(signature, mode, ACTOR)
    typer.echo(f"{done['signature']} is {done['mode']}")
