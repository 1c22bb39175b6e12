"""The report of a week: what counts, in figures; signed off by a person, and fixed from then on."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from app import moments
from domain import weeks
from domain.access import Principal, Scope
from domain.audit_trail import AuditRecord
from domain.drift_reading import AlarmsAsked
from domain.errors import Conflict, InvalidInput, NotFound
from domain.reviewing import Cell, Draw, Look, Looked
from governance import review_record, review_report
from governance.canonical import canonical
from governance.desk import Desk, who
from governance.review_report import Earlier, Quality
from storage.drift_streams import DriftStreams
from storage.governance import GovernanceChanges
from storage.governance_reviews import Reviews
from storage.review_draws import ReviewDraws
from storage.review_work import LATEST, Report, ReviewWork
from storage.store import Store

Said = Mapping[str, Any]
# Weeks before this one that are pooled with it, and whose known cases tell how good reviewers are.
POOLED, QUALITY = 3, 26
ALARMS_MAX = 10_000
NAME_CHARACTERS_MAX, STATEMENT_CHARACTERS_MAX = 200, 4000
Written = Callable[[Said], str]


class Reporting:
    """Of one store. All calls may block and raise Unavailable."""

    def __init__(
        self, store: Store, markdown: Written, html: Written, clock: moments.Clock = moments.now
    ) -> None:
        """markdown, html: how figures are written down."""
        self._draws, self._work, self._reviews = (
            ReviewDraws(store),
            ReviewWork(store),
            Reviews(store),
        )
        self._alarms = DriftStreams(store)
        self._desk = Desk(GovernanceChanges(store))
        self._markdown, self._html, self._clock = markdown, html, clock

    def figures(self, draw: Draw) -> dict[str, Any]:
        """As they are now; after the week was signed off, as they were then."""
        signed = self.signed(draw)
        until = signed.change.at if signed else LATEST
        before = self._draws.draws(draw.tenant, QUALITY + 1)
        before = [one for one in before if one.week < draw.week]
        return review_report.figures(
            draw,
            self._reviews.looked(draw, until),
            self._quality([draw, *before], until),
            self._by_hand(draw, until),
            self._pooled(draw, before[:POOLED]),
        )

    def report(self, draw: Draw) -> dict[str, Any]:
        """With sha256 of the figures; once it is signed off, what was signed, and whether what is
        stored is still that."""
        signed = self.signed(draw)
        if signed is None:
            figures = self.figures(draw)
            return {"figures": figures, "sha256": sha256(figures), "signed": None}
        after: Any = signed.change.after
        kept = self._work.report(draw.tenant, draw.week, after["sha256"])
        if kept is None:
            raise NotFound(f"the report of {weeks.named(draw.week)} that was signed off is gone")
        return {
            "figures": json.loads(kept.figures),
            "sha256": after["sha256"],
            "markdown": kept.markdown,
            "html": kept.html,
            "signed": {
                "at": signed.change.at.isoformat(),
                "by": signed.change.who,
                "name": after["name"],
                "statement": signed.change.why,
                "sequence": signed.sequence,
                "intact": _hashes(kept) == {name: after[name] for name in _hashes(kept)},
            },
        }

    def markdown(self, draw: Draw) -> str:
        """The report as Markdown: as it was signed off, or as it is now."""
        found = self.report(draw)
        return str(found.get("markdown") or self._markdown(found["figures"]))

    def sign(self, by: Principal, draw: Draw, seen: str, name: str, statement: str) -> None:
        """Sign the report off; seen: sha256 of the figures that were read.

        Raises Conflict where it was signed off before, or somebody judged a case since it was
        read; PermissionDenied, InvalidInput.
        """
        by.require(Scope.GOVERN)
        _check("name", name, NAME_CHARACTERS_MAX)
        if len(statement) > STATEMENT_CHARACTERS_MAX:
            raise InvalidInput(f"statement: at most {STATEMENT_CHARACTERS_MAX} characters")
        at = self._clock()
        self._refuse_signed(draw)
        figures = self.figures(draw)
        if seen != sha256(figures):
            raise Conflict("the report has changed since it was read: read it again")
        kept = Report(
            canonical(figures).decode(), self._markdown(figures), self._html(figures)
        )  # fmt: skip
        hashes = _hashes(kept)
        self._work.keep_report(draw.tenant, draw.week, hashes["sha256"], kept)
        said = {"name": name, "statement": statement}
        change = review_record.signed(draw.tenant, draw.week, who(by), at, hashes, said)

        def made() -> Any:
            self._refuse_signed(draw)
            return change

        self._desk.record(draw.tenant, made)

    def signed(self, draw: Draw) -> AuditRecord | None:
        """The record of the week's sign-off."""
        found = self._work.signed(draw.tenant, weeks.subject(draw.week))
        return next(iter(found.values()), None)

    def _refuse_signed(self, draw: Draw) -> None:
        if self.signed(draw) is not None:
            raise Conflict(f"week {weeks.named(draw.week)} was signed off before")

    def _quality(self, draws: Sequence[Draw], until: datetime) -> Quality:
        """What reviewers said of known cases in these weeks, and in blind looks of the newest."""
        right = {one.decision_id: one.verdict for one in self._work.known(draws[0].tenant)}
        gold = []
        again: list[Any] = []
        for place, draw in enumerate(draws):
            said = self._work.verdicts(draw.tenant, draw.week, until)
            cases = self._draws.cases(draw)
            gold += review_report.gold_answers(cases, said, right)
            if not place:
                first = self._first({one.of_week for one in cases if one.look is Look.BLIND}, draw)
                again = review_report.again_answers(cases, said, first)
        return Quality(gold, again)

    def _first(self, of_weeks: set[int], draw: Draw) -> dict[tuple[str, str], Any]:
        """What reviewers said first of decisions of weeks before, by decision and reviewer."""
        found = {}
        for week in of_weeks:
            before = self._draws.draw(draw.tenant, week)
            for looked in self._reviews.looked(before) if before else ():
                for one in looked.looks:
                    found[looked.case.facts.decision_id, one.reviewer] = one.verdict
        return found

    def _by_hand(self, draw: Draw, until: datetime) -> list[Looked]:
        said = self._work.verdicts(draw.tenant, draw.week, until)
        return [
            Looked(case, tuple(one for one in said if one.case_id == case.case_id), None)
            for case in self._draws.cases(draw)
            if case.look is Look.HAND
        ]

    def _pooled(self, draw: Draw, before: Sequence[Draw]) -> dict[Cell, list[Earlier]]:
        """Of each cell the weeks just before it, as far back as no drift of the agent was paged."""
        found: defaultdict[Cell, list[Earlier]] = defaultdict(list)
        drifted: set[str] = set()
        later = draw
        for one in before:
            if one.week != weeks.moved(later.week, -1):
                break
            drifted |= self._drifted(draw.tenant, one.begins, later.ends)
            of_cell: defaultdict[Cell, list[Looked]] = defaultdict(list)
            for looked in self._reviews.looked(one):
                of_cell[looked.case.facts.cell].append(looked)
            for cell in one.cells:
                if cell.agent not in drifted:
                    key = cell.agent, cell.action
                    found[key].append((of_cell[key], cell.frame))
            later = one
        return dict(found)

    def _drifted(self, tenant: str, since: datetime, until: datetime) -> set[str]:
        asked = AlarmsAsked(tenant, since, until, paged_only=True, rows_max=ALARMS_MAX)
        return {str(row["agent"]) for row in self._alarms.alarms(asked)}


def sha256(figures: Said) -> str:
    """Of the figures as canonical JSON."""
    return hashlib.sha256(canonical(dict(figures))).hexdigest()


def _hashes(kept: Report) -> dict[str, str]:
    """Of the figures, and of the same as people read them."""
    texts = {"sha256": kept.figures, "markdown_sha256": kept.markdown, "html_sha256": kept.html}
    return {name: hashlib.sha256(text.encode()).hexdigest() for name, text in texts.items()}


def _check(field: str, text: str, characters_max: int) -> None:
    if not text.strip() or len(text) > characters_max:
        raise InvalidInput(f"{field}: from 1 to {characters_max} characters")
