"""Is every row of a CSV file taken as it is meant, or told with its line and column?"""

import io
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from app.event_files import LINE_BYTES_MAX, BadRow, Form, Reading, Row
from app.event_forms import ACCESSES
from app.event_forms import OUTCOMES as FORM
from app.event_tables import TableFile
from domain.errors import InvalidInput
from wakeline import conventions as names

NOW = datetime(2026, 6, 9, 12, tzinfo=UTC)
PATH = Path("told.csv")


def opened(text: str | bytes, reading: Reading | None = None, form: Form = FORM) -> TableFile:
    """The file of this text."""
    data = text if isinstance(text, bytes) else text.encode()
    return TableFile(PATH, io.BytesIO(data), form, reading or Reading())


def good(text: str | bytes, reading: Reading | None = None, form: Form = FORM) -> list[Row]:
    """Its rows, all of them sound."""
    rows = list(opened(text, reading, form).rows(NOW))
    assert all(isinstance(row, Row) for row in rows), rows
    return [row for row in rows if isinstance(row, Row)]


def bad(text: str | bytes) -> list[tuple[int, str, str]]:
    """Its rows, none of them sound."""
    rows = list(opened(text).rows(NOW))
    assert all(isinstance(row, BadRow) for row in rows), rows
    return [(row.line, row.column, row.reason) for row in rows if isinstance(row, BadRow)]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("begin", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_files_of_every_program_are_read(delimiter: str, begin: str, end: str) -> None:
    lines = ["Type,Target,Amount,Case ID,Outcome_Id", 'dispute,"invoice:Ü,1",5.5,c 1,o-1', "", ""]
    text = begin + end.join(lines).replace(",", delimiter).replace(f"Ü{delimiter}1", "Ü,1")
    (row,) = good(text)
    assert (row.line, row.event_id) == (2, "o-1")
    assert row.events[0].attributes[names.OUTCOME_TARGET] == ("invoice:Ü,1",)
    assert row.events[0].attributes[names.OUTCOME_AMOUNT] == 5.5
    assert row.events[0].attributes[names.CASE_ID] == "c 1"


def test_a_quoted_cell_may_hold_lines_and_rows_keep_their_line_numbers() -> None:
    text = 'type,target,memo\ncomplaint,a:1,"two\nlines"\n\nsuccess,a:2,"with ""quotes"""\n'
    assert [row.line for row in good(text)] == [2, 5]
    assert opened(text).unused == ["memo"]


def test_columns_have_other_names_and_values_are_the_same_for_all_rows() -> None:
    reading = Reading({"Invoice": "target", "When": "at"}, {"type": "reversal"})
    (row,) = good("Invoice,When,Target\ninvoice:1|write:2,2026-06-01T00:00Z,x\n", reading)
    assert row.events[0].attributes[names.OUTCOME_TARGET] == ("invoice:1", "write:2")
    assert row.events[0].attributes[names.OUTCOME_TYPE] == "reversal"
    assert row.events[0].at_ns == 1_780_272_000_000_000_000


def test_times_without_a_zone_have_that_of_the_file_and_others_keep_their_own() -> None:
    reading = Reading(zone=ZoneInfo("Europe/Berlin"))
    text = "type,target,at\nsuccess,a:1,2026-06-01 02:00\nsuccess,a:1,2026-06-01T00:00:00Z\n"
    assert {row.events[0].at_ns for row in good(text, reading)} == {1_780_272_000_000_000_000}
    rows = list(opened("type,target,at\nsuccess,a:1,soon\n", reading).rows(NOW))
    assert isinstance(rows[0], BadRow)


def test_a_decimal_comma_is_read_where_it_is_meant() -> None:
    text = "type;target;amount\ndispute;a:1;-1.234,56\n"
    (row,) = good(text, Reading(decimal_comma=True))
    assert row.events[0].attributes[names.OUTCOME_AMOUNT] == -1234.56
    assert bad(text) == [(2, "amount", "no number, as -1234.56 is")]


def test_values_of_an_audit_trail_are_numbers_where_they_look_like_one() -> None:
    text = "Entity,at,system,field,new\n" + "".join(
        f"order:1,2026-06-01T00:00Z,erp,f,{new}\n" for new in ("5.50", "007", "-3", "1e3", "")
    )
    found = [
        row.events[0].attributes.get(names.DATA_VALUE_NUM) for row in good(text, form=ACCESSES)
    ]
    assert found == [5.5, None, -3.0, None, None]


def test_what_is_wrong_is_told_with_its_line_and_column() -> None:
    text = (
        b"Kind of,type,Target\nx,success\nx,refund,a:1\nx,success," + b"y" * 600
        + b"\nx,success,\xe9:1\n" + b'x,success,"' + b"long" * 40_000 + b'"\nx,,a:1\n'
    )  # fmt: skip
    told = bad(text)
    assert [(line, column) for line, column, _ in told] == [
        (2, ""), (3, "type"), (4, "Target"), (5, "Target"), (6, ""), (7, "type"),
    ]  # fmt: skip
    reasons = [reason for _, _, reason in told]
    assert reasons[0] == "it has 2 cells, the header 3"
    assert reasons[3] == "it is not UTF-8"
    assert reasons[4] == "no row of CSV: field larger than field limit (131072)"
    assert reasons[5] == "it is missing"


def test_a_column_that_is_not_there_is_told_by_the_name_of_its_field() -> None:
    assert bad("type\nsuccess\n") == [
        (2, "target", "it is missing, and there is no case_id either")
    ]


@pytest.mark.parametrize(
    ("text", "reading", "reason"),
    [
        ("", Reading(), "the columns are none"),
        ("kind,target\n", Reading(), "no column is the type: name it with --map COLUMN=type"),
        ("type,Type,target\n", Reading(), "two columns are the type"),
        ("type,target\n", Reading(constants={"type": "success"}), "the same for all rows"),
        ("type,target\n", Reading({"when": "at"}), "there is no column when"),
        ("x" * (LINE_BYTES_MAX + 1), Reading(), "a line is over"),
    ],
    ids=range(6),
)
def test_a_file_that_can_not_be_meant_is_refused(text: str, reading: Reading, reason: str) -> None:
    with pytest.raises(InvalidInput, match=reason):
        opened(text, reading)


def test_a_line_that_has_no_end_ends_the_reading() -> None:
    file = opened("type,target\nsuccess,a:1\n" + "x" * (LINE_BYTES_MAX + 1))
    rows = file.rows(NOW)
    assert isinstance(next(rows), Row)
    with pytest.raises(InvalidInput, match="a line is over"):
        next(rows)
