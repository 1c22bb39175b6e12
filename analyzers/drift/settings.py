"""How a block of channels with one window clock is watched."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """Fixed when an epoch begins; the defaults are those of daily windows.

    baseline_windows: learned from before anything is said; 14 at least.
    strata: kinds of windows that are compared with their like alone, such as days of the week.
    memory_windows: how long ago a change may have been and still be looked for.
    history_windows: past windows among which a new one is ranked.
    shift_sds: sizes of shift that are looked for, in standard deviations between windows.
    tail_power: how fast tails fall beyond the farthest window seen; 0: nothing is assumed of
        them, which costs a window or two on huge shifts.
    score_max: what one window can say at most, in standard deviations.
    distinct_min: different values that a baseline must show; with fewer, one new value would be
        taken for an extreme one.
    rho: correlation of neighbouring windows; None: estimated from the baselines of a family.
    side: 0 either direction, 1 only upwards, -1 only downwards.
    like_alone: windows are ranked among those of their own stratum only. For strata whose noise
        differs in shape, such as busy and quiet hours, and that have many windows each.
    break_ties: equal windows are ranked by a seeded draw; False only to show what that is for.
    """

    baseline_windows: int = 28
    strata: int = 7
    memory_windows: int = 90
    history_windows: int = 400
    shift_sds: tuple[float, ...] = (0.5, 1.0, 2.0)
    tail_power: float = 3.0
    score_max: float = 6.0
    distinct_min: int = 5
    rho: float | None = None
    side: int = 0
    like_alone: bool = False
    break_ties: bool = True


DAYS = Settings()
# Weekday or weekend, by blocks of six hours.
HOURS = Settings(
    baseline_windows=672, strata=8, memory_windows=168, history_windows=1344, like_alone=True
)
