"""One DynamoDB table, one kind of write: rows, their messages and their cause, or none of them."""

from __future__ import annotations

import random
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import batched
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as NoConnection

from shared.errors.taxonomy import StoreBusy
from shared.moments import timestamp
from shared.persistence.possible_keys import possible
from shared.persistence.refusals import code, named, raise_refusal
from shared.persistence.rows import Row, dump_row, load_row, load_row_by_name
from shared.persistence.span import Span

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

CAUSE_KEPT: Final = timedelta(days=90)
"""Longer than any redelivery: queues keep 14 days, a dead letter is redriven weeks later."""
READ_AT_ONCE_MAX: Final = 100
TRIES_MAX: Final = 4
_PAUSE_SECONDS: Final = 0.05
_UNPROCESSED: Final = {"#unprocessed": "Unprocessed"}  # a reserved word of DynamoDB


@dataclass(frozen=True, slots=True)
class Key:
    pk: str
    sk: str


@dataclass(frozen=True, slots=True)
class Index:
    """A sparse index: it holds the rows that have both attributes."""

    name: str
    partition: str
    sort: str


UNPROCESSED: Final = Index("unprocessed", partition="Unprocessed", sort="OccurredOn")
"""The messages that are not on the bus yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Put:
    """Write `row` at `key`, provided that it is new (`seen` 0) or still at version `seen`."""

    key: Key
    row: Row
    seen: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A part of a table: what was wanted of it, and the last row looked at, if more follow."""

    rows: tuple[Row, ...]
    looked_at: int
    last: Key | None


class Table:
    """The only way a service writes. All reads by key are consistent; an index never is.

    Under a key that no row can have, an empty or a too long one, nothing is found.
    """

    def __init__(self, *, name: str, client: DynamoDBClient) -> None:
        self._name = name
        self._client = client

    def get(self, key: Key) -> Row | None:
        if not possible(key.pk, key.sk):
            return None
        with named():
            answer = self._client.get_item(TableName=self._name, Key=_at(key), ConsistentRead=True)
        item = answer.get("Item")
        return None if item is None else load_row(item)

    def get_many(self, keys: Sequence[Key]) -> Iterator[Row]:
        """Those rows that are there, each once, in no order.

        What no row can hold is named, not refused.
        """
        askable = dict.fromkeys(key for key in keys if possible(key.pk, key.sk))
        for some in batched(askable, READ_AT_ONCE_MAX, strict=False):
            left: Any = {self._name: {"Keys": list(map(_at, some)), "ConsistentRead": True}}
            for attempt in range(1, TRIES_MAX + 1):
                with named():
                    answer = self._client.batch_get_item(RequestItems=left)
                yield from map(load_row_by_name, answer["Responses"].get(self._name, []))
                left = answer.get("UnprocessedKeys")
                if not left:
                    break
                time.sleep(random.uniform(0, _PAUSE_SECONDS * 2**attempt))  # noqa: S311 - jitter
            if left:
                raise StoreBusy("the database leaves rows unread")

    def last(self, pk: str, *, sk_max: str) -> Row | None:
        """The row of a partition with the greatest `sk` up to `sk_max`."""
        if not possible(pk, sk_max):
            return None
        rows = self._pages(
            "query",
            KeyConditionExpression="pk = :pk AND sk <= :sk",
            ExpressionAttributeValues={":pk": {"S": pk}, ":sk": {"S": sk_max}},
            ConsistentRead=True,
            ScanIndexForward=False,
            PaginationConfig={"PageSize": 1},
        )
        return next(rows, None)

    def partition(self, pk: str, *, sk_prefix: str = "", sk_from: str = "") -> Iterator[Row]:
        """Every row of a partition in the order of `sk`; those with a prefix, or from one on."""
        assert not (sk_prefix and sk_from), "DynamoDB takes one bound or the other"
        if not possible(pk, sk_prefix or sk_from or "-"):
            return iter(())
        condition, values = "pk = :pk", {":pk": {"S": pk}}
        if sk_prefix:
            condition += " AND begins_with(sk, :sk)"
            values[":sk"] = {"S": sk_prefix}
        elif sk_from:
            condition += " AND sk >= :sk"
            values[":sk"] = {"S": sk_from}
        return self._pages(
            "query",
            KeyConditionExpression=condition,
            ExpressionAttributeValues=values,
            ConsistentRead=True,
        )

    def index(self, name: str, *, attribute: str, value: str) -> Iterator[Row]:
        """Every row of an index's partition. Eventually consistent: never decide money on it."""
        if not possible(value):
            return iter(())
        return self._pages(
            "query",
            IndexName=name,
            KeyConditionExpression="#attribute = :value",
            ExpressionAttributeNames={"#attribute": attribute},
            ExpressionAttributeValues={":value": {"S": value}},
        )

    def after(self, index: Index, *, value: str, bound: str) -> Iterator[Row]:
        """The rows of an index's partition whose sort key is over `bound`, in order."""
        if not possible(value, bound):
            return
        pages = self._client.get_paginator("query").paginate(
            TableName=self._name,
            IndexName=index.name,
            KeyConditionExpression="#partition = :value AND #sort > :bound",
            ExpressionAttributeNames={"#partition": index.partition, "#sort": index.sort},
            ExpressionAttributeValues={":value": {"S": value}, ":bound": {"S": bound}},
        )
        for page in pages:
            yield from map(load_row, page["Items"])

    def scan(self, *, sk: str) -> Iterator[Row]:
        """Every row with this `sk`, consistently; what no row can hold is named. Reads it all."""
        return self._pages(
            "scan",
            load=load_row_by_name,
            FilterExpression="sk = :sk",
            ExpressionAttributeValues={":sk": {"S": sk}},
            ConsistentRead=True,
        )

    def outbox(self, span: Span, *, after: Key | None, looked_at_max: int) -> Page:
        """The next messages of a span, consistently; each aggregate's in their sequence.

        It reads the whole table, page by page: the outbox has no order of time.
        """
        begin: dict[str, Any] = {} if after is None else {"ExclusiveStartKey": _at(after)}
        with named():
            answer = self._client.scan(
                TableName=self._name,
                Limit=looked_at_max,
                ConsistentRead=True,
                **span.expression(),
                **begin,
            )
        last = answer.get("LastEvaluatedKey")
        return Page(
            rows=tuple(load_row(item) for item in answer["Items"]),
            looked_at=answer["ScannedCount"],
            last=None if last is None else Key(str(last["pk"]["S"]), str(last["sk"]["S"])),
        )

    def handled(self, cause_id: str) -> bool:
        return self.get(_cause_key(cause_id)) is not None

    def commit(self, puts: Sequence[Put], *, cause_id: str | None, now: datetime) -> None:
        """All of `puts` and the mark that the cause was handled (if one is given), or nothing.

        Raises AlreadyHandled when the cause has taken effect before, StaleRow when a row is no
        longer what it was, StoreBusy when the database keeps refusing for load or conflict.
        """
        token = secrets.token_hex(16)  # a commit whose answer was lost is no duplicate of itself
        writes = [self._write(put) for put in with_mark(puts, cause_id=cause_id, now=now)]
        assert writes, "a commit that writes nothing"
        for attempt in range(1, TRIES_MAX + 1):
            try:
                if len(writes) == 1:
                    self._client.put_item(**writes[0])
                else:
                    self._client.transact_write_items(
                        TransactItems=[{"Put": write} for write in writes], ClientRequestToken=token
                    )
            except (HTTPClientError, NoConnection) as error:
                raise StoreBusy("the database does not answer") from error
            except ClientError as error:
                raise_refusal(error, cause_id)
                if attempt == TRIES_MAX:
                    raise StoreBusy(code(error)) from error
                time.sleep(random.uniform(0, _PAUSE_SECONDS * 2**attempt))  # noqa: S311 - jitter
            else:
                return

    def stamp_processed(self, key: Key, *, now: datetime) -> None:
        """The message at `key` is on the bus."""
        self._client.update_item(
            TableName=self._name,
            Key=_at(key),
            UpdateExpression="SET ProcessedOn = :now REMOVE #unprocessed",
            ConditionExpression="attribute_exists(Retries)",
            ExpressionAttributeNames=_UNPROCESSED,
            ExpressionAttributeValues={":now": {"S": timestamp(now)}},
        )

    def count_retry(self, key: Key) -> None:
        """The bus refused the message at `key` once more."""
        self._client.update_item(
            TableName=self._name,
            Key=_at(key),
            UpdateExpression="ADD Retries :one",
            ConditionExpression="attribute_exists(Retries)",
            ExpressionAttributeValues={":one": {"N": "1"}},
        )

    def due(self, index: Index, *, value: str, before: str, rows_max: int) -> list[Key]:
        """The first rows of an index's partition whose sort key is before `before`, in order."""
        answer = self._client.query(
            TableName=self._name,
            IndexName=index.name,
            KeyConditionExpression="#partition = :value AND #sort < :before",
            ExpressionAttributeNames={"#partition": index.partition, "#sort": index.sort},
            ExpressionAttributeValues={":value": {"S": value}, ":before": {"S": before}},
            Limit=rows_max,
        )
        return [Key(item["pk"]["S"], item["sk"]["S"]) for item in answer["Items"]]

    def _pages(
        self, operation: str, load: Callable[[Any], Row] = load_row, **request: Any
    ) -> Iterator[Row]:
        client: Any = self._client
        with named():
            pages = client.get_paginator(operation).paginate(TableName=self._name, **request)
            for page in pages:
                yield from map(load, page["Items"])

    def _write(self, put: Put) -> Any:
        write: dict[str, Any] = {
            "TableName": self._name,
            "Item": dump_row(put.row) | _at(put.key),
            "ConditionExpression": "attribute_not_exists(pk)",
        }
        if put.seen:
            write["ConditionExpression"] = "version = :seen"
            write["ExpressionAttributeValues"] = {":seen": {"N": str(put.seen)}}
        return write


def with_mark(puts: Sequence[Put], *, cause_id: str | None, now: datetime) -> tuple[Put, ...]:
    """`puts` behind the mark that their cause was handled, if there is one to mark."""
    if cause_id is None:
        return tuple(puts)
    mark: Row = {"handled_at": timestamp(now), "expires_at": int((now + CAUSE_KEPT).timestamp())}
    return (Put(key=_cause_key(cause_id), row=mark), *puts)


def _cause_key(cause_id: str) -> Key:
    return Key(f"CAUSE#{cause_id}", "CAUSE")


def _at(key: Key) -> dict[str, dict[str, Any]]:
    return dump_row({"pk": key.pk, "sk": key.sk})
