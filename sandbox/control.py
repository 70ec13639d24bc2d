"""The `_control` API: how tests and the local platform steer the sandbox. Loopback, no key."""

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from sandbox.answers import Answer, Json, accepted, answer, charges_view, operation_view, timestamp
from sandbox.api import Request
from sandbox.faults import Fault, FaultKind
from sandbox.parsing import amount, only, text, whole
from sandbox.payment import Refused, Status
from sandbox.processing import FRAUDULENT
from sandbox.webhooks import Endpoint, signing_key
from sandbox.world import World

if TYPE_CHECKING:
    from sandbox.server import SandboxServer

ADVANCE_MAX_SECONDS = 366 * 24 * 3600
DELAY_MAX_MS = 60_000
TIMES_MAX = 1_000_000
OUTCOMES = {"won": Status.WON, "lost": Status.LOST}


def post_webhooks(server: "SandboxServer", request: Request) -> Answer:
    """`{"url", "secret"}`: the one endpoint that gets the webhooks; a second call replaces it."""
    only(request.fields, {"url", "secret"})
    url = request.fields.get("url")
    if not isinstance(url, str) or not _is_http(url):
        raise Refused("invalid_request", "`url` must be an http or https address.")
    key = signing_key(text(request.fields, "secret"))
    server.world.postman.endpoint = Endpoint(url, key)
    return answer(200, {"url": url})


def post_faults(server: "SandboxServer", request: Request) -> Answer:
    """`{"kind", "rate", "times", "delay_ms"}`; the answer lists the faults now set."""
    fields = request.fields
    only(fields, {"kind", "rate", "times", "delay_ms"})
    kind = fields.get("kind")
    if not isinstance(kind, str) or kind not in set(FaultKind):
        raise Refused("invalid_request", f"`kind` must be one of: {', '.join(FaultKind)}.")
    rate = fields.get("rate", 1)
    if not isinstance(rate, int | float) or isinstance(rate, bool) or not 0 <= rate <= 1:
        raise Refused("invalid_request", "`rate` must be a number from 0 to 1.")
    unlimited = fields.get("times") is None
    fault = Fault(
        FaultKind(kind),
        rate=float(rate),
        times=None if unlimited else whole(fields, "times", least=0, most=TIMES_MAX),
    )
    if "delay_ms" in fields:
        delay_ms = whole(fields, "delay_ms", least=0, most=DELAY_MAX_MS)
        fault = Fault(fault.kind, fault.rate, fault.times, delay_ms)
    server.world.faults.set(fault)
    return answer(200, {"faults": [_view(one) for one in server.world.faults.active().values()]})


def post_clock(server: "SandboxServer", request: Request) -> Answer:
    """`{"advance_seconds"}`: what falls due by it has happened when this answers."""
    only(request.fields, {"advance_seconds"})
    seconds = whole(request.fields, "advance_seconds", least=0, most=ADVANCE_MAX_SECONDS)
    world = server.world
    world.clock.advance(timedelta(seconds=seconds))
    world.agenda.run_due()
    return answer(200, {"now": timestamp(world.clock.now())})


def post_disputes(server: "SandboxServer", request: Request) -> Answer:
    """`{"payment" or "reference", "amount", "reason"}` opens; `{"dispute", "outcome"}` ends one."""
    if "dispute" in request.fields:
        return _end_dispute(server.world, request.fields)
    return _open_dispute(server.world, request.fields)


def post_late(server: "SandboxServer", request: Request) -> Answer:
    """`{"reference"}`: a capture that was held up takes effect now."""
    only(request.fields, {"reference"})
    return accepted(server.world.processing.come_late(text(request.fields, "reference")))


def charges(server: "SandboxServer", _: Request) -> Answer:
    """What was truly authorized and what became of it."""
    return answer(200, charges_view(server.world.processing.payments()))


def post_reset(server: "SandboxServer", _: Request) -> Answer:
    """Forget payments, keys, faults, waiting webhooks and the advance; keep the endpoint."""
    server.reset()
    return answer(200, {})


def _open_dispute(world: World, fields: Mapping[str, object]) -> Answer:
    only(fields, {"payment", "reference", "amount", "reason"})
    if ("payment" in fields) is ("reference" in fields):
        raise Refused("invalid_request", "Give either `payment` or `reference`.")
    if "payment" in fields:
        payment_id = text(fields, "payment")
    else:
        payment_id = world.processing.payment_under(text(fields, "reference"))
    dispute = world.processing.open_dispute(
        payment_id,
        amount=amount(fields) if "amount" in fields else None,
        reason=text(fields, "reason") if "reason" in fields else FRAUDULENT,
    )
    return accepted(dispute)


def _end_dispute(world: World, fields: Mapping[str, object]) -> Answer:
    only(fields, {"dispute", "outcome"})
    outcome = OUTCOMES.get(text(fields, "outcome"))
    if outcome is None:
        raise Refused("invalid_request", f"`outcome` must be one of: {', '.join(OUTCOMES)}.")
    dispute = world.processing.end_dispute(text(fields, "dispute"), outcome)
    return answer(200, operation_view(dispute))


def _is_http(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _view(fault: Fault) -> Json:
    view: Json = {"kind": fault.kind, "rate": fault.rate, "times": fault.times}
    return view | {"delay_ms": fault.delay_ms} if fault.kind is FaultKind.SLOW else view
