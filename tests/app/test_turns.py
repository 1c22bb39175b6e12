"""Is there one at a time for each key, and does nobody wait for another key?"""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.turns import Turns

THREADS, TIMES = 4, 50


def test_nobody_comes_between_for_the_same_key() -> None:
    turns, counted = Turns(), {"key": 0}

    def count(_: int) -> None:
        with turns.of("key"):
            before = counted["key"]
            time.sleep(0)  # lets another thread go on
            counted["key"] = before + 1

    with ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(count, range(TIMES)))
    assert counted["key"] == TIMES


def test_another_key_does_not_wait_and_a_turn_ends_with_an_error() -> None:
    turns = Turns()
    with turns.of("one"), turns.of("other"):
        pass
    with pytest.raises(KeyError), turns.of("one"):
        raise KeyError
    with turns.of("one"):
        pass
