"""Who is calling, for which tenant, and what they may do."""

import base64
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from domain.errors import PermissionDenied

DEFAULT_TENANT = "default"


class Scope(StrEnum):
    """What a key is good for; scopes do not include one another."""

    INGEST = "ingest"
    READ = "read"
    REVIEW = "review"
    GOVERN = "govern"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Principal:
    """An authenticated caller."""

    tenant: str
    scopes: frozenset[Scope]
    key_id: str = ""

    def require(self, *scopes: Scope) -> None:
        """Raises PermissionDenied unless the caller holds one of `scopes`."""
        if self.scopes.isdisjoint(scopes):
            wanted = " or ".join(f"'{scope}'" for scope in scopes)
            raise PermissionDenied(f"this key lacks the scope {wanted}")


ANONYMOUS = Principal(tenant=DEFAULT_TENANT, scopes=frozenset(Scope))


class Authenticator(Protocol):
    """Turns a presented key into a Principal."""

    def authenticate(self, key: str | None) -> Principal:
        """Raises Unauthenticated for a missing or unknown key; never blocks on a database."""
        ...


def key_from_headers(authorization: str | None, api_key: str | None) -> str | None:
    """The key that a caller presents: `X-Api-Key: K`, or `Authorization: Bearer K` or Basic.

    Basic takes the password as key and ignores the user name.
    """
    if api_key:
        return api_key.strip()
    kind, _, value = (authorization or "").strip().partition(" ")
    if kind.lower() == "bearer":
        return value.strip() or None
    if kind.lower() == "basic":
        return _basic_password(value)
    return None


def _basic_password(value: str) -> str | None:
    try:
        user_and_password = base64.b64decode(value, validate=True).decode()
    except ValueError:  # not base64, not ASCII, or not UTF-8 inside
        return None
    return user_and_password.partition(":")[2] or None
