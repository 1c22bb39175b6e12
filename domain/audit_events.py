"""Changes as audit trails and change data capture tell them: who changed which field, and when.

Two forms: our own, an object for each access, and the envelope of Debezium, one for each row.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from domain.accesses import Telling, Told, named
from domain.fields import EPOCH, Fields, bounded
from domain.recorded_events import RecordedEvent, made_id

OPERATIONS = {
    "read": False, "write": True, "create": True, "insert": True, "update": True, "delete": True,
}  # fmt: skip
# Every field of our own form, and what it holds.
FIELDS = {
    "entity": "what was touched: type:id",
    "field": "which field of it; all of it when absent",
    "operation": f"one of {', '.join(OPERATIONS)}; write when absent",
    "at": "when, ISO 8601 with a zone",
    "actor": "who: a person's name, human:NAME, system:NAME or agent:NAME; the system when absent",
    "system": "where the data are kept",
    "old": "the value before, of a write",
    "new": "the value that was read, or is there now",
    "version": "of the value that was read, or is there now",
    "version_prev": "that a write replaced",
    "reversible": "true or false: whether it can be undone",
    "compensates": "id of the write that this one undoes",
    "case_id": "the business case",
    "id": "its name, unique in the tenant; without one it is made from the content",
}
CHANGES = {"c": "create", "u": "update", "d": "delete"}
NO_CHANGES = frozenset({"r", "t", "m"})  # snapshot, truncation, message
VERSIONS = ("version", "etag", "updated_at")
COLUMNS_MAX = 256
# What tells one change of a source from another; https://debezium.io/documentation/reference
POSITION = (
    "name", "db", "schema", "table", "lsn", "file", "pos", "row", "scn", "txId", "change_lsn",
    "commit_lsn", "event_serial_no", "ord", "ts_ms",
)  # fmt: skip


def read(
    item: object, now: datetime, entity_types: Mapping[str, str] | None = None
) -> tuple[str, list[RecordedEvent]]:
    """The event's id and what records it: nothing for an envelope without a change.

    entity_types: of tables, where these are called otherwise than their rows. Raises BadField.
    """
    fields = Fields(item)
    if fields.raw("payload") is not None:
        return _row(fields.inner("payload"), fields, now, entity_types or {})
    if fields.raw("op") is not None:
        return _row(fields, fields, now, entity_types or {})
    return _own(fields, now)


def _own(fields: Fields, now: datetime) -> tuple[str, list[RecordedEvent]]:
    fields.refuse_others(FIELDS)
    entity, field, system = fields.entity("entity"), fields.text("field"), fields.text("system")
    operation = (fields.text("operation") or "write").lower()
    if operation not in OPERATIONS:
        raise fields.refusal("operation", FIELDS["operation"])
    at = fields.moment("at", now)
    if at is None:
        raise fields.refusal("at", "it is missing")
    if not fields.text("actor"):
        system = fields.needed("system")
    actor = named(fields.text("actor"), system)
    version, version_prev = fields.text("version"), fields.text("version_prev")
    old, new = fields.value("old"), fields.value("new")
    own = (entity, field, operation, str(at), actor, system, version, version_prev, repr(new))
    given = fields.text("id")
    event_id = given or made_id("audit", *own)
    telling = Telling("audit", event_id, at, actor, system or "audit", fields.text("case_id"))
    told = Told(
        entity, field, OPERATIONS[operation], version, version_prev, new, old, given,
        fields.flag("reversible"), fields.text("compensates"),
    )  # fmt: skip
    return event_id, [telling.event(told)]


def _row(
    fields: Fields, outside: Fields, now: datetime, entity_types: Mapping[str, str]
) -> tuple[str, list[RecordedEvent]]:
    """One row's change; what is not of the envelope (`key`, `actor`, `entity`) may be outside."""
    operation = fields.needed("op")
    if operation in NO_CHANGES:
        return "", []
    if operation not in CHANGES:
        raise fields.refusal("op", f"one of {', '.join([*CHANGES, *sorted(NO_CHANGES)])}")
    source = fields.inner("source")
    before, after = fields.inner("before"), fields.inner("after")
    row = before if operation == "d" else after
    key = _key(outside, row)
    entity = outside.text("entity") and outside.entity("entity")
    if not entity:
        table = source.needed("table")
        entity = f"{entity_types.get(table, table).lower()}:{'/'.join(key.values())}"
    position = [source.text(name) for name in POSITION]
    event_id = made_id("audit", entity, operation, *position)
    system = source.text("name") or source.text("db") or source.needed("connector")
    actor = named(outside.text("actor"), system)
    telling = Telling("audit", event_id, _moment(fields, source, now), actor, system)
    versions = (_version(after), _version(before))
    if operation == "d":
        whole = Told(entity, "", is_write=True, version_prev=versions[1])
        return event_id, [telling.event(whole)]
    changed = _changed(before, after, key)
    return event_id, [
        telling.event(Told(entity, name, True, *versions, after.value(name), before.value(name)))
        for name in changed
    ]


def _key(outside: Fields, row: Fields) -> dict[str, str]:
    """The columns that name the row: of the message's key, else the column `id`."""
    said = outside.inner("key")
    said = said.inner("payload") if said.raw("payload") is not None else said
    names = said.names()
    if names:
        return {name: said.needed(name) for name in names}
    if row.raw("id") is None:
        raise outside.refusal("key", 'it is missing: the columns that name the row, {"no": 7}')
    return {"id": row.needed("id")}


def _moment(fields: Fields, source: Fields, now: datetime) -> datetime:
    """When the source committed, else when it was seen."""
    told = source if source.raw("ts_ms") is not None else fields
    milliseconds = told.raw("ts_ms")
    if not isinstance(milliseconds, int) or abs(milliseconds) > 10**13:
        raise told.refusal("ts_ms", "ms since 1970 are needed here")
    return bounded(EPOCH + timedelta(milliseconds=milliseconds), now, told.place("ts_ms"))


def _version(row: Fields) -> str:
    """As the row itself tells; positions in a log are no versions that a reader could have seen."""
    return next((text for name in VERSIONS if (text := row.text(name))), "")


def _changed(before: Fields, after: Fields, key: Mapping[str, str]) -> list[str]:
    """Columns that have another value now; all, where the row before is not told."""
    names = [name for name in after.names() if name not in key and name not in VERSIONS]
    if len(names) > COLUMNS_MAX:
        raise after.refusal("", f"there are over {COLUMNS_MAX} columns")
    told = set(before.names())
    return [name for name in names if name not in told or before.raw(name) != after.raw(name)]
