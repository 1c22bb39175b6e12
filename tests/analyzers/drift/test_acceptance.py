"""A small copy of the acceptance table; `make bench-drift` measures it in full."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest

from analyzers.drift import groups
from bench.drift import (
    cost,
    dating,
    delays,
    false_alarms,
    group_runs,
    many,
    peers,
    streams,
    versions,
)
from bench.drift.rivals import Adwin, kswin, page_hinkley
from bench.drift.rows import Row, with_two_errors
from bench.drift.watching import NEVER, Watch

SEED = 1


def assert_met(rows: Iterable[Row]) -> None:
    found = list(rows)
    assert any(row.met is not None for row in found)
    assert [row for row in found if row.met is False] == []


def test_ten_points_of_the_tool_mix_are_seen_within_a_week() -> None:
    rows = list(delays.tools(streams.REAL, 0.10, (6, 8, 0.95), 20, SEED))
    assert_met(rows)
    assert rows[-1].measured >= 0.95  # beyond two points for certain, so it pages


def test_a_change_of_one_transition_is_found_where_it_is() -> None:
    assert_met(many.localisation(0.10, 2, SEED))


def test_a_change_is_dated_and_its_size_bounded() -> None:
    assert_met(dating.dated(4.0, "t5", 25, SEED))


def test_a_digest_names_what_changed_and_little_else() -> None:
    rows = list(many.digest(120, SEED))
    assert all(row.met is not False for row in rows if row.metric != "found by the digest")
    assert rows[-2].measured >= 0.8  # of six, after 30 days


def test_versions_are_called_different_once_in_twenty_at_most() -> None:
    assert_met(versions.compared(600, SEED))


def test_other_wishes_are_no_other_behaviour() -> None:
    demand, behaviour = versions.wishes(6, SEED)
    assert demand.measured == 0 < 0.9 <= demand.rivals["mix as it is"]
    assert behaviour.measured >= 0.9


def test_a_night_of_few_channels_is_measured() -> None:
    assert all(row.measured >= 0 for row in cost.nights(300, SEED))


@pytest.mark.parametrize("noise", streams.NOISES)
def test_quiet_months_of_a_tool_mix_alarm_no_more_often_than_stated(noise: str) -> None:
    watch = Watch(15, false_alarms.TOOLS, false_alarms.THRESHOLDS, name=noise)
    rng = np.random.default_rng(SEED)
    for counts in streams.tool_days(streams.SMALL, 15, 80, rng, noise):
        watch.observe(false_alarms.tool_channels(counts), watch.window % 7)
    assert watch.alarmed(0) <= with_two_errors(52 / 1000, 15)
    assert watch.first[1].min() == NEVER


def test_whole_numbers_alarm_no_more_often_than_stated() -> None:
    assert_met(false_alarms.hard(40, SEED, days=60))


def test_errors_of_some_hours_are_seen_within_half_a_day() -> None:
    assert_met([delays.hourly(4, SEED)])


def test_like_groups_are_alike_and_longer_runs_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(groups, "SPLITS", 199)
    found = [group_runs.drifted((20, 20), number, SEED) for number in range(3)]
    assert not any(found)
    assert group_runs.drifted((60, 60), 0, SEED, longer=2.5)


def test_libraries_that_are_not_installed_are_said_to_be_missing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(peers, "HOME", tmp_path)
    ours, *others = peers.beside(1, SEED)
    assert (ours.setting, ours.measured) == ("Wakeline, tools", 0.0)
    assert [row.metric for row in others] == ["not installed"] * 3


def test_copied_rules_of_others_alarm_on_a_gross_change() -> None:
    rng = np.random.default_rng(SEED)
    values = np.concatenate([rng.normal(size=800), 5 + rng.normal(size=800)])
    assert page_hinkley(values.tolist()) >= 1
    assert kswin(values, rng) >= 1
    adwin = Adwin()
    for value in values.tolist():
        adwin.observe(value)
    assert adwin.alarms >= 1
