"""The accounting routes of the REST API."""

from datetime import datetime
from typing import Any

from aws_lambda_powertools.event_handler import Response

from accounting import wiring
from accounting.api.views import entries_view, entry_view, trial_balance_view
from accounting.application.balance import balance_at
from shared import clock
from shared.errors.taxonomy import InputError, InvalidRequest, NotFound
from shared.money import UnknownCurrency, exponent
from shared.rest.app import RestApp, ok
from shared.rest.secret_access import api_keys

app = RestApp(api_keys=api_keys, guard=wiring.guard, clock=clock.now)


@app.routes.get("/journal-entries")
def get_journal_entries() -> Response[str]:
    app.caller.require("ledger:read")
    payment_id = app.event.query_string_parameters.get("payment_id", "")
    if not payment_id:
        raise _invalid("payment_id", "required")
    return ok(entries_view(wiring.journal().of_payment(payment_id)))


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
    parameters = app.event.query_string_parameters
    currency = parameters.get("currency", "")
    try:
        exponent(currency)
    except UnknownCurrency as error:
        raise _invalid("currency", str(error)) from None
    at = _moment(parameters.get("at"))
    return ok(trial_balance_view(balance_at(currency, at, journal=wiring.journal()), at))


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return app.on_request(event, context)


def _moment(text: str | None) -> datetime:
    """The moment asked for, or now; raises InvalidRequest."""
    if not text:
        return app.caller.now
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise _invalid("at", "not an RFC 3339 time") from None
    if moment.tzinfo is None:
        raise _invalid("at", "a time needs its offset from UTC")
    return moment


def _invalid(parameter: str, detail: str) -> InvalidRequest:
    return InvalidRequest(errors=(InputError(f"/{parameter}", detail),))
