"""A span of the outbox is published once more: all of it, slowly, however often it is killed."""

import pytest

from shared.errors.taxonomy import NotFound
from shared.operations.errors import ReplayOver
from shared.operations.replay import stop_replay
from shared.operations.replays import STALLS_MAX, Status
from shared.persistence.span import Span
from tests.doubles.memory_table import MemoryTable
from tests.unit.shared.operations.graveyard import by
from tests.unit.shared.operations.outbox import BEGIN, DAY, NOW, Bus, Killed, Outbox


@pytest.fixture
def outbox() -> Outbox:
    outbox = Outbox(Bus())
    for number in range(3):
        outbox.tell(f"ord_{number}", hours=30)
    return outbox


def test_every_message_of_the_span_is_published_each_order_in_sequence(outbox: Outbox) -> None:
    before = outbox.messages()
    outbox.start()
    assert outbox.turn() == 72
    for number in range(3):
        heard = [each for each in outbox.bus.heard if each.startswith(f"ord_{number}")]
        assert heard == [f"ord_{number}/{hour:02d}" for hour in range(24)]
    replay = outbox.now()
    assert (replay.status, replay.published, replay.looked_at) == (Status.DONE, 72, 94)
    assert replay.ended_at == NOW
    assert outbox.messages() == before  # the live relay still has what it has not published
    assert outbox.turn() == 0


def test_some_types_or_one_order_alone(outbox: Outbox) -> None:
    outbox.tell("ord_9", hours=2, type_="OrderConfirmed")
    outbox.start(Span(begins_at=BEGIN, ends_at=NOW, types=("OrderConfirmed", "OrderCancelled")))
    assert outbox.turn() == 2
    assert outbox.bus.heard == ["ord_9/00", "ord_9/01"]


def test_one_order_alone(outbox: Outbox) -> None:
    outbox.start(Span(begins_at=BEGIN, ends_at=DAY.ends_at, about="ord_1"))
    assert outbox.turn() == 24
    assert {each[:5] for each in outbox.bus.heard} == {"ord_1"}


def test_a_span_without_a_message_is_done_at_once() -> None:
    outbox = Outbox(Bus())
    outbox.start()
    assert outbox.turn() == 0
    assert (outbox.now().status, outbox.now().published) == (Status.DONE, 0)


def test_it_goes_no_faster_than_it_was_told(outbox: Outbox) -> None:
    outbox.start(per_second=10)
    outbox.turn()
    assert round(outbox.waited_seconds, 3) == 7.2


def test_what_one_turn_has_no_time_for_the_next_takes_up(outbox: Outbox) -> None:
    outbox.start(per_second=4)
    turns = [outbox.turn(parts=3)]
    while outbox.now().status is Status.RUNNING:
        turns.append(outbox.turn(parts=3))
        assert len(turns) < 20
    assert sum(turns) == outbox.now().published == 72
    assert len(set(outbox.bus.heard)) == len(outbox.bus.heard) == 72


@pytest.mark.parametrize("moment", range(1, 14))
def test_killed_at_any_write_it_loses_nothing_and_repeats_a_part_at_most(
    outbox: Outbox, moment: int
) -> None:
    table = outbox.table
    assert isinstance(table, MemoryTable)
    outbox.start(per_second=4)
    seen: list[str] = []

    def kill(write: str) -> None:
        seen.append(write)
        if len(seen) == moment:
            raise Killed

    table.on_write = kill
    try:
        outbox.turn()
    except Killed:
        table.on_write = None
        outbox.turn()
    assert outbox.now().status is Status.DONE
    assert len(set(outbox.bus.heard)) == 72
    assert 72 <= len(outbox.bus.heard) <= 72 + 20
    assert outbox.now().published == 72


@pytest.mark.parametrize("call", range(1, 9))
def test_killed_at_any_call_of_the_bus_it_loses_nothing(outbox: Outbox, call: int) -> None:
    outbox.start(per_second=4)
    outbox.bus.killed_at = call
    with pytest.raises(Killed):
        outbox.turn()
    outbox.turn()
    assert outbox.now().status is Status.DONE
    assert len(set(outbox.bus.heard)) == 72
    assert outbox.now().published == 72


def test_what_the_bus_refuses_is_put_again_and_then_waits_for_the_next_turn() -> None:
    refused: list[str] = []

    def twice(payload: str) -> bool:
        refused.append(payload)
        return payload == "ord_0/01" and refused.count(payload) <= 4

    outbox = Outbox(Bus(refuse=twice))
    outbox.tell("ord_0", hours=3)
    outbox.start()
    assert outbox.turn() == 0
    assert (outbox.now().status, outbox.now().stalls) == (Status.RUNNING, 1)
    assert outbox.turn() == 3
    assert (outbox.now().status, outbox.now().stalls) == (Status.DONE, 0)
    assert refused.count("ord_0/01") == 5


def test_a_bus_that_never_takes_one_fails_the_replay_after_a_bounded_number_of_turns() -> None:
    outbox = Outbox(Bus(refuse=lambda payload: payload == "ord_0/02"))
    outbox.tell("ord_0", hours=3)
    outbox.start()
    for _ in range(STALLS_MAX + 5):
        outbox.turn()
    replay = outbox.now()
    assert (replay.status, replay.stalls, replay.ended_at) == (Status.FAILED, 30, NOW)
    assert outbox.bus.calls == 90


def test_one_that_is_stopped_stays_where_it_is(outbox: Outbox) -> None:
    outbox.start(per_second=4)
    outbox.turn(parts=3)
    published = outbox.now().published
    assert 0 < published < 72
    stopped = stop_replay("rp_orders_1", by("bob", request="req_2"), replays=outbox.replays)
    assert (stopped.status, stopped.stopped) == (Status.STOPPED, by("bob", request="req_2"))
    again = stop_replay("rp_orders_1", by("bob", request="req_2"), replays=outbox.replays)
    assert again == stopped
    with pytest.raises(ReplayOver):
        stop_replay("rp_orders_1", by("cyd", request="req_3"), replays=outbox.replays)
    assert outbox.turn() == 0
    assert outbox.now().published == published


def test_one_that_is_stopped_in_the_middle_of_a_turn_goes_no_further(outbox: Outbox) -> None:
    outbox.start(per_second=4)

    def stop_at_the_25th(payload: str) -> bool:
        del payload
        if len(outbox.bus.heard) == 24:
            stop_replay("rp_orders_1", by("bob", request="req_2"), replays=outbox.replays)
        return False

    outbox.bus.refuse = stop_at_the_25th
    outbox.turn()
    assert outbox.now().status is Status.STOPPED
    assert len(outbox.bus.heard) == 40


def test_two_turns_at_once_publish_twice_and_count_once(outbox: Outbox) -> None:
    outbox.start(per_second=4)
    other = Outbox(outbox.bus, table=outbox.table)
    inside: list[int] = []

    def meanwhile() -> None:
        if not inside:
            inside.append(1)
            other.turn(parts=4)

    outbox.meanwhile = meanwhile
    outbox.turn()
    outbox.turn()
    assert outbox.now().status is Status.DONE
    assert outbox.now().published == 72
    assert len(set(outbox.bus.heard)) == 72


def test_the_same_request_starts_it_once(outbox: Outbox) -> None:
    started = outbox.start()
    outbox.turn()
    assert outbox.start() == outbox.now()
    assert outbox.now().version > started.version
    with pytest.raises(NotFound):
        outbox.replays.get("rp_orders_2")
