"""Does a process that is killed within a look leave what the next one needs for the same alarms?"""

import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

from app.stored_drift import StoredDrift
from bench.drift_fleet import fill
from domain.drift_reading import AlarmsAsked
from storage.store import Store
from tests.app.killed_looks import CONFIG, END, FLEET, look

T = TypeVar("T")
ROOT = Path(__file__).resolve().parents[2]
EVER = AlarmsAsked("fleet", END.replace(month=11), END, rows_max=500)
# Windows are counted and not yet closed; read and not yet told; told and not yet remembered.
WRITTEN = ("drift_closings", "drift_alarms", "drift_streams")
KEPT = """SELECT * EXCEPT revision REPLACE hex(memory) AS memory FROM drift_streams FINAL
    ORDER BY lane, metric, agent"""


def test_killed_between_the_stages_of_a_look_the_alarms_are_the_same_bit_for_bit(
    schema_folder: Path, tmp_path: Path
) -> None:
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    shutil.copytree(schema_folder, whole, symlinks=True)
    within(whole, lambda store: fill(store, FLEET))
    shutil.copytree(whole, cut, symlinks=True)
    command = [sys.executable, "-m", "tests.app.killed_looks", str(cut), *WRITTEN]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert ended.stdout.split() == [word for table in WRITTEN for word in (table, "9")]
    within(whole, look)
    alarms, streams = within(whole, said)
    assert alarms
    assert within(cut, said) == (alarms, "")
    within(cut, look)
    assert within(cut, said) == (alarms, streams)


def within(folder: Path, does: Callable[[Store], T]) -> T:
    """With the store in that folder, which this process alone has open."""
    with Store(f"chdb://{folder}") as store:
        return does(store)


def said(store: Store) -> tuple[Mapping[str, object], str]:
    """What each alarm says and follows from, and all that is remembered."""
    alarms = StoredDrift(store, CONFIG).alarms(EVER)
    told = {one.alarm_id: (one.alarm, one.inputs_hash, one.shared_cause) for one in alarms}
    return told, store.read_only(KEPT, "TSV").decode()
