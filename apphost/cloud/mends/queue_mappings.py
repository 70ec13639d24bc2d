"""A batch of messages whose failures are reported wrongly counts as handled.

Stock 1.5.33 deletes every message that a function did not name exactly: an unknown, empty or
misspelt `itemIdentifier`, or an answer that is no report, loses the messages it was meant to keep.
The mend treats each of these as AWS does, as a failure of the whole batch: nothing is deleted, and
the messages come again after the visibility timeout.
"""

import logging
import time
from typing import Any

from apphost.cloud import stock

REQUIRES = (
    "services.lambda_svc:_run_sqs_batch",
    "services.lambda_svc:_execute_function",
    "services.lambda_svc:_esm_backoff_until",
    "services.lambda_svc:_ESM_BACKOFF_SECONDS",
    "services.sqs:_delete_messages_for_esm",
)

log = logging.getLogger(__name__)

type Message = dict[str, Any]


def apply() -> None:
    stock.lambda_svc._run_sqs_batch = _run_batch


def _run_batch(
    mapping: dict[str, Any],
    function: Any,
    event: dict[str, Any],
    batch: list[Message],
    queue_url: str,
    queue_name: str,
) -> None:
    service, mapping_id = stock.lambda_svc, mapping["UUID"]
    result = service._execute_function(function, event)
    kept = _failed(batch, result, mapping)
    handled = {message["receipt_handle"] for message in batch if message["id"] not in kept}
    if handled:
        stock.sqs._delete_messages_for_esm(queue_url, handled)
    if result.get("error"):
        service._esm_backoff_until[mapping_id] = time.time() + service._ESM_BACKOFF_SECONDS
    else:
        service._esm_backoff_until.pop(mapping_id, None)
    outcome = f"{len(handled)} handled, {len(batch) - len(handled)} to come again"
    mapping["LastProcessingResult"] = "FAILED" if result.get("error") else f"OK - {outcome}"
    log.info("%s: %s\n%s", queue_name, outcome, result.get("log", ""))


def _failed(batch: list[Message], result: dict[str, Any], mapping: dict[str, Any]) -> set[str]:
    """The ids of the messages that must come again."""
    sent = {message["id"] for message in batch}
    if result.get("error"):
        return sent
    answer = result.get("body")
    if "ReportBatchItemFailures" not in (mapping.get("FunctionResponseTypes") or []) or not answer:
        return set()
    if not isinstance(answer, dict):
        return sent
    named = {item.get("itemIdentifier") for item in answer.get("batchItemFailures") or []}
    return named if named <= sent else sent
