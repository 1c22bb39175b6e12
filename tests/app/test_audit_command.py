"""Does `wakeline audit import` store audit trails as CSV and as JSON lines, each access once?"""

import json
from pathlib import Path

from tests.app.commands import invoke

ROW = {
    "op": "u", "before": {"id": 501, "amount": 120}, "after": {"id": 501, "amount": 95},
    "source": {"name": "billing", "table": "invoice", "ts_ms": 1_780_272_000_000, "lsn": 5},
}  # fmt: skip
OWN = {"entity": "account:77", "field": "rate", "at": "2026-06-01T00:00:00Z", "system": "crm"}


def stored(data: Path) -> list[str]:
    """What was accessed, by whom."""
    query = "SELECT entity, field, agent, value_num FROM data_access FINAL ORDER BY ALL"
    asked = invoke("sql", "--data", data, "--format", "TSV", query)
    assert asked.code == 0, asked
    return asked.out.splitlines()


def test_lines_of_both_forms_are_stored_once_and_bad_ones_are_told(
    data: Path, tmp_path: Path
) -> None:
    file = tmp_path / "trail.jsonl"
    lines = [json.dumps(item) for item in (ROW, {**ROW, "op": "r"}, {**OWN, "new": 49}, [5])]
    file.write_text("\ufeff" + "\n\n".join([*lines, "{", "[" * 100_000]) + "\n")
    for _ in range(2):
        told = invoke("audit", "import", file, "--keep-rejected", "--data", data)
        assert told.code == 1
        assert told.out == (
            "line\tcolumn\treason\n7\t\tan object is needed here\n9\t\tno JSON object\n"
            "11\t\tno JSON object\n2 events taken, 1 ignored\n"
        )
        assert stored(data) == [
            "account:77\trate\tsystem:crm\t49", "invoice:501\tamount\tsystem:billing\t95",
        ]  # fmt: skip
    assert tmp_path.joinpath("trail.jsonl.rejected.csv").read_text().startswith("text,line,")


def test_a_table_is_stored_with_what_is_the_same_for_all_rows(data: Path, tmp_path: Path) -> None:
    file = tmp_path / "trail.csv"
    file.write_text("what;who;at;new\norder:1;rep;2026-06-01 09:00;1,5\n")
    told = invoke(
        "audit", "import", file, "--map", "what=entity", "--map", "who=actor", "--set",
        "system=erp", "--zone", "Europe/Berlin", "--decimal-comma", "--data", data,
    )  # fmt: skip
    assert (told.code, told.err) == (0, "")
    assert stored(data) == ["order:1\t\thuman:rep\t1.5"]


def test_a_file_that_says_nothing_opens_nothing_that_it_need_not(tmp_path: Path) -> None:
    file = tmp_path / "snapshot.ndjson"
    file.write_text(json.dumps({**ROW, "op": "r"}))
    told = invoke("audit", "import", file, "--dry-run", "--format", "json")
    assert told.json == {
        "taken": 0, "good": 0, "ignored": 1, "bad": 0, "rejected": [], "unused_columns": [],
    }  # fmt: skip
