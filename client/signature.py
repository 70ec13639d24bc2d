"""RSA signatures checked with nothing but arithmetic: PKCS 1 v1.5 over SHA-256 (RFC 8017)."""

import hashlib
import hmac

_SHA256_INFO = bytes.fromhex("3031300d060960864801650304020105000420")
"""The DER of "a SHA-256 digest follows" (RFC 8017, 9.2)."""
_INTEGER, _SEQUENCE, _BITS = 0x02, 0x30, 0x03


class NotAKey(ValueError):
    """Not the DER of an RSA public key."""


def signed_by(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the holder of this key (SubjectPublicKeyInfo, DER) signed the message."""
    modulus, exponent = rsa_numbers(public_key)
    length = (modulus.bit_length() + 7) // 8
    if len(signature) != length:
        return False
    told = pow(int.from_bytes(signature), exponent, modulus).to_bytes(length)
    digest = _SHA256_INFO + hashlib.sha256(message).digest()
    padding = b"\xff" * (length - len(digest) - 3)
    return hmac.compare_digest(told, b"\x00\x01" + padding + b"\x00" + digest)


def rsa_numbers(public_key: bytes) -> tuple[int, int]:
    """Modulus and exponent; raises NotAKey."""
    try:
        outer, _ = _value(public_key, _SEQUENCE)
        _, rest = _value(outer, _SEQUENCE)  # which algorithm it is for
        bits, _ = _value(rest, _BITS)
        numbers, _ = _value(bits[1:], _SEQUENCE)
        modulus, rest = _value(numbers, _INTEGER)
        exponent, _ = _value(rest, _INTEGER)
    except IndexError:
        raise NotAKey("cut short") from None
    return int.from_bytes(modulus), int.from_bytes(exponent)


def _value(der: bytes, kind: int) -> tuple[bytes, bytes]:
    """The content of the first DER value, which is of that kind, and what follows it."""
    if der[0] != kind:
        raise NotAKey(f"kind {der[0]} where {kind} belongs")
    size, start = der[1], 2
    if size & 0x80:
        start = 2 + (size & 0x7F)
        size = int.from_bytes(der[2:start])
    if len(der) < start + size:
        raise NotAKey("cut short")
    return der[start : start + size], der[start + size :]
