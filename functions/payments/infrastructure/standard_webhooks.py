"""Standard Webhooks signatures: HMAC-SHA256 over id, time and the raw body, in constant time."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from payments.domain.errors import SignatureInvalid

TOLERANCE: Final = timedelta(minutes=5)
"""How far the signed time may be from ours, before and after."""
KEY_BYTES_MIN: Final = 24
"""The least that Standard Webhooks asks of a secret."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_PREFIX: Final = "whsec_"
_VERSION: Final = "v1"


def verified_id(raw: bytes, headers: Mapping[str, str], *, secret: str, now: datetime) -> str:
    """The webhook's id, when one of its signatures is valid and its time is near `now`.

    Header names are in lower case. Raises SignatureInvalid for everything else.
    """
    webhook_id = headers.get("webhook-id", "")
    sent_at = headers.get("webhook-timestamp", "")
    if not webhook_id or not webhook_id.isascii():
        raise SignatureInvalid
    if not sent_at.isascii() or not sent_at.isdigit() or len(sent_at) > 12:  # noqa: PLR2004
        raise SignatureInvalid
    if abs(now - _EPOCH - timedelta(seconds=int(sent_at))) > TOLERANCE:
        raise SignatureInvalid("signed too long ago, or in the future")
    signed = b".".join((webhook_id.encode(), sent_at.encode(), raw))
    expected = hmac.digest(_key(secret), signed, hashlib.sha256)
    given = headers.get("webhook-signature", "").split(" ")
    if True not in [hmac.compare_digest(expected, _signature(each)) for each in given]:
        raise SignatureInvalid
    return webhook_id


def _key(secret: str) -> bytes:
    try:
        key = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except binascii.Error:
        raise SignatureInvalid("our own secret is not base 64") from None
    if len(key) < KEY_BYTES_MIN:
        raise SignatureInvalid("our own secret is too short to protect anything")
    return key


def _signature(text: str) -> bytes:
    version, _, encoded = text.partition(",")
    try:
        return base64.b64decode(encoded, validate=True) if version == _VERSION else b""
    except (binascii.Error, ValueError):
        return b""
