"""The small world with a tie line: trades on one street, then the end of it fed through the other."""

from __future__ import annotations

from dataclasses import replace

from book_world import AREA, DSO, World, two_streets

from flexbourse.common.v1 import common_pb2
from flexbourse.gridcheck.v1 import gridcheck_pb2 as grid
from flexbourse.orderbook.v1 import orderbook_pb2 as pb
from flexbourse_gridmath.model import Branch, NetworkModel, switched
from flexbourse_messages.catalogue import GRID_TOPOLOGY


def ring() -> NetworkModel:
    """The two streets with an open tie between their ends."""
    model = two_streets()
    tie = next(branch for branch in model.branches if branch.id == "a2-a3")
    tie = replace(tie, id="a3-b3", name="a3-b3", from_node="a3", to_node="b3", rating_from_ka=0.2, rating_to_ka=0.2)
    assert isinstance(tie, Branch)
    return replace(model, open_branches=(tie,))


def traded(first_w: int = 30_000, second_w: int = 20_000) -> World:
    """Two trades within street b, which its thick cable carries; the cheaper one comes second."""
    world = World(model=ring(), market_changes={"either_side_missing": False}).ready()
    world.sell("battery-b1", first_w, 10_000)
    world.buy("battery-b3", first_w, 40_000)
    world.sell("battery-b1", second_w, 5_000)
    world.buy("battery-b2", second_w, 40_000)
    assert [trade.quantity_w for trade in world.trades()] == [first_w, second_w]
    return world


def switch(world: World, version: int = 2, effective_from_s: int = 0) -> None:
    """Feed the end of street b through street a, whose cable is thin."""
    world.model = switched(world.model, ["b1-b2"], ["a3-b3"])
    state = grid.TopologyState(
        area_id=AREA, version=version, model=world.model.to_bytes(), effective_from_s=effective_from_s
    )
    world.drive.input(GRID_TOPOLOGY, f"{AREA}/{version}", state)


def settled(world: World, version: int = 2) -> World:
    """Publish what belongs to a topology, and let a time record pass."""
    for start in world.starts:
        world.publish_period(start, version=version, topology=version)
    world.lights()
    world.tick()
    return world


def proposals(world: World) -> list[pb.CurtailmentProposed]:
    return world.events("curtailment_proposed")  # type: ignore[return-value]


def proposed(world: World) -> pb.CurtailmentProposed:
    """Switch, publish what belongs to that, and return the one proposal that it leads to."""
    switch(world)
    settled(world)
    (proposal,) = proposals(world)
    return proposal


def decide(world: World, proposal_id: str, *, confirm: bool = True, party: str = DSO) -> common_pb2.Result:
    decision = pb.DecideCurtailment(proposal_id=proposal_id, confirm=confirm, reason="tie line in")
    return world.command(pb.OrderCommand(area_id=AREA, decide_curtailment=decision), party)[0]
