"""Does no configured value survive in a request, and does all else stay as it was?"""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue

from collector import intake
from collector.config import RedactionConfig
from collector.intake import Encoding
from collector.records import varint
from collector.redaction import DELETED_ALONE_MAX, REMEMBERED_MAX, Redactor
from collector.redaction_rules import REDACTED, Action
from domain.envelope import Signal
from tests.collector.otlp_requests import as_json, json_bytes, logs, traces

EMITTERS = Path(__file__).parents[1] / "golden" / "emitters"
KEY = b"k" * 32
SECRET = "tell-nobody"


def redactor(**settings: Any) -> Redactor:
    return Redactor(RedactionConfig.model_validate(settings), KEY)


def read(request: Any, redact: Redactor, tenant: str = "acme", *, as_text: bool = False) -> Any:
    """What is left of a request that came as protobuf, or as JSON."""
    is_traces = isinstance(request, ExportTraceServiceRequest)
    signal = Signal.TRACES if is_traces else Signal.LOGS
    encoding = Encoding.JSON if as_text else Encoding.PROTOBUF
    body = json_bytes(as_json(request)) if as_text else request.SerializeToString()
    return type(request).FromString(intake.read(signal, encoding, tenant, body, redact).body)


def span_with(**texts: str) -> Any:
    """A request of one span; two underscores in a name stand for a dot."""
    request = traces(b"span-one")
    for key, text in texts.items():
        attribute = span_of(request).attributes.add(key=key.replace("__", "."))
        attribute.value.string_value = text
    return request


def span_of(request: Any) -> Any:
    return request.resource_spans[0].scope_spans[0].spans[0]


def attributes_of(request: Any) -> dict[str, Any]:
    """Of the first span."""
    return {
        pair.key: getattr(pair.value, pair.value.WhichOneof("value"))
        for pair in span_of(request).attributes
        if pair.value.WhichOneof("value")
    }


def hashed(text: str, tenant: str = "acme") -> str:
    kept = read(span_with(secret=text), redactor(keys={"secret": "hash"}), tenant)
    found: str = attributes_of(kept)["secret"]
    return found


# What hypothesis builds: values nested to any depth, under keys of which some are configured.
KEYS = ["password", "http.request.header.cookie", "http.request.header.x", "kept", "pass"]
RULES = {"password": "drop", "http.request.header.*": "mask"}
keys = st.sampled_from(KEYS)
scalars = st.builds(lambda text: AnyValue(string_value=text), st.text(max_size=3)) | st.builds(
    lambda number: AnyValue(int_value=number), st.integers(0, 9)
)


def _array(items: list[AnyValue]) -> AnyValue:
    value = AnyValue()
    value.array_value.values.extend(items)
    return value


def _map(pairs: list[tuple[str, AnyValue]]) -> AnyValue:
    value = AnyValue()
    value.kvlist_value.values.extend(KeyValue(key=key, value=item) for key, item in pairs)
    return value


values = st.recursive(
    scalars,
    lambda inner: (
        st.builds(_array, st.lists(inner, max_size=3))
        | st.builds(_map, st.lists(st.tuples(keys, inner), max_size=3))
    ),
    max_leaves=8,
)
pairs = st.lists(st.tuples(keys, values), max_size=4)


def marked(value: AnyValue) -> AnyValue:
    """Every text and number below is one that must not survive."""
    if value.HasField("array_value"):
        return _array([marked(item) for item in value.array_value.values])
    if value.HasField("kvlist_value"):
        return _map([(pair.key, marked(pair.value)) for pair in value.kvlist_value.values])
    return AnyValue(string_value=SECRET)


def guarded(value: AnyValue) -> AnyValue:
    """With SECRET below each configured key, and nowhere else."""
    if value.HasField("array_value"):
        return _array([guarded(item) for item in value.array_value.values])
    if value.HasField("kvlist_value"):
        return _map([guarded_pair(pair.key, pair.value) for pair in value.kvlist_value.values])
    return value


def guarded_pair(key: str, value: AnyValue) -> tuple[str, AnyValue]:
    return key, guarded(value) if key in {"kept", "pass"} else marked(value)


def add(owner: Any, made: list[tuple[str, AnyValue]]) -> None:
    for key, value in made:
        name, content = guarded_pair(key, value)
        owner.attributes.add(key=name).value.CopyFrom(content)


@given(pairs, pairs, pairs, pairs, pairs, st.booleans())
def test_whatever_a_trace_request_holds_no_configured_value_survives(
    resource: Any, scope: Any, span: Any, event: Any, link: Any, as_text: bool
) -> None:
    request = traces(b"span-one")
    add(request.resource_spans[0].resource, resource)
    add(request.resource_spans[0].scope_spans[0].scope, scope)
    add(span_of(request), span)
    add(span_of(request).events.add(), event)
    add(span_of(request).links.add(), link)
    kept = read(request, redactor(keys=RULES), as_text=as_text)
    assert SECRET.encode() not in kept.SerializeToString()


@given(pairs, values, st.booleans())
def test_whatever_a_log_request_holds_no_configured_value_survives(
    attributes: Any, body: Any, as_text: bool
) -> None:
    request = logs("one")
    record = request.resource_logs[0].scope_logs[0].log_records[0]
    add(record, attributes)
    record.body.CopyFrom(guarded(body))
    kept = read(request, redactor(keys=RULES), as_text=as_text)
    assert SECRET.encode() not in kept.SerializeToString()


def test_maps_inside_resources_and_bodies_are_read_even_when_the_rest_is_flat() -> None:
    request, records = traces(b"span-one"), logs("one")
    resource = request.resource_spans[0].resource.attributes.add(key="map").value
    body = records.resource_logs[0].scope_logs[0].log_records[0].body
    for value in (resource, body):
        pair = value.kvlist_value.values.add(key="password")
        pair.value.string_value = SECRET
    for sent in (request, records):
        kept = read(sent, redactor(keys=RULES))
        assert SECRET.encode() not in kept.SerializeToString()


@given(pairs)
def test_what_no_rule_names_is_not_changed(made: Any) -> None:
    request = traces(b"span-one")
    add(span_of(request), made)
    untouched = redactor(
        keys={"other": "drop", "other.*": "mask"}, patterns=["email"], pseudonymise=True
    )
    plain = intake.read(Signal.TRACES, Encoding.PROTOBUF, "acme", request.SerializeToString())
    assert read(request, untouched).SerializeToString() == plain.body


@pytest.mark.parametrize(
    ("action", "left"),
    [
        (Action.DROP, {"number": 0}),
        (Action.MASK, {"number": 0, "user.id": REDACTED}),
        (Action.KEEP, {"number": 0, "user.id": SECRET}),
    ],
)
def test_an_action_does_what_it_says(action: Action, left: dict[str, Any]) -> None:
    kept = read(span_with(user__id=SECRET), redactor(keys={"user.id": action}))
    assert attributes_of(kept) == left


@pytest.mark.parametrize("count", [1, DELETED_ALONE_MAX, DELETED_ALONE_MAX + 1, 500])
def test_however_many_attributes_are_dropped_the_others_keep_their_order(count: int) -> None:
    request = traces(b"span-one")
    for number in range(count):
        for key in ("secret", "kept"):
            span_of(request).attributes.add(key=key).value.int_value = number
    kept = span_of(read(request, redactor(keys={"secret": "drop"}))).attributes[1:]
    assert [(pair.key, pair.value.int_value) for pair in kept] == [
        ("kept", number) for number in range(count)
    ]


def test_an_exact_key_wins_over_a_prefix_and_a_long_prefix_over_a_short_one() -> None:
    rules = {"a.*": "drop", "a.b.*": "mask", "a.b.c": "keep"}
    kept = read(span_with(a__x="1", a__b__x="2", a__b__c="3", ab="4"), redactor(keys=rules))
    assert attributes_of(kept) == {"number": 0, "a.b.x": REDACTED, "a.b.c": "3", "ab": "4"}


def test_the_operators_own_keys_win_over_the_lists() -> None:
    rules = redactor(
        keys={"gen_ai.*": "drop", "input.value": "keep", "user.id": "mask"},
        content="hash", pseudonymise=True,
    )  # fmt: skip
    sent = span_with(gen_ai__prompt="p", input__value="in", user__id="u", output__value="out")
    kept = attributes_of(read(sent, rules))
    assert kept.pop("output.value").startswith("sha256:")
    assert kept == {"number": 0, "input.value": "in", "user.id": REDACTED}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('{"a": 1, "b": [true, null]}', '{"b":[true,null],"a":1.0}'),
        ('{"a": "\\u00e9"}', '{"a":"é"}'),
        ("1e2", "100"),
        (" [] ", "[]"),
    ],
)
def test_json_of_one_meaning_has_one_hash(one: str, other: str) -> None:
    assert hashed(one) == hashed(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [('{"a": 1}', '{"a": 2}'), ("[1, 2]", "[2, 1]"), ("abc", '"abc"'), ("a b", "a  b"), ("", " ")],
)
def test_what_differs_in_meaning_differs_in_hash(one: str, other: str) -> None:
    assert hashed(one) != hashed(other)


@pytest.mark.parametrize("text", ["[" * 10_000, "9" * 10_000, '"\\ud800"', "NaN", "1e999", "{"])
def test_text_that_json_chokes_on_is_hashed_too(text: str) -> None:
    assert hashed(text) == hashed(text)
    assert len(hashed(text)) == len("sha256:") + 64


def test_a_value_and_its_json_text_have_one_hash() -> None:
    request = traces(b"span-one")
    values_of = span_of(request).attributes.add(key="secret").value.kvlist_value.values
    values_of.add(key="b").value.int_value = 2
    values_of.add(key="a").value.string_value = "x"
    kept = attributes_of(read(request, redactor(keys={"secret": "hash"})))
    assert kept["secret"] == hashed('{"a": "x", "b": 2}')


def test_tenants_and_keys_do_not_share_hashes_or_pseudonyms() -> None:
    config = RedactionConfig.model_validate({"content": "hash", "pseudonymise": True})
    sent = span_with(user__id="alice", input__value="alice")
    found = set()
    for key, tenant in ((KEY, "acme"), (KEY, "acme2"), (b"x" * 32, "acme")):
        kept = attributes_of(read(sent, Redactor(config, key), tenant))
        found |= {kept["user.id"], kept["input.value"]}
    assert len(found) == 6


@pytest.mark.parametrize(
    ("key", "text", "kind"),
    [
        ("wakeline.entity.ref", "invoice:501", "invoice:"),
        ("wakeline.outcome.target", "invoice:501", "invoice:"),
        ("wakeline.entity.ref", "501", ""),
        ("wakeline.entity.ref", "Ann Other:501", ""),
        ("user.id", "501", ""),
        ("user.id", "auth:501", ""),
    ],
)
def test_a_pseudonym_keeps_the_type_of_a_reference_alone(key: str, text: str, kind: str) -> None:
    sent = span_with(**{key.replace(".", "__"): text})
    found = attributes_of(read(sent, redactor(pseudonymise=True)))[key]
    assert found.startswith(kind)
    assert len(bytes.fromhex(found.removeprefix(kind))) == 8


def test_an_identity_has_one_pseudonym_wherever_it_stands() -> None:
    request = span_with(user__id="501", wakeline__entity__ref="customer:501")
    span_of(request).attributes.add(key="enduser.id").value.int_value = 501
    targets = span_of(request).attributes.add(key="wakeline.intent.target").value.array_value
    targets.values.add(string_value="customer:501")
    kept = attributes_of(read(request, redactor(pseudonymise=True)))
    who = kept["user.id"]
    assert kept["enduser.id"] == who
    assert kept["wakeline.entity.ref"] == f"customer:{who}"
    assert [item.string_value for item in kept["wakeline.intent.target"].values] == [
        f"customer:{who}"
    ]


@pytest.mark.parametrize("mode", ["hash", "none"])
def test_content_of_spans_and_events_is_not_kept(mode: str) -> None:
    request = span_with(
        gen_ai__input__messages=SECRET, gen_ai__prompt__0__content=SECRET, ai__prompt=SECRET,
        llm__input_messages__0__message__content=SECRET, gen_ai__prompt__0__role="user",
        gen_ai__request__model="gpt", content="not of an event of content",
    )  # fmt: skip
    event = span_of(request).events.add(name="gen_ai.user.message")
    event.attributes.add(key="content").value.string_value = SECRET
    kept = read(request, redactor(content=mode))
    assert SECRET.encode() not in kept.SerializeToString()
    left = {"number", "gen_ai.prompt.0.role", "gen_ai.request.model", "content"}
    same = {key: value for key, value in attributes_of(kept).items() if key in left}
    assert same == {key: attributes_of(request)[key] for key in left}
    assert (len(attributes_of(kept)) == len(left)) == (mode == "none")


@pytest.mark.parametrize("named_by", ["event_name", "attribute"])
def test_the_body_of_a_log_of_content_is_not_kept(named_by: str) -> None:
    request = logs("plain", SECRET)
    record = request.resource_logs[0].scope_logs[0].log_records[1]
    if named_by == "event_name":
        record.event_name = "gen_ai.user.message"
    else:
        record.attributes.add(key="event.name").value.string_value = "gen_ai.user.message"
    kept = read(request, redactor(content="none"))
    plain, secret = kept.resource_logs[0].scope_logs[0].log_records
    assert plain.body.string_value == "plain"
    assert not secret.HasField("body")


def test_all_bodies_of_logs_can_be_hashed_or_left_out() -> None:
    def bodies(mode: str) -> list[str]:
        kept = read(logs("one", "two", "one"), redactor(log_bodies=mode))
        records = kept.resource_logs[0].scope_logs[0].log_records
        return [record.body.string_value for record in records]

    first, second, third = bodies("hash")
    assert first == third != second
    assert first.startswith("sha256:")
    assert bodies("none") == ["", "", ""]


def test_patterns_are_searched_in_every_kind_of_text_and_number() -> None:
    card = 4111111111111111
    request = span_with(note=f"card {card}")
    span = span_of(request)
    span.name, span.status.message = f"pay {card}", f"no {card}"
    span.events.add(name=f"e {card}")
    add_value = span.attributes.add
    add_value(key="int").value.int_value = card
    add_value(key="double").value.double_value = card
    add_value(key="bytes").value.bytes_value = b"\xff" + str(card).encode()
    add_value(key="array").value.array_value.values.add(string_value=str(card))
    pair = add_value(key="map").value.kvlist_value.values.add(key="k")
    pair.value.string_value = str(card)
    for patterns in (redactor(patterns=["credit_card"]), redactor(own_patterns={"x": str(card)})):
        kept = read(request, patterns)
        assert str(card).encode() not in kept.SerializeToString()
        found = attributes_of(kept)
        assert (found["int"], found["double"], found["note"]) == (
            REDACTED, REDACTED, f"card {REDACTED}",
        )  # fmt: skip
        assert span_of(kept).name == f"pay {REDACTED}"


@pytest.mark.parametrize("number", [0.4111111111111111, float("nan"), float("inf"), 1e300])
def test_other_numbers_stay_numbers(number: float) -> None:
    request = traces(b"span-one")
    span_of(request).attributes.add(key="double").value.double_value = number
    kept = attributes_of(read(request, redactor(patterns=["credit_card", "phone"])))
    assert repr(kept["double"]) == repr(number)


def test_what_the_parser_does_not_know_is_not_written() -> None:
    unknown = b"\xba\x3e" + field(SECRET.encode())
    body = span_with(password="x").SerializeToString() + unknown
    rules = redactor(keys={"password": "drop"})
    batch = intake.read(Signal.TRACES, Encoding.PROTOBUF, "acme", body, rules)
    assert SECRET.encode() not in batch.body


def test_what_the_parser_overwrites_is_not_written() -> None:
    first = KeyValue(key="password", value=AnyValue(string_value=SECRET)).SerializeToString()
    second = KeyValue(key="kept", value=AnyValue(string_value="x")).SerializeToString()
    # One attribute with two keys and two values, of which the second ones hold.
    span = span_of(traces(b"span-one")).SerializeToString() + b"\x4a" + field(first + second)
    body = b"\x0a" + field(b"\x12" + field(b"\x12" + field(span)))
    rules = redactor(keys={"password": "drop"})
    batch = intake.read(Signal.TRACES, Encoding.PROTOBUF, "acme", body, rules)
    kept = ExportTraceServiceRequest.FromString(batch.body)
    assert attributes_of(kept) == {"number": 0, "kept": "x"}
    assert SECRET.encode() not in batch.body


def field(data: bytes) -> bytes:
    """A length and what it is of."""
    return varint(len(data)) + data


def test_a_request_without_a_configured_key_is_not_rewritten() -> None:
    body = b"\xba\x3e\x03new" + span_with(other="x").SerializeToString()
    rules = redactor(keys={"password": "drop", "a.*": "mask"}, content="hash", pseudonymise=True)
    assert intake.read(Signal.TRACES, Encoding.PROTOBUF, "acme", body, rules).body is body


def test_the_request_id_is_that_of_the_bytes_as_sent() -> None:
    body = span_with(password=SECRET).SerializeToString()
    plain = intake.read(Signal.TRACES, Encoding.PROTOBUF, "acme", body)
    rules = redactor(keys={"password": "drop"})
    redacted = intake.read(Signal.TRACES, Encoding.PROTOBUF, "acme", body, rules)
    assert redacted.request_id == plain.request_id
    assert redacted.body != plain.body


def test_no_sender_makes_the_redactor_remember_keys_without_bound() -> None:
    rules = redactor(keys={"a.*": "drop"})
    request = traces(b"span-one")
    for number in range(2 * REMEMBERED_MAX):
        span_of(request).attributes.add(key=f"a.{number}").value.int_value = number
    assert attributes_of(read(request, rules)) == {"number": 0}
    assert len(rules.actions("")) == REMEMBERED_MAX


def recorded() -> list[tuple[str, bytes]]:
    """Every recorded request of every emitter."""
    files = sorted(EMITTERS.glob("*/*.jsonl"))
    return [(file.parent.name, line) for file in files for line in file.read_bytes().splitlines()]


def test_nobodys_words_are_left_of_what_real_emitters_send() -> None:
    words = ("Correct the invoice", "INV-7 is", "is corrected to 120.50", "Credited 20.5")
    rules = redactor(content="hash", log_bodies="hash")
    kept_before = 0
    for emitter, line in recorded():
        signal = Signal.TRACES if "resourceSpans" in json.loads(line) else Signal.LOGS
        plain = intake.read(signal, Encoding.JSON, "acme", line).body
        kept_before += sum(word.encode() in plain for word in words)
        kept = intake.read(signal, Encoding.JSON, "acme", line, rules).body
        for word in words:
            assert word.encode() not in kept, f"{emitter}: {word}"
    assert kept_before or not recorded()
