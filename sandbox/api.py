"""The merchant's API: each POST is executed once a key, whatever happens to the line."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

from sandbox import answers
from sandbox.answers import Answer
from sandbox.faults import FaultKind
from sandbox.idempotency import fingerprint_of
from sandbox.parsing import (
    parse_authorization,
    parse_change,
    parse_evidence,
    parse_idempotency_key,
    parse_object,
)
from sandbox.payment import HeldUp, Kind, Operation, Refused, Status
from sandbox.tokens import TOKENS, Behaviour, Reply
from sandbox.world import World

CHANGE_KINDS = {"captures": Kind.CAPTURE, "voids": Kind.VOID, "refunds": Kind.REFUND}


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    body: bytes

    @cached_property
    def fields(self) -> Mapping[str, object]:
        """The body's JSON object; Refused `invalid_request` when it is none."""
        return parse_object(self.body)


def post_payment(world: World, request: Request) -> Answer | None:
    """`POST /v1/payments`: authorize. None means that the line is dropped."""
    token, ask = parse_authorization(request.fields)
    return _once(
        world,
        request,
        behaviour=lambda: TOKENS[token],
        carry_out=lambda: world.processing.authorize(token, ask),
    )


def post_change(
    world: World, request: Request, *, payment_id: str, collection: str
) -> Answer | None:
    """`POST /v1/payments/{id}/captures|voids|refunds`. None means that the line is dropped."""
    kind = CHANGE_KINDS[collection]
    ask = parse_change(kind, request.fields)
    return _once(
        world,
        request,
        behaviour=lambda: world.processing.behaviour_of(payment_id),
        carry_out=lambda: world.processing.change(kind, payment_id, ask),
    )


def post_evidence(world: World, request: Request, dispute_id: str) -> Answer | None:
    """`POST /v1/disputes/{id}/evidence`. None means that the line is dropped."""
    evidence = parse_evidence(request.fields)
    return _once(
        world,
        request,
        behaviour=lambda: world.processing.behaviour_of(
            world.processing.disputed_payment(dispute_id)
        ),
        carry_out=lambda: world.processing.hear(dispute_id, evidence),
    )


def get_operations(world: World, request: Request) -> Answer:
    """`GET /v1/operations?reference=`: the truth, whatever was answered before."""
    return answers.listed(world.processing.operations(_reference(request)))


def get_disputes(world: World, request: Request) -> Answer:
    """`GET /v1/disputes?reference=`: those of the payments authorized under the reference."""
    return answers.listed(world.processing.disputes(_reference(request)))


def _reference(request: Request) -> str:
    references = request.query.get("reference", [])
    if len(references) != 1 or not references[0].strip():
        raise Refused("invalid_request", "Give one `reference`.")
    return references[0]


def _once(
    world: World,
    request: Request,
    *,
    behaviour: Callable[[], Behaviour],
    carry_out: Callable[[], Operation],
) -> Answer | None:
    key = parse_idempotency_key(request.headers.get("Idempotency-Key"))
    fingerprint = fingerprint_of(request.method, request.path, request.fields)
    if world.faults.strike(FaultKind.RATE_LIMITED):
        return answers.error("rate_limited", "Too many requests.")
    if world.faults.strike(FaultKind.TIMEOUT_BEFORE):
        return None
    stored = world.keys.claim(key, fingerprint, world.clock.now())
    if stored is not None:
        answer: Answer | None = answers.replayed(stored)
    else:
        try:
            answer = _execute(world, key, behaviour(), carry_out)
        finally:
            world.keys.release(key)
    return None if world.faults.strike(FaultKind.TIMEOUT_AFTER) else answer


def _execute(
    world: World, key: str, behaviour: Behaviour, carry_out: Callable[[], Operation]
) -> Answer | None:
    """Only what was executed, and a server error, is kept under the key."""
    if (slow := world.faults.strike(FaultKind.SLOW)) is not None:
        time.sleep(slow.delay_ms / 1000)
    if behaviour.reply is Reply.LOST_BEFORE:
        return None
    if behaviour.reply is Reply.SERVER_ERROR or world.faults.strike(FaultKind.SERVER_ERROR):
        answer = answers.error("server_error", "Something went wrong on our side.")
    else:
        try:
            answer = _heard(carry_out(), behaviour)
        except HeldUp:
            return None
    world.keys.complete(key, answer)
    return None if behaviour.reply is Reply.LOST_AFTER else answer


def _heard(operation: Operation, behaviour: Behaviour) -> Answer:
    if operation.status is Status.DECLINED:
        return answers.declined(operation)
    if behaviour.reply is Reply.PENDING:
        return answers.accepted(answers.as_if_pending(operation))
    return answers.accepted(operation)
