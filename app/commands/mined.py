"""`wakeline signatures mine`, `promote`, `reject`: orders of tools that good runs keep to."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from app import local, mined_signatures, printing, stores
from app.commands import options
from domain import durations
from domain.tool_orders import RuleState

ACTOR = "command"
RuleArgument = Annotated[
    str, typer.Argument(metavar="RULE", help="Such as mined-0123456789abcdef.")
]
TenantOption = Annotated[str, typer.Option(help="Only of this tenant.")]


def register(cli: typer.Typer) -> None:
    """Adds the commands to those of signatures."""
    for command in (mine, promote, reject):
        cli.command()(command)


def mine(
    since: Annotated[str, typer.Option(help="Of what was received since: 12h, 7d.")] = "30d",
    tenant: TenantOption = "",
    store: options.StoreOption = None,
    data: options.DataOption = None,
) -> None:
    """Find orders of tools that runs which ended well keep to; what is found starts as info."""
    from app import mining

    settings = options.settings(store, data)
    now = datetime.now(UTC)
    begin = now - timedelta(seconds=durations.seconds(since))
    with local.owning(settings) as opened:
        stores.bring_up(settings, opened)
        done = mining.mine(opened, begin, now, tenant)
        rows = [row for row in mined_signatures.listed(opened, tenant) if row["holds"]]
    printing.table(
        ("rule", "mode", "good runs", "kept", "q", "what they keep to"),
        [
            (row["signature"], row["mode"], str(row["support"]), f"{row['prior']:.1%}",
             f"{row['q']:.1g}", row["name"])
            for row in rows
        ],
    )  # fmt: skip
    tenants = printing.count(done.tenants, "tenant")
    typer.echo(f"{printing.count(done.rules, 'rule')} in the runs of {tenants}", err=True)


def promote(
    rule: RuleArgument, store: options.StoreOption = None, data: options.DataOption = None
) -> None:
    """Hold it against runs with the severity of a rule that somebody looked at."""
    _decide(rule, RuleState.PROMOTED, store, data)


def reject(
    rule: RuleArgument, store: options.StoreOption = None, data: options.DataOption = None
) -> None:
    """Look for it no more, also when it is mined again."""
    _decide(rule, RuleState.REJECTED, store, data)


def _decide(rule: str, state: RuleState, store: str | None, data: options.DataOption) -> None:
    from app import finding_actions

    with finding_actions.reached(options.settings(store, data)) as actions:
        done = actions.set_mode(rule, mined_signatures.MODES[state], ACTOR)
    typer.echo(f"{done['signature']} is {state}")
