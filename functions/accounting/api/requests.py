"""What a caller may send to accounting, and how it becomes drafts and moments."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from accounting.application.walk import Place
from accounting.domain.chain import is_entry_id
from accounting.domain.chart_of_accounts import Side, account_of
from accounting.domain.journal import POSTINGS_MAX, Authorship, Person, Posting
from accounting.domain.manual import Draft
from shared.errors.taxonomy import InputError, InvalidRequest
from shared.money import AMOUNT_MAX, Money, UnknownCurrency, currencies, exponent
from shared.rest.access import Principal

_LEDGER_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z")
YEARS = 1970, 2200
ENTRIES_MAX = 10
"""Linked in one request."""
INCLUDED_MAX = 20
"""Entries that a balance is asked to include."""


def _active(currency: str) -> str:
    exponent(currency)
    return currency


Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}$")]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Code = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}$")]
Amount = Annotated[int, Field(ge=1, le=AMOUNT_MAX)]
Currency = Annotated[
    str, AfterValidator(_active), Field(json_schema_extra={"enum": list(currencies())})
]


def _text_only(given: object) -> object:
    """Or a number would be taken for seconds since 1970."""
    if not isinstance(given, str) or given.strip().lstrip("+-").replace(".", "", 1).isdigit():
        raise ValueError("not an RFC 3339 time")
    return given


def _within_calendars(moment: datetime) -> datetime:
    if not YEARS[0] <= moment.year <= YEARS[1]:
        raise ValueError(f"a year from {YEARS[0]} to {YEARS[1]}")
    return moment


Moment = Annotated[
    AwareDatetime,
    Field(strict=False),
    BeforeValidator(_text_only),
    AfterValidator(_within_calendars),
]
Day = Annotated[date, Field(strict=False), BeforeValidator(_text_only)]


class _Request(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class PostingRequest(_Request):
    """`item` is the sub-ledger item of a control account, where it is not the entry's payment."""

    account: Code
    side: Literal["debit", "credit"]
    amount: Amount
    currency: Currency
    item: Name | None = None

    def posting(self) -> Posting:
        money = Money(self.amount, self.currency)
        return Posting(account_of(self.account), Side(self.side), money, self.item or "")


type Postings = Annotated[list[PostingRequest], Field(min_length=2, max_length=POSTINGS_MAX)]


class EntryRequest(_Request):
    """With `hold_until` the amounts are held until they are posted, voided or expire."""

    description: Text
    postings: Postings
    effective_at: Moment | None = None
    payment_id: Name | None = None
    payout_id: Name | None = None
    hold_until: Moment | None = None

    def draft(self) -> Draft:
        return Draft(
            description=self.description,
            postings=tuple(posting.posting() for posting in self.postings),
            effective_at=self.effective_at,
            payment_id=self.payment_id or "",
            payout_id=self.payout_id,
            hold_until=self.hold_until,
        )


class _ByHand(_Request):
    actor: Text
    reason: Text

    def by(self, principal: Principal) -> Authorship:
        """What counts is the API key; `actor` is who that is by their own word."""
        return Authorship(actor=Person(principal.name, self.actor), reason=self.reason)


class EntriesRequest(_ByHand):
    """The body of POST /journal-entries: several entries are linked, all are booked or none."""

    entries: Annotated[list[EntryRequest], Field(min_length=1, max_length=ENTRIES_MAX)]


class ReversalRequest(_ByHand):
    """The body of POST /journal-entries/{entry_id}/reversal."""

    effective_at: Moment | None = None


class ResolutionRequest(_ByHand):
    """The body of POST /journal-entries/{entry_id}/resolution; `postings` post a part."""

    outcome: Literal["post", "void"]
    postings: Postings | None = None

    @model_validator(mode="after")
    def _post_alone(self) -> ResolutionRequest:
        if self.outcome == "void" and self.postings is not None:
            raise ValueError("what is voided has no postings")
        return self


class ApprovalRequest(_Request):
    """The body of POST /proposals/{proposal_id}/approval."""

    approver: Text

    def by(self, principal: Principal) -> Person:
        return Person(principal.name, self.approver)


class PeriodRequest(_ByHand):
    """The body of POST /periods: the last day that is closed."""

    through: Day


class ReconciliationRequest(_Request):
    """The body of POST /reconciliations: the provider, and the last day that is taken up (UTC)."""

    provider: Name
    date: Day


class ItemResolutionRequest(_ByHand):
    """The body of POST /reconciliation-items/{item_id}/resolution: the account that explains it."""

    account: Code


def known_currency(text: str) -> str:
    """A currency of the query; raises InvalidRequest."""
    try:
        exponent(text)
    except UnknownCurrency as error:
        raise invalid("currency", str(error)) from None
    return text


def moment(name: str, text: str) -> datetime:
    """A moment of the query; raises InvalidRequest."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise invalid(name, "not an RFC 3339 time") from None
    if found.tzinfo is None:
        raise invalid(name, "a time needs its offset from UTC")
    try:
        return _within_calendars(found)
    except ValueError as error:
        raise invalid(name, str(error)) from None


def place(name: str, text: str) -> Place:
    """A place in ledger time, as `cursor_of` wrote it; raises InvalidRequest."""
    booked_at, _, lane = text.partition("|")
    if not lane.isascii() or not lane.isdigit() or not _LEDGER_TIME.fullmatch(booked_at):
        raise invalid(name, "next_cursor of the page before")
    return Place(booked_at, int(lane[:2]))


def cursor_of(found: Place | None) -> str | None:
    return None if found is None else f"{found.booked_at}|{found.lane}"


def entry_ids(name: str, text: str) -> list[str]:
    """Ids of entries with commas between them; raises InvalidRequest."""
    found = text.split(",")
    if len(found) > INCLUDED_MAX or not all(map(is_entry_id, found)):
        raise invalid(name, f"up to {INCLUDED_MAX} ids of journal entries, with commas")
    return found


def number(name: str, text: str, *, most: int) -> int:
    """A whole number of the query, from 0 to `most`; raises InvalidRequest."""
    if not text.isascii() or not text.isdigit() or len(text) > 12 or int(text) > most:  # noqa: PLR2004
        raise invalid(name, f"a whole number from 0 to {most}")
    return int(text)


def one_of(name: str, text: str, allowed: Iterable[str]) -> str:
    if text not in (choices := tuple(allowed)):
        raise invalid(name, "one of " + ", ".join(choices))
    return text


def invalid(parameter: str, detail: str) -> InvalidRequest:
    return InvalidRequest(errors=(InputError(f"/{parameter}", detail),))
