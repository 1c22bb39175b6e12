"""Does docs/schema.md say what the store has?"""

import json
import re
from pathlib import Path

import pytest

from storage.store import Store

PAGE = (Path(__file__).parents[2] / "docs" / "schema.md").read_text()
# Name, type, whose name it is where the upstream exporter has a say, and what it holds.
ROW = re.compile(r"^\| `([\w.]+)` \| `([^`]+)` \|(?: (?:upstream|ours) \|)? [^|]*\|$", re.M)


def sections() -> dict[str, str]:
    """The text under each heading that names a table."""
    parts = re.split(r"^## (.+)$", PAGE, flags=re.M)
    named = zip(parts[1::2], parts[2::2], strict=True)
    return {name.strip("`"): text for name, text in named if name.startswith("`")}


def test_every_column_of_every_table_is_on_the_page_with_its_type(store: Store) -> None:
    columns = store.read_only(
        "SELECT table, groupArray((name, type)) AS columns FROM (SELECT * FROM system.columns"
        " WHERE database = currentDatabase() ORDER BY position) WHERE table IN"
        " (SELECT name FROM system.tables WHERE engine LIKE '%MergeTree') GROUP BY table",
        "JSONEachRow",
    )
    kept = {
        row["table"]: [tuple(column) for column in row["columns"]]
        for row in map(json.loads, columns.splitlines())
    }
    told = {table: ROW.findall(text) for table, text in sections().items()}
    assert told == kept


def test_every_other_table_is_named_on_the_page(store: Store) -> None:
    names = store.read_only(
        "SELECT name FROM system.tables WHERE database = currentDatabase() AND engine = 'Null'",
        "TSV",
    )
    for name in names.decode().split():
        assert f"`{name}`" in PAGE


@pytest.mark.parametrize("statement", re.findall(r"```sql\n(.*?)```", PAGE, flags=re.S))
def test_every_statement_on_the_page_runs(store: Store, statement: str) -> None:
    store.read_only(statement, "JSONEachRow")
