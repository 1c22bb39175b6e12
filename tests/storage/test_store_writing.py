"""The write half of the store's contract: embedded, and over HTTP through the real driver."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from storage.store import Store
from tests.contracts.store_contract import StoreWriteContract
from tests.shared_engine import Engines
from tests.storage.clickhouse_http_server import KEY, serving


class TestEmbedded(StoreWriteContract):
    @pytest.fixture
    def blank(self, tmp_path: Path) -> Iterator[Store]:
        with Store(f"chdb://{tmp_path / 'store'}") as store:
            yield store

    @pytest.fixture
    def migrated(self, schema_folder: Path, shared_engine: Engines) -> Iterator[Store]:
        with shared_engine.store(schema_folder) as store:
            yield store


class TestHttp(StoreWriteContract):
    @pytest.fixture
    def blank(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
        monkeypatch.chdir(tmp_path)  # an engine caches a schema that it got as text where it stands
        with served(tmp_path / "store") as store:
            yield store

    @pytest.fixture
    def migrated(
        self, schema_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> Iterator[Store]:
        monkeypatch.chdir(tmp_path)
        shutil.copytree(schema_folder, tmp_path / "store", symlinks=True)
        with served(tmp_path / "store") as store:
            yield store


@contextmanager
def served(folder: Path) -> Iterator[Store]:
    """The store in `folder` over HTTP."""
    with serving(folder) as server:
        dsn = f"http://anybody:{KEY}@127.0.0.1:{server.port}/default?proxy_path=rw"
        with Store(dsn) as store:
            yield store
