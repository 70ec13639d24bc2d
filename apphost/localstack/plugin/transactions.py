"""Writes on moto's tables that happen whole or not at all.

moto applies the items of a transaction one after the other and, when one fails, puts a copy of the
whole table in the place of the changed one: whoever follows its stream then follows the stream of
a dead table, and has seen the records of writes that were taken back.
"""

import copy
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from apphost.localstack.plugin import stock

ITEMS_MAX = 100
ARGUMENTS = {
    "update_expression": "UpdateExpression",
    "expression_attribute_names": "ExpressionAttributeNames",
    "expression_attribute_values": "ExpressionAttributeValues",
}

type Reason = tuple[str | None, str | None, Any]
"""Code, message and item of one of the CancellationReasons."""

FINE: Reason = (None, None, None)
UNMET = "ConditionalCheckFailed"


@dataclass(frozen=True)
class Place:
    """Where an item is, or would be."""

    table: Any
    key: dict[str, Any]

    @property
    def item(self) -> Any:
        shelf, key = self._shelf()
        return shelf.get(key)

    def put_back(self, item: Any) -> None:
        shelf, key = self._shelf()
        if item is None:
            shelf.pop(key, None)
        else:
            shelf[key] = item

    def _shelf(self) -> tuple[Any, Any]:
        """The dictionary of moto's that holds the item, and its key there."""
        as_key = stock.part("moto.dynamodb.models.dynamo_type").DynamoType
        partition = as_key(self.key[self.table.hash_key_attr])
        if self.table.range_key_attr is None:
            return self.table.items, partition
        return self.table.items[partition], as_key(self.key[self.table.range_key_attr])


@dataclass(frozen=True)
class Operation:
    """One item of a transaction: what is asked, and where."""

    kind: str
    asked: dict[str, Any]
    place: Place


def mend() -> None:
    backend = stock.part("moto.dynamodb.models").DynamoDBBackend
    stock_update = backend.update_item

    def update_item(self: Any, table_name: str, key: dict[str, Any], **asked: Any) -> Any:
        """An update that creates its item leaves one stream record, as others do."""
        place = Place(self.get_table(table_name), key)
        created, shard = place.item is None, place.table.stream_shard
        begun = len(shard.items) if shard else 0
        with undone_on_failure([place]):
            item = stock_update(self, table_name, key, **asked)
            if created and shard is not None:
                del shard.items[begun:]
                shard.add(None, item)
        return item

    backend.update_item = update_item
    backend.transact_write_items = transact_write_items


def transact_write_items(backend: Any, transact_items: Sequence[dict[str, Any]]) -> None:
    """In place of moto's: every condition first, then every write."""
    errors = stock.part("moto.dynamodb.exceptions")
    if len(transact_items) > ITEMS_MAX:
        raise errors.TooManyTransactionsException
    operations = [_operation(backend, item) for item in transact_items]
    places = [operation.place for operation in operations]
    if len({(place.table.name, json.dumps(place.key)) for place in places}) < len(places):
        raise errors.MultipleTransactionsException
    _cancel_unless_fine([_checked(operation) for operation in operations])
    with undone_on_failure(places):
        _cancel_unless_fine([_done(backend, operation) for operation in operations])


@contextmanager
def undone_on_failure(places: Sequence[Place]) -> Iterator[None]:
    """Items and streams are as they were when the block fails."""
    items = [(place, copy.deepcopy(place.item)) for place in places]
    shards = {id(s): (s, len(s.items)) for place in places if (s := place.table.stream_shard)}
    try:
        yield
    except BaseException:
        for place, item in items:
            place.put_back(item)
        for shard, length in shards.values():
            del shard.items[length:]
        raise


def _operation(backend: Any, item: dict[str, Any]) -> Operation:
    ((kind, asked),) = item.items()
    table = backend.get_table(asked["TableName"])
    source = asked["Item"] if kind == "Put" else asked["Key"]
    return Operation(
        kind, asked, Place(table, {name: source[name] for name in table.table_key_attrs})
    )


def _checked(operation: Operation) -> Reason:
    """Whether the condition holds, where there is one."""
    asked, item = operation.asked, operation.place.item
    condition = stock.part("moto.dynamodb.comparisons").get_filter_expression(
        asked.get("ConditionExpression"),
        asked.get("ExpressionAttributeNames"),
        asked.get("ExpressionAttributeValues"),
    )
    if condition.expr(item):
        return FINE
    wanted = item is not None and asked.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD"
    return UNMET, "The conditional request failed", _as_json(item) if wanted else None


def _done(backend: Any, operation: Operation) -> Reason:
    """Carried out; the reason when the item does not suit what is asked."""
    name, asked = operation.place.table.name, operation.asked
    try:
        match operation.kind:
            case "Put":
                backend.put_item(name, asked["Item"])
            case "Delete":
                backend.delete_item(name, asked["Key"])
            case "Update":
                arguments = {argument: asked.get(word) for argument, word in ARGUMENTS.items()}
                backend.update_item(name, asked["Key"], **arguments)
    except stock.part("moto.dynamodb.exceptions").MockValidationException as refused:
        return "ValidationError", str(refused.message), None
    return FINE


def _cancel_unless_fine(reasons: Sequence[Reason]) -> None:
    if any(reason != FINE for reason in reasons):
        raise stock.part("moto.dynamodb.exceptions").TransactionCanceledException(reasons)


def _as_json(item: Any) -> Any:
    dump = stock.part("moto.dynamodb.models.utilities").dynamo_json_dump
    return json.loads(dump(item.to_json()["Attributes"]))
