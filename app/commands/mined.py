"""`wakeline signatures mine`, `promote`, `reject`: orders of tools that good runs keep to."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import typer

from app import local, printing, stores
from app.commands import options
from domain import durations
from domain.tool_orders import RuleState
from storage.store import Store

ACTOR = "command"
RuleArgument = Annotated[
    str, typer.Argument(metavar="RULE", help="Such as mined-0123456789abcdef.")
]
TenantOption = Annotated[str, typer.Option(help="Only of this tenant.")]
WORDS = {
    "precedence": "{first_tool} before {second_tool}",
    "response": "{second_tool} after {first_tool}",
    "not_coexistence": "never both {first_tool} and {second_tool}",
}
MODES = {RuleState.PROMOTED: "on", RuleState.REJECTED: "off", RuleState.INFO: "shadow"}


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
        rows = [row for row in listed(opened, tenant) if row["holds"]]
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


def listed(opened: Store, tenant: str = "") -> list[dict[str, Any]]:
    """Mined rules as `wakeline signatures list` shows them, beside those of files."""
    from storage.mined_rules import MinedRules

    if not opened.has_table("mined_rules"):
        return []
    return [
        {
            "signature": row["rule_id"],
            "mode": str(row["state"]),
            "severity": "medium" if row["state"] == RuleState.PROMOTED else "info",
            "prior": row["confidence"],
            "name": f"{row['scope']}: {WORDS[row['kind']].format(**row)}",
            "tags": [],
            "tenant": row["tenant"],
            "support": row["support"],
            "q": row["q"],
            "holds": bool(row["holds"]),
            "actor": row["actor"],
        }
        for row in MinedRules(opened).listed(tenant)
    ]


def _decide(rule: str, state: RuleState, store: str | None, data: options.DataOption) -> None:
    from app import finding_actions

    with finding_actions.reached(options.settings(store, data)) as actions:
        done = actions.set_mode(rule, MODES[state], ACTOR)
    typer.echo(f"{done['signature']} is {state}")
