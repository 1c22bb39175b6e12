"""Fixtures of the command line: no settings of this machine, and a stored request to send."""

from pathlib import Path

import pytest

from tests.app import stored


@pytest.fixture(autouse=True)
def _clean(no_settings: Path) -> None:
    """Every command starts in an empty folder, without settings."""


@pytest.fixture
def spans(tmp_path: Path) -> Path:
    """A file of three requests with two spans each, as length-delimited protobuf."""
    return stored.messages(tmp_path / "spans.pb", *map(stored.traces, range(3)))
