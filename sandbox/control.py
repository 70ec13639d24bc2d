"""The `_control` API: how tests and the local platform steer the sandbox. Loopback, no key."""

from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from sandbox.acquirer import Refused
from sandbox.answers import Answer, Json, answer, charges_view, timestamp
from sandbox.api import Request
from sandbox.faults import Fault, FaultKind
from sandbox.parsing import only, text, whole
from sandbox.webhooks import Endpoint, signing_key

if TYPE_CHECKING:
    from sandbox.server import SandboxServer

ADVANCE_MAX_SECONDS = 366 * 24 * 3600
DELAY_MAX_MS = 60_000
TIMES_MAX = 1_000_000


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


def charges(server: "SandboxServer", _: Request) -> Answer:
    """What was truly authorized, captured, refunded and voided."""
    return answer(200, charges_view(server.world.processing.payments()))


def post_reset(server: "SandboxServer", _: Request) -> Answer:
    """Forget payments, keys, faults, waiting webhooks and the advance; keep the endpoint."""
    server.reset()
    return answer(200, {})


def _is_http(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _view(fault: Fault) -> Json:
    view: Json = {"kind": fault.kind, "rate": fault.rate, "times": fault.times}
    return view | {"delay_ms": fault.delay_ms} if fault.kind is FaultKind.SLOW else view
