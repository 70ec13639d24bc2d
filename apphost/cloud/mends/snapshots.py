"""A cloud started from saved state loses stream records and finds no queue.

Stock 1.5.33 saves how far a mapping has read a stream but not the stream, so that after a restart
every record up to that place is taken for read; and it knows queues by addresses with the port of
the cloud that was saved. The mend saves the streams too, and files restored queues under the
addresses of the cloud that starts.
"""

import copy
from typing import Any

from apphost.cloud import stock

REQUIRES = (
    "services.dynamodb:get_state",
    "services.dynamodb:load_persisted_state",
    "services.dynamodb:_stream_records",
    "services.dynamodb:_stream_trimmed",
    "services.sqs:load_persisted_state",
    "services.sqs:_queues",
    "services.sqs:_queue_url_for_account",
    "services.sqs:_rebuild_queue_name_index",
)
STREAMS = ("_stream_records", "_stream_trimmed")


def apply() -> None:
    _mend_tables()
    _mend_queues()


def _mend_tables() -> None:
    tables = stock.dynamodb
    stock_save, stock_load = tables.get_state, tables.load_persisted_state

    def save() -> dict[str, Any]:
        return {**stock_save(), **{name: copy.deepcopy(getattr(tables, name)) for name in STREAMS}}

    def load(data: dict[str, Any]) -> None:
        stock_load(data)
        for name in STREAMS:
            getattr(tables, name).update(data.get(name, {}))

    tables.get_state, tables.load_persisted_state = save, load


def _mend_queues() -> None:
    queues, stock_load = stock.sqs, stock.sqs.load_persisted_state

    def load(data: dict[str, Any]) -> None:
        stock_load(data)
        for (account_id, region, address), queue in list(queues._queues.all_items()):
            current = queues._queue_url_for_account(account_id, address.rpartition("/")[2])
            queues._queues.pop_scoped(account_id, region, address)
            queues._queues.set_scoped(account_id, region, current, queue)
            queue["url"] = current
        queues._rebuild_queue_name_index()

    queues.load_persisted_state = load
