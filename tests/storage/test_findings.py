"""Are findings kept once, changed when they change, taken back when refuted, and acted upon?"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain import signatures
from domain.asked import EVER, Asked, Place
from domain.errors import InvalidInput, NotFound
from domain.findings import Evidence, Finding, Origin, Role, Severity, Window
from domain.signatures import Signature
from storage import findings, rules
from storage.findings import FindingRows, Progress, StoredFindings
from storage.store import Store

NOW = datetime.now(UTC).replace(microsecond=0)
WINDOW = Window(NOW - timedelta(hours=1), NOW + timedelta(hours=1))
FINDING = Finding(
    finding_id="00000000000000a1",
    signature="LOOP-01",
    signature_version=1,
    severity=Severity.MEDIUM,
    confidence=0.9,
    tenant="acme",
    agents=("billing",),
    lane="trace:t1",
    case_id="case-1",
    first_at=NOW - timedelta(minutes=5),
    last_at=NOW,
    evidence=(Evidence("t1", "s1", Role.CAUSE), Evidence("t2", "s2", Role.VIOLATION)),
    reason="billing did it again.",
    facts={"calls": 3, "tools": ["a"]},
    tags=("mast:1.3",),
    mute_key="LOOP-01|billing",
    origin=Origin.EXPLICIT,
)
LOOP_01, LOOP_02 = (
    signatures.parse(
        f"{{id: {name}, version: 1, name: x, severity: low, prior: 1, reason: x}}", "x"
    )
    for name in ("LOOP-01", "LOOP-02")
)


def numbered(count: int) -> list[Finding]:
    return [
        replace(FINDING, finding_id=f"{n:016x}", last_at=NOW + timedelta(seconds=n))
        for n in range(count)
    ]


def ids(rows: Sequence[dict[str, Any]]) -> list[int]:
    return [int(row["finding_id"], 16) for row in rows]


def step(**said: Any) -> dict[str, Any]:
    return {
        "tenant": "acme", "received": NOW, "retention_days": 30, "ts": NOW, "trace_id": "t1",
        "span_id": "s1", "operation": "execute_tool", "tool": "search", "agent": "billing",
        "arguments_state": "json", "arguments_hash": 1, "shape_hash": 1, "result_state": "text",
        "result_hash": 1, "result_size_bytes": 10, "status": "Ok", "revision": 1,
    } | said  # fmt: skip


def test_a_finding_is_stored_once_and_again_when_it_says_something_else(store: Store) -> None:
    stored, rows = StoredFindings(store), FindingRows(store)
    assert stored.save([FINDING]) == 1
    assert stored.save([FINDING]) == 0
    assert stored.save([replace(FINDING, facts={"calls": 4})]) == 1
    (row,) = rows.listed(Asked(), 10)
    assert (row["facts"], row["severity"], row["state"]) == ({"calls": 4}, "medium", "open")
    assert row["evidence"][1] == {"trace_id": "t2", "span_id": "s2", "role": "violation"}
    assert row["trace_ids"] == ["t1", "t2"]
    assert row["last_at"] == NOW


def test_many_are_stored_in_parts(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(findings, "KEYS_AT_ONCE", 2)
    assert StoredFindings(store).save(numbered(5)) == 5
    assert StoredFindings(store).save(numbered(6)) == 1


def test_what_a_touched_lane_does_not_show_any_more_is_taken_back(store: Store) -> None:
    stored, rows = StoredFindings(store), FindingRows(store)
    other = replace(FINDING, finding_id="00000000000000a2", lane="trace:untouched")
    stored.save([FINDING, other])
    store.insert("steps", [step()])
    assert stored.retract([LOOP_02], set(), WINDOW) == 0
    assert stored.retract([LOOP_01], {FINDING.finding_id}, WINDOW) == 0
    assert stored.retract([LOOP_01], set(), WINDOW) == 1
    assert ids(rows.listed(Asked(), 10)) == [0xA2]
    assert rows.one("acme", FINDING.finding_id)["state"] == "resolved"
    # Found again, it is there again.
    assert stored.save([FINDING]) == 1
    assert len(rows.listed(Asked(), 10)) == 2


def rule(number: int, *ways: str) -> Signature:
    return signatures.parse(
        f"{{id: GOV-{number:02}, version: 1, name: x, severity: low, prior: 1, reason: x,"
        f" touched_by: [{', '.join(ways)}]}}",
        "x",
    )


def fact(**said: Any) -> dict[str, Any]:
    return {
        "tenant": "acme", "received": NOW, "retention_days": 30, "ts": NOW, "trace_id": "t1",
        "span_id": "s1", "agent": "billing", "case_id": "c1", "conversation_id": "v1",
        "revision": 1,
    } | said  # fmt: skip


READ = fact(entity="invoice:1", field="amount", access="read", as_of=EVER, status="Ok")
ROWS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("steps", step(case_id="c1", conversation_id="v1")),
    ("steps", step(error_lane=7, error_type="timeout", service="crm", status="Error")),
    ("contents", fact(seen_at=NOW, ended_at=NOW)),
    ("data_access", READ),
    ("data_access", READ | {"access": "write", "value_num": 1}),
    ("effects", fact(entity="invoice:1")),
    ("decisions", fact()),
    ("effects", fact(entity="invoice:5", trace_id="t5", case_id="")),
    ("decisions", fact(trace_id="t5", case_id="", approval_id="a")),
    ("intents", fact()),
    ("outcomes", fact(target=["invoice:2"])),
    ("handoffs", fact(to_agent="b", work_item_id="w1")),
    ("handoffs", fact(to_agent="c")),
)
TOUCHED = (
    ("steps", "trace:t1"), ("steps", "case:c1"), ("steps", "conversation:v1"),
    ("steps", "agent:billing"), ("steps", "tool:search"),
    ("errors", f"tool:crm|search|timeout|{NOW:%Y-%m-%d %H}:00:00"), ("contents", "trace:t1"),
    ("accesses", "field:invoice:1|amount"), ("accesses", "entity:invoice:1"),
    ("writes", "field:invoice:1|amount"), ("numbers", "field:invoice:1|amount"),
    ("facts", "case:c1"), ("facts", "trace:t1"), ("facts", "agent:billing"),
    ("facts", "entity:invoice:2"), ("effects", "entity:invoice:1"), ("effects", "case:c1"),
    ("decisions", "trace:t1"), ("approvals", "entity:invoice:5"),
    ("intents", "trace:t1"), ("handoffs", "handoff:w1"), ("handoffs", "handoff:c1"),
)  # fmt: skip


def test_each_way_touches_its_own_lanes_and_no_others(store: Store) -> None:
    stored = StoredFindings(store)
    for number, (_, lane) in enumerate(TOUCHED):
        for part, name in enumerate((lane, lane + "0", "trace:t2")):
            one = replace(FINDING, finding_id=f"{3 * number + part:016x}", lane=name)
            stored.save([replace(one, signature=f"GOV-{number:02}")])
    rules = [rule(number, way) for number, (way, _) in enumerate(TOUCHED)]
    assert stored.retract(rules, set(), WINDOW) == 0
    for table, row in ROWS:
        store.insert(table, [row])
    assert [stored.retract([one], set(), WINDOW) for one in rules] == [1] * len(rules)


def test_a_read_is_no_write_and_no_number(store: Store) -> None:
    stored = StoredFindings(store)
    stored.save([replace(FINDING, signature="GOV-01", lane="field:invoice:1|amount")])
    store.insert("data_access", [READ])
    assert stored.retract([rule(1, "writes", "numbers", "steps", "effects")], set(), WINDOW) == 0
    assert stored.retract([rule(1, "accesses")], set(), WINDOW) == 1


def test_a_late_write_to_the_case_touches_its_hand_offs(store: Store) -> None:
    stored = StoredFindings(store)
    lanes = ("handoff:c1", "handoff:c2")
    stored.save([
        replace(FINDING, signature="GOV-01", finding_id=f"{n:016x}", lane=lane)
        for n, lane in enumerate(lanes)
    ])  # fmt: skip
    before = NOW - timedelta(days=1)
    store.insert("handoffs", [fact(received=before, to_agent="b")])
    store.insert("handoffs", [fact(to_agent="b", case_id="c2")])
    assert stored.retract([rule(1, "handoffs")], {f"{1:016x}"}, WINDOW) == 0
    store.insert("data_access", [READ | {"access": "write"}])
    assert stored.retract([rule(1, "handoffs")], {f"{1:016x}"}, WINDOW) == 1


def test_what_looks_at_single_rows_is_taken_back_only_when_they_come_again(store: Store) -> None:
    stored = StoredFindings(store)
    evidence = (Evidence("t1", "s1", Role.CAUSE), Evidence("t1", "s2", Role.VIOLATION))
    stored.save([replace(FINDING, signature="GOV-01", evidence=evidence)])
    store.insert("steps", [step(span_id="s2"), step(span_id="s3")])
    assert stored.retract([rule(1, "evidence")], set(), WINDOW) == 0
    store.insert("steps", [step(span_id="s1")])
    assert stored.retract([rule(1, "evidence")], set(), WINDOW) == 1


def test_filters_and_pages_show_each_finding_once(store: Store) -> None:
    rows = FindingRows(store)
    StoredFindings(store).save(numbered(5))
    seen: list[int] = []
    place = Place()
    while page := rows.listed(Asked(), 2, place):
        seen += ids(page)
        place = Place(page[-1]["first_at"], page[-1]["finding_id"])
    assert seen == [4, 3, 2, 1, 0]
    for asked, count in (
        (Asked(tenant="acme", signature="LOOP-01", agent="billing", trace_id="t2"), 5),
        (Asked(case_id="case-1", state="open", severity_min=3), 5),
        (Asked(since=NOW + timedelta(seconds=3)), 2),
        (Asked(tenant="other"), 0),
        (Asked(agent="b"), 0),
        (Asked(severity_min=4), 0),
        (Asked(state="muted"), 0),
        (Asked(finding_id="0000000000000003"), 1),
    ):
        assert len(rows.listed(asked, 10)) == count


def test_what_is_in_shadow_is_shown_on_demand(store: Store) -> None:
    StoredFindings(store).save([replace(FINDING, shadow=True)])
    assert FindingRows(store).listed(Asked(), 10) == []
    assert len(FindingRows(store).listed(Asked(shadow=True), 10)) == 1


def test_people_say_what_is_to_become_of_a_finding(store: Store) -> None:
    stored, rows = StoredFindings(store), FindingRows(store)
    stored.save([FINDING])
    found = rows.one("acme", FINDING.finding_id)

    def after(action: str, muted_until: datetime = EVER) -> str:
        rows.act(found, action, "ann", "note", muted_until)
        state: str = rows.one("acme", FINDING.finding_id)["state"]
        return state

    assert after("acknowledge") == "acknowledged"
    assert after("mute", NOW + timedelta(days=1)) == "muted"
    assert after("unmute") == "acknowledged"
    assert after("resolve") == "resolved"
    later = replace(FINDING, last_at=datetime.now(UTC) + timedelta(seconds=9))
    assert stored.save([later]) == 1
    assert rows.one("acme", FINDING.finding_id)["state"] == "regressed"
    assert after("mute", NOW + timedelta(days=1)) == "muted"
    assert after("unmute") == "regressed"
    assert after("acknowledge") == "acknowledged"
    assert after("reopen") == "open"
    with pytest.raises(InvalidInput, match="'shred' is none of acknowledge, mute"):
        rows.act(found, "shred", "ann")
    with pytest.raises(NotFound, match="no finding has the id 'x'"):
        rows.one("acme", "x")


def test_the_newest_verdict_of_each_finding_counts(store: Store) -> None:
    rows = FindingRows(store)
    StoredFindings(store).save(numbered(3))
    for finding in rows.listed(Asked(), 3):
        rows.act(finding, "dismiss", "ann")
    rows.act(finding, "confirm", "bob")
    assert rows.verdicts() == {("acme", "LOOP-01"): (1, 2)}


def test_the_newest_mode_of_a_signature_counts(store: Store) -> None:
    rows = FindingRows(store)
    rows.set_mode("LOOP-01", "off", "ann")
    rows.set_mode("LOOP-01", "shadow", "ann")
    rows.set_mode("LOOP-02", "off", "ann", "acme")
    assert rows.modes() == {("", "LOOP-01"): "shadow", ("acme", "LOOP-02"): "off"}


def test_progress_is_of_each_part_of_the_lanes(store: Store) -> None:
    first, second = Progress(store, 0, 2), Progress(store, 1, 2)
    assert first.until() == EVER
    first.reached(NOW)
    first.reached(NOW + timedelta(seconds=5))
    assert (first.until(), second.until()) == (NOW + timedelta(seconds=5), EVER)


def test_lanes_are_those_of_the_traces_that_a_window_touches(store: Store) -> None:
    before = NOW - timedelta(days=2)
    steps = [
        step(span_id="s1", ts=NOW - timedelta(minutes=2), received=before),
        step(span_id="s2", ts=NOW - timedelta(minutes=1), progress_done=1),
        step(span_id="s3", tool="BashOutput", result_state="none", status="Error"),
        step(span_id="s4", ts=NOW - timedelta(seconds=30), operation="chat", input_tokens=40,
             output_tokens=2, cost=0.5),
        step(span_id="s5", ts=NOW + timedelta(1), arguments_state="none", result_size_bytes=2),
        step(trace_id="t2", received=before),
    ]  # fmt: skip
    store.insert("steps", [row | {"cost": row.get("cost"), "input_tokens": row.get(
        "input_tokens", 0), "output_tokens": row.get("output_tokens", 0),
        "progress_done": row.get("progress_done", 0)} for row in steps])  # fmt: skip
    lanes = StoredFindings(store).lanes("tool", WINDOW)
    assert lanes.span_id.tolist() == ["s1", "s2", "s3", "s5"]
    assert lanes.poll.tolist() == [False, False, True, False]
    assert lanes.error.tolist() == [False, False, True, False]
    assert lanes.advanced.tolist() == [False, True, False, False]
    assert lanes.no_result.tolist() == [False, False, True, False]
    assert lanes.bare.tolist() == [False, False, False, True]
    assert lanes.tokens_so_far.tolist() == [0, 0, 42, 42]
    assert lanes.cost_so_far.tolist() == [0, 0, 0.5, 0.5]
    assert lanes.result[2] == 0
    assert lanes.result[0] == lanes.result[1] != lanes.result[3]
    parts = [
        StoredFindings(store).lanes("tool", replace(WINDOW, shard=n, shards=2)) for n in (0, 1)
    ]
    assert sorted(map(len, parts)) == [0, 4]


def test_a_rule_gives_drafts(store: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    (tmp_path / "slow_steps.sql").write_text(
        "SELECT tenant, concat('trace:', trace_id) AS lane, span_id AS anchor, [agent] AS agents,"
        " case_id, ts AS first_ts, ts AS last_ts, [(trace_id, span_id, 'cause')] AS evidence,"
        " 'mapped' AS origin, agent FROM steps FINAL"
        " WHERE received >= {since:DateTime64(9)} AND received < {until:DateTime64(9)}"
    )
    monkeypatch.setattr(rules, "RELATIONS", tmp_path)
    rules._lines.cache_clear()
    signature = signatures.parse(
        "{id: GOV-01, version: 1, name: x, severity: low, prior: 1, relation: slow_steps,"
        " facts: [agent], wait_s: 7200, reason: '{agent}'}",
        "x",
    )
    store.insert("steps", [step(received=NOW - timedelta(hours=2, minutes=30))])
    (draft,) = StoredFindings(store).candidates(signature, WINDOW)
    rules._lines.cache_clear()
    assert (draft.lane, draft.anchor, draft.agents) == ("trace:t1", "s1", ("billing",))
    assert draft.evidence == (Evidence("t1", "s1", Role.CAUSE),)
    assert (draft.facts, draft.origin, draft.raised) == ({"agent": "billing"}, "mapped", False)
    assert draft.first_at == NOW
