"""Pages of payments: which list is asked for, how long a page is, and where it begins."""

import base64
import binascii
import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from payments.domain.attempt import AttemptStatus
from payments.domain.payment import Payment
from payments.domain.states import PaymentStatus
from payments.infrastructure.dynamodb_payments import (
    BY_STATUS,
    FIRST,
    UNRESOLVED,
    DynamoDbPayments,
    Listed,
    Place,
)
from shared.errors.taxonomy import InputError, InvalidRequest
from shared.persistence.outbox import SHARDS

LIMIT_DEFAULT: Final = 20
LIMIT_MAX: Final = 100
_BOUND: Final = re.compile(r"[\x20-\x7e]{1,64}")
"""Times, as text."""


def page_of(
    parameters: Mapping[str, str], payments: DynamoDbPayments
) -> tuple[list[Payment], str | None]:
    """A page, and the cursor of the next one; raises InvalidRequest."""
    limit = _limit(parameters.get("limit"))
    after = _place(parameters.get("cursor"))
    wanted, found = _list(parameters, payments, after)
    page: list[Payment] = []
    for listed in found:
        if not wanted(listed.payment):
            continue
        page.append(listed.payment)
        if len(page) == limit:
            return page, _cursor(listed.place)
    return page, None


def _list(
    parameters: Mapping[str, str], payments: DynamoDbPayments, after: Place
) -> tuple[Callable[[Payment], bool], Iterator[Listed]]:
    status = parameters.get("status")
    if status in set(PaymentStatus):
        found = payments.listed(BY_STATUS, f"{status}#", after=after)
        return (lambda payment: payment.status == status), found
    if parameters.get("attempt_status") == AttemptStatus.UNKNOWN:
        return _has_unknown, payments.listed(UNRESOLVED, "", after=after)
    raise _invalid("status", "one of a payment's statuses is needed, or attempt_status=unknown")


def _has_unknown(payment: Payment) -> bool:
    return any(each.status is AttemptStatus.UNKNOWN for each in payment.attempts)


def _limit(text: str | None) -> int:
    if not text:
        return LIMIT_DEFAULT
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:4]) <= LIMIT_MAX:
        raise _invalid("limit", f"a whole number from 1 to {LIMIT_MAX}")
    return int(text)


def _cursor(place: Place) -> str:
    return base64.urlsafe_b64encode(json.dumps([place.shard, place.bound]).encode()).decode()


def _place(cursor: str | None) -> Place:
    if not cursor:
        return FIRST
    try:
        shard, bound = json.loads(base64.urlsafe_b64decode(cursor.encode()))
    except (ValueError, TypeError, binascii.Error, RecursionError):
        raise _invalid("cursor", "not a cursor of this list") from None
    if shard not in SHARDS or not isinstance(bound, str) or not _BOUND.fullmatch(bound):
        raise _invalid("cursor", "not a cursor of this list")
    return Place(shard, bound)


def _invalid(parameter: str, detail: str) -> InvalidRequest:
    return InvalidRequest(errors=(InputError(f"/{parameter}", detail),))
