"""How keys are checked in one process: not at all, by the key ring, or by its own local token."""

import hmac

from domain.access import ANONYMOUS, Authenticator, Principal


class Open:
    """Everybody may do everything: the default on loopback."""

    def authenticate(self, key: str | None) -> Principal:
        """Never refuses."""
        return ANONYMOUS


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
