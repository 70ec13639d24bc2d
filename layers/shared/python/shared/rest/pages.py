"""Pages of a list: how long one is, and where the next begins."""

import base64
import binascii
import json
import re
from typing import Final

from shared.errors.taxonomy import InputError, InvalidRequest

LIMIT_DEFAULT: Final = 20
LIMIT_MAX: Final = 100
_PART: Final = re.compile(r"[\x20-\x7e]{1,255}")
"""Keys of ours are plain, and DynamoDB refuses a longer one."""


def limit(text: str | None) -> int:
    """How many a page has at most; raises InvalidRequest."""
    if not text:
        return LIMIT_DEFAULT
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:4]) <= LIMIT_MAX:
        raise invalid("limit", f"a whole number from 1 to {LIMIT_MAX}")
    return int(text)


def cursor(*parts: str) -> str:
    """A place in a list as callers hand it back."""
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode()


def parts(text: str, *, number: int) -> list[str]:
    """That many parts of a cursor; raises InvalidRequest for anything that is none."""
    try:
        found = json.loads(base64.urlsafe_b64decode(text.encode()))
    except (ValueError, binascii.Error, RecursionError):
        raise invalid_cursor() from None
    if not isinstance(found, list) or len(found) != number:
        raise invalid_cursor()
    if not all(isinstance(part, str) and _PART.fullmatch(part) for part in found):
        raise invalid_cursor()
    return found


def invalid_cursor() -> InvalidRequest:
    return invalid("cursor", "not a cursor of this list")


def invalid(parameter: str, detail: str) -> InvalidRequest:
    return InvalidRequest(errors=(InputError(f"/{parameter}", detail),))
