"""Story 1: an agent corrects an invoice from one stale field; days later the charge is reversed.

Every call succeeds. What gives it away is the version that was read. The reversal undoes the
invoice alone: what the ERP posted from it stays wrong.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import wakeline
from app.demo.services import Services
from app.demo.work import Value, asked, change, look_up, think

CASE = "account-77"
BILLING = "billing"
LASTS = timedelta(hours=124)

RATE_6 = Value("account:77", "plan_rate", 6, 110.0, "crm")
RATE_7 = Value("account:77", "plan_rate", 7, 120.0, "crm")
RATE_8 = Value("account:77", "plan_rate", 8, 95.0, "crm")
INVOICED = Value("invoice:501", "amount", 1, 95.0, "billing")
CORRECTED = Value("invoice:501", "amount", 2, 120.0, "billing")
REVERSED = Value("invoice:501", "amount", 3, 95.0, "billing")
POSTED = Value("ledger_entry:9", "amount", 1, 25.0, "erp")
CHARGED = 25.0

Message = Mapping[str, Any]


def send(services: Services, now: datetime) -> None:
    """Record what happened, from five days before `now` until an hour before it."""
    start = now - LASTS

    def hour(number: float) -> datetime:
        return start + timedelta(hours=number)

    with services("crm"):
        _contract_arrives(at=hour(0))
        _rate_is_edited(at=hour(30))
    with services("rate-cache"):
        _cache_is_filled(at=hour(0.1), as_of=hour(0))
    with services("billing"):
        _invoice_is_made(at=hour(40), as_of=hour(30))
        write, message = _invoice_is_corrected(at=hour(50), as_of=hour(0))
    with services("erp"):
        _correction_is_posted(message, at=hour(50.1))
    with services("service-desk"):
        complaint = _customer_complains(at=hour(122))
    with services("billing"):
        _charge_is_reversed(write, complaint, at=hour(123))


def _contract_arrives(at: datetime) -> None:
    with wakeline.case(CASE), wakeline.agent("crm-sync", at=at):
        change("import_contract", RATE_7, RATE_6)


def _cache_is_filled(at: datetime, as_of: datetime) -> None:
    with wakeline.case(CASE), wakeline.agent("rate-cache", at=at):
        look_up("fetch_rate", RATE_7, as_of=as_of)


def _rate_is_edited(at: datetime) -> None:
    """By a person, in a form: no agent and no tool."""
    with wakeline.case(CASE), wakeline.agent("human:sales", at=at):
        wakeline.write(
            RATE_8.entity, RATE_8.field, version=8, version_prev=7, value=95.0,
            value_num_prev=120.0, source="crm", source_kind="primary", reversible=True,
        )  # fmt: skip


def _invoice_is_made(at: datetime, as_of: datetime) -> None:
    """By another agent, which asks the CRM itself and is right."""
    with wakeline.case(CASE), wakeline.agent("invoice-run", at=at):
        look_up("crm.get_rate", RATE_8, as_of=as_of)
        change("create_invoice", INVOICED)


def _invoice_is_corrected(at: datetime, as_of: datetime) -> tuple[str, Message]:
    """The mistake: the cache still holds version 7, version 8 is twenty hours old.

    Returns the id of the write, and the message that tells the ERP.
    """
    task = asked("Does invoice 501 bill account 77 at its plan rate? Correct it if not.")
    with (
        wakeline.case(CASE),
        wakeline.agent(BILLING, at=at, attributes=task),
        wakeline.intent("correct_invoice", target=INVOICED.entity, metric="cash", limit=50),
    ):
        with wakeline.decides(
            "correct_invoice", outcome="allow", confidence=0.97, confidence_method="rule",
            amount=CHARGED, currency="EUR", threshold=0.9, threshold_version=4,
            policy_id="billing-corrections", policy_version=3,
        ) as made:  # fmt: skip
            look_up("get_invoice", INVOICED, as_of=at - timedelta(hours=10))
            look_up("get_plan_rate", RATE_7, as_of=as_of, source="rate-cache", source_kind="cache")
            think(BILLING, 1_240, 86)
        write = change("update_invoice", CORRECTED, INVOICED, decision=made.id)
        wakeline.effect(
            "adjust", "cash", CHARGED, unit="EUR", entity=CORRECTED.entity, decision=made.id
        )
        message = wakeline.inject({})
        look_up("verify_invoice", CORRECTED)
    return write, message


def _correction_is_posted(message: Message, at: datetime) -> None:
    with wakeline.extracted(message, link=True), wakeline.agent("erp-poster", at=at):
        look_up("billing.get_invoice", CORRECTED)
        change("post_entry", POSTED)
        wakeline.effect("post", "receivables", CHARGED, unit="EUR", entity=POSTED.entity)


def _customer_complains(at: datetime) -> Message:
    with wakeline.case(CASE), wakeline.agent("human:support", at=at):
        wakeline.outcome("complaint", CORRECTED.entity, amount=CHARGED)
        return wakeline.inject({})


def _charge_is_reversed(write: str, complaint: Message, at: datetime) -> None:
    with wakeline.extracted(complaint, link=True), wakeline.agent("human:finance", at=at):
        look_up("get_invoice", CORRECTED)
        look_up("crm.get_rate", RATE_8)
        change("reverse_charge", REVERSED, CORRECTED, compensates=write)
        wakeline.effect("reverse", "cash", -CHARGED, unit="EUR", entity=REVERSED.entity)
        wakeline.outcome("reversal", write, amount=CHARGED)
