"""Starting the same execution twice fails.

Stock 1.5.33 answers ExecutionAlreadyExists to every second StartExecution of a name. On AWS it is
idempotent while the execution runs: same name and same input answer with the running execution.
"""

import json
from typing import Any

from apphost.cloud import stock

REQUIRES = (
    "services.stepfunctions:_start_execution",
    "services.stepfunctions:_executions",
    "services.stepfunctions:_resolve_state_machine_arn",
    "services.stepfunctions:json_response",
)


def apply() -> None:
    service, stock_start = stock.stepfunctions, stock.stepfunctions._start_execution

    def start(data: dict[str, Any]) -> Any:
        response = stock_start(data)
        running = _running(data) if b"ExecutionAlreadyExists" in response[2] else None
        if running is None:
            return response
        answer = {"executionArn": running["executionArn"], "startDate": running["startDate"]}
        return service.json_response(answer)

    service._start_execution = start


def _running(data: dict[str, Any]) -> dict[str, Any] | None:
    """The execution of that name, if it runs and was given the same input."""
    service = stock.stepfunctions
    machine = service._resolve_state_machine_arn(data["stateMachineArn"])
    arn = f"{machine.replace(':stateMachine:', ':execution:')}:{data['name']}"
    execution: dict[str, Any] = service._executions[arn]
    same_input = json.loads(execution["input"]) == json.loads(data.get("input", "{}"))
    return execution if execution["status"] == "RUNNING" and same_input else None
