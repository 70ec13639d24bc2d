"""What the use cases of orders need from the outside."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

from orders.domain.case import Case
from orders.domain.order import Order
from shared.contracts.compensation import CompensationRequested
from shared.contracts.envelope import Cause, Message
from shared.persistence.rows import Row


class Orders(Protocol):
    def find(self, order_id: str) -> Order | None: ...

    def commit(self, order: Order, messages: Sequence[Message], cause: Cause) -> Order:
        """Write the order, its messages and its cause together; returns it as written.

        Raises AlreadyHandled, StaleRow, StoreBusy.
        """

    def keep(self, order: Order, messages: Sequence[Message], cause: Cause) -> Order:
        """As `commit`, but the cause is not marked: it may have more to do.

        Raises StaleRow, StoreBusy.
        """

    def due(self, now: datetime) -> Iterable[str]:
        """The orders that somebody has to look at by now, the longest waiting first."""

    def acknowledge(self, cause: Cause) -> None:
        """Mark a cause that changes nothing; raises AlreadyHandled, StoreBusy."""

    def messages(self, order_id: str) -> Iterable[Row]: ...

    def told(self, order_id: str, cause: Cause) -> set[str]:
        """The types of the messages that this cause had the order tell."""


class Cases(Protocol):
    def find(self, case_id: str) -> Case | None: ...

    def commit(self, case: Case, messages: Sequence[Message], cause: Cause) -> Case:
        """Write the case, its messages and its cause together; returns it as written.

        Raises AlreadyHandled, StaleRow, StoreBusy.
        """

    def told(self, case_id: str, cause: Cause) -> set[str]:
        """The types of the messages that this cause had the case tell."""


class Executions(Protocol):
    def start(self, requested: CompensationRequested, *, cause_id: str) -> None:
        """Start the execution that is requested; one that there is or was is left as it is."""

    def go_on(self, token: str) -> bool:
        """Tell an execution that its wait is over; False if it does not wait any more."""
