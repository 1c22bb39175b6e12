"""Fixtures of the command line: no settings of this machine, folders and files to work on."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.app import stored
from tests.app.commands import invoke

CHROMIUM = "/usr/bin/chromium"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A real one, from Debian."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture(autouse=True)
def _clean(no_settings: Path) -> None:
    """Every command starts in an empty folder, without settings."""


@pytest.fixture(scope="session")
def _prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("prepared")
    assert invoke("migrate", "--data", folder).code == 0
    return folder


@pytest.fixture
def data(_prepared: Path, tmp_path: Path) -> Path:
    """A data folder with an empty store; its migrations, which take a second, are done."""
    return Path(shutil.copytree(_prepared, tmp_path / "data", symlinks=True))


@pytest.fixture
def spans(tmp_path: Path) -> Path:
    """A file of three requests with two spans each, as length-delimited protobuf."""
    return stored.messages(tmp_path / "spans.pb", *map(stored.traces, range(3)))
