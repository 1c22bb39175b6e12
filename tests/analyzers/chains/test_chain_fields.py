"""Who read whose write, by versions, and by times and values where there are none."""

from datetime import timedelta
from typing import Any

import pytest

from analyzers.chains.fields import Field
from domain.chain_records import Access, Datum
from domain.chains import EdgeKind
from tests.analyzers.chains.drawing import edges, graph, records
from tests.analyzers.chains.story import RATE, hour, read, span, write

WHOLE = Datum(RATE.entity, "")


def wrote(name: str, hours: float, version: str = "", **more: Any) -> Access:
    return write(span(f"trace-{name}", name), hour(hours), RATE, version, **more)


def saw(hours: float, version: str = "", **more: Any) -> Access:
    return read(span("trace-r", "r"), hour(hours), RATE, version, **more)


def source(read_: Access, *writes: Access) -> tuple[str, EdgeKind] | None:
    found = Field([read_, *writes]).source(read_)
    return (found[0].ref.span_id, found[1]) if found else None


def stale(read_: Access, *writes: Access) -> tuple[str, float] | None:
    found = Field([read_, *writes]).stale(read_)
    return (found.newer.ref.span_id, found.certainty) if found else None


def test_a_version_names_its_write_whatever_the_clocks_say() -> None:
    writes = (wrote("w1", 1, "1"), wrote("w2", 2, "2"))
    assert source(saw(3, "1"), *writes) == ("w1", EdgeKind.READ_FROM)
    assert source(saw(0, "2"), *writes) == ("w2", EdgeKind.READ_FROM)


def test_of_two_writes_of_a_version_the_newest_before_the_read_counts() -> None:
    writes = (wrote("w1", 1, "1"), wrote("again", 2, "1"), wrote("later", 4, "1"))
    assert source(saw(3, "1"), *writes) == ("again", EdgeKind.READ_FROM)


def test_a_write_tells_the_version_of_the_one_before() -> None:
    writes = (wrote("w1", 1), wrote("w2", 2, "2", version_prev="1"))
    assert source(saw(3, "1"), *writes) == ("w1", EdgeKind.READ_FROM)


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        (saw(3), "w2"),
        (saw(3, as_of=hour(1.5)), "w1"),
        (saw(3, value=1.0), "w1"),
        (saw(3, value_hash=2), "w2"),
        (saw(3, value=9.0), None),
        (saw(0.5), None),
        (saw(3, as_of=hour(1.5), value=9.0), None),
    ],
)
def test_without_versions_times_and_values_tell(seen: Access, expected: str | None) -> None:
    writes = (
        wrote("w1", 1, value=1.0, value_hash=1), wrote("w2", 2, "2", value=2.0, value_hash=2),
    )  # fmt: skip
    found = source(seen, *writes)
    assert found == (expected and (expected, EdgeKind.READ_FROM_BY_TIME))


def test_a_version_that_nobody_wrote_may_be_that_of_a_write_that_tells_none() -> None:
    writes = (wrote("w1", 1), wrote("w2", 2, "2"))
    assert source(saw(3, "1"), *writes) == ("w1", EdgeKind.READ_FROM_BY_TIME)


def test_the_newest_write_of_the_read_value_is_as_good_as_known() -> None:
    rows = (wrote("w1", 1, value=1.0), wrote("w2", 2, value=2.0), saw(3, value=2.0))
    edge = edges(rows)["w2", "r", "read_from_by_time"]
    assert (edge.weight, edge.hard) == (0.9, True)
    rows = (wrote("w1", 1, value=1.0), wrote("w2", 2, value=2.0), saw(3, value=1.0))
    edge = edges(rows)["w1", "r", "read_from_by_time"]
    assert (edge.weight, edge.hard) == (0.7, False)


def test_what_a_span_wrote_itself_is_not_where_it_read_from() -> None:
    own = write(span("trace-r", "r"), hour(2), RATE)
    assert source(saw(3), own) is None


@pytest.mark.parametrize(
    ("seen", "newer"),
    [
        (saw(3, "1"), ("w2", 0.95)),
        (saw(3, "2"), None),
        (saw(3, "3"), None),
        (saw(2, "1"), None),  # within the margin of clocks
        (saw(2.1, "1", value=2.0), None),  # another version of the same value
        (saw(3, as_of=hour(1.5)), ("w2", 0.85)),
        (saw(3, as_of=hour(2.5)), None),
        (saw(3, value=1.0), ("w2", 0.75)),
        (saw(3, value=2.0), None),
        (saw(3, value=9.0), None),
        (saw(3), None),
        (saw(0.5, "1"), None),
    ],
)
def test_a_read_is_stale_when_a_newer_write_was_there(
    seen: Access, newer: tuple[str, float] | None
) -> None:
    assert stale(seen, wrote("w1", 1, "1", value=1.0), wrote("w2", 2, "2", value=2.0)) == newer


def test_versions_without_numbers_are_ordered_by_their_first_writes() -> None:
    writes = (wrote("w1", 1, "e7"), wrote("w2", 2, "a3"))
    assert stale(saw(3, "e7"), *writes) == ("w2", 0.95)
    assert stale(saw(3, "a3"), *writes) is None
    assert stale(saw(3, "zz"), *writes) is None  # nobody knows when that was written


def test_a_newer_write_that_tells_no_version_must_have_another_value() -> None:
    old = wrote("w1", 1, "1", value=1.0)
    assert stale(saw(3, "1", value=1.0), old, wrote("w2", 2, value=2.0)) == ("w2", 0.75)
    assert stale(saw(3, "1"), old, wrote("w2", 2)) is None


def test_what_the_reader_wrote_itself_makes_its_read_no_stale_one() -> None:
    own = write(span("trace-r", "w"), hour(2), RATE, "2")
    assert stale(saw(3, "1"), wrote("w1", 1, "1"), own) is None


def test_writes_follow_each_other_by_number_though_clocks_differ() -> None:
    rows = (wrote("w2", 1, "2"), wrote("w1", 1.0001, "1"), wrote("w10", 3, "10"))
    found = edges(rows)
    assert {key[:2] for key in found} == {("w1", "w2"), ("w2", "w10")}
    assert found["w1", "w2", "overwrite"].reason.endswith(
        "version 1, then " + str(RATE) + " version 2"
    )


def test_a_read_of_the_whole_sees_the_writes_of_its_parts_and_the_other_way_round() -> None:
    whole = read(span("b", "whole"), hour(2), WHOLE)
    assert ("w1", "whole", "read_from_by_time") in edges((wrote("w1", 1), whole))
    made = write(span("a", "made"), hour(1), WHOLE, "1")
    assert ("made", "r", "read_from_by_time") in edges((made, saw(2, "7")))


def test_parts_that_come_later_are_seen_by_the_whole() -> None:
    whole = read(span("b", "whole"), hour(2), WHOLE)
    drawn = graph((whole,))
    drawn.add(records(wrote("w1", 1)))
    assert [edge.effect for edge in drawn.edges()] == ["b/whole"]


def test_nothing_is_followed_through_hubs() -> None:
    rows = (wrote("w1", 1, "1"), saw(2, "1"))
    assert not list(graph(rows, ["account"]).edges())
    assert list(graph(rows, ["currency"]).edges())


def test_a_value_is_unheard_of_when_all_writes_tell_others() -> None:
    first, second = wrote("w1", 1, value=1.0), wrote("w2", 2)
    assert Field([first]).is_unheard_of(saw(3, value=9.0))
    assert not Field([first]).is_unheard_of(saw(3, value=1.0))
    assert not Field([first, second]).is_unheard_of(saw(3, value=9.0))
    assert not Field([]).is_unheard_of(saw(3, value=9.0))


def test_who_wrote_last_stands() -> None:
    first, second = wrote("w1", 1, "1"), wrote("w2", 2, "2")
    field = Field([first, second])
    assert field.standing() == second
    assert (field.after(first), field.after(second)) == (second, None)
    assert field.newest_before(hour(1)) is None
    assert field.newest_before(hour(1) + timedelta(seconds=1)) == first
    assert Field([]).standing() is None
