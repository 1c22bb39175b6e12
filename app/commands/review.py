"""`wakeline review`: draw weeks, see how far they are, judge cases, and report."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from app import printing
from app.commands import answering, options
from app.commands.options import Output
from app.commands.thresholds import KeyOption, LimitOption, WhyOption
from domain import weeks
from domain.reviewing import Verdict

cli = typer.Typer(help="The weekly review of decisions.", no_args_is_help=True)
WeekArgument = Annotated[str, typer.Argument(metavar="WEEK", help="Such as 2026-W04.")]
CaseArgument = Annotated[str, typer.Argument(metavar="CASE", help="As the queue has it.")]


@cli.command("list")
def list_weeks(
    limit: LimitOption = 12,
    key: KeyOption = None,
    format_: options.FormatOption = Output.TEXT,
    store: options.StoreOption = None,
    data: options.DataOption = None,
) -> None:
    """Weeks that were drawn, the newest first, and how far they are."""
    from app.review.reached import reached

    with reached(options.settings(store, data), key) as held:
        found = list(held.reviewing.weeks(held.by.tenant, limit))
    names = ("name", "frame", "drawn", "open", "drawn_at", "signed_at")
    answering.tell(found, format_, names, [[str(one[name]) for name in names] for one in found])


@cli.command()
def draw(
    week: Annotated[
        str | None, typer.Argument(metavar="WEEK", help="By default the last one, in UTC.")
    ] = None,
    key: KeyOption = None,
    format_: options.FormatOption = Output.TEXT,
    store: options.StoreOption = None,
    data: options.DataOption = None,
) -> None:
    """Draw a week that is over; drawn before, it stays as it was."""
    from app.review.reached import reached

    wanted = weeks.parsed(week) if week else weeks.moved(weeks.week_of(datetime.now(UTC)), -1)
    with reached(options.settings(store, data), key) as held:
        found = held.reviewing.draw(held.by, wanted)
    _tell_week(found, format_)


@cli.command()
def show(
    week: WeekArgument,
    case: Annotated[str, typer.Option(help="One case with all its context, as JSON.")] = "",
    key: KeyOption = None,
    format_: options.FormatOption = Output.TEXT,
    store: options.StoreOption = None,
    data: options.DataOption = None,
) -> None:
    """How a week was drawn, by agent and action, and how far it is."""
    from app.review.reached import reached

    with reached(options.settings(store, data), key) as held:
        if case:
            printing.as_json(held.reviewing.case(held.by, weeks.parsed(week), case))
            return
        found = held.reviewing.week(held.by, weeks.parsed(week))
    _tell_week(found, format_)


@cli.command()
def check(
    week: WeekArgument,
    key: KeyOption = None,
    format_: options.FormatOption = Output.TEXT,
    store: options.StoreOption = None,
    data: options.DataOption = None,
) -> None:
    """Draw a week again and compare with the sample that is stored; ends with 1 if it differs."""
    from app.review.reached import reached

    with reached(options.settings(store, data), key) as held:
        found = held.reviewing.check(held.by.tenant, weeks.parsed(week))
    if format_ is Output.JSON:
        printing.as_json(found)
    else:
        printing.pairs((name, _text(value)) for name, value in found.items())
    if not found["same"]:
        raise typer.Exit(1)


@cli.command()
def queue(
    week: WeekArgument,
    key: KeyOption = None,
    format_: options.FormatOption = Output.TEXT,
    store: options.StoreOption = None,
    data: options.DataOption = None,
) -> None:
    """Cases that one may look at now."""
    from app.review.reached import reached

    with reached(options.settings(store, data), key) as held:
        found = list(held.reviewing.queue(held.by, weeks.parsed(week)))
    names = ("case_id", "agent", "action", "amount", "currency", "confidence", "mine")
    answering.tell(found, format_, names, [[_text(one[name]) for name in names] for one in found])


@cli.command()
def judge(  # noqa: PLR0913 - each is a flag
    week: WeekArgument,
    case: CaseArgument,
    verdict: Annotated[Verdict, typer.Argument(metavar="VERDICT", help="fine, harm, skipped.")],
    reason: Annotated[str, typer.Option(help="Needed for harm and skipped cases.")] = "",
    note: Annotated[str, typer.Option(help="For whoever reads the report.")] = "",
    cost: Annotated[float | None, typer.Option(help="Dollars that the harm cost.")] = None,
    key: KeyOption = None,
    store: options.StoreOption = None,
    data: options.DataOption = None,
) -> None:
    """Say whether a decision did harm."""
    from app.review.reached import reached

    said = {"verdict": str(verdict), "reason": reason, "note": note, "cost": cost}
    with reached(options.settings(store, data), key) as held:
        held.reviewing.judge(held.by, weeks.parsed(week), case, said)


@cli.command()
def add(
    week: WeekArgument,
    decision: Annotated[str, typer.Argument(metavar="DECISION", help="Its id, or TRACE/SPAN.")],
    why: WhyOption,
    key: KeyOption = None,
    store: options.StoreOption = None,
    data: options.DataOption = None,
) -> None:
    """Ask for a decision that was not drawn; it is in no estimate."""
    from app.review.reached import reached

    with reached(options.settings(store, data), key) as held:
        made = held.reviewing.add(held.by, weeks.parsed(week), decision, why)
    typer.echo(made["case_id"])


@cli.command()
def report(
    week: WeekArgument,
    key: KeyOption = None,
    format_: options.FormatOption = Output.TEXT,
    store: options.StoreOption = None,
    data: options.DataOption = None,
) -> None:
    """The report: Markdown, or JSON with its hash and who signed it off."""
    from app.review.reached import reached

    with reached(options.settings(store, data), key) as held:
        if format_ is Output.JSON:
            printing.as_json(held.reviewing.report(held.by, weeks.parsed(week)))
        else:
            typer.echo(held.reviewing.markdown(held.by, weeks.parsed(week)))


@cli.command()
def sign(  # noqa: PLR0913 - each is a flag
    week: WeekArgument,
    name: Annotated[str, typer.Option(help="Of the person who signs.")],
    sha256: Annotated[str, typer.Option(help="Of the report that was read.")],
    statement: Annotated[str, typer.Option(help="What they say to it.")] = "",
    key: KeyOption = None,
    store: options.StoreOption = None,
    data: options.DataOption = None,
) -> None:
    """Sign the report off; nothing in the week changes any more."""
    from app.review.reached import reached

    said = {"name": name, "sha256": sha256, "statement": statement}
    with reached(options.settings(store, data), key) as held:
        held.reviewing.sign(held.by, weeks.parsed(week), said)


def _tell_week(found: Mapping[str, Any], format_: Output) -> None:
    names = ("agent", "action", "frame", "wanted", "drawn", "pi_min", "watched")
    answering.tell(
        found, format_, names, [[_text(one[name]) for name in names] for one in found["cells"]]
    )
    if format_ is Output.TEXT:
        judged = found["drawn"] - found["open"]
        told = (
            f"week {found['name']}: {judged} of {printing.count(found['drawn'], 'case')} looked at"
        )
        typer.echo(told, err=True)


def _text(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
