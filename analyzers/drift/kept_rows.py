"""What is remembered of streams as it is stored: rows of channels without the history yet to come.

A row begins with how many windows there were, their values and their strata: of a year's room for
these, a stream that is young fills a tenth. Streams of one length are read and written together.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from functools import lru_cache
from math import prod
from typing import TypeVar

import numpy as np

from analyzers.drift.arrays import Places, Small
from analyzers.drift.memory import Memory, fresh
from analyzers.drift.settings import Settings

HEAD_BYTES = 4  # how many windows of history follow
HISTORIES = ("value", "stratum")
AT_ONCE = 128  # streams
T = TypeVar("T")


@lru_cache(maxsize=4096)
def row_size(settings: Settings, held: int) -> int:
    """Bytes that are remembered of one channel with so many windows of history."""
    return sum(_widths(fresh(1, settings), held).values())


def opened(kept: Sequence[tuple[bytes, int]], settings: Settings) -> Memory:
    """Of each stream (what `closed` gave, how many channels): its channels, one after the other.

    What other settings have left is as if nothing were known.
    """
    memory = fresh(sum(channels for _, channels in kept), settings)
    alike: defaultdict[int, list[tuple[Places, memoryview]]] = defaultdict(list)
    start = 0
    for whole, channels in kept:
        held, head = _history(whole, channels, settings)
        if held is not None:
            alike[held].append((np.arange(start, start + channels), memoryview(whole)[head:]))
        start += channels
    for held, parts in _few(alike):
        rows = np.concatenate([places for places, _ in parts])
        table = np.frombuffer(b"".join(part for _, part in parts), np.uint8)
        _fill(memory, rows, held, table.reshape(len(rows), -1))
    return memory


def closed(memory: Memory, streams: Sequence[Places], settings: Settings) -> list[bytes]:
    """The rows of each stream, for `opened`."""
    if not streams:
        return []
    sizes = np.array([len(rows) for rows in streams])
    counts = memory.count[np.concatenate(streams)]
    longest = np.maximum.reduceat(counts, np.cumsum(sizes) - sizes)
    alike: defaultdict[int, list[int]] = defaultdict(list)
    for number, count in enumerate(np.minimum(longest, settings.history_windows).tolist()):
        alike[count].append(number)
    found = [b""] * len(streams)
    for held, numbers in _few(alike):
        table = _table(memory, np.concatenate([streams[number] for number in numbers]), held)
        head, start = np.uint32(held).tobytes(), 0
        for number in numbers:
            end = start + len(streams[number])
            found[number] = head + table[start:end].tobytes()
            start = end
    return found


def _few(alike: Mapping[int, Sequence[T]]) -> Iterator[tuple[int, Sequence[T]]]:
    """A few of one length at a time, so that memory is used again while the cache has it."""
    for held, all_ in alike.items():
        for start in range(0, len(all_), AT_ONCE):
            yield held, all_[start : start + AT_ONCE]


def _history(whole: bytes, channels: int, settings: Settings) -> tuple[int | None, int]:
    """How many windows of history it holds (None: it is of other settings), and from which byte."""
    if len(whole) == channels * row_size(settings, settings.history_windows):
        return settings.history_windows, 0  # as they were once stored
    held = int.from_bytes(whole[:HEAD_BYTES], "little")
    if held > settings.history_windows:
        return None, 0
    fits = len(whole) == HEAD_BYTES + channels * row_size(settings, held)
    return (held if fits else None), HEAD_BYTES


def _fill(memory: Memory, rows: Places, held: int, table: Small) -> None:
    start = 0
    for name, width in _widths(memory, held).items():
        array = getattr(memory, name)
        part = np.ascontiguousarray(table[:, start : start + width]).view(array.dtype)
        if name in HISTORIES:
            array[rows, :held] = part
        else:
            array[rows] = part.reshape(len(rows), *array.shape[1:])
        start += width


def _table(memory: Memory, rows: Places, held: int) -> Small:
    widths = _widths(memory, held)
    table = np.empty((len(rows), sum(widths.values())), np.uint8)
    start = 0
    for name, width in widths.items():
        array = getattr(memory, name)
        part = array[rows, :held] if name in HISTORIES else array[rows]
        table[:, start : start + width] = part.view(np.uint8).reshape(len(rows), width)
        start += width
    return table


def _widths(memory: Memory, held: int) -> dict[str, int]:
    """Bytes of a row by what they are of, in order."""
    arrays = {one.name: getattr(memory, one.name) for one in fields(memory)}
    return {
        name: array.itemsize * (held if name in HISTORIES else prod(array.shape[1:]))
        for name, array in arrays.items()
    }
