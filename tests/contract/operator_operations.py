"""The operators' part of the REST API: what the code alone cannot say of its routes."""

from collections.abc import Mapping

from shared.errors.taxonomy import InvalidRequest, NotFound
from shared.operations.dead_letters import Status
from shared.operations.errors import (
    DeadLetterClosed,
    DeadLetterRedriven,
    NotRedrivable,
    QueueBusy,
    ReplayOver,
    TooOldToRepeat,
)
from shared.operations.requests import DecisionRequest, ReplayRequest
from shared.operations.views import DeadLettersView, DeadLetterView, InspectedView, ReplayView
from shared.rest.pages import LIMIT_DEFAULT, LIMIT_MAX
from tests.contract import operator_samples as samples
from tests.contract.description import Body, Operation, Query
from tests.contract.services import Route

SCOPE = "payments:operate"
PAGE = {
    "limit": Query(
        description=f"How many a page has at most, from 1 to {LIMIT_MAX}.",
        schema={"type": "string", "pattern": "^[0-9]{1,3}$", "default": str(LIMIT_DEFAULT)},
        example="50",
        required=False,
    ),
    "cursor": Query(
        description="`next_cursor` of the page before.",
        schema={"type": "string"},
        example=samples.CURSOR,
        required=False,
    ),
}
OPERATORS: Mapping[Route, Operation] = {
    ("GET", "/operations/{service}/dead-letters"): Operation(
        id="listDeadLetters",
        summary="What a service's consumers gave up, the oldest first, each with its reason.",
        scope=SCOPE,
        view=DeadLettersView,
        examples={"one": samples.DEAD_LETTERS},
        query={
            "status": Query(
                description="Those in this status.",
                schema={"enum": [status.value for status in Status], "default": "open"},
                example="open",
                required=False,
            ),
            "queue": Query(
                description="Those of this inbox (events, commands) or stream (relay, fold).",
                schema={"type": "string"},
                example="events",
                required=False,
            ),
            **PAGE,
        },
        failures=(InvalidRequest, NotFound),
    ),
    ("GET", "/operations/{service}/dead-letters/{dead_letter_id}"): Operation(
        id="getDeadLetter",
        summary="A dead letter with its body and what was said of its last attempts.",
        scope=SCOPE,
        view=InspectedView,
        examples={"refused": samples.INSPECTED},
        failures=(NotFound,),
    ),
    ("POST", "/operations/{service}/dead-letters/{dead_letter_id}/redrive"): Operation(
        id="redriveDeadLetter",
        summary="Send it to its consumer again, as it was; it takes effect once.",
        scope=SCOPE,
        status=202,
        body=Body(shape=DecisionRequest, required=True, examples={"mended": samples.DECISION}),
        view=DeadLetterView,
        examples={"redriven": samples.REDRIVEN},
        failures=(
            InvalidRequest,
            NotFound,
            DeadLetterRedriven,
            DeadLetterClosed,
            NotRedrivable,
            TooOldToRepeat,
            QueueBusy,
        ),
    ),
    ("POST", "/operations/{service}/dead-letters/{dead_letter_id}/close"): Operation(
        id="closeDeadLetter",
        summary="Decide that it is never sent again.",
        scope=SCOPE,
        body=Body(shape=DecisionRequest, required=True, examples={"a_forgery": samples.CLOSING}),
        view=DeadLetterView,
        examples={"closed": samples.CLOSED},
        failures=(InvalidRequest, NotFound, DeadLetterRedriven, DeadLetterClosed),
    ),
    ("POST", "/operations/{service}/replays"): Operation(
        id="startReplay",
        summary="Publish a span of a service's messages once more, in the background.",
        scope=SCOPE,
        status=202,
        body=Body(
            shape=ReplayRequest,
            required=True,
            examples={"captures_of_a_day": samples.REPLAY_REQUEST, "all_since": samples.REPLAY_ALL},
        ),
        view=ReplayView,
        examples={"running": samples.REPLAY},
        failures=(InvalidRequest, NotFound, TooOldToRepeat),
    ),
    ("GET", "/operations/{service}/replays/{replay_id}"): Operation(
        id="getReplay",
        summary="How far a replay has come.",
        scope=SCOPE,
        view=ReplayView,
        examples={"done": samples.REPLAYED},
        failures=(NotFound,),
    ),
    ("POST", "/operations/{service}/replays/{replay_id}/stop"): Operation(
        id="stopReplay",
        summary="Leave a replay where it is.",
        scope=SCOPE,
        body=Body(shape=DecisionRequest, required=True, examples={"too_much": samples.STOPPING}),
        view=ReplayView,
        examples={"stopped": samples.STOPPED},
        failures=(InvalidRequest, NotFound, ReplayOver),
    ),
}
