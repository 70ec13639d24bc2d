"""Step Functions as its client sees it: it walks the real definition of the compensation.

What the definition uses of the language is here and nothing else: tasks with and without a token,
choices, waits and ends, with JSONata, retries and catches. It fails on anything more.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final, Protocol

from jsonata import Jsonata  # type: ignore[import-untyped]

from infra.constructs.compensation_states import Waits, definition
from tests.doubles.memory_dynamo import refusal
from tests.simulation.agenda import DAY, SECOND, Agenda
from tests.simulation.calls import Calls
from tests.simulation.faults import Fate
from tests.simulation.network import Answer

STATES: Final = definition(
    function_arn="orders.compensation",
    waits=Waits(heartbeat_seconds=1800, timeout_seconds=6 * 3600, pause_seconds=900),
)
_PATH: Final = re.compile(r"\$states(\.[A-Za-z_]\w*)+")
TOKEN: Final = ".waitForTaskToken"
HEARTBEAT: Final = "States.HeartbeatTimeout"
STEP: Final = 100
RETRIED_AFTER: Final = 5 * SECOND
FROZEN: Final = DAY
"""Long enough for the clock to have begun another execution in the meantime."""

type Json = dict[str, Any]


class Host(Protocol):
    """What executions need of the world around them."""

    agenda: Agenda
    fate: Fate
    calls: Calls

    def invoke(self, function: str, event: Json) -> Answer: ...
    def tell(self, line: str) -> None: ...


@dataclass
class Execution:
    """Where it stands, with what, and which token it waits with; `moment` counts its moves."""

    name: str
    state: str
    given: Json
    status: str = "RUNNING"
    tries: int = 0
    token: str | None = None
    moment: int = 0
    entered: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Interruption:
    """What befalls the `number`th moment (`stopped`, `frozen`), or the `number`th callback
    (`lost`, `doubled`)."""

    kind: str = ""
    number: int = 0


class Executions:
    """All executions there are and were, by name.

    `moments` are those before and after each state, in which an execution may be interrupted;
    `working` is the state whose task is carried out just now.
    """

    def __init__(self, host: Host) -> None:
        assert STATES["QueryLanguage"] == "JSONata"
        self.by_name: dict[str, Execution] = {}
        self.moments: list[str] = []
        self.callbacks: list[str] = []
        self.interruption = Interruption()
        self.working = ""
        self._host = host
        self._tokens = 0

    @property
    def transitions(self) -> int:
        """How many states were entered, which is what is paid for."""
        return sum(len(each.entered) for each in self.by_name.values())

    def start_execution(self, **request: str) -> Json:
        self._host.calls.pass_through("before", "states.start")
        name, given = request["name"], json.loads(request["input"])
        if name in self.by_name and self.by_name[name].status != "RUNNING":
            raise refusal("ExecutionAlreadyExists")
        if name not in self.by_name:
            execution = self.by_name[name] = Execution(name, STATES["StartAt"], given)
            self._after(STEP, execution)
        self._host.calls.pass_through("after", "states.start")
        return {"executionArn": name}

    def send_task_success(self, **request: str) -> Json:
        self._host.calls.pass_through("before", "states.answer")
        waiting = [each for each in self.by_name.values() if each.token == request["taskToken"]]
        if not waiting or waiting[0].status != "RUNNING":
            raise refusal("TaskTimedOut")
        self.callbacks.append(waiting[0].state)
        now = Interruption(self.interruption.kind, len(self.callbacks))
        lost = self.interruption == now and now.kind == "lost"
        if not (self._host.fate.strikes("callback_lost") or lost):
            self._leave(waiting[0], answered=True)
        if self.interruption == now and now.kind == "doubled":
            raise refusal("TaskTimedOut")  # the second one finds nobody who waits with that token
        self._host.calls.pass_through("after", "states.answer")
        return {}

    def _interrupted(self, moment: str, execution: Execution) -> bool:
        """Whether it goes no further here, or not for now."""
        self.moments.append(f"{moment} {execution.state}")
        now = Interruption(self.interruption.kind, len(self.moments))
        if self.interruption == now and now.kind == "frozen":
            self._after(FROZEN, execution)
            return True
        if self.interruption == now and now.kind == "stopped":
            self._stop(execution)
            return True
        return False

    def _stop(self, execution: Execution) -> None:
        execution.status = "ABORTED"
        self._host.tell(f"stopped {execution.name} at {execution.state}")

    def _after(self, delay: int, execution: Execution) -> None:
        """The next move, unless something else has moved it before."""
        execution.moment += 1
        moment = execution.moment

        def move() -> None:
            if execution.moment == moment and execution.status == "RUNNING":
                self._move(execution)

        self._host.agenda.add(delay, f"execution {execution.name}", move)

    def _move(self, execution: Execution) -> None:
        """Enter the state it stands at, or end the silence in the one it waits in."""
        if self._host.fate.strikes("execution_stopped"):
            self._stop(execution)
            return
        state = STATES["States"][execution.state]
        if execution.token is not None:
            self._leave(execution, answered=False)
            return
        if self._interrupted("before", execution):
            return
        execution.entered.append(execution.state)
        self._host.tell(f"execution {execution.name} {execution.state}")
        match state["Type"]:
            case "Task":
                self._task(execution, state)
            case "Choice":
                self._go(execution, self._chosen(execution, state))
            case "Wait":
                if self._interrupted("in", execution):
                    return
                execution.given = _filled(state["Output"], execution.given)
                self._go(execution, state["Next"], after=state["Seconds"] * SECOND)
            case "Succeed":
                execution.status = "SUCCEEDED"
            case other:
                raise NotImplementedError(other)

    def _task(self, execution: Execution, state: Json) -> None:
        waits = state["Resource"].endswith(TOKEN)
        if waits:
            self._tokens += 1
            execution.token = f"token-{self._tokens}"
            self._after(state["HeartbeatSeconds"] * SECOND, execution)
        context = {"Task": {"Token": execution.token}}
        arguments = _filled(state["Arguments"], execution.given, context=context)
        moment = execution.moment
        before, self.working = self.working, execution.state
        answer = self._host.invoke(arguments["FunctionName"], arguments["Payload"])
        self.working = before
        if execution.moment != moment:
            return  # it was told to go on by its own task
        if answer is None:
            self._failed(execution, state)
            return
        if self._interrupted("in", execution):
            return
        if not waits:
            execution.given = _filled(state["Output"], execution.given, result={"Payload": answer})
            self._go(execution, state["Next"])

    def _leave(self, execution: Execution, *, answered: bool) -> None:
        """After its callback, or in silence: both are only a reason to look again."""
        state = STATES["States"][execution.state]
        following = state
        if not answered:
            (following,) = (each for each in state["Catch"] if HEARTBEAT in each["ErrorEquals"])
        execution.token = None
        execution.given = _filled(following["Output"], execution.given)
        self._go(execution, following["Next"])

    def _failed(self, execution: Execution, state: Json) -> None:
        """The worker was killed or failed: tried again as often as the definition says."""
        execution.token = None
        (retrier,) = (each for each in state["Retry"] if "States.TaskFailed" in each["ErrorEquals"])
        execution.tries += 1
        if execution.tries > retrier["MaxAttempts"]:
            execution.status = "FAILED"
            self._host.tell(f"failed {execution.name}")
            return
        self._after(RETRIED_AFTER, execution)

    def _go(self, execution: Execution, state: str, *, after: int = STEP) -> None:
        execution.state, execution.tries = state, 0
        self._after(after, execution)

    def _chosen(self, execution: Execution, state: Json) -> str:
        for choice in state["Choices"]:
            if _filled(choice["Condition"], execution.given):
                return str(choice["Next"])
        return str(state["Default"])


def _filled(template: Any, given: Json, *, result: Any = None, context: Any = None) -> Any:
    """A template with every JSONata expression in it evaluated."""
    if isinstance(template, dict):
        return {
            name: _filled(each, given, result=result, context=context)
            for name, each in template.items()
        }
    if isinstance(template, str) and template.startswith("{%"):
        states = {"input": given, "result": result, "context": context}
        found = _evaluated(template[2:-2].strip(), states)
        assert found is not None, f"{template} gives nothing"
        return found
    return template


def _evaluated(text: str, states: Json) -> Any:
    """A plain path is walked without the language: most expressions are one."""
    path = _path(text)
    if path is None:
        return _expression(text).evaluate(None, {"states": states})
    found: Any = states
    for name in path:
        found = found.get(name) if isinstance(found, dict) else None
    return found


@cache
def _path(text: str) -> tuple[str, ...] | None:
    return tuple(text.split(".")[1:]) if _PATH.fullmatch(text) else None


@cache
def _expression(text: str) -> Any:
    return Jsonata(text)
