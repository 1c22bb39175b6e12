"""Does a rule file say what a signature is, and is a wrong one refused with its key?"""

from pathlib import Path

import pytest

from domain import predicates, signatures
from domain.errors import InvalidInput
from domain.findings import Severity

TEXT = """
id: GOV-01
version: 2
name: acted below confidence
severity: high
prior: 0.8
tags: {mast: ["1.1"], microsoft: [excessive agency]}
lane: case
relation: decisions_carried_out
parameters: {margin: 0.05}
when: [confidence < least, approval_id == '']
raise_when: [not reversible]
wait_s: 300
facts: [agent, {missing: least - confidence}]
mute_key: [agent]
reason: "{agent} acted {missing} below."
"""


def test_a_rule_file_is_a_signature() -> None:
    found = signatures.parse(TEXT, "gov_01.yaml")
    assert (found.id, found.version, found.severity) == ("GOV-01", 2, Severity.HIGH)
    assert found.tags == ("mast:1.1", "microsoft:excessive agency")
    assert found.when == tuple(map(predicates.parse, ("confidence < least", "approval_id == ''")))
    assert found.raise_when == (predicates.parse("not reversible"),)
    assert found.facts == {
        "agent": predicates.parse("agent"),
        "missing": predicates.parse("least - confidence"),
    }
    assert (found.lane, found.wait_s, found.parameters) == ("case", 300, {"margin": 0.05})
    assert found.touched_by == ("steps", "facts")


def test_a_rule_without_a_relation_is_looked_for_by_an_analyzer() -> None:
    text = "{id: LOOP-01, version: 1, name: x, severity: low, prior: 1, reason: x}"
    found = signatures.parse(text, "loop_01.yaml")
    assert (found.relation, found.when, found.facts, found.lane) == ("", (), {}, "trace")


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("version: 2", "versoin: 2", "unknown key 'versoin'; known: facts, id"),
        ("GOV-01", "gov", "id: 'gov' is not like GOV-01"),
        ("prior: 0.8", "prior: 0", "prior: more than 0, at most 1"),
        ("lane: case", "lane: bus", "lane: 'bus' is none of trace, field"),
        ("mast:", "mist:", "tags: 'mist' is none of mast, trail"),
        ("wait_s: 300", "touched_by: [bus]", "touched_by: 'bus' is none of accesses, approvals"),
        ("high", "dire", "DIRE"),
        ("version: 2\n", "", "version"),
        ("missing:", "Missing:", "facts: 'Missing' is no lower-case name"),
        ("confidence < least", "confidence <", "is no expression"),
        ("id: GOV", "id: [", "ParserError|while parsing"),
    ],
)
def test_a_wrong_rule_file_is_named_with_what_is_wrong(old: str, new: str, reason: str) -> None:
    with pytest.raises(InvalidInput, match=rf"(?s)^gov_01.yaml: .*({reason})"):
        signatures.parse(TEXT.replace(old, new), "gov_01.yaml")


def test_a_rule_file_is_a_mapping() -> None:
    with pytest.raises(InvalidInput, match="a rule is a mapping"):
        signatures.parse("[1]", "x.yaml")


def test_a_folder_is_read_in_the_order_of_ids(tmp_path: Path) -> None:
    (tmp_path / "gov_02.yaml").write_text(TEXT.replace("GOV-01", "GOV-02"))
    (tmp_path / "gov_01.yaml").write_text(TEXT)
    assert [each.id for each in signatures.load(tmp_path)] == ["GOV-01", "GOV-02"]
