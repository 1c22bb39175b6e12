"""Does a process end when the schema of its server is not the one that it knows?"""

import asyncio

import pytest

from app.settings import load
from app.upkeep import Upkeep
from domain.errors import Conflict
from governance.keys import KeyRing
from storage.keys import KeyRows
from storage.store import Store


def test_a_schema_of_a_later_version_ends_it(store: Store) -> None:
    later = {"number": 9999, "name": "9999_later", "checksum": ""}
    store.insert("wakeline_migrations", [later])

    async def keep_up() -> None:
        await Upkeep(load(), store, KeyRing(KeyRows(store))).run()

    with pytest.raises(Conflict, match="the store has migration 9999_later"):
        asyncio.run(keep_up())
