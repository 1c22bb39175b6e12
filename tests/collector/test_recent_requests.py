"""Which requests are remembered, and does a restart, a crash or a full disk change that?"""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.recent_requests import RecentRequests
from domain.envelope import REQUEST_ID_BYTES
from tests.collector.disk_limits import largest_file

UNWRITABLE_BYTES = 3 * REQUEST_ID_BYTES + 5


def ids(*numbers: int) -> list[bytes]:
    return [number.to_bytes(REQUEST_ID_BYTES, "big") for number in numbers]


def known(recent: RecentRequests, *numbers: int) -> list[int]:
    return [number for number in numbers if ids(number)[0] in recent]


@given(st.integers(2, 40), st.integers(0, 200))
def test_at_least_the_last_half_and_at_most_all_are_remembered(
    tmp_path_factory: pytest.TempPathFactory, requests_max: int, count: int
) -> None:
    recent = RecentRequests(tmp_path_factory.mktemp("recent"), requests_max)
    for request_id in ids(*range(count)):
        recent.add(request_id)
    last = range(max(count - requests_max // 2, 0), count)
    assert known(recent, *last) == list(last)
    assert len(recent) <= requests_max


def test_what_is_added_but_not_persisted_is_unknown_after_a_restart(tmp_path: Path) -> None:
    recent = RecentRequests(tmp_path, 10)
    recent.add(ids(1)[0])
    recent.persist(ids(2))
    assert known(recent, 1, 2) == [1]
    assert known(RecentRequests(tmp_path, 10), 1, 2) == [2]


@given(st.integers(2, 20), st.lists(st.integers(1, 15), max_size=12))
def test_restarts_at_any_moment_keep_the_last_half(
    tmp_path_factory: pytest.TempPathFactory, requests_max: int, batches: list[int]
) -> None:
    folder = tmp_path_factory.mktemp("recent")
    stored = 0
    for size in batches:
        # A process that stores one segment and dies.
        RecentRequests(folder, requests_max).persist(ids(*range(stored, stored + size)))
        stored += size
        last = range(max(stored - requests_max // 2, 0), stored)
        assert known(RecentRequests(folder, requests_max), *last) == list(last)
        assert len(list(folder.iterdir())) <= 2
    written = sum(path.stat().st_size for path in folder.iterdir())
    assert written <= (requests_max + 2 * 15) * REQUEST_ID_BYTES


@pytest.mark.parametrize("lost_bytes", [1, REQUEST_ID_BYTES - 1])
def test_a_file_that_was_cut_loses_one_id_and_keeps_those_written_later(
    tmp_path: Path, lost_bytes: int
) -> None:
    RecentRequests(tmp_path, 100).persist(ids(1, 2, 3))
    (file,) = tmp_path.iterdir()
    file.write_bytes(file.read_bytes()[:-lost_bytes])
    after_the_crash = RecentRequests(tmp_path, 100)
    assert known(after_the_crash, 1, 2, 3) == [1, 2]
    after_the_crash.persist(ids(4, 5))
    assert known(RecentRequests(tmp_path, 100), 1, 2, 3, 4, 5) == [1, 2, 4, 5]


def test_a_forgotten_request_may_be_sent_again(tmp_path: Path) -> None:
    recent = RecentRequests(tmp_path, 4)
    for request_id in ids(1, 2, 3):
        recent.add(request_id)
    recent.forget(ids(1)[0])  # of the older generation
    recent.forget(ids(3)[0])  # of the younger one
    recent.forget(ids(9)[0])  # of none
    assert known(recent, 1, 2, 3) == [2]


def test_a_full_disk_is_warned_of_and_does_not_stop_the_storing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    recent = RecentRequests(tmp_path, 100)
    recent.persist(ids(1, 2))
    with largest_file(UNWRITABLE_BYTES):
        recent.persist(ids(3, 4, 5))
    assert "may count twice" in caplog.text
    recent.persist(ids(6))
    # What was cut short is written over.
    assert known(RecentRequests(tmp_path, 100), 1, 2, 3, 4, 5, 6) == [1, 2, 6]


def test_writers_may_persist_at_once(tmp_path: Path) -> None:
    recent = RecentRequests(tmp_path, 10_000)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda n: recent.persist(ids(2 * n, 2 * n + 1)), range(50)))
    assert len(known(RecentRequests(tmp_path, 10_000), *range(100))) == 100
