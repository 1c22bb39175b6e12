"""Is each finding told once, signed, tried again, and never lost without a line that says so?"""

import hashlib
import hmac
import json
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from app.notifications import messages
from app.notifications.choosing import Choice
from app.notifications.config import NotificationsConfig
from app.notifications.notifier import Notifier
from app.notifications.sending import Message, Sender
from domain.findings import Severity
from storage.findings import FindingRows, StoredFindings
from storage.store import Store
from tests.app.receivers import WAIT_SECONDS_MAX, Receiver
from tests.storage.test_findings import FINDING

NOW = datetime.now(UTC)
ROW = {
    "finding_id": "a1", "signature": "LOOP-01", "severity": "high", "confidence": 0.91,
    "tenant": "acme", "agents": ["billing"], "case_id": "case-1", "state": "open",
    "trace_ids": ["t1"], "evidence": [{"trace_id": "t1", "span_id": "s1", "role": "cause"}],
    "reason": "billing <called> it & again.", "facts": {"calls": 3}, "tags": ["mast:1.3"],
    "mute_key": "LOOP-01|billing", "first_at": NOW, "last_at": NOW, "shadow": False,
    "retracted": False,
}  # fmt: skip
QUICK = {"backoff_seconds": 0.001, "request_seconds_max": 5.0}


def config(**said: Any) -> NotificationsConfig:
    return NotificationsConfig(**QUICK | said)


def message(settings: NotificationsConfig) -> Message:
    (channel,) = messages.channels(settings)
    return Message(channel, "a1", messages.encoded(channel.body(ROW, "")))


def dead(path: Path, count: int) -> list[dict[str, Any]]:
    end = time.monotonic() + WAIT_SECONDS_MAX
    while time.monotonic() < end:
        lines = path.read_text().splitlines() if path.exists() else []
        if len(lines) >= count:
            return [json.loads(line) for line in lines]
        time.sleep(0.01)
    raise AssertionError(f"not {count} dead letters")


def test_a_webhook_is_signed_over_timestamp_and_body(tmp_path: Path) -> None:
    with Receiver() as receiver:
        settings = config(webhook_url=receiver.url + "/hook", webhook_secret="shared")
        Sender(settings, tmp_path / "dead.jsonl").send(message(settings))
        (request,) = receiver.wait_for(1)
    stamp = request.headers["x-wakeline-timestamp"]
    signed = hmac.new(b"shared", stamp.encode() + b"." + request.body, hashlib.sha256).hexdigest()
    assert request.headers["x-wakeline-signature"] == f"sha256={signed}"
    assert abs(time.time() - int(stamp)) < 60
    told = json.loads(request.body)
    assert (told["finding_id"], told["facts"], told["first_at"]) == (
        "a1", {"calls": 3}, NOW.isoformat(),
    )  # fmt: skip


def test_an_unsigned_webhook_has_no_signature() -> None:
    (channel,) = messages.channels(config(webhook_url="http://x"))
    assert "x-wakeline-signature" not in channel.headers(b"", 0)
    assert "shared" not in repr(config(webhook_secret="shared"))


def test_slack_gets_a_message_that_it_reads_as_text() -> None:
    told = messages.slack(ROW, "http://w/findings/a1")
    (shown,) = told["attachments"]
    assert told["text"] == "LOOP-01 (high): billing &lt;called&gt; it &amp; again."
    assert shown["title_link"] == "http://w/findings/a1"
    assert [field["value"] for field in shown["fields"]] == ["billing", "case-1", "91%"]
    assert "title_link" not in messages.slack(ROW, "")["attachments"][0]
    assert set(messages.COLOURS) == {each.name.lower() for each in Severity}


def test_alertmanager_gets_an_alert_that_its_labels_name() -> None:
    (channel,) = messages.channels(config(alertmanager_url="http://x/am/"))
    assert channel.url == "http://x/am/api/v2/alerts"
    (alert,) = channel.body(ROW | {"agents": []}, "http://w")
    assert alert["labels"] == {
        "alertname": "LOOP-01", "severity": "high", "finding_id": "a1", "tenant": "acme",
    }  # fmt: skip
    assert (alert["startsAt"], alert["generatorURL"]) == (NOW.isoformat(), "http://w")


@pytest.mark.parametrize("code", [500, 503, 429, 408])
def test_what_may_be_mended_is_tried_again(code: int, tmp_path: Path) -> None:
    with Receiver([code, code, 200]) as receiver:
        settings = config(webhook_url=receiver.url)
        sender = Sender(settings, tmp_path / "dead.jsonl")
        sender.send(message(settings))
        receiver.wait_for(3)
        sender.stop(WAIT_SECONDS_MAX)
    assert len(receiver.received) == 3
    assert not (tmp_path / "dead.jsonl").exists()


@pytest.mark.parametrize(("codes", "attempts", "reason"), [
    ([500], 3, "it answered 500"),
    ([404], 1, "it answered 404"),
    ([307], 1, "it answered 307"),
])  # fmt: skip
def test_what_can_not_be_delivered_is_a_dead_letter_without_the_url(
    codes: Sequence[int], attempts: int, reason: str, tmp_path: Path
) -> None:
    with Receiver(codes) as receiver:
        settings = config(webhook_url=receiver.url + "/secret", attempts_max=3)
        Sender(settings, tmp_path / "n" / "dead.jsonl").send(message(settings))
        (letter,) = dead(tmp_path / "n" / "dead.jsonl", 1)
    assert len(receiver.received) == attempts
    assert (letter["reason"], letter["channel"], letter["finding_id"]) == (reason, "webhook", "a1")
    assert json.loads(letter["body"])["signature"] == "LOOP-01"
    assert "/secret" not in str(letter)


def test_a_receiver_that_is_not_there_is_a_dead_letter(tmp_path: Path) -> None:
    with Receiver() as receiver:
        settings = config(webhook_url=receiver.url, attempts_max=2)
    Sender(settings, tmp_path / "dead.jsonl").send(message(settings))
    (letter,) = dead(tmp_path / "dead.jsonl", 1)
    assert "refused" in letter["reason"]


def test_a_full_queue_and_a_long_wait_lose_nothing_in_silence(tmp_path: Path) -> None:
    with Receiver([503]) as receiver:
        settings = config(webhook_url=receiver.url, queue_requests_max=1, backoff_seconds=60.0)
        sender = Sender(settings, tmp_path / "dead.jsonl")
        sender.send(message(settings))
        receiver.wait_for(1)  # it now waits a minute before the second attempt
        sender.send(message(settings))
        sender.send(message(settings))
        (letter,) = dead(tmp_path / "dead.jsonl", 1)
        assert letter["reason"] == "the queue is full"
        sender.stop(0.01)  # the queue is full, so the end can not be queued
        reasons = [letter["reason"] for letter in dead(tmp_path / "dead.jsonl", 3)]
    assert reasons == ["the queue is full", "it answered 503", "it answered 503"]


def test_dead_letters_are_bounded(tmp_path: Path) -> None:
    with Receiver([404]) as receiver:
        settings = config(webhook_url=receiver.url, dead_letter_bytes_max=3000)
        sender = Sender(settings, tmp_path / "dead.jsonl")
        for _ in range(12):
            sender.send(message(settings))
        sender.stop(WAIT_SECONDS_MAX)
    kept = [tmp_path / name for name in ("dead.jsonl", "dead.old")]
    assert all(path.stat().st_size <= 1500 for path in kept)
    assert json.loads(kept[0].read_text().splitlines()[-1])["finding_id"] == "a1"


def test_each_is_told_once_and_again_when_it_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "told.json"
    choice = Choice(config(cool_down_seconds=0), path, NOW)
    assert choice.of([ROW], NOW) == [ROW]
    assert choice.of([ROW], NOW) == []
    choice.remember(NOW + timedelta(seconds=1))
    again = Choice(config(cool_down_seconds=0), path, NOW)
    assert again.since == NOW + timedelta(seconds=1)
    assert again.of([ROW], NOW) == []
    assert len(again.of([ROW | {"state": "regressed"}], NOW)) == 1
    assert len(again.of([ROW | {"tenant": "other"}], NOW)) == 1


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"since": 3, "told": {}, "cooling": {}}'])
def test_a_memory_that_can_not_be_read_is_none(text: str, tmp_path: Path) -> None:
    path = tmp_path / "told.json"
    path.write_text(text)
    choice = Choice(config(), path, NOW)
    assert (choice.since, choice.of([ROW], NOW)) == (NOW, [ROW])


def test_others_of_one_mute_key_wait_for_it_to_cool_down(tmp_path: Path) -> None:
    choice = Choice(config(cool_down_seconds=60), tmp_path / "told.json", NOW)
    rows = [ROW | {"finding_id": f"b{n}"} for n in range(4)]
    assert len(choice.of(rows[:2], NOW)) == 1
    assert choice.of(rows[2:3], NOW + timedelta(seconds=59)) == []
    assert choice.of(rows[3:], NOW + timedelta(seconds=60)) == rows[3:]
    assert len(choice.of([rows[0] | {"mute_key": "x", "finding_id": "c"}], NOW)) == 1


@pytest.mark.parametrize(
    "said",
    [{"severity": "low"}, {"shadow": True}, {"retracted": True}, {"state": "muted"},
     {"state": "acknowledged"}, {"state": "resolved"}],
)  # fmt: skip
def test_what_nobody_wants_to_hear_is_not_told(said: dict[str, Any], tmp_path: Path) -> None:
    assert Choice(config(), tmp_path / "told.json", NOW).of([ROW | said], NOW) == []


def test_the_notifier_tells_what_was_found_since_it_began(store: Store, tmp_path: Path) -> None:
    stored, rows = StoredFindings(store), FindingRows(store)
    with Receiver() as receiver:
        settings = config(
            webhook_url=receiver.url, slack_url=receiver.url + "/s", page_url="http://w/"
        )
        with Notifier(settings, rows, tmp_path) as notifier:
            assert notifier.look() == 0
            shadow = replace(FINDING, finding_id="00000000000000a3", shadow=True)
            stored.save([FINDING, shadow])
            assert (notifier.look(), notifier.look()) == (1, 0)
            requests = receiver.wait_for(2)
        with Notifier(settings, rows, tmp_path) as again:
            assert again.look() == 0
    assert sorted(request.path for request in requests) == ["/", "/s"]
    assert b"http://w/findings/00000000000000a1" in requests[0].body


def test_without_a_receiver_nothing_is_kept(store: Store, tmp_path: Path) -> None:
    with Notifier(config(), FindingRows(store), tmp_path) as notifier:
        assert notifier.look() == 0
    assert not (tmp_path / "notifications").exists()


def test_a_url_that_is_none_is_refused() -> None:
    with pytest.raises(ValidationError, match="slack_url"):
        config(slack_url="ftp://x")
