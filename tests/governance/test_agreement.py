"""Do the coefficients of agreement give the figures of those who made them?"""

import pytest

from domain.errors import InvalidInput
from governance.agreement import cohen_kappa, krippendorff_alpha


def test_kappa_of_the_textbook_example() -> None:
    # 20 yes/yes, 5 yes/no, 10 no/yes, 15 no/no: (0.7 - 0.5) / 0.5.
    pairs = [("y", "y")] * 20 + [("y", "n")] * 5 + [("n", "y")] * 10 + [("n", "n")] * 15
    assert cohen_kappa(pairs) == pytest.approx(0.4)


def test_kappa_is_one_for_those_who_always_agree_and_below_none_for_opponents() -> None:
    assert cohen_kappa([("y", "y"), ("n", "n")]) == 1.0
    assert cohen_kappa([("y", "n"), ("n", "y")]) == -1.0


def test_kappa_says_nothing_where_nobody_could_have_differed() -> None:
    assert cohen_kappa([]) is None
    assert cohen_kappa([("y", "y")] * 3) is None


def test_alpha_of_four_observers_with_gaps() -> None:
    # Krippendorff (2011), section C: 12 units, 4 observers, nominal alpha = 0.743.
    rows = [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
        [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
    ]
    units = [[label for label in unit if label is not None] for unit in zip(*rows, strict=True)]
    alpha = krippendorff_alpha(units)
    assert alpha == pytest.approx(0.743, abs=5e-4)


def test_alpha_says_nothing_without_two_labels_that_differ() -> None:
    assert krippendorff_alpha([]) is None
    assert krippendorff_alpha([("a",), ("b",)]) is None
    assert krippendorff_alpha([("a", "a")]) is None


def test_a_case_without_labels_is_refused() -> None:
    with pytest.raises(InvalidInput, match="without any label"):
        krippendorff_alpha([()])
