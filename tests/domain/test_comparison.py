"""Are groups of runs named by attributes or ids, and is anything else refused with its mend?"""

import json
from math import inf

import pytest

from domain.comparison import Comparison, Difference, Verdict, attributes, trace_ids
from domain.comparison_json import as_object
from domain.drift import ChannelKind, Effect
from domain.errors import InvalidInput

ID = "0af7651916cd43dd8448eb211c80319c"


def test_a_group_is_named_by_attributes_joined_by_commas() -> None:
    named = attributes("service.version=1.2, gen_ai.agent.name = x=y")
    assert named == {"service.version": "1.2", "gen_ai.agent.name": "x=y"}


@pytest.mark.parametrize(
    "expression", ["", "service.version", "=1", "a=", "a=1,", "a=1,a=2", f"a={'x' * 1000}"]
)
def test_what_is_no_filter_is_refused(expression: str) -> None:
    with pytest.raises(InvalidInput, match="KEY=VALUE"):
        attributes(expression)


def test_more_filters_than_four_are_refused() -> None:
    with pytest.raises(InvalidInput, match="4 at most"):
        attributes("a=1,b=1,c=1,d=1,e=1")


def test_ids_are_one_a_line_and_count_once() -> None:
    assert trace_ids(f"{ID}\n\n {ID.upper()} \n{'1' * 32}\n") == [ID, "1" * 32]


def test_a_line_that_is_no_id_is_named() -> None:
    with pytest.raises(InvalidInput, match="line 2"):
        trace_ids(f"{ID}\n{ID}0\n")


def test_more_ids_than_a_group_may_have_are_refused() -> None:
    with pytest.raises(InvalidInput, match="5,000 at most"):
        trace_ids("\n".join(f"{number:032x}" for number in range(5_001)))


def test_as_json_an_open_interval_has_no_end() -> None:
    effect = Effect(ChannelKind.SHARE, 0.1, 0.2, 0.1, -inf, inf, 1.0, practical=False)
    channel = Difference("pay", "tools", effect, 3.0, named=False, equivalent=False)
    found = Comparison(
        Verdict.NO_DRIFT, "", 0.05, 1.5, 0.4, 20, 30, 0, "", {"tools": 2.0}, [channel]
    )
    told = json.loads(json.dumps(as_object(found), allow_nan=False))
    assert (told["verdict"], told["families"]) == ("no_drift", {"tools": 2.0})
    (one,) = told["channels"]
    assert (one["channel"], one["kind"], one["low"], one["high"]) == ("pay", "share", None, None)
