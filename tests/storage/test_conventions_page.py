"""Does docs/conventions.md say what is read, and what the recorded emitters leave out?"""

from pathlib import Path

import pytest

from tests.storage import conventions_tables

PAGE = (Path(__file__).parents[2] / "docs" / "conventions.md").read_text()
TABLES = {
    "own names": conventions_tables.own_names(),
    "fields": conventions_tables.fields(),
    "operations": conventions_tables.operations(),
    "emitters": conventions_tables.emitters(),
    "notes": conventions_tables.notes(),
}


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_the_page_has_the_table_as_it_is(table: str) -> None:
    assert table in PAGE


def test_the_page_has_no_other_table() -> None:
    rows = [line for line in PAGE.splitlines(keepends=True) if line.startswith("| ")]
    assert rows == "".join(TABLES[name] for name in TABLES if name != "notes").splitlines(True)
