"""Whatever files the provider settles by, and wherever their reader is killed: told once, booked
once, owed by nobody; and an auditor that can fail.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

import accounting.domain.settled_lines
import payments.application.ingest_report
import payments.domain.settlement
import payments.domain.settling
import payments.infrastructure.dynamodb_reports
from accounting.domain.settlement_rules import found_at_provider
from payments.application.ports import Telling
from payments.domain.report import Counts
from payments.infrastructure.dynamodb_reports import DynamoDbReports
from tests.simulation.run import PAYMENTS_SETTLED, settle_up
from tests.simulation.settling import settle
from tests.simulation.world import World

SEEDS = range(12)


@pytest.mark.parametrize("seed", SEEDS)
def test_everything_that_the_provider_did_is_told_once_and_cleared(seed: int) -> None:
    outcome = settle_up(seed)
    assert not outcome.findings, str(outcome)


def test_a_reader_or_booker_killed_at_any_call_loses_and_doubles_nothing() -> None:
    """Every seventeenth call in the busiest of some worlds, whoever makes it."""

    def places(seed: int) -> int:
        world = World(seed, payments=PAYMENTS_SETTLED, rates={})
        world.run()
        return settle(world, seed).places

    seed = max(range(8), key=places)
    assert places(seed) > 150
    for place in range(1, places(seed), 17):
        outcome = settle_up(seed, place)
        assert not outcome.findings, str(outcome)


def _line_id_of_the_report(line: Any, **more: Any) -> Any:
    told = SETTLED(line, **more)
    return _replace(told, line_id=f"{told.line_id}-{told.report_id[-5:]}")


def _line_id_of_the_row(line: Any, **more: Any) -> Any:
    told = SETTLED(line, **more)
    return _replace(told, line_id=f"{told.line_id}-{told.row}")


def _replace(told: Any, **changed: Any) -> Any:
    return replace(told, **changed)


SETTLED = payments.domain.settlement.settled
LINE_POSTINGS = accounting.domain.settled_lines.line_postings
TELL = DynamoDbReports.tell


def _known_told_as_twin(self: Any, line: Any, cause: Any) -> Telling:
    told = TELL(self, line, cause)
    return Telling.TWIN if told is Telling.KNOWN else told


def _part_before_its_lines(report: Any, part: Any, found: Any, **more: Any) -> Any:
    more["reports"].part_read(report.report_id, part.number, Counts(), more["cause"])
    return READ_PART(report, part, found, **more)


READ_PART = payments.application.ingest_report.read_part


def _net_instead_of_gross(line: Any) -> Any:
    return LINE_POSTINGS(_replace(line, gross=line.net, fees=()))


def _settled_by_the_net(payment: Any, line: Any) -> Any:
    return LINE_SETTLED(payment, _replace(line, gross=line.net))


def _settled_by_any_line(payment: Any, line: Any) -> Any:
    return LINE_SETTLED(payment, _replace(line, reference=f"{line.payment_id}-capture-1"))


def _payouts_ignored(line: Any) -> Any:
    return () if line.kind == "payout" else LINE_POSTINGS(line)


def _refund_booked_again(line: Any) -> Any:
    if line.kind == "refund":
        return found_at_provider(line.net)
    return LINE_POSTINGS(line)


LINE_SETTLED = payments.domain.settling.line_settled
INGEST = "payments.application.ingest_report"
REACT = "payments.application.reactions"
SETTLE = "accounting.domain.settled_lines"
PLANTED: dict[str, tuple[str, str, Callable[..., Any]]] = {
    "a line is known by its report": (INGEST, "settled", _line_id_of_the_report),
    "a line is known by its row": (INGEST, "settled", _line_id_of_the_row),
    "a known line is taken for a twin": (
        "payments.infrastructure.dynamodb_reports.DynamoDbReports",
        "tell",
        _known_told_as_twin,
    ),
    "a contradiction is not raised": (
        "payments.infrastructure.dynamodb_reports",
        "difference",
        lambda *_: "",
    ),
    "a part counts as read before its lines are": (
        "payments.api.settlement",
        "read_part",
        _part_before_its_lines,
    ),
    "the receivable is cleared by the net": (SETTLE, "line_postings", _net_instead_of_gross),
    "payouts are not booked": (SETTLE, "line_postings", _payouts_ignored),
    "a refund is booked by its line, too": (SETTLE, "line_postings", _refund_booked_again),
    "a payment is settled by the net": (REACT, "line_settled", _settled_by_the_net),
    "whatever is settled, the capture is": (REACT, "line_settled", _settled_by_any_line),
}


@pytest.mark.parametrize("bug", PLANTED)
def test_a_planted_bug_is_found(bug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    place, name, broken = PLANTED[bug]
    monkeypatch.setattr(f"{place}.{name}", broken)
    for seed in range(20):
        if settle_up(seed).findings:
            return
    pytest.fail(f"{bug}: not found by 20 seeds")
