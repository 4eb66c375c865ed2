"""The shard of the traffic light, driven as an engine drives it; every test ends with a recovery from the journal."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import pytest
from google.protobuf.message import Message
from hypothesis import given, settings
from hypothesis import strategies as st

from flexbourse.common.v1 import common_pb2
from flexbourse.gridcheck.v1 import gridcheck_pb2 as grid
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse.traffic_light.v1 import traffic_light_pb2 as light
from flexbourse_log.port import AdoptedRecord, Program
from flexbourse_messages.catalogue import GRID_RESULT, GRID_TOPOLOGY, LIGHT_COMMAND, LIGHT_ZONE, REGISTRY_ENTITY
from flexbourse_testkit.drive import Drive
from flexbourse_testkit.scraping import scraped
from flexbourse_traffic_light.domain.machine import RETAINED_S
from flexbourse_traffic_light.figures import LightFigures
from flexbourse_traffic_light.processor import LightProgram

AREA = "village"
ZONES = ("feeder-1", "feeder-2", "trafo-0")
THRESHOLDS = [field.name for field in light.LightThresholds.DESCRIPTOR.fields if field.name != "clean_count"]
GREEN, AMBER, RED, UNKNOWN = light.LIGHT_GREEN, light.LIGHT_AMBER, light.LIGHT_RED, light.LIGHT_UNKNOWN


class Lights:
    """A shard with an area, three zones and a DSO, and short ways to say what gridcheck says."""

    def __init__(self) -> None:
        self.drive = Drive(LightProgram, "traffic-light")
        self.start_s = self.drive.at_ms // 1000 + 36_000
        self.sequence = 0
        self.entity("area/village", area=registry.GridArea(area_id=AREA, dso_id="dso"))
        for name, role in (("dso", registry.ROLE_DSO), ("tso", registry.ROLE_TSO), ("agr", registry.ROLE_AGR)):
            self.entity(
                f"participant/{name}", participant=registry.Participant(participant_id=name, roles=[role], active=True)
            )
        self.topology(1)
        self.beat()

    def entity(self, key: str, **kind: object) -> None:
        state = registry.EntityState(entity=registry.Entity(**kind), version=1)  # type: ignore[arg-type]
        self.drive.input(REGISTRY_ENTITY, key, state)

    def topology(self, version: int, zones: tuple[str, ...] = ZONES) -> None:
        message = grid.TopologyState(area_id=AREA, version=version, zones=[grid.Zone(zone_id=zone) for zone in zones])
        self.drive.input(GRID_TOPOLOGY, f"{AREA}/{version}", message)

    def beat(self) -> None:
        message = grid.GridHeartbeat(area_id=AREA, valid_until_ms=self.drive.at_ms + 45_000)
        self.drive.input(GRID_RESULT, AREA, message)

    def mtu(self, period: int) -> common_pb2.Mtu:
        return common_pb2.Mtu(start_s=self.start_s + 900 * period, length_s=900)

    def result(
        self, period: int, uses: dict[str, tuple[int, int]], version: int = 1, kv: dict[str, float] | None = None
    ) -> None:
        self.sequence += 1
        zones = [
            grid.ZoneResult(
                zone_id=zone, loading_use_p50_mpct=p50 * 1000, loading_use_p95_mpct=p95 * 1000,
                worst_element_id="line-1", worst_p50_element_id="line-1",
                nominal_voltage_mv=round((kv or {}).get(zone, 0) * 1_000_000),
            )
            for zone, (p50, p95) in uses.items()
        ]  # fmt: skip
        message = grid.GridResultState(
            area_id=AREA, mtu=self.mtu(period), sequence=self.sequence, topology_version=version, zones=zones
        )
        self.drive.input(GRID_RESULT, f"{AREA}/{self.mtu(period).start_s}", message)

    def wait(self, seconds: int, *, alive: bool = True) -> None:
        for _ in range(seconds // 15):
            self.drive.time(self.drive.at_ms + 15_000)
            if alive:
                self.beat()

    def states(self) -> list[light.LightState]:
        return [state for state in self.drive.projected(LIGHT_ZONE) if isinstance(state, light.LightState)]

    def colour(self, zone: str = "feeder-1", period: int = 0) -> int:
        start = self.mtu(period).start_s
        return [state.light for state in self.states() if (state.zone_id, state.mtu.start_s) == (zone, start)][-1]

    def override(self, party: str = "dso", **fields: object) -> common_pb2.Answer:
        wanted: dict[str, object] = {
            "area_id": AREA, "zone_id": "feeder-1", "light": RED, "reason": "works",
            "valid_until_ms": self.drive.at_ms + 600_000, **fields,
        }  # fmt: skip
        command = light.LightCommand(override=light.OverrideLight(**wanted))  # type: ignore[arg-type]
        return self.drive.command(LIGHT_COMMAND, command, party)


@pytest.fixture
def lights() -> Iterator[Lights]:
    world = Lights()
    yield world
    world.drive.recovered()


def test_each_zone_has_its_own_light(lights: Lights) -> None:
    lights.result(0, {"feeder-1": (50, 60), "feeder-2": (70, 85), "trafo-0": (105, 120)})
    assert [lights.colour(zone) for zone in ZONES] == [GREEN, AMBER, RED]


def test_sequences_of_a_light_have_no_gap(lights: Lights) -> None:
    for p50 in (50, 90, 120, 50):
        lights.result(0, {"feeder-1": (p50, p50)})
        lights.wait(150)
    numbers = [state.sequence for state in lights.states() if state.zone_id == "feeder-1"]
    assert numbers == list(range(1, len(numbers) + 1))
    assert lights.colour() == GREEN


def test_a_quiet_period_costs_nothing_but_heartbeats(lights: Lights) -> None:
    lights.result(0, {"feeder-1": (50, 60)})
    before = len(lights.states())
    for _ in range(10):
        lights.result(0, {"feeder-1": (51, 61)})
    lights.wait(300)
    assert len(lights.states()) == before


def test_one_heartbeat_per_zone_every_fifteen_seconds(lights: Lights) -> None:
    before = len(lights.drive.projections)
    lights.wait(60)
    beats = lights.drive.projections[before:]
    assert [output.key for output in beats] == [f"{AREA}/{zone}" for zone in ZONES] * 4
    newest = beats[-1].message
    assert isinstance(newest, light.LightHeartbeat)
    assert newest.valid_until_ms == lights.drive.at_ms + 45_000


def test_a_lapsed_heartbeat_of_gridcheck_makes_every_light_unknown(lights: Lights) -> None:
    lights.result(0, dict.fromkeys(ZONES, (50, 60)))
    lights.wait(45, alive=False)
    assert {lights.colour(zone) for zone in ZONES} == {UNKNOWN}
    assert lights.states()[-1].cause.kind == "stale"
    lights.beat()
    assert {lights.colour(zone) for zone in ZONES} == {GREEN}


def test_a_new_topology_is_unknown_until_its_results_are_there(lights: Lights) -> None:
    lights.result(0, dict.fromkeys(ZONES, (50, 60)))
    lights.topology(2, ("feeder-1", "trafo-0"))
    assert lights.colour() == UNKNOWN
    assert lights.drive.projections[-1].message is not None
    tombstones = [output.key for output in lights.drive.projections if output.message is None]
    assert tombstones == [f"{AREA}/feeder-2/{lights.mtu(0).start_s}"]
    lights.result(0, {"feeder-1": (50, 60)}, version=2)
    assert lights.colour() == GREEN


def test_a_period_without_a_solution_is_unknown(lights: Lights) -> None:
    lights.result(0, {"feeder-1": (50, 60)})
    lights.result(0, {})
    assert lights.colour() == UNKNOWN


def test_an_operator_forces_red_for_a_time(lights: Lights) -> None:
    lights.result(0, {"feeder-1": (50, 60)})
    lights.result(1, {"feeder-1": (50, 60)})
    assert lights.override(mtu=lights.mtu(0), valid_until_ms=lights.drive.at_ms + 60_000).results[0].id
    assert (lights.colour(period=0), lights.colour(period=1)) == (RED, GREEN)
    lights.wait(60)
    assert lights.colour() == RED
    lights.wait(30)
    assert lights.colour() == AMBER
    lights.wait(90)
    assert lights.colour() == GREEN


def test_an_override_of_a_zone_holds_for_later_periods_until_it_is_ended(lights: Lights) -> None:
    lights.override("tso")
    lights.result(3, {"feeder-1": (50, 60)})
    assert lights.colour(period=3) == RED
    assert lights.override("tso", light=light.LIGHT_UNSPECIFIED).results[0].id
    lights.wait(200)
    assert lights.colour(period=3) == GREEN


def test_of_two_overrides_the_stricter_holds(lights: Lights) -> None:
    lights.result(0, {"feeder-1": (50, 60)})
    lights.override(light=AMBER)
    lights.override(light=RED, mtu=lights.mtu(0))
    assert lights.colour() == RED
    lights.override(light=light.LIGHT_UNSPECIFIED, mtu=lights.mtu(0))
    lights.wait(300)
    assert lights.colour() == AMBER


@pytest.mark.parametrize("seconds", [1, 14, 15, 44, 60, 700])
def test_a_restored_shard_goes_on_like_the_one_it_was_taken_from(seconds: int) -> None:
    lights = Lights()
    lights.result(0, {"feeder-1": (50, 60), "feeder-2": (50, 90), "trafo-0": (120, 130)})
    lights.wait(30)
    lights.result(0, {"feeder-1": (50, 60), "feeder-2": (50, 60), "trafo-0": (90, 92)})
    lights.override(mtu=lights.mtu(1))
    lights.wait(15)
    lights.drive.time(lights.drive.at_ms + 5_000)
    live, restored = lights.drive.program, lights.drive.recovered()
    at_ms = lights.drive.at_ms + seconds * 1000
    beat = AdoptedRecord(GRID_RESULT, AREA, grid.GridHeartbeat(area_id=AREA, valid_until_ms=at_ms + 45_000))
    assert restored.next_timer_ms() == live.next_timer_ms()
    actions: tuple[Callable[[Program], Sequence[Message]], ...] = (
        lambda program: program.on_time(at_ms, 0),
        lambda program: program.on_input(beat),
        lambda program: program.on_time(at_ms + 61_000, 0),
    )
    for action in actions:
        expected = [event.SerializeToString(deterministic=True) for event in action(live)]
        assert [event.SerializeToString(deterministic=True) for event in action(restored)] == expected


@pytest.mark.parametrize(
    ("party", "fields", "codes"),
    [
        ("agr", {}, ["NOT_AUTHORISED"]),
        ("nobody", {}, ["NOT_AUTHORISED"]),
        ("dso", {"area_id": "elsewhere"}, ["UNKNOWN_OBJECT"]),
        ("dso", {"zone_id": "feeder-9"}, ["UNKNOWN_OBJECT"]),
        ("dso", {"light": GREEN}, ["FIELD_OUT_OF_RANGE"]),
        ("dso", {"light": 77}, ["FIELD_OUT_OF_RANGE"]),
        ("dso", {"light": light.LIGHT_UNSPECIFIED}, ["UNKNOWN_OBJECT"]),
        ("agr", {"reason": "", "valid_until_ms": 1}, ["NOT_AUTHORISED", "FIELD_OUT_OF_RANGE", "FIELD_MISSING"]),
    ],
)
def test_every_rule_that_an_override_breaks_is_named(
    lights: Lights, party: str, fields: dict[str, object], codes: list[str]
) -> None:
    (result,) = lights.override(party, **fields).results
    every = common_pb2.Rejections()
    found = list(every.rejections) if result.detail.Unpack(every) else [result.rejection]
    assert [problem.code for problem in (list(every.rejections) or found)] == codes


def test_new_thresholds_judge_every_light_anew(lights: Lights) -> None:
    lights.result(0, {"feeder-1": (50, 60)})
    rules = light.LightThresholds(
        amber_loading_mpct=55_000, clear_loading_mpct=50_000, red_loading_mpct=100_000, calm_loading_mpct=98_000,
        amber_voltage_mpct=50_000, clear_voltage_mpct=45_000, red_voltage_mpct=100_000, calm_voltage_mpct=98_000,
        clean_count=2, dwell_ms=0,
    )  # fmt: skip
    command = light.LightCommand(set_thresholds=light.SetLightThresholds(area_id=AREA, thresholds=rules))
    assert lights.drive.command(LIGHT_COMMAND, command, "tso").results[0].rejection.code == "NOT_AUTHORISED"
    assert lights.drive.command(LIGHT_COMMAND, command, "dso").results[0].id
    assert lights.colour() == AMBER


def test_a_voltage_level_has_thresholds_of_its_own(lights: Lights) -> None:
    rules = light.LightThresholds(
        amber_loading_mpct=55_000, clear_loading_mpct=50_000, red_loading_mpct=100_000, calm_loading_mpct=98_000,
        amber_voltage_mpct=50_000, clear_voltage_mpct=45_000, red_voltage_mpct=100_000, calm_voltage_mpct=98_000,
        clean_count=1, dwell_ms=0,
    )  # fmt: skip
    uses, kv = dict.fromkeys(ZONES, (50, 60)), {"feeder-1": 0.4, "feeder-2": 20.0, "trafo-0": 110.0}
    lights.result(0, uses, kv=kv)
    assert {lights.colour(zone) for zone in ZONES} == {GREEN}
    wanted = light.SetLightThresholds(area_id=AREA, thresholds=rules, level=light.VOLTAGE_LEVEL_MEDIUM)
    answer = lights.drive.command(LIGHT_COMMAND, light.LightCommand(set_thresholds=wanted), "dso")
    assert answer.results[0].id
    assert [lights.colour(zone) for zone in ZONES] == [GREEN, AMBER, GREEN]
    for other in (light.VOLTAGE_LEVEL_LOW, light.VOLTAGE_LEVEL_HIGH):
        wanted.level = other
        lights.drive.command(LIGHT_COMMAND, light.LightCommand(set_thresholds=wanted), "dso")
    assert {lights.colour(zone) for zone in ZONES} == {AMBER}


def test_a_light_carries_the_thresholds_it_was_judged_by(lights: Lights) -> None:
    def published() -> dict[str, tuple[int, int]]:
        return {state.zone_id: (state.amber_loading_mpct, state.amber_voltage_mpct) for state in lights.states()}

    lights.override("dso")
    assert published() == {}
    lights.result(0, dict.fromkeys(ZONES, (50, 60)), kv={"feeder-1": 0.4, "feeder-2": 20.0, "trafo-0": 20.0})
    assert published() == dict.fromkeys(ZONES, (80_000, 50_000))
    rules = light.LightThresholds(
        amber_loading_mpct=90_000, clear_loading_mpct=85_000, red_loading_mpct=100_000, calm_loading_mpct=98_000,
        amber_voltage_mpct=70_000, clear_voltage_mpct=65_000, red_voltage_mpct=100_000, calm_voltage_mpct=98_000,
        clean_count=2, dwell_ms=0,
    )  # fmt: skip
    colours = {zone: lights.colour(zone) for zone in ZONES}
    wanted = light.SetLightThresholds(area_id=AREA, thresholds=rules, level=light.VOLTAGE_LEVEL_MEDIUM)
    assert lights.drive.command(LIGHT_COMMAND, light.LightCommand(set_thresholds=wanted), "dso").results[0].id
    assert {zone: lights.colour(zone) for zone in ZONES} == colours
    own = {"feeder-1": (80_000, 50_000), "feeder-2": (90_000, 70_000), "trafo-0": (90_000, 70_000)}
    assert published() == own
    lights.wait(45, alive=False)
    assert lights.colour() == UNKNOWN
    assert published() == own


def test_a_voltage_level_of_a_later_version_is_refused(lights: Lights) -> None:
    wanted = light.SetLightThresholds(area_id=AREA, level=77)  # type: ignore[arg-type]
    answer = lights.drive.command(LIGHT_COMMAND, light.LightCommand(set_thresholds=wanted), "dso")
    every = common_pb2.Rejections()
    assert answer.results[0].detail.Unpack(every)
    assert "thresholds.level" in [problem.field for problem in every.rejections]


def test_an_empty_command_is_refused(lights: Lights) -> None:
    answer = lights.drive.command(LIGHT_COMMAND, light.LightCommand(), "dso")
    assert answer.results[0].rejection.code == "FIELD_MISSING"


def test_old_periods_are_dropped(lights: Lights) -> None:
    lights.result(0, {"feeder-1": (50, 60)})
    end_ms = (lights.mtu(0).start_s + 900 + RETAINED_S + 1) * 1000
    lights.drive.time(end_ms)
    tombstones = [output.key for output in lights.drive.projections if output.message is None]
    assert tombstones == [f"{AREA}/feeder-1/{lights.mtu(0).start_s}"]


int64s = st.one_of(st.integers(-2, 2), st.sampled_from([-(2**63), 2**63 - 1]), st.integers(-(2**63), 2**63 - 1))
forced = st.builds(
    lambda zone, colour, until, start, length: light.LightCommand(
        override=light.OverrideLight(
            area_id=AREA,
            zone_id=zone,
            light=colour,
            valid_until_ms=until,
            reason="x",
            mtu=common_pb2.Mtu(start_s=start, length_s=length),
        )
    ),
    st.sampled_from([*ZONES, "", "nowhere"]),
    st.integers(-1, 9),
    st.one_of(int64s, st.just(1_767_225_600_000 + 60_000)),
    int64s,
    st.sampled_from([0, -1, 900]),
)
asked = st.builds(
    lambda values, count: light.LightCommand(
        set_thresholds=light.SetLightThresholds(
            area_id=AREA,
            thresholds=light.LightThresholds(
                clean_count=count, **{name: values[i] for i, name in enumerate(THRESHOLDS)}
            ),
        )
    ),
    st.lists(int64s, min_size=9, max_size=9),
    st.sampled_from([-1, 0, 1, 2**31 - 1]),
)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.one_of(forced, asked), min_size=1, max_size=5))
def test_no_command_of_an_operator_stops_the_shard(commands: list[light.LightCommand]) -> None:
    world = Lights()
    world.result(0, {"feeder-1": (50, 60), "trafo-0": (50, 101)})
    for command in commands:
        assert len(world.drive.command(LIGHT_COMMAND, command, "dso").results) == 1
        world.wait(15)
    world.drive.recovered()


steps = st.lists(
    st.one_of(
        st.tuples(st.just("result"), st.integers(0, 2), st.integers(0, 130), st.integers(0, 30)),
        st.tuples(st.just("wait"), st.integers(1, 3)),
        st.tuples(st.just("silence"), st.integers(1, 4)),
        st.tuples(st.just("override"), st.sampled_from([AMBER, RED])),
        st.tuples(st.just("topology"), st.integers(1, 3)),
    ),
    max_size=25,
)


@settings(max_examples=60, deadline=None)
@given(steps)
def test_folding_the_journal_gives_the_live_state(path: list[tuple[object, ...]]) -> None:
    world, version = Lights(), 1
    for kind, *values in path:
        if kind == "result":
            period, p50, more = values
            uses = {"feeder-1": (p50, p50 + more), "trafo-0": (50, 60)}  # type: ignore[operator]
            world.result(period, uses, version)  # type: ignore[arg-type]
        elif kind == "override":
            world.override(light=values[0], valid_until_ms=world.drive.at_ms + 40_000)
        elif kind == "topology":
            version += 1
            world.topology(version)
        else:
            world.wait(15 * values[0], alive=kind == "wait")  # type: ignore[operator]
    world.drive.recovered()
    colours: dict[tuple[str, int], int] = {}
    for state in world.states():
        place = (state.zone_id, state.mtu.start_s)
        assert (colours.get(place), state.light) != (RED, GREEN)
        colours[place] = state.light


def test_the_metrics_count_zones_by_light_now_and_to_come(lights: Lights) -> None:
    lights.result(0, {"feeder-1": (50, 60), "feeder-2": (50, 99), "trafo-0": (120, 130)})
    lights.result(1, {"feeder-1": (50, 60)})
    assert scraped(LightFigures(), lights.drive) == [
        'traffic_light_zones{light="amber",period="coming",shard="0"} 1.0',
        'traffic_light_zones{light="green",period="coming",shard="0"} 2.0',
        'traffic_light_zones{light="red",period="coming",shard="0"} 1.0',
        'traffic_light_overrides{shard="0"} 0.0',
    ]
    lights.drive.time(lights.start_s * 1000)
    assert scraped(LightFigures(), lights.drive) == [
        'traffic_light_zones{light="unknown",period="coming",shard="0"} 1.0',
        'traffic_light_zones{light="unknown",period="now",shard="0"} 3.0',
        'traffic_light_overrides{shard="0"} 0.0',
    ]
    lights.drive.time((lights.start_s + 1800) * 1000)
    assert scraped(LightFigures(), lights.drive) == [
        'traffic_light_overrides{shard="0"} 0.0',
    ]
