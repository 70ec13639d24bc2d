"""Books, settled lines and the runs of the reconciliation over both, for its tests."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date

from accounting.application.book import append_once
from accounting.application.ports import Books, Settlement
from accounting.application.reconcile import reconcile_part, request_reconciliation
from accounting.domain.arrivals import PayoutSent
from accounting.domain.chart_of_accounts import CUSTOMER_RECEIVABLE, PROVIDER_CLEARING
from accounting.domain.journal import JournalEntry, credit, debit
from accounting.domain.manual import Periods
from accounting.domain.payouts import PayoutLine
from accounting.domain.posting_rules import entry_id_for
from accounting.domain.reconciliation import Line
from accounting.domain.reconciliation_run import Run, Stage
from accounting.domain.settlement_record import record_id_of
from accounting.infrastructure.dynamodb_records import DynamoDbRecords
from shared.contracts.accounting import (
    DiscrepancyExplained,
    DiscrepancyFound,
    PayoutArrived,
    ReconciliationCompleted,
    ReconciliationRequested,
)
from shared.contracts.codec import decode
from shared.contracts.payments import PaymentCaptured
from shared.contracts.settlement import LineKind
from shared.contracts.union import message_types
from tests.doubles.ledger import Ledger, authorized, eur
from tests.unit.accounting.reconciling import line

type Told = DiscrepancyFound | DiscrepancyExplained | PayoutArrived | ReconciliationCompleted
DAY = date(2026, 1, 2)


@dataclass
class Lines:
    """What was told of settled lines, by the day on which it was told."""

    told: dict[date, list[Line]] = field(default_factory=dict)

    def lines_told_on(self, provider: str, day: date) -> Iterator[Line]:
        assert provider == "sandbox"
        yield from sorted(self.told.get(day, []), key=lambda each: (each.payment_id, each.line_id))

    def lines_after(self, provider: str, day: date, place: str) -> Iterator[tuple[str, Line]]:
        for each in self.lines_told_on(provider, day):
            own = f"{each.payment_id or '-'}#{each.line_id}"
            if own > place:
                yield own, each

    def lines_of(self, provider: str, day: date, record_id: str) -> Iterator[Line]:
        return (
            each for each in self.lines_told_on(provider, day) if record_id_of(each) == record_id
        )

    def bank_lines(self, day: date) -> Iterator[Line]:
        raise AssertionError(f"no bank is asked on {day}")

    def payouts_sent(self, day: date) -> Iterator[PayoutSent]:
        raise AssertionError(f"no bank is asked on {day}")

    def payout_lines(self, provider: str, payout_id: str) -> Iterator[PayoutLine]:
        for day in sorted(self.told):
            for each in self.lines_told_on(provider, day):
                if each.payout_id == payout_id:
                    yield PayoutLine(line_id=each.line_id, kind=each.kind, net=each.net)


class House:
    """The books, the lines, and the runs over both."""

    def __init__(self, *, settlement: Callable[[Ledger], Settlement] | None = None) -> None:
        self.ledger = Ledger()
        self.lines = Lines()
        self.records = DynamoDbRecords(self.ledger.table)
        self.books = Books(
            journal=self.ledger.journal,
            folds=self.ledger.folds,
            records=self.records,
            settlement=settlement(self.ledger) if settlement else self.lines,
        )

    def capture(self, payment: str, minor: int, *, opened: bool = True) -> None:
        if opened:
            self.ledger.hear(authorized(minor, payment), f"{payment}/authorized")
        captured = PaymentCaptured(
            payment_id=payment,
            order_id="ord_1",
            capture_id=f"{payment}-capture-1",
            amount=eur(minor),
            captured=eur(minor),
            provider="sandbox",
            provider_reference="op_1",
        )
        self.ledger.hear(captured, f"{payment}/captured")
        self.ledger.fold()

    def settle(self, payment: str, minor: int, *, name: str = "l1") -> None:
        """The provider tells a line today, and it is booked as it stands."""
        fee = minor * 15 // 1000 + 25
        reference = f"{payment}-capture-1"
        on = self.ledger.now.date()
        told = line(name, minor, reference, payment_id=payment, fee=fee, on=on)
        self.tell(told)

    def tell(self, told: Line) -> None:
        self.lines.told.setdefault(self.ledger.now.date(), []).append(told)
        if told.kind is not LineKind.CAPTURE:
            return
        item = told.payment_id or "unknown"
        entry = JournalEntry(
            entry_id=entry_id_for("settled", told.line_id),
            cause_id=f"payments/{told.line_id}",
            fact="PaymentSettled",
            description="Settled",
            payment_id=told.payment_id,
            postings=(
                debit(PROVIDER_CLEARING, told.gross),
                credit(CUSTOMER_RECEIVABLE, told.gross, item),
            ),
            booked_at=self.ledger.now,
            effective_at=self.ledger.now,
        )
        append_once([entry], journal=self.ledger.journal, cause=self.ledger.cause(entry.cause_id))

    def run(
        self, day: date | None = None, *, name: str = "req-1", provider: str = "sandbox"
    ) -> Run:
        asked = request_reconciliation(
            provider,
            day or self.ledger.now.date(),
            requested_by="operator",
            records=self.records,
            cause=self.ledger.cause(name),
        )
        run = asked
        while run.stage is not Stage.COMPLETED:
            part = ReconciliationRequested(
                reconciliation_id=run.reconciliation_id,
                provider=provider,
                day=run.day,
                part=run.part,
            )
            cause = self.ledger.cause(f"{name}/part-{run.part}")
            run = reconcile_part(part, books=self.books, periods=Periods(), cause=cause)
        return run

    def told(self) -> list[Told]:
        """What was published of reconciliations since it was last asked."""
        kinds = {kind.__name__ for kind in message_types(Told)}
        return [
            decode(Told, json.loads(str(row["Payload"]))).data
            for row in self.ledger.table.drain_inserts()
            if row.get("Type") in kinds
        ]


def counts(run: Run) -> dict[str, tuple[int, int]]:
    return {str(kind): (each.operations, each.lines) for kind, each in run.totals.items()}
