"""However a payment wanders, it takes only listed steps and is where its amounts say."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from random import Random

from payments.domain.facts import absent, noticed
from payments.domain.intents import start_authorization, start_capture, start_refund, start_void
from payments.domain.payment import Payment, status_of
from payments.domain.settling import line_settled
from shared.contracts.provider_notice import Notice, Operation, Verdict
from shared.contracts.settlement import LineKind
from shared.errors.taxonomy import QuittanceException
from tests.doubles.ledger import settled
from tests.unit.payments.lives import (
    AUTHORIZE,
    NOW,
    capture_of,
    capturing,
    dispute,
    eur,
    new,
    refund_of,
)

WALKS = 1500
STEPS = 25
ATTEMPTS_MAX = 7
BEGINNINGS = (new(), capturing(), capturing(3000, final=False))
ASKED = replace(AUTHORIZE, amount=eur(4))


def steps(payment: Payment, rng: Random) -> Iterator[Callable[[], Payment]]:
    cause = f"cause-{len(payment.attempts)}"
    amount = rng.randint(1, 4)
    if len(payment.attempts) < ATTEMPTS_MAX:
        command = capture_of(amount, final=rng.random() < 0.5)
        yield lambda: start_authorization(payment, ASKED, cause_id=cause, now=NOW)
        yield lambda: start_capture(payment, command, cause_id=cause, now=NOW)
        yield lambda: start_void(payment, cause_id=cause, now=NOW)
        yield lambda: start_refund(payment, refund_of(amount), cause_id=cause, now=NOW)[0]
    for attempt in payment.attempts:
        verdict = rng.choice(list(Verdict))
        said = Notice(
            reference=attempt.attempt_id,
            operation=attempt.operation,
            verdict=verdict,
            amount=attempt.amount,
            provider_payment="sbx_pay_1",
            provider_reference=attempt.attempt_id,
        )
        yield lambda said=said: noticed(payment, said)[0]  # type: ignore[misc]
        yield lambda name=attempt.attempt_id: absent(payment, name)[0]  # type: ignore[misc]
        if attempt.operation is Operation.CAPTURE:
            part = eur(rng.choice((attempt.amount.minor, attempt.amount.minor, -amount)))
            line = settled(LineKind.CAPTURE, part, part, reference=attempt.attempt_id)
            yield lambda line=line: line_settled(payment, line)  # type: ignore[misc]
    opened = dispute(Verdict.OPENED, amount, f"sbx_dp_{len(payment.disputes)}")
    yield lambda: noticed(payment, opened)[0]
    for known in payment.disputes:
        end = rng.choice((Verdict.WON, Verdict.LOST))
        ended = dispute(end, known.amount.minor, known.dispute_id)
        yield lambda ended=ended: noticed(payment, ended)[0]  # type: ignore[misc]


def test_a_payment_takes_only_listed_steps_and_says_where_it_stands() -> None:
    rng = Random(20260102)
    seen = set()
    refused = set()
    for _ in range(WALKS):
        payment = rng.choice(BEGINNINGS)
        for _ in range(STEPS):
            possible = list(steps(payment, rng))
            try:
                after = rng.choice(possible)()
            except QuittanceException as refusal:
                refused.add(refusal.detail)
                continue
            assert after.status is status_of(after)
            seen.add((payment.status, after.status))
            payment = after
    assert len(seen) > 70
    assert not [detail for detail in refused if detail.endswith(" refused")]  # by the graph
