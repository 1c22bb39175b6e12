"""What share of many findings of one search is false? (Benjamini and Hochberg 1995.)"""

from collections.abc import Sequence


def q_values(chances: Sequence[float]) -> list[float]:
    """For each p value the least expected share of false ones among all that are as small.

    Valid for independent tests and for those that depend positively on each other.

    >>> [round(q, 3) for q in q_values([0.04, 0.01, 0.03, 0.5])]
    [0.053, 0.04, 0.053, 0.5]
    """
    found = [1.0] * len(chances)
    q = 1.0
    ranked = sorted(range(len(chances)), key=lambda index: chances[index])
    for rank in range(len(ranked), 0, -1):
        index = ranked[rank - 1]
        q = min(q, chances[index] * (len(ranked) / rank))
        found[index] = q
    return found
