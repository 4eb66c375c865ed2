"""Calls of any fill merged per node are judged as if each stood alone: in every check, whatever part of each comes."""

from __future__ import annotations

import os

import numpy as np
from book_world import AREA, HOMES, NOON, base_of, two_streets
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from flexbourse_core.market_time import Mtu
from flexbourse_gridmath.check import Gate, open_gate
from flexbourse_gridmath.conditional import (
    NOTHING,
    Call,
    CallsVerdict,
    LargestWithCalls,
    check_with_calls,
    hold_calls,
    largest_beside,
)
from flexbourse_gridmath.limits import Limits
from flexbourse_gridmath.powerflow import OperatingPoint, solve_from_no_load
from flexbourse_gridmath.topology import compile_topology
from flexbourse_gridmath.vector import Change, Side, Vector
from flexbourse_orderbook.domain.findings import NodeChange
from flexbourse_orderbook.domain.grid.capacity import NodeSum
from flexbourse_orderbook.domain.headroom.events import HeadroomReserved, ReserveHeadroom
from flexbourse_orderbook.domain.headroom.held_calls import held_of

EXAMPLES = 2_000 if os.environ.get("FLEXBOURSE_LONG") == "1" else 80
TOPOLOGY = compile_topology(two_streets())
# Bounds this close to their limit may be told apart by rounding alone.
ROUNDING = 1e-9

# The third: reactive power at the same ratio, and at others.
powers = st.tuples(st.integers(-40, 40).filter(bool), st.sampled_from([0, 0, 0, 1, -1]))
reservations = st.lists(
    st.dictionaries(st.sampled_from(HOMES), powers, min_size=1, max_size=3), min_size=1, max_size=30
)


def reserved(number: int, changes: dict[str, tuple[int, int]], scale: int) -> HeadroomReserved:
    held = tuple(NodeChange(home, scale * p, scale * p * q // 2) for home, (p, q) in changes.items())
    wish = ReserveHeadroom(f"r-{number}", AREA, Mtu(NOON, 900), held, 10**15, any_fill=True)
    return HeadroomReserved(wish, "service:wholesale-gateway", None)


def one_by_one(held: list[HeadroomReserved]) -> list[Call]:
    """Return the calls unmerged: one for each reservation and node."""
    return [
        Call(
            Change((TOPOLOGY.node_index[change.node_id],), (change.p_w,), (change.q_var,)),
            (each.reservation.reservation_id, change.node_id), 1,
        )
        for each in held
        for change in each.reservation.changes
    ]  # fmt: skip


def gate() -> Gate:
    p_w = np.array([base_of(name) if name in HOMES else 0 for name in TOPOLOGY.node_ids])
    point = solve_from_no_load(TOPOLOGY, p_w, np.zeros_like(p_w))
    assert isinstance(point, OperatingPoint)
    return open_gate(TOPOLOGY, [point], [Limits.of(TOPOLOGY)])


def ray(call: Call) -> tuple[int, int, float]:
    """Return the node of a call, its sign, and its ratio of reactive to active power."""
    (node,), (p_w,), (q_var,) = call.change.nodes, call.change.p_w, call.change.q_var
    return node, 1 if p_w > 0 else -1, q_var / p_w


GATE = gate()


@settings(max_examples=EXAMPLES, deadline=None)
@given(drawn=reservations, scale=st.sampled_from([1, 10, 40, 100]), home=st.sampled_from(HOMES), up=st.booleans())
def test_merged_and_unmerged_calls_are_judged_alike(
    drawn: list[dict[str, tuple[int, int]]], scale: int, home: str, up: bool
) -> None:
    held = [reserved(number, changes, scale) for number, changes in enumerate(drawn)]
    alone, together = one_by_one(held), held_of(TOPOLOGY, held).calls
    assert len(together) == len(set(map(ray, alone))) <= len(alone)
    one, other = (check_with_calls(GATE, NOTHING, calls, enumerate_up_to=0) for calls in (alone, together))
    assert isinstance(one, CallsVerdict) == isinstance(other, CallsVerdict)
    if isinstance(one, CallsVerdict) and isinstance(other, CallsVerdict):
        assert abs(one.excess - other.excess) < ROUNDING
        assert one.feasible == other.feasible or abs(one.excess) < ROUNDING
    vector = Vector((Side(TOPOLOGY.node_index[home], 1 if up else -1),))
    found = [largest_beside(hold_calls(GATE, calls, in_part=True), vector, 40_000, 100) for calls in (alone, together)]
    assert all(isinstance(each, LargestWithCalls) for each in found)
    first, second = (each.quantity_w for each in found if isinstance(each, LargestWithCalls))
    assert abs(first - second) <= 100, "a step, where a bracket ends between two"


@settings(max_examples=EXAMPLES, deadline=None)
@given(drawn=reservations, data=st.data())
def test_every_mixture_of_fills_is_a_share_of_the_merged_call(
    drawn: list[dict[str, tuple[int, int]]], data: st.DataObject
) -> None:
    """And the ends of the share are no fill and all filled."""
    held = [reserved(number, changes, 100) for number, changes in enumerate(drawn)]
    merged = held_of(TOPOLOGY, held).calls
    merged_at = {ray(call): call for call in merged}
    whole, filled = dict.fromkeys(merged_at, 0), dict.fromkeys(merged_at, 0.0)
    for call in one_by_one(held):
        whole[ray(call)] += call.change.p_w[0]
        filled[ray(call)] += data.draw(st.floats(0, 1)) * call.change.p_w[0]
    for place, call in merged_at.items():
        assert whole[place] == call.change.p_w[0]
        assert -1e-12 <= filled[place] / call.change.p_w[0] <= 1 + 1e-12


@settings(max_examples=EXAMPLES, deadline=None)
@given(drawn=reservations, direction=st.sampled_from([1, -1]), homes=st.sets(st.sampled_from(HOMES), min_size=1))
def test_sums_over_nodes_are_the_same_to_the_watt(
    drawn: list[dict[str, tuple[int, int]]], direction: int, homes: set[str]
) -> None:
    held = [reserved(number, changes, 100) for number, changes in enumerate(drawn)]
    limit = NodeSum("street", frozenset(TOPOLOGY.node_index[home] for home in homes), 0, 0)
    assert limit.most_w(one_by_one(held), direction) == limit.most_w(held_of(TOPOLOGY, held).calls, direction)


@settings(max_examples=EXAMPLES, deadline=None)
@given(drawn=reservations)
def test_firm_holds_are_told_from_external_orders(drawn: list[dict[str, tuple[int, int]]]) -> None:
    assume(len(drawn) > 1)
    held = [reserved(number, changes, 100) for number, changes in enumerate(drawn)]
    operators = [HeadroomReserved(each.reservation, "dso-1", None) for each in held[1:]]
    both = held_of(TOPOLOGY, [held[0], *operators])
    assert both.firm == held_of(TOPOLOGY, operators)
    assert held_of(TOPOLOGY, operators).firm is None
    assert {call.place for call in both.calls} >= {call.place for call in (both.firm.calls if both.firm else ())}
