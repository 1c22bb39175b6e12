"""How files of facts become settings of an import, and how its end is told."""

import asyncio
import csv
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO
from zoneinfo import ZoneInfo

import typer

from app import printing
from app.commands import options, progress, sending
from app.commands.options import Output
from app.event_files import BadRow, Form, Reading, Source
from app.event_lines import JsonLinesFile
from app.event_tables import TableFile
from domain.errors import InvalidInput

if TYPE_CHECKING:  # imported where it is needed, for it takes a second
    from app.event_import import Account
    from app.replaying import Deliver, Tally

SHOWN_ROWS_MAX = 20
WHY_COLUMNS = ("line", "column", "reason")
JSON_LINES = frozenset({".jsonl", ".ndjson"})

FileArgument = Annotated[
    Path, typer.Argument(help="CSV in UTF-8 whose first row names the columns, or JSON lines.")
]
MapOption = Annotated[
    list[str] | None,
    typer.Option("--map", metavar="COLUMN=FIELD", help="A column under another name."),
]
SetOption = Annotated[
    list[str] | None, typer.Option("--set", metavar="FIELD=VALUE", help="The same for all rows.")
]
ZoneOption = Annotated[
    str | None, typer.Option(help="Of times without one, as Europe/Berlin; else refused.")
]
CommaOption = Annotated[bool, typer.Option("--decimal-comma", help="Numbers are written 1.234,56.")]
DryOption = Annotated[bool, typer.Option("--dry-run", help="Checks all, stores nothing.")]
KeepOption = Annotated[
    bool, typer.Option("--keep-rejected", help="Bad rows go to FILE.rejected.csv.")
]


@dataclass(frozen=True, slots=True)
class Telling:
    """How the end is told; dry_run: nothing was stored."""

    output: Output
    dry_run: bool
    keep_rejected: bool


def group(about: str, purpose: str, form_of: Callable[[], Form]) -> typer.Typer:
    """Commands on facts of one form: `import` alone so far.

    about, purpose: how the group and `import` explain themselves; form_of: called when it is used.
    """
    cli = typer.Typer(help=about, no_args_is_help=True)

    @cli.callback()
    def alone() -> None:
        """Without it, a single command would be the group itself."""

    @cli.command("import", help=purpose)
    def import_file(  # noqa: PLR0913 - each is a flag
        file: FileArgument,
        columns: MapOption = None,
        constants: SetOption = None,
        zone: ZoneOption = None,
        decimal_comma: CommaOption = False,
        dry_run: DryOption = False,
        keep_rejected: KeepOption = False,
        format_: options.FormatOption = Output.TEXT,
        endpoint: options.EndpointOption = None,
        key: options.KeyOption = None,
        store: options.StoreOption = None,
        data: options.DataOption = None,
    ) -> None:
        form = form_of()
        how = reading(form, columns, constants, zone, decimal_comma)
        send = None if dry_run else sending.sender(endpoint, key, store, data)
        take(file, form, how, Telling(format_, dry_run, keep_rejected), send)

    return cli


def reading(
    form: Form, columns: Sequence[str] | None, constants: Sequence[str] | None, zone: str | None,
    decimal_comma: bool,
) -> Reading:  # fmt: skip
    """The options as they are meant. Raises BadParameter."""
    return Reading(_mapping(columns, form), _constants(constants, form), _zone(zone), decimal_comma)


def take(
    file: Path, form: Form, how: Reading, telling: Telling,
    send: "Callable[[Deliver, Tally], None] | None",
) -> None:  # fmt: skip
    """Read the file, send what is sound, tell the rest; `send` None = nothing is sent.

    Raises InvalidInput when a row was bad.
    """
    from app.event_import import Import
    from app.replaying import Tally

    with ExitStack() as stack:
        opened = stack.enter_context(file.open("rb"))
        source = _source(file, opened, form, how)
        keep = stack.enter_context(_rejected(file, source.header, telling))
        reached = stack.enter_context(progress.of_file(file))
        work = Import(source, datetime.now(UTC), keep, lambda: reached(opened.tell()))
        try:
            if send is None:
                asyncio.run(work.check())
            else:
                send(work.deliver, Tally())
        finally:
            stack.close()
            _tell(work.account, source.unused, form.noun, telling)
    if work.account.bad:
        told = printing.count(work.account.bad, "row")
        raise InvalidInput(f"{file}: {told} left out; mend and import again, good rows count once")


def _source(file: Path, opened: BinaryIO, form: Form, how: Reading) -> Source:
    if file.suffix in JSON_LINES:
        return JsonLinesFile(file, opened, form)
    return TableFile(file, opened, form, how)


def _tell(account: "Account", unused: Sequence[str], noun: str, telling: Telling) -> None:
    if telling.output is Output.JSON:
        taken = 0 if telling.dry_run else account.good
        told: dict[str, Any] = {"taken": taken, "good": account.good, "ignored": account.ignored}
        rejected = [_why(row) for row in account.rejected]
        told |= {"bad": account.bad, "rejected": rejected, "unused_columns": unused}
        printing.as_json(told)
        return
    if account.rejected:
        shown = map(_why, account.rejected[:SHOWN_ROWS_MAX])
        printing.table(WHY_COLUMNS, [[str(cell) for cell in row.values()] for row in shown])
    if account.bad > SHOWN_ROWS_MAX:
        printing.line(f"and {account.bad - SHOWN_ROWS_MAX:,} more")
    if unused:
        printing.line(f"columns that say nothing here: {', '.join(unused)}")
    verb = "would be taken" if telling.dry_run else "taken"
    passed = f", {account.ignored:,} ignored" if account.ignored else ""
    printing.line(f"{printing.count(account.good, noun)} {verb}{passed}")


def _why(row: BadRow) -> dict[str, Any]:
    return {"line": row.line, "column": row.column, "reason": row.reason}


def _mapping(pairs: Sequence[str] | None, form: Form) -> dict[str, str]:
    """Field by column."""
    return {column: _field(name, "--map", form) for column, name in _pairs(pairs, "--map")}


def _constants(pairs: Sequence[str] | None, form: Form) -> dict[str, str]:
    """Value by field."""
    return {_field(name, "--set", form): value for name, value in _pairs(pairs, "--set")}


def _pairs(pairs: Sequence[str] | None, option: str) -> Iterator[tuple[str, str]]:
    for pair in pairs or ():
        left, sign, right = pair.rpartition("=") if option == "--map" else pair.partition("=")
        if not (left and sign and right):
            raise typer.BadParameter(f"{option} takes NAME=NAME, not {pair!r}")
        yield left, right


def _field(name: str, option: str, form: Form) -> str:
    if name not in form.fields:
        known = ", ".join(form.fields)
        raise typer.BadParameter(f"{option}: {form.noun} has no {name!r}; it has {known}")
    return name


def _zone(name: str | None) -> ZoneInfo | None:
    if name is None:
        return None
    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError) as error:
        raise typer.BadParameter(f"--zone: there is no zone {name!r}") from error


@contextmanager
def _rejected(
    file: Path, header: Sequence[str], telling: Telling
) -> Iterator[Callable[[BadRow], None]]:
    """Where bad rows go: a file beside the other, made with the first of them; or nowhere."""
    with ExitStack() as stack:
        writers: list[Any] = []

        def keep(row: BadRow) -> None:
            if not telling.keep_rejected:
                return
            if not writers:
                path = file.with_name(f"{file.name}.rejected.csv")
                text = path.open("w", encoding="utf-8", errors="surrogateescape", newline="")
                writers.append(csv.writer(stack.enter_context(text)))
                writers[0].writerow([*header, *WHY_COLUMNS])
            padded = [*row.cells, *[""] * (len(header) - len(row.cells))]
            writers[0].writerow([*padded, row.line, row.column, row.reason])

        yield keep
