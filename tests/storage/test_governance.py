"""Is each place in a chain taken once, and is all read back as it was written?"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from domain.audit_trail import AuditRecord, Change, JsonValue
from domain.envelope import Signal
from domain.errors import Unavailable
from domain.kills import Act, Pull
from governance import audit
from storage.governance import GovernanceChanges
from storage.governance_pulls import GovernancePulls
from storage.store import Store
from tests.contracts.segments import record, spans, token

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)
EVER = datetime(1970, 1, 2, tzinfo=UTC)
AWKWARD = 'it\'s {x:String} \\ "é"\x00'
STATE: JsonValue = {"n": 0.1, "of": [None, True, AWKWARD]}


@pytest.fixture
def changes(store: Store) -> GovernanceChanges:
    return GovernanceChanges(store)


def change(subject: str = "clerk", action: str = "thresholds.tightened", **more: str) -> Change:
    said = {"tenant": "acme", "who": "ann", "why": AWKWARD, **more}
    return Change(
        at=NOON, action=action, subject=subject, before=None, after=STATE, state=STATE, **said
    )


def chained(*changed: Change, after: AuditRecord | None = None) -> list[AuditRecord]:
    records: list[AuditRecord] = []
    for one in changed:
        after = audit.recorded(one, after)
        records.append(after)
    return records


def test_what_is_read_is_what_was_written_and_the_chain_holds(changes: GovernanceChanges) -> None:
    assert changes.head("acme") is None
    records = chained(change(), change("k-1", "kill.ordered"), change("desk", "proposal.made"))
    assert changes.append(records)
    more = chained(change(who="bob"), after=records[-1])
    assert changes.append(more)
    every = [*records, *more]
    assert changes.records("acme", 0, 10) == every
    assert changes.records("acme", 3, 10) == more
    assert audit.verify(changes.records("acme", 0, 10)).holds
    assert changes.head("acme") == every[-1]
    assert changes.of("acme", "clerk", kill=False) == [every[0], every[3]]
    assert changes.of("acme", "k-1", kill=True) == [every[1]]
    assert changes.of("acme", "k-1", kill=False) == []
    asked = {"before_sequence": 4, "action": "", "subject": ""}
    assert changes.newest("acme", asked, 2) == [every[2], every[1]]
    kills = {"before_sequence": 9, "action": "kill.", "subject": "k-1"}
    assert changes.newest("acme", kills, 2) == [every[1]]
    assert changes.tenants() == {"acme": 4}


def test_the_newest_of_each_subject_is_read_at_once_and_then_only_what_came(
    changes: GovernanceChanges,
) -> None:
    assert changes.latest(EVER) == ([], EVER)
    records = chained(change(), change(action="proposal.made"), change("k-1", "kill.ordered"))
    assert changes.append(records)
    found, last = changes.latest(EVER)
    assert sorted(found, key=lambda one: one.sequence) == records
    assert changes.append(chained(change(), after=records[-1]))
    (newer,), _ = changes.latest(last + timedelta(microseconds=1))
    assert newer.sequence == 4


def test_of_many_who_want_a_place_one_gets_it(changes: GovernanceChanges) -> None:
    rivals = [chained(change(who=f"person-{number}")) for number in range(8)]
    with ThreadPoolExecutor(4) as threads:
        won = list(threads.map(changes.append, rivals))
    assert won.count(True) == 1
    assert changes.records("acme", 0, 10) == rivals[won.index(True)]
    # The same words again are another attempt, which loses too.
    assert not changes.append(rivals[won.index(True)])


def test_of_several_records_all_or_none_are_kept(changes: GovernanceChanges) -> None:
    first = chained(change(who="bob"))
    assert changes.append(first)
    assert not changes.append(chained(change(), change(), change()))
    assert changes.records("acme", 0, 10) == first
    other = [replace(one, change=replace(one.change, tenant="beta")) for one in first]
    assert changes.append(other)


def test_a_place_that_can_not_be_read_back_is_told_as_unavailable(
    store: Store, changes: GovernanceChanges
) -> None:
    records = chained(change())
    assert changes.append(records)
    store.command("ALTER TABLE governance_changes DELETE WHERE 1 SETTINGS mutations_sync = 1")
    with pytest.raises(Unavailable, match="read back"):
        changes.append(records)


def test_pulls_tell_who_heard_first_and_who_is_there(store: Store) -> None:
    pulls = GovernancePulls(store)
    pulls.keep([])
    later = NOON + timedelta(seconds=3)
    pulls.keep([
        Pull("acme", "clerk", "one", NOON), Pull("acme", "clerk", "one", later),
        Pull("beta", "desk", "two", NOON),
        Pull("acme", "clerk", "one", later, "k-1"), Pull("acme", "clerk", "one", NOON, "k-1"),
    ])  # fmt: skip
    assert pulls.heard("acme", "k-1") == {("clerk", "one"): NOON}
    assert pulls.heard("beta", "k-1") == {}
    assert pulls.heard("", "") == {}
    assert pulls.clients("acme", NOON) == [Pull("acme", "clerk", "one", later)]
    assert len(pulls.clients("", NOON)) == 2
    assert pulls.clients("", later + timedelta(seconds=1)) == []


def test_what_agents_did_is_counted_for_a_switch(store: Store) -> None:
    now = datetime.now(UTC)
    request = spans("a", "b", "c", start_unix_nano=int(now.timestamp() * 1e9))
    for number, span in enumerate(request.resource_spans[0].scope_spans[0].spans):
        span.end_time_unix_nano = span.start_time_unix_nano
        for key, text in (
            ("gen_ai.agent.name", "clerk"), ("gen_ai.operation.name", "execute_tool"),
            ("gen_ai.tool.name", "pay" if number else "read"),
        ):  # fmt: skip
            span.attributes.add(key=key).value.string_value = text
    received = int(now.timestamp() * 1e9) + 1000
    store.insert_segment(Signal.TRACES, record(request, received_unix_nano=received), token())
    pulls, before = GovernancePulls(store), now - timedelta(seconds=1)
    everybody = {"tenant": "", "agent": "", "tool": ""}
    (row,) = pulls.reach(before, everybody, 10)
    assert (row["agent"], row["steps"], row["traces"], row["amount"]) == ("clerk", 3, 1, 0.0)
    (row,) = pulls.reach(before, everybody | {"tool": "pay"}, 10)
    assert row["steps"] == 2
    assert pulls.reach(before, everybody | {"tenant": "beta"}, 10) == []
    until = now + timedelta(seconds=1.5)
    acts = pulls.acts((before, until), everybody | {"tool": "pay"})
    assert acts == [Act("clerk", acts[0].at)]
    assert abs(acts[0].at - now - timedelta(seconds=1)) < timedelta(milliseconds=1)
