"""A billing agent in plain Python: it reads, decides, writes; three days later it is reversed.

python -m examples.plain     sends to OTEL_EXPORTER_OTLP_ENDPOINT, else to this machine
"""

from datetime import UTC, datetime, timedelta

import wakeline

CRM = {"a-77": {"plan_rate": 19.90, "etag": "v7"}}
INVOICES = {"501": 24.90}


@wakeline.tool("crm.get_account")
def get_account(account_id: str) -> dict[str, object]:
    """Arguments and result are recorded by the decorator; `read` says what the value was."""
    account = CRM[account_id]
    wakeline.read(
        f"account:{account_id}", "plan_rate", value=account["plan_rate"], version=account["etag"],
        as_of=datetime.now(UTC) - timedelta(hours=20), source="crm", source_kind="cache",
    )  # fmt: skip
    return account


@wakeline.tool("billing.adjust_invoice")
def adjust_invoice(invoice_id: str, amount: float, decision: str) -> str:
    """Returns the id of the write, by which an outcome can name it."""
    before, INVOICES[invoice_id] = INVOICES[invoice_id], amount
    wakeline.effect(
        "adjust", "cash", amount - before, unit="EUR",
        entity=f"invoice:{invoice_id}", decision=decision,
    )  # fmt: skip
    return wakeline.write(
        f"invoice:{invoice_id}", "amount", value=amount, value_num_prev=before,
        source="billing", reversible=True, decision=decision,
    )  # fmt: skip


@wakeline.agent("billing", version="1.4")
def correct(invoice_id: str, account_id: str) -> str:
    """What is read while deciding becomes the decision's inputs."""
    target = f"invoice:{invoice_id}"
    with wakeline.intent("correct_invoice", target=target, metric="cash", limit=50):
        with wakeline.decides("adjust", policy_id="billing-limits", policy_version=3) as making:
            account = get_account(account_id)
            making.add(confidence=0.93, confidence_method="rule", amount=5, currency="EUR")
        return adjust_invoice(invoice_id, float(str(account["plan_rate"])), making.id)


def run() -> None:
    """One case: the correction, and what became of it."""
    with wakeline.case("ticket-4711"):
        write = correct("501", "a-77")
        days_later = datetime.now(UTC) + timedelta(days=3)
        wakeline.outcome("reversal", write, amount=5, at=days_later)


def main() -> None:
    """Record, and send what waits."""
    wakeline.init("billing-agent", version="1.4")
    run()
    wakeline.shutdown()


if __name__ == "__main__":
    main()
