"""What points at some decisions of a week more than at others, and how is its sample drawn?

Findings, drift and amounts near the limit make a decision likelier to be drawn; new, drifting and
canary actions get twice the attention. All of it is known before anybody looks at a case.
"""

import hashlib
import hmac
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field

from domain.reviewing import Cell, CellFrame, Drawn, DrawnCell, Facts, FrameCase
from governance import sampling
from governance.sampling import Plan

KEY_BYTES = 8


@dataclass(frozen=True, slots=True)
class Pointers:
    """What was known of a week besides its decisions when it was drawn.

    found_in:      traces in which something was found.
    drifting:      agents of which an alarm of drift is open.
    known:         what agents did in the weeks before.
    amount_limits: what an agent might spend alone; canary: what it did not do fully by itself yet.
    """

    found_in: Set[str] = frozenset()
    drifting: Set[str] = frozenset()
    known: Set[Cell] = frozenset()
    amount_limits: Mapping[Cell, float] = field(default_factory=dict)
    canary: Set[Cell] = frozenset()

    def boost(self, facts: Facts) -> float:
        """How much more a decision is looked at; 1 where nothing points at it."""
        limit = self.amount_limits.get(facts.cell)
        near = limit is not None and limit > 0 and facts.amount is not None
        return sampling.boost(
            finding=facts.trace_id in self.found_in,
            drifting=facts.agent in self.drifting,
            limit_share=abs(facts.amount or 0.0) / limit if near and limit else 0.0,
        )

    def watched(self, cell: Cell) -> tuple[str, ...]:
        """Why an agent's action gets twice the attention; empty when it does not."""
        reasons = {
            "new": cell not in self.known,
            "drifting": cell[0] in self.drifting,
            "canary": cell in self.canary,
        }
        return tuple(name for name, holds in reasons.items() if holds)


def framed(facts: Iterable[Facts], boosts: Mapping[str, float]) -> list[FrameCase]:
    """Decisions as they are drawn from: impact is the amount, 1 without one.

    >>> from datetime import datetime
    >>> one = Facts("d", "clerk", "refund", datetime(2026, 1, 1), "t", "s", amount=-20.0)
    >>> framed([one], {"d": 3.0})[0].impact, framed([one], {"d": 3.0})[0].boost
    (20.0, 3.0)
    """
    return [
        FrameCase(
            one.decision_id, one.agent, one.action,
            impact=1.0 if one.amount is None else abs(one.amount),
            boost=boosts.get(one.decision_id, 1.0),
        )
        for one in facts
    ]  # fmt: skip


def boosted(facts: Iterable[Facts], pointers: Pointers) -> dict[str, float]:
    """By decision, where something points at it."""
    boosts = {one.decision_id: pointers.boost(one) for one in facts}
    return {name: by for name, by in boosts.items() if by > 1}


@dataclass(frozen=True, slots=True)
class Sample:
    """What was drawn, and the cells that it was drawn from; frame_sha256, sha256: of both."""

    drawn: tuple[Drawn, ...]
    cells: tuple[DrawnCell, ...]
    frame_sha256: str
    sha256: str


def sampled(
    plan: Plan,
    frame: Sequence[FrameCase],
    watched: Mapping[Cell, tuple[str, ...]],
    amount_limits: Mapping[Cell, float],
) -> Sample:
    """The sample of a week; the same for the same arguments, in whatever order the frame is."""
    twice = frozenset(cell for cell, reasons in watched.items() if reasons)
    drawn = tuple(sampling.draw(plan, frame, twice))
    wanted = sampling.split(plan, sampling.cells_of(frame, twice))
    counts = Counter((one.agent, one.action) for one in drawn)
    cells = tuple(
        DrawnCell(
            cell.agent, cell.action,
            frame=cell.count,
            impact_mean=cell.impact_mean,
            wanted=wanted[cell.agent, cell.action],
            drawn=counts[cell.agent, cell.action],
            pi_min=_pi_min(cell, wanted[cell.agent, cell.action], plan.uniform),
            watched=watched.get((cell.agent, cell.action), ()),
            amount_limit=amount_limits.get((cell.agent, cell.action)),
        )
        for cell in sampling.cells_of(frame, twice)
    )  # fmt: skip
    return Sample(drawn, cells, frame_sha256(frame), sample_sha256(drawn))


def review_key(private_key: bytes, tenant: str) -> tuple[int, str]:
    """The secret that a tenant's weeks are drawn by, and how draws name it.

    Both follow from the key that documents are signed with (HMAC-SHA256, RFC 2104), so that there
    is nothing more to keep, and the name tells nothing of the secret.
    """
    key, name = (
        hmac.new(private_key, f"wakeline {use}/{tenant}".encode(), hashlib.sha256).digest()
        for use in ("review", "review key")
    )
    return int.from_bytes(key[:KEY_BYTES], "big"), name[:KEY_BYTES].hex()


def frame_sha256(frame: Iterable[FrameCase]) -> str:
    """Of each decision with all that its chance follows from, by id."""
    return _sha256(
        (one.decision_id, one.agent, one.action, one.impact, one.boost)
        for one in sorted(frame, key=lambda one: one.decision_id)
    )


def sample_sha256(drawn: Iterable[Drawn]) -> str:
    """Of each decision that was drawn with its chance, by id."""
    return _sha256(
        (one.decision_id, one.agent, one.action, one.u, one.pi, one.pi_uniform)
        for one in sorted(drawn, key=lambda one: one.decision_id)
    )


def _pi_min(cell: CellFrame, wanted: float, uniform: float) -> float:
    # The even part is the least chance that any decision of the cell had.
    return 1.0 if wanted >= cell.count else wanted * uniform / cell.count


def _sha256(rows: Iterable[tuple[object, ...]]) -> str:
    """Of rows one under the other, numbers as Python writes them: the shortest that reads back."""
    digest = hashlib.sha256()
    for row in rows:
        digest.update(("\x1f".join(map(_text, row)) + "\n").encode())
    return digest.hexdigest()


def _text(value: object) -> str:
    return repr(value) if isinstance(value, float) else str(value)
