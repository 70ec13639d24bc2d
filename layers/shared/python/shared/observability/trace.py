"""W3C trace context: which trace a piece of work belongs to, carried in rows and envelopes.

The bus, the queues and the table's stream carry no trace context of their own, so `traceparent`
travels inside the message.
"""

import re
import secrets
from typing import Final

_TRACEPARENT: Final = re.compile(r"00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})")
_NO_TRACE: Final = "0" * 32
_NO_SPAN: Final = "0" * 16


def child_of(traceparent: str | None) -> str:
    """A new span in the caller's trace, or a new trace when the caller's is absent or invalid."""
    match = _TRACEPARENT.fullmatch(traceparent or "")
    if match is None or match.group(1) == _NO_TRACE or match.group(2) == _NO_SPAN:
        return f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01"
    return f"00-{match.group(1)}-{secrets.token_hex(8)}-{match.group(3)}"
