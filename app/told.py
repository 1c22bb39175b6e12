"""A finding as programs read it, from the API and from the commands alike."""

from collections.abc import Mapping
from typing import Any

NAMES = (
    "finding_id", "signature", "severity", "confidence", "agents", "trace_ids", "evidence",
    "reason", "facts", "state", "tags", "tenant", "case_id", "lane", "origin", "degraded",
    "shadow", "verdict", "signature_version", "retracted",
)  # fmt: skip
TIMES = ("first_at", "last_at", "found_at")


def told(row: Mapping[str, Any]) -> dict[str, Any]:
    """Times in ISO 8601."""
    return {name: row[name] for name in NAMES} | {name: row[name].isoformat() for name in TIMES}
