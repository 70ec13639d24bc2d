"""A burst starts as many Lambda processes as it has invocations.

Stock 1.5.33 sets no limit to the processes of a function: a hundred waiting messages are a hundred
Python interpreters on a laptop. The mend keeps at most EMBEDDED_WORKERS_MAX (2) a function; an
invocation waits for a free one up to EMBEDDED_WORKER_WAIT_SECONDS (20) and is then throttled, as
AWS throttles at a concurrency limit. Queues are polled with no more batches than that.
"""

import os
import threading
import time
from typing import Any

from apphost.cloud import stock

REQUIRES = (
    "services.lambda_svc:acquire_worker",
    "services.lambda_svc:release_worker",
    "services.lambda_svc:_ESM_SQS_DEFAULT_CONCURRENCY",
)
RECHECK_SECONDS = 0.25


def apply() -> None:
    service = stock.lambda_svc
    workers_max = int(os.environ.get("EMBEDDED_WORKERS_MAX", "2"))
    wait_seconds = float(os.environ.get("EMBEDDED_WORKER_WAIT_SECONDS", "20"))
    stock_acquire, stock_release = service.acquire_worker, service.release_worker
    released = threading.Condition()

    def acquire(*args: Any, **kwargs: Any) -> tuple[Any, str]:
        deadline = time.monotonic() + wait_seconds
        kwargs["max_concurrency"] = workers_max
        with released:
            while True:
                worker, reason = stock_acquire(*args, **kwargs)
                left_seconds = deadline - time.monotonic()
                if worker is not None or left_seconds <= 0:
                    return worker, reason
                released.wait(min(left_seconds, RECHECK_SECONDS))

    def release(worker: Any) -> None:
        stock_release(worker)
        with released:
            released.notify_all()

    service.acquire_worker = acquire
    service.release_worker = release
    service._ESM_SQS_DEFAULT_CONCURRENCY = workers_max
