"""Identifiers: derived ones repeat when what they name is told again, fresh ones never do."""

import hashlib
import secrets
from typing import Final

_ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32: no i, l, o, u
_BITS: Final = 130
_PAIRS: Final = [one + other for one in _ALPHABET for other in _ALPHABET]
_PAIR_MAX: Final = len(_PAIRS) - 1
_SHIFTS: Final = range(_BITS - 10, -1, -10)
"""Ten bits are two letters."""


def derived(prefix: str, *parts: str) -> str:
    """The id that these parts, in this order, always get: `ord_` and 26 letters (130 bits)."""
    text = "".join(f"{len(part)}:{part}" for part in parts)
    digest = hashlib.sha256(text.encode()).digest()
    return f"{prefix}_{_letters(int.from_bytes(digest) >> (len(digest) * 8 - _BITS))}"


def fresh(prefix: str) -> str:
    """An id that nothing else has. For entry points only: pure code is handed its ids."""
    return f"{prefix}_{_letters(secrets.randbits(_BITS))}"


def message_id(service: str, aggregate_id: str, version: int, number: int) -> str:
    """The id of the `number`th message of an aggregate's `version`: a retry repeats it."""
    return f"{service}/{aggregate_id}/{version}/{number}"


def _letters(number: int) -> str:
    return "".join([_PAIRS[(number >> shift) & _PAIR_MAX] for shift in _SHIFTS])
