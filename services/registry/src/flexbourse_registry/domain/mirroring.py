"""What the chain says of a right to offer becomes part of the right: a version of its own, made by nobody's command."""

from __future__ import annotations

from dataclasses import replace

from flexbourse_registry.domain.entities import Key, RightOnChain, RightToOffer
from flexbourse_registry.domain.state import Registered, State

MIRROR = "flexbourse.settlement"  # who writes on the chain; has the form of no participant id


def mirrored(state: State, right_id: str, on_chain: RightOnChain) -> Registered | None:
    """Return the event that mirrors a right; None where there is none of that id, or nothing new is said."""
    key = Key("right", right_id)
    kept = state.get(key)
    if not isinstance(kept, RightToOffer) or kept.on_chain == on_chain:
        return None
    return Registered(replace(kept, on_chain=on_chain), state.version(key) + 1, MIRROR)
