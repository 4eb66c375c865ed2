"""Drawn stories of a market whose network is switched to and fro: what holds in all of them."""

from __future__ import annotations

import os

import numpy as np
from book_world import AREA, DSO, HOMES, NOON, World, mtu_message
from hypothesis import event, given, settings
from hypothesis import strategies as st
from test_topology_change import ring

from flexbourse.gridcheck.v1 import gridcheck_pb2 as grid
from flexbourse.orderbook.v1 import orderbook_pb2 as pb
from flexbourse_gridmath.model import switched
from flexbourse_gridmath.powerflow import OperatingPoint, solve_from_no_load
from flexbourse_gridmath.topology import compile_topology
from flexbourse_messages.catalogue import GRID_TOPOLOGY

EXAMPLES = 300 if os.environ.get("FLEXBOURSE_LONG") == "1" else 20
# Mostly in street b, and mostly at prices that meet: otherwise too little is traded for anything to become too much.
PLACES = st.sampled_from([*HOMES, "b1", "b2", "b3", "b3"])
ORDERS = st.one_of(
    st.tuples(st.just("sell"), PLACES, st.integers(5, 35), st.integers(1, 12), st.sampled_from([0, 0, 1])),
    st.tuples(st.just("buy"), PLACES, st.integers(5, 35), st.integers(8, 60), st.sampled_from([0, 0, 1])),
)
STEPS = st.one_of(
    ORDERS,
    ORDERS,
    ORDERS,
    st.just(("switch",)),
    st.just(("tick",)),
    st.tuples(st.just("decide"), st.booleans()),
    st.tuples(st.just("reserve"), st.sampled_from(HOMES), st.integers(1, 40)),
)


class Story(World):
    """A market on the ring, whose street b is fed by its own cable or through street a."""

    def begin(self) -> Story:
        self.model, self.market_changes, self.version = ring(), {"either_side_missing": False}, 1
        self.reservations = 0
        self.ready()
        return self

    def trade_much(self) -> None:
        """Trade what street b's own cable carries and the other way does not."""
        for buyer, kilowatts, cents in (("b3", 30, 10), ("b2", 20, 5)):
            self.sell("battery-b1", kilowatts * 1_000, cents * 1_000)
            self.buy(f"battery-{buyer}", kilowatts * 1_000, 40_000)

    def switch(self) -> None:
        """Feed street b the other way."""
        closed = {branch.id for branch in self.model.branches}
        ends = (["b1-b2"], ["a3-b3"]) if "b1-b2" in closed else (["a3-b3"], ["b1-b2"])
        self.model, self.version = switched(self.model, *ends), self.version + 1
        state = grid.TopologyState(area_id=AREA, version=self.version, model=self.model.to_bytes())
        self.drive.input(GRID_TOPOLOGY, f"{AREA}/{self.version}", state)
        for start in self.starts:
            self.publish_period(start, version=self.version, topology=self.version)
        self.lights()
        self.tick()

    def decide(self, *, confirm: bool) -> None:
        """Decide every proposal that is open."""
        for proposal in self.open_proposals():
            decision = pb.DecideCurtailment(proposal_id=proposal.proposal_id, confirm=confirm)
            (result,) = self.command(pb.OrderCommand(area_id=AREA, decide_curtailment=decision), DSO)
            if confirm and not result.HasField("rejection"):
                assert self.beyond(proposal.mtu.start_s) == []

    def open_proposals(self) -> list[pb.CurtailmentProposed]:
        ended = {e.proposal_id for kind in ("curtailment_withdrawn", "trade_curtailed") for e in self.events(kind)}  # type: ignore[attr-defined]
        return [p for p in self.events("curtailment_proposed") if p.proposal_id not in ended]  # type: ignore[attr-defined, misc]

    def reserve(self, home: str, kilowatts: int) -> None:
        self.reservations += 1
        wish = pb.ReserveHeadroom(
            reservation_id=f"r{self.reservations}", area_id=AREA, mtu=mtu_message(NOON),
            expires_at_ms=(NOON + 900) * 1000, changes=[pb.NodeChange(node_id=home, p_w=-kilowatts * 1_000)],
        )  # fmt: skip
        self.command(pb.OrderCommand(area_id=AREA, reserve=wish), DSO)

    def accepted(self, start_s: int) -> dict[str, int]:
        found: dict[str, int] = {}
        for moved in self.events("operating_point"):
            if moved.mtu.start_s == start_s:  # type: ignore[attr-defined]
                found |= {change.node_id: change.p_w for change in moved.accepted}  # type: ignore[attr-defined]
        return found

    def beyond(self, start_s: int) -> list[str]:
        """Return what trades hold beyond its limit, or farther than the base case does; solved apart from the book."""
        topology = compile_topology(self.model)
        base = np.array(self.base_w())
        moved = base.copy()
        for node, power in self.accepted(start_s).items():
            moved[topology.node_index[node]] += power
        alone, after = (solve_from_no_load(topology, p, np.zeros_like(p)) for p in (base, moved))
        assert isinstance(alone, OperatingPoint)
        assert isinstance(after, OperatingPoint)
        over = after.loading > np.maximum(1.0, alone.loading) + 1e-7
        low = after.magnitude < np.minimum(0.9, alone.magnitude) - 1e-7
        return [topology.branch_ids[i] for i in np.flatnonzero(over)] + [
            topology.node_ids[i] for i in np.flatnonzero(low)
        ]

    def tell(self, step: tuple[object, ...]) -> None:
        match step:
            case ("switch",):
                self.switch()
            case ("tick",):
                self.tick()
            case ("decide", bool() as confirm):
                self.decide(confirm=confirm)
            case ("reserve", str() as home, int() as kilowatts):
                self.reserve(home, kilowatts)
            case (side, home, int() as kilowatts, int() as cents, int() as period):
                make = self.sell if side == "sell" else self.buy
                make(f"battery-{home}", kilowatts * 1_000, cents * 1_000, mtu=mtu_message(NOON + 900 * period))


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.booleans(), st.lists(STEPS, min_size=8, max_size=30))
def test_what_holds_in_every_story(much: bool, steps: list[tuple[object, ...]]) -> None:
    story = Story().begin()
    if much:
        story.trade_much()
    for step in steps:
        before, version = len(story.trades()), story.version
        story.tell(step)
        assert {t.gate.topology_version for t in story.trades()[before:]} <= {version, story.version}
    story.decide(confirm=True)
    story.tick()
    rejected = {e.mtu.start_s for e in story.events("curtailment_withdrawn") if e.reason == "rejected"}  # type: ignore[attr-defined]
    for start in {*story.starts} - rejected:  # what an operator rejects he answers for
        if not any(p.mtu.start_s == start for p in story.open_proposals()):
            assert story.beyond(start) == []
    event(f"curtailed: {min(len(story.events('trade_curtailed')), 3)}")
    event(f"reservations given up: {min(sum(e.reason == 'topology' for e in story.events('headroom_settled')), 2)}")
    _money_is_explained(story)
    story.drive.recovered()


def _money_is_explained(story: Story) -> None:
    """When the books have closed: billed - refunded + revised = change of the potential, per period."""
    story.tick((NOON - 5_000) * 1000 - story.clock_ms)
    for start in story.starts:
        closed = [e for e in story.events("book_closed") if e.mtu.start_s == start][-1]  # type: ignore[attr-defined]
        trades = [t for t in story.trades() if t.mtu.start_s == start]
        cuts = [e.curtailment for e in story.events("trade_curtailed") if e.mtu.start_s == start]  # type: ignore[attr-defined]
        billed = sum(t.dnut_micro_euro + t.relief_micro_euro for t in trades)
        back = sum(c.dnut_refund_micro_euro + c.relief_refund_micro_euro for c in cuts)
        change = closed.potential_end_micro_euro - closed.potential_start_micro_euro  # type: ignore[attr-defined]
        assert billed - back + closed.revision_micro_euro == change  # type: ignore[attr-defined]
        left = {t.trade_id: t.quantity_w for t in trades}
        for cut in cuts:
            left[cut.trade_id] -= cut.quantity_w
            assert left[cut.trade_id] == cut.left_w >= 0
