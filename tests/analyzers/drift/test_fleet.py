"""Does a block of streams that come, go and are stored say what each says alone?"""

from collections.abc import Sequence
from dataclasses import replace
from math import isnan, nan

import numpy as np
import pytest

from analyzers.drift.fleet import Fleet
from analyzers.drift.kept_rows import closed, opened, row_size
from analyzers.drift.memory import Memory, fresh
from analyzers.drift.plans import Plan, plan, values_of
from analyzers.drift.settings import Settings
from domain.drift import WindowCounts
from tests.analyzers.drift.some_windows import days, stream

SETTINGS = Settings(baseline_windows=14, strata=1, memory_windows=20, history_windows=40)
MIX = [0.5, 0.3, 0.2]


def learned(*agents: str) -> tuple[Fleet, dict[str, tuple[Plan, Sequence[WindowCounts]]]]:
    """Streams of these agents with their baselines read, and the windows that follow."""
    fleet = Fleet(SETTINGS)
    known: dict[str, tuple[Plan, Sequence[WindowCounts]]] = {}
    for number, agent in enumerate(agents):
        windows = [replace(one, stratum=0) for one in days(40, MIX, seed=number + 3)]
        chosen = plan(stream("tools", agent), windows[:14])
        known[agent] = (chosen, windows)
    fleet.add([(chosen.channels, b"") for chosen, _ in known.values()])
    fleet.learn(
        {
            chosen.stream: (values_of(chosen, windows[:14]), [0] * 14)
            for chosen, windows in known.values()
        }
    )
    return fleet, known


def read(fleet: Fleet, known: dict[str, tuple[Plan, Sequence[WindowCounts]]], last: int) -> None:
    for place in range(14, last):
        now = {
            chosen.stream: (chosen.values(windows[place]), 0) for chosen, windows in known.values()
        }
        fleet.observe(now, 100 + place)


def test_a_fleet_that_was_stored_goes_on_bit_for_bit() -> None:
    whole, known = learned("ann", "bob")
    read(whole, known, 40)
    half, _ = learned("ann", "bob")
    read(half, known, 25)
    kept = half.kept()
    again = Fleet(SETTINGS)
    again.add([(chosen.channels, kept[chosen.stream]) for chosen, _ in known.values()])
    for place in range(25, 40):
        now = {one.stream: (one.values(windows[place]), 0) for one, windows in known.values()}
        again.observe(now, 100 + place)
    assert again.evidence() == whole.evidence()
    assert not again.knows_nothing(known["ann"][0].stream)
    assert again.kept() == whole.kept()


def test_memory_of_other_settings_is_as_none() -> None:
    _, known = learned("ann")
    chosen, _ = known["ann"]
    for other in (b"short", np.uint32(2).tobytes() + b"short", b""):
        fleet = Fleet(SETTINGS)
        fleet.add([(chosen.channels, other)])
        assert isnan(fleet.evidence()[chosen.stream])
        assert fleet.knows_nothing(chosen.stream)


@pytest.mark.parametrize("windows", [20, 40])
def test_what_is_stored_of_a_stream_holds_only_the_windows_that_were(windows: int) -> None:
    fleet, known = learned("ann")
    read(fleet, known, windows)
    (kept,) = fleet.kept().values()
    assert len(kept) == 4 + 3 * row_size(SETTINGS, windows)
    assert row_size(SETTINGS, 40) - row_size(SETTINGS, windows) == 5 * (40 - windows)
    memory = opened([(kept, 3)], SETTINGS)
    whole = b"".join(memory.packed())
    again = opened([(whole, 3)], SETTINGS)  # as older versions stored it
    assert b"".join(again.packed()) == whole
    assert closed(memory, [np.arange(3)], SETTINGS) == [kept]


def test_a_stream_that_is_dropped_says_nothing_and_leaves_others_alone() -> None:
    fleet, known = learned("ann", "bob")
    read(fleet, known, 20)
    ann, bob = (known[name][0].stream for name in ("ann", "bob"))
    before = fleet.evidence()[bob]
    fleet.drop(ann)
    assert ann not in fleet
    assert bob in fleet
    assert fleet.evidence() == {bob: before}


def test_evidence_begins_again_after_a_restart() -> None:
    fleet, known = learned("ann")
    read(fleet, known, 30)
    one = known["ann"][0].stream
    assert fleet.evidence()[one] > 0
    fleet.restart(one)
    assert fleet.evidence()[one] == 0


def test_rho_of_another_time_can_be_used() -> None:
    fleet, known = learned("ann")
    one = known["ann"][0].stream
    fleet.use_rho(one, [0.25] * 3)
    assert fleet.channels_of(one)[1].tolist() == [0.25] * 3


def test_an_empty_fleet_says_nothing() -> None:
    fleet = Fleet(SETTINGS)
    fleet.learn({})
    assert fleet.evidence() == {}
    assert fleet.kept() == {}


def test_streams_of_several_lengths_are_stored_as_each_by_itself() -> None:
    rng = np.random.default_rng(2)
    memory: Memory = fresh(5, SETTINGS)
    memory.count[:] = [7, 9, 60, 0, 7]  # two channels of one stream, then three streams
    memory.value[:] = np.where(np.arange(40) < memory.count[:, None], rng.normal(size=(5, 40)), nan)
    streams = [np.arange(2), np.array([2]), np.array([3]), np.array([4])]
    kept = closed(memory, streams, SETTINGS)
    assert kept == [closed(memory, [rows], SETTINGS)[0] for rows in streams]
    channels = [len(rows) for rows in streams]
    again = opened(list(zip(kept, channels, strict=True)), SETTINGS)
    assert again.packed() == memory.packed()
