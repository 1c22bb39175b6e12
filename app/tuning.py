"""Tunes limits from what people said of decisions, and answers drift pages.

Whatever allows less is done at once; whatever allows more is put before a person. What to do
follows from what is stored, so a look that was cut off is made good by the next one.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from analyzers.drift_config import DriftConfig
from app import moments
from app.governance_documents import Documents
from app.periodic import Periodic
from app.tuning_events import Cell, Events, Tenant, standing
from domain.audit_trail import Change, JsonValue
from domain.errors import Conflict
from domain.review_reading import LabelledDecision, ReviewLabels
from domain.thresholds import Basis, Limits, Stage, Threshold
from domain.tuning import TuningWeek
from governance import course, thresholds, tuner
from governance.canonical import plain
from governance.certificates import Certificate
from governance.course import Course
from governance.desk import Desk, single
from governance.loosening import effective
from governance.proposals import STAGES, TUNER
from governance.replay import Worth, best
from governance.thresholds import Governed, Order
from governance.tuner import Key
from governance.tuning_config import TuningConfig
from storage.governance import GovernanceChanges
from storage.replays import Asked, Replays
from storage.store import Store

BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Done:
    """What a look did about one action. did: tightened, proposed, or waits; proposal_id: else
    empty."""

    tenant: str
    cell: Cell
    did: str
    why: str
    proposal_id: str = ""


class Tuner:
    """Of one store. Several may look at once: what one did the others find done."""

    def __init__(
        self,
        store: Store,
        labels: ReviewLabels,
        documents: Documents,
        config: TuningConfig,
        drift: DriftConfig,
        clock: moments.Clock = moments.now,
    ) -> None:
        """clock: when it looks, unless a look says otherwise."""
        self.config, self.clock = config, clock
        self._labels = labels
        self._documents = documents
        self._events = Events(store, labels, drift)
        self._desk = Desk(GovernanceChanges(store))
        self._replays = Replays(store)
        self._seen: dict[str, object] = {}

    def look(self, now: datetime | None = None) -> list[Done]:
        """Where anything is new, do what follows from it. Raises Unavailable."""
        now = now or self.clock()
        self._documents.refresh()
        done: list[Done] = []
        for tenant in sorted(self._documents.board.tenants() | set(self._labels.tenants())):
            state = self._state(tenant, now)
            if self._seen.get(tenant) != state:
                done += self.tune(tenant, now)
                self._seen[tenant] = state
        return done

    def tune(self, tenant: str, now: datetime) -> list[Done]:
        """The same of one tenant, whether anything is new or not."""
        read = self._read(tenant, now)
        try:
            found = [self._act(read, cell, self.course(read, cell, now), now)
                     for cell in read.cells()]  # fmt: skip
        finally:
            self._documents.refresh()
        return [one for one in found if one is not None]

    def courses(
        self, tenant: str, now: datetime, agent: str = ""
    ) -> Iterator[tuple[Threshold, Course]]:
        """Each action with the threshold in force, and where its tuning stands; agent empty: of
        all."""
        read = self._read(tenant, now)
        for cell in read.cells():
            if agent in ("", cell.agent):
                yield standing(read, cell), self.course(read, cell, now)

    def course(self, read: Tenant, cell: Cell, now: datetime) -> Course:
        """Where the tuning of an action stands."""
        config = self.config
        wanted = (cell.agent, cell.action)
        key = Key(*wanted, config.value("amount_max", *wanted), cell.agent_version)
        tolerated = config.value("tolerated_dollars", *wanted)
        begun = course.begun(key, config.rules(*wanted), tolerated, BEGINNING)
        # Limits that came into force since the look began are in what was read.
        newest = [one.at for one in read.governed[cell.agent].versions[-1:]]
        until = max([now, *newest])
        events = [one for one in self._events.of(read, cell) if one.at <= until]
        found = course.followed(begun, events, self._choice(read, cell))
        return self._undone(read, cell, found, now)

    def _read(self, tenant: str, now: datetime) -> Tenant:
        agents = [held.governed.agent for held in self._documents.board.held(tenant)]
        return self._events.tenant(tenant, agents, now)

    def _state(self, tenant: str, now: datetime) -> object:
        """Another one as soon as a look could find something to do; what is undone later, and time
        that has to pass, are looked for each hour.

        What happened after `now`, while the look was beginning or by a clock that is ahead, is not
        seen by this look: the next one has to find it new.
        """
        events = self._events
        weeks = [(one.week, _past(one.signed_at, now)) for one in events.newest(tenant)]
        said = [
            (one.alarm_id, _past(one.raised_at, now), one.verdict and _past(one.verdict.at, now))
            for one in events.alarms(tenant, now)
        ]
        hour = now.replace(minute=0, second=0, microsecond=0)
        harms = [(one.finding_id, _past(one.at, now)) for one in events.harms(tenant)]
        return weeks, said, harms, self._documents.board.generation, hour

    def _choice(self, read: Tenant, cell: Cell) -> tuner.Choose:
        """The loosest limits, or where it is known what a decision saves, those worth most."""
        saved = self.config.value("saved_dollars", cell.agent, cell.action)
        if saved is None:
            return tuner.loosest
        labels = read.reviewed(cell)

        def dearest(certified: Sequence[Certificate], week: TuningWeek) -> Certificate:
            priced = [
                (Limits(one.threshold), Worth(saved, lost_a_case(labels, one.threshold)))
                for one in certified
            ]
            found = best(priced, week.decided)
            wanted = found and found[0].confidence
            return next(one for one in certified if one.threshold == wanted)

        return dearest

    def _undone(self, read: Tenant, cell: Cell, found: Course, now: datetime) -> Course:
        held = standing(read, cell)
        if held.stage is Stage.SHADOW or held.limits.confidence is None:
            return found
        changed = [
            one.at
            for one in course.changes_of(
                cell.action, cell.agent_version, read.governed[cell.agent].versions
            )
            if one.before.limits != one.after.limits
        ]
        asked = Asked(read.name, cell.agent, cell.action, changed[-1], now, cell.agent_version)
        return course.undone(found, self._replays.reversals(asked), now)

    def _act(self, read: Tenant, cell: Cell, found: Course, now: datetime) -> Done | None:
        held = standing(read, cell)
        try:
            if course.stricter(found, held) is not None:
                self._tighten(read.name, cell, found, held, now)
                return Done(read.name, cell, "tightened", found.why)
            return self._propose(read, cell, found, now)
        except Conflict as error:
            return Done(read.name, cell, "waits", str(error))

    def _tighten(
        self, tenant: str, cell: Cell, found: Course, held: Threshold, now: datetime
    ) -> None:
        whose = cell.action, cell.agent_version

        def command(state: Governed) -> tuple[Governed, Sequence[Change]]:
            strict = course.stricter(found, held)
            if strict is None or held != effective(state.thresholds, *whose):
                raise Conflict("it was changed meanwhile: look again")
            return single(thresholds.tighten(state, Order(TUNER, now, found.why), [strict]))

        self._desk.change(tenant, cell.agent, command)

    def _propose(self, read: Tenant, cell: Cell, found: Course, now: datetime) -> Done | None:
        held = standing(read, cell)
        wanted, order = _wanted(held, cell, found, now)
        if wanted is None:
            return None
        name = _name(read, cell, found, wanted)
        known = read.governed[cell.agent].proposals
        if any(one.proposal_id == name for one in known):
            return None
        shown = self._shown(read, cell, found, (held, wanted), now)
        self._desk.change(read.name, cell.agent, lambda state: single(
            thresholds.propose(state, order, name, [wanted], shown)
        ))  # fmt: skip
        return Done(read.name, cell, "proposed", order.why, name)

    def _shown(
        self,
        read: Tenant,
        cell: Cell,
        found: Course,
        change: tuple[Threshold, Threshold],
        now: datetime,
    ) -> JsonValue:
        """What a person sees before saying yes: evidence, autonomy, the bound of harm, and the
        decisions of the last week under both limits."""
        before, after = change
        week = read.weeks[-1] if read.weeks else None
        since, until = (week.begins, week.ends) if week else (now - timedelta(days=7), now)
        asked = Asked(read.name, cell.agent, cell.action, since, until, cell.agent_version)
        replayed = self._replays.replayed(asked, before.limits, after.limits, _judged(read, cell))
        basis = after.basis if after.basis.labels else None
        return {
            "before": plain(before.limits),
            "after": plain(after.limits),
            "stage_before": before.stage.name.lower(),
            "stage_after": after.stage.name.lower(),
            "reason": found.wanted.reason if found.wanted else None,
            "evidence": plain(basis),
            "evidence_weeks": found.tuning.evidence.weeks,
            "harm_seen": basis.harms / basis.labels if basis else None,
            "harm_bound": basis.alpha if basis else None,
            "bound_wrong": basis.delta if basis else None,
            "autonomy_expected": replayed["autonomy_after"] * after.stage.share,
            "since": since.isoformat(),
            "until": until.isoformat(),
            "replays": [{"action": cell.action, "agent_version": cell.agent_version,
                         **replayed, "examples": list(replayed["examples"])}],
        }  # fmt: skip


def _past(at: datetime | None, now: datetime) -> datetime | None:
    return at if at is not None and at <= now else None


def lost_a_case(labels: Sequence[LabelledDecision], confidence: float) -> float:
    """Dollars that a decision at this confidence or more loses on average, by those reviewed.

    What the reviewer said counts, else the amount; each weighs by the chance with which it was
    drawn (Hajek 1971).
    """
    inside = [one for one in labels if (one.confidence or 0.0) >= confidence]
    weight = sum(1 / one.pi for one in inside)
    lost = sum(_loss(one) / one.pi for one in inside)
    return lost / weight if weight else 0.0


def _loss(one: LabelledDecision) -> float:
    if not one.harmful:
        return 0.0
    return one.cost if one.cost is not None else one.amount or 0.0


def _wanted(
    held: Threshold, cell: Cell, found: Course, now: datetime
) -> tuple[Threshold | None, Order]:
    """What a person has to be asked for: other limits, or the next stage; None: nothing."""
    own = replace(held, agent_version=cell.agent_version)
    if found.wanted is not None and found.wanted.after != held.limits:
        began = found.evidence_from.date().isoformat()
        basis = replace(found.wanted.basis or Basis(), evidence_from=began)
        order = Order(TUNER, now, found.wanted.reason)
        return replace(own, limits=found.wanted.after, basis=basis), order
    if found.obstacles(now) or found.certificate is None or found.basis is None:
        return None, Order(STAGES, now, "")
    held_by = found.certificate
    stage = Stage(held.stage + 1)
    why = (
        f"{held_by.harms} of {held_by.labels} labels of the stage {held.stage.name.lower()} are "
        f"harm: {stage.name.lower()} is next"
    )
    salt = held.canary_salt or f"{cell.agent}/{cell.action}"
    wanted = replace(own, stage=stage, basis=found.basis, canary_salt=salt)
    return wanted, Order(STAGES, now, why)


def _name(read: Tenant, cell: Cell, found: Course, wanted: Threshold) -> str:
    """The same for the same advice on the same evidence, so that it is made once, and not again
    when a person said no."""
    limits, evidence = wanted.limits, found.tuning.evidence
    said = (
        read.name, cell, found.weeks, sum(evidence.labels), found.evidence_from.isoformat(),
        limits.confidence, limits.amount, int(wanted.stage),
    )  # fmt: skip
    return hashlib.sha256(repr(said).encode()).hexdigest()[:12]


def _judged(read: Tenant, cell: Cell) -> dict[str, bool]:
    last = read.labels[read.weeks[-1].week].get(cell, []) if read.weeks else []
    return {one.decision_id: one.harmful for one in last if one.harmful is not None}


def periodic(tuner_: Tuner, config: TuningConfig, ready: Callable[[], bool]) -> Periodic:
    """Looking for what is new as a process does it by itself."""
    return Periodic("tuner", config.look_seconds, tuner_.look, ready)
