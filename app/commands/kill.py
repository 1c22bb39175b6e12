"""`wakeline kill`: stop agents, see whom it reached, and let them go on."""

from enum import StrEnum
from typing import Annotated, Any

import typer

from app import printing
from app.commands import answering, options
from app.commands.options import Output
from app.commands.thresholds import KeyOption, LimitOption, WhyOption
from domain import durations
from domain.kills import KillScope

cli = typer.Typer(help="Kill switches: stop agents at once.", no_args_is_help=True)
SwitchArgument = Annotated[
    str, typer.Argument(metavar="SWITCH", help="As `wakeline kill list` has it.")
]
ScopeArgument = Annotated[KillScope, typer.Argument(metavar="SCOPE", help="What it stops.")]
AgentOption = Annotated[str, typer.Option(help="With agent; or to narrow a capability.")]
CapabilityOption = Annotated[str, typer.Option(help="With capability: name of a tool.")]
TenantOption = Annotated[str, typer.Option(help="By default the key's.")]


class Recovery(StrEnum):
    """How work is taken up again after a stop."""

    STAGED = "staged"
    AT_ONCE = "at_once"


@cli.command()
def order(  # noqa: PLR0913 - each is a flag
    scope: ScopeArgument,
    why: WhyOption,
    agent: AgentOption = "",
    capability: CapabilityOption = "",
    tenant: TenantOption = "",
    for_: Annotated[str, typer.Option("--for", help="Ends by itself then: 30min, 4h.")] = "",
    recovery: Annotated[
        Recovery, typer.Option(help="staged: a tenth, after 15 min half, after 1 h all.")
    ] = Recovery.STAGED,
    drill: Annotated[bool, typer.Option("--drill", help="Stops nothing; measures.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    key: KeyOption = None,
    store: options.StoreOption = None,
    data: options.DataOption = None,
) -> None:
    """Stop agents, after showing what it would stop."""
    from app.governance_reached import reached

    where = _where(scope, agent, capability, tenant)
    said: dict[str, Any] = {**where, "reason": why, "recovery": str(recovery), "drill": drill}
    if for_:
        said["minutes"] = durations.seconds(for_) / 60
    with reached(options.settings(store, data), key) as governing:
        if not yes:
            _tell_reach(governing.kills.reach(governing.by, where))
            typer.confirm("Drill it?" if drill else "Stop it?", abort=True)
        made = governing.kills.order(governing.by, said)
    typer.echo(made["switch_id"])


@cli.command()
def reach(  # noqa: PLR0913 - each is a flag
    scope: ScopeArgument,
    agent: AgentOption = "",
    capability: CapabilityOption = "",
    tenant: TenantOption = "",
    key: KeyOption = None,
    format_: options.FormatOption = Output.TEXT,
    store: options.StoreOption = None,
    data: options.DataOption = None,
) -> None:
    """What a switch would stop, by what agents did in the last day."""
    from app.governance_reached import reached

    where = _where(scope, agent, capability, tenant)
    with reached(options.settings(store, data), key) as governing:
        found = governing.kills.reach(governing.by, where)
    if format_ is Output.JSON:
        printing.as_json(found)
    else:
        _tell_reach(found)


@cli.command("list")
def list_switches(
    limit: LimitOption = 100,
    key: KeyOption = None,
    format_: options.FormatOption = Output.TEXT,
    store: options.StoreOption = None,
    data: options.DataOption = None,
) -> None:
    """Switches, the newest first."""
    from app.governance_reached import reached

    with reached(options.settings(store, data), key) as governing:
        found = governing.kills.listed(governing.by.tenant, limit)
    names = ("switch_id", "state", "scope", "tenant", "agent", "capability", "ordered_at",
             "ordered_by", "reason")  # fmt: skip
    answering.tell(found, format_, names, [[str(one[name]) for name in names] for one in found])


@cli.command()
def show(
    switch: SwitchArgument,
    key: KeyOption = None,
    format_: options.FormatOption = Output.TEXT,
    store: options.StoreOption = None,
    data: options.DataOption = None,
) -> None:
    """Who has heard of it, who has not, and what they did since."""
    from app.governance_reached import reached

    with reached(options.settings(store, data), key) as governing:
        found = governing.kills.detail(governing.by.tenant, switch)
    names = ("agent", "heard_s", "acts_after_order", "acts_after_hearing")
    answering.tell(found, format_, names, [
        ["not yet" if one[name] is None else str(one[name]) for name in names]
        for one in found["agents"]
    ])  # fmt: skip


@cli.command()
def release(
    switch: SwitchArgument,
    why: WhyOption,
    key: KeyOption = None,
    store: options.StoreOption = None,
    data: options.DataOption = None,
) -> None:
    """End a stop; its recovery begins."""
    from app.governance_reached import reached

    with reached(options.settings(store, data), key) as governing:
        done = governing.kills.release(governing.by, switch, why)
    typer.echo(f"{done['switch_id']}: {done['state']}, {done['share']:.0%} of cases pass")


def _where(scope: KillScope, agent: str, capability: str, tenant: str) -> dict[str, str]:
    given = {"agent": agent, "capability": capability, "tenant": tenant}
    return {"scope": str(scope), **{name: text for name, text in given.items() if text}}


def _tell_reach(found: Any) -> None:
    names = ("agent", "steps", "traces", "cases", "decisions", "amount", "last_at")
    rows = [[str(one[name]) for name in names] for one in found["agents"]]
    printing.table(names, rows)
    typer.echo(f"{printing.count(found['clients'], 'client')} would hear of it", err=True)
    for agent in found["agents_that_never_pull"]:
        typer.echo(f"{printing.visible(agent)} never asked: a switch does not stop it", err=True)
