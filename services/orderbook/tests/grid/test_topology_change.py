"""A topology change in the running market: nothing matches until it is known, and what no longer fits is said."""

from __future__ import annotations

import numpy as np
import pytest
from book_world import AREA, DSO, NOON, PARTIES, World, mtu_message
from switching_world import decide, proposals, proposed, ring, settled, switch, traded

from flexbourse.orderbook.v1 import orderbook_pb2 as pb
from flexbourse_core.market_time import Mtu
from flexbourse_gridmath.model import switched
from flexbourse_gridmath.powerflow import OperatingPoint, solve_from_no_load
from flexbourse_gridmath.topology import compile_topology
from flexbourse_messages.catalogue import BOOK_ORDER, BOOK_TRADE
from flexbourse_orderbook.domain.evolve import evolve
from flexbourse_orderbook.domain.grid.curtailment_events import Curtailment, TradeCurtailed


def pair(world: World, start_s: int = NOON) -> None:
    """Trade a little where there is room on either topology."""
    world.sell("battery-a3", 1_000, 1_000, mtu=mtu_message(start_s))
    world.buy("battery-a2", 1_000, 40_000, mtu=mtu_message(start_s))


def loading(world: World, moved: dict[str, int]) -> float:
    """Return the highest loading over the limit of 100 %, solved without the book."""
    topology = compile_topology(world.model)
    p_w = np.array(world.base_w())
    for node, power in moved.items():
        p_w[topology.node_index[node]] += power
    point = solve_from_no_load(topology, p_w, np.zeros_like(p_w))
    assert isinstance(point, OperatingPoint)
    return float(point.loading.max())


def test_nothing_matches_between_the_topology_and_its_base_case() -> None:
    world = traded()
    switch(world)
    world.tick()
    refused = world.buy("battery-a1", 1_000, 40_000, fill_rule=pb.FILL_RULE_FILL_AND_KILL)
    assert refused.rejection.code == "GRID_STATE_MISSING"
    assert proposals(world) == []
    world.drive.recovered()


def test_the_cheapest_reduction_that_fits_is_proposed_and_nothing_is_touched() -> None:
    world = traded()
    proposal = proposed(world)
    assert [element.element_id for element in proposal.elements] == ["bar-a1", "a1-a2"]
    assert all(element.value > element.limit == 100_000 for element in proposal.elements)
    (cut,) = proposal.curtailments
    first, second = world.trades()
    assert cut.trade_id == second.trade_id  # half the price, and as much effect
    assert 0 < cut.quantity_w < 20_000
    # Exactly what is needed: with it the cable is full, with ten watts less it is over.
    for spare, fits in ((0, True), (10, False)):
        left = second.quantity_w - cut.quantity_w + spare
        value = loading(world, {"b1": first.quantity_w + left, "b3": -first.quantity_w, "b2": -left})
        assert (value <= 1.0) is fits
    assert cut.compensation_micro_euro == cut.amount_micro_euro > 0
    assert cut.compensates_seller
    assert proposal.compensation_micro_euro == cut.compensation_micro_euro
    assert world.events("trade_curtailed") == []
    world.tick()
    assert len(proposals(world)) == 1
    world.drive.recovered()


def test_the_operator_confirms_and_the_market_goes_on() -> None:
    world = traded()
    proposal = proposed(world)
    for party in (*PARTIES, "nobody"):
        assert decide(world, proposal.proposal_id, party=party).rejection.code == "NOT_AUTHORISED"
    assert not decide(world, proposal.proposal_id).HasField("rejection")
    (curtailed,) = world.events("trade_curtailed")
    assert curtailed.curtailment == proposal.curtailments[0]  # type: ignore[attr-defined]
    newest = world.events("operating_point")[-1]
    taken = proposal.curtailments[0].quantity_w
    assert {c.node_id: c.p_w for c in newest.accepted} == {"b1": 50_000 - taken, "b2": taken - 20_000}  # type: ignore[attr-defined]
    assert [event.fits for event in world.events("topology_rechecked")] == [False, True]  # type: ignore[attr-defined]
    assert decide(world, proposal.proposal_id).rejection.code == "PROPOSAL_UNKNOWN"
    world.tick()
    assert len(proposals(world)) == 1
    pair(world)
    assert len(world.trades()) == 3
    world.drive.recovered()


def test_the_account_of_the_potential_still_closes() -> None:
    world = traded()
    proposal = proposed(world)
    decide(world, proposal.proposal_id)
    world.tick((NOON - 7_200) * 1000 - world.clock_ms + 1_000)
    closed = next(e for e in world.events("book_closed") if (e.market_id, e.mtu.start_s) == ("energy", NOON))  # type: ignore[attr-defined]
    billed = sum(trade.dnut_micro_euro for trade in world.trades())
    back = sum(event.curtailment.dnut_refund_micro_euro for event in world.events("trade_curtailed"))  # type: ignore[attr-defined]
    change = closed.potential_end_micro_euro - closed.potential_start_micro_euro  # type: ignore[attr-defined]
    assert back != 0
    assert billed - back + closed.revision_micro_euro == change  # type: ignore[attr-defined]


def test_what_was_curtailed_may_be_offered_again() -> None:
    world = traded()
    refused = world.sell("battery-b1", 20_000, 90_000)
    assert refused.rejection.code == "BASIS_EXCEEDED"
    room = refused.rejection.headroom_w
    proposal = proposed(world)
    decide(world, proposal.proposal_id)
    more = world.sell("battery-b1", 60_000, 90_000).rejection.headroom_w
    assert more == room + proposal.curtailments[0].quantity_w


def test_a_rejected_proposal_is_not_made_again_on_that_topology() -> None:
    world = traded()
    proposal = proposed(world)
    assert not decide(world, proposal.proposal_id, confirm=False).HasField("rejection")
    (withdrawn,) = world.events("curtailment_withdrawn")
    assert withdrawn.reason == "rejected"  # type: ignore[attr-defined]
    world.tick()
    assert len(proposals(world)) == 1
    assert world.events("trade_curtailed") == []
    world.drive.recovered()


def test_a_proposal_falls_with_the_state_it_was_made_for() -> None:
    world = traded()
    first = proposed(world)
    lighter = [power + 20_000 if name == "b3" else power
               for name, power in zip(world.topology.node_ids, world.base_w(), strict=True)]  # fmt: skip
    world.publish_period(NOON, version=3, base=lighter, topology=2)
    world.tick()
    assert decide(world, first.proposal_id).rejection.code == "PROPOSAL_UNKNOWN"
    (withdrawn,) = world.events("curtailment_withdrawn")
    assert (withdrawn.proposal_id, withdrawn.reason) == (first.proposal_id, "fits")  # type: ignore[attr-defined]
    world.drive.recovered()


def test_switching_back_ends_the_proposal() -> None:
    world = traded()
    switch(world)
    settled(world)
    world.model = switched(world.model, ["a3-b3"], ["b1-b2"])
    world.publish_topology(3)
    settled(world, 3)
    (withdrawn,) = world.events("curtailment_withdrawn")
    assert withdrawn.reason == "fits"  # type: ignore[attr-defined]
    assert [event.fits for event in world.events("topology_rechecked")] == [False, True]  # type: ignore[attr-defined]
    world.drive.recovered()


def test_what_already_overloads_without_any_trade_is_nobodys_curtailment() -> None:
    world = traded()
    heavy = [-40_000 if name == "b3" else power
             for name, power in zip(world.topology.node_ids, world.base_w(), strict=True)]  # fmt: skip
    switch(world)
    world.publish_period(NOON, version=2, base=heavy, topology=2)
    world.publish_period(NOON + 900, version=2, topology=2)
    world.tick()
    (proposal,) = proposals(world)
    assert {element.element_id: element.limit > 100_000 for element in proposal.elements}["bar-a1"]
    assert sorted(cut.quantity_w for cut in proposal.curtailments) == [20_000, 30_000]  # nothing may add to it
    assert proposal.sufficient
    assert not decide(world, proposal.proposal_id).HasField("rejection")
    assert {cut.left_w for cut in proposal.curtailments} == {0}
    world.tick()
    assert len(proposals(world)) == 1
    world.drive.recovered()


def test_a_reservation_that_no_longer_fits_is_given_up_before_any_trade() -> None:
    world = World(model=ring()).ready()
    wish = pb.ReserveHeadroom(
        reservation_id="r1", area_id=AREA, mtu=mtu_message(NOON), expires_at_ms=(NOON + 900) * 1000,
        changes=[pb.NodeChange(node_id="b3", p_w=-60_000)],
    )  # fmt: skip
    small = pb.ReserveHeadroom()
    small.CopyFrom(wish)
    small.reservation_id, small.expires_at_ms = "r0", wish.expires_at_ms - 1_000
    small.changes[0].p_w = -5_000
    for each in (wish, small):
        assert not world.command(pb.OrderCommand(area_id=AREA, reserve=each), DSO)[0].HasField("rejection")
    switch(world)
    world.tick()
    confirm = pb.OrderCommand(area_id=AREA, confirm=pb.ConfirmHeadroom(reservation_id="r1"))
    assert world.command(confirm, DSO)[0].rejection.code == "GRID_STATE_MISSING"
    settled(world)
    (ended,) = world.events("headroom_settled")
    assert (ended.reservation_id, ended.confirmed, ended.reason) == ("r1", False, "topology")  # type: ignore[attr-defined]
    assert world.command(confirm, DSO)[0].rejection.code == "RESERVATION_UNKNOWN"
    confirm.confirm.reservation_id = "r0"
    assert not world.command(confirm, DSO)[0].HasField("rejection")
    assert proposals(world) == []
    world.drive.recovered()


def test_a_switching_from_a_period_on_leaves_earlier_periods_alone() -> None:
    world = traded()
    switch(world, effective_from_s=NOON + 900)
    world.tick()
    pair(world)
    pair(world, NOON + 900)
    assert [trade.mtu.start_s for trade in world.trades()[2:]] == [NOON]
    world.publish_period(NOON + 900, version=2, topology=2)
    world.tick()
    pair(world, NOON + 900)
    assert proposals(world) == []  # noon still has its cable
    assert [trade.mtu.start_s for trade in world.trades()[2:]] == [NOON, NOON + 900]
    assert {trade.gate.topology_version for trade in world.trades() if trade.mtu.start_s > NOON} == {2}
    world.drive.recovered()


@pytest.mark.parametrize("part", ["base", "margin", "tariff"])
def test_what_belongs_to_a_replaced_topology_and_comes_late_is_passed_over(part: str) -> None:
    world = traded()
    old = world.model
    switch(world)
    settled(world)
    new = world.model
    world.model = old
    if part == "base":
        world.publish_base(NOON, 9, topology=1)
    elif part == "tariff":
        world.publish_tariff(NOON, 9, topology=1)
    else:
        world.publish_period(NOON, 9, topology=1)
    world.model = new
    world.tick()
    pair(world)
    assert [trade.gate.topology_version for trade in world.trades()] == [1, 1, 2]
    world.drive.recovered()


def test_a_base_case_that_comes_before_its_topology_waits_for_it() -> None:
    world = traded()
    new = switched(world.model, ["b1-b2"], ["a3-b3"])
    old, world.model = world.model, new
    world.publish_period(NOON, 2, topology=2)
    world.model = old
    world.tick()
    pair(world)
    assert len(world.trades()) == 2
    switch(world)
    world.tick()
    pair(world)
    assert len(world.trades()) == 3
    assert len(proposals(world)) == 1
    world.drive.recovered()


def test_who_hears_of_a_proposal() -> None:
    world = traded()
    proposal = proposed(world)
    decide(world, proposal.proposal_id)
    heard = [m for m in world.drive.projected(BOOK_ORDER) if m.event.HasField("curtailment_proposed")]  # type: ignore[union-attr]
    (cut,) = proposal.curtailments
    assert {m.party for m in heard} == {DSO, cut.seller_party, cut.buyer_party}  # type: ignore[union-attr]
    for message in heard:
        (seen,) = message.event.curtailment_proposed.curtailments  # type: ignore[union-attr]
        named = {name for name in (seen.seller_party, seen.buyer_party) if name}
        assert named == ({cut.seller_party, cut.buyer_party} if message.party == DSO else {message.party})  # type: ignore[union-attr]
    public = [m.WhichOneof("event") for m in world.drive.projected(BOOK_TRADE)]  # type: ignore[union-attr]
    assert "curtailment_proposed" in public
    assert "trade_curtailed" in public


def test_more_than_one_record_holds_is_proposed_in_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flexbourse_orderbook.domain.grid.curtailment.MAX_CURTAILMENTS", 1)
    world = traded()
    heavy = [-40_000 if name == "b3" else power
             for name, power in zip(world.topology.node_ids, world.base_w(), strict=True)]  # fmt: skip
    switch(world)
    world.publish_period(NOON, version=2, base=heavy, topology=2)
    world.publish_period(NOON + 900, version=2, topology=2)
    world.tick()
    (first,) = proposals(world)
    assert ([cut.quantity_w for cut in first.curtailments], first.sufficient) == ([30_000], False)
    assert not decide(world, first.proposal_id).HasField("rejection")
    second = proposals(world)[-1]
    assert ([cut.quantity_w for cut in second.curtailments], second.sufficient) == ([20_000], True)
    assert second.proposal_id != first.proposal_id
    assert not decide(world, second.proposal_id).HasField("rejection")
    assert len(proposals(world)) == 2
    world.drive.recovered()


def test_a_curtailed_refund_is_available_again_in_the_budget_for_negative_tariffs() -> None:
    """Selling at the far end of street a relieves its cable: a negative tariff, paid out of the operator's budget."""
    world = World(model=ring(), market_changes={"either_side_missing": False}, starts=(NOON,)).ready()
    heavy = [-12_000 if name.startswith("a") else power
             for name, power in zip(world.topology.node_ids, world.base_w(), strict=True)]  # fmt: skip
    world.publish_period(NOON, version=2, base=heavy)
    world.tick()
    world.sell("battery-a3", 20_000, 1_000)
    world.buy("battery-b1", 20_000, 60_000)
    world.sell("battery-b1", 20_000, 5_000)
    world.buy("battery-b3", 20_000, 60_000)
    negative = [trade for trade in world.trades() if trade.dnut_micro_euro < 0]
    assert negative
    state = world.drive.program._books[AREA].state  # type: ignore[attr-defined]
    day = state.local_day(NOON)
    before = state.dnut_spending.of("energy", day)
    assert before == -sum(trade.dnut_micro_euro for trade in negative)
    refund = negative[0].dnut_micro_euro // 2
    evolve(
        state,
        TradeCurtailed(
            "p", AREA, "energy", Mtu(NOON, 900),
            Curtailment(negative[0].trade_id, 10_000, 10_000, "x", "y", 0, 0, True, refund, 0),  # noqa: FBT003 - as bound
            "", "", 0, "",
        ),
    )  # fmt: skip
    assert state.dnut_spending.of("energy", day) == before + refund


def test_what_a_forecast_does_to_trades_is_drift_and_curtails_nothing() -> None:
    """The light tells of it; the promise was about the operating point that the trades name."""
    world = traded()
    moved = {"b1": 50_000, "b2": -20_000, "b3": -30_000}
    place, base = world.topology.node_index["b3"], world.base_w()
    more = -115_000 - base[place]
    base[place] += more
    assert loading(world, {"b3": more}) < 1.0 < loading(world, {**moved, "b3": more - 30_000})
    world.publish_period(NOON, version=2, base=base)
    world.publish_margin(NOON, 3, loading_mpct=40_000)
    world.lights()
    world.tick()
    assert proposals(world) == []
    assert world.events("topology_rechecked") == []
    world.drive.recovered()
