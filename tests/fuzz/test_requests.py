"""No request makes the API answer with an error of its own, or another way than it describes."""

import uuid
from typing import Any

import pytest
from schemathesis import GenerationMode
from schemathesis.core.failures import FailureGroup

from tests.contract.operations import OPERATIONS
from tests.fuzz.gateway import application
from tests.fuzz.population import SMALL, entry
from tests.fuzz.requests import MODES, Found, Fuzzer

REQUESTS = 20
"""For each operation and mode; `make fuzz` sends more than 20,000."""
FUZZER = Fuzzer(number=7)
DESCRIBED = FUZZER.operations()


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.value)
@pytest.mark.parametrize("operation", DESCRIBED, ids=lambda operation: operation.label)
def test_every_request_is_answered_as_described(operation: Any, mode: GenerationMode) -> None:
    Fuzzer(number=7).fuzz(operation, requests=REQUESTS, mode=mode)


def test_every_operation_is_fuzzed() -> None:
    described = {tuple(operation.label.split(" ")) for operation in DESCRIBED}
    assert described == {*OPERATIONS, ("POST", "/webhooks/{provider}")}


@pytest.mark.parametrize("status", [200, 404, 418, 500, 503])
def test_an_answer_that_is_wrong_is_found(status: int) -> None:
    """Errors of ours, what is not described, and what has not the shape that is described."""

    def lie(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        start_response(f"{status} -", [("Content-Type", "application/json")])
        return [b"{}"]

    with pytest.raises((Found, FailureGroup)):
        _ask_periods(lie)


def test_a_refusal_that_writes_is_found() -> None:
    def lie(environ: dict[str, Any], start_response: Any) -> Any:
        entry(str(uuid.uuid4()), SMALL)
        return application({**environ, "HTTP_AUTHORIZATION": ""}, start_response)

    with pytest.raises(Found, match="401, and a write"):
        _ask_periods(lie)


def _ask_periods(lie: Any) -> None:
    operation = next(each for each in DESCRIBED if each.label == "GET /periods")
    Fuzzer(number=7, application=lie).fuzz(operation, requests=1, mode=GenerationMode.POSITIVE)
