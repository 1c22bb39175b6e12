"""Does kill -9 at any moment lose or double an acknowledged span?"""

import random
from pathlib import Path

import pytest

from tests.durability import verdict
from tests.durability.load import Load
from tests.durability.processes import Wakeline

ROUNDS = 3


@pytest.mark.timeout(120)
def test_kills_under_load_lose_and_double_nothing(tmp_path: Path) -> None:
    rng = random.Random(20)
    with Wakeline(tmp_path) as wakeline, Load(wakeline.address) as load:
        for _ in range(ROUNDS):
            load.until_more(rng.randrange(200, 2000))
            wakeline.kill()
            wakeline.start()
        load.until_more(200)
        load.stop()
        assert wakeline.terminate() == 0
    found = verdict.of_embedded(load.tally, tmp_path)
    assert found.kept
    assert found.stored == found.acknowledged > 600
    assert load.tally.resent
