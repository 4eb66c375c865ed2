"""An area of 3,000 nodes: published as one compressed record, forecast, solved, audited and switched."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from functools import cache

import pytest
from gridcheck_world import AREA, GridShard, codes, street

from flexbourse.gridcheck.v1 import gridcheck_pb2 as grid
from flexbourse_gridcheck.domain.events import Zone, ZoneKind
from flexbourse_gridcheck.domain.topology_record import MAX_MODEL_BYTES, MAX_TOPOLOGY_BYTES, size_problems
from flexbourse_gridmath.model import MAX_BYTES, ModelError, NetworkModel
from flexbourse_gridmath.model_record import PLAIN_BYTES, packed
from flexbourse_messages.catalogue import GRID_AUDIT, GRID_RESULT, GRID_TARIFF, GRID_TOPOLOGY
from flexbourse_messages.topic import MAX_RECORD_BYTES
from flexbourse_networks.synthetic_network import SyntheticArea, synthetic_area


@cache
def area() -> SyntheticArea:
    return synthetic_area(3_000, seed=1, loops=2)


def test_a_large_area_is_published_solved_and_audited() -> None:
    shard = GridShard(area().model.to_record())
    assert codes(shard.publish()) == []
    state = shard.newest(GRID_TOPOLOGY)
    assert isinstance(state, grid.TopologyState)
    assert PLAIN_BYTES < state.ByteSize() < MAX_RECORD_BYTES // 2
    assert state.sha256 == hashlib.sha256(state.model).digest()
    assert NetworkModel.from_bytes(state.model) == area().model
    homes = {node.id: int(p) for node, p in zip(area().model.nodes, area().p_w, strict=True) if p}
    assert codes(shard.forecast({0: homes})) == []
    tariff = shard.newest(GRID_TARIFF)
    assert isinstance(tariff, grid.TariffState)
    assert len(tariff.nodal_ticks) == 3_000
    shard.tick()
    result = shard.newest(GRID_RESULT)
    assert isinstance(result, grid.GridResultState)
    assert len(result.zones) == len(state.zones) > 300
    assert result.ByteSize() < MAX_RECORD_BYTES
    one, other = list(homes)[5], list(homes)[-5]
    shard.accept(0, {one: 4_000, other: -4_000})
    shard.tick()
    shard.audit()
    (verdict,) = [x for x in shard.drive.projected(GRID_AUDIT) if isinstance(x, grid.AuditRecorded)]
    assert verdict.checked_count == 1
    assert not verdict.disagreement
    shard.drive.recovered()


def test_a_switched_large_area_is_published_in_the_same_form() -> None:
    model = area().model
    tie = model.branches[-1]
    opened = replace(model, branches=tuple(x for x in model.branches if x is not tie), open_branches=(tie,))
    shard = GridShard(opened.to_record())
    assert codes(shard.publish()) == []
    switching = grid.ApplySwitching(area_id=AREA, close_branch_ids=[tie.id], reason="a loop for the winter")
    assert codes(shard.command(apply_switching=switching)) == []
    state = shard.newest(GRID_TOPOLOGY)
    assert isinstance(state, grid.TopologyState)
    assert state.version == 2
    assert packed(NetworkModel.from_bytes(state.model).to_bytes()) == state.model
    assert len(state.model) < MAX_MODEL_BYTES


def test_small_models_stand_in_records_as_they_are_and_large_ones_compressed() -> None:
    small, large = street(), area().model
    assert small.to_record() == small.to_bytes()
    assert len(large.to_record()) * 8 < len(large.to_bytes())
    for model in (small, large):
        assert NetworkModel.from_bytes(model.to_record()) == model
        assert NetworkModel.from_bytes(model.to_bytes()) == model


@pytest.mark.parametrize(
    "damaged",
    [
        lambda record: record[:-20],
        lambda record: record + b"x",
        lambda record: record[:5_000] + b"\0" + record[5_001:],
        lambda _: packed(b" " * (MAX_BYTES + 1)),
        lambda _: b"BZh",
    ],
)
def test_a_damaged_or_bloated_record_is_refused_with_its_reason(damaged) -> None:
    record = damaged(area().model.to_record())
    with pytest.raises(ModelError, match="compress"):
        NetworkModel.from_bytes(record)
    assert set(codes(GridShard(record).publish())) == {"NETWORK_INVALID"}


def test_what_a_record_cannot_hold_is_refused_with_its_size() -> None:
    (model,) = size_problems(b"x" * (MAX_MODEL_BYTES + 1))
    assert (model.value, model.limit) == (MAX_MODEL_BYTES + 1, MAX_MODEL_BYTES)
    zone = Zone("zone", ZoneKind.FEEDER, tuple(f"{number:0100d}" for number in range(1_000)), ())
    (topology,) = size_problems(b"x" * (MAX_MODEL_BYTES - 1), (zone,))
    assert topology.limit == MAX_TOPOLOGY_BYTES < (topology.value or 0)
    assert size_problems(b"x" * (MAX_MODEL_BYTES - 150_000), (zone,)) == []
