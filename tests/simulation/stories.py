"""The stories of a reconciliation, each in a world without any other fault, and every place in
which a worker of it can be killed: before and after each call that has an effect.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from tests.simulation.agenda import DAY, HOUR
from tests.simulation.audit_reconciliation import audit
from tests.simulation.crashes import SEED, Killed
from tests.simulation.evidence import Finding
from tests.simulation.lives import Course, Decision, Dispute, Life
from tests.simulation.reconciled import Habits, ReconciledWorld
from tests.simulation.settlement import Plan

NIGHTS: Final = 5
"""One more than an operation may wait for its line."""
PERSONS: Final = Habits(
    resolves=1.0, asks=0.0, nights_after=NIGHTS, proves=False, keeps_books=False
)
NOBODY: Final = Habits(resolves=0.0, asks=0.0, nights_after=1, proves=False, keeps_books=False)
_PAID: Final = Life(amount=20_00, automatic=True)
_LARGE: Final = Life(amount=5_000_00, automatic=True)
_REFUNDED: Final = Life(
    amount=20_00,
    decisions=(Decision(kind="confirm"), Decision(kind="refund", percent=40)),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Lives, what is wrong with the reports about them, and who works on it."""

    name: str
    lives: tuple[Life, ...]
    plan: Plan = field(default_factory=Plan)
    habits: Habits = PERSONS


STORIES: Final = (
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
)


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


def singles(story: Story, *, part: int = 0, parts: int = 1) -> Iterator[Killed]:
    """Killed at each place, or at one of `parts` of them."""
    for place in effects(story)[part::parts]:
        yield killed(story, place)


def killed(story: Story, *kill_at: int) -> Killed:
    try:
        found = tuple(audit(told(story, *kill_at)))
    except AssertionError as stuck:
        found = (Finding("liveness", str(stuck)),)
    return Killed(story.name, kill_at, found, what="story")
