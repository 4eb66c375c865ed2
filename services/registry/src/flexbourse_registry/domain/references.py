"""References of one object to another."""

from __future__ import annotations

from collections.abc import Iterator

from flexbourse_core.rejection import Code, Rejection
from flexbourse_registry.domain.entities import Key
from flexbourse_registry.domain.state import State


def reference(field: str, kind: str, referred_id: str, state: State) -> Iterator[Rejection]:
    """Yield why a field names no registered object of a kind."""
    if not referred_id:
        yield Rejection(Code.FIELD_MISSING, f"{field} names a registered {kind}", field)
    elif state.get(Key(kind, referred_id)) is None:
        yield Rejection(Code.REFERENCE_UNKNOWN, f"{field} names a registered {kind}", field, referred_id[:64])
