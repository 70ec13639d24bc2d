"""The routes of the reconciliation: ask for a run, see what it found, resolve an item by hand."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice

from aws_lambda_powertools.event_handler import Response

from accounting import wiring
from accounting.api.app import app
from accounting.api.reconciliation_views import (
    ItemsView,
    OpenItemsView,
    OpenItemView,
    ResolvedItemView,
    RunView,
    item_view,
    open_item_view,
    resolved_view,
    run_view,
)
from accounting.api.requests import (
    ItemResolutionRequest,
    ReconciliationRequest,
    invalid,
    number,
    one_of,
)
from accounting.application.reconcile import request_reconciliation
from accounting.application.resolve_item import resolve
from accounting.domain.provider_rules import RULES, rules_of
from accounting.domain.reconciliation import Class
from accounting.domain.reconciliation_run import Run
from accounting.domain.settlement_record import Resolution
from shared.contracts.envelope import Cause
from shared.errors.taxonomy import NotFound
from shared.rest.app import ok
from shared.rest.requests import checked

PAGE = 50
PAGE_MAX = 100


@app.routes.post("/reconciliations")
def post_reconciliation() -> Response[str]:
    app.caller.require("recon:write")
    cause = _cause()
    body = app.body()
    request = checked(ReconciliationRequest, body)
    provider = _provider(request.provider)
    if request.date > cause.now.date():
        raise invalid("date", "this day has not begun")

    def action() -> RunView:
        run = request_reconciliation(
            provider,
            request.date,
            requested_by=app.caller.principal.name,
            records=wiring.records(),
            cause=cause,
        )
        return run_view(run)

    return app.once(status=202, body=body, action=action)


@app.routes.get("/reconciliations/<reconciliation_id>")
def get_reconciliation(reconciliation_id: str) -> Response[str]:
    app.caller.require("recon:read")
    return ok(run_view(_run(reconciliation_id)))


@app.routes.get("/reconciliations/<reconciliation_id>/items")
def get_items(reconciliation_id: str) -> Response[str]:
    app.caller.require("recon:read")
    run = _run(reconciliation_id)
    kind = _asked("class")
    wanted = Class(one_of("class", kind, Class)) if kind else None
    found = wiring.records().items_after(run.reconciliation_id, wanted, after=_asked("cursor"))
    page = list(islice(found, _limit() + 1))
    shown = page[: _limit()]
    view: ItemsView = {
        "data": [item_view(place.split("#")[0], item, run) for place, item in shown],
        "next_cursor": shown[-1][0] if len(page) > len(shown) else None,
    }
    return ok(view)


@app.routes.get("/reconciliation-items")
def get_open_items() -> Response[str]:
    """What waits for an explanation, oldest first."""
    app.caller.require("recon:read")
    provider = _provider(_asked("provider"))
    found = _open(provider, app.caller.now.date(), after=_asked("cursor"))
    page = list(islice(found, _limit() + 1))
    shown = page[: _limit()]
    view: OpenItemsView = {
        "data": [item for _, item in shown],
        "next_cursor": shown[-1][0] if len(page) > len(shown) else None,
    }
    return ok(view)


@app.routes.post("/reconciliation-items/<item_id>/resolution")
def post_item_resolution(item_id: str) -> Response[str]:
    app.caller.require("recon:write")
    cause = _cause()
    body = app.body()
    request = checked(ItemResolutionRequest, body)
    resolution = Resolution(account=request.account, by=request.by(app.caller.principal))

    def action() -> ResolvedItemView:
        done = resolve(
            item_id,
            resolution,
            journal=wiring.journal(),
            records=wiring.records(),
            cause=cause,
        )
        return resolved_view(item_id, done)

    return app.once(status=202, body=body, action=action)


def _open(provider: str, today: date, *, after: str) -> Iterator[tuple[str, OpenItemView]]:
    rules = rules_of(provider)
    due = timedelta(days=rules.settled_within_days + rules.explained_within_days)
    for place, record_id in wiring.records().open_records(provider, after=""):
        record = wiring.records().find(record_id)
        if record is None:
            continue
        for standing in record.standing:
            cursor = f"{place}~{standing.item_id}"
            if standing.is_open and cursor > after:
                yield cursor, open_item_view(record, standing, rules=rules, today=today, due=due)


def _provider(name: str) -> str:
    """One that rules are declared for, or that the books know; raises InvalidRequest."""
    if name in RULES:
        return name
    if not name:
        raise invalid("provider", "whose it is")
    return one_of("provider", name, sorted({*RULES, *wiring.providers().known()}))


def _cause() -> Cause:
    """The request as a cause: the same key of the same caller is the same request."""
    return app.caller.cause(app.caller.request_id(app.idempotency_key()))


def _run(reconciliation_id: str) -> Run:
    run = wiring.records().run(reconciliation_id)
    if run is None:
        raise NotFound("no such reconciliation")
    return run


def _asked(name: str) -> str:
    return app.event.query_string_parameters.get(name, "")


def _limit() -> int:
    return number("limit", _asked("limit") or str(PAGE), most=PAGE_MAX) or 1
