"""Does the check of signatures agree with the standard and with another implementation?"""

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given, settings
from hypothesis import strategies as st

from wakeline.ed25519 import ORDER, P, signed_by

# RFC 8032, section 7.1: public key, message, signature.
VECTORS = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
        "d25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
        "387b2eaeb4302aeeb00d291612bb0c00",
    ),
]
PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = PRIVATE.public_key().public_bytes_raw()


@pytest.mark.parametrize(("public", "message", "signature"), VECTORS)
def test_the_vectors_of_the_standard_hold(public: str, message: str, signature: str) -> None:
    key, body, signed = map(bytes.fromhex, (public, message, signature))
    assert signed_by(key, body, signed)
    assert not signed_by(key, body + b"x", signed)


@settings(max_examples=20)
@given(st.binary(max_size=200), st.integers(0, 511))
def test_a_signature_holds_until_a_bit_is_changed(body: bytes, bit: int) -> None:
    signature = PRIVATE.sign(body)
    assert signed_by(PUBLIC, body, signature)
    changed = bytearray(signature)
    changed[bit // 8] ^= 1 << bit % 8
    assert not signed_by(PUBLIC, body, bytes(changed))


@pytest.mark.parametrize(
    ("key", "signature"),
    [
        (PUBLIC[:-1], PRIVATE.sign(b"")),
        (PUBLIC, PRIVATE.sign(b"")[:-1]),
        (P.to_bytes(32, "little"), PRIVATE.sign(b"")),  # not reduced
        ((2).to_bytes(32, "little"), PRIVATE.sign(b"")),  # on no point of the curve
        ((1 | 1 << 255).to_bytes(32, "little"), PRIVATE.sign(b"")),  # minus zero
        (PUBLIC, PRIVATE.sign(b"")[:32] + ORDER.to_bytes(32, "little")),
    ],
)
def test_what_is_no_key_or_no_signature_is_refused(key: bytes, signature: bytes) -> None:
    assert not signed_by(key, b"", signature)
    if len(key) == 32:
        with pytest.raises(InvalidSignature):
            Ed25519PublicKey.from_public_bytes(key).verify(signature, b"")
