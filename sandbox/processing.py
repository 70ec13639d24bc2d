"""Carries out operations: remembers the payments, applies the tokens' behaviour, sends webhooks."""

import threading
from collections import defaultdict
from collections.abc import Callable
from datetime import timedelta

from sandbox import acquirer
from sandbox.acquirer import Instruction, Kind, Operation, Payment, Refused, Stamp, Status, Verdict
from sandbox.clock import Agenda, Clock
from sandbox.ids import Ids
from sandbox.tokens import TOKENS, Behaviour, rejection_of, verdict_on
from sandbox.webhooks import FIRST_TRY_TIMEOUT_SECONDS, Delivery, Postman

CHALLENGE_TAKES = timedelta(milliseconds=500)
LATE_FAILURE_TAKES = timedelta(seconds=1)

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
        """Capture, void or refund; Refused when the payment is unknown or does not allow it."""
        behaviour = self.behaviour_of(payment_id)
        with self._lock:
            verdict = verdict_on(kind, behaviour)
            payment = CHANGES[kind](self._payments[payment_id], ask, verdict, self._stamp())
            sent = self._record(payment, behaviour)
            operation = payment.operations[-1]
            if kind is behaviour.fails_later:
                self._later(LATE_FAILURE_TAKES, lambda: self._fail(operation, rejection_of(kind)))
        _wait_for(sent)
        return operation

    def behaviour_of(self, payment_id: str) -> Behaviour:
        payment = self._payments.get(payment_id)
        if payment is None:
            raise Refused("not_found", "There is no such payment.")
        return TOKENS[payment.token]

    def operations(self, reference: str) -> list[Operation]:
        """Every operation under the merchant's reference, as it stands now, oldest first."""
        with self._lock:
            known = self._by_reference.get(reference, [])
            return [self._payments[payment_id].operation(id_) for payment_id, id_ in known]

    def payments(self) -> list[Payment]:
        with self._lock:
            return list(self._payments.values())

    def _stamp(self) -> Stamp:
        return Stamp(self._ids.new("sbx_op_"), self._clock.now())

    def _record(self, payment: Payment, behaviour: Behaviour) -> Delivery | None:
        """Keep the payment with its new, last operation, and send that one's webhook."""
        operation = payment.operations[-1]
        self._payments[payment.id] = payment
        self._by_reference[operation.reference].append((payment.id, operation.id))
        if operation.status is Status.PENDING:
            return None
        return self._postman.post(f"operation.{operation.status}", operation, behaviour.notice)

    def _plan_for_authorization(self, payment: Payment, behaviour: Behaviour) -> None:
        if payment.authorization.status is Status.PENDING:
            self._later(CHALLENGE_TAKES, lambda: self._approve(payment.id, behaviour))
        elif payment.authorization.status is Status.SUCCEEDED:
            self._later(behaviour.capture_window, lambda: self._expire(payment.id))

    def _later(self, wait: timedelta, action: Callable[[], None]) -> None:
        self._agenda.at(self._clock.now() + wait, action)

    def _approve(self, payment_id: str, behaviour: Behaviour) -> None:
        with self._lock:
            before = self._clock.now() + behaviour.capture_window
            payment = acquirer.approve(self._payments[payment_id], capture_before=before)
            self._payments[payment_id] = payment
            self._later(behaviour.capture_window, lambda: self._expire(payment_id))
        self._notify("operation.succeeded", payment.authorization, behaviour)

    def _fail(self, operation: Operation, reason: str) -> None:
        with self._lock:
            known = self._payments[operation.payment_id]
            payment = acquirer.fail_later(known, operation.id, reason)
            self._payments[payment.id] = payment
        if payment is not known:
            failed = payment.operation(operation.id)
            self._notify("operation.failed", failed, TOKENS[payment.token])

    def _expire(self, payment_id: str) -> None:
        with self._lock:
            known = self._payments[payment_id]
            payment = acquirer.expire(known, self._clock.now())
            self._payments[payment_id] = payment
        if payment is not known:
            self._notify("authorization.expired", payment.authorization, TOKENS[payment.token])

    def _notify(self, event_type: str, operation: Operation, behaviour: Behaviour) -> None:
        """Send a webhook that no request waits for."""
        self._postman.post(event_type, operation, behaviour.notice)


def _wait_for(sent: Delivery | None) -> None:
    if sent is not None:
        sent.tried.wait(FIRST_TRY_TIMEOUT_SECONDS)
