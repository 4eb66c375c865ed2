"""From a forecast and accepted matches to a light: registry, gridcheck, traffic light on the embedded engine, stepped.

The book is scripted: it accepts what a command tells it, so that the chain is tested without the market's rules.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import pytest
from google.protobuf.message import Message

from flexbourse.common.v1 import common_pb2
from flexbourse.gridcheck.v1 import gridcheck_pb2 as grid
from flexbourse.log.v1 import log_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse.traffic_light.v1 import traffic_light_pb2 as light
from flexbourse_gridcheck import service as gridcheck
from flexbourse_gridcheck.adapters.grids import Grids
from flexbourse_gridcheck.config import Config as GridConfig
from flexbourse_gridcheck.view import GridView
from flexbourse_log.embedded.engine import EmbeddedEngine
from flexbourse_log.embedded.reader import open_reader
from flexbourse_log.engine import Crash, EngineOptions
from flexbourse_log.headers import decode_record
from flexbourse_log.port import (
    CE_TYPE,
    AdoptedRecord,
    Command,
    Decision,
    Intent,
    OutgoingCommand,
    Output,
    Service,
    View,
)
from flexbourse_messages.catalogue import (
    BOOK_COMMAND,
    BOOK_OPERATING_POINT,
    CATALOGUE,
    GRID_COMMAND,
    REGISTRY_COMMAND,
)
from flexbourse_networks.network_import import NetworkImport
from flexbourse_registry import service as registry_service
from flexbourse_registry.config import Config as RegistryConfig
from flexbourse_traffic_light import service as traffic_light
from flexbourse_traffic_light.config import Config as LightConfig
from flexbourse_traffic_light.view import LightView

SomeView = TypeVar("SomeView", bound=View)

AREA = "village"
START_MS = 1_767_225_600_000
STEP_MS = 300_000
FIRST_S = START_MS // 1000 + 36 * 3600


class ScriptedBook:
    """Accepts whatever a reservation asks for, as absolute deviations."""

    def __init__(self) -> None:
        self._sequences: dict[int, int] = {}

    def on_command(self, command: Command) -> Decision:
        assert isinstance(command.body, book.OrderCommand)
        asked = command.body.reserve
        changed = book.OperatingPointChanged(
            area_id=asked.area_id,
            mtu=asked.mtu,
            sequence=self._sequences.get(asked.mtu.start_s, 0) + 1,
            accepted=asked.changes,
            base_case_version=1,
        )
        event = book.OrderEvent(operating_point=changed)
        self.fold(event)
        return Decision([event], [common_pb2.Result(id=asked.reservation_id)])

    def on_input(self, _record: AdoptedRecord) -> Sequence[Message]:
        return ()

    def on_time(self, _at_ms: int, _step: int) -> Sequence[Message]:
        return ()

    def next_timer_ms(self) -> int | None:
        return None

    def fold(self, event: Message | AdoptedRecord) -> None:
        if isinstance(event, book.OrderEvent):
            self._sequences[event.operating_point.mtu.start_s] = event.operating_point.sequence

    def project(self, event: Message) -> Iterable[Output]:
        if isinstance(event, book.OrderEvent):
            changed = event.operating_point
            yield Output(BOOK_OPERATING_POINT, f"{changed.area_id}/{changed.mtu.start_s}", changed)

    def intents(self, _event: Message) -> Iterable[Intent]:
        return ()

    def settled_intents(self, _event: Message) -> Iterable[str]:
        return ()

    def snapshot(self) -> bytes:
        return repr(sorted(self._sequences.items())).encode()

    def restore(self, _snapshot: bytes) -> None:
        raise AssertionError("the test is too short for a snapshot")


@dataclass
class Village:
    """The engine with its services; commands are appended, then a step is run."""

    folder: Path
    crashes: list[Crash] = field(default_factory=list)
    step: int = 0
    sent: int = 0
    loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)

    def start(self) -> None:
        services = [
            registry_service.build(RegistryConfig(data_dir=self.folder)),
            gridcheck.build(GridConfig(data_dir=self.folder)),
            traffic_light.build(LightConfig(data_dir=self.folder)),
            Service("orderbook", lambda _: ScriptedBook()),
        ]
        options = EngineOptions(crashed=self.crashes.append, stepped=True)
        self.engine = EmbeddedEngine(services, options, self.folder)
        self.engine.start()

    def send(self, context: str, topic: str, body: Message, party: str) -> None:
        self.sent += 1
        command = OutgoingCommand(
            topic, 0, f"c-{self.sent}", party, body, START_MS + self.step * STEP_MS + 3_600_000, AREA
        )
        self.loop.run_until_complete(self.engine.commands(context).append(command))

    def run(self, steps: int = 1) -> None:
        for _ in range(steps):
            self.step += 1
            self.engine.step(self.step, START_MS + self.step * STEP_MS)
        assert self.crashes == []

    def register(self) -> None:
        roles = [registry.ROLE_DSO]
        dso = registry.Participant(participant_id="dso", name="DSO", roles=roles, active=True)
        area = registry.GridArea(area_id=AREA, name="Village", dso_id="dso", time_zone="Europe/Berlin")
        entities = [registry.Entity(participant=dso), registry.Entity(area=area)]
        self.send("registry", REGISTRY_COMMAND, registry.RegisterEntities(entities=entities), "operator")

    def forecast(self, model: bytes, load_w: int, periods: int) -> None:
        self.send(
            "gridcheck",
            GRID_COMMAND,
            grid.GridCommand(publish_topology=grid.PublishTopology(area_id=AREA, model=model)),
            "dso",
        )
        quantiles = {"p95_consumption_w": -load_w * 6 // 5, "p95_injection_w": -load_w * 4 // 5}
        nodes = [grid.NodeForecast(node_id=f"bus-{bus}", p50_w=-load_w, **quantiles) for bus in range(2, 116)]
        wanted = [
            grid.PeriodForecast(mtu=common_pb2.Mtu(start_s=FIRST_S + 900 * i, length_s=900), nodes=nodes)
            for i in range(periods)
        ]
        body = grid.GridCommand(submit_forecast=grid.SubmitForecast(area_id=AREA, periods=wanted))
        self.send("gridcheck", GRID_COMMAND, body, "dso")

    def accept(self, period: int, changes: dict[str, int]) -> None:
        reserve = book.ReserveHeadroom(
            reservation_id=f"r-{self.sent}",
            area_id=AREA,
            mtu=common_pb2.Mtu(start_s=FIRST_S + 900 * period, length_s=900),
            changes=[book.NodeChange(node_id=name, p_w=p_w) for name, p_w in changes.items()],
        )
        self.send("orderbook", BOOK_COMMAND, book.OrderCommand(area_id=AREA, reserve=reserve), "dso")


@pytest.fixture
def village(tmp_path: Path) -> Iterator[Village]:
    world = Village(tmp_path)
    yield world
    world.loop.close()


def folded(village: Village, view: SomeView) -> SomeView:
    """Fold the committed records of a view's topics."""
    reader = open_reader(village.folder)
    for topic in view.topics:
        for record in reader.read_all(topic, 0):
            if record.headers.get(CE_TYPE) != log_pb2.Step.DESCRIPTOR.full_name:
                view.fold(record, decode_record(CATALOGUE, record))
    reader.close()
    return view


def grid_view(village: Village) -> GridView:
    return folded(village, GridView(Grids(), NetworkImport(None)))


def light_view(village: Village) -> LightView:
    return folded(village, LightView())


def colours(view: LightView, zone: str) -> dict[int, int]:
    return {(state.mtu.start_s - FIRST_S) // 900: state.light for state in view.lights(AREA, zone)}


def test_from_forecast_and_matches_to_audits_and_lights(village: Village) -> None:
    model = NetworkImport(village.folder).from_library("kerber-dorf")
    village.start()
    village.register()
    village.run()
    village.forecast(model, load_w=1_000, periods=4)
    village.run(2)
    village.accept(2, {"bus-40": -220_000})
    village.run(2)
    topology = grid_view(village).area(AREA).topology
    assert topology is not None
    crowded = next(zone.zone_id for zone in topology.zones if "bus-40" in zone.node_ids)
    assert colours(light_view(village), crowded) == {
        0: light.LIGHT_GREEN, 1: light.LIGHT_GREEN, 2: light.LIGHT_RED, 3: light.LIGHT_GREEN,
    }  # fmt: skip
    village.run(2)
    totals = grid_view(village).area(AREA).audits
    assert (totals.checked_count, totals.disagreement_count) == (1, 0)
    assert totals.violation_count > 0, "the scripted book has no gate, and the second solver says so"
    village.accept(2, {"bus-40": 0})
    village.run(8)
    assert colours(light_view(village), crowded)[2] == light.LIGHT_GREEN
    beats = light_view(village).heartbeats(AREA)
    assert {beat.valid_until_step for beat in beats} == {village.step + 2}
    assert village.engine.stop(60.0)


def test_a_killed_chain_goes_on_where_it_was(village: Village) -> None:
    model = NetworkImport(village.folder).from_library("kerber-dorf")
    village.start()
    village.register()
    village.run()
    village.forecast(model, load_w=1_000, periods=2)
    village.run(2)
    village.accept(0, {"bus-40": -220_000})
    village.run()
    assert village.engine.stop(60.0)
    village.start()
    village.run(3)
    view = light_view(village)
    assert light.LIGHT_RED in {state.light for state in view.lights(AREA)}
    assert grid_view(village).area(AREA).audits.checked_count == 1
    assert village.engine.stop(60.0)
