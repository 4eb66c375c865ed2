"""Lights while topologies change from a period on: unknown where the new one holds, untouched before."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from flexbourse.common.v1 import common_pb2
from flexbourse.gridcheck.v1 import gridcheck_pb2 as grid
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse.traffic_light.v1 import traffic_light_pb2 as light
from flexbourse_messages.catalogue import GRID_RESULT, GRID_TOPOLOGY, LIGHT_ZONE, REGISTRY_ENTITY
from flexbourse_testkit.drive import Drive
from flexbourse_traffic_light.processor import LightProgram

AREA = "village"


class Switched:
    """A shard with one area and two periods."""

    def __init__(self) -> None:
        self.drive = Drive(LightProgram, "traffic-light")
        self.first_s = self.drive.at_ms // 1000 + 36_000
        area = registry.Entity(area=registry.GridArea(area_id=AREA, dso_id="dso"))
        self.drive.input(REGISTRY_ENTITY, "area/village", registry.EntityState(entity=area, version=1))
        self.topology(1, ("a", "b"), 0)
        beat = grid.GridHeartbeat(area_id=AREA, valid_until_ms=self.drive.at_ms + 10**9)
        self.drive.input(GRID_RESULT, AREA, beat)
        for period in (0, 1):
            self.result(period, 1, ("a", "b"))

    def topology(self, version: int, zones: tuple[str, ...], start_s: int) -> None:
        state = grid.TopologyState(
            area_id=AREA, version=version, zones=[grid.Zone(zone_id=z) for z in zones], effective_from_s=start_s
        )
        self.drive.input(GRID_TOPOLOGY, f"{AREA}/{version}", state)

    def result(self, period: int, version: int, zones: tuple[str, ...]) -> None:
        start_s = self.first_s + 900 * period
        state = grid.GridResultState(
            area_id=AREA, mtu=common_pb2.Mtu(start_s=start_s, length_s=900), sequence=1, topology_version=version,
            zones=[grid.ZoneResult(zone_id=z, worst_element_id="x", worst_p50_element_id="x") for z in zones],
        )  # fmt: skip
        self.drive.input(GRID_RESULT, f"{AREA}/{start_s}", state)

    def colours(self) -> dict[tuple[str, int], str]:
        found: dict[tuple[str, int], str] = {}
        for output in self.drive.projections:
            if output.topic == LIGHT_ZONE and output.key.count("/") == 2:
                _, zone, start = output.key.split("/")
                key = zone, (int(start) - self.first_s) // 900
                state = output.message
                if isinstance(state, light.LightState):
                    found[key] = light.Light.Name(state.light).removeprefix("LIGHT_")
                else:
                    found.pop(key, None)
        return found


@pytest.fixture
def lights() -> Iterator[Switched]:
    world = Switched()
    yield world
    world.drive.recovered()


def test_only_periods_that_see_the_new_topology_are_unknown_until_its_results(lights: Switched) -> None:
    assert set(lights.colours().values()) == {"GREEN"}
    lights.topology(2, ("a", "b"), lights.first_s + 900)
    assert lights.colours() == {("a", 0): "GREEN", ("b", 0): "GREEN", ("a", 1): "UNKNOWN", ("b", 1): "UNKNOWN"}
    lights.result(1, 1, ("a", "b"))  # late, of the topology before
    assert lights.colours()["a", 1] == "UNKNOWN"
    lights.result(1, 2, ("a", "b"))
    assert set(lights.colours().values()) == {"GREEN"}
    lights.result(0, 2, ("a", "b"))  # of a topology that this period does not see
    assert lights.colours()["a", 0] == "UNKNOWN"


def test_a_zone_ends_where_its_elements_are_out(lights: Switched) -> None:
    lights.topology(2, ("a",), lights.first_s + 900)
    lights.result(1, 2, ("a",))
    assert lights.colours() == {("a", 0): "GREEN", ("b", 0): "GREEN", ("a", 1): "GREEN"}
    lights.drive.time(lights.drive.at_ms + 15_000)
    beats = {m.zone_id for m in lights.drive.projected(LIGHT_ZONE) if isinstance(m, light.LightHeartbeat)}
    assert beats == {"a", "b"}
