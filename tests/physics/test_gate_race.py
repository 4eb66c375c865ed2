"""Wholesale forwards, mFRR bids and local matches race for one area: whatever of them comes, every limit holds.

Both gateways ask for headroom at any fill, in any order and many at once; local orders match between; what is held is
confirmed in parts or given back. After every move the operating point, and that point with random parts of everything
held, are solved by power-grid-model: no branch above its rating, no node out of its band. Each street alone could carry
what is asked of it; the cable that both share cannot.
"""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "services" / "orderbook" / "tests" / "worlds"))

from book_world import AREA, HOMES, NOON, World, mtu_message, two_streets  # the path above has to come first

from flexbourse.orderbook.v1 import orderbook_pb2 as pb
from flexbourse_gridmath.model import NetworkModel
from flexbourse_messages.catalogue import ANCILLARY_HEADROOM, WHOLESALE_HEADROOM
from flexbourse_networks.second_solver import SecondSolver

SEEDS, MOVES, FILLS = (60, 80, 200) if os.environ.get("FLEXBOURSE_LONG") == "1" else (6, 30, 40)
GATEWAYS = {"mfrr": ANCILLARY_HEADROOM, "wholesale": WHOLESALE_HEADROOM}
SHARED_KA = 0.08  # of the cable that both streets hang on: each street alone may take twice as much
TOLERANCE = 1e-4  # the two solvers' own disagreement, far below what a wrong accept would show


@cache
def network() -> NetworkModel:
    """Return two streets below one thin cable."""
    plain = two_streets(thin_ka=0.2, thick_ka=0.2)
    branches = tuple(
        replace(branch, rating_from_ka=SHARED_KA, rating_to_ka=SHARED_KA) if branch.from_node == "source" else branch
        for branch in plain.branches
    )
    return replace(plain, branches=branches)


@dataclass
class Race:
    """A book, what it has accepted, and what the gateways hold by name: node → W."""

    seed: int
    world: World = field(default_factory=lambda: World(model=network(), starts=(NOON,)).ready())
    names: int = 0
    refused: int = 0
    worst_held_w: int = 0

    def __post_init__(self) -> None:
        self.draw = random.Random(self.seed)
        self.solver = SecondSolver(network())
        assert list(self.world.topology.node_ids) == [node.id for node in network().nodes]

    # --- moves -------------------------------------------------------------------------------------------------------

    def move(self) -> None:
        """Let several parties act at once, in an order that nobody chose."""
        acts = [self.reserve, self.reserve, self.match, self.confirm, self.release]
        for _ in range(self.draw.randint(1, 5)):
            self.draw.choice(acts)()
        self.world.tick()

    def reserve(self) -> None:
        gateway = self.draw.choice(sorted(GATEWAYS))
        sign = self.draw.choice([1, -1])
        homes = self.draw.sample(HOMES, self.draw.randint(1, 4))
        changes = [
            pb.NodeChange(node_id=home, p_w=sign * self.draw.choice([2_000, 6_000, 15_000, 30_000])) for home in homes
        ]
        if gateway == "wholesale":  # buys and sells rest side by side
            for change in changes:
                change.p_w *= self.draw.choice([1, -1])
        self.names += 1
        wish = pb.ReserveHeadroom(
            reservation_id=f"{gateway}-{self.names}", area_id=AREA, mtu=mtu_message(NOON), changes=changes,
            expires_at_ms=NOON * 1000, any_fill=True,
        )  # fmt: skip
        self.say(gateway, reserve=wish)

    def confirm(self) -> None:
        held = self.held()
        if not held:
            return
        name = self.draw.choice(sorted(held))
        part = [
            pb.NodeChange(node_id=node, p_w=round(watts * self.draw.choice([0.0, 0.3, 1.0])))
            for node, watts in held[name].items()
        ]
        part = [change for change in part if change.p_w]
        if part:
            self.say(name.split("-")[0], confirm=pb.ConfirmHeadroom(reservation_id=name, changes=part))

    def release(self) -> None:
        held = self.held()
        if held and self.draw.random() < 0.4:
            name = self.draw.choice(sorted(held))
            self.say(name.split("-")[0], release=pb.ReleaseHeadroom(reservation_id=name))

    def match(self) -> None:
        seller, buyer = self.draw.sample(HOMES, 2)
        watts = self.draw.choice([3_000, 10_000, 25_000])
        self.world.sell(f"battery-{seller}", watts, 1_000)
        self.world.buy(f"battery-{buyer}", watts, 30_000)

    def say(self, gateway: str, **body: object) -> None:
        order = pb.OrderCommand(area_id=AREA, **body)  # type: ignore[arg-type]
        self.world.drive.input(GATEWAYS[gateway], AREA, pb.HeadroomInstruction(order=order))

    # --- what stands, by the book's public events alone --------------------------------------------------------------

    def held(self) -> dict[str, dict[str, int]]:
        held: dict[str, dict[str, int]] = {}
        for event in self.world.drive.events:
            assert isinstance(event, pb.OrderEvent)
            if event.HasField("reserved"):
                wish = event.reserved.reservation
                held[wish.reservation_id] = {change.node_id: change.p_w for change in wish.changes}
            elif event.HasField("headroom_filled"):
                filled = event.headroom_filled
                held[filled.reservation_id] = {change.node_id: change.p_w for change in filled.left}
            elif event.HasField("headroom_settled"):
                held.pop(event.headroom_settled.reservation_id, None)
        return held

    def accepted(self) -> np.ndarray:
        """Return the operating point: the base case and all that was accepted, as each event says of its nodes."""
        index = self.world.topology.node_index
        total = {
            change.node_id: change.p_w for event in self.world.events("operating_point") for change in event.accepted
        }
        point = np.array(self.world.base_w(), dtype=np.int64)
        for node, watts in total.items():
            point[index[node]] += watts
        return point

    def fills(self) -> Iterator[np.ndarray]:
        """Yield nothing, everything of each sense, each holder alone, and random parts of all that is held."""
        index = self.world.topology.node_index
        calls = [(index[node], watts) for wishes in self.held().values() for node, watts in wishes.items()]
        for chosen in (lambda _: 0.0, lambda w: float(w > 0), lambda w: float(w < 0), lambda _: 1.0):
            yield self.filled(calls, [chosen(watts) for _, watts in calls])
        for _ in range(FILLS):
            share = self.draw.choice([[0.0, 1.0], [0.0, 0.5, 1.0], [0.0, 0.1, 0.9, 1.0]])
            yield self.filled(calls, [self.draw.choice(share) for _ in calls])

    def filled(self, calls: list[tuple[int, int]], shares: list[float]) -> np.ndarray:
        point = self.accepted()
        for (node, watts), share in zip(calls, shares, strict=True):
            point[node] += round(watts * share)
        return point

    def check(self) -> None:
        """Solve all of them by the other solver, and compare with ratings and bands."""
        powers = np.stack(list(self.fills()))
        solved = self.solver.solve_all(powers, np.zeros_like(powers))
        assert solved.solved.all()
        for place, node in enumerate(network().nodes):
            if node.id != network().slack:
                assert solved.voltage[:, place].min() * 1e6 >= node.v_low_micro_pu * (1 - TOLERANCE), node.id
                assert solved.voltage[:, place].max() * 1e6 <= node.v_high_micro_pu * (1 + TOLERANCE), node.id
        assert solved.loading.max() <= 1 + TOLERANCE
        held = [abs(watts) for wishes in self.held().values() for watts in wishes.values()]
        self.worst_held_w = max(self.worst_held_w, sum(held))


@pytest.mark.parametrize("seed", range(SEEDS))
def test_whatever_comes_of_what_is_held_no_limit_is_passed(seed: int) -> None:
    race = Race(seed)
    for _ in range(MOVES):
        race.move()
        race.check()
    denied = {event.asked for event in race.world.events("headroom_denied")}
    assert "reserve" in denied, "nothing was ever refused: the race was none"
    assert race.worst_held_w > 30_000
    assert race.world.trades()
    race.world.drive.recovered()


def test_each_street_alone_could_take_what_both_together_may_not() -> None:
    """The limit that binds belongs to no street: two wishes that are safe alone are not safe beside each other."""
    race = Race(0)
    wishes = {street: [pb.NodeChange(node_id=f"{street}{n}", p_w=-20_000) for n in (1, 2)] for street in "ab"}
    outcomes = []
    for order in ("a", "b", "ab"):
        race = Race(0)
        for gateway, street in zip(sorted(GATEWAYS), order, strict=False):
            race.say(gateway, reserve=pb.ReserveHeadroom(
                reservation_id=f"{gateway}-{street}", area_id=AREA, mtu=mtu_message(NOON), changes=wishes[street],
                expires_at_ms=NOON * 1000, any_fill=True,
            ))  # fmt: skip
        race.world.tick()
        race.check()
        outcomes.append((len(race.held()), [event.rejection.element for event in race.world.events("headroom_denied")]))
    assert outcomes[0] == outcomes[1] == (1, [])
    assert outcomes[2] == (1, ["source-bar"])
