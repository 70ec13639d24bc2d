"""How each event is written in the books. One function a fact; nothing else decides."""

from __future__ import annotations

from datetime import datetime
from typing import Final, assert_never

from accounting.domain.chart_of_accounts import (
    AUTHORIZATIONS,
    AUTHORIZATIONS_CONTRA,
    CHARGEBACK_LOSSES,
    CUSTOMER_RECEIVABLE,
    DISPUTES_RECEIVABLE,
    PROVIDER_CLEARING,
    REFUNDS,
    REFUNDS_PAYABLE,
    REVENUE,
    UNAPPLIED_FUNDS,
)
from accounting.domain.journal import JournalEntry, Posting, credit, debit
from shared.contracts.payments import (
    AuthorizationExpired,
    DisputeLost,
    DisputeOpened,
    DisputeWon,
    PaymentAuthorized,
    PaymentCaptured,
    PaymentRefunded,
    PaymentVoided,
    RefundFailed,
    RefundRequested,
    Undoes,
)
from shared.ids import derived
from shared.money import Money

type Postable = (
    PaymentAuthorized
    | AuthorizationExpired
    | PaymentVoided
    | PaymentCaptured
    | RefundRequested
    | PaymentRefunded
    | RefundFailed
    | DisputeOpened
    | DisputeWon
    | DisputeLost
)
"""What has a rule of its own; a capture that failed later reverses the capture's entry."""

ID_LETTERS: Final = 20
"""A hundred bits. Should two causes ever meet in one id, the second is refused, not lost."""


UNAPPLIED_CAPTURE: Final = "UnappliedCapture"
"""A capture that pays for nothing is a fact of its own: no order becomes paid by it."""


def _fact(event: Postable) -> str:
    if isinstance(event, PaymentCaptured) and event.unapplied:
        return UNAPPLIED_CAPTURE
    return type(event).__name__


def entry_id_for(*cause: str) -> str:
    """One cause is one entry: the entry takes its id from the message that told it."""
    return derived("je", *cause)[: len("je_") + ID_LETTERS]


def entry_for(
    event: Postable,
    *,
    cause_id: str,
    booked_at: datetime,
    effective_at: datetime,
    happened_at: datetime | None = None,
) -> JournalEntry | None:
    """The one journal entry of an event, or None if it moves nothing."""
    description, reference, postings = _booked(event)
    if not postings:
        return None
    return JournalEntry(
        entry_id=entry_id_for(cause_id),
        cause_id=cause_id,
        fact=_fact(event),
        description=description,
        payment_id=event.payment_id,
        order_id=event.order_id,
        reference=reference,
        postings=postings,
        provider=getattr(event, "provider", ""),
        booked_at=booked_at,
        effective_at=effective_at,
        happened_at=None if happened_at == effective_at else happened_at,
    )


def _booked(  # noqa: C901, PLR0911 - one case a fact
    event: Postable,
) -> tuple[str, str, tuple[Posting, ...]]:
    """What an entry says, the operation it is about, and its postings."""
    match event:
        case PaymentAuthorized():
            return "Authorization", event.provider_reference, authorized(event.amount)
        case AuthorizationExpired():
            return "Authorization expired", "", authorization_released(event.amount)
        case PaymentVoided():
            return "Authorization voided", "", authorization_released(event.amount)
        case PaymentCaptured(unapplied=True):
            return "Capture to give back", event.capture_id, unapplied_captured(event.amount)
        case PaymentCaptured():
            return "Capture", event.capture_id, captured(event.amount)
        case RefundRequested():
            return "Refund", event.refund_id, refund_requested(event)
        case PaymentRefunded():
            return "Refund paid", event.refund_id, refund_paid(event.amount)
        case RefundFailed():
            return "Refund failed", event.refund_id, refund_failed(event)
        case DisputeOpened():
            return "Dispute", event.dispute_id, dispute_opened(event.amount)
        case DisputeWon():
            return "Dispute won", event.dispute_id, dispute_won(event.amount)
        case DisputeLost():
            return "Dispute lost", event.dispute_id, dispute_lost(event.amount)
        case _:
            assert_never(event)


def authorized(amount: Money) -> tuple[Posting, ...]:
    """T0: money is held for us. A memo: neither owed nor earned."""
    return debit(AUTHORIZATIONS, amount), credit(AUTHORIZATIONS_CONTRA, amount)


def authorization_released(amount: Money) -> tuple[Posting, ...]:
    """T0r: what was held and not captured is free again."""
    return debit(AUTHORIZATIONS_CONTRA, amount), credit(AUTHORIZATIONS, amount)


def captured(amount: Money) -> tuple[Posting, ...]:
    """T1, T1p: the customer owes us what the provider took for us; revenue is earned on capture.

    That part is held no longer; the rest stays a memo until it is captured, voided or expires.
    """
    earned = debit(CUSTOMER_RECEIVABLE, amount), credit(REVENUE, amount)
    return (*earned, *authorization_released(amount))


def unapplied_captured(amount: Money) -> tuple[Posting, ...]:
    """T9: money for a payment that was given up is owed back, never earned.

    The hold had been released when the payment was given up.
    """
    return debit(CUSTOMER_RECEIVABLE, amount), credit(UNAPPLIED_FUNDS, amount)


def refund_requested(event: RefundRequested) -> tuple[Posting, ...]:
    """T5, T9r: owed to the customer from now on, against revenue or out of unapplied funds.

    What is owed already, since a refund came back (T5f), is drawn on first: it reduced revenue
    then, and does not a second time.
    """
    return (*_sources(event), credit(REFUNDS_PAYABLE, event.amount))


def _sources(event: RefundRequested | RefundFailed) -> tuple[Posting, ...]:
    source = UNAPPLIED_FUNDS if event.unapplied else REFUNDS
    if event.already_owed is None:
        return (debit(source, event.amount),)
    drawn = debit(REFUNDS_PAYABLE, event.already_owed)
    rest = event.amount - event.already_owed
    return (drawn, debit(source, rest)) if rest.minor else (drawn,)


def refund_paid(amount: Money) -> tuple[Posting, ...]:
    """T5s: the provider has paid it out of what it holds for us."""
    return debit(REFUNDS_PAYABLE, amount), credit(PROVIDER_CLEARING, amount)


def refund_failed(event: RefundFailed) -> tuple[Posting, ...]:
    """T5c before money moved: not owed any more. T5f after: the money is back, and still owed."""
    match event.undoes:
        case Undoes.NOTHING:
            return ()
        case Undoes.REQUEST:
            given_back = (posting.mirrored() for posting in _sources(event))
            return debit(REFUNDS_PAYABLE, event.amount), *given_back
        case Undoes.REFUND:
            return debit(PROVIDER_CLEARING, event.amount), credit(REFUNDS_PAYABLE, event.amount)
        case _:
            assert_never(event.undoes)


def dispute_opened(amount: Money) -> tuple[Posting, ...]:
    """T6: withdrawn until the dispute is decided. Fees come with the settlement."""
    return debit(DISPUTES_RECEIVABLE, amount), credit(PROVIDER_CLEARING, amount)


def dispute_won(amount: Money) -> tuple[Posting, ...]:
    """T7: the money is ours again."""
    return debit(PROVIDER_CLEARING, amount), credit(DISPUTES_RECEIVABLE, amount)


def dispute_lost(amount: Money) -> tuple[Posting, ...]:
    """T8: a chargeback is an expense; revenue stays as it was earned."""
    return debit(CHARGEBACK_LOSSES, amount), credit(DISPUTES_RECEIVABLE, amount)
