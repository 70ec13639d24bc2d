"""The sandbox's clock and its agenda: each thing once, in order, when it is due."""

from datetime import UTC, datetime, timedelta

from sandbox.clock import Agenda, Clock

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def standing_clock() -> Clock:
    return Clock(lambda: NOON)


def test_an_advance_adds_to_the_machines_time() -> None:
    clock = standing_clock()
    clock.advance(timedelta(hours=1))
    clock.advance(timedelta(minutes=30))
    assert clock.now() == datetime(2026, 11, 24, 13, 30, tzinfo=UTC)


def test_what_is_due_happens_once_earliest_first() -> None:
    clock = standing_clock()
    agenda = Agenda(clock)
    done: list[str] = []
    agenda.at(NOON + timedelta(seconds=2), lambda: done.append("second"))
    agenda.at(NOON + timedelta(seconds=1), lambda: done.append("first"))
    agenda.at(NOON + timedelta(seconds=2), lambda: done.append("third"))
    agenda.at(NOON + timedelta(seconds=9), lambda: done.append("too early"))
    agenda.run_due()
    assert done == []
    clock.advance(timedelta(seconds=2))
    agenda.run_due()
    agenda.run_due()
    assert done == ["first", "second", "third"]


def test_what_an_action_adds_is_done_at_once_if_it_is_due() -> None:
    agenda = Agenda(standing_clock())
    done: list[str] = []
    agenda.at(NOON, lambda: agenda.at(NOON, lambda: done.append("added")))
    agenda.run_due()
    assert done == ["added"]


def test_a_stopped_agenda_does_nothing_more() -> None:
    agenda = Agenda(standing_clock())
    done: list[str] = []
    agenda.at(NOON, lambda: done.append("late"))
    agenda.stop()
    agenda.at(NOON, lambda: done.append("later"))
    agenda.run_due()
    assert done == []
