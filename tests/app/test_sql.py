"""Is `wakeline sql` read-only SQL with any output format, with no instance running?"""

import json
from pathlib import Path

import pytest

from tests.app.commands import invoke


def test_a_pipe_gets_tab_separated_values(data: Path) -> None:
    outcome = invoke("sql", "SELECT number, 'a\tb' FROM numbers(2)", "--data", data)
    assert (outcome.code, outcome.out, outcome.err) == (0, "0\ta\\tb\n1\ta\\tb\n", "")


def test_any_format_of_clickhouse_may_be_asked_for(data: Path) -> None:
    formats = {
        "CSVWithNames": '"a"\n1\n',
        "JSONEachRow": '{"a":1}\n',
        "Markdown": "| a |\n|-:|\n| 1 |\n",
        "Vertical": "Row 1:\n──────\na: 1\n",
        "Null": "",
    }
    for name, text in formats.items():
        assert invoke("sql", "SELECT 1 AS a", "--data", data, "--format", name).out == text
    assert json.loads(invoke("sql", "SELECT 1 AS a FORMAT JSON", "--data", data).out)["rows"] == 1


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("INSERT INTO otel_traces (TraceId) VALUES ('x')", "(READONLY)"),
        ("DROP TABLE otel_traces", "(READONLY)"),
        ("SELECT 1 INTO OUTFILE 'stolen'", "(READONLY)"),
        ("SELECT * FROM file('/etc/hostname', LineAsString)", "(READONLY)"),
        ("SELECT 1; SELECT 2", "(SYNTAX_ERROR)"),
        ("SELEC 1", "(SYNTAX_ERROR)"),
        ("SELECT * FROM nowhere", "(UNKNOWN_TABLE)"),
    ],
)
def test_what_is_no_reading_is_refused_in_the_words_of_clickhouse(
    query: str, reason: str, data: Path, no_settings: Path
) -> None:
    refusal = invoke("sql", query, "--data", data).refused()
    assert refusal.startswith("Code: ")
    assert reason in refusal
    assert len(refusal) < 400
    assert not (no_settings / "stolen").exists()


def test_an_unknown_format_is_refused(data: Path) -> None:
    refusal = invoke("sql", "SELECT 1", "--data", data, "--format", "Papyrus").refused()
    assert "Unknown format Papyrus" in refusal


def test_limits_are_those_of_the_settings(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAKELINE_STORAGE__RESULT_ROWS_MAX", "10")
    refusal = invoke("sql", "SELECT * FROM numbers(11)", "--data", data).refused()
    assert "TOO_MANY_ROWS_OR_BYTES" in refusal


def test_a_store_beside_its_data_folder_is_read_by_its_dsn(data: Path) -> None:
    outcome = invoke("sql", "SELECT 1", "--store", f"chdb://{data / 'store'}")
    assert outcome.out == "1\n"


def test_a_store_that_is_not_migrated_is_migrated_by_reading_it(tmp_path: Path) -> None:
    (tmp_path / "new" / "store").mkdir(parents=True)
    outcome = invoke("sql", "SELECT count() FROM otel_traces", "--data", tmp_path / "new")
    assert outcome.out == "0\n"
