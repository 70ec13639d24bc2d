"""What is watched of answers can fail, too."""

from typing import Any

import pytest

from tests.simulation.answers import Answers

MARK: dict[str, Any] = {"pk": {"S": "CAUSE#req_1"}, "sk": {"S": "CAUSE"}}
STATE: dict[str, Any] = {"pk": {"S": "ORDER#ord_1"}, "sk": {"S": "STATE"}}
REFUSED = {"code": "confirmation_not_possible", "retryable": False}


@pytest.fixture
def surprises() -> list[str]:
    return []


@pytest.fixture
def answers(surprises: list[str]) -> Answers:
    return Answers(surprises.append)


def test_what_was_done_and_is_refused_is_told(answers: Answers, surprises: list[str]) -> None:
    with answers.asked(2, "confirm a"):
        answers.written(2, "orders", MARK)
    answers.told("confirm a", 409, REFUSED)
    assert surprises == ["confirm a was done, and is refused: confirmation_not_possible"]


@pytest.mark.parametrize(
    ("status", "document"),
    [(202, {"status": "capturing"}), (409, {"code": "still_processing", "retryable": True})],
)
def test_an_answer_and_a_wait_are_no_refusal(
    status: int, document: dict[str, Any], answers: Answers, surprises: list[str]
) -> None:
    with answers.asked(2, "confirm a"):
        answers.written(2, "orders", MARK)
    answers.told("confirm a", status, document)
    assert surprises == []


@pytest.mark.parametrize(
    ("worker", "table", "row"), [(3, "orders", MARK), (2, "payments", MARK), (2, "orders", STATE)]
)
def test_what_others_do_meanwhile_is_not_its_own(
    worker: int, table: str, row: dict[str, Any], answers: Answers, surprises: list[str]
) -> None:
    with answers.asked(2, "confirm a"):
        answers.written(worker, table, row)
    answers.written(2, "orders", MARK)
    answers.told("confirm a", 409, REFUSED)
    answers.told("confirm b", 409, REFUSED)
    assert surprises == []
