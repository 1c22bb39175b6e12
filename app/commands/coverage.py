"""How `wakeline doctor --coverage` asks and prints what analyzers see of each agent."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from app import local, printing
from app.report import Report
from app.settings import Settings
from domain.coverage import STEPS_MIN, Sight, percent

AGENTS_SHOWN_MAX = 20
DETAILED_MAX = 3
KEYS_SHOWN_MAX = 20
WORDS = {Sight.SEEN: "seen", Sight.DEGRADED: "part", Sight.BLIND: "blind"}

Found = Mapping[str, Any]


def ask(settings: Settings, days: int, agent: str) -> Found:
    """What /v1/coverage says, of the running instance or of the store itself.

    Raises Conflict when there is no store, Unavailable when its schema is older than this version.
    """
    if (api := local.instance(settings)) is not None:
        found: Found = api.call("GET", f"/v1/coverage?{urlencode({'days': days, 'agent': agent})}")
        return found
    with local.reading(settings) as store:
        return Report(store, None).coverage(days, agent)


def show(found: Found, agent: str) -> None:
    """All agents in a table; one that was asked for, or the only one, in detail."""
    agents = found["agents"]
    if not agents:
        named = f" of an agent named {agent}" if agent else ""
        printing.line(f"no steps{named} in the last {printing.count(found['days'], 'day')}")
    elif agent or len(agents) == 1:
        for each in agents[:DETAILED_MAX]:
            _detail(each, found)
        _more(len(agents) - DETAILED_MAX, "agent of this name", "agents of this name")
    else:
        _overview(found)
    if keys := found["unknown_keys"]:
        _unknown(keys)


def _overview(found: Found) -> None:
    agents = found["agents"][:AGENTS_SHOWN_MAX]
    printing.line(f"steps since {found['since']}; how many signatures see each agent:")
    printing.table(("tenant", "agent", "steps", *WORDS.values()), map(_row, agents))
    _more(found["agents_total"] - len(agents), "agent", "agents")
    if not all(agent["enough_steps"] for agent in agents):
        printing.line(f"? = too few steps to tell, {STEPS_MIN} needed")
    printing.line("--agent NAME says what is missing and why")


def _row(agent: Found) -> tuple[str, ...]:
    sights = [signature["sight"] for signature in agent["signatures"]]
    numbers = [str(sights.count(sight)) if sights else "?" for sight in WORDS]
    return agent["tenant"], _name(agent), f"{agent['steps']:,}", *numbers


def _detail(agent: Found, found: Found) -> None:
    services = ", ".join(agent["services"])
    printing.line(f"{_name(agent)} of {agent['tenant']} (service {services})", style="bold")
    printing.line(f"{printing.count(agent['steps'], 'step')} since {found['since']}")
    there = [each for each in agent["attributes"] if each["of"] is None or each["n"]]
    printing.table(("attribute", "share", "n"), map(_share, there))
    if not agent["enough_steps"]:
        printing.line(f"too few steps to tell what signatures see: {STEPS_MIN} needed")
        return
    seen = [each["id"] for each in agent["signatures"] if each["sight"] == Sight.SEEN]
    printing.line(f"seen: {', '.join(seen) or 'none'}")
    for sight, title in ((Sight.DEGRADED, "in part"), (Sight.BLIND, "blind")):
        if limited := [each for each in agent["signatures"] if each["sight"] == sight]:
            printing.table((title, "because"), map(_signature, limited))
    if agent["gaps"]:
        printing.table(("missing", "for", "what to do"), map(_gap, agent["gaps"]))


def _share(attribute: Found) -> tuple[str, ...]:
    if attribute["of"] is None:
        return attribute["label"], "", f"{attribute['n']:,}"
    return f"  {attribute['label']}", percent(attribute["share"]), f"{attribute['n']:,}"


def _signature(signature: Found) -> tuple[str, ...]:
    facts = dict.fromkeys(lack["fact"] for lack in signature["lacks"])
    return f"{signature['id']} {signature['name']}", "; ".join(facts)


def _gap(gap: Found) -> tuple[str, ...]:
    return gap["label"], str(len(gap["blind"]) + len(gap["degraded"])), gap["mend"]


def _unknown(keys: Sequence[Found]) -> None:
    printing.line(
        "attribute keys of the newest spans and log records that nothing reads (* = any number):"
    )
    printing.pairs(
        (printing.visible(row["key"]), f"{_rows(row)} of {row['scope'] or 'no scope'}")
        for row in keys[:KEYS_SHOWN_MAX]
    )
    _more(len(keys) - KEYS_SHOWN_MAX, "key", "keys")


def _rows(key: Found) -> str:
    return printing.count(key["rows"], "span" if key["signal"] == "span" else "log record")


def _name(agent: Found) -> str:
    return agent["agent"] or "(unnamed)"


def _more(hidden: int, one: str, many: str) -> None:
    if hidden > 0:
        printing.line(f"… and {hidden:,} {one if hidden == 1 else many} more: --format json")
