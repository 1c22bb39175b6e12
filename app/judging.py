"""Asks a judge about findings of middling confidence, and keeps what it says apart from them."""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from analyzers import judge
from analyzers.config import AnalyzersConfig, JudgeConfig
from analyzers.judge import ASKED_FROM, ASKED_TO, EVIDENCE_MAX, Judge, Spans, Verdict
from app import judges
from app.periodic import Periodic
from domain.errors import InvalidInput, Unavailable
from storage.judgements import Judgements, Unjudged
from storage.store import Store

# What was found before is not asked about any more.
SINCE = timedelta(days=1)
WHY_MAX = 300
# A question that has no answer so often is not asked again.
ATTEMPTS_MAX = 3
NOTHING: Mapping[str, Any] = {"holds": False, "confidence": 0.0, "quoted": [], "moved": 0.0}


class Judging:
    """One pass at a time; without a judge it does nothing."""

    def __init__(
        self, store: Store, config: JudgeConfig, asked: tuple[str, Judge] | None = None
    ) -> None:
        """asked: name and judge, else the one that the settings name. Raises InvalidInput."""
        self._judgements = Judgements(store)
        self._config = config
        self._asked = asked or judges.named(config)
        self._stopped = False
        self._failures: Counter[tuple[str, int]] = Counter()

    def look(self) -> int:
        """Ask about what was found since the last look; how many verdicts count.

        Raises Unavailable when the judge or the store does not answer: what is left is asked later.
        """
        if self._asked is None:
            return 0
        since, between = datetime.now(UTC) - SINCE, (ASKED_FROM, ASKED_TO)
        found = self._judgements.unjudged(since, between, self._config.questions_max)
        return sum(self._judge(*self._asked, one) for one in found if not self._stopped)

    def stop(self) -> None:
        """No further questions."""
        self._stopped = True

    def _judge(self, name: str, ask: Judge, judged: Unjudged) -> bool:
        finding = judged.finding
        question = judge.question(finding)
        spans = self._judgements.texts(finding, EVIDENCE_MAX, self._config.evidence_characters_max)
        said: dict[str, Any] = {"judge": name, "question": question, **NOTHING}
        try:
            if not spans:
                raise InvalidInput("no span of its evidence is stored any more")
            verdict = self._answer(ask, judged, spans, question)
            said |= _told(verdict)
            said["why"] = judge.objection(finding.confidence, verdict, spans)
            said["moved"] = judge.move(finding.confidence, verdict, spans)
        except (InvalidInput, TypeError, ValueError) as error:
            said |= {**NOTHING, "why": str(error)[:WHY_MAX]}
        self._judgements.keep(judged, said)
        return not said["why"]

    def _answer(self, ask: Judge, judged: Unjudged, spans: Spans, question: str) -> Verdict:
        """Raises InvalidInput for a question that stays without an answer: others have a turn."""
        key = (judged.finding.finding_id, judged.content)
        try:
            verdict = ask(judged.finding, spans, question)
        except Unavailable as error:
            self._failures[key] += 1
            if self._failures[key] < ATTEMPTS_MAX:
                raise
            del self._failures[key]
            raise InvalidInput(str(error)) from error
        self._failures.pop(key, None)
        return verdict


def _told(verdict: Verdict) -> dict[str, Any]:
    """As it is kept. Raises TypeError or ValueError for what is no verdict."""
    sure = verdict.confidence if 0 <= verdict.confidence <= 1 else 0.0
    quoted = [(str(trace), str(span)) for trace, span in verdict.quoted[:EVIDENCE_MAX]]
    return {"holds": bool(verdict.holds), "confidence": float(sure), "quoted": quoted}


def periodic(store: Store, config: AnalyzersConfig, ready: Callable[[], bool]) -> Periodic:
    """Judging as a process does it beside its passes. Raises InvalidInput."""
    judging = Judging(store, config.judge)
    return Periodic("judging", config.tick_seconds, judging.look, ready, stop=judging.stop)
