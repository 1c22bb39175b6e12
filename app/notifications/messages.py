"""What each kind of receiver is sent of a finding."""

import hashlib
import hmac
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app.notifications.config import NotificationsConfig

SIGNATURE, TIMESTAMP = "x-wakeline-signature", "x-wakeline-timestamp"
ALERTS_PATH = "/api/v2/alerts"
COLOURS = {
    "info": "#6b7280", "low": "#2563eb", "medium": "#d97706", "high": "#dc2626",
    "critical": "#7f1d1d",
}  # fmt: skip
# What Slack reads as markup in a text.
SLACK_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
TOLD = (
    "finding_id", "signature", "severity", "confidence", "tenant", "agents", "case_id", "state",
    "trace_ids", "evidence", "reason", "facts", "tags", "mute_key", "first_at", "last_at",
)  # fmt: skip
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Channel:
    """One receiver; `body` is what it is sent of a finding, `secret` signs it."""

    name: str
    url: str
    body: Callable[[Row, str], Any]
    secret: bytes = b""

    def headers(self, body: bytes, now_s: int) -> dict[str, str]:
        """Signed by the hex HMAC-SHA256 of "<timestamp>.<body>"; an old timestamp is a replay."""
        said = {"content-type": "application/json"}
        if not self.secret:
            return said
        signed = hmac.new(self.secret, f"{now_s}.".encode() + body, hashlib.sha256).hexdigest()
        return said | {TIMESTAMP: str(now_s), SIGNATURE: f"sha256={signed}"}


def channels(config: NotificationsConfig) -> tuple[Channel, ...]:
    """Those whose URL is set."""
    return tuple(_channels(config))


def _channels(config: NotificationsConfig) -> Iterator[Channel]:
    if config.webhook_url:
        secret = config.webhook_secret.get_secret_value() if config.webhook_secret else ""
        yield Channel("webhook", config.webhook_url, webhook, secret.encode())
    if config.slack_url:
        yield Channel("slack", config.slack_url, slack)
    if config.alertmanager_url:
        url = config.alertmanager_url.rstrip("/") + ALERTS_PATH
        yield Channel("alertmanager", url, alertmanager)


def webhook(finding: Row, link: str) -> Any:
    """The finding as `wakeline findings --format json` prints it, and where to see it."""
    return {name: _plain(finding[name]) for name in TOLD} | {"url": link}


def slack(finding: Row, link: str) -> Any:
    """An attachment that Slack, Mattermost and Discord (/slack) show."""
    reason = str(finding["reason"]).translate(SLACK_ESCAPES)
    title = f"{finding['signature']} ({finding['severity']})"
    shown: dict[str, Any] = {"color": COLOURS[finding["severity"]], "title": title, "text": reason}
    fields = {
        "Agents": ", ".join(finding["agents"]).translate(SLACK_ESCAPES),
        "Case": str(finding["case_id"]).translate(SLACK_ESCAPES),
        "Confidence": f"{finding['confidence']:.0%}",
    }
    shown["fields"] = [
        {"title": name, "value": value, "short": True} for name, value in fields.items() if value
    ]
    if link:
        shown["title_link"] = link
    return {"text": f"{title}: {reason}", "attachments": [shown | {"fallback": reason}]}


def alertmanager(finding: Row, link: str) -> Any:
    """One alert; its labels name the finding, so that telling it again renews it."""
    labels = {
        "alertname": finding["signature"],
        "severity": finding["severity"],
        "finding_id": finding["finding_id"],
        "tenant": finding["tenant"],
        "agent": ",".join(finding["agents"]),
    }
    return [
        {
            "labels": {name: value for name, value in labels.items() if value},
            "annotations": {"summary": finding["reason"], "case_id": finding["case_id"]},
            "startsAt": _plain(finding["first_at"]),
            "generatorURL": link,
        }
    ]


def encoded(body: Any) -> bytes:
    """As it goes over the wire."""
    return json.dumps(body, ensure_ascii=False, default=str).encode()


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
