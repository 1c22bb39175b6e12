"""People log in with an OpenID provider: authorization code with PKCE.

OpenID Connect Core 1.0, RFC 6749 and RFC 7636. Nothing is remembered between the two steps: what
the second needs is in a signed cookie, so that a login ends in the browser in which it began.
"""

import hashlib
import secrets
import time
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx

from app import moments
from domain.access import Principal, Scope
from domain.errors import InvalidInput, PermissionDenied, Unauthenticated, Unavailable
from governance import sessions
from governance.config import is_loopback
from governance.login_config import SCOPES, LoginConfig

BEGUN = timedelta(minutes=10)
KNOWN_SECONDS = 3600.0  # how long addresses and keys of the provider are kept
ANSWER_BYTES_MAX = 1_000_000
ANSWER_SECONDS_MAX = 10.0
CLOCKS_APART_SECONDS = 60
ALGORITHMS = ("RS256", "ES256", "PS256", "EdDSA")
NAME_CHARACTERS_MAX = 200
WORD_BYTES = 32


class OpenId:
    """Of one provider. All calls may block; they raise Unavailable where it does not answer."""

    def __init__(
        self, config: LoginConfig, secret: bytes, clock: moments.Clock = moments.now
    ) -> None:
        """secret: of sessions. Raises InvalidInput for an issuer that can not be one."""
        _refuse_plain(config.issuer, "login.issuer")
        if not config.client_id:
            raise InvalidInput("login.client_id: the provider calls this service by it; set it")
        self._config, self._secret, self._clock = config, secret, clock
        self._client_secret = _read(config)
        self._known: dict[str, tuple[float, Mapping[str, Any]]] = {}

    @property
    def provider(self) -> str:
        """How people know it."""
        return urlsplit(self._config.issuer).netloc

    def begin(self, redirect_uri: str, back: str) -> tuple[str, str]:
        """Where to send the browser, and what it has to bring back. back: where to go then."""
        state, nonce, verifier = (secrets.token_urlsafe(WORD_BYTES) for _ in range(3))
        redirect_uri = self._config.redirect_uri or redirect_uri
        asked = {
            "response_type": "code", "client_id": self._config.client_id, "state": state,
            "nonce": nonce, "redirect_uri": redirect_uri, "scope": "openid email profile",
            "code_challenge": _challenge(verifier), "code_challenge_method": "S256",
        }  # fmt: skip
        kept = {"state": state, "nonce": nonce, "verifier": verifier, "back": back,
                "redirect_uri": redirect_uri}  # fmt: skip
        address = self._address("authorization_endpoint")
        joint = "&" if urlsplit(address).query else "?"
        sealed = sessions.sealed(self._secret, "login", kept, self._clock() + BEGUN)
        return f"{address}{joint}{urlencode(asked)}", sealed

    def finish(self, sealed: str, said: Mapping[str, str]) -> tuple[str, float, str]:
        """The session, its seconds, and where to go. said: what the provider added to the address.

        Raises Unauthenticated where anything is not as it was begun, PermissionDenied for who is
        in no group with a role.
        """
        kept = sessions.opened(self._secret, "login", sealed, self._clock())
        state = said.get("state", "")
        if not secrets.compare_digest(state.encode(), str(kept["state"]).encode()):
            raise Unauthenticated("this is not the login that this browser began: try again")
        if not said.get("code"):
            why = said.get("error", "no code")[:NAME_CHARACTERS_MAX]
            raise Unauthenticated(f"{self.provider} did not log you in: {why}")
        claims = self._claims(self._token(said["code"], kept), str(kept["nonce"]))
        who = self._person(claims)
        until = self._clock() + timedelta(seconds=self._config.session_seconds)
        session = sessions.of_person(self._secret, who, until)
        return session, self._config.session_seconds, str(kept["back"])

    def _token(self, code: str, kept: Mapping[str, Any]) -> str:
        asked = {
            "grant_type": "authorization_code", "code": code, "client_id": self._config.client_id,
            "redirect_uri": kept["redirect_uri"], "code_verifier": kept["verifier"],
        }  # fmt: skip
        if self._client_secret:
            asked["client_secret"] = self._client_secret
        answer = self._ask("POST", self._address("token_endpoint"), asked)
        return str(answer.get("id_token", ""))

    def _claims(self, token: str, nonce: str) -> Mapping[str, Any]:
        """What the provider says of a person; signature, issuer, audience, times and nonce checked
        (OpenID Connect Core 1.0, 3.1.3.7)."""
        import jwt

        try:
            key = self._key(str(jwt.get_unverified_header(token).get("kid", "")))
            claims: Mapping[str, Any] = jwt.decode(
                token, key, algorithms=list(ALGORITHMS), audience=self._config.client_id,
                issuer=self._config.issuer, leeway=CLOCKS_APART_SECONDS,
                options={"require": ["exp", "iat", "iss", "aud", "sub", "nonce"]},
            )  # fmt: skip
        except jwt.PyJWTError as error:
            raise Unauthenticated(f"{self.provider} sent a token that does not hold") from error
        if not secrets.compare_digest(str(claims["nonce"]).encode(), nonce.encode()):
            raise Unauthenticated(f"{self.provider} sent a token of another login")
        return claims

    def _key(self, key_id: str) -> Any:
        """Of the provider; read again where it is not known, for keys change."""
        import jwt

        address = self._address("jwks_uri")
        for anew in (False, True):
            for one in self._fetched(address, anew=anew).get("keys", ()):
                if one.get("kid", "") == key_id and one.get("use", "sig") == "sig":
                    return jwt.PyJWK.from_dict(one)
        raise jwt.InvalidKeyError(key_id)

    def _person(self, claims: Mapping[str, Any]) -> Principal:
        config = self._config
        name = str(claims.get(config.person_claim) or "")
        if not name.isprintable() or not 0 < len(name) <= NAME_CHARACTERS_MAX:
            raise PermissionDenied(f"{self.provider} says no '{config.person_claim}' of you")
        if config.person_claim == "email":
            self._refuse_unproven(claims)
        said = claims.get(config.groups_claim, ())
        groups = [said] if isinstance(said, str) else list(map(str, said or ()))
        roles = {config.roles[group] for group in groups if group in config.roles}
        if not roles:
            raise PermissionDenied(f"{name} is in no group that has a role here (login.roles)")
        tenants = {config.tenants[group] for group in groups if group in config.tenants}
        if len(tenants) > 1:
            raise PermissionDenied(f"the groups of {name} are of several tenants (login.tenants)")
        scopes: frozenset[Scope] = frozenset().union(*(SCOPES[role] for role in roles))
        return Principal(next(iter(tenants), config.tenant), scopes, f"oidc:{name}")

    def _refuse_unproven(self, claims: Mapping[str, Any]) -> None:
        """An address that its holder may have made up names nobody (Core 1.0, 5.1)."""
        said = claims.get("email_verified")
        if said is None and not self._config.emails_proven:
            raise PermissionDenied(
                f"{self.provider} does not say whether your email is yours (email_verified); if it"
                " lets nobody choose one, an operator may set login.emails_proven"
            )
        if said not in (None, True):
            raise PermissionDenied(f"{self.provider} has not verified your email: do so there")

    def _address(self, name: str) -> str:
        """One of the provider's, as it publishes them (OpenID Connect Discovery 1.0)."""
        issuer = self._config.issuer
        found = self._fetched(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        if found.get("issuer") != issuer:
            raise Unavailable(f"{self.provider} calls itself {found.get('issuer')!r}: login.issuer")
        address = str(found.get(name, ""))
        _refuse_plain(address, f"{name} of {self.provider}")
        return address

    def _fetched(self, address: str, *, anew: bool = False) -> Mapping[str, Any]:
        at, known = self._known.get(address, (0.0, {}))
        if anew or not known or time.monotonic() - at > KNOWN_SECONDS:
            known = self._ask("GET", address)
            self._known[address] = time.monotonic(), known
        return known

    def _ask(
        self, method: str, address: str, said: Mapping[str, Any] | None = None
    ) -> Mapping[str, Any]:
        try:
            with httpx.stream(method, address, data=said, timeout=ANSWER_SECONDS_MAX) as answer:
                text = b""
                for part in answer.iter_bytes():
                    text += part
                    if len(text) > ANSWER_BYTES_MAX:
                        raise Unavailable(f"{self.provider} answers too much")
            if said and 400 <= answer.status_code < 500:
                raise Unauthenticated(f"{self.provider} does not take this login: try again")
            answer.raise_for_status()
            found = httpx.Response(200, content=text).json()
        except (httpx.HTTPError, ValueError) as error:
            raise Unavailable(
                f"{self.provider} can not be asked: {type(error).__name__}"
            ) from error
        if not isinstance(found, dict):
            raise Unavailable(f"{self.provider} answers something else")
        return found


def _challenge(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return urlsafe_b64encode(digest).rstrip(b"=").decode()


def _refuse_plain(address: str, what: str) -> None:
    parts = urlsplit(address)
    local = parts.scheme == "http" and is_loopback(parts.hostname or "")
    if not parts.netloc or not (parts.scheme == "https" or local):
        raise InvalidInput(f"{what}: an https address, not {address!r}")


def _read(config: LoginConfig) -> str:
    path = config.client_secret_file
    if path is None:
        return ""
    try:
        return path.read_text().strip()
    except (OSError, ValueError) as error:
        raise InvalidInput(f"login.client_secret_file: {path} can not be read") from error
