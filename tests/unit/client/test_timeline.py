"""The timeline keeps time, and puts no effect before its cause."""

from client.api import Api
from client.connection import Connection
from client.timeline import Moment, by_time_and_cause, read_timeline, roots
from tests.unit.client.answering_server import answering
from tests.unit.client.documents import ENTRY, ORDER, event


def moment(name: str, seconds: int, cause: str) -> Moment:
    return Moment(f"2026-11-24T10:00:{seconds:02}Z", "orders", "OrderPlaced", name, "cor_1", cause)


def ids(moments: list[Moment]) -> list[str]:
    return [moment.id for moment in moments]


def test_messages_stand_by_their_time() -> None:
    mixed = [moment("c", 3, "b"), moment("a", 1, "request"), moment("b", 2, "a")]
    assert ids(by_time_and_cause(mixed)) == ["a", "b", "c"]


def test_a_cause_stands_first_even_where_its_clock_is_ahead() -> None:
    mixed = [moment("effect", 1, "cause"), moment("cause", 5, "request"), moment("other", 2, "x")]
    assert ids(by_time_and_cause(mixed)) == ["other", "cause", "effect"]


def test_at_the_same_time_the_cause_decides() -> None:
    mixed = [moment("a", 1, "b"), moment("b", 1, "c"), moment("c", 1, "request")]
    assert ids(by_time_and_cause(mixed)) == ["c", "b", "a"]


def test_a_circle_loses_no_message() -> None:
    mixed = [moment("a", 1, "b"), moment("b", 2, "a"), moment("c", 3, "request")]
    assert ids(by_time_and_cause(mixed)) == ["c", "a", "b"]


def test_times_with_and_without_fractions_are_compared_as_times() -> None:
    whole = Moment("2026-11-24T10:00:01Z", "orders", "OrderPlaced", "a", "cor_1", "x")
    later = Moment("2026-11-24T10:00:01.5+00:00", "orders", "OrderPlaced", "b", "cor_1", "x")
    assert ids(by_time_and_cause([later, whole])) == ["a", "b"]


def test_what_came_from_outside_is_found() -> None:
    assert ids(roots([moment("a", 1, "request"), moment("b", 2, "a")])) == ["a"]


def test_three_services_make_one_story() -> None:
    placed = event()
    command = event(
        id="orders/ord_1/1/1", type="AuthorizePayment", time="2026-11-24T10:00:00.000000Z"
    )
    captured = event(
        id="payments/pay_1/4/0",
        service="payments",
        type="PaymentCaptured",
        time="2026-11-24T10:00:01.000000Z",
        causation_id="orders/ord_1/1/1",
    )
    pages = [{"data": [placed, command]}, {"data": [captured]}, {"data": [ENTRY]}]
    with answering((200, ORDER, {}), *[(200, page, {}) for page in pages]) as script:
        timeline = read_timeline(Api(Connection(script.url, "qk")), "ord_1")
    told = [(moment.service, moment.message, moment.is_command) for moment in timeline.moments]
    assert told == [
        ("orders", "OrderPlaced", False),
        ("orders", "AuthorizePayment", True),
        ("payments", "PaymentCaptured", False),
        ("accounting", "LedgerEntryCreated", False),
    ]
    assert timeline.moments[3].id == "accounting/ent_1/1/0"
    assert timeline.as_json()["timeline"][1]["kind"] == "command"
