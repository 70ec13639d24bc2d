"""The stories of a reconciliation, each in a world without any other fault, and every place in
which a worker of it can be killed: before and after each call that has an effect.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from tests.simulation.agenda import DAY, HOUR
from tests.simulation.audit_reconciliation import audit
from tests.simulation.bank import BankPlan
from tests.simulation.crashes import SEED, Killed, effects_after, enumerated
from tests.simulation.lives import Course, Decision, Dispute, Life
from tests.simulation.reconciled import Habits, ReconciledWorld
from tests.simulation.run import OnLine, findings_of
from tests.simulation.settlement import Plan

NIGHTS: Final = 5
"""One more than an operation may wait for its line."""
PERSONS: Final = Habits(
    resolves=1.0, asks=0.0, nights_after=NIGHTS, proves=False, keeps_books=False
)
NOBODY: Final = Habits(resolves=0.0, asks=0.0, nights_after=1, proves=False, keeps_books=False)
_SLOW: Final = Habits(
    resolves=0.0, asks=1.0, nights_after=1, proves=False, keeps_books=False, slow=True
)
_PAID: Final = Life(amount=20_00, automatic=True)
_LARGE: Final = Life(amount=5_000_00, automatic=True)
_DOLLARS: Final = Life(amount=20_00, automatic=True, currency="USD")
_LATER: Final = (Decision(kind="confirm", after=DAY + 12 * HOUR),)
_PAID_LATER: Final = Life(amount=20_00, decisions=_LATER)
_LARGE_LATER: Final = Life(amount=5_000_00, decisions=_LATER)
_REFUNDED: Final = Life(
    amount=20_00,
    decisions=(Decision(kind="confirm"), Decision(kind="refund", percent=40)),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Lives, what is wrong with the reports about them and at the bank, and who works on it."""

    name: str
    lives: tuple[Life, ...]
    plan: Plan = field(default_factory=Plan)
    habits: Habits = PERSONS
    bank: BankPlan | None = None


OF_REPORTS: Final = (
    Story(
        name="matched, in files told twice, cut off and turned round",
        lives=(_PAID, _REFUNDED),
        plan=Plan(copies=True),
        habits=NOBODY,
    ),
    Story(
        name="a run is asked for while another one is under way",
        lives=(_REFUNDED,),
        habits=Habits(resolves=0.0, asks=1.0, nights_after=1, proves=False, keeps_books=False),
    ),
    Story(
        name="a large capture is missing, and two persons explain it",
        lives=(_LARGE,),
        plan=Plan(wrongs={"capture": "missing"}),
    ),
    Story(
        name="a line comes late, after a person has explained it",
        lives=(_PAID,),
        plan=Plan(wrongs={"capture": "late"}),
    ),
    Story(
        name="a line is told twice, and one is of nobody",
        lives=(_PAID,),
        plan=Plan(wrongs={"capture": "doubled"}, strangers=("capture", "mystery", "fee")),
        habits=Habits(resolves=1.0, asks=0.0, nights_after=1, proves=False, keeps_books=False),
    ),
    Story(
        name="a cent short, in a payout that is off",
        lives=(_PAID,),
        plan=Plan(wrongs={"capture": "short"}, off=250),
        habits=Habits(resolves=1.0, asks=0.0, nights_after=1, proves=False, keeps_books=False),
    ),
    Story(
        name="a refund in two lines, in a payout that is rounded",
        lives=(_REFUNDED,),
        plan=Plan(wrongs={"refund": "split"}, off=1),
        habits=NOBODY,
    ),
    Story(
        name="another currency",
        lives=(_PAID,),
        plan=Plan(wrongs={"capture": "currency"}),
        habits=Habits(resolves=1.0, asks=0.0, nights_after=1, proves=False, keeps_books=False),
    ),
    Story(
        name="another fee",
        lives=(_PAID,),
        plan=Plan(wrongs={"capture": "fee"}),
        habits=Habits(resolves=1.0, asks=0.0, nights_after=1, proves=False, keeps_books=False),
    ),
    Story(
        name="lines come days after their report",
        lives=(
            Life(
                amount=20_00,
                decisions=(Decision(kind="confirm"), Decision(kind="refund", percent=40)),
                held_up={"PaymentSettled": 2 * DAY},
            ),
        ),
        habits=NOBODY,
    ),
    Story(
        name="a dispute is settled before it is heard of",
        lives=(
            Life(amount=20_00, automatic=True, disputes=(Dispute(percent=50, told_after=2 * DAY),)),
        ),
        habits=NOBODY,
    ),
    Story(
        name="a dispute and a capture are taken back",
        lives=(
            Life(amount=20_00, automatic=True, disputes=(Dispute(percent=50, end="won"),)),
            Life(
                amount=20_00, automatic=True, courses={"capture": (Course(withdrawn_after=HOUR),)}
            ),
        ),
        plan=Plan(wrongs={"dispute_won": "missing"}),
    ),
    Story(
        name="three want the same credit at once, and each more than half of it",
        lives=(_PAID,),
        habits=Habits(
            resolves=0.0, asks=0.0, nights_after=1, proves=False, keeps_books=False, crowded=True
        ),
    ),
)

OF_THE_BANK: Final = (
    Story(
        name="a payout arrives, in a statement that is written in both formats",
        lives=(_REFUNDED,),
        habits=NOBODY,
        bank=BankPlan(files={1: "both"}),
    ),
    Story(
        name="a statement lacks an entry until it is corrected, and somebody asks at once",
        lives=(_PAID, _DOLLARS),
        habits=Habits(resolves=0.0, asks=1.0, nights_after=1, proves=False, keeps_books=False),
        bank=BankPlan(files={1: "forgotten", 2: "lacking"}, strangers=(-333,)),
    ),
    Story(
        name="a statement that is not proved, and one that is told otherwise",
        lives=(_PAID, _DOLLARS),
        habits=NOBODY,
        bank=BankPlan(files={1: "unproved", 2: "contradicted"}),
    ),
    Story(
        name="of two payouts of one amount the first is missing, and persons explain it",
        lives=(_LARGE, _LARGE_LATER),
        bank=BankPlan(wrongs={1: "missing"}),
    ),
    Story(
        name="a payout arrives before it is told",
        lives=(_PAID,),
        plan=Plan(held_back_hours=3 * 24),
        habits=NOBODY,
        bank=BankPlan(files={1: "cut"}),
    ),
    Story(
        name="a payout comes short, and another one twice",
        lives=(_PAID, _DOLLARS),
        habits=Habits(resolves=1.0, asks=0.0, nights_after=2, proves=False, keeps_books=False),
        bank=BankPlan(wrongs={1: "short", 2: "twice"}, files={1: "twice"}, strangers=(7_777_777,)),
    ),
    Story(
        name="a payout comes in two parts, and another one too late without its name",
        lives=(_PAID, _DOLLARS),
        habits=NOBODY,
        bank=BankPlan(wrongs={1: "split", 2: "nameless late"}),
    ),
    Story(
        name="a payout comes in another currency, and another one without its name",
        lives=(_PAID, _DOLLARS),
        habits=NOBODY,
        bank=BankPlan(wrongs={1: "currency", 2: "nameless"}, files={1: "late"}),
    ),
    Story(
        name="a payout comes short, and the next one of its amount without its name",
        lives=(_PAID, _PAID_LATER),
        habits=NOBODY,
        bank=BankPlan(wrongs={1: "short", 2: "nameless"}),
    ),
    Story(
        name="a payout is told in the middle of a run that has left its entry alone",
        lives=(_PAID,),
        plan=Plan(held_back_hours=26),
        habits=_SLOW,
        bank=BankPlan(),
    ),
)
STORIES: Final = (*OF_REPORTS, *OF_THE_BANK)


def story_called(name: str) -> Story:
    return next(story for story in STORIES if story.name == name)


def story_world(story: Story, *kill_at: int) -> ReconciledWorld:
    """The world in which that story happens, without any fault but these."""
    return ReconciledWorld(
        SEED,
        lives=story.lives,
        rates={},
        kill_at=kill_at,
        plan=story.plan,
        habits=story.habits,
        bank=story.bank,
    )


def told(story: Story, *kill_at: int) -> ReconciledWorld:
    """That world when the story has ended."""
    world = story_world(story, *kill_at)
    world.run()
    return world


def effects(story: Story) -> list[int]:
    """The numbers of the moments from the first report or night on; a read has none of its own:
    killed before it is killed after the effect before it.
    """
    world = told(story)
    return [number for number in world.calls.effects if number >= world.began_at]


def crashed(story: Story, *, part: int = 0, parts: int = 1, every: int = 0) -> Iterator[Killed]:
    """Killed at each effect, or at one of `parts` of them; and in pairs, as `enumerated` says."""
    return enumerated(effects(story)[part::parts], partial(killed, story), every)


def killed(story: Story, *kill_at: int, on_line: OnLine = None) -> Killed:
    world = story_world(story, *kill_at)
    world.on_line = on_line
    found = findings_of(world, lambda: audit(world))
    later = effects_after(world, kill_at)
    return Killed(story.name, kill_at, found, what="story", later=later)
