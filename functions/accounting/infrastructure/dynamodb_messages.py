"""Events of the ledger that are no entries, as outbox rows of their own."""

from collections.abc import Sequence

from accounting.infrastructure.entry_rows import SERVICE
from shared.contracts.accounting import LedgerBreached
from shared.contracts.envelope import Cause, Envelope
from shared.ids import message_id
from shared.persistence.outbox import outbox_attributes
from shared.persistence.table import Key, Put, Table


class DynamoDbMessages:
    def __init__(self, table: Table) -> None:
        self._table = table

    def publish(self, subject: str, events: Sequence[LedgerBreached], cause: Cause) -> None:
        """All events about `subject`, in one write."""
        envelopes = [
            Envelope(
                id=message_id(SERVICE, subject, 1, number),
                source=f"quittance.{SERVICE}",
                subject=subject,
                time=cause.now,
                sequence=number,
                correlation_id=cause.correlation_id,
                causation_id=cause.id,
                traceparent=cause.traceparent,
                data=event,
            )
            for number, event in enumerate(events, start=1)
        ]
        puts = [
            Put(
                key=Key(f"PROOF#{subject}", f"MESSAGE#{each.sequence:010d}"),
                row=outbox_attributes(each),
            )
            for each in envelopes
        ]
        self._table.commit(puts, cause_id=None, now=cause.now)
