"""A schedule travels from an aggregator to the DSO, who sees it beside the base case of its node."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from flexbourse.common.v1 import common_pb2
from flexbourse.gridcheck.v1 import gridcheck_pb2 as grid
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse_cli.platform import Platform, PlatformOptions
from flexbourse_cli.starting import start

AREA = "village"


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[Platform]:
    running = start(PlatformOptions(data_dir=tmp_path / "data", contexts=("registry", "gridcheck")))
    roles = (("dso", registry.ROLE_DSO), ("agr", registry.ROLE_AGR), ("supplier", registry.ROLE_BRP))
    people = [registry.Participant(participant_id=name, name=name, roles=[role], active=True) for name, role in roles]
    area = registry.GridArea(area_id=AREA, name="Village", dso_id="dso", time_zone="Europe/Berlin")
    point = registry.MeteringPoint(
        metering_point_id="mp-2", area_id=AREA, node_id="bus-2", owner_id="home", brp_id="supplier", active=True
    )
    units = [
        registry.Unit(
            unit_id=name, name=name, type=registry.UNIT_TYPE_LOAD, metering_point_id="mp-2", owner_id="home",
            operator_id="agr", max_power_w=0, min_power_w=-5000,
        )
        for name in ("heat", "wash")
    ]  # fmt: skip
    entities = [
        *(registry.Entity(participant=person) for person in people),
        registry.Entity(area=area),
        registry.Entity(metering_point=point),
        *(registry.Entity(unit=unit) for unit in units),
    ]
    receipt = running.client("operator").registry.register(entities)
    assert not [result for result in receipt.answer.results if result.HasField("rejection")]
    yield running
    running.stop()


def test_evidence(platform: Platform) -> None:
    mtu = common_pb2.Mtu(start_s=int(time.time()) // 900 * 900 + 6 * 3600, length_s=900)
    dso, agr = platform.client("dso"), platform.client("agr")
    assert dso.grid.import_network(AREA, pandapower_name="kerber-dorf").HasField("receipt")
    node = grid.NodeForecast(node_id="bus-2", p50_w=-900, p95_consumption_w=-1000, p95_injection_w=-800)
    period = grid.PeriodForecast(mtu=mtu, nodes=[node])
    dso.grid.submit_forecast(grid.SubmitForecast(area_id=AREA, periods=[period]))
    later = common_pb2.Mtu(start_s=mtu.start_s + 900, length_s=900)
    receipt = agr.grid.submit_schedules(
        AREA,
        [
            grid.UnitSchedule(unit_id="heat", mtu=mtu, version=1, p_w=-700),
            grid.UnitSchedule(unit_id="wash", mtu=mtu, version=1, p_w=-300),
            grid.UnitSchedule(unit_id="wash", mtu=later, version=1, p_w=-300),
            grid.UnitSchedule(unit_id="wash", mtu=mtu, version=1, p_w=5),
        ],
    )
    assert [result.rejection.code for result in receipt.answer.results] == ["", "", "", "FIELD_OUT_OF_RANGE"]
    found = list(dso.grid.schedules(AREA, mtu.start_s, mtu.start_s + 1800, receipt.position))
    assert [
        (
            each.schedule.unit_id,
            each.schedule.p_w,
            each.node_scheduled_w,
            each.HasField("node_base_w") and each.node_base_w,
        )
        for each in found
    ] == [("heat", -700, -1000, -900), ("wash", -300, -1000, -900), ("wash", -300, -300, False)]
    assert found[0].schedule.node_id == "bus-2"
    assert found[0].schedule.party == "agr"
