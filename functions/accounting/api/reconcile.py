"""The Lambda that reconciles: each message is a part of a run, and asks for the next."""

from typing import Any

from accounting import wiring
from accounting.application.ports import Books
from accounting.application.reconcile import Asked, reconcile_part
from accounting.domain.reconciliation_run import Stage
from shared import clock
from shared.contracts.envelope import Cause, Envelope
from shared.messaging.consumer import Consumer
from shared.messaging.failures import FailureNotes
from shared.observability import log, metrics


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    del context
    table = wiring.table()
    consumer = Consumer(
        Asked,
        react=_react,
        handled=table.handled,
        clock=clock.now,
        failures=FailureNotes(table),
    )
    return consumer.on_queue(event)


def _react(envelope: Envelope[Asked], cause: Cause) -> None:
    books = Books(
        journal=wiring.journal(),
        folds=wiring.folds(),
        records=wiring.records(),
        settlement=wiring.settlement(),
    )
    periods = books.journal.periods()
    run = reconcile_part(envelope.data, books=books, periods=periods, cause=cause)
    if run.stage is Stage.COMPLETED:
        metrics.count("DiscrepanciesFound", run.unexplained)
    log.info("reconciled", stage=run.stage, looked_at=run.looked_at)
