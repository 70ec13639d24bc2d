"""Which keys a row can have in DynamoDB, which refuses others even in a question."""

from typing import Final

PK_BYTES_MAX: Final = 2048
SK_BYTES_MAX: Final = 1024


def possible(pk: str, sk: str = "-") -> bool:
    """Whether a row, or an entry of an index, can have these keys: text of some length."""
    try:
        return 0 < len(pk.encode()) <= PK_BYTES_MAX and 0 < len(sk.encode()) <= SK_BYTES_MAX
    except UnicodeEncodeError:  # half a surrogate pair is no text
        return False
