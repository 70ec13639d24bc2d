"""A fact is booked once, as it was told first, in a period that is open."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from accounting.application.by_hand import close_period, reverse, submit
from accounting.domain import posting_rules
from accounting.domain.chart_of_accounts import CUSTOMER_CREDIT, GOODWILL, REVENUE
from accounting.domain.errors import (
    CaptureNotBooked,
    EntryDiffers,
    EntryMalformed,
    PeriodClosed,
)
from accounting.domain.journal import Authorship, Person, credit, debit
from accounting.domain.manual import Draft
from shared.errors.taxonomy import InvalidRequest
from shared.money import Money, currencies
from tests.doubles.ledger import START, Ledger, authorized, capture_failed, captured

BY = Authorship(actor=Person("operator", "ann"), reason="month end")


def test_a_message_that_comes_again_changes_nothing() -> None:
    ledger = Ledger()
    ledger.hear(captured(), "m1", at=START)
    before = list(ledger.journal.rows())
    ledger.tick(days=3)
    ledger.hear(captured(), "m1", at=START)
    assert list(ledger.journal.rows()) == before


@pytest.mark.parametrize(
    ("changed", "at"),
    [
        (captured(3999), START),
        (captured(payment="pay_2"), START),
        (authorized(), START),
        (captured(), START + timedelta(seconds=1)),
    ],
    ids=["amount", "payment", "type", "time"],
)
def test_the_same_message_with_another_content_is_refused_and_raised(
    changed: object, at: datetime
) -> None:
    ledger = Ledger()
    ledger.hear(captured(), "m1", at=START)
    before = list(ledger.journal.rows())
    with pytest.raises(EntryDiffers):
        ledger.hear(changed, "m1", at=at)  # type: ignore[arg-type]
    assert list(ledger.journal.rows()) == before


def test_an_entry_is_its_own_announcement() -> None:
    ledger = Ledger()
    ledger.hear(captured(), "m1")
    (row,) = ledger.journal.rows()
    assert (row["Type"], row["Retries"]) == ("LedgerEntryCreated", 0)
    assert '"fact":"PaymentCaptured"' in str(row["Payload"])


def test_a_whole_capture_fits_one_write_unit() -> None:
    ledger = Ledger()
    letters = "0123456789abcdefghjkmnpqrs"
    payment = f"pay_{letters}"
    event = replace(
        captured(1234567, payment=payment),
        order_id=f"ord_{letters}",
        capture_id=f"{payment}-capture-1",
    )
    ledger.hear(event, f"payments/{payment}/6/1")
    (row,) = ledger.journal.rows()
    size = sum(len(name) + len(str(value).encode()) for name, value in row.items())
    assert size <= 1024


def test_a_capture_that_fails_later_is_reversed_once_and_linked() -> None:
    ledger = Ledger()
    ledger.hear(authorized(), "m0")
    ledger.hear(captured(), "m1")
    for _ in range(2):
        ledger.hear(capture_failed(), "m2", at=START)
    original, reversal = [e.entry for e in ledger.journal.of_payment("pay_1")][1:]
    assert reversal.reverses == original.entry_id
    assert reversal.postings == tuple(posting.mirrored() for posting in original.postings)
    assert (ledger.balance("1100"), ledger.balance("4000"), ledger.balance("9000")) == (0, 0, 3998)


def test_a_recovered_capture_is_a_new_entry_that_may_fail_again() -> None:
    ledger = Ledger()
    ledger.hear(captured(), "m1")
    ledger.hear(capture_failed(), "m2")
    ledger.tick(minutes=1)
    ledger.hear(captured(), "m3")
    assert ledger.balance("1100") == 3998
    ledger.hear(capture_failed(), "m4")
    ledger.hear(capture_failed(), "m2", at=START)
    assert (ledger.balance("1100"), len(list(ledger.journal.entries()))) == (0, 4)


def test_a_failure_that_comes_before_its_capture_waits_for_it() -> None:
    ledger = Ledger()
    with pytest.raises(CaptureNotBooked):
        ledger.hear(capture_failed(), "m2")
    ledger.hear(captured(), "m1")
    ledger.hear(capture_failed(), "m2")
    assert ledger.balance("1100") == 0


def test_a_failure_of_a_capture_that_was_reversed_by_hand_is_acknowledged() -> None:
    ledger = Ledger()
    ledger.hear(captured(), "m1")
    (entry,) = ledger.journal.entries()
    cause = ledger.cause("req_1")
    reverse(entry.entry_id, BY, effective_at=None, journal=ledger.journal, cause=cause)
    ledger.hear(capture_failed(), "m2")
    assert (ledger.balance("1100"), len(list(ledger.journal.entries()))) == (0, 2)


def test_a_late_fact_of_a_closed_period_counts_from_the_first_open_moment() -> None:
    ledger = Ledger()
    close_period(date(2026, 1, 1), BY, journal=ledger.journal, cause=ledger.cause("req_1"))
    late = datetime(2025, 12, 31, 23, 59, tzinfo=UTC)
    ledger.hear(captured(), "m1", at=late)
    (entry,) = ledger.journal.entries()
    assert entry.effective_at == datetime(2026, 1, 2, tzinfo=UTC)
    assert entry.booked_at == START


def test_a_fact_booked_before_its_period_was_closed_is_still_a_duplicate_after() -> None:
    ledger = Ledger()
    earlier = START - timedelta(days=1)
    ledger.hear(captured(), "m1", at=earlier)
    close_period(date(2026, 1, 1), BY, journal=ledger.journal, cause=ledger.cause("req_1"))
    ledger.hear(captured(), "m1", at=earlier)
    assert len(list(ledger.journal.entries())) == 1


def test_a_period_is_closed_once_it_has_ended_and_never_opened_again() -> None:
    ledger = Ledger()
    cause = ledger.cause("req_1")
    with pytest.raises(InvalidRequest):
        close_period(date(2026, 1, 2), BY, journal=ledger.journal, cause=cause)
    final_at = close_period(date(2025, 12, 31), BY, journal=ledger.journal, cause=cause)
    assert final_at == START + timedelta(minutes=6)
    with pytest.raises(PeriodClosed):
        close_period(date(2025, 11, 30), BY, journal=ledger.journal, cause=cause)


def test_an_entry_is_never_booked_before_it_happened() -> None:
    ledger = Ledger()
    ledger.hear(captured(), "m1", at=START + timedelta(milliseconds=40))
    (entry,) = ledger.journal.entries()
    assert entry.booked_at == entry.effective_at


def test_what_belongs_on_a_closed_account_waits_in_suspense_and_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(posting_rules, "REVENUE", replace(REVENUE, closed=True))
    ledger = Ledger()
    for _ in range(2):
        ledger.hear(captured(), "m1", at=START)
    (row,) = ledger.journal.rows()
    assert row["Type"] == "LedgerEntrySuspended"
    assert '"code":"account_closed"' in str(row["Payload"])
    assert (ledger.balance("1100"), ledger.balance("4000")) == (3998, 0)
    assert abs(ledger.balance("1900")) == 3998


def test_more_limited_accounts_than_one_write_can_hold_are_refused() -> None:
    ledger = Ledger()
    codes = list(currencies())[:150]
    drafts = [
        Draft(
            description="x",
            postings=tuple(
                each
                for code in codes[start : start + 15]
                for each in (
                    debit(GOODWILL, Money(1, code)),
                    credit(CUSTOMER_CREDIT, Money(1, code)),
                )
            ),
        )
        for start in range(0, 150, 15)
    ]
    with pytest.raises(EntryMalformed, match="too many limited accounts"):
        submit(drafts, BY, journal=ledger.journal, cause=ledger.cause("r"))
    assert list(ledger.journal.entries()) == []


def test_an_event_that_comes_again_after_its_description_was_worded_anew_is_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ledger = Ledger()
    ledger.hear(captured(), "m1")
    told = posting_rules._booked(captured())
    anew = ("Money taken", *told[1:])
    monkeypatch.setattr(posting_rules, "_booked", lambda _: anew)
    ledger.hear(captured(), "m1")
    (entry,) = ledger.journal.entries()
    assert entry.description == "Capture"
    other = ("Capture", told[1], told[2][:2])
    monkeypatch.setattr(posting_rules, "_booked", lambda _: other)
    with pytest.raises(EntryDiffers):
        ledger.hear(captured(), "m1")
