"""The expressions that the platform writes to DynamoDB, and what each of them means for an item."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

type Item = Mapping[str, Any]
type Request = Mapping[str, Any]

SPAN: Final = "attribute_exists(Payload) AND OccurredOn >= :begins AND OccurredOn < :ends"
RANGES: Final[dict[str, Callable[[str, str], bool]]] = {
    "pk = :pk": lambda _sk, _bound: True,
    "pk = :pk AND begins_with(sk, :sk)": str.startswith,
    "pk = :pk AND sk >= :sk": str.__ge__,
    "pk = :pk AND sk <= :sk": str.__le__,
}


def holds(request: Request, found: Item | None) -> bool:
    condition = request.get("ConditionExpression")
    values = request.get("ExpressionAttributeValues", {})
    match condition:
        case None:
            return True
        case "attribute_not_exists(pk)":
            return found is None
        case "version = :seen":
            return found is not None and found.get("version") == values[":seen"]
        case "attribute_exists(Retries)":
            return found is not None and "Retries" in found
        case str() if condition.startswith("attribute_not_exists(#id) OR #expiry < :now"):
            return found is None or _record_over(found, values)
    raise AssertionError(f"the double does not know the condition {condition}")


def _record_over(found: Item, values: Request) -> bool:
    """Whether Powertools' record of a command has expired, or its run was given up."""
    if int(found["expiration"]["N"]) < int(values[":now"]["N"]):
        return True
    until = found.get("in_progress_expiration")
    running = found["status"] == values[":inprogress"]
    return running and until is not None and int(until["N"]) < int(values[":now_in_millis"]["N"])


def updated(request: Request, found: Item) -> Item:
    values = request.get("ExpressionAttributeValues", {})
    match request["UpdateExpression"]:
        case "SET ProcessedOn = :now REMOVE #unprocessed":
            kept = {name: value for name, value in found.items() if name != "Unprocessed"}
            return {**kept, "ProcessedOn": values[":now"]}
        case "ADD Retries :one":
            before = int(found.get("Retries", {"N": "0"})["N"])
            return {**found, "Retries": {"N": str(before + int(values[":one"]["N"]))}}
        case str() as update if update.startswith("SET #response_data = :response_data"):
            names = request["ExpressionAttributeNames"]
            return {**found, **{names[f"#{name[1:]}"]: value for name, value in values.items()}}
    raise AssertionError(f"the double does not know the update {request['UpdateExpression']}")


def spans(request: Request, item: Item) -> bool:
    """Whether an item is a message of the span that a scan asks for."""
    values = request["ExpressionAttributeValues"]
    types = [value for name, value in values.items() if name.startswith(":type")]
    expected = SPAN
    if types:
        names = ", ".join(f":type{number}" for number in range(len(types)))
        expected += f" AND #type IN ({names})"
    if ":about" in values:
        expected += " AND contains(pk, :about)"
    assert request["FilterExpression"] == expected, "the double knows no other scan"
    occurred_on = item.get("OccurredOn", {}).get("S", "")
    return (
        "Payload" in item
        and values[":begins"]["S"] <= occurred_on < values[":ends"]["S"]
        and (not types or item.get("Type") in types)
        and values.get(":about", {"S": ""})["S"] in item["pk"]["S"]
    )
