"""The same operation on the double in memory and on a real table, and what each made of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Protocol, override

from botocore.exceptions import ClientError

from shared.errors.taxonomy import AlreadyHandled, StaleRow, StoreBusy
from shared.persistence.rows import Row, load_row
from shared.persistence.span import Span
from shared.persistence.table import Key, Table
from tests.cloud import Account
from tests.doubles.memory_dynamo import MemoryDynamo
from tests.doubles.memory_table import MemoryTable, RowMissing
from tests.integration.faulty_client import FaultyClient, answer_lost, refused
from tests.integration.replay.operations import Ask, Expire, Operation, Write
from tests.integration.tables import MAIN, create_main_table

BUSY = "ThrottlingException"
FAILED = "InternalServerError"
TRIES_MAX = 4


class Replayed(Protocol):
    """A table to compare: what an operation gives, what it holds, what its stream has told."""

    def run(self, operation: Operation) -> object: ...

    def rows(self) -> list[Row]: ...

    def inserted(self) -> list[Row]: ...


class InMemory:
    """The double. What a network does to a call is done to it by hand."""

    def __init__(self, table: MemoryTable | None = None) -> None:
        self.table = table or MemoryTable()

    def run(self, operation: Operation) -> object:
        match operation:
            case Write():
                return _outcome(lambda: self._write(operation))
            case Ask():
                return _outcome(lambda: _ask(self.table, operation))
            case Expire():
                return self._expire(operation)

    def rows(self) -> list[Row]:
        return in_order(self.table.rows())

    def inserted(self) -> list[Row]:
        return self.table.drain_inserts()

    def version(self, key: Key) -> int:
        row = self.table.get(key) or {}
        found = row.get("version")
        return found if type(found) is int else 0

    def _write(self, write: Write) -> object:
        met: list[object] = []

        def before(moment: str) -> None:
            self.table.on_write = None
            if write.throttled >= TRIES_MAX:
                raise StoreBusy
            if write.rival is not None:
                met.append(self.run(write.rival))

        self.table.on_write = before
        try:
            answer = _outcome(lambda: _commit(self.table, write))
        finally:
            self.table.on_write = None
        alone = len(write.puts) + (write.cause_id is not None) == 1
        if write.answer_lost and alone and answer is None:
            answer = _outcome(lambda: _commit(self.table, write))  # sent again, without a token
        return [*met, answer]

    def _expire(self, expire: Expire) -> object:
        gone = [row for row in self.table.rows() if _is_over(row, expire)]
        for row in gone:
            self.table.remove(str(row["pk"]), str(row["sk"]))
        return len(gone)


class OverClient:
    """The real table over a client of DynamoDB, which can lose answers and be refused."""

    def __init__(self, client: Any) -> None:
        self._faulty = FaultyClient(client)
        faulty: Any = self._faulty
        self._table = Table(name=MAIN, client=faulty)
        self._plain = Table(name=MAIN, client=client)

    def run(self, operation: Operation) -> object:
        match operation:
            case Write():
                return self._write(operation)
            case Ask():
                return _outcome(lambda: _ask(self._plain, operation))
            case Expire():
                return self._expire(operation)

    def rows(self) -> list[Row]:
        raise NotImplementedError

    def remove(self, row: Row) -> None:
        raise NotImplementedError

    def _write(self, write: Write) -> object:
        met: list[object] = []
        rival = write.rival
        faults: list[Callable[[Callable[[], Any]], Any]] = [refused(BUSY)] * write.throttled
        if write.answer_lost:
            faults = [answer_lost(FAILED)]
        if rival is not None:

            def conflict(call: Callable[[], Any]) -> Any:
                met.append([_outcome(lambda: _commit(self._plain, rival))])
                return refused(FAILED)(call)

            faults = [conflict]
        self._faulty.faults = faults
        answer = _outcome(lambda: _commit(self._table, write))
        self._faulty.faults = []
        return [*met, answer]

    def _expire(self, expire: Expire) -> object:
        gone = [row for row in self.rows() if _is_over(row, expire)]
        for row in gone:
            self.remove(row)
        return len(gone)


class InCloud(OverClient):
    """On a cloud, in an account that has no table yet."""

    def __init__(self, account: Account) -> None:
        self._client = account.client("dynamodb")
        self._streams = account.client("dynamodbstreams")
        create_main_table(self._client)
        super().__init__(self._client)

    @override
    def rows(self) -> list[Row]:
        pages = self._client.get_paginator("scan").paginate(TableName=MAIN, ConsistentRead=True)
        return in_order(load_row(item) for page in pages for item in page["Items"])

    @override
    def remove(self, row: Row) -> None:
        self._client.delete_item(TableName=MAIN, Key=_key(row))

    def inserted(self) -> list[Row]:
        """The messages among the rows that the stream tells of as inserted."""
        arn = self._client.describe_table(TableName=MAIN)["Table"]["LatestStreamArn"]
        (shard,) = self._streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
        iterator = self._streams.get_shard_iterator(
            StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
        )["ShardIterator"]
        found: list[Row] = []
        while True:
            page = self._streams.get_records(ShardIterator=iterator)
            images = [
                record["dynamodb"]["NewImage"]
                for record in page["Records"]
                if record["eventName"] == "INSERT"
            ]
            found += [load_row(image) for image in images if "Payload" in image]
            iterator = page.get("NextShardIterator")
            if not page["Records"] or iterator is None:
                return found


class OverMemory(OverClient):
    """Over the double of the client, which the simulator runs on."""

    def __init__(self, dynamo: MemoryDynamo | None = None) -> None:
        self._dynamo = dynamo or MemoryDynamo()
        self._dynamo.on_write = self._note
        self._inserts: list[Row] = []
        super().__init__(self._dynamo)

    @override
    def rows(self) -> list[Row]:
        return in_order(load_row(item) for item in self._dynamo.items(MAIN))

    @override
    def remove(self, row: Row) -> None:
        self._dynamo.remove(MAIN, _key(row))

    def inserted(self) -> list[Row]:
        return self._inserts

    def _note(self, table: str, before: Any, after: Any) -> None:
        assert table == MAIN
        if before is None and "Payload" in after:
            self._inserts.append(load_row(after))


def _key(row: Row) -> dict[str, Any]:
    return {"pk": {"S": row["pk"]}, "sk": {"S": row["sk"]}}


def in_order(rows: Iterable[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: (str(row["pk"]), str(row["sk"])))


def _commit(table: Table, write: Write) -> None:
    table.commit(write.puts, cause_id=write.cause_id, now=write.now)


def _ask(table: Table, ask: Ask) -> object:
    if ask.method == "outbox":
        return _every_page(table, **ask.arguments)
    answer = getattr(table, ask.method)(**ask.arguments)
    if not isinstance(answer, Iterator | list):
        return answer
    listed = list(answer)
    if not ask.ordered:
        return in_order(listed)
    return _ties_in_order(listed, ask)


def _every_page(
    table: Table, span: Span, *, after: Key | None, looked_at_max: int
) -> tuple[list[Row], int]:
    """All that a span holds and how much was looked at: each partition in the order it came in."""
    rows: list[Row] = []
    looked_at = 0
    while True:
        page = table.outbox(span, after=after, looked_at_max=looked_at_max)
        assert page.looked_at <= looked_at_max, "a page is too long"
        rows += page.rows
        looked_at += page.looked_at
        after = page.last
        if after is None:
            return sorted(rows, key=lambda row: str(row["pk"])), looked_at


def _ties_in_order(listed: list[Any], ask: Ask) -> list[Any]:
    """Rows with one sort key in an index come in no promised order: in that of their keys here."""
    if ask.method not in {"index", "after"}:
        return listed
    found = [str(row["OccurredOn"]) for row in listed]
    assert found == sorted(found), f"out of order: {found}"
    return sorted(listed, key=lambda row: (str(row["OccurredOn"]), str(row["pk"]), str(row["sk"])))


def _outcome(call: Callable[[], object]) -> object:
    """What the call gives, or the word for why it gives nothing."""
    try:
        return call()
    except (AlreadyHandled, StaleRow, StoreBusy) as refusal:
        return type(refusal).__name__
    except RowMissing:
        return "missing"
    except (AssertionError, TypeError):
        return "mistake"
    except ClientError as error:
        return _meaning(error)


def _meaning(error: ClientError) -> str:
    reasons = error.response.get("CancellationReasons", [])
    codes = {str(reason.get("Code", "None")) for reason in reasons} - {"None"}
    (code,) = codes or {error.response["Error"]["Code"]}
    if code == "ConditionalCheckFailedException":
        return "missing"
    assert code in {"ValidationException", "ValidationError"}, error
    return "mistake"


def _is_over(row: Row, expire: Expire) -> bool:
    ends = row.get("expires_at")
    return isinstance(ends, int) and ends < expire.now.timestamp()
