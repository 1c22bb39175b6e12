"""The price table in the store, from which the engine reckons what model calls cost."""

import time
from collections.abc import Sequence
from typing import Any

from storage.store import Store


def renew(store: Store, rows: Sequence[dict[str, Any]]) -> bool:
    """Make `rows` the prices in force, unless they are; True when they were not.

    rows: one a model, with the columns of `model_prices` but for `generation`.
    """
    known = [
        {name: value for name, value in row.items() if name != "generation"}
        for row in store.rows("price_rows")
    ]
    wanted = sorted(rows, key=lambda row: str(row["model"]))
    if known == wanted or not wanted:
        return False
    generation = time.time_ns()
    store.insert("model_prices", [row | {"generation": generation} for row in wanted])
    return True
