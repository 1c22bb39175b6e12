"""Waits until the engine merges no more: merging takes processor time, and changes what is read."""

import time

from storage.store import Store

SETTLES_S, QUIET_S = 600.0, 8
MERGING = "SELECT toUInt64(count()) AS merges FROM system.merges LIMIT 1"


def settled(store: Store, seconds_max: float = SETTLES_S) -> None:
    """Until nothing was merged for a few seconds, or for `seconds_max` at most."""
    began, quiet = time.monotonic(), 0
    while quiet < QUIET_S and time.monotonic() - began < seconds_max:
        time.sleep(1)
        merging = store.selected(MERGING, "bench")
        quiet = 0 if merging[0]["merges"] else quiet + 1
