"""Draws each closed week once, and draws it again to see whether it was drawn as it says."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from app import moments
from app.governance_documents import Documents
from domain import weeks
from domain.access import Principal
from domain.audit_trail import Change
from domain.drift_reading import AlarmsAsked
from domain.errors import InvalidInput, NotFound
from domain.proposals import Automaton
from domain.reviewing import Cell, Draw, Drawn, Facts, Look, ReviewCase
from domain.thresholds import Stage
from governance import review_quality, review_record
from governance.config import ReviewConfig
from governance.desk import Desk, who
from governance.review_frame import Pointers, Sample, boosted, framed, sampled
from governance.sampling import Plan
from storage.drift_streams import DriftStreams
from storage.governance import GovernanceChanges
from storage.review_draws import ReviewDraws, new_id
from storage.review_work import LATEST, ReviewWork
from storage.store import Store

Key = tuple[int, str]  # the secret, and how draws name it
BY_ITSELF = Automaton("review")
# An action is new when the agent did not take it in so long before the week.
BEFORE = timedelta(days=28)
ALARMS_MAX = 10_000
GAPS_MAX = 4  # weeks that were missed, while nothing ran, and are drawn late
LOOK_AGAIN = timedelta(hours=1)


class Drawing:
    """Of one store. All calls may block and raise Unavailable."""

    def __init__(
        self,
        store: Store,
        documents: Documents,
        config: ReviewConfig,
        zone_of: Callable[[str], str],
        key_of: Callable[[str], Key],
        clock: moments.Clock = moments.now,
    ) -> None:
        """zone_of: of a tenant's weeks; key_of: by which a tenant's weeks are drawn."""
        self._draws, self._work = ReviewDraws(store), ReviewWork(store)
        self._alarms, self._changes = DriftStreams(store), GovernanceChanges(store)
        self._desk = Desk(self._changes)
        self._documents, self._config = documents, config
        self._zone_of, self._key_of, self._clock = zone_of, key_of, clock
        self._looked: tuple[datetime, frozenset[int]] | None = None

    def look(self, now: datetime | None = None, waiting_s: float = 0.0) -> int:
        """Draws every week that is over and was not drawn; how many were.

        waiting_s: how long ago the oldest was received of what is not stored yet. A tenant whose
        week can not be drawn holds up no other. Raises InvalidInput for all these together.
        """
        now = now or self._clock()
        due = frozenset(self._due(tenant, now) for tenant in ("", *self._config.cases_of))
        if self._looked and self._looked[1] == due and now - self._looked[0] < LOOK_AGAIN:
            return 0
        drawn, problems = 0, []
        since = now - (GAPS_MAX + 2) * weeks.SEVEN_DAYS
        for tenant in self._draws.tenants(since, now):
            try:
                drawn += sum(self._drawn(tenant, now, waiting_s))
            except InvalidInput as error:
                problems.append(f"'{tenant}': {error}")
        if problems:
            raise InvalidInput("; ".join(problems))
        self._looked = now, due
        return drawn

    def draw(
        self, by: Principal | Automaton, tenant: str, week: int, known_until: datetime
    ) -> Draw:
        """A week as it was drawn, or is drawn now. Raises InvalidInput before its end, NotFound
        for one in which no agent decided anything."""
        known = self._draws.draw(tenant, week)
        if known is None:
            known = self._draw(who(by), tenant, week, known_until)
        self._record(known)
        return known

    def check(self, tenant: str, week: int) -> Mapping[str, Any]:
        """Draws a week again, from the decisions that are there now, and compares. Raises
        NotFound."""
        draw = self.known(tenant, week)
        secret, key_id = self._key_of(tenant)
        facts = self._draws.frame(tenant, (draw.begins, draw.ends), draw.known_until)
        late = self._draws.frame(tenant, (draw.begins, draw.ends), LATEST)
        frame = framed(facts, self._draws.boosts(draw))
        watched = {(cell.agent, cell.action): cell.watched for cell in draw.cells}
        limits = {(one.agent, one.action): one.amount_limit for one in draw.cells}
        again = sampled(
            review_record.plan_of(draw, secret), frame, watched,
            {cell: limit for cell, limit in limits.items() if limit is not None},
        )  # fmt: skip
        stored = tuple(
            Drawn(one.facts.decision_id, *one.facts.cell, one.u, one.pi, one.pi_uniform)
            for one in self._draws.cases(draw)
            if one.look is Look.FIRST and one.pi is not None
        )
        record = self._recorded(draw)
        return review_record.compared(draw, again, stored, record, key_id) | {
            "late": len(late) - len(facts)
        }

    def _drawn(self, tenant: str, now: datetime, waiting_s: float) -> Iterator[bool]:
        """Whether each week that is due was drawn now."""
        for week in self._weeks_due(tenant, now):
            if self._draws.draw(tenant, week) is None:
                try:
                    self.draw(BY_ITSELF, tenant, week, now - timedelta(seconds=waiting_s))
                    yield True
                except NotFound:
                    yield False

    def _due(self, tenant: str, now: datetime) -> int:
        """The newest week that is over for long enough."""
        reached = now - timedelta(hours=self._config.wait_hours)
        return weeks.moved(weeks.week_of(reached, self._zone_of(tenant)), -1)

    def _weeks_due(self, tenant: str, now: datetime) -> list[int]:
        """That week, and those since the last one that was drawn, the oldest first."""
        last = self._due(tenant, now)
        before = [weeks.moved(last, -back) for back in range(GAPS_MAX, 0, -1)]
        drawn = self._draws.draws(tenant, 1)
        return [week for week in before if drawn and week > drawn[0].week] + [last]

    def _draw(self, by: str, tenant: str, week: int, known_until: datetime) -> Draw:
        zone = self._zone_of(tenant)
        begins, ends = weeks.bounds(week, zone)
        if known_until < ends:
            raise InvalidInput(f"week {weeks.named(week)} ends at {ends.isoformat()}: draw it then")
        facts = self._draws.frame(tenant, (begins, ends), known_until)
        if not facts:
            raise NotFound(f"no agent of '{tenant}' decided anything in {weeks.named(week)}")
        pointers = self._pointers(tenant, begins, ends)
        boosts = boosted(facts, pointers)
        secret, key_id = self._key_of(tenant)
        plan = Plan(
            secret, week, self._config.cases_a_week(tenant), self._config.uniform,
            self._config.minimum,
        )  # fmt: skip
        watched = {one.cell: pointers.watched(one.cell) for one in facts}
        sample = sampled(plan, framed(facts, boosts), watched, pointers.amount_limits)
        drawn_facts = self._versioned(tenant, _only(facts, sample.drawn), begins, ends)
        draw = Draw(
            tenant=tenant, week=week, zone=zone, begins=begins, ends=ends, known_until=known_until,
            key_id=key_id, budget=plan.budget, uniform=plan.uniform, minimum=plan.minimum,
            classifier=plan.classifier, frame=len(facts), frame_sha256=sample.frame_sha256,
            drawn=len(sample.drawn), sample_sha256=sample.sha256, cells=sample.cells,
            drawn_by=by, drawn_at=self._clock(), attempt=new_id(),
        )  # fmt: skip
        cases = [
            *_cases(plan, sample, drawn_facts),
            *self._blind(plan, tenant),
            *self._gold(plan, tenant, sample),
        ]
        return self._draws.keep(draw, cases, boosts)

    def _pointers(self, tenant: str, begins: datetime, ends: datetime) -> Pointers:
        asked = AlarmsAsked(
            tenant, begins - BEFORE, ends + weeks.SEVEN_DAYS, paged_only=True, open_only=True,
            rows_max=ALARMS_MAX,
        )  # fmt: skip
        self._documents.refresh()
        limits: dict[Cell, float] = {}
        canary: set[Cell] = set()
        for held in self._documents.board.held(tenant):
            for threshold in held.governed.thresholds:
                cell = held.governed.agent, threshold.action
                if threshold.limits.amount is not None:
                    limits[cell] = max(threshold.limits.amount, limits.get(cell, 0.0))
                if threshold.stage in (Stage.CANARY, Stage.HALF):
                    canary.add(cell)
        return Pointers(
            found_in=self._draws.found_in(tenant, begins, ends),
            drifting={str(row["agent"]) for row in self._alarms.alarms(asked)},
            known=self._draws.known_cells(tenant, begins - BEFORE, begins),
            amount_limits=limits,
            canary=canary,
        )

    def _versioned(
        self, tenant: str, facts: Sequence[Facts], begins: datetime, ends: datetime
    ) -> dict[str, Facts]:
        """By decision, with the versions of the agents."""
        # A run begins before its decision.
        since = begins - timedelta(days=1)
        found = self._draws.versions(tenant, (one.trace_id for one in facts), since, ends)
        return {
            one.decision_id: replace(one, agent_version=found.get((one.trace_id, one.agent), ""))
            for one in facts
        }

    def _blind(self, plan: Plan, tenant: str) -> Iterator[ReviewCase]:
        """Some cases of the week before, which whoever looked at them sees again unmarked."""
        before = self._draws.draw(tenant, weeks.moved(plan.week, -1))
        for case in self._draws.cases(before) if before else ():
            decision = case.facts.decision_id
            if case.look is Look.FIRST and review_quality.wants_blind_review(plan, decision):
                yield ReviewCase(new_id(), plan.week, Look.BLIND, case.facts, case.of_week)

    def _gold(self, plan: Plan, tenant: str, sample: Sample) -> Iterator[ReviewCase]:
        """Cases of which the verdict is known, of other weeks."""
        drawn = {one.decision_id for one in sample.drawn}
        known = {one.decision_id: one for one in self._work.known(tenant)}
        for name in review_quality.gold(plan, known.keys() - drawn, len(sample.drawn)):
            whole = self._draws.draw(tenant, known[name].of_week)
            held = self._draws.cases(whole, case_id=known[name].of_case) if whole else []
            for case in held:
                yield ReviewCase(new_id(), plan.week, Look.GOLD, case.facts, case.of_week)

    def _record(self, draw: Draw) -> None:
        """The record of changes holds the sample before anybody sees a case."""
        if self._recorded(draw) is None:
            self._desk.record(draw.tenant, lambda: review_record.drawn(draw))

    def _recorded(self, draw: Draw) -> Change | None:
        asked = {"before_sequence": 2**63 - 1, "action": review_record.DRAWN,
                 "subject": weeks.subject(draw.week)}  # fmt: skip
        found = self._changes.newest(draw.tenant, asked, 1)
        return found[0].change if found else None

    def known(self, tenant: str, week: int) -> Draw:
        """How a week was drawn. Raises NotFound."""
        draw = self._draws.draw(tenant, week)
        if draw is None:
            raise NotFound(f"week {weeks.named(week)} was not drawn")
        return draw


def _only(facts: Iterable[Facts], drawn: Sequence[Drawn]) -> list[Facts]:
    wanted = {one.decision_id for one in drawn}
    return [one for one in facts if one.decision_id in wanted]


def _cases(plan: Plan, sample: Sample, facts: Mapping[str, Facts]) -> Iterator[ReviewCase]:
    """A first look at each decision that was drawn, and a second one at some."""
    for one in sample.drawn:
        first = ReviewCase(
            new_id(), plan.week, Look.FIRST, facts[one.decision_id], plan.week,
            one.u, one.pi, one.pi_uniform,
        )  # fmt: skip
        yield first
        if review_quality.wants_second_review(plan, one.decision_id):
            yield ReviewCase(new_id(), plan.week, Look.SECOND, first.facts, plan.week)
