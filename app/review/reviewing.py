"""The weekly review as the API, the pages and the commands use it."""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from api import review_report as written
from app import moments
from app.chains import Chains
from app.governance_documents import Documents
from app.periodic import Periodic
from app.review.context import Context, decision
from app.review.drawing import Drawing, Key
from app.review.queue import Queue, may_see_verdicts, refuse_unless
from app.review.reporting import Reporting
from app.review.times import NOW, Times
from domain import weeks
from domain.access import Principal, Scope
from domain.errors import PermissionDenied
from domain.review_reading import ReviewedWeek
from domain.reviewing import REASONS, Draw, Look, ReviewCase
from governance import review_report
from governance.config import ReviewConfig
from governance.desk import who
from governance.review_queue import Turn
from storage.governance_reviews import Reviews
from storage.store import Store

Said = Mapping[str, Any]
# What is not told of a report before the week is signed off, to who still may look at cases.
QUEUE_MAX = 12
SECRET = ("harmful", "skipped_cases", "disputed_cases", "by_hand", "reviewers")


class Reviewing:
    """Of one store. All calls may block and raise Unavailable."""

    def __init__(
        self,
        store: Store,
        documents: Documents,
        config: ReviewConfig,
        zone_of: Callable[[str], str],
        key_of: Callable[[str], Key],
        times: Times = NOW,
    ) -> None:
        """zone_of, key_of: as those of Drawing."""
        clock = times.clock
        self._drawing = Drawing(store, documents, config, zone_of, key_of, clock)
        self._queue = Queue(store, config, self._drawing, key_of, clock)
        self._context = Context(store, Chains(store))
        self._reporting = Reporting(store, written.markdown, written.html, clock)
        self._reviews = Reviews(store)
        self._config, self._times = config, times

    def look(self) -> int:
        """Draws every week that is over; how many were drawn now."""
        return self._drawing.look(waiting_s=self._times.waiting_s())

    def weeks(self, tenant: str, weeks_max: int) -> list[Said]:
        """Weeks that were drawn, the newest first, each with how far it is."""
        return [_week(one) for one in self._reviews.weeks(tenant, weeks_max)]

    def week(self, by: Principal, week: int) -> Said:
        """How it was drawn, by agent and action, how far it is, and how much the caller can do."""
        draw = self._queue.draw(by.tenant, week)
        looked = self._reviews.looked(draw)
        turn = self._queue.turn(by, draw, self._times.clock())
        of_look = Counter(one.look for one in turn.standing.cases)
        done = Counter(one.look for one in turn.standing.cases if one.case_id in turn.judged)
        mine = [name for name, people in turn.judged.items() if who(by) in people]
        left = self._queue.open_to(turn, draw)
        signed = self._reporting.signed(draw)
        found = {
            **_named(draw.week),
            "begins": moments.iso(draw.begins),
            "ends": moments.iso(draw.ends),
            "zone": draw.zone,
            "frame": draw.frame,
            **review_report.counts(looked),
            "looks": {str(look): {"cases": of_look[look], "judged": done[look]} for look in Look},
            "cells": _cells(draw),
            "draw": review_report.drawn(draw),
            "signed_at": moments.iso(signed.change.at) if signed else None,
            "mine": len(mine),
            "left": len(left),
            "queue": [_queued(one, turn) for one in left[:QUEUE_MAX]],
            "reasons": {str(verdict): [*of, "other"] for verdict, of in REASONS.items()},
            "rubric": self._config.rubric,
        }
        disputed = [
            {"case_id": one.case.case_id, **decision(one.case.facts)}
            for one in looked
            if one.disputed
        ]
        return found | {"to_settle": disputed if Scope.GOVERN in by.scopes else []}

    def draw(self, by: Principal, week: int) -> Said:
        """The week, drawn now unless it was before. Raises PermissionDenied, InvalidInput."""
        by.require(Scope.GOVERN)
        self._drawing.draw(by, by.tenant, week, self._times.known_until())
        return self.week(by, week)

    def check(self, tenant: str, week: int) -> Said:
        """Whether the week, drawn again, gives the sample that is stored."""
        return self._drawing.check(tenant, week)

    def queue(self, by: Principal, week: int) -> list[Said]:
        """Cases that the caller may look at now, in order."""
        draw = self._queue.draw(by.tenant, week)
        turn = self._queue.turn(by, draw, self._times.clock())
        return [_queued(one, turn) for one in self._queue.open_to(turn, draw)]

    def take(self, by: Principal, week: int, case_id: str = "") -> Said:
        """The next case, or the one that is asked for, for a while."""
        return {"case_id": self._queue.take(by, week, case_id)}

    def give_back(self, by: Principal, week: int, case_id: str) -> None:
        """Let somebody else look at it."""
        self._queue.give_back(by, week, case_id)

    def case(self, by: Principal, week: int, case_id: str) -> Said:
        """Everything that a reviewer has to see. Raises NotFound, PermissionDenied."""
        draw = self._queue.draw(by.tenant, week)
        case, now = self._queue.case(draw, case_id), self._times.clock()
        signed_at = self._queue.signed_at(draw)
        seen = may_see_verdicts(by, signed_at)
        if not seen and Scope.REVIEW not in by.scopes:
            raise PermissionDenied("cases of an open week are shown to who has the scope 'review'")
        turn = self._queue.turn(by, draw, now)
        own = [
            one
            for one in turn.standing.said
            if one.case_id == case_id and one.reviewer == who(by) and not one.settles
        ]
        claim = turn.standing.claims.get(case_id)
        mine = claim is not None and claim.reviewer == who(by) and claim.until > now
        return {
            **_named(week),
            "case_id": case_id,
            "own": _own(own[0]) if own else None,
            "hindrance": "the week is signed off" if signed_at else turn.hindrance(case),
            "until": moments.iso(claim.until) if claim and mine else None,
            "reasons": {str(verdict): [*of, "other"] for verdict, of in REASONS.items()},
            "rubric": self._config.rubric,
            **(self._said(draw, case) if seen else {"said": [], "disputed": False}),
            **self._context.of(by.tenant, case.facts),
        }

    def judge(self, by: Principal, week: int, case_id: str, said: Said) -> None:
        """What the caller thinks of a case."""
        self._queue.judge(by, week, case_id, said)

    def settle(self, by: Principal, week: int, case_id: str, said: Said) -> None:
        """What counts where two reviewers differ."""
        self._queue.settle(by, week, case_id, said)

    def add(self, by: Principal, week: int, decision_id: str, why: str) -> Said:
        """A decision that was not drawn; it is in no estimate."""
        return {"case_id": self._queue.add(by, week, decision_id, why)}

    def know(self, by: Principal, week: int, case_id: str, said: Said) -> None:
        """Of a case the right verdict is known, or no more."""
        self._queue.know(by, week, case_id, said)

    def report(self, by: Principal, week: int) -> Said:
        """The report; who still may look at cases is told no single verdict."""
        found = self._reporting.report(self._queue.draw(by.tenant, week))
        if may_see_verdicts(by, found["signed"]):
            return found
        return {**found, "figures": {**found["figures"], **{name: [] for name in SECRET}}}

    def markdown(self, by: Principal, week: int) -> str:
        """The report as Markdown. Raises PermissionDenied where verdicts are not told yet."""
        draw = self._queue.draw(by.tenant, week)
        refuse_unless(may_see_verdicts(by, self._queue.signed_at(draw)))
        return self._reporting.markdown(draw)

    def sign(self, by: Principal, week: int, said: Said) -> None:
        """Sign the report off."""
        draw = self._queue.draw(by.tenant, week)
        seen, name = str(said.get("sha256", "")), str(said.get("name", ""))
        self._reporting.sign(by, draw, seen, name, str(said.get("statement") or ""))

    def _said(self, draw: Draw, case: ReviewCase) -> Said:
        """What was said of the case's decision, and whether it is in dispute."""
        for one in self._reviews.looked(draw, cell=case.facts.cell):
            if one.case.facts.decision_id == case.facts.decision_id:
                return {"said": review_report.told(one)["said"], "disputed": one.disputed}
        return {"said": [], "disputed": False}


def periodic(reviewing: Reviewing, config: ReviewConfig, ready: Callable[[], bool]) -> Periodic:
    """Drawing weeks as a process does it by itself."""
    return Periodic("review", config.look_seconds, reviewing.look, ready)


def _queued(case: ReviewCase, turn: Turn) -> Said:
    return {
        "case_id": case.case_id,
        "agent": case.facts.agent,
        "action": case.facts.action,
        "amount": case.facts.amount,
        "currency": case.facts.currency,
        "confidence": case.facts.confidence,
        "mine": turn.standing.has_it(case.case_id, turn.at) == turn.reviewer,
    }


def _named(week: int) -> dict[str, Any]:
    return {"week": week, "name": weeks.named(week)}


def _own(judged: Any) -> Said:
    return {
        "verdict": str(judged.verdict),
        "reason": judged.reason,
        "note": judged.note,
        "cost": judged.cost,
    }


def _week(one: ReviewedWeek) -> Said:
    return {
        **_named(one.week),
        "begins": moments.iso(one.begins),
        "ends": moments.iso(one.ends),
        "drawn_at": moments.iso(one.drawn_at),
        "frame": one.frame,
        "drawn": one.drawn,
        "open": one.open,
        "signed_at": moments.iso(one.signed_at) if one.signed_at else None,
        "cells": len(one.cells),
    }


def _cells(draw: Draw) -> list[Said]:
    return [
        {
            "agent": one.agent,
            "action": one.action,
            "frame": one.frame,
            "wanted": one.wanted,
            "drawn": one.drawn,
            "pi_min": one.pi_min,
            "watched": list(one.watched),
        }
        for one in draw.cells
    ]
