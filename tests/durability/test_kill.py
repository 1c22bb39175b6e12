"""Does kill -9 at any moment, or a stop under load, lose or double an acknowledged span?"""

import random
from pathlib import Path

from collector import segments
from tests.durability import verdict
from tests.durability.load import Load
from tests.durability.processes import Wakeline

ROUNDS = 3


def test_kills_and_a_stop_under_load_lose_and_double_nothing(tmp_path: Path) -> None:
    rng = random.Random(20)
    with Wakeline(tmp_path) as wakeline, Load(wakeline.address) as load:
        for _ in range(ROUNDS):
            load.until_more(rng.randrange(200, 2000))
            wakeline.kill()
            wakeline.start()
        load.until_more(500)
        assert wakeline.terminate() == 0
        load.abandon()
    assert not segments.waiting(tmp_path / "spool")
    found = verdict.of_embedded(load.tally, tmp_path)
    assert found.kept
    assert found.stored == found.acknowledged >= 1100
    assert load.tally.resent
