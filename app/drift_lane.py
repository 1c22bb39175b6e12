"""Reads the closed windows of one lane of a tenant, in order, stream by stream."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from math import isfinite, isnan, nan
from typing import Any, Protocol

from analyzers.drift.fleet import Fleet
from analyzers.drift.follow import Followed, Pace, window_of, window_plain
from analyzers.drift.metrics import METRICS, Form
from analyzers.drift.plans import plan, values_of, values_of_many
from analyzers.drift.raised import Inputs, alarm_id, alarm_text, fingerprint, said, values
from app.drift_closing import start_of
from domain.drift import Alarm, Stream, WindowCounts
from domain.drift_reading import Expected
from domain.errors import InvalidInput
from storage.drift_windows import Lane

Threshold = Callable[[int], float]


# Evidence that fell so far below the threshold has to rise again to be told of again.
TOLD_AGAIN = 0.1
STREAMS_MAX = 20_000


class History(Protocol):
    """The windows of streams as they were closed, from a number to another."""

    def __call__(self, stream: Stream, first: int, last: int) -> Sequence[WindowCounts]:
        """Of one stream, in order."""

    def gather(self, streams: Sequence[Stream], first: int, last: int) -> None:
        """Reads at once what will be asked for of these streams."""

    def forget(self) -> None:
        """Gives back the space of what was gathered."""


class LaneReader:
    """All streams of one lane; what it finds is in `readings` and `alarms`, as rows to be kept."""

    def __init__(
        self,
        tenant: str,
        lane: str,
        pace: Pace,
        threshold: Threshold,
        history: History,
    ) -> None:
        """threshold: the evidence of an alarm among so many streams."""
        self.readings: list[dict[str, Any]] = []
        self.alarms: dict[str, tuple[dict[str, Any], Alarm]] = {}
        self.followed: dict[Stream, Followed] = {}
        self.expected: Sequence[Expected] = ()
        self.streams_max = STREAMS_MAX
        self._tenant, self._lane, self._pace = tenant, lane, pace
        self._threshold, self._history = threshold, history
        self._fleet = Fleet(pace.settings)
        self._texts: dict[Stream, tuple[Sequence[object], str]] = {}

    def restore(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Streams as `rows` of this class gave them."""
        known = []
        for row in rows:
            found = _followed(self._tenant, row)
            self.followed[found.stream] = found
            self._texts[found.stream] = (_holds(found), row["plan"])
            if found.plan is not None and found.plan.channels:
                known.append((found.plan.channels, row["memory"]))
        self._fleet.add(known)
        for stream, one in self.followed.items():
            if stream in self._fleet and self._fleet.knows_nothing(stream):
                self.begin_epoch(stream, one.number + 1)

    def rows(self) -> list[dict[str, Any]]:
        """All streams, to be kept."""
        kept = self._fleet.kept()
        return [self._row(one, kept.pop(one.stream, b"")) for one in self.followed.values()]

    def read(self, number: int, held: Mapping[Stream, WindowCounts]) -> None:
        """One closed window of all streams, or of some."""
        ready = []
        now: dict[Stream, WindowCounts] = {}
        for stream, window in {**held, **self._without_runs(number, held)}.items():
            one = self._one(stream, window)
            if one is None or number <= one.number or self._left_out(one, window):
                continue
            whole = one.take(window, self._pace.of(stream.metric))
            if whole is None:
                continue
            one.windows += 1
            if one.plan is not None:
                now[stream] = whole
            elif one.windows >= self._pace.baseline_windows:
                ready.append(one)
            else:
                self._say(one, whole, [], [])
        if now:
            self._observe(number, now)
        if ready:
            self._learn(ready)

    def _without_runs(
        self, number: int, held: Mapping[Stream, WindowCounts]
    ) -> dict[Stream, WindowCounts]:
        """Agents that were silent in the window: that they had no runs is what there is to say."""
        silent = [
            one
            for stream, one in self.followed.items()
            if _counts_runs(stream) and stream not in held and one.number < number
        ]
        for one in silent:
            one.empty.append(number)
        return {one.stream: self._empty(number) for one in silent}

    def _empty(self, number: int) -> WindowCounts:
        lane = Lane(self._tenant, self._lane, self._pace.zone)
        return WindowCounts(number, start_of(lane, number), start_of(lane, number + 1), 0, 0)

    def begin_epoch(self, stream: Stream, number: int) -> None:
        """A new normal from that window on; its windows are to be read again."""
        one = self.followed[stream]
        if stream in self._fleet:
            self._fleet.drop(stream)
        one.begin_epoch(number)

    def dismiss(self, stream: Stream) -> None:
        """Its alarm was benign: it is open no more, and evidence begins again."""
        one = self.followed[stream]
        one.alarm_id = ""
        self._restart(one)

    def _one(self, stream: Stream, window: WindowCounts) -> Followed | None:
        """A stream that is followed, from now on; None: there are too many, or it is not worth it:
        how many runs there are says nothing until there are enough of them."""
        known = self.followed.get(stream)
        begins = not _counts_runs(stream) or window.traces >= self._pace.traces_min
        if known is None and begins and len(self.followed) < self.streams_max:
            # The first day of an agent is hardly ever a whole one, which matters to this alone.
            begun = int(_counts_runs(stream))
            known = Followed(stream, window.number + begun, window.number + begun - 1)
            self.followed[stream] = known
        return known

    def _left_out(self, one: Followed, window: WindowCounts) -> bool:
        """Whether it never counts; after an expected change an epoch begins."""
        for known in self.expected:
            if known.agent not in ("", one.stream.agent):
                continue
            if window.start < known.until and window.end > known.since:
                one.left_out.append(window.number)
                one.number = window.number
                return True
            began = one.last is not None and one.last.start < known.since
            if known.kind == "change" and window.start >= known.until and began:
                self.begin_epoch(one.stream, window.number)
                one.last = None
        return False

    def _observe(self, number: int, now: Mapping[Stream, WindowCounts]) -> None:
        streams = [stream for stream in now if stream in self._fleet]
        read = values_of_many([(self._plan(stream), now[stream]) for stream in streams])
        strata = [now[stream].stratum for stream in streams]
        watched = dict(zip(streams, zip(read, strata, strict=True), strict=True))
        self._fleet.observe(watched, number)
        evidence = self._fleet.evidence()
        threshold = self._threshold(self._pageable())
        for stream, window in now.items():
            one = self.followed[stream]
            one.threshold = threshold
            if stream not in watched:  # a plan without channels
                self._say(one, window, [], [])
                continue
            one.evidence = evidence[stream]
            each, rho = self._fleet.channels_of(stream)
            one.rho = float(rho.max())
            self._say(one, window, watched[stream][0], each.tolist())
            self._judge(one, window)

    def _plan(self, stream: Stream) -> Any:
        return self.followed[stream].plan

    def _pageable(self) -> int:
        return max(
            sum(
                one.stream in self._fleet and not METRICS[one.stream.metric].demand
                for one in self.followed.values()
            ),
            1,
        )

    def _learn(self, ready: Sequence[Followed]) -> None:
        """Chooses channels by the baseline that is whole now, and learns from it."""
        baselines, channels, learned = {}, [], []
        first = min(one.epoch_start for one in ready)
        self._history.gather([one.stream for one in ready], first, ready[0].number)
        for one in ready:
            windows = self._windows(one)
            one.plan = plan(one.stream, windows)
            one.threshold = self._threshold(self._pageable())
            x = values_of(one.plan, windows)
            strata = [window.stratum for window in windows]
            if one.plan.channels:
                baselines[one.stream] = (x, strata)
                channels.append((one.plan.channels, b""))
            learned.append((one, windows, x))
        self._fleet.add(channels)
        self._fleet.learn(baselines)
        for one, windows, x in learned:
            for window, read in zip(windows, x.tolist(), strict=True):
                self._say(one, window, read, [])
        self._history.forget()

    def _windows(self, one: Followed) -> list[WindowCounts]:
        """Of its epoch, as they were read."""
        held = self._history(one.stream, one.epoch_start, one.number)
        windows = [*held, *(self._empty(number) for number in one.empty)]
        left_out = set(one.left_out)
        counted = [window for window in windows if window.number not in left_out]
        counted.sort(key=lambda window: window.number)
        return self._pace.of(one.stream.metric).merged(counted)

    def _judge(self, one: Followed, window: WindowCounts) -> None:
        """An alarm once; what is below its practical size is told once as well."""
        if isnan(one.evidence) or one.evidence < one.threshold:
            one.told = one.told and one.evidence >= TOLD_AGAIN * one.threshold
            return
        if one.alarm_id or one.plan is None:
            return
        if one.told and METRICS[one.stream.metric].demand:  # it never pages, and is told once
            return
        each, rho = self._fleet.channels_of(one.stream)
        inputs = Inputs(
            one.stream, self._pace.settings, self._windows(one), self._pace.baseline_windows,
            rho.tolist(), list(one.restarts), one.threshold,
        )  # fmt: skip
        read = (one.plan, values(inputs, one.plan))
        try:
            found = said(inputs, read, one.evidence, each)
        except InvalidInput:  # too few windows have all of what speaks: it cannot be dated yet
            return
        if not found.paged and one.told:
            return
        one.told = not found.paged
        name = alarm_id(one.stream, self._lane, one.epoch_start, window.number)
        self.alarms[name] = (self._alarm_row(name, one, window, inputs, found), found)
        if found.paged:
            one.alarm_id = name
            self._restart(one)

    def _restart(self, one: Followed) -> None:
        one.restarts.append(one.number)
        if one.stream in self._fleet:
            self._fleet.restart(one.stream)

    def _say(
        self, one: Followed, window: WindowCounts, read: Sequence[float], each: Sequence[float]
    ) -> None:
        speaks = bool(each) and isfinite(one.evidence)
        self.readings.append(
            {
                "tenant": self._tenant, "lane": self._lane, "metric": one.stream.metric,
                "agent": one.stream.agent, "epoch_start": one.epoch_start,
                "number": window.number, "window_start": window.start, "window_end": window.end,
                "stratum": window.stratum, "traces": window.traces, "readings": list(read),
                "evidence": list(each), "stream_evidence": one.evidence if speaks else None,
                "threshold": one.threshold,
            }
        )  # fmt: skip

    def _alarm_row(
        self, name: str, one: Followed, window: WindowCounts, inputs: Inputs, found: Alarm
    ) -> dict[str, Any]:
        by_number = {each.number: each for each in inputs.windows}
        text = inputs.text()
        return {
            "tenant": self._tenant, "alarm_id": name, "lane": self._lane,
            "metric": one.stream.metric, "agent": one.stream.agent,
            "epoch_start": one.epoch_start, "number": window.number,
            "window_start": window.start, "window_end": window.end,
            "changed_from": by_number[found.change.first].start,
            "changed_until": by_number[found.change.last].end,
            "likeliest": by_number[found.change.window].start, "paged": found.paged,
            "shared_cause": "", "raised_at": datetime.now(UTC), "said": alarm_text(found),
            "inputs": text, "inputs_hash": fingerprint(text),
        }  # fmt: skip

    def _row(self, one: Followed, memory: bytes) -> dict[str, Any]:
        last = one.last
        start = last.start if last else datetime.fromtimestamp(0, UTC)
        return {
            "tenant": self._tenant, "lane": self._lane, "metric": one.stream.metric,
            "agent": one.stream.agent, "epoch_start": one.epoch_start, "number": one.number,
            "window_start": start, "window_end": last.end if last else start,
            "traces": last.traces if last else 0, "windows": one.windows,
            "state": one.state(self._pace.of(one.stream.metric)).value,
            "evidence": one.evidence if isfinite(one.evidence) else None,
            "threshold": one.threshold, "rho": one.rho, "alarm_id": one.alarm_id,
            "told": one.told, "plan": self._text(one),
            "waiting": json.dumps([window_plain(window) for window in one.waiting]),
            "memory": memory,
        }  # fmt: skip

    def _text(self, one: Followed) -> str:
        """What JSON holds of it; most streams hold the same as when they were restored."""
        holds = _holds(one)
        known, text = self._texts.get(one.stream, ((), ""))
        return text if known == holds else json.dumps(one.plain(), sort_keys=True)


def _holds(one: Followed) -> Sequence[object]:
    """What JSON holds of it, without its form."""
    return one.plan, tuple(one.left_out), tuple(one.empty), tuple(one.restarts)


def _counts_runs(stream: Stream) -> bool:
    return METRICS[stream.metric].form is Form.RUNS


def _followed(tenant: str, row: Mapping[str, Any]) -> Followed:
    stream = Stream(tenant, row["agent"], row["metric"])
    found = Followed(stream, row["epoch_start"], row["number"])
    found.last = WindowCounts(
        row["number"], row["window_start"], row["window_end"], 0, row["traces"]
    )
    found.windows, found.threshold, found.rho = row["windows"], row["threshold"], row["rho"]
    found.evidence = nan if row["evidence"] is None else row["evidence"]
    found.alarm_id, found.told = row["alarm_id"], row["told"]
    found.waiting = [window_of(plain) for plain in json.loads(row["waiting"])]
    found.restore(json.loads(row["plan"]))
    return found
