"""Is each item of what was sent taken, passed over or refused by itself?"""

import pytest

from domain.errors import InvalidInput
from domain.fields import BadField
from domain.recorded_events import Checked, RecordedEvent, Rejection, check


def read(item: object) -> tuple[str, list[RecordedEvent]]:
    """Numbers that are not negative; as many events as the number says."""
    if not isinstance(item, int):
        raise BadField("", "no number")
    if item < 0:
        raise BadField("size", "negative")
    return f"event {item}", [RecordedEvent("e", 0, "", "", "s", {})] * item


def test_the_good_are_taken_the_bad_are_told_and_the_empty_are_counted() -> None:
    found = check([2, -1, 0, "x", 1], read)
    assert found.ids == ["event 2", "event 1"]
    assert len(found.events) == 3
    assert found.ignored == 1
    assert found.rejected == [Rejection(1, "size", "negative"), Rejection(3, "", "no number")]
    assert list(map(str, found.rejected)) == ["[1].size: negative", "[3]: no number"]


def test_nothing_is_no_error_and_neither_is_what_holds_nothing() -> None:
    assert check([], read) == Checked()
    assert check([0, "x"], read).rejected


@pytest.mark.parametrize(
    ("items", "told"),
    [([-1], "[0].size: negative"), (["x"] * 7, "[4]: no number; and 2 more")],
)
def test_when_all_are_wrong_the_first_reasons_are_told(items: list[object], told: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        check(items, read)
    assert str(refused.value).endswith(told)


def test_what_is_wrong_with_a_field_reads_as_one_line() -> None:
    assert str(BadField("at", "missing")) == "at: missing"
    assert str(BadField("", "an object is needed")) == "an object is needed"
