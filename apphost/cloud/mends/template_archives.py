"""CloudFormation refuses an archive of an event bus.

Stock 1.5.33 has EventBridge archives but no AWS::Events::Archive, so a stack that keeps its events
does not deploy. The mend makes, changes and removes them through the archive's own calls.
"""

import json

from apphost.cloud import stock
from apphost.cloud.templates import Made, Properties, answered, name_of

REQUIRES = (
    "services.cloudformation.provisioners:_RESOURCE_HANDLERS",
    "services.cloudformation.provisioners:_physical_name",
    "services.eventbridge:_create_archive",
    "services.eventbridge:_update_archive",
    "services.eventbridge:_delete_archive",
)
NAME_LENGTH_MAX = 48


def apply() -> None:
    stock.provisioners._RESOURCE_HANDLERS["AWS::Events::Archive"] = {
        "create": _create,
        "update": _update,
        "delete": _delete,
    }


def _create(logical_id: str, properties: Properties, stack: str) -> Made:
    name = name_of(properties.get("ArchiveName"), logical_id, stack, length_max=NAME_LENGTH_MAX)
    source = {"ArchiveName": name, "EventSourceArn": properties["SourceArn"]}
    made = answered(stock.eventbridge._create_archive({**source, **_changeable(properties)}))
    return name, {"Arn": made["ArchiveArn"], "ArchiveName": name}


def _update(name: str, _old: Properties, new: Properties, _stack: str) -> Made:
    changes = {"ArchiveName": name, **_changeable(new)}
    changed = answered(stock.eventbridge._update_archive(changes))
    return name, {"Arn": changed["ArchiveArn"], "ArchiveName": name}


def _delete(name: str, _properties: Properties) -> None:
    stock.eventbridge._delete_archive({"ArchiveName": name})


def _changeable(properties: Properties) -> Properties:
    pattern = properties.get("EventPattern") or ""
    return {
        "Description": properties.get("Description", ""),
        "EventPattern": pattern if isinstance(pattern, str) else json.dumps(pattern),
        "RetentionDays": int(properties.get("RetentionDays") or 0),
    }
