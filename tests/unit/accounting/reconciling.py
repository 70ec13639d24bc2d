"""Operations and settled lines, made short, for the tests of reconciliation."""

from datetime import date

from accounting.domain.reconciliation import Line, Operation
from shared.contracts.settlement import LineKind
from shared.money import Money

DAY = date(2026, 3, 2)
PAYMENT = "pay_1"


def operation(  # noqa: PLR0913 - what a case does not name is as usual
    name: str,
    minor: int,
    *,
    kind: LineKind = LineKind.CAPTURE,
    payment_id: str = PAYMENT,
    on: date = DAY,
    currency: str = "EUR",
    provider: str = "",
) -> Operation:
    return Operation(
        operation_id=name,
        kind=kind,
        payment_id=payment_id,
        amount=Money(minor, currency),
        happened_on=on,
        provider_reference=provider,
    )


def line(  # noqa: PLR0913 - what a case does not name is as usual
    name: str,
    minor: int,
    reference: str = "",
    *,
    kind: LineKind = LineKind.CAPTURE,
    payment_id: str = PAYMENT,
    on: date = date(2026, 3, 3),
    currency: str = "EUR",
    provider: str = "",
    fee: int = 0,
    payout: str = "po_1",
) -> Line:
    return Line(
        line_id=name,
        kind=kind,
        payment_id=payment_id,
        reference=reference,
        provider_reference=provider,
        gross=Money(minor, currency),
        fee=Money(fee, currency),
        net=Money(minor - fee, currency),
        payout_id=payout,
        settled_on=on,
    )
