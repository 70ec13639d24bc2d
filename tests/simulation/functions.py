"""The functions of the platform, as they are deployed: their handlers, and what feeds them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

import accounting.api.events
import accounting.api.fold
import accounting.api.http
import accounting.api.nightly
import accounting.api.proof
import accounting.api.reconcile
import accounting.api.relay
import accounting.api.schedule
import orders.api.compensation
import orders.api.events
import orders.api.http
import orders.api.recovery
import orders.api.relay
import orders.api.schedule
import payments.api.commands
import payments.api.events
import payments.api.http
import payments.api.relay
import payments.api.schedule
import payments.api.settlement
import payments.api.webhooks
import shared.operations.http
import shared.operations.keeping
import shared.operations.republishing
from accounting.application import reactions as accounting_reactions
from accounting.application import reconcile
from orders.application import reactions as orders_reactions
from orders.application import recover
from payments.application import reactions as payments_reactions
from shared.contracts.union import message_types
from tests.doubles.expressions import Item
from tests.simulation.agenda import HOUR, MINUTE
from tests.simulation.faults import Fate
from tests.simulation.site import KEY, of_service
from tests.unit.shared.gateway import proxy_event
from tests.unit.shared.lambda_context import LambdaContext

OUTAGE: Final = 26 * HOUR
SKEW_MAX: Final = 10 * MINUTE
WORKERS: Final = 3
_CONTEXT: Final = LambdaContext()
_PATIENT: Final = LambdaContext(remaining_milliseconds=600_000)
DEPLOYED: Final[Mapping[str, Callable[[dict[str, Any], Any], dict[str, Any]]]] = {
    "orders.http": orders.api.http.handler,
    "orders.events": orders.api.events.handler,
    "orders.recovery": orders.api.recovery.handler,
    "orders.compensation": orders.api.compensation.handler,
    "orders.relay": orders.api.relay.handler,
    "orders.schedule": orders.api.schedule.handler,
    "payments.http": payments.api.http.handler,
    "payments.commands": payments.api.commands.handler,
    "payments.events": payments.api.events.handler,
    "payments.relay": payments.api.relay.handler,
    "payments.schedule": payments.api.schedule.handler,
    "payments.webhooks": payments.api.webhooks.handler,
    "payments.settlement": payments.api.settlement.handler,
    "accounting.http": accounting.api.http.handler,
    "accounting.events": accounting.api.events.handler,
    "accounting.relay": accounting.api.relay.handler,
    "accounting.fold": accounting.api.fold.handler,
    "accounting.schedule": accounting.api.schedule.handler,
    "accounting.proof": accounting.api.proof.handler,
    "accounting.nightly": accounting.api.nightly.handler,
    "accounting.reconcile": accounting.api.reconcile.handler,
    **{
        f"{service}.{name}": of_service(service, handler)
        for service in ("orders", "payments", "accounting")
        for name, handler in (
            ("operations", shared.operations.http.handler),
            ("keeping", shared.operations.keeping.handler),
            ("republishing", shared.operations.republishing.handler),
        )
    },
}


def _types(*unions: Any) -> frozenset[str]:
    return frozenset(kind.__name__ for union in unions for kind in message_types(union))


INBOXES: Final = {
    "payments.commands": _types(payments_reactions.Accepted),
    "payments.events": _types(payments_reactions.Subscribed),
    "orders.events": _types(orders_reactions.Subscribed),
    "orders.recovery": _types(recover.Subscribed),
    "accounting.events": _types(accounting_reactions.Subscribed),
    "accounting.reconcile": _types(reconcile.Asked),
}


def _is_message(item: Item) -> bool:
    return "Payload" in item


def _is_entry(item: Item) -> bool:
    return bool(item["sk"] == {"S": "ENTRY"})


STREAMS: Final = {
    "orders": (("orders.relay", _is_message),),
    "payments": (("payments.relay", _is_message),),
    "accounting": (("accounting.relay", _is_message), ("accounting.fold", _is_entry)),
}
OUTAGES: Final = {
    "relay_outage": ("orders.relay", "payments.relay", "accounting.relay"),
    "consumer_outage": tuple(INBOXES),
    "fold_outage": ("accounting.fold",),
    "provider_outage": ("provider",),
    "webhook_outage": ("webhook",),
    "execution_outage": ("orders.compensation",),
    "schedule_outage": ("orders.schedule", "payments.schedule", "accounting.schedule"),
}


def outages(fate: Fate) -> dict[str, tuple[int, int]]:
    """Who is away in a world, from when until when."""
    drawn = {}
    for fault, actors in OUTAGES.items():
        if fate.strikes(fault):
            begins = fate.rng.randrange(4 * HOUR)
            drawn[fate.rng.choice(actors)] = (begins, begins + OUTAGE)
    return drawn


def skews(fate: Fate) -> dict[tuple[str, int], int]:
    """By how many milliseconds the clock of each function's workers is wrong in a world."""
    if not fate.strikes("clock_skewed"):
        return {}
    return {
        (function, worker): fate.rng.choice((0, fate.rng.randint(-SKEW_MAX, SKEW_MAX)))
        for function in DEPLOYED
        for worker in range(WORKERS)
    }


def context(function: str) -> LambdaContext:
    """What is left of a function's time: what the clock calls has minutes."""
    return (
        _PATIENT if function.endswith((".schedule", ".republishing", ".settlement")) else _CONTEXT
    )


def request(
    method: str, path: str, *, body: Any, key: str, flow: str, by: str = KEY
) -> dict[str, Any]:
    """A request of the client, or of another caller that the simulated world knows."""
    headers = {"Authorization": f"Bearer {by}", "X-Correlation-Id": flow}
    if key:
        headers["Idempotency-Key"] = key
    text = None if body is None else json.dumps(body)
    return proxy_event(method, path, headers=headers, body=text)


def webhook(raw: str, headers: dict[str, str]) -> dict[str, Any]:
    """A request as a function URL hands it on."""
    context = {"http": {"method": "POST", "path": "/webhooks/sandbox"}}
    return {"requestContext": context, "headers": headers, "body": raw, "isBase64Encoded": False}
