"""Days are sealed, the books prove themselves, and whoever changes them is found."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from accounting.application.announce import announce_breaches
from accounting.application.by_hand import expire_holds, submit
from accounting.application.prove import parts_of
from accounting.application.rebuild import rebuild
from accounting.application.walk import entries_of_block
from accounting.domain.chain import LANES, Head, extend, lane_of, placed
from accounting.domain.chart_of_accounts import BANK, CUSTOMER_CREDIT, REVENUE
from accounting.domain.errors import LedgerBroken
from accounting.domain.journal import Authorship, Person, credit, debit
from accounting.domain.manual import Draft
from accounting.domain.proof import Breach
from accounting.domain.seals import imported, read_seal
from accounting.infrastructure.dynamodb_messages import DynamoDbMessages
from tests.doubles.ledger import Ledger, authorized, captured, eur, refund_requested

BY = Authorship(actor=Person("operator", "ann"), reason="a test")


def three_days() -> Ledger:
    ledger = Ledger()
    for day in range(3):
        for number in range(6):
            payment = f"pay_{day}_{number}"
            ledger.hear(authorized(500, payment), f"a{payment}")
            ledger.hear(captured(400 + number, payment), f"c{payment}")
            ledger.hear(refund_requested(50, payment, f"re_{payment}"), f"r{payment}")
            ledger.tick(minutes=7)
        ledger.fold()
        ledger.tick(days=1)
    return ledger


def test_the_days_that_have_ended_are_sealed_once_each_after_the_other() -> None:
    ledger = three_days()
    assert ledger.seal() == ["2026-01-02", "2026-01-03", "2026-01-04"]
    assert ledger.seal() == []
    seals = [read_seal(ledger.vault.seals[day].document) for day in ledger.vault.days()]
    assert [(seal.entries, seal.totals) for seal in seals] == [(18, {"EUR": 8130})] * 3
    assert seals[0].previous == ""
    assert len({seal.previous for seal in seals}) == 3
    proof = ledger.prove()
    assert (proof.entries, proof.days, proof.breaches) == (54, 3, ())


def test_a_day_is_not_sealed_before_it_has_ended_for_everybody() -> None:
    ledger = Ledger()
    ledger.hear(captured(), "m1")
    ledger.now = ledger.now.replace(day=3, hour=0, minute=29)
    assert ledger.seal() == []
    ledger.tick(minutes=2)
    assert ledger.seal() == ["2026-01-02"]


def test_what_the_stream_lost_is_folded_before_its_day_is_sealed() -> None:
    ledger = Ledger()
    ledger.hear(captured(), "m1")
    ledger.stream.clear()
    ledger.tick(days=1)
    assert ledger.prove().breaches[0].detail == "inserted: in no chain"
    ledger.seal()
    assert ledger.prove().breaches == ()


def restore(ledger: Ledger, again: Ledger) -> int:
    days = [
        (read_seal(ledger.vault.seals[day].document), parts_of(day, ledger.vault))
        for day in ledger.vault.days()
    ]
    return rebuild(days, table=again.journal, folds=again.folds, now=again.now)


def test_the_books_can_be_made_again_from_the_exports_with_the_same_roots() -> None:
    ledger = three_days()
    ledger.seal()
    again = Ledger(now=ledger.now)
    assert restore(ledger, again) == 54
    again.seal()
    assert again.vault.seals == ledger.vault.seals
    assert again.prove().breaches == ()
    assert again.journal.entries_of("pay_1_2") == ledger.journal.entries_of("pay_1_2")


def test_limits_and_open_holds_come_back_with_the_books() -> None:
    ledger = Ledger()
    give = debit(BANK, eur(100)), credit(CUSTOMER_CREDIT, eur(100))
    spend = debit(CUSTOMER_CREDIT, eur(60)), credit(REVENUE, eur(60))
    until = ledger.now + timedelta(days=2)
    for number, (postings, hold) in enumerate(((give, None), (spend, until))):
        draft = Draft(
            description="By hand", postings=postings, effective_at=ledger.now, hold_until=hold
        )
        submit([draft], BY, journal=ledger.journal, cause=ledger.cause(f"req_{number}"))
    ledger.tick(days=1)
    ledger.seal()
    again = Ledger(now=ledger.now)
    restore(ledger, again)
    room = again.journal.room(CUSTOMER_CREDIT, "EUR")
    assert (room.balance, room.lowering) == (100, 60)
    again.seal()
    assert again.prove().breaches == ()
    again.tick(days=1)
    assert expire_holds(journal=again.journal, cause=again.cause("")) == 1


def test_a_limit_that_somebody_lifted_is_found() -> None:
    ledger = three_days()
    row = {"balance": 5000, "raising": 0, "lowering": 0, "version": 1}
    ledger.table.overwrite({"pk": "LIMIT#2120", "sk": "EUR", **row})
    ledger.seal()
    assert [breach.check for breach in ledger.prove().breaches] == ["limit"]


def tamper(ledger: Ledger, entry_id: str, **changes: Any) -> None:
    row = next(row for row in ledger.journal.rows() if row["pk"] == f"ENTRY#{entry_id}")
    overwrite(ledger, {**row, **changes})


def overwrite(ledger: Ledger, row: dict[str, Any] | Any) -> None:
    ledger.table.overwrite(row)


def some_entry(ledger: Ledger, day: str = "2026-01-03") -> str:
    return list(imported(parts_of(day, ledger.vault)))[4].entry_id


def test_a_changed_entry_is_named_by_seal_chain_and_balances() -> None:
    ledger = three_days()
    ledger.seal()
    changed = some_entry(ledger)
    tamper(ledger, changed, postings="D1100 1 EUR;C4000 1 EUR")
    breaches = ledger.prove().breaches
    assert [(each.check, each.entry_id) for each in breaches[:2]] == [
        ("seal", changed),
        ("chain", changed),
    ]
    assert {each.check for each in breaches} >= {"seal", "chain", "balances"}


def test_a_removed_entry_is_named() -> None:
    ledger = three_days()
    ledger.seal()
    removed = some_entry(ledger)
    ledger.table.remove(f"ENTRY#{removed}", "ENTRY")
    breaches = ledger.prove().breaches
    assert (breaches[0].detail, breaches[0].entry_id) == (
        "removed after 2026-01-03 was sealed",
        removed,
    )
    assert breaches[1].entry_id == removed


def test_a_ledger_rehashed_from_end_to_end_is_still_not_what_was_sealed() -> None:
    ledger = three_days()
    ledger.seal()
    changed = some_entry(ledger)
    tamper(ledger, changed, description="Something else")
    rehash(ledger)
    breaches = ledger.prove().breaches
    assert (breaches[0].check, breaches[0].entry_id) == ("seal", changed)
    assert not [each for each in breaches if each.check == "chain"]


def rehash(ledger: Ledger) -> None:
    """Chain everything anew, as somebody with every right to the table could."""
    for lane in range(LANES):
        blocks = list(ledger.folds.blocks(lane))
        state = ledger.folds.lane(lane)
        at = replace(state, head=Head())
        for block in blocks:
            ledger.table.remove(f"CHAIN#{lane}", f"{block.bucket}#{block.position:012d}")
            stored = entries_of_block(block, ledger.journal)
            timed = [(e.entry_id, e.booked_at, e.stored) for e in placed(block, stored)]
            (again,) = extend(at.head, lane, timed)
            after = replace(at, head=again.head)
            ledger.folds.move(at, after, [again], {}, now=ledger.now)
            at = ledger.folds.lane(lane)


@pytest.mark.parametrize("what", ["signature", "document", "export", "previous"])
def test_a_seal_that_was_touched_is_found(what: str) -> None:
    ledger = three_days()
    ledger.seal()
    day = "2026-01-03"
    sealed = ledger.vault.seals[day]
    if what == "signature":
        ledger.vault.seals[day] = replace(sealed, signature="0" * 64)
    elif what == "document":
        changed = sealed.document.replace('"entries":18', '"entries":17')
        ledger.vault.seals[day] = replace(sealed, document=changed)
    elif what == "export":
        text = ledger.vault.parts[day, 0]
        ledger.vault.parts[day, 0] = text.replace("Capture", "Caption")
    else:
        del ledger.vault.seals[day]
    assert "seal" in {each.check for each in ledger.prove().breaches}


def test_a_chained_entry_that_is_gone_keeps_its_day_from_being_sealed() -> None:
    ledger = three_days()
    (first, *_) = ledger.journal.rows()
    ledger.table.remove(str(first["pk"]), "ENTRY")
    with pytest.raises(LedgerBroken):
        ledger.seal()


def test_a_capture_that_is_booked_twice_is_found() -> None:
    ledger = Ledger()
    ledger.hear(captured(), "m1")
    ledger.hear(captured(), "m2")
    ledger.fold()
    assert (
        Breach(check="capture_booked_twice", detail="pay_1 pay_1-capture-1")
        in ledger.prove().breaches
    )


def test_a_cause_that_is_booked_twice_is_found() -> None:
    ledger = Ledger()
    ledger.hear(captured(), "m1")
    ledger.hear(refund_requested(100), "m2")
    for row in list(ledger.journal.rows()):
        payload = str(row["Payload"]).replace('"causationid":"m2"', '"causationid":"m1"')
        overwrite(ledger, {**row, "Payload": payload})
    ledger.fold()
    assert Breach(check="cause_booked_twice", detail="m1") in ledger.prove().breaches


def test_breaches_are_told_to_the_platform() -> None:
    ledger = Ledger()
    breach = Breach(check="chain", detail="changed at position 0 of chain 1", entry_id="je_1")
    announce_breaches(
        [breach], messages=DynamoDbMessages(ledger.table), cause=ledger.cause("proof-2026-01-02")
    )
    (row,) = ledger.table.drain_inserts()
    assert (row["Type"], row["sk"]) == ("LedgerBreached", "MESSAGE#0000000001")
    announce_breaches(
        [], messages=DynamoDbMessages(ledger.table), cause=ledger.cause("proof-2026-01-03")
    )
    assert ledger.table.drain_inserts() == []


def test_an_entrys_lane_is_decided_by_its_id_alone() -> None:
    assert [lane_of(f"je_{number}") for number in range(6)] == [3, 1, 3, 1, 2, 0]
