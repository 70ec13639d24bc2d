"""A table made by CloudFormation has neither time to live nor point-in-time recovery.

Stock 1.5.33 drops TimeToLiveSpecification and PointInTimeRecoverySpecification, and for a
GlobalTable everything that stands in its replica. The mend applies both through the table's own
API calls, when the table is made and when the template changes, and takes deletion protection from
the replica.
"""

from typing import Any

from apphost.cloud import stock
from apphost.cloud.templates import Properties, answered, is_true

TYPES = ("AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable")
REQUIRES = (
    "services.cloudformation.provisioners:_RESOURCE_HANDLERS[AWS::DynamoDB::Table][create]",
    "services.cloudformation.provisioners:_RESOURCE_HANDLERS[AWS::DynamoDB::Table][update]",
    "services.cloudformation.provisioners:_RESOURCE_HANDLERS[AWS::DynamoDB::GlobalTable][create]",
    "services.cloudformation.provisioners:_RESOURCE_HANDLERS[AWS::DynamoDB::GlobalTable][update]",
    "services.dynamodb:_update_ttl",
    "services.dynamodb:_update_continuous_backups",
    "services.dynamodb:_ttl_settings",
)
REPLICA_SETTINGS = ("PointInTimeRecoverySpecification", "DeletionProtectionEnabled", "Tags")


def apply() -> None:
    for kind in TYPES:
        handlers = stock.provisioners._RESOURCE_HANDLERS[kind]
        _mend(handlers, handlers["create"], handlers["update"])


def _mend(handlers: dict[str, Any], stock_create: Any, stock_update: Any) -> None:
    def create(logical_id: str, properties: Properties, stack: str) -> Any:
        properties = _with_replica(properties)
        name, attributes = stock_create(logical_id, properties, stack)
        _apply_settings(name, properties)
        return name, attributes

    def update(name: str, old: Properties, new: Properties, *rest: Any) -> Any:
        old, new = _with_replica(old), _with_replica(new)
        name, attributes = stock_update(name, old, new, *rest)
        _apply_settings(name, new)
        return name, attributes

    handlers.update(create=create, update=update)


def _with_replica(properties: Properties) -> Properties:
    """What a GlobalTable says of its replica in this region, as a Table says it of itself."""
    region = stock.responses.get_region()
    for replica in properties.get("Replicas") or []:
        if replica.get("Region") == region:
            return {**properties, **{k: v for k, v in replica.items() if k in REPLICA_SETTINGS}}
    return properties


def _apply_settings(table: str, properties: Properties) -> None:
    ttl = properties.get("TimeToLiveSpecification") or {}
    current = stock.dynamodb._ttl_settings.get(table) or {}
    attribute = ttl.get("AttributeName") or current.get("AttributeName")
    enabled = is_true(ttl.get("Enabled"))
    if attribute and enabled != (current.get("TimeToLiveStatus") == "ENABLED"):
        specification = {"AttributeName": attribute, "Enabled": enabled}
        request = {"TableName": table, "TimeToLiveSpecification": specification}
        answered(stock.dynamodb._update_ttl(request))
    recovery = properties.get("PointInTimeRecoverySpecification") or {}
    specification = {
        "PointInTimeRecoveryEnabled": is_true(recovery.get("PointInTimeRecoveryEnabled"))
    }
    request = {"TableName": table, "PointInTimeRecoverySpecification": specification}
    answered(stock.dynamodb._update_continuous_backups(request))
