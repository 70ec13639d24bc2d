"""What the state machine's service answers to a start and to a callback, and what we make of it."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError, ReadTimeoutError

from orders.domain.errors import ExecutionsBusy
from orders.infrastructure.step_functions import StepFunctions
from shared.contracts.compensation import CompensationRequested, Reason

REQUESTED = CompensationRequested(
    compensation_id="cmp_1",
    payment_id="pay_1",
    order_id="ord_1",
    reason=Reason.ORDER_CANCELLED,
    execution=2,
)


class Service:
    """Keeps what it was asked for, and refuses with `failure` if there is one."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.failure = failure
        self.asked: list[dict[str, str]] = []

    def start_execution(self, **request: str) -> None:
        self._answer(request)

    def send_task_success(self, **request: str) -> None:
        self._answer(request)

    def _answer(self, request: dict[str, str]) -> None:
        self.asked.append(request)
        if self.failure is not None:
            raise self.failure


def refusal(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "no"}}, "Any")


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    names: list[str] = []
    monkeypatch.setattr("orders.infrastructure.step_functions.metrics.count", names.append)
    return names


def executions(service: Any) -> StepFunctions:
    return StepFunctions(machine="arn:machine", client=service)


def test_an_execution_is_started_under_a_name_of_its_own_with_ids_alone() -> None:
    service = Service()
    executions(service).start(REQUESTED, cause_id="orders/ord_1/3/1")
    (asked,) = service.asked
    assert (asked["stateMachineArn"], asked["name"]) == ("arn:machine", "cmp_1-2")
    assert json.loads(asked["input"]) == {
        "order_id": "ord_1",
        "compensation_id": "cmp_1",
        "execution": 2,
        "cause": "orders/ord_1/3/1",
    }


def test_a_second_start_of_the_same_is_counted_and_is_success(counted: list[str]) -> None:
    executions(Service(refusal("ExecutionAlreadyExists"))).start(REQUESTED, cause_id="c")
    assert counted == ["ExecutionAlreadyStarted"]


@pytest.mark.parametrize(
    "failure",
    [
        refusal("ThrottlingException"),
        refusal("ExecutionLimitExceeded"),
        refusal("AccessDeniedException"),
        ConnectTimeoutError(endpoint_url="states"),
        ReadTimeoutError(endpoint_url="states"),
    ],
)
def test_a_service_that_does_not_answer_or_refuses_is_tried_again(
    failure: Exception, counted: list[str]
) -> None:
    with pytest.raises(ExecutionsBusy):
        executions(Service(failure)).start(REQUESTED, cause_id="c")
    with pytest.raises(ExecutionsBusy):
        executions(Service(failure)).go_on("token")
    assert counted == []


@pytest.mark.parametrize("code", ["TaskTimedOut", "TaskDoesNotExist", "InvalidToken"])
def test_a_token_that_was_used_has_expired_or_is_none_is_counted_as_too_late(
    code: str, counted: list[str]
) -> None:
    assert executions(Service(refusal(code))).go_on("token") is False
    assert counted == ["CallbackTooLate"]


def test_a_callback_carries_nothing() -> None:
    service = Service()
    assert executions(service).go_on("token") is True
    assert service.asked == [{"taskToken": "token", "output": "{}"}]
