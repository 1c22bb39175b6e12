"""What a night costs: seconds of one core for many channels with a full memory."""

import time

import numpy as np

from analyzers.drift import change_point
from analyzers.drift.ced import Ced
from analyzers.drift.memory import Memory, fresh
from analyzers.drift.seeds import keys
from analyzers.drift.settings import DAYS
from bench.drift.rows import Row

SECONDS_MAX = 5.0


def nights(many: int, seed: int) -> list[Row]:
    """One window of `many` channels: the evidence, saving and loading, and dating of them all.

    Processor time: neighbours on the machine do not count.
    """
    rng = np.random.default_rng(seed)
    ced = Ced(keys(("cost", str(number)) for number in range(many)), DAYS, memory=_full(many, rng))
    x = rng.normal(size=many)
    took = []
    for window in range(400, 403):
        began = time.process_time()
        ced.observe(x, window % 7, window)
        took.append(time.process_time() - began)
    began = time.process_time()
    size = len(b"".join(ced.memory.packed()))
    saved = time.process_time() - began
    history = rng.normal(size=(DAYS.memory_windows + DAYS.baseline_windows, many))
    began = time.process_time()
    strata = np.arange(len(history)) % 7
    change_point.log_factors(change_point.steps(history, strata))
    dated = time.process_time() - began
    setting = f"{many:,} channels, 400 past windows"
    return [
        Row("CPU s a night, evidence", setting, min(took), "<=", SECONDS_MAX, many),
        Row("CPU s, dating all", f"{many:,} channels x {len(history) - 1} days", dated, runs=many),
        Row("CPU s, saving", f"{size / many:,.0f} bytes a channel", saved, runs=many),
    ]


def _full(many: int, rng: np.random.Generator) -> Memory:
    memory = fresh(many, DAYS)
    memory.count[:] = DAYS.history_windows
    memory.value[:] = rng.normal(size=memory.value.shape)
    memory.stratum[:] = np.arange(DAYS.history_windows) % 7
    memory.whitened[:] = rng.normal(size=memory.whitened.shape)
    memory.in_stratum[:] = DAYS.history_windows // 7
    memory.scored[:] = DAYS.memory_windows
    return memory
