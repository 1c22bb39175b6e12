"""Do `wakeline tools check`, `apply` and `suggest` do what they say, on a real store?"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from app import tools
from domain.tools import parse
from tests.app import stored
from tests.app.commands import invoke

pytestmark = pytest.mark.usefixtures("shared_engine")
BILLING = """\
tools:
  billing.get_account: {kind: read, entity: "account:{args.account_id}", version: result.etag}
  billing.adjust_invoice:
    kind: write
    entity: "invoice:{args.invoice_id}"
    field: amount
    value: result.amount
    effect: {kind: adjust, metric: cash, delta: -args.delta, unit: EUR, opens: "debt:{args.id}"}
    compensated_by: billing.reverse_adjustment
    verify: {tool: billing.get_account, within: 10m}
    reversible: false
  jobs.status: {poll: true}
volatile_args: [request_id]
hubs: {vendor: 200, currency: never}
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "tools.yaml"
    path.write_text(BILLING)
    return path


def rules(data: Path) -> list[dict[str, Any]]:
    """The rules in force, as the engine has them."""
    query = (
        "SELECT * EXCEPT generation FROM tool_rules"
        " WHERE generation = (SELECT max(generation) FROM tool_rules) ORDER BY tool"
    )
    lines = invoke("sql", query, "--data", data, "--format", "JSONEachRow").out.splitlines()
    return [json.loads(line) for line in lines]


def calls(path: Path, *made: tuple[str, Mapping[str, Any], Any]) -> Path:
    """A file of tool spans: name, arguments, result."""
    request = ExportTraceServiceRequest()
    scope = request.resource_spans.add().scope_spans.add()
    for number, (tool, arguments, result) in enumerate(made, start=1):
        span = scope.spans.add(
            trace_id=bytes(15) + b"\1", span_id=number.to_bytes(8), name=f"execute_tool {tool}",
            start_time_unix_nano=stored.START, end_time_unix_nano=stored.START + 1,
        )  # fmt: skip
        for key, text in (
            ("gen_ai.tool.name", tool),
            ("gen_ai.tool.call.arguments", json.dumps(arguments)),
            ("gen_ai.tool.call.result", json.dumps(result)),
        ):
            span.attributes.add(key=key).value.string_value = text
    return stored.messages(path, request)


def test_check_says_what_each_entry_derives(file: Path) -> None:
    outcome = invoke("tools", "check", file)
    assert outcome.code == 0
    assert outcome.out.splitlines() == [
        "tool\tderives",
        "billing.get_account\tread, of account:{args.account_id}, version result.etag",
        "billing.adjust_invoice\twrite, of invoice:{args.invoice_id}, field amount,"
        " value result.amount, taken back by billing.reverse_adjustment, irreversible,"
        " effect adjust cash -args.delta EUR, opens debt:{args.id},"
        " billing.get_account has to follow within 600 s",
        "jobs.status\trepeated calls are polling, no entity and no effect: nothing is stored",
    ]
    assert outcome.err == (
        "note: billing.adjust_invoice.compensated_by names billing.reverse_adjustment,"
        " which this file does not describe\n"
    )


def test_check_prints_the_rows_as_json(file: Path) -> None:
    told = invoke("tools", "check", file, "--format", "json").json
    assert [row["tool"] for row in told["tools"]] == [
        "billing.get_account",
        "billing.adjust_invoice",
        "jobs.status",
    ]
    assert told["volatile_args"] == ["request_id"]
    assert told["hubs"] == {"vendor": 200, "currency": 0}


@pytest.mark.parametrize("command", ["check", "apply"])
def test_a_wrong_file_is_refused_in_one_line_with_its_place(command: str, file: Path) -> None:
    file.write_text("tools:\n  a:\n    kind: read\n    entity: 'acount:{args.x'\n")
    told = invoke("tools", command, file).refused()
    assert told == f"{file}:4:13: tools.a.entity: 'acount:{{args.x' lacks its closing brace"


def test_what_is_no_text_or_too_large_is_refused(file: Path) -> None:
    file.write_bytes(b"tools: {\xff}")
    assert "is not UTF-8: invalid start byte at byte 8" in invoke("tools", "check", file).refused()
    file.write_bytes(b"#" * (8 * 1024**2 + 1))
    assert "is over 8,388,608 bytes" in invoke("tools", "check", file).refused()
    assert invoke("tools", "check", file.with_name("nowhere.yaml")).code == 2


def test_a_byte_order_mark_is_no_mistake(file: Path) -> None:
    file.write_bytes(b"\xef\xbb\xbf" + BILLING.encode())
    assert invoke("tools", "check", file).code == 0


def test_applied_rules_are_in_the_store_as_they_were_written(file: Path, data: Path) -> None:
    outcome = invoke("tools", "apply", file, "--data", data)
    assert (outcome.code, outcome.out) == (0, "3 tools in force\n")
    write, read, poll = rules(data)
    expected = parse(BILLING, "tools.yaml").rows()
    for row, wanted in zip((read, write, poll), expected, strict=True):
        assert json.loads(json.dumps(row), object_hook=_tuples) == json.loads(json.dumps(wanted))


def _tuples(row: dict[str, Any]) -> Any:
    """An expression as the engine prints it, as a list of its four parts."""
    if row.keys() == {"root", "path", "text", "negative"}:
        return [row["root"], row["path"], row["text"], row["negative"]]
    return row


def test_what_is_applied_takes_the_place_of_all_before(file: Path, data: Path) -> None:
    assert invoke("tools", "apply", file, "--data", data).code == 0
    file.write_text("tools: {only: {kind: read}}")
    assert invoke("tools", "apply", file, "--data", data).out == "1 tool in force\n"
    assert [rule["tool"] for rule in rules(data)] == ["only"]
    file.write_text("tools: {}")
    assert invoke("tools", "apply", file, "--data", data).out == "0 tools in force\n"
    assert [(rule["tool"], rule["kind"]) for rule in rules(data)] == [("", "none")]


def test_options_that_can_not_be_meant_are_refused(file: Path, data: Path) -> None:
    assert invoke("tools", "apply", file, "--until", "1d", "--data", data).code == 2
    told = invoke("tools", "apply", file, "--since", "soon", "--data", data).refused()
    assert "'soon' is no time" in told
    assert "'1 week' is no time" in invoke("tools", "suggest", "--since", "1 week").refused()


def test_suggest_drafts_what_was_seen_and_check_takes_it(data: Path, tmp_path: Path) -> None:
    seen = calls(
        tmp_path / "spans.pb",
        ("get_account", {"account_id": "A1"}, {"etag": "7", "updated_at": "2026-01-01", "rate": 2}),
        ("get_account", {"account_id": "A2"}, "not found"),
        ("adjust_invoice", {"invoice_id": 5, "amount": 3}, {"ok": True}),
        ("odd\n  name: {kind: write}", {}, None),
    )
    assert invoke("replay", seen, "--data", data).code == 0
    outcome = invoke("tools", "suggest", "--since", "1h", "--data", data)
    assert (outcome.code, outcome.err) == (0, "")
    assert "# 2 calls; 'get' says read; args.account_id says of what." in outcome.out
    draft = tmp_path / "draft.yaml"
    draft.write_text(outcome.out)
    config = tools.read(draft)
    assert [tool.name for tool in config.tools] == [
        "get_account",
        "adjust_invoice",
        "odd\n  name: {kind: write}",
    ]
    assert tools.derived(config.tools[0]) == (
        "read, of account:{args.account_id}, field rate, version result.etag,"
        " as_of result.updated_at, value result.rate"
    )
    assert {tool.origin for tool in config.tools} == {"inferred"}


def test_suggest_without_spans_is_an_empty_file(data: Path, tmp_path: Path) -> None:
    draft = tmp_path / "draft.yaml"
    draft.write_text(invoke("tools", "suggest", "--data", data).out)
    assert tools.read(draft).tools == ()


def test_a_span_that_was_sent_twice_counts_once(data: Path, tmp_path: Path) -> None:
    once = calls(tmp_path / "1.pb", ("get_account", {"account_id": 1}, None))
    again = calls(
        tmp_path / "2.pb",
        ("get_account", {"account_id": 1}, None),
        ("get_account", {"account_id": 2}, None),
    )
    assert invoke("replay", once, again, "--data", data).code == 0
    assert "# 2 calls;" in invoke("tools", "suggest", "--data", data).out
