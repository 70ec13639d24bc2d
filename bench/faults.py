"""Everything that goes wrong during a soak, at once: the network, the provider, the workers."""

from __future__ import annotations

import json
import os
import random
import signal
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

import urllib3

from tests.e2e.driver import Platform
from tests.e2e.fault_proxy import FaultProxy

PROVIDER_FAULTS: Final = {
    "timeout_after": 0.02,
    "rate_limited": 0.02,
    "drop_webhook": 0.01,
    "double_webhook": 0.03,
    "slow": 0.03,
}
"""But for those by which nothing is taken and nobody ever tells: that the provider knows of nothing
counts only after 42 minutes, and then the order ends otherwise than its customer wanted. The
simulator has them, and the time.
"""
SLOW_MILLISECONDS: Final = 500
TIMEOUT_SECONDS: Final = 10.0
JOIN_SECONDS: Final = 30.0


@contextmanager
def everything_goes_wrong(
    quittance: Platform, proxy: FaultProxy, *, kill_every_seconds: float
) -> Iterator[Counter[str]]:
    """Within the block; the counts by kind are whole when it is over."""
    done: Counter[str] = Counter()
    over = threading.Event()
    killer = threading.Thread(target=_kill, args=(quittance, over, kill_every_seconds, done))
    for kind, rate in PROVIDER_FAULTS.items():
        _set(quittance, kind, rate)
    killer.start()
    try:
        with proxy.faults_on():
            yield done
    finally:
        over.set()
        killer.join(JOIN_SECONDS)
        for kind in PROVIDER_FAULTS:
            _set(quittance, kind, 0)
        for (_, fault), times in proxy.done.items():
            done[str(fault)] += times


def _set(quittance: Platform, kind: str, rate: float) -> None:
    fault: dict[str, object] = {"kind": kind, "rate": rate}
    if rate == 0:
        fault["times"] = 0
    if kind == "slow":
        fault["delay_ms"] = SLOW_MILLISECONDS
    answer = urllib3.request(
        "POST",
        f"{quittance.outputs.sandbox_url}/_control/faults",
        body=json.dumps(fault).encode(),
        timeout=TIMEOUT_SECONDS,
        retries=False,
    )
    assert answer.status == 200, answer.data  # noqa: PLR2004


def _kill(
    quittance: Platform, over: threading.Event, every_seconds: float, done: Counter[str]
) -> None:
    """`kill -9` for a worker in the middle of its work, again and again."""
    chance = random.Random(7)  # noqa: S311
    while not over.wait(every_seconds):
        with suppress(OSError):  # the cloud is too busy to say who works
            if busy := quittance.lambda_workers(busy_only=True):
                os.kill(chance.choice(busy)[0], signal.SIGKILL)
                done["worker killed"] += 1
