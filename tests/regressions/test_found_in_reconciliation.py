"""What the simulator has found in the reconciliation, each as the shortest story of it."""

from collections.abc import Iterator
from datetime import date

import pytest

from accounting.application import arrive
from accounting.application.reconcile import reconcile_part, request_reconciliation
from accounting.application.resolve_item import resolve
from accounting.domain.journal import Authorship, Person
from accounting.domain.manual import Periods
from accounting.domain.matching import match_payment
from accounting.domain.payouts import PayoutLine
from accounting.domain.provider_rules import rules_of
from accounting.domain.reconciliation import Class
from accounting.domain.reconciliation_run import Stage
from accounting.domain.settlement_record import Resolution
from accounting.infrastructure.dynamodb_settlement import DynamoDbSettlement
from shared.contracts.accounting import ReconciliationRequested
from shared.contracts.settlement import LineKind
from tests.doubles.ledger import Ledger, eur, settled
from tests.simulation.lives import Life
from tests.simulation.site import site
from tests.simulation.world import World
from tests.unit.accounting.banking import bank, books, house_with_a_bank, items, send
from tests.unit.accounting.reconciled_house import House, counts
from tests.unit.accounting.reconciling import line, operation


def test_a_run_comes_to_its_end_when_another_one_has_looked_at_the_same_payment_since(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It stood still for ever: what it had found of the payment was there, and was put anew."""
    monkeypatch.setattr("accounting.application.reconcile.STEPS_PER_PART", 1)
    house = House()
    house.capture("pay_a", 1000)
    house.settle("pay_a", 1000)
    day = house.ledger.now.date()
    run = request_reconciliation(
        "sandbox",
        day,
        requested_by="operator",
        records=house.records,
        cause=house.ledger.cause("first"),
    )
    while run.stage is not Stage.COMPLETED:
        part = ReconciliationRequested(
            reconciliation_id=run.reconciliation_id, provider="sandbox", day=day, part=run.part
        )
        cause = house.ledger.cause(f"first/part-{run.part}")
        run = reconcile_part(part, books=house.books, periods=Periods(), cause=cause)
        if run.part == 2:
            assert counts(house.run(name="second")) == {"matched": (1, 1)}
    assert counts(run) == {"matched": (1, 1)}


def test_the_totals_of_a_run_count_nothing_twice() -> None:
    """A fee's line was, when the item of the capture beside it was counted after it."""
    house = House()
    house.capture("pay_a", 1000)
    house.settle("pay_a", 1000)
    on = house.ledger.now.date()
    house.tell(line("l2", -5, payment_id="pay_a", kind=LineKind.FEE, on=on))
    assert counts(house.run()) == {"matched": (1, 1), "fee_only": (0, 1)}


def test_a_line_that_was_on_its_way_for_days_is_taken_up_by_the_run_of_the_day_it_came() -> None:
    """It never was: it was kept with the day on which it had been sent, which no run looks at."""
    ledger = Ledger()
    sent = ledger.now
    ledger.tick(days=9)
    line_sent = settled(LineKind.CAPTURE, eur(100), eur(100))
    ledger.hear(line_sent, "line/1", at=sent)
    kept = DynamoDbSettlement(ledger.table)
    assert [each.line_id for each in kept.lines_told_on("sandbox", ledger.now.date())] == ["line_1"]
    assert list(kept.lines_told_on("sandbox", sent.date())) == []


def test_the_line_of_a_dispute_that_comes_before_its_notice_is_matched() -> None:
    """It was missing on both sides: the report calls it by a reference that is not the dispute's,
    and so does the line, of which nobody knew the dispute yet.
    """
    on = date(2026, 3, 2)
    told = line("l1", -5000, "pay_1-authorize-1", kind=LineKind.DISPUTE, provider="dp_7", on=on)
    opened = operation("dp_7", -5000, kind=LineKind.DISPUTE, on=on)
    (item,) = match_payment([opened], [told], rules=rules_of("sandbox"), as_of=on)
    assert (item.kind, item.operations, item.lines) == (Class.MATCHED, (opened,), (told,))


def test_a_person_can_explain_an_item_that_has_no_money_in_the_wrong_place() -> None:
    """Another fee than the agreed one stayed open for ever: there is nothing to book about it."""
    house = House()
    house.capture("pay_a", 1000)
    on = house.ledger.now.date()
    house.tell(line("l1", 1000, "pay_a-capture-1", payment_id="pay_a", fee=47, on=on))
    assert counts(house.run()) == {"fee_mismatch": (1, 1)}
    by = Authorship(actor=Person("operator", "anna"), reason="a fee for a foreign card")

    def explained() -> bool:
        done = resolve(
            "pay_a~capture:pay_a-capture-1",
            Resolution(account="5000", by=by),
            journal=house.ledger.journal,
            records=house.records,
            cause=house.ledger.cause("r-1"),
        )
        return done.entry is None and not done.is_awaited

    assert explained()
    assert explained()  # the same request again is the same answer
    assert list(house.records.open_records("sandbox", after="")) == []
    assert counts(house.run(name="next")) == {"fee_mismatch": (1, 1)}
    assert list(house.records.open_records("sandbox", after="")) == []


@pytest.mark.parametrize("inbox", ["accounting.reconcile", "orders.recovery"])
def test_a_dead_letter_says_why_it_was_given_up(inbox: str) -> None:
    """Those of the reconciliation and of the compensation did not."""
    world = World(1, lives=[Life()], rates={})
    record = {
        "messageId": "letter-1",
        "body": '{"detail": {"nothing": "of use"}}',
        "attributes": {"ApproximateReceiveCount": "5"},
        "messageAttributes": {},
        "eventSource": "aws:sqs",
        "eventSourceARN": inbox,
    }
    with site(world):
        answer = world.invoke(inbox, {"Records": [record]})
    assert answer == {"batchItemFailures": [{"itemIdentifier": "letter-1"}]}
    table = inbox.partition(".")[0]
    noted = [row for row in world.dynamo.items(table) if "letter-1" in row["pk"]["S"]]
    assert [row["code"]["S"] for row in noted] == ["undecodable_message"]


def test_the_pages_of_a_runs_items_repeat_nothing_and_leave_nothing_out() -> None:
    """They were cut between the items of one record, which were in no order of their places."""
    house = House()
    house.capture("pay_a", 1000)
    house.settle("pay_a", 1000)
    on = house.ledger.now.date()
    for name in ("l9", "l3", "l5"):
        house.tell(line(name, -5, payment_id="pay_a", kind=LineKind.FEE, on=on))
    run = house.run()
    met, cursor = [], ""
    while page := next(house.records.items_after(run.reconciliation_id, None, after=cursor), None):
        cursor, item = page
        met.append(item.item_id)
    assert met == ["capture:pay_a-capture-1", "line:l3", "line:l5", "line:l9"]


def test_an_entry_that_a_run_has_left_alone_is_not_given_by_the_same_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its payout is told between two of its steps: the entry was counted twice, in two classes."""
    house = house_with_a_bank()
    bank(house, "l1", 10457, "po_00001")
    leave = arrive._leave

    def told_behind(*args: object) -> None:
        leave(*args)  # type: ignore[arg-type]
        send(house, 10457)

    monkeypatch.setattr(arrive, "_leave", told_behind)
    run = house.run(provider="bank")
    assert counts(run) == {"missing_internal": (0, 1), "expected": (1, 0)}
    assert books(house) == {"1000": 10457, "1220": 10457, "1900": -10457}
    run = house.run(provider="bank", name="req-2")
    assert counts(run) == {"matched": (1, 1)}
    assert (books(house), items(house)) == ({"1000": 10457, "1220": 0, "1900": 0}, {})


def test_the_proof_takes_two_discrepancies_of_one_run_for_what_they_are() -> None:
    """From then on it called somebody every night, to books that were right."""
    house = House()
    house.capture("pay_a", 1000)
    house.capture("pay_b", 500)
    house.ledger.tick(days=4)
    assert counts(house.run()) == {"missing_external": (2, 0)}
    house.ledger.fold()
    assert "cause_booked_twice" not in {each.check for each in house.ledger.prove().breaches}


def test_an_item_that_was_explained_and_comes_again_is_booked_again() -> None:
    """No run of the provider came to its end any more: the entry had the name of the first one."""
    house = House()
    house.settle("pay_a", 1000, name="l2")
    assert counts(house.run()) == {"missing_internal": (0, 1)}
    _explain(house, "pay_a~line:l2", "r-1")
    house.capture("pay_a", 1000)
    assert counts(house.run(name="captured")) == {"matched": (1, 1)}
    house.settle("pay_a", 1000, name="l1")
    doubled = {"matched": (1, 1), "duplicate": (0, 1)}
    assert counts(house.run(name="doubled")) == doubled
    assert _suspense(house) == -1000
    _explain(house, "pay_a~line:l2", "r-2")
    assert _suspense(house) == 0
    assert counts(house.run(name="next")) == doubled


def _explain(house: House, item: str, cause: str) -> None:
    by = Authorship(actor=Person("operator", "anna"), reason="seen at the provider")
    done = resolve(
        item,
        Resolution(account="5000", by=by),
        journal=house.ledger.journal,
        records=house.records,
        cause=house.ledger.cause(cause),
    )
    assert done.entry is not None


def _suspense(house: House) -> int:
    house.ledger.fold()
    return books(house).get("1900", 0)


def test_what_a_payout_is_off_stands_when_a_run_goes_on_that_read_its_lines_before() -> None:
    """The slow one had not read what was sent: it took back what the other had found."""
    house = House()
    house.capture("pay_a", 1000)
    house.settle("pay_a", 1000)
    read = house.lines.payout_lines

    def meanwhile(provider: str, payout_id: str) -> Iterator[PayoutLine]:
        lines = list(read(provider, payout_id))
        house.lines.payout_lines = read  # type: ignore[method-assign]
        house.tell(line("sent", -1210, kind=LineKind.PAYOUT, payment_id=""))
        house.run(name="quick")
        return iter(lines)

    house.lines.payout_lines = meanwhile  # type: ignore[method-assign]
    house.run(name="slow")
    record = house.records.find("payout:po_1")
    assert record is not None
    assert [(str(each.kind), dict(each.residual)) for each in record.standing] == [
        ("amount_mismatch", {"EUR": -250})
    ]


def test_a_payout_of_two_currencies_is_off_in_both() -> None:
    """The look at the second currency took back what the first had found, and the next run's
    look at the first booked it anew."""
    house = House()
    for name, minor, currency in (("eur", 1000, "EUR"), ("gbp", 500, "GBP")):
        house.tell(line(name, minor, kind=LineKind.FEE, payment_id="", currency=currency))
    for name, minor, currency in (("sent-eur", -990, "EUR"), ("sent-gbp", -480, "GBP")):
        house.tell(line(name, minor, kind=LineKind.PAYOUT, payment_id="", currency=currency))
    house.run()
    assert [house.ledger.balance("1900", each) for each in ("EUR", "GBP")] == [10, 20]
    record = house.records.find("payout:po_1")
    assert record is not None
    assert [(each.item_id, dict(each.residual)) for each in record.standing] == [
        ("payout:po_1:EUR", {"EUR": 10}),
        ("payout:po_1:GBP", {"GBP": 20}),
    ]
    entries = len(list(house.ledger.journal.entries()))
    house.run(name="again")
    assert len(list(house.ledger.journal.entries())) == entries
    house.ledger.tick(days=1)
    house.tell(line("rest", -10, kind=LineKind.PAYOUT, payment_id=""))
    house.run(name="the next day")
    assert [house.ledger.balance("1900", each) for each in ("EUR", "GBP")] == [0, 20]
