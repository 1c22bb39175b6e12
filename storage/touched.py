"""What a pass looks at, asked for once: which tables received rows, and steps of touched traces."""

import time
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from domain.findings import Window
from storage import engines, sql
from storage.store import Store

DECLARED, TOLD, WALKED = "kinds_declared", "kinds_told", "kinds_walked"
# Which query says whether something of a kind is there: what rules find nothing without.
KINDS = {
    **dict.fromkeys(("policies", "bounds", "habits", "customs"), DECLARED),
    **dict.fromkeys(
        ("offers", "members", "candidates", "gaps", "answers", "instructions", "results"), TOLD
    ),
    **dict.fromkeys(("contexts", "runs", "failures"), WALKED),
}


def moments(window: Window, wait_s: float) -> dict[str, datetime]:
    """Parameters of a statement: rows count that were received in [since, until), the window and
    `wait_s` before it, and of these only from fresh_since on or until ripe_until.

    So a row is looked at when it comes, and once more when what had to follow it is overdue.
    """
    wait = timedelta(seconds=wait_s)
    looked_at = {"since": window.since - wait, "until": window.until}
    return looked_at | {"fresh_since": window.since, "ripe_until": window.until - wait}


class Touched:
    """What the window that is looked at now touches; for one thread at a time."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._window: Window | None = None
        self._tables: dict[float, frozenset[str]] = {}
        self._passes: dict[float, int] = {}
        self._kinds: dict[tuple[str, float], frozenset[str]] = {}

    def any_of(self, tables: Collection[str], window: Window, wait_s: float = 0) -> bool:
        """Whether one of the tables received rows in the window or since `wait_s` before it.

        Raises Unavailable.
        """
        self._turn_to(window)
        if wait_s and self.any_of(tables, window):
            return True
        if wait_s not in self._tables:
            since = window.since - timedelta(seconds=wait_s)
            rows = self._store.rows("tables_received", since=since, until=window.until)
            self._tables[wait_s] = frozenset(row["table"] for row in rows)
        return not self._tables[wait_s].isdisjoint(tables)

    def any_kind(self, kinds: Collection[str], window: Window, wait_s: float = 0) -> bool:
        """Whether something of one of the kinds of KINDS is there: declared, or in the traces that
        received something in the window, or `wait_s` before it.

        Raises Unavailable.
        """
        self._turn_to(window)
        return any(kind in self._kinds_of(KINDS[kind], window, wait_s) for kind in kinds)

    def steps(self, window: Window, wait_s: float = 0) -> int:
        """The pass by which walked_steps holds all steps of the traces that received some in the
        window, or `wait_s` before it: rules that wait look only at traces that may be over.

        What their runs came to so far is stored as well. Raises Unavailable.
        """
        self._turn_to(window)
        if wait_s not in self._passes:
            number = time.time_ns()
            wait = timedelta(seconds=wait_s)
            since, until = window.since - wait, window.until - wait
            self._derive("walked_steps", number, since=since, until=until)
            self._derive("run_totals", number)
            self._passes[wait_s] = number
        return self._passes[wait_s]

    def forget(self) -> None:
        """Give back the space of what was gathered. Raises Unavailable."""
        local = engines.values(self._store.cluster, 1)["local"]
        while self._passes:
            _, number = self._passes.popitem()
            self._store.command(f"ALTER TABLE walked_steps{local} DROP PARTITION {number}")

    def _kinds_of(self, query: str, window: Window, wait_s: float) -> frozenset[str]:
        if (query, wait_s) not in self._kinds:
            asked: dict[str, Any] = {"since": window.since - timedelta(seconds=wait_s)}
            asked["until"] = window.until
            if query == WALKED:
                asked = {"pass": self.steps(window, wait_s)}
            (row,) = self._store.rows(query, **asked)
            self._kinds[query, wait_s] = frozenset(kind for kind, there in row.items() if there)
        return self._kinds[query, wait_s]

    def _turn_to(self, window: Window) -> None:
        if window != self._window:
            self.forget()
            self._tables.clear()
            self._kinds.clear()
            self._window = window

    def _derive(self, name: str, number: int, **parameters: datetime) -> None:
        text = sql.derivation(name)
        self._store.derive(text, f"derive_{name}", **parameters, **{"pass": number})
