"""How payments vouch, day by day, for all that they have told of money."""

from dataclasses import dataclass

from shared.contracts.envelope import Event
from shared.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class AttestedOperation:
    """A message that has told a movement: `message_id` is its own, `fact` its type."""

    message_id: str
    fact: str
    payment_id: str
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationsAttested(Event):
    """Some of what was told on `day` (UTC) of money moved, held or freed: a page of the list."""

    day: str
    page: str
    operations: tuple[AttestedOperation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DayAttested(Event):
    """All of what was told on `day` (UTC): how many operations, and the tally of their messages.

    Told once, after the day is over, from the messages themselves.
    """

    day: str
    operations: int
    digest: str
