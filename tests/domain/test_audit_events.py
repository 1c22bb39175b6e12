"""Do audit trails and change data capture become the reads and writes that they tell of?"""

from datetime import UTC, datetime
from typing import Any

import pytest

from domain import audit_events
from domain.accesses import named, number, value_hash
from domain.fields import BadField
from domain.recorded_events import RecordedEvent
from wakeline import conventions as names
from wakeline.content import Content

NOW = datetime(2026, 6, 9, 12, tzinfo=UTC)
OWN = {"entity": "account:77", "field": "rate", "at": "2026-06-01T00:00:00Z", "system": "crm"}
SOURCE = {"connector": "postgresql", "name": "crm", "table": "accounts", "ts_ms": 1000, "lsn": 9}
BEFORE = {"id": 77, "rate": 19.9, "name": "Ann", "version": 7}
UPDATE = {
    "op": "u", "before": BEFORE, "after": {**BEFORE, "rate": 49.9, "version": 8},
    "source": SOURCE, "ts_ms": 2000,
}  # fmt: skip


def events(item: object, types: dict[str, str] | None = None) -> list[RecordedEvent]:
    """What records the item."""
    return audit_events.read(item, NOW, types)[1]


def one(item: object) -> dict[str, Any]:
    """The attributes of the only event."""
    (event,) = events(item)
    return dict(event.attributes)


def test_a_change_in_our_own_form_is_a_write_by_its_actor() -> None:
    item = {
        **OWN, "actor": "rep", "operation": "update", "old": 19.9, "new": 49, "version": 8,
        "version_prev": 7, "reversible": True, "compensates": "w-1", "case_id": "c", "id": "w-2",
    }  # fmt: skip
    event_id, (event,) = audit_events.read(item, NOW)
    assert (event_id, event.name, event.service) == ("w-2", names.WRITE, "crm")
    assert event.attributes == {
        names.ENTITY_REF: "account:77",
        names.DATA_ID: "w-2",
        names.DATA_FIELD: "rate",
        names.DATA_VERSION: "8",
        names.DATA_VERSION_PREV: "7",
        names.DATA_SOURCE: "crm",
        names.DATA_SOURCE_KIND: "primary",
        names.DATA_VALUE_HASH: Content().value_hash(49),
        names.DATA_VALUE_NUM: 49.0,
        names.DATA_VALUE_NUM_PREV: 19.9,
        names.DATA_REVERSIBLE: True,
        names.DATA_COMPENSATES: "w-1",
        names.AGENT_NAME: "human:rep",
        names.CASE_ID: "c",
    }


def test_a_read_is_one_and_without_an_actor_the_system_did_it() -> None:
    (event,) = events({**OWN, "operation": "READ"})
    assert event.name == names.READ
    assert event.attributes[names.AGENT_NAME] == "system:crm"


@pytest.mark.parametrize(
    ("actor", "agent"),
    [("rep", "human:rep"), ("Human:Ann", "human:Ann"), ("system:sap", "system:sap"),
     ("agent:desk", "desk"), ("ad:rep", "human:ad:rep")],
)  # fmt: skip
def test_actors_are_people_unless_they_say_what_they_are(actor: str, agent: str) -> None:
    assert named(actor, "crm") == agent
    assert one({**OWN, "actor": actor})[names.AGENT_NAME] == agent


def test_the_same_event_sent_again_has_the_same_ids() -> None:
    for item in (OWN, UPDATE):
        assert audit_events.read(item, NOW) == audit_events.read(item, NOW)
    other = events({**OWN, "new": 3})[0]
    assert other.attributes[names.DATA_ID] != one(OWN)[names.DATA_ID]


def test_a_row_of_debezium_is_one_write_for_each_column_that_changed() -> None:
    changed = one(UPDATE)
    assert changed[names.ENTITY_REF] == "accounts:77"
    assert (changed[names.DATA_FIELD], changed[names.DATA_VALUE_NUM]) == ("rate", 49.9)
    assert (changed[names.DATA_VERSION], changed[names.DATA_VERSION_PREV]) == ("8", "7")
    assert changed[names.AGENT_NAME] == "system:crm"
    assert events(UPDATE)[0].at_ns == 10**9


def test_inside_a_schema_and_under_another_type_it_is_the_same() -> None:
    wrapped = {"schema": {}, "payload": UPDATE, "actor": "ann", "key": {"payload": {"id": 77}}}
    (event,) = events(wrapped, {"accounts": "Account"})
    assert event.attributes[names.ENTITY_REF] == "account:77"
    assert event.attributes[names.AGENT_NAME] == "human:ann"


def test_a_row_before_that_is_not_told_leaves_all_columns_but_the_key() -> None:
    row = {"op": "c", "after": {"no": 1, "line": "a", "qty": 2, "note": None}, "source": SOURCE}
    created = events({**row, "key": {"no": 1, "line": "a"}})
    assert [event.attributes[names.ENTITY_REF] for event in created] == ["accounts:1/a"] * 2
    assert [event.attributes[names.DATA_FIELD] for event in created] == ["qty", "note"]
    assert len({event.span_id for event in created}) == 1
    assert len({event.attributes[names.DATA_ID] for event in created}) == 2


def test_a_row_that_is_gone_is_one_write_of_all_of_it() -> None:
    gone = one({"op": "d", "before": BEFORE, "after": None, "source": SOURCE, "entity": "Acct:7"})
    assert names.DATA_FIELD not in gone
    assert (gone[names.ENTITY_REF], gone[names.DATA_VERSION_PREV]) == ("acct:7", "7")


@pytest.mark.parametrize("operation", sorted(audit_events.NO_CHANGES))
def test_snapshots_and_what_is_no_change_leave_nothing(operation: str) -> None:
    assert events({**UPDATE, "op": operation}) == []


def test_an_update_that_changes_nothing_leaves_nothing() -> None:
    assert events({**UPDATE, "after": BEFORE}) == []


def test_without_a_time_of_commit_the_time_of_the_envelope_counts() -> None:
    source = {name: value for name, value in SOURCE.items() if name not in {"ts_ms", "name"}}
    (event,) = events({**UPDATE, "source": source})
    assert event.at_ns == 2 * 10**9
    assert event.attributes[names.AGENT_NAME] == "system:postgresql"


DEEP: object = 1
for _ in range(40):
    DEEP = [DEEP]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (None, ""),
        ({**OWN, "entity": "account"}, "entity"),
        ({**OWN, "entity": "account:"}, "entity"),
        ({**OWN, "operation": "merge"}, "operation"),
        ({**OWN, "at": None}, "at"),
        ({**OWN, "system": None}, "system"),
        ({**OWN, "reversible": "maybe"}, "reversible"),
        ({**OWN, "reversible": 1}, "reversible"),
        ({**OWN, "who": "me"}, "who"),
        ({**OWN, "new": DEEP}, "new"),
        ({"payload": "text"}, "payload"),
        ({**UPDATE, "op": "x"}, "op"),
        ({**UPDATE, "source": None}, "source.table"),
        ({**UPDATE, "source": {"table": "t"}}, "source.connector"),
        ({**UPDATE, "source": {**SOURCE, "ts_ms": "now"}}, "source.ts_ms"),
        ({**UPDATE, "source": {**SOURCE, "ts_ms": 10**14}}, "source.ts_ms"),
        ({**UPDATE, "source": {**SOURCE, "ts_ms": -1}}, "source.ts_ms"),
        ({**UPDATE, "after": {"rate": 1}}, "key"),
        ({**UPDATE, "key": {"id": None}}, "key.id"),
        ({**UPDATE, "after": {"id": 1, **dict.fromkeys(map(str, range(257)))}}, "after"),
        ({**UPDATE, "after": {"id": 1, " rate": 2}}, "after. rate"),
        ({**UPDATE, "after": {"id": 1, "r\x1b": 2}}, "after.r?"),
    ],
)
def test_what_is_wrong_is_named_with_its_field(wrong: object, field: str) -> None:
    with pytest.raises(BadField) as refused:
        events(wrong)
    assert refused.value.field == field


@pytest.mark.parametrize("value", ["a", "ä\udce9", 5, 5.0, 19.90, True, None, [1, "b"], 10**30])
def test_a_value_has_the_hash_that_the_sdk_gives_it(value: object) -> None:
    assert value_hash(value) == ("" if value is None else Content().value_hash(value))


def test_equal_numbers_have_equal_hashes_and_what_the_table_can_not_hold_is_no_number() -> None:
    assert value_hash(5) == value_hash(5.0)
    assert value_hash(float("inf")) == Content().value_hash(float("inf"))
    assert [number(value) for value in (True, "5", 1e12, float("inf"), 7)] == [None] * 4 + [7.0]
    assert one({**OWN, "new": {"b": [1], "a": True}, "reversible": "False"})
