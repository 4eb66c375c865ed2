"""What others hold of a period: changes that may still be made or not, each a call for the checks of what comes after.

A held match of conditional orders is one call, at the node of the called order: of one node never UP and DOWN calls.
A reservation that is confirmed whole or not at all is one call. One that may be filled in part is a call at each of its
nodes, each by any share and independent of the others: what rests on an exchange may be filled anyhow.

Calls of any fill at one node in one direction are one call, so that a thousand small orders at a node count once. With
the complex powers ``s_i = w_i·d``, all ``w_i > 0``, and independent shares ``0 <= t_i <= 1``, the sum ``Σ t_i·s_i`` is
``(Σ t_i·w_i)·d``, and ``Σ t_i·w_i`` takes every value from 0 (no fill) to ``Σ w_i`` (all filled) and no other: it is
continuous in the shares, and each of its terms lies between 0 and ``w_i``. So what independent fills can do at the node
is exactly ``{t·Σ s_i : 0 <= t <= 1}``, one call of any fill. Calls of opposite sign at a node, or with other ratios of
reactive to active power, stay apart: their sums fill an area, or an interval around zero, that no single call has.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import gcd

from flexbourse_core.rejection import Code, Rejection
from flexbourse_core.values import replace
from flexbourse_gridmath.check import open_gate
from flexbourse_gridmath.conditional import MAX_CALLS, NOTHING, Call, HeldCalls, hold_calls
from flexbourse_gridmath.limits import Limits
from flexbourse_gridmath.powerflow import OperatingPoint
from flexbourse_gridmath.topology import Topology
from flexbourse_gridmath.vector import Change
from flexbourse_orderbook.domain.events import FlexibilityHeld
from flexbourse_orderbook.domain.headroom.events import HeadroomReserved
from flexbourse_orderbook.domain.headroom.external_orders import is_external
from flexbourse_orderbook.domain.orders import Product
from flexbourse_orderbook.domain.resting.levels import RestingOrder

# Calls of one period that are held at once; what is left of the check's bound are a candidate's own.
MAX_HELD_CALLS = MAX_CALLS - 16


@dataclass(frozen=True, slots=True)
class Held:
    """The calls of a period; `in_part`: some may be made by any share, so all are judged as if.

    `firm` is what is held besides external orders that are not executed yet, None where there are none.
    """

    calls: tuple[Call, ...] = ()
    in_part: bool = False
    firm: Held | None = None

    def plus(self, call: Call) -> Held:
        """Return what is held with one more call."""
        firm = self.firm.plus(call) if self.firm is not None else None
        return Held((*self.calls, call), self.in_part, firm)


NOTHING_HELD = Held()


def held_of(
    topology: Topology, reservations: Iterable[HeadroomReserved], matches: Iterable[FlexibilityHeld] = ()
) -> Held:
    """Return reservations and held matches as calls; a node that left the topology takes its part with it."""
    all_of_them = list(reservations)
    of_matches = [call for match in matches if (call := call_of_match(topology, match)) is not None]
    held = _held(topology, all_of_them, of_matches)
    if not any(map(is_external, all_of_them)):
        return held
    firm = [reserved for reserved in all_of_them if not is_external(reserved)]
    return replace(held, firm=_held(topology, firm, of_matches))


def _held(topology: Topology, reservations: Sequence[HeadroomReserved], calls: Sequence[Call]) -> Held:
    found = [*calls, *_whole(topology, reservations), *_in_part(topology, reservations)]
    return (
        Held(tuple(found), any(reserved.reservation.any_fill for reserved in reservations)) if found else NOTHING_HELD
    )


def _known(topology: Topology, reserved: HeadroomReserved) -> list[tuple[int, int, int]]:
    index = topology.node_index
    return [(index[c.node_id], c.p_w, c.q_var) for c in reserved.reservation.changes if c.node_id in index]


def _whole(topology: Topology, reservations: Sequence[HeadroomReserved]) -> Iterator[Call]:
    """Iterate over the calls of reservations that are confirmed whole or not at all."""
    for reserved in reservations:
        known = [] if reserved.reservation.any_fill else _known(topology, reserved)
        if known:
            nodes, p_w, q_var = zip(*known, strict=True)
            yield Call(Change(nodes, p_w, q_var), reserved.reservation.reservation_id, 1)


def _in_part(topology: Topology, reservations: Sequence[HeadroomReserved]) -> Iterator[Call]:
    """Iterate over the calls of any fill: one for each node, sign and ratio of reactive power (see above)."""
    sums: dict[tuple[int, int, int], int] = {}
    for reserved in reservations:
        for node, p_w, q_var in _known(topology, reserved) if reserved.reservation.any_fill else ():
            times = gcd(p_w, q_var)
            if times:
                ray = node, p_w // times, q_var // times
                sums[ray] = sums.get(ray, 0) + times
    for (node, p_w, q_var), times in sums.items():
        yield Call(Change((node,), (times * p_w,), (times * q_var,)), ("any fill", node, p_w, q_var), 1)


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
        Code.TOO_MANY_ENTRIES, "what is held of one period is bounded; with any fill each node and sign counts once",
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


def called_order(seller: RestingOrder, buyer: RestingOrder) -> RestingOrder | None:
    """Return the conditional order that a match is held for: the request, else the offer; None where none is."""
    if buyer.terms.conditional:
        return buyer
    return seller if seller.terms.conditional else None


def node_of_call(called: RestingOrder, seller: RestingOrder) -> str:
    """Return the node at which opposite calls exclude each other: an operator's request has none, but its offer has."""
    return called.terms.node_id or seller.terms.node_id


def call_of(seller: RestingOrder, buyer: RestingOrder) -> Call | None:
    """Return the call that a match of two orders would hold, None where its match executes at once."""
    called = called_order(seller, buyer)
    if called is None:
        return None
    return flexibility_call(NOTHING, node_of_call(called, seller), called.terms.product)
