"""May this agent do this by itself? Limits that people and evidence set, pulled and obeyed.

`connect` names the service once; `get(agent, action).decide(...)` answers from memory, records the
decision with the version that it was taken under, and escalates whenever something is not known.
"""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Any

from wakeline import conventions as names
from wakeline import events, surroundings
from wakeline.threshold_documents import Answer, Case, Document, decide, threshold
from wakeline.threshold_keeping import default_folder, key_id
from wakeline.threshold_pulling import Pulling, Service

FIRST_SECONDS = 2.0
OUTCOMES = {"proceed": "allow", "escalate": "escalate", "stop": "block"}


@dataclass(frozen=True, slots=True)
class Told:
    """What an agent is told about one case.

    answer:      proceed, escalate (a person has to look) or stop.
    version:     of the limits; 0 when none are known.
    decision_id: of the decision that was recorded; empty when none was.
    facts:       for `decides(...)`, where the decision is recorded there: `making.add(**facts)`.
    """

    answer: Answer
    reason: str
    version: int
    decision_id: str
    facts: Mapping[str, Any]


class _State:
    service: Service | None = None
    pulling: dict[str, Pulling] = {}  # noqa: RUF012 - one of the process
    lock = Lock()


def connect(
    endpoint: str,
    *,
    key: str = "",
    public_keys: Iterable[str] = (),
    folder: str | Path | None = None,
) -> None:
    """Pull limits from the API at `endpoint`, such as http://localhost:8080, from now on.

    key:          an API key with the scope ingest or read.
    public_keys:  in hex, that documents may be signed with; without any, those that the service
                  names at the first contact, and no others after that.
    folder:       where the last good documents are kept; else below ~/.cache.
    """
    headers = {"authorization": f"Bearer {key}"} if key else {}
    trusted = {key_id(one): one for one in map(bytes.fromhex, public_keys)}
    kept = default_folder() if folder is None else Path(folder)
    disconnect()
    with _State.lock:
        _State.service = Service(endpoint.rstrip("/"), headers, trusted, kept)


def disconnect() -> None:
    """Pull no more; whatever is asked from now on escalates."""
    with _State.lock:
        for each in _State.pulling.values():
            each.stop()
        _State.service, _State.pulling = None, {}


class Limits:
    """Of one action of an agent, as they are at each call."""

    def __init__(self, pulling: Pulling | None, action: str, agent_version: str) -> None:
        self._pulling = pulling
        self._action = action
        self._agent_version = agent_version

    @property
    def version(self) -> int:
        """Of the limits in force; 0 when none are known."""
        document = self._document()
        return document.version if document else 0

    @property
    def confidence(self) -> float | None:
        """That is asked for at least, 0 to 1; None: all escalates, or nothing is known."""
        return self._limit("confidence")

    @property
    def amount(self) -> float | None:
        """In dollars at most; None: any, or nothing is known."""
        return self._limit("amount")

    def decide(
        self,
        confidence: float | None = None,
        amount: float | None = None,
        *,
        case: str = "",
        capability: str = "",
        record: bool = True,
    ) -> Told:
        """Whether the agent may go on by itself.

        confidence: 0 to 1; amount: in dollars.
        case:       by default the one around (`wakeline.case`), so that all its steps get one
                    answer.
        capability: the tool that would be used, for kill switches of tools.
        record:     the decision, with threshold and version.
        """
        name = case or surroundings.stamps().get(names.CASE_ID, "") or os.urandom(12).hex()
        asked = Case(self._action, name, confidence, amount, self._agent_version, capability)
        document = self._document()
        if document is None:
            answer: Answer = "escalate"
            reason = f"no limits are known: {self._problem()}"
        else:
            answer, reason = decide(document, asked, datetime.now(UTC))
        facts = self._facts(asked, answer, document)
        decision_id = events.decision(self._action, **facts) if record else ""
        return Told(answer, reason, document.version if document else 0, decision_id, facts)

    def _document(self) -> Document | None:
        return self._pulling.document if self._pulling else None

    def _problem(self) -> str:
        if self._pulling is None:
            return "wakeline.thresholds.connect was not called"
        return self._pulling.problem or "the service did not answer yet"

    def _limit(self, name: str) -> float | None:
        document = self._document()
        held = threshold(document, self._action, self._agent_version) if document else None
        return held["limits"][name] if held else None

    def _facts(self, asked: Case, answer: Answer, document: Document | None) -> dict[str, Any]:
        facts = {
            "outcome": OUTCOMES[answer],
            "confidence": asked.confidence,
            "amount": asked.amount,
            "currency": None if asked.amount is None else "USD",
            "threshold": self.confidence,
            "threshold_version": document.version if document else 0,
            "verdict": answer,
            "enforced_action": answer,
        }
        return {name: value for name, value in facts.items() if value is not None}


def get(agent: str, action: str, *, agent_version: str = "") -> Limits:
    """The limits of one action. The first call for an agent waits up to two seconds for them."""
    pulling = None
    with _State.lock:
        if (service := _State.service) is not None:
            pulling = _State.pulling.get(agent)
            if pulling is None:
                pulling = _State.pulling[agent] = Pulling(service, agent)
            pulling.begin()
    if pulling is not None:
        pulling.wait(FIRST_SECONDS)
    return Limits(pulling, action, agent_version)
