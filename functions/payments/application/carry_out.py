"""Effect and outcome: call the provider for an attempt that is durable, keep what it said."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from payments.application.ports import Gateway, Payments
from payments.domain.attempt import Answer, Attempt, Outcome
from payments.domain.effects import Change
from payments.domain.errors import NoticeContradicts, OutcomeUnknown
from payments.domain.facts import answered, noticed
from payments.domain.payment import Payment
from shared.contracts.envelope import Cause
from shared.contracts.payments import NoticeContradicted
from shared.contracts.provider_notice import Notice
from shared.errors.taxonomy import AlreadyHandled
from shared.persistence.until_fresh import until_fresh

CORRELATION: Final = "correlation_id"
CAUSATION: Final = "causation_id"
CONTRADICTIONS_KEPT: Final = 20
"""They live in the payment's row; one of more is told again when its provider repeats it."""


def carry_out(
    payment: Payment,
    *,
    first_try: bool,
    call: Callable[[Attempt, dict[str, str]], Answer],
    gateway: Gateway,
    payments: Payments,
    cause: Cause,
) -> None:
    """Bring the cause's attempt to where its outcome is known or awaited, and mark the cause.

    On any but the first try the provider is asked what it knows before it is called again: its
    key may have expired since, and only a young attempt is called again at all. Raises
    OutcomeUnknown to be tried again.
    """
    attempt = payment.attempt_caused_by(cause.id)
    if attempt is None or not attempt.may_be_called:
        payments.acknowledge(cause)
        return
    if not first_try:
        notice = gateway.find(attempt.attempt_id)
        if notice is not None:
            change(payment.payment_id, lambda read: told(read, notice), payments, cause)
            return
        if cause.now - attempt.started_at >= gateway.key_used_for:
            raise OutcomeUnknown
    answer = call(attempt, {CORRELATION: payment.correlation_id, CAUSATION: cause.id})
    if answer.outcome is Outcome.UNKNOWN:
        _keep_unknown(payment.payment_id, attempt.attempt_id, answer, payments, cause)
        raise OutcomeUnknown
    change(
        payment.payment_id,
        lambda read: answered(read, attempt.attempt_id, answer),
        payments,
        cause,
    )


def told(payment: Payment, notice: Notice) -> Change:
    """With a provider's notice; one that cannot be true is told as such, once, and not applied."""
    try:
        return noticed(payment, notice)
    except NoticeContradicts as refusal:
        contradiction = refusal.detail
    said = f"{notice.reference} {notice.provider_reference}: {contradiction}"
    if said in payment.contradictions:
        return payment, ()
    kept = (*payment.contradictions, said)[-CONTRADICTIONS_KEPT:]
    event = NoticeContradicted(
        payment_id=payment.payment_id,
        order_id=payment.order_id,
        provider=payment.provider,
        reference=notice.reference,
        contradiction=contradiction,
    )
    return replace(payment, contradictions=kept), (event,)


def change(
    payment_id: str, decide: Callable[[Payment], Change], payments: Payments, cause: Cause
) -> None:
    """Read, decide, write; again while someone else wrote in between. Marks the cause."""

    def once() -> None:
        read = payments.find(payment_id)
        assert read is not None, f"{payment_id} was here before"
        decided, messages = decide(read)
        if decided == read and not messages:
            payments.acknowledge(cause)
        else:
            payments.commit(decided, messages, cause)

    until_fresh(once)


def _keep_unknown(
    payment_id: str, attempt_id: str, answer: Answer, payments: Payments, cause: Cause
) -> None:
    """The cause stays open: it is delivered again, and then the provider is asked."""

    def once() -> None:
        read = payments.find(payment_id)
        assert read is not None, f"{payment_id} was here before"
        unknown, _ = answered(read, attempt_id, answer)
        if unknown != read:
            payments.keep_intent(unknown, cause)
            return
        attempt = read.attempt(attempt_id)
        if attempt is not None and attempt.decided:  # a webhook was faster
            payments.acknowledge(cause)
            raise AlreadyHandled(cause.id)

    until_fresh(once)
