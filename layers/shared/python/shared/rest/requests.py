"""What a caller sends: parsed, bounded, checked, with every fault named by its place."""

import json
import re
from typing import Any, Final

from pydantic import BaseModel, ValidationError

from shared.contracts.codec import reject_constant
from shared.errors.taxonomy import (
    IdempotencyKeyInvalid,
    IdempotencyKeyMissing,
    InputError,
    InvalidRequest,
    MalformedJson,
    PayloadTooLarge,
)
from shared.rest.cards import has_card_number, pointer_step, refuse_card_numbers

KEY_LENGTH_MAX: Final = 255
BODY_CHARACTERS_MAX: Final = 1_000_000
"""Far above the largest order, far below the gateway's own 10 MB."""
ERRORS_MAX: Final = 20
_CORRELATION: Final = re.compile(r"[A-Za-z0-9_.:-]{1,128}")
_KEY: Final = re.compile(rf"[\x21-\x7e]{{1,{KEY_LENGTH_MAX}}}")


def json_object(body: str | None) -> dict[str, Any]:
    """The body as a JSON object; an absent body is an empty one.

    Raises PayloadTooLarge, MalformedJson, and CardNumberRefused for a card number anywhere in it.
    """
    if len(body or "") > BODY_CHARACTERS_MAX:
        raise PayloadTooLarge
    try:
        document = json.loads(
            body or "{}", parse_constant=reject_constant, object_pairs_hook=_without_duplicates
        )
        json.dumps(document, ensure_ascii=False).encode()  # half a surrogate pair is no text
    except (ValueError, RecursionError):
        raise MalformedJson from None
    if not isinstance(document, dict):
        raise MalformedJson("the body is JSON, but not an object")
    refuse_card_numbers(document)
    return document


def checked[T: BaseModel](shape: type[T], document: dict[str, Any]) -> T:
    """The document as `shape`; raises InvalidRequest with a pointer for each fault."""
    try:
        return shape.model_validate(document)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_context=False, include_input=False)
        raise InvalidRequest(
            errors=tuple(
                InputError("/" + "/".join(map(pointer_step, fault["loc"])), fault["msg"])
                for fault in faults[:ERRORS_MAX]
            )
        ) from None


def idempotency_key(header: str | None) -> str:
    """The caller's key; raises IdempotencyKeyMissing or IdempotencyKeyInvalid."""
    key = (header or "").strip()
    if not key:
        raise IdempotencyKeyMissing
    if not _KEY.fullmatch(key):
        raise IdempotencyKeyInvalid(f"1 to {KEY_LENGTH_MAX} visible ASCII characters")
    if has_card_number(key):
        raise IdempotencyKeyInvalid("a key must not hold a card number")
    return key


def correlation_id(header: str | None) -> str | None:
    """The caller's correlation id if it is well formed, else None."""
    if header and _CORRELATION.fullmatch(header) and not has_card_number(header):
        return header
    return None


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document = dict(pairs)
    if len(document) != len(pairs):
        raise ValueError("a field is named twice")
    return document
