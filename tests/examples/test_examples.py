"""The examples run, and what they record is what they show."""

import asyncio
import importlib
import warnings
from types import ModuleType

import pytest

from tests.wakeline.sink import Sink, run
from wakeline import conventions as names
from wakeline.testing import Recorded, capture

FRAMEWORKS = ("langgraph_agent", "openai_agents")
ALL = ("plain", *FRAMEWORKS)


def example(name: str) -> ModuleType:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what frameworks say of themselves when imported
        return importlib.import_module(f"examples.{name}")


def tree(recorded: Recorded) -> set[tuple[str, str]]:
    """(name, parent's name) of every span."""
    by_id = {span.span_id: span.name for span in recorded.spans}
    return {(span.name, by_id.get(span.parent_id, "")) for span in recorded.spans}


def test_the_plain_example_leads_from_the_reversal_back_to_the_read() -> None:
    with capture() as recorded:
        example("plain").run()
    (outcome,) = recorded.named(names.OUTCOME)
    (write,) = recorded.named(names.WRITE)
    made = recorded.decision("adjust")
    (read,) = recorded.inputs(made)
    assert outcome[names.OUTCOME_TARGET] == (write[names.DATA_ID],)
    assert write[names.DECISION_ID] == made[names.DECISION_ID]
    assert read[names.ENTITY_REF] == "account:a-77"
    assert read[names.DATA_AS_OF] < read.at_ns < outcome.at_ns
    assert {event[names.CASE_ID] for event in recorded.events} == {"ticket-4711"}
    assert tree(recorded) == {
        ("execute_tool crm.get_account", "invoke_agent billing"),
        ("execute_tool billing.adjust_invoice", "invoke_agent billing"),
        ("invoke_agent billing", ""),
        ("wakeline.outcome", ""),
    }


def test_the_langgraph_example_nests_its_tools_below_the_agent() -> None:
    with capture() as recorded:
        assert example("langgraph_agent").run() == "Booked north for 420 EUR."
    assert tree(recorded) == {
        ("execute_tool list_rates", "invoke_agent carrier-selection"),
        ("execute_tool book", "invoke_agent carrier-selection"),
        ("invoke_agent carrier-selection", ""),
    }
    assert recorded.decision("book")[names.DECISION_AMOUNT] == 420.0
    assert [event.name for event in recorded.events] == [
        names.READ,
        names.DECISION,
        names.WRITE,
        names.EFFECT,
    ]


def test_the_openai_example_hands_over_to_a_second_agent() -> None:
    with capture() as recorded:
        assert asyncio.run(example("openai_agents").run()) == "Delayed by 14 days."
    assert tree(recorded) == {
        ("execute_tool get_balance", "invoke_agent cash-flow"),
        ("execute_tool delay_payment", "invoke_agent cash-flow"),
        ("invoke_agent cash-flow", ""),
        ("invoke_agent desk", ""),
    }
    (handoff,) = recorded.named(names.HANDOFF)
    desk = recorded.span("invoke_agent desk")
    assert desk[names.HANDOFF_ID] == handoff[names.HANDOFF_ID]
    assert desk.links == (handoff.span_id,)
    assert desk[names.CASE_ID] == "invoice-501"
    assert recorded.decision("inform_vendor")[names.CASE_ID] == "invoice-501"


@pytest.mark.parametrize("name", ALL)
def test_every_example_sends_over_otlp_when_it_is_run(name: str) -> None:
    with Sink() as sink:
        script = (
            f"import warnings; warnings.simplefilter('ignore')\nimport examples.{name} as one\n"
        )
        run(script + "one.main()", OTEL_EXPORTER_OTLP_ENDPOINT=sink.url)
        assert any(span.name.startswith("invoke_agent") for _, span in sink.spans())
        kinds = {event.event_name for _, event in sink.events()}
    assert kinds >= {names.READ, names.DECISION, names.WRITE}
