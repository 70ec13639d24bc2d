"""A state machine is data: each allowed transition is one line, with the event it emits."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from shared.contracts.envelope import Event
from shared.errors.taxonomy import InvalidTransition


@dataclass(frozen=True, slots=True)
class Transition[S: StrEnum, T: StrEnum]:
    """From `source`, `trigger` leads to `target` and emits `event` (or nothing)."""

    source: S
    trigger: T
    target: S
    event: type[Event] | None = None


class StateMachine[S: StrEnum, T: StrEnum]:
    """The allowed transitions of one kind of aggregate; two for one trigger are a mistake."""

    def __init__(self, name: str, transitions: Iterable[Transition[S, T]]) -> None:
        self.name = name
        self.transitions = tuple(transitions)
        self._by_step = {(step.source, step.trigger): step for step in self.transitions}
        assert len(self._by_step) == len(self.transitions), f"{name} has an ambiguous transition"

    def step(self, source: S, trigger: T) -> Transition[S, T]:
        """The one transition for this trigger; raises InvalidTransition, naming both."""
        found = self._by_step.get((source, trigger))
        if found is None:
            raise InvalidTransition(f"{self.name} is {source}: {trigger.replace('_', ' ')} refused")
        return found

    def allows(self, source: S, trigger: T) -> bool:
        return (source, trigger) in self._by_step
