"""Fixtures of the command line: no settings of this machine, folders and files to work on."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from storage.store import Store
from tests.app import stored

CHROMIUM = "/usr/bin/chromium"
# A busy machine takes its time; to wait for long costs only a test that fails.
PAGE_MS_MAX = 100_000
expect.set_options(timeout=PAGE_MS_MAX)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A real one, from Debian."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox"], timeout=PAGE_MS_MAX
        )
        yield opened
        opened.close()


@pytest.fixture(autouse=True)
def _clean(no_settings: Path) -> None:
    """Every command starts in an empty folder, without settings."""


@pytest.fixture(scope="session")
def _prepared(schema_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("prepared")
    shutil.copytree(schema_folder, folder / "store", symlinks=True)
    return folder


@pytest.fixture
def data(store: Store, tmp_path: Path) -> Path:
    """A data folder whose empty store is `store` and stays open: for this process alone."""
    return _around(store, tmp_path / "data")


@pytest.fixture
def own_data(_prepared: Path, tmp_path: Path) -> Path:
    """A data folder with an empty store for processes of their own; its migrations are done."""
    return Path(shutil.copytree(_prepared, tmp_path / "data", symlinks=True))


@pytest.fixture(scope="module")
def module_data(module_store: Store, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As `data`, with `module_store`, which the tests of a module share."""
    return _around(module_store, tmp_path_factory.mktemp("module") / "data")


def _around(store: Store, folder: Path) -> Path:
    """A data folder whose store is this one."""
    engine = store.embedded_path
    assert engine is not None
    folder.mkdir()
    (folder / "store").symlink_to(engine)
    # It keeps out other processes, and would keep out the commands of this one.
    (engine / "status").unlink(missing_ok=True)
    return folder


@pytest.fixture
def spans(tmp_path: Path) -> Path:
    """A file of three requests with two spans each, as length-delimited protobuf."""
    return stored.messages(tmp_path / "spans.pb", *map(stored.traces, range(3)))
