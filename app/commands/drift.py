"""`wakeline drift`: do agents behave as they used to, since when not, and what people say of it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from app import local, moments, printing
from app.commands import drift_saying, options
from app.commands.options import Output
from app.settings import Settings
from domain.access import DEFAULT_TENANT
from domain.changes import Wanted
from domain.drift import State, Stream
from domain.drift_reading import AlarmsAsked, Clock, DriftReading, StreamsAsked
from domain.errors import InvalidInput

if TYPE_CHECKING:
    from domain.drift_reading import StoredAlarm, StreamHistory, WatchedStream

LATELY = timedelta(days=90)
STREAMS_MAX, ALARMS_MAX, WINDOWS_MAX, CHANGES_MAX = 5000, 500, 400, 500
BARS = "▁▂▃▄▅▆▇█"
TenantOption = Annotated[str, typer.Option(help="Only of this tenant.")]
AgentOption = Annotated[str, typer.Option(help="Only of this agent.")]
ClockOption = Annotated[Clock, typer.Option(help="Of its days, or of its hours.")]
SinceOption = Annotated[str, typer.Option(help="Since then: 12h, 7d, or an ISO time.")]
AlarmArgument = Annotated[
    str, typer.Argument(metavar="ALARM", help="As `wakeline drift alarms` has it.")
]


def register(cli: typer.Typer) -> None:
    """Adds the commands."""
    group = typer.Typer(help="Do agents behave as they used to?")
    group.callback(invoke_without_command=True)(drift)
    for command in (show, alarms, alarm, score, changes):
        group.command()(command)
    drift_saying.register(group)
    cli.add_typer(group, name="drift")


def drift(  # noqa: PLR0913 - each is a flag
    context: typer.Context,
    agent: AgentOption = "",
    metric: Annotated[str, typer.Option(help="Only this metric: tools, latency…")] = "",
    state: Annotated[str, typer.Option(help=f"Only these: {', '.join(State)}.")] = "",
    tenant: TenantOption = "",
    format_: options.FormatOption = Output.TEXT,
    store: options.StoreOption = None,
    data: options.DataOption = None,
) -> None:  # fmt: skip
    """List what is watched, with its state; --format json prints one stream a line."""
    if context.invoked_subcommand:
        return
    if state and state not in set(State):
        raise InvalidInput(f"--state: '{state}' is none of {', '.join(State)}")
    with _reading(options.settings(store, data)) as reading:
        found = reading.streams(StreamsAsked(tenant, agent, metric, rows_max=STREAMS_MAX))
        open_ones = reading.alarms(_lately(tenant, agent, open_only=True))
    rows = [one for one in found if state in ("", one.state)]
    if format_ is Output.JSON:
        from api import drift_told

        for one in rows:
            printing.as_json(_plain(drift_told.StreamOut(**drift_told.stream(one))))
        return
    printing.table(
        ("agent", "metric", "window", "state", "score", "evidence", "runs", "windows"),
        list(map(_row, rows)),
    )
    for alarmed in open_ones:
        printing.line(f"{alarmed.alarm_id}  {_sentence(alarmed)}")
    if not rows:
        typer.echo("no such stream is watched: windows close two hours after their end", err=True)


def show(  # noqa: PLR0913 - each is a flag
    agent: Annotated[str, typer.Argument(help="Its name.")],
    metric: Annotated[str, typer.Argument(help="As `wakeline drift` has it.")],
    version: Annotated[str, typer.Option(help="Only of this version of it.")] = "",
    clock: ClockOption = Clock.DAY,
    tenant: TenantOption = DEFAULT_TENANT,
    format_: options.FormatOption = Output.TEXT,
    store: options.StoreOption = None,
    data: options.DataOption = None,
) -> None:  # fmt: skip
    """One stream: what its windows held, and how sure it is that it changed."""
    with _reading(options.settings(store, data)) as reading:
        stream = Stream(tenant, agent, metric, version)
        found = reading.history(stream, clock, WINDOWS_MAX)
    if format_ is Output.JSON:
        from api import drift_told

        printing.as_json(drift_told.whole(found))
        return
    _show(found)


def alarms(  # noqa: PLR0913 - each is a flag
    agent: AgentOption = "",
    open_: Annotated[bool, typer.Option("--open", help="Only those nobody settled.")] = False,
    since: SinceOption = "90d",
    tenant: TenantOption = "",
    format_: options.FormatOption = Output.TEXT,
    store: options.StoreOption = None,
    data: options.DataOption = None,
) -> None:
    """List alarms, the newest first; --format json prints one a line."""
    now = datetime.now(UTC)
    asked = AlarmsAsked(
        tenant, moments.given(since, now), now, agent, open_only=open_, rows_max=ALARMS_MAX
    )  # fmt: skip
    with _reading(options.settings(store, data)) as reading:
        found = reading.alarms(asked)
    if format_ is Output.JSON:
        _alarms_as_json(found)
        return
    printing.table(
        ("alarm", "raised for", "standing", "what changed"),
        [(one.alarm_id, *_told(one)) for one in found],
    )


def alarm(
    alarm_id: AlarmArgument,
    recompute: Annotated[
        bool, typer.Option("--recompute", help="Compute it again from its stored inputs.")
    ] = False,
    tenant: TenantOption = DEFAULT_TENANT,
    format_: options.FormatOption = Output.TEXT,
    store: options.StoreOption = None,
    data: options.DataOption = None,
) -> None:  # fmt: skip
    """One alarm: how much, since when, and what coincides with it; exit 1 if it is not the same."""
    from api import drift_words as words
    from api.routes.drift import coinciding
    from app.stored_drift import StoredDrift
    from storage.changes import Changes

    settings = options.settings(store, data)
    with local.reading(settings) as opened:
        reading = StoredDrift(opened, settings.drift)
        found = reading.alarm(tenant, alarm_id)
        beside = coinciding(Changes(opened), found)
        same = reading.recomputed(tenant, alarm_id) if recompute else None
    if format_ is Output.JSON:
        from api import drift_told

        told = _plain(drift_told.AlarmDetail(**drift_told.detail(found, beside)))
        printing.as_json(told | ({} if same is None else {"recomputed": same}))
    else:
        printing.line(words.sentence(found))
        printing.line(f"{words.standing(found)}, {_evidence(found)}", "dim")
        for name, effect in words.strongest(found):
            printing.line(f"  {words.moved(name, effect)}, {words.within(effect)}")
        for change in beside:
            printing.line(
                f"  coincides with {words.metric(change.kind)} {change.what} {change.version},"
                f" {moments.iso(change.at)}"
            )
        if same is not None:
            typer.echo("computed again: " + ("the same, bit for bit" if same else "NOT the same"))
    if same is False:
        raise typer.Exit(1)


def score(
    agent: Annotated[str, typer.Argument(help="Its name.")],
    tenant: TenantOption = DEFAULT_TENANT,
    format_: options.FormatOption = Output.TEXT,
    store: options.StoreOption = None,
    data: options.DataOption = None,
) -> None:
    """The drift score of an agent, 0 to 1, as policies read it."""
    from api import drift_told

    with _reading(options.settings(store, data)) as reading:
        found = reading.score(tenant, agent)
    if format_ is Output.JSON:
        said = drift_told.ScoreOut(**drift_told.score(found))
        printing.as_json(said.model_dump(mode="json", exclude_unset=True))
        return
    known = "not known" if found.score is None else f"{found.score:.2f}"
    printing.line(f"{known}: {found.state}, {found.monitored} of {found.streams} streams say one")


def changes(
    agent: AgentOption = "",
    since: SinceOption = "30d",
    tenant: TenantOption = "",
    format_: options.FormatOption = Output.TEXT,
    store: options.StoreOption = None,
    data: options.DataOption = None,
) -> None:
    """List what was changed, the latest first; with --agent also versions that it began to use."""
    from storage.changes import Changes

    now = datetime.now(UTC)
    with local.reading(options.settings(store, data)) as opened:
        wanted = Wanted(moments.given(since, now), now, tenant, agent)
        found = Changes(opened).listed(wanted, CHANGES_MAX)
    if format_ is Output.JSON:
        from api.routes.changes import ChangeOut

        for one in found:
            printing.as_json(ChangeOut.model_validate(one).model_dump(mode="json"))
        return
    printing.table(
        ("at", "kind", "what", "from", "to", "agents", "told by"),
        [
            (
                moments.iso(one.at), one.kind, one.what, one.version_prev, one.version,
                ", ".join(one.agents) or "all", one.by if one.told else "seen in spans",
            )
            for one in found
        ],
    )  # fmt: skip


@contextmanager
def _reading(settings: Settings) -> Iterator[DriftReading]:
    from app.stored_drift import StoredDrift

    with local.reading(settings) as opened:
        yield StoredDrift(opened, settings.drift)


def _lately(tenant: str, agent: str, *, open_only: bool) -> AlarmsAsked:
    now = datetime.now(UTC)
    return AlarmsAsked(tenant, now - LATELY, now, agent, open_only, rows_max=ALARMS_MAX)


def _row(one: "WatchedStream") -> tuple[str, ...]:
    agent = " ".join(filter(None, (one.stream.agent, one.stream.version)))
    said = "" if one.drift_score is None else f"{one.drift_score:.2f}"
    evidence = "" if one.evidence is None else f"{one.evidence:,.3g} of {one.threshold:,.0f}"
    windows = f"{one.windows}, baseline {one.baseline_windows}"
    state = str(one.state).replace("_", " ")
    return agent, one.stream.metric, one.clock, state, said, evidence, f"{one.traces:,}", windows


def _show(found: "StreamHistory") -> None:
    """A line a channel, with its windows as a row of bars, then the evidence of the last ones."""
    from api import drift_words as words

    for place, channel in enumerate(found.channels):
        values = [window.natural[place] for window in found.windows][-60:]
        known = [value for value in values if value is not None]
        last = words.value(channel.kind, known[-1]) if known else "no value"
        printing.line(f"{channel.name:<24} {bars(values)} {last}")
    printing.table(
        ("window", "runs", "evidence", "threshold"),
        [
            (
                words.day(one.start, found.clock), f"{one.traces:,}",
                "baseline" if one.stream_evidence is None else f"{one.stream_evidence:,.3g}",
                f"{one.threshold:,.0f}",
            )
            for one in found.windows[-14:]
        ],
    )  # fmt: skip


def bars(values: Sequence[float | None]) -> str:
    """A row of bars, the lowest value the lowest; a gap where there is none.

    >>> bars([1.0, None, 3.0])
    '▁ █'
    """
    known = [value for value in values if value is not None]
    low, high = min(known, default=0.0), max(known, default=0.0)
    scale = (len(BARS) - 1) / (high - low) if high > low else 0.0
    return "".join(" " if one is None else BARS[round((one - low) * scale)] for one in values)


def _alarms_as_json(found: "Sequence[StoredAlarm]") -> None:
    from api import drift_told

    for one in found:
        printing.as_json(_plain(drift_told.AlarmOut(**drift_told.alarm(one))))


def _told(one: "StoredAlarm") -> tuple[str, str, str]:
    from api import drift_words as words

    return words.day(one.window_start, one.clock), words.standing(one), words.sentence(one)


def _sentence(one: "StoredAlarm") -> str:
    from api import drift_words as words

    return words.sentence(one)


def _evidence(one: "StoredAlarm") -> str:
    return f"evidence {one.alarm.evidence:,.0f} of {one.alarm.threshold:,.0f}"


def _plain(model: "object") -> dict[str, object]:
    from pydantic import BaseModel

    assert isinstance(model, BaseModel)
    return model.model_dump(mode="json")
