"""`wakeline outcomes`: what became of what agents did, from the books of others."""

import asyncio
import csv
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO
from zoneinfo import ZoneInfo

import rich.progress
import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeRemainingColumn

from app import printing
from app.commands import options, sending
from app.commands.options import Output
from domain import outcomes
from domain.errors import InvalidInput

if TYPE_CHECKING:  # imported where it is needed, for it takes a second
    from app.outcome_files import BadRow
    from app.outcome_import import Account

SHOWN_ROWS_MAX = 20
WHY_COLUMNS = ("line", "column", "reason")

cli = typer.Typer(help="Outcomes from other systems.", no_args_is_help=True)


@cli.callback()
def group() -> None:
    """Without it, a single command would be the group itself."""


@cli.command("import")
def import_file(  # noqa: PLR0913 - each is a flag
    file: Annotated[Path, typer.Argument(help="CSV in UTF-8; its first row names the columns.")],
    columns: Annotated[
        list[str] | None,
        typer.Option("--map", metavar="COLUMN=FIELD", help="A column under another name."),
    ] = None,
    constants: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="FIELD=VALUE", help="The same for all rows."),
    ] = None,
    zone: Annotated[
        str | None, typer.Option(help="Of times without one, as Europe/Berlin; else refused.")
    ] = None,
    decimal_comma: Annotated[
        bool, typer.Option("--decimal-comma", help="Amounts are written 1.234,56.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Checks all, stores nothing.")] = False,
    keep_rejected: Annotated[
        bool, typer.Option("--keep-rejected", help="Bad rows go to FILE.rejected.csv.")
    ] = False,
    format_: options.FormatOption = Output.TEXT,
    endpoint: options.EndpointOption = None,
    key: options.KeyOption = None,
    store: options.StoreOption = None,
    data: options.DataOption = None,
) -> None:
    """Store the outcomes of a CSV file: good rows in, bad rows told; repeated, it adds nothing."""
    from app.outcome_files import OutcomeFile, Reading
    from app.outcome_import import Import
    from app.replaying import Tally

    reading = Reading(_mapping(columns), _constants(constants), _zone(zone), decimal_comma)
    with ExitStack() as stack:
        opened = stack.enter_context(file.open("rb"))
        source = OutcomeFile(file, opened, reading)
        send = None if dry_run else sending.sender(endpoint, key, store, data)
        keep = stack.enter_context(_rejected(file, source.header if keep_rejected else None))
        advance = stack.enter_context(_progress(file, opened))
        work = Import(source, datetime.now(UTC), keep, advance)
        try:
            if send is None:
                asyncio.run(work.check())
            else:
                send(work.deliver, Tally())
        finally:
            stack.close()
            _tell(work.account, source.unused, format_, dry_run=dry_run)
    if work.account.bad:
        told = printing.count(work.account.bad, "row")
        raise InvalidInput(f"{file}: {told} left out; mend and import again, good rows count once")


def _tell(account: "Account", unused: Sequence[str], format_: Output, *, dry_run: bool) -> None:
    if format_ is Output.JSON:
        rejected = [_why(row) for row in account.rejected]
        told: dict[str, Any] = {"taken": 0 if dry_run else account.good, "good": account.good}
        told |= {"bad": account.bad, "rejected": rejected, "unused_columns": list(unused)}
        printing.as_json(told)
        return
    if account.rejected:
        shown = map(_why, account.rejected[:SHOWN_ROWS_MAX])
        printing.table(WHY_COLUMNS, [[str(cell) for cell in row.values()] for row in shown])
    if account.bad > SHOWN_ROWS_MAX:
        printing.line(f"and {account.bad - SHOWN_ROWS_MAX:,} more")
    if unused:
        printing.line(f"columns that say nothing here: {', '.join(unused)}")
    verb = "would be taken" if dry_run else "taken"
    printing.line(f"{printing.count(account.good, 'outcome')} {verb}")


def _why(row: "BadRow") -> dict[str, Any]:
    return {"line": row.line, "column": row.column, "reason": row.reason}


def _mapping(pairs: Sequence[str] | None) -> dict[str, str]:
    """Field by column."""
    return {column: _field(name, "--map") for column, name in _pairs(pairs, "--map")}


def _constants(pairs: Sequence[str] | None) -> dict[str, str]:
    """Value by field."""
    return {_field(name, "--set"): value for name, value in _pairs(pairs, "--set")}


def _pairs(pairs: Sequence[str] | None, option: str) -> Iterator[tuple[str, str]]:
    for pair in pairs or ():
        left, sign, right = pair.rpartition("=") if option == "--map" else pair.partition("=")
        if not (left and sign and right):
            raise typer.BadParameter(f"{option} takes NAME=NAME, not {pair!r}")
        yield left, right


def _field(name: str, option: str) -> str:
    if name not in outcomes.FIELDS:
        known = ", ".join(outcomes.FIELDS)
        raise typer.BadParameter(f"{option}: an outcome has no {name!r}; it has {known}")
    return name


def _zone(name: str | None) -> ZoneInfo | None:
    if name is None:
        return None
    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError) as error:
        raise typer.BadParameter(f"--zone: there is no zone {name!r}") from error


@contextmanager
def _rejected(file: Path, header: Sequence[str] | None) -> "Iterator[Callable[[BadRow], None]]":
    """Where bad rows go: a file beside the other, made with the first of them; or nowhere."""
    with ExitStack() as stack:
        writers: list[Any] = []

        def keep(row: "BadRow") -> None:
            if header is None:
                return
            if not writers:
                path = file.with_name(f"{file.name}.rejected.csv")
                text = path.open("w", encoding="utf-8", errors="surrogateescape", newline="")
                writers.append(csv.writer(stack.enter_context(text)))
                writers[0].writerow([*header, *WHY_COLUMNS])
            padded = [*row.cells, *[""] * (len(header) - len(row.cells))]
            writers[0].writerow([*padded, row.line, row.column, row.reason])

        yield keep


@contextmanager
def _progress(path: Path, file: BinaryIO) -> Iterator[Callable[[], None]]:
    """A bar on a terminal, nothing in a pipe."""
    console = Console(stderr=True)
    shown = (
        TextColumn("{task.description}", markup=False), BarColumn(), DownloadColumn(),
        TimeRemainingColumn(),
    )  # fmt: skip
    size = path.stat().st_size
    with rich.progress.Progress(*shown, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task(path.name, total=size or None)
        yield lambda: bar.update(task, completed=file.tell())
        bar.update(task, completed=size, total=size)
