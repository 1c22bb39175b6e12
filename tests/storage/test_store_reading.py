"""The read half of the store's contract: embedded, over HTTP, and over the read-only interface."""

from collections.abc import Iterator

import pytest

from storage.store import Store
from tests.contracts.store_contract import StoreReadContract, fill
from tests.storage.clickhouse_http_server import KEY, Server, serving


def dsn(server: Server, path: str) -> str:
    return f"http://anybody:{KEY}@127.0.0.1:{server.port}/default?proxy_path={path}"


class TestEmbedded(StoreReadContract):
    @pytest.fixture(scope="class")
    @classmethod
    def filled(cls, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
        with Store(f"chdb://{tmp_path_factory.mktemp('embedded') / 'store'}") as store:
            fill(store)
            yield store


class _OverHttp(StoreReadContract):
    """A server that was filled through the writable interface and is read through `path`."""

    path = ""

    @pytest.fixture(scope="class")
    @classmethod
    def filled(cls, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
        folder = tmp_path_factory.mktemp("served")
        with pytest.MonkeyPatch.context() as patch, serving(folder / "store") as server:
            patch.chdir(folder)  # an engine caches a schema that it got as text where it stands
            with Store(dsn(server, "rw")) as writable:
                fill(writable)
            with Store(dsn(server, cls.path)) as store:
                yield store


class TestHttp(_OverHttp):
    path = "rw"


class TestReadOnlyHttp(_OverHttp):
    path = "ch"
