"""Does tools.yaml become rules, and does a wrong file say where and how to mend it?"""

import json
import re
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from domain import marked_yaml
from domain.errors import InvalidInput, TooLarge
from domain.tools import NEVER, SCHEMA, ToolConfig, parse, references

BILLING = """\
tools:
  billing.get_account:
    {kind: read, entity: "account:{args.account_id}", field: plan_rate, version: "result.etag",
     as_of: "result.updated_at", value: "result.rate"}
  billing.adjust_invoice:
    kind: write
    entity: "invoice:{args.invoice_id}"
    field: amount
    value: "result.amount"
    prev: "result.previous"
    effect: {kind: adjust, metric: cash, unit: EUR, delta: "-args.delta",
             opens: "debt:{args.invoice_id}", closes: "claim:{result.claim}"}
    compensates: "{args.write_id}"
    compensated_by: billing.reverse_adjustment
    verify: {tool: billing.get_account, within: 10m}
    reversible: false
    origin: inferred
  jobs.status: {poll: true}
volatile_args: [request_id, nonce]
hubs: {currency: never, vendor: 200}
"""
ABSENT: tuple[str, list[str], str, bool] = ("", [], "", False)


def at(root: str, *path: str) -> tuple[str, list[str], str, bool]:
    return root, list(path), "", False


def literal(text: str) -> tuple[str, list[str], str, bool]:
    return "literal", [], text, False


def refusal(text: str) -> str:
    with pytest.raises(InvalidInput) as refused:
        parse(text, "tools.yaml")
    return str(refused.value)


def test_each_tool_becomes_a_row_of_the_rules() -> None:
    read, write, poll = parse(BILLING, "tools.yaml").rows()
    assert read == {
        "tool": "billing.get_account", "kind": "read", "poll": False,
        "entity": [literal("account:"), at("args", "account_id")], "field": "plan_rate",
        "source": "", "source_kind": "", "version": at("result", "etag"),
        "as_of": at("result", "updated_at"), "value": at("result", "rate"), "prev": ABSENT,
        "version_prev": ABSENT, "idempotency_key": ABSENT, "reversible": True,
        "effect_kind": "", "effect_metric": "", "effect_unit": "", "effect_delta": ABSENT,
        "opens": [], "closes": [], "compensates": [], "compensated_by": "",
        "verify_tool": "", "verify_within_s": 0, "origin": "mapped",
    }  # fmt: skip
    changed = {name: value for name, value in write.items() if read[name] != value}
    assert changed == {
        "tool": "billing.adjust_invoice", "kind": "write",
        "entity": [literal("invoice:"), at("args", "invoice_id")], "field": "amount",
        "version": ABSENT, "as_of": ABSENT, "value": at("result", "amount"),
        "prev": at("result", "previous"), "reversible": False, "effect_kind": "adjust",
        "effect_metric": "cash", "effect_unit": "EUR",
        "effect_delta": ("args", ["delta"], "", True),
        "opens": [literal("debt:"), at("args", "invoice_id")],
        "closes": [literal("claim:"), at("result", "claim")],
        "compensates": [at("args", "write_id")], "compensated_by": "billing.reverse_adjustment",
        "verify_tool": "billing.get_account", "verify_within_s": 600, "origin": "inferred",
    }  # fmt: skip
    assert (poll["tool"], poll["kind"], poll["poll"]) == ("jobs.status", "none", True)


def test_what_concerns_all_tools_is_kept_beside_them() -> None:
    config = parse(BILLING, "tools.yaml")
    assert config.volatile_args == ("request_id", "nonce")
    assert config.hubs == {"currency": NEVER, "vendor": 200}
    assert parse("tools: {}", "tools.yaml") == ToolConfig()


def test_numbers_may_stand_for_literals() -> None:
    (row,) = parse("tools: {a: {kind: none, effect: {kind: fee, delta: 2.5}}}", "f").rows()
    assert row["effect_delta"] == literal("2.5")


def test_tools_that_are_named_and_not_described_are_found() -> None:
    found = list(references(parse(BILLING, "tools.yaml")))
    assert found == [("billing.adjust_invoice", "compensated_by", "billing.reverse_adjustment")]


WRITE = 'tools:\n  pay: {kind: write, entity: "a:{args.b}", '
WRONG = [
    (
        'tools:\n\n  # why\n  a:\n    kind: read\n    entity: "acount:{args.x"\n',
        "tools.yaml:6:13: tools.a.entity: 'acount:{args.x' lacks its closing brace",
    ),
    (
        "tools:\n  a:\n    kind: raed\n",
        "tools.yaml:3:11: tools.a.kind: 'raed' is not read, write or none",
    ),
    (
        "tools:\n  a:\n    kind: read\n    entiy: x\n",
        "tools.yaml:4:12: tools.a.entiy: no such field; did you mean entity?",
    ),
    (
        "tools: {}\nhub: {}\n",
        "tools.yaml:2:1: hub: no such field; did you mean hubs?",
    ),
    ("tools:\n  a: {kind: read}\n  a: {kind: read}\n", "3:3: 'a' stands here again, first in line"),
    ("tools:\n  a:\n    kind: read\n    kind: none\n", "4:5: 'kind' stands here again, first in"),
    ("tools:\n  a: {}\n", "2:3: tools.a: this is not a mapping with kind, or with poll: true"),
    ("tools:\n  a: {poll: false}\n", "tools.a: this is not a mapping with kind, or"),
    ("tools:\n  a: {kind: no}\n", "2:13: tools.a.kind: false is not read, write or none"),
    ("tools:\n  a: {kind: read, entity: 5}\n", "2:27: tools.a.entity: 5 is not text of 1 to 500"),
    ("tools:\n  a: {kind: read, version: result.v}\n", "2:28: tools.a.version: needs an entity"),
    ('tools:\n  a: {kind: read, entity: "a:b", prev: result.p}\n', "tools.a.prev: only a tool of"),
    (WRITE + "version: arg.v}", "2:53: tools.pay.version: 'arg.v' starts with 'arg'"),
    (WRITE + "verify: {tool: b}}", "tools.pay.verify: this is not a mapping with tool and within"),
    (WRITE + "verify: {tool: b, within: 10}}", "tools.pay.verify.within: 10 is not a time such as"),
    (WRITE + "verify: {tool: b, within: 10x}}", "tools.pay.verify.within: '10x' is no time"),
    (WRITE + "effect: {}}", "tools.pay.effect: this is not a mapping with kind"),
    (WRITE + "effect: {kind: fee, delta: many}}", "tools.pay.effect.delta: 'many' is neither"),
    (WRITE + "effect: {kind: fee, opens: '{x'}}", "tools.pay.effect.opens: '{x' lacks its closing"),
    (WRITE + "source_kind: cahce}", "'cahce' is not primary, replica, cache, index, memory or"),
    (WRITE + "field: 2026-01-01}", "'2026-01-01' is no plain value: put it in quotes"),
    (WRITE + "field: !!binary aGk=}", "is no plain value: put it in quotes"),
    (WRITE + f"field: {'x' * 257}}}", "is not text of 1 to 256 characters"),
    ("tools: {}\nhubs:\n  Vendor: 3\n", "3:11: hubs.Vendor: 'Vendor' is not an entity type"),
    ("tools: {}\nhubs:\n  vendor: 0\n", "3:11: hubs.vendor: 0 is not never, or a whole"),
    ("tools: {}\nvolatile_args:\n- a\n- 5\n", "4:3: volatile_args.1: 5 is not text of 1 to 256"),
    ("tools: {}\nvolatile_args: [a, a]\n", "2:1: volatile_args: this is not a list of at most"),
    ("tools:\n  5: {kind: read}\n", "2:3: the key '5' is no text: put it in quotes"),
    ("tools:\n  ? [a]\n  : {kind: read}\n", "2:5: the key this is no text"),
    ("tools: {'': {kind: read}}", "'' is not text of 1 to 256 characters"),
    ("tools: [\n", "tools.yaml:2:1: while parsing a flow node"),
    ("tools:\n\ta: {}\n", "tools.yaml:2:1: while scanning for the next token"),
    ("tools: {}\n--- {}\n", "tools.yaml:2:1: expected a single document"),
    ("tools: {}\n# \x07", "tools.yaml:2:3: a character that YAML does not allow"),
    ("tools: " + "9" * 5000, "tools.yaml:1:8: '9999"),
    ("", "tools.yaml:1:1: this is not a mapping with tools"),
    ("[]", "tools.yaml:1:1: this is not a mapping with tools"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "told"), WRONG)
def test_a_wrong_file_says_where_it_is_wrong_and_how_to_mend_it(text: str, told: str) -> None:
    assert told in refusal(text)


def test_the_first_of_several_mistakes_is_told() -> None:
    wrong = "tools:\n  a: {kind: read}\n  b: {kind: raed}\nhubs: {A: 1}\nelse: 5\n"
    assert refusal(wrong).startswith("tools.yaml:3:13: tools.b.kind:")


@pytest.mark.parametrize("text", ["a: &a [*a]", "a: " + "[" * 100_000, "a:\n" + "- " * 100_000])
def test_nesting_without_end_is_refused(text: str) -> None:
    assert "nested too deeply" in refusal(text)


def test_aliases_that_multiply_are_refused() -> None:
    lines = ["l0: &l0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 10)}]" for n in range(1, 9)]
    with pytest.raises(TooLarge, match="stands for over 500,000 values"):
        parse("\n".join(lines), "tools.yaml")


def test_a_file_that_is_too_large_is_refused() -> None:
    with pytest.raises(TooLarge, match="over 8,388,608 bytes"):
        parse("# " + "x" * marked_yaml.FILE_BYTES_MAX, "tools.yaml")


def test_more_tools_than_the_bound_are_refused() -> None:
    text = "tools:\n" + "".join(f"  t{number}: {{kind: read}}\n" for number in range(10_001))
    assert "tools: this is not a mapping of at most 10000 tools" in refusal(text)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
FIELDS = st.sampled_from(["kind", "poll", "entity", "value", "effect", "verify", "delta", "x"])


@given(
    st.dictionaries(
        st.sampled_from(["tools", "hubs", "volatile_args", "x"]),
        st.dictionaries(st.text(), st.dictionaries(FIELDS, VALUES) | VALUES, max_size=3) | VALUES,
    )
)
def test_any_yaml_is_read_or_refused_with_its_place(value: object) -> None:
    try:
        parse(yaml.safe_dump(value), "tools.yaml")
    except InvalidInput as refused:
        name, line, column, *_ = str(refused).split(":")
        assert name == "tools.yaml"
        assert int(line) >= 1
        assert int(column) >= 1


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    told = "tools.yaml:"
    try:
        parse(text, "tools.yaml")
    except InvalidInput as refused:
        told = str(refused)
    assert told.startswith("tools.yaml:")


def test_the_documented_file_is_valid_and_every_field_is_documented() -> None:
    page = (Path(__file__).parents[2] / "docs" / "tools.md").read_text()
    example = page.partition("```yaml\n")[2].partition("```")[0]
    assert len(parse(example, "docs").tools) == 3
    fields = json.loads(SCHEMA.read_text())["$defs"]["tool"]["properties"]
    table = page.partition("## Fields of a tool")[2].partition("`effect` has")[0]
    described = re.findall(r"`(\w+)`", "".join(re.findall(r"^\| ([^|]+) \|", table, re.M)))
    assert described == sorted(fields, key=described.index)
