"""Does the terminal say how the fleet does?"""

from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from app import fleet_view
from app.fleet import StoredFleet
from domain.fleet import AgentNow, FleetNow
from storage.store import Store
from tests.app.commands import invoke
from tests.app.fleet_rows import BUSY, NOW, QUIET, TENANT, rows

pytestmark = pytest.mark.usefixtures("shared_engine")


def test_the_fleet_adds_up_and_names_who_is_silent(store: Store) -> None:
    rows(store)
    fleet = StoredFleet(store).now(TENANT, 60, NOW)
    busy, quiet = fleet.agents
    assert (busy.steps, busy.failed, busy.decisions, busy.escalated, busy.blocked) == (
        10,
        1,
        4,
        2,
        1,
    )
    assert (busy.usd, busy.run_p95_ms, busy.loops, busy.silent) == (4.0, 2500.0, 1, False)
    assert (quiet.steps, quiet.silent, sum(quiet.pulse)) == (1, True, 1)
    assert busy.pulse[-5:] == [1, 2, 2, 2, 2] or sum(busy.pulse) == 10
    said = fleet.signals
    assert (said["escalated"], said["blocked"], said["failed"]) == (0.5, 0.25, 1 / 11)
    # One finding of two agents is one.
    assert (said["usd"], said["agents"], said["silent"], said["findings"]) == (4.5, 2, 1, 1)
    assert said["decisions_per_s"] == pytest.approx(4 / 3600)
    assert not StoredFleet(store).now("somebody else", 60, NOW).agents
    assert StoredFleet(store).now("other", 60).signals["escalated"] is None


@pytest.mark.parametrize(("width", "pulses"), [(140, True), (90, False), (40, False)])
def test_the_terminal_shows_what_it_has_room_for_and_obeys_no_name(
    width: int, pulses: bool
) -> None:
    console = Console(width=width, file=StringIO(), force_terminal=False)
    agents = [
        AgentNow(TENANT, name, NOW, silent, 10, 9 * silent, 4, 2, 1, 1, 1, 1, 1.5, 2500, [0, 3, 1])
        for name, silent in ((BUSY, False), (QUIET, True))
    ]
    fleet = FleetNow(NOW - timedelta(hours=1), NOW, agents)
    console.print(fleet_view.drawn(fleet, 1, width))
    console.print(fleet_view.drawn(fleet, 9, width))
    assert isinstance(console.file, StringIO)
    out = console.file.getvalue()
    assert "… and 1 agent more" in out
    assert "\x1b" not in out
    assert "50 %" in out
    assert "silent" in out
    assert max(map(len, out.splitlines())) <= width
    assert "left to others 50 %" in out  # no line ends within a signal
    assert ("█" in out) == pulses
    assert max(map(len, out.splitlines())) <= width


def test_an_empty_fleet_says_so(data: Path) -> None:
    printed = invoke("top", "--once", "--data", data)
    assert "No agent did anything in this time." in printed.out
    told = invoke("top", "--format", "json", "--minutes", 5, "--data", data).json
    assert told["agents"] == []
    assert told["signals"]["escalated"] is None
