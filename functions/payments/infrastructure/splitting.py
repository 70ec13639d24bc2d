"""Starts the state machine that reads a large report in parts."""

from __future__ import annotations

import json
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from payments.domain.errors import ReportsNotReached
from payments.domain.report import Report


class Splitting:
    """`machine` is the state machine's ARN."""

    def __init__(self, *, machine: str, client: Any) -> None:
        self._machine = machine
        self._client = client

    def start(self, report: Report) -> None:
        """Once for a report, however often it is asked for; raises ReportsNotReached."""
        numbers = [{"number": part.number} for part in report.plan.parts]
        try:
            self._client.start_execution(
                stateMachineArn=self._machine,
                name=report.report_id,
                input=json.dumps({"report_id": report.report_id, "parts": numbers}),
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ExecutionAlreadyExists":
                raise ReportsNotReached from error
        except BotoCoreError as error:
            raise ReportsNotReached from error
