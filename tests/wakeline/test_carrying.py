"""Trace, case and intent cross borders: headers, queues, MCP and A2A."""

from typing import Any

import pytest

import wakeline
from wakeline.testing import Recorded, capture

MIXED = ["Traceparent", "TraceState", "BAGGAGE"]


def sent(under: str | None = None, **more: Any) -> dict[str, Any]:
    """What a sender within a case, an intent and an agent puts into its message."""
    with wakeline.case("case ä/1"), wakeline.agent("sender"), wakeline.intent("pay", id="i-1"):
        return dict(wakeline.inject({"kept": "as it is"}, under=under, **more))


def received(recorded: Recorded, carrier: Any, **more: Any) -> None:
    with wakeline.extracted(carrier, **more), wakeline.agent("receiver"), wakeline.tool("t"):
        pass


@pytest.mark.parametrize("under", [None, wakeline.MCP, wakeline.A2A])
def test_the_receiver_continues_the_trace_in_the_same_case(under: str | None) -> None:
    with capture() as recorded:
        received(recorded, sent(under), under=under)
    sender, receiver = recorded.span("invoke_agent sender"), recorded.span("invoke_agent receiver")
    assert (receiver.trace_id, receiver.parent_id) == (sender.trace_id, sender.span_id)
    for span in (receiver, recorded.span("execute_tool t")):
        assert span["wakeline.case.id"] == "case ä/1"
        assert span["wakeline.intent.id"] == "i-1"


def test_only_the_dict_that_was_named_is_touched() -> None:
    with capture():
        params = sent(wakeline.MCP)
    assert set(params) == {"kept", "_meta"}
    assert set(params["_meta"]) == {"traceparent", "baggage"}


def test_headers_are_understood_in_any_case_as_text_bytes_or_pairs() -> None:
    with capture() as recorded:
        headers = {name: sent().get(name.lower(), "") for name in MIXED}
        pairs = [(name.encode(), text.encode()) for name, text in headers.items()]
        listed = {name: [text] for name, text in headers.items()}
        for carrier in (headers, pairs, listed):
            received(recorded, carrier)
    receivers = [span for span in recorded.spans if span.name == "invoke_agent receiver"]
    assert len(receivers) == 3
    assert all(span.parent_id and span["wakeline.intent.id"] == "i-1" for span in receivers)


def test_a_receiver_from_a_queue_has_its_own_trace_that_links_to_the_sender() -> None:
    with capture() as recorded:
        message = sent()
        with wakeline.agent("poller"):
            received(recorded, message, link=True)
    sender, receiver = recorded.span("invoke_agent sender"), recorded.span("invoke_agent receiver")
    assert receiver.links == (sender.span_id,)
    assert receiver.parent_id == ""
    assert receiver.trace_id != sender.trace_id
    assert recorded.span("execute_tool t").links == ()
    assert receiver["wakeline.case.id"] == "case ä/1"


def test_the_first_span_of_the_receiver_takes_the_handoff_up() -> None:
    with capture() as recorded:
        with wakeline.agent("sender"):
            handoff_id = wakeline.handoff("receiver")
            message = wakeline.inject({}, handoff=handoff_id)
        received(recorded, message)
    assert recorded.span("invoke_agent receiver")["wakeline.handoff.id"] == handoff_id
    assert "wakeline.handoff.id" not in recorded.span("execute_tool t").attributes


@pytest.mark.parametrize(
    "carrier", [{}, [], {"traceparent": "rubbish", "baggage": ";;=,"}, {"_meta": None}]
)
@pytest.mark.parametrize("under", [None, "_meta"])
@pytest.mark.parametrize("link", [False, True])
def test_a_message_without_a_trace_starts_one(carrier: Any, under: str | None, link: bool) -> None:
    with capture() as recorded:
        received(recorded, carrier, under=under, link=link)
    receiver = recorded.span("invoke_agent receiver")
    assert receiver.parent_id == ""
    assert receiver.links == ()


def test_off_nothing_is_put_into_a_message() -> None:
    assert wakeline.inject({}, under="_meta") == {}
    with wakeline.extracted({"traceparent": "x"}):
        pass
