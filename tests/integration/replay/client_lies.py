"""Doubles of the client of DynamoDB that are not true, each in one way: what a replay must find."""

from collections.abc import Iterator
from itertools import islice
from typing import Any, override

from botocore.exceptions import ClientError

from tests.doubles.expressions import Item, Request
from tests.doubles.memory_dynamo import MemoryDynamo, Name


class ForgetsTokens(MemoryDynamo):
    @override
    def transact_write_items(self, **request: Any) -> dict[str, Any]:
        return super().transact_write_items(**{**request, "ClientRequestToken": None})


class WritesOneAfterAnother(MemoryDynamo):
    """Those writes of a transaction stand that come before the one that is refused."""

    @override
    def _transact(self, puts: list[Request]) -> None:
        try:
            super()._transact(puts)
        except ClientError:
            for put in puts:
                super()._transact([put])
            raise


class CountsWhatIsNotThere(MemoryDynamo):
    @override
    def update_item(self, **request: Any) -> dict[str, Any]:
        return super().update_item(**{**request, "ConditionExpression": None})


class ReadsForwardsOnly(MemoryDynamo):
    @override
    def query(self, **request: Any) -> dict[str, Any]:
        return super().query(**{**request, "ScanIndexForward": True})


class BeginsAPageTooLate(MemoryDynamo):
    @override
    def _behind(self, table: str, after: Name) -> Iterator[Item]:
        return islice(super()._behind(table, after), 1 if after[0] else 0, None)


class LeavesOneOfManyOut(MemoryDynamo):
    @override
    def batch_get_item(self, **request: Any) -> dict[str, Any]:
        ((table, found),) = super().batch_get_item(**request)["Responses"].items()
        return {"Responses": {table: found[:3]}}


class KeepsACommandForEver(MemoryDynamo):
    """Neither a day nor the end of its run frees its key."""

    @override
    def put_item(self, **request: Any) -> dict[str, Any]:
        if "Key" in request["Item"]:
            request["ConditionExpression"] = "attribute_not_exists(pk)"
        return super().put_item(**request)


class KeepsARefusedCommand(MemoryDynamo):
    @override
    def delete_item(self, **request: Any) -> dict[str, Any]:
        del request
        return {}


class ForgetsWhenACommandCame(MemoryDynamo):
    """An update loses what it does not write."""

    @override
    def update_item(self, **request: Any) -> dict[str, Any]:
        answer = super().update_item(**request)
        if "Key" in request["Key"]:
            item = self._find(request["TableName"], (request["Key"]["Key"]["S"], "")) or {}
            self._keep(request["TableName"], {n: v for n, v in item.items() if n != "CreatedAt"})
        return answer


CLIENT_LIES = (
    ForgetsTokens,
    WritesOneAfterAnother,
    CountsWhatIsNotThere,
    ReadsForwardsOnly,
    BeginsAPageTooLate,
    LeavesOneOfManyOut,
    KeepsACommandForEver,
    KeepsARefusedCommand,
    ForgetsWhenACommandCame,
)
