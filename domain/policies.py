"""policies.yaml: how much may be done, by whom, how surely, and with whose approval?"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from domain import marked_yaml, yaml_shapes
from domain.marked_yaml import Document

SCHEMA = Path(__file__).with_name("policies.schema.json")
AMOUNTS = ("max_amount", "max_amount_per_day", "approval_above")
YEARS = range(1971, 2200)  # what the store's times hold, with a margin
# By section and field of the file: what kind of permission it is in the store.
AGENT_KINDS = {"tools": "agent_tools", "tenants": "agent_tenants"}
INTENT_KINDS = {
    "effects": "intent_effects",
    "required": "intent_required",
    "related": "intent_related",
}
BREAK_GLASS = "break_glass"


@dataclass(frozen=True, slots=True)
class PolicyRule:
    """One version of one policy.

    canary:              may be in use beside the version in force.
    shadow:              its findings are of a rule that is being tried: none are made of it yet.
    agents, actions, effect_kinds: what it is about; empty: all.
    min_confidence:      0 to 1; None: nothing is said, as for the amounts.
    max_amount:          of one effect, in `currency`; max_amount_per_day of all within 24 h by one
                         agent on one entity or case.
    approval_above:      in `currency`; effects of more need an approval.
    """

    policy_id: str
    version: str
    effective_from: datetime
    canary: bool = False
    agents: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    effect_kinds: tuple[str, ...] = ()
    min_confidence: float | None = None
    max_amount: float | None = None
    max_amount_per_day: float | None = None
    currency: str = ""
    approval_above: float | None = None
    shadow: bool = False


@dataclass(frozen=True, slots=True)
class PolicyConfig:
    """All of one policies.yaml.

    permissions:  by kind (AGENT_KINDS, INTENT_KINDS, BREAK_GLASS) and subject, what is allowed.
    """

    rules: tuple[PolicyRule, ...] = ()
    permissions: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)

    def rule_rows(self) -> list[dict[str, Any]]:
        """One row of the table `policy_rules` for each version."""
        return [asdict(rule) for rule in self.rules]

    def permission_rows(self) -> list[dict[str, Any]]:
        """Rows of the table `policy_permissions`."""
        return [
            {"kind": kind, "subject": subject, "allowed": list(allowed)}
            for (kind, subject), allowed in self.permissions.items()
        ]


def parse(text: str, name: str) -> PolicyConfig:
    """The policies.yaml in `text`; `name` is what errors call the file.

    Raises InvalidInput for the first thing that is wrong, with line, column, path and the mend.
    """
    document = marked_yaml.parse(text, name)
    yaml_shapes.check(document, SCHEMA)
    rules = tuple(_rules(document))
    return PolicyConfig(rules, dict(_permissions(document.value)))


def _rules(document: Document) -> Iterator[PolicyRule]:
    for policy_id, versions in document.value.get("policies", {}).items():
        seen: set[str] = set()
        for index, said in enumerate(versions):
            path = ("policies", policy_id, index)
            if said["version"] in seen:
                raise document.error((*path, "version"), "this version stands here twice")
            seen.add(said["version"])
            yield _rule(document, path, said)


def _rule(document: Document, path: marked_yaml.Path, said: Mapping[str, Any]) -> PolicyRule:
    for name in AMOUNTS:
        if said.get(name) and "currency" not in said:
            raise document.error((*path, name), "needs a currency beside it: of what?")
    lists = {name: tuple(said.get(name, ())) for name in ("agents", "actions", "effect_kinds")}
    begins = _moment(document, (*path, "effective_from"), said["effective_from"])
    return PolicyRule(str(path[1]), **(dict(said) | lists | {"effective_from": begins}))


def _moment(document: Document, path: marked_yaml.Path, text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None or found.year not in YEARS:
        raise document.error(path, f"'{text}' is no time with zone, as 2026-01-31T00:00:00Z")
    return found.astimezone(UTC)


def _permissions(found: Mapping[str, Any]) -> Iterator[tuple[tuple[str, str], tuple[str, ...]]]:
    for section, kinds in (("agents", AGENT_KINDS), ("intents", INTENT_KINDS)):
        for subject, said in found.get(section, {}).items():
            for name, allowed in said.items():
                yield (kinds[name], subject), tuple(allowed)
    if "break_glass" in found:
        yield (BREAK_GLASS, ""), tuple(found["break_glass"])
