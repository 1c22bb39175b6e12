"""Do the drawings of drift show what there is: at the right place, in words that fit?"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import inf, nan

import pytest

from api import drift_bars, drift_board, drift_chart, drift_page, drift_transitions
from api import drift_words as words
from api.drift_chart import NARROW, WIDE, Event, Point, Series, Span
from domain.drift import ChannelKind, State
from domain.drift_reading import AlarmVerdict, Bin, Clock, Expected, Verdict
from tests.api import sample_drift as sample

START = datetime(2026, 5, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def series(values: list[float], **said: object) -> Series:
    """Values of days."""
    points = [Point(START + day * DAY, value, f"{value}") for day, value in enumerate(values)]
    given: dict[str, object] = {
        "points": points,
        "shown": words.number,
        "ends": START + len(values) * DAY,
    }
    return Series(**(given | said))  # type: ignore[arg-type]


def test_a_line_breaks_where_a_window_is_left_out() -> None:
    chart = drift_chart.drawn(series([1.0, 2.0, nan, 3.0, 2.0]), WIDE)
    assert chart.path.count("M") == 2
    assert len(chart.dots) == 4
    assert chart.dots[0].y > chart.dots[1].y  # more is higher
    assert (
        WIDE.left <= min(dot.x for dot in chart.dots) < max(dot.x for dot in chart.dots) < WIDE.edge
    )
    assert [tick.text for tick in chart.across] == ["1", "1.5", "2", "2.5", "3"]


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        ([5.0], ["2", "4", "6", "8"]),
        ([0.0, 0.0], ["-0.5", "0", "0.5"]),
        ([nan], ["0", "0.5", "1"]),
        ([1.0, 1.0 + 1e-15], ["0.5", "1", "1.5"]),
        ([1e-14, 3e-14], ["-0.5", "0", "0.5"]),
        ([-7.0, 12.0], ["-10", "-5", "0", "5", "10", "15"]),
    ],
)
def test_axes_have_round_numbers_around_the_values(values: list[float], texts: list[str]) -> None:
    chart = drift_chart.drawn(series(values), WIDE)
    assert [tick.text for tick in chart.across] == texts
    assert all(WIDE.top <= dot.y <= WIDE.floor for dot in chart.dots)


def test_evidence_is_drawn_by_factors_against_its_threshold() -> None:
    chart = drift_chart.drawn(
        series([0.2, 1.0, 100.0, 1e6], line=35_000.0, line_label="alarm", logarithmic=True), NARROW
    )
    first, second, third, last = chart.dots
    assert first.y == second.y == NARROW.floor  # below 1 nothing is said
    assert (second.y - last.y) == pytest.approx(3 * (second.y - third.y), abs=0.3)
    assert chart.held is not None
    assert last.y < chart.held.y < third.y
    huge = drift_chart.drawn(series([1e30], logarithmic=True), NARROW)
    assert len(huge.across) <= 6
    assert huge.held is None


def test_days_are_named_as_many_as_have_room_and_hours_where_days_are_few() -> None:
    by_day = drift_chart.drawn(series([1.0] * 90), WIDE)
    assert [tick.text for tick in by_day.along][:2] == ["1 May", "8 May"]
    assert len(drift_chart.drawn(series([1.0] * 400), NARROW).along) <= 5
    hours = [Point(START + timedelta(hours=hour), 1.0, "") for hour in range(30)]
    chart = drift_chart.drawn(series([], points=hours, ends=START + timedelta(hours=30)), NARROW)
    assert [tick.text for tick in chart.along] == ["1 May", "12:00", "2 May"]


def test_events_that_would_lie_on_each_other_stand_side_by_side_and_bands_are_cut() -> None:
    events = [Event(START + 5 * DAY, number, "change", "c", "#c") for number in (1, 2)]
    events.append(Event(START - DAY, 3, "change", "before it all", "#c"))
    spans = [Span(START - 9 * DAY, START + DAY, "base", "b"), Span(START, START, "change", "thin")]
    chart = drift_chart.drawn(series([1.0] * 10, events=events, spans=spans), WIDE)
    first, second = chart.events
    assert (first.x, first.width) == (second.x, 0.0)
    assert second.width > 10
    assert (chart.bands[0].x, chart.bands[1].width) == (WIDE.left, 3.0)


def test_bars_show_what_moved_most_first_and_add_the_rest_up() -> None:
    before = {f"tool-{number:02}": 10.0 for number in range(30)}
    after = before | {"tool-07": 40.0, "new": 5.0}
    drawn = drift_bars.bars(before, after, "wide", 940, 230)
    assert drawn.bars[0].label == "tool-07"
    assert drawn.bars[0].points > 8
    assert drawn.bars[-1].label == drift_bars.OTHERS
    assert sum(bar.before for bar in drawn.bars) == pytest.approx(1.0)
    assert all(230 + bar.after_px <= 940 for bar in drawn.bars)
    assert drift_bars.bars({}, {}, "wide", 940, 230).bars == []


def test_histograms_lie_on_each_other_on_the_same_bins() -> None:
    labels = {0: "1 to 2 ms", 1: "2 to 4 ms", 2: "4 to 8 ms"}
    drawn = drift_bars.bins({0: 1, 1: 3}, {1: 1, 2: 1}, labels, "narrow", 343)
    assert [one.before_px > 0 for one in drawn.bins] == [True, True, False]
    assert drawn.bins[1].before_px > drawn.bins[1].after_px == drawn.bins[2].after_px
    assert [text for _, text in drawn.ticks] == ["1", "2", "4"]
    assert drift_bars.bins({}, {}, labels, "narrow", 343).bins[0].before_px == 0


def test_transitions_are_ranked_by_their_part_of_all_change() -> None:
    found = drift_transitions.compared(sample.before_after(sample.TRANSITIONS, None).bins)
    assert (found[0].first, found[0].second) == ("get_invoice", "refund")
    assert found[0].points == pytest.approx(18.0, abs=0.1)
    assert sum(one.part for one in found) == pytest.approx(1.0)
    assert {one.first for one in found if one.second == "end"} == {"reply"}
    same = [Bin("a -> b", None, None, 10, 10), Bin("not one", None, None, 1, 1)]
    (only,) = drift_transitions.compared(same)
    assert (only.before, only.after, only.part) == (1.0, 1.0, 0.0)
    assert drift_transitions.compared([Bin("a -> b", None, None, 0, 0)])[0].before == 0.0


def test_the_map_has_what_drifts_on_top_and_on_the_left() -> None:
    board = drift_board.board(sample.fleet())
    assert [metric for metric, _ in board.columns[:2]] == ["tools", "transitions"]
    assert board.rows[0].agent == "billing"
    assert board.rows[-1].agent == "cash-flow"
    assert board.counts[State.DRIFT] == 2
    assert board.demand == {("intents", Clock.DAY)}
    assert list(board.counts) == list(drift_board.ORDER)
    cells = [cell for row in board.rows for cell in row.cells if cell]
    assert len(cells) == len(sample.fleet())
    by_label = {cell.label: cell.text for cell in cells}
    assert by_label["tools, day: drift, drift score 1.00"] == "1.00"
    assert by_label["tools, day: not monitored, 12 of 28 windows of its baseline"] == "12 of 28"
    assert by_label["latency ms, day: too few"] == ""
    assert drift_board.board([]).rows == []


@pytest.mark.parametrize(
    ("kind", "natural", "unit", "said"),
    [
        (ChannelKind.SHARE, 0.1234, "", "12.3 %"),
        (ChannelKind.RATIO, 1350.0, "ms", "1.4 s"),
        (ChannelKind.RATIO, 90.0, "s", "1.5 min"),
        (ChannelKind.RATIO, 12_300.0, "micro-USD", "$0.0123"),
        (ChannelKind.RATIO, 51234.0, "tokens", "51,234 tokens"),
        (ChannelKind.MEAN, 0.871, "", "0.871"),
    ],
)
def test_values_are_told_in_their_units(
    kind: ChannelKind, natural: float, unit: str, said: str
) -> None:
    assert words.value(kind, natural, unit) == said


def test_shifts_are_told_in_points_factors_or_their_own_unit() -> None:
    assert words.shift(ChannelKind.RARE_SHARE, -0.005) == "\u22120.5 points"
    assert words.shift(ChannelKind.RATIO, 1.25) == "\u00d7 1.25"
    assert words.shift(ChannelKind.MEAN, 0.02) == "+0.02"
    assert words.shift(ChannelKind.SHAPE, -1.5) == "\u22121.5 sd"
    assert words.shift(ChannelKind.RATIO, inf) == "any size"
    wide = sample.effect(ChannelKind.SHARE, 0.5, 0.1, -0.5, 0.5)
    assert "only the direction" in words.within(wide)
    spread = replace(wide, kind=ChannelKind.SHAPE, shift=1.0)
    assert words.moved("spread", spread) == "spread +1 sd"
    assert words.signed(-0.25) == "\u22120.2"


def test_a_set_of_one_window_is_one_day_and_hours_have_their_hour() -> None:
    one = replace(sample.alarm(), changed_from=sample.at(78), changed_until=sample.at(79))
    assert words.since(one) == "since 15 Nov 2026"
    assert words.began(one) == "15 Nov 2026"
    hourly = replace(one, clock=Clock.HOUR, changed_until=one.changed_from + timedelta(hours=2))
    assert words.began(hourly) == "15 Nov 2026 00:00 UTC to 15 Nov 2026 01:00 UTC"
    assert words.short(2_500_000.0) == "2.5M"


def test_what_is_settled_is_no_longer_open_and_what_is_reopened_is() -> None:
    alarm = sample.alarm()
    verdict = AlarmVerdict(Verdict.BENIGN, "a test", "anna", sample.END)
    benign = replace(alarm, verdict=verdict)
    assert words.standing(benign) == "dismissed as benign"
    assert words.standing(replace(benign, verdict=replace(verdict, verdict=Verdict.REOPENED))) == (
        "open, paged"
    )
    quiet = replace(alarm, alarm=replace(alarm.alarm, paged=False))
    assert words.standing(quiet) == "open, below practical size: for the digest"
    events = drift_page.happened(sample.changes(), [benign])
    assert [one.inside for one in events] == [False] * 4  # it explains nothing that is open
    events = drift_page.happened(sample.changes(), [alarm])
    assert [one.inside for one in events] == [False, True, False, False]
    assert [drift_page.summary(one) for one in events][1:] == [
        "prompt: billing-system 11 \u2192 12", "policy: refund-limits 6 \u2192 7",
        "alarm, open, paged",
    ]  # fmt: skip


def test_bands_show_the_baseline_the_change_set_and_the_calendar() -> None:
    history = sample.tools_history()
    holiday = Expected("default", "", "holiday", sample.at(60), sample.at(61), "rest", "anna")
    kinds = [span.kind for span in drift_page.spans(history, [sample.alarm()], [holiday])]
    assert kinds == ["base", "calendar", "change"]
    later = replace(history, windows=history.windows[40:])
    assert drift_page.spans(later, [], []) == []


def test_numbers_that_tools_are_called_with_are_drawn_argument_by_argument() -> None:
    drawn = dict(drift_page.mix(sample.before_after(sample.VALUES, None)).values)
    assert list(drawn) == ["pay euro", "pay turn"]
    (euro, *_), (turn, *_) = drawn.values()
    assert len(euro.bins) == 12
    assert [bin.before_px > 0 for bin in turn.bins] == [True, *[False] * 15, True]


def test_a_mix_is_drawn_as_what_it_is_made_of() -> None:
    names = drift_page.mix(sample.before_after(sample.TOOLS, None))
    numbers = drift_page.mix(sample.before_after(sample.LATENCY, None))
    steps = drift_page.mix(sample.before_after(sample.TRANSITIONS, None))
    assert [bool(names.bars), bool(names.bins), bool(names.transitions)] == [True, False, False]
    assert [bool(numbers.bars), bool(numbers.bins)] == [False, True]
    assert [bool(steps.bars), bool(steps.transitions)] == [False, True]
    assert drift_page.mix(replace(sample.before_after(sample.TOOLS, None), bins=())).bars == ()
    whole_runs = replace(sample.TOOLS, metric="paths")
    paths = replace(sample.before_after(sample.TRANSITIONS, None), stream=whole_runs)
    assert [bar.label for bar in drift_page.mix(paths).bars[0].bars][:1] == [
        "get_invoice \u2192 reply"
    ]
    open_end = replace(sample.before_after(sample.LATENCY, None), bins=(Bin("0", 0.0, None, 1, 2),))
    assert drift_page.mix(open_end).bins[0].bins[0].label == "0 ms to "
