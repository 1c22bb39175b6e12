"""Streams in the store: how far each was read, what its windows said, and its alarms."""

import time
from base64 import b64decode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from domain.drift_reading import AlarmsAsked, AlarmVerdict, Expected, Verdict
from storage.store import NEW_ROW_SETTINGS, Store

STREAMS_MAX = 200_000
EXPECTED_MAX = 10_000
READ = ""  # the metric of the row that says how far a whole lane was read
WITHDRAWN = "withdrawn"  # the kind of what nobody expects any more
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = datetime(2106, 1, 1, tzinfo=UTC)
MOMENTS = (
    "window_start", "window_end", "changed_from", "changed_until", "likeliest", "raised_at",
    "at", "since", "until",
)  # fmt: skip


class DriftStreams:
    """Of one store; all calls may block and raise Unavailable. Rows are dicts by column name."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def streams(
        self, tenant: str, lane: str = "", metric: str = "", agent: str = "", *, whole: bool = False
    ) -> list[dict[str, Any]]:
        """As they stand; whole: with their plans."""
        asked = {"metric": metric, "agent": agent, "whole": whole, "alarmed": False}
        return self._known(tenant, lane, asked)

    def remembered(self, tenant: str, lane: str) -> Iterator[dict[str, Any]]:
        """All streams of a lane, each with its plan, and the bytes of its memory as they were
        kept."""
        asked = {"tenant": tenant, "lane": lane, "rows_max": STREAMS_MAX}
        found = self._store.columns_of("drift_memories", bytes_in=("memory",), **asked)
        for row in zip(*found.values(), strict=True):
            named = dict(zip(found, row, strict=True))
            yield _utc(named | {"memory": _bytes_of(named["memory"])})

    def alarmed(self, tenant: str, lane: str) -> list[dict[str, Any]]:
        """Those with an open alarm, and the row that says how far the lane was read."""
        asked = {"metric": "", "agent": "", "whole": False, "alarmed": True}
        return self._known(tenant, lane, asked)

    def keep(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """In the place of what was known of these streams; all or none of them."""
        self._insert("drift_streams", rows)

    def readings(
        self, tenant: str, lane: str, metric: str, agent: str, windows_max: int
    ) -> list[dict[str, Any]]:
        """What the last windows said of a stream, oldest first."""
        asked = {"tenant": tenant, "lane": lane, "metric": metric, "agent": agent}
        rows = self._store.rows("drift_readings", **asked, rows_max=windows_max)
        return [_utc(row) for row in reversed(rows)]

    def keep_readings(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """One row a window and stream."""
        self._insert("drift_readings", rows)

    def keep_alarms(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Raised again, an alarm takes its own place."""
        self._insert("drift_alarms", rows)

    def alarms(
        self, asked: AlarmsAsked, alarm_id: str = "", *, whole: bool = False
    ) -> list[dict[str, Any]]:
        """Those asked for, the newest first; whole: with all that they follow from."""
        rows = self._store.rows(
            "drift_alarms",
            tenant=asked.tenant,
            alarm_id=alarm_id,
            agent=asked.agent,
            paged_only=asked.paged_only,
            open_only=asked.open_only,
            since=asked.since,
            until=asked.until,
            whole=whole,
            rows_max=asked.rows_max,
        )
        return [_utc(row) for row in rows]

    def alarm(self, tenant: str, alarm_id: str, *, whole: bool = False) -> dict[str, Any] | None:
        """One alarm, if it is there."""
        asked = AlarmsAsked(tenant, EARLIEST, LATEST, rows_max=1)
        return next(iter(self.alarms(asked, alarm_id, whole=whole)), None)

    def judge(self, tenant: str, alarm_id: str, said: AlarmVerdict) -> None:
        """Adds a verdict."""
        row = {"tenant": tenant, "alarm_id": alarm_id, "verdict": said.verdict.value}
        more = {"reason": said.reason, "actor": said.actor, "at": said.at}
        self._insert("drift_verdicts", [row | more])

    def expect(self, expected: Expected) -> None:
        """In the place of an earlier one of this id."""
        names = ("tenant", "expected_id", "agent", "kind", "since", "until", "why", "actor")
        self._insert("drift_expected", [{name: getattr(expected, name) for name in names}])

    def expected(self, tenant: str, agent: str = "") -> list[Expected]:
        """Of the tenant, or what holds for one of its agents; not what was withdrawn."""
        asked = {"tenant": tenant, "agent": agent, "rows_max": EXPECTED_MAX}
        rows = self._store.rows("drift_expected", **asked)
        return [Expected(tenant=tenant, **_utc(row)) for row in rows]

    def _known(self, tenant: str, lane: str, asked: Mapping[str, Any]) -> list[dict[str, Any]]:
        rows = self._store.rows(
            "drift_streams", tenant=tenant, lane=lane, **asked, rows_max=STREAMS_MAX
        )
        return list(map(_utc, rows))

    def _insert(self, table: str, rows: Iterable[Mapping[str, Any]]) -> None:
        stamped = [{**row, "revision": time.time_ns()} for row in rows]
        if stamped:
            self._store.insert(table, stamped, settings=NEW_ROW_SETTINGS)


def verdict(row: Mapping[str, Any]) -> AlarmVerdict | None:
    """What was last said to an alarm, of its row."""
    if not row["verdict"]:
        return None
    return AlarmVerdict(Verdict(row["verdict"]), row["reason"], row["actor"], row["at"])


def _bytes_of(memory: bytes) -> bytes:
    """Earlier versions kept it as base64, in which no byte is 0; each memory begins with a count
    of four bytes that fills two."""
    return memory if b"\0" in memory[:4] else b64decode(memory)


def _utc(row: dict[str, Any]) -> dict[str, Any]:
    return row | {name: row[name].replace(tzinfo=UTC) for name in MOMENTS if name in row}
