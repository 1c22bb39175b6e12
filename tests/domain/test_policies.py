"""Does policies.yaml become rows, and does a wrong file say where and how to mend it?"""

from datetime import UTC, datetime

import pytest

from domain.errors import InvalidInput
from domain.policies import parse

FILE = """\
policies:
  refunds:
    - version: "3"
      effective_from: "2026-01-31T02:00:00+02:00"
      agents: [billing]
      effect_kinds: [refund, credit]
      min_confidence: 0.8
      max_amount: 500
      max_amount_per_day: 1000
      approval_above: 200
      currency: EUR
    - {version: "4", effective_from: "2026-03-01T00:00:00Z", canary: true, approval_above: 0}
agents:
  billing: {tools: ["billing.*"], tenants: [acme]}
intents:
  refund: {effects: [refund], required: [refund], related: [invoice]}
break_glass: [oncall]
"""
VERSION = 'policies:\n  p:\n    - {version: "1", effective_from: "2026-01-01T00:00:00Z"'


def test_versions_become_rows_with_times_in_utc() -> None:
    first, second = parse(FILE, "policies.yaml").rule_rows()
    assert first["effective_from"] == datetime(2026, 1, 31, tzinfo=UTC)
    assert first["effect_kinds"] == ("refund", "credit")
    assert (first["max_amount"], first["currency"], first["canary"]) == (500, "EUR", False)
    assert (second["canary"], second["approval_above"], second["max_amount"]) == (True, 0, None)


def test_permissions_become_rows_by_kind_and_subject() -> None:
    rows = parse(FILE, "policies.yaml").permission_rows()
    assert {(row["kind"], row["subject"]): row["allowed"] for row in rows} == {
        ("agent_tools", "billing"): ["billing.*"],
        ("agent_tenants", "billing"): ["acme"],
        ("intent_effects", "refund"): ["refund"],
        ("intent_required", "refund"): ["refund"],
        ("intent_related", "refund"): ["invoice"],
        ("break_glass", ""): ["oncall"],
    }


def test_an_empty_file_allows_and_limits_nothing() -> None:
    assert parse("", "policies.yaml").rule_rows() == []
    assert parse("", "policies.yaml").permission_rows() == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (VERSION + ", max_amount: 5}", "p.yaml:3:74: policies.p.0.max_amount: needs a currency"),
        (VERSION + ", max_amont: 5}", "did you mean max_amount?"),
        (VERSION + ", min_confidence: 80}", "80 is not a number from 0 to 1"),
        (VERSION + '}\n    - {version: "1", effective_from: "2027-01-01T00:00Z"}', "twice"),
        (VERSION.replace("2026-01-01T00:00:00Z", "soon") + "}", "'soon' is no time with zone"),
        (VERSION.replace("00Z", "00") + "}", "is no time with zone"),
        (VERSION.replace("2026", "1066") + "}", "is no time with zone"),
        ("policies: {p: []}", "this is not a list of 1 to 100 versions"),
        ("agents: {'': {tools: []}}", "'' is not a name of 1 to 256 characters"),
        ("surprises: 1", "no such field; known are policies, agents, intents, break_glass"),
    ],
)
def test_a_wrong_file_says_where_and_how_to_mend_it(text: str, told: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        parse(text, "p.yaml")
    assert told in str(caught.value)
