"""Do sentences say numbers as people read them, and never with a hole?"""

import pytest

from analyzers import wording
from analyzers.wording import EmptySlot


@pytest.mark.parametrize(
    ("template", "value", "said"),
    [
        ("{x}", "acct:77", "acct:77"),
        ("{x}", 0, "0"),
        ("{x}", 2.5, "2.5"),
        ("{x}", 1234567.0, "1,234,567"),
        ("{x}", ["a", "b"], "a and b"),
        ("{x:list}", ["a"], "a"),
        ("{x:list}", list("abcdefg"), "a, b, c, d, e and 2 more"),
        ("{x:duration}", 1.25, "1.2 s"),
        ("{x:duration}", 90, "1.5 min"),
        ("{x:duration}", 72_000, "20.0 h"),
        ("{x:duration}", 259_200, "3.0 days"),
        ("{x:usd}", 1.9, "$1.90"),
        ("{x:usd}", 0.0012, "$0.0012"),
        ("{x:usd}", 0, "$0.00"),
        ("{x:count}", 9_999, "9,999"),
        ("{x:count}", 212_345, "212k"),
        ("{x:count}", 23_004_599, "23M"),
        ("{x:count}", 5e9, "5G"),
        ("{x:percent}", 0.123, "12.3 %"),
        ("{x:time}", "2026-01-02T10:02:33+00:00", "10:02"),
    ],
)
def test_a_fact_is_said_in_its_format(template: str, value: object, said: str) -> None:
    assert wording.sentence(f"It is {template}.", {"x": value}) == f"It is {said}."  # type: ignore[dict-item]


@pytest.mark.parametrize("facts", [{}, {"x": None}, {"x": ""}, {"x": []}])
def test_a_sentence_with_a_hole_is_none(facts: dict[str, None]) -> None:
    with pytest.raises(EmptySlot, match="x"):
        wording.sentence("It is {x}.", facts)


def test_what_a_name_holds_is_never_a_format() -> None:
    assert wording.sentence("It is {x}.", {"x": "{y} {0.__class__}"}) == "It is {y} {0.__class__}."
