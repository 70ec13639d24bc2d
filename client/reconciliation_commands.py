"""What each command of the reconciliation does: run, look, report, resolve."""

from argparse import Namespace
from datetime import UTC, date, datetime
from typing import Any

from accounting.domain.exports import ExportMalformed, reconcile_exports
from accounting.domain.matching import NotSorted
from accounting.domain.provider_rules import rules_of
from accounting.domain.reconciliation import EXPLAINED as PLAIN
from accounting.domain.reconciliation import Item
from client import reconciliation_render, reconciliation_report
from client.reconciliation_api import SETTLED, ReconciliationApi, Run
from client.showing import FAILED, OK, Misused, idempotency_key, patience, show, telling
from client.watch import until

EXPLAINED = frozenset({"matched", "split", "grouped", "timing", "fee_only", "expected"})
"""The classes that ask nothing of anybody."""


def run_reconciliation(api: ReconciliationApi, arguments: Namespace) -> int:
    """Reconcile a provider through a day; with --watch, 0 only when nothing is unexplained."""
    day = arguments.date or datetime.now(UTC).date().isoformat()
    key = idempotency_key(arguments)
    run = api.reconcile(arguments.provider, day, idempotency_key=key).body
    return _show_run(api, arguments, run)


def show_reconciliation(api: ReconciliationApi, arguments: Namespace) -> int:
    """Show a run with its totals and payouts, or the items of one class."""
    run = api.reconciliation(arguments.reconciliation_id)
    if not arguments.kind:
        return _show_run(api, arguments, run)
    items = api.reconciliation_items(arguments.reconciliation_id, arguments.kind)
    return show(arguments, {"data": items}, lambda: reconciliation_render.items(items))


def list_open_items(api: ReconciliationApi, arguments: Namespace) -> int:
    """List what waits for its line or for an explanation, oldest first."""
    found = api.open_items(arguments.provider)
    return show(arguments, {"data": found}, lambda: reconciliation_render.open_items(found))


def report_reconciliation(api: ReconciliationApi, arguments: Namespace) -> int:
    """Write a run as HTML (and CSV, one row an operation or line) for people who close the day."""
    run = api.reconciliation(arguments.reconciliation_id)
    items = api.reconciliation_items(arguments.reconciliation_id, None)
    waiting = api.open_items(run["provider"])
    written = {}
    if arguments.html:
        arguments.html.write_text(reconciliation_report.html(run, items, waiting))
        written["html"] = str(arguments.html)
    if arguments.csv:
        arguments.csv.write_text(reconciliation_report.csv(items))
        written["csv"] = str(arguments.csv)
    return show(arguments, written, lambda: reconciliation_render.files(written))


def reconcile_files(arguments: Namespace) -> int:
    """Reconcile two CSV files, sorted by payment, without the platform; 0 if all is explained.

    The same matching and rules as the platform's: what would it say of these?
    """
    items: list[dict[str, Any]] = []

    def found(item: Item) -> None:
        if item.kind not in PLAIN:
            items.append(_told(item))

    try:
        as_of = date.fromisoformat(arguments.date) if arguments.date else datetime.now(UTC).date()
        with arguments.operations.open() as operations, arguments.lines.open() as lines:
            outcome = reconcile_exports(
                operations, lines, rules=rules_of(arguments.provider), as_of=as_of, found=found
            )
    except (OSError, ExportMalformed, NotSorted, ValueError) as error:
        raise Misused(str(error)) from error
    totals = {
        kind.value: {"operations": each.operations, "lines": each.lines}
        for kind, each in sorted(outcome.totals.items())
    }
    show(
        arguments,
        {"totals": totals, "items": items},
        lambda: reconciliation_render.of_files(totals, items),
    )
    return OK if EXPLAINED.issuperset(totals) else FAILED


def _told(item: Item) -> dict[str, Any]:
    return {
        "class": item.kind.value,
        "payment_id": item.payment_id or None,
        "operations": [each.operation_id for each in item.operations],
        "lines": [line.line_id for line in item.lines],
        "residual": item.residual,
    }


def resolve_item(api: ReconciliationApi, arguments: Namespace) -> int:
    """Explain an item by an account; a large one waits for a second person who says the same."""
    done = api.resolve_item(
        arguments.item_id,
        account=arguments.account,
        actor=arguments.actor,
        reason=arguments.reason,
        idempotency_key=idempotency_key(arguments),
    ).body
    return show(arguments, done, lambda: reconciliation_render.resolved(done))


def _show_run(api: ReconciliationApi, arguments: Namespace, run: Run) -> int:
    """Show the run, after a wait if asked; success is that nothing is left to explain."""
    if not arguments.watch:
        return show(arguments, run, lambda: reconciliation_render.run(run))
    look = telling(
        lambda: api.reconciliation(run["reconciliation_id"]),
        lambda seen: f"{seen['stage']}: {seen['looked_at']} payments looked at",
    )
    rested = until(look, lambda seen: seen["status"] == SETTLED, patience(arguments))
    show(arguments, rested, lambda: reconciliation_render.run(rested))
    return OK if is_explained(rested) else FAILED


def is_explained(run: Run) -> bool:
    """Whether every class of a run asks nothing of anybody, and every payout is explained."""
    payouts = all(payout["state"] != "unexplained" for payout in run["payouts"])
    return payouts and EXPLAINED.issuperset(run["totals"])
