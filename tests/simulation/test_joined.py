"""Whatever is deployed is simulated: each function, each route and each message, or it says why."""

import json
import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from infra.stacks.edge import ROUTES
from tests.contract.services import all_messages
from tests.simulation import functions
from tests.simulation.lives import WORKFLOWS, Life
from tests.simulation.network import Answer
from tests.simulation.operators import SERVICES
from tests.simulation.reconciled import ReconciledWorld
from tests.simulation.stories import story_called, story_world
from tests.simulation.upsets import life_called
from tests.simulation.world import World

GOLDEN = Path(__file__).parents[1] / "infrastructure" / "golden"
TOLD = (
    "a line comes late, after a person has explained it",
    "a statement that is not proved, and one that is told otherwise",
)
OVERDRAWN = "what a refund brought back is disputed and lost before that is heard of"
POSTED = [f"{method} {path}" for method, path, *_ in ROUTES if method == "POST"]

FUNCTIONS_LEFT_OUT = {
    "edge.authorizer": "it reads a secret and writes nothing: tests/unit/shared/test_authorizer.py",
    "payments.fetching": "it only fills the bucket, which the simulated provider does itself; "
    "tests/e2e/test_settlement.py",
    "payments.reading": "it reads the parts that payments.settlement reads, by the same function, "
    "for a machine that is walked in tests/contract/splitting.py",
    "accounting.rebuild": "a person calls it, for a ledger that is empty: "
    "tests/integration/accounting/test_rebuild.py",
}
ROUTES_LEFT_OUT = {
    "POST /journal-entries/{entry_id}/reversal": "persons do it: tests/e2e/test_ledger.py",
    "POST /periods": "persons do it: tests/e2e/test_refused_postings.py",
    **{
        f"POST /operations/{service}/replays/{{replay_id}}/stop": "it ends a rehearsal: "
        "tests/unit/shared/operations/test_replay_requests.py"
        for service in SERVICES
    },
}
MESSAGES_LEFT_OUT = {
    "LedgerBreached": "only of books that are wrong, or while words are on their way: "
    "tests/unit/accounting/test_proof.py",
    "LedgerEntrySuspended": "only where a period was closed: tests/e2e/test_refused_postings.py",
    "PaymentUnresolved": "only where a provider says nothing for days: "
    "tests/e2e/test_silent_provider.py",
}
"""What only reads needs no place here: whatever changes something does."""


class Seen:
    """Which functions have answered in some worlds, which requests were granted, and what was told.

    A request that is always refused is not simulated.
    """

    def __init__(self) -> None:
        self.called: set[str] = set()
        self.granted: set[str] = set()
        self.published: set[str] = set()

    def lead(self, world: World) -> None:
        invoke = world.invoke

        def seen(function: str, event: dict[str, Any]) -> Answer:
            answer = invoke(function, event)
            if answer is not None:
                self.called.add(function)
                if "httpMethod" in event and answer["statusCode"] < 300:
                    self.granted.add(f"{event['httpMethod']} {event['path']}")
            return answer

        setattr(world, "invoke", seen)  # noqa: B010 - the same, and looked at
        world.run()
        self.published |= {document["type"] for document in world.bus.published}


@cache
def seen() -> Seen:
    """Every workflow, a house that reconciles, and stories of reports and statements."""
    found = Seen()
    redriven = Life(automatic=True, sick={f"{service}.events": 12 for service in SERVICES})
    found.lead(World(1, lives=WORKFLOWS, rates={"message_poisoned": 0.01}))
    found.lead(World(1, lives=[redriven], rates={}))
    found.lead(World(1, lives=WORKFLOWS[:1], rates={"webhook_wrong": 1.0}))
    found.lead(World(1, lives=[life_called(OVERDRAWN)], rates={}))
    found.lead(ReconciledWorld(2, rates={}))
    for name in TOLD:
        found.lead(story_world(story_called(name)))
    return found


@cache
def deployed() -> tuple[tuple[str, str], ...]:
    """What each function that is deployed is called here, and the module of its handler."""
    return tuple(_deployed())


def _deployed() -> Iterator[tuple[str, str]]:
    for template in sorted(GOLDEN.glob("prod/*.json")):
        for resource in json.loads(template.read_text())["Resources"].values():
            handler = resource["Properties"].get("Handler", "").removesuffix(".handler")
            if resource["Type"] == "AWS::Lambda::Function" and not handler.startswith("index"):
                name = handler.rpartition(".")[2]
                name = "operations" if handler == "shared.operations.http" else name
                yield f"{template.stem}.{name}", handler


@pytest.mark.parametrize(("name", "module"), deployed())
def test_a_deployed_function_is_called_in_the_simulator(name: str, module: str) -> None:
    """Its own handler; a new one is a line in functions.py, or above with its reason."""
    if name in FUNCTIONS_LEFT_OUT:
        assert name not in functions.DEPLOYED
        return
    assert name in seen().called
    if not module.startswith("shared."):
        assert functions.DEPLOYED[name] is import_module(module).handler


@pytest.mark.parametrize("route", POSTED)
def test_somebody_in_the_simulator_asks_for_every_change_that_the_api_offers(route: str) -> None:
    """A customer, an operator, a person who checks or who keeps the books; or above it is said why.

    A route is found by the pattern of its path.
    """
    pattern = re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(route)))
    asked = any(pattern.fullmatch(each) for each in seen().granted)
    assert asked != (route in ROUTES_LEFT_OUT)


@pytest.mark.parametrize("message", sorted(message.__name__ for message in all_messages()))
def test_every_message_is_told_in_the_simulator(message: str) -> None:
    assert message in seen().published or message in MESSAGES_LEFT_OUT


def test_nothing_is_left_out_that_is_not_there() -> None:
    assert FUNCTIONS_LEFT_OUT.keys() <= {name for name, _ in deployed()}
    assert ROUTES_LEFT_OUT.keys() <= set(POSTED)
    assert MESSAGES_LEFT_OUT.keys() <= {message.__name__ for message in all_messages()}
