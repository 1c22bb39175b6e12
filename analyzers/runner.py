"""One pass over what was received in a window: every analyzer, every draft worded and weighed."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from analyzers import weighing, wording
from analyzers.base import Analyzer
from analyzers.weighing import Calibration
from domain.errors import InvalidInput, Unavailable
from domain.findings import Draft, Finding, Window
from domain.ports import FindingSource
from domain.signatures import Signature

ON, SHADOW, OFF = "on", "shadow", "off"
Modes = Mapping[tuple[str, str], str]


class FindingSink(Protocol):
    """Where findings go. All calls may block, raise Unavailable, and are safe to repeat."""

    def save(self, findings: Sequence[Finding]) -> int:
        """Store those that are new or say something else than before; how many these are."""
        ...

    def retract(
        self, signatures: Collection[Signature], found: Collection[str], window: Window
    ) -> int:
        """Take back findings of `signatures` whose lanes received rows in `window` and whose ids
        are not among `found`; how many these are."""
        ...


@dataclass(slots=True)
class Pass:
    """What came of one pass; `unworded`: drafts whose sentence had an empty slot; `failed`: why an
    analyzer could not look, by its signatures."""

    found: Counter[str] = field(default_factory=Counter)
    unworded: Counter[str] = field(default_factory=Counter)
    written: int = 0
    retracted: int = 0
    failed: dict[str, str] = field(default_factory=dict)

    def add(self, other: "Pass") -> None:
        """Count in what came of another pass."""
        self.found += other.found
        self.unworded += other.unworded
        self.written += other.written
        self.retracted += other.retracted
        self.failed |= other.failed


@dataclass(frozen=True, slots=True)
class Runner:
    """Runs all analyzers.

    modes: on, shadow or off by (tenant, signature), tenant empty = all; as operators set them.
    """

    analyzers: Sequence[Analyzer]
    source: FindingSource
    sink: FindingSink

    def run(
        self,
        window: Window,
        calibration: Calibration,
        modes: Modes,
        told: Callable[[str], None] = lambda name: None,
    ) -> Pass:
        """One pass; `told` gets the name of each analyzer when it is done.

        A pass that was cut off is repeated with the same result. One analyzer that can not look
        does not keep the others from it. Raises Unavailable when none can, or nothing is kept.
        """
        done, found, looked_for = Pass(), set[str](), list[Signature]()
        for analyzer in self.analyzers:
            signatures = [each for each in analyzer.signatures if modes.get(("", each.id)) != OFF]
            name = ", ".join(each.id for each in analyzer.signatures)
            try:
                said = analyzer.drafts(self.source, window) if signatures else ()
                drafts = {one.finding_id: one for one in said}
            except (Unavailable, InvalidInput) as error:
                done.failed[name] = str(error)
                continue
            found.update(_silenced(drafts.values(), modes))
            findings = list(_findings(drafts.values(), signatures, calibration, modes, done))
            found.update(each.finding_id for each in findings)
            looked_for += signatures
            done.found.update(each.signature for each in findings)
            done.written += self.sink.save(findings)
            told(name)
        if done.failed and not looked_for:
            raise Unavailable(next(iter(done.failed.values())))
        done.retracted = self.sink.retract(looked_for, found, window)
        return done


def _findings(
    drafts: Iterable[Draft],
    signatures: Sequence[Signature],
    calibration: Calibration,
    modes: Modes,
    done: Pass,
) -> Iterator[Finding]:
    by_id = {signature.id: signature for signature in signatures}
    for draft in drafts:
        signature = by_id.get(draft.signature)
        if signature is None or modes.get((draft.tenant, draft.signature)) == OFF:
            continue
        try:
            yield finding(draft, signature, calibration, modes)
        except wording.EmptySlot:
            done.unworded[draft.signature] += 1


def _silenced(drafts: Iterable[Draft], modes: Modes) -> Iterator[str]:
    """Ids of what a tenant does not want looked for: what was found of it before stays."""
    for draft in drafts:
        if modes.get((draft.tenant, draft.signature)) == OFF:
            yield draft.finding_id


def mode(signature: Signature, tenant: str, modes: Modes) -> str:
    """on, shadow or off: as somebody set it for the tenant, else for all, else as its file says."""
    usual = SHADOW if signature.shadow else ON
    return modes.get((tenant, signature.id)) or modes.get(("", signature.id)) or usual


def finding(draft: Draft, signature: Signature, calibration: Calibration, modes: Modes) -> Finding:
    """The draft as it is told. Raises EmptySlot when a fact of its sentence is wanting."""
    muted_by = [str(draft.facts.get(name, "")) for name in signature.mute_key]
    return Finding(
        finding_id=draft.finding_id,
        signature=signature.id,
        signature_version=signature.version,
        severity=weighing.severity(draft, signature),
        confidence=round(weighing.confidence(draft, signature, calibration), 4),
        tenant=draft.tenant,
        agents=draft.agents,
        lane=draft.lane,
        case_id=draft.case_id,
        first_at=draft.first_at,
        last_at=draft.last_at,
        evidence=draft.evidence,
        reason=wording.sentence(signature.reason, draft.facts),
        facts=draft.facts,
        tags=signature.tags,
        mute_key="|".join((signature.id, *muted_by)),
        origin=draft.origin,
        degraded=draft.degraded,
        shadow=mode(signature, draft.tenant, modes) == SHADOW,
    )
