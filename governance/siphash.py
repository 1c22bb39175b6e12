"""SipHash-2-4, so that Python draws the very cases that the engine's sipHash64Keyed draws.

Aumasson, Bernstein (2012): SipHash: a fast short-input PRF. Whoever does not know the key can not
choose ids that are never drawn.
"""

WORD = (1 << 64) - 1
HASHES = 1 << 64
State = tuple[int, int, int, int]


def siphash(key: tuple[int, int], text: str) -> int:
    """The 64-bit hash of the UTF-8 bytes under two 64-bit key words.

    >>> siphash((123, 202604), "trace/span")
    1997123624315639852
    """
    data = text.encode()
    k0, k1 = key
    state = (
        k0 ^ 0x736F6D6570736575,
        k1 ^ 0x646F72616E646F6D,
        k0 ^ 0x6C7967656E657261,
        k1 ^ 0x7465646279746573,
    )
    # The last word carries what is left over, and the length in its top byte.
    padded = data + bytes(7 - len(data) % 8) + bytes([len(data) & 0xFF])
    for start in range(0, len(padded), 8):
        state = _absorbed(state, int.from_bytes(padded[start : start + 8], "little"))
    v0, v1, v2, v3 = state
    state = (v0, v1, v2 ^ 0xFF, v3)
    for _ in range(4):
        state = _round(*state)
    v0, v1, v2, v3 = state
    return v0 ^ v1 ^ v2 ^ v3


def share(key: tuple[int, int], text: str) -> float:
    """The hash as a share of all hashes, in [0, 1]; the same double as `hash / 2^64` in the engine.

    >>> share((123, 202604), "trace/span")
    0.10826428861025705
    """
    return siphash(key, text) / HASHES


def _absorbed(state: State, word: int) -> State:
    v0, v1, v2, v3 = state
    v0, v1, v2, v3 = _round(*_round(v0, v1, v2, v3 ^ word))
    return v0 ^ word, v1, v2, v3


def _round(v0: int, v1: int, v2: int, v3: int) -> State:
    v0 = (v0 + v1) & WORD
    v1 = ((v1 << 13) & WORD | v1 >> 51) ^ v0
    v0 = (v0 << 32) & WORD | v0 >> 32
    v2 = (v2 + v3) & WORD
    v3 = ((v3 << 16) & WORD | v3 >> 48) ^ v2
    v0 = (v0 + v3) & WORD
    v3 = ((v3 << 21) & WORD | v3 >> 43) ^ v0
    v2 = (v2 + v1) & WORD
    v1 = ((v1 << 17) & WORD | v1 >> 47) ^ v2
    v2 = (v2 << 32) & WORD | v2 >> 32
    return v0, v1, v2, v3
