"""A message that arrives while a batch is deleted can vanish.

Stock 1.5.33 changes a queue from several threads: the poller, the scheduler and state machines
beside the thread that serves requests. A delete or a dead-letter sweep copies the list of messages
and puts the copy back; what another thread appended meanwhile is gone. The mend lets only the
thread that serves requests touch a queue.
"""

from typing import Any

from apphost.cloud import stock
from apphost.cloud.loop import on_request_loop

REQUIRES = (
    "app:_MAIN_LOOP",
    "services.sqs:_receive_messages_for_esm",
    "services.sqs:_delete_messages_for_esm",
    "services.sqs:_act_send_message",
    "services.sqs:_queues",
    "services.eventbridge:_dispatch_to_sqs",
    "services.lambda_svc:_route_async_failure",
    "services.lambda_svc:_send_ddb_stream_failure_record",
)


def apply() -> None:
    sqs, lambda_svc = stock.sqs, stock.lambda_svc
    receive = on_request_loop(sqs._receive_messages_for_esm)

    def receive_unless_empty(queue_url: str, number_max: int) -> Any:
        return receive(queue_url, number_max) if sqs._queues[queue_url]["messages"] else []

    sqs._receive_messages_for_esm = receive_unless_empty
    sqs._delete_messages_for_esm = on_request_loop(sqs._delete_messages_for_esm)
    sqs._act_send_message = on_request_loop(sqs._act_send_message)
    stock.eventbridge._dispatch_to_sqs = on_request_loop(stock.eventbridge._dispatch_to_sqs)
    lambda_svc._route_async_failure = on_request_loop(lambda_svc._route_async_failure)
    lambda_svc._send_ddb_stream_failure_record = on_request_loop(
        lambda_svc._send_ddb_stream_failure_record
    )
