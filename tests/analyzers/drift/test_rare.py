"""Is the evidence against a tolerated rate an e-value?"""

import numpy as np
import pytest
from scipy import stats

from analyzers.drift.rare import log_evidence


@pytest.mark.parametrize("rate", [0.02, 0.01, 0.001])
def test_at_a_tolerated_rate_the_evidence_is_one_or_less_on_average(rate: float) -> None:
    events = np.arange(0, 301)
    evidence = np.array([log_evidence(count, 300, 0.02) for count in events.tolist()])
    mean = float(np.exp(stats.binom.logpmf(events, 300, rate) + evidence).sum())
    assert mean <= 1 + 1e-9
    assert rate < 0.02 or mean == pytest.approx(1)


def test_a_rate_beyond_it_is_seen() -> None:
    assert log_evidence(3, 1000, 0.02) < 0
    assert log_evidence(60, 1000, 0.02) > np.log(20)


def test_a_tolerance_that_nothing_exceeds_stays_a_number() -> None:
    assert np.isfinite(log_evidence(0, 10**6, 0.9))
