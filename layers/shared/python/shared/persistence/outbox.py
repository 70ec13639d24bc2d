"""A message waiting in its service's table: the seed of every publish, whatever item it stands in.

Any item that is inserted with these attributes is a message to the relay: a row of its own, or a
fact that is its own announcement (a journal entry, a stored webhook).
"""

from __future__ import annotations

import zlib
from typing import Any, Final

from shared.contracts.codec import encode
from shared.contracts.envelope import Envelope
from shared.moments import timestamp
from shared.persistence.rows import Row

SHARDS: Final = tuple(str(number) for number in range(8))
"""The index of what is not yet published is spread over this many partitions."""
PAYLOAD_BYTES_MAX: Final = 200_000
"""Below EventBridge's 256 KB an entry, with room for its own attributes."""


def outbox_attributes(envelope: Envelope[Any]) -> Row:
    """The outbox attributes of an item that announces `envelope`."""
    payload = encode(envelope)
    assert len(payload.encode()) <= PAYLOAD_BYTES_MAX, f"{envelope.id} is too large to publish"
    return {
        "Id": envelope.id,
        "OccurredOn": timestamp(envelope.time),
        "Type": envelope.type,
        "Payload": payload,
        "Retries": 0,
        "Unprocessed": SHARDS[zlib.crc32(envelope.id.encode()) % len(SHARDS)],
    }
