"""Chains made by hand: story 1, a pair, a large one, a cut one, and one of hostile names."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from domain.chains import (
    BlastRadius,
    Cause,
    Chain,
    Edge,
    EdgeKind,
    LineKind,
    LiveWrite,
    Node,
    ReversalLine,
)

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SCRIPT = '<script>document.title="owned"</script><img src=x onerror="document.title=\'owned\'">'
RTL = "\u202eتقرير الفواتير\u202c \u2066x"
HOSTILE = f"{SCRIPT} {RTL} " + "invoice|`*_[x](javascript:1) \n# " * 130
NO_REACH = BlastRadius((), (), (), (), {}, ())


def span(number: int) -> str:
    """A node id."""
    return f"{number // 10:032x}/{number:016x}"


def node(number: int, hours: float, kind: str, title: str, agent: str, system: str = "") -> Node:
    """A span so many hours after the start."""
    trace_id, span_id = span(number).split("/")
    return Node(
        span(number), kind, START + timedelta(hours=hours), agent, system, title,
        trace_id, span_id, "account-77",
    )  # fmt: skip


def edge(cause: int, effect: int, kind: EdgeKind, weight: float, reason: str = "") -> Edge:
    """Hard from .8 on."""
    return Edge(span(cause), span(effect), kind, weight, weight >= 0.8, reason)


OUTCOME = "outcome/9f-reversal"
READ, DECISION, WRITE, POSTING = span(51), span(52), span(53), span(61)
STALE = (
    "billing read account:77.plan_rate at version 7, but version 8 had been written 20.0 h earlier"
    " by human:sales (crm)"
)


def _nodes() -> tuple[Node, ...]:
    finding = ("00000000000000a1",)
    facts = {
        "read": "account:77.plan_rate v7 = 120",
        "true at that time": "v8 = 95, written 2026-03-03 15:00:00 by human:sales",
        "as of": "2026-03-02 09:00:00",
        "source": "rate-cache (cache)",
    }
    decided = {"action": "correct_invoice", "policy": "billing-corrections@3", "amount": "25 EUR"}
    wrote = {"wrote": "invoice:501.amount v1 = 95 → v2 = 120", "effect": "cash +25 EUR"}
    return (
        node(1, 0, "write", "write account:77.plan_rate v7", "crm-sync", "crm"),
        node(11, 0.1, "read", "read account:77.plan_rate v7", "rate-cache", "crm"),
        node(21, 30, "write", "write account:77.plan_rate v8", "human:sales", "crm"),
        node(31, 40, "read", "read account:77.plan_rate v8", "invoice-run", "crm"),
        node(32, 40.001, "write", "write invoice:501.amount v1", "invoice-run", "billing"),
        node(50, 50, "read", "read invoice:501.amount v1", "billing", "billing"),
        replace(
            node(51, 50.0003, "read", "read account:77.plan_rate v7", "billing", "rate-cache"),
            finding_ids=finding, facts=facts,
        ),
        replace(node(52, 50.0006, "decision", "decide correct_invoice", "billing"), facts=decided),
        replace(
            node(53, 50.001, "write", "write invoice:501.amount v2", "billing", "billing"),
            facts=wrote,
        ),
        node(60, 50.1, "read", "read invoice:501.amount v2", "erp-poster", "billing"),
        replace(
            node(61, 50.101, "write", "write ledger_entry:9.amount v1", "erp-poster", "erp"),
            facts={"wrote": "ledger_entry:9.amount v1 = 25", "effect": "receivables +25 EUR"},
        ),
        node(71, 122, "outcome", "complaint 25", "human:support"),
        node(81, 123, "write", "write invoice:501.amount v3", "human:finance", "billing"),
        Node(
            OUTCOME, "outcome", START + timedelta(hours=123.002), "human:finance", "",
            "reversal 25", case_id="account-77", facts={"target": "write of invoice:501.amount v2"},
        ),
    )  # fmt: skip


def _edges() -> tuple[Edge, ...]:
    kind = EdgeKind
    return (
        edge(1, 11, kind.READ_FROM, 0.95),
        edge(1, 51, kind.READ_FROM, 0.95, "version 7 of account:77.plan_rate"),
        edge(21, 51, kind.STALE_READ, 0.5, "version 8 was there, version 7 was read"),
        edge(1, 21, kind.OVERWRITE, 0.6),
        edge(21, 31, kind.READ_FROM, 0.95),
        edge(31, 32, kind.PARENT, 0.98),
        edge(32, 50, kind.READ_FROM, 0.95),
        edge(50, 52, kind.INPUT, 0.98),
        edge(51, 52, kind.INPUT, 0.98, "an input of the decision"),
        edge(52, 53, kind.DECISION, 0.98, "carries out correct_invoice"),
        edge(32, 53, kind.OVERWRITE, 0.6),
        edge(53, 60, kind.READ_FROM, 0.95),
        edge(60, 61, kind.PARENT, 0.98),
        edge(53, 71, kind.OUTCOME, 0.8),
        edge(53, 81, kind.OVERWRITE, 0.6),
        edge(71, 81, kind.LINK, 0.95),
        Edge(WRITE, OUTCOME, EdgeKind.OUTCOME, 0.97, True, "names this write"),
    )


def story_1() -> Chain:
    """A stale read, and days later a reversal that leaves the ERP posting live."""
    at = START + timedelta(hours=50.101)
    reached = BlastRadius(
        (DECISION, WRITE, span(60), POSTING, span(71), OUTCOME),
        ("billing", "erp-poster", "human:support", "human:finance"),
        ("billing", "erp"),
        (LiveWrite(POSTING, "ledger_entry:9", "amount", "1", 25.0, "erp", "erp-poster", at),),
        {"EUR": 25.0},
        (OUTCOME,),
    )
    line = ReversalLine(
        LineKind.COMPENSATE, POSTING, "ledger_entry:9", "amount", "erp", "1", 25.0, "", None,
        "erp.reverse_entry", True, True, "posted from invoice:501.amount v2, which was taken back",
    )  # fmt: skip
    causes = (
        Cause(
            READ, 0.885, 0.932, 0.95, 1.0, 1.0, (READ, DECISION, WRITE, OUTCOME), f"{STALE}.",
            ("00000000000000a1",),
        ),
        Cause(
            span(50), 0.049, 0.932, 0.05, 1.0, 0.6, (span(50), DECISION, WRITE, OUTCOME),
            "billing read invoice:501.amount at version 1.",
        ),
        Cause(
            span(1), 0.026, 0.886, 0.05, 1.0, 0.6, (span(1), READ, DECISION, WRITE, OUTCOME),
            "crm-sync wrote account:77.plan_rate version 7.",
        ),
    )  # fmt: skip
    return Chain(
        "default", OUTCOME, _nodes(), _edges(), causes, reached, (line,), levels=6,
        watermark=START + timedelta(hours=123.01), duration_ms=41.7,
    )  # fmt: skip


def pair() -> Chain:
    """A write and the dispute about it: nothing else is known."""
    wrote = node(1, 0, "write", "write vendor:9.credit v1", "vendor-relations", "vendor-desk")
    outcome = Node("outcome/d", "outcome", START + timedelta(days=5), "", "", "dispute 500")
    return Chain(
        "default", "outcome/d", (wrote, outcome),
        (Edge(wrote.node_id, "outcome/d", EdgeKind.OUTCOME, 0.97, True),), (), NO_REACH, (),
    )  # fmt: skip


def large(count: int = 200) -> Chain:
    """Story 1 with many more spans of twenty agents hanging on its write, and two systems."""
    chain = story_1()
    more = [
        node(1000 + n, 51 + n / 7, "tool", f"call sync_item {n}", f"agent-{n % 20}", f"s{n % 2}")
        for n in range(count - len(chain.nodes))
    ]
    parents = [
        edge(1000 + n if n % 20 == n else 1000 + n - 20, 1000 + n, EdgeKind.PARENT, 0.98)
        for n in range(20, len(more))
    ]
    hung = [edge(53, 1000 + n, EdgeKind.MESSAGE, 0.95) for n in range(min(20, len(more)))]
    reached = replace(
        chain.blast_radius,
        node_ids=(*chain.blast_radius.node_ids, *(one.node_id for one in more)),
    )
    return replace(
        chain, nodes=(*chain.nodes, *more), edges=(*chain.edges, *hung, *parents),
        blast_radius=reached,
    )  # fmt: skip


def cut() -> Chain:
    """Story 1, stopped by its budget."""
    return replace(story_1(), cut="it goes on after 40 levels", levels=40)


def hostile() -> Chain:
    """Story 1 in which every text is an attack, or far too long."""
    chain = story_1()
    nodes = tuple(
        replace(
            one, title=HOSTILE, agent=f"{one.agent} {HOSTILE}", system=one.system and HOSTILE,
            case_id=HOSTILE, facts={HOSTILE: HOSTILE}, finding_ids=(SCRIPT,),
        )
        for one in chain.nodes
    )  # fmt: skip
    causes = tuple(replace(one, reason=HOSTILE, finding_ids=(SCRIPT,)) for one in chain.causes)
    plan = tuple(
        replace(one, entity=HOSTILE, tool=SCRIPT, reason=HOSTILE, system=HOSTILE)
        for one in chain.reversal_plan
    )
    writes = tuple(
        replace(one, entity=HOSTILE, agent=HOSTILE) for one in chain.blast_radius.live_writes
    )
    reached = replace(
        chain.blast_radius, agents=(HOSTILE,), systems=(HOSTILE,), live_writes=writes,
        money_at_risk={SCRIPT: 25.0}, outcome_ids=(SCRIPT,),
    )  # fmt: skip
    edges = tuple(replace(one, reason=HOSTILE) for one in chain.edges)
    return replace(
        chain, nodes=nodes, causes=causes, reversal_plan=plan, blast_radius=reached, edges=edges,
        cut=HOSTILE,
    )  # fmt: skip


CHAINS = {
    OUTCOME: story_1(), "outcome/d": pair(), "outcome/large": large(), "outcome/cut": cut(),
    "outcome/hostile": hostile(),
}  # fmt: skip
