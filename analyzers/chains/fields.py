"""Who read whose write of a datum, who read what had been overwritten, who wrote over whom.

The edges are those of a serialization graph (Adya, 1999): read-from, anti-dependency (a stale
read), overwrite. Versions decide; times only where there are none, and then not within the margin
by which clocks differ.
"""

import math
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import accumulate, pairwise
from typing import NamedTuple

from analyzers.chains.weights import CLOCK_MARGIN, READ_FROM_ALIKE, WEIGHTS
from domain.chain_records import Access
from domain.chains import Edge, EdgeKind

LOOKED_AT_MAX = 256  # newest writes before a read that may have overwritten what it saw


class StaleRead(NamedTuple):
    """`read` saw a value that `newer` had replaced; certainty 0 to 1, by how that is known."""

    read: Access
    newer: Access
    certainty: float


class Field:
    """All accesses to one datum, in order.

    around: writes of data that hold this one or are part of it, which its reads may have seen: of
            the whole entity for a field, and of each field for the whole entity.
    """

    def __init__(self, accesses: Iterable[Access], around: Iterable[Access] = ()) -> None:
        self._sources: dict[int, tuple[Access, EdgeKind] | None] = {}
        ordered = sorted(accesses, key=_order)
        self.reads = [access for access in ordered if not access.is_write]
        self.writes = [access for access in ordered if access.is_write]
        self._times = [write.at for write in self.writes]
        self._highest = list(accumulate(map(_rank, self.writes), max))
        self._around = sorted((each for each in around if each.is_write), key=_order)
        self._seen = sorted([*self.writes, *self._around], key=_order)
        self._seen_times = [write.at for write in self._seen]
        self._versions: dict[str, list[Access]] = defaultdict(list)
        for write in self.writes:
            if write.version:
                self._versions[write.version].append(write)
        self._by_number = all(math.isfinite(number(write.version)) for write in self.writes)
        self.sequence = sorted(self.writes, key=self._place)
        for write, following in pairwise(self.sequence):
            if not write.version and following.version_prev:
                self._versions[following.version_prev].append(write)

    def source(self, read: Access) -> tuple[Access, EdgeKind] | None:
        """The write whose value the read saw, and how that is known."""
        if id(read) not in self._sources:
            self._sources[id(read)] = self._find_source(read)
        return self._sources[id(read)]

    def _find_source(self, read: Access) -> tuple[Access, EdgeKind] | None:
        if read.version and (written := self._versions.get(read.version)):
            before = [write for write in written if write.at <= read.at + CLOCK_MARGIN]
            return (before[-1] if before else written[0]), EdgeKind.READ_FROM
        write = self._by_time(read)
        return (write, EdgeKind.READ_FROM_BY_TIME) if write else None

    def _by_time(self, read: Access) -> Access | None:
        """The write that was newest when the value was true; of these one with the read value."""
        until = read.at if read.as_of is None else read.as_of + CLOCK_MARGIN
        possible = [
            write
            for write in reversed(_before(self._seen, self._seen_times, min(until, read.at)))
            if write.ref != read.ref and not _both_versioned(write, read)
        ]
        if not possible:
            return None
        if read.as_of is None and (alike := [w for w in possible if same_value(w, read)]):
            return alike[0]
        return possible[0] if same_value(possible[0], read) is not False else None

    def is_newest(self, write: Access, read: Access) -> bool:
        """Whether the write was the newest when it was read, and the value is the same."""
        newest = _before(self._seen, self._seen_times, read.at)[-1:]
        return newest == [write] and same_value(write, read) is True

    def is_unheard_of(self, read: Access) -> bool:
        """Whether the value was never written, though all writes tell their values."""
        return bool(self.writes) and all(same_value(write, read) is False for write in self.writes)

    def readers(self, write: Access) -> list[Access]:
        """Reads that saw the value of the write."""
        return [read for read in self.reads if (seen := self.source(read)) and seen[0] == write]

    def stale(self, read: Access) -> StaleRead | None:
        """The newest write that had replaced what the read saw, if there is one."""
        until = read.at - CLOCK_MARGIN
        if self._is_highest(read, until):
            return None
        certainty_of = self._judge(read)
        for write in reversed(_before(self.writes, self._times, until)):
            if write.ref.trace_id == read.ref.trace_id or same_value(write, read):
                continue
            if certainty := certainty_of(write):
                return StaleRead(read, write, certainty)
        return None

    def _is_highest(self, read: Access, until: datetime) -> bool:
        """Whether no write up to then may have made a higher version than the one read."""
        end = bisect_right(self._times, until)
        return not end or self._highest[end - 1] <= number(read.version)

    def _judge(self, read: Access) -> Callable[[Access], float]:
        """How sure it is that a write came after the value of the read; 0 = it did not."""
        if read.version:
            own = self.source(read)
            mine = own[0] if own and own[1] is EdgeKind.READ_FROM else None
            return lambda write: _newer_version(write, read, mine)
        as_of = read.as_of
        if as_of is not None:
            return lambda write: BY_AS_OF if write.at > as_of + CLOCK_MARGIN else 0.0
        source = self._by_time(read)
        if source is None or same_value(source, read) is not True:
            return lambda write: 0.0
        return lambda write: BY_VALUE if _order(write) > _order(source) else 0.0

    def _place(self, write: Access) -> tuple[float, tuple[datetime, str, str, str]]:
        """Where it stands in the sequence: by versions if all are numbers, else by time."""
        return (number(write.version) if self._by_number else 0.0), _order(write)

    def standing(self) -> Access | None:
        """The newest write."""
        return self.sequence[-1] if self.sequence else None

    def after(self, write: Access) -> Access | None:
        """The write that came next."""
        index = bisect_right(self.sequence, self._place(write), key=self._place)
        return self.sequence[index] if index < len(self.sequence) else None

    def newest_before(self, moment: datetime) -> Access | None:
        """The newest write before the moment."""
        end = bisect_left(self._times, moment)
        return self.writes[end - 1] if end else None


BY_VERSION, BY_AS_OF, BY_VALUE = 0.95, 0.85, 0.75


def field_edges(field: Field, place: Callable[[Access], str]) -> Iterator[Edge]:
    """All edges by one datum."""
    for read in field.reads:
        effect = place(read)
        if source := field.source(read):
            write, kind = source
            weight, hard = WEIGHTS[kind], kind is EdgeKind.READ_FROM
            if not hard and field.is_newest(write, read):
                weight, hard = READ_FROM_ALIKE, True
            yield Edge(place(write), effect, kind, weight, hard, named(write))
        if stale := field.stale(read):
            kind = EdgeKind.STALE_READ
            reason = f"{named(stale.newer)} was there, but {named(read)} was read"
            yield Edge(place(stale.newer), effect, kind, WEIGHTS[kind], False, reason)
    for first, second in pairwise(field.sequence):
        kind = EdgeKind.OVERWRITE
        reason = f"{named(first)}, then {named(second)}"
        yield Edge(place(first), place(second), kind, WEIGHTS[kind], False, reason)


def named(access: Access) -> str:
    """The datum, and its version where it is told."""
    version = f" version {access.version}" if access.version else ""
    return f"{access.datum}{version}"


def _before(writes: list[Access], times: list[datetime], moment: datetime) -> list[Access]:
    """The newest writes not later than the moment, oldest first."""
    end = bisect_right(times, moment)
    return writes[max(0, end - LOOKED_AT_MAX) : end]


def _both_versioned(write: Access, read: Access) -> bool:
    """Whether versions would tell, if the write were the one that was read."""
    return bool(write.version and read.version) and write.datum == read.datum


def _newer_version(write: Access, read: Access, own: Access | None) -> float:
    """How sure it is that the write made a later version than the one read; 0 = it did not."""
    if write.version == read.version:
        return 0.0
    theirs, mine = number(write.version), number(read.version)
    if math.isfinite(theirs) and math.isfinite(mine):
        return BY_VERSION if theirs > mine else 0.0
    if own is None or _order(write) <= _order(own):
        return 0.0
    if write.version:
        return BY_VERSION
    return BY_VALUE if same_value(write, read) is False else 0.0


def _rank(write: Access) -> float:
    """The number of its version; infinite where it has none, for it may be any."""
    version = number(write.version)
    return version if math.isfinite(version) else math.inf


def same_value(first: Access, second: Access) -> bool | None:
    """Whether both have the same value; None where that cannot be told."""
    if first.datum != second.datum:
        return None
    if first.value_hash and second.value_hash:
        return first.value_hash == second.value_hash
    if first.value is not None and second.value is not None:
        return first.value == second.value
    return None


def number(version: str) -> float:
    """The version as a number; NaN where it is none."""
    try:
        return float(version)
    except ValueError:
        return math.nan


def _order(access: Access) -> tuple[datetime, str, str, str]:
    return (access.at, *access.ref, access.data_id)
