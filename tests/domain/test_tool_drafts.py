"""Do drafted entries say what names and samples say, and are they always a valid tools.yaml?"""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.tool_drafts import Shape, draft, drafted
from domain.tools import parse


def entry(tool: str, arguments: object = None, result: object = None) -> dict[str, object]:
    """Without its origin, which is always the same."""
    found, _ = draft(Shape(tool, 1, [json.dumps(arguments)], [json.dumps(result)]))
    assert found.pop("origin") == "inferred"
    return found


@pytest.mark.parametrize(
    ("tool", "kind"),
    [
        ("billing.get_account", "read"),
        ("searchFlights", "read"),
        ("mcp__crm__lookup_customer", "read"),
        ("update_reservation_flights", "write"),
        ("refund", "write"),
        ("crm/CreateLead", "write"),
        ("invoice-issue", "write"),
        ("create.list_items", "read"),
        ("think", "none"),
        ("calculate", "none"),
    ],
)
def test_the_verb_says_what_a_tool_does(tool: str, kind: str) -> None:
    assert entry(tool)["kind"] == kind


@pytest.mark.parametrize(
    ("tool", "arguments", "entity"),
    [
        ("get_account", {"account_id": 1}, "account:{args.account_id}"),
        ("get_account", {"user_id": 1, "account_id": 2}, "account:{args.account_id}"),
        ("get_plan", {"customerId": 1}, "customer:{args.customerId}"),
        ("get_invoices", {"id": 1}, "invoice:{args.id}"),
        ("get_plan", {"filter": {"customer_id": 1}}, "customer:{args.filter.customer_id}"),
        ("get_plan", {"request_id": 1, "trace_id": 2}, None),
        ("get_plan", {"items": [{"item_id": 1}]}, None),
        ("get_plan", {"no path to_id": 1}, None),
        ("get_plan", {"a": {"b": {"c": {"deep_id": 1}}}}, None),
        ("get_plan", None, None),
    ],
)
def test_an_id_among_the_arguments_says_of_what(
    tool: str, arguments: object, entity: str | None
) -> None:
    assert entry(tool, arguments).get("entity") == entity


def test_what_a_tool_makes_has_its_id_in_the_result() -> None:
    made = entry("create_invoice", {"customer_id": 1}, {"invoice_id": 2})
    assert made["entity"] == "invoice:{result.invoice_id}"
    changed = entry("update_invoice", {"invoice_id": 1}, {"invoice_id": 1})
    assert changed["entity"] == "invoice:{args.invoice_id}"
    without = entry("create_invoice", {"customer_id": 1}, {"ok": True})
    assert without["entity"] == "customer:{args.customer_id}"


def test_versions_times_and_amounts_are_found_in_results() -> None:
    result = {"data": {"etag": "7", "updatedAt": "2026-01-01T00:00:00Z"}, "balance": 3}
    assert entry("get_account", {"account_id": 1}, result) == {
        "kind": "read",
        "entity": "account:{args.account_id}",
        "version": "result.data.etag",
        "as_of": "result.data.updatedAt",
        "field": "balance",
        "value": "result.balance",
    }


def test_a_write_has_what_was_there_before_and_its_key() -> None:
    arguments = {"invoice_id": 1, "idempotency_key": "k", "amount": 5}
    assert entry("adjust_invoice", arguments, {"previous_amount": 3}) == {
        "kind": "write",
        "entity": "invoice:{args.invoice_id}",
        "field": "amount",
        "value": "args.amount",
        "prev": "result.previous_amount",
        "idempotency_key": "args.idempotency_key",
    }


def test_money_that_leaves_is_less_cash() -> None:
    paid = entry("refund_order", {"order_id": 1, "amount": 5})
    assert paid["effect"] == {"kind": "refund", "metric": "cash", "delta": "-args.amount"}
    assert "effect" not in entry("book_order", {"order_id": 1, "amount": 5})


def test_what_can_not_be_taken_back_is_said() -> None:
    assert entry("send_email", {"to": "a"})["reversible"] is False
    assert entry("job_status", {"job_id": 1})["poll"] is True


def test_each_entry_stands_under_its_reasons() -> None:
    text = drafted([Shape("get_account", 1204, ['{"account_id": 1}']), Shape("think", 1)])
    assert text.splitlines()[1:] == [
        "tools:",
        "  # 1,204 calls; 'get' says read; args.account_id says of what.",
        "  get_account:",
        "    kind: read",
        "    entity: account:{args.account_id}",
        "    origin: inferred",
        "  # 1 call; no verb says what it does: set kind.",
        "  think:",
        "    kind: none",
        "    origin: inferred",
    ]


def test_nothing_seen_is_an_empty_file() -> None:
    assert parse(drafted([]), "draft").tools == ()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.text() | st.sampled_from(["id", "user_id", "etag", "amount", "updated_at", "_id"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=10,
)
SAMPLES = st.lists(st.text() | JSON.map(json.dumps) | st.just("[" * 2000), max_size=3)
NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=256)
VERBS = st.sampled_from(["get_user", "create_user", "refund_user", "send", "pay.user_status"])
SHAPES = st.builds(Shape, NAMES | VERBS, st.integers(1, 10**9), SAMPLES, SAMPLES)


@given(st.lists(SHAPES, max_size=4, unique_by=lambda shape: shape.tool))
def test_every_draft_is_a_valid_tools_yaml_of_the_same_tools(shapes: list[Shape]) -> None:
    config = parse(drafted(shapes), "draft")
    assert [tool.name for tool in config.tools] == [shape.tool for shape in shapes]
    assert {tool.origin for tool in config.tools} <= {"inferred"}
