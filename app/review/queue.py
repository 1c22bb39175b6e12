"""What reviewers do: take a case, say what they think of it, or ask for one that was not drawn."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from app import moments
from app.review.drawing import Drawing, Key
from domain import weeks
from domain.access import Principal, Scope
from domain.errors import Conflict, InvalidInput, NotFound, PermissionDenied
from domain.reviewing import Draw, Judged, Look, ReviewCase, Verdict
from governance import review_queue, review_record
from governance.config import ReviewConfig
from governance.desk import Desk, who
from governance.review_queue import Standing, Turn
from storage.governance import GovernanceChanges
from storage.review_draws import ReviewDraws, new_id
from storage.review_work import LATEST, Known, ReviewWork
from storage.store import Store

Said = Mapping[str, Any]
WHY_CHARACTERS_MAX = 1000
CLAIMS_TRIED_MAX = 20


class Queue:
    """Of one store. All calls may block and raise Unavailable; a caller acts in its tenant."""

    def __init__(
        self,
        store: Store,
        config: ReviewConfig,
        drawing: Drawing,
        key_of: Callable[[str], Key],
        clock: moments.Clock = moments.now,
    ) -> None:
        self._draws, self._work = ReviewDraws(store), ReviewWork(store)
        self._desk = Desk(GovernanceChanges(store))
        self._config, self._drawing, self._key_of = config, drawing, key_of
        self._clock = clock

    def turn(self, by: Principal, draw: Draw, at: datetime) -> Turn:
        """Whose turn it is in a week, for a reviewer."""
        cases = self._draws.cases(draw)
        standing = Standing(
            cases,
            self._work.claims(draw.tenant, draw.week),
            self._work.verdicts(draw.tenant, draw.week),
            self._earlier(draw, cases),
        )
        return review_queue.turn(standing, who(by), at)

    def open_to(self, turn: Turn, draw: Draw) -> list[ReviewCase]:
        """Cases that a reviewer may look at now, in order; none once the week is signed off."""
        if self.signed_at(draw):
            return []
        secret, _ = self._key_of(draw.tenant)
        return review_queue.open_to(review_record.plan_of(draw, secret), turn)

    def take(self, by: Principal, week: int, case_id: str = "") -> str:
        """The id of the next case, or of the one that is asked for, which is the caller's for a
        while; empty where nothing is left. Raises Conflict, PermissionDenied."""
        by.require(Scope.REVIEW)
        for _ in range(CLAIMS_TRIED_MAX):
            draw, now = self._unsigned(by.tenant, week), self._clock()
            turn = self.turn(by, draw, now)
            case = self._case(draw, case_id) if case_id else self._next(turn, draw)
            if case is None:
                return ""
            lease = timedelta(minutes=self._config.lease_minutes)
            claim = review_queue.claimed(turn, case, lease)
            if case.look is Look.GOLD or self._work.claim(draw.tenant, week, claim):
                return case.case_id
        raise Conflict("others take cases faster than this one could be: try again")

    def give_back(self, by: Principal, week: int, case_id: str) -> None:
        """Let somebody else look at a case."""
        by.require(Scope.REVIEW)
        draw = self._unsigned(by.tenant, week)
        claim = self._work.claims(draw.tenant, week, case_id).get(case_id)
        now = self._clock()
        if claim and claim.reviewer == who(by) and claim.until > now:
            self._work.claim(draw.tenant, week, review_queue.given_back(claim, now))

    def judge(self, by: Principal, week: int, case_id: str, said: Said) -> None:
        """said: verdict, and perhaps reason, note, cost. Raises Conflict, InvalidInput,
        PermissionDenied, NotFound."""
        by.require(Scope.REVIEW)
        draw = self._unsigned(by.tenant, week)
        case = self._case(draw, case_id)
        judged = review_queue.checked(self._judged(by, case_id, said))
        turn = self.turn(by, draw, judged.at)
        reason = turn.hindrance(case)
        if reason:
            raise Conflict(f"case {case_id}: {reason}")
        self._work.judge(draw.tenant, week, judged)

    def settle(self, by: Principal, week: int, case_id: str, said: Said) -> None:
        """What counts where two reviewers differ, by a third person who governs."""
        by.require(Scope.GOVERN)
        draw = self._unsigned(by.tenant, week)
        decision = self._case(draw, case_id).facts.decision_id
        judged = review_queue.checked(self._judged(by, case_id, said, settles=True))
        cases = self._draws.cases(draw)
        looked = {
            one.case_id
            for one in cases
            if one.facts.decision_id == decision and one.look in (Look.FIRST, Look.SECOND)
        }
        standing = Standing(cases, said=self._work.verdicts(draw.tenant, week))
        review_queue.check_settles(standing, looked, judged)
        self._work.judge(draw.tenant, week, judged)

    def add(self, by: Principal, week: int, decision_id: str, why: str) -> str:
        """A decision of the week that was not drawn goes into the queue; in no estimate. Its case.

        Raises InvalidInput, NotFound, Conflict where it is there already.
        """
        by.require(Scope.REVIEW)
        _check_why(why)
        draw = self._unsigned(by.tenant, week)
        frame = self._draws.frame(by.tenant, (draw.begins, draw.ends), LATEST, decision=decision_id)
        if not frame:
            raise NotFound(f"no agent took a decision '{decision_id}' in {weeks.named(week)}")
        (facts,), looks = frame, (Look.FIRST, Look.HAND)
        for case in self._draws.cases(draw, facts.cell):
            if case.facts.decision_id == decision_id and case.look in looks:
                raise Conflict(f"'{decision_id}' is in the queue already: case {case.case_id}")
        now = self._clock()
        added = ReviewCase(new_id(), week, Look.HAND, facts, week, added_by=who(by), why=why)
        self._draws.add(by.tenant, added, now)
        said = {"decision_id": decision_id, "case_id": added.case_id, "why": why}
        self._note(by, week, now, review_record.ADDED, said)
        return added.case_id

    def know(self, by: Principal, week: int, case_id: str, said: Said) -> None:
        """Of a case the right verdict is known: in later weeks it is mixed in unmarked.

        said: verdict (fine, harm, or empty to take it out) and why. Raises PermissionDenied,
        NotFound, InvalidInput.
        """
        by.require(Scope.GOVERN)
        why, text = str(said.get("why", "")), str(said.get("verdict", ""))
        _check_why(why)
        if text not in ("", Verdict.FINE, Verdict.HARM):
            raise InvalidInput("verdict: fine or harm, or empty to take the case out")
        draw = self.draw(by.tenant, week)
        case, now = self._case(draw, case_id), self._clock()
        decision = case.facts.decision_id
        known = Known(
            decision, week, case_id, Verdict(text or Verdict.FINE), why, who(by), now
        )  # fmt: skip
        self._work.know(by.tenant, known, taken_out=not text)
        self._note(by, week, now, review_record.KNOWN, {
            "decision_id": decision, "case_id": case_id, "verdict": text, "why": why,
        })  # fmt: skip

    def draw(self, tenant: str, week: int) -> Draw:
        """Raises NotFound for a week that was not drawn."""
        return self._drawing.known(tenant, week)

    def signed_at(self, draw: Draw) -> datetime | None:
        """When the report of a week was signed off."""
        signed = self._work.signed(draw.tenant, weeks.subject(draw.week))
        return next((one.change.at for one in signed.values()), None)

    def case(self, draw: Draw, case_id: str) -> ReviewCase:
        """Raises NotFound."""
        return self._case(draw, case_id)

    def _unsigned(self, tenant: str, week: int) -> Draw:
        draw = self.draw(tenant, week)
        if self.signed_at(draw):
            raise Conflict(f"week {weeks.named(week)} was signed off: it changes no more")
        return draw

    def _next(self, turn: Turn, draw: Draw) -> ReviewCase | None:
        return next(iter(self.open_to(turn, draw)), None)

    def _case(self, draw: Draw, case_id: str) -> ReviewCase:
        found = self._draws.cases(draw, case_id=case_id) if case_id else []
        if not found:
            raise NotFound(f"week {weeks.named(draw.week)} has no case '{case_id}'")
        return found[0]

    def _earlier(self, draw: Draw, cases: list[ReviewCase]) -> dict[str, list[str]]:
        """Who looked at the decisions that are looked at again."""
        found: dict[str, list[str]] = {}
        for week in {one.of_week for one in cases if one.look is Look.BLIND}:
            before = self._draws.draw(draw.tenant, week)
            if before is not None:
                said = self._work.verdicts(draw.tenant, week)
                found |= review_queue.by_decision(self._draws.cases(before), said)
        return found

    def _judged(self, by: Principal, case_id: str, said: Said, *, settles: bool = False) -> Judged:
        try:
            verdict = Verdict(said.get("verdict", ""))
        except ValueError as error:
            raise InvalidInput("verdict: fine, harm or skipped") from error
        return Judged(
            case_id, who(by), verdict, self._clock(),
            reason=str(said.get("reason") or ""), note=str(said.get("note") or ""),
            cost=said.get("cost"), rubric=self._config.rubric, settles=settles,
        )  # fmt: skip

    def _note(self, by: Principal, week: int, at: datetime, action: str, said: Any) -> None:
        change = review_record.done(by.tenant, week, who(by), at, action, said)
        self._desk.record(by.tenant, lambda: change)


def _check_why(why: str) -> None:
    if not why.strip() or len(why) > WHY_CHARACTERS_MAX:
        raise InvalidInput(f"why: from 1 to {WHY_CHARACTERS_MAX} characters")


def may_see_verdicts(by: Principal, signed_at: datetime | None) -> bool:
    """Verdicts of a week are told to who governs, and to all once it is signed off: whoever still
    looks at cases must not know what others said."""
    return signed_at is not None or Scope.GOVERN in by.scopes


def refuse_unless(allowed: bool) -> None:
    """Raises PermissionDenied where verdicts are not told yet."""
    if not allowed:
        raise PermissionDenied("verdicts are told when the week is signed off, or with 'govern'")
