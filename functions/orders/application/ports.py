"""What the use cases of orders need from the outside."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from orders.domain.order import Order
from shared.contracts.envelope import Cause, Message
from shared.persistence.rows import Row


class Orders(Protocol):
    def find(self, order_id: str) -> Order | None: ...

    def commit(self, order: Order, messages: Sequence[Message], cause: Cause) -> Order:
        """Write the order, its messages and its cause together; returns it as written.

        Raises AlreadyHandled, StaleRow, StoreBusy.
        """

    def acknowledge(self, cause: Cause) -> None:
        """Mark a cause that changes nothing; raises AlreadyHandled, StoreBusy."""

    def messages(self, order_id: str) -> Iterable[Row]: ...
