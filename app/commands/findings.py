"""`wakeline findings`: what the analyzers found."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app import local, moments, printing
from app.commands import finding_actions, options
from app.commands.options import Output
from app.told import told
from domain.asked import Asked, Place
from domain.errors import InvalidInput
from domain.findings import Severity, State
from storage.store import Store

if TYPE_CHECKING:  # numpy takes as long to import as everything else of a command
    from storage.findings import FindingRows

ROWS_MAX = 100_000
ROWS_AT_ONCE = 5_000
YEAR_MIN, YEAR_MAX = 1970, 2200


def register(cli: typer.Typer) -> None:
    """Adds the command."""
    group = typer.Typer(help="What was found, and what people say of it.")
    group.callback(invoke_without_command=True)(findings)
    finding_actions.register(group)
    cli.add_typer(group, name="findings")


def findings(  # noqa: PLR0913 - each is a flag
    context: typer.Context,
    signature: Annotated[str, typer.Option(help="Only this signature: LOOP-01.")] = "",
    agent: Annotated[str, typer.Option(help="Only findings of this agent.")] = "",
    since: Annotated[str, typer.Option(help="Seen last since: 12h, 7d, or an ISO time.")] = "",
    severity: Annotated[str, typer.Option(help="At least this: info to critical.")] = "",
    state: Annotated[str, typer.Option(help="open, acknowledged, muted, resolved…")] = "",
    trace: Annotated[str, typer.Option(help="Only findings with this trace id.")] = "",
    case: Annotated[str, typer.Option(help="Only findings of this case.")] = "",
    text: Annotated[str, typer.Option(help="Only with this in the sentence.")] = "",
    tenant: Annotated[str, typer.Option(help="Only of this tenant.")] = "",
    finding: Annotated[str, typer.Option("--id", help="Only this finding.")] = "",
    shadow: Annotated[bool, typer.Option(help="Also findings of signatures in shadow.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=ROWS_MAX)] = 1000,
    all_: Annotated[bool, typer.Option("--all", help=f"As --limit {ROWS_MAX}.")] = False,
    cursor: Annotated[str, typer.Option(help="Go on where a list ended.")] = "",
    format_: options.FormatOption = Output.TEXT,
    store: options.StoreOption = None,
    data: options.DataOption = None,
) -> None:  # fmt: skip
    """List findings, the latest begun first; --format json prints one object a line."""
    if context.invoked_subcommand:
        return
    from storage.findings import FindingRows

    asked = Asked(
        tenant=tenant,
        signature=signature,
        agent=agent,
        trace_id=trace,
        case_id=case,
        text=text,
        finding_id=finding,
        state=_known(state, State, "state"),
        since=_moment(since),
        severity_min=_severity(severity),
        shadow=shadow,
        retracted=state == State.RESOLVED,
    )
    count = ROWS_MAX if all_ else limit
    with local.reading(options.settings(store, data)) as opened:
        rows = list(_paged(FindingRows(opened), asked, count, _place(cursor)))
        judged = _judged(opened, rows) if finding else []
    if format_ is Output.JSON:
        for row in rows:
            printing.as_json(told(row) | ({"judgements": judged} if finding else {}))
    else:
        _table(rows)
        for one in judged:
            typer.echo(_verdict(one))
    if len(rows) == count:
        from api import finding_filters

        more = finding_filters.cursor(told(rows[-1]))
        typer.echo(f"there may be more: go on with --cursor {more}", err=True)


def _paged(
    findings: "FindingRows", asked: Asked, count: int, place: Place
) -> Iterator[dict[str, Any]]:
    """Up to `count`, read in parts: an answer that is too large would be refused."""
    while count > 0 and (page := findings.listed(asked, min(count, ROWS_AT_ONCE), place)):
        yield from page
        count -= len(page)
        place = Place(page[-1]["first_at"], page[-1]["finding_id"])


def _place(cursor: str) -> Place:
    if not cursor:
        return Place()
    from api import finding_filters

    return finding_filters.place(cursor)


def _table(rows: Sequence[Mapping[str, Any]]) -> None:
    printing.table(
        ("finding", "signature", "severity", "sure", "last seen", "state", "what was found"),
        [_line(row) for row in rows],
    )
    if not rows:
        typer.echo("nothing found: `wakeline analyze --once` looks through all data", err=True)


def _line(row: Mapping[str, Any]) -> tuple[str, ...]:
    seen = f"{row['last_at']:%Y-%m-%d %H:%M}"
    sure = f"{row['confidence']:.0%}"
    return (
        row["finding_id"], row["signature"], row["severity"], sure, seen, row["state"],
        row["reason"],
    )  # fmt: skip


def _judged(opened: Store, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What judges said of them, the newest first."""
    from storage.judgements import Judgements

    if not opened.has_table("finding_judgements"):
        return []
    return [
        one
        | {
            "at": one["at"].isoformat(),
            "quoted": [list(span) for span in one["quoted"]],
            "confidence_with_it": round(row["confidence"] + one["moved"], 4),
        }
        for row in rows
        for one in Judgements(opened).of(row["tenant"], row["finding_id"])
    ]


def _verdict(one: Mapping[str, Any]) -> str:
    """A judgement as a line."""
    of = "" if one["current"] else " of what it said before"
    if one["why"]:
        return printing.visible(f"{one['judge']} was asked{of}, to no effect: {one['why']}")
    says = "it holds" if one["holds"] else "it does not hold"
    spans = ", ".join(span[1] for span in one["quoted"])
    return printing.visible(
        f"{one['judge']} judged{of}: {says}, {one['confidence']:.0%} sure, by {spans};"
        f" with it, this would be {one['confidence_with_it']:.0%} sure"
    )


def _known(text: str, kind: type[State], name: str) -> str:
    if text and text not in set(kind):
        raise InvalidInput(f"--{name}: '{text}' is none of {', '.join(kind)}")
    return text


def _severity(text: str) -> int:
    if not text:
        return 0
    names = [each.name.lower() for each in Severity]
    if text not in names:
        raise InvalidInput(f"--severity: '{text}' is none of {', '.join(names)}")
    return int(Severity[text.upper()])


def _moment(text: str) -> datetime:
    """An ISO time, UTC unless it says otherwise, or how long ago; empty: ever.

    Raises InvalidInput for a time that the engine can not hold.
    """
    if not text:
        return datetime(1970, 1, 1, tzinfo=UTC)
    moment = moments.given(text, datetime.now(UTC))
    if not YEAR_MIN <= moment.year <= YEAR_MAX:
        raise InvalidInput(f"--since: '{text}' is not between {YEAR_MIN} and {YEAR_MAX}")
    return moment
