"""`wakeline thresholds`: limits of agents, proposed by one person and approved by another."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any

import typer

from app import printing
from app.commands import answering, options
from app.commands.options import Output
from app.settings import KEY_VARIABLE
from domain.errors import NotFound

cli = typer.Typer(help="Limits that agents act under.", no_args_is_help=True)
AgentArgument = Annotated[str, typer.Argument(metavar="AGENT", help="Its name.")]
ProposalArgument = Annotated[
    str, typer.Argument(metavar="PROPOSAL", help="As `wakeline thresholds proposals` has it.")
]
ActionOption = Annotated[str, typer.Option(help="Of which action.")]
WhyOption = Annotated[str, typer.Option(help="For others to read.", prompt=True)]
KeyOption = Annotated[
    str | None, typer.Option(envvar=KEY_VARIABLE, help="API key of the person who asks.")
]
LimitOption = Annotated[int, typer.Option(min=1, max=1000, help="Rows at most.")]
ConfidenceOption = Annotated[
    str | None, typer.Option(help="Asked for at least, 0 to 1; none: everything escalates.")
]
AmountOption = Annotated[str | None, typer.Option(help="In dollars at most; none: any.")]
StageOption = Annotated[str | None, typer.Option(help="shadow, canary, half or full.")]
OversightOption = Annotated[
    str | None, typer.Option(help="in_control, in_the_loop or on_the_loop.")
]
Said = Mapping[str, Any]


@cli.command("list")
def list_agents(
    key: KeyOption = None,
    format_: options.FormatOption = Output.TEXT,
    store: options.StoreOption = None,
    data: options.DataOption = None,
) -> None:
    """Agents that have limits, action by action."""
    from app.governance_reached import reached

    with reached(options.settings(store, data), key) as governing:
        found = governing.thresholds.listed(governing.by.tenant)
    names = ("agent", "version", "action", "of version", "confidence", "amount", "stage",
             "oversight", "frozen by")  # fmt: skip
    answering.tell(found, format_, names, [
        (one["agent"], str(one["version"]), *_cells(held), one["frozen_by"])
        for one in found for held in one["thresholds"]
    ])  # fmt: skip
    waiting = sum(len(one["proposals"]) for one in found)
    if waiting and format_ is Output.TEXT:
        typer.echo(f"{printing.count(waiting, 'proposal')} open", err=True)


@cli.command()
def history(
    agent: AgentArgument,
    limit: LimitOption = 100,
    key: KeyOption = None,
    format_: options.FormatOption = Output.TEXT,
    store: options.StoreOption = None,
    data: options.DataOption = None,
) -> None:
    """Versions of an agent's limits, the newest first."""
    from app.governance_reached import reached

    with reached(options.settings(store, data), key) as governing:
        found = governing.thresholds.history(governing.by.tenant, agent, limit)
    answering.tell(found, format_, ("version", "at", "by", "approved by", "why"), [
        (str(one["version"]), one["at"], one["by"], one["approved_by"], one["why"])
        for one in found
    ])  # fmt: skip


@cli.command()
def diff(  # noqa: PLR0913 - each is a flag
    agent: AgentArgument,
    before: Annotated[int, typer.Option("--from", min=0, help="Version; 0: before the first.")],
    after: Annotated[int, typer.Option("--to", min=0, help="Version.")],
    key: KeyOption = None,
    format_: options.FormatOption = Output.TEXT,
    store: options.StoreOption = None,
    data: options.DataOption = None,
) -> None:
    """What changed from one version to another."""
    from app.governance_reached import reached

    with reached(options.settings(store, data), key) as governing:
        found = governing.thresholds.difference(governing.by.tenant, agent, before, after)
    names = ("action", "agent_version", "field", "before", "after")
    answering.tell(found, format_, names, [[_text(one[name]) for name in names] for one in found])


@cli.command()
def proposals(
    agent: Annotated[str, typer.Option(help="All of this agent; else what is open.")] = "",
    limit: LimitOption = 100,
    key: KeyOption = None,
    format_: options.FormatOption = Output.TEXT,
    store: options.StoreOption = None,
    data: options.DataOption = None,
) -> None:
    """What somebody wants to loosen, the newest first."""
    from app.governance_reached import reached

    with reached(options.settings(store, data), key) as governing:
        found = governing.thresholds.proposals(governing.by.tenant, agent, limit)
    names = ("proposal", "agent", "state", "by", "why", "action", "of version", "confidence",
             "amount", "stage", "oversight")  # fmt: skip
    answering.tell(found, format_, names, [
        (one["proposal_id"], one["agent"], one["state"], one["proposed_by"], one["why"],
         *_cells(held))
        for one in found for held in one["thresholds"]
    ])  # fmt: skip


@cli.command()
def propose(  # noqa: PLR0913 - each is a flag
    agent: AgentArgument,
    action: ActionOption,
    why: WhyOption,
    confidence: ConfidenceOption = None,
    amount: AmountOption = None,
    stage: StageOption = None,
    oversight: OversightOption = None,
    key: KeyOption = None,
    store: options.StoreOption = None,
    data: options.DataOption = None,
) -> None:
    """Ask for limits that allow more; a second person approves them."""
    from app.governance_reached import reached

    wanted = _wanted(action, confidence, amount, stage, oversight)
    with reached(options.settings(store, data), key) as governing:
        made = governing.thresholds.propose(governing.by, agent, [wanted], why)
    typer.echo(made["proposal_id"])


@cli.command()
def tighten(  # noqa: PLR0913 - each is a flag
    agent: AgentArgument,
    action: ActionOption,
    why: WhyOption,
    confidence: ConfidenceOption = None,
    amount: AmountOption = None,
    stage: StageOption = None,
    oversight: OversightOption = None,
    key: KeyOption = None,
    store: options.StoreOption = None,
    data: options.DataOption = None,
) -> None:
    """Limits that allow less, at once."""
    from app.governance_reached import reached

    wanted = _wanted(action, confidence, amount, stage, oversight)
    with reached(options.settings(store, data), key) as governing:
        done = governing.thresholds.tighten(governing.by, agent, [wanted], why)
    _tell(done)


@cli.command()
def approve(
    proposal: ProposalArgument,
    why: WhyOption,
    key: KeyOption = None,
    store: options.StoreOption = None,
    data: options.DataOption = None,
) -> None:
    """Put a proposal of somebody else in force."""
    _settle(proposal, "approve", why, key, options.settings(store, data))


@cli.command()
def reject(
    proposal: ProposalArgument,
    why: WhyOption,
    key: KeyOption = None,
    store: options.StoreOption = None,
    data: options.DataOption = None,
) -> None:
    """Reject a proposal, or withdraw one's own."""
    _settle(proposal, "reject", why, key, options.settings(store, data))


@cli.command()
def rollback(
    agent: AgentArgument,
    version: Annotated[int, typer.Option(min=1, help="To which.")],
    why: WhyOption,
    key: KeyOption = None,
    store: options.StoreOption = None,
    data: options.DataOption = None,
) -> None:
    """Back to an older version: what is stricter there at once, the rest as a proposal."""
    from app.governance_reached import reached

    with reached(options.settings(store, data), key) as governing:
        done = governing.thresholds.roll_back(governing.by, agent, version, why)
    _tell(done)


@cli.command()
def freeze(
    agent: AgentArgument,
    why: WhyOption,
    key: KeyOption = None,
    store: options.StoreOption = None,
    data: options.DataOption = None,
) -> None:
    """Nothing of the agent can be loosened until it is thawed."""
    _freeze(agent, why, key, options.settings(store, data), thaw=False)


@cli.command()
def thaw(
    agent: AgentArgument,
    why: WhyOption,
    key: KeyOption = None,
    store: options.StoreOption = None,
    data: options.DataOption = None,
) -> None:
    """Limits of the agent can be loosened again."""
    _freeze(agent, why, key, options.settings(store, data), thaw=True)


def _settle(proposal_id: str, verdict: str, why: str, key: str | None, settings: Any) -> None:
    from app.governance_reached import reached

    with reached(settings, key) as governing:
        open_ones = governing.thresholds.proposals(governing.by.tenant, "", 1000)
        agents = [one["agent"] for one in open_ones if one["proposal_id"] == proposal_id]
        if not agents:
            raise NotFound(f"no open proposal '{proposal_id}'; see `wakeline thresholds proposals`")
        done = governing.thresholds.settle(governing.by, agents[0], proposal_id, verdict, why)
    typer.echo(f"{done['agent']}: {done['state']}")


def _freeze(agent: str, why: str, key: str | None, settings: Any, *, thaw: bool) -> None:
    from app.governance_reached import reached

    with reached(settings, key) as governing:
        _tell(governing.thresholds.freeze(governing.by, agent, why, thaw=thaw))


def _wanted(
    action: str,
    confidence: str | None,
    amount: str | None,
    stage: str | None,
    oversight: str | None,
) -> dict[str, Any]:
    """What was given alone; the word `none` stands for no limit, or that everything escalates."""
    words = {"stage": stage, "oversight": oversight}
    numbers = {"confidence": confidence, "amount": amount}
    return {
        "action": action,
        **{name: word for name, word in words.items() if word is not None},
        **{name: _number(name, text) for name, text in numbers.items() if text is not None},
    }


def _number(name: str, text: str) -> float | None:
    if text == "none":
        return None
    try:
        return float(text)
    except ValueError as error:
        raise typer.BadParameter(f"--{name}: a number, or none, not '{text}'") from error


def _tell(done: Said) -> None:
    frozen = f", frozen by {done['frozen_by']}" if done["frozen_by"] else ""
    typer.echo(f"{done['agent']}: version {done['version']}{frozen}")
    for one in done["proposals"]:
        typer.echo(f"waits for a second person: proposal {one['proposal_id']}", err=True)


def _cells(held: Said) -> Iterable[str]:
    names = ("action", "agent_version", "confidence", "amount", "stage", "oversight")
    return [_text(held[name]) for name in names]


def _text(value: Any) -> str:
    return "none" if value is None else str(value)
