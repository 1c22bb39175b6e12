"""Does the engine read any span as a plain reading of the alias table does?"""

import json
from itertools import count
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Status

from domain.envelope import Signal
from storage import aliases
from storage.store import Store
from tests.contracts.any_requests import add_pairs
from tests.contracts.segments import record, span_id, token
from tests.storage.reference_aliases import FIELDS, TABLE, Span, step

COMPARED = (
    "operation, agent, tool, model, conversation_id, error_type, control_flow,"
    " input_tokens, output_tokens, rolled_up_tokens"
)
SOURCES = {
    source.key: field
    for name in (
        *("openinference_kind", "operation", "agent", "tool", "input_tokens", "output_tokens"),
        *("response_model", "request_model", "conversation_id", "error_type"),
    )
    for field in [FIELDS[name]]
    for source in field.sources
    if source.key not in aliases.PSEUDO_KEYS
}
PATHS = {s.key: s.path for field in SOURCES.values() for s in field.sources if s.path}
# What spans may say, likely and unlikely.
KINDS = [word for word in TABLE.values["operation"] if word.isupper()]
OPERATIONS = [*TABLE.values["operation"], "chat", "execute_tool", "approve", "execute_task", "new"]
NAMES = ["", "work", "agent run", "Running Tool", "billing_agent.run", "tool failure"]
NAMES += ["execute_tool (merged)", "claude_code.tool", "ClaudeAgentSDK.Subagent"]
ERRORS = ["", "", "TimeoutError", "Exception", "langgraph.errors.GraphInterrupt"]
INSIDE = st.sampled_from(["", "named", 7, None, True, {"a": 1}, ["b"]])
NUMBERS = count(1)


def texts_of(key: str) -> st.SearchStrategy[str]:
    field = SOURCES[key].name
    if key in PATHS:
        members = st.dictionaries(st.sampled_from([PATHS[key], "other"]), INSIDE)
        return st.one_of(
            st.sampled_from(["", "{", "[]", '"text"', "null"]), members.map(json.dumps)
        )
    if field == "openinference_kind" or key == "openinference.span.kind":
        return st.sampled_from(["", *KINDS])
    if field == "operation":
        return st.sampled_from(["", *OPERATIONS])
    if field.endswith("_tokens"):
        return st.sampled_from(["", "0", "12", "999999999999", "-1", "1.5", "many"])
    return st.sampled_from(["", "one", "two", f"from {key}"])


def attributes() -> st.SearchStrategy[dict[str, str]]:
    """Of several conventions at once, one of an operation more often than by chance."""
    operations = sorted(key for key, field in SOURCES.items() if field.name == "operation")
    chosen = st.tuples(
        st.sampled_from(operations), st.lists(st.sampled_from(sorted(SOURCES)), max_size=12)
    )
    return chosen.map(lambda pair: {pair[0], *pair[1]}).flatmap(
        lambda keys: st.fixed_dictionaries({key: texts_of(key) for key in sorted(keys)})
    )


def spans() -> st.SearchStrategy[Span]:
    return st.builds(
        Span,
        attributes=attributes(),
        name=st.sampled_from(NAMES),
        status=st.sampled_from(["Unset", "Ok", "Error"]),
        exception_type=st.sampled_from(ERRORS),
        exception_message=st.sampled_from(["", "ValueError('no')", "none of it"]),
    )


def request(sent: list[Span]) -> ExportTraceServiceRequest:
    """A request with those spans, whose ids are their numbers from 1."""
    found = ExportTraceServiceRequest()
    scope_spans = found.resource_spans.add().scope_spans.add()
    for number, given_span in enumerate(sent, start=1):
        span = scope_spans.spans.add(
            trace_id=b"\1" * 16, span_id=span_id(number), name=given_span.name
        )
        span.status.code = Status.StatusCode.Value(f"STATUS_CODE_{given_span.status.upper()}")
        add_pairs(span.attributes, given_span.attributes.items())
        if given_span.exception_type:
            said = {
                "exception.type": given_span.exception_type,
                "exception.message": given_span.exception_message,
            }
            add_pairs(span.events.add(name="exception").attributes, said.items())
    return found


def stored(store: Store, tenant: str) -> dict[str, Any]:
    """The compared columns of the stored steps by span id."""
    answer = store.read_only(
        f"SELECT span_id, {COMPARED} FROM steps FINAL WHERE tenant = '{tenant}'"
        " SETTINGS output_format_json_quote_64bit_integers = 0",
        "JSONEachRow",
    )
    return {row.pop("span_id"): row for row in map(json.loads, answer.splitlines())}


# A failure names the span, so there is nothing to shrink.
@settings(
    max_examples=12,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
@given(sent=st.lists(spans(), min_size=30, max_size=60))
def test_the_engine_reads_any_span_as_the_plain_reading_does(
    module_store: Store, sent: list[Span]
) -> None:
    tenant = f"tenant-{next(NUMBERS)}"
    module_store.insert_segment(Signal.TRACES, record(request(sent), tenant), token())
    found = stored(module_store, tenant)
    for number, span in enumerate(sent, start=1):
        read = step(span)
        engine = found.get(span_id(number).hex(), {})
        assert engine == read, span
