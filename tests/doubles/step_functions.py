"""Step Functions in memory: it walks the real definition of the compensation, a state at a time.

What the definition uses of the language is here and nothing else: tasks with and without a token,
choices, waits and ends, with JSONata, retries and catches. It fails on anything more.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from jsonata import Jsonata  # type: ignore[import-untyped]

from shared.errors.taxonomy import QuittanceException

type Invoke = Callable[[dict[str, Any]], dict[str, Any]]

TOKEN: Final = ".waitForTaskToken"
HEARTBEAT: Final = "States.HeartbeatTimeout"


@dataclass
class Walk:
    """An execution: where it stands, with what, and until when it waits for which token."""

    name: str
    state: str
    given: dict[str, Any]
    status: str = "RUNNING"
    error: str = ""
    tries: int = 0
    token: str | None = None
    answered: bool = False
    until: datetime | None = None
    entered: list[str] = field(default_factory=list)


class MemoryStepFunctions:
    """`invoke` is the Lambda behind every task; a QuittanceException it raises is its error."""

    def __init__(
        self, definition: dict[str, Any], *, invoke: Invoke, clock: Callable[[], datetime]
    ) -> None:
        assert definition["QueryLanguage"] == "JSONata"
        self.walks: dict[str, Walk] = {}
        self._definition = definition
        self._invoke = invoke
        self._clock = clock
        self._tokens = (f"token-{number}" for number in itertools.count(1))

    @property
    def transitions(self) -> int:
        """How many states were entered, which is what is paid for."""
        return sum(len(walk.entered) for walk in self.walks.values())

    def start(self, name: str, *, order_id: str, compensation_id: str, execution: int) -> None:
        given = {
            "order_id": order_id,
            "compensation_id": compensation_id,
            "execution": execution,
        }
        self.walks.setdefault(name, Walk(name, self._definition["StartAt"], given))

    def go_on(self, token: str) -> bool:
        for walk in self.walks.values():
            if walk.token == token and walk.status == "RUNNING" and not walk.answered:
                walk.answered = True
                return True
        return False

    def stop(self, name: str) -> None:
        """What an operator can do to an execution, or a disaster."""
        self.walks[name].status = "ABORTED"

    def ready(self) -> list[Walk]:
        """The executions that have something to do now."""
        return [walk for walk in self.walks.values() if self._is_ready(walk)]

    def next_at(self) -> datetime | None:
        """When the first of those that wait stops waiting."""
        running = (walk for walk in self.walks.values() if walk.status == "RUNNING")
        return min((walk.until for walk in running if walk.until), default=None)

    def step(self, walk: Walk) -> None:
        """Enter the state it stands at, or leave the one it waits in."""
        state = self._definition["States"][walk.state]
        if walk.until is not None:
            self._leave(walk, state)
            return
        walk.entered.append(walk.state)
        match state["Type"]:
            case "Task":
                self._task(walk, state)
            case "Choice":
                walk.state = self._chosen(walk, state)
            case "Wait":
                walk.until = self._clock() + timedelta(seconds=state["Seconds"])
            case "Succeed":
                walk.status = "SUCCEEDED"
            case other:
                raise NotImplementedError(other)

    def _is_ready(self, walk: Walk) -> bool:
        if walk.status != "RUNNING":
            return False
        return walk.answered or walk.until is None or walk.until <= self._clock()

    def _task(self, walk: Walk, state: dict[str, Any]) -> None:
        waits = state["Resource"].endswith(TOKEN)
        if waits:
            walk.token, walk.answered = next(self._tokens), False
        arguments = self._filled(state["Arguments"], walk)
        try:
            result = self._invoke(arguments["Payload"])
        except QuittanceException as failure:
            self._failed(walk, state, type(failure).__name__)
            return
        walk.tries = 0
        if waits:
            assert state["HeartbeatSeconds"] < state["TimeoutSeconds"]
            walk.until = self._clock() + timedelta(seconds=state["HeartbeatSeconds"])
            return
        walk.given = self._filled(state["Output"], walk, {"Payload": result})
        walk.state = state["Next"]

    def _leave(self, walk: Walk, state: dict[str, Any]) -> None:
        """After its callback or its time: a wait that nobody ended is caught as a silence."""
        following = state
        if state["Type"] == "Task" and not walk.answered:
            (following,) = (each for each in state["Catch"] if HEARTBEAT in each["ErrorEquals"])
        walk.given = self._filled(following["Output"], walk)
        walk.state = following["Next"]
        walk.token, walk.answered, walk.until = None, False, None

    def _failed(self, walk: Walk, state: dict[str, Any], error: str) -> None:
        """Tried again as often as the first retrier that names the error allows."""
        walk.token = None
        for retrier in state["Retry"]:
            if error in retrier["ErrorEquals"] or "States.TaskFailed" in retrier["ErrorEquals"]:
                walk.tries += 1
                if walk.tries <= retrier["MaxAttempts"]:
                    return
                break
        walk.status, walk.error = "FAILED", error

    def _chosen(self, walk: Walk, state: dict[str, Any]) -> str:
        for choice in state["Choices"]:
            if self._filled(choice["Condition"], walk):
                return str(choice["Next"])
        return str(state["Default"])

    def _filled(self, template: Any, walk: Walk, result: Any = None) -> Any:
        if isinstance(template, dict):
            return {name: self._filled(each, walk, result) for name, each in template.items()}
        if isinstance(template, str) and template.startswith("{%"):
            context = {"Task": {"Token": walk.token}}
            states = {"input": walk.given, "result": result, "context": context}
            found = Jsonata(template[2:-2].strip()).evaluate(None, {"states": states})
            assert found is not None, f"{template} gives nothing"
            return found
        return template
