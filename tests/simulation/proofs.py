"""The nights of the books: payments attests its days, and the ledger seals and proves its own.

The clock calls for both; who was killed is called again, as it is there.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Protocol

from accounting.application.seal import DAYS_MAX
from tests.simulation.calls import Calls
from tests.simulation.lives import Life
from tests.simulation.network import Answer

CALLS_MAX: Final = 400
"""A call attests a week and seals a month; a world may take some years."""


class Host(Protocol):
    """What a proof needs of the world."""

    calls: Calls

    @property
    def lives(self) -> Sequence[Life]: ...

    def invoke(self, function: str, event: dict[str, Any]) -> Answer: ...
    def drain(self) -> None: ...


def prove_at_last(host: Host) -> int:
    """How many breaches are found when everything has come to its end, and every day is sealed."""
    host.calls.counted = any(life.attested for life in host.lives)
    _attest(host)
    host.drain()
    host.calls.counted = True
    sealed = 0
    for _ in range(CALLS_MAX):
        answer = host.invoke("accounting.proof", {})
        if answer is None:
            continue
        host.drain()
        if answer["days"] - sealed < DAYS_MAX:
            return int(answer["breaches"])
        sealed = answer["days"]
    raise AssertionError("the books were never proved")


def _attest(host: Host) -> None:
    """Payments tells of each day that is over, until there is none left."""
    for _ in range(CALLS_MAX):
        answer = host.invoke("payments.schedule", {})
        if answer is not None and not answer["attested"]:
            return
    raise AssertionError("payments never ends to attest")
