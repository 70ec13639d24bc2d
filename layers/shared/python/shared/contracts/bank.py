"""What a bank's statement says of an account of ours, in our words, one entry at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from shared.contracts.envelope import Event
from shared.money import Money

BANK: Final = "bank"
"""Who tells it, beside the providers: the folder of its statements and the name of its runs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BankLineBooked(Event):
    """A bank has booked an entry on an account of ours; an `amount` above zero comes to us.

    `line_id` is the same however often, and in whichever file, the bank tells the entry.
    `statement` is the bank's number of the statement, `reference` its own name for the entry where
    it has one, `text` what the entry says of its reason, as the bank writes it. It was booked on
    `booked_on` and counts for interest from `value_on`. It stands in `report_id` at `row`.
    """

    line_id: str
    provider: str
    account: str
    statement: str
    reference: str
    amount: Money
    booked_on: date
    value_on: date
    text: str
    report_id: str
    row: int
