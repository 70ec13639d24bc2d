"""The events this service reacts to: everything there is a posting rule for."""

from accounting.application.book import book
from accounting.application.ports import Journal
from accounting.domain.posting_rules import Fact, Postable
from shared.contracts.envelope import Cause, Envelope

type Subscribed = Postable


def react(envelope: Envelope[Subscribed], cause: Cause, *, journal: Journal) -> None:
    fact = Fact(event=envelope.data, cause_id=envelope.id, happened_at=envelope.time)
    book(fact, journal=journal, cause=cause)
