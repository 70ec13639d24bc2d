"""The routes by which people write in the books: entries, reversals, holds, approvals, closes."""

from aws_lambda_powertools.event_handler import Response

from accounting import wiring
from accounting.api.app import app
from accounting.api.requests import (
    ApprovalRequest,
    EntriesRequest,
    PeriodRequest,
    ResolutionRequest,
    ReversalRequest,
)
from accounting.api.writing_views import PeriodsView, SubmittedView, submitted_view
from accounting.application.by_hand import (
    Submitted,
    approve,
    close_period,
    resolve,
    reverse,
    submit,
)
from shared.contracts.envelope import Cause
from shared.moments import timestamp
from shared.rest.app import ok
from shared.rest.requests import checked


@app.routes.post("/journal-entries")
def post_journal_entries() -> Response[str]:
    app.caller.require("ledger:write")
    cause = _cause()
    body = app.body()
    request = checked(EntriesRequest, body)
    by = request.by(app.caller.principal)

    def action() -> SubmittedView:
        drafts = [each.draft() for each in request.entries]
        done = submit(drafts, by, journal=wiring.journal(), cause=cause)
        return submitted_view(done)

    return app.once(status=202, body=body, action=action)


@app.routes.post("/journal-entries/<entry_id>/reversal")
def post_reversal(entry_id: str) -> Response[str]:
    app.caller.require("ledger:write")
    cause = _cause()
    body = app.body()
    request = checked(ReversalRequest, body)

    def action() -> SubmittedView:
        done = reverse(
            entry_id,
            request.by(app.caller.principal),
            effective_at=request.effective_at,
            journal=wiring.journal(),
            cause=cause,
        )
        return submitted_view(done)

    return app.once(status=202, body=body, action=action)


@app.routes.post("/journal-entries/<entry_id>/resolution")
def post_resolution(entry_id: str) -> Response[str]:
    app.caller.require("ledger:write")
    cause = _cause()
    body = app.body()
    request = checked(ResolutionRequest, body)

    def action() -> SubmittedView:
        part = request.postings
        entry = resolve(
            entry_id,
            request.by(app.caller.principal),
            postings=None if part is None else tuple(each.posting() for each in part),
            void=request.outcome == "void",
            journal=wiring.journal(),
            cause=cause,
        )
        return submitted_view(Submitted(entry_ids=(entry.entry_id,)))

    return app.once(status=202, body=body, action=action)


@app.routes.post("/proposals/<proposal_id>/approval")
def post_approval(proposal_id: str) -> Response[str]:
    app.caller.require("ledger:write")
    cause = _cause()
    body = app.body()
    request = checked(ApprovalRequest, body)
    approver = request.by(app.caller.principal)

    def action() -> SubmittedView:
        done = approve(proposal_id, approver=approver, journal=wiring.journal(), cause=cause)
        return submitted_view(done)

    return app.once(status=202, body=body, action=action)


@app.routes.get("/periods")
def get_periods() -> Response[str]:
    app.caller.require("ledger:read")
    closed = wiring.journal().periods().closed_through
    shown: PeriodsView = {
        "closed_through": None if closed is None else closed.isoformat(),
        "final_at": None,
    }
    return ok(shown)


@app.routes.post("/periods")
def post_period() -> Response[str]:
    app.caller.require("ledger:write")
    cause = _cause()
    body = app.body()
    request = checked(PeriodRequest, body)

    def action() -> PeriodsView:
        final_at = close_period(
            request.through, request.by(app.caller.principal), journal=wiring.journal(), cause=cause
        )
        return {
            "closed_through": request.through.isoformat(),
            "final_at": timestamp(final_at),
        }

    return app.once(status=202, body=body, action=action)


def _cause() -> Cause:
    """The request as a cause: the same key of the same caller on the same path is the same."""
    key = f"{app.idempotency_key()} {app.event.path}"
    return app.caller.cause(app.caller.request_id(key))
