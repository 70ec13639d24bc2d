"""The executions of the compensation's state machine, in Step Functions."""

import json
from typing import TYPE_CHECKING, Final

from botocore.exceptions import ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as NoConnection

from orders.domain.errors import ExecutionsBusy
from shared.contracts.compensation import CompensationRequested
from shared.observability import log, metrics

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient

_WAITS_NO_MORE: Final = frozenset({"TaskTimedOut", "TaskDoesNotExist", "InvalidToken"})
_STARTED: Final = "ExecutionAlreadyExists"


class StepFunctions:
    def __init__(self, *, machine: str, client: "SFNClient") -> None:
        self._machine = machine
        self._client = client

    def start(self, requested: CompensationRequested, *, cause_id: str) -> None:
        name = f"{requested.compensation_id}-{requested.execution}"
        given = {
            "order_id": requested.order_id,
            "compensation_id": requested.compensation_id,
            "execution": requested.execution,
            "cause": cause_id,
        }
        try:
            self._client.start_execution(
                stateMachineArn=self._machine, name=name, input=json.dumps(given)
            )
        except (HTTPClientError, NoConnection) as error:
            raise ExecutionsBusy from error
        except ClientError as error:
            if error.response["Error"]["Code"] != _STARTED:
                raise ExecutionsBusy(error.response["Error"]["Code"]) from error
            metrics.count("ExecutionAlreadyStarted")

    def go_on(self, token: str) -> bool:
        try:
            self._client.send_task_success(taskToken=token, output="{}")
        except (HTTPClientError, NoConnection) as error:
            raise ExecutionsBusy from error
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code not in _WAITS_NO_MORE:
                raise ExecutionsBusy(code) from error
            log.warning("nobody waits for a callback any more", code=code)
            metrics.count("CallbackTooLate")
            return False
        return True
