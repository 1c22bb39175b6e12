"""API keys for the API and the command line: governance's rules over the store's rows."""

from collections.abc import Iterable, Mapping
from typing import Any

from app import moments
from domain.access import Scope
from governance import keys
from governance.keys import ApiKey, KeyStore


class Keys:
    """What may be told of keys: everything but their hashes."""

    def __init__(self, store: KeyStore) -> None:
        self._store = store

    def create(self, tenant: str, name: str, scopes: Iterable[Scope]) -> Mapping[str, Any]:
        """The new key; `key` is its text, shown this once."""
        created, text = keys.create(self._store, tenant, name, scopes)
        return {**_public(created), "key": text}

    def listed(self) -> list[Mapping[str, Any]]:
        """All keys, the newest first."""
        return [_public(key) for key in keys.listed(self._store)]

    def revoke(self, key_id: str) -> Mapping[str, Any]:
        """Raises NotFound."""
        return _public(keys.revoke(self._store, key_id))


def _public(key: ApiKey) -> Mapping[str, Any]:
    public: dict[str, Any] = {
        "key_id": key.key_id,
        "tenant": key.tenant,
        "name": key.name,
        "scopes": list(key.scopes),
        "revoked": key.revoked,
    }
    if key.changed_at is not None:
        public["changed_at"] = moments.iso(key.changed_at)
    return public
