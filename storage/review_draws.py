"""What a week's sample is drawn from, how it was drawn, and the cases that came of it."""

import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from domain.errors import TooLarge
from domain.reviewing import Cell, Draw, DrawnCell, Facts, Look, ReviewCase
from storage.store import Store

FRAME_MAX = 500_000
CASES_MAX = 100_000
NAMES_MAX = 100_000
TRACES_MAX = 500_000
# A query takes no longer list of ids; more are asked for in several.
IDS_AT_ONCE = 5_000
MOMENTS = ("begins", "ends", "known_until", "drawn_at", "decided_at")
FACTS = tuple(Facts.__dataclass_fields__)


class ReviewDraws:
    """Of one store; all calls may block and raise Unavailable."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def tenants(self, since: datetime, until: datetime) -> list[str]:
        """Those whose agents decided something."""
        rows = self._store.rows("review_tenants", since=since, until=until, rows_max=NAMES_MAX)
        return [str(row["tenant"]) for row in rows]

    def frame(
        self,
        tenant: str,
        times: tuple[datetime, datetime],
        known_until: datetime,
        cell: Cell = ("", ""),
        decision: str = "",
    ) -> list[Facts]:
        """Every decision once, by id, received before `known_until`; without agent versions.

        times: half-open; cell, decision: empty for all. Raises TooLarge beyond half a million.
        """
        rows = self._store.rows(
            "review_frame", tenant=tenant, since=times[0], until=times[1],
            known_until=known_until, agent=cell[0], action=cell[1], decision=decision,
            rows_max=FRAME_MAX + 1,
        )  # fmt: skip
        if len(rows) > FRAME_MAX:
            raise TooLarge(f"'{tenant}' has more than {FRAME_MAX:,} decisions in the week")
        return [Facts(**_utc(row)) for row in rows]

    def known_cells(self, tenant: str, since: datetime, until: datetime) -> set[Cell]:
        """Agents and actions that decided something in a time."""
        asked = {"tenant": tenant, "since": since, "until": until}
        rows = self._store.rows("review_known_cells", **asked, rows_max=NAMES_MAX)
        return {(row["agent"], row["action"]) for row in rows}

    def found_in(self, tenant: str, since: datetime, until: datetime) -> set[str]:
        """Traces in which something was found that nobody has dismissed."""
        asked = {"tenant": tenant, "since": since, "until": until}
        rows = self._store.rows("review_found", **asked, rows_max=TRACES_MAX)
        return {row["trace_id"] for row in rows}

    def versions(
        self, tenant: str, trace_ids: Iterable[str], since: datetime, until: datetime
    ) -> dict[tuple[str, str], str]:
        """Of agents in traces, by trace and agent; left out where nobody said one."""
        wanted = sorted(set(trace_ids) - {""})
        found: dict[tuple[str, str], str] = {}
        for start in range(0, len(wanted), IDS_AT_ONCE):
            rows = self._store.rows(
                "review_agent_versions", tenant=tenant, since=since, until=until,
                trace_ids=wanted[start : start + IDS_AT_ONCE], rows_max=NAMES_MAX,
            )  # fmt: skip
            found |= {(row["trace_id"], row["agent_name"]): row["last_version"] for row in rows}
        return found

    def keep(self, draw: Draw, cases: Sequence[ReviewCase], boosts: Mapping[str, float]) -> Draw:
        """Keep a draw before anybody sees a case; the one that counts, which somebody else may
        have kept before.

        The row of the draw comes last, and its token names the week: cases of a draw that was cut
        off, or that came second, are seen by nobody.
        """
        self._insert_cases(draw.tenant, draw.attempt, cases, draw.drawn_at)
        place = {"tenant": draw.tenant, "week": draw.week, "attempt": draw.attempt}
        if boosts:
            rows = [{**place, "decision_id": name, "boost": by} for name, by in boosts.items()]
            self._store.insert("review_boosts", rows)
        row = asdict(draw) | {"cells": json.dumps([asdict(cell) for cell in draw.cells])}
        self._store.insert("review_draws", [row], f"review/{draw.week}/{draw.tenant}")
        return self.draw(draw.tenant, draw.week) or draw

    def add(self, tenant: str, case: ReviewCase, at: datetime) -> None:
        """A case that a person asks for."""
        self._insert_cases(tenant, "", [case], at)

    def draw(self, tenant: str, week: int) -> Draw | None:
        """How a week was drawn; None before."""
        return next(iter(self._drawn(tenant, week, 1)), None)

    def draws(self, tenant: str, weeks_max: int) -> list[Draw]:
        """The newest first; tenant: empty for all."""
        return self._drawn(tenant, 0, weeks_max)

    def boosts(self, draw: Draw) -> dict[str, float]:
        """What pointed at decisions when the week was drawn: 1 where nothing did."""
        asked = {"tenant": draw.tenant, "week": draw.week, "attempt": draw.attempt}
        rows = self._store.rows("review_boosts", **asked, rows_max=FRAME_MAX)
        return {row["decision_id"]: row["boost"] for row in rows}

    def cases(self, draw: Draw, cell: Cell = ("", ""), case_id: str = "") -> list[ReviewCase]:
        """Of all looks, by decision; cell, case_id: empty for all."""
        rows = self._store.rows(
            "review_cases", tenant=draw.tenant, week=draw.week, attempt=draw.attempt,
            agent=cell[0], action=cell[1], case_id=case_id, rows_max=CASES_MAX,
        )  # fmt: skip
        return list(map(_case, rows))

    def _drawn(self, tenant: str, week: int, rows_max: int) -> list[Draw]:
        asked = {"tenant": tenant, "week": week, "rows_max": rows_max}
        return list(map(_draw, self._store.rows("review_draws", **asked)))

    def _insert_cases(
        self, tenant: str, attempt: str, cases: Sequence[ReviewCase], at: datetime
    ) -> None:
        own = {"tenant": tenant, "attempt": attempt, "added_at": at}
        rows = [_flat(case) | own for case in cases]
        if rows:
            self._store.insert("review_cases", rows)


def new_id() -> str:
    """Random: of a case, or of an attempt."""
    return secrets.token_hex(8)


def _flat(case: ReviewCase) -> dict[str, Any]:
    said = asdict(case) | {"look": str(case.look)}
    facts: dict[str, Any] = said.pop("facts")
    return said | facts


def _case(row: Mapping[str, Any]) -> ReviewCase:
    own = _utc(row)
    facts = Facts(**{name: own.pop(name) for name in FACTS})
    return ReviewCase(**{**own, "look": Look(own["look"]), "facts": facts})


def _draw(row: Mapping[str, Any]) -> Draw:
    cells = tuple(
        DrawnCell(**{**cell, "watched": tuple(cell["watched"])})
        for cell in json.loads(row["cells"])
    )
    return Draw(**{**_utc(row), "tenant": str(row["tenant"]), "zone": str(row["zone"]),
                   "classifier": str(row["classifier"]), "cells": cells})  # fmt: skip


def _utc(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value.replace(tzinfo=UTC) if name in MOMENTS else value for name, value in row.items()
    }
