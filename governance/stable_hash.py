"""Which cases belong to a share: the same ones in every process and language, without state."""

import hashlib

PLACES = 1 << 53  # so that each is a double exactly, and below 1


def place(salt: str, key: str) -> float:
    """Where a case falls in [0, 1): the first 53 bits of SHA-256 of `SALT/KEY`, over 2^53.

    A larger share contains every case of a smaller one, so a case that proceeded at 10 % proceeds
    at 50 % as well. Another salt gives other cases.

    >>> round(place("s1", "case-7"), 6)
    0.003264
    """
    first = hashlib.sha256(f"{salt}/{key}".encode()).digest()[:7]
    return (int.from_bytes(first, "big") >> 3) / PLACES


def within(share: float, salt: str, key: str) -> bool:
    """Whether the case belongs to the share, 0 to 1."""
    return place(salt, key) < share
