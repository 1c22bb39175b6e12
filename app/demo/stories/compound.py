"""Story 2: three agents act on one invoice, each within its policy, and the sum is harm.

One flags a discrepancy, one delays the payment to keep cash, one pays cash to please the vendor
that waits. No span of one is the parent of another, and nobody reads what the others wrote. In the
control case the third agent reads the delay first; all else is the same.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import wakeline
from app.demo.services import Services
from app.demo.work import Value, asked, change, look_up, think

AUDIT, CASH_FLOW, VENDOR_RELATIONS = "invoice-audit", "cash-flow", "vendor-relations"
LASTS = timedelta(days=6)
CREDIT = 500.0
INVOICED, ORDERED = 18_400.0, 17_900.0


@dataclass(frozen=True, slots=True)
class Case:
    """One invoice of a vendor. informed: whether the third agent reads what the second wrote."""

    vendor: int
    invoice: int
    order: int
    informed: bool

    @property
    def id(self) -> str:
        """Of the business case, the same for all three agents."""
        return f"vendor-{self.vendor}/invoice-{self.invoice}"

    @property
    def vendor_ref(self) -> str:
        """`vendor:9`."""
        return f"vendor:{self.vendor}"

    @property
    def invoice_ref(self) -> str:
        """`invoice:1042`."""
        return f"invoice:{self.invoice}"


BLIND = Case(9, 1042, 731, informed=False)
CONTROL = Case(12, 1043, 732, informed=True)
CASES = (BLIND, CONTROL)


def send(services: Services, now: datetime) -> None:
    """Record both cases, from six days before `now`; only the blind one ends in a dispute."""
    start = now - LASTS
    with services("accounts-payable"):
        for case in CASES:
            _flag(case, at=start)
    with services("treasury"):
        for case in CASES:
            _delay(case, start, at=start + timedelta(hours=20))
    with services("vendor-desk"):
        for case in CASES:
            _credit(case, start, at=start + timedelta(hours=44))
    with services("accounts-payable"):
        _vendor_disputes(BLIND, at=start + timedelta(days=5))


def _pay_date(case: Case, start: datetime, version: int) -> Value:
    """Version 1 is the date that was agreed, 2 that of the delay."""
    date = start + timedelta(days=10 if version == 1 else 40)
    return Value(case.invoice_ref, "pay_date", version, date.date().isoformat(), "treasury")


def _flag(case: Case, at: datetime) -> None:
    """Within policy: 500 EUR are over the tolerance, so the invoice is flagged."""
    invoice = Value(case.invoice_ref, "amount", 1, INVOICED, "accounts-payable")
    order = Value(f"purchase_order:{case.order}", "amount", 1, ORDERED, "procurement")
    task = asked(f"Audit invoice {case.invoice} against purchase order {case.order}.")
    with (
        wakeline.case(case.id),
        wakeline.agent(AUDIT, at=at, attributes=task),
        wakeline.intent(
            "settle_discrepancy", target=case.invoice_ref, metric="open_issue", direction=-1
        ),
    ):
        with wakeline.decides(
            "flag_discrepancy", outcome="review", confidence=0.99, confidence_method="rule",
            amount=INVOICED - ORDERED, currency="EUR", policy_id="ap-audit", policy_version=4,
        ) as made:  # fmt: skip
            look_up("get_invoice", invoice, as_of=at - timedelta(hours=5))
            look_up("get_order", order, as_of=at - timedelta(days=20))
            think(AUDIT, 1_510, 92)
        flagged = Value(case.invoice_ref, "discrepancy", 1, "open", "accounts-payable")
        change("flag_invoice", flagged, decision=made.id)
        wakeline.effect(
            "flag", "open_issue", 0, unit="issue", entity=case.invoice_ref,
            opens=f"discrepancy:{case.invoice}", decision=made.id,
        )  # fmt: skip


def _delay(case: Case, start: datetime, at: datetime) -> None:
    """Within policy: up to 30 days of delay keep the cash."""
    due, delayed = (_pay_date(case, start, version) for version in (1, 2))
    balance = Value("bank_account:main", "forecast", 31, 212_000.0, "treasury")
    task = asked(f"Liquidity is short. May the payment of invoice {case.invoice} wait?")
    with (
        wakeline.case(case.id),
        wakeline.agent(CASH_FLOW, at=at, attributes=task),
        wakeline.intent("keep_cash", target=case.invoice_ref, metric="cash", direction=1),
    ):
        with wakeline.decides(
            "delay_payment", outcome="allow", confidence=0.93, confidence_method="forecast",
            amount=INVOICED, currency="EUR", policy_id="treasury", policy_version=7,
        ) as made:  # fmt: skip
            look_up("get_due_date", due, as_of=start)
            look_up("get_forecast", balance, as_of=at - timedelta(hours=1))
            think(CASH_FLOW, 1_870, 74)
        change("set_pay_date", delayed, due, decision=made.id)
        wakeline.effect("delay", "cash", 0, unit="EUR", entity=case.invoice_ref, decision=made.id)


def _credit(case: Case, start: datetime, at: datetime) -> None:
    """Within policy: up to 750 EUR of goodwill for a vendor that is unhappy."""
    mood = Value(case.vendor_ref, "satisfaction", 14, 2.1, "vendor-desk")
    credit = Value(case.vendor_ref, "credit", 1, CREDIT, "vendor-desk")
    task = asked(f"Vendor {case.vendor} is unhappy. What can be done?")
    with (
        wakeline.case(case.id),
        wakeline.agent(VENDOR_RELATIONS, at=at, attributes=task),
        wakeline.intent("keep_vendor", target=case.vendor_ref, metric="satisfaction", direction=1),
    ):
        with wakeline.decides(
            "grant_credit", outcome="allow", confidence=0.91, confidence_method="self_reported",
            amount=CREDIT, currency="EUR", policy_id="goodwill", policy_version=2,
        ) as made:  # fmt: skip
            look_up("get_satisfaction", mood, as_of=at - timedelta(hours=3))
            if case.informed:
                delayed = _pay_date(case, start, version=2)
                look_up("treasury.get_pay_date", delayed, as_of=at - timedelta(hours=24))
            think(VENDOR_RELATIONS, 1_130, 118)
        change("issue_credit", credit, decision=made.id)
        wakeline.effect(
            "credit", "cash", -CREDIT, unit="EUR", entity=case.vendor_ref, decision=made.id
        )


def _vendor_disputes(case: Case, at: datetime) -> None:
    with wakeline.case(case.id), wakeline.agent("human:payables", at=at):
        wakeline.outcome("dispute", [case.invoice_ref, case.vendor_ref], amount=INVOICED)
