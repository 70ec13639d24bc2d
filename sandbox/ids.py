"""Identifiers that follow from the seed, so that a run repeats."""

import base64
import hashlib
import threading
from collections import Counter


class Ids:
    """`sbx_op_…`, `sbx_pay_…`, `sbx_dp_…`, `evt_…`: each is given once a process."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._given: Counter[str] = Counter()
        self._lock = threading.Lock()

    def new(self, prefix: str) -> str:
        with self._lock:
            self._given[prefix] += 1
            number = self._given[prefix]
        digest = hashlib.sha256(f"{self._seed}:{prefix}:{number}".encode()).digest()
        # base 32, because a long run of decimal digits could pass for a card number
        return prefix + base64.b32encode(digest)[:20].decode().lower()
