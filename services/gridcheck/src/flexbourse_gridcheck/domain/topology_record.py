"""The bound of a topology: it is one record, never overwritten, that others adopt by reference."""

from __future__ import annotations

from collections.abc import Iterable

from flexbourse_core.rejection import Code, Rejection
from flexbourse_gridcheck.domain.events import Zone

MAX_MODEL_BYTES = 400_000  # as it stands in a command, compressed where that is large: some 10,000 nodes
MAX_TOPOLOGY_BYTES = 480_000  # with the names of all zones and their members; a record's bound is 512 kB
NAME_BYTES = 3  # tag and length of a name


def size_problems(model: bytes, zones: Iterable[Zone] = ()) -> list[Rejection]:
    """Return what a record cannot hold of a model, or of a model with its zones."""
    if len(model) > MAX_MODEL_BYTES:
        return [_too_large("a network model is part of one record", len(model), MAX_MODEL_BYTES)]
    names = (name for zone in zones for name in (zone.zone_id, *zone.node_ids, *zone.element_ids))
    size = len(model) + sum(len(name.encode()) + NAME_BYTES for name in names)
    if size > MAX_TOPOLOGY_BYTES:
        return [_too_large("a topology with its zones is one record", size, MAX_TOPOLOGY_BYTES)]
    return []


def _too_large(rule: str, size: int, limit: int) -> Rejection:
    return Rejection(Code.NETWORK_INVALID, rule, "model", value=size, limit=limit, unit="bytes")
