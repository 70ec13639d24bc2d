"""Bugs in how what was settled is reconciled."""

from typing import Final

from tests.simulation.planted.planting import bug

LOOK: Final = "accounting.application.look"
RUN: Final = "accounting.application.reconcile"
SETTLE: Final = "accounting.application.settle"
RECORD: Final = "accounting.domain.settlement_record"
RESOLUTION: Final = "accounting.domain.resolution"
MATCHING: Final = "accounting.domain.matching"
ROWS: Final = "accounting.infrastructure.dynamodb_records"

BUGS: Final = (
    bug(
        "a run looks again at what another run has looked at since",
        (
            LOOK,
            "    if record.looked_at_by == run.reconciliation_id:\n        return True\n    return run.records.looked_at(record.record_id, run.reconciliation_id)",
            "    return record.looked_at_by == run.reconciliation_id",
        ),
        reconciled=True,
    ),
    bug(
        "a line is kept with the day on which it was sent",
        (
            SETTLE,
            "told_on=booked_at.astimezone(UTC).date()",
            "told_on=told_at.astimezone(UTC).date()",
        ),
        reconciled=True,
    ),
    bug(
        "the items of a record are counted in any order",
        (
            ROWS,
            "sorted(map(record_rows.item_of, items), key=lambda each: each.item_id)",
            "map(record_rows.item_of, items)",
        ),
        reconciled=True,
    ),
    bug(
        "what is explained stays in suspense",
        (
            RECORD,
            "return standing, book, [] if old is None else list(old.entry_ids)",
            "return standing, book, []",
        ),
        reconciled=True,
    ),
    bug(
        "what a person has explained is not taken back by its late line",
        (
            RESOLUTION,
            "entry_ids=(*standing.entry_ids, entry.entry_id)",
            "entry_ids=standing.entry_ids",
        ),
        reconciled=True,
    ),
    bug(
        "one person is enough for any amount",
        (
            RESOLUTION,
            "    if needs_approval([entry]) and not agreed:",
            "    if False and not agreed:",
        ),
        reconciled=True,
    ),
    bug(
        "who proposed it may agree under another name",
        (
            RESOLUTION,
            "    if maker.actor.may_be(checker.actor):",
            "    if maker.actor == checker.actor:",
        ),
        reconciled=True,
    ),
    bug(
        "what waits is expected for ever",
        (
            MATCHING,
            "        if self._as_of <= deadline:",
            "        if True or self._as_of <= deadline:",
        ),
        reconciled=True,
    ),
    bug(
        "nobody looks again at what is still open",
        (RUN, "books.records.open_records(run.provider, after=run.cursor))", "())"),
        reconciled=True,
    ),
    bug(
        "what a payout differs by is not booked",
        (
            LOOK,
            "        if found.record != record:\n            look_at_found",
            "        if False:\n            look_at_found",
        ),
        reconciled=True,
    ),
    bug(
        "the record is written without its entries, and they after it",
        (
            ROWS,
            "        self._records.commit(snapshot, messages, cause, handled=False, also=[*booked, *also])",
            "        self._records.commit(snapshot, messages, cause, handled=False, also=also)\n        for each in booked:\n            self._table.commit([each], cause_id=None, now=cause.now)",
        ),
        reconciled=True,
    ),
    bug(
        "the lines of the last look are forgotten",
        (RECORD, "    theirs |= {line.line_id: line for line in record.lines}\n", ""),
        reconciled=True,
    ),
    bug(
        "another currency is the same amount",
        (MATCHING, "    if line.gross.currency != currency:", "    if False:"),
        reconciled=True,
    ),
    bug(
        "a line that comes before its dispute was heard of stays alone",
        (
            MATCHING,
            "        self._by(lambda operation: operation.operation_id, lambda line: line.provider_reference)\n",
            "",
        ),
        reconciled=True,
    ),
)
