"""Lanes of steps for the loop analyzers, as columns."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import numpy as np

from domain.findings import Window
from domain.lanes import STEPS_MAX, TURNS_MAX, Lanes
from storage.store import Store
from wakeline import loop_tokens

WRITES_MAX = 4096  # of a case, the newest
NS = 1_000_000_000


def tool_lanes(store: Store, window: Window) -> Lanes:
    """Tool calls of the traces that received some in `window`, by agent and time.

    Raises Unavailable.
    """
    lanes = _lanes(
        store,
        "lanes_tool",
        window,
        steps_max=STEPS_MAX,
        empty_bytes_max=loop_tokens.RESULT_BYTES_OF_NOTHING,
        poll_names=loop_tokens.POLL_NAMES,
    )
    # The query gives the newest first, so that it can stop there.
    return lanes.taken(np.arange(len(lanes))[::-1])


def handoff_lanes(store: Store, window: Window) -> Lanes:
    """Hand-offs of the work items and cases that `window` touches, by time; agent is who handed
    over, tool the item. Raises Unavailable."""
    lanes = _lanes(store, "lanes_handoff", window, turns_max=TURNS_MAX)
    if not len(lanes):
        return lanes
    written = _written(store, lanes, window)
    borders = np.flatnonzero(np.diff(lanes.lane, prepend=lanes.lane[:1])).tolist()
    for start, end in pairwise([0, *borders, len(lanes)]):
        keys = {str(lanes.case_id[start])} - {""} or set(map(str, lanes.trace_id[start:end]))
        times = [time for key in keys for time in written.get((str(lanes.tenant[start]), key), ())]
        count = np.searchsorted(np.sort(np.array(times, np.int64)), lanes.ts_ns[start:end], "right")
        lanes.advanced[start + 1 : end] = np.diff(count) > 0
        lanes.no_result[start:end] = not times
    return lanes


def _written(store: Store, lanes: Lanes, window: Window) -> Mapping[tuple[str, str], Sequence[int]]:
    """Times in ns at which something was written, by tenant and case or trace."""
    earliest = datetime.fromtimestamp(int(lanes.ts_ns.min()) / NS, UTC)
    keys = sorted(set(map(str, lanes.case_id)) - {""} | set(map(str, lanes.trace_id)))
    rows = store.rows(
        "written", keys=keys, earliest=earliest, until=window.until, writes_max=WRITES_MAX
    )
    return {(row["tenant"], row["key"]): row["at_ns"] for row in rows}


def field_lanes(store: Store, window: Window) -> Lanes:
    """Writes to the fields that `window` touches, by time; tool is entity|field.

    Raises Unavailable.
    """
    return _lanes(store, "lanes_field", window, turns_max=TURNS_MAX)


def _lanes(store: Store, query: str, window: Window, **parameters: Any) -> Lanes:
    columns = store.columns_of(
        query,
        since=window.since,
        until=window.until,
        shard=window.shard,
        shards=window.shards,
        **parameters,
    )
    return Lanes.from_columns(columns)


VIEWS: Mapping[str, Callable[[Store, Window], Lanes]] = {
    "tool": tool_lanes,
    "handoff": handoff_lanes,
    "field": field_lanes,
}
# The tables by whose new rows a view may show something else.
TOUCHED_BY: Mapping[str, tuple[str, ...]] = {
    "tool": ("steps",),
    "handoff": ("handoffs", "data_access", "effects"),
    "field": ("data_access",),
}
