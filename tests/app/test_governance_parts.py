"""Are keys made once, pulls told once and bounded, and waiters woken wherever they wait?"""

import asyncio
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app import governance_pulls, signing_keys
from app.governance_bell import Bell
from app.governance_pulls import Pulls
from app.settings import load
from domain.errors import InvalidInput
from domain.kills import Pull
from domain.thresholds import Issued, SignedDocument

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)
PLAIN = Issued(SignedDocument(b"", "", b""), '"1"', ())
STOPPED = Issued(SignedDocument(b"", "", b""), '"2"', ("k-1",))
ONE, TWO, THREE = (("acme", "clerk", name) for name in ("one", "two", "three"))


def test_a_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    settings = load({"data": tmp_path})
    made = signing_keys.private_key(settings)
    assert signing_keys.private_key(settings) == made
    assert stat.S_IMODE((tmp_path / signing_keys.NAME).stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir() if "signing" in path.name] == ["signing.key"]


@pytest.mark.parametrize("text", [None, "", "zz", "00" * 31])
def test_a_file_that_holds_no_key_is_refused_and_not_replaced(
    tmp_path: Path, text: str | None
) -> None:
    path = tmp_path / "named"
    if text is not None:
        path.write_text(text)
    with pytest.raises(InvalidInput, match=r"governance\.signing_key"):
        signing_keys.private_key(load({"data": tmp_path, "governance": {"signing_key": path}}))
    assert path.exists() == (text is not None)


def test_a_client_is_written_down_when_it_comes_and_now_and_then_and_for_each_stop_once() -> None:
    pulls = Pulls()
    pulls.note(ONE, PLAIN, NOON)
    assert pulls.taken() == [Pull(*ONE, NOON)]
    pulls.note(ONE, STOPPED, NOON + timedelta(seconds=1))
    pulls.note(ONE, STOPPED, NOON + timedelta(seconds=2))
    first = [Pull(*ONE, NOON + timedelta(seconds=1), "k-1")]
    assert pulls.taken() == first
    assert pulls.taken() == []
    pulls.give_back(first)
    assert pulls.taken() == first
    later = NOON + governance_pulls.SEEN_EVERY
    pulls.note(ONE, PLAIN, later)
    assert pulls.taken() == [Pull(*ONE, later)]
    assert pulls.seen("acme", later) == pulls.seen("", NOON) == [Pull(*ONE, later)]
    assert pulls.seen("beta", NOON) == pulls.seen("acme", later + timedelta(1)) == []


def test_the_clients_that_pulled_least_lately_are_forgotten(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(governance_pulls, "CLIENTS_MAX", 2)
    pulls = Pulls()
    for client in (ONE, TWO, ONE, THREE):
        pulls.note(client, PLAIN, NOON)
    assert [pull.client for pull in pulls.seen("", NOON)] == ["one", "three"]


def test_a_bell_wakes_those_who_wait_and_nobody_waits_for_what_has_come() -> None:
    bell = Bell()

    async def wait() -> None:
        waiting = [asyncio.create_task(bell.wait(60, lambda: False)) for _ in range(3)]
        await asyncio.sleep(0)
        await asyncio.to_thread(bell.ring)
        await asyncio.gather(*waiting)
        await bell.wait(60, lambda: True)
        await bell.wait(0.01, lambda: False)

    asyncio.run(wait())
    bell.ring()
