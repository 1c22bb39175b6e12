"""How far one stream was read: its epoch, its plan, and windows that wait for their neighbours."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from math import nan
from typing import Any
from zoneinfo import ZoneInfo

from analyzers.drift.metrics import METRICS, Form
from analyzers.drift.plans import Plan, restored
from analyzers.drift.settings import DAYS, HOURS, Settings
from analyzers.drift.standing import Standing
from analyzers.drift.windows import MERGED_MAX, TRACES_MIN, day_stratum, hour_stratum, merged
from domain.drift import State, Stream, WindowCounts

# Several days have no day of the week: they are compared with each other.
SEVERAL_DAYS = 7
MONTH_END = 8
FIRST_DAY = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Pace:
    """How the windows of a lane are read. zone: of its days. merged_max: neighbours that are put
    together at most, until there are traces_min runs. month_end_days: so many last days of a month
    are compared with each other, whichever weekday they are."""

    hours: bool = False
    zone: str = "UTC"
    baseline_windows: int = DAYS.baseline_windows
    traces_min: int = TRACES_MIN
    merged_max: int = MERGED_MAX
    month_end_days: int = 0

    @property
    def settings(self) -> Settings:
        """Of the engine."""
        if self.hours:
            return replace(HOURS, baseline_windows=self.baseline_windows)
        strata = (MONTH_END if self.month_end_days else SEVERAL_DAYS) + 1
        return replace(DAYS, baseline_windows=self.baseline_windows, strata=strata)

    def stratum(self, window: WindowCounts) -> int:
        """Which windows it is compared with; by the clock of the tenant."""
        if self.hours:
            return hour_stratum(window.start.astimezone(ZoneInfo(self.zone)))
        if window.end - window.start > timedelta(days=1, hours=2):  # clocks are put back at times
            return SEVERAL_DAYS
        day = FIRST_DAY + timedelta(days=window.number)
        if (day + timedelta(days=self.month_end_days)).month != day.month:
            return MONTH_END
        return day_stratum(
            datetime(day.year, day.month, day.day, tzinfo=UTC), self.baseline_windows
        )

    def of(self, metric: str) -> "Pace":
        """For how many runs there are, few of them are no reason to wait for more."""
        counts_runs = metric in METRICS and METRICS[metric].form is Form.RUNS
        return replace(self, traces_min=0, merged_max=1) if counts_runs else self

    def merged(self, windows: Sequence[WindowCounts]) -> list[WindowCounts]:
        """Those that are large enough to be read, with their strata; from a fresh start."""
        found = merged(windows, self.traces_min, self.merged_max)
        whole = [window for window in found if window.traces >= self.traces_min]
        return [replace(window, stratum=self.stratum(window)) for window in whole]


@dataclass(slots=True)
class Followed:
    """One stream. epoch_start: the number of its first window. number: of the last window seen,
    last: of the last one that was large enough, or the last too small one.

    windows: how many of the epoch were read. left_out: numbers of windows that never count. empty:
    of those in which there was nothing, where that counts.
    restarts: numbers of windows after which its evidence began again. told: what is below its
    practical size was told already.
    """

    stream: Stream
    epoch_start: int
    number: int
    last: WindowCounts | None = None
    windows: int = 0
    waiting: list[WindowCounts] = field(default_factory=list)
    plan: Plan | None = None
    left_out: list[int] = field(default_factory=list)
    empty: list[int] = field(default_factory=list)
    restarts: list[int] = field(default_factory=list)
    evidence: float = nan
    threshold: float = 1.0
    rho: float = 0.0
    alarm_id: str = ""
    told: bool = False

    def take(self, window: WindowCounts, pace: Pace) -> WindowCounts | None:
        """The next window, in order; what can be read now, if anything can."""
        self.number = window.number
        self.waiting.append(window)
        for whole in merged(self.waiting, pace.traces_min, pace.merged_max):
            self.waiting = []
            enough = whole.traces >= pace.traces_min
            if enough or not pace.hours or self.last is None:  # a quiet hour tells of no agent
                self.last = whole
            if enough:
                return replace(whole, stratum=pace.stratum(whole))
        return None

    def begin_epoch(self, number: int) -> None:
        """A new normal from this window on: nothing is known of it yet."""
        self.epoch_start, self.number = number, number - 1
        self.windows, self.waiting, self.plan = 0, [], None
        self.left_out, self.empty, self.restarts = [], [], []
        self.evidence, self.alarm_id, self.told = nan, "", False

    def state(self, pace: Pace) -> State:
        """As it is shown."""
        traces = self.last.traces if self.last else 0
        paged = bool(self.alarm_id)
        few = pace.traces_min
        return Standing(traces, self.evidence, self.threshold, self.rho, paged, few).state

    def plain(self) -> dict[str, Any]:
        """Its plan and what else of it JSON holds."""
        return {
            "plan": self.plan.plain() if self.plan else None,
            "left_out": self.left_out,
            "empty": self.empty,
            "restarts": self.restarts,
        }

    def restore(self, plain: Mapping[str, Any]) -> None:
        """The way back from `plain`."""
        self.plan = restored(self.stream, plain["plan"]) if plain["plan"] else None
        self.left_out, self.restarts = list(plain["left_out"]), list(plain["restarts"])
        self.empty = list(plain.get("empty", ()))


def window_plain(window: WindowCounts) -> list[Any]:
    """As JSON holds it: number, start and end in s, stratum, traces, counts."""
    start, end = int(window.start.timestamp()), int(window.end.timestamp())
    return [window.number, start, end, window.stratum, window.traces, dict(window.counts)]


def window_of(plain: Sequence[Any]) -> WindowCounts:
    """From what `window_plain` gave."""
    number, start, end, stratum, traces, counts = plain
    return WindowCounts(
        number, datetime.fromtimestamp(start, UTC), datetime.fromtimestamp(end, UTC), stratum,
        traces, counts,
    )  # fmt: skip
