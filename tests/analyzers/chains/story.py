"""Story 1 as records: a stale rate, a wrong charge, a reversal that forgets the ledger."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from domain.chain_records import (
    Access,
    Datum,
    Decision,
    Effect,
    Link,
    Outcome,
    Records,
    SpanRef,
    Step,
)

START = datetime(2026, 3, 2, 8, tzinfo=UTC)
RATE = Datum("account:77", "plan_rate")
INVOICE = Datum("invoice:501", "amount")
LEDGER = Datum("gl:9", "entry")


def hour(number: float) -> datetime:
    return START + timedelta(hours=number)


def span(trace: str, name: str) -> SpanRef:
    return SpanRef(trace, name)


def node(trace: str, name: str) -> str:
    return f"{trace}/{name}"


def step(
    ref: SpanRef, at: datetime, agent: str = "agent", parent: str = "", kind: str = "execute_tool"
) -> Step:
    return Step(ref, parent, at, agent, agent, kind, ref.span_id)


def read(ref: SpanRef, at: datetime, datum: Datum, version: str = "", **more: Any) -> Access:
    given = Access(ref, at, datum, False, version, data_id=f"r-{ref.span_id}", agent="agent")
    return replace(given, **more)


def write(ref: SpanRef, at: datetime, datum: Datum, version: str = "", **more: Any) -> Access:
    given = Access(ref, at, datum, True, version, data_id=f"w-{ref.span_id}", agent="agent")
    return replace(given, **{"reversible": True, **more})


CRM_7, CRM_8 = span("crm7", "crm-w7"), span("crm8", "crm-w8")
B_ROOT, B_READ = span("bill", "b-root"), span("bill", "b-read")
B_DEC, B_WRITE = span("bill", "b-dec"), span("bill", "b-write")
ERP, CALL, REVERSAL = span("erp", "erp-post"), span("desk", "call"), span("fin", "reversal")


def story() -> Records:
    """Everything of story 1: the reversal is about the write, and takes it back."""
    after = timedelta(seconds=1)
    at = hour(50)
    return Records(
        steps=[
            step(CRM_7, hour(0), "crm-sync"),
            step(CRM_8, hour(30), "human:rep"),
            step(B_ROOT, at, "billing-agent", kind="invoke_agent"),
            step(B_READ, at + after, "billing-agent", "b-root"),
            step(B_DEC, at + 2 * after, "billing-agent", "b-root", "decide"),
            step(B_WRITE, at + 3 * after, "billing-agent", "b-dec"),
            step(ERP, at + 60 * after, "erp-poster"),
            step(CALL, hour(122), "human:cs"),
            step(REVERSAL, hour(123), "human:finance"),
        ],
        accesses=[
            write(CRM_7, hour(0), RATE, "7", value=120.0, system="crm", agent="crm-sync"),
            write(
                CRM_8, hour(30), RATE, "8", value=95.0, value_prev=120.0,
                system="crm", agent="human:rep",
            ),
            read(B_READ, at + after, RATE, "7", value=120.0, system="cache", agent="billing-agent"),
            write(
                B_WRITE, at + 3 * after, INVOICE, "2", value=120.0, value_prev=95.0,
                system="billing", agent="billing-agent", decision_id="d-1",
            ),
            read(
                ERP, at + 60 * after, INVOICE, "2", value=120.0,
                system="billing", agent="erp-poster",
            ),
            write(ERP, at + 61 * after, LEDGER, "1", value=25.0, system="erp", agent="erp-poster"),
            write(
                REVERSAL, hour(123), INVOICE, "3", value=95.0, value_prev=120.0,
                system="billing", agent="human:finance", compensates="w-b-write",
            ),
        ],
        decisions=[
            Decision(
                B_DEC, at + 2 * after, "d-1", "correct_invoice", "billing-agent", ("r-b-read",),
                25.0,
            )
        ],
        effects=[
            Effect(
                B_WRITE, at + 3 * after, "invoice:501", "adjust", "cash", 25.0, "EUR",
                "billing-agent", decision_id="d-1",
            ),
            Effect(ERP, at + 61 * after, "gl:9", "post", "receivables", 25.0, "EUR", "erp-poster"),
        ],
        outcomes=[
            Outcome(
                "o-1", REVERSAL, hour(123), "reversal", -1, ("w-b-write",), 25.0, "human:finance"
            )
        ],
        links=[
            Link(B_WRITE, ERP, "message"),
            Link(CALL, REVERSAL, "link"),
        ],
    )  # fmt: skip


def noise() -> Records:
    """What has nothing to do with story 1."""
    mailer = span("mail", "noise-1")
    return Records(
        steps=[step(mailer, hour(51), "mailer")],
        accesses=[
            read(mailer, hour(51), Datum("account:99", "email"), "1"),
            write(mailer, hour(51), Datum("mail:1", "sent"), "1"),
        ],
    )
