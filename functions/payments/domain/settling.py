"""What a settled line changes of its payment: what a capture's lines add up to, and the status.

Lines only add up, in whatever order they come; those of a capture that is not decided yet are kept
with it, so that it is settled from the moment on in which it is known to have succeeded.
"""

from __future__ import annotations

from dataclasses import replace

from payments.domain.attempt import Attempt
from payments.domain.errors import NoticeEarly
from payments.domain.payment import Payment, status_of
from payments.domain.states import MACHINE, Trigger
from shared.contracts.provider_notice import Operation
from shared.contracts.settlement import LineKind, PaymentSettled

OF_CAPTURES = frozenset({LineKind.CAPTURE, LineKind.CAPTURE_REVERSED})


def line_settled(payment: Payment, line: PaymentSettled) -> Payment:
    """With a line that was told, each once; a line of no capture of ours changes nothing.

    Nor does one in another currency: reconciliation finds both. Raises NoticeEarly for a line that
    only the provider's name can give to a capture, while one is not decided.
    """
    if line.kind not in OF_CAPTURES or line.gross.currency != payment.amount.currency:
        return payment
    capture = _capture_of(payment, line)
    if capture is None:
        return payment
    settled = line.gross if capture.settled is None else capture.settled + line.gross
    after = payment.replacing(replace(capture, settled=settled))
    target = status_of(after)
    back = line.gross.minor < 0
    trigger = Trigger.SETTLEMENT_TAKEN_BACK if back else Trigger.CAPTURE_SETTLED
    MACHINE.check(payment.status, trigger, target)
    return replace(after, status=target)


def _capture_of(payment: Payment, line: PaymentSettled) -> Attempt | None:
    """By our reference, else by the provider's."""
    captures = [each for each in payment.attempts if each.operation is Operation.CAPTURE]
    for each in captures:
        if each.attempt_id == line.reference:
            return each
    for each in captures:
        if line.provider_reference and each.provider_reference == line.provider_reference:
            return each
    if line.provider_reference and any(not each.decided for each in captures):
        raise NoticeEarly
    return None
