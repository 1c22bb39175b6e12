"""Is every draft worded, weighed and saved once, and what is off, muted or holed left out?"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from analyzers import runner
from analyzers.runner import Runner
from domain import signatures
from domain.cases import CaseSource
from domain.errors import Unavailable
from domain.findings import Draft, Finding, Window
from domain.lanes import Lanes
from domain.ports import FindingSource
from domain.signatures import Signature
from tests.domain.test_findings import DRAFT, NOW

SIGNATURE = signatures.parse(
    "{id: DATA-01, version: 3, name: x, severity: high, prior: 0.8, mute_key: [agent],"
    " facts: [agent], reason: '{agent} did.'}",
    "x",
)
WINDOW = Window(NOW, NOW + timedelta(1))
TOLD = replace(DRAFT, facts={"agent": "billing"})


@dataclass
class Drafting:
    """An analyzer that says what it is told to."""

    said: Sequence[Draft]
    signatures: tuple[Signature, ...] = (SIGNATURE,)

    def drafts(self, source: FindingSource, window: Window) -> Iterable[Draft]:
        assert window == WINDOW
        return self.said


@dataclass
class Kept:
    """Keeps what it is given; says how much that is."""

    findings: list[Finding] = field(default_factory=list)
    retracted: list[tuple[Collection[str], Collection[str]]] = field(default_factory=list)

    def save(self, findings: Sequence[Finding]) -> int:
        self.findings += findings
        return len(findings)

    def retract(
        self, signatures: Collection[Signature], found: Collection[str], window: Window
    ) -> int:
        self.retracted.append(([each.id for each in signatures], set(found)))
        return 7

    def candidates(self, signature: Signature, window: Window) -> Iterable[Draft]:
        raise NotImplementedError

    def lanes(self, view: str, window: Window) -> Lanes:
        raise NotImplementedError

    def cases(self) -> CaseSource:
        raise NotImplementedError


def run(said: Sequence[Draft], modes: runner.Modes | None = None) -> tuple[runner.Pass, Kept]:
    kept, told = Kept(), list[str]()
    done = Runner([Drafting(said)], kept, kept).run(WINDOW, {}, modes or {}, told.append)
    assert told == ["DATA-01"]
    return done, kept


def test_a_draft_is_told_once_with_all_that_it_is() -> None:
    done, kept = run([TOLD, TOLD])
    (finding,) = kept.findings
    assert (finding.reason, finding.confidence, finding.mute_key) == (
        "billing did.",
        0.8,
        "DATA-01|billing",
    )
    assert (finding.finding_id, finding.signature_version) == (TOLD.finding_id, 3)
    assert (done.found, done.written, done.retracted) == ({"DATA-01": 1}, 1, 7)
    assert kept.retracted == [(["DATA-01"], {TOLD.finding_id})]


def test_a_sentence_with_a_hole_is_counted_and_not_told() -> None:
    done, kept = run([DRAFT])
    assert (kept.findings, done.unworded) == ([], {"DATA-01": 1})


def test_what_is_off_is_not_looked_for() -> None:
    assert run([TOLD], {("", "DATA-01"): "off"})[1].findings == []
    assert run([TOLD], {("acme", "DATA-01"): "off"})[1].findings == []
    assert len(run([TOLD], {("other", "DATA-01"): "off"})[1].findings) == 1
    assert run([replace(TOLD, signature="DATA-99")])[1].findings == []


def test_what_is_off_is_not_taken_back_either() -> None:
    assert run([TOLD], {("", "DATA-01"): "off"})[1].retracted == [([], set())]
    assert run([TOLD], {("acme", "DATA-01"): "off"})[1].retracted[0][1] == {TOLD.finding_id}


def test_in_shadow_it_is_recorded_and_marked() -> None:
    new = replace(SIGNATURE, shadow=True)
    shadows = [
        runner.finding(TOLD, signature, {}, modes).shadow
        for signature, modes in (
            (SIGNATURE, {}),
            (SIGNATURE, {("", "DATA-01"): "shadow"}),
            (new, {}),
            (new, {("", "DATA-01"): "on"}),
            (new, {("", "DATA-01"): "on", ("acme", "DATA-01"): "shadow"}),
        )
    ]
    assert shadows == [False, True, True, False, True]


def test_passes_are_counted_together() -> None:
    done, _ = run([TOLD])
    done.add(run([TOLD, replace(DRAFT, lane="trace:9")])[0])
    done.add(run([DRAFT])[0])
    assert (done.found["DATA-01"], done.unworded["DATA-01"]) == (2, 2)
    assert (done.written, done.retracted) == (2, 21)


@dataclass
class Failing(Drafting):
    """An analyzer whose statement takes too long."""

    def drafts(self, source: FindingSource, window: Window) -> Iterable[Draft]:
        raise Unavailable("too slow")


def test_one_that_can_not_look_does_not_keep_the_others_from_it() -> None:
    kept = Kept()
    slow = replace(SIGNATURE, id="DATA-02")
    runs = [Failing([], (slow,)), Drafting([TOLD])]
    done = Runner(runs, kept, kept).run(WINDOW, {}, {})
    assert done.failed == {"DATA-02": "too slow"}
    assert (len(kept.findings), kept.retracted[0][0]) == (1, ["DATA-01"])
    total = runner.Pass()
    total.add(done)
    assert total.failed == done.failed
    with pytest.raises(Unavailable, match="too slow"):
        Runner(runs[:1], kept, kept).run(WINDOW, {}, {})
