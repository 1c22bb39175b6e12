"""Are letters kept whole with their reason, and counted as what is on the disk?"""

from dataclasses import replace
from pathlib import Path

import pytest

from collector import dead_letters
from collector.dead_letters import SUFFIX, DeadLetter, DeadLetters
from tests.collector.disk_limits import largest_file

LETTER = DeadLetter(
    f"7-0{SUFFIX}", "the checksum does not match", "acme", "traces", 3, 5, 17, replayable=True
)


def test_a_letter_is_read_back_with_its_bytes(tmp_path: Path) -> None:
    letters = DeadLetters(tmp_path / "letters")
    letters.add(LETTER, b"bytes")
    again = DeadLetters(tmp_path / "letters")
    assert list(again) == [LETTER]
    assert len(again) == 1
    assert again.size_bytes == 5
    assert (again.folder / LETTER.file).read_bytes() == b"bytes"


def test_only_the_owner_may_read_it(tmp_path: Path) -> None:
    DeadLetters(tmp_path).add(LETTER, b"bytes")
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}


def test_letters_are_listed_in_the_order_of_their_segments(tmp_path: Path) -> None:
    letters = DeadLetters(tmp_path)
    for name in ("9-0", "7-0", "8-0"):
        letters.add(replace(LETTER, file=f"{name}{SUFFIX}"), b"x")
    assert [letter.file[:3] for letter in letters] == ["7-0", "8-0", "9-0"]


def test_the_same_letter_again_is_one_letter(tmp_path: Path) -> None:
    letters = DeadLetters(tmp_path)
    letters.add(LETTER, b"bytes")
    letters.add(LETTER, b"bytes")
    assert (len(letters), letters.size_bytes) == (1, 5)


def test_a_letter_that_does_not_fit_is_no_letter(tmp_path: Path) -> None:
    letters = DeadLetters(tmp_path)
    with largest_file(10), pytest.raises(OSError, match="large"):
        letters.add(LETTER, b"x" * 11)
    assert (len(letters), letters.size_bytes, list(letters)) == (0, 0, [])
    letters.add(LETTER, b"x" * 11)
    assert (len(letters), letters.size_bytes, list(letters)) == (1, 11, [LETTER])


def test_a_letter_without_room_for_its_note_is_written_again(tmp_path: Path) -> None:
    letters = DeadLetters(tmp_path)
    with largest_file(100), pytest.raises(OSError, match="large"):
        letters.add(LETTER, b"bytes")
    assert list(letters) == []
    letters.add(LETTER, b"bytes")
    assert list(letters) == [LETTER]


def test_removed_letters_stop_counting_without_a_restart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    letters = DeadLetters(tmp_path / "letters")
    letters.add(LETTER, b"bytes")
    (letters.folder / LETTER.file).unlink()
    assert letters.size_bytes == 5  # not counted at each request
    monkeypatch.setattr(dead_letters, "RECOUNT_S", 0.0)
    assert letters.size_bytes == 0
    assert letters.size_bytes == 0  # and not when nothing changed


def test_a_letter_that_vanishes_while_it_is_counted_does_not_count(tmp_path: Path) -> None:
    (tmp_path / f"gone{SUFFIX}").symlink_to(tmp_path / "nowhere")
    assert DeadLetters(tmp_path).size_bytes == 0


def test_a_folder_that_was_removed_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dead_letters, "RECOUNT_S", 0.0)
    letters = DeadLetters(tmp_path / "letters")
    letters.folder.rmdir()
    assert letters.size_bytes == 0
    letters.add(LETTER, b"bytes")
    assert list(letters) == [LETTER]
