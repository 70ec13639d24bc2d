"""The states of the compensation: what is decided, asked for, waited for and ended, in which order.

Plain data in the Amazon States Language with JSONata. Only ids travel from state to state; every
task reads the facts anew, so nothing that a callback says can change what is done.
"""

from dataclasses import dataclass
from typing import Any, Final

type State = dict[str, Any]

INVOKE: Final = "arn:aws:states:::lambda:invoke"
INVOKE_AND_WAIT: Final = f"{INVOKE}.waitForTaskToken"
IDS: Final = {
    name: f"{{% $states.input.{name} %}}"
    for name in ("order_id", "compensation_id", "execution", "cause")
}
NEVER_AGAIN: Final = ["TaskMalformed", "CompensationUnknown"]
"""What stays wrong however often it is tried: the execution fails, and somebody is told."""
SILENCE: Final = ["States.Timeout", "States.HeartbeatTimeout"]
RETRY: Final = [
    {"ErrorEquals": [*NEVER_AGAIN, *SILENCE], "MaxAttempts": 0},
    {
        "ErrorEquals": ["States.TaskFailed"],
        "IntervalSeconds": 1,
        "BackoffRate": 2.0,
        "MaxAttempts": 6,
        "MaxDelaySeconds": 60,
        "JitterStrategy": "FULL",
    },
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """How long an outcome is waited for before the facts are read again, and at the very most; and
    how long after a failure before the next try. All in seconds."""

    heartbeat_seconds: int
    timeout_seconds: int
    pause_seconds: int


def definition(*, function_arn: str, waits: Waits) -> State:
    """The whole machine; its input is IDS."""
    return {
        "Comment": "Undo what failed, by the facts, one step at a time; ask a person in the end.",
        "QueryLanguage": "JSONata",
        "StartAt": "Decide",
        "States": {
            "Decide": _decide(function_arn),
            "Choose": _choose(),
            "Release hold": _act("release_hold", function_arn, waits),
            "Refund": _act("refund", function_arn, waits),
            "Wait for the outcome": _act("wait", function_arn, waits),
            "Pause": {
                "Type": "Wait",
                "Seconds": waits.pause_seconds,
                "Output": {**IDS, "paused": True},
                "Next": "Decide",
            },
            "Complete": _end(function_arn, following="Completed"),
            "Escalate": _end(function_arn, following="Escalated"),
            "Completed": {"Type": "Succeed"},
            "Escalated": {"Type": "Succeed"},
            "Superseded": {"Type": "Succeed"},
        },
    }


def _decide(function_arn: str) -> State:
    return {
        "Type": "Task",
        "Resource": INVOKE,
        "Arguments": {
            "FunctionName": function_arn,
            "Payload": {"task": "decide", **IDS, "paused": "{% $states.input.paused = true %}"},
        },
        "Output": {**IDS, "next": "{% $states.result.Payload.next %}"},
        "TimeoutSeconds": 60,
        "Retry": RETRY,
        "Next": "Choose",
    }


def _choose() -> State:
    following = {
        "release_hold": "Release hold",
        "refund": "Refund",
        "wait": "Wait for the outcome",
        "pause": "Pause",
        "complete": "Complete",
        "escalate": "Escalate",
    }
    return {
        "Type": "Choice",
        "Choices": [
            {"Condition": f"{{% $states.input.next = '{move}' %}}", "Next": state}
            for move, state in following.items()
        ],
        "Default": "Superseded",
    }


def _act(task: str, function_arn: str, waits: Waits) -> State:
    """Whatever ends the wait, the facts are read again: a callback says nothing but `look`."""
    return {
        "Type": "Task",
        "Resource": INVOKE_AND_WAIT,
        "Arguments": {
            "FunctionName": function_arn,
            "Payload": {"task": task, **IDS, "token": "{% $states.context.Task.Token %}"},
        },
        "Output": IDS,
        "HeartbeatSeconds": waits.heartbeat_seconds,
        "TimeoutSeconds": waits.timeout_seconds,
        "Retry": RETRY,
        "Catch": [{"ErrorEquals": SILENCE, "Output": IDS, "Next": "Decide"}],
        "Next": "Decide",
    }


def _end(function_arn: str, *, following: str) -> State:
    return {
        "Type": "Task",
        "Resource": INVOKE,
        "Arguments": {"FunctionName": function_arn, "Payload": {"task": "end", **IDS}},
        "Output": IDS,
        "TimeoutSeconds": 60,
        "Retry": RETRY,
        "Next": following,
    }
