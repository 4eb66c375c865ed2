"""Switching branches of an area's network while its market runs."""

from __future__ import annotations

from dataclasses import replace

import pytest
from gridcheck_world import AREA, GridShard, branch, codes, street

from flexbourse.common.v1 import common_pb2
from flexbourse.gridcheck.v1 import gridcheck_pb2 as grid
from flexbourse_gridcheck.domain.switching import MAX_NETWORKS
from flexbourse_gridmath.model import NetworkModel
from flexbourse_messages.catalogue import GRID_BASE_CASE, GRID_MARGIN, GRID_RESULT, GRID_TARIFF, GRID_TOPOLOGY

HOMES = {"bus-2": -20_000, "bus-3": -30_000, "bus-4": -10_000}


def ring() -> bytes:
    """The small street with an open tie between the ends of its feeders."""
    tie = branch("tie", "line", "feeder-2", ("bus-3", "bus-4"), r_pu=0.2, x_pu=0.08)
    return replace(street(), open_branches=(tie,)).to_bytes()


@pytest.fixture
def running(shard: GridShard) -> GridShard:
    shard.model = ring()
    shard.publish()
    shard.forecast({0: HOMES, 1: HOMES, 2: HOMES})
    shard.tick()
    return shard


def switch(
    shard: GridShard, opened: list[str], closed: list[str], start_s: int = 0, party: str = "dso", reason: str = "repair"
) -> common_pb2.Result:
    command = grid.ApplySwitching(
        area_id=AREA, open_branch_ids=opened, close_branch_ids=closed, effective_from_s=start_s, reason=reason
    )
    return shard.command(party, apply_switching=command)


def newest(shard: GridShard, topic: str, period: int) -> common_pb2.Mtu:
    found = [m for m in shard.drive.projected(topic) if getattr(m, "mtu", None) == shard.mtu(period)]
    return found[-1]  # type: ignore[return-value]


def test_a_line_is_taken_out_and_a_tie_put_in(running: GridShard) -> None:
    assert codes(switch(running, ["line-0"], ["tie"])) == []
    state = running.newest(GRID_TOPOLOGY)
    assert isinstance(state, grid.TopologyState)
    assert (state.version, list(state.opened_branch_ids), list(state.closed_branch_ids)) == (2, ["line-0"], ["tie"])
    assert state.reason == "repair"
    model = NetworkModel.from_bytes(state.model)
    assert {b.id for b in model.branches} == {"trafo-0", "line-1", "line-2", "tie"}
    assert [b.id for b in model.open_branches] == ["line-0"]
    for topic in (GRID_BASE_CASE, GRID_MARGIN, GRID_TARIFF):
        assert [newest(running, topic, p).topology_version for p in range(3)] == [2, 2, 2]  # type: ignore[attr-defined]
    assert newest(running, GRID_RESULT, 0).topology_version == 1  # type: ignore[attr-defined]
    running.tick()
    result = newest(running, GRID_RESULT, 0)
    assert result.topology_version == 2  # type: ignore[attr-defined]
    loads = {zone.zone_id: zone.loading_p50_mpct for zone in result.zones}  # type: ignore[attr-defined]
    assert loads["feeder-2"] > 40_000  # carries both streets now


def test_from_a_period_on(running: GridShard) -> None:
    assert codes(switch(running, ["line-0"], ["tie"], running.mtu(1).start_s)) == []
    assert codes(switch(running, ["tie"], ["line-0"], running.mtu(2).start_s)) == []
    assert [newest(running, GRID_BASE_CASE, p).topology_version for p in range(3)] == [1, 2, 3]  # type: ignore[attr-defined]
    running.tick()
    assert [newest(running, GRID_RESULT, p).topology_version for p in range(3)] == [1, 2, 3]  # type: ignore[attr-defined]
    running.forecast({p: HOMES | {"bus-4": -11_000} for p in range(4)})
    running.tick()
    assert [newest(running, GRID_RESULT, p).topology_version for p in range(4)] == [1, 2, 3, 3]  # type: ignore[attr-defined]
    for period in range(3):
        running.accept(period, {"bus-3": 1_000})
    running.tick()
    asked = {
        point.mtu.start_s: intent.body.topology_version  # type: ignore[attr-defined]
        for intent in running.drive.intents
        for point in intent.body.points  # type: ignore[attr-defined]
    }
    assert asked == {running.mtu(p).start_s: p + 1 for p in range(3)}
    running.audit()
    assert not any(m.disagreement for m in running.drive.events if isinstance(m, grid.AuditRecorded))


def test_a_new_network_takes_the_place_of_all_planned_ones(running: GridShard) -> None:
    switch(running, ["line-0"], ["tie"], running.mtu(1).start_s)
    running.publish(street().to_bytes())
    running.tick()
    assert [newest(running, GRID_RESULT, p).topology_version for p in range(3)] == [3, 3, 3]  # type: ignore[attr-defined]


def test_islanded_homes_are_listed_and_nothing_changes(running: GridShard) -> None:
    result = switch(running, ["line-0"], [])
    every = common_pb2.Rejections()
    assert result.detail.Unpack(every)
    assert [p.rule for p in every.rejections] == ["node bus-2: would be islanded", "node bus-3: would be islanded"]
    assert len(running.drive.projected(GRID_TOPOLOGY)) == 1


def test_every_rule_that_a_switching_breaks(running: GridShard) -> None:
    switch(running, ["line-0"], ["tie"], running.mtu(1).start_s)
    assert codes(switch(running, ["tie"], ["line-0"], running.mtu(0).start_s)) == ["FIELD_OUT_OF_RANGE"]
    assert codes(switch(running, ["tie"], ["line-0"], reason="")) == ["FIELD_MISSING"]
    assert codes(switch(running, ["tie"], ["line-0"], reason="r" * 201)) == ["FIELD_OUT_OF_RANGE"]
    assert codes(switch(running, ["x"], ["y"])) == ["NETWORK_INVALID", "NETWORK_INVALID"]
    assert codes(switch(running, [], [])) == ["NETWORK_INVALID"]
    assert codes(switch(running, ["tie"], ["line-0"], party="agr")) == ["NOT_AUTHORISED"]
    far = running.mtu(0).start_s + 500 * 86_400
    assert codes(switch(running, ["tie"], ["line-0"], far)) == ["FIELD_OUT_OF_RANGE"]
    assert codes(switch(running, ["trafo-0"], [])) != []


def test_switching_needs_a_network(shard: GridShard) -> None:
    assert codes(switch(shard, ["line-0"], [])) == ["GRID_STATE_MISSING"]


def test_plans_are_bounded(running: GridShard) -> None:
    for plan in range(1, MAX_NETWORKS):
        ends = (["line-0"], ["tie"]) if plan % 2 else (["tie"], ["line-0"])
        assert codes(switch(running, *ends, running.mtu(plan).start_s)) == []
    ends = (["line-0"], ["tie"]) if MAX_NETWORKS % 2 else (["tie"], ["line-0"])
    assert "TOO_MANY_ENTRIES" in codes(switch(running, *ends, running.mtu(MAX_NETWORKS).start_s))


def test_a_switching_that_leaves_no_solution_leaves_no_result() -> None:
    shard = GridShard(ring())
    shard.publish()
    shard.forecast({0: HOMES | {"bus-3": -450_000}})
    shard.tick()
    assert codes(switch(shard, ["line-0"], ["tie"])) == []
    shard.tick()
    assert newest(shard, GRID_RESULT, 0).topology_version == 1  # type: ignore[attr-defined]
    assert newest(shard, GRID_BASE_CASE, 0).topology_version == 1  # type: ignore[attr-defined]
    assert codes(switch(shard, ["tie"], ["line-0"])) == []  # back again: the case is carried over from what is known
    shard.tick()
    assert newest(shard, GRID_RESULT, 0).topology_version == 3  # type: ignore[attr-defined]
    shard.drive.recovered()
