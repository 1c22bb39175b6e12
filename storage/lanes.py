"""Lanes of steps for the loop analyzers, as columns."""

import numpy as np

from domain.findings import Window
from domain.lanes import STEPS_MAX, Lanes
from storage.store import Store
from wakeline import loop_tokens


def tool_lanes(store: Store, window: Window) -> Lanes:
    """Tool calls of the traces that received some in `window`, by agent and time.

    Raises Unavailable.
    """
    columns = store.columns_of(
        "lanes_tool",
        since=window.since,
        until=window.until,
        shard=window.shard,
        shards=window.shards,
        steps_max=STEPS_MAX,
        empty_bytes_max=loop_tokens.RESULT_BYTES_OF_NOTHING,
        poll_names=loop_tokens.POLL_NAMES,
    )
    lanes = Lanes.from_columns(columns)
    # The query gives the newest first, so that it can stop there.
    return lanes.taken(np.lexsort((lanes.ts_ns, lanes.lane)))


VIEWS = {"tool": tool_lanes}
