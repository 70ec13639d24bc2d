"""Ask the provider now what became of every operation that is not decided."""

from payments.application.ports import Gateways, Payments
from payments.domain.payment import Payment
from shared.contracts.envelope import Cause, Event
from shared.errors.taxonomy import AlreadyHandled, NotFound
from shared.persistence.until_fresh import until_fresh


def sync_payment(
    payment_id: str, *, payments: Payments, gateways: Gateways, cause: Cause
) -> Payment:
    """The payment with what its provider knows of it; raises NotFound, OutcomeUnknown."""
    payment = _get(payment_id, payments)
    gateway = gateways(payment.provider)
    asked = [gateway.find(each.attempt_id) for each in payment.attempts if not each.decided]
    notices = [notice for notice in asked if notice is not None and notice.verdict is not None]

    def apply() -> Payment:
        read = _get(payment_id, payments)
        synced = read
        messages: tuple[Event, ...] = ()
        for notice in notices:
            synced, events = synced.noticed(notice)
            messages = (*messages, *events)
        return read if synced == read else payments.commit(synced, messages, cause)

    try:
        return until_fresh(apply)
    except AlreadyHandled:
        return _get(payment_id, payments)


def _get(payment_id: str, payments: Payments) -> Payment:
    payment = payments.find(payment_id)
    if payment is None:
        raise NotFound("no such payment")
    return payment
