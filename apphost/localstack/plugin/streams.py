"""moto's stream records, as DynamoDB would write them.

moto records a write that changes nothing, and an update that creates its item twice; it shows an
empty image for none; and what it recorded changes when the item changes later.
"""

import json
from typing import Any

from apphost.localstack.plugin import stock

IMAGES = ("NewImage", "OldImage")


def mend() -> None:
    tables = stock.part("moto.dynamodb.models.table")
    dump = stock.part("moto.dynamodb.models.utilities").dynamo_json_dump
    make_record, add = tables.StreamRecord.__init__, tables.StreamShard.add

    def make_fixed_record(record: Any, *args: Any) -> None:
        make_record(record, *args)
        record.record = json.loads(dump(record.record))
        images = record.record["dynamodb"]
        for name in IMAGES:
            if not images.get(name, True):
                del images[name]

    def add_a_change(shard: Any, old: Any, new: Any) -> None:
        if old is None or new is None or old.to_json() != new.to_json():
            add(shard, old, new)

    tables.StreamRecord.__init__ = make_fixed_record
    tables.StreamShard.add = add_a_change
