"""Bugs in how a failure is undone, and in how two at once are kept within one limit: each drops a
guard of the compensation, of its executions or of a person's decision.
"""

from typing import Final

from tests.simulation.planted.planting import bug

UNDOING: Final = "orders.domain.undoing"
DECISIONS: Final = "orders.domain.decisions"
FACTS: Final = "orders.domain.facts"
COMPENSATE: Final = "orders.application.compensate"
MACHINE: Final = "orders.infrastructure.step_functions"
INTENTS: Final = "payments.domain.intents"
JOURNAL: Final = "accounting.infrastructure.dynamodb_journal"
TABLE: Final = "shared.persistence.table"

BUGS: Final = (
    bug(
        "a step is begun though the one before it has no outcome",
        (
            UNDOING,
            "    if compensation.pending is not None:\n        return WAIT",
            "    if False:\n        return WAIT",
        ),
        rule="X5",
    ),
    bug(
        "what is left is given back beside a refund that is under way",
        (UNDOING, "    elif order.refunding.minor > 0:\n", "    elif False:\n"),
        life="cancel loses the race, and its customer is refunded before",
    ),
    bug(
        "an order is undone while its capture is under way",
        (
            UNDOING,
            "    if order.capturing:\n        return WAIT",
            "    if False:\n        return WAIT",
        ),
        life="cancel loses the race",
    ),
    bug(
        "what is undone need not be out of the books",
        (
            UNDOING,
            "    if compensation.in_books and compensation.cause not in",
            "    if False and compensation.cause not in",
        ),
        life="a capture is withdrawn, and the next one is under way when the order is cancelled",
    ),
    bug(
        "a compensation that has ended goes on",
        (UNDOING, "    if not compensation.is_open:\n", "    if False:\n"),
        life="void",
        cut="killed",
    ),
    bug(
        "a step is begun by a decision that is old",
        (
            COMPENSATE,
            "        if decision.move not in {wait.move, Move.WAIT}:\n            return False\n",
            "        if decision.move is not Move.WAIT:\n"
            "            amount = decision.amount or order.refundable\n"
            "            decision = Decision(wait.move, amount=amount)\n",
        ),
        life="void",
        cut="frozen",
    ),
    bug(
        "what came late is given back again and again",
        (UNDOING, "        if succeeded or (", "        if False or ("),
        life="capture comes after its hold was given back",
    ),
    bug(
        "an execution that was replaced goes on",
        (COMPENSATE, "    if compensation.execution != execution.execution:\n", "    if False:\n"),
        life="a hold is given back after more than a day",
        cut="frozen",
    ),
    bug(
        "a refund of a compensation that is refused is undone by another one, too",
        (
            FACTS,
            "    if any(each.is_open and _asked_for(each, event.refund_id) for each in after",
            "    if any(False for each in after",
        ),
        life="cancel loses the race, its refund is refused once",
    ),
    bug(
        "what was paid after all is given back, though nobody objects",
        (
            UNDOING,
            "        if not order.cancel_wanted:\n            return COMPLETE",
            "        if False:\n            return COMPLETE",
        ),
        life="a capture comes after its hold could not be given back, and a person tries again",
    ),
    bug(
        "the hold of an order that was taken up again is given back",
        (UNDOING, "    if not (order.cancel_wanted or order.release_wanted):\n", "    if False:\n"),
        life="a hold is over between two tries to give it back, and the order is paid anew",
    ),
    bug(
        "a hold that is over is given back",
        (
            UNDOING,
            "    if order.hold not in {Hold.PENDING, Hold.HELD}:\n        return COMPLETE",
            "    if False:\n        return COMPLETE",
        ),
        life="void",
    ),
    bug(
        "an execution is begun each time that it is asked for",
        (
            MACHINE,
            'name = f"{requested.compensation_id}-{requested.execution}"',
            'name = f"{requested.compensation_id}-{requested.execution}-{next(_CALLS)}"',
        ),
        (MACHINE, "_STARTED: Final", '_CALLS = __import__("itertools").count()\n_STARTED: Final'),
        rule="X5",
    ),
    bug(
        "a capture that came undone is done with, though a part of it was refunded",
        (UNDOING, "    if order.captured < given:\n", "    if False:\n"),
        life="a capture is withdrawn before it is heard that its refund came back",
    ),
    bug(
        "what is refused is asked for without end",
        (UNDOING, "    if compensation.failures >= FAILURES_MAX:\n", "    if False:\n"),
        life="void refused for good, hold expires",
    ),
    bug(
        "a hold is given back under the next capture",
        (
            UNDOING,
            "    if order.capturing or order.captured.minor > 0:\n        return COMPLETE",
            "    if order.captured.minor > 0:\n        return COMPLETE",
        ),
        life="a capture is withdrawn, and the next one is under way when the order is cancelled",
    ),
    bug(
        "money that was never the order's is taken from it when it is gone again",
        (FACTS, "    if event.unapplied:\n", "    if False:\n"),
        life="a capture comes after it was given up, and is withdrawn",
    ),
    bug(
        "what is given back of money that came late counts as a refund of the order",
        (
            UNDOING,
            "        unapplied=unapplied,\n    )\n    step",
            "        unapplied=False,\n    )\n    step",
        ),
        life="a capture comes after it was given up, and the order is paid anew",
    ),
    bug(
        "a refund that has come has failed, when that is heard of late",
        (
            FACTS,
            "    if known.status is RefundStatus.SUCCEEDED and not came_back:\n",
            "    if False:\n",
        ),
        life="a refund that was given up has come before that is heard of",
    ),
    bug(
        "more may be refunded than was paid",
        (
            DECISIONS,
            "    if amount.minor <= 0 or order.refundable < amount:",
            "    if amount.minor <= 0:",
        ),
        (INTENTS, "    if payment.refundable < command.amount:\n", "    if False:\n"),
        why="orders and payments keep that limit, each for itself",
        life="two refunds at once, of more than there is",
    ),
    bug(
        "the same is undone twice",
        (
            DECISIONS,
            "    if order.compensation(name) is not None:\n        return order, ()\n",
            "    if order.compensation(name) is not None:\n"
            '        name += f"-{len(order.compensations)}"\n',
        ),
        life="a refund comes after it was given up, and comes back",
    ),
    bug(
        "a limited account is written whatever became of it meanwhile",
        (
            JOURNAL,
            "_room_key(room.account, room.currency), row=row, seen=room.version)",
            "_room_key(room.account, room.currency), row=row, seen=-1)",
        ),
        (
            TABLE,
            "        if put.seen:\n",
            '        if put.seen < 0:\n            del write["ConditionExpression"]\n'
            "        if put.seen > 0:\n",
        ),
        reconciled=True,
        rule="L6",
    ),
)
