"""Is a document a function of the journal, the time and the key, that only goes forward?"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from threading import Lock
from typing import Any

import pytest

from domain.access import Principal, Scope
from domain.audit_trail import AuditRecord, JsonValue
from domain.errors import Conflict, InvalidInput, NotFound, PermissionDenied, Unavailable
from domain.kills import KillScope, KillSwitch
from domain.proposals import Automaton
from domain.thresholds import Limits, Oversight, Stage, Threshold, ThresholdDocument
from governance import audit, board, documents, journal, kill, signing, thresholds
from governance.board import Board
from governance.desk import Desk, single
from governance.thresholds import Governed, Order

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)
PRIVATE = bytes(range(32))
ANN = Principal("acme", frozenset({Scope.GOVERN}), "ann")
BOB = Principal("acme", frozenset({Scope.GOVERN}), "bob")
ROOT = Principal("default", frozenset({Scope.GOVERN}))
REFUND = Threshold(
    "refund", Limits(0.8, 500.0), Stage.CANARY, Oversight.ON_THE_LOOP, canary_salt="s"
)
HOUR = timedelta(hours=1)


class Rows:
    """A journal in memory; `interrupt` is what another process does before the next append."""

    def __init__(self) -> None:
        self.kept: list[AuditRecord] = []
        self.interrupt: list[AuditRecord] = []
        self._lock = Lock()

    def head(self, tenant: str) -> AuditRecord | None:
        return next((one for one in self.kept[::-1] if one.change.tenant == tenant), None)

    def append(self, records: Sequence[AuditRecord]) -> bool:
        with self._lock:
            if self.interrupt:
                self.kept.append(self.interrupt.pop())
            head = self.head(records[0].change.tenant)
            free = records[0].sequence == (head.sequence if head else 0) + 1
            self.kept.extend(records if free else [])
        return free

    def records(self, tenant: str, after: int, rows_max: int) -> list[AuditRecord]:
        own = [one for one in self.kept if one.change.tenant == tenant and one.sequence > after]
        return own[:rows_max]

    def of(self, tenant: str, subject: str, *, kill: bool) -> list[AuditRecord]:
        return [
            one
            for one in self.records(tenant, 0, 10**6)
            if one.change.subject == subject and one.change.action.startswith("kill.") == kill
        ]

    def latest(self, since: datetime) -> tuple[list[AuditRecord], datetime]:
        return self.kept, since


def in_force(desk: Desk, at: datetime = NOON, held: Threshold = REFUND, name: str = "p1") -> None:
    """Proposed by ann, approved by bob."""
    desk.change("acme", "clerk", lambda state: single(
        thresholds.propose(state, Order(ANN, at, "w"), name, [held])))  # fmt: skip
    desk.change("acme", "clerk", lambda state: single(
        thresholds.approve(state, Order(BOB, at, "w"), name)))  # fmt: skip


def switch(at: datetime = NOON, **more: Any) -> KillSwitch:
    made = KillSwitch(
        "k-1", KillScope.AGENT, "wrong", "ann", at, "acme", "clerk", recovery=kill.STAGED
    )
    return replace(made, **more)


def read(shown: Board, at: datetime) -> ThresholdDocument:
    issued = shown.document("acme", "clerk", at)
    return documents.opened(issued.signed, {shown.key_id: shown.public_key}, ("acme", "clerk"))


def test_any_order_of_records_makes_the_same_bytes_in_every_process() -> None:
    rows = Rows()
    desk = Desk(rows)
    in_force(desk)
    desk.order(switch(NOON + HOUR), ANN)
    desk.order(switch(NOON, switch_id="k-2", scope=KillScope.GLOBAL, tenant="", agent=""), ROOT)
    in_force(desk, NOON + 2 * HOUR, replace(REFUND, stage=Stage.HALF), "p2")
    first, second = Board(PRIVATE), Board(PRIVATE)
    assert first.take(rows.kept)
    assert not first.take(rows.kept)
    for seed in range(5):
        shuffled = rows.kept * 2
        Random(seed).shuffle(shuffled)
        second.take(shuffled)
    at = NOON + 3 * HOUR
    one, two = first.document("acme", "clerk", at), second.document("acme", "clerk", at)
    assert (one.etag, one.signed, one.stops) == (two.etag, two.signed, two.stops)
    assert one is first.document("acme", "clerk", at)
    document = read(first, at)
    assert (document.version, document.stops[0].switch_id) == (2, "k-2")
    assert document.audit_head == rows.kept[-1].sha256
    assert [held.governed.agent for held in first.held("acme")] == ["clerk"]
    assert [one.switch_id for one in first.switches("acme")] == ["k-1", "k-2"]


def test_each_change_makes_a_document_that_is_newer_and_a_proposal_makes_none() -> None:
    rows, shown = Rows(), Board(PRIVATE)
    desk, at = Desk(rows), NOON + HOUR
    in_force(desk)
    shown.take(rows.kept)
    told = [read(shown, at)]
    desk.change("acme", "clerk", lambda state: single(
        thresholds.propose(state, Order(ANN, at, "w"), "p9", [replace(REFUND, stage=Stage.FULL)])
    ))  # fmt: skip
    shown.take(rows.kept)
    assert read(shown, at) == told[0]
    held = shown.of("acme", "clerk")
    assert held is not None
    assert [one.proposal_id for one in held.governed.proposals] == ["p9"]
    desk.order(switch(at), ANN)
    shown.take(rows.kept)
    told.append(read(shown, at))
    desk.release("acme", "k-1", Order(ANN, at + HOUR, "mended"))
    shown.take(rows.kept)
    told += [read(shown, at + HOUR + timedelta(minutes=late)) for late in (0, 15, 60)]
    assert [[stop.share for stop in one.stops] for one in told] == [[], [0.0], [0.1], [0.5], []]
    ages = [(one.version, one.revision, one.issued_at) for one in told]
    assert ages == sorted(set(ages))


def test_a_document_is_written_anew_when_half_of_its_life_is_over() -> None:
    shown = Board(PRIVATE, life=2 * HOUR)
    told = [read(shown, NOON + minutes * timedelta(minutes=1)) for minutes in range(0, 360, 5)]
    for one, minutes in zip(told, range(0, 360, 5), strict=True):
        left = one.expires_at - (NOON + minutes * timedelta(minutes=1))
        assert HOUR < left <= 2 * HOUR
    assert len({one.issued_at for one in told}) == 7
    starts = {shown.document("acme", f"agent-{number}", NOON).etag for number in range(9)}
    assert len(starts) == 9


def test_a_record_from_a_clock_that_is_far_ahead_still_gives_a_document() -> None:
    rows, shown = Rows(), Board(PRIVATE)
    in_force(Desk(rows), NOON + 100 * HOUR)
    shown.take(rows.kept)
    document = read(shown, NOON)
    assert document.issued_at < document.expires_at


def test_agents_that_ask_least_lately_are_signed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(board, "ISSUED_MAX", 2)
    shown = Board(PRIVATE)
    first = shown.document("acme", "one", NOON)
    for agent in ("two", "three"):
        shown.document("acme", agent, NOON)
    again = shown.document("acme", "one", NOON)
    assert again is not first
    assert again == first


def test_whoever_finds_the_place_taken_works_on_the_new_state() -> None:
    rows = Rows()
    desk = Desk(rows)
    desk.change("acme", "clerk", lambda state: single(
        thresholds.propose(state, Order(ANN, NOON, "w"), "p1", [REFUND])))  # fmt: skip
    other = Rows()
    other.kept = list(rows.kept)
    Desk(other).change("acme", "clerk", lambda state: single(
        thresholds.approve(state, Order(BOB, NOON, "first"), "p1")))  # fmt: skip
    rows.interrupt = [other.kept[-1]]
    cleo = replace(BOB, key_id="cleo")
    with pytest.raises(Conflict, match="approved by bob"):
        desk.change("acme", "clerk", lambda state: single(
            thresholds.approve(state, Order(cleo, NOON, "second"), "p1")))  # fmt: skip
    assert audit.verify(rows.kept).holds


def test_a_place_that_is_always_taken_is_given_up() -> None:
    class Full(Rows):
        def append(self, records: Sequence[AuditRecord]) -> bool:
            return False

    with pytest.raises(Unavailable, match="meanwhile"):
        Desk(Full()).order(switch(), ANN)


def test_history_is_read_back_from_the_records_alone() -> None:
    rows = Rows()
    desk = Desk(rows)
    in_force(desk)
    in_force(desk, NOON + HOUR, replace(REFUND, stage=Stage.FULL), "p2")
    after = desk.change("acme", "clerk", lambda state: thresholds.roll_back(
        state, Order(ANN, NOON + 2 * HOUR, "w"), 1, "p3"))  # fmt: skip
    after = desk.change("acme", "clerk", lambda state: single(
        thresholds.freeze(state, Order(ANN, NOON + 3 * HOUR, "w"))))  # fmt: skip
    assert desk.governed("acme", "clerk") == after
    assert [one.number for one in after.versions] == [1, 2, 3]


def test_who_may_stop_whom() -> None:
    desk = Desk(Rows())
    with pytest.raises(PermissionDenied, match="own tenant"):
        desk.order(switch(tenant="beta"), ANN)
    with pytest.raises(PermissionDenied, match="lacks the scope"):
        desk.order(switch(), replace(ANN, scopes=frozenset({Scope.READ})))
    desk.order(switch(), ROOT)
    assert desk.switch("acme", "k-1").ordered_by == "ann"
    with pytest.raises(PermissionDenied, match="only a person"):
        desk.release("acme", "k-1", Order(Automaton("tuner"), NOON, "w"))
    assert desk.release("acme", "k-1", Order(ROOT, NOON, "w")).released_by == "local"
    with pytest.raises(NotFound):
        desk.switch("acme", "k-9")


@pytest.mark.parametrize("state", [None, {}, {"version": 1, "proposals": [], "frozen_by": ""}])
def test_a_record_without_a_state_is_refused_by_name(state: JsonValue) -> None:
    rows = Rows()
    in_force(Desk(rows))
    spoiled = replace(rows.kept[0], change=replace(rows.kept[0].change, state=state))
    with pytest.raises(InvalidInput, match="record 1"):
        journal.governed("acme", "clerk", [spoiled])
    with pytest.raises(InvalidInput, match="holds no switch"):
        journal.switch(spoiled)


def test_the_key_id_is_a_hash_of_the_public_key() -> None:
    assert Board(PRIVATE).key_id == board.key_id(signing.public_key(PRIVATE))
    assert Governed("a", "b").number == 0


def test_a_record_that_was_altered_is_not_obeyed_and_others_are() -> None:
    rows, shown = Rows(), Board(PRIVATE)
    desk = Desk(rows)
    in_force(desk)
    desk.order(switch(agent="other"), ANN)
    loose: JsonValue = {"version": None, "proposals": [], "frozen_by": "mallory"}
    altered = [
        replace(one, change=replace(one.change, state=loose)) if one.sequence in (2, 3) else one
        for one in rows.kept
    ]
    desk.order(switch(switch_id="k-2"), ANN)
    for _ in range(2):
        shown.take([*altered, rows.kept[-1]])
    document = read(shown, NOON)
    assert (document.thresholds, [stop.switch_id for stop in document.stops]) == ((), ["k-2"])
    problems = shown.problems()
    assert ["was altered" in problem for problem in problems] == [True, True]
    assert shown.problems() == []
