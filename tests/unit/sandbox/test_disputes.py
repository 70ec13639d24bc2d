"""What the customer's bank may take back, and what a dispute leaves of the payment."""

from datetime import UTC, datetime, timedelta

import pytest

from sandbox import acquirer
from sandbox.payment import Instruction, Kind, Payment, Refused, Stamp, Status, Verdict

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
LATER = NOON + timedelta(seconds=1)
APPROVED = Verdict()


def ask(amount: int) -> Instruction:
    return Instruction("ref_2", {}, amount, "EUR")


def authorized() -> Payment:
    first = Instruction("ref_1", {"order": "ord_1"}, 10_000, "EUR")
    return acquirer.authorize(
        first, APPROVED, Stamp("op_auth", NOON), payment_id="pay_1", token="tok_visa"
    )


def captured() -> Payment:
    return acquirer.capture(authorized(), ask(6_000), APPROVED, Stamp("op_capture", NOON))


def disputed(
    payment: Payment, amount: int | None = None, *, dispute_id: str = "dp_1", reason: str = "other"
) -> Payment:
    stamp = Stamp(dispute_id, LATER)
    return acquirer.open_dispute(payment, stamp, amount=amount, reason=reason)


def refunded(payment: Payment, amount: int) -> Payment:
    return acquirer.refund(payment, ask(amount), APPROVED, Stamp("op_refund", NOON))


def lost(payment: Payment) -> Payment:
    return acquirer.end_dispute(payment, "dp_1", Status.LOST)


def won(payment: Payment) -> Payment:
    return acquirer.end_dispute(payment, "dp_1", Status.WON)


def sums(payment: Payment) -> tuple[int, int, int, int]:
    return (payment.captured, payment.refunded, payment.disputed, payment.charged_back)


def test_a_dispute_carries_the_authorizations_reference_and_metadata() -> None:
    dispute = disputed(captured(), 2_000, reason="not_received").operations[-1]
    assert (dispute.id, dispute.kind, dispute.status) == ("dp_1", Kind.DISPUTE, Status.OPENED)
    assert (dispute.payment_id, dispute.reference) == ("pay_1", "ref_1")
    assert (dispute.amount, dispute.currency) == (2_000, "EUR")
    assert (dispute.decline_code, dispute.metadata) == ("not_received", {"order": "ord_1"})
    assert (dispute.created_at, dispute.capture_before) == (LATER, None)


def test_an_open_dispute_holds_its_amount() -> None:
    payment = disputed(captured(), 2_000)
    assert sums(payment) == (6_000, 0, 2_000, 0)
    assert payment.refundable == 4_000


def test_a_lost_dispute_is_a_chargeback() -> None:
    payment = lost(disputed(captured(), 2_000))
    assert payment.operations[-1].decline_code == "other"
    assert sums(payment) == (6_000, 0, 0, 2_000)
    assert payment.refundable == 4_000


def test_a_dispute_that_is_won_gives_its_amount_back() -> None:
    payment = won(disputed(captured(), 2_000))
    assert sums(payment) == (6_000, 0, 0, 0)
    assert payment.refundable == 6_000


def test_a_dispute_without_an_amount_takes_all_that_is_left() -> None:
    payment = disputed(refunded(captured(), 2_500))
    assert sums(payment) == (6_000, 2_500, 3_500, 0)


@pytest.mark.parametrize(
    "payment",
    [
        refunded(captured(), 2_000),
        disputed(captured(), 2_000),
        lost(disputed(captured(), 2_000)),
    ],
    ids=["refunded", "disputed", "charged back"],
)
def test_what_the_customer_has_back_is_neither_disputed_nor_refunded(payment: Payment) -> None:
    with pytest.raises(Refused) as refused:
        disputed(payment, 4_001, dispute_id="dp_2")
    assert refused.value.code == "amount_too_large"
    with pytest.raises(Refused) as refused:
        refunded(payment, 4_001)
    assert refused.value.code == "amount_too_large"
    assert disputed(payment, 4_000, dispute_id="dp_2").refundable == 0
    assert refunded(payment, 4_000).refundable == 0


@pytest.mark.parametrize(
    "payment",
    [authorized(), refunded(captured(), 6_000), disputed(captured()), lost(disputed(captured()))],
    ids=["not captured", "refunded", "disputed", "charged back"],
)
def test_where_nothing_is_left_nothing_is_disputed(payment: Payment) -> None:
    for amount in (1, None):
        with pytest.raises(Refused) as refused:
            disputed(payment, amount, dispute_id="dp_2")
        assert refused.value.code == "invalid_state"


@pytest.mark.parametrize("end", [won, lost])
def test_a_dispute_ends_once(end: object) -> None:
    assert callable(end)
    payment = end(disputed(captured()))
    for again in (won, lost):
        with pytest.raises(Refused) as refused:
            again(payment)
        assert refused.value.code == "invalid_state"


@pytest.mark.parametrize(
    "payment",
    [disputed(captured(), 1), lost(disputed(captured(), 1))],
    ids=["disputed", "charged back"],
)
def test_a_disputed_capture_is_not_reversed(payment: Payment) -> None:
    assert acquirer.reverse(payment, "op_capture", "capture_rejected") is payment


def test_a_capture_whose_dispute_was_won_may_be_reversed() -> None:
    payment = acquirer.reverse(won(disputed(captured())), "op_capture", "capture_rejected")
    assert sums(payment) == (0, 0, 0, 0)


def test_a_reversed_refund_can_be_disputed() -> None:
    payment = disputed(refunded(captured(), 2_000))
    payment = acquirer.reverse(payment, "op_refund", "refund_rejected")
    assert sums(disputed(payment, dispute_id="dp_2")) == (6_000, 0, 6_000, 0)


def test_a_dispute_leaves_the_authorized_rest_to_be_captured() -> None:
    assert disputed(captured()).capturable_at(NOON) == 4_000


def test_evidence_is_taken_until_its_time_ends_and_while_the_dispute_is_open() -> None:
    payment = acquirer.hear(disputed(captured(), 2_000), "dp_1", "signed for", LATER)
    dispute = payment.operation("dp_1")
    assert (dispute.evidence, dispute.evidence_due) == (("signed for",), LATER + timedelta(days=10))
    with pytest.raises(Refused, match="The time for evidence has ended"):
        acquirer.hear(payment, "dp_1", "too late", LATER + timedelta(days=10, seconds=1))
    with pytest.raises(Refused, match="The dispute was lost before"):
        acquirer.hear(lost(payment), "dp_1", "too late", LATER)
