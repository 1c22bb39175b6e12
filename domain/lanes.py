"""Lanes: rows of steps in which a loop can be seen, as columns."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

STEPS_MAX = 4096  # of a lane, the newest
TURNS_MAX = 256  # of a work item or field, the newest hand-offs or writes

TYPES: Mapping[str, Any] = {
    "lane": np.uint64, "token": np.uint64, "shape": np.uint64, "result": np.uint64,
    "ts_ns": np.int64, "error": np.bool_, "poll": np.bool_, "advanced": np.bool_,
    "bare": np.bool_, "no_result": np.bool_, "inferred": np.bool_, "tokens_so_far": np.int64,
    "cost_so_far": np.float64,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Lanes:
    """Steps of many lanes, sorted by lane and time; every array has one element a step.

    lane:    uint64, which lane.
    token:   uint64, equal for calls that are wholly equal.
    shape:   uint64, equal for calls that are equal but for what varies from call to call.
    result:  uint64, equal for equal results; 0 where none was recorded.
    ts_ns:   int64, since 1970.
    error, poll, advanced, bare, no_result, inferred: bool. advanced: the step itself says that it
        came further, or something was written to the case since the step before; bare: its
        arguments were not recorded; no_result: its result was not, or nothing ever was written to
        the case; inferred: it is known by names alone.
    tokens_so_far: int64; cost_so_far: float64, USD; both of the lane until then.
    tenant, agent, tool, trace_id, span_id, case_id: str; tool is the item or field where steps
        are hand-offs or writes.
    """

    lane: npt.NDArray[np.uint64]
    token: npt.NDArray[np.uint64]
    shape: npt.NDArray[np.uint64]
    result: npt.NDArray[np.uint64]
    ts_ns: npt.NDArray[np.int64]
    error: npt.NDArray[np.bool_]
    poll: npt.NDArray[np.bool_]
    advanced: npt.NDArray[np.bool_]
    bare: npt.NDArray[np.bool_]
    no_result: npt.NDArray[np.bool_]
    inferred: npt.NDArray[np.bool_]
    tokens_so_far: npt.NDArray[np.int64]
    cost_so_far: npt.NDArray[np.float64]
    tenant: npt.NDArray[np.object_]
    agent: npt.NDArray[np.object_]
    tool: npt.NDArray[np.object_]
    trace_id: npt.NDArray[np.object_]
    span_id: npt.NDArray[np.object_]
    case_id: npt.NDArray[np.object_]

    @classmethod
    def from_columns(cls, columns: Mapping[str, Any]) -> Self:
        """Of columns of one length; one that is wanting is zeros, or empty texts."""
        length = len(columns.get("lane", ()))
        return cls(**{
            name: np.asarray(columns[name], dtype=TYPES.get(name, np.object_))
            if name in columns
            else np.full(length, *(("", np.object_) if name not in TYPES else (0, TYPES[name])))
            for name in cls.__slots__
        })  # fmt: skip

    def __len__(self) -> int:
        return len(self.lane)

    def taken(self, places: npt.NDArray[np.intp]) -> "Lanes":
        """The steps at `places`, in their order."""
        return Lanes(*(getattr(self, name)[places] for name in self.__slots__))
