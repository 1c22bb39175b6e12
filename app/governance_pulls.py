"""Which clients of agents pulled what, in memory until it is written to the store."""

from collections import OrderedDict
from collections.abc import Iterable
from datetime import datetime, timedelta
from threading import Lock

from domain.kills import Pull
from domain.thresholds import Issued

CLIENTS_MAX = 50_000
# A client that goes on pulling is written down as often as this.
SEEN_EVERY = timedelta(minutes=5)

Client = tuple[str, str, str]  # tenant, agent, name of the client


class Pulls:
    """Thread-safe; the clients that pulled least lately are forgotten over CLIENTS_MAX."""

    def __init__(self) -> None:
        self._seen: OrderedDict[Client, datetime] = OrderedDict()
        self._written: dict[Client, datetime] = {}
        self._told: dict[Client, set[str]] = {}
        self._new: list[Pull] = []
        self._lock = Lock()

    def note(self, client: Client, issued: Issued, at: datetime) -> None:
        """A client has this document now."""
        with self._lock:
            self._seen[client] = at
            self._seen.move_to_end(client)
            if issued.stops:
                self._tell(client, issued.stops, at)
            if len(self._seen) > CLIENTS_MAX:
                gone, _ = self._seen.popitem(last=False)
                self._told.pop(gone, None)
                self._written.pop(gone, None)

    def taken(self) -> list[Pull]:
        """What has to be written; it is told once."""
        with self._lock:
            new, self._new = self._new, []
            for client, at in self._seen.items():
                written = self._written.get(client)
                if written is None or at - written >= SEEN_EVERY:
                    self._written[client] = at
                    new.append(Pull(*client, at))
        return new

    def give_back(self, pulls: Iterable[Pull]) -> None:
        """They could not be written."""
        with self._lock:
            self._new.extend(pulls)
            del self._new[:-CLIENTS_MAX]

    def seen(self, tenant: str, since: datetime) -> list[Pull]:
        """The last pull of each client since then; tenant: empty for all."""
        with self._lock:
            return [
                Pull(*client, at)
                for client, at in self._seen.items()
                if at >= since and tenant in ("", client[0])
            ]

    def _tell(self, client: Client, stops: tuple[str, ...], at: datetime) -> None:
        known = self._told.get(client, set())
        for stop in stops:
            if stop not in known:
                self._new.append(Pull(*client, at, stop))
        # Switches that are over are left out, so that this does not grow.
        self._told[client] = set(stops)
