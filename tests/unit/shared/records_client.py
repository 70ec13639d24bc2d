"""As much of a DynamoDB client as the records of commands need, answering as DynamoDB does."""

from typing import Any

from botocore.exceptions import ClientError


class RecordsClient:
    """Keeps items by their `Key`; `refuse` with a code makes every call fail."""

    def __init__(self) -> None:
        self.items: dict[str, dict[str, Any]] = {}
        self.refuse: str | None = None

    def put_item(self, **request: Any) -> dict[str, Any]:
        self._answer("PutItem")
        item = request["Item"]
        existing = self.items.setdefault(item["Key"]["S"], item)
        if existing is not item:
            raise _error("ConditionalCheckFailedException", "PutItem", Item=existing)
        return {}

    def update_item(self, **request: Any) -> dict[str, Any]:
        self._answer("UpdateItem")
        item = self.items[request["Key"]["Key"]["S"]]
        for place, name in request["ExpressionAttributeNames"].items():
            item[name] = request["ExpressionAttributeValues"][f":{place[1:]}"]
        return {}

    def delete_item(self, **request: Any) -> dict[str, Any]:
        self._answer("DeleteItem")
        self.items.pop(request["Key"]["Key"]["S"], None)
        return {}

    def _answer(self, operation: str) -> None:
        if self.refuse is not None:
            raise _error(self.refuse, operation)


def _error(code: str, operation: str, **more: Any) -> ClientError:
    response: Any = {"Error": {"Code": code, "Message": "refused"}, **more}
    return ClientError(response, operation)
