"""The events this service reacts to: everything that can move money."""

from __future__ import annotations

from accounting.application.book import book, undo_capture
from accounting.application.ports import Attested, Journal
from accounting.application.settle import settle_line
from accounting.domain.manual import Periods
from accounting.domain.posting_rules import Postable
from shared.contracts.attestation import DayAttested, OperationsAttested
from shared.contracts.bank import BankLineBooked
from shared.contracts.envelope import Cause, Envelope
from shared.contracts.payments import CaptureFailed
from shared.contracts.settlement import PaymentSettled

type Subscribed = (
    Postable | CaptureFailed | PaymentSettled | BankLineBooked | OperationsAttested | DayAttested
)


def react(
    envelope: Envelope[Subscribed],
    cause: Cause,
    *,
    journal: Journal,
    attested: Attested,
    periods: Periods | None = None,
) -> None:
    """Book the event. `periods` as they were read for the batch, else they are read now."""
    event = envelope.data
    if isinstance(event, OperationsAttested | DayAttested):
        attested.keep(event, now=cause.now)
        return
    open_periods = periods or journal.periods()
    if isinstance(event, PaymentSettled | BankLineBooked):
        settle_line(
            event, told_at=envelope.time, periods=open_periods, journal=journal, cause=cause
        )
    elif not isinstance(event, CaptureFailed):
        book(event, happened_at=envelope.time, periods=open_periods, journal=journal, cause=cause)
    elif event.undoes_capture:
        undo_capture(
            event, happened_at=envelope.time, periods=open_periods, journal=journal, cause=cause
        )
