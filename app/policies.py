"""policies.yaml for the commands and the API: put in force, and shown as it is in force."""

import time
from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import UTC
from typing import Any

from app import local, moments
from app.local import Api
from app.settings import Settings
from domain.asked import EVER
from domain.policies import PolicyConfig, parse
from storage.store import Store

NAME = "policies.yaml"
ROWS_MAX = 100_000
# A generation without rows would leave the one before it in force.
NO_RULE: dict[str, Any] = {"policy_id": "", "version": "", "effective_from": EVER}
NO_PERMISSION: dict[str, Any] = {"kind": "", "subject": "", "allowed": []}


class Policies:
    """Those of the store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def apply(self, text: str) -> Mapping[str, Any]:
        """Put the file in force: analyzers hold it against what they look at from now on.

        Raises InvalidInput with line, column and path, TooLarge, Unavailable.
        """
        config = parse(text, NAME)
        generation = time.time_ns()
        _store(self._store, config, generation)
        return {"applied_at": moments.of_generation(generation), **counted(config)}

    def in_force(self) -> Mapping[str, Any]:
        """When it was applied, and the rows of both tables; None and empty before any."""
        rules = self._store.rows("policy_rules", rows_max=ROWS_MAX)
        permissions = self._store.rows("policy_permissions", rows_max=ROWS_MAX)
        generation = max((row["generation"] for row in rules), default=0)
        return {
            "applied_at": moments.of_generation(generation),
            "policies": [_shown(row) for row in rules if row["policy_id"]],
            "permissions": [_shown(row) for row in permissions if row["kind"]],
        }


class RemotePolicies:
    """/v1/policies of a running instance."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def apply(self, text: str) -> Mapping[str, Any]:
        """As `Policies.apply`."""
        done: Mapping[str, Any] = self._api.call("PUT", "/v1/policies", {"text": text})
        return done

    def in_force(self) -> Mapping[str, Any]:
        """As `Policies.in_force`."""
        found: Mapping[str, Any] = self._api.call("GET", "/v1/policies")
        return found


def reached(settings: Settings) -> AbstractContextManager[Policies | RemotePolicies]:
    """Those of the running instance or, without one, of the store, made when it is missing.

    Raises Conflict when another process holds it.
    """
    return local.reached(settings, RemotePolicies, Policies)


def counted(config: PolicyConfig) -> Mapping[str, int]:
    """How many policies, versions of them and permissions the file has."""
    return {
        "policies": len({rule.policy_id for rule in config.rules}),
        "versions": len(config.rules),
        "permissions": len(config.permissions),
    }


def _store(store: Store, config: PolicyConfig, generation: int) -> None:
    """generation: higher than that of any file before, such as the time in ns."""
    for table, rows, nothing in (
        ("policy_permissions", config.permission_rows(), NO_PERMISSION),
        ("policy_rules", config.rule_rows(), NO_RULE),
    ):
        store.insert(table, [{"generation": generation, **row} for row in rows or [nothing]])


def _shown(row: Mapping[str, Any]) -> Mapping[str, Any]:
    kept = {name: value for name, value in row.items() if name != "generation"}
    if "effective_from" in kept:
        kept["effective_from"] = moments.iso(kept["effective_from"].replace(tzinfo=UTC))
    return kept
