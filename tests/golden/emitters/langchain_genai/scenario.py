# mypy: ignore-errors
"""What do two LangGraph agents do in the recordings of every LangChain instrumentation?

The billing agent reads an invoice and the policy and hands over to the credit agent; that one waits
for a human, and its tool fails once and is retried. The imports are inside: an instrumentation has
to be in place before LangChain is, and tests collect this file without LangChain.
"""

from tests.golden.emitters.receiver import OpenAIScript

THREAD = "conversation-42"
VERSION = {"agent_version": "2.3.1"}  # LangChain has no version of an agent, only free metadata


def model():
    """What the model of both agents says, in order."""
    credit = {"invoice_id": "INV-7", "amount": 20.5, "if_match": "v3"}
    return OpenAIScript(
        [("get_invoice", {"invoice_id": "INV-7"})],
        [("search_policies", {"query": "credit limit"})],
        [("transfer_to_credit_agent", {"reason": "overcharged by 20.5"})],
        [("issue_credit", credit)],
        "Credited 20.5 to INV-7.",
    )


def tools():
    """get_invoice, search_policies, transfer_to_credit_agent, issue_credit."""
    from langchain.tools import tool
    from langchain_core.documents import Document
    from langchain_core.retrievers import BaseRetriever
    from langchain_core.tools import create_retriever_tool
    from langgraph.types import Command

    class Policies(BaseRetriever):
        def _get_relevant_documents(self, query, *, run_manager):
            text = "Credits above 10 need approval."
            return [Document(text, id="POL-3", metadata={"version": "7", "score": 0.91})]

    attempts = []

    @tool
    def get_invoice(invoice_id: str) -> dict:
        """Read an invoice."""
        return {"amount": 120.5, "etag": "v3"}

    @tool
    def transfer_to_credit_agent(reason: str) -> Command:
        """Hand the case over to the credit agent."""
        return Command(goto="credit-agent", graph=Command.PARENT)

    @tool
    def issue_credit(invoice_id: str, amount: float, if_match: str) -> dict:
        """Credit an amount to an invoice."""
        attempts.append(invoice_id)
        if len(attempts) == 1:
            raise TimeoutError("ledger did not answer in 5 s")
        return {"credit_id": "CR-1", "etag": "v4"}

    search = create_retriever_tool(Policies(), "search_policies", "Find a policy.")
    return get_invoice, search, transfer_to_credit_agent, issue_credit


def graph(url):
    """Two agents in one graph; issue_credit asks a human and retries."""
    from langchain.agents import create_agent
    from langchain.agents.middleware import HumanInTheLoopMiddleware, ToolRetryMiddleware
    from langchain_openai import ChatOpenAI
    from langgraph.checkpoint.memory import InMemorySaver
    from langgraph.graph import START, MessagesState, StateGraph

    llm = ChatOpenAI(model="gpt-5-mini", base_url=f"{url}/v1", api_key="none", temperature=1)
    *billing_tools, issue_credit = tools()
    careful = [
        HumanInTheLoopMiddleware({"issue_credit": True}),
        ToolRetryMiddleware(max_retries=1, initial_delay=0, jitter=False),
    ]
    billing = create_agent(llm, billing_tools, name="billing-agent", system_prompt="Correct bills.")
    credit = create_agent(llm, [issue_credit], name="credit-agent", middleware=careful)
    both = StateGraph(MessagesState)
    both.add_node("billing-agent", billing.with_config(metadata=VERSION))
    both.add_node("credit-agent", credit.with_config(metadata=VERSION))
    both.add_edge(START, "billing-agent")
    return both.compile(InMemorySaver(), name="billing-workflow")


def run(url):
    """Once until the human is asked, and once more with the approval."""
    from langgraph.types import Command

    workflow = graph(url)
    config = {"configurable": {"thread_id": THREAD}, "metadata": {"user_id": "clerk-7"}}
    task = {"messages": [("user", "INV-7 is too high. Correct it.")]}
    assert workflow.invoke(task, config)["__interrupt__"]
    approved = Command(resume={"decisions": [{"type": "approve"}]})
    answer = workflow.invoke(approved, config)["messages"][-1].content
    assert answer == "Credited 20.5 to INV-7.", answer
