"""The accounting routes of the REST API that read the books; the others are in `writing`."""

from typing import Any

from aws_lambda_powertools.event_handler import Response

from accounting import wiring
from accounting.api import proving, reconciling, writing
from accounting.api.app import app
from accounting.api.requests import (
    cursor_of,
    entry_ids,
    invalid,
    known_currency,
    moment,
    number,
    one_of,
    place,
)
from accounting.api.statement_views import statement_view
from accounting.api.views import (
    balance_view,
    chart_view,
    entries_view,
    entry_view,
    trial_balance_view,
)
from accounting.application.balance import (
    Standing,
    booked_until,
    current,
    folded,
    including,
)
from accounting.application.effective import effective_until
from accounting.application.statement import Span, entries_on, span, statement
from accounting.domain.chart_of_accounts import CHART, Account
from accounting.infrastructure.dynamodb_journal import Booked
from shared.errors.taxonomy import NotFound
from shared.moments import timestamp
from shared.rest.app import ok

__all__ = ["app", "handler", "proving", "reconciling", "writing"]

CONSISTENCIES = ("folded", "current")
POINTS = ("at", "effective_at", "including", "consistency")
"""A balance is asked for one of them."""
PAGE_MAX = 100


@app.routes.get("/accounts")
def get_accounts() -> Response[str]:
    app.caller.require("ledger:read")
    return ok(chart_view())


@app.routes.get("/accounts/<code>/balance")
def get_balance(code: str) -> Response[str]:
    app.caller.require("ledger:read")
    currency = known_currency(_asked("currency"))
    account = _account(code)
    return ok(balance_view(_standing(), account, currency))


@app.routes.get("/accounts/<code>/statement")
def get_statement(code: str) -> Response[str]:
    app.caller.require("ledger:read")
    currency = known_currency(_asked("currency"))
    account = _account(code)
    shown = statement(code, currency, _span(), folds=wiring.folds(), journal=wiring.journal())
    return ok(statement_view(shown, account, currency))


@app.routes.get("/journal-entries")
def get_journal_entries() -> Response[str]:
    app.caller.require("ledger:read")
    journal = wiring.journal()
    listings = {
        "payment_id": journal.of_payment,
        "order_id": journal.of_order,
        "payout_id": journal.of_payout,
    }
    for name, listed in listings.items():
        if _asked(name):
            return ok(entries_view(listed(_asked(name))))
    if not _asked("account"):
        raise invalid("payment_id", "required, or order_id, payout_id or account")
    return _entries_of_account(_account(_asked("account")).code)


@app.routes.get("/journal-entries/<entry_id>")
def get_journal_entry(entry_id: str) -> Response[str]:
    app.caller.require("ledger:read")
    booked = wiring.journal().booked(entry_id)
    if booked is None:
        raise NotFound("no such journal entry")
    return ok(entry_view(booked))


@app.routes.get("/trial-balance")
def get_trial_balance() -> Response[str]:
    app.caller.require("ledger:read")
    currency = known_currency(_asked("currency"))
    standing = _standing()
    return ok(
        trial_balance_view(standing, currency, at=standing.point.at or timestamp(app.caller.now))
    )


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return app.on_request(event, context)


def _asked(name: str) -> str:
    return app.event.query_string_parameters.get(name, "")


def _account(code: str) -> Account:
    if code not in CHART:
        raise NotFound("no such account")
    return CHART[code]


def _standing() -> Standing:
    """The balances at the one point that the query asks for."""
    asked = [name for name in POINTS if _asked(name)]
    if len(asked) > 1:
        raise invalid(asked[1], f"not together with {asked[0]}")
    if _asked("at"):
        at = moment("at", _asked("at"))
        return booked_until(at, folds=wiring.folds(), journal=wiring.journal())
    if _asked("effective_at"):
        at = moment("effective_at", _asked("effective_at"))
        return effective_until(at, folds=wiring.folds(), journal=wiring.journal())
    if _asked("including"):
        ids = entry_ids("including", _asked("including"))
        return including(ids, folds=wiring.folds(), journal=wiring.journal())
    wanted = one_of("consistency", _asked("consistency") or CONSISTENCIES[0], CONSISTENCIES)
    return folded(folds=wiring.folds()) if wanted == "folded" else current(journal=wiring.journal())


def _entries_of_account(code: str) -> Response[str]:
    """A page of the entries on an account, in ledger time."""
    page = entries_on(code, _span(), folds=wiring.folds(), journal=wiring.journal())
    booked = [Booked(entry=entry, message=dict(chained.stored)) for chained, entry in page.entries]
    return ok(entries_view(booked, cursor_of(page.next_after)))


def _span() -> Span:
    """The part of ledger time, and of it the page, that the query asks for."""
    return span(
        since=moment("from", _asked("from")) if _asked("from") else None,
        before=moment("to", _asked("to")) if _asked("to") else app.caller.now,
        after=place("cursor", _asked("cursor")) if _asked("cursor") else None,
        limit=max(number("limit", _asked("limit") or str(PAGE_MAX), most=PAGE_MAX), 1),
    )
