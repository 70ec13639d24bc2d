"""Orders from HTTP to the ledger: paid, paid in part, declined, and never twice."""

import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest

from apphost.checks import run_checks
from apphost.progress import silent
from apphost.story import tell
from tests.e2e.driver import ORDER, Platform


def test_the_demos_day_passes_every_check(quittance: Platform) -> None:
    checks = run_checks(tell(quittance.outputs, silent()))
    assert [check for check in checks if not check.held] == []


def test_an_order_is_paid_and_booked_once(quittance: Platform) -> None:
    authorized = quittance.rest(quittance.place())
    assert (authorized["status"], authorized["captured"]) == ("authorized", 0)
    paid = quittance.confirm(authorized)
    assert (paid["status"], paid["amount"], paid["captured"]) == ("paid", 3998, 3998)
    payment = quittance.payment(paid)
    assert (payment["status"], payment["authorized"], payment["captured"]) == (
        "captured",
        3998,
        3998,
    )
    assert [(a["operation"], a["status"]) for a in payment["attempts"]] == [
        ("authorize", "succeeded"),
        ("capture", "succeeded"),
    ]
    assert quittance.booked(paid) == [
        ("1100", "debit", 3998, "EUR"),
        ("4000", "credit", 3998, "EUR"),
    ]
    (charge,) = quittance.charges_of(paid)
    assert (charge["authorized"], charge["captured"], charge["refunded"]) == (3998, 3998, 0)
    assert quittance.truth_equals_the_ledger()


def test_an_automatic_order_is_paid_without_being_confirmed(quittance: Platform) -> None:
    paid = quittance.rest(quittance.place(capture="automatic", currency="JPY"))
    assert (paid["status"], paid["captured"], paid["currency"]) == ("paid", 3998, "JPY")
    assert quittance.truth_equals_the_ledger()


def test_a_part_is_captured_and_the_rest_is_not_booked(quittance: Platform) -> None:
    order = quittance.rest(quittance.place())
    answer = quittance.send(
        "POST",
        f"/orders/{order['order_id']}/confirm",
        body={"amount": 1000, "currency": "EUR"},
        headers={"Idempotency-Key": str(uuid.uuid4())},
    )
    assert answer.status == 202
    paid = quittance.rest(order)
    assert (paid["status"], paid["captured"]) == ("paid", 1000)
    assert quittance.payment(paid)["status"] == "partially_captured"
    assert quittance.booked(paid) == [
        ("1100", "debit", 1000, "EUR"),
        ("4000", "credit", 1000, "EUR"),
    ]
    (charge,) = quittance.charges_of(paid)
    assert charge["captured"] == 1000


@pytest.mark.parametrize(
    ("token", "code"),
    [
        ("tok_insufficient_funds", "insufficient_funds"),
        ("tok_lost_card", "lost_card"),
        ("tok_expired_card", "expired_card"),
        ("tok_do_not_honor", "do_not_honor"),
    ],
)
def test_a_declined_card_ends_the_order_with_its_code(
    quittance: Platform, token: str, code: str
) -> None:
    failed = quittance.rest(quittance.place(token))
    assert (failed["status"], failed["failure_code"]) == ("payment_failed", code)
    payment = quittance.payment(failed)
    assert (payment["status"], payment["authorized"]) == ("failed", 0)
    assert [(a["status"], a["decline_code"]) for a in payment["attempts"]] == [("declined", code)]
    assert quittance.booked(failed) == []
    assert [charge["authorized"] for charge in quittance.charges_of(failed)] in ([], [0])


@pytest.mark.parametrize(
    "token",
    [
        "tok_webhook_twice",
        "tok_webhook_first",
        "tok_charge_and_say_pending",
        "tok_timeout_after_charge",
    ],
)
def test_an_odd_provider_is_charged_once(quittance: Platform, token: str) -> None:
    paid = quittance.paid(token=token)
    assert (paid["status"], paid["captured"]) == ("paid", 3998)
    assert [charge["captured"] for charge in quittance.charges_of(paid)] == [3998]
    assert [amount for _, _, amount, _ in quittance.booked(paid)] == [3998, 3998]


def test_the_same_post_from_eight_callers_at_once_is_one_order(quittance: Platform) -> None:
    key = str(uuid.uuid4())
    with ThreadPoolExecutor(max_workers=8) as pool:
        replies = list(
            pool.map(lambda _: quittance.api().place_order(ORDER, idempotency_key=key), range(8))
        )
    assert len({reply.body["order_id"] for reply in replies}) == 1
    order = quittance.rest(replies[0].body)
    assert order["status"] == "authorized"
    assert len(quittance.charges_of(order)) == 1


def test_a_replay_gives_the_first_answer_and_says_so(quittance: Platform) -> None:
    key = str(uuid.uuid4())
    first = quittance.api().place_order(ORDER, idempotency_key=key)
    again = quittance.api().place_order(ORDER, idempotency_key=key)
    assert (first.status, again.status) == (201, 201)
    assert (first.replayed, again.replayed) == (False, True)
    assert first.body == again.body
