"""Is a signature of these bytes? Ed25519 verification after RFC 8032 (2017), sections 5.1.7 and 6.

In plain Python, so that an agent needs no package for it. Checking holds no secret, so its time may
tell what it likes; it takes a few milliseconds.
"""

from hashlib import sha512

Point = tuple[int, int, int, int]  # extended homogeneous coordinates, section 5.1.4

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
ROOT = pow(2, (P - 1) // 4, P)  # of -1
KEY_BYTES = 32


def signed_by(public_key: bytes, body: bytes, signature: bytes) -> bool:
    """Whether the owner of the key (32 bytes) signed the body; signature: 64 bytes."""
    if len(public_key) != KEY_BYTES or len(signature) != 2 * KEY_BYTES:
        return False
    owner, point = _point(public_key), _point(signature[:KEY_BYTES])
    scalar = int.from_bytes(signature[KEY_BYTES:], "little")
    if owner is None or point is None or scalar >= ORDER:
        return False
    digest = sha512(signature[:KEY_BYTES] + public_key + body).digest()
    challenge = int.from_bytes(digest, "little") % ORDER
    return _equal(_times(scalar, BASE), _sum(point, _times(challenge, owner)))


def _sum(a: Point, b: Point) -> Point:
    minus, plus = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    c, d = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = plus - minus, d - c, d + c, plus + minus
    return e * f % P, g * h % P, f * g % P, e * h % P


def _times(scalar: int, point: Point) -> Point:
    result = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            result = _sum(result, point)
        point = _sum(point, point)
        scalar >>= 1
    return result


def _equal(a: Point, b: Point) -> bool:
    return (a[0] * b[2] - b[0] * a[2]) % P == 0 and (a[1] * b[2] - b[1] * a[2]) % P == 0


def _point(encoded: bytes) -> Point | None:
    """Section 5.1.3; None where the bytes encode no point."""
    number = int.from_bytes(encoded, "little")
    sign, y = number >> 255, number & ((1 << 255) - 1)
    x = None if y >= P else _x(y, sign)
    return None if x is None else (x, y, 1, x * y % P)


def _x(y: int, sign: int) -> int | None:
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    if square == 0:
        return None if sign else 0
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P:
        return None
    return P - x if x & 1 != sign else x


def _base() -> Point:
    point = _point((4 * pow(5, -1, P) % P).to_bytes(KEY_BYTES, "little"))
    assert point is not None
    return point


BASE = _base()
