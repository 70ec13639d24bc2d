"""What a slow clock wrote into a day that a fast clock had attested was an orphan for ever."""

from datetime import timedelta

from payments.application.attest import attest_days
from tests.doubles.ledger import START, captured
from tests.unit.accounting.test_attested import Payments

LAST_MINUTES = START.replace(hour=23, minute=50)
"""Of 2026-01-02, as a clock has it that is ten minutes behind: it is midnight."""


def attested_at(payments: Payments, minutes: int) -> list[str]:
    """The days that are attested so many minutes after midnight, as the schedule's clock has it."""
    payments.ledger.now = LAST_MINUTES + timedelta(minutes=10 + minutes)
    return attest_days(
        attestations=payments.attestations, cause=payments.ledger.cause("attestation")
    )


def test_what_a_slow_clock_wrote_and_the_index_showed_late_is_attested_with_its_day() -> None:
    payments = Payments()
    assert attested_at(payments, 0) == ["2026-01-01"]
    payments.deliver()
    # Twenty minutes after midnight: the schedule's clock is ten minutes ahead, and the index has
    # not shown yet what was written ten minutes after midnight by the slow clock.
    assert attested_at(payments, 30) == []
    payments.ledger.now = LAST_MINUTES + timedelta(minutes=9)
    payments.tell(captured(900, "pay_1"))
    assert attested_at(payments, 45) == ["2026-01-02"]
    payments.deliver()
    payments.ledger.tick(hours=1)
    payments.ledger.fold()
    payments.ledger.seal()
    assert payments.ledger.prove().breaches == ()
    days = [(day.day, day.operations) for day in payments.ledger.attested.days()]
    assert days == [("2026-01-01", 0), ("2026-01-02", 1)]
