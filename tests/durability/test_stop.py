"""Does SIGTERM under load end in time, with all that was acknowledged stored?"""

from pathlib import Path

import pytest

from collector import segments
from tests.durability import verdict
from tests.durability.load import Load
from tests.durability.processes import Wakeline


@pytest.mark.timeout(120)
def test_a_stop_under_load_stores_what_was_acknowledged(tmp_path: Path) -> None:
    with Wakeline(tmp_path) as wakeline, Load(wakeline.address) as load:
        load.until_more(2000)
        assert wakeline.terminate() == 0
        load.abandon()
    assert not segments.waiting(tmp_path / "spool")
    found = verdict.of_embedded(load.tally, tmp_path)
    assert found.kept
    assert found.stored == found.acknowledged >= 2000
