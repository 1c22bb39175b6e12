"""API keys: made once, stored as hashes, checked in constant time."""

import hashlib
import hmac
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, Protocol, Self

from domain.access import Principal, Scope
from domain.errors import InvalidInput, NotFound, Unauthenticated, Unavailable

PREFIX = "wk"
ID_BYTES = 6
SECRET_BYTES = 32
NAME_CHARACTERS_MAX = 200
UNKNOWN = "this API key is not known or was revoked; see `wakeline keys list`"
MISSING = "an API key is required: send 'Authorization: Bearer KEY' or 'X-Api-Key: KEY'"
RETRY_AFTER_S = 2.0
SCOPES = frozenset(map(str, Scope))

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key as it is stored: `secret_sha256` in hex, never the secret."""

    key_id: str
    tenant: str
    name: str
    scopes: tuple[Scope, ...]
    secret_sha256: str
    revoked: bool = False
    changed_at: datetime | None = None

    @classmethod
    def from_row(cls, row: Row) -> Self:
        """Of a row with the same column names."""
        return cls(
            key_id=row["key_id"],
            tenant=row["tenant"],
            name=row["name"],
            # A scope that only a later version knows grants nothing here.
            scopes=tuple(Scope(scope) for scope in row["scopes"] if scope in SCOPES),
            secret_sha256=row["secret_sha256"],
            revoked=bool(row["revoked"]),
            changed_at=row["changed_at"],
        )

    def row(self) -> Row:
        """What is stored; the store sets changed_at."""
        row = asdict(self)
        del row["changed_at"]
        return row


class KeyStore(Protocol):
    """Where keys live: append-only, the latest row of a key_id holds."""

    def latest(self) -> Iterable[Row]:
        """The latest row of each key. Raises Unavailable."""
        ...

    def append(self, row: Row) -> None:
        """Write a new row. Raises Unavailable."""
        ...


def create(store: KeyStore, tenant: str, name: str, scopes: Iterable[Scope]) -> tuple[ApiKey, str]:
    """A new key and its text, which is shown once and can not be found again."""
    if not tenant or not tenant.isprintable() or len(tenant) > NAME_CHARACTERS_MAX:
        raise InvalidInput(f"tenant: 1 to {NAME_CHARACTERS_MAX} printable characters")
    if not name.isprintable() or len(name) > NAME_CHARACTERS_MAX:
        raise InvalidInput(f"name: at most {NAME_CHARACTERS_MAX} printable characters")
    wanted = tuple(sorted(set(scopes)))
    if not wanted:
        raise InvalidInput(f"scopes: at least one of {', '.join(Scope)}")
    secret = secrets.token_urlsafe(SECRET_BYTES)
    key = ApiKey(secrets.token_hex(ID_BYTES), tenant, name, wanted, _digest(secret))
    store.append(key.row())
    return key, f"{PREFIX}_{key.key_id}_{secret}"


def revoke(store: KeyStore, key_id: str) -> ApiKey:
    """The revoked key. Raises NotFound."""
    for key in listed(store):
        if key.key_id == key_id:
            revoked = replace(key, revoked=True, changed_at=None)
            store.append(revoked.row())
            return revoked
    raise NotFound(f"no key has the id '{key_id}'; see `wakeline keys list`")


def listed(store: KeyStore) -> list[ApiKey]:
    """All keys, revoked ones too."""
    return [ApiKey.from_row(row) for row in store.latest()]


class KeyRing:
    """The keys in force, in memory: authentication never waits for the database.

    `refresh` replaces them; when it fails the last known ones stay in force.
    """

    def __init__(self, store: KeyStore) -> None:
        self._store = store
        self._keys: dict[str, ApiKey] | None = None

    @property
    def in_force(self) -> int | None:
        """How many keys are; None before they were read."""
        return None if self._keys is None else len(self._keys)

    def refresh(self) -> None:
        """Read the keys again. Raises Unavailable."""
        self._keys = {key.key_id: key for key in listed(self._store) if not key.revoked}

    def authenticate(self, key: str | None) -> Principal:
        """Raises Unauthenticated; Unavailable while no keys could be read yet."""
        if not key:
            raise Unauthenticated(MISSING)
        if self._keys is None:
            raise Unavailable("the keys could not be read yet: the store is down", RETRY_AFTER_S)
        key_id, secret = _parts(key)
        known = self._keys.get(key_id)
        # An unknown id costs the same comparison as a wrong secret.
        expected = known.secret_sha256 if known else _digest("")
        matches = hmac.compare_digest(_digest(secret), expected)
        if known is None or not matches:
            raise Unauthenticated(UNKNOWN)
        return Principal(known.tenant, frozenset(known.scopes), known.key_id)


def _parts(key: str) -> tuple[str, str]:
    prefix, _, rest = key.partition("_")
    key_id, _, secret = rest.partition("_")
    return (key_id, secret) if prefix == PREFIX else ("", "")


def _digest(secret: str) -> str:
    # A fast hash is enough for 256 random bits: nothing shorter can be guessed.
    return hashlib.sha256(secret.encode()).hexdigest()
