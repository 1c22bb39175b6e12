"""Does a segment hold exactly what was appended, whatever the disk and the clock do?"""

import os
import time
from pathlib import Path

import pytest

from collector import segments
from collector.segments import Segment
from tests.collector.disk_limits import largest_file, one_more_file, unsyncable

FAR_FUTURE_NS = 4_000_000_000 * 10**9


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_what_is_appended_is_in_the_file_in_order(tmp_path: Path) -> None:
    segment = Segment(tmp_path)
    segment.append(b"one")
    segment.append(b"two" * 100_000)
    segment.close()
    assert segments.waiting(tmp_path) == [segment.path]
    assert segment.path.read_bytes() == b"one" + b"two" * 100_000
    assert segment.size_bytes == 300_003


def test_only_the_owner_may_read_it(tmp_path: Path) -> None:
    segment = Segment(tmp_path)
    assert segment.path.stat().st_mode & 0o777 == 0o600
    segment.close()


@pytest.mark.parametrize("room_bytes", [0, 1, 999])
def test_a_write_that_does_not_fit_leaves_what_was_there(tmp_path: Path, room_bytes: int) -> None:
    segment = Segment(tmp_path)
    segment.append(b"kept")
    with largest_file(4 + room_bytes), pytest.raises(OSError, match="large"):
        segment.append(b"x" * 1000)
    assert segment.path.read_bytes() == b"kept"
    assert segment.size_bytes == 4
    segment.close()


def test_a_write_that_cannot_be_synced_does_not_count(tmp_path: Path) -> None:
    segment = Segment(tmp_path)
    segment.append(b"kept")
    with unsyncable(segment._fd), pytest.raises(OSError, match="Invalid argument"):
        segment.append(b"lost")
    assert segment.size_bytes == 4
    segment.close()
    assert segment.path.read_bytes() == b"kept"


def test_an_empty_segment_leaves_no_file(tmp_path: Path) -> None:
    Segment(tmp_path).close()
    assert not segments.waiting(tmp_path)


def test_closing_what_is_gone_raises_nothing(tmp_path: Path) -> None:
    segment = Segment(tmp_path)
    segment.path.unlink()
    os.close(segment._fd)
    segment.close()


def test_a_folder_that_is_missing_leaves_nothing_open(tmp_path: Path) -> None:
    opened = open_files()
    with pytest.raises(FileNotFoundError):
        Segment(tmp_path / "missing")
    assert open_files() == opened


def test_a_folder_that_cannot_be_synced_leaves_no_file(tmp_path: Path) -> None:
    opened = open_files()
    with one_more_file(), pytest.raises(OSError, match="Too many open files"):
        Segment(tmp_path)
    assert not list(tmp_path.iterdir())
    assert open_files() == opened


def test_names_grow_when_the_clock_goes_back(tmp_path: Path) -> None:
    first = Segment(tmp_path, not_before=FAR_FUTURE_NS)
    second = Segment(tmp_path, not_before=first.created_ns)
    for segment in (first, second):
        segment.append(b"x")
        segment.close()
    assert segments.waiting(tmp_path) == [first.path, second.path]
    assert segments.created_ns(second.path) == second.created_ns == FAR_FUTURE_NS + 2


def test_the_age_does_not_depend_on_the_clock(tmp_path: Path) -> None:
    began = time.monotonic()
    segment = Segment(tmp_path, not_before=FAR_FUTURE_NS)
    assert 0 <= segment.age_s <= time.monotonic() - began
    segment.close()


def test_files_of_others_are_no_segments(tmp_path: Path) -> None:
    (tmp_path / "notes.segment").touch()
    (tmp_path / "00000000000000000001.segment.bak").touch()
    assert segments.waiting(tmp_path) == []


def test_a_file_is_cut_to_the_size(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"abcdef")
    segments.cut(path, 2)
    assert path.read_bytes() == b"ab"


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "file"
    segments.write_whole(path, b"old")
    with largest_file(2), pytest.raises(OSError, match="large"):
        segments.write_whole(path, b"new")
    assert path.read_bytes() == b"old"
    segments.write_whole(path, b"newer")
    assert path.read_bytes() == b"newer"
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_spool_keeps_its_name_and_no_other_has_it(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    name = segments.spool_id(tmp_path)
    assert segments.spool_id(tmp_path) == name
    assert len({name, segments.spool_id(other)}) == 2


def test_free_bytes_are_those_of_the_disk_of_the_folder(tmp_path: Path) -> None:
    disk = os.statvfs(tmp_path)
    free = segments.disk_free_bytes(tmp_path)
    assert 0 < free <= disk.f_bfree * disk.f_frsize + 2**30
