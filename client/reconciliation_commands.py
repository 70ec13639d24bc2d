"""What each command of the reconciliation does: run, look, report, resolve."""

from argparse import Namespace
from datetime import UTC, datetime

from client import reconciliation_render, reconciliation_report
from client.reconciliation_api import SETTLED, ReconciliationApi, Run
from client.showing import FAILED, OK, idempotency_key, patience, show, telling
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
