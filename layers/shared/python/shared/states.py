"""A state machine is data: each allowed transition is one line, with the event it emits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from shared.contracts.envelope import Message
from shared.errors.taxonomy import InvalidTransition


@dataclass(frozen=True, slots=True)
class Transition[S: StrEnum, T: StrEnum]:
    """From `source`, `trigger` leads to `target` and emits `event` (or nothing)."""

    source: S
    trigger: T
    target: S
    event: type[Message] | None = None


class StateMachine[S: StrEnum, T: StrEnum]:
    """The allowed transitions of one kind of aggregate, each listed once.

    A trigger may lead from one state to several, where amounts decide which. What happens without
    a change of state is not listed, unless it is a decision that is allowed in some states only.
    """

    def __init__(self, name: str, transitions: Iterable[Transition[S, T]]) -> None:
        self.name = name
        self.transitions = tuple(transitions)
        self._lines = {(each.source, each.trigger, each.target) for each in self.transitions}
        self._steps = {(each.source, each.trigger) for each in self.transitions}
        assert len(self._lines) == len(self.transitions), f"{name} lists a transition twice"

    def check(self, source: S, trigger: T, target: S) -> None:
        """Raise InvalidTransition, naming the state and the trigger, unless it is allowed."""
        if source is not target and (source, trigger, target) not in self._lines:
            raise InvalidTransition(f"{self.name} is {source}: {trigger.replace('_', ' ')} refused")

    def allows(self, source: S, trigger: T) -> bool:
        """Whether a decision is allowed in a state, whatever follows from it."""
        return (source, trigger) in self._steps


def read[S: StrEnum, T: StrEnum](
    graph: str, states: type[S], triggers: type[T], events: Mapping[T, type[Message] | None]
) -> Iterator[Transition[S, T]]:
    """The transitions of a graph written as `trigger: state -> state state`, a line a source."""
    for line in graph.strip().splitlines():
        trigger_name, _, rest = line.partition(":")
        source, _, targets = rest.partition("->")
        trigger = triggers(trigger_name.strip())
        for target in targets.split():
            yield Transition(states(source.strip()), trigger, states(target), events.get(trigger))
