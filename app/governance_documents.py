"""The documents that agents pull: from memory, kept up with the store."""

import asyncio
import contextlib
import logging
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from functools import partial
from threading import Lock
from typing import Any

from app.governance_bell import Bell
from app.governance_pulls import Client, Pulls
from domain.errors import Unavailable
from domain.thresholds import Issued
from governance import bundle, documents, flags
from governance.board import START, Board
from storage.governance import GovernanceChanges
from storage.governance_pulls import GovernancePulls
from storage.store import Store

log = logging.getLogger("wakeline")
# A change may be stored a little later than one that was seen before it.
OVERLAP = timedelta(seconds=30)
# What changes by itself, such as the end of a stop, is noticed by whoever waits within this.
LOOK_SECONDS = 0.5


class Documents:
    """Of one process. Thread-safe; `issued`, `waited` and `note` never wait for the store."""

    def __init__(self, store: Store, private_key: bytes, life: timedelta) -> None:
        self.board = Board(private_key, life)
        self.pulls = Pulls()
        self._changes = GovernanceChanges(store)
        self._rows = GovernancePulls(store)
        self._bell = Bell()
        self._since = START + OVERLAP
        self._lock = Lock()
        self.loaded = False
        self._stopped = False

    @property
    def public_keys(self) -> Mapping[str, str]:
        """In hex, by the name that documents call them."""
        return {self.board.key_id: self.board.public_key.hex()}

    def issued(self, tenant: str, agent: str) -> Issued:
        """What the agent acts by now. Raises Unavailable while the store was not read yet."""
        if not self.loaded:
            raise Unavailable("the limits could not be read yet: the store is down", 2.0)
        return self.board.document(tenant, agent, datetime.now(UTC))

    async def waited(self, tenant: str, agent: str, etag: str, seconds: float) -> Issued:
        """As soon as it is another than the one with the tag, or after so long; at once when the
        process is to end."""
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        while True:
            seen = self.board.generation
            issued = self.issued(tenant, agent)
            left = end - loop.time()
            if issued.etag != etag or left <= 0 or self._stopped:
                return issued
            await self._bell.wait(min(left, LOOK_SECONDS), partial(self._changed_since, seen))

    def flags(
        self, tenant: str, agent: str, asked: Mapping[str, Any], key: str = ""
    ) -> list[Mapping[str, Any]]:
        """Flags of an agent: the one with the key, empty if there is none, or all.

        asked: case, agent_version, capability, confidence, amount. Of all, those that need a case
        have no value where none is named. Each with key, value, why and version.
        """
        now = datetime.now(UTC)
        document = documents.read(self.issued(tenant, agent).signed.body)
        asking = flags.Asking(**asked)
        found: list[Mapping[str, Any]] = []
        for name in [key] if key else flags.keys(document):
            if flags.needs_case(name) and not asking.case:
                found.append({"key": name, "value": None, "why": "", "version": document.version})
            elif (flag := flags.flag(document, name, asking, now)) is not None:
                found.append({**asdict(flag), "version": document.version})
        return found

    def bundle(self, tenant: str) -> tuple[bytes, str]:
        """All agents of a tenant for Open Policy Agent, and the revision."""
        agents = [held.governed.agent for held in self.board.held(tenant)]
        bodies = (self.issued(tenant, agent).signed.body for agent in agents)
        return bundle.packed(map(documents.read, bodies))

    def stop(self) -> None:
        """Let nobody wait any more."""
        self._stopped = True
        self._bell.ring()

    def note(self, client: Client, issued: Issued) -> None:
        """A client of an agent has the document."""
        self.pulls.note(client, issued, datetime.now(UTC))

    def refresh(self) -> None:
        """Read what was changed since the last time. Raises Unavailable."""
        with self._lock:
            records, last = self._changes.latest(self._since - OVERLAP)
            self._since = max(self._since, last)
            news = self.board.take(records)
            self.loaded = True
        for problem in self.board.problems():
            log.error("governance: %s; see `wakeline audit verify`", problem)
        if news:
            self._bell.ring()

    def keep_up(self) -> None:
        """Refresh, and write down who pulled. Raises Unavailable."""
        self.refresh()
        self.write_pulls()

    def write_pulls(self) -> None:
        """Raises Unavailable; what could not be written is kept."""
        pulls = self.pulls.taken()
        with contextlib.ExitStack() as undo:
            undo.callback(self.pulls.give_back, pulls)
            self._rows.keep(pulls)
            undo.pop_all()

    def _changed_since(self, generation: int) -> bool:
        return self._stopped or self.board.generation != generation
