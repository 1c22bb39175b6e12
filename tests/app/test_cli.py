"""Does the command line keep its promises: exit codes, one line of error, plain output?"""

import os
import pty
import re
import runpy
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli import cli
from tests.app.commands import EXECUTABLE, SECONDS_MAX, environment, execute, invoke

COMMANDS = (
    "up", "collect", "serve", "replay", "sql", "status", "doctor", "migrate", "demo",
    "keys create", "keys list", "keys revoke",
)  # fmt: skip
WITHOUT_STORE = {"demo"}  # it has a folder of its own


def on_terminal(*arguments: object) -> str:
    """What the executable shows on a terminal."""
    leader, follower = pty.openpty()
    process = subprocess.Popen(
        [EXECUTABLE, *map(str, arguments)],
        stdout=follower, stderr=follower, stdin=follower,
        env=environment(TERM="xterm", COLUMNS="120"),
    )  # fmt: skip
    os.close(follower)
    shown = b""
    try:
        while part := os.read(leader, 65536):
            shown += part
    except OSError:  # Linux: the other side has closed
        pass
    os.close(leader)
    process.wait(SECONDS_MAX)
    return shown.decode()


def test_every_command_is_listed_with_its_purpose() -> None:
    outcome = execute("--help")
    assert outcome.code == 0
    for command in COMMANDS:
        assert re.search(rf"│ {command.split()[0]}  +\w", outcome.out), command


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself_and_its_options(command: str) -> None:
    shown = CliRunner(env={"COLUMNS": "200"}).invoke(cli, [*command.split(), "--help"])
    assert shown.exit_code == 0
    assert "--data" in shown.output
    assert ("--store" in shown.output) == (command not in WITHOUT_STORE)


@pytest.mark.parametrize("command", COMMANDS)
def test_wrong_options_end_with_2(command: str) -> None:
    outcome = invoke(*command.split(), "--wrong")
    assert (outcome.code, outcome.out) == (2, "")
    assert "--wrong" in outcome.err


@pytest.mark.parametrize(
    "arguments",
    [
        ["nothing"],
        ["keys", "nothing"],
        ["up", "--port", "many"],
        ["sql"],
        ["sql", " "],
        ["replay"],
        ["replay", "file", "--endpoint", "http://127.0.0.1:1", "--data", "data"],
        ["migrate", "--pending", "--render"],
        ["migrate", "--cluster", "c1"],
        ["keys", "create"],
        ["keys", "create", "--scope", "everything"],
        ["keys", "revoke"],
        ["status", "--format", "xml"],
    ],
)
def test_what_can_not_be_meant_ends_with_2_and_touches_nothing(
    arguments: list[str], no_settings: Path
) -> None:
    outcome = invoke(*arguments)
    assert (outcome.code, outcome.out) == (2, "")
    assert "Error" in outcome.err
    assert not list(no_settings.iterdir())


READERS = (
    ["sql", "SELECT 1"],
    ["status"],
    ["doctor"],
    ["keys", "list"],
    ["keys", "revoke", "x"],
)


@pytest.mark.parametrize("command", READERS)
def test_a_missing_store_is_named_and_not_made(command: list[str], tmp_path: Path) -> None:
    for where in ("--data", tmp_path / "none"), ("--store", f"chdb://{tmp_path / 'none'}"):
        refusal = invoke(*command, *where).refused()
        assert f"there is no store at {tmp_path / 'none'}" in refusal
        assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("command", [*READERS, ["migrate"], ["up"], ["replay", __file__]])
def test_a_store_of_another_kind_is_refused(command: list[str]) -> None:
    refusal = invoke(*command, "--store", "postgres://somewhere/db").refused()
    assert "chdb:///path or clickhouse://" in refusal


@pytest.mark.parametrize("command", [["sql", "SELECT 1"], ["keys", "list"], ["migrate"]])
def test_a_server_that_does_not_answer_is_told_in_one_line(command: list[str]) -> None:
    refusal = invoke(*command, "--store", "clickhouse://127.0.0.1:1/db").refused()
    assert refusal == "the store is not reachable: 127.0.0.1:1: Connection refused"


def test_a_wrong_setting_stops_every_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAKELINE_COLLECTOR__HTP_PORT", "4318")
    for command in (["up"], ["sql", "SELECT 1"], ["status"], ["keys", "list"], ["migrate"]):
        assert "no setting is called collector.htp_port" in invoke(*command).refused()


def test_a_reader_that_goes_away_leaves_no_stack_trace(own_data: Path) -> None:
    query = "SELECT number FROM numbers(500000)"
    with subprocess.Popen(
        [EXECUTABLE, "sql", query, "--data", own_data],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(),
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == b"0\n"
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(SECONDS_MAX) == 1


def test_a_terminal_gets_tables_and_obeys_nothing_that_was_stored(own_data: Path) -> None:
    shown = on_terminal("sql", "SELECT 'a\\x1b[2Jb\\xC2\\x9Bc' AS harmful", "--data", own_data)
    assert "─harmful─" in shown
    assert "│ a?[2Jb?c" in shown
    assert "\x1b" not in shown


def test_a_terminal_shows_tables_and_progress(data: Path, spans: Path) -> None:
    assert "441/441 bytes" in invoke("replay", spans, "--data", data, terminal=True).err
    shown = invoke("status", "--data", data, terminal=True).out
    assert "│ stored " in shown
    assert "0 spans in the last hour" not in shown
    assert "nothing is wrong" in invoke("doctor", "--data", data, terminal=True).out


def test_a_terminal_without_unicode_gets_marks_instead(own_data: Path) -> None:
    outcome = execute("sql", "SELECT 'Grüße' AS name", "--data", own_data, PYTHONIOENCODING="ascii")
    assert outcome.code == 0
    missing = execute("status", "--data", "Grüße", PYTHONIOENCODING="ascii", LC_ALL="C")
    assert missing.refused().startswith("there is no store at ")
    assert "Gr\\xfc\\xdfe" in missing.err


def test_python_dash_m_is_the_same_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["wakeline", "sql"])
    with pytest.raises(SystemExit) as stop:
        runpy.run_module("app", run_name="__main__")
    assert stop.value.code == 2
    assert "wakeline sql" in capsys.readouterr().err
