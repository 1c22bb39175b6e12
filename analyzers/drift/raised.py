"""An alarm from its inputs alone: computed once when it is raised, and again by who doubts it."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Self

import numpy as np

from analyzers.drift.alarms import Watched, alarm
from analyzers.drift.arrays import Floats
from analyzers.drift.fleet import Fleet
from analyzers.drift.follow import window_of, window_plain
from analyzers.drift.metrics import METRICS
from analyzers.drift.plans import Plan, plan, values_of, values_of_many
from analyzers.drift.settings import Settings
from domain.drift import Alarm, Change, ChannelKind, Effect, Stream, WindowCounts

INFINITE = 1e300  # JSON has no word for more


@dataclass(frozen=True, slots=True)
class Inputs:
    """All that an alarm follows from.

    windows: of the epoch, as they were read; the first `baseline` of them are what channels were
    chosen by. rho: of each channel, the one thing that other streams have a say in. restarts:
    numbers of windows after which the evidence began again.
    """

    stream: Stream
    settings: Settings
    windows: Sequence[WindowCounts]
    baseline: int
    rho: Sequence[float]
    restarts: Sequence[int]
    threshold: float

    def text(self) -> str:
        """As JSON, the same for the same inputs."""
        plain = {
            "stream": asdict(self.stream),
            "settings": asdict(self.settings),
            "windows": [window_plain(window) for window in self.windows],
            "baseline": self.baseline,
            "rho": list(self.rho),
            "restarts": list(self.restarts),
            "threshold": self.threshold,
        }
        return json.dumps(plain, sort_keys=True, separators=(",", ":"))

    @classmethod
    def read(cls, text: str) -> Self:
        """From what `text` gave."""
        plain = json.loads(text)
        settings = plain["settings"] | {"shift_sds": tuple(plain["settings"]["shift_sds"])}
        return cls(
            Stream(**plain["stream"]),
            Settings(**settings),
            [window_of(window) for window in plain["windows"]],
            plain["baseline"],
            plain["rho"],
            plain["restarts"],
            plain["threshold"],
        )


@dataclass(frozen=True, slots=True)
class Replayed:
    """What its inputs say of a stream: its plan, x (windows, channels), and the alarm."""

    plan: Plan
    x: Floats
    alarm: Alarm


def replayed(inputs: Inputs) -> Replayed:
    """The alarm after the last window; bit for bit the same for the same inputs."""
    first = inputs.windows[: inputs.baseline]
    later = inputs.windows[inputs.baseline :]
    chosen = plan(inputs.stream, first)
    x = values(inputs, chosen)
    fleet = Fleet(inputs.settings)
    fleet.add([(chosen.channels, b"")])
    strata = [window.stratum for window in first]
    fleet.learn({inputs.stream: (x[: len(first)], strata)})
    fleet.use_rho(inputs.stream, inputs.rho)
    read_until = first[-1].number
    for window, read in zip(later, x[len(first) :].tolist(), strict=True):
        if any(read_until <= number < window.number for number in inputs.restarts):
            fleet.restart(inputs.stream)
        fleet.observe({inputs.stream: (read, window.stratum)}, window.number)
        read_until = window.number
    each, _ = fleet.channels_of(inputs.stream)
    return Replayed(chosen, x, said(inputs, (chosen, x), fleet.evidence()[inputs.stream], each))


def values(inputs: Inputs, chosen: Plan) -> Floats:
    """(windows, channels) of all windows of the epoch."""
    learned = values_of(chosen, inputs.windows[: inputs.baseline]).tolist()
    later = values_of_many([(chosen, window) for window in inputs.windows[inputs.baseline :]])
    return np.array([*learned, *later])


def said(inputs: Inputs, read: tuple[Plan, Floats], evidence: float, each: Floats) -> Alarm:
    """What to say of evidence that reached the threshold. read: the plan, and all its values; each:
    the evidence of each channel.

    Told by the channels that say more than the stream as a whole; others may miss windows. A metric
    that tells of demand never pages.
    """
    chosen, x = read
    spoken = np.nan_to_num(each)
    speak = np.flatnonzero(spoken >= min(evidence, float(spoken.max())))
    watched = Watched(
        [chosen.channels[place] for place in speak.tolist()],
        x[:, speak],
        np.array([window.stratum for window in inputs.windows], np.intp),
        np.array([window.number for window in inputs.windows], np.int64),
        spoken[speak],
        rho=max(inputs.rho[place] for place in speak.tolist()),
    )
    found = alarm(watched, evidence, inputs.threshold, inputs.settings.memory_windows)
    return replace(found, paged=False) if METRICS[inputs.stream.metric].demand else found


def alarm_text(found: Alarm) -> str:
    """As JSON, the same for the same alarm: to be stored, and to be compared."""
    plain = {
        "stream": asdict(found.stream),
        "window": found.window,
        "evidence": found.evidence,
        "threshold": found.threshold,
        "change": asdict(found.change),
        "effects": {name: _finite(asdict(effect)) for name, effect in found.effects.items()},
        "paged": found.paged,
    }
    return json.dumps(plain, sort_keys=True, separators=(",", ":"))


def alarm_of(text: str) -> Alarm:
    """From what `alarm_text` gave; what was infinite is very large."""
    plain = json.loads(text)
    change = plain["change"] | {"windows": tuple(plain["change"]["windows"])}
    effects = {
        name: Effect(**(one | {"kind": ChannelKind(one["kind"])}))
        for name, one in plain["effects"].items()
    }
    parts = {"stream": Stream(**plain["stream"]), "change": Change(**change), "effects": effects}
    return Alarm(**(plain | parts))


def fingerprint(text: str) -> str:
    """Of the inputs; 32 hex digits."""
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def alarm_id(stream: Stream, lane: str, epoch_start: int, window: int) -> str:
    """Follows from what raised it, so that raised again it is the same."""
    names = (stream.tenant, stream.agent, stream.metric, stream.version, lane)
    text = "\0".join((*names, str(epoch_start), str(window)))
    return f"drift-{hashlib.sha256(text.encode()).hexdigest()[:16]}"


def _finite(effect: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: max(min(value, INFINITE), -INFINITE) if isinstance(value, float) else value
        for name, value in effect.items()
    }
