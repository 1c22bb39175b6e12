"""Does an alarm name what changed and since when, and does it page only for what matters?"""

import numpy as np
import pytest

from analyzers.drift.alarms import Watched, alarm
from analyzers.drift.channels import share
from domain.drift import Alarm, Channel, Stream

STREAM = Stream("acme", "billing", "tools")
CHANNELS = [Channel(STREAM, name) for name in ("refund", "look", "mail")]
EVIDENCE = np.array([9e4, 7e4, np.nan])


def told(refund_after: float) -> Alarm:
    """Sixty days, numbered from 1000 on; refunds take the place of looks from the 41st on."""
    rng = np.random.default_rng(1)
    after = np.arange(60) >= 40
    refund = np.where(after, refund_after, 0.30)
    parts = np.column_stack([refund, 0.9 - refund, np.full(60, 0.1)])
    x = share(rng.multinomial(20_000, parts), np.full((60, 1), 20_000))
    x[13] = np.nan  # a holiday
    watched = Watched(CHANNELS, x, np.arange(60) % 7, np.arange(1000, 1060), EVIDENCE)
    return alarm(watched, 5e4, 35_000.0)


def test_it_says_since_when_and_how_much() -> None:
    found = told(0.36)
    assert (found.stream, found.window) == (STREAM, 1059)
    assert found.change.window == 1040
    assert set(found.effects) == {"refund", "look"}
    assert found.effects["refund"].shift == pytest.approx(0.06, abs=0.01)
    assert found.effects["look"].shift == pytest.approx(-0.06, abs=0.01)
    assert found.paged


def test_what_is_certain_but_small_does_not_page() -> None:
    assert not told(0.31).paged
