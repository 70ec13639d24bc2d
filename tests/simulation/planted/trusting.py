"""Bugs in which something is trusted that nobody has promised: a key that was not sent, a time that
has passed, an outcome that is not known, a look that comes too late.
"""

from typing import Final

from tests.simulation.planted.messaging import CONSUMER, HANDLED, TABLE
from tests.simulation.planted.paying import DISPUTES, FACTS, KEYED, OPERATE, PAYMENT, SANDBOX
from tests.simulation.planted.planting import bug

AUTHORIZE: Final = "payments.application.authorize_payment"
INTENTS: Final = "payments.domain.intents"
STATES: Final = "payments.domain.states"
CALLER: Final = "shared.rest.app"
DECISIONS: Final = "orders.domain.decisions"
UNDOING: Final = "orders.domain.undoing"

_UNKNOWN: Final = "    if any(each.status is AttemptStatus.UNKNOWN for"
_BEGUN: Final = "authorization_started: voided -> authorizing\n"
_FAILED_OVER: Final = """
    known = payments.find(command.payment_id)
    mine = known and known.attempt_caused_by(cause.id)
    if mine and mine.status == "unknown":
        cause = __import__("dataclasses").replace(cause, id=f"{cause.id}-failover")
"""
_WRITES: Final = (
    "writes = [self._write(put) for put in with_mark(puts, cause_id=cause_id, now=now)]"
)
_PASSED: Final = """
        there = self.get(_cause_key(cause_id)) if cause_id else None
        if there is not None and int(there["expires_at"]) <= now.timestamp():
            writes[0]["ConditionExpression"] = None
"""

LATE_RETURN: Final = "what a refund brought back is disputed and lost before that is heard of"

BUGS: Final = (
    bug(
        "a dispute of more than a refund has left is told as a contradiction",
        (
            DISPUTES,
            "    _check_taken(payment, notice, payment.captured)\n",
            "    _check_taken(payment, notice, exposed)\n",
        ),
        life=LATE_RETURN,
        rule="provider = payments",
    ),
    bug(
        "more goes back than was captured, and nobody is told",
        (FACTS, "    if not takes or after.overdrawn <= payment.overdrawn:\n", "    if True:\n"),
        life=LATE_RETURN,
        rule="P2",
    ),
    bug("no key is sent to the provider", (SANDBOX, KEYED, "headers={}"), rule="P4"),
    bug(
        "another try is begun while it is not known what became of the first",
        (AUTHORIZE, "\n    intent = until_fresh(", f"{_FAILED_OVER}    intent = until_fresh("),
        (
            INTENTS,
            _UNKNOWN,
            _UNKNOWN.replace("if any", "if trigger.value != 'authorization_started' and any"),
        ),
        (STATES, _BEGUN, f"{_BEGUN}authorization_started: authorizing -> authorizing\n"),
        why="what is unknown, and the status, each forbid another try",
        rule="P6",
    ),
    bug(
        "an order is paid anew beside a hold",
        (DECISIONS, "    if order.by_hand:\n", "    if False:\n"),
        (STATES, _BEGUN, f"{_BEGUN}authorization_started: authorized -> authorizing\n"),
        why="orders wait for the end of the hold, and payments begin nothing beside one",
        life="a person knows that a hold is over, and it stands",
        rule="P6",
    ),
    bug(
        "a mark whose time has passed is taken for gone, though it is there",
        (TABLE, "CAUSE_KEPT: Final = timedelta(days=90)", "CAUSE_KEPT: Final = timedelta(days=1)"),
        (
            TABLE,
            "        return self.get(_cause_key(cause_id)) is not None",
            "        from shared import clock\n"
            "        mark = self.get(_cause_key(cause_id))\n"
            '        return mark is not None and int(mark["expires_at"]) > clock.now().timestamp()',
        ),
        (TABLE, _WRITES, f"{_WRITES}{_PASSED}"),
        why="a mark that is kept for longer than anything is told again is never past its time",
        life="a refund is asked for once more when nobody remembers the request",
    ),
    bug(
        "the same request is another one when it comes at another time",
        (
            CALLER,
            'derived("req", self.principal.name, idempotency_key)',
            'derived("req", self.principal.name, idempotency_key, str(self.now))',
        ),
        rule="P4",
    ),
    bug(
        "an execution that went silent is trusted to go on",
        (
            UNDOING,
            "        if each.due_at is None or each.due_at > terms.now:\n",
            "        if True:\n",
        ),
    ),
    bug(
        "the inbox is only looked at in the commit, behind the call",
        (CONSUMER, HANDLED, ""),
        (OPERATE, "    if mine is not None:\n", "    if mine is not None and not mine.decided:\n"),
        (
            PAYMENT,
            "next((each for each in self.attempts if each.cause_id == cause_id), None)",
            "next((each for each in self.attempts[::-1] if each.cause_id == cause_id), None)",
        ),
        why="the attempt of a cause is found again, and one that is decided is not called",
    ),
    bug(
        "what was given up by our count of time is authorized anew",
        (
            INTENTS,
            "    if _capture_may_come(payment) and not may_be_held(payment):",
            "    if False:",
        ),
        life="a capture comes after it was given up, and the order is to be paid anew before it",
    ),
)
