"""Fixtures that every test may use: a real store, and an environment without settings."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from storage import migrate
from storage.store import Store

# A busy machine makes single examples slow; a deadline would only make them flaky.
settings.register_profile("wakeline", deadline=None)
settings.load_profile("wakeline")

RETENTION_DAYS = 30


@pytest.fixture(scope="session")
def schema_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An embedded store that holds the schema alone, closed: a copy of it takes a tenth of the time
    that the migrations take."""
    folder = tmp_path_factory.mktemp("schema") / "store"
    with Store(f"chdb://{folder}") as opened:
        migrate.apply(opened, RETENTION_DAYS)
    return folder


@pytest.fixture
def store(schema_folder: Path, tmp_path: Path) -> Iterator[Store]:
    """A migrated embedded store; one at a time in a process."""
    shutil.copytree(schema_folder, tmp_path / "store", symlinks=True)
    with Store(f"chdb://{tmp_path / 'store'}") as opened:
        assert opened.has_table("steps")  # it is open from its first query on
        yield opened


@pytest.fixture
def no_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No WAKELINE_* in the environment and no wakeline.toml; the empty folder one is in."""
    for name in [name for name in os.environ if name.startswith("WAKELINE_")]:
        monkeypatch.delenv(name)
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder
