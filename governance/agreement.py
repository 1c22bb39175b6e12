"""Do reviewers who saw the same case say the same, beyond what chance would make them?"""

from collections import Counter
from collections.abc import Hashable, Sequence

from domain.errors import InvalidInput


def cohen_kappa(pairs: Sequence[tuple[Hashable, Hashable]]) -> float | None:
    """Agreement of two reviewers, 1 = always, 0 = as by chance; None where nothing could differ.

    Cohen (1960): A coefficient of agreement for nominal scales. For two people who both saw every
    case; Krippendorff's alpha takes any number, and gaps.

    >>> yes, no = "harm", "fine"
    >>> apart = [(yes, no)] * 5 + [(no, yes)] * 10
    >>> round(cohen_kappa([(yes, yes)] * 20 + apart + [(no, no)] * 15), 3)
    0.4
    """
    if not pairs:
        return None
    count = len(pairs)
    first, second = Counter(a for a, _ in pairs), Counter(b for _, b in pairs)
    seen = sum(a == b for a, b in pairs) / count
    chance = sum(first[label] * second[label] for label in first) / count**2
    return None if chance == 1 else (seen - chance) / (1 - chance)


def krippendorff_alpha(units: Sequence[Sequence[Hashable]]) -> float | None:
    """Agreement of any number of reviewers, each unit holding the labels that one case was given.

    Krippendorff (2011): Computing Krippendorff's alpha-reliability, section C, nominal data.
    Cases with one label say nothing of agreement and are left out; None where all labels are the
    same, or none.

    >>> round(krippendorff_alpha([("a", "a"), ("b", "b"), ("a", "b"), ("b", "b")]), 3)
    0.533
    """
    if any(len(labels) == 0 for labels in units):
        raise InvalidInput("a case without any label can not be part of an agreement")
    paired = [labels for labels in units if len(labels) > 1]
    totals: Counter[Hashable] = Counter(label for labels in paired for label in labels)
    count = sum(totals.values())
    expected = count**2 - sum(n * n for n in totals.values())
    if not expected:
        return None
    # Ordered pairs of unequal labels within a case, each case counting as much as its labels.
    unequal = sum(
        (len(labels) ** 2 - sum(n * n for n in Counter(labels).values())) / (len(labels) - 1)
        for labels in paired
    )
    return 1 - (count - 1) * unequal / expected
