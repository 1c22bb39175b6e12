"""API keys as rows of the store."""

from collections.abc import Iterator, Mapping
from typing import Any

from storage.store import Store


class KeyRows:
    """The api_keys table; rows are plain mappings of its columns."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def latest(self) -> Iterator[Mapping[str, Any]]:
        """The latest row of each key."""
        yield from self._store.rows("latest_api_keys")

    def append(self, row: Mapping[str, Any]) -> None:
        """Write a row; changed_at is set by the store."""
        self._store.insert("api_keys", [row])
