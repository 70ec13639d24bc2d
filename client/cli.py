"""From words to an exit code: 0 success, 1 refused or failed, 2 said wrongly."""

import os
import sys
from collections.abc import Sequence

from client.api import MalformedAnswer
from client.arguments import parse
from client.case_api import CaseApi
from client.connection import NotConnected, connect
from client.operator_api import OperatorApi, UnknownId
from client.problem import Problem
from client.reconciliation_api import ReconciliationApi
from client.showing import FAILED, Misused
from client.transport import Unreachable
from client.watch import StillMoving

USAGE = 2
INTERRUPTED = 130


class PlatformApi(CaseApi, OperatorApi, ReconciliationApi):
    """Everything that a command may ask of the platform."""


def main(arguments: Sequence[str]) -> int:
    try:
        return _run(arguments)
    except (NotConnected, Misused, UnknownId) as error:
        print(error, file=sys.stderr)
        return USAGE
    except Problem as problem:
        print(explain(problem), file=sys.stderr)
        return FAILED
    except (Unreachable, MalformedAnswer, StillMoving) as error:
        print(error, file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        return INTERRUPTED


def explain(problem: Problem) -> str:
    """The problem document in words, a line for each thing that was wrong with the input."""
    lines = [f"{problem.title} (HTTP {problem.status}, {problem.code})"]
    if problem.detail:
        lines.append(problem.detail)
    lines += [f"  {error.pointer or '/'}: {error.detail}" for error in problem.errors]
    if problem.retryable:
        lines.append("The same call with the same key may succeed later.")
    if problem.correlation_id:
        lines.append(f"correlation id {problem.correlation_id}")
    return "\n".join(lines)


def _run(arguments: Sequence[str]) -> int:
    said = parse(arguments)
    if said.offline:
        made: int = said.run(said)
        return made
    connection = connect(os.environ, outputs=said.outputs, role=said.role)
    answered: int = said.run(PlatformApi(connection), said)
    return answered
