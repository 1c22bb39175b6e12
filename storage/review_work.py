"""Who has which case of a week before them, what they said of it, and what was signed off."""

import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from domain.audit_trail import AuditRecord
from domain.reviewing import Claim, Judged, Verdict
from storage.governance import record
from storage.store import Store

ROWS_MAX = 200_000
LATEST = datetime(2106, 1, 1, tzinfo=UTC)
SIGNED_MAX = 10_000


@dataclass(frozen=True, slots=True)
class Known:
    """A decision of which the right verdict is known, and the case as which it was looked at."""

    decision_id: str
    of_week: int
    of_case: str
    verdict: Verdict
    why: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Report:
    """What was signed off: figures as JSON, and the same as people read it."""

    figures: str
    markdown: str
    html: str


class ReviewWork:
    """Of one store; all calls may block and raise Unavailable."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def claims(self, tenant: str, week: int, case_id: str = "") -> dict[str, Claim]:
        """The last of each case; case_id: empty for all."""
        asked = {"tenant": tenant, "week": week, "case_id": case_id, "rows_max": ROWS_MAX}
        rows = self._store.rows("review_claims", **asked)
        return {row["case_id"]: _claim(row) for row in rows}

    def claim(self, tenant: str, week: int, claim: Claim) -> bool:
        """Take the number of a case; False when somebody else did before.

        An insert with a token that was there before stores nothing, so of all who try one wins.
        """
        attempt = secrets.token_hex(8)
        row = asdict(claim) | {"tenant": tenant, "week": week, "attempt": attempt}
        token = f"review-claim/{week}/{claim.case_id}/{claim.number}/{tenant}"
        self._store.insert("review_claims", [row], token)
        asked = {"tenant": tenant, "week": week, "case_id": claim.case_id, "number": claim.number}
        taken = self._store.rows("review_claim_taken", **asked)
        return bool(taken and taken[0]["attempt"] == attempt)

    def judge(self, tenant: str, week: int, judged: Judged) -> None:
        """Keep a verdict; the newest of a reviewer is in force."""
        row = asdict(judged) | {"verdict": str(judged.verdict), "tenant": tenant, "week": week}
        self._store.insert("review_case_verdicts", [row])

    def verdicts(self, tenant: str, week: int, until: datetime = LATEST) -> list[Judged]:
        """The newest of each reviewer and case that was said before a time."""
        asked = {"tenant": tenant, "week": week, "until": until, "rows_max": ROWS_MAX}
        rows = self._store.rows("review_verdicts", **asked)
        return [
            Judged(**{**row, "verdict": Verdict(row["verdict"]), "at": _utc(row["at"])})
            for row in rows
        ]

    def know(self, tenant: str, known: Known, *, taken_out: bool = False) -> None:
        """Of a decision the right verdict is known from now on, or no more."""
        row = asdict(known) | {"verdict": str(known.verdict)}
        self._store.insert("review_gold", [row | {"tenant": tenant, "taken_out": taken_out}])

    def known(self, tenant: str) -> list[Known]:
        """All decisions of which the right verdict is known, by id."""
        rows = self._store.rows("review_gold", tenant=tenant, rows_max=ROWS_MAX)
        return [
            Known(**{**row, "verdict": Verdict(row["verdict"]), "at": _utc(row["at"])})
            for row in rows
        ]

    def keep_report(self, tenant: str, week: int, sha256: str, report: Report) -> None:
        """Before it is signed off; it counts when a record of changes has its hash."""
        place = {"tenant": tenant, "week": week, "sha256": sha256, "made_at": datetime.now(UTC)}
        self._store.insert("review_reports", [place | asdict(report)])

    def report(self, tenant: str, week: int, sha256: str) -> Report | None:
        """The one with this hash, if it is there."""
        asked = {"tenant": tenant, "week": week, "sha256": sha256}
        rows = self._store.rows("review_report", **asked)
        return Report(**rows[0]) if rows else None

    def signed(self, tenant: str, subject: str = "") -> dict[str, AuditRecord]:
        """The record of each week that was signed off, by its subject."""
        asked = {"tenant": tenant, "subject": subject, "rows_max": SIGNED_MAX}
        rows = self._store.rows("review_signed", **asked)
        return {str(row["subject"]): record(row) for row in rows}


def _claim(row: Mapping[str, Any]) -> Claim:
    times = {name: _utc(row[name]) for name in ("at", "until")}
    return Claim(row["case_id"], row["number"], row["reviewer"], **times)


def _utc(at: datetime) -> datetime:
    return at.replace(tzinfo=UTC)
