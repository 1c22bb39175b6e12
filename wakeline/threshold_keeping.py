"""What is kept on disk between runs of an agent: its last good document, and the service's keys."""

import base64
import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wakeline.recorder import log

SUBFOLDER = "wakeline-thresholds"


@dataclass(frozen=True, slots=True)
class Signed:
    """A document as it came: its bytes, the name of the key, the signature, and its tag."""

    body: bytes
    key_id: str
    signature: bytes
    etag: str = ""


def default_folder() -> Path:
    """Below XDG_CACHE_HOME or ~/.cache."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / SUBFOLDER


def key_id(public_key: bytes) -> str:
    """What a document calls the key that signed it."""
    return hashlib.sha256(public_key).hexdigest()[:16]


class Folder:
    """Of one service. What can not be read or written is logged: an agent goes on without it."""

    def __init__(self, folder: Path, endpoint: str) -> None:
        self._folder = folder / hashlib.sha256(endpoint.encode()).hexdigest()[:16]

    def document(self, agent: str) -> Signed | None:
        """The last good one; None when there is none."""
        said = self._read(_name(agent))
        if said is None:
            return None
        try:
            signature = base64.b64decode(said["signature"])
            return Signed(said["body"].encode(), said["key_id"], signature, said["etag"])
        except (TypeError, ValueError, KeyError, AttributeError) as error:
            log.warning("the kept thresholds of %s can not be read: %r", agent, error)
            return None

    def keep_document(self, agent: str, signed: Signed) -> None:
        """Instead of the one before."""
        signature = base64.b64encode(signed.signature).decode()
        said = {"body": signed.body.decode(), "key_id": signed.key_id}
        self._write(_name(agent), said | {"signature": signature, "etag": signed.etag})

    def keys(self) -> dict[str, bytes]:
        """Public keys of the service by name, as they were at the first contact."""
        try:
            return {name: bytes.fromhex(key) for name, key in (self._read("keys") or {}).items()}
        except (TypeError, ValueError, AttributeError) as error:
            log.warning("the kept keys can not be read: %r", error)
            return {}

    def keep_keys(self, keys: Mapping[str, bytes]) -> None:
        """From now on no other ones are taken."""
        self._write("keys", {name: key.hex() for name, key in keys.items()})

    def _read(self, name: str) -> Any:
        try:
            return json.loads((self._folder / f"{name}.json").read_text())
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            log.warning("%s can not be read: %s", self._folder / name, error)
            return None

    def _write(self, name: str, said: Mapping[str, str]) -> None:
        path = self._folder / f"{name}.json"
        new = path.with_suffix(f".{os.getpid()}")
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "w") as file:
                json.dump(said, file)
            new.replace(path)
        except OSError as error:
            log.warning("%s can not be written: %s", path, error)


def _name(agent: str) -> str:
    return hashlib.sha256(agent.encode()).hexdigest()[:32]
