"""The accounting routes of the REST API that read the books; the others are in `writing`."""

from typing import Any

from aws_lambda_powertools.event_handler import Response

from accounting import wiring
from accounting.api import proving, reconciling, writing
from accounting.api.app import app
from accounting.api.requests import invalid, known_currency, moment, number, one_of
from accounting.api.views import (
    balance_view,
    chart_view,
    entries_view,
    entry_view,
    statement_view,
    trial_balance_view,
)
from accounting.application.balance import (
    Standing,
    booked_until,
    current,
    effective_until,
    folded,
    statement,
)
from accounting.domain.chart_of_accounts import CHART, Account
from shared.contracts.codec import timestamp
from shared.errors.taxonomy import NotFound
from shared.rest.app import ok

__all__ = ["app", "handler", "proving", "reconciling", "writing"]

CONSISTENCIES = ("folded", "current")
PAGE_MAX = 100
GENESIS = "1970-01-01T00:00:00Z"


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
    shown = statement(
        code,
        currency,
        since=moment("from", _asked("from") or GENESIS),
        until=moment("to", _asked("to")) if _asked("to") else app.caller.now,
        journal=wiring.journal(),
    )
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
    at = moment("at", _asked("at")) if _asked("at") else app.caller.now
    return ok(trial_balance_view(_standing(), currency, at=timestamp(at)))


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
    asked = [name for name in ("at", "effective_at", "consistency") if _asked(name)]
    if len(asked) > 1:
        raise invalid(asked[1], f"not together with {asked[0]}")
    if _asked("at"):
        return booked_until(moment("at", _asked("at")), journal=wiring.journal())
    if _asked("effective_at"):
        return effective_until(
            moment("effective_at", _asked("effective_at")), journal=wiring.journal()
        )
    wanted = one_of("consistency", _asked("consistency") or CONSISTENCIES[0], CONSISTENCIES)
    return folded(folds=wiring.folds()) if wanted == "folded" else current(journal=wiring.journal())


def _entries_of_account(code: str) -> Response[str]:
    """A page of the entries on an account, by booking time."""
    since = moment("from", _asked("from")) if _asked("from") else None
    until = moment("to", _asked("to")) if _asked("to") else app.caller.now
    limit = number("limit", _asked("limit") or str(PAGE_MAX), most=PAGE_MAX)
    found = sorted(
        (timestamp(entry.booked_at) + "|" + entry.entry_id, entry.entry_id)
        for entry in wiring.journal().entries()
        if (since is None or entry.booked_at >= since) and entry.booked_at < until
        if any(p.account.code == code for p in (*entry.postings, *entry.held, *entry.released))
    )
    left = [each for each in found if each[0] > _asked("cursor")]
    page = left[: max(limit, 1)]
    booked = [wiring.journal().booked(entry_id) for _, entry_id in page]
    cursor = page[-1][0] if len(page) < len(left) else None
    return ok(entries_view([each for each in booked if each is not None], cursor))
