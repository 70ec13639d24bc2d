"""Each event of a payment, as it stands in the books: what is debited, what is credited, why."""

import pytest

from accounting.application.reactions import Subscribed
from accounting.domain import notation
from accounting.domain.posting_rules import Postable
from shared.contracts.payments import DisputeLost, DisputeOpened, DisputeWon, Undoes
from tests.doubles.ledger import (
    Ledger,
    authorized,
    capture_failed,
    captured,
    dispute,
    expired,
    refund_failed,
    refund_requested,
    refunded,
    voided,
)

RULES: dict[str, tuple[Postable, str, str]] = {
    "T0": (authorized(), "Authorization", "D9000 3998 EUR;C9001 3998 EUR"),
    "T0r voided": (voided(1998), "Authorization voided", "D9001 1998 EUR;C9000 1998 EUR"),
    "T0r expired": (expired(), "Authorization expired", "D9001 3998 EUR;C9000 3998 EUR"),
    "T1 full": (
        captured(),
        "Capture",
        "D1100 3998 EUR;C4000 3998 EUR;D9001 3998 EUR;C9000 3998 EUR",
    ),
    "T1p partial": (
        captured(2000, number=2),
        "Capture",
        "D1100 2000 EUR;C4000 2000 EUR;D9001 2000 EUR;C9000 2000 EUR",
    ),
    "T9 unapplied": (
        captured(unapplied=True),
        "Capture to give back",
        "D1100 3998 EUR;C2110 3998 EUR",
    ),
    "T5": (refund_requested(500), "Refund", "D4100 500 EUR;C2100 500 EUR"),
    "T9r": (refund_requested(500, unapplied=True), "Refund", "D2110 500 EUR;C2100 500 EUR"),
    "T5 after T5f": (
        refund_requested(700, refund="re_2", owed=500),
        "Refund",
        "D2100 500 EUR;D4100 200 EUR;C2100 700 EUR",
    ),
    "T5 after T5f, all of it owed": (
        refund_requested(500, refund="re_2", owed=500),
        "Refund",
        "D2100 500 EUR;C2100 500 EUR",
    ),
    "T5s": (refunded(500), "Refund paid", "D2100 500 EUR;C1200 500 EUR"),
    "T5c": (
        refund_failed(500, Undoes.REQUEST),
        "Refund failed",
        "D2100 500 EUR;C4100 500 EUR",
    ),
    "T5c unapplied": (
        refund_failed(500, Undoes.REQUEST, unapplied=True),
        "Refund failed",
        "D2100 500 EUR;C2110 500 EUR",
    ),
    "T5c after T5f": (
        refund_failed(700, Undoes.REQUEST, refund="re_2", owed=500),
        "Refund failed",
        "D2100 700 EUR;C2100 500 EUR;C4100 200 EUR",
    ),
    "T5f": (refund_failed(500, Undoes.REFUND), "Refund failed", "D1200 500 EUR;C2100 500 EUR"),
    "T6": (dispute(DisputeOpened, 3998), "Dispute", "D1300 3998 EUR;C1200 3998 EUR"),
    "T7": (dispute(DisputeWon, 3998), "Dispute won", "D1200 3998 EUR;C1300 3998 EUR"),
    "T8": (dispute(DisputeLost, 3998), "Dispute lost", "D5100 3998 EUR;C1300 3998 EUR"),
}


@pytest.mark.parametrize("rule", RULES)
def test_an_event_is_booked_as_its_template_says(rule: str) -> None:
    event, description, postings = RULES[rule]
    ledger = Ledger()
    ledger.hear(event, "payments/pay_1/5/1")
    (entry,) = ledger.journal.entries()
    assert notation.written(entry.postings) == postings
    fact = "UnappliedCapture" if rule == "T9 unapplied" else type(event).__name__
    assert (entry.description, entry.fact) == (description, fact)
    assert (entry.payment_id, entry.order_id) == ("pay_1", "ord_pay_1")
    assert entry.amount == event.amount


@pytest.mark.parametrize(
    "event", [capture_failed(undoes=False), refund_failed(500, Undoes.NOTHING)], ids=["T1", "T5"]
)
def test_an_event_that_moves_nothing_is_acknowledged_and_books_nothing(event: Subscribed) -> None:
    ledger = Ledger()
    ledger.hear(event, "payments/pay_1/5/1")
    assert list(ledger.journal.entries()) == []


def balances(ledger: Ledger, *codes: str) -> dict[str, int]:
    return {code: ledger.balance(code) for code in codes}


def test_a_partial_capture_leaves_the_rest_held_until_it_is_voided() -> None:
    ledger = Ledger()
    ledger.hear(authorized(10800), "m1")
    ledger.hear(captured(6000), "m2")
    assert balances(ledger, "1100", "4000", "9000", "9001") == {
        "1100": 6000,
        "4000": 6000,
        "9000": 4800,
        "9001": 4800,
    }
    ledger.hear(voided(4800), "m3")
    assert balances(ledger, "9000", "9001") == {"9000": 0, "9001": 0}


def test_a_refund_that_comes_back_is_still_owed() -> None:
    ledger = Ledger()
    for number, event in enumerate(
        [authorized(), captured(), refund_requested(500), refunded(500)], start=1
    ):
        ledger.hear(event, f"m{number}")
    assert balances(ledger, "2100", "1200", "4100") == {"2100": 0, "1200": -500, "4100": 500}
    ledger.hear(refund_failed(500, Undoes.REFUND), "m5")
    assert balances(ledger, "2100", "1200", "4100") == {"2100": 500, "1200": 0, "4100": 500}


def test_a_refund_asked_for_again_after_it_came_back_reduces_revenue_once() -> None:
    """Worked chain 3, and its end: T5, T5s, T5f, T5 again for more, T5s."""
    ledger = Ledger()
    for number, event in enumerate(
        [
            authorized(),
            captured(),
            refund_requested(500),
            refunded(500),
            refund_failed(500, Undoes.REFUND),
            refund_requested(700, refund="re_2", owed=500),
        ]
    ):
        ledger.hear(event, f"m{number}")
    assert balances(ledger, "2100", "1200", "4100") == {"2100": 700, "1200": 0, "4100": 700}
    ledger.hear(refunded(700, refund="re_2"), "m6")
    assert balances(ledger, "2100", "1200", "4100") == {"2100": 0, "1200": -700, "4100": 700}


def test_a_refund_that_draws_on_what_is_owed_and_is_refused_leaves_it_owed() -> None:
    ledger = Ledger()
    for number, event in enumerate(
        [
            authorized(),
            captured(),
            refund_requested(500),
            refunded(500),
            refund_failed(500, Undoes.REFUND),
            refund_requested(700, refund="re_2", owed=500),
            refund_failed(700, Undoes.REQUEST, refund="re_2", owed=500),
        ]
    ):
        ledger.hear(event, f"m{number}")
    assert balances(ledger, "2100", "1200", "4100") == {"2100": 500, "1200": 0, "4100": 500}


def test_a_dispute_won_and_lost_again_is_a_loss() -> None:
    ledger = Ledger()
    for number, kind in enumerate([DisputeOpened, DisputeWon, DisputeOpened, DisputeLost]):
        ledger.hear(dispute(kind, 3998, number=1 + number // 2), f"m{number}")
    assert balances(ledger, "1300", "5100", "1200") == {"1300": 0, "5100": 3998, "1200": -3998}


def test_money_for_a_payment_that_was_given_up_is_never_revenue() -> None:
    ledger = Ledger()
    events = [
        authorized(),
        voided(),
        captured(unapplied=True),
        refund_requested(3998, unapplied=True),
    ]
    for number, event in enumerate(events):
        ledger.hear(event, f"m{number}")
    assert balances(ledger, "4000", "4100", "2110", "2100", "9000") == {
        "4000": 0,
        "4100": 0,
        "2110": 0,
        "2100": 3998,
        "9000": 0,
    }
