"""A LangGraph agent whose tools say what they read and write; its model is a script.

python -m examples.langgraph_agent     needs `pip install wakeline[examples]`
"""

from collections.abc import Callable

from langchain_core.language_models.fake_chat_models import FakeMessagesListChatModel
from langchain_core.messages import AIMessage, HumanMessage, ToolMessage
from langgraph.graph import END, START, MessagesState, StateGraph
from langgraph.graph.state import CompiledStateGraph

import wakeline

SCRIPT = [
    AIMessage("", tool_calls=[{"name": "list_rates", "args": {"lane": "HAM-MUC"}, "id": "call-1"}]),
    AIMessage("", tool_calls=[{"name": "book", "args": {"carrier": "north"}, "id": "call-2"}]),
    AIMessage("Booked north for 420 EUR."),
]


@wakeline.tool
def list_rates(lane: str) -> dict[str, float]:
    """The rates of all carriers, in EUR."""
    wakeline.read(f"lane:{lane}", "rates", version=31, source="rates", source_kind="primary")
    return {"north": 420.0, "south": 460.0}


@wakeline.tool
def book(carrier: str) -> str:
    """Book it; the booking is the first version of that shipment."""
    wakeline.write("shipment:9", "carrier", value=carrier, version=1, source="tms")
    wakeline.effect("book", "cash", -420, unit="EUR", entity="shipment:9")
    return "booked"


TOOLS: dict[str, Callable[..., object]] = {"list_rates": list_rates, "book": book}


def _tools(state: MessagesState) -> dict[str, list[ToolMessage]]:
    """Run the tools that the model called. Context follows the graph, so spans nest."""
    called = state["messages"][-1]
    assert isinstance(called, AIMessage)
    answers = [
        ToolMessage(str(TOOLS[call["name"]](**call["args"])), tool_call_id=call["id"])
        for call in called.tool_calls
    ]
    return {"messages": answers}


def graph() -> CompiledStateGraph[MessagesState]:
    """Think, decide, act, until the model calls no tool."""
    model = FakeMessagesListChatModel(responses=list(SCRIPT))

    def think(state: MessagesState) -> dict[str, list[AIMessage]]:
        answer = model.invoke(state["messages"])
        assert isinstance(answer, AIMessage)
        for call in answer.tool_calls:
            if call["name"] == "book":
                wakeline.decision("book", confidence=0.88, amount=420, currency="EUR")
        return {"messages": [answer]}

    def go_on(state: MessagesState) -> str:
        last = state["messages"][-1]
        return "tools" if isinstance(last, AIMessage) and last.tool_calls else END

    built = StateGraph(MessagesState)
    built.add_node("think", think)
    built.add_node("tools", _tools)
    built.add_edge(START, "think")
    built.add_conditional_edges("think", go_on)
    built.add_edge("tools", "think")
    return built.compile()


@wakeline.agent("carrier-selection")
def run(task: str = "Ship order 9 from Hamburg to Munich") -> str:
    """One run of the graph; the agent span is around all of it."""
    with wakeline.case("order-9"):
        answer = graph().invoke({"messages": [HumanMessage(task)]})
    return str(answer["messages"][-1].content)


def main() -> None:
    """Record, and send what waits."""
    wakeline.init("carrier-agent")
    run()
    wakeline.shutdown()


if __name__ == "__main__":
    main()
