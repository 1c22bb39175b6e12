"""How many ways there are to choose, as logarithms: the numbers themselves overflow."""

from math import lgamma


def log_ways(among: int, chosen: int) -> float:
    """The natural logarithm of the binomial coefficient; chosen: 0 to `among`.

    >>> round(log_ways(5, 2), 6), round(log_ways(5, 0), 6)
    (2.302585, 0.0)
    """
    return lgamma(among + 1) - lgamma(chosen + 1) - lgamma(among - chosen + 1)
