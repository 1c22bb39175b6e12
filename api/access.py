"""Which scope a route asks for."""

from collections.abc import Awaitable, Callable

from fastapi import Request

from domain.access import DEFAULT_TENANT, Authenticator, Principal, Scope, key_from_headers
from domain.errors import PermissionDenied, Unauthenticated, Unavailable


def requires(
    authenticator: Authenticator, *scopes: Scope
) -> Callable[[Request], Awaitable[Principal]]:
    """A dependency that yields a caller who holds one of the scopes.

    Raises Unauthenticated or PermissionDenied.
    """

    async def check(request: Request) -> Principal:
        principal = authenticator.authenticate(_key(request))
        principal.require(*scopes)
        return principal

    return check


def caller_may(authenticator: Authenticator, scope: Scope, request: Request) -> bool:
    """For open routes that tell more to some; never raises."""
    try:
        caller(authenticator, scope, request)
    except (Unauthenticated, PermissionDenied, Unavailable):
        return False
    return True


def reach(principal: Principal) -> str:
    """The tenant that the caller sees and acts in; empty, for all, with keys of the default one."""
    return "" if principal.tenant == DEFAULT_TENANT else principal.tenant


def actor(principal: Principal) -> str:
    """How what the caller did is signed."""
    return principal.key_id or "local"


def caller(
    authenticator: Authenticator, scope: Scope, request: Request, other_key: str | None = None
) -> Principal:
    """Whose key is in the headers, or is `other_key`; raises Unauthenticated, PermissionDenied."""
    principal = authenticator.authenticate(_key(request) or other_key)
    principal.require(scope)
    return principal


def _key(request: Request) -> str | None:
    headers = request.headers
    return key_from_headers(headers.get("authorization"), headers.get("x-api-key"))
