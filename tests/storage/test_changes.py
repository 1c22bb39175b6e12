"""Are changes kept once by their ids, found by time and agent, and seen in versions of spans?"""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest

from domain.changes import Wanted
from domain.envelope import Signal
from storage.changes import Changes
from storage.store import Store
from tests.contracts.segments import RECEIVED_UNIX_NANO, record, token

HOUR = timedelta(hours=1)
START = datetime.fromtimestamp(RECEIVED_UNIX_NANO // 10**9, UTC)
DAY_NS = 86_400 * 10**9


@pytest.fixture(scope="module")
def store(module_store: Store) -> Store:
    """One store with what the tests below look up."""
    told(module_store, 0, id="a", kind="deploy", what="billing", version="1")
    told(module_store, DAY_NS, id="a", kind="deploy", what="billing", version="2")  # corrected
    told(module_store, 2, id="b", kind="prompt", what="system", agents='["billing", "desk"]')
    told(module_store, 3, id="", kind="model", what="gpt", agents="cash", version_prev="x")
    used(module_store)
    return module_store


def told(store: Store, later_ns: int, **said: str) -> None:
    """A log record as the SDK sends it, received `later_ns` after START."""
    request = ExportLogsServiceRequest()
    log = request.resource_logs.add().scope_logs.add().log_records.add()
    log.event_name = "wakeline.change"
    log.time_unix_nano = RECEIVED_UNIX_NANO + later_ns
    log.attributes.add(key="gen_ai.agent.name").value.string_value = "human:anna"
    for name, text in said.items():
        log.attributes.add(key=f"wakeline.change.{name}").value.string_value = text
    segment = record(request, received_unix_nano=RECEIVED_UNIX_NANO + later_ns)
    store.insert_segment(Signal.LOGS, segment, token())


def used(store: Store) -> None:
    """Twenty days of a billing agent: two versions, a trial, a prompt a run, a policy, a source."""
    rows: dict[str, list[dict[str, Any]]] = {
        "steps": [], "contents": [], "decisions": [], "data_access": [],
    }  # fmt: skip
    for hour in range(20 * 24):
        at, is_late = START + hour * HOUR, hour >= 15 * 24
        own = {
            "tenant": "acme", "received": at, "ts": at, "retention_days": 400, "agent": "billing",
            "trace_id": f"{hour:032x}", "span_id": f"{hour:016x}",
        }  # fmt: skip
        version = "trial" if hour == 16 * 24 + 1 else "2.0" if is_late else "1.0"
        rows["steps"].append(own | {"agent_version": version, "model": "m"})
        rows["contents"].append(own | {"instructions_hash": hour + 1, "definitions_hash": 7})
        rows["decisions"].append(own | {"policy_id": "p", "policy_version": f"{1 + is_late}"})
        access = {"entity": "a:1", "entity_type": "account", "field": "rate", "access": "read"}
        rows["data_access"].append(own | access | {"source": "cache" if is_late else "crm"})
    for table, own_rows in rows.items():
        store.insert(table, own_rows)


def asked(store: Store, **said: Any) -> list[str]:
    """Ids of the told changes, the latest first."""
    wanted = Wanted(**({"since": START - HOUR, "until": START + 30 * HOUR} | said))
    return [one.change_id for one in Changes(store).told(wanted, 10)]


def test_a_change_is_kept_once_by_its_id_and_what_was_received_last_stands(store: Store) -> None:
    first, *_ = Changes(store).told(Wanted(START - HOUR, START + 30 * HOUR, kind="deploy"), 10)
    assert (first.change_id, first.version, first.by, first.told) == ("a", "2", "human:anna", True)
    assert first.at.date() == (START + 24 * HOUR).date()


def test_changes_are_found_by_time_tenant_agent_and_kind(store: Store) -> None:
    assert asked(store)[:1] == ["a"]
    assert len(asked(store)) == 3
    assert asked(store, agent="desk") == ["a", "b"]  # that of nobody in particular, and its own
    assert asked(store, kind="prompt") == ["b"]
    assert asked(store, until=START + HOUR, agent="desk") == ["b"]
    assert asked(store, tenant="umbrella") == []


def test_a_change_without_an_id_gets_one_and_one_agent_needs_no_list(store: Store) -> None:
    (model,) = Changes(store).told(Wanted(START - HOUR, START + HOUR, kind="model"), 10)
    assert len(model.change_id) == 16
    assert (model.agents, model.version_prev, model.what) == (("cash",), "x", "gpt")


def test_versions_that_an_agent_began_to_use_are_seen_as_changes(store: Store) -> None:
    wanted = Wanted(START + 10 * 24 * HOUR, START + 20 * 24 * HOUR, "acme", "billing")
    found = Changes(store).seen(wanted)
    assert {(one.kind, one.what, one.version_prev, one.version) for one in found} == {
        ("data_source", "account.rate", "crm", "cache"),
        ("deploy", "billing", "1.0", "2.0"),
        ("policy", "p", "1", "2"),
    }
    assert {one.at for one in found} == {START + 15 * 24 * HOUR}
    assert not any(one.told for one in found)


def test_of_one_agent_both_are_listed_and_as_many_as_are_asked_for(store: Store) -> None:
    wanted = Wanted(START - HOUR, START + 20 * 24 * HOUR, "acme", "billing", "deploy")
    assert [one.version for one in Changes(store).listed(wanted, 10)] == ["2.0", "2"]
    longer = Wanted(START - 20 * 24 * HOUR, START + 20 * 24 * HOUR, "acme", "billing", "deploy")
    assert [one.version for one in Changes(store).listed(longer, 10)] == ["2"]
    everybody = Wanted(START - HOUR, START + 20 * 24 * HOUR)
    assert [one.told for one in Changes(store).listed(everybody, 2)] == [True, True]
