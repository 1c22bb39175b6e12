"""How keys are checked in one process: not at all, by the key ring, or by its own local token."""

import hmac
from collections.abc import Callable
from datetime import datetime

from domain.access import ANONYMOUS, Authenticator, Principal
from domain.errors import Unauthenticated, Unavailable
from governance import sessions
from governance.keys import KeyRing


class Open:
    """Everybody may do everything: the default on loopback. Who sends a known key is known by it,
    for some things two people have to do."""

    def __init__(self, ring: KeyRing | None = None) -> None:
        self._ring = ring

    def authenticate(self, key: str | None) -> Principal:
        """Never refuses."""
        if key is None or self._ring is None:
            return ANONYMOUS
        try:
            return self._ring.authenticate(key)
        except (Unauthenticated, Unavailable):
            return ANONYMOUS


class WithSessions:
    """Another authenticator, and people who logged in with a provider."""

    def __init__(self, inner: Authenticator, secret: bytes, clock: Callable[[], datetime]) -> None:
        self._inner, self._secret, self._clock = inner, secret, clock

    def authenticate(self, key: str | None) -> Principal:
        """Raises what the inner authenticator raises; Unauthenticated for an ended session."""
        if key is not None and sessions.is_session(key):
            return sessions.person(self._secret, key, self._clock())
        return self._inner.authenticate(key)


class WithLocalToken:
    """Another authenticator, and the token that this process left for local commands."""

    def __init__(self, inner: Authenticator, token: str) -> None:
        self._inner = inner
        self._token = token.encode()

    def authenticate(self, key: str | None) -> Principal:
        """Raises what the inner authenticator raises."""
        if key is not None and hmac.compare_digest(key.encode(), self._token):
            return ANONYMOUS
        return self._inner.authenticate(key)
