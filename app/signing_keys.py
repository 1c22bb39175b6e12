"""The private key that documents are signed with: a file that is named, or of the data folder."""

import os
import secrets
from pathlib import Path

from app.settings import Settings
from domain.errors import InvalidInput
from governance.signing import KEY_BYTES

NAME = "signing.key"


def private_key(settings: Settings) -> bytes:
    """Its 32 bytes; the file under `data` is made when it is missing, readable by its owner alone.

    Raises InvalidInput where the file is missing or holds no key.
    """
    named = settings.governance.signing_key
    path = named or settings.data / NAME
    if named is None and not path.exists():
        _make(path)
    try:
        key = bytes.fromhex(path.read_text().strip())
    except (OSError, ValueError) as error:
        raise InvalidInput(f"governance.signing_key: {path} can not be read: {error}") from error
    if len(key) != KEY_BYTES:
        raise InvalidInput(f"governance.signing_key: {path} holds no {KEY_BYTES} bytes in hex")
    return key


def _make(path: Path) -> None:
    """Under another name first: a process that is killed leaves no half of a key."""
    new = path.with_suffix(".new")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_hex(KEY_BYTES) + "\n")
    new.replace(path)
