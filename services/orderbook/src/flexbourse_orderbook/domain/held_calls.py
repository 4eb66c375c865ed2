"""What others hold of a period: changes that may still be made or not, each a call for the checks of what comes after.

A held match of conditional orders is one call, at the node of the called order: of one node never UP and DOWN calls.
A reservation that is confirmed whole or not at all is one call. One that may be filled in part is a call at each of its
nodes, each by any share and independent of the others: what rests on an exchange may be filled anyhow.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from flexbourse_core.rejection import Code, Rejection
from flexbourse_gridmath.check import open_gate
from flexbourse_gridmath.conditional import MAX_CALLS, Call, HeldCalls, hold_calls
from flexbourse_gridmath.limits import Limits
from flexbourse_gridmath.powerflow import OperatingPoint
from flexbourse_gridmath.topology import Topology
from flexbourse_gridmath.vector import Change
from flexbourse_orderbook.domain.events import FlexibilityHeld, HeadroomReserved, ReserveHeadroom
from flexbourse_orderbook.domain.orders import Product

# Calls of one period that are held at once; what is left of the check's bound are a candidate's own.
MAX_HELD_CALLS = MAX_CALLS - 16


@dataclass(frozen=True, slots=True)
class Held:
    """The calls of a period; `in_part`: some may be made by any share, so all are judged as if."""

    calls: tuple[Call, ...] = ()
    in_part: bool = False


NOTHING_HELD = Held()


def held_of(
    topology: Topology, reservations: Iterable[HeadroomReserved], matches: Iterable[FlexibilityHeld] = ()
) -> Held:
    """Return reservations and held matches as calls; a node that left the topology takes its part with it."""
    calls = [call for match in matches if (call := call_of_match(topology, match)) is not None]
    in_part = False
    for reserved in reservations:
        calls.extend(calls_of(topology, reserved.reservation))
        in_part = in_part or reserved.reservation.any_fill
    return Held(tuple(calls), in_part) if calls else NOTHING_HELD


def calls_of(topology: Topology, wish: ReserveHeadroom) -> Iterator[Call]:
    """Iterate over the calls of one reservation."""
    index = topology.node_index
    known = [(index[c.node_id], c.p_w, c.q_var) for c in wish.changes if c.node_id in index]
    if wish.any_fill:
        for node, p_w, q_var in known:
            yield Call(Change((node,), (p_w,), (q_var,)), (wish.reservation_id, node), 1)
    elif known:
        nodes, p_w_all, q_var_all = zip(*known, strict=True)
        yield Call(Change(nodes, p_w_all, q_var_all), wish.reservation_id, 1)


def call_of_match(topology: Topology, match: FlexibilityHeld) -> Call | None:
    """Return the call of a held match; None where none of its nodes is in the topology any more."""
    moved = [
        (topology.node_index[side.node_id], side.moved_w)
        for side in (match.seller, match.buyer)
        if side.moved_w and side.node_id in topology.node_index
    ]
    if not moved:
        return None
    nodes, p_w = zip(*moved, strict=True)
    return flexibility_call(Change(nodes, p_w, (0,) * len(nodes)), match.node_id, match.product)


def flexibility_call(change: Change, node_id: str, product: Product) -> Call:
    """Return a call of flexibility at the node of its order."""
    return Call(change, ("node", node_id), 1 if product is Product.FLEX_UP else -1)


def too_many_calls(count: int) -> Rejection:
    """Return that no more is held of a period."""
    return Rejection(
        Code.TOO_MANY_ENTRIES, "what is held of one period is bounded; with any fill each node counts",
        field="changes", value=count, limit=MAX_HELD_CALLS, unit="calls", headroom_w=0,
    )  # fmt: skip


class Gatekeeper:
    """The gate of one view and what is held at it, opened when first asked for."""

    __slots__ = ("_held", "_limits", "_opened", "_point")

    def __init__(self, point: OperatingPoint, limits: Limits, held: Held) -> None:
        self._point, self._limits, self._held = point, limits, held
        self._opened: HeldCalls | None = None

    def gate(self) -> HeldCalls:
        """Return the gate with the calls held at it."""
        if self._opened is None:
            gate = open_gate(self._point.topology, [self._point], [self._limits])
            self._opened = hold_calls(gate, self._held.calls, in_part=self._held.in_part)
        return self._opened
