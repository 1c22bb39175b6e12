"""`wakeline findings ack`, `mute`, `resolve` and the like: what people do about a finding."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from app.commands import options
from app.settings import Settings
from domain import durations

FindingArgument = Annotated[
    str, typer.Argument(metavar="ID", help="As `wakeline findings` has it.")
]
NoteOption = Annotated[str, typer.Option(help="Why, for others to read.")]
ACTOR = "command"
ACTIONS = {
    "ack": ("acknowledge", "Somebody looks after it."),
    "unmute": ("unmute", "Show it again."),
    "resolve": ("resolve", "It is mended; seen again, it is regressed."),
    "reopen": ("reopen", "It is open again."),
    "confirm": ("confirm", "It is so: makes its signature surer in this tenant."),
    "dismiss": ("dismiss", "It is not so: makes its signature less sure in this tenant."),
}


def register(group: typer.Typer) -> None:
    """Adds the commands to `wakeline findings`."""
    for name, (action, meaning) in ACTIONS.items():
        _register(group, name, action, meaning)
    group.command()(mute)


def mute(
    finding: FindingArgument,
    for_: Annotated[str, typer.Option("--for", help="How long: 12h, 7d.")] = "7d",
    note: NoteOption = "",
    store: options.StoreOption = None,
    data: options.DataOption = None,
) -> None:
    """Do not show it as open for a while."""
    until = datetime.now(UTC) + timedelta(seconds=durations.seconds(for_))
    _act(finding, "mute", note, options.settings(store, data), until)


def _register(group: typer.Typer, name: str, action: str, meaning: str) -> None:
    def command(
        finding: FindingArgument,
        note: NoteOption = "",
        store: options.StoreOption = None,
        data: options.DataOption = None,
    ) -> None:
        _act(finding, action, note, options.settings(store, data))

    group.command(name, help=meaning)(command)


def _act(
    finding: str, action: str, note: str, settings: Settings,
    muted_until: datetime | None = None,
) -> None:  # fmt: skip
    from app import finding_actions

    with finding_actions.reached(settings) as actions:
        done = actions.act(("", finding), action, ACTOR, note, muted_until)
    said = f", {done['verdict']}ed" if done["verdict"] else ""
    typer.echo(f"{done['finding_id']} ({done['signature']}) is {done['state']}{said}")
