"""Whether the platform does what it is for: asked from outside, as its callers would."""

import time
from collections.abc import Callable

import urllib3

from apphost.outputs import Outputs
from apphost.seeding import PROVIDER

TIMEOUT_SECONDS = 10.0
PAUSE_SECONDS = 0.1
UNKNOWN_ORDER = "ord_00000000000000000000000000"


class NotHealthy(Exception):
    """The platform did not become healthy in time; the message says what it answered last."""


def api(outputs: Outputs) -> str | None:
    """An authorised question about an order that is not there is answered with 404."""
    url = f"{outputs.api_url}/orders/{UNKNOWN_ORDER}"
    return _expect(404, "GET", url, {"Authorization": f"Bearer {outputs.api_keys['client']}"})


def webhooks(outputs: Outputs) -> str | None:
    """A notification that nobody signed is refused with 401."""
    return _expect(401, "POST", f"{outputs.webhook_url}/webhooks/{PROVIDER}", {})


def sandbox(outputs: Outputs) -> str | None:
    """The acquirer tells what it has taken."""
    return _expect(200, "GET", f"{outputs.sandbox_url}/_control/charges", {})


PROBES: dict[str, Callable[[Outputs], str | None]] = {
    "api": api,
    "webhooks": webhooks,
    "sandbox": sandbox,
}


def faults(outputs: Outputs) -> dict[str, str]:
    """What is wrong with each part that does not answer as it should; empty when healthy."""
    answers = {name: probe(outputs) for name, probe in PROBES.items()}
    return {name: fault for name, fault in answers.items() if fault is not None}


def wait_healthy(outputs: Outputs, *, timeout_seconds: float) -> None:
    """Raises NotHealthy."""
    ends = time.monotonic() + timeout_seconds
    while found := faults(outputs):
        if time.monotonic() >= ends:
            wrong = "; ".join(f"{name}: {fault}" for name, fault in found.items())
            raise NotHealthy(f"not healthy after {timeout_seconds:g} s: {wrong}")
        time.sleep(PAUSE_SECONDS)


def _expect(status: int, method: str, url: str, headers: dict[str, str]) -> str | None:
    try:
        answer = urllib3.request(
            method, url, headers=headers, timeout=TIMEOUT_SECONDS, retries=False
        )
    except urllib3.exceptions.HTTPError as error:
        return type(error).__name__
    return None if answer.status == status else f"HTTP {answer.status} instead of {status}"
