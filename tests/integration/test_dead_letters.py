"""Dead letters in a table: listed by what is to be done, the oldest first, on a real index too."""

from datetime import timedelta

from shared.operations.dead_letters import Status
from shared.operations.redrive import close_letter, redrive_letter
from shared.persistence.table import Table
from tests.unit.shared.operations.graveyard import KEPT, Graveyard, by, record


def test_they_are_listed_oldest_first_by_status_and_from_any_place_on(table: Table) -> None:
    yard = Graveyard(table=table)
    for number in range(5):
        yard.now = KEPT + timedelta(seconds=number)
        assert yard.bury(record(f"m-{number}", body=f"body {number}")) == []
    listed = list(yard.letters.listed(Status.OPEN))
    assert [each.item.body for each in listed] == [f"body {number}" for number in range(5)]
    rest = yard.letters.listed(Status.OPEN, after=listed[2].place)
    assert [each.item.body for each in rest] == ["body 3", "body 4"]
    first, second = (each.item.dead_letter_id for each in listed[:2])
    redrive_letter(first, by("ada"), letters=yard.letters, send=yard.send)
    close_letter(second, by("bob", request="req_2"), letters=yard.letters)
    assert [each.body for each in yard.every(Status.OPEN)] == ["body 2", "body 3", "body 4"]
    assert [each.body for each in yard.every(Status.REDRIVEN)] == ["body 0"]
    assert [each.decision for each in yard.every(Status.CLOSED)] == [by("bob", request="req_2")]


def test_a_dead_letter_is_read_as_it_was_kept(table: Table) -> None:
    yard = Graveyard(table=table)
    body = "é\u0000\ud7ff\U0001f4a3" + "x" * 290_000
    told = {"redrive_of": "dl_orders_1"}
    letter = yard.one(body=body, attributes=told)
    assert letter.body == body
    assert yard.letters.get(letter.dead_letter_id) == letter
    assert yard.bury(record(body=body, attributes=told)) == []
    assert yard.every() == [letter]
