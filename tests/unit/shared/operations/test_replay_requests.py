"""What may be asked of a replay, and what is refused at its place."""

from datetime import timedelta
from typing import Any

import pytest

from shared.errors.taxonomy import InvalidRequest
from shared.operations.errors import TooOldToRepeat
from shared.operations.replays import require_repeatable
from shared.operations.requests import ReplayRequest
from shared.persistence.span import Span
from shared.rest.requests import checked
from tests.unit.shared.operations.outbox import BEGIN, NOW


@pytest.mark.parametrize(("days", "taken"), [(1, True), (74, True), (76, False)])
def test_a_span_is_taken_only_while_the_marks_of_what_was_handled_outlive_it(
    days: int, taken: bool
) -> None:
    span = Span(begins_at=NOW - timedelta(days=days), ends_at=NOW)
    if taken:
        require_repeatable(span, NOW)
    else:
        with pytest.raises(TooOldToRepeat):
            require_repeatable(span, NOW)


def test_a_request_becomes_a_span() -> None:
    body = {"from": "2026-01-02T04:00:00+01:00", "reason": "missed", "types": ["OrderPlaced"]}
    request = checked(ReplayRequest, body)
    assert request.span(NOW) == Span(begins_at=BEGIN, ends_at=NOW, types=("OrderPlaced",))
    assert request.per_second == 100


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"from": "yesterday"}, "/from"),
        ({"from": "2026-01-02T03:00:00"}, "/from"),
        ({"from": "2026-01-03T09:00:00Z"}, "/from"),
        ({"from": "2026-01-02T03:00:00Z", "to": "2026-01-02T03:00:00Z"}, "/from"),
        ({"to": "2026-01-03T09:00:01Z"}, "/to"),
        ({"types": ["Payload"]}, "/types/0"),
        ({"types": ["OrderPlaced"] * 51}, "/types"),
        ({"about": "a b"}, "/about"),
        ({"about": "ord"}, "/about"),
        ({"per_second": 0}, "/per_second"),
        ({"per_second": 501}, "/per_second"),
        ({"per_second": "10"}, "/per_second"),
        ({"reason": " "}, "/reason"),
        ({"until": "now"}, "/until"),
    ],
)
def test_a_request_that_makes_no_sense_is_refused_at_its_place(
    changes: dict[str, Any], pointer: str
) -> None:
    body = {"from": "2026-01-02T03:00:00Z", "reason": "missed", **changes}
    with pytest.raises(InvalidRequest) as refused:
        checked(ReplayRequest, body).span(NOW)
    assert [error.pointer for error in refused.value.errors] == [pointer]
