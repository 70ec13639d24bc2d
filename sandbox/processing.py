"""Carries out operations: remembers the payments, applies the tokens' behaviour, sends webhooks."""

import threading
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

from sandbox import acquirer
from sandbox.clock import Agenda, Clock
from sandbox.ids import Ids
from sandbox.payment import (
    HeldUp,
    Instruction,
    Kind,
    Operation,
    Payment,
    Refused,
    Stamp,
    Status,
    Verdict,
)
from sandbox.tokens import TOKENS, Behaviour, rejection_of, verdict_on
from sandbox.webhooks import FIRST_TRY_TIMEOUT_SECONDS, Delivery, Postman

CHALLENGE_TAKES = timedelta(milliseconds=500)
REVERSAL_TAKES = timedelta(seconds=1)
HELD_UP_FOR = timedelta(minutes=30)
DISPUTE_TAKES = timedelta(seconds=1)  # to be opened, and again to end
FRAUDULENT = "fraudulent"

type Change = Callable[[Payment, Instruction, Verdict, Stamp], Payment]

CHANGES: dict[Kind, Change] = {
    Kind.CAPTURE: acquirer.capture,
    Kind.VOID: acquirer.void,
    Kind.REFUND: acquirer.refund,
}


class Processing:
    """The one place where payments change; every change is made under one lock."""

    def __init__(self, clock: Clock, agenda: Agenda, ids: Ids, postman: Postman) -> None:
        self._clock = clock
        self._agenda = agenda
        self._ids = ids
        self._postman = postman
        self._payments: dict[str, Payment] = {}
        self._by_reference: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
        self._by_dispute: dict[str, str] = {}
        self._held_up: dict[str, tuple[str, Instruction]] = {}
        self._lock = threading.Lock()

    def authorize(self, token: str, ask: Instruction) -> Operation:
        behaviour = TOKENS[token]
        with self._lock:
            payment = acquirer.authorize(
                ask,
                verdict_on(Kind.AUTHORIZE, behaviour),
                self._stamp(),
                payment_id=self._ids.new("sbx_pay_"),
                token=token,
            )
            sent = self._record(payment, behaviour)
            self._plan_for_authorization(payment, behaviour)
        _wait_for(sent)
        return payment.authorization

    def change(self, kind: Kind, payment_id: str, ask: Instruction) -> Operation:
        """Capture, void or refund; HeldUp for one that comes later.

        Refused when the payment is unknown or does not allow it.
        """
        behaviour = self.behaviour_of(payment_id)
        if kind is behaviour.holds_up:
            return self._hold_up(payment_id, ask)
        with self._lock:
            verdict = verdict_on(kind, behaviour)
            payment = CHANGES[kind](self._payments[payment_id], ask, verdict, self._stamp())
            sent = self._record(payment, behaviour)
            operation = payment.operations[-1]
            self._plan_for_change(operation, behaviour)
        _wait_for(sent)
        return operation

    def come_late(self, reference: str) -> Operation:
        """Have a capture that was held up take effect; Refused when there is none."""
        with self._lock:
            if reference not in self._held_up:
                raise Refused("not_found", "Nothing is held up under this reference.")
            payment_id, ask = self._held_up.pop(reference)
            payment = acquirer.capture_late(self._payments[payment_id], ask, self._stamp())
            self._record(payment, TOKENS[payment.token])
        return payment.operations[-1]

    def open_dispute(
        self, payment_id: str, *, amount: int | None = None, reason: str = FRAUDULENT
    ) -> Operation:
        """Refused when the payment is unknown or less than the amount is left to dispute."""
        with self._lock:
            known = self._known(payment_id)
            dispute = self._open(known, self._ids.new("sbx_dp_"), amount=amount, reason=reason)
        self._notify(dispute)
        return dispute

    def end_dispute(self, dispute_id: str, outcome: Status) -> Operation:
        """Won or lost; Refused when the dispute is unknown or has ended."""
        with self._lock:
            payment_id = self._by_dispute.get(dispute_id)
            if payment_id is None:
                raise Refused("not_found", "There is no such dispute.")
            payment = acquirer.end_dispute(self._payments[payment_id], dispute_id, outcome)
            self._payments[payment_id] = payment
        dispute = payment.operation(dispute_id)
        self._notify(dispute)
        return dispute

    def hear(self, dispute_id: str, evidence: str) -> Operation:
        """Take evidence in a dispute; Refused when it is unknown, has ended or is too late."""
        payment_id = self.disputed_payment(dispute_id)
        with self._lock:
            known = self._payments[payment_id]
            payment = acquirer.hear(known, dispute_id, evidence, self._clock.now())
            self._payments[payment_id] = payment
        return payment.operation(dispute_id)

    def disputed_payment(self, dispute_id: str) -> str:
        """The payment of a dispute; Refused when it is unknown."""
        payment_id = self._by_dispute.get(dispute_id)
        if payment_id is None:
            raise Refused("not_found", "There is no such dispute.")
        return payment_id

    def behaviour_of(self, payment_id: str) -> Behaviour:
        return TOKENS[self._known(payment_id).token]

    def operations(self, reference: str) -> list[Operation]:
        """Every operation under the merchant's reference, as it stands now, oldest first."""
        with self._lock:
            known = self._by_reference.get(reference, [])
            return [self._payments[payment_id].operation(id_) for payment_id, id_ in known]

    def disputes(self, reference: str) -> list[Operation]:
        """Every dispute over what was authorized under the merchant's reference."""
        with self._lock:
            return [
                operation
                for payment in self._authorized_under(reference)
                for operation in payment.operations
                if operation.kind is Kind.DISPUTE
            ]

    def payment_under(self, reference: str) -> str:
        """The one payment that was authorized under the reference; Refused when there is none."""
        with self._lock:
            match self._authorized_under(reference):
                case [payment]:
                    return payment.id
                case []:
                    raise Refused("not_found", "There is no such payment.")
                case _:
                    raise Refused("invalid_request", "Several payments have this reference.")

    def payments(self) -> list[Payment]:
        with self._lock:
            return list(self._payments.values())

    def _known(self, payment_id: str) -> Payment:
        payment = self._payments.get(payment_id)
        if payment is None:
            raise Refused("not_found", "There is no such payment.")
        return payment

    def _authorized_under(self, reference: str) -> list[Payment]:
        known = self._by_reference.get(reference, [])
        payments = [(self._payments[payment_id], id_) for payment_id, id_ in known]
        return [payment for payment, id_ in payments if payment.authorization.id == id_]

    def _stamp(self) -> Stamp:
        return Stamp(self._ids.new("sbx_op_"), self._clock.now())

    def _record(self, payment: Payment, behaviour: Behaviour) -> Delivery | None:
        """Keep the payment with its new, last operation, and send that one's webhook."""
        operation = payment.operations[-1]
        self._payments[payment.id] = payment
        self._by_reference[operation.reference].append((payment.id, operation.id))
        if operation.status is Status.PENDING:
            return None
        return self._postman.post(operation, behaviour.notice)

    def _plan_for_authorization(self, payment: Payment, behaviour: Behaviour) -> None:
        if payment.authorization.status is Status.PENDING:
            self._later(CHALLENGE_TAKES, lambda: self._approve(payment.id, behaviour))
        elif payment.authorization.status is Status.SUCCEEDED:
            self._later(behaviour.capture_window, lambda: self._expire(payment.id))

    def _plan_for_change(self, operation: Operation, behaviour: Behaviour) -> None:
        if operation.kind is behaviour.reverses:
            self._later(REVERSAL_TAKES, lambda: self._reverse(operation))
        if operation.kind is Kind.CAPTURE and (outcome := behaviour.disputes_end) is not None:
            dispute_id = self._ids.new("sbx_dp_")
            self._later(DISPUTE_TAKES, lambda: self._dispute(operation, dispute_id))
            self._later(2 * DISPUTE_TAKES, lambda: self._decide(dispute_id, outcome))
            if behaviour.disputed_again:
                second = self._ids.new("sbx_dp_")
                self._later(3 * DISPUTE_TAKES, lambda: self._dispute(operation, second))
                self._later(4 * DISPUTE_TAKES, lambda: self._decide(second, Status.LOST))

    def _hold_up(self, payment_id: str, ask: Instruction) -> Operation:
        """Take a capture on for later, once; one that has come by now is as it is."""
        with self._lock:
            if self._by_reference.get(ask.reference):
                done_in, operation_id = self._by_reference[ask.reference][-1]
                return self._payments[done_in].operation(operation_id)
            if ask.reference not in self._held_up:
                self._held_up[ask.reference] = (payment_id, ask)
                self._later(HELD_UP_FOR, lambda: self._come_late(ask.reference))
        raise HeldUp

    def _come_late(self, reference: str) -> None:
        with suppress(Refused):  # it has come by request, or nothing was left for it
            self.come_late(reference)

    def _open(
        self, known: Payment, dispute_id: str, *, amount: int | None, reason: str
    ) -> Operation:
        stamp = Stamp(dispute_id, self._clock.now())
        payment = acquirer.open_dispute(known, stamp, amount=amount, reason=reason)
        self._payments[payment.id] = payment
        self._by_dispute[dispute_id] = payment.id
        return payment.operation(dispute_id)

    def _later(self, wait: timedelta, action: Callable[[], None]) -> None:
        self._agenda.at(self._clock.now() + wait, action)

    def _approve(self, payment_id: str, behaviour: Behaviour) -> None:
        with self._lock:
            before = self._clock.now() + behaviour.capture_window
            payment = acquirer.approve(self._payments[payment_id], capture_before=before)
            self._payments[payment_id] = payment
            self._later(behaviour.capture_window, lambda: self._expire(payment_id))
        self._notify(payment.authorization)

    def _reverse(self, operation: Operation) -> None:
        with self._lock:
            known = self._payments[operation.payment_id]
            payment = acquirer.reverse(known, operation.id, rejection_of(operation.kind))
            self._payments[payment.id] = payment
        if payment is not known:
            self._notify(payment.operation(operation.id))
            self._expire(payment.id)  # the window may have ended while the capture stood

    def _dispute(self, capture: Operation, dispute_id: str) -> None:
        """Dispute a capture, or what was not refunded or disputed in the meantime."""
        with self._lock:
            known = self._payments[capture.payment_id]
            amount = min(capture.amount, known.refundable)
            if amount == 0:
                return
            dispute = self._open(known, dispute_id, amount=amount, reason=FRAUDULENT)
        self._notify(dispute)

    def _decide(self, dispute_id: str, outcome: Status) -> None:
        with suppress(Refused):  # it was never opened, or has been ended by request
            self.end_dispute(dispute_id, outcome)

    def _expire(self, payment_id: str) -> None:
        with self._lock:
            known = self._payments[payment_id]
            payment = acquirer.expire(known, self._clock.now())
            self._payments[payment_id] = payment
        if payment is not known:
            self._notify(payment.authorization)

    def _notify(self, operation: Operation) -> None:
        """Send a webhook that no request waits for."""
        self._postman.post(operation, self.behaviour_of(operation.payment_id).notice)


def _wait_for(sent: Delivery | None) -> None:
    if sent is not None:
        sent.tried.wait(FIRST_TRY_TIMEOUT_SECONDS)
