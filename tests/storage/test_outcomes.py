"""Is there one outcome for each id, the last that was received, however rows are made and moved?"""

from datetime import UTC, datetime, timedelta

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest

from domain.envelope import Signal
from storage import derivation, migrate, sql
from storage.store import Store
from tests.contracts.segments import RECEIVED_UNIX_NANO, RETENTION_DAYS, record, token
from tests.contracts.store_contract import number

DAY_NS = 86_400 * 10**9
FIRST = datetime.fromtimestamp(RECEIVED_UNIX_NANO // 10**9, UTC)


def told(store: Store, amount: float, at_ns: int, received_ns: int, outcome_id: str = "o") -> None:
    """Store one outcome as received then."""
    request = ExportLogsServiceRequest()
    log = request.resource_logs.add().scope_logs.add().log_records.add()
    log.event_name = "wakeline.outcome"
    log.time_unix_nano = at_ns
    attributes = {"id": outcome_id, "type": "reversal", "target": '["write:1"]'}
    for name, text in attributes.items():
        log.attributes.add(key=f"wakeline.outcome.{name}").value.string_value = text
    log.attributes.add(key="wakeline.outcome.amount").value.double_value = amount
    segment = record(request, received_unix_nano=received_ns)
    store.insert_segment(Signal.LOGS, segment, token())


def amounts(store: Store) -> list[float]:
    """Of all outcomes that a reader sees."""
    rows = store.read_only("SELECT amount FROM outcomes FINAL ORDER BY amount", "TSV").decode()
    return [float(row) for row in rows.split()]


def test_what_was_received_last_stands_whatever_its_time_and_whenever_it_was_derived(
    store: Store,
) -> None:
    told(store, 25, RECEIVED_UNIX_NANO, RECEIVED_UNIX_NANO)
    later = RECEIVED_UNIX_NANO + 40 * DAY_NS  # in another partition, about an earlier moment
    told(store, 30, RECEIVED_UNIX_NANO - 9 * DAY_NS, later)
    assert amounts(store) == [30]
    derivation.rederive(store, FIRST - timedelta(hours=1), FIRST + timedelta(hours=1))
    assert number(store, "count() FROM outcomes") == 3
    assert amounts(store) == [30]


def test_a_row_that_comes_late_from_the_spool_does_not_undo_a_later_one(store: Store) -> None:
    told(store, 30, RECEIVED_UNIX_NANO, RECEIVED_UNIX_NANO + 1)
    told(store, 25, RECEIVED_UNIX_NANO, RECEIVED_UNIX_NANO)
    assert amounts(store) == [30]


def test_other_ids_are_other_outcomes_also_when_they_are_made(store: Store) -> None:
    told(store, 1, RECEIVED_UNIX_NANO, RECEIVED_UNIX_NANO, "a")
    for amount in (2, 3, 3):
        told(store, amount, RECEIVED_UNIX_NANO, RECEIVED_UNIX_NANO, "")
    assert amounts(store) == [1, 2, 3]


def test_outcomes_that_were_stored_before_are_there_once_they_are_sorted_by_id(
    store: Store,
) -> None:
    told(store, 25, RECEIVED_UNIX_NANO, RECEIVED_UNIX_NANO)
    by_id = next(one for one in sql.migrations() if one.name == "0028_outcomes_by_id")
    for _ in range(2):  # a migration that was not recorded is run again
        for statement in migrate.statements(by_id, "", RETENTION_DAYS):
            store.command(statement)
    told(store, 30, RECEIVED_UNIX_NANO + DAY_NS, RECEIVED_UNIX_NANO + DAY_NS)
    assert amounts(store) == [30]
