"""Of what hardly ever happens: is its rate above what is tolerated?"""

import numpy as np
from scipy.special import betaincc, betaln

PRIOR = (1.0, 8.0)


def log_evidence(events: int, of: int, tolerance: float) -> float:
    """The log of an e-value against "the rate is at most `tolerance`"; ln 20 is enough at 0.05.

    A mixture over rates above it (Beta, cut off there) of likelihood ratios, so it may be looked at
    at any time. For windows that expect fewer than five events.

    >>> log_evidence(0, 1000, 0.001) < 0 < log_evidence(20, 1000, 0.001)
    True
    """
    a, b = PRIOR
    after, before = (events + a, of - events + b), PRIOR
    mass = betaln(*after) + _log_above(*after, tolerance)
    mass -= betaln(*before) + _log_above(*before, tolerance)
    null = events * np.log(tolerance) + (of - events) * np.log1p(-tolerance)
    return float(mass - null)


def _log_above(a: float, b: float, rate: float) -> float:
    """The log of the mass of Beta(a, b) above the rate."""
    return float(np.log(max(betaincc(a, b, rate), 1e-300)))
