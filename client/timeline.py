"""One order's story over the three services, every message after the message that caused it."""

import heapq
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from client.answers import Event, JournalEntry, Order
from client.api import Api
from shared.contracts.accounting import LedgerEntryCreated
from shared.contracts.payments import Accepted
from shared.contracts.union import message_types

COMMANDS = frozenset(command.__name__ for command in message_types(Accepted))


@dataclass(frozen=True, slots=True)
class Moment:
    """One message: a command that asks, or an event that tells."""

    time: str
    service: str
    message: str
    id: str
    correlation_id: str
    causation_id: str

    @property
    def is_command(self) -> bool:
        return self.message in COMMANDS


@dataclass(frozen=True, slots=True)
class Timeline:
    order: Order
    moments: tuple[Moment, ...]

    def as_json(self) -> dict[str, Any]:
        return {
            "order": self.order,
            "timeline": [
                {**asdict(moment), "kind": "command" if moment.is_command else "event"}
                for moment in self.moments
            ],
        }


def read_timeline(api: Api, order_id: str) -> Timeline:
    """What the three services say about the order and its payment, merged."""
    order = api.order(order_id)
    payment_id = order["payment_id"]
    events = [*api.order_events(order_id), *api.payment_events(payment_id)]
    entries = api.journal_entries(payment_id)
    moments = [*map(_from_event, events), *map(_from_entry, entries)]
    return Timeline(order, tuple(by_time_and_cause(moments)))


def by_time_and_cause(moments: Iterable[Moment]) -> list[Moment]:
    """By time, but never an effect before its cause, even where two services' clocks differ.

    Messages that name each other in a circle have no first one: they come last, by time.
    """
    known = {moment.id: moment for moment in moments}
    effects: dict[str, list[Moment]] = {}
    for moment in known.values():
        effects.setdefault(moment.causation_id, []).append(moment)
    ready = [_place(moment) for moment in known.values() if moment.causation_id not in known]
    heapq.heapify(ready)
    ordered: list[Moment] = []
    while ready:
        moment = known.pop(heapq.heappop(ready)[-1])
        ordered.append(moment)
        for effect in effects.get(moment.id, ()):
            heapq.heappush(ready, _place(effect))
    return ordered + sorted(known.values(), key=_place)


def roots(moments: Sequence[Moment]) -> list[Moment]:
    """The messages caused by something outside: the client's requests, a provider's words."""
    known = {moment.id for moment in moments}
    return [moment for moment in moments if moment.causation_id not in known]


def _place(moment: Moment) -> tuple[datetime, str, str]:
    return datetime.fromisoformat(moment.time), moment.service, moment.id


def _from_event(event: Event) -> Moment:
    return Moment(
        time=event["time"],
        service=event["service"],
        message=event["type"],
        id=event["id"],
        correlation_id=event["correlation_id"],
        causation_id=event["causation_id"],
    )


def _from_entry(entry: JournalEntry) -> Moment:
    return Moment(
        time=entry["booked_at"],
        service="accounting",
        message=LedgerEntryCreated.__name__,
        id=entry["event_id"],
        correlation_id=entry["correlation_id"],
        causation_id=entry["causation_id"],
    )
