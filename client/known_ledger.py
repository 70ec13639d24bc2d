"""What a verifier knows of the ledger from elsewhere: its key, and where its chains once were.

What is verified must not be what says by which key, or how long it had been.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from accounting.domain.chain import LANES, Head
from accounting.domain.proof import Breach
from client.signature import NotAKey, rsa_numbers

_FINGERPRINT: Final = re.compile(r"SHA256:[A-Za-z0-9+/]{43}")
_PEM: Final = re.compile(r"-----BEGIN PUBLIC KEY-----(.*)-----END PUBLIC KEY-----", re.DOTALL)


class Unknowable(ValueError):
    """Not a key, a fingerprint or a note of ours."""


@dataclass(frozen=True, slots=True)
class Pin:
    """The key that seals must be signed with; its DER where that is known, not only its print."""

    fingerprint: str
    der: bytes | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """What a verification has seen: the next must find the same key, and each chain go on."""

    fingerprint: str
    heads: tuple[Head, ...]

    def written(self) -> str:
        heads = [{"height": head.height, "hash": head.hash} for head in self.heads]
        return json.dumps({"public_key": self.fingerprint, "heads": heads}, indent=2) + "\n"


def fingerprint(der: bytes) -> str:
    """As OpenSSH writes one: SHA-256 in base 64, without padding."""
    return "SHA256:" + base64.b64encode(hashlib.sha256(der).digest()).decode().rstrip("=")


def pin(text: str) -> Pin:
    """A fingerprint, or a file with the key as PEM or DER; raises Unknowable."""
    if _FINGERPRINT.fullmatch(text):
        return Pin(text)
    try:
        der = _der(Path(text).read_bytes())
        rsa_numbers(der)
    except OSError:
        raise Unknowable(f"{text} is neither a fingerprint (SHA256:…) nor a file") from None
    except (NotAKey, binascii.Error):
        raise Unknowable(f"{text} holds no RSA public key, as PEM or DER") from None
    return Pin(fingerprint(der), der)


def _der(content: bytes) -> bytes:
    found = _PEM.search(content.decode("ascii", errors="replace"))
    return base64.b64decode("".join(found[1].split()), validate=True) if found else content


def read_note(path: Path) -> Note | None:
    """What was noted, or None where nothing is yet; raises Unknowable."""
    try:
        told: Any = json.loads(path.read_text())
        heads = tuple(Head(height=int(h["height"]), hash=str(h["hash"])) for h in told["heads"])
        note = Note(str(told["public_key"]), heads)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError):
        raise Unknowable(f"{path} is no note of a verification") from None
    if len(heads) != LANES:
        raise Unknowable(f"{path} is of another number of chains")
    return note


def key_breaches(told: str, pinned: Pin | None, note: Note | None) -> Iterator[Breach]:
    """Whether the key that the platform tells, by its fingerprint, is the one that is known."""
    if pinned is not None and told != pinned.fingerprint:
        detail = f"the platform gives the key {told}, not {pinned.fingerprint}"
        yield Breach(check="key", detail=detail)
    if note is not None and told != note.fingerprint:
        detail = f"the platform gives the key {told}; it was {note.fingerprint}"
        yield Breach(check="key", detail=detail)


def cut_breaches(note: Note | None, passed: Sequence[bool]) -> Iterator[Breach]:
    """The chains that do not go on from where they were noted to be."""
    if note is None:
        return
    for lane, head in enumerate(note.heads):
        if head.height and not passed[lane]:
            detail = f"chain {lane} had {head.height} entries that it has not any more"
            yield Breach(check="chain", detail=detail)
