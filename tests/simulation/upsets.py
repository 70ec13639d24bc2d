"""The lives in which words come late, twice or after newer ones, and wishes come all at once.

Each makes happen what chance brings together too rarely. Their crash points are enumerated as
those of the workflows.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from tests.simulation.agenda import DAY, HOUR, MINUTE, SECOND
from tests.simulation.lives import WORKFLOWS, Course, Decision, Dispute, Life

_CONFIRM: Final = Decision(kind="confirm")
_CANCEL: Final = Decision(kind="cancel")
_REFUND: Final = Decision(kind="refund", percent=40)
_PAY_ANEW: Final = Decision(kind="pay_anew", after=HOUR)
_DECLINED: Final = Course(verdict="declined")
_LATE: Final = 20 * MINUTE

UPSETS: Final = (
    Life(
        name="two refunds at once, of more than there is",
        decisions=(
            _CONFIRM,
            Decision(kind="refund", percent=60),
            Decision(kind="refund", percent=60, after=0, eager=True),
        ),
        courses={"refund": (Course(pending=HOUR), Course(pending=HOUR))},
    ),
    Life(
        name="a refund is asked for while it is not known what became of another",
        decisions=(_CONFIRM, _REFUND, Decision(kind="refund", percent=40, after=SECOND)),
        courses={"refund": (Course(line="silent_before"),)},
    ),
    Life(
        name="a refund is asked for once more when nobody remembers the request",
        decisions=(_CONFIRM, Decision(kind="refund", percent=40, again=30 * HOUR)),
    ),
    Life(
        name="evidence is given once more when nobody remembers the request",
        automatic=True,
        decisions=(Decision(kind="evidence", after=10 * MINUTE, again=30 * HOUR),),
        disputes=(Dispute(),),
    ),
    Life(
        name="evidence that was taken is given once more when the dispute is over",
        automatic=True,
        decisions=(Decision(kind="evidence", after=10 * MINUTE, again=30 * HOUR),),
        disputes=(Dispute(end="lost", ended_after=DAY),),
    ),
    Life(
        name="a refund comes back, and two more are asked for",
        decisions=(
            _CONFIRM,
            _REFUND,
            Decision(kind="refund", percent=30, after=2 * HOUR),
            Decision(kind="refund", percent=30),
        ),
        courses={"refund": (Course(withdrawn_after=HOUR),)},
    ),
    Life(
        name="a refund comes back before it is heard of",
        decisions=(_CONFIRM, _REFUND),
        courses={"refund": (Course(withdrawn_after=MINUTE),)},
        held_up={"PaymentRefunded": _LATE},
    ),
    Life(
        name="a capture is withdrawn before it is booked",
        automatic=True,
        courses={"capture": (Course(withdrawn_after=MINUTE),)},
        held_up={"PaymentCaptured": _LATE},
    ),
    Life(
        name="a capture's withdrawal is told again",
        automatic=True,
        courses={"capture": (Course(withdrawn_after=HOUR, retold_after=HOUR),)},
    ),
    Life(
        name="a refund is known after more than a week, and a person is told meanwhile",
        decisions=(_CONFIRM, _REFUND),
        courses={"refund": (Course(pending=8 * DAY),)},
    ),
    Life(
        name="a dispute has ended before it is heard of",
        automatic=True,
        disputes=(
            Dispute(percent=50, end="lost", ended_after=SECOND),
            Dispute(percent=30, end="won", ended_after=SECOND),
        ),
        held_up={"DisputeOpened": _LATE},
    ),
    Life(
        name="a hold is heard of when the next one is awaited",
        decisions=(Decision(kind="pay_anew", after=2 * HOUR),),
        courses={
            "authorize": (
                Course(withdrawn_after=HOUR),
                Course(pending=3 * DAY, verdict="declined"),
            )
        },
        held_up={"PaymentAuthorized": 2 * DAY},
    ),
    Life(
        name="a person knows that a hold is over before it is heard of",
        decisions=(
            _CONFIRM,
            Decision(kind="correct", after=HOUR),
            Decision(kind="pay_anew", after=HOUR),
            Decision(kind="pay_anew", after=2 * HOUR),
            Decision(kind="confirm", after=2 * HOUR),
        ),
        courses={
            "authorize": (Course(withdrawn_after=2 * HOUR - 10 * MINUTE), Course(pending=HOUR)),
            "capture": (_DECLINED,),
            "void": (_DECLINED,) * 3,
        },
        held_up={"AuthorizationExpired": 90 * MINUTE},
    ),
    Life(
        name="a person knows that a hold is over, and it stands",
        decisions=(
            _CONFIRM,
            Decision(kind="correct", after=HOUR),
            Decision(kind="pay_anew", after=MINUTE),
        ),
        courses={"capture": (_DECLINED,), "void": (_DECLINED,) * 3},
    ),
    Life(
        name="a capture is withdrawn before it is heard that its refund came back",
        decisions=(_CONFIRM, _REFUND),
        courses={
            "capture": (Course(withdrawn_after=2 * HOUR),),
            "refund": (Course(withdrawn_after=MINUTE, told_after=3 * HOUR),),
        },
    ),
    Life(
        name="what a refund brought back is disputed and lost before that is heard of",
        decisions=(_CONFIRM, Decision(kind="refund", percent=60)),
        courses={"refund": (Course(withdrawn_after=MINUTE, told_after=3 * HOUR),)},
        disputes=(Dispute(opened_after=90 * MINUTE, end="lost"),),
    ),
    Life(
        name="a refund comes after it was given up, and comes back",
        decisions=(_CONFIRM, _REFUND),
        courses={"refund": (Course(line="given_up", withdrawn_after=2 * DAY),)},
    ),
    Life(
        name="a capture comes after it was given up, and the order is to be paid anew before it",
        decisions=(_CONFIRM, _PAY_ANEW, _CONFIRM),
        courses={"capture": (Course(line="given_up"),)},
    ),
    Life(
        name="a capture comes after it was given up, and the order is to be paid anew behind it",
        decisions=(_CONFIRM, replace(_PAY_ANEW, after=2 * DAY)),
        courses={"capture": (Course(line="given_up"),)},
    ),
    Life(
        name="a refund is made that nobody hears of until a person has looked",
        decisions=(_CONFIRM, _REFUND, Decision(kind="retry", after=2 * DAY)),
        courses={"refund": (Course(line="silent_after", unlisted_for=DAY),)},
    ),
    Life(
        name="a refund is paid by hand, and is made after all",
        decisions=(_CONFIRM, _REFUND, Decision(kind="correct", after=HOUR)),
        courses={"refund": (Course(line="silent_after", unlisted_for=DAY),)},
    ),
    Life(
        name="a refund is made after all, and was paid by hand",
        decisions=(_CONFIRM, _REFUND, Decision(kind="correct", after=2 * DAY)),
        courses={"refund": (Course(line="silent_after", unlisted_for=DAY),)},
    ),
    Life(
        name="a hold comes when its payment was authorized anew",
        decisions=(Decision(kind="pay_anew", after=HOUR), _CONFIRM),
        courses={"authorize": (Course(line="silent_after", unlisted_for=6 * HOUR),)},
    ),
    Life(
        name="a hold comes after it was given up, and then the order is paid anew",
        decisions=(Decision(kind="pay_anew", after=DAY), _CONFIRM),
        courses={"authorize": (Course(line="silent_after", unlisted_for=6 * HOUR),)},
    ),
    Life(
        name="a hold comes while the next one is awaited, and is not given back",
        decisions=(Decision(kind="pay_anew", after=HOUR),),
        courses={
            "authorize": (
                Course(line="silent_after", unlisted_for=6 * HOUR),
                Course(pending=8 * HOUR),
            ),
            "void": (_DECLINED,),
        },
    ),
    Life(
        name="a command comes again when the provider has forgotten its key",
        automatic=True,
        courses={"authorize": (Course(line="silent_after", unlisted_for=27 * HOUR),)},
        away={"payments.commands": (MINUTE, 26 * HOUR), "payments.schedule": (0, 28 * HOUR)},
    ),
    Life(
        name="a hold is over between two tries to give it back, and the order is paid anew",
        decisions=(
            Decision(kind="confirm", after=MINUTE),
            Decision(kind="pay_anew", after=10 * MINUTE),
            Decision(kind="confirm", after=HOUR),
        ),
        courses={
            "authorize": (Course(withdrawn_after=5 * MINUTE),),
            "capture": (_DECLINED,),
            "void": (_DECLINED,),
        },
    ),
    Life(
        name="cancel loses the race, and its customer is refunded before",
        decisions=(
            _CONFIRM,
            Decision(kind="cancel", after=0, eager=True),
            Decision(kind="refund", percent=40, after=MINUTE),
        ),
        courses={
            "capture": (Course(pending=5 * SECOND),),
            "refund": (Course(pending=HOUR, verdict="declined"),),
        },
        held_up={"CompensationAdvanced": _LATE},
    ),
    Life(
        name="a hold is given back after more than a day",
        decisions=(_CANCEL,),
        courses={"void": (Course(pending=26 * HOUR),)},
    ),
    Life(
        name="a capture comes after it was given up, and is withdrawn",
        decisions=(_CONFIRM,),
        courses={"capture": (Course(line="given_up", withdrawn_after=SECOND),)},
    ),
    Life(
        name="a capture comes after it was given up, and is gone before its refund is asked for",
        decisions=(_CONFIRM,),
        courses={"capture": (Course(line="given_up", withdrawn_after=MINUTE),)},
        held_up={"CaptureUnapplied": MINUTE},
    ),
    Life(
        name="a capture comes after it was given up, and the order is paid anew",
        decisions=(
            Decision(kind="confirm", after=MINUTE),
            Decision(kind="pay_anew", after=2 * DAY),
            Decision(kind="confirm", after=HOUR),
        ),
        courses={"capture": (Course(line="given_up"),)},
    ),
    Life(
        name="a capture comes after its hold could not be given back, and a person tries again",
        decisions=(_CONFIRM, Decision(kind="retry", after=2 * DAY)),
        courses={"capture": (Course(line="given_up"),), "void": (_DECLINED,) * 3},
    ),
    Life(
        name="a capture comes after a person took its hold for gone",
        decisions=(_CONFIRM, Decision(kind="correct", after=3 * HOUR)),
        courses={"capture": (Course(line="given_up"),), "void": (_DECLINED,) * 3},
    ),
    Life(
        name="a capture comes after a person took the hold of a cancelled order for gone",
        decisions=(_CONFIRM, replace(_CANCEL, after=0), Decision(kind="correct", after=3 * HOUR)),
        courses={"capture": (Course(line="given_up"),), "void": (_DECLINED,) * 3},
    ),
    Life(
        name="a capture comes while its hold is given back, and is withdrawn",
        decisions=(_CONFIRM,),
        courses={
            "capture": (Course(line="given_up", withdrawn_after=HOUR),),
            "void": (Course(pending=3 * DAY, verdict="declined"),),
        },
    ),
    Life(
        name="a capture is withdrawn, and the next one is under way when the order is cancelled",
        decisions=(
            Decision(kind="confirm", after=MINUTE),
            Decision(kind="confirm", after=HOUR + 5 * MINUTE),
            Decision(kind="cancel", after=0, eager=True),
        ),
        courses={"capture": (Course(withdrawn_after=HOUR), Course(pending=DAY))},
        held_up={"LedgerEntryCreated": _LATE},
    ),
    Life(
        name="a refund that was given up has come before that is heard of",
        decisions=(_CONFIRM, _REFUND),
        courses={"refund": (Course(line="given_up"),)},
        held_up={"RefundFailed": 2 * DAY},
    ),
)


def life_called(name: str) -> Life:
    return next(life for life in (*WORKFLOWS, *UPSETS) if life.name == name)
