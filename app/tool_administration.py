"""tools.yaml for the API and the commands: put in force directly, or by the running instance."""

import threading
import time
from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from typing import Any

from app import local, moments, tools
from app.local import Api
from app.settings import Settings
from domain.errors import Conflict, InvalidInput, Unavailable, WakelineError
from domain.tools import parse
from storage import derivation
from storage.store import Store

DERIVED_DAYS_MAX = 31
REQUEST_TAKES = timedelta(minutes=1)  # since a command reckoned when 31 days ago was
NAME = "tools.yaml"
# Deriving a month anew may take long; who asked for it wants to know how it ended.
DERIVING_SECONDS_MAX = 4 * 3600.0


class Tools:
    """The rules in the store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._applying = threading.Lock()

    def apply(
        self, text: str, since: datetime | None = None, until: datetime | None = None
    ) -> Mapping[str, Any]:
        """Put the file in force, and derive anew what was received in [since, until): until now
        when only `since` is given, at most DERIVED_DAYS_MAX.

        Raises InvalidInput with line, column and path, TooLarge, Conflict while another is being
        applied, Unavailable; only the last may have put it in force, and then says so.
        """
        _check_period(since, until)
        config = parse(text, NAME)
        if not self._applying.acquire(blocking=False):
            raise Conflict("another tools.yaml is being applied; wait until it is done")
        try:
            generation = time.time_ns()
            count = tools.store_rules(self._store, config, generation)
            # What arrives until the rules are stored is derived by those before.
            end = (until or datetime.now(UTC)) if since else None
            if since and end:
                self._derive(since, end)
        finally:
            self._applying.release()
        return {
            "applied_at": moments.of_generation(generation),
            "tools": count,
            "notes": list(tools.notes(config)),
            "derived_since": since and moments.iso(since),
            "derived_until": end and moments.iso(end),
        }

    def in_force(self, tools_max: int, after: str = "") -> Mapping[str, Any]:
        """Up to `tools_max` rules by name, the first after `after`, and what goes beside them."""
        (found,) = self._store.rows("tool_settings")
        return {
            "applied_at": moments.of_generation(found["generation"]),
            "tools_total": found["tools_total"],
            "tools": self._store.rows("tool_rules", after=after, tools=tools_max),
            "volatile_args": found["volatile_arguments"],
            "hubs": found["hubs"],
        }

    def _derive(self, since: datetime, until: datetime) -> None:
        try:
            derivation.rederive(self._store, since, until)
        except WakelineError as error:
            raise Unavailable(
                f"the rules are in force, but not all was derived anew, apply them again: {error}"
            ) from error


class RemoteTools:
    """/v1/tools of a running instance."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def apply(
        self, text: str, since: datetime | None = None, until: datetime | None = None
    ) -> Mapping[str, Any]:
        """As `Tools.apply`."""
        body = {"text": text}
        for name, moment in (("since", since), ("until", until)):
            if moment is not None:
                body[name] = moments.iso(moment)
        done: Mapping[str, Any] = self._api.call("PUT", "/v1/tools", body, DERIVING_SECONDS_MAX)
        return done


def reached(settings: Settings) -> AbstractContextManager[Tools | RemoteTools]:
    """The rules of the running instance or, without one, of the store, made when it is missing.

    Raises Conflict when another process holds it.
    """
    return local.reached(settings, RemoteTools, Tools)


def _check_period(since: datetime | None, until: datetime | None) -> None:
    if since is None:
        if until is not None:
            raise InvalidInput("until goes with since")
        return
    end = until or datetime.now(UTC)
    if since >= end:
        raise InvalidInput(f"since, {moments.iso(since)}, is not before {moments.iso(end)}")
    if end - since > timedelta(days=DERIVED_DAYS_MAX) + REQUEST_TAKES:
        raise InvalidInput(
            f"at most {DERIVED_DAYS_MAX} days are derived anew at once: set until, and go on from"
            " there"
        )
