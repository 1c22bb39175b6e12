"""Does `wakeline up` start in a folder that is new, or was left by a kill, and leave it free?"""

import signal
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.data_folder import DataFolder
from tests.app.commands import FREE_PORTS, Instance, invoke, while_running

NOTHING_ELSE_ON_STDERR = ["OTLP gRPC", "OTLP HTTP", "API", "data", "ready"]


def test_it_runs_until_it_is_told_to_stop_and_leaves_the_folder_free(tmp_path: Path) -> None:
    data = tmp_path / "data"

    def visit(announced: dict[str, Any]) -> None:
        answer = httpx.get(announced["api_url"] + "/healthz")
        assert answer.json() == {"status": "ok", "spans_last_hour": 0}

    outcome = while_running(visit, data, "up")
    assert (outcome.code, outcome.out) == (0, "")
    assert [line.split("  ")[0] for line in outcome.err.splitlines()] == NOTHING_ELSE_ON_STDERR
    assert not (data / "wakeline.json").exists()
    with DataFolder(data, patience_s=0):
        pass


def test_a_second_interrupt_is_harmless(own_data: Path) -> None:
    with Instance(own_data) as instance:
        assert instance.end(signal.SIGINT, signal.SIGINT, signal.SIGINT) == 0
        assert instance.told.endswith("ready\n")


def test_a_killed_instance_leaves_a_folder_that_starts_again(own_data: Path) -> None:
    with Instance(own_data) as instance:
        assert instance.end(signal.SIGKILL) == -signal.SIGKILL
    assert (own_data / "wakeline.json").exists()
    status = invoke("status", "--data", own_data, "--format", "json")
    assert status.json["running"] is False
    assert while_running(lambda _: None, own_data, "up").code == 0


def test_without_permission_to_migrate_what_is_missing_is_told(
    tmp_path: Path, spans: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WAKELINE_STORAGE__MIGRATE_ON_START", "false")
    where = ("--data", tmp_path)
    (tmp_path / "store").mkdir()
    for command in (["up", *FREE_PORTS], ["replay", spans], ["keys", "create", "--scope", "read"]):
        refusal = invoke(*command, *where).refused()
        assert refusal.startswith("migrations are pending from 0000_wakeline_migrations on")
    assert invoke("sql", "SELECT 1", *where).out == "1\n"
    assert "the schema is not complete, `wakeline migrate`: " in invoke("status", *where).out
    assert invoke("doctor", *where).code == 1
    assert invoke("migrate", *where).code == 0
    assert invoke("doctor", *where).code == 0
