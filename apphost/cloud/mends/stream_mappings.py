"""A failed batch of a DynamoDB stream is lost, or retried for ever.

Stock 1.5.33 passes over what a function reports with ReportBatchItemFailures (those records are
lost), and knows neither MaximumRetryAttempts nor BisectBatchOnFunctionError; one slow function
holds up the mappings of all others. The mend delivers each mapping on a thread of its own, while
there are records, by AWS's rules: a checkpoint after every record that is done with; a partial
failure retried from the first failed record; a batch that failed as a whole halved where bisecting
is on, which costs no attempt; records that are too old or out of attempts described to the
on-failure destination. A disabled mapping keeps its place and goes on from there.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from apphost.cloud import stock

REQUIRES = (
    "services.lambda_svc:_poll_dynamodb_streams",
    "services.lambda_svc:_iter_all_esms",
    "services.lambda_svc:_esms",
    "services.lambda_svc:_esm_wake",
    "services.lambda_svc:_ESM_IDLE_WAKE_GAP_SECONDS",
    "services.lambda_svc:_dynamodb_stream_positions",
    "services.lambda_svc:_dynamodb_stream_positions_lock",
    "services.lambda_svc:_apply_filter_criteria",
    "services.lambda_svc:_get_func_record_for_qualifier",
    "services.lambda_svc:_execute_function",
    "services.lambda_svc:_send_ddb_stream_failure_record",
    "services.dynamodb:_tables",
    "services.dynamodb:stream_start_position",
    "services.dynamodb:stream_records_since",
)
BACKOFF_SECONDS = 0.2
BACKOFF_MAX_SECONDS = 5.0
WAKE_GAP_SECONDS = 0.002
UNLIMITED = -1

log = logging.getLogger(__name__)

type Mapping = dict[str, Any]
type Record = dict[str, Any]
_delivering: set[tuple[str, str, str]] = set()
_delivering_lock = threading.Lock()


@dataclass(frozen=True)
class Batch:
    """Records still to deliver, each with its place in the stream, and the attempts they had."""

    records: tuple[tuple[int, Record], ...]
    attempts: int = 0

    def events(self) -> list[Record]:
        return [record for _, record in self.records]

    def age_seconds(self) -> float:
        created = min(r["dynamodb"]["ApproximateCreationDateTime"] for r in self.events())
        return time.time() - float(created)


def apply() -> None:
    stock.lambda_svc._poll_dynamodb_streams = _poll
    stock.lambda_svc._ESM_IDLE_WAKE_GAP_SECONDS = WAKE_GAP_SECONDS


def _poll() -> bool:
    """Start a delivery for each mapping that has records and none running; never waits."""
    for account_id, region, mapping in stock.lambda_svc._iter_all_esms():
        key = (account_id, region, mapping["UUID"])
        with stock.scope(account_id, region), _delivering_lock:
            if key in _delivering or not _is_active(mapping) or not _next_records(mapping):
                continue
            _delivering.add(key)
        threading.Thread(target=_deliver_all, args=(key, mapping), daemon=True).start()
    return False


def _deliver_all(key: tuple[str, str, str], mapping: Mapping) -> None:
    account_id, region, _ = key
    try:
        with stock.scope(account_id, region):
            while _is_active(mapping) and (records := _next_records(mapping)):
                _deliver(mapping, records)
    except Exception:
        log.exception("The stream mapping %s stopped; it starts again", mapping["UUID"])
        time.sleep(BACKOFF_MAX_SECONDS)
    finally:
        with _delivering_lock:
            _delivering.discard(key)
        stock.lambda_svc._esm_wake.set()


def _is_active(mapping: Mapping) -> bool:
    current = stock.lambda_svc._esms.get(mapping["UUID"])
    return current is mapping and bool(mapping.get("Enabled", True))


def _next_records(mapping: Mapping) -> list[Record]:
    """The records after the checkpoint, at most a batch; none when table or function is gone."""
    arn = mapping.get("EventSourceArn", "")
    if ":dynamodb:" not in arn or _function(mapping) is None:
        return []
    table = _table_name(arn)
    if stock.dynamodb._tables.get(table, {}).get("LatestStreamArn") != arn:
        return []
    size = int(mapping.get("BatchSize", 100))
    found: list[Record] = stock.dynamodb.stream_records_since(table, _position(mapping), size)
    return found


def _deliver(mapping: Mapping, records: list[Record]) -> None:
    """See one batch through: every record handled, filtered, given up, or the mapping stopped."""
    window_seconds = float(mapping.get("MaximumBatchingWindowInSeconds") or 0)
    if window_seconds and len(records) < int(mapping.get("BatchSize", 100)):
        time.sleep(window_seconds)
        records = _next_records(mapping)
    start = _position(mapping)
    wanted = {id(r) for r in stock.lambda_svc._apply_filter_criteria(records, mapping)}
    kept = tuple((start + i, r) for i, r in enumerate(records) if id(r) in wanted)
    if _run(mapping, Batch(kept)):
        _checkpoint(mapping, start + len(records))


def _run(mapping: Mapping, batch: Batch) -> bool:
    """Invoke until nothing is left; False when the mapping was stopped before."""
    todo = deque([batch] if batch.records else [])
    pause_seconds = BACKOFF_SECONDS
    while todo:
        function = _function(mapping)
        if function is None or not _is_active(mapping):
            return False
        batch = todo.popleft()
        result = stock.lambda_svc._execute_function(function, {"Records": batch.events()})
        done = _succeeded(batch, result, mapping)
        if done:
            _checkpoint(mapping, batch.records[done - 1][0] + 1)
            mapping["LastProcessingResult"] = "OK"
            pause_seconds = BACKOFF_SECONDS
        rest = Batch(batch.records[done:], batch.attempts if done == 0 else 0)
        if not rest.records:
            continue
        retries = list(_retries(mapping, function, rest, result, whole=done == 0))
        todo.extendleft(reversed(retries))
        if retries:
            time.sleep(pause_seconds)
            pause_seconds = min(pause_seconds * 2, BACKOFF_MAX_SECONDS)
    return True


def _succeeded(batch: Batch, result: dict[str, Any], mapping: Mapping) -> int:
    """How many records from the front are done with, by what the function returned."""
    if result.get("error"):
        return 0
    answer = result.get("body")
    if "ReportBatchItemFailures" not in (mapping.get("FunctionResponseTypes") or []) or not answer:
        return len(batch.records)
    if not isinstance(answer, dict):
        return 0
    failed = [f.get("itemIdentifier") for f in answer.get("batchItemFailures") or []]
    places = {r["dynamodb"]["SequenceNumber"]: i for i, r in enumerate(batch.events())}
    return min((places.get(number, 0) for number in failed), default=len(batch.records))


def _retries(
    mapping: Mapping, function: Any, batch: Batch, result: dict[str, Any], *, whole: bool
) -> Iterator[Batch]:
    """What of a failed batch is tried again, in order."""
    age_max_seconds = int(mapping.get("MaximumRecordAgeInSeconds") or UNLIMITED)
    retries_max = int(mapping.get("MaximumRetryAttempts", UNLIMITED))
    records = batch.records
    if age_max_seconds != UNLIMITED and batch.age_seconds() > age_max_seconds:
        _give_up(mapping, function, batch, result, "RecordAgeExceeded")
    elif whole and mapping.get("BisectBatchOnFunctionError") and len(records) > 1:
        half = len(records) // 2
        yield Batch(records[:half], batch.attempts)
        yield Batch(records[half:], batch.attempts)
    elif retries_max != UNLIMITED and batch.attempts >= retries_max:
        _give_up(mapping, function, batch, result, "RetryAttemptsExhausted")
    else:
        yield Batch(records, batch.attempts + 1)


def _give_up(
    mapping: Mapping, function: Any, batch: Batch, result: dict[str, Any], condition: str
) -> None:
    arn = mapping["EventSourceArn"]
    stock.lambda_svc._send_ddb_stream_failure_record(
        mapping, function, batch.events(), arn, result, condition
    )
    mapping["LastProcessingResult"] = "PROBLEM: Function call failed"
    _checkpoint(mapping, batch.records[-1][0] + 1)


def _function(mapping: Mapping) -> Any:
    name, qualifier = mapping["FunctionName"], mapping.get("Qualifier")
    return stock.lambda_svc._get_func_record_for_qualifier(name, qualifier)[0]


def _table_name(stream_arn: str) -> str:
    return stream_arn.partition("/stream/")[0].rsplit("/", 1)[-1]


def _position(mapping: Mapping) -> int:
    """The first record not done with; records that expired are passed over."""
    positions, table = stock.lambda_svc._dynamodb_stream_positions, mapping["EventSourceArn"]
    horizon: int = stock.dynamodb.stream_start_position(_table_name(table))
    return max(int(positions.get(mapping["UUID"], horizon)), horizon)


def _checkpoint(mapping: Mapping, position: int) -> None:
    """Move on, never back, and only while the mapping exists."""
    positions = stock.lambda_svc._dynamodb_stream_positions
    with stock.lambda_svc._dynamodb_stream_positions_lock:
        if stock.lambda_svc._esms.get(mapping["UUID"]) is mapping:
            positions[mapping["UUID"]] = max(position, positions.get(mapping["UUID"], 0))
