"""Faults that strike any operation or webhook, by a seeded chance and a countdown."""

import random
import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum


class FaultKind(StrEnum):
    TIMEOUT_BEFORE = "timeout_before"
    TIMEOUT_AFTER = "timeout_after"
    SERVER_ERROR = "server_error"
    RATE_LIMITED = "rate_limited"
    DROP_WEBHOOK = "drop_webhook"
    DOUBLE_WEBHOOK = "double_webhook"
    SLOW = "slow"


@dataclass(frozen=True)
class Fault:
    """`rate` is the chance from 0 to 1; `times` is how often it may still strike, None for ever."""

    kind: FaultKind
    rate: float = 1.0
    times: int | None = None
    delay_ms: int = 2_000  # of SLOW only


class Faults:
    """At most one fault of each kind; setting one replaces the last, `times` 0 removes it."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311  repeatable chance, not secrecy
        self._faults: dict[FaultKind, Fault] = {}
        self._lock = threading.Lock()

    def set(self, fault: Fault) -> None:
        with self._lock:
            self._faults[fault.kind] = fault
            self._drop_if_spent(fault)

    def active(self) -> Mapping[FaultKind, Fault]:
        with self._lock:
            return dict(self._faults)

    def strike(self, kind: FaultKind) -> Fault | None:
        """The fault if it strikes now, which counts as one of its times."""
        with self._lock:
            fault = self._faults.get(kind)
            if fault is None or self._random.random() >= fault.rate:
                return None
            if fault.times is not None:
                self._faults[kind] = replace(fault, times=fault.times - 1)
                self._drop_if_spent(self._faults[kind])
            return fault

    def _drop_if_spent(self, fault: Fault) -> None:
        if fault.times == 0:
            del self._faults[fault.kind]
