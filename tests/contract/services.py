"""What the services say of themselves: their routes, messages, machines and errors, by import."""

import ast
import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from shared.contracts.envelope import Command, Event, Message
from shared.contracts.union import message_types
from shared.errors.taxonomy import QuittanceException, catalogue
from shared.rest.app import RestApp
from shared.states import StateMachine

ROOT = Path(__file__).parents[2]
SERVICES = tuple(sorted(path.parent.name for path in ROOT.glob("functions/*/__init__.py")))
APPS = {
    **{service: f"{service}.api.http" for service in SERVICES},
    "operations": "shared.operations.http",
}
"""The REST apps: one a service, and that of the operators, which every service has."""

type Route = tuple[str, str]
"""Method and path, as in `("GET", "/orders/{order_id}")`."""


def modules(*packages: str) -> Iterator[ModuleType]:
    """Every module of these packages, imported."""
    for name in packages:
        package = importlib.import_module(name)
        yield package
        for found in pkgutil.walk_packages(package.__path__, f"{name}."):
            yield importlib.import_module(found.name)


def app_of(name: str) -> RestApp:
    """One of the REST apps."""
    app: RestApp = importlib.import_module(APPS[name]).app
    return app


def routes(name: str) -> dict[Route, str]:
    """The routes of a REST app, each with the name of the function behind it."""
    app = app_of(name)
    table = [*app.routes._static_routes, *app.routes._dynamic_routes]
    return {(route.method, route.openapi_path): route.func.__name__ for route in table}


def published(service: str) -> tuple[type[Message], ...]:
    """The events a service publishes: `Published` of its contracts."""
    return _union(f"shared.contracts.{service}", "Published")


def offered(service: str) -> tuple[type[Message], ...]:
    """The commands that may be sent to a service: `Accepted` of its contracts."""
    return _union(f"shared.contracts.{service}", "Accepted")


def home(message: type[Message]) -> str:
    """The one service that publishes an event, or to which a command is sent."""
    homes = [name for name in SERVICES if message in {*published(name), *offered(name)}]
    assert len(homes) == 1, f"{message.__name__} belongs to {homes}, not to one service"
    return homes[0]


def senders(message: type[Message]) -> list[str]:
    """Who sends it: an event its home, a command every service whose domain makes one."""
    if issubclass(message, Event):
        return [home(message)]
    return [name for name in SERVICES if message.__name__ in _made(f"{name}.domain")]


def receivers(message: type[Message]) -> list[str]:
    """Who carries it out or reacts to it."""
    return [name for name in SERVICES if message in {*accepted(name), *subscribed(name)}]


def accepted(service: str) -> tuple[type[Message], ...]:
    """The commands a service carries out: `Accepted` of its reactions."""
    return _union(f"{service}.application.reactions", "Accepted")


def subscribed(service: str) -> tuple[type[Message], ...]:
    """The events a service reacts to: each `Subscribed` of its use cases, an inbox each."""
    found = (_union(module.__name__, "Subscribed") for module in modules(f"{service}.application"))
    return tuple(dict.fromkeys(message for union in found for message in union))


def all_messages() -> tuple[type[Message], ...]:
    """Every concrete message of the contracts, by name: what is defined, used or not."""
    found = {
        value
        for module in modules("shared.contracts")
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, Message)
        if value not in {Message, Command, Event}
    }
    return tuple(sorted(found, key=lambda message: message.__name__))


def machines() -> dict[str, StateMachine[Any, Any]]:
    """The state machines of every domain, by name."""
    return {
        value.name: value
        for service in SERVICES
        for module in modules(f"{service}.domain")
        for value in vars(module).values()
        if isinstance(value, StateMachine)
    }


def failures() -> tuple[type[QuittanceException], ...]:
    """The classes of the catalogue, by code; those that tests define are none of it."""
    homes = {module.__name__ for module in modules("shared", *SERVICES)}
    found = [kind for kind in catalogue() if kind.__module__ in homes]
    return tuple(sorted(found, key=lambda kind: kind.code))


@cache
def _made(package: str) -> frozenset[str]:
    """The names that the modules of a package call."""
    return frozenset(
        node.func.id
        for module in modules(package)
        for node in ast.walk(ast.parse(inspect.getsource(module)))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    )


def _union(module: str, alias: str) -> tuple[type[Message], ...]:
    union = getattr(importlib.import_module(module), alias, None)
    return () if union is None else message_types(union)
