"""What is said of drift, in words: values in their unit, shifts with their interval, since when."""

from datetime import UTC, datetime, timedelta
from math import isfinite

from api.rendering import duration
from domain.drift import ChannelKind, Effect, State
from domain.drift_reading import Clock, StoredAlarm, Verdict

STATES = {
    State.DRIFT: "drift",
    State.LOW_POWER: "low power",
    State.NO_DRIFT: "no drift",
    State.TOO_FEW: "too few",
    State.NOT_MONITORED: "not monitored",
}
MEANINGS = {
    State.DRIFT: "an alarm is open",
    State.LOW_POWER: "watched, but its windows are so alike that only gross changes show soon",
    State.NO_DRIFT: "watched, and able to say otherwise",
    State.TOO_FEW: "too few runs, also where windows are put together",
    State.NOT_MONITORED: "no baseline yet, or hardly any different values in it",
}
VERDICTS = {
    Verdict.NEW_NORMAL: "accepted as the new normal",
    Verdict.BENIGN: "dismissed as benign",
    Verdict.REOPENED: "reopened",
}
SIZES = ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"))
STEPS = {"^": "start", "$": "end"}
MICRO_USD = "micro-USD"
SHARES = (ChannelKind.SHARE, ChannelKind.RARE_SHARE)
MINUS, TIMES, ARROW = "\u2212", "\u00d7", "\u2192"
# A day window may begin at any hour of UTC; its middle is always in its day.
NOON = timedelta(hours=12)


def metric(name: str) -> str:
    """Without underscores."""
    return name.replace("_", " ")


def channel(name: str) -> str:
    """As people read it: of a transition, start and end are words.

    >>> channel("^ -> refund"), channel("refund -> $")
    ('start \u2192 refund', 'refund \u2192 end')
    """
    steps = [STEPS.get(step, step) for step in name.split(" -> ")]
    return f" {ARROW} ".join(steps)


def number(value: float) -> str:
    """With three digits that count, and commas.

    >>> number(1234.6), number(0.12345)
    ('1,235', '0.123')
    """
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def short(value: float) -> str:
    """A large number in little room.

    >>> short(35_000.0), short(1e6), short(10.0)
    ('35k', '1M', '10')
    """
    size, letter = next((one for one in SIZES if abs(value) >= one[0]), (1.0, ""))
    return f"{value / size:.3g}{letter}"


def value(kind: ChannelKind, natural: float, unit: str = "") -> str:
    """A value of a channel in its unit; unit: of ratios, such as ms."""
    if kind in SHARES:
        return f"{natural * 100:.1f} %"
    if kind is ChannelKind.RATIO and unit in ("ms", "s"):
        return duration(natural / (1000 if unit == "ms" else 1))
    if kind is ChannelKind.RATIO and unit == MICRO_USD:
        return f"${number(natural / 1e6)}"
    return f"{number(natural)} {unit}".strip() if kind is ChannelKind.RATIO else number(natural)


def shift(kind: ChannelKind, by: float) -> str:
    """How far it moved: points of shares, after / before of ratios, else the difference."""
    if not isfinite(by):
        return "any size"
    if kind is ChannelKind.RATIO:
        return f"{TIMES} {by:.2f}"
    size, unit = (by * 100, " points") if kind in SHARES else (by, "")
    if kind is ChannelKind.SHAPE:
        unit = " sd"
    sign = "+" if size >= 0 else MINUS
    return f"{sign}{number(abs(round(size, 1 if kind in SHARES else 4)))}{unit}"


def signed(size: float) -> str:
    """With its sign and one decimal."""
    return f"{'+' if size >= 0 else MINUS}{abs(size):.1f}"


def within(effect: Effect) -> str:
    """The interval of a shift, or that only its direction is known."""
    direction_only = not (isfinite(effect.low) and isfinite(effect.high))
    if direction_only or (effect.kind in SHARES and effect.high - effect.low >= 1.0):
        return "how much is not known yet, only the direction"
    return f"between {shift(effect.kind, effect.low)} and {shift(effect.kind, effect.high)}"


def moved(name: str, effect: Effect, unit: str = "") -> str:
    """A channel before and after: "refund 12.0 % -> 22.0 % (+10 points)"."""
    name = channel(name)
    if effect.kind is ChannelKind.SHAPE:
        return f"{name} {shift(effect.kind, effect.shift)}"
    before, after = (value(effect.kind, one, unit) for one in (effect.before, effect.after))
    return f"{name} {before} {ARROW} {after} ({shift(effect.kind, effect.shift)})"


def strongest(stored: StoredAlarm) -> list[tuple[str, Effect]]:
    """Its channels, those of practical size and the clearest first."""
    return sorted(
        stored.alarm.effects.items(),
        key=lambda one: (not one[1].practical, -abs(one[1].sds), one[0]),
    )


def day(at: datetime, clock: Clock) -> str:
    """A window by its beginning: "12 May 2026", or with its hour."""
    if clock is Clock.HOUR:
        return f"{at.astimezone(UTC):%d %b %Y %H:%M} UTC".lstrip("0")
    return f"{at.astimezone(UTC) + NOON:%d %b %Y}".lstrip("0")


def since(stored: StoredAlarm) -> str:
    """Since when: the likeliest window, and the set that holds the first changed one with 90 %."""
    likeliest = day(stored.likeliest, stored.clock)
    first, last = _ends(stored)
    if first == last:
        return f"since {likeliest}"
    return f"since about {likeliest} (between {first} and {last}, 90 %)"


def began(stored: StoredAlarm) -> str:
    """The windows in which it may have begun."""
    return " to ".join(dict.fromkeys(_ends(stored)))


def _ends(stored: StoredAlarm) -> tuple[str, str]:
    step = timedelta(hours=1) if stored.clock is Clock.HOUR else 2 * NOON
    last = max(stored.changed_from, stored.changed_until - step)
    return day(stored.changed_from, stored.clock), day(last, stored.clock)


def sentence(stored: StoredAlarm, unit: str = "") -> str:
    """All that matters in one line."""
    stream = stored.alarm.stream
    names = strongest(stored)
    what = "; ".join(moved(name, effect, unit) for name, effect in names[:2])
    more = f" and {len(names) - 2} more" if len(names) > 2 else ""
    version = f" {stream.version}" if stream.version else ""
    return f"{stream.agent}{version}, {metric(stream.metric)}: {what}{more}, {since(stored)}"


def standing(stored: StoredAlarm) -> str:
    """Whether it is open, and how loud it was."""
    loud = "paged" if stored.alarm.paged else "below practical size: for the digest"
    if not settled(stored):
        return f"open, {loud}"
    assert stored.verdict is not None
    return VERDICTS[stored.verdict.verdict]


def settled(stored: StoredAlarm) -> bool:
    """Whether somebody said what it is."""
    return stored.verdict is not None and stored.verdict.verdict is not Verdict.REOPENED
