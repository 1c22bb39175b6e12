"""What analyzers can see of each agent: counted by the engine, judged by the domain."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from app import moments
from domain import coverage
from domain.coverage import DAYS, Counts, Gap, Share, Verdict
from domain.signature_needs import catalogue
from storage import aliases
from storage.store import Store

AGENTS_MAX = 100
KEYS_MAX = 50
# The newest rows that are looked at; a busy store reaches them before the days are over.
STEPS_MAX = 2_000_000
FACTS_MAX = 1_000_000
RAW_MAX = 20_000

Figures = dict[str, Any]


def told(store: Store, days: int = DAYS, agent: str = "") -> Figures:
    """What analyzers can see of each agent, and which attribute keys nothing reads.

    days:   how far to look back, 1 to DAYS_MAX.
    agent:  only the agents of this name; empty = all, those with the most steps first.
    """
    windows = store.rows(
        "coverage_windows", days=days, steps_max=STEPS_MAX, facts_max=FACTS_MAX, raw_max=RAW_MAX
    )
    since = {row["source"]: row["since_unix_s"] for row in windows}
    found = _counted(store, since, agent) if "steps" in since else []
    return {
        "days": days,
        "since": _iso(since["steps"]) if "steps" in since else None,
        "agents_total": found[0]["agents_total"] if found else 0,
        "agents": [_agent(counts) for counts in found],
        "unknown_keys": _unknown_keys(store, since["raw"]) if "raw" in since else [],
    }


def _counted(store: Store, since: Mapping[str, int], agent: str) -> list[Figures]:
    """The agents, each with all of its counts."""
    found = store.rows(
        "coverage_steps",
        since_unix_s=since["steps"],
        agent=agent,
        agents_max=AGENTS_MAX,
        model_operations=list(aliases.table().names["model_operations"]),
    )
    names = sorted({row["agent"] for row in found})
    more = {(row["tenant"], row["agent"]): row for row in found}
    for row in _texts(store, since["steps"], names):
        more[row["tenant"], row["agent"]] |= row
    if "facts" in since:
        outcomes = store.rows("coverage_outcomes", since_unix_s=since["facts"])
        by_tenant = {row["tenant"]: row for row in outcomes}
        for (tenant, _), row in more.items():
            row |= by_tenant.get(tenant, {})
        for facts in store.rows("coverage_facts", since_unix_s=since["facts"], agents=names):
            # Tenants share names of agents, and one of them may be beyond the limit.
            more.get((facts["tenant"], facts["agent"]), {}).update(facts["counts"])
    return found


def _texts(store: Store, since_unix_s: int, agents: list[str]) -> Iterable[Figures]:
    patterns = {
        name: list(map(like, catalogue().keys(name)))
        for name in ("prompts", "answers", "definitions")
    }
    return store.rows("coverage_texts", since_unix_s=since_unix_s, agents=agents, **patterns)


def _unknown_keys(store: Store, since_unix_s: int) -> list[Figures]:
    table = aliases.table()
    globs = [glob for row in table.understood for glob in row["keys"]]
    globs += [glob for attribute in catalogue().attributes for glob in attribute.keys]
    return store.rows(
        "coverage_unknown_keys",
        since_unix_s=since_unix_s,
        raw_max=RAW_MAX,
        known=sorted(table.keys()),
        understood=list(map(like, globs)),
        keys_max=KEYS_MAX,
    )


def like(glob: str) -> str:
    r"""A name with * and ? as the engine's LIKE pattern.

    >>> like("gen_ai.*"), like("100%?")
    ('gen\\_ai.%', '100\\%_')
    """
    for char in ("\\", "%", "_"):
        glob = glob.replace(char, f"\\{char}")
    return glob.replace("*", "%").replace("?", "_")


def _agent(counts: Figures) -> Figures:
    numbers: Counts = {name: n for name, n in counts.items() if isinstance(n, int)}
    verdicts = coverage.verdicts(numbers)
    return {
        "tenant": counts["tenant"],
        "agent": counts["agent"],
        "services": sorted(counts["services"]),
        "steps": counts["steps"],
        "enough_steps": coverage.enough(numbers),
        "attributes": list(map(_attribute, coverage.shares(numbers))),
        "signatures": list(map(_signature, verdicts)),
        "gaps": list(map(_gap, coverage.gaps(verdicts))),
    }


def _attribute(found: Share) -> Figures:
    attribute = found.attribute
    return {
        "attribute": attribute.name,
        "label": attribute.label,
        "of": attribute.of.name if attribute.of else None,
        "count": found.count,
        "n": found.n,
        "share": None if found.share is None else round(found.share, 4),
    }


def _signature(verdict: Verdict) -> Figures:
    return {
        "id": verdict.signature.id,
        "name": verdict.signature.name,
        "sight": verdict.sight.value,
        "lacks": [{"fact": lack.fact, "why": lack.why} for lack in verdict.lacks],
        "also": verdict.signature.also,
    }


def _gap(gap: Gap) -> Figures:
    return {
        "attribute": gap.attribute.name,
        "label": gap.attribute.label,
        "blind": list(gap.blind),
        "degraded": list(gap.degraded),
        "mend": gap.attribute.mend,
    }


def _iso(unix_s: int) -> str:
    return moments.iso(datetime.fromtimestamp(unix_s, UTC))
