"""The driver: takes the platform through the day, step by step, as its participants would.

Everything it sends is a function of the seed and of what it observed after the steps before, and every command has an
id that names its step. So a day that was killed at any point is told again from the notebook up to the platform's last
step; the step after it is sent again, and what the platform had of it already it answers from its memory.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from flexbourse.common.v1 import common_pb2
from flexbourse.gridcheck.v1 import gridcheck_pb2 as grid
from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse.traffic_light.v1 import traffic_light_pb2 as light
from flexbourse_demo.driving import scene
from flexbourse_demo.driving.feeds import PartyFeed, marker_id
from flexbourse_demo.driving.fold import MarketFold, pack, unpack
from flexbourse_demo.driving.notebook import Notebook, NotebookError, Observation
from flexbourse_demo.driving.platform_port import Platform
from flexbourse_demo.driving.scene import AREA_ID, MARKET_IDS, founding_entities, village_entities
from flexbourse_demo.driving.stage import SetupError, Stage
from flexbourse_demo.driving.translate import forecast_message, mtu, new_order
from flexbourse_demo.modelled.grid_sketch import GridSketch
from flexbourse_demo.modelled.loads import DayModel, model_day
from flexbourse_demo.modelled.market_day import MTU_LENGTH_S, MarketDay
from flexbourse_demo.modelled.village import AGGREGATORS, OPERATOR_ID, SUPPLIER_ID, build_village
from flexbourse_demo.robots import Moment, Robot, build_crew
from flexbourse_demo.robots.market_view import Action, CancelOrder, PlaceOrder, Product
from flexbourse_gridmath.model import NetworkModel
from flexbourse_gridmath.topology import Topology, compile_topology

TRADERS = (SUPPLIER_ID, *(key for key, _ in AGGREGATORS), OPERATOR_ID)
MAX_BATCH = 500
FOUNDING_STEP, NETWORK_STEP, VILLAGE_STEP, FORECAST_STEP = 1, 2, 3, 4
FIRST_TRADING_STEP = 5
NO_TARIFF = grid.TariffParameters(
    amber_loading_mpct=scene.AMBER_LOADING_MPCT,
    red_loading_mpct=scene.RED_LOADING_MPCT,
    amber_voltage_upu=scene.AMBER_VOLTAGE_UPU,
    red_voltage_upu=scene.RED_VOLTAGE_UPU,
    reference_voltage_upu=scene.REFERENCE_VOLTAGE_UPU,
)
TARIFF = grid.TariffParameters(
    energy_micro_euro_per_mwh=scene.LOSS_MICRO_EURO_PER_MWH,
    scarcity_micro_euro_per_mwh=scene.SCARCITY_MICRO_EURO_PER_MWH,
    voltage_micro_euro_per_pu_h=scene.VOLTAGE_MICRO_EURO_PER_PU_H,
    amber_loading_mpct=scene.AMBER_LOADING_MPCT,
    red_loading_mpct=scene.RED_LOADING_MPCT,
    amber_voltage_upu=scene.AMBER_VOLTAGE_UPU,
    red_voltage_upu=scene.RED_VOLTAGE_UPU,
    reference_voltage_upu=scene.REFERENCE_VOLTAGE_UPU,
)
THRESHOLDS = light.LightThresholds(
    amber_loading_mpct=80_000,
    clear_loading_mpct=75_000,
    red_loading_mpct=100_000,
    calm_loading_mpct=98_000,
    amber_voltage_mpct=80_000,
    clear_voltage_mpct=75_000,
    red_voltage_mpct=100_000,
    calm_voltage_mpct=98_000,
    clean_count=2,
    dwell_ms=60_000,
)
TARIFF_EVERY_STEPS = 2
LOOK_AGAIN_S, MAX_LOOKS = 0.005, 4000
BOOK_STEP_S, BOOK_PERIODS = 8 * 3600, (48, 52, 78)  # at 8:00 the books of noon and of the evening are looked at


Entry = TypeVar("Entry")


class Watcher(Protocol):
    """Who looks on; the terminal."""

    def network(self, network: NetworkModel) -> None:
        """The network is known."""

    def scene(self, model: DayModel, topology: Topology) -> None:
        """The village stands."""

    def step(self, moment: Moment, fold: MarketFold) -> None:
        """A step is done."""


@dataclass(frozen=True, slots=True)
class DayPlan:
    """What is to be driven. `network` is a name of the library, or the content of a file as `network_json`.

    Without `gate_enabled` the market does not look at the grid: no check, no network tariff, no relief.
    """

    network: str
    network_json: bytes
    day: MarketDay
    seed: int
    gate_enabled: bool = True

    def identity(self) -> dict[str, str | int]:
        """Return what names the day."""
        return {
            "network": self.network,
            "network file": hashlib.sha256(self.network_json).hexdigest()[:16] if self.network_json else "none",
            "date": self.day.day.isoformat(),
            "seed": self.seed,
            "grid check": "on" if self.gate_enabled else "off",
        }


class Driver(Stage):
    """One day on one platform."""

    def __init__(self, platform: Platform, plan: DayPlan, watcher: Watcher) -> None:
        super().__init__(platform)
        self._plan = plan
        self._watcher = watcher
        self._feeds: dict[str, PartyFeed] = {}
        self._notebook = Notebook(platform.data_dir, plan.identity())
        self._known_lights: dict[tuple[str, int], bytes] = {}
        self._known_tariffs: dict[str, list[int]] = {}
        self.network: NetworkModel
        self.topology: Topology
        self.model: DayModel
        self.fold: MarketFold
        self._crew: list[Robot]
        self._tariff_nodes: tuple[str, ...] = ()

    def run(self) -> int:
        """Drive the day to its last gate; return the number of the last step.

        Raises:
            SetupError: the platform refused network, village or forecast.
            NotebookError: the notebook lacks a step that the platform has done.
        """
        day = self._plan.day
        self._found()
        self._stage_network()
        self._settle_in()
        step = FORECAST_STEP
        for now_s in range(day.opening_s, day.gate_s(day.count - 1) + MTU_LENGTH_S, MTU_LENGTH_S):
            step += 1
            self._trade(Moment(step, now_s))
        return step

    @property
    def robots(self) -> int:
        """Return how many robots trade."""
        return len(self._crew)

    def close(self) -> None:
        """Close clients and notebook."""
        super().close()
        self._notebook.close()

    def _found(self) -> None:
        entities = founding_entities(self._plan.day, gate_enabled=self._plan.gate_enabled)
        operator = self.client(self._platform.operator_id)
        self.step(
            FOUNDING_STEP,
            self._plan.day.opening_s - 4 * MTU_LENGTH_S,
            lambda name: [operator.registry.register(entities, command_id=f"{name}-founding")],
        )

    def _stage_network(self) -> None:
        """Import the network and take its topology back: the village is built on what the platform publishes."""

        def send(name: str) -> Iterable[common_pb2.CommandReceipt]:
            dso = self.client(OPERATOR_ID)
            tariff = TARIFF if self._plan.gate_enabled else NO_TARIFF
            source = {"pandapower_json": self._plan.network_json} if self._plan.network_json else {}
            imported = self.client(self._platform.operator_id).grid.import_network(
                AREA_ID,
                pandapower_name="" if source else self._plan.network,
                command_id=f"{name}-network",
                **source,
            )
            if imported.problems:
                listed = "; ".join(f"{p.element}: {p.rule} ({p.value})" for p in imported.problems)
                raise SetupError(f"the network has problems: {listed}")
            yield imported.receipt
            yield dso.grid.set_tariff_parameters(AREA_ID, tariff, command_id=f"{name}-tariff")
            yield dso.lights.set_thresholds(
                light.SetLightThresholds(area_id=AREA_ID, thresholds=THRESHOLDS), command_id=f"{name}-thresholds"
            )

        self.step(NETWORK_STEP, self._plan.day.opening_s - 3 * MTU_LENGTH_S, send)
        found = self.client(OPERATOR_ID).grid.topology(AREA_ID, self.journal_position("gridcheck"))
        if found is None:
            raise SetupError("the platform publishes no topology of the village")
        self.network = NetworkModel.from_bytes(found.model)
        self.topology = compile_topology(self.network)
        self._watcher.network(self.network)

    def _settle_in(self) -> None:
        """Build the village, register it, publish its first forecast."""
        plan = self._plan
        village = build_village(plan.network, GridSketch.of(self.network), plan.seed)
        self.model = model_day(village, plan.day)
        ratings = zip(self.topology.branch_ids, self.topology.rating_va.tolist(), strict=True)
        self._crew = build_crew(
            self.model, {branch: int(rating) for branch, rating in ratings}, relief=plan.gate_enabled
        )
        nodes = [home.node_id for home in village.homes if home.charger]
        self._tariff_nodes = tuple(dict.fromkeys([village.source_node, *nodes]))
        self.fold = MarketFold(plan.day, self._tariff_nodes)
        self._watcher.scene(self.model, self.topology)
        entities = village_entities(village, plan.day)
        operator = self.client(self._platform.operator_id)
        self.step(
            VILLAGE_STEP,
            plan.day.opening_s - 2 * MTU_LENGTH_S,
            lambda name: [operator.registry.register(entities, command_id=f"{name}-village")],
        )
        self.step(
            FORECAST_STEP,
            plan.day.opening_s - MTU_LENGTH_S,
            lambda name: [self._forecast(name, self.model.forecasts[0].published_s)],
        )

    def _forecast(self, name: str, published_s: int) -> common_pb2.CommandReceipt:
        message = forecast_message(self.model, self.model.forecast_at(published_s))
        return self.client(OPERATOR_ID).grid.submit_forecast(message, command_id=f"{name}-forecast")

    def _trade(self, moment: Moment) -> None:
        actions = [action for robot in self._crew for action in robot.decide(moment, self.fold.view)]
        ids = {key: order.order_id for key, order in self.fold.view.orders.items()}
        for action in actions:
            if isinstance(action, PlaceOrder):
                self.fold.placed(action)
        sent = self.step(moment.step, moment.now_s, lambda name: self._send(name, moment, actions, ids))
        observation = self._notebook.read(moment.step)
        if observation is None:
            if not sent and moment.step < self._done:
                raise NotebookError(f"the notebook lacks step {moment.step}, which the platform has done")
            observation = self._observe(moment)
            self._notebook.write(moment.step, observation)
        self._remember(observation)
        self.fold.take(moment.now_s, observation)
        self._watcher.step(moment, self.fold)

    def _send(
        self, name: str, moment: Moment, actions: list[Action], ids: dict[str, str]
    ) -> Iterable[common_pb2.CommandReceipt]:
        """Send everybody's commands of a step, then the markers; refused orders are events, none is an error."""
        since_s = moment.now_s - MTU_LENGTH_S
        due = [f.published_s for f in self.model.forecasts if since_s < f.published_s <= moment.now_s]
        if due:
            self._forecast(name, due[-1])
        for party in TRADERS:
            orders = self.client(party).orders
            mine = [action for action in actions if action.party == party]
            gone = [ids[a.client_order_id] for a in mine if isinstance(a, CancelOrder) and ids.get(a.client_order_id)]
            wished = [new_order(self._plan.day, a) for a in mine if isinstance(a, PlaceOrder)]
            for number, part in enumerate(_parts(gone)):
                orders.cancel(AREA_ID, part, command_id=f"{name}-{party}-c{number}")
            for number, batch in enumerate(_parts(wished)):
                orders.submit(AREA_ID, batch, command_id=f"{name}-{party}-o{number}")
        for party in TRADERS:
            self.client(party).orders.cancel(AREA_ID, [marker_id(moment.step)], command_id=f"{name}-{party}-end")
        return []

    def _observe(self, moment: Moment) -> Observation:
        """Ask the platform what the step led to."""
        observation = Observation()
        for party in TRADERS:
            feed = self._feeds.get(party)
            if feed is None:
                feed = self._feeds[party] = PartyFeed(self.client(party))
                if moment.step > FIRST_TRADING_STEP:  # resumed: what came before stands in the notebook
                    for _ in feed.until(moment.step - 1):
                        pass
            observation.events[party] = list(feed.until(moment.step))
        observation.lights = [pack(state) for state in self._changed_lights(moment.step)]
        if moment.step % TARIFF_EVERY_STEPS == 1:
            observation.tariffs = self._changed_tariffs()
        if moment.now_s == self._plan.day.start_s + BOOK_STEP_S:
            observation.books = [self._look_at_book(index) for index in BOOK_PERIODS if index < self._plan.day.count]
        return observation

    def _changed_lights(self, step: int) -> Iterator[bytes]:
        zones = {street.feeder_id for street in self.model.village.streets}
        for state in self._lights_of(step, zones).lights:
            if state.zone_id in zones:
                content = state.SerializeToString(deterministic=True)
                if self._known_lights.get((state.zone_id, state.mtu.start_s)) != content:
                    yield content

    def _lights_of(self, step: int, zones: set[str]) -> light.ListLightsResponse:
        """Return the lights after a step: every zone's heartbeat says of which step they are."""
        for _ in range(MAX_LOOKS):
            listed = self.client(OPERATOR_ID).lights.list(AREA_ID)
            alive = {beat.zone_id for beat in listed.heartbeats if beat.valid_until_step > step}
            if zones <= alive:
                return listed
            time.sleep(LOOK_AGAIN_S)
        raise SetupError(f"no light of the village was renewed in step {step}")

    def _changed_tariffs(self) -> dict[str, list[int]]:
        results = self.client(OPERATOR_ID).grid.results(AREA_ID, self.journal_position("gridcheck"))
        places = [self.topology.node_index[node] for node in self._tariff_nodes]
        found = {
            str(self._plan.day.index_of(tariff.mtu.start_s)): [tariff.nodal_ticks[place] for place in places]
            for tariff in results.tariffs
        }
        return {index: ticks for index, ticks in found.items() if self._known_tariffs.get(index) != ticks}

    def _look_at_book(self, index: int) -> str:
        request = book.GetBookRequest(
            area_id=AREA_ID,
            market_id=MARKET_IDS[Product.LOCAL_ENERGY],
            product=book.PRODUCT_LOCAL_ENERGY,
            mtu=mtu(self._plan.day, index),
        )
        asked = request.SerializeToString()
        response = self.client(OPERATOR_ID).orders.book(request)
        return pack(len(asked).to_bytes(4, "big") + asked + response.SerializeToString())

    def _remember(self, observation: Observation) -> None:
        for packed in observation.lights:
            state = light.LightState.FromString(unpack(packed))
            content = state.SerializeToString(deterministic=True)
            self._known_lights[state.zone_id, state.mtu.start_s] = content
        self._known_tariffs |= observation.tariffs

    def journal_position(self, context: str) -> common_pb2.LogPosition:
        """Return the newest position of a context's journal, as the network operator sees it."""
        return self.position(context, OPERATOR_ID)


def _parts(entries: Sequence[Entry]) -> Iterator[Sequence[Entry]]:
    """Yield at most `MAX_BATCH` entries at a time."""
    for start in range(0, len(entries), MAX_BATCH):
        yield entries[start : start + MAX_BATCH]
