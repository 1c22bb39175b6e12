"""Is asked ahead what a walk through some rows would ask for, and nothing of hubs?"""

from datetime import UTC, datetime

from analyzers.chains.frontier import Frontier
from domain.chain_records import Access, Datum, Decision, Records, SpanRef

AT = datetime(2026, 1, 1, tzinfo=UTC)
REF = SpanRef("t", "s")
RATE, EURO = Datum("account:7", "rate"), Datum("currency:EUR", "rate")


def test_data_ids_and_policies_of_the_rows_are_asked_for() -> None:
    records = Records(
        accesses=[
            Access(REF, AT, RATE, is_write=False, data_id="read"),
            Access(REF, AT, RATE, is_write=True, data_id="written"),
            Access(REF, AT, EURO, is_write=True),
        ],
        decisions=[
            Decision(REF, AT, "d1", "pay", inputs=("input", ""), policy_id="limits"),
            Decision(REF, AT, "d2", "pay"),
        ],
    )
    wanted = Frontier("t/s", AT, AT, hub_types=["currency"]).ahead(records)
    assert wanted.data == {RATE}
    assert wanted.data_ids == {"input", "written"}
    assert wanted.policy_ids == {"limits"}
    anything = Frontier("t/s", AT, AT)
    assert anything.ahead(records).data == {RATE, EURO}
    assert not anything.ahead(Records())
