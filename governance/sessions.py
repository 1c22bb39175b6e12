"""What a browser keeps for us and can not change: texts that are signed and end.

HMAC-SHA256 (RFC 2104) over canonical JSON, so that processes with one secret read each other's and
none has to remember anything. What is said in it is not secret.
"""

import hashlib
import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from domain.access import Principal, Scope
from domain.errors import Unauthenticated
from governance.canonical import canonical, plain

PREFIX = "ws"
ENDED = "the login has ended or is not of this service: log in again"
SCOPES = frozenset(map(str, Scope))


def secret_of(private_key: bytes) -> bytes:
    """The secret of sessions, of the key that documents are signed with; neither tells the other.

    >>> len(secret_of(b"0" * 32))
    32
    """
    return hmac.digest(private_key, b"wakeline sessions", hashlib.sha256)


def sealed(secret: bytes, kind: str, said: Mapping[str, Any], until: datetime) -> str:
    """What is said, for a while. kind: what it is for, so that it is good for nothing else."""
    whole = canonical(plain({"kind": kind, "said": said, "until": int(until.timestamp())}))
    text = urlsafe_b64encode(whole).decode()
    return f"{PREFIX}_{text}.{_mark(secret, text)}"


def opened(secret: bytes, kind: str, sealed_: str, at: datetime) -> Mapping[str, Any]:
    """What was said. Raises Unauthenticated where it was changed, is another's, or has ended."""
    text, _, mark = sealed_.removeprefix(f"{PREFIX}_").partition(".")
    if not hmac.compare_digest(mark.encode(), _mark(secret, text).encode()):
        raise Unauthenticated(ENDED)
    whole = json.loads(urlsafe_b64decode(text))
    if whole["kind"] != kind or at.timestamp() >= whole["until"]:
        raise Unauthenticated(ENDED)
    said: Mapping[str, Any] = whole["said"]
    return said


def of_person(secret: bytes, who: Principal, until: datetime) -> str:
    """The session of somebody who logged in."""
    said = {"tenant": who.tenant, "scopes": sorted(who.scopes), "key_id": who.key_id}
    return sealed(secret, "session", said, until)


def person(secret: bytes, session: str, at: datetime) -> Principal:
    """Whose session it is. Raises Unauthenticated."""
    said = opened(secret, "session", session, at)
    # A scope that only a later version knows grants nothing here.
    scopes = frozenset(Scope(scope) for scope in said["scopes"] if scope in SCOPES)
    return Principal(said["tenant"], scopes, said["key_id"])


def is_session(key: str) -> bool:
    """Whether it looks like one, and like no API key."""
    return key.startswith(f"{PREFIX}_")


def _mark(secret: bytes, text: str) -> str:
    return urlsafe_b64encode(hmac.digest(secret, text.encode(), hashlib.sha256)).decode()
