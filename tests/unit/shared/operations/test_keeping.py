"""A dead letter becomes a row, once, with the reason its consumer gave, whatever its body is."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from shared.errors.taxonomy import StoreBusy
from shared.messaging.failures import Failure, FailureNotes, failure_of
from shared.operations.dead_letters import Status
from shared.operations.errors import DeadLetterTooLarge
from shared.persistence.table import Key
from tests.doubles.memory_table import MemoryTable
from tests.unit.shared.operations.graveyard import KEPT, SAID, Graveyard, record

NOTE = json.dumps(
    {
        "requestContext": {"condition": "RetryAttemptsExhausted"},
        "DDBStreamBatchInfo": {
            "shardId": "shardId-1",
            "startSequenceNumber": "100",
            "endSequenceNumber": "102",
            "approximateArrivalOfFirstRecord": "2026-01-02T03:04:05Z",
            "batchSize": 3,
        },
    }
)


def failed(attempt: int, code: str) -> Failure:
    return Failure(attempt=attempt, at=SAID, code=code, detail=f"{code} in words")


def test_a_dead_letter_is_kept_with_its_message_and_the_last_word_of_its_consumer() -> None:
    yard = Graveyard()
    for attempt, code in ((1, "order_unknown"), (4, "order_unknown"), (5, "invalid_transition")):
        yard.failures.keep("m-1", failed(attempt, code))
    letter = yard.one()
    assert (letter.queue, letter.status, letter.redrivable) == ("events", Status.OPEN, True)
    assert (letter.reason.code, letter.reason.detail) == (
        "invalid_transition",
        "invalid_transition in words",
    )
    assert [each.attempt for each in letter.failures] == [4, 5]
    assert (letter.message_id, letter.message_type) == ("payments/pay_1/4/1", "PaymentCaptured")
    assert (letter.correlation_id, letter.said_at) == ("cor_1", SAID)
    assert letter.sent_at == datetime(2026, 1, 2, 3, 4, 10, tzinfo=UTC)
    assert letter.kept_at == KEPT
    assert letter.dead_letter_id.startswith("dl_orders_")
    assert yard.letters.get(letter.dead_letter_id) == letter


def test_a_dead_letter_delivered_twice_is_one_row() -> None:
    yard = Graveyard()
    first = yard.one()
    yard.now += timedelta(minutes=1)
    assert yard.bury(record(), record()) == []
    assert yard.every() == [first]


def test_a_consumer_that_was_killed_has_given_no_reason() -> None:
    assert Graveyard().one().reason.code == "no_word"


def test_what_the_bus_could_not_deliver_says_why() -> None:
    told = {"ERROR_CODE": "NO_PERMISSIONS", "ERROR_MESSAGE": "the queue's policy forbids it"}
    letter = Graveyard().one(attributes=told)
    assert (letter.reason.code, letter.reason.detail) == (
        "not_delivered",
        "NO_PERMISSIONS: the queue's policy forbids it",
    )


def test_what_a_stream_gave_up_names_its_records_and_cannot_be_sent() -> None:
    letter = Graveyard().one(body=NOTE, queue="relay-failures")
    assert (letter.queue, letter.redrivable) == ("relay", False)
    assert letter.reason.code == "stream_gave_up"
    assert letter.reason.detail == (
        "RetryAttemptsExhausted: 3 records of shardId-1 from 100 to 102,"
        " the first of 2026-01-02T03:04:05Z"
    )


@pytest.mark.parametrize(
    "body",
    [
        "",
        "not JSON",
        "[" * 100_000,
        "[1, 2]",
        "null",
        '{"detail": 7}',
        '{"detail": {"id": 7, "type": [], "time": "yesterday", "correlationid": null}}',
        '{"detail": {"time": "2026-01-02T03:04:05"}}',
        '{"detail": NaN}',
        "\u0000\ud7ff\U0001f4a3",
    ],
)
def test_a_body_that_nobody_can_read_is_kept_as_it_is(body: str) -> None:
    letter = Graveyard().one(body=body)
    assert letter.body == body
    assert (letter.message_id, letter.message_type, letter.correlation_id) == (None, None, None)
    assert letter.said_at == letter.sent_at


@pytest.mark.parametrize("body", ["{}", '{"requestContext": 1, "DDBStreamBatchInfo": 2}'])
def test_a_note_of_a_stream_that_cannot_be_read_is_kept_all_the_same(body: str) -> None:
    letter = Graveyard().one(body=body, queue="relay-failures")
    assert letter.reason.detail == "a note that cannot be read"


def test_what_is_too_large_for_a_row_stays_in_its_queue_and_stops_no_other() -> None:
    yard = Graveyard()
    assert yard.bury(record("m-1", body="é" * 150_001), record("m-2")) == ["m-1"]
    assert [each.message_id for each in yard.every()] == ["payments/pay_1/4/1"]
    assert yard.bury(record("m-3", body="é" * 150_000)) == []


def test_a_message_that_dies_again_names_the_dead_letter_it_was() -> None:
    again = Graveyard().one(attributes={"redrive_of": "dl_orders_1"})
    assert again.redrive_of == "dl_orders_1"


def test_only_the_last_tries_are_noted_each_once() -> None:
    table = MemoryTable()
    notes = FailureNotes(table)
    for attempt in (1, 2, 3, 3, 4):
        notes.keep("m-1", failed(attempt, "outcome_unknown"))
    assert [each.attempt for each in notes.of("m-1")] == [3, 4]
    row = table.get(Key("FAILURE#m-1", "0000000003"))
    assert row is not None
    assert row["expires_at"] == int((SAID + timedelta(days=20)).timestamp())


def test_a_busy_database_gets_no_note_and_the_failure_stays_what_it_was() -> None:
    table = MemoryTable()

    def refuse(moment: str) -> None:
        raise StoreBusy(moment)

    table.on_write = refuse
    FailureNotes(table).keep("m-1", failed(5, "store_busy"))
    assert list(FailureNotes(table).of("m-1")) == []


def test_an_unexpected_failure_tells_its_place_and_none_of_its_text() -> None:
    cards: dict[str, str] = {}
    with pytest.raises(KeyError) as raised:
        cards["4111 1111 1111 1111"]
    failure = failure_of(raised.value, record(), now=SAID)
    assert failure.code == "unexpected_failure"
    assert failure.detail.startswith("KeyError at operations/test_keeping.py:")
    assert "4111" not in failure.detail


def test_an_expected_failure_tells_its_code_and_words() -> None:
    failure = failure_of(DeadLetterTooLarge("x" * 900), {}, now=SAID)
    assert (failure.attempt, failure.code) == (1, "dead_letter_too_large")
    assert failure.detail == "x" * 500
