"""Is what was acknowledged on disk, once, within bounds, whatever disk, clock and callers do?"""

import asyncio
import os
import threading
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import pytest

from collector import records, segments, spool
from collector.config import SpoolConfig
from collector.records import Request
from collector.segments import Segment
from collector.spool import Spool
from domain.envelope import REQUEST_ID_BYTES, Signal
from domain.errors import Unavailable
from tests.collector.disk_limits import largest_file, unsyncable
from tests.collector.running import eventually

MIB = 1024**2
FAR_FUTURE_NS = 4_000_000_000 * 10**9
NEVER: dict[str, Any] = {"segment_age_ms": 60_000}
SOON: dict[str, Any] = {"segment_age_ms": 10}


def request(number: int, size: int = 100) -> Request:
    request_id = number.to_bytes(REQUEST_ID_BYTES, "big")
    return Request(Signal.TRACES, bytes([number % 256]) * size, "acme", 30, request_id, 1)


def encoded(*numbers: int) -> bytes:
    return b"".join(records.encode(request(number), 17) for number in numbers)


def numbers_in(data: bytes) -> list[int]:
    found = records.scan(data)
    return [int.from_bytes(record.request_id, "big") for record in found if not record.damage]


def on_disk(folder: Path) -> list[int]:
    return [number for path in segments.waiting(folder) for number in numbers_in(path.read_bytes())]


def leave(folder: Path, name: int, data: bytes) -> Path:
    """A segment as an earlier process left it."""
    folder.mkdir(exist_ok=True)
    path = folder / f"{name:020d}{segments.SUFFIX}"
    path.write_bytes(data)
    return path


def nobody(path: Path) -> None:
    """Stores the segment: it stays where it is."""


@asynccontextmanager
async def running(
    folder: Path, sealed: list[Path] | None = None, **settings: Any
) -> AsyncIterator[Spool]:
    config = SpoolConfig.model_validate(settings)
    opened = Spool(folder, config, nobody if sealed is None else sealed.append)
    opened.start()
    try:
        yield opened
    finally:
        await opened.close()


@contextmanager
def hanging_disk(opened: Spool) -> Iterator[threading.Event]:
    """The disk thread does nothing until the event is set, or the block ends."""
    free = threading.Event()
    opened._disk.submit(free.wait)
    try:
        yield free
    finally:
        free.set()


async def appended(opened: Spool, *numbers: int, size: int = 100) -> list[bool | BaseException]:
    """What became of requests that came at once."""
    return await asyncio.gather(
        *(opened.append(request(number, size)) for number in numbers), return_exceptions=True
    )


async def until_sealed(sealed: list[Path], count: int) -> None:
    await asyncio.to_thread(eventually, lambda: len(sealed) >= count)


def refusals(outcomes: Sequence[bool | BaseException]) -> list[str]:
    for outcome in outcomes:
        assert isinstance(outcome, bool | Unavailable)
    return [str(outcome) for outcome in outcomes if isinstance(outcome, Unavailable)]


def test_an_acknowledged_request_is_on_disk(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with running(tmp_path, **NEVER) as opened:
            for number in range(3):
                assert await opened.append(request(number))
                assert on_disk(tmp_path) == list(range(number + 1))

    asyncio.run(scenario())


def test_what_comes_at_once_is_written_at_once(tmp_path: Path) -> None:
    def writes() -> int:
        fields = dict(line.split(": ") for line in Path("/proc/self/io").read_text().splitlines())
        return int(fields["syscw"])

    async def scenario() -> None:
        async with running(tmp_path, **NEVER) as opened:
            await opened.append(request(0))
            before = writes()
            assert await appended(opened, *range(1, 201)) == [True] * 200
            assert writes() - before < 50
            assert on_disk(tmp_path) == list(range(201))

    asyncio.run(scenario())


def test_equal_requests_at_once_are_stored_once_and_all_acknowledged(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with running(tmp_path, **NEVER) as opened:
            assert await appended(opened, 1, 1, 2, 1) == [True, False, True, False]
            assert await opened.append(request(2)) is False
            assert sorted(on_disk(tmp_path)) == [1, 2]

    asyncio.run(scenario())


def test_a_disk_that_takes_no_more_refuses_all_that_wait_and_recovers(tmp_path: Path) -> None:
    sealed: list[Path] = []

    async def scenario() -> None:
        async with running(tmp_path, sealed, **NEVER) as opened:
            assert await opened.append(request(1))
            size = opened.size_bytes
            with largest_file(size + 10):
                answers = refusals(await appended(opened, 2, 3, 3))
            assert len(answers) == 3
            assert "File too large" in answers[0]
            assert opened.size_bytes == size
            # What failed may be sent again, and goes to another file.
            assert await appended(opened, 2, 3) == [True, True]
        assert [numbers_in(path.read_bytes()) for path in sealed] == [[1], [2, 3]]

    asyncio.run(scenario())


def test_a_new_segment_that_takes_nothing_is_not_handed_out(tmp_path: Path) -> None:
    sealed: list[Path] = []

    async def scenario() -> None:
        async with running(tmp_path, sealed) as opened:
            with largest_file(10):
                assert refusals(await appended(opened, 1))
            assert segments.waiting(tmp_path) == []
            assert opened.size_bytes == 0

    asyncio.run(scenario())
    assert sealed == []


def test_a_folder_that_is_gone_refuses_until_it_is_back(tmp_path: Path) -> None:
    folder = tmp_path / "spool"
    elsewhere = tmp_path / "elsewhere"

    async def scenario() -> None:
        async with running(folder) as opened:
            folder.rename(elsewhere)
            assert "No such file" in refusals(await appended(opened, 1))[0]
            elsewhere.rename(folder)
            assert await appended(opened, 1) == [True]

    asyncio.run(scenario())


def test_a_failed_fsync_ends_the_segment(tmp_path: Path) -> None:
    sealed: list[Path] = []

    async def scenario() -> None:
        async with running(tmp_path, sealed, **NEVER) as opened:
            assert await opened.append(request(1))
            assert opened._segment
            with unsyncable(opened._segment._fd):
                assert refusals(await appended(opened, 2))
            assert [numbers_in(opened.read(path)) for path in sealed] == [[1]]
            assert await opened.append(request(2))
        assert [numbers_in(path.read_bytes()) for path in sealed] == [[1], [2]]

    asyncio.run(scenario())


def test_bytes_behind_what_was_acknowledged_are_not_read(tmp_path: Path) -> None:
    sealed: list[Path] = []

    async def scenario() -> None:
        async with running(tmp_path, sealed) as opened:
            await opened.append(request(1))
            await until_sealed(sealed, 1)
            with sealed[0].open("ab") as file:
                file.write(encoded(2))
            assert numbers_in(opened.read(sealed[0])) == [1]

    asyncio.run(scenario())


def test_a_segment_is_sealed_by_age(tmp_path: Path) -> None:
    sealed: list[Path] = []

    async def scenario() -> None:
        async with running(tmp_path, sealed, **SOON) as opened:
            for number in range(3):
                await opened.append(request(number))
                await until_sealed(sealed, number + 1)
        assert [numbers_in(path.read_bytes()) for path in sealed] == [[0], [1], [2]]

    asyncio.run(scenario())


@pytest.mark.parametrize(("waiting", "factor"), [(0, 1), (2, 1), (5, 4), (40, 10)])
def test_segments_grow_while_the_store_is_behind(tmp_path: Path, waiting: int, factor: int) -> None:
    for name in range(1, waiting + 1):
        leave(tmp_path, name, encoded(name))

    async def scenario() -> None:
        async with running(tmp_path, segment_age_ms=60_000, writers=2) as opened:
            await opened.append(request(100))
            due_s = opened._seal_in_s()
            assert due_s
            assert 60 * (factor - 1) < due_s <= 60 * factor

    asyncio.run(scenario())


def test_a_burst_is_spread_over_segments_of_the_set_size(tmp_path: Path) -> None:
    sealed: list[Path] = []

    async def scenario() -> None:
        async with running(tmp_path, sealed, segment_bytes_max=4096, **NEVER) as opened:
            with hanging_disk(opened) as free:
                burst = asyncio.create_task(appended(opened, *range(50), size=1000))
                await asyncio.sleep(0)
                free.set()
                assert await burst == [True] * 50

    asyncio.run(scenario())
    sizes = [path.stat().st_size for path in sealed]
    assert max(sizes) < 4096 + 1100
    assert min(sizes[:-1]) >= 4096
    assert [n for path in sealed for n in numbers_in(path.read_bytes())] == list(range(50))


def test_a_full_spool_refuses_and_takes_again_without_a_restart(tmp_path: Path) -> None:
    sealed: list[Path] = []

    async def scenario() -> None:
        settings: dict[str, Any] = {"bytes_max": MIB, "segment_bytes_max": 100_000}
        async with running(tmp_path, sealed, **settings) as opened:
            outcomes = await appended(opened, *range(20), size=100_000)
            answers = refusals(outcomes)
            assert len(answers) == 10
            assert {"the spool is full; the store is behind or down"} == set(answers)
            assert opened.size_bytes <= MIB
            await until_sealed(sealed, 10)
            assert opened.waiting_segments == 10
            opened.release(sealed.pop(0))
            assert await opened.append(request(19, 100_000))
            assert refusals(await appended(opened, 18, size=100_000))

    asyncio.run(scenario())


def test_what_waits_for_the_disk_counts_as_waiting(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with running(tmp_path, bytes_max=MIB, **NEVER) as opened:
            await opened.append(request(0))
            with hanging_disk(opened):
                outcomes = asyncio.create_task(appended(opened, *range(1, 21), size=100_000))
                await asyncio.sleep(0)
                await asyncio.sleep(0)
                assert 10 * 100_000 < opened.size_bytes <= MIB
            assert len(refusals(await outcomes)) == 10
            on_disk_bytes = sum(path.stat().st_size for path in segments.waiting(tmp_path))
            assert opened.size_bytes == on_disk_bytes

    asyncio.run(scenario())


def test_a_slow_disk_bounds_what_is_held_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spool, "UNCOMMITTED_BYTES_MAX", 250_000)

    async def scenario() -> None:
        async with running(tmp_path, **NEVER) as opened:
            await opened.append(request(0))
            with hanging_disk(opened):
                outcomes = asyncio.create_task(appended(opened, *range(1, 6), size=100_000))
                await asyncio.sleep(0)
                await asyncio.sleep(0)
                assert opened._uncommitted_bytes <= 250_000
            assert refusals(await outcomes) == ["the collector's disk is slow; send again"] * 3
            assert opened._uncommitted_bytes == 0
            # One that is larger than the bound is taken when nothing else waits.
            assert await opened.append(request(9, 300_000))

    asyncio.run(scenario())


def test_a_caller_that_gives_up_does_not_undo_its_request(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with running(tmp_path, **NEVER) as opened:
            await opened.append(request(0))
            with hanging_disk(opened):
                task = asyncio.create_task(opened.append(request(1)))
                await asyncio.sleep(0)
                await asyncio.sleep(0)
                task.cancel()
                again = asyncio.create_task(opened.append(request(1)))
                await asyncio.sleep(0)
            assert await again is False
            assert task.cancelled()
            assert on_disk(tmp_path) == [0, 1]

    asyncio.run(scenario())


def test_a_refusal_that_nobody_waits_for_is_no_warning(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with running(tmp_path, **NEVER) as opened:
            await opened.append(request(0))
            with largest_file(10), hanging_disk(opened) as free:
                task = asyncio.create_task(opened.append(request(1)))
                await asyncio.sleep(0)
                await asyncio.sleep(0)
                task.cancel()
                free.set()
                await asyncio.to_thread(eventually, lambda: not opened._uncommitted_bytes)
            assert await opened.append(request(1))

    asyncio.run(scenario())


def test_a_disk_with_too_little_left_refuses_until_there_is_more(tmp_path: Path) -> None:
    ballast = tmp_path / "ballast"
    half = 256 * MIB
    settings = NEVER | {"disk_free_bytes_min": segments.disk_free_bytes(tmp_path) - half}

    async def scenario() -> None:
        async with running(tmp_path / "spool", **settings) as opened:
            assert await opened.append(request(1))
            with ballast.open("wb") as file:
                os.posix_fallocate(file.fileno(), 0, 2 * half)
            assert await opened.append(request(2))  # the write that notices
            assert refusals(await appended(opened, 3)) == ["the collector's disk is full"]
            ballast.unlink()
            assert await opened.append(request(3))

    asyncio.run(scenario())


def test_closing_commits_what_was_taken_and_refuses_the_rest(tmp_path: Path) -> None:
    sealed: list[Path] = []

    async def scenario() -> None:
        async with running(tmp_path, sealed, segment_bytes_max=1024, **NEVER) as opened:
            await opened.append(request(0))
            with hanging_disk(opened):
                outcomes = asyncio.create_task(appended(opened, *range(1, 50)))
                await asyncio.sleep(0)
                await asyncio.sleep(0)
                closing = asyncio.create_task(opened.close())
                await asyncio.sleep(0)
                late = await appended(opened, 99)
            await closing
            assert await outcomes == [True] * 49
            assert refusals(late) == ["the collector is stopping; send again"]
        assert sorted(n for path in sealed for n in numbers_in(path.read_bytes())) == [*range(50)]

    asyncio.run(scenario())


def test_what_an_earlier_process_left_is_handed_out_oldest_first_and_known(tmp_path: Path) -> None:
    sealed: list[Path] = []
    left = [leave(tmp_path, 1, encoded(1, 2)), leave(tmp_path, 2, encoded(3))]

    async def scenario() -> None:
        async with running(tmp_path, sealed) as opened:
            assert await appended(opened, 1, 2, 3) == [False] * 3
            assert sealed == left
            assert opened.waiting_segments == 2
            assert opened.size_bytes == len(encoded(1, 2, 3))

    asyncio.run(scenario())


def test_requests_wait_while_the_spool_is_read_and_the_loop_does_not(tmp_path: Path) -> None:
    left = leave(tmp_path, 1, encoded(1))

    async def scenario() -> None:
        opened = Spool(tmp_path, SpoolConfig(), nobody)
        with hanging_disk(opened):
            opened.start()
            repeated = asyncio.create_task(opened.append(request(1)))
            await asyncio.sleep(0.01)
            assert not repeated.done()
        assert await repeated is False
        assert left.exists()
        await opened.close()

    asyncio.run(scenario())


def test_a_spool_that_is_closed_while_it_reads_leaves_all_for_the_next_start(
    tmp_path: Path,
) -> None:
    sealed: list[Path] = []
    left = leave(tmp_path, 1, encoded(1))

    async def scenario() -> None:
        async with running(tmp_path, sealed) as opened:
            await opened.close()
            assert refusals(await appended(opened, 2))

    asyncio.run(scenario())
    assert sealed == []
    assert left.exists()


def test_only_the_newest_segment_loses_a_record_that_was_cut_off(tmp_path: Path) -> None:
    sealed: list[Path] = []
    old = leave(tmp_path, 1, encoded(1, 2)[:-1])
    new = leave(tmp_path, 2, encoded(3, 4)[:-1])

    async def scenario() -> None:
        async with running(tmp_path, sealed) as opened:
            assert await opened.append(request(3)) is False
            assert await opened.append(request(4)) is True
            assert opened.read(old) == encoded(1, 2)[:-1]
            assert opened.read(new) == new.read_bytes() == encoded(3)
            expected = len(old.read_bytes()) + len(encoded(3, 4))
            assert opened.size_bytes == expected

    asyncio.run(scenario())
    assert sealed[:2] == [old, new]


def test_damage_at_the_end_of_the_newest_segment_is_kept(tmp_path: Path) -> None:
    damaged = bytearray(encoded(1, 2))
    damaged[-1] ^= 1
    left = leave(tmp_path, 1, bytes(damaged))

    async def scenario() -> None:
        async with running(tmp_path) as opened:
            # Only what is sound is known: the other one is taken when it is sent again.
            assert await appended(opened, 1, 2) == [False, True]
            assert opened.read(left) == damaged

    asyncio.run(scenario())


def test_a_segment_that_cannot_be_read_is_handed_out_all_the_same(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    sealed: list[Path] = []
    folder = tmp_path / f"{1:020d}{segments.SUFFIX}"
    folder.mkdir()
    left = leave(tmp_path, 2, encoded(1))

    async def scenario() -> None:
        async with running(tmp_path, sealed) as opened:
            assert await opened.append(request(1)) is False

    asyncio.run(scenario())
    assert sealed == [folder, left]
    assert "Is a directory" in caplog.text


def test_what_was_stored_before_a_crash_is_told_for_that_segment_alone(tmp_path: Path) -> None:
    sealed: list[Path] = []
    left = leave(tmp_path, 1, encoded(1, 2, 3))
    stored = request(2).request_id

    async def scenario() -> None:
        before = Spool(tmp_path, SpoolConfig(), nobody)
        before.recent.persist([stored])
        async with running(tmp_path, sealed) as opened:
            assert await appended(opened, 1, 2, 3) == [False] * 3
            assert [opened.was_stored(left, request(n).request_id) for n in (1, 2, 3)] == [
                False,
                True,
                False,
            ]
            await opened.append(request(4))
            await until_sealed(sealed, 2)
            assert not opened.was_stored(sealed[1], stored)
            opened.release(left)
            assert not opened.was_stored(left, stored)

    asyncio.run(scenario())


def test_no_more_is_read_at_the_start_than_can_be_remembered(tmp_path: Path) -> None:
    sealed: list[Path] = []
    left = [leave(tmp_path, name, encoded(2 * name, 2 * name + 1)) for name in range(1, 6)]

    async def scenario() -> None:
        async with running(tmp_path, sealed, remembered_requests_max=4) as opened:
            # The younger half at least; what is older may be taken again.
            assert await appended(opened, 8, 9, 10, 11) == [False] * 4
            assert await appended(opened, 2) == [True]

    asyncio.run(scenario())
    assert sealed[:5] == left


def test_ages_and_names_survive_a_clock_that_went_back(tmp_path: Path) -> None:
    sealed: list[Path] = []
    left = leave(tmp_path, FAR_FUTURE_NS, encoded(1))

    async def scenario() -> None:
        async with running(tmp_path, sealed, **SOON) as opened:
            await opened.append(request(2))
            assert opened.oldest_age_s == 0.0
            await until_sealed(sealed, 2)

    asyncio.run(scenario())
    assert sealed == sorted(sealed)
    assert sealed[0] == left


def test_the_oldest_age_is_that_of_the_first_segment_that_waits(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with running(tmp_path, **NEVER) as opened:
            assert opened.oldest_age_s == 0.0
            await opened.append(request(1))
            active = opened._segment
            assert isinstance(active, Segment)
            first = opened.oldest_age_s
            assert 0 < first < 60
            leave(tmp_path, 1, encoded(7))
        again = Spool(tmp_path, SpoolConfig(), nobody)
        assert again.oldest_age_s > 10**9

    asyncio.run(scenario())


def test_a_spool_that_was_never_started_can_be_closed(tmp_path: Path) -> None:
    asyncio.run(Spool(tmp_path, SpoolConfig(), nobody).close())


def test_what_somebody_awaits_is_sealed_at_once_unless_others_wait(tmp_path: Path) -> None:
    sealed: list[Path] = []

    async def scenario() -> None:
        async with running(tmp_path, sealed, **NEVER) as opened:
            opened.hurry()
            await opened.append(request(1))
            assert not sealed
            opened.hurry()
            await asyncio.to_thread(eventually, lambda: len(sealed) == 1)
            await opened.append(request(2))
            opened.hurry()
            await opened.append(request(3))
            assert len(sealed) == 1
            opened.release(sealed[0])
            opened.hurry()
            await asyncio.to_thread(eventually, lambda: len(sealed) == 2)
            assert numbers_in(opened.read(sealed[1])) == [2, 3]

    asyncio.run(scenario())
