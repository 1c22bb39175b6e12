"""Is a change taken as it was meant, named by what was said, and refused with the field?"""

from datetime import UTC, datetime, timedelta

import pytest

from domain import change_events, changes
from domain.changes import Used
from domain.fields import BadField
from wakeline import conventions as names

NOW = datetime(2026, 6, 9, 12, tzinfo=UTC)
MINIMAL = {"kind": "deploy", "what": "billing"}


def test_everything_that_is_said_of_a_change_is_recorded_under_the_names_of_the_sdk() -> None:
    change_id, (event,) = change_events.read(
        {
            "change_id": "rel-9", "kind": "Tool-Schema", "what": "get_invoice", "version": 8,
            "version_prev": "7", "agents": ["billing", "desk"], "note": "a new field",
            "agent": "human:anna", "at": "2026-06-01T09:00:00.5+02:00",
        },
        NOW,
    )  # fmt: skip
    assert change_id == "rel-9"
    assert event.name == names.CHANGE
    assert event.at_ns == 1_780_297_200_500_000_000
    assert event.attributes == {
        names.CHANGE_ID: "rel-9",
        names.CHANGE_KIND: "tool_schema",
        names.CHANGE_WHAT: "get_invoice",
        names.CHANGE_VERSION: "8",
        names.CHANGE_VERSION_PREV: "7",
        names.CHANGE_AGENTS: ("billing", "desk"),
        names.CHANGE_NOTE: "a new field",
        names.AGENT_NAME: "human:anna",
    }


def test_a_change_of_all_agents_needs_only_a_kind_and_a_name_and_happens_now() -> None:
    change_id, (event,) = change_events.read(MINIMAL, NOW)
    assert change_id.startswith("change:")
    assert names.CHANGE_AGENTS not in event.attributes
    assert event.at_ns == NOW.timestamp() * 1e9


def test_the_id_and_the_span_follow_from_what_was_said() -> None:
    first, (event,) = change_events.read(MINIMAL, NOW)
    again, (repeated,) = change_events.read({**MINIMAL, "note": ""}, NOW + timedelta(days=3))
    assert first == again
    assert (event.trace_id, event.span_id) == (repeated.trace_id, repeated.span_id)
    others: list[dict[str, object]] = [
        {"kind": "model"}, {"what": "desk"}, {"version": 1}, {"version_prev": 1},
        {"agents": "a"}, {"agents": ["a", "b"]}, {"note": "n"}, {"agent": "human:a"},
        {"at": "2026-06-01T00:00:00Z"},
    ]  # fmt: skip
    said = [{**MINIMAL, **other} for other in others]
    assert len({first, *(change_events.read(one, NOW)[0] for one in said)}) == 10


@pytest.mark.parametrize(
    ("wrong", "field", "reason"),
    [
        ("text", "", "an object is needed"),
        ({"what": "x"}, "kind", "missing"),
        ({"kind": "weather", "what": "x"}, "kind", "one of deploy, prompt, model"),
        ({"kind": "deploy"}, "what", "missing"),
        ({**MINIMAL, "at": "yesterday"}, "at", "no time of ISO 8601"),
        ({**MINIMAL, "agents": ["a"] * 257}, "agents", "over 256"),
        ({**MINIMAL, "expected": True}, "expected", "no such field; there are agent, agents"),
    ],
)
def test_what_is_wrong_is_named_with_its_field(wrong: object, field: str, reason: str) -> None:
    with pytest.raises(BadField) as refused:
        change_events.read(wrong, NOW)
    assert refused.value.field == field
    assert reason in refused.value.reason


def test_a_version_counts_as_a_change_once_it_is_used_and_no_trial() -> None:
    def used(version: str, first: int, last: int, uses: int) -> Used:
        day = timedelta(days=1)
        return Used("deploy", "billing", version, NOW + first * day, NOW + last * day, uses)

    versions = [
        used("1", 0, 9, 900), used("2", 5, 20, 400), used("trial", 6, 6, 9),
        used("canary", 7, 20, 19), used("3", 10, 20, 21), used("4", 15, 20, 99),
    ]  # fmt: skip
    found = changes.seen("acme", "billing", reversed(versions), NOW + timedelta(days=6))
    assert [(one.version_prev, one.version) for one in found] == [("canary", "4")]
    assert found[0].change_id.startswith("seen:")
    everything = changes.seen("acme", "billing", versions, NOW)
    assert [(one.version_prev, one.version) for one in everything] == [("1", "2"), ("canary", "4")]
