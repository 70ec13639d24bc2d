"""A dead letter is sent again or closed by a person, once, and a crash loses neither."""

from datetime import timedelta

import pytest

from shared.errors.taxonomy import NotFound
from shared.operations.dead_letters import DeadLetter, Status
from shared.operations.errors import (
    DeadLetterClosed,
    DeadLetterRedriven,
    NotRedrivable,
    QueueBusy,
    TooOldToRepeat,
)
from shared.operations.redrive import close_letter, finish_redrives, redrive_letter
from tests.doubles.memory_table import MemoryTable
from tests.unit.shared.operations.graveyard import BODY, KEPT, Graveyard, by


class Killed(BaseException):
    """The worker is gone."""


def test_it_is_sent_to_the_queue_it_came_from_as_it_was() -> None:
    yard = Graveyard()
    letter = yard.one()
    done = redrive_letter(letter.dead_letter_id, by("ada"), letters=yard.letters, send=yard.send)
    assert yard.sent == [("events", BODY, letter.dead_letter_id)]
    assert (done.status, done.decision) == (Status.REDRIVEN, by("ada"))
    assert yard.letters.get(letter.dead_letter_id) == done
    assert yard.every() == []
    assert yard.every(Status.REDRIVEN) == [done]


def test_the_same_request_sends_once() -> None:
    yard = Graveyard()
    name = yard.one().dead_letter_id
    answers = [
        redrive_letter(name, by("ada"), letters=yard.letters, send=yard.send) for _ in range(2)
    ]
    assert answers[0] == answers[1]
    assert len(yard.sent) == 1


def test_another_request_is_told_who_was_first() -> None:
    yard = Graveyard()
    name = yard.one().dead_letter_id
    redrive_letter(name, by("ada"), letters=yard.letters, send=yard.send)
    late = by("bob", request="req_2")
    with pytest.raises(DeadLetterRedriven, match="by ada at 2026-01-02T03:14:05Z"):
        redrive_letter(name, late, letters=yard.letters, send=yard.send)
    with pytest.raises(DeadLetterRedriven, match="by ada at 2026-01-02T03:14:05Z"):
        close_letter(name, late, letters=yard.letters)
    assert len(yard.sent) == 1


def test_a_closed_one_is_neither_sent_nor_closed_again() -> None:
    yard = Graveyard()
    name = yard.one().dead_letter_id
    closed = close_letter(name, by("ada"), letters=yard.letters)
    assert (closed.status, closed.decision) == (Status.CLOSED, by("ada"))
    assert close_letter(name, by("ada"), letters=yard.letters) == closed
    with pytest.raises(DeadLetterClosed):
        redrive_letter(name, by("bob", request="req_2"), letters=yard.letters, send=yard.send)
    with pytest.raises(DeadLetterClosed):
        close_letter(name, by("bob", request="req_2"), letters=yard.letters)
    assert yard.sent == []


def test_an_unknown_one_is_not_found() -> None:
    yard = Graveyard()
    with pytest.raises(NotFound):
        redrive_letter("dl_orders_none", by("ada"), letters=yard.letters, send=yard.send)
    with pytest.raises(NotFound):
        close_letter("dl_orders_none", by("ada"), letters=yard.letters)


def test_a_position_in_a_stream_is_closed_and_never_sent() -> None:
    yard = Graveyard()
    name = yard.one(queue="relay-failures").dead_letter_id
    with pytest.raises(NotRedrivable):
        redrive_letter(name, by("ada"), letters=yard.letters, send=yard.send)
    assert close_letter(name, by("ada"), letters=yard.letters).status is Status.CLOSED


@pytest.mark.parametrize(("days", "taken"), [(1, True), (40, True), (74, True), (76, False)])
def test_it_is_sent_only_while_the_marks_of_what_was_handled_outlive_it(
    days: int, taken: bool
) -> None:
    yard = Graveyard()
    name = yard.one().dead_letter_id
    decision = by("ada", at=KEPT + timedelta(days=days))
    if taken:
        redrive_letter(name, decision, letters=yard.letters, send=yard.send)
    else:
        with pytest.raises(TooOldToRepeat):
            redrive_letter(name, decision, letters=yard.letters, send=yard.send)
        assert yard.letters.get(name).status is Status.OPEN
    assert len(yard.sent) == taken


def test_a_busy_queue_keeps_the_intent_and_the_clock_sends_it() -> None:
    yard = Graveyard(busy=True)
    name = yard.one().dead_letter_id
    with pytest.raises(QueueBusy):
        redrive_letter(name, by("ada"), letters=yard.letters, send=yard.send)
    assert yard.letters.get(name).status is Status.REDRIVING
    yard.busy = False
    soon, later = KEPT + timedelta(seconds=59), KEPT + timedelta(seconds=60)
    assert finish_redrives(letters=yard.letters, send=yard.send, now=soon) == 0
    assert finish_redrives(letters=yard.letters, send=yard.send, now=later) == 1
    assert finish_redrives(letters=yard.letters, send=yard.send, now=later) == 0
    assert len(yard.sent) == 1
    assert yard.letters.get(name).decision == by("ada")


def test_one_that_cannot_be_sent_does_not_hold_up_the_others() -> None:
    yard = Graveyard(busy=True)
    names = [yard.one(message_id=f"m-{number}").dead_letter_id for number in range(3)]
    for number, name in enumerate(names):
        with pytest.raises(QueueBusy):
            redrive_letter(
                name, by("ada", request=f"req_{number}"), letters=yard.letters, send=yard.send
            )
    yard.busy = False

    def send(letter: DeadLetter) -> None:
        if letter.dead_letter_id == names[1]:
            raise NotRedrivable
        yard.send(letter)

    later = KEPT + timedelta(minutes=2)
    assert finish_redrives(letters=yard.letters, send=send, now=later) == 2
    assert sorted(name for _, _, name in yard.sent) == sorted([names[0], names[2]])
    assert [each.dead_letter_id for each in yard.every(Status.REDRIVING)] == [names[1]]


def test_what_is_on_its_way_is_finished_by_whoever_asks_next_in_the_name_of_the_first() -> None:
    yard = Graveyard(busy=True)
    name = yard.one().dead_letter_id
    with pytest.raises(QueueBusy):
        redrive_letter(name, by("ada"), letters=yard.letters, send=yard.send)
    yard.busy = False
    done = redrive_letter(name, by("bob", request="req_2"), letters=yard.letters, send=yard.send)
    assert (done.status, done.decision) == (Status.REDRIVEN, by("ada"))


@pytest.mark.parametrize("moment", range(1, 5))
def test_a_crash_at_any_write_sends_at_least_once_in_the_end(moment: int) -> None:
    table = MemoryTable()
    yard = Graveyard(table=table)
    name = yard.one().dead_letter_id
    seen: list[str] = []

    def kill(write: str) -> None:
        seen.append(write)
        if len(seen) == moment:
            raise Killed

    table.on_write = kill
    with pytest.raises(Killed):
        redrive_letter(name, by("ada"), letters=yard.letters, send=yard.send)
    table.on_write = None
    finish_redrives(letters=yard.letters, send=yard.send, now=KEPT + timedelta(minutes=2))
    redrive_letter(name, by("ada"), letters=yard.letters, send=yard.send)
    assert yard.letters.get(name).status is Status.REDRIVEN
    assert len(yard.sent) == {1: 1, 2: 1, 3: 2, 4: 1}[moment]
