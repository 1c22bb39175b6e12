"""One embedded engine that the tests of a process take in turn, emptied between them.

To open an engine takes several times as long as to empty one. It goes where a test left more
behind than rows, and where another test opens an engine of its own: a process has one at a time.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

import clickhouse_connect
from clickhouse_connect.driver.client import Client

from storage.store import Store

TABLES = """SELECT count(), groupBitXor(cityHash64(name, uuid, metadata_modification_time))
FROM system.tables WHERE database = currentDatabase()"""
ROWS = """SELECT table, sum(rows) FROM system.parts
WHERE active AND database = currentDatabase() GROUP BY table"""


class SharedEngine:
    """A copy of the folder `schema`, held open by a client of its own."""

    def __init__(self, schema: Path) -> None:
        self.folder = Path(mkdtemp(prefix="wakeline-engine-"))
        shutil.copytree(schema, self.folder / "store", symlinks=True)
        self._held = _client(self.folder / "store")
        self._tables, self._rows = self._seen()

    @property
    def dsn(self) -> str:
        """Of the store in it."""
        return f"chdb://{self.folder / 'store'}"

    def close(self) -> None:
        """Stop the engine and remove its folder."""
        self._held.close()
        shutil.rmtree(self.folder)

    def emptied(self) -> bool:
        """Remove the rows of a test; False when something else is not as it was."""
        tables, rows = self._seen()
        if tables != self._tables or any(rows.get(of) != n for of, n in self._rows.items()):
            return False
        for name in rows.keys() - self._rows.keys():
            self._held.command(f"TRUNCATE TABLE `{name}`")
        return True

    def _seen(self) -> tuple[tuple[int, int], dict[str, int]]:
        ((tables, fingerprint),) = self._held.query(TABLES).result_rows
        rows = {str(name): int(count) for name, count in self._held.query(ROWS).result_rows}
        return (tables, fingerprint), rows


class Engines:
    """The shared engine of this process, while there is one."""

    def __init__(self) -> None:
        self._engine: SharedEngine | None = None
        self._taken = False

    def release(self) -> None:
        """Let another engine be opened, unless someone has the store."""
        if self._engine is not None and not self._taken:
            self._engine.close()
            self._engine = None

    @contextmanager
    def store(self, schema: Path) -> Iterator[Store]:
        """An empty store with the tables of the folder `schema`; one taker at a time."""
        assert not self._taken, "ask for the store of the module or for one of the test, not both"
        engine = self._engine = self._engine or SharedEngine(schema)
        self._taken = True
        try:
            with Store(engine.dsn) as store:
                yield store
        finally:
            self._taken = False
            if not engine.emptied():
                self.release()


def _client(path: Path) -> Client:
    return clickhouse_connect.get_client(interface="chdb", path=str(path))
