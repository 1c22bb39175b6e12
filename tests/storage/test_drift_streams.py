"""Are streams, readings, alarms and what people say to them kept, the latest in place?"""

from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from domain.drift_reading import AlarmsAsked, AlarmVerdict, Expected, Verdict
from storage.drift_streams import WITHDRAWN, DriftStreams, verdict
from storage.store import Store

START = datetime(2025, 11, 3, tzinfo=UTC)
DAY = timedelta(days=1)
MEMORY = b"\x02\0\0\0\xff\xfe"  # no text
EVER = AlarmsAsked("acme", START - DAY, START + 99 * DAY)


@pytest.fixture(scope="module")
def kept(schema_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[DriftStreams]:
    folder = tmp_path_factory.mktemp("streams") / "store"
    copytree(schema_folder, folder, symlinks=True)
    with Store(f"chdb://{folder}") as opened:
        assert opened.has_table("drift_streams")
        yield DriftStreams(opened)


def a_stream(agent: str, number: int, **more: Any) -> dict[str, Any]:
    base = {
        "tenant": "acme", "lane": "day", "metric": "tools", "agent": agent, "epoch_start": 1,
        "number": number, "window_start": START, "window_end": START + DAY, "traces": 60,
        "windows": 3, "state": "no_drift", "evidence": None, "threshold": 35.0, "rho": 0.1,
        "alarm_id": "", "told": False, "plan": "{}", "waiting": "[]", "memory": MEMORY,
    }  # fmt: skip
    return base | more


def an_alarm(name: str, day: int, **more: Any) -> dict[str, Any]:
    start = START + day * DAY
    base = {
        "tenant": "acme", "alarm_id": name, "lane": "day", "metric": "tools", "agent": "ann",
        "epoch_start": 1, "number": day, "window_start": start, "window_end": start + DAY,
        "changed_from": start, "changed_until": start + DAY, "likeliest": start, "paged": True,
        "shared_cause": "", "raised_at": start, "said": "{}", "inputs": "{1}", "inputs_hash": "f",
    }  # fmt: skip
    return base | more


def test_a_stream_takes_the_place_of_what_it_was(kept: DriftStreams) -> None:
    kept.keep([a_stream("ann", 1), a_stream("bob", 1)])
    kept.keep([a_stream("ann", 2)])
    found = kept.streams("acme", "day", "tools", whole=True)
    assert [(row["agent"], row["number"], row["plan"]) for row in found] == [
        ("ann", 2, "{}"), ("bob", 1, "{}"),
    ]  # fmt: skip
    assert found[0]["window_start"] == START
    assert kept.streams("acme", agent="ann")[0]["plan"] == ""
    assert kept.streams("", agent="ann")[0]["tenant"] == "acme"
    assert kept.streams("nobody") == []


def test_what_is_remembered_of_a_lane_is_bytes_however_they_were_kept(kept: DriftStreams) -> None:
    mark = a_stream("", 4, lane="hour", metric="", memory=b"")
    kept.keep([mark, *(a_stream(name, 4, lane="hour") for name in ("ann", "bob"))])
    earlier = a_stream("zoe", 4, lane="hour", memory=b64encode(MEMORY).decode())
    kept.keep([earlier, a_stream("eve", 4, lane="hour", memory="")])
    found = list(kept.remembered("acme", "hour"))
    assert [(row["agent"], row["memory"]) for row in found] == [
        ("ann", MEMORY), ("bob", MEMORY), ("eve", b""), ("zoe", MEMORY),
    ]  # fmt: skip
    assert found[0]["window_start"] == START
    assert list(kept.remembered("nobody", "hour")) == []


def test_nothing_to_keep_is_nothing_to_do(kept: DriftStreams) -> None:
    kept.keep_readings([])
    assert kept.readings("acme", "day", "tools", "zoe", 9) == []


def test_readings_come_oldest_first_and_the_last_ones(kept: DriftStreams) -> None:
    rows = [
        {
            "tenant": "acme", "lane": "day", "metric": "tools", "agent": "ann", "epoch_start": 1,
            "number": day, "window_start": START + day * DAY, "window_end": START + (day + 1) * DAY,
            "stratum": day, "traces": 60, "readings": [0.5, float("nan")], "evidence": [1.0, 2.0],
            "stream_evidence": 1.5, "threshold": 35.0,
        }
        for day in range(5)
    ]  # fmt: skip
    kept.keep_readings(rows)
    kept.keep_readings(rows)
    found = kept.readings("acme", "day", "tools", "ann", 3)
    assert [row["number"] for row in found] == [2, 3, 4]
    assert found[0]["evidence"] == [1.0, 2.0]


def test_alarms_are_found_by_time_agent_and_what_was_said(kept: DriftStreams) -> None:
    kept.keep_alarms([an_alarm("a", 3), an_alarm("b", 5, agent="bob", paged=False)])
    kept.keep_alarms([an_alarm("a", 3)])
    assert [row["alarm_id"] for row in kept.alarms(EVER)] == ["b", "a"]
    paged = AlarmsAsked("acme", EVER.since, EVER.until, paged_only=True)
    assert [row["alarm_id"] for row in kept.alarms(paged)] == ["a"]
    whole = kept.alarm("acme", "a", whole=True)
    assert whole is not None
    assert (whole["inputs"], verdict(whole)) == ("{1}", None)
    assert kept.alarm("acme", "c") is None
    assert kept.alarm("other", "a") is None
    said = AlarmVerdict(Verdict.BENIGN, "a campaign", "human:ann", START + 9 * DAY)
    kept.judge("acme", "a", AlarmVerdict(Verdict.NEW_NORMAL, "", "human:bob", START))
    kept.judge("acme", "a", said)
    answered = kept.alarm("acme", "a")
    assert answered is not None
    assert verdict(answered) == said
    still = AlarmsAsked("acme", EVER.since, EVER.until, open_only=True)
    assert [row["alarm_id"] for row in kept.alarms(still)] == ["b"]
    kept.judge("acme", "a", AlarmVerdict(Verdict.REOPENED, "", "human:bob", START))
    assert len(kept.alarms(still)) == 2


def test_times_in_which_change_is_expected_hold_for_one_agent_or_all(kept: DriftStreams) -> None:
    of_all = Expected("acme", "", "holiday", START, START + DAY, "new year", "human:ann", "h")
    of_bob = Expected("acme", "bob", "change", START + DAY, START + 2 * DAY, "v2", "human:ann", "c")
    for one in (of_all, of_bob, of_bob):
        kept.expect(one)
    assert kept.expected("acme") == [of_all, of_bob]
    assert kept.expected("acme", "ann") == [of_all]
    assert kept.expected("other") == []
    kept.expect(replace(of_all, kind=WITHDRAWN))
    assert kept.expected("acme", "ann") == []
