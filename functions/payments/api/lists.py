"""Pages of payments: which list is asked for, how long a page is, and where it begins."""

from collections.abc import Callable, Iterator, Mapping

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
from shared.persistence.outbox import SHARDS
from shared.rest import pages


def page_of(
    parameters: Mapping[str, str], payments: DynamoDbPayments
) -> tuple[list[Payment], str | None]:
    """A page, and the cursor of the next one; raises InvalidRequest."""
    limit = pages.limit(parameters.get("limit"))
    after = _place(parameters.get("cursor"))
    wanted, found = _list(parameters, payments, after)
    page: list[Payment] = []
    for listed in found:
        if not wanted(listed.payment):
            continue
        page.append(listed.payment)
        if len(page) == limit:
            return page, pages.cursor(listed.place.shard, listed.place.bound)
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
    raise pages.invalid(
        "status", "one of a payment's statuses is needed, or attempt_status=unknown"
    )


def _has_unknown(payment: Payment) -> bool:
    return any(each.status is AttemptStatus.UNKNOWN for each in payment.attempts)


def _place(cursor: str | None) -> Place:
    if not cursor:
        return FIRST
    shard, bound = pages.parts(cursor, number=2)
    if shard not in SHARDS:
        raise pages.invalid_cursor()
    return Place(shard, bound)
