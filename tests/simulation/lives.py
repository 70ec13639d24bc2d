"""The lives that an order may lead: what its customer decides, and what its provider does.

Each workflow of the platform is a life in `WORKFLOWS`: its crash points are enumerated, one by one
and in pairs. `drawn` makes lives at random.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from random import Random
from typing import Final

from tests.simulation.agenda import DAY, HOUR, MINUTE, SECOND

CURRENCIES: Final = ("EUR", "USD", "JPY", "BHD")


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """`kind` is confirm, cancel, refund, pay_anew, sync, or evidence, for us in a dispute;
    `percent` of the order's amount.

    With retry, accept and correct an operator decides on the order's case, once there is one. An
    `eager` customer asks at once and takes a no; another one waits until it is possible. `again`
    is when the same request comes once more.
    """

    kind: str
    after: int = SECOND
    percent: int | None = None
    eager: bool = False
    again: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What the provider makes of one operation: pending that long, then its verdict.

    `line` is what happens to the call: `silent_before` and `silent_after` the charge,
    `arrives_late`, `server_error`; `given_up` takes effect a day later, when nobody waits for it
    any more, though its hold was given back by then. `withdrawn_after` takes a success back, which
    is told `told_after` it; `told` is by webhook, and `retold_after` each word of it once more, as
    an event of its own. `unlisted_for` is how long no query finds the operation, and no webhook
    tells of it.
    """

    verdict: str = "succeeded"
    pending: int = 0
    line: str = ""
    withdrawn_after: int | None = None
    told_after: int = 0
    told: bool = True
    retold_after: int | None = None
    unlisted_for: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispute:
    """`end` is won, lost or nothing; it is opened and ends so long after the capture, and each is
    told by webhook `told_after` it. Evidence is taken until `due_after`, by who `listens`; of the
    first try the provider is `silent` before it takes it, or after.
    """

    percent: int = 100
    due_after: int = 10 * DAY
    listens: bool = True
    silent: str = ""
    opened_after: int = MINUTE
    end: str = ""
    ended_after: int = MINUTE
    told_after: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """`courses` are the provider's, by operation, for the first, second, … try of it."""

    name: str = "drawn"
    amount: int = 10_00
    currency: str = "EUR"
    automatic: bool = False
    decisions: tuple[Decision, ...] = ()
    courses: Mapping[str, tuple[Course, ...]] = field(default_factory=dict)
    disputes: tuple[Dispute, ...] = ()
    sick: Mapping[str, int] = field(default_factory=dict)
    """Functions that fail at first, and how often: enough for a dead letter, or for the sweep."""
    held_up: Mapping[str, int] = field(default_factory=dict)
    """Types of messages that take so long to everybody who listens."""
    away: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    """Functions that are not there, from when until when in the world's time."""
    replayed: bool = False
    """Whether everything that was published is delivered once more in the end."""
    attested: bool = False
    """Whether workers are killed, too, as payments attests its days: one life is enough for it."""


_CONFIRM, _CANCEL = Decision(kind="confirm"), Decision(kind="cancel")
_PAID = (_CONFIRM, Decision(kind="refund", percent=40))
_DECLINED = Course(verdict="declined")

WORKFLOWS: Final = (
    Life(name="place and capture", automatic=True),
    Life(name="confirm in part", decisions=(Decision(kind="confirm", percent=60),)),
    Life(
        name="decline, then pay anew",
        decisions=(Decision(kind="pay_anew"), _CONFIRM),
        courses={"authorize": (_DECLINED,)},
    ),
    Life(name="void", decisions=(_CANCEL,)),
    Life(
        name="void refused for good, hold expires",
        decisions=(_CANCEL,),
        courses={"void": (_DECLINED,) * 3},
    ),
    Life(
        name="cancel before the authorization",
        decisions=(Decision(kind="cancel", after=0, eager=True),),
        courses={"authorize": (Course(pending=5 * SECOND),)},
    ),
    Life(
        name="capture refused, paid anew",
        decisions=(_CONFIRM, Decision(kind="pay_anew", after=MINUTE), _CONFIRM),
        courses={"capture": (_DECLINED,)},
    ),
    Life(
        name="void refused once",
        decisions=(_CANCEL,),
        courses={"void": (_DECLINED,)},
    ),
    Life(
        name="cancel loses the race",
        decisions=(_CONFIRM, Decision(kind="cancel", after=0, eager=True)),
        courses={"capture": (Course(pending=5 * SECOND),)},
    ),
    Life(
        name="cancel loses the race, its refund is refused once",
        decisions=(_CONFIRM, Decision(kind="cancel", after=0, eager=True)),
        courses={"capture": (Course(pending=5 * SECOND),), "refund": (_DECLINED,)},
    ),
    Life(
        name="cancel wins the race",
        decisions=(_CONFIRM, Decision(kind="cancel", after=0, eager=True)),
        courses={"capture": (Course(pending=5 * SECOND, verdict="declined"),)},
    ),
    Life(
        name="void refused for good, tried again by a person",
        decisions=(_CANCEL, Decision(kind="retry", after=HOUR)),
        courses={"void": (_DECLINED,) * 3},
    ),
    Life(
        name="capture comes after its hold was given back",
        decisions=(_CONFIRM,),
        courses={"capture": (Course(line="given_up"),)},
    ),
    Life(
        name="capture comes after the order was cancelled, its refund is refused once",
        decisions=(_CONFIRM, Decision(kind="cancel", after=0, eager=True)),
        courses={"capture": (Course(line="given_up"),), "refund": (_DECLINED,)},
    ),
    Life(name="nobody confirms"),
    Life(
        name="capture withdrawn",
        automatic=True,
        courses={"capture": (Course(withdrawn_after=HOUR),)},
    ),
    Life(
        name="refund in two parts",
        decisions=(_CONFIRM, Decision(kind="refund", percent=40), Decision(kind="refund")),
    ),
    Life(name="refund refused", decisions=_PAID, courses={"refund": (_DECLINED,)}),
    Life(
        name="refund refused, paid by hand",
        decisions=(*_PAID, Decision(kind="correct", after=HOUR)),
        courses={"refund": (_DECLINED,)},
    ),
    Life(
        name="refund comes back",
        decisions=_PAID,
        courses={"refund": (Course(withdrawn_after=HOUR),)},
    ),
    Life(name="dispute lost", automatic=True, disputes=(Dispute(end="lost"),)),
    Life(name="dispute won", automatic=True, disputes=(Dispute(percent=50, end="won"),)),
    Life(
        name="a dispute is fought",
        automatic=True,
        decisions=(
            Decision(kind="evidence", after=10 * MINUTE, again=HOUR),
            Decision(kind="evidence", after=3 * HOUR, eager=True),
            Decision(kind="evidence", after=DAY, eager=True),
        ),
        disputes=(
            Dispute(
                percent=50, due_after=2 * HOUR, end="won", ended_after=12 * HOUR, silent="after"
            ),
        ),
    ),
    Life(
        name="a dispute is fought, and nobody listens",
        automatic=True,
        decisions=(Decision(kind="evidence", after=10 * MINUTE),),
        disputes=(Dispute(listens=False, silent="before"),),
    ),
    Life(name="hold expires", courses={"authorize": (Course(withdrawn_after=HOUR),)}),
    Life(
        name="silence after the charge",
        automatic=True,
        courses={"capture": (Course(line="silent_after", told=False),)},
    ),
    Life(
        name="silence before the charge",
        courses={"authorize": (Course(line="silent_before"),)},
        decisions=(Decision(kind="pay_anew"), _CANCEL),
    ),
    Life(name="server error", courses={"authorize": (Course(line="server_error"),)}),
    Life(
        name="sync",
        courses={"authorize": (Course(pending=HOUR, told=False),)},
        decisions=(Decision(kind="sync", after=2 * HOUR), _CANCEL),
    ),
    Life(
        name="redrive",
        automatic=True,
        sick={"payments.commands": 6, "payments.events": 12, "accounting.events": 12},
    ),
    Life(name="sweep", automatic=True, sick={"orders.relay": 12, "accounting.relay": 12}),
    Life(name="replay", automatic=True, replayed=True),
    Life(name="attest", automatic=True, attested=True),
)


USUAL: Final = 0.4
"""How many orders are just placed and captured."""


HELD_UP: Final = ("PaymentAuthorized", "PaymentCaptured", "PaymentRefunded", "DisputeOpened")
_LATE: Final = 20 * MINUTE


def drawn(rng: Random) -> Life:
    """A life at random: mostly the usual things, and each unusual one now and then."""
    if rng.random() < USUAL:
        return Life(amount=rng.randrange(1, 100_000), currency="EUR", automatic=True)
    traits = _apart(rng)
    life = Life(
        amount=rng.choice((1, 2, 99, 1_000, 3_998, 1_000_000)),
        currency=rng.choice(CURRENCIES),
        automatic=rng.random() < 0.4,
        decisions=tuple(_decision(rng, traits) for _ in range(rng.randrange(5))),
        courses={
            operation: tuple(_course(rng, traits) for _ in range(3))
            for operation in ("authorize", "capture", "void", "refund")
        },
        disputes=tuple(_dispute(rng, traits) for _ in range(rng.choice((0, 0, 0, 0, 1, 1, 2)))),
    )
    if life.disputes and traits.random() < 0.5:
        fought = replace(_decision(traits, traits), kind="evidence")
        life = replace(life, decisions=(*life.decisions, fought))
    if traits.random() < 0.05:
        life = replace(life, held_up={traits.choice(HELD_UP): traits.choice((_LATE, 2 * DAY))})
    return life


def _apart(rng: Random) -> Random:
    """Draws of its own, that leave the others as they are."""
    (copy := Random()).setstate(rng.getstate())
    return Random(copy.random())


def _decision(rng: Random, traits: Random) -> Decision:
    return Decision(
        kind=rng.choices(("confirm", "cancel", "refund", "pay_anew", "sync"), (5, 2, 4, 2, 1))[0],
        after=rng.choice((0, SECOND, MINUTE, HOUR, DAY)),
        percent=rng.choice((None, 1, 30, 50, 100)),
        eager=rng.random() < 0.1,
        again=traits.choice((None,) * 18 + (SECOND, 30 * HOUR)),
    )


def _course(rng: Random, traits: Random) -> Course:
    return Course(
        verdict=rng.choices(("succeeded", "declined", "failed"), (8, 1, 1))[0],
        pending=rng.choice((0,) * 9 + (SECOND, HOUR, 2 * DAY)),
        withdrawn_after=rng.choice((None,) * 8 + (MINUTE, 3 * DAY)),
        told_after=traits.choice((0,) * 9 + (3 * HOUR,)),
        retold_after=traits.choice((None,) * 19 + (HOUR,)),
    )


def _dispute(rng: Random, traits: Random) -> Dispute:
    return Dispute(
        percent=rng.choice((10, 50, 100)),
        due_after=traits.choice((HOUR, 10 * DAY)),
        listens=traits.random() < 0.9,
        silent=traits.choice(("", "", "", "before", "after")),
        opened_after=rng.choice((SECOND, HOUR, 5 * DAY)),
        end=rng.choice(("won", "lost", "lost", "")),
        ended_after=rng.choice((SECOND, 5 * DAY)),
        told_after=traits.choice((0,) * 9 + (DAY,)),
    )
