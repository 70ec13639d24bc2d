"""How a command ends: its answer shown for people or machines, and its exit code."""

import json
import sys
import uuid
from argparse import Namespace
from collections.abc import Callable
from typing import Any

from rich.console import Console, RenderableType

from client import render
from client.watch import Patience

OK, FAILED = 0, 1


class Misused(Exception):
    """The words of the command do not fit together."""


def telling[T](look: Callable[[], T], say: Callable[[T], str]) -> Callable[[], T]:
    """The same look, which says on stderr when what it sees has changed."""
    said: list[str] = []

    def telling() -> T:
        seen = look()
        words = say(seen)
        if said[-1:] != [words]:
            said.append(words)
            print(words, file=sys.stderr)
        return seen

    return telling


def show(arguments: Namespace, answer: Any, table: Callable[[], RenderableType]) -> int:
    """The API's own JSON, or a table."""
    if arguments.json:
        print(json.dumps(answer, indent=2))
    else:
        Console(width=render.width(sys.stdout)).print(table())
    return OK


def idempotency_key(arguments: Namespace) -> str:
    """The caller's key or a new one, told on stderr: with it the call can be safely repeated."""
    key: str = arguments.idempotency_key or str(uuid.uuid4())
    if not arguments.idempotency_key:
        print(f"idempotency key {key}", file=sys.stderr)
    return key


def patience(arguments: Namespace) -> Patience:
    """As long as the caller wants to wait."""
    return Patience(timeout_seconds=arguments.timeout_seconds)
