"""Puts a simulated world behind the services: their own wiring runs, and meets its doubles.

What is replaced is what lies outside the process: AWS clients, the provider's HTTP client, clock,
randomness, sleep, and where logs and metrics go. No code of the platform is.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from hashlib import sha256
from random import Random
from types import ModuleType, SimpleNamespace
from typing import Any, Final, Protocol

from aws_lambda_powertools.event_handler import api_gateway

import accounting.api.http
import accounting.wiring
import orders.api.http
import orders.wiring
import payments.api.http
import payments.wiring
import shared.operations.http
import shared.operations.wiring
from payments.infrastructure.providers import retries, sandbox
from shared import clock, ids
from shared.observability import log, metrics, trace
from shared.persistence import table
from shared.rest import secret_access
from shared.rest.app import RestApp
from tests.doubles import guard_clock
from tests.simulation.said import Said
from tests.simulation.webhooks import SECRET

WIRINGS: Final = (orders.wiring, payments.wiring, accounting.wiring)
APPS: Final[tuple[RestApp, ...]] = (
    orders.api.http.app,
    payments.api.http.app,
    accounting.api.http.app,
    shared.operations.http.app,
)
KEY: Final = "qk_simulated"
SECOND_KEY: Final = "qk_somebody_else"
PROVIDER_KEY: Final = "sk_simulated"
SECRETS: Final = (KEY, SECOND_KEY, PROVIDER_KEY, SECRET)
"""What must never be seen where anything is written or said."""
SCOPES: Final = [
    f"{what}:{how}"
    for what, hows in {
        "orders": ("read", "write"),
        "payments": ("read", "operate"),
        "ledger": ("read", "write"),
        "recon": ("read", "write"),
    }.items()
    for how in hows
]
_KEYS: Final = {
    "keys": [
        {"name": name, "sha256": sha256(key.encode()).hexdigest(), "scopes": SCOPES}
        for name, key in (("client", KEY), ("checker", SECOND_KEY))
    ]
}
_PROVIDERS: Final = {
    "sandbox": {"url": "http://provider", "api_key": PROVIDER_KEY, "webhook_secret": SECRET}
}
_SECRETS: Final = {"api-keys": json.dumps(_KEYS), "providers": json.dumps(_PROVIDERS)}


type Handler = Callable[[dict[str, Any], Any], dict[str, Any]]


class Host(Protocol):
    """What the services meet of the world."""

    dynamo: Any
    bus: Any
    sqs: Any
    vault: Any
    acquirer: Any
    executions: Any
    ids: Random
    said: Said

    def clock(self) -> datetime: ...
    def count(self, name: str, value: int = 1, **dimensions: str) -> None: ...


@contextmanager
def site(host: Host) -> Iterator[None]:
    """Everything that runs inside belongs to this world."""
    seeded = SimpleNamespace(
        token_hex=lambda size: f"{host.ids.getrandbits(8 * size):0{2 * size}x}",
        randbits=host.ids.getrandbits,
        uniform=host.ids.uniform,
    )
    still = SimpleNamespace(sleep=_nothing, monotonic=lambda: host.clock().timestamp())
    patches: list[tuple[Any, str, Any]] = [
        (clock, "now", host.clock),
        (trace, "secrets", seeded),
        (ids, "secrets", seeded),
        (table, "secrets", seeded),
        (table, "random", seeded),
        (table, "time", still),
        (retries, "random", seeded),
        (sandbox, "patiently", partial(retries.patiently, sleep=_nothing)),
        (sandbox, "HttpClient", lambda *_, **__: host.acquirer),
        (metrics, "count", host.count),
        (log, "_logger", lambda: _Log(host)),
        (secret_access, "boto3", _Boto3(host)),
        (secret_access, "os", SimpleNamespace(environ=_environment("shared"))),
        (secret_access, "time", still),
        (api_gateway.logger, "disabled", True),
        (accounting.wiring, "vault", lambda: host.vault),
        (shared.operations.wiring, "boto3", _Boto3(host)),
        (shared.operations.wiring, "os", SimpleNamespace(environ={})),
        (shared.operations.wiring, "time", still),
        *guard_clock.patches(host.clock),
    ]
    for wiring in WIRINGS:
        name = wiring.__name__.partition(".")[0]
        patches += [
            (wiring, "boto3", _Boto3(host)),
            (wiring, "os", SimpleNamespace(environ=_environment(name))),
        ]
    patches += [(app, "_clock", host.clock) for app in APPS]
    before = [(place, name, getattr(place, name)) for place, name, _ in patches]
    _set(patches)
    _forget()
    try:
        yield
    finally:
        _set(before)
        _forget()


def of_service(service: str, handler: Handler) -> Handler:
    """The handler of a function that each service has of its own, though its code is shared."""

    def run(event: dict[str, Any], context: Any) -> dict[str, Any]:
        place: Any = shared.operations.wiring
        before = place.os
        try:
            _deploy(SimpleNamespace(environ=_environment(service)))
            return handler(event, context)
        finally:
            _deploy(before)

    def _deploy(environment: Any) -> None:
        place: Any = shared.operations.wiring
        place.os = environment
        for forget in _cached(shared.operations.wiring):
            forget()

    return run


def _set(attributes: list[tuple[Any, str, Any]]) -> None:
    for place, name, value in attributes:
        setattr(place, name, value)


def _forget() -> None:
    """Whatever the wiring has built belongs to one world."""
    for module in (*WIRINGS, shared.operations.wiring, secret_access):
        for built in _cached(module):
            built()


def _cached(module: ModuleType) -> list[Callable[[], None]]:
    return [each.cache_clear for each in vars(module).values() if hasattr(each, "cache_clear")]


def _environment(service: str) -> dict[str, str]:
    return {
        "STAGE": "simulated",
        "TABLE_NAME": service,
        "COMMANDS_TABLE_NAME": f"{service}-commands",
        "BUS_NAME": "bus",
        "API_KEYS_SECRET": "api-keys",
        "PROVIDERS_SECRET": "providers",
        "REPORTS_BUCKET": "reports",
        "SPLITTING_MACHINE": "none",
        "VAULT_BUCKET": "vault",
        "SEAL_KEY": "key",
        "COMPENSATION_MACHINE": "compensation",
        "CONFIRMATION_SECONDS": str(6 * 24 * 3600),
        "COMPENSATION_WATCH_SECONDS": "5400",
        "COMPENSATION_PATIENCE_SECONDS": str(3 * 24 * 3600),
        "POWERTOOLS_SERVICE_NAME": service,
        "DEAD_LETTER_QUEUES": json.dumps(
            [
                {
                    "name": name,
                    "arn": f"{service}.{name}.dead",
                    "inbox_url": f"{service}.{name}",
                }
                for name in ("commands", "events", "recovery", "reconcile")
            ]
        ),
    }


def _nothing(seconds: float) -> None:
    del seconds


class _Boto3:
    """The clients that a wiring asks for."""

    def __init__(self, host: Host) -> None:
        self._host = host

    def client(self, name: str) -> Any:
        match name:
            case "dynamodb":
                return self._host.dynamo
            case "events":
                return self._host.bus
            case "stepfunctions":
                return self._host.executions
            case "sqs":
                return self._host.sqs
            case "secretsmanager":
                return SimpleNamespace(get_secret_value=_secret)
        raise AssertionError(f"the simulated world has no client {name}")


def _secret(*, SecretId: str) -> dict[str, str]:  # noqa: N803
    return {"SecretString": _SECRETS[SecretId]}


class _Log:
    """Lets the world hear whatever is logged."""

    def __init__(self, host: Host) -> None:
        self._said = host.said

    def clear_state(self) -> None:
        """As the logger does."""

    def append_keys(self, **fields: Any) -> None:
        self._said.logged("", fields)

    def info(self, event: str, *, extra: dict[str, Any]) -> None:
        self._said.logged(event, extra)

    def warning(self, event: str, *, extra: dict[str, Any]) -> None:
        self._said.logged(event, extra)

    def exception(self, event: str, *, extra: dict[str, Any]) -> None:
        self._said.failed(event, extra)
