"""Cases for people: opened by what could not be undone or decided, resolved by their decision."""

from typing import assert_never

from orders.application.ports import Cases, Orders
from orders.application.reactions import TermsAt
from orders.domain.case import Case, Decision, resolved
from orders.domain.correction import corrected, tried_again
from orders.domain.undoing import followed
from shared.contracts.accounting import LedgerEntrySuspended
from shared.contracts.compensation import CaseResolved, CompensationEscalated, Resolution
from shared.contracts.disputes import PaymentOverdrawn
from shared.contracts.envelope import Cause, Envelope
from shared.contracts.payments import NoticeContradicted, PaymentUnresolved
from shared.errors.taxonomy import AlreadyHandled, NotFound, StaleRow
from shared.ids import derived
from shared.persistence.once import once
from shared.persistence.until_fresh import until_fresh

type Troubling = (
    CompensationEscalated
    | LedgerEntrySuspended
    | NoticeContradicted
    | PaymentOverdrawn
    | PaymentUnresolved
)


def open_case(envelope: Envelope[Troubling], cause: Cause, *, cases: Cases) -> None:
    """One case for what was told; the same told again opens none."""
    case = _case_of(envelope)
    try:
        cases.commit(case, (), cause)
    except StaleRow:
        raise AlreadyHandled(cause.id) from None


def resolve_case(case_id: str, decision: Decision, *, cases: Cases, cause: Cause) -> Case:
    """The case with a person's decision; the same request again gives the case as it stands.

    Raises NotFound, CaseAlreadyResolved, DecisionNotApplicable, and IdempotencyKeyReused where the
    request has done something else.
    """
    return once(
        lambda: cases.commit(*resolved(_get(case_id, cases), decision), cause),
        is_done=lambda: CaseResolved.__name__ in cases.told(case_id, cause),
        again=lambda: _get(case_id, cases),
    )


def carry_out_decision(
    event: CaseResolved, cause: Cause, *, orders: Orders, terms: TermsAt
) -> None:
    """Do to the order what a person has decided; raises AlreadyHandled."""

    def act() -> None:
        order = orders.find(event.order_id)
        compensation = order.compensation(event.compensation_id) if order else None
        if order is None or compensation is None:
            orders.acknowledge(cause)
            return
        match event.action:
            case Resolution.RETRY:
                changed, messages = tried_again(order, compensation)
            case Resolution.CORRECT:
                changed, messages = corrected(order, compensation, event)
            case Resolution.ACCEPT:
                changed, messages = order, ()
            case _:
                assert_never(event.action)
        changed, more = followed(changed, terms(cause.now))
        if changed == order and not messages:
            orders.acknowledge(cause)
        else:
            orders.commit(changed, (*messages, *more), cause)

    until_fresh(act)


def _case_of(envelope: Envelope[Troubling]) -> Case:
    event = envelope.data
    code, detail = _trouble(event)
    escalated = event if isinstance(event, CompensationEscalated) else None
    return Case(
        case_id=derived("case", envelope.id),
        event=envelope.type,
        code=code,
        detail=detail,
        payment_id=event.payment_id,
        order_id=event.order_id,
        correlation_id=envelope.correlation_id,
        opened_at=envelope.time,
        compensation_id=escalated.compensation_id if escalated else "",
        tried=escalated.tried if escalated else (),
    )


def _trouble(event: Troubling) -> tuple[str, str]:
    """What is wrong: a code to decide by, and what a person needs to know beyond it."""
    match event:
        case CompensationEscalated():
            return event.code, f"{event.reason} could not be undone: order {event.order_status}"
        case LedgerEntrySuspended():
            return event.code, f"{event.fact} is booked in suspense, entry {event.entry_id}"
        case NoticeContradicted():
            return (
                "notice_contradicts",
                f"{event.provider} on {event.reference}: {event.contradiction}",
            )
        case PaymentOverdrawn():
            return "payment_overdrawn", f"{event.excess} more went back than was captured"
        case PaymentUnresolved():
            since = event.started_at.isoformat(timespec="seconds")
            return "outcome_unknown", f"{event.operation} {event.attempt_id} since {since}"
        case _:
            assert_never(event)


def _get(case_id: str, cases: Cases) -> Case:
    case = cases.find(case_id)
    if case is None:
        raise NotFound("no such case")
    return case
