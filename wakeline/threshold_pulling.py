"""The document of one agent, pulled in the background and checked before it counts.

A thread asks with the tag of what it has and waits at the service for a change, so a change comes
within milliseconds. While the service is away the last good document holds until it expires.
"""

import base64
import os
import random
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from wakeline import ed25519
from wakeline.recorder import log
from wakeline.threshold_documents import Document, read
from wakeline.threshold_keeping import Folder, Signed, key_id

WAIT_SECONDS = 25.0
ANSWER_SECONDS = 10.0
PAUSE_SECONDS = 0.5
PAUSE_SECONDS_MAX = 30.0
BODY_BYTES_MAX = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Service:
    """Where limits come from; public_keys: by name, empty for those of the first contact."""

    endpoint: str
    headers: Mapping[str, str]
    public_keys: Mapping[str, bytes]
    folder: Path


class Pulling:
    """Of one agent. `document` is the newest good one; None before the first."""

    def __init__(self, service: Service, agent: str) -> None:
        self.agent = agent
        self.document: Document | None = None
        self.problem = ""
        self._service = service
        self._kept = Folder(service.folder, service.endpoint)
        self._keys = dict(service.public_keys) or self._kept.keys()
        self._etag = ""
        self._asked = threading.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        kept = self._kept.document(agent)
        if kept is not None:
            self._take(kept)

    def begin(self) -> None:
        """Pull from now on; after a fork a process begins anew."""
        if self._thread is None or not self._thread.is_alive():
            name = f"wakeline-thresholds-{self.agent}"
            self._thread = threading.Thread(target=self._run, name=name, daemon=True)
            self._thread.start()

    def wait(self, seconds: float) -> None:
        """Until a document is there or the service was asked once, at most so long."""
        if self.document is None:
            self._asked.wait(seconds)

    def stop(self) -> None:
        """Pull no more; what is under way is left behind."""
        self._stopping.set()

    def _run(self) -> None:
        import httpx  # here, because a process that pulls nothing should not wait for it

        headers = {**self._service.headers, "x-wakeline-client": _client()}
        failed = 0
        with httpx.Client(
            base_url=self._service.endpoint, headers=headers, timeout=ANSWER_SECONDS
        ) as http:
            while not self._stopping.is_set():
                try:
                    self._pull(http)
                    failed = 0
                except (httpx.HTTPError, ValueError) as error:
                    self._fail(error)
                    failed += 1
                self._asked.set()
                if failed:
                    self._stopping.wait(_pause(failed))

    def _pull(self, http: Any) -> None:
        """Ask once. Raises httpx.HTTPError, ValueError for an answer that can not be used."""
        if not self._keys:
            self._meet(http)
        known = self.document is not None
        headers = {"if-none-match": self._etag} if known else {}
        answer = http.get(
            f"/v1/thresholds/{quote(self.agent, safe='')}",
            params={"wait": WAIT_SECONDS} if known and self._asked.is_set() else {},
            headers=headers,
            timeout=WAIT_SECONDS + ANSWER_SECONDS,
        )
        if answer.status_code == 304:
            return
        answer.raise_for_status()
        signed = Signed(
            answer.content,
            answer.headers.get("x-wakeline-key-id", ""),
            base64.b64decode(answer.headers.get("x-wakeline-signature", "")),
            answer.headers.get("etag", ""),
        )
        if not self._take(signed):
            raise ValueError(self.problem)
        self._kept.keep_document(self.agent, signed)

    def _meet(self, http: Any) -> None:
        """Take the keys that the service names at the first contact, and no others later."""
        answer = http.get("/v1/threshold-keys")
        answer.raise_for_status()
        keys = {name: bytes.fromhex(key) for name, key in answer.json().items()}
        self._keys = {name: key for name, key in keys.items() if name == key_id(key)}
        if self._keys:
            self._kept.keep_keys(self._keys)

    def _take(self, signed: Signed) -> bool:
        """Whether it is a good one; then it counts from now on."""
        try:
            document = self._checked(signed)
        except ValueError as error:
            self.problem = str(error)
            return False
        self.document, self._etag, self.problem = document, signed.etag, ""
        return True

    def _checked(self, signed: Signed) -> Document:
        key = self._keys.get(signed.key_id)
        if key is None:
            raise ValueError(f"the document is signed by an unknown key '{signed.key_id}'")
        right = len(signed.body) <= BODY_BYTES_MAX
        if not right or not ed25519.signed_by(key, signed.body, signed.signature):
            raise ValueError("the signature is not of this document: it was changed on its way")
        document, known = read(signed.body), self.document
        if document.agent != self.agent or (known and document.tenant != known.tenant):
            raise ValueError(f"the document is for {document.agent} of {document.tenant}")
        if known is not None and document.age < known.age:
            raise ValueError(f"version {document.version} is older than what was known before")
        return document

    def _fail(self, error: Exception) -> None:
        problem = str(error) or type(error).__name__
        if problem != self.problem or not self._asked.is_set():
            log.warning("thresholds of %s: %s", self.agent, problem)
        self.problem = problem


def _client() -> str:
    """This process, as the service tells its clients apart."""
    return f"{os.uname().nodename[:80]}/{os.getpid()}"


def _pause(failed: int) -> float:
    """Seconds until the next try; not the same for all clients of a service that comes back."""
    longest = min(PAUSE_SECONDS * 2.0 ** min(failed, 10), PAUSE_SECONDS_MAX)
    return longest * random.uniform(0.5, 1.0)
