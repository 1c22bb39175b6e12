"""Looks for drift in processes of their own, each of which is killed when it is to write a table.

`python -m tests.app.killed_looks FOLDER TABLE...`
"""

import os
import signal
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from analyzers.drift_config import DriftConfig
from app import drift_lane  # what every process needs is loaded once
from app.drift import Drift
from bench.drift_fleet import Fleet
from storage.store import Store

# In the end a third of the calls go to another tool.
FLEET = Fleet(agents=1, days=38, runs=(60, 60), drifting=1, drift_from=30, points=0.29)
CONFIG = DriftConfig(by_hour=False)
END = datetime(2025, 12, 11, 3, tzinfo=UTC)
LOADED = (drift_lane,)


class Killed(Store):
    """A store whose process is gone when a table is to be written."""

    def __init__(self, dsn: str, table: str) -> None:
        super().__init__(dsn)
        self._table = table

    def insert(
        self, table: str, rows: Sequence[Mapping[str, Any]], *more: Any, **named: Any
    ) -> None:
        if table == self._table:
            os.kill(os.getpid(), signal.SIGKILL)
        super().insert(table, rows, *more, **named)


def look(store: Store) -> None:
    """As `wakeline up` does it by itself, when all days are over."""
    Drift(store, CONFIG).look(END, settled=True)


def _killed(folder: Path, table: str) -> int:
    """The signal that ended a process of its own."""
    process = os.fork()
    if not process:
        look(Killed(f"chdb://{folder}", table))
        os._exit(0)
    _, status = os.waitpid(process, 0)
    return os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0


if __name__ == "__main__":
    for table in sys.argv[2:]:
        sys.stdout.write(f"{table} {_killed(Path(sys.argv[1]), table)}\n")
