"""What the acquirer allows on a payment, and what it then truly holds."""

from datetime import UTC, datetime, timedelta

import pytest

from sandbox import acquirer
from sandbox.payment import Instruction, Payment, Refused, Stamp, Status, Verdict

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
APPROVED = Verdict()


def ask(amount: int | None = None, *, currency: str = "EUR", final: bool = False) -> Instruction:
    return Instruction("ref_1", {"order": "ord_1"}, amount, currency, final)


def stamp(operation_id: str, *, at: datetime = NOON) -> Stamp:
    return Stamp(operation_id, at)


def authorized(verdict: Verdict = APPROVED) -> Payment:
    return acquirer.authorize(
        ask(10_000), verdict, stamp("op_auth"), payment_id="pay_1", token="tok_visa"
    )


def captured(amount: int = 10_000, *, final: bool = False) -> Payment:
    return acquirer.capture(authorized(), ask(amount, final=final), APPROVED, stamp("op_capture"))


def sums(payment: Payment) -> tuple[int, int, int, int]:
    return (payment.authorized, payment.captured, payment.voided, payment.refunded)


def test_an_authorization_stands_for_seven_days() -> None:
    payment = authorized()
    assert payment.authorization.capture_before == datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
    assert sums(payment) == (10_000, 0, 0, 0)
    assert payment.capturable_at(NOON) == 10_000


def test_a_declined_authorization_holds_nothing() -> None:
    payment = authorized(Verdict(Status.DECLINED, "lost_card"))
    assert payment.authorization.decline_code == "lost_card"
    assert payment.authorization.capture_before is None
    assert sums(payment) == (0, 0, 0, 0)
    with pytest.raises(Refused) as refused:
        acquirer.capture(payment, ask(1), APPROVED, stamp("op_2"))
    assert refused.value.code == "invalid_state"


def test_a_payment_is_captured_in_parts_until_nothing_is_left() -> None:
    payment = captured(6_000)
    payment = acquirer.capture(payment, ask(4_000), APPROVED, stamp("op_2"))
    assert sums(payment) == (10_000, 10_000, 0, 0)
    with pytest.raises(Refused) as refused:
        acquirer.capture(payment, ask(1), APPROVED, stamp("op_3"))
    assert refused.value.code == "invalid_state"


def test_a_capture_over_the_authorized_rest_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        acquirer.capture(captured(6_000), ask(4_001), APPROVED, stamp("op_2"))
    assert refused.value.code == "amount_too_large"
    assert refused.value.message == "At most 4000 EUR is left."


def test_a_final_capture_gives_the_rest_back() -> None:
    payment = captured(6_000, final=True)
    assert payment.capturable_at(NOON) == 0
    assert sums(payment) == (10_000, 6_000, 0, 0)
    assert (payment.released, payment.expired) == (4_000, 0)
    for change in (acquirer.capture, acquirer.void):
        with pytest.raises(Refused) as refused:
            change(payment, ask(1), APPROVED, stamp("op_2"))
        assert refused.value.code == "invalid_state"


def test_a_void_releases_all_that_is_not_captured() -> None:
    payment = acquirer.void(captured(6_000), ask(), APPROVED, stamp("op_void"))
    assert payment.operations[-1].amount == 4_000
    assert sums(payment) == (10_000, 6_000, 4_000, 0)
    assert (payment.released, payment.expired) == (0, 0)


def test_nothing_is_captured_after_a_void() -> None:
    payment = acquirer.void(authorized(), ask(), APPROVED, stamp("op_void"))
    with pytest.raises(Refused) as refused:
        acquirer.capture(payment, ask(1), APPROVED, stamp("op_2"))
    assert refused.value.code == "invalid_state"


def test_a_payment_captured_in_full_can_not_be_voided() -> None:
    with pytest.raises(Refused) as refused:
        acquirer.void(captured(), ask(), APPROVED, stamp("op_void"))
    assert refused.value.code == "invalid_state"


def test_a_void_need_not_name_the_currency() -> None:
    unnamed = Instruction("ref_1", {})
    payment = acquirer.void(authorized(), unnamed, APPROVED, stamp("op_void"))
    assert payment.operations[-1].currency == "EUR"


def test_refunds_together_never_exceed_what_was_captured() -> None:
    payment = acquirer.refund(captured(6_000), ask(2_500), APPROVED, stamp("op_refund"))
    with pytest.raises(Refused) as refused:
        acquirer.refund(payment, ask(3_501), APPROVED, stamp("op_2"))
    assert refused.value.code == "amount_too_large"
    payment = acquirer.refund(payment, ask(3_500), APPROVED, stamp("op_2"))
    assert sums(payment) == (10_000, 6_000, 0, 6_000)
    with pytest.raises(Refused) as refused:
        acquirer.refund(payment, ask(1), APPROVED, stamp("op_3"))
    assert refused.value.code == "invalid_state"


def test_nothing_is_refunded_before_a_capture() -> None:
    with pytest.raises(Refused) as refused:
        acquirer.refund(authorized(), ask(1), APPROVED, stamp("op_refund"))
    assert refused.value.code == "invalid_state"


@pytest.mark.parametrize("change", [acquirer.capture, acquirer.refund, acquirer.void])
def test_an_operation_in_another_currency_is_refused(change: object) -> None:
    assert callable(change)
    with pytest.raises(Refused) as refused:
        change(captured(6_000), ask(100, currency="USD"), APPROVED, stamp("op_2"))
    assert refused.value.code == "invalid_request"


def test_a_capture_that_fails_takes_nothing() -> None:
    verdict = Verdict(Status.FAILED, "capture_rejected")
    payment = acquirer.capture(authorized(), ask(10_000), verdict, stamp("op_capture"))
    assert payment.operations[-1].status is Status.FAILED
    assert sums(payment) == (10_000, 0, 0, 0)
    assert payment.capturable_at(NOON) == 10_000


def test_a_void_that_fails_leaves_the_authorization_standing() -> None:
    verdict = Verdict(Status.FAILED, "void_rejected")
    payment = acquirer.void(authorized(), ask(), verdict, stamp("op_void"))
    assert sums(payment) == (10_000, 0, 0, 0)
    assert payment.capturable_at(NOON) == 10_000


def test_a_reversed_capture_gives_the_money_back() -> None:
    payment = acquirer.reverse(captured(), "op_capture", "capture_rejected")
    assert payment.operations[-1].status is Status.REVERSED
    assert payment.operations[-1].decline_code == "capture_rejected"
    assert sums(payment) == (10_000, 0, 0, 0)
    assert payment.capturable_at(NOON) == 10_000


def test_a_reversed_refund_leaves_the_payment_captured() -> None:
    payment = acquirer.refund(captured(), ask(4_000), APPROVED, stamp("op_refund"))
    payment = acquirer.reverse(payment, "op_refund", "refund_rejected")
    assert payment.operations[-1].status is Status.REVERSED
    assert sums(payment) == (10_000, 10_000, 0, 0)
    assert payment.refundable == 10_000


def test_a_capture_that_was_refunded_is_not_reversed() -> None:
    payment = acquirer.refund(captured(), ask(1), APPROVED, stamp("op_refund"))
    assert acquirer.reverse(payment, "op_capture", "capture_rejected") is payment


def test_an_operation_is_reversed_only_once() -> None:
    payment = acquirer.reverse(captured(), "op_capture", "capture_rejected")
    assert acquirer.reverse(payment, "op_capture", "again") is payment


def test_an_operation_that_never_took_effect_is_not_reversed() -> None:
    verdict = Verdict(Status.FAILED, "capture_rejected")
    payment = acquirer.capture(authorized(), ask(10_000), verdict, stamp("op_capture"))
    assert acquirer.reverse(payment, "op_capture", "late") is payment


def test_a_reversed_final_capture_opens_the_authorization_again() -> None:
    payment = acquirer.reverse(captured(6_000, final=True), "op_capture", "capture_rejected")
    assert (payment.released, payment.capturable_at(NOON)) == (0, 10_000)


def test_a_capture_reversed_after_a_void_is_released() -> None:
    payment = acquirer.void(captured(6_000), ask(), APPROVED, stamp("op_void"))
    payment = acquirer.reverse(payment, "op_capture", "capture_rejected")
    assert sums(payment) == (10_000, 0, 4_000, 0)
    assert (payment.released, payment.capturable_at(NOON)) == (6_000, 0)


def test_a_pending_authorization_can_not_be_captured_until_it_is_approved() -> None:
    payment = authorized(Verdict(Status.PENDING))
    with pytest.raises(Refused) as refused:
        acquirer.capture(payment, ask(1), APPROVED, stamp("op_2"))
    assert refused.value.code == "invalid_state"
    payment = acquirer.approve(payment, capture_before=NOON + timedelta(days=7))
    assert payment.capturable_at(NOON) == 10_000
    assert acquirer.approve(payment, capture_before=NOON) is payment


def test_an_authorization_can_not_be_captured_at_its_expiry() -> None:
    payment = authorized(Verdict(capture_window=timedelta(seconds=3)))
    assert payment.capturable_at(NOON + timedelta(seconds=2)) == 10_000
    late = stamp("op_2", at=NOON + timedelta(seconds=3))
    with pytest.raises(Refused) as refused:
        acquirer.capture(payment, ask(1), APPROVED, late)
    assert refused.value.code == "invalid_state"


def test_an_authorization_that_stood_too_long_is_expired() -> None:
    week_later = NOON + timedelta(days=7)
    assert acquirer.expire(authorized(), NOON) == authorized()
    payment = acquirer.expire(authorized(), week_later)
    assert payment.authorization.status is Status.EXPIRED
    assert payment.authorization.decline_code == "expired"
    assert sums(payment) == (10_000, 0, 0, 0)
    assert (payment.expired, payment.released) == (10_000, 0)
    assert acquirer.expire(payment, week_later) is payment


def test_what_was_captured_before_the_expiry_stays_captured() -> None:
    payment = acquirer.expire(captured(6_000), NOON + timedelta(days=7))
    assert payment.authorization.status is Status.EXPIRED
    assert payment.authorization.decline_code == "expired"
    assert sums(payment) == (10_000, 6_000, 0, 0)
    assert (payment.expired, payment.released) == (4_000, 0)
    payment = acquirer.refund(payment, ask(6_000), APPROVED, stamp("op_refund"))
    assert sums(payment) == (10_000, 6_000, 0, 6_000)


def test_a_capture_reversed_after_the_expiry_is_expired_too() -> None:
    payment = acquirer.expire(captured(6_000), NOON + timedelta(days=7))
    payment = acquirer.reverse(payment, "op_capture", "capture_rejected")
    assert sums(payment) == (10_000, 0, 0, 0)
    assert payment.expired == 10_000


@pytest.mark.parametrize(
    "payment",
    [
        captured(),
        captured(6_000, final=True),
        acquirer.void(authorized(), ask(), APPROVED, stamp("op_void")),
        authorized(Verdict(Status.DECLINED, "do_not_honor")),
        authorized(Verdict(Status.PENDING)),
    ],
    ids=["captured", "finally captured", "voided", "declined", "pending"],
)
def test_where_nothing_is_held_nothing_expires(payment: Payment) -> None:
    assert acquirer.expire(payment, NOON + timedelta(days=7)) is payment
