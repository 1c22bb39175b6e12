"""Rows made from rows after the fact: what spans inherit, and typed rows derived again."""

import math
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from storage import engines, sql
from storage.store import Store

# What an attacker could make long: steps looked at in one pass, hops to a root.
BOUNDS = {"rows_max": 100_000, "hops_max": 64}
BY_TOOLS = ("data_access", "effects")
VIEWS_OF_THE_RAW = ("known_spans", "known_events", "known_logs", "links")
HOUR = timedelta(hours=1)
# Whose root may not have come yet.
STILL_RUNNING = timedelta(minutes=10)


def inherit(store: Store, since: datetime, until: datetime, old_before: datetime) -> None:
    """Give steps received in [since, until) that name no agent or conversation those of their
    nearest ancestor, and facts those of their step; safe to repeat.

    A step received before `old_before` for which no ancestor names an agent gets the name of its
    service. Parents are sent when they end, after their children, so leave them minutes.
    """
    period = {"since": since, "until": until}
    before, wanting = math.inf, _wanting(store, since, until)
    while 0 < wanting < before:  # as many passes as help
        _inherit(store, "steps", **period, **BOUNDS, old_before=old_before)
        before, wanting = (
            wanting,
            _wanting(store, since, until) if wanting > BOUNDS["rows_max"] else 0,
        )
    for row in store.rows("wanting_facts", **period):
        _inherit(store, row["fact"], **period)


def _wanting(store: Store, since: datetime, until: datetime) -> int:
    (counted,) = store.rows("wanting_steps", since=since, until=until)
    return int(counted["steps"])


def _inherit(store: Store, table: str, **parameters: Any) -> None:
    store.derive(sql.derivation(f"inherit_{table}"), f"inherit_{table}", **parameters)


def rederive(
    store: Store, since: datetime, until: datetime, still_running: timedelta = STILL_RUNNING
) -> None:
    """Make all typed rows of what was received in [since, until) anew, with the views, prices and
    tools.yaml of now; what tools.yaml made before and makes no longer is gone.

    Safe to repeat; readers see each row in its old or its new form, and what goes a while longer.
    still_running: spans received so shortly before `until` may yet get an ancestor.
    """
    bounds = {"since": since, "until": until}
    began_ns = time.time_ns()
    # What a view makes of the raw tables goes on through all views that hang on its target.
    hours = [row["hour"].replace(tzinfo=UTC) for row in store.rows("hours_of_receipt", **bounds)]
    for start, end in _chunks(since, until, hours):
        for view in sql.views():
            if view.name in VIEWS_OF_THE_RAW:
                _derive_through(store, view, start, end)
    for table in BY_TOOLS:
        statement = sql.template("forget_made_before", table=table)
        store.derive(statement, f"forget_{table}", **bounds, made_before=began_ns)
    inherit(store, since, until, until - still_running)


def _derive_through(store: Store, view: sql.View, since: datetime, until: datetime) -> None:
    values = engines.values(store.cluster, 1)
    query = view.query(values, sql.macros()["range_of_receipt"])
    columns = store.columns(sql.template("describe_query", query=query), since=since, until=until)
    statement = sql.template(
        "insert_through", target=view.target(values), columns=", ".join(columns), query=query
    )
    store.derive(statement, f"rederive_{view.name}", since=since, until=until)


def _chunks(
    since: datetime, until: datetime, hours: Iterable[datetime]
) -> Iterator[tuple[datetime, datetime]]:
    """The parts of [since, until) that lie in `hours`."""
    for hour in hours:
        yield max(since, hour), min(until, hour + HOUR)
