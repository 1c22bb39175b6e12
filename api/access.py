"""Which scope a route asks for."""

from collections.abc import Callable

from fastapi import Request

from domain.access import Authenticator, Principal, Scope, key_from_headers


def requires(authenticator: Authenticator, scope: Scope) -> Callable[[Request], Principal]:
    """A dependency that yields the caller; raises Unauthenticated or PermissionDenied."""

    def check(request: Request) -> Principal:
        headers = request.headers
        key = key_from_headers(headers.get("authorization"), headers.get("x-api-key"))
        principal = authenticator.authenticate(key)
        principal.require(scope)
        return principal

    return check
