"""The three methods of forwarding in the running gateway, with the order book's own shard, on one published network.

CIGRE medium voltage at a part of its loads; bids of one draw at its loads; an operator who calls whole groups by price.
Whatever he calls, what is activated keeps every limit, by the other solver; what that costs in volume and money stands
in the page of the methods.
"""

from __future__ import annotations

import random
import re
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "services" / "orderbook" / "tests" / "worlds"))
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "services" / "ancillary-gateway" / "tests"))

import book_world  # the paths above have to come first
import mfrr_world
from gateway_builders import MW, START_S

from flexbourse.activation.v1 import activation_pb2 as activation
from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse_ancillary_gateway.domain.grid_gate.parcels import CALLABLE
from flexbourse_gridmath.model import NetworkModel
from flexbourse_messages.catalogue import ACTIVATION_LIFE, ANCILLARY_HEADROOM, BOOK_HEADROOM, REGISTRY_ENTITY
from flexbourse_networks.options import PLAIN
from flexbourse_networks.second_solver import SecondSolver
from flexbourse_networks.sources import read_library

PAGE = Path(__file__).resolve().parents[2] / "services" / "ancillary-gateway" / "docs" / "forwarding.md"
METHODS = ("corrective", "filter", "interface")
NEEDS_MW = (4, 16)
LOAD_PERMILLE, SEED, BIDS = 350, 1, 24
OWN_TICKS = 15_000  # what the operator's own power costs
CLAIMED_S, ORDER_S = START_S - 2_700 - 1_200, START_S - 450
TOLERANCE = 1e-4  # the two solvers' own disagreement, far below what a wrong accept would show


@cache
def network() -> tuple[NetworkModel, tuple[int, ...]]:
    """Return the network, and its base case in W: active power alone."""
    read = read_library("cigre-mv", PLAIN)
    return read.model, tuple(int(watts) * LOAD_PERMILLE // 1000 for watts in read.base_p_w)


def outside(changes_w: dict[str, int]) -> int:
    """Return how many elements are outside their limits with some changes by node."""
    model, base_w = network()
    places = {node.id: place for place, node in enumerate(model.nodes)}
    power = np.array([base_w])
    for node, watts in changes_w.items():
        power[0, places[node]] += watts
    solved = SecondSolver(model).solve_all(power, np.zeros_like(power))
    assert solved.solved.all()
    low, high = (np.array([getattr(node, name) for node in model.nodes]) / 1e6 for name in
                 ("v_low_micro_pu", "v_high_micro_pu"))  # fmt: skip
    inner = np.array([node.id != model.slack for node in model.nodes])
    out = (solved.voltage[0] < low - TOLERANCE) | (solved.voltage[0] > high + TOLERANCE)
    return int((solved.loading[0] > 1 + TOLERANCE).sum() + (out & inner).sum())


class Village(mfrr_world.World):
    """The gateway's world in which the order book is the real one."""

    def __post_init__(self) -> None:
        super().__post_init__()
        model, base_w = network()
        self.book = book_world.World(model=model, starts=(START_S,))
        self.book.register()
        self.book.publish_topology()
        self.book.publish_period(START_S, base=list(base_w))
        self.book.lights(zones=tuple(sorted({part.zone for part in (*model.nodes, *model.branches)})))
        self.book.drive.time(self.book.clock_ms)
        self._told = 0

    def _book(self, order: book.OrderCommand) -> None:
        self.book.drive.input(ANCILLARY_HEADROOM, order.area_id, book.HeadroomInstruction(order=order))
        self.book.tick()
        events = self.book.drive.projected(BOOK_HEADROOM)
        fresh, self._told = events[self._told :], len(events)
        for event in fresh:
            if isinstance(event, book.OrderEvent):
                self.input(BOOK_HEADROOM, order.area_id, event)

    def place(self) -> None:
        """Offer and mark the bids of the draw at the network's loads."""
        model, base_w = network()
        loads = [node.id for node, watts in zip(model.nodes, base_w, strict=True) if watts and node.id != model.slack]
        draw = random.Random(SEED)
        window = activation.Window(start_s=START_S, end_s=START_S + 900, mtu_length_s=900)
        for number in range(BIDS):
            name, price = f"{number:02}", draw.randint(5_000, 14_000)
            node, watts = draw.choice(loads), draw.randint(20, 250) * 10_000
            unit = registry.Unit(unit_id=name, metering_point_id=name)
            self.input(REGISTRY_ENTITY, name, registry.EntityState(entity=registry.Entity(unit=unit)))
            terms = activation.OfferTerms(
                offer_id=name, unit_id=name, quantity_w=watts, direction=activation.DIRECTION_UP, window=window
            )
            member = activation.Member(unit_id=name, node_id=node, span_w=watts)
            offer = activation.Offer(terms=terms, party="agr", members=[member])
            placed = activation.OfferPlaced(area_id=book_world.AREA, offer=offer)
            self.input(ACTIVATION_LIFE, book_world.AREA, activation.ActivationEvent(offer_placed=placed))
            assert not self.mark(name, area_id=book_world.AREA, price_ticks=price)[0].HasField("rejection")

    def groups(self) -> list[Any]:
        """Return the parcels that the platform may call, by price."""
        standing = [e.parcel for e in self.gateway.book.entries.values() if e.stage in CALLABLE]
        return sorted(standing, key=lambda parcel: (parcel.bids[0].price_ticks, parcel.parcel_id))


@dataclass(frozen=True)
class Outcome:
    """What a method makes of a need; cost in EUR per hour, the operator's own power for what is missing included."""

    forwarded_w: int
    called_w: int
    activated_w: int
    outside_called: int
    outside: int
    cost_euro: float


def moved(bids: list[tuple[str, int]]) -> dict[str, int]:
    """Return what some bids (node, W) move, by node."""
    total: dict[str, int] = {}
    for node, watts in bids:
        total[node] = total.get(node, 0) + watts
    return total


def play(folder: Path, method: str, need_w: int) -> Outcome:
    """Let a method forward, call the cheapest groups that fit a need, and see what is activated."""
    village = Village(folder, {"forwarding": method})
    village.place()
    for second in range(CLAIMED_S, CLAIMED_S + 600, 120):
        village.at(second)
    groups, left_w, called = village.groups(), need_w, []
    for parcel in groups:
        size = sum(bid.quantity_w for bid in parcel.bids)
        if size <= left_w:
            left_w -= size
            called += [(bid, parcel.nodes[bid.bid_id]) for bid in parcel.bids]
    accepted = answered(village, {bid.bid_id for bid, _ in called}) if called else set()
    active = [(bid, node) for bid, node in called if bid.bid_id in accepted]
    activated_w = sum(bid.quantity_w for bid, _ in active)
    paid = sum(bid.quantity_w * bid.price_ticks for bid, _ in active) + (need_w - activated_w) * OWN_TICKS
    village.drive.recovered()
    return Outcome(
        sum(bid.quantity_w for parcel in groups for bid in parcel.bids),
        sum(bid.quantity_w for bid, _ in called),
        activated_w,
        outside(moved([(node, bid.quantity_w) for bid, node in called])),
        outside(moved([(node, bid.quantity_w) for bid, node in active])),
        paid / (100 * MW),
    )


def answered(village: Village, called: set[str]) -> set[str]:
    """Order bids, and return those that the gateway says are activated; the book has accepted the same."""
    village.at(ORDER_S)
    village.post(village.order(*((bid, bid.quantity_w) for bid in village.bids() if bid.bid_id in called)))
    village.settle()
    (response,) = village.documents("A41")
    accepted = {one.mrid for one in response.series if one.status == "A07"}
    nodes = {bid_id: node for e in village.gateway.book.entries.values() for bid_id, node in e.parcel.nodes.items()}
    expected = moved([(nodes[bid.bid_id], bid.quantity_w) for bid in village.bids() if bid.bid_id in accepted])
    points = [event for event in village.book.events("operating_point") if event.mtu.start_s == START_S]
    stands = {change.node_id: change.p_w for event in points for change in event.accepted}
    assert {node: watts for node, watts in stands.items() if watts} == expected
    return accepted


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, int], Outcome]:
    return {
        (method, need): play(tmp_path_factory.mktemp(method), method, need * MW)
        for need in NEEDS_MW
        for method in METHODS
    }


def test_nothing_that_is_activated_leaves_a_limit(outcomes: dict[tuple[str, int], Outcome]) -> None:
    assert outside({}) == 0
    assert {outcome.outside for outcome in outcomes.values()} == {0}


def test_what_was_checked_before_is_activated_as_it_is_called(outcomes: dict[tuple[str, int], Outcome]) -> None:
    for method in ("filter", "interface"):
        for need in NEEDS_MW:
            found = outcomes[method, need]
            assert (found.activated_w, found.outside_called) == (found.called_w, 0)


def test_corrective_forwards_all_and_refuses_what_the_grid_cannot_take(
    outcomes: dict[tuple[str, int], Outcome],
) -> None:
    large = outcomes["corrective", max(NEEDS_MW)]
    assert large.outside_called > 0, "the need does not strain the grid: nothing is compared"
    assert 0 < large.activated_w < large.called_w == max(NEEDS_MW) * MW
    forwarded = {method: outcomes[method, max(NEEDS_MW)].forwarded_w for method in METHODS}
    assert forwarded["corrective"] > max(forwarded["filter"], forwarded["interface"]) > 0


def test_the_whole_group_at_the_interface_meets_no_need_below_its_size(
    outcomes: dict[tuple[str, int], Outcome],
) -> None:
    small = outcomes["interface", min(NEEDS_MW)]
    assert small.forwarded_w > min(NEEDS_MW) * MW
    assert (small.called_w, small.cost_euro) == (0, min(NEEDS_MW) * OWN_TICKS / 100)
    assert outcomes["filter", min(NEEDS_MW)].cost_euro < small.cost_euro


def test_the_page_of_the_methods_says_what_was_found(outcomes: dict[tuple[str, int], Outcome]) -> None:
    stated = re.findall(r"^\| (\d+) MW \| (\w+) \| ([\d.]+) \| ([\d.]+) \| ([\d.]+) \| (\d+) \| (\d+) \| (\d+) \|$",
                        PAGE.read_text(encoding="utf-8"), re.MULTILINE)  # fmt: skip
    assert len(stated) == len(outcomes)
    for need, method, forwarded, called, activated, called_out, out, cost in stated:
        found = outcomes[method, int(need)]
        volumes = (found.forwarded_w, found.called_w, found.activated_w)
        assert tuple(round(float(megawatts) * MW) for megawatts in (forwarded, called, activated)) == volumes
        assert (int(out), bool(int(called_out))) == (found.outside, bool(found.outside_called))
        assert abs(int(cost) - found.cost_euro) <= 1
