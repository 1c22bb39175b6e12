"""Ed25519 (RFC 8032) signatures, in the one place that knows `cryptography`."""

from domain.errors import InvalidInput

KEY_BYTES = 32


def sign(private_key: bytes, body: bytes) -> bytes:
    """The signature, 64 bytes, of a body under a private key of 32 bytes."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.from_private_bytes(_key(private_key)).sign(body)


def public_key(private_key: bytes) -> bytes:
    """What agents check signatures with, 32 bytes."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.from_private_bytes(_key(private_key)).public_key().public_bytes_raw()


def signed_by(public: bytes, body: bytes, signature: bytes) -> bool:
    """Whether the signature is of this body by the owner of the key."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(_key(public)).verify(signature, body)
    except InvalidSignature:
        return False
    return True


def _key(key: bytes) -> bytes:
    if len(key) != KEY_BYTES:
        raise InvalidInput(f"an Ed25519 key has {KEY_BYTES} bytes, not {len(key)}")
    return key
