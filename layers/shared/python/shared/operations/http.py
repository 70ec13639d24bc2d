"""The routes of operators, the same for each service: its dead letters and its replays.

The gateway leads `/operations/<service>` to that service's own function.
"""

from collections.abc import Callable, Mapping
from typing import Any

from aws_lambda_powertools.event_handler import Response

from shared import clock
from shared.errors.taxonomy import NotFound
from shared.ids import derived
from shared.operations import wiring
from shared.operations.dead_letters import Decision, Status
from shared.operations.redrive import close_letter, redrive_letter
from shared.operations.replay import stop_replay
from shared.operations.replays import Replay, require_repeatable
from shared.operations.requests import DecisionRequest, ReplayRequest
from shared.operations.tasks import FIRST
from shared.operations.views import DeadLettersView, inspected_view, letter_view, replay_view
from shared.rest import pages
from shared.rest.app import RestApp, ok
from shared.rest.requests import checked
from shared.rest.secret_access import api_keys

SCOPE = "payments:operate"
LOOKED_AT_MAX = 500
"""How many dead letters one request reads, whatever it looks for."""

app = RestApp(api_keys=api_keys, guard=wiring.guard, clock=clock.now)


@app.routes.get("/operations/<service>/dead-letters")
def get_dead_letters(service: str) -> Response[str]:
    _admit(service)
    asked = app.event.query_string_parameters
    limit = pages.limit(asked.get("limit"))
    (after,) = pages.parts(asked["cursor"], number=1) if asked.get("cursor") else [FIRST]
    status, queue = _status(asked.get("status")), asked.get("queue")
    page: DeadLettersView = {"data": [], "next_cursor": None}
    for number, listed in enumerate(wiring.letters().listed(status, after=after), start=1):
        if queue in {None, "", listed.item.queue}:
            page["data"].append(letter_view(listed.item, service))
        if len(page["data"]) == limit or number == LOOKED_AT_MAX:
            page["next_cursor"] = pages.cursor(listed.place)
            break
    return ok(page)


@app.routes.get("/operations/<service>/dead-letters/<dead_letter_id>")
def get_dead_letter(service: str, dead_letter_id: str) -> Response[str]:
    _admit(service)
    return ok(inspected_view(wiring.letters().get(dead_letter_id), service))


@app.routes.post("/operations/<service>/dead-letters/<dead_letter_id>/redrive")
def post_redrive(service: str, dead_letter_id: str) -> Response[str]:
    return _decided(
        service,
        lambda decision: letter_view(
            redrive_letter(
                dead_letter_id, decision, letters=wiring.letters(), send=wiring.inboxes().send
            ),
            service,
        ),
        status=202,
    )


@app.routes.post("/operations/<service>/dead-letters/<dead_letter_id>/close")
def post_closing(service: str, dead_letter_id: str) -> Response[str]:
    return _decided(
        service,
        lambda decision: letter_view(
            close_letter(dead_letter_id, decision, letters=wiring.letters()), service
        ),
        status=200,
    )


@app.routes.post("/operations/<service>/replays")
def post_replay(service: str) -> Response[str]:
    app.caller.require(SCOPE)
    request_id = app.caller.request_id(app.idempotency_key())
    request = checked(ReplayRequest, app.body())
    _admit(service)
    span = request.span(app.caller.now)
    require_repeatable(span, app.caller.now)
    replay = Replay(
        replay_id=derived(f"rp_{service}", request_id),
        span=span,
        per_second=request.per_second,
        asked=_decision(request.reason, request_id),
    )
    return app.once(
        status=202,
        body=request.model_dump(mode="json", by_alias=True),
        action=lambda: replay_view(wiring.replays().start(replay), service),
    )


@app.routes.get("/operations/<service>/replays/<replay_id>")
def get_replay(service: str, replay_id: str) -> Response[str]:
    _admit(service)
    return ok(replay_view(wiring.replays().get(replay_id), service))


@app.routes.post("/operations/<service>/replays/<replay_id>/stop")
def post_stop(service: str, replay_id: str) -> Response[str]:
    return _decided(
        service,
        lambda decision: replay_view(
            stop_replay(replay_id, decision, replays=wiring.replays()), service
        ),
        status=200,
    )


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return app.on_request(event, context)


def _decided(
    service: str, decide: Callable[[Decision], Mapping[str, object]], *, status: int
) -> Response[str]:
    """Decide once for the caller's key, in the name of the key's owner."""
    app.caller.require(SCOPE)
    request_id = app.caller.request_id(app.idempotency_key())
    request = checked(DecisionRequest, app.body())
    _admit(service)
    decision = _decision(request.reason, request_id)
    return app.once(status=status, body=request.model_dump(), action=lambda: decide(decision))


def _decision(reason: str, request_id: str) -> Decision:
    return Decision(
        actor=app.caller.principal.name, reason=reason, request_id=request_id, at=app.caller.now
    )


def _admit(service: str) -> None:
    """The gateway leads elsewhere only by mistake: no service answers for another."""
    app.caller.require(SCOPE)
    if service != wiring.settings().powertools_service_name:
        raise NotFound("no such service here")


def _status(text: str | None) -> Status:
    if not text:
        return Status.OPEN
    if text not in set(Status):
        raise pages.invalid("status", f"one of {', '.join(Status)}")
    return Status(text)
