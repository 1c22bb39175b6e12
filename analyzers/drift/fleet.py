"""The channels of many streams on one clock, read together in one block."""

from collections.abc import Mapping, Sequence

import numpy as np

from analyzers.drift.arrays import Floats, Places
from analyzers.drift.ced import Ced
from analyzers.drift.evidence import of_streams
from analyzers.drift.kept_rows import closed, opened
from analyzers.drift.memory import Memory
from analyzers.drift.seeds import keys
from analyzers.drift.settings import Settings
from domain.drift import Channel, Stream

Reading = tuple[Sequence[float], int]  # one value a channel, and the stratum of the window


class Fleet:
    """Streams come and go; each has a run of rows in the block."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._keys = np.zeros(0, np.uint64)
        self._families = np.zeros(0, np.intp)
        self._streams = np.zeros(0, np.intp)
        self._ced = Ced(self._keys, settings)
        self._rows: dict[Stream, Places] = {}
        self._weights: list[float] = []
        self._metrics: dict[str, int] = {}

    def __contains__(self, stream: Stream) -> bool:
        return stream in self._rows

    def add(self, streams: Sequence[tuple[Sequence[Channel], bytes]]) -> None:
        """Streams with what was remembered of them; empty: nothing."""
        start = len(self._weights)
        for channels, _ in streams:
            self._rows[channels[0].stream] = np.arange(start, start + len(channels))
            start += len(channels)
            self._weights += [channel.weight for channel in channels]
        added = opened([(kept, len(channels)) for channels, kept in streams], self.settings)
        self._grow(added, [channels for channels, _ in streams])

    def knows_nothing(self, stream: Stream) -> bool:
        """Whether what was remembered of it is of other settings, so that it is as new."""
        return not self._ced.memory.count[self._rows[stream]].any()

    def drop(self, stream: Stream) -> None:
        """It is read no more; its rows stay, blank, until the next run."""
        self._ced.memory.forget(self._rows.pop(stream))

    def learn(self, baselines: Mapping[Stream, tuple[Floats, Sequence[int]]]) -> None:
        """The windows of whole baselines, and their strata: no draws are made in them."""
        most = max((len(x) for x, _ in baselines.values()), default=0)
        for place in range(most):
            now = {
                stream: (x[place].tolist(), strata[place])
                for stream, (x, strata) in baselines.items()
                if place < len(x)
            }
            self.observe(now, 0)

    def observe(self, readings: Mapping[Stream, Reading], window: int) -> None:
        """One window, by its number; streams without a reading wait."""
        x = np.full(len(self._weights), np.nan)
        strata = np.zeros(len(self._weights), np.intp)
        for stream, (values, stratum) in readings.items():
            rows = self._rows[stream]
            x[rows] = values
            strata[rows] = stratum
        self._ced.observe(x, strata, window)

    def evidence(self) -> dict[Stream, float]:
        """Of each stream; NaN: none of its channels speaks."""
        if not self._rows:
            return {}
        place = np.full(len(self._weights), len(self._rows), np.intp)
        for number, rows in enumerate(self._rows.values()):
            place[rows] = number
        weights = np.array(self._weights)
        found = of_streams(self._ced.memory.evidence, place, weights, len(self._rows) + 1)
        return dict(zip(self._rows, found.tolist(), strict=False))

    def channels_of(self, stream: Stream) -> tuple[Floats, Floats]:
        """The evidence of its channels, and their rho."""
        rows, memory = self._rows[stream], self._ced.memory
        return memory.evidence[rows].copy(), memory.rho[rows].copy()

    def use_rho(self, stream: Stream, rho: Sequence[float]) -> None:
        """That of another time, so that what was computed then can be computed again."""
        self._ced.memory.rho[self._rows[stream]] = rho

    def restart(self, stream: Stream) -> None:
        """After an alarm: its evidence begins again, what is usual stays."""
        self._ced.restart(self._rows[stream])

    def kept(self) -> dict[Stream, bytes]:
        """What is remembered of each stream."""
        found = closed(self._ced.memory, list(self._rows.values()), self.settings)
        return dict(zip(self._rows, found, strict=True))

    def _grow(self, added: Memory, streams: Sequence[Sequence[Channel]]) -> None:
        names: list[tuple[str, str]] = []
        families: list[int] = []
        for channels in streams:
            stream = channels[0].stream
            known = "\0".join((stream.tenant, stream.agent, stream.metric, stream.version))
            names += [(known, channel.name) for channel in channels]
            family = self._metrics.setdefault(stream.metric, len(self._metrics))
            families += [family] * len(channels)
        self._keys = np.concatenate([self._keys, keys(names)])
        self._families = np.concatenate([self._families, np.array(families, np.intp)])
        sizes = [len(channels) for channels in streams]
        numbers = np.repeat(np.arange(len(streams)), sizes) + len(self._streams)
        self._streams = np.concatenate([self._streams, numbers])
        memory = self._ced.memory.joined(added)
        self._ced = Ced(self._keys, self.settings, self._families, memory, self._streams)
