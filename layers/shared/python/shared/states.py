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
    """The allowed transitions of one kind of aggregate, each listed once.

    A trigger may lead from one state to several, where amounts decide which.
    """

    def __init__(self, name: str, transitions: Iterable[Transition[S, T]]) -> None:
        self.name = name
        self.transitions = tuple(transitions)
        self._lines = {(each.source, each.trigger, each.target): each for each in self.transitions}
        self._steps = {(each.source, each.trigger) for each in self.transitions}
        assert len(self._lines) == len(self.transitions), f"{name} lists a transition twice"

    def step(self, source: S, trigger: T, target: S) -> Transition[S, T]:
        """The listed transition; raises InvalidTransition, naming the state and the trigger."""
        found = self._lines.get((source, trigger, target))
        if found is None:
            raise InvalidTransition(f"{self.name} is {source}: {trigger.replace('_', ' ')} refused")
        return found

    def only_step(self, source: S, trigger: T) -> Transition[S, T]:
        """The one transition of a trigger that leads to a single state."""
        targets = {target for (start, name, target) in self._lines if (start, name) == (source, trigger)}
        assert len(targets) < 2, f"{trigger} leads from {source} to several states"  # noqa: PLR2004
        return self.step(source, trigger, next(iter(targets), source))

    def allows(self, source: S, trigger: T) -> bool:
        return (source, trigger) in self._steps
