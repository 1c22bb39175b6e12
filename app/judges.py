"""Judges that the settings name: a Python function, or an HTTP endpoint."""

import importlib
import json
import threading
from collections.abc import Callable
from dataclasses import asdict
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlparse
from urllib.request import Request

from analyzers.config import JudgeConfig
from analyzers.judge import Judge, Spans, Verdict
from app import outgoing
from domain.errors import InvalidInput, Unavailable
from domain.findings import Finding

ANSWER_BYTES_MAX = 65_536
FINAL_BELOW = 500


def named(config: JudgeConfig) -> tuple[str, Judge] | None:
    """What the judge is called in what is kept, and the judge; None unless one is set.

    Raises InvalidInput for an import path that leads nowhere.
    """
    if config.import_path:
        return config.import_path, InTime(_imported(config.import_path), config.seconds_max)
    if config.url:
        return urlparse(config.url).netloc.rpartition("@")[2], HttpJudge(config)
    return None


def _imported(path: str) -> Judge:
    module, _, name = path.partition(":")
    try:
        found: Judge = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise InvalidInput(f"analyzers.judge.import_path: {error}") from error
    if not callable(found):
        raise InvalidInput(f"analyzers.judge.import_path: {path} can not be called")
    return found


class InTime:
    """A function of somebody else, which may hang or fail: neither holds up who asks."""

    def __init__(self, inner: Judge, seconds_max: float) -> None:
        self._inner = inner
        self._seconds_max = seconds_max
        self._asking: threading.Thread | None = None

    def __call__(self, finding: Finding, evidence: Spans, question: str) -> Verdict:
        """Raises Unavailable when it takes too long, InvalidInput for an error or nonsense."""
        if self._asking is not None and self._asking.is_alive():
            raise Unavailable("the judge has not come back from an earlier question")
        said: list[Any] = []
        self._asking = threading.Thread(
            target=lambda: said.append(_answer(lambda: self._inner(finding, evidence, question))),
            name="judge",
            daemon=True,
        )
        self._asking.start()
        self._asking.join(self._seconds_max)
        if not said:
            raise Unavailable(f"the judge took longer than {self._seconds_max:g} s")
        if not isinstance(said[0], Verdict):
            raise InvalidInput(f"the judge answered no Verdict: {said[0]!r:.200}")
        return said[0]


def _answer(ask: Callable[[], Any]) -> Any:
    try:
        return ask()
    except Exception as error:  # noqa: BLE001 - code of somebody else; what it raises is told
        return error


class HttpJudge:
    """Posts the finding, its evidence and the question as JSON; the answer is a verdict as JSON."""

    def __init__(self, config: JudgeConfig) -> None:
        self._config = config
        self._opener = outgoing.opener()

    def __call__(self, finding: Finding, evidence: Spans, question: str) -> Verdict:
        """Raises Unavailable when it does not answer, InvalidInput when it answers nonsense."""
        headers = {"content-type": "application/json"}
        if self._config.key is not None:
            headers["authorization"] = f"Bearer {self._config.key.get_secret_value()}"
        body = encoded(finding, evidence, question)
        request = Request(self._config.url, body, headers, method="POST")
        try:
            with self._opener.open(request, timeout=self._config.seconds_max) as response:
                return decoded(response.read(ANSWER_BYTES_MAX + 1))
        except HTTPError as error:
            with error:
                final = error.code < FINAL_BELOW and error.code not in outgoing.TRIED_AGAIN
                kind = InvalidInput if final else Unavailable
                raise kind(f"the judge answered {error.code}") from error
        except (OSError, HTTPException, ValueError) as error:
            raise Unavailable(f"the judge does not answer: {error}") from error


def encoded(finding: Finding, evidence: Spans, question: str) -> bytes:
    """The body of a request."""
    roles = {(one.trace_id, one.span_id): str(one.role) for one in finding.evidence}
    said = asdict(finding)
    names = ("finding_id", "signature", "agents", "reason", "facts", "first_at", "last_at")
    spans = [
        {"trace_id": span[0], "span_id": span[1], "role": roles[span], "says": text}
        for span, text in evidence.items()
    ]
    body = {
        "question": question,
        "finding": {name: said[name] for name in names}
        | {"severity": finding.severity.name.lower()},
        "evidence": spans,
    }
    return json.dumps(body, default=lambda value: value.isoformat()).encode()


def decoded(answer: bytes) -> Verdict:
    """{"holds": bool, "confidence": 0 to 1, "quoted": [{"trace_id": .., "span_id": ..}]}.

    Raises InvalidInput for anything else.
    """
    if len(answer) > ANSWER_BYTES_MAX:
        raise InvalidInput(f"the judge answered more than {ANSWER_BYTES_MAX} bytes")
    try:
        said = json.loads(answer)
        quoted = tuple((str(one["trace_id"]), str(one["span_id"])) for one in said["quoted"])
        if not isinstance(said["holds"], bool):
            raise TypeError("holds is neither true nor false")
        return Verdict(said["holds"], float(said["confidence"]), quoted)
    except (ValueError, KeyError, TypeError) as error:
        raise InvalidInput(f"the judge answered no verdict: {error!r:.200}") from error
