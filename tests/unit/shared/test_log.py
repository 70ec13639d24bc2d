"""A line of the log holds what may be logged, and nothing else."""

import json
from collections.abc import Callable
from typing import Any

from shared.observability import log

type Logged = Callable[[], list[dict[str, Any]]]


def test_fields_on_the_list_are_written(logged: Logged) -> None:
    log.info("something happened", payment_id="pay_1", status=201)
    (line,) = logged()
    assert (line["message"], line["level"]) == ("something happened", "INFO")
    assert (line["payment_id"], line["status"]) == ("pay_1", 201)


def test_any_other_field_is_never_written(logged: Logged) -> None:
    log.bind(correlation_id="cor_1", customer_name="Ada")
    log.info("one", body="secret", token="tok_visa", payment_id="pay_1")
    log.warning("two", headers={"authorization": "Bearer qk"}, code="stale_row")
    try:
        raise RuntimeError("three")
    except RuntimeError:
        log.exception("three", card="4111111111111111")
    text = json.dumps(logged())
    assert not any(word in text for word in ("Ada", "secret", "tok_visa", "Bearer", "4111"))
    assert [line["level"] for line in logged()] == ["INFO", "WARNING", "ERROR"]


def test_bound_fields_are_on_every_line_until_others_are_bound(logged: Logged) -> None:
    log.bind(correlation_id="cor_1", order_id="ord_1")
    log.info("one")
    log.info("two", payment_id="pay_1")
    log.bind(correlation_id="cor_2")
    log.info("three")
    assert [line.get("correlation_id") for line in logged()] == ["cor_1", "cor_1", "cor_2"]
    assert [line.get("order_id") for line in logged()] == ["ord_1", "ord_1", None]
    assert [line.get("payment_id") for line in logged()] == [None, "pay_1", None]


def test_an_exception_is_written_with_its_stack(logged: Logged) -> None:
    try:
        raise LookupError("gone")
    except LookupError:
        log.exception("request failed unexpectedly")
    (line,) = logged()
    assert line["exception_name"] == "LookupError"
    assert "test_an_exception_is_written_with_its_stack" in line["exception"]


def test_the_list_holds_no_field_that_could_carry_a_body_or_a_person() -> None:
    assert not log.LOGGABLE & {"amount", "body", "card", "customer_id", "headers", "raw", "token"}
