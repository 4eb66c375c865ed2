"""Transition tables: a life cycle is data, and an illegal step is a bug."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Generic, TypeVar

from flexbourse_core.errors import InvariantError

State = TypeVar("State")
Step = TypeVar("Step")


class TransitionTable(Generic[State, Step]):
    """A life cycle: (state, step) → next state."""

    def __init__(self, name: str, table: Mapping[tuple[State, Step], State]) -> None:
        self.name = name
        self._table: dict[State, dict[Step, State]] = {}  # by state, then by step: no pair is made to look one up
        for (before, step), after in table.items():
            self._table.setdefault(before, {})[step] = after

    def next(self, state: State, step: Step) -> State:
        """Return the state after `step`; raises InvariantError where the table has no such step."""
        try:
            return self._table[state][step]
        except KeyError:
            raise InvariantError(f"{self.name}: no step {step} from state {state}") from None

    def allows(self, state: State, step: Step) -> bool:
        """Tell whether the table has the step."""
        return step in self._table.get(state, ())
