"""Are limits proposed, approved, pulled, tightened and rolled back by those alone who may?"""

import base64
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from domain.access import Scope
from domain.thresholds import SignedDocument, ThresholdDocument
from governance import documents
from tests.app.governed import LIMITS, Governed
from tests.collector.running import eventually
from tests.storage.test_governance_reviews import decided


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Governed]:
    with Governed(tmp_path_factory.mktemp("thresholds") / "data") as running:
        yield running


def pulled(live: Governed, agent: str, who: str = "agent") -> ThresholdDocument:
    """Its document, after its signature was checked."""
    answer = live.get(who, f"/v1/thresholds/{agent}")
    assert answer.status_code == 200, answer.text
    keys = live.get("agent", "/v1/threshold-keys").json()
    signed = SignedDocument(
        answer.content,
        answer.headers["x-wakeline-key-id"],
        base64.b64decode(answer.headers["x-wakeline-signature"]),
    )
    public = {name: bytes.fromhex(key) for name, key in keys.items()}
    return documents.opened(signed, public, ("acme", agent))


def test_an_agent_that_nobody_governs_gets_a_document_that_escalates_all(live: Governed) -> None:
    document = pulled(live, "team/stranger")
    assert (document.version, document.thresholds, document.stops) == (0, (), ())


def test_one_proposes_another_approves_and_the_agent_gets_it(live: Governed) -> None:
    made = live.propose("beginner")
    assert pulled(live, "beginner").version == 0
    refused = live.approve("beginner", made, who="ann")
    assert (refused.status_code, "second person" in refused.json()["detail"]) == (403, True)
    done = live.approve("beginner", made).json()
    assert (done["state"], done["decided_by"]) == ("approved", live.id("bob"))
    document = pulled(live, "beginner")
    (held,) = document.thresholds
    assert (document.version, held.limits.confidence, held.limits.amount) == (1, 0.8, 500.0)
    assert live.approve("beginner", made).status_code == 409
    (listed,) = [one for one in live.get("reader", "/v1/thresholds").json()
                 if one["agent"] == "beginner"]  # fmt: skip
    assert (listed["version"], listed["proposals"]) == (1, [])


def test_what_is_left_out_stays_and_null_escalates_all(live: Governed) -> None:
    live.in_force("partial")
    body = {"agent": "partial", "change": "tighten", "why": "careful"}
    stricter = [{"action": "refund", "amount": 100.0}]
    done = live.post("ann", "/v1/threshold-changes", thresholds=stricter, **body)
    (held,) = done.json()["thresholds"]
    assert (held["confidence"], held["amount"], held["stage"]) == (0.8, 100.0, "full")
    nothing = [{"action": "refund", "confidence": None}]
    done = live.post("ann", "/v1/threshold-changes", thresholds=nothing, **body)
    assert done.json()["thresholds"][0]["confidence"] is None
    looser = live.post("ann", "/v1/threshold-changes", thresholds=[LIMITS], **body)
    assert (looser.status_code, "propose it" in looser.json()["detail"]) == (422, True)


def test_an_unchanged_document_is_not_sent_again_and_a_change_ends_the_wait(live: Governed) -> None:
    first = live.get("agent", "/v1/thresholds/waiter")
    tag = first.headers["etag"]
    again = live.get("agent", "/v1/thresholds/waiter", **{"if-none-match": tag})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    brief = live.get("agent", "/v1/thresholds/waiter?wait=0.05", **{"if-none-match": tag})
    assert brief.status_code == 304
    with ThreadPoolExecutor(1) as beside:
        path = "/v1/thresholds/waiter?wait=30"
        waiting = beside.submit(lambda: live.get("agent", path, **{"if-none-match": tag}))
        live.in_force("waiter")
        assert waiting.result().json()["version"] == 1


def test_a_stream_says_what_holds_and_what_changes(live: Governed) -> None:
    headers = {"x-api-key": live.keys["agent"]}
    with live.http.stream("GET", "/v1/threshold-stream/heard", headers=headers) as answer:
        lines = answer.iter_lines()
        said = (line for line in lines if line.startswith("data: "))
        assert r"\"version\":0" in next(said)
        live.in_force("heard")
        assert any(r"\"version\":1" in line for line in said)


def test_history_and_difference_say_who_changed_what_and_why(live: Governed) -> None:
    live.in_force("old")
    live.in_force("old", confidence=0.7)
    newest, first = live.get("reader", "/v1/threshold-history?agent=old").json()
    assert (first["version"], first["by"], first["approved_by"]) == (
        1, live.id("ann"), live.id("bob"),
    )  # fmt: skip
    assert newest["why"] == "agreed"
    changed = live.get("reader", "/v1/threshold-diff?agent=old&before=1&after=2").json()
    assert changed == [
        {"action": "refund", "agent_version": "", "field": "confidence", "before": 0.8,
         "after": 0.7}
    ]  # fmt: skip
    every = live.get("reader", "/v1/threshold-diff?agent=old&before=0&after=1").json()
    assert {one["before"] for one in every} == {None}
    assert live.get("reader", "/v1/threshold-diff?agent=old&before=1&after=9").status_code == 404
    assert live.get("reader", "/v1/threshold-history?agent=nobody").status_code == 404


def test_one_call_rolls_back_and_what_is_looser_there_waits_for_a_second_person(
    live: Governed,
) -> None:
    live.in_force("back", confidence=0.9)
    live.in_force("back", confidence=0.7)
    body = {"agent": "back", "change": "roll_back", "why": "complaints"}
    done = live.post("ann", "/v1/threshold-changes", version=1, **body).json()
    assert (done["version"], done["thresholds"][0]["confidence"]) == (3, 0.9)
    done = live.post("ann", "/v1/threshold-changes", version=2, **body).json()
    assert (done["version"], done["thresholds"][0]["confidence"]) == (4, 0.9)
    (waiting,) = done["proposals"]
    assert waiting["thresholds"][0]["confidence"] == 0.7
    (listed,) = live.get("reader", "/v1/proposals?agent=back&limit=1").json()
    assert listed["proposal_id"] == waiting["proposal_id"]
    assert waiting in live.get("reader", "/v1/proposals").json()


def test_nothing_is_loosened_while_frozen(live: Governed) -> None:
    made = live.propose("ice")
    body = {"agent": "ice", "why": "audit"}
    done = live.post("ann", "/v1/threshold-changes", change="freeze", **body).json()
    assert done["frozen_by"] == live.id("ann")
    assert pulled(live, "ice").frozen
    assert live.approve("ice", made).status_code == 409
    assert live.post("bob", "/v1/threshold-changes", change="thaw", **body).json()["version"] == 0
    rejected = live.post("bob", f"/v1/proposals/{made}/reject", **body).json()
    assert rejected["state"] == "rejected"
    assert live.approve("ice", made).status_code == 409
    assert live.approve("ice", "nothing").status_code == 404


def test_fifty_who_approve_at_once_make_one_version(live: Governed) -> None:
    made = live.propose("crowd")
    with ThreadPoolExecutor(16) as threads:
        codes = list(threads.map(lambda _: live.approve("crowd", made).status_code, range(50)))
    assert sorted(codes) == [200] + [409] * 49
    (only,) = live.get("reader", "/v1/threshold-history?agent=crowd").json()
    assert only["version"] == 1
    found = live.get("reader", "/v1/audit-log/verify").json()
    assert (found["holds"], found["broken"]) == (True, "")


def test_what_was_done_is_on_record_with_who_and_why(live: Governed) -> None:
    live.in_force("seen")
    approved, made = live.get("reader", "/v1/audit-log?subject=seen").json()
    assert (made["action"], made["who"], made["why"]) == (
        "proposal.made", live.id("ann"), "evidence",
    )  # fmt: skip
    assert (approved["action"], approved["who"]) == ("thresholds.approved", live.id("bob"))
    assert approved["after"][0]["action"] == "refund"
    before = live.get("reader", f"/v1/audit-log?subject=seen&before={approved['sequence']}")
    assert [one["sequence"] for one in before.json()] == [made["sequence"]]
    head = pulled(live, "seen").audit_head
    assert head == approved["sha256"]
    assert live.get("reader", f"/v1/audit-log/verify?head={head}").json()["holds"]
    other = live.get("reader", f"/v1/audit-log/verify?head={'0' * 64}").json()
    assert (other["holds"], "missing" in other["broken"]) == (False, True)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/proposals", {"agent": "x", "thresholds": [], "why": "y"}),
        ("/v1/proposals", {"agent": "x", "thresholds": [LIMITS]}),
        ("/v1/proposals", {"agent": "x", "thresholds": [LIMITS | {"amount": -1}], "why": "y"}),
        ("/v1/proposals", {"agent": "x", "thresholds": [LIMITS | {"stage": "all"}], "why": "y"}),
        ("/v1/proposals", {"agent": "x", "thresholds": [LIMITS, LIMITS], "why": "y"}),
        ("/v1/proposals", {"agent": "x", "thresholds": [LIMITS], "why": " "}),
        ("/v1/threshold-changes", {"agent": "x", "change": "tighten", "why": "y"}),
        ("/v1/threshold-changes", {"agent": "x", "change": "melt", "why": "y"}),
    ],
)
def test_nonsense_is_refused_and_changes_nothing(
    live: Governed, path: str, body: dict[str, object]
) -> None:
    before = live.get("reader", "/v1/audit-log/verify").json()["records"]
    assert live.post("ann", path, **body).status_code == 422
    assert live.get("reader", "/v1/audit-log/verify").json()["records"] == before


def test_other_tenants_see_and_change_nothing(live: Governed) -> None:
    live.in_force("ours")
    made = live.propose("ours", confidence=0.6)
    assert live.approve("ours", made, who="root").status_code == 404
    assert live.get("root", "/v1/threshold-history?agent=ours").status_code == 404
    assert live.get("root", "/v1/thresholds/ours").json()["version"] == 0


def test_a_tag_that_is_right_opens_no_door(live: Governed) -> None:
    path = "/v1/thresholds/guarded"
    tag = {"if-none-match": live.get("agent", path).headers["etag"]}
    assert live.get("reader", path, **tag).status_code == 304
    live.keys["governor"] = live.key("acme", "governor", [Scope.GOVERN])
    eventually(lambda: live.get("governor", path, **tag).status_code == 403)
    assert live.http.get(path, headers=tag).status_code == 401
    assert live.get("root", path, **tag).status_code == 200
    assert live.get("agent", "/v1/thresholds/" + "x" * 257, **tag).status_code == 422


def test_a_proposal_shows_what_it_would_change_for_the_last_week(live: Governed) -> None:
    lately = datetime.now(UTC) - timedelta(hours=1)
    decided(live.process.store, "d-1", "d-2", "", at=lately, action="waive")
    made = live.post(
        "ann", "/v1/proposals", agent="clerk", why="evidence",
        thresholds=[LIMITS | {"action": "waive"}, LIMITS | {"action": "other"}],
    ).json()  # fmt: skip
    waive, other = made["shown"]["replays"]
    assert (waive["action"], waive["decisions"], waive["newly_alone"]) == ("waive", 3, 2)
    assert (waive["dollars_newly_alone"], waive["examples"]) == (40.0, ["d-1", "d-2"])
    assert (waive["autonomy_before"], other["decisions"]) == (0.0, 0)
