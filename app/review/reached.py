"""The review for the commands: of the running instance or, without one, of the store."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from api.review_ports import ReviewAdministration
from app import governing, local
from app.governance_reached import who
from app.local import Api
from app.review import parts
from app.review.remote import RemoteReviewing
from app.settings import Settings
from domain.access import ANONYMOUS, Principal
from storage.store import Store


@dataclass(frozen=True, slots=True)
class Reached:
    """What is reviewed, and who asks: whoever's key was given, else a nameless local person."""

    reviewing: ReviewAdministration
    by: Principal


@contextmanager
def reached(settings: Settings, key: str | None) -> Iterator[Reached]:
    """key: of the person who asks. Raises Conflict when another process holds the store."""

    def remote(api: Api) -> Reached:
        asking = api.asking(key)
        return Reached(RemoteReviewing(asking), ANONYMOUS)

    def own(store: Store) -> Reached:
        # Nothing is signed here: documents only tell which limits are in force.
        held = parts.reviewing(settings, store, governing.unsigned(store))
        return Reached(held, who(store, key))

    with local.reached(settings, remote, own, must_exist=True) as found:
        yield found
