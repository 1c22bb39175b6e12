"""A small OpenID provider on a real port: it checks all that a provider has to check."""

import hashlib
import json
import secrets
import time
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from jwt.algorithms import ECAlgorithm

from tests.app.on_thread import OnThread

CLIENT, SECRET = "wakeline", "of the client"
PEOPLE: Mapping[str, Mapping[str, Any]] = {
    "ann": {"email": "ann@acme.example", "email_verified": True, "groups": ["risk", "all"]},
    "rita": {"email": "rita@acme.example", "email_verified": True, "groups": ["reviewers"]},
    "eve": {"email": "eve@acme.example", "email_verified": True, "groups": ["all"]},
    "mallory": {"email": "ann@acme.example", "email_verified": False, "groups": ["risk"]},
    "both": {"email": "b@acme.example", "email_verified": True, "groups": ["risk", "globex"]},
}


class Provider(OnThread):
    """`told` changes what its next token says; None leaves it out."""

    def __init__(self) -> None:
        self.key, self.key_id = generate_private_key(SECP256R1()), "one"
        self.told: dict[str, Any] = {}
        self.signs_with: Any = self.key
        self._codes: dict[str, dict[str, str]] = {}
        super().__init__(type("Handler", (_Handler,), {"provider": self}))
        self.issuer = self.url

    def published(self) -> Mapping[str, Any]:
        """Its addresses."""
        places = {"authorization_endpoint": "authorize?of=acme", "token_endpoint": "token",
                  "jwks_uri": "keys"}  # fmt: skip
        return {"issuer": self.issuer} | {
            name: f"{self.issuer}/{path}" for name, path in places.items()
        }

    def keys(self) -> Mapping[str, Any]:
        """The public ones."""
        public = ECAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
        return {"keys": [{**public, "kid": self.key_id, "use": "sig", "alg": "ES256"}]}

    def allowed(self, asked: Mapping[str, str], person: str) -> str:
        """Where the browser goes from here: with a code that is good once."""
        assert asked["response_type"] == "code"
        assert asked["client_id"] == CLIENT
        assert asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(8)
        self._codes[code] = {**asked, "person": person}
        back = {"code": code, "state": asked["state"]}
        return f"{asked['redirect_uri']}?{urlencode(back)}"

    def token(self, asked: Mapping[str, str]) -> Mapping[str, Any] | None:
        """For a code, to the client that has the verifier; None for anybody else."""
        begun = self._codes.pop(asked.get("code", ""), None)
        digest = hashlib.sha256(asked.get("code_verifier", "").encode()).digest()
        challenge = urlsafe_b64encode(digest).rstrip(b"=").decode()
        if begun is None or begun["code_challenge"] != challenge:
            return None
        same = (begun["redirect_uri"], CLIENT, SECRET)
        said = (asked.get("redirect_uri"), asked.get("client_id"), asked.get("client_secret"))
        if said != same:
            return None
        now = int(time.time())
        claims = {
            "iss": self.issuer, "aud": CLIENT, "sub": begun["person"], "iat": now,
            "exp": now + 300, "nonce": begun["nonce"], **PEOPLE[begun["person"]], **self.told,
        }  # fmt: skip
        kept = {name: value for name, value in claims.items() if value is not None}
        return {"id_token": jwt.encode(
            kept, self.signs_with, algorithm="ES256", headers={"kid": self.key_id}
        )}  # fmt: skip


class _Handler(BaseHTTPRequestHandler):
    provider: Provider

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        if parts.path == "/authorize":
            asked = dict(parse_qsl(parts.query))
            links = (
                f'<a href="{self.provider.allowed(asked, name)}">{name}</a>' for name in PEOPLE
            )
            self._answer(200, "text/html", "<title>Provider</title>" + " ".join(links))
        elif parts.path == "/keys":
            self._answer(200, "application/json", json.dumps(self.provider.keys()))
        else:
            self._answer(200, "application/json", json.dumps(self.provider.published()))

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        found = self.provider.token(dict(parse_qsl(body)))
        refused = {"error": "invalid_grant"}
        self._answer(200 if found else 400, "application/json", json.dumps(found or refused))

    def log_message(self, *_: object) -> None:
        """Nothing is printed."""

    def _answer(self, status: int, kind: str, text: str) -> None:
        data = text.encode()
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
