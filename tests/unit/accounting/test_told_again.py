"""What people ask for twice is answered the same; what only looks the same is refused."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from accounting.application.by_hand import (
    approve,
    close_period,
    expire_holds,
    resolve,
    reverse,
    submit,
)
from accounting.domain.chart_of_accounts import BANK, CUSTOMER_CREDIT, REVENUE, Account
from accounting.domain.errors import AlreadyApproved, EntryDiffers, SelfApproval
from accounting.domain.journal import Authorship, JournalEntry, Person, credit, debit
from accounting.domain.manual import Draft
from tests.doubles.ledger import START, Ledger, capture_failed, captured, eur

BY = Authorship(actor=Person("operator", "ann"), reason="a test")
BOB = Person("supervisor", "bob")


def draft(minor: int = 100, *, dr: Account = BANK, cr: Account = REVENUE, **more: Any) -> Draft:
    postings = debit(dr, eur(minor)), credit(cr, eur(minor))
    return Draft(description="x", postings=postings, **more)


def submitted(ledger: Ledger, *drafts: Draft, request: str = "req") -> Any:
    return submit(drafts, BY, journal=ledger.journal, cause=ledger.cause(request))


@pytest.mark.parametrize(
    "again",
    [
        [draft(100), draft(999)],
        [draft(100)],
        [draft(100), draft(200), draft(300)],
        [draft(100, effective_at=START - timedelta(hours=1)), draft(200)],
    ],
    ids=["another second entry", "one less", "one more", "another time"],
)
def test_the_same_request_with_another_content_is_refused_as_a_whole(again: list[Draft]) -> None:
    ledger = Ledger()
    submitted(ledger, draft(100), draft(200))
    with pytest.raises(EntryDiffers):
        submitted(ledger, *again)
    assert len(list(ledger.journal.entries())) == 2


def test_the_same_request_for_another_proposal_is_refused() -> None:
    ledger = Ledger()
    first = submitted(ledger, draft(200_000))
    assert submitted(ledger, draft(200_000)) == first
    with pytest.raises(EntryDiffers):
        submitted(ledger, draft(900_000))


def test_the_same_request_after_its_day_was_closed_is_the_same_answer() -> None:
    ledger = Ledger()
    first = submitted(ledger, draft(100))
    ledger.tick(days=1)
    close_period(START.date(), BY, journal=ledger.journal, cause=ledger.cause("c"))
    assert submitted(ledger, draft(100)) == first


def test_a_resolution_that_is_asked_for_again_is_the_same_answer() -> None:
    ledger = Ledger()
    (hold_id,) = submitted(ledger, draft(hold_until=START + timedelta(days=1))).entry_ids

    def post() -> JournalEntry:
        cause = ledger.cause("p")
        return resolve(hold_id, BY, postings=None, void=False, journal=ledger.journal, cause=cause)

    first = post()
    ledger.tick(seconds=1)
    assert post() == first
    ledger.tick(days=3)
    assert post() == first


def test_a_close_that_is_asked_for_again_is_the_same_answer() -> None:
    ledger = Ledger()
    ledger.tick(days=2)
    first = close_period(START.date(), BY, journal=ledger.journal, cause=ledger.cause("c"))
    assert close_period(START.date(), BY, journal=ledger.journal, cause=ledger.cause("c")) == first


def test_a_message_that_undid_a_capture_undoes_no_other() -> None:
    ledger = Ledger()
    told = START - timedelta(hours=1)
    ledger.hear(captured(), "A", at=told)
    ledger.hear(capture_failed(), "X", at=told)
    ledger.now -= timedelta(seconds=5)  # another worker, whose clock is behind
    ledger.hear(captured(), "B", at=told)
    ledger.now += timedelta(seconds=5)
    ledger.hear(capture_failed(), "X", at=told)
    assert ledger.balance("1100") == 3998


def test_a_capture_that_was_unapplied_can_be_undone() -> None:
    ledger = Ledger()
    ledger.hear(captured(unapplied=True), "m1")
    ledger.hear(capture_failed(), "m2")
    assert (ledger.balance("1100"), ledger.balance("2110")) == (0, 0)


def test_a_second_approver_is_not_told_that_he_approved() -> None:
    ledger = Ledger()
    proposal = str(submitted(ledger, draft(200_000)).proposal_id)
    approve(proposal, approver=BOB, journal=ledger.journal, cause=ledger.cause("a"))
    carl = Person("chief", "carl")
    with pytest.raises(AlreadyApproved):
        approve(proposal, approver=carl, journal=ledger.journal, cause=ledger.cause("b"))


def test_a_name_in_another_spelling_is_the_same_person() -> None:
    ledger = Ledger()
    by = replace(BY, actor=Person("operator", "Ren\u00e9"))
    done = submit([draft(200_000)], by, journal=ledger.journal, cause=ledger.cause("r"))
    rene = Person("supervisor", "Rene\u0301")
    with pytest.raises(SelfApproval):
        approve(
            str(done.proposal_id), approver=rene, journal=ledger.journal, cause=ledger.cause("a")
        )


def test_large_sums_in_small_postings_need_a_second_person() -> None:
    sides = debit(BANK, eur(100_000)), credit(REVENUE, eur(100_000))
    ledger = Ledger()
    split = Draft(description="x", postings=sides * 20)
    assert submitted(ledger, split, request="r1").entry_ids == ()
    one = Draft(description="x", postings=sides)
    assert submitted(ledger, one, one, request="r2").entry_ids == ()
    assert len(submitted(ledger, one, request="r3").entry_ids) == 1


def test_a_reversal_without_a_date_is_booked_in_the_open_period() -> None:
    ledger = Ledger()
    journal = ledger.journal
    large = str(submitted(ledger, draft(200_000)).proposal_id)
    (entry_id,) = approve(large, approver=BOB, journal=journal, cause=ledger.cause("a")).entry_ids
    asked = reverse(entry_id, BY, effective_at=None, journal=journal, cause=ledger.cause("v"))
    ledger.tick(days=1)
    close_period(START.date(), BY, journal=journal, cause=ledger.cause("c"))
    done = approve(str(asked.proposal_id), approver=BOB, journal=journal, cause=ledger.cause("b"))
    reversal = journal.find(done.entry_ids[0])
    assert reversal is not None
    assert reversal.effective_at == ledger.now


def test_a_hold_that_ended_while_the_schedule_was_down_is_freed() -> None:
    ledger = Ledger()
    submitted(ledger, draft(1000, cr=CUSTOMER_CREDIT), request="a")
    hold = draft(600, dr=CUSTOMER_CREDIT, hold_until=START + timedelta(hours=1))
    submitted(ledger, hold, request="b")
    ledger.tick(days=8)
    assert expire_holds(journal=ledger.journal, cause=ledger.cause("")) == 1
    assert ledger.journal.room(CUSTOMER_CREDIT, "EUR").lowering == 0


def test_holds_that_were_freed_are_not_looked_at_again() -> None:
    ledger = Ledger()
    for number in range(3):
        hold = draft(hold_until=START + timedelta(hours=1, minutes=number))
        submitted(ledger, hold, request=f"r{number}")
    ledger.tick(hours=2)
    assert expire_holds(journal=ledger.journal, cause=ledger.cause("")) == 3
    assert list(ledger.journal.holds_ended(ledger.now)) == []
