"""Runs as spans that are sent, stored and analysed for real, many at once, told apart by trace."""

import json
import random
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from domain import signatures
from domain.envelope import Signal
from domain.findings import Draft, Evidence, Origin, Role, Window
from domain.signatures import Signature
from storage import contents, engines, rules, touched
from storage.store import Store
from tests.contracts.any_requests import add_pairs
from tests.contracts.segments import RECEIVED_UNIX_NANO, record, token

FOLDER = Path(__file__).parents[3] / "analyzers" / "signatures"
PLACEHOLDER = re.compile(r"\{(\w+):([^{}]+)\}")
SECOND = 10**9
RECEIVED = datetime.fromtimestamp(RECEIVED_UNIX_NANO / SECOND, UTC)
WINDOW = Window(RECEIVED - timedelta(hours=1), RECEIVED + timedelta(hours=1))
PRECISION_MIN = RECALL_MIN = 0.95
TENANT = "acme"


@dataclass(frozen=True)
class Span:
    """One span of a run; `at`, `lasts` in s from the start of the run, `under` the index above."""

    attributes: Mapping[str, Any]
    at: float = 0
    lasts: float = 0.5
    under: int | None = 0
    failed: bool = False
    events: Sequence[tuple[str, Mapping[str, Any]]] = ()


@dataclass(frozen=True)
class Case:
    """A run of some kind, with or without what the signature looks for."""

    kind: str
    spans: Sequence[Span]
    positive: bool = False
    tenant: str = TENANT


Maker = Callable[[random.Random], Sequence[Span]]


@dataclass
class Suite:
    """Kinds of positives and of traps, each made so many times from one seed."""

    positives: Mapping[str, Maker]
    traps: Mapping[str, Maker]
    each: tuple[int, int]
    seed: int = 7

    def cases(self) -> list[Case]:
        """At least 20 positives and 50 traps."""
        rng = random.Random(self.seed)
        found = [
            Case(kind, make(rng), positive)
            for positive, kinds in ((True, self.positives), (False, self.traps))
            for kind, make in kinds.items()
            for _ in range(self.each[0] if positive else self.each[1])
        ]
        assert len(self.positives) * self.each[0] >= 20
        assert len(self.traps) * self.each[1] >= 50
        return found


def root(agent: str = "clerk", **more: Any) -> Span:
    """The run itself."""
    attributes = {"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": agent}
    return Span(attributes | more, lasts=600, under=None)


def chat(at: float, said: str = "", heard: str = "", agent: str = "clerk", **more: Any) -> Span:
    """A model call that heard and said these texts."""
    attributes: dict[str, Any] = {
        "gen_ai.operation.name": "chat",
        "gen_ai.agent.name": agent,
        "gen_ai.request.model": "m-1",
    }
    if heard:
        attributes["gen_ai.input.messages"] = messages("user", heard)
    if said:
        attributes["gen_ai.output.messages"] = messages("assistant", said)
    return Span(attributes | more, at)


def messages(role: str, text: str) -> str:
    """As OpenTelemetry writes one message."""
    return json.dumps([{"role": role, "parts": [{"type": "text", "content": text}]}])


def call(
    at: float, tool: str, arguments: Any, result: Any = None, agent: str = "clerk", **more: Any
) -> Span:
    """A tool call; arguments and result as JSON."""
    attributes: dict[str, Any] = {
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.agent.name": agent,
        "gen_ai.tool.name": tool,
    }
    if arguments is not None:
        attributes["gen_ai.tool.call.arguments"] = json.dumps(arguments)
    if result is not None:
        text = result if isinstance(result, str) else json.dumps(result)
        attributes["gen_ai.tool.call.result"] = text
    failed = bool(more.pop("failed", False))
    return Span(attributes | more, at, failed=failed)


def send(
    store: Store,
    cases: Sequence[Case],
    received: int = RECEIVED_UNIX_NANO,
    part: tuple[int, int] = (0, 1),
) -> list[str]:
    """Store all cases as one segment, one request a tenant; their trace ids, in order. part: of
    each case only one span in so many, from that number on."""
    requests: dict[str, ExportTraceServiceRequest] = {}
    ids = []
    for number, case in enumerate(cases, start=1):
        request = requests.setdefault(case.tenant, ExportTraceServiceRequest())
        trace_id = number.to_bytes(16, "big")
        ids.append(trace_id.hex())
        _add(request, case, trace_id, part)
    sent = [
        record(request, tenant, received_unix_nano=received) for tenant, request in requests.items()
    ]
    store.insert_segment(Signal.TRACES, b"".join(sent), token())
    return ids


def _add(
    request: ExportTraceServiceRequest, case: Case, trace_id: bytes, part: tuple[int, int]
) -> None:
    spans = request.resource_spans.add().scope_spans.add().spans
    began = RECEIVED_UNIX_NANO - 1000 * SECOND
    for index, span in list(enumerate(case.spans))[part[0] :: part[1]]:
        start = began + int(span.at * SECOND)
        added = spans.add(
            trace_id=trace_id,
            span_id=_span_id(trace_id, index),
            name=str(span.attributes["gen_ai.operation.name"]),
            start_time_unix_nano=start,
            end_time_unix_nano=start + int(span.lasts * SECOND),
        )
        if span.under is not None:
            added.parent_span_id = _span_id(trace_id, span.under)
        if span.failed:
            added.status.code = 2  # type: ignore[assignment]
        add_pairs(added.attributes, span.attributes.items())
        for name, attributes in span.events:
            event = added.events.add(name=name, time_unix_nano=start)
            add_pairs(event.attributes, attributes.items())


def _span_id(trace_id: bytes, index: int) -> bytes:
    return trace_id[-4:] + (index + 1).to_bytes(4, "big")


def rule(name: str) -> Signature:
    """The rule file analyzers/signatures/<name>.yaml."""
    return signatures.parse((FOLDER / f"{name}.yaml").read_text(), name)


@dataclass
class Source:
    """Answers analyzers from a store; lanes are not asked for here."""

    store: Store
    asked: list[str] = field(default_factory=list)

    def candidates(self, signature: Signature, window: Window) -> list[Draft]:
        """What the statement of the rule finds."""
        moments = touched.moments(window, signature.wait_s)
        times = {name: f"{moment:%Y-%m-%d %H:%M:%S.%f}" for name, moment in moments.items()}
        values = (
            dict(signature.parameters)
            | times
            | {
                "pass": touched.Touched(self.store).steps(window, signature.wait_s),
                "shard": window.shard,
                "shards": window.shards,
                "rows_max": 100_000,
            }
        )
        text = rules.statement(signature, engines.values("", 30))
        text = PLACEHOLDER.sub(lambda found: f"CAST('{values[found[1]]}' AS {found[2]})", text)
        rows = self.store.read_only(text, "JSONEachRow").splitlines()
        return [_draft(signature, json.loads(row)) for row in rows]

    def lanes(self, view: str, window: Window) -> Any:
        """None here."""
        raise NotImplementedError

    def cases(self) -> Any:
        """None here."""
        raise NotImplementedError


def _draft(signature: Signature, row: Mapping[str, Any]) -> Draft:
    return Draft(
        signature=signature.id,
        tenant=row["tenant"],
        lane=row["lane"],
        anchor=row["anchor"],
        agents=tuple(row["agents"]),
        case_id=row["case_id"],
        first_at=datetime.fromisoformat(row["first_ts"][:26]),
        last_at=datetime.fromisoformat(row["last_ts"][:26]),
        evidence=tuple(Evidence(one[0], one[1], Role(one[2])) for one in row["evidence"]),
        facts={name: row[f"fact_{name}"] for name in signature.facts},
        origin=Origin(row["origin"]),
        raised=row["raised"],
    )


def drafts(store: Store, name: str, window: Window = WINDOW) -> list[Draft]:
    """What rule `name` finds, after the contents of the window were made."""
    contents.derive_contents(store, window.since, window.until)
    return Source(store).candidates(rule(name), window)


def judge(
    cases: Sequence[Case], ids: Sequence[str], found: Iterable[Draft]
) -> tuple[float, float, Mapping[Any, int]]:
    """Precision and recall over cases, and how many of which kind are wrong."""
    flagged = {one.trace_id for draft in found for one in draft.evidence}
    wrong = Counter(
        (case.kind, case.positive)
        for case, trace in zip(cases, ids, strict=True)
        if (trace in flagged) != case.positive
    )
    hits = sum(case.positive and trace in flagged for case, trace in zip(cases, ids, strict=True))
    positives = sum(case.positive for case in cases)
    return hits / max(1, len(flagged)), hits / positives, wrong


def check(store: Store, suite: Suite, find: Callable[[Window], Sequence[Draft]]) -> Sequence[Draft]:
    """Precision and recall of `suite`, every sentence's facts filled, every evidence span real."""
    cases = suite.cases()
    ids = send(store, cases)
    found = find(WINDOW)
    precision, recall, wrong = judge(cases, ids, found)
    assert precision >= PRECISION_MIN, wrong
    assert recall >= RECALL_MIN, wrong
    assert len({draft.finding_id for draft in found}) == len(found)
    for draft in found:
        assert all(value not in ("", None) for value in draft.facts.values())
        spans = {ids[index]: len(case.spans) for index, case in enumerate(cases)}
        for one in draft.evidence:
            number = int(one.span_id[8:], 16)
            assert 1 <= number <= spans[one.trace_id]
    return found
