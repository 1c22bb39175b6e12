"""Governance for the commands: of the running instance or, without one, of the store."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from api.governance_ports import (
    AutonomyAdministration,
    KillAdministration,
    ThresholdAdministration,
)
from app import governing, local
from app.autonomy_board import AutonomyBoard
from app.governance import Thresholds
from app.governance_kills import Kills
from app.governance_remote import RemoteAutonomy, RemoteKills, RemoteThresholds
from app.local import Api
from app.settings import Settings
from domain.access import ANONYMOUS, Principal
from governance.keys import KeyRing
from storage.keys import KeyRows
from storage.store import Store


@dataclass(frozen=True, slots=True)
class Reached:
    """What governs, and who asks: whoever's key was given, else a nameless local person."""

    thresholds: ThresholdAdministration
    kills: KillAdministration
    autonomy: AutonomyAdministration
    by: Principal


@contextmanager
def reached(settings: Settings, key: str | None) -> Iterator[Reached]:
    """key: of the person who asks. Raises Conflict when another process holds the store."""

    def remote(api: Api) -> Reached:
        asking = api.asking(key)
        return Reached(
            RemoteThresholds(asking), RemoteKills(asking), RemoteAutonomy(asking), ANONYMOUS
        )

    def own(store: Store) -> Reached:
        pulled = governing.unsigned(store)
        board = AutonomyBoard(governing.tuner(settings, store, pulled))
        return Reached(Thresholds(store, pulled), Kills(store, pulled), board, who(store, key))

    with local.reached(settings, remote, own) as found:
        yield found


def who(store: Store, key: str | None) -> Principal:
    """Whoever has the key; without one, a nameless local person. Raises Unauthenticated."""
    if not key:
        return ANONYMOUS
    ring = KeyRing(KeyRows(store))
    ring.refresh()
    return ring.authenticate(key)
