"""People write in the books under rules: named, checked by a second one, within limits, once."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from accounting.application.by_hand import (
    Submitted,
    approve,
    close_period,
    expire_holds,
    resolve,
    reverse,
    submit,
)
from accounting.domain.balances import sums_of
from accounting.domain.chart_of_accounts import (
    BANK,
    CUSTOMER_CREDIT,
    GOODWILL,
    OPENING_BALANCES,
    PROCESSING_FEES,
    REVENUE,
)
from accounting.domain.errors import (
    AccountClosed,
    AlreadyResolved,
    AlreadyReversed,
    EntryDiffers,
    HoldRefused,
    LimitExceeded,
    PeriodClosed,
    ReversalRefused,
    SelfApproval,
)
from accounting.domain.journal import Authorship, Person, Posting, credit, debit
from accounting.domain.manual import Draft
from shared.errors.taxonomy import NotFound
from tests.doubles.ledger import START, Ledger, captured, eur

BY = Authorship(actor=Person("operator", "ann"), reason="a correction")
FEE = (debit(PROCESSING_FEES, eur(500)), credit(BANK, eur(500)))


def draft(*postings: Posting, **more: object) -> Draft:
    plain = Draft(description="By hand", postings=postings, effective_at=START)
    return replace(plain, **more)  # type: ignore[arg-type]


def submitted(ledger: Ledger, *drafts: Draft, request: str = "req_1") -> Submitted:
    return submit(drafts, BY, journal=ledger.journal, cause=ledger.cause(request))


def grant(ledger: Ledger, minor: int, request: str = "req_0") -> None:
    """Give the customers credit that they can spend later."""
    postings = debit(BANK, eur(minor)), credit(CUSTOMER_CREDIT, eur(minor))
    submitted(ledger, draft(*postings), request=request)


def spend(minor: int, **more: object) -> Draft:
    return draft(debit(CUSTOMER_CREDIT, eur(minor)), credit(REVENUE, eur(minor)), **more)


def test_an_entry_by_hand_names_who_and_why() -> None:
    ledger = Ledger()
    (entry_id,) = submitted(ledger, draft(*FEE)).entry_ids
    entry = ledger.journal.find(entry_id)
    assert entry is not None
    assert (entry.fact, entry.by) == ("ManualEntry", BY)


def test_the_same_request_later_is_the_same_entry() -> None:
    ledger = Ledger()
    first = submitted(ledger, draft(*FEE, effective_at=None))
    ledger.tick(minutes=1)
    assert submitted(ledger, draft(*FEE, effective_at=None)) == first
    assert len(list(ledger.journal.entries())) == 1


def test_the_same_request_with_another_content_is_refused() -> None:
    ledger = Ledger()
    submitted(ledger, draft(*FEE))
    with pytest.raises(EntryDiffers):
        submitted(ledger, draft(debit(PROCESSING_FEES, eur(501)), credit(BANK, eur(501))))


def test_linked_entries_are_all_booked_or_none() -> None:
    ledger = Ledger()
    grant(ledger, 100)
    with pytest.raises(LimitExceeded):
        submitted(ledger, draft(*FEE), spend(101))
    assert len(list(ledger.journal.entries())) == 1
    done = submitted(ledger, draft(*FEE), spend(100))
    linked = [ledger.journal.find(entry_id) for entry_id in done.entry_ids]
    assert [entry.linked for entry in linked if entry is not None] == ["req_1", "req_1"]


@pytest.mark.parametrize(
    ("bad", "refusal"),
    [
        (draft(debit(BANK, eur(1)), credit(OPENING_BALANCES, eur(1))), AccountClosed),
        (draft(*FEE, effective_at=datetime(2025, 12, 31, 23, tzinfo=UTC)), PeriodClosed),
    ],
)
def test_closed_accounts_and_closed_periods_take_nothing(
    bad: Draft, refusal: type[Exception]
) -> None:
    ledger = Ledger()
    cause = ledger.cause("req_9")
    close_period(date(2025, 12, 31), BY, journal=ledger.journal, cause=cause)
    with pytest.raises(refusal):
        submitted(ledger, bad)
    assert list(ledger.journal.entries()) == []


def test_a_large_entry_waits_for_a_second_person() -> None:
    ledger = Ledger()
    large = draft(debit(BANK, eur(100_001)), credit(REVENUE, eur(100_001)))
    proposed = submitted(ledger, large)
    assert proposed == Submitted(entry_ids=(), proposal_id=proposed.proposal_id)
    assert list(ledger.journal.entries()) == []
    proposal = str(proposed.proposal_id)
    cause = ledger.cause("req_2")
    for same in (
        Person("operator", "bob"),
        Person(" Operator", "bob"),
        Person("supervisor", "ann"),
        Person("supervisor", " Ann "),
    ):
        with pytest.raises(SelfApproval):
            approve(proposal, approver=same, journal=ledger.journal, cause=cause)
    assert list(ledger.journal.entries()) == []
    bob = Person("supervisor", "bob")
    done = approve(proposal, approver=bob, journal=ledger.journal, cause=ledger.cause("req_3"))
    again = approve(proposal, approver=bob, journal=ledger.journal, cause=ledger.cause("req_4"))
    assert again == done
    (entry,) = ledger.journal.entries()
    assert (entry.entry_id,) == done.entry_ids
    assert entry.by == replace(BY, approver=bob)


def test_what_nobody_proposed_cannot_be_approved() -> None:
    ledger = Ledger()
    with pytest.raises(NotFound):
        approve(
            "prop_1",
            approver=Person("supervisor", "bob"),
            journal=ledger.journal,
            cause=ledger.cause("req_1"),
        )


def test_an_entry_is_reversed_once_and_a_reversal_never() -> None:
    ledger = Ledger()
    ledger.hear(captured(), "m1")
    (original,) = ledger.journal.entries()
    later = START + timedelta(days=1)

    def reversed_(request: str, entry_id: str = original.entry_id) -> Submitted:
        return reverse(
            entry_id, BY, effective_at=later, journal=ledger.journal, cause=ledger.cause(request)
        )

    done = reversed_("req_1")
    assert reversed_("req_1") == done
    assert ledger.balance("1100") == 0
    with pytest.raises(AlreadyReversed):
        reversed_("req_2")
    with pytest.raises(ReversalRefused):
        reversed_("req_3", done.entry_ids[0])
    assert len(list(ledger.journal.entries())) == 2


def test_a_reversal_counts_no_earlier_than_what_it_reverses() -> None:
    ledger = Ledger()
    ledger.hear(captured(), "m1")
    (original,) = ledger.journal.entries()
    with pytest.raises(ReversalRefused):
        reverse(
            original.entry_id,
            BY,
            effective_at=START - timedelta(seconds=1),
            journal=ledger.journal,
            cause=ledger.cause("req_1"),
        )


def test_an_account_with_a_floor_never_falls_below_it_with_holds_counted() -> None:
    ledger = Ledger()
    grant(ledger, 100)
    until = START + timedelta(days=1)
    submitted(ledger, spend(60, hold_until=until), request="req_2")
    with pytest.raises(LimitExceeded):
        submitted(ledger, spend(41), request="req_3")
    submitted(ledger, spend(40), request="req_4")
    with pytest.raises(LimitExceeded):
        submitted(ledger, spend(1), request="req_5")
    assert ledger.balance("2120") == 60


def test_an_account_with_a_ceiling_never_rises_above_it() -> None:
    ledger = Ledger()
    for number in range(10):
        postings = debit(GOODWILL, eur(100_000)), credit(BANK, eur(100_000))
        submitted(ledger, draft(*postings), request=f"req_{number}")
    with pytest.raises(LimitExceeded):
        submitted(ledger, draft(debit(GOODWILL, eur(1)), credit(BANK, eur(1))), request="req_x")


def held(ledger: Ledger, minor: int = 60) -> str:
    grant(ledger, 100)
    hold = spend(minor, hold_until=START + timedelta(days=1))
    (hold_id,) = submitted(ledger, hold, request="req_hold").entry_ids
    return hold_id


def ended(
    ledger: Ledger,
    hold_id: str,
    request: str,
    *,
    part: int | None = None,
    void: bool = False,
) -> None:
    postings = None if part is None else spend(part).postings
    resolve(
        hold_id,
        BY,
        postings=postings,
        void=void,
        journal=ledger.journal,
        cause=ledger.cause(request),
    )


def available(ledger: Ledger) -> tuple[int, int]:
    balance = sums_of(ledger.journal.entries()).balance("2120", "EUR")
    return balance.balance.minor, balance.available.minor


def test_a_hold_counts_against_what_is_available_and_not_against_the_balance() -> None:
    ledger = Ledger()
    held(ledger)
    assert available(ledger) == (100, 40)


@pytest.mark.parametrize(
    ("part", "void", "after"),
    [(None, False, (40, 40)), (25, False, (75, 75)), (None, True, (100, 100))],
)
def test_a_hold_is_posted_in_full_or_in_part_or_voided_and_the_rest_is_free(
    part: int | None, void: bool, after: tuple[int, int]
) -> None:
    ledger = Ledger()
    hold_id = held(ledger)
    ended(ledger, hold_id, "req_1", part=part, void=void)
    assert available(ledger) == after


def test_a_hold_is_resolved_at_most_once() -> None:
    ledger = Ledger()
    hold_id = held(ledger)
    ended(ledger, hold_id, "req_1", part=25)
    ended(ledger, hold_id, "req_1", part=25)
    with pytest.raises(AlreadyResolved):
        ended(ledger, hold_id, "req_2", void=True)
    assert available(ledger) == (75, 75)


def test_no_more_is_posted_than_was_held() -> None:
    ledger = Ledger()
    hold_id = held(ledger)
    with pytest.raises(HoldRefused, match="61 of 60 held on 2120"):
        ended(ledger, hold_id, "req_1", part=61)


def test_a_hold_ends_by_itself_and_cannot_be_posted_after() -> None:
    ledger = Ledger()
    hold_id = held(ledger)
    cause = ledger.cause("")
    assert expire_holds(journal=ledger.journal, cause=cause) == 0
    ledger.tick(days=1)
    with pytest.raises(HoldRefused, match="expired"):
        ended(ledger, hold_id, "req_1")
    assert expire_holds(journal=ledger.journal, cause=ledger.cause("")) == 1
    assert expire_holds(journal=ledger.journal, cause=ledger.cause("")) == 0
    assert available(ledger) == (100, 100)
    with pytest.raises(AlreadyResolved):
        ended(ledger, hold_id, "req_1")
