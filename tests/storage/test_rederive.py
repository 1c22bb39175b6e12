"""Are typed rows that are made anew the same, unless views, prices or tools.yaml have changed?"""

from datetime import UTC, datetime, timedelta

from app import tools
from domain.envelope import Signal
from domain.prices import Price
from domain.tools import parse
from storage import derivation, price_rows
from storage.store import Store
from tests.contracts.segments import RECEIVED_UNIX_NANO, record, spans, token
from tests.contracts.store_contract import UPSTREAM_TRACES_INSERT, number
from tests.golden.emitters import rows

DERIVED = (
    "steps", "decisions", "data_access", "effects", "outcomes", "intents", "handoffs", "links",
    "messages", "changes",
)  # fmt: skip
# Whole seconds, so that the ends of periods are exact.
RECEIVED_S = RECEIVED_UNIX_NANO // 10**9
RECEIVED = datetime.fromtimestamp(RECEIVED_S, UTC)
DAY = timedelta(days=1)
SINCE, UNTIL = RECEIVED - DAY, RECEIVED + timedelta(hours=1)
HOUR_NS = 3600 * 10**9
RULES = """\
tools:
  get_invoice: {kind: read, entity: "invoice:{args.invoice_id}"}
  pay:
    kind: write
    entity: "invoice:{args.invoice}"
    field: paid
    effect: {kind: charge, metric: cash, delta: args.amount, unit: EUR}
"""
EVENTS = {
    "wakeline.data.read": {"wakeline.entity.ref": "account:1", "wakeline.data.field": "limit"},
    "wakeline.effect": {"wakeline.effect.kind": "delay", "wakeline.effect.metric": "days"},
    "wakeline.outcome": {"wakeline.outcome.type": "reversed"},
    "wakeline.intent": {"wakeline.intent.kind": "collect"},
    "wakeline.handoff": {"wakeline.handoff.to": "auditor"},
    "wakeline.change": {"wakeline.change.kind": "deploy", "wakeline.change.what": "billing"},
}


def follow(store: Store, rules: str) -> None:
    """Put these rules of tools.yaml in force."""
    generation = number(store, "max(generation) + 1 FROM tool_rules")
    tools.store_rules(store, parse(rules, "tools.yaml"), generation)


def pay(store: Store, invoice: int = 1, hours_ago: int = 0) -> None:
    """Store a call of the tool `pay` with events besides, as received so long ago."""
    request = spans("pay")
    (span,) = request.resource_spans[0].scope_spans[0].spans
    for key, text in {
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.tool.name": "pay",
        "messaging.message.id": "m1",
        "gen_ai.tool.call.arguments": f'{{"invoice": "{invoice}", "amount": 5}}',
    }.items():
        span.attributes.add(key=key).value.string_value = text
    for name, said in EVENTS.items():
        event = span.events.add(name=name, time_unix_nano=RECEIVED_UNIX_NANO)
        for key, text in said.items():
            event.attributes.add(key=key).value.string_value = text
    received = RECEIVED_S * 10**9 - hours_ago * HOUR_NS
    segment = record(request, received_unix_nano=received)
    store.insert_segment(Signal.TRACES, segment, token())


def content(store: Store) -> dict[str, list[bytes]]:
    """Every row of every derived table, but for when it was derived."""
    return {
        table: store.read_only(
            f"SELECT * EXCEPT revision FROM {table} FINAL ORDER BY ALL", "JSONEachRow"
        ).splitlines()
        for table in DERIVED
    }


def entities(store: Store, table: str) -> list[tuple[str, str]]:
    """What was touched, and how it is known."""
    text = store.read_only(f"SELECT entity, origin FROM {table} FINAL ORDER BY ALL", "TSV").decode()
    return [(entity, origin) for entity, origin in (row.split("\t") for row in text.splitlines())]


def test_rows_are_the_same_before_and_after_and_are_all_made_anew(store: Store) -> None:
    follow(store, RULES)
    rows.load(store)
    pay(store)
    pay(store, hours_ago=20)  # in another chunk than the rest
    until = datetime.now(UTC)
    derivation.inherit(store, SINCE, until, until)
    before, began = content(store), number(store, "toUnixTimestamp64Nano(now64(9))")
    assert all(before.values())
    derivation.rederive(store, SINCE, until, timedelta())
    assert content(store) == before
    # The revision of these is when they were received.
    for table in set(DERIVED) - {"outcomes", "changes"}:
        assert number(store, f"countIf(revision < {began}) FROM {table} FINAL") == 0, table


def test_rules_that_changed_add_replace_and_remove_what_they_make(store: Store) -> None:
    pay(store)
    said = ("account:1", "explicit")
    assert entities(store, "data_access") == [said]
    follow(store, RULES)
    derivation.rederive(store, SINCE, UNTIL)
    assert entities(store, "data_access") == [said, ("invoice:1", "mapped")]
    assert entities(store, "effects") == [("", "explicit"), ("invoice:1", "mapped")]
    follow(store, RULES.replace("invoice:{args.invoice}", "bill:{args.invoice}"))
    derivation.rederive(store, SINCE, UNTIL)
    assert entities(store, "data_access") == [said, ("bill:1", "mapped")]
    follow(store, "tools:\n  other: {kind: read}\n")
    derivation.rederive(store, SINCE, UNTIL)
    assert entities(store, "data_access") == [said]
    assert entities(store, "effects") == [("", "explicit")]


def test_only_what_was_received_in_the_period_is_made_anew(store: Store) -> None:
    follow(store, RULES)
    for invoice, hours_ago in ((1, 5), (2, 3), (3, 1)):
        pay(store, invoice, hours_ago)
    follow(store, RULES.replace("invoice:{args.invoice}", "bill:{args.invoice}"))
    derivation.rederive(store, RECEIVED - timedelta(hours=3), RECEIVED - timedelta(hours=1))
    mapped = [entity for entity, origin in entities(store, "data_access") if origin == "mapped"]
    assert mapped == ["bill:2", "invoice:1", "invoice:3"]


def test_prices_that_changed_change_what_past_calls_cost(store: Store) -> None:
    request = spans("chat")
    (span,) = request.resource_spans[0].scope_spans[0].spans
    span.attributes.add(key="gen_ai.operation.name").value.string_value = "chat"
    span.attributes.add(key="gen_ai.request.model").value.string_value = "m"
    span.attributes.add(key="gen_ai.usage.input_tokens").value.int_value = 10
    store.insert_segment(Signal.TRACES, record(request), token())
    price_rows.renew(store, [Price("m", "maker", 2.0, 0.0, 0.0, 0.0, 0.0).row()])
    assert store.read_only("SELECT cost FROM steps FINAL", "TSV") == b"\\N\n"
    derivation.rederive(store, SINCE, UNTIL)
    assert store.read_only("SELECT cost FROM steps FINAL", "TSV") == b"20\n"


def test_a_period_without_anything_changes_nothing(store: Store) -> None:
    follow(store, RULES)
    pay(store)
    before = content(store)
    derivation.rederive(store, RECEIVED - DAY, RECEIVED - timedelta(hours=1))
    derivation.rederive(store, UNTIL, SINCE)
    assert content(store) == before


def test_spans_that_an_upstream_collector_inserted_are_derived_and_made_anew(store: Store) -> None:
    follow(store, RULES)
    said = "'gen_ai.operation.name', 'execute_tool', 'gen_ai.tool.name', 'pay'"
    arguments = "'gen_ai.tool.call.arguments', '{\"invoice\": 7, \"amount\": 5}'"
    insert = UPSTREAM_TRACES_INSERT.replace("map('k', 'v')", f"map({said}, {arguments})")
    assert insert != UPSTREAM_TRACES_INSERT
    store.command(insert)
    until = datetime.now(UTC) + timedelta(seconds=1)
    derivation.inherit(store, SINCE, until, until)
    before = content(store)
    assert number(store, "count() FROM steps WHERE tenant = 'default' AND tool = 'pay'") >= 1
    assert [entity for entity, _ in entities(store, "data_access")] == ["invoice:7"]
    derivation.rederive(store, SINCE, until, timedelta())
    assert content(store) == before
