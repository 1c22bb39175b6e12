"""Findings and signatures as the API and the pages read them."""

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from analyzers import registry
from analyzers.runner import Modes, mode
from app import mined_signatures
from app.told import told
from domain.asked import Asked, Heard, Place
from domain.signatures import Signature
from domain.tool_orders import RuleState
from storage.findings import FindingRows
from storage.store import Store

COUNTED = timedelta(days=30)
# What is written at one moment can be read a little later; until then nobody is told of it.
SETTLE_NS = 2 * 10**9


class StoredFindingReader:
    """Those of the store. All calls may block and raise Unavailable."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._rows = FindingRows(store)

    def listed(self, asked: Asked, rows_max: int, place: Place) -> list[dict[str, Any]]:
        """Up to `rows_max`, the latest first, from `place` on."""
        return [told(row) for row in self._rows.listed(asked, rows_max, place)]

    def detail(self, tenant: str, finding_id: str) -> Mapping[str, Any]:
        """One with its history, the verdicts on its signature in its tenant, and the steps of its
        evidence and beside it. Raises NotFound."""
        row = self._rows.one(tenant, finding_id)
        history = self._rows.history(row["tenant"], finding_id)
        return told(row) | {
            "history": [_done(one) for one in history],
            "steps": [
                one | _times(one, "ts") | {"is_evidence": bool(one["is_evidence"])}
                for one in self._rows.steps(row)
            ],
            "signature_name": _names().get(row["signature"], row["signature"]),
            "verdicts": _verdicts(self._rows.verdicts(), row["tenant"], row["signature"]),
        }

    def changed(self, asked: Asked, after: Heard, rows_max: int) -> Sequence[Mapping[str, Any]]:
        """What was found, said or done after `after`, with the change that a listener has then
        heard of."""
        until_ns = time.time_ns() - SETTLE_NS
        rows = self._rows.changed(replace(asked, retracted=True), after, until_ns, rows_max)
        return [told(row) | {"changed_ns": row["changed_ns"]} for row in rows]

    def counts(self, tenant: str) -> Mapping[str, Mapping[str, int]]:
        """Of the last month, not in shadow: by severity those not resolved, and by state."""
        severities, states = Counter[str](), Counter[str]()
        for row in self._rows.counts(tenant, datetime.now(UTC) - COUNTED):
            if not row["shadow"]:
                states[row["state"]] += row["findings"]
                severities[row["severity"]] += row["findings"] * (row["state"] != "resolved")
        return {"severities": severities, "states": states}

    def signatures(self, tenant: str) -> Sequence[Mapping[str, Any]]:
        """The catalogue, then what was mined; with verdicts and findings of 30 days by state."""
        modes, verdicts = self._rows.modes(), self._rows.verdicts()
        states: dict[str, Counter[str]] = {}
        for row in self._rows.counts(tenant, datetime.now(UTC) - COUNTED):
            counted = states.setdefault(row["signature"], Counter())
            counted[row["state"]] += row["findings"]
        described = [_signature(each, modes, tenant) for each in registry.catalogue()]
        return [
            one
            | {"findings": states.get(one["signature"], {})}
            | _verdicts(verdicts, tenant, one["signature"])
            for one in [*described, *map(_mined, mined_signatures.listed(self._store, tenant))]
        ]


def _signature(each: Signature, modes: Modes, tenant: str) -> dict[str, Any]:
    return {
        "signature": each.id,
        "version": each.version,
        "name": each.name,
        "severity": each.severity.name.lower(),
        "prior": each.prior,
        "tags": list(each.tags),
        "lane": each.lane,
        "mode": mode(each, tenant, modes),
    }


def _mined(rule: Mapping[str, Any]) -> dict[str, Any]:
    described = {name: rule[name] for name in ("signature", "name", "severity", "prior", "tags")}
    mode = mined_signatures.MODES[RuleState(rule["mode"])]
    return described | {"version": 1, "lane": "trace", "mode": mode}


def _verdicts(
    verdicts: Mapping[tuple[str, str], tuple[int, int]], tenant: str, signature: str
) -> dict[str, int]:
    of = [
        counts for (owner, named), counts in verdicts.items()
        if named == signature and tenant in ("", owner)
    ]  # fmt: skip
    return {"confirmed": sum(yes for yes, _ in of), "dismissed": sum(no for _, no in of)}


def _done(one: Mapping[str, Any]) -> dict[str, Any]:
    """An action; muted_until is None where nothing was muted."""
    mutes = one["action"] == "mute"
    return {**one, "muted_until": None} | _times(one, "at", *["muted_until"] * mutes)


def _names() -> Mapping[str, str]:
    return {each.id: each.name for each in registry.catalogue()}


def _times(row: Mapping[str, Any], *names: str) -> dict[str, str]:
    return {name: row[name].replace(tzinfo=UTC).isoformat() for name in names}
