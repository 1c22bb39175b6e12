"""Which channels does a baseline choose for each form, and what do windows say in them?"""

import json
from dataclasses import replace
from math import asin, isnan, nan, sqrt

import numpy as np
import pytest

from analyzers.drift.argument_values import told
from analyzers.drift.channels import share_of
from analyzers.drift.metrics import METRICS, OTHER, SEPARATOR, bin_ends, bin_level, natural
from analyzers.drift.plans import (
    ALIGNED,
    LEVEL,
    NOVEL,
    ODD,
    Plan,
    paths_of,
    plan,
    restored,
    values_of,
)
from domain.drift import ChannelKind, WindowCounts
from tests.analyzers.drift.some_windows import days, stream, window


def names(chosen: Plan) -> list[str]:
    return [channel.name for channel in chosen.channels]


def test_tools_that_are_frequent_are_channels_and_the_rest_is_one() -> None:
    baseline = [window(day, {"a": 100, "b": 40, "c": 3, "d": 3}, 100) for day in range(28)]
    chosen = plan(stream("tools"), baseline)
    assert names(chosen) == ["a", "b", OTHER]  # without intents there is no alignment with them
    read = chosen.values(window(30, {"a": 80, "b": 60, "new": 10}, 100))
    expected = [2 * asin(sqrt((count + 0.375) / 150.75)) for count in (80, 60, 10)]
    assert read == pytest.approx(expected)
    assert share_of(np.array(read)).tolist() == pytest.approx([0.53, 0.40, 0.07], abs=0.01)


def test_errors_are_followed_by_their_own_share_even_where_they_are_rare() -> None:
    baseline = [window(day, {"fine": 99, "failed": 1}) for day in range(28)]
    chosen = plan(stream("errors"), baseline)
    assert names(chosen) == ["failed"]
    assert chosen.channels[0].kind is ChannelKind.RARE_SHARE
    never = [window(day, {"fine": 100}) for day in range(28)]
    assert names(plan(stream("errors"), never)) == []


def test_a_metric_without_any_counts_has_no_channels() -> None:
    assert names(plan(stream("tools"), [window(0, {}, 60)])) == []


def test_what_was_decided_is_followed_as_a_share_of_each_action() -> None:
    mix = {"refund -> approve": 60, "refund -> deny": 30, "refund -> ask": 1, "close -> yes": 50}
    chosen = plan(stream("decisions"), [window(day, mix, 100) for day in range(28)])
    assert names(chosen) == ["refund -> approve", "refund -> deny"]
    demand = {"refund -> approve": 600, "refund -> deny": 300, "close -> yes": 5}
    more = chosen.values(window(30, demand, 900))
    assert share_of(np.array(more)).tolist() == pytest.approx([2 / 3, 1 / 3], abs=0.01)
    gone = chosen.values(window(31, {"close -> yes": 50}, 50))
    assert all(map(isnan, gone))


def test_rare_ways_of_a_row_are_one_channel() -> None:
    mix = {"a -> b": 60, "a -> c": 30, "a -> d": 4, "a -> e": 4, "odd": 3}
    chosen = plan(stream("transitions"), [window(day, mix, 98) for day in range(28)])
    assert names(chosen) == ["a -> b", "a -> c", "a -> rare"]
    read = chosen.values(window(30, {"a -> b": 60, "a -> c": 30, "a -> new": 10}, 98))
    assert share_of(np.array(read)).tolist() == pytest.approx([0.6, 0.3, 0.1], abs=0.01)


def test_a_histogram_has_a_level_in_its_unit_and_five_shapes() -> None:
    baseline = [window(day, {"80": 50, "81": 50}, 100) for day in range(28)]
    chosen = plan(stream("latency"), baseline)
    assert names(chosen)[0] == LEVEL
    assert len(chosen.channels) == 6
    read = chosen.values(window(30, {"88": 50, "89": 50, "400": 0}, 100))
    usual = chosen.values(baseline[0])
    assert read[0] - usual[0] == pytest.approx(1.0)  # eight bins further is twice as slow
    assert read[1] > usual[1]
    confidence = plan(stream("confidence"), [window(0, {"45": 10}, 10)])
    assert confidence.values(window(1, {"45": 10}, 10))[0] == pytest.approx(0.91)


def run(*tools: str) -> str:
    return SEPARATOR + SEPARATOR.join(tools)


def of_paths(day: int, **counts: int) -> WindowCounts:
    paths = {run(*name.split("_")): count for name, count in counts.items()}
    return window(day, paths, sum(counts.values()))


def test_runs_that_do_what_nobody_did_and_break_what_all_keep_are_channels() -> None:
    baseline = [of_paths(day, look_pay=20, look=5) for day in range(28)]
    chosen = plan(stream("paths"), baseline)
    assert names(chosen)[0] == NOVEL
    kept = "kept: precedence look -> pay"
    assert kept in names(chosen)
    assert "kept: look once" in names(chosen)
    read = dict(zip(names(chosen), chosen.values(of_paths(30, look_pay=10, pay=10)), strict=True))
    assert share_of(np.array(read[NOVEL])) == pytest.approx(0.5, abs=0.02)
    assert share_of(np.array(read[kept])) == pytest.approx(0.5, abs=0.02)
    nothing = chosen.values(window(31, {OTHER: 5}, 5))
    assert isnan(nothing[0])
    assert share_of(values_of(chosen, baseline)[0, 0]) < 0.02


def test_a_window_of_the_baseline_is_asked_for_what_no_other_window_shows() -> None:
    baseline = [of_paths(day, look_pay=20) for day in range(27)]
    baseline.append(of_paths(27, look_pay=10, look_flee=10))
    x = values_of(plan(stream("paths"), baseline), baseline)
    assert share_of(x[27, 0]) == pytest.approx(0.5, abs=0.03)
    assert paths_of(baseline[27].counts) == {("look", "pay"): 10, ("look", "flee"): 10}


@pytest.mark.parametrize("metric", ["tools", "decisions", "latency", "paths"])
def test_a_plan_comes_back_from_json_and_says_the_same(metric: str) -> None:
    mixes = {
        "tools": {"a": 60, "b": 40},
        "decisions": {"x -> y": 60, "x -> z": 40},
        "latency": {"80": 50, "90": 50},
        "paths": {run("a", "b"): 60, run("b", "a"): 40},
    }
    windows = [window(day, mixes[metric], 100) for day in range(28)]
    chosen = plan(stream(metric), windows)
    again = restored(stream(metric), json.loads(json.dumps(chosen.plain())))
    assert again.channels == chosen.channels
    assert again.values(windows[3]) == chosen.values(windows[3])


def test_how_many_runs_there_were_is_told_by_itself() -> None:
    chosen = plan(stream("volume"), [window(day, {}, 60) for day in range(28)])
    assert names(chosen) == [LEVEL]
    assert chosen.values(window(30, {}, 64)) == [6.0]
    empty = replace(window(31, {}, 1), traces=0)
    assert natural(ChannelKind.RATIO, chosen.values(empty)[0]) == pytest.approx(0.5)
    assert METRICS["volume"].demand


@pytest.mark.parametrize(
    ("metric", "counts"),
    [
        ("latency", {"80": 50, "81": 50}),
        ("paths", {SEPARATOR + "a" + SEPARATOR + "b": 100}),
        ("errors", {"failed": 100}),
    ],
)
def test_none_and_all_are_the_same_share_however_many_runs_there_were(
    metric: str, counts: dict[str, int]
) -> None:
    def times(day: int, factor: int) -> WindowCounts:
        return window(day, {name: count * factor for name, count in counts.items()}, 100 * factor)

    chosen = plan(stream(metric), [times(day, 1) for day in range(28)])
    assert chosen.values(times(30, 5)) == pytest.approx(chosen.values(times(30, 1)))
    assert names(chosen)


def test_plans_of_before_and_windows_without_runs_tell_shares_as_they_are() -> None:
    chosen = plan(stream("errors"), [window(day, {"failed": 5}, 100) for day in range(28)])
    plain = chosen.plain()
    del plain["chosen"]["runs_each"]
    old = restored(stream("errors"), plain)
    fine = window(30, {"fine": 50}, 50)
    expected = 2 * asin(sqrt(0.375 / 50.75))
    assert old.values(fine) == pytest.approx([expected])
    assert chosen.values(replace(fine, traces=0)) == pytest.approx([expected])


def meant(day: int, **counts: int) -> WindowCounts:
    """Runs of `intent__tool_tool`."""
    named = {name.replace("__", SEPARATOR).replace("_", SEPARATOR): n for name, n in counts.items()}
    return window(day, named, sum(counts.values()))


def test_runs_that_are_usual_for_another_intent_are_odd_for_theirs() -> None:
    baseline = [meant(day, refund__look_pay=60, ask__look_tell=60) for day in range(28)]
    chosen = plan(stream("paths"), baseline)
    assert names(chosen)[1] == ODD
    swapped = meant(30, refund__look_pay=30, refund__look_tell=30, ask__look_tell=60)
    assert share_of(np.array(chosen.values(swapped)[1])) == pytest.approx(0.25, abs=0.01)
    assert share_of(values_of(chosen, baseline)[:, 1]).max() < 0.01
    seldom = [meant(day, refund__look_pay=5) for day in range(28)]
    few = plan(stream("paths"), seldom)
    assert ODD not in names(few)
    assert values_of(few, seldom).shape == (28, len(names(few)))


def test_answering_all_intents_alike_moves_the_alignment_and_demand_does_not() -> None:
    chosen = plan(stream("tools"), [wish(day, 100, 100, 10) for day in range(28)])
    assert names(chosen)[-1] == ALIGNED
    assert chosen.channels[-1].kind is ChannelKind.SHAPE
    usual = chosen.values(wish(0, 100, 100, 10))[-1]
    assert chosen.values(wish(30, 180, 20, 18))[-1] == pytest.approx(usual)
    assert chosen.values(wish(31, 100, 100, 90))[-1] < usual / 4


def wish(day: int, refunds: int, invoices: int, changed: int = 0) -> WindowCounts:
    """Refunds call a, invoices call b; `changed` of the refunds call b."""
    counts = {f"refund{SEPARATOR}a": refunds - changed, f"refund{SEPARATOR}b": changed}
    counts[f"invoice{SEPARATOR}b"] = invoices
    return window(day, counts, 0, {"refund": refunds, "invoice": invoices})


def test_only_demand_changing_moves_no_channel_and_behaviour_does() -> None:
    chosen = plan(stream("tools"), [wish(day, 100, 100, 10) for day in range(28)])
    usual = chosen.values(wish(0, 100, 100, 10))
    assert chosen.values(wish(30, 180, 20, 18)) == pytest.approx(usual, abs=1e-9)
    assert chosen.values(wish(31, 100, 100, 60)) != pytest.approx(usual, abs=0.1)
    assert chosen.values(wish(32, 200, 2, 20)) == pytest.approx(usual, abs=1e-4)


def test_intents_that_are_told_only_after_the_baseline_change_nothing() -> None:
    chosen = plan(stream("tools"), [window(day, {"a": 100, "b": 40}, 200) for day in range(28)])
    later = replace(wish(30, 110, 90, 10), traces=200)
    assert chosen.values(later) == chosen.values(window(30, {"a": 100, "b": 100}, 200))


def test_a_window_of_wishes_that_nobody_knows_does_not_count() -> None:
    chosen = plan(stream("tools"), [wish(day, 100, 100, 10) for day in range(28)])
    unknown = window(30, {f"new{SEPARATOR}c": 80}, 0, {"new": 80})
    assert all(map(isnan, chosen.values(unknown)))


def test_bins_are_told_in_their_unit() -> None:
    assert bin_ends(METRICS["confidence"], 45) == (0.9, 0.92)
    assert bin_ends(METRICS["latency"], 8)[0] == 1.0
    assert bin_level(METRICS["tokens"], 8) == 1.0625
    assert natural(ChannelKind.RATIO, 10.0) == 1024.0
    assert natural(ChannelKind.SHAPE, 0.3) == 0.3
    assert natural(ChannelKind.SHARE, 0.0) == 0.0
    assert isnan(natural(ChannelKind.SHARE, nan))
    assert days(1, [0.5, 0.5])[0].traces == 200


def paying(day: int, euro: int, **more: int) -> WindowCounts:
    """60 payments around so many octaves of euro, and turns left and right."""
    return window(
        day,
        {
            **{f"pay euro -> {euro + step}": 20 for step in range(3)},
            **{f"pay turn -> {number}": 20 for number in (-8, 0, 8)},
            **more,
        },
        60,
    )


def test_numbers_that_tools_are_called_with_are_a_histogram_of_each_argument() -> None:
    chosen = plan(stream("argument_values"), [paying(day, 24, other=3) for day in range(28)])
    assert len(chosen.channels) == 12
    assert names(chosen)[:2] == ["pay euro: level", "pay euro: location"]
    kinds = {channel.name: channel.kind for channel in chosen.channels}
    assert kinds["pay euro: level"] is ChannelKind.RATIO
    assert kinds["pay turn: level"] is ChannelKind.SHAPE  # below 0 there are no ratios
    before, after = chosen.values(paying(30, 24)), chosen.values(paying(31, 32))
    assert natural(ChannelKind.RATIO, after[0] - before[0]) == pytest.approx(2.0)
    assert after[6:] == before[6:]
    again = restored(chosen.stream, json.loads(json.dumps(chosen.plain(), sort_keys=True)))
    assert names(again) == names(chosen)
    assert again.values(paying(31, 32)) == after


def test_a_window_without_an_argument_counts_for_the_others_and_rare_ones_are_not_followed() -> (
    None
):
    baseline = [paying(day, 24, **{"pay rare -> 4": 3}) for day in range(28)]
    chosen = plan(stream("argument_values"), baseline)
    assert not any("rare" in name for name in names(chosen))
    without = window(30, {f"pay turn -> {number}": 20 for number in (-8, 0, 8)}, 60)
    read = chosen.values(without)
    assert all(isnan(value) for value in read[:6])
    assert not any(isnan(value) for value in read[6:])


def test_bins_below_zero_mirror_those_above() -> None:
    low, high = bin_ends(METRICS["argument_values"], -8)
    assert (-high, -low) == bin_ends(METRICS["argument_values"], 8)
    assert high == -1.0


def test_of_arguments_so_many_are_told_with_their_bins_in_order() -> None:
    counts = {"pay euro -> 9": 2, "pay euro -> -3": 1, "pay turn -> 2": 1, OTHER: 5}
    assert told(counts) == ["pay euro -> -3", "pay euro -> 9", "pay turn -> 2"]
    assert told(counts, 1) == ["pay euro -> -3", "pay euro -> 9"]
