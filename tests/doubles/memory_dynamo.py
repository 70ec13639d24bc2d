"""DynamoDB in memory, behind the client that `Table` and the guard of commands call.

It knows the expressions that the platform writes, and no others: `expressions.py` has them.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any, Final

from botocore.exceptions import ClientError

from shared.persistence.table import READ_AT_ONCE_MAX
from tests.doubles.dynamodb_limits import assert_writable
from tests.doubles.expressions import RANGES, Item, Request, holds, spans, updated
from tests.doubles.memory_indexes import INDEXES, Indexes

CONDITION_FAILED: Final = "ConditionalCheckFailedException"

type Name = tuple[str, str]


def refusal(code: str, **more: Any) -> ClientError:
    """What botocore raises for an answer of DynamoDB that is no success."""
    response: Any = {"Error": {"Code": code, "Message": code}, **more}
    return ClientError(response, "Call")


class MemoryDynamo:
    """All tables of an account. Items are never changed in place, so that reads need no copies.

    `on_call` is told the moment (`before`, `after`) and place (`orders.commit`) of every write, and
    the `before` of every read; what it raises leaves the call, before or after it took effect. A
    write that is refused has no `after`. `on_read` is told what a get has found, `on_write` an item
    before and after, `on_due` the index and the sort key of what comes into an index. `stale` says
    whether an index tells this reader what it told a moment ago, `unprocessed` whether some of many
    keys are left unread; `now` is in milliseconds.
    """

    def __init__(self) -> None:
        self.on_call: Callable[[str, str], None] = lambda _moment, _place: None
        self.on_write: Callable[[str, Item | None, Item | None], None] = _nobody
        self.on_read: Callable[[str, Item], None] = lambda _table, _item: None
        self.on_due: Callable[[str, str, str], None] = lambda _table, _index, _sort: None
        self.stale: Callable[[], bool] = lambda: False
        self.now: Callable[[], int] = lambda: 0
        self.unprocessed: Callable[[], bool] = lambda: False
        self._tables: dict[str, dict[str, dict[str, Item]]] = {}
        self._indexes: dict[str, Indexes] = {}
        self._tokens: dict[str, Request] = {}

    def items(self, table: str) -> Iterator[Item]:
        """Everything in a table, in no order."""
        for partition in self._tables.get(table, {}).values():
            yield from partition.values()

    def tables(self) -> list[str]:
        return sorted(self._tables)

    def overwrite(self, table: str, item: Item) -> None:
        """What no code of the platform can do, and somebody with the right to the table can."""
        self._keep(table, item)

    def remove(self, table: str, item: Item) -> None:
        """From outside, as `overwrite`, or by the time to live."""
        pk, sk = _name(item)
        found = self._tables[table][pk].pop(sk)
        self._index(table).moved((pk, sk), found, None)
        self.on_write(table, found, None)

    def listed(self, table: str, index: str) -> set[str]:
        """The partitions of an index in which something is, as it truly stands."""
        return self._index(table).partitions(index)

    def waiting(self, table: str, index: str) -> list[str]:
        """The sort keys of everything in an index."""
        return self._index(table).sorts(index)

    def get_item(self, **request: Any) -> dict[str, Any]:
        _assert_consistent(request)
        self.on_call("before", f"{request['TableName']}.get")
        found = self._find(request["TableName"], _name(request["Key"]))
        if found is None:
            return {}
        self.on_read(request["TableName"], found)
        return {"Item": found}

    def batch_get_item(self, **request: Any) -> dict[str, Any]:
        ((table, wanted),) = request["RequestItems"].items()
        _assert_consistent(wanted)
        self.on_call("before", f"{table}.get")
        keys, left = wanted["Keys"], []
        assert len(keys) <= READ_AT_ONCE_MAX, f"{len(keys)} items asked for at once"
        assert len(set(map(_name, keys))) == len(keys), "one item asked for twice"
        if len(keys) > 1 and self.unprocessed():
            keys, left = keys[: len(keys) // 2], keys[len(keys) // 2 :]
        found = [item for key in keys if (item := self._find(table, _name(key))) is not None]
        unread = {table: {**wanted, "Keys": left}} if left else {}
        return {"Responses": {table: found}, "UnprocessedKeys": unread}

    def put_item(self, **request: Any) -> dict[str, Any]:
        place = f"{request['TableName']}.commit"
        self.on_call("before", place)
        if "pk" in request["Item"]:
            assert_writable([request["Item"]])
        found = self._find(request["TableName"], _name(request["Item"]))
        if not holds(request, found):
            more = {} if found is None else {"Item": found}
            raise refusal(CONDITION_FAILED, **more)
        self._keep(request["TableName"], request["Item"])
        self.on_call("after", place)
        return {}

    def transact_write_items(self, **request: Any) -> dict[str, Any]:
        puts = [each["Put"] for each in request["TransactItems"]]
        assert_writable([put["Item"] for put in puts])
        place = f"{puts[0]['TableName']}.commit"
        self.on_call("before", place)
        token = request.get("ClientRequestToken")
        if token is None or token not in self._tokens:
            self._transact(puts)
            if token is not None:
                self._tokens[token] = request
        elif self._tokens[token] != request:
            raise refusal("IdempotentParameterMismatchException")
        self.on_call("after", place)
        return {}

    def update_item(self, **request: Any) -> dict[str, Any]:
        place = f"{request['TableName']}.update"
        self.on_call("before", place)
        found = self._find(request["TableName"], _name(request["Key"]))
        if not holds(request, found):
            raise refusal(CONDITION_FAILED)
        self._keep(request["TableName"], {**request["Key"], **updated(request, found or {})})
        self.on_call("after", place)
        return {}

    def delete_item(self, **request: Any) -> dict[str, Any]:
        place = f"{request['TableName']}.delete"
        self.on_call("before", place)
        if self._find(request["TableName"], _name(request["Key"])) is not None:
            self.remove(request["TableName"], request["Key"])
        self.on_call("after", place)
        return {}

    def query(self, **request: Any) -> dict[str, Any]:
        table = request["TableName"]
        _assert_consistent(request)
        self.on_call("before", f"{table}.query")
        found = self._queried(table, request)
        return {"Items": found[: request.get("Limit", len(found))]}

    def scan(self, **request: Any) -> dict[str, Any]:
        _assert_consistent(request)
        self.on_call("before", f"{request['TableName']}.scan")
        if request["FilterExpression"] != "sk = :sk":
            return self._span(request)
        wanted = request["ExpressionAttributeValues"][":sk"]
        return {
            "Items": [item for item in self.items(request["TableName"]) if item["sk"] == wanted]
        }

    def _span(self, request: Request) -> dict[str, Any]:
        """A page of the messages of a time, by partition, each partition in its order."""
        after = _name(request["ExclusiveStartKey"]) if "ExclusiveStartKey" in request else ("", "")
        left = list(islice(self._behind(request["TableName"], after), request["Limit"] + 1))
        page = left[: request["Limit"]]
        found = [item for item in page if spans(request, item)]
        more = {}
        if len(left) > len(page):
            more = {"LastEvaluatedKey": {"pk": page[-1]["pk"], "sk": page[-1]["sk"]}}
        return {"Items": found, "ScannedCount": len(page), **more}

    def _behind(self, table: str, after: Name) -> Iterator[Item]:
        """The items behind a name, in the order of their names."""
        partitions = self._tables.get(table, {})
        names = sorted(partitions)
        for pk in names[bisect_left(names, after[0]) :]:
            partition = partitions[pk]
            yield from (partition[sk] for sk in sorted(partition) if (pk, sk) > after)

    def get_paginator(self, operation: str) -> _OnePage:
        return _OnePage(getattr(self, operation))

    def _transact(self, puts: list[Request]) -> None:
        found = [self._find(put["TableName"], _name(put["Item"])) for put in puts]
        held = [holds(put, item) for put, item in zip(puts, found, strict=True)]
        if not all(held):
            codes = ["None" if each else "ConditionalCheckFailed" for each in held]
            reasons = [{"Code": code} for code in codes]
            raise refusal("TransactionCanceledException", CancellationReasons=reasons)
        for put in puts:
            self._keep(put["TableName"], put["Item"])

    def _find(self, table: str, name: Name) -> Item | None:
        return self._tables.get(table, {}).get(name[0], {}).get(name[1])

    def _keep(self, table: str, item: Item) -> None:
        pk, sk = _name(item)
        partition = self._tables.setdefault(table, {}).setdefault(pk, {})
        before = partition.get(sk)
        partition[sk] = item
        for index, sort in self._index(table).moved((pk, sk), before, item):
            self.on_due(table, index, sort)
        self.on_write(table, before, item)

    def _queried(self, table: str, request: Request) -> list[Item]:
        values = {name: value["S"] for name, value in request["ExpressionAttributeValues"].items()}
        if "IndexName" in request:
            low, high = values.pop(":bound", ""), values.pop(":before", None)
            (value,) = values.values()
            index, stale = request["IndexName"], self.stale()
            return self._index(table).read(index, value, above=low, below=high, stale=stale)
        partition = self._tables.get(table, {}).get(values[":pk"], {})
        within = RANGES[request["KeyConditionExpression"]]
        bound = values.get(":sk", "")
        found = [partition[sk] for sk in sorted(partition) if within(sk, bound)]
        return found if request.get("ScanIndexForward", True) else found[::-1]

    def _index(self, table: str) -> Indexes:
        if table not in self._indexes:
            self._indexes[table] = Indexes(INDEXES, lambda: self.now())  # noqa: PLW0108 - set later
        return self._indexes[table]


def _nobody(table: str, before: Item | None, after: Item | None) -> None:
    del table, before, after


class _OnePage:
    def __init__(self, call: Callable[..., dict[str, Any]]) -> None:
        self._call = call

    def paginate(self, **request: Any) -> Iterator[dict[str, Any]]:
        yield self._call(**request)


def _assert_consistent(request: Request) -> None:
    """The platform reads its tables consistently; of an index DynamoDB refuses to."""
    asked = request.get("ConsistentRead", False)
    assert asked is ("IndexName" not in request), "reads of a table are consistent, of an index not"


def _name(item: Item) -> Name:
    if "Key" in item:
        return item["Key"]["S"], ""
    return item["pk"]["S"], item["sk"]["S"]
