"""Nodes as they are shown: kind, title and facts."""

from collections.abc import Sequence
from datetime import datetime

from analyzers.chains.graph import Graph
from analyzers.chains.history import Fact, History, is_span, span_of_node
from domain.chain_records import Access, Decision, Effect, Outcome, Step
from domain.chains import Node
from domain.errors import NotFound

SHOWN_MAX = 3  # facts of one kind that are spelled out in a title
KINDS = {
    "execute_tool": "tool",
    "chat": "model",
    "text_completion": "model",
    "generate_content": "model",
    "embeddings": "model",
}


def node(graph: Graph, node_id: str) -> Node:
    """The node; of an outcome and a policy what is known of it."""
    history = graph.history
    if node_id.startswith("outcome/"):
        return _outcome(node_id, history.outcomes[node_id.partition("/")[2]])
    if node_id.startswith("policy/"):
        return _policy(history, node_id)
    return _span(history, node_id)


def _outcome(node_id: str, outcome: Outcome) -> Node:
    facts = {"type": outcome.type, "about": ", ".join(outcome.target)}
    if outcome.amount is not None:
        facts["amount"] = _number(outcome.amount)
    return Node(
        node_id=node_id,
        kind="outcome",
        at=outcome.at,
        agent=outcome.agent,
        system="",
        title=f"{outcome.type} {facts.get('amount', '')}".strip(),
        trace_id=outcome.ref.trace_id,
        span_id=outcome.ref.span_id,
        case_id=outcome.case_id,
        facts=facts,
    )


def _policy(history: History, node_id: str) -> Node:
    policy_id, _, version = node_id.partition("/")[2].rpartition("@")
    under = [each for each in history.policies[policy_id] if each.policy_version == version]
    return Node(
        node_id=node_id,
        kind="policy",
        at=min(each.at for each in under),
        agent="",
        system="",
        title=f"policy {policy_id} v{version}" if version else f"policy {policy_id}",
        facts={"policy": policy_id, "version": version, "decisions": str(len(under))},
    )


def _span(history: History, node_id: str) -> Node:
    ref = span_of_node(node_id)
    facts = sorted(history.facts_of(node_id), key=_importance)
    step = history.step_of(node_id)
    main: Fact | Step | None = facts[0] if facts else step
    if main is None:
        raise NotFound(
            f"nothing is known of the span '{node_id}': it may have been too old to keep"
        )
    return Node(
        node_id=node_id,
        kind=_kind(main),
        at=main.at,
        agent=(step.agent if step else "") or main.agent,
        system=_system(facts, step),
        title=_title(facts, step),
        trace_id=ref.trace_id,
        span_id=ref.span_id,
        case_id=(step.case_id if step else "") or main.case_id,
        finding_ids=tuple(sorted({each.finding_id for each in history.anomalies.get(ref, ())})),
        facts=_facts(facts, step),
    )


def is_known(history: History, node_id: str) -> bool:
    """Whether there is anything to show: of a span that only a link names, nothing is."""
    if node_id.startswith("outcome/"):
        return node_id.partition("/")[2] in history.outcomes
    if not is_span(node_id):
        return True
    return history.step_of(node_id) is not None or bool(history.facts_of(node_id))


def _importance(fact: Fact) -> tuple[int, datetime]:
    """A span is first of all what it decided, then what it wrote, did, and read."""
    if isinstance(fact, Decision):
        return 0, fact.at
    if isinstance(fact, Effect):
        return 2, fact.at
    return (1 if fact.is_write else 3), fact.at


def _kind(main: Fact | Step) -> str:
    if isinstance(main, Decision):
        return "decision"
    if isinstance(main, Access):
        return "write" if main.is_write else "read"
    return KINDS.get(main.kind, "span") if isinstance(main, Step) else "write"


def _system(facts: Sequence[Fact], step: Step | None) -> str:
    systems = (fact.system for fact in facts if isinstance(fact, Access) and fact.system)
    return next(systems, step.service if step else "")


def _title(facts: Sequence[Fact], step: Step | None) -> str:
    """What was done, the most important first; the name of the span where that says nothing."""
    if not facts:
        return step.name if step else ""
    told = list(dict.fromkeys(map(_told, facts)))
    more = f" and {len(told) - SHOWN_MAX} more" if len(told) > SHOWN_MAX else ""
    return ", ".join(told[:SHOWN_MAX]) + more


def _told(fact: Fact) -> str:
    if isinstance(fact, Decision):
        return f"decide {fact.action}".strip()
    if isinstance(fact, Effect):
        delta = "" if fact.delta is None else f" {fact.delta:+,g} {fact.unit}"
        return f"{fact.kind} {fact.metric}{delta}".strip()
    return f"{'write' if fact.is_write else 'read'} {_datum(fact)}"


def _datum(access: Access) -> str:
    return f"{access.datum} v{access.version}" if access.version else str(access.datum)


def _facts(facts: Sequence[Fact], step: Step | None) -> dict[str, str]:
    """All that was done, ready to be shown; keys are unique."""
    shown: dict[str, str] = {}
    if step:
        shown["span"] = step.name
        if step.error:
            shown["error"] = step.error
    for fact in facts:
        key, text = _fact(fact)
        number = 2
        unique = key
        while unique in shown:
            unique, number = f"{key} ({number})", number + 1
        shown[unique] = text
    return shown


def _fact(fact: Fact) -> tuple[str, str]:
    if isinstance(fact, Decision):
        policy = f", policy {fact.policy_id} v{fact.policy_version}" if fact.policy_id else ""
        amount = "" if fact.amount is None else f", amount {_number(fact.amount)}"
        return "decided", f"{fact.action}{amount}{policy}"
    if isinstance(fact, Effect):
        return "did", f"{_told(fact)} on {fact.entity}"
    value = "" if fact.value is None else f" = {_number(fact.value)}"
    if fact.is_write and fact.value_prev is not None:
        value += f" (was {_number(fact.value_prev)})"
    if fact.as_of is not None:
        value += f", as of {fact.as_of:%Y-%m-%d %H:%M:%S}"
    if fact.compensates:
        value += f", takes back {fact.compensates}"
    return ("wrote" if fact.is_write else "read"), f"{_datum(fact)}{value}"


def _number(value: float) -> str:
    return f"{value:,.4f}".rstrip("0").rstrip(".")
