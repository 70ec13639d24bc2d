"""What a request that comes again is answered: once it is done, it is never refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from tests.doubles.expressions import Item

REFUSED: Final = 400


class Answers:
    """`surprise` is told of a request to orders that took effect, and is refused afterwards.

    Orders refuse by what they are alone, so that whatever a request has done it may still say so.
    A provider's refusal is kept, too, and told again.
    """

    def __init__(self, surprise: Callable[[str], None]) -> None:
        self._surprise = surprise
        self._asked: dict[int, str] = {}
        self._done: set[str] = set()

    @contextmanager
    def asked(self, worker: int, request: str) -> Iterator[None]:
        """This worker handles that request now."""
        self._asked[worker] = request
        try:
            yield
        finally:
            del self._asked[worker]

    def written(self, worker: int, table: str, new: Item) -> None:
        """A row that was not there: the mark of a cause says that its request has taken effect."""
        if table == "orders" and new["sk"] == {"S": "CAUSE"} and worker in self._asked:
            self._done.add(self._asked[worker])

    def told(self, request: str, status: int, document: dict[str, Any]) -> None:
        refused = status >= REFUSED and not document.get("retryable")
        if refused and request in self._done:
            self._surprise(f"{request} was done, and is refused: {document.get('code')}")
