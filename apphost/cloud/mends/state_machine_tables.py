"""State machine tasks on DynamoDB lose updates.

Stock 1.5.33 runs the `dynamodb:getItem|putItem|updateItem|deleteItem` tasks on the execution's own
thread, racing with the requests of everyone else: two increments can count as one. The mend runs
them on the thread that serves requests, one after the other with those.
"""

from apphost.cloud import stock
from apphost.cloud.loop import on_request_loop

REQUIRES = ("app:_MAIN_LOOP", "services.stepfunctions:_invoke_dynamodb")


def apply() -> None:
    stock.stepfunctions._invoke_dynamodb = on_request_loop(stock.stepfunctions._invoke_dynamodb)
