"""Is a data folder held by one process at a time, and is a running instance found?"""

import os
import socket
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from app import data_folder
from app.data_folder import LOCK, RUNTIME, DataFolder, Running
from domain.errors import Conflict
from tests.app.commands import invoke

RUNNING = Running(
    pid=1, api_url="http://127.0.0.1:8080", token="t", store_id="s", readable=True, otlp_url=""
)


def test_a_folder_is_held_once(tmp_path: Path) -> None:
    with (
        DataFolder(tmp_path),
        pytest.raises(Conflict, match="is held by another wakeline"),
        DataFolder(tmp_path, patience_s=0),
    ):
        pass
    with DataFolder(tmp_path, patience_s=0):
        pass


def test_a_short_hold_is_waited_for(tmp_path: Path) -> None:
    first = DataFolder(tmp_path)
    first.__enter__()
    letting_go = threading.Timer(0.1, first.__exit__, [None, None, None])
    letting_go.start()
    with DataFolder(tmp_path, patience_s=30):
        letting_go.join()


def test_an_instance_is_found_while_it_holds_the_folder(tmp_path: Path) -> None:
    assert data_folder.running(tmp_path / "none") is None
    with DataFolder(tmp_path) as folder:
        folder.announce(RUNNING)
        assert data_folder.running(tmp_path) == RUNNING
        folder.announce(RUNNING)
    assert data_folder.running(tmp_path) is None
    assert not (tmp_path / RUNTIME).exists()


def test_what_a_killed_instance_left_is_not_believed(tmp_path: Path) -> None:
    (tmp_path / LOCK).touch()
    (tmp_path / RUNTIME).write_text("{}")
    assert data_folder.running(tmp_path) is None


@pytest.mark.parametrize("left", [None, "{", '{"later": 1}'])
def test_a_holder_that_tells_nothing_we_know_is_given_up(
    left: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(data_folder, "STARTING_S", 0.0)
    with DataFolder(tmp_path):
        if left is not None:
            (tmp_path / RUNTIME).write_text(left)
        assert data_folder.running(tmp_path) is None


def test_an_instance_that_is_just_starting_is_waited_for(tmp_path: Path) -> None:
    with DataFolder(tmp_path) as folder:
        announcing = threading.Timer(0.1, folder.announce, [RUNNING])
        announcing.start()
        assert data_folder.running(tmp_path) == RUNNING
        announcing.join()


def test_only_the_user_may_look_inside(tmp_path: Path) -> None:
    with DataFolder(tmp_path / "new" / "data") as folder:
        folder.announce(RUNNING)
        assert folder.path.stat().st_mode & 0o777 == 0o700
        for name in (LOCK, RUNTIME):
            assert (folder.path / name).stat().st_mode & 0o777 == 0o600


def test_the_lock_is_not_inherited(tmp_path: Path) -> None:
    with DataFolder(tmp_path):
        held = [int(fd.name) for fd in Path("/proc/self/fd").iterdir() if _is_lock(fd)]
        assert held
        assert not any(map(os.get_inheritable, held))


def _is_lock(fd: Path) -> bool:
    try:
        return fd.readlink().name == LOCK
    except FileNotFoundError:
        return False


def test_an_instance_that_hangs_is_told(tmp_path: Path) -> None:
    with DataFolder(tmp_path) as folder, socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        server.close()
        folder.announce(replace(RUNNING, api_url=f"http://127.0.0.1:{port}"))
        for command in (["status"], ["sql", "SELECT 1"], ["keys", "list"]):
            refusal = invoke(*command, "--data", tmp_path).refused()
            assert refusal.startswith(f"the instance at http://127.0.0.1:{port} does not answer: ")
