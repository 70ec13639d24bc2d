"""A service's two tables as the stacks make them, in an account of the embedded cloud."""

from typing import Any

from shared.persistence.table import Table

MAIN = "main"
COMMANDS = "commands"


def create_main_table(client: Any) -> Table:
    """The table of rows and messages, with the indexes that are tested; a stream of images."""
    indexed = ("payment_id", "order_id", "payout_id")
    names = ("pk", "sk", "Unprocessed", "OccurredOn", "Task", "TaskAt", "Due", "DueAt", *indexed)
    client.create_table(
        TableName=MAIN,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in names],
        KeySchema=_keys("pk", "sk"),
        GlobalSecondaryIndexes=[
            {
                "IndexName": "unprocessed",
                "KeySchema": _keys("Unprocessed", "OccurredOn"),
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            },
            {
                "IndexName": "tasks",
                "KeySchema": _keys("Task", "TaskAt"),
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            },
            {
                "IndexName": "due",
                "KeySchema": _keys("Due", "DueAt"),
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            },
            *(
                {
                    "IndexName": f"by_{name.removesuffix('_id')}",
                    "KeySchema": _keys(name, "OccurredOn"),
                    "Projection": {"ProjectionType": "KEYS_ONLY"},
                }
                for name in indexed
            ),
        ],
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
    )
    return Table(name=MAIN, client=client)


def create_commands_table(client: Any) -> None:
    """The table of what commands have answered."""
    client.create_table(
        TableName=COMMANDS,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "Key", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "Key", "KeyType": "HASH"}],
    )


def _keys(partition: str, sort: str) -> list[dict[str, str]]:
    return [
        {"AttributeName": partition, "KeyType": "HASH"},
        {"AttributeName": sort, "KeyType": "RANGE"},
    ]
