"""Ask the provider what became of everything that is not decided: by the clock, and on request."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from payments.application.carry_out import told
from payments.application.ports import Gateway, Gateways, Payments
from payments.domain.attempt import Attempt
from payments.domain.effects import Change
from payments.domain.errors import NoticeEarly
from payments.domain.facts import absent
from payments.domain.payment import Payment
from shared.contracts.envelope import Cause, Message
from shared.contracts.payments import PaymentUnresolved
from shared.contracts.provider_notice import Notice, Operation
from shared.errors.taxonomy import (
    IntegrationException,
    NotFound,
    QuittanceException,
    TransientException,
)
from shared.persistence.until_fresh import until_fresh

ESCALATED_AFTER: Final = timedelta(days=3)
"""From then on a person is told. It stays unknown all the same."""


def resolve_payment(
    payment_id: str, *, payments: Payments, gateways: Gateways, cause: Cause
) -> Payment:
    """The payment with what its provider knows of it now.

    A provider that does not answer is asked again later, in growing steps, and in the end a person
    is told. The cause is not marked: it may have more to do, and asking twice does no harm. Raises
    NotFound, and what kept the provider from answering.
    """
    payment = _get(payment_id, payments)
    gateway = gateways(payment.provider)
    answers, silence = _ask(gateway, _doubtful(payment, cause))

    def apply() -> Payment:
        read = _get(payment_id, payments)
        resolved, messages = _with_answers(read, answers, gateway, cause.now)
        resolved, escalated = _asked(resolved, cause.now)
        if resolved == read and not messages:
            return read
        return payments.keep_intent(resolved, cause, messages=(*messages, *escalated))

    resolved = until_fresh(apply)
    if silence is not None:
        raise silence
    return resolved


def _ask(
    gateway: Gateway, doubtful: Sequence[Attempt]
) -> tuple[dict[str, Notice | None], QuittanceException | None]:
    """What the provider says of each attempt, and the last thing that kept it from saying more."""
    answers: dict[str, Notice | None] = {}
    silence: QuittanceException | None = None
    for attempt in doubtful:
        try:
            answers[attempt.attempt_id] = gateway.find(attempt.attempt_id)
        except (TransientException, IntegrationException) as failure:
            silence = failure
    return answers, silence


def _doubtful(payment: Payment, cause: Cause) -> list[Attempt]:
    """What is not decided, and the authorization when its hold must have expired by now."""
    doubtful = list(payment.undecided)
    if payment.capture_before is not None and cause.now >= payment.capture_before:
        doubtful += [
            each
            for each in payment.attempts
            if each.operation is Operation.AUTHORIZE and each.decided and not each.withdrawn
        ][-1:]
    return doubtful


def _with_answers(
    payment: Payment, answers: dict[str, Notice | None], gateway: Gateway, now: datetime
) -> Change:
    messages: tuple[Message, ...] = ()
    for reference, notice in answers.items():
        attempt = payment.attempt(reference)
        assert attempt is not None, "attempts are never removed"
        if notice is not None:
            try:
                payment, events = told(payment, notice)
            except NoticeEarly:
                continue  # what it builds on may be among the other answers; else it comes again
        elif now - attempt.started_at >= gateway.absent_after:
            payment, events = absent(payment, reference)
        else:
            continue
        messages = (*messages, *events)
    return payment, messages


def _asked(payment: Payment, now: datetime) -> Change:
    """Count the asking where it left something open, and tell once of what is open too long.

    An asking that was not due is not counted: the steps grow by the clock, however often somebody
    asks between them.
    """
    due = payment.next_check_at
    if due is None:
        return payment, ()
    overdue = [
        each
        for each in payment.undecided
        if not each.escalated and now - each.started_at >= ESCALATED_AFTER
    ]
    for each in overdue:
        payment = payment.replacing(replace(each, escalated=True))
    messages = tuple(
        PaymentUnresolved(
            payment_id=payment.payment_id,
            order_id=payment.order_id,
            attempt_id=each.attempt_id,
            operation=each.operation,
            started_at=each.started_at,
        )
        for each in overdue
    )
    return replace(payment, checks=payment.checks + (now >= due)), messages


def _get(payment_id: str, payments: Payments) -> Payment:
    payment = payments.find(payment_id)
    if payment is None:
        raise NotFound("no such payment")
    return payment
