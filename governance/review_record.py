"""What the record of changes holds of a review: that it was drawn, how, and what was signed off."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from domain import weeks
from domain.audit_trail import Change, JsonValue
from domain.errors import InvalidInput
from domain.reviewing import Draw, Drawn
from governance.canonical import plain
from governance.journal import REVIEW
from governance.review_frame import Sample, sample_sha256
from governance.sampling import Plan, discrepancies

DRAWN = f"{REVIEW}drawn"
SIGNED = f"{REVIEW}signed"
KNOWN = f"{REVIEW}known"
ADDED = f"{REVIEW}added"
TOLD_MAX = 100


def drawn(draw: Draw) -> Change:
    """A week was drawn: all that drawing it again takes, and the hash of its sample."""
    said = plain(draw)
    assert isinstance(said, dict)
    kept = {name: said[name] for name in said if name not in ("tenant", "cells", "attempt")}
    return Change(
        tenant=draw.tenant,
        at=draw.drawn_at,
        who=draw.drawn_by,
        action=DRAWN,
        subject=weeks.subject(draw.week),
        before=None,
        after=kept,
        why="the week is over",
    )


def compared(
    draw: Draw, again: Sample, stored: Sequence[Drawn], record: Change | None, key_id: str
) -> dict[str, Any]:
    """Whether a sample that was drawn again is the one that is stored, and where it is not.

    frame_same: the same decisions at the same stake; recorded: the record of changes has the hash
    of what is stored; differing: ids, the first hundred.
    """
    differing = discrepancies(again.drawn, stored)
    said: JsonValue = record.after if record else None
    told = said.get("sample_sha256") if isinstance(said, dict) else None
    found = {
        "frame_same": again.frame_sha256 == draw.frame_sha256,
        "key_same": key_id == draw.key_id,
        "recorded": told == sample_sha256(stored),
        "sample_same": not differing,
    }
    return {
        "week": draw.week,
        "same": all(found.values()),
        **found,
        "frame": sum(cell.frame for cell in again.cells),
        "frame_then": draw.frame,
        "drawn": len({one.decision_id for one in again.drawn}),
        "drawn_then": len({one.decision_id for one in stored}),
        "differing": differing[:TOLD_MAX],
    }


def signed(
    tenant: str,
    week: int,
    by: str,
    at: datetime,
    hashes: Mapping[str, str],
    said: Mapping[str, str],
) -> Change:
    """A report was signed off; hashes: of its content; said: name and statement of who did.

    Raises InvalidInput without a name.
    """
    if not said.get("name", "").strip():
        raise InvalidInput("name: whoever signs a report off gives one")
    return Change(
        tenant=tenant,
        at=at,
        who=by,
        action=SIGNED,
        subject=weeks.subject(week),
        before=None,
        after={**hashes, "name": said["name"].strip()},
        why=said.get("statement", ""),
    )


def done(tenant: str, week: int, by: str, at: datetime, action: str, said: JsonValue) -> Change:
    """Something else was done in the review of a week, such as adding a case."""
    return Change(tenant, at, by, action, weeks.subject(week), None, said, "")


def plan_of(draw: Draw, secret: int) -> Plan:
    """How a week was drawn, to draw it again."""
    return Plan(secret, draw.week, draw.budget, draw.uniform, draw.minimum, draw.classifier)
