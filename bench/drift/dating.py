"""Are the time of a change and the interval of its size right, when they are read at an alarm?"""

from collections.abc import Iterator

import numpy as np
from scipy import stats

from analyzers.drift import effects
from analyzers.drift.arrays import Floats
from analyzers.drift.change_point import since_when
from analyzers.drift.settings import DAYS
from bench.drift.rows import Row
from bench.drift.streams import Noise
from bench.drift.watching import NEVER, Watch

QUIET = 60
AFTER = 45


def dated(shift: float, noise: str, many: int, seed: int) -> Iterator[Row]:
    """A shift of so many sds between windows, dated and measured on the day of its alarm."""
    rng = np.random.default_rng(seed)
    begins = DAYS.baseline_windows + QUIET
    watch = Watch(many, 1, (35_000.0,), DAYS, f"dated {shift} {noise}", kept=True)
    daily = Noise(noise, (many, 1), rng)
    for day in range(begins + AFTER):
        watch.observe(daily.next() + shift * (day >= begins), day % 7)
    history = np.array(watch.history)[:, :, 0]
    found = [
        _at_alarm(history[: int(first) + 1, stream], begins, shift, float(rho))
        for stream, (first, rho) in enumerate(
            zip(watch.first[0].tolist(), watch.ced.memory.rho, strict=True)
        )
        if begins <= first < NEVER
    ]
    if not found:
        return
    near, held, covered, student, size = np.mean(found, axis=0).tolist()
    setting, runs = f"shift {shift} sd, {noise}", len(found)
    wanted = (">=", 0.9) if shift >= 3 else ("", 0.0)
    yield Row("dated within 1 day", setting, near, *wanted, runs)
    yield Row("the 90 % set has the day", setting, held, ">=", 0.9, runs, {"days in it": size})
    yield Row(
        "the interval has the shift", setting, covered, ">=", 0.9, runs, {"Student's t": student}
    )


def _at_alarm(
    x: Floats, begins: int, shift: float, rho: float
) -> tuple[bool, bool, bool, bool, int]:
    strata = np.arange(len(x)) % 7
    change = since_when(x[:, None], strata, rho=rho)
    places = np.array(change.windows)
    low, high, _ = effects.interval(x, strata, places, rho=rho)
    before, after = x[: change.window], x[change.window :]
    error = np.sqrt(np.var(x[: change.window]) * (1 / len(before) + 1 / len(after)))
    reach = stats.t.ppf(0.95, len(x) - 9) * error
    apart = after.mean() - before.mean()
    return (
        abs(change.window - begins) <= 1,
        begins in change.windows,
        bool(low.min() <= shift <= high.max()),
        bool(abs(apart - shift) <= reach),
        len(change.windows),
    )
