"""Fixtures that every test may use: a real store, and an environment without settings."""

import gc
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from storage import migrate
from storage.store import Store
from tests.shared_engine import Engines

# A busy machine makes single examples slow; a deadline would only make them flaky.
settings.register_profile("wakeline", deadline=None, suppress_health_check=[HealthCheck.too_slow])
# The gate says the same of the same tree; `make test` looks for examples of its own.
settings.register_profile("gate", settings.get_profile("wakeline"), derandomize=True)
settings.load_profile("wakeline")

RETENTION_DAYS = 30
ENGINES = Engines()
GARBAGE_OBJECTS = 100_000


@pytest.fixture(scope="session")
def schema_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An embedded store that holds the schema alone, closed: to copy it is quicker than to migrate.

    One part a table, so that no merge changes how many rows it has.
    """
    folder = tmp_path_factory.mktemp("schema") / "store"
    with Store(f"chdb://{folder}") as opened:
        migrate.apply(opened, RETENTION_DAYS)
        opened.command("OPTIMIZE TABLE wakeline_views FINAL")
    return folder


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes a minute begins first: at the end, one worker would wait for the other."""
    items.sort(key=lambda item: "durability" not in item.path.parts)


def pytest_collection_finish() -> None:
    """Modules and tests stay to the end: to look at them for garbage takes a tenth of the time."""
    gc.freeze()
    gc.set_threshold(GARBAGE_OBJECTS)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """The shared engine is in the way of any other."""
    if "shared_engine" not in getattr(item, "fixturenames", ()):
        ENGINES.release()


@pytest.fixture(scope="session")
def shared_engine() -> Engines:
    """Names the tests that need no engine of their own."""
    return ENGINES


@pytest.fixture(scope="module")
def module_store(schema_folder: Path, shared_engine: Engines) -> Iterator[Store]:
    """A migrated embedded store that the tests of a module share."""
    with shared_engine.store(schema_folder) as opened:
        yield opened


@pytest.fixture
def store(schema_folder: Path, shared_engine: Engines) -> Iterator[Store]:
    """A migrated embedded store without a row; one at a time in a process."""
    with shared_engine.store(schema_folder) as opened:
        yield opened


@pytest.fixture
def own_store(schema_folder: Path, tmp_path: Path) -> Iterator[Store]:
    """With an engine of its own: when it is closed, another process can open the folder."""
    folder = shutil.copytree(schema_folder, tmp_path / "store", symlinks=True)
    with Store(f"chdb://{folder}") as opened:
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


def pytest_sessionfinish() -> None:
    """No engine outlives the tests."""
    ENGINES.release()
