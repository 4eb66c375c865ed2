"""Networks, forecasts, what-if and lights through gRPC, on a platform that runs on its own clock."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest
import street

from flexbourse.common.v1 import common_pb2
from flexbourse.gridcheck.v1 import gridcheck_pb2 as grid
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse.traffic_light.v1 import traffic_light_pb2 as light
from flexbourse_cli.platform import Platform, PlatformOptions
from flexbourse_cli.starting import start
from flexbourse_client.client import Client
from flexbourse_client.errors import RefusedError
from flexbourse_gridmath.model import NetworkModel

AREA = "village"
CONTEXTS = ("registry", "gridcheck", "traffic-light", "orderbook")
PATIENCE_S = 60.0
COLUMNS = "start,node,p50_w,q50_var,p95_consumption_w,p95_injection_w"
Found = TypeVar("Found")


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    running = start(PlatformOptions(data_dir=tmp_path_factory.mktemp("grid"), contexts=CONTEXTS))
    roles = (("dso", registry.ROLE_DSO), ("agr", registry.ROLE_AGR))
    people = [registry.Participant(participant_id=name, name=name, roles=[role], active=True) for name, role in roles]
    area = registry.GridArea(area_id=AREA, name="Village", dso_id="dso", time_zone="Europe/Berlin")
    entities = [*(registry.Entity(participant=person) for person in people), registry.Entity(area=area)]
    running.client("operator").registry.register(entities)
    yield running
    running.stop()


@pytest.fixture
def dso(platform: Platform) -> Iterator[Client]:
    with platform.client("dso") as client:
        yield client


def eventually(look: Callable[[], Found | None]) -> Found:
    deadline = time.monotonic() + PATIENCE_S
    while (found := look()) is None:
        assert time.monotonic() < deadline, "it did not come"
        time.sleep(0.05)
    return found


def period_start() -> int:
    return int(time.time()) // 900 * 900 + 6 * 3600


def forecast(load_w: int) -> bytes:
    start = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(period_start()))
    rows = [f"{start},bus-{bus},{-load_w},0,{-load_w - 100},{-load_w + 100}" for bus in range(2, 116)]
    return "\n".join([COLUMNS, *rows]).encode()


def test_a_network_with_an_island_is_refused_and_says_so(dso: Client) -> None:
    response = dso.grid.import_network(AREA, pandapower_json=street.network_json(with_island=True))
    assert not response.HasField("receipt")
    (problem,) = response.problems
    assert (problem.element, problem.rule) == ("bus 7 (nowhere)", "not connected to the source, an island")
    assert dso.grid.topology(AREA) is None


def test_only_operators_import(platform: Platform) -> None:
    with platform.client("agr") as client, pytest.raises(RefusedError, match="NOT_AUTHORISED"):
        client.grid.import_network(AREA, pandapower_name="kerber-dorf")


def test_a_margin_for_unbalance_is_in_the_published_limits(dso: Client) -> None:
    refused = dso.grid.import_network(
        AREA, pandapower_name="kerber-dorf", unbalance=grid.UnbalanceMargin(loading_mpct=100_000)
    )
    assert not refused.HasField("receipt")
    assert "unbalance margin" in refused.problems[0].rule
    margin = grid.UnbalanceMargin(loading_mpct=15_000, voltage_upu=30_000)
    assert not dso.grid.import_network(AREA, pandapower_name="kerber-dorf", unbalance=margin).problems
    topology = eventually(lambda: dso.grid.topology(AREA))
    model = NetworkModel.from_bytes(topology.model)
    low = {node.id for node in model.nodes if node.nominal_kv < 1}
    assert {(n.v_low_micro_pu, n.v_high_micro_pu) for n in model.nodes if n.id in low} == {(930_000, 1_070_000)}
    assert {branch.limit_mpct for branch in model.branches} == {85_000}


def test_from_a_file_to_a_light_that_an_operator_forces(dso: Client) -> None:
    assert not dso.grid.import_network(AREA, pandapower_name="kerber-dorf").problems
    wrong = dso.grid.import_forecast(AREA, forecast(1_000) + b"\n2026-01-01T00:00:00Z,bus-2,x,0,0,0")
    assert [(error.row, error.column) for error in wrong.errors] == [(116, "p50_w")]
    receipt = dso.grid.import_forecast(AREA, forecast(1_000)).receipt
    assert not receipt.answer.results[0].HasField("rejection")
    result = eventually(lambda: next(iter(dso.grid.results(AREA, parts=[grid.PERIOD_PART_RESULT]).results), None))
    assert len(result.zones) == 9
    only = dso.grid.results(AREA, parts=[grid.PERIOD_PART_TARIFF])
    assert (len(only.tariffs), len(only.base_cases)) == (1, 0)

    zone = "feeder-1"
    stream = dso.lights.watch(AREA)
    green = next(event.light for event in stream if event.light.zone_id == zone)
    assert green.light == light.LIGHT_GREEN
    until = int(time.time() * 1000) + 600_000
    wanted = light.OverrideLight(
        area_id=AREA, zone_id=zone, light=light.LIGHT_RED, valid_until_ms=until, reason="works"
    )
    assert not dso.lights.override(wanted).answer.results[0].HasField("rejection")
    forced = next(event.light for event in stream if event.light.zone_id == zone and event.light.light != green.light)
    assert (forced.light, forced.cause.kind, forced.sequence) == (light.LIGHT_RED, "override", green.sequence + 1)
    stream.close()


def test_what_if_answers_and_permits_nothing(dso: Client) -> None:
    mtu = common_pb2.Mtu(start_s=period_start(), length_s=900)
    request = grid.WhatIfRequest(
        area_id=AREA, mtu=mtu, seller_node_id="bus-100", buyer_node_id="bus-40", quantity_w=400_000
    )
    outlook = dso.grid.what_if(request)
    assert not outlook.feasible
    assert outlook.reason.code == "GRID_LIMIT_EXCEEDED"
    assert 0 < outlook.largest_quantity_w < 400_000
    assert outlook.dnut_micro_euro > 0
    request.buyer_node_id = "bus-999"
    with pytest.raises(RefusedError, match="UNKNOWN_OBJECT") as refused:
        dso.grid.what_if(request)
    assert [rejection.field for rejection in refused.value.rejections] == ["buyer_node_id"]


def test_the_imported_model_is_kept_in_the_data_folder(platform: Platform, dso: Client) -> None:
    kept = list(Path(platform.data_dir, "networks").glob("*.json"))
    topology = dso.grid.topology(AREA)
    assert topology is not None
    assert topology.model in [path.read_bytes() for path in kept]
