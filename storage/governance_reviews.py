"""Labels for limits: decisions of reviewed weeks, with what counts of what people said of them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime

from domain import weeks
from domain.review_reading import LabelledDecision, ReviewCell, ReviewedWeek
from domain.reviewing import (
    Draw,
    Facts,
    Judged,
    Look,
    Looked,
    ReviewCase,
    Verdict,
    cost_of,
)
from domain.tuning import Decided
from storage.review_draws import ReviewDraws
from storage.review_work import LATEST, ReviewWork
from storage.store import Store

TENANTS_WEEKS_MAX = 10_000
LOOKED = (Look.FIRST, Look.SECOND)


class Reviews:
    """domain.review_reading.ReviewLabels of one store."""

    def __init__(self, store: Store) -> None:
        self._draws = ReviewDraws(store)
        self._work = ReviewWork(store)

    def tenants(self) -> list[str]:
        """Those that had a week drawn."""
        return sorted({draw.tenant for draw in self._draws.draws("", TENANTS_WEEKS_MAX)})

    def weeks(self, tenant: str, weeks_max: int) -> list[ReviewedWeek]:
        """Weeks that were drawn, the newest first."""
        signed = self._work.signed(tenant)
        ends = {name: one.change.at for name, one in signed.items()}
        return [
            self._week(draw, ends.get(weeks.subject(draw.week)))
            for draw in self._draws.draws(tenant, weeks_max)
        ]

    def labels(
        self, tenant: str, week: int, agent: str = "", action: str = ""
    ) -> list[LabelledDecision]:
        """Every drawn decision of a week, by id; agent and action empty for all."""
        draw = self._draws.draw(tenant, week)
        if draw is None:
            return []
        looked = self.looked(draw, self._signed_at(tenant, week), (agent, action))
        return [_label(week, one) for one in looked]

    def decided(self, tenant: str, week: int, agent: str, action: str) -> list[Decided]:
        """All decisions of a cell, drawn or not, for replays; none before the week was drawn."""
        draw = self._draws.draw(tenant, week)
        if draw is None:
            return []
        cell = agent, action
        frame = self._draws.frame(tenant, (draw.begins, draw.ends), draw.known_until, cell)
        harm = {one.decision_id: one.harmful for one in self.labels(tenant, week, *cell)}
        return [_decided(facts, harm) for facts in frame]

    def lately(self, tenant: str, agent: str, action: str, until: datetime) -> list[Decided]:
        """Decisions of a cell in the seven days before, for replays."""
        since, cell = until - weeks.SEVEN_DAYS, (agent, action)
        harm: dict[str, bool | None] = {}
        for draw in self._draws.draws(tenant, 2):
            if draw.ends > since:
                labels = self.labels(tenant, draw.week, *cell)
                harm |= {one.decision_id: one.harmful for one in labels}
        return [
            _decided(facts, harm)
            for facts in self._draws.frame(tenant, (since, until), LATEST, cell)
        ]

    def looked(
        self, draw: Draw, until: datetime = LATEST, cell: tuple[str, str] = ("", "")
    ) -> list[Looked]:
        """What was said, before a time, of each decision that was drawn."""
        cases = [one for one in self._draws.cases(draw, cell) if one.look in LOOKED]
        decision_of = {one.case_id: one.facts.decision_id for one in cases}
        said: defaultdict[str, list[Judged]] = defaultdict(list)
        for one in self._work.verdicts(draw.tenant, draw.week, until):
            if one.case_id in decision_of:
                said[decision_of[one.case_id]].append(one)
        return [
            _looked(case, said[case.facts.decision_id]) for case in cases if case.look is Look.FIRST
        ]

    def _week(self, draw: Draw, signed_at: datetime | None) -> ReviewedWeek:
        looked = self.looked(draw, signed_at or LATEST)
        return ReviewedWeek(
            week=draw.week,
            begins=draw.begins,
            ends=draw.ends,
            drawn_at=draw.drawn_at,
            frame=draw.frame,
            drawn=draw.drawn,
            open=sum(one.verdict is None for one in looked),
            signed_at=signed_at,
            cells=tuple(
                ReviewCell(
                    cell.agent, cell.action, cell.frame, cell.drawn, cell.wanted, cell.pi_min
                )
                for cell in draw.cells
            ),
        )

    def _signed_at(self, tenant: str, week: int) -> datetime:
        signed = self._work.signed(tenant, weeks.subject(week))
        return next((one.change.at for one in signed.values()), LATEST)


def _looked(case: ReviewCase, said: Iterable[Judged]) -> Looked:
    """Of who changed their mind the last word counts, and of several who settled it as well."""
    ordered = sorted(said, key=lambda one: one.at)
    settled = [one for one in ordered if one.settles]
    looks = {one.reviewer: one for one in ordered if not one.settles}
    return Looked(case, tuple(looks.values()), settled[-1] if settled else None)


def _label(week: int, looked: Looked) -> LabelledDecision:
    case, facts = looked.case, looked.case.facts
    harm = {Verdict.HARM: True, Verdict.FINE: False}
    assert case.pi is not None  # every drawn case has one
    said = [*looked.looks, *([looked.settled] if looked.settled else [])]
    return LabelledDecision(
        decision_id=facts.decision_id,
        week=week,
        decided_at=facts.decided_at,
        agent=facts.agent,
        action=facts.action,
        agent_version=facts.agent_version,
        confidence=facts.confidence,
        amount=facts.amount,
        pi=case.pi,
        pi_uniform=case.pi_uniform,
        u=case.u,
        harmful=harm.get(looked.verdict) if looked.verdict else None,
        cost=cost_of(looked.looks, looked.settled),
        threshold_version=facts.threshold_version,
        outcome=facts.outcome,
        rubric=said[-1].rubric if said else "",
    )


def _decided(facts: Facts, harm: Mapping[str, bool | None]) -> Decided:
    """harm is not known where nobody looked, or whoever looked could not say."""
    return Decided(facts.decision_id, facts.confidence, facts.amount, harm.get(facts.decision_id))
