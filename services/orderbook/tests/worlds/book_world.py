"""A small world around one shard of the order book: two streets, a home at each node, markets, grid and lights.

source ── bar ── a1 ── a2 ── a3        street a, thin cable
            └─── b1 ── b2 ── b3        street b, thick cable
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache

from google.protobuf.message import Message

from flexbourse.common.v1 import common_pb2
from flexbourse.gridcheck.v1 import gridcheck_pb2 as grid
from flexbourse.orderbook.v1 import orderbook_pb2 as pb
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse.traffic_light.v1 import traffic_light_pb2 as light
from flexbourse_core.market_time import Mtu
from flexbourse_gridmath.model import Branch, NetworkModel, Node
from flexbourse_gridmath.nodal import nodal_tariff
from flexbourse_gridmath.powerflow import OperatingPoint, solve_from_no_load
from flexbourse_gridmath.tariff import feeder_ends
from flexbourse_gridmath.topology import Topology, compile_topology
from flexbourse_messages.catalogue import (
    BOOK_COMMAND,
    GRID_AUDIT,
    GRID_BASE_CASE,
    GRID_MARGIN,
    GRID_TARIFF,
    GRID_TOPOLOGY,
    LIGHT_ZONE,
    REGISTRY_ENTITY,
)
from flexbourse_orderbook.domain.state import Period
from flexbourse_orderbook.processor import OrderBookProgram
from flexbourse_orderbook.wire import parameters_in
from flexbourse_testkit.drive import Drive

AREA = "area-1"
DSO = "dso-1"
BRP = "brp-1"
ENERGY = "energy"
FLEX = "flex"
PARTIES = ("agr-1", "agr-2", "agr-3")
HOMES = ("a1", "a2", "a3", "b1", "b2", "b3")
ZONES = ("bar", "street-a", "street-b")
DAY_S = 1_780_272_000  # 2026-06-01T00:00Z
NOON = DAY_S + 12 * 3600
EVENING_BEFORE_MS = (DAY_S - 6 * 3600) * 1000
TICK = 10_000

PARAMETERS = grid.TariffParameters(
    energy_micro_euro_per_mwh=100_000_000,
    scarcity_micro_euro_per_mwh=300_000_000,
    voltage_micro_euro_per_pu_h=400_000_000,
    amber_loading_mpct=80_000,
    red_loading_mpct=100_000,
    amber_voltage_upu=50_000,
    red_voltage_upu=100_000,
    reference_voltage_upu=1_000_000,
)
# Losses cost nothing: as long as no cable is amber every tariff is zero.
FLAT = grid.TariffParameters()
FLAT.CopyFrom(PARAMETERS)
FLAT.energy_micro_euro_per_mwh = 0


def two_streets(thin_ka: float = 0.06, thick_ka: float = 0.2) -> NetworkModel:
    """Return the network."""
    names = [("source", "bar"), ("bar", "bar")] + [(home, f"street-{home[0]}") for home in HOMES]
    nodes = tuple(Node(name, name, zone, 0.4, 900_000, 1_100_000, aliases=(name,)) for name, zone in names)
    ends = [("source", "bar", 0.5)] + [
        (first, second, thin_ka if second[0] == "a" else thick_ka)
        for street in "ab"
        for first, second in (("bar", f"{street}1"), (f"{street}1", f"{street}2"), (f"{street}2", f"{street}3"))
    ]
    branches = tuple(
        Branch(
            id=f"{first}-{second}", name=f"{first}-{second}", kind="line",
            zone="bar" if first == "source" else f"street-{second[0]}", from_node=first, to_node=second,
            r_pu=0.0005 if first == "source" else 0.012, x_pu=0.002 if first == "source" else 0.005, g_pu=0.0, b_pu=0.0,
            tap_ratio=1.0, tap_shift_rad=0.0, rating_from_ka=rating, rating_to_ka=rating,
        )
        for first, second, rating in ends
    )  # fmt: skip
    return NetworkModel("two streets", 0.1, "source", 1.0, 0.0, nodes, branches)


compiled = cache(compile_topology)


def mtu_message(start_s: int) -> common_pb2.Mtu:
    return common_pb2.Mtu(start_s=start_s, length_s=900)


def market(market_id: str, algorithm: int, **changes: object) -> registry.Market:
    wire = registry.Market(
        market_id=market_id, area_id=AREA, version=1, algorithm=algorithm, mtu_length_s=900, opens_before_day_s=25_200,
        gate_closure_s=7_200, price_tick_micro_euro_per_mwh=TICK, quantity_step_w=100, min_quantity_w=100,
        max_quantity_w=1_000_000, min_price_ticks=-50_000, max_price_ticks=400_000, automatic_matching=True,
        either_side_missing=True, reliability_permille=800, gate_enabled=True, active=True,
    )  # fmt: skip
    for name, value in changes.items():
        if isinstance(value, tuple):
            getattr(wire, name).extend(value)
        else:
            setattr(wire, name, value)
    return wire


def base_of(home: str) -> int:
    """Return a home's base case: solar surplus at the ends of the streets, consumption elsewhere."""
    return {"a3": 4_000, "b3": 9_000}.get(home, -3_000)


@dataclass
class World:
    """One shard with everything that an order needs; periods 12:00 and 12:15 have a grid state."""

    drive: Drive = field(default_factory=lambda: Drive(OrderBookProgram, "orderbook", at_ms=EVENING_BEFORE_MS))
    model: NetworkModel = field(default_factory=two_streets)
    starts: tuple[int, ...] = (NOON, NOON + 900)
    market_changes: dict[str, object] = field(default_factory=dict)
    parameters: grid.TariffParameters = field(default_factory=lambda: PARAMETERS)
    clock_ms: int = EVENING_BEFORE_MS + 3_600_000
    orders: int = 0

    @property
    def topology(self) -> Topology:
        return compiled(self.model)

    def ready(self) -> World:
        """Register, publish and open."""
        self.register()
        self.publish_topology()
        for start in self.starts:
            self.publish_period(start)
        self.lights()
        self.drive.time(self.clock_ms)
        return self

    def program_period(self, start_s: int = NOON) -> Period:
        """Return a period as the live book holds it."""
        period: Period = self.drive.program._books[AREA].state.period(Mtu(start_s, 900))
        return period

    def entity(self, kind: str, name: str, message: Message) -> None:
        entity = registry.Entity(**{kind: message})
        self.drive.input(REGISTRY_ENTITY, f"{kind}/{name}", registry.EntityState(entity=entity, version=1))

    def register(self) -> None:
        self.entity("area", AREA, registry.GridArea(area_id=AREA, name="x", dso_id=DSO, time_zone="Europe/Bucharest"))
        roles = {DSO: registry.ROLE_DSO, BRP: registry.ROLE_BRP}
        for party in (*PARTIES, DSO, BRP):
            role = roles.get(party, registry.ROLE_AGR)
            self.entity(
                "participant", party, registry.Participant(participant_id=party, name=party, roles=[role], active=True)
            )
        for index, home in enumerate(HOMES):
            self.home(home, PARTIES[index % len(PARTIES)])
        changes = self.market_changes
        self.entity("market", ENERGY, market(ENERGY, registry.ALGORITHM_CONTINUOUS_ENERGY, **changes))
        self.entity("market", FLEX, market(FLEX, registry.ALGORITHM_CONTINUOUS_FLEXIBILITY, **changes))

    def home(self, home: str, party: str, min_activation_w: int = 0) -> None:
        """Register a home's metering points: a battery (deviates) and a house (scheduled)."""
        for kind, controllable in (("battery", True), ("house", False)):
            point, unit = f"mp-{kind}-{home}", f"{kind}-{home}"
            self.entity(
                "metering_point", point,
                registry.MeteringPoint(
                    metering_point_id=point, area_id=AREA, node_id=home, owner_id=f"owner-{home}", brp_id=BRP,
                    active=True,
                ),
            )  # fmt: skip
            self.entity(
                "unit", unit,
                registry.Unit(
                    unit_id=unit, name=unit, metering_point_id=point, owner_id=f"owner-{home}", operator_id=party,
                    max_power_w=60_000, min_power_w=-60_000, controllable=controllable, active=True,
                    feeder_id=f"street-{home[0]}", min_activation_w=min_activation_w,
                ),
            )  # fmt: skip
            self.right(unit, party)

    def right(self, unit: str, party: str, **changes: object) -> None:
        wire = registry.RightToOffer(
            right_id=f"right-{unit}", unit_id=unit, holder_id=party, valid_from_s=0, valid_to_s=DAY_S + 86_400
        )
        for name, value in changes.items():
            setattr(wire, name, value)
        self.entity("right", f"right-{unit}", wire)

    def publish_topology(self, version: int = 1) -> None:
        state = grid.TopologyState(area_id=AREA, version=version, model=self.model.to_bytes())
        self.drive.input(GRID_TOPOLOGY, f"{AREA}/{version}", state)

    def base_w(self) -> list[int]:
        return [base_of(name) if name in HOMES else 0 for name in self.topology.node_ids]

    def publish_period(self, start_s: int, version: int = 1, base: list[int] | None = None, topology: int = 1) -> None:
        """Publish base case, margins and tariff of one period."""
        self.publish_base(start_s, version, base, topology)
        self.publish_margin(start_s, version, topology=topology)
        self.publish_tariff(start_s, version, base, topology)

    def publish_margin(
        self, start_s: int, version: int, loading_mpct: int = 0, voltage_upu: int = 0, topology: int = 1
    ) -> None:
        """Publish the same forecast margins for all branches and for all nodes."""
        topo = self.topology
        margin = grid.MarginState(
            area_id=AREA, mtu=mtu_message(start_s), version=version, topology_version=topology,
            loading_margin_mpct=[loading_mpct] * topo.n_branches, voltage_margin_upu=[voltage_upu] * topo.n_nodes,
        )  # fmt: skip
        self.drive.input(GRID_MARGIN, f"{AREA}/{start_s}", margin)

    def publish_base(self, start_s: int, version: int, base: list[int] | None = None, topology: int = 1) -> None:
        state = grid.BaseCaseState(
            area_id=AREA, mtu=mtu_message(start_s), version=version, topology_version=topology,
            p_w=base or self.base_w(), q_var=[0] * self.topology.n_nodes,
        )  # fmt: skip
        self.drive.input(GRID_BASE_CASE, f"{AREA}/{start_s}", state)

    def publish_tariff(self, start_s: int, version: int, base: list[int] | None = None, topology: int = 1) -> list[int]:
        """Publish the nodal tariff of an operating point; returns its ticks."""
        topo = self.topology
        point = solve_from_no_load(topo, base or self.base_w(), [0] * topo.n_nodes)
        assert isinstance(point, OperatingPoint)
        parameters = replace(parameters_in(self.parameters), monitored_nodes=feeder_ends(topo), mtu_seconds=900)
        ticks: list[int] = nodal_tariff(topo, parameters, point).ticks(TICK).tolist()
        state = grid.TariffState(
            area_id=AREA, mtu=mtu_message(start_s), version=version, topology_version=topology,
            base_case_version=version, parameters=self.parameters, nodal_ticks=ticks,
        )  # fmt: skip
        self.drive.input(GRID_TARIFF, f"{AREA}/{start_s}", state)
        return ticks

    def lights(
        self, colour: int = light.LIGHT_GREEN, zones: tuple[str, ...] = ZONES, alive_ms: int = 10**14,
        amber: tuple[int, int] = (0, 0),
    ) -> None:  # fmt: skip
        """Publish the light of zones in all periods, with a heartbeat; amber thresholds of loading and voltage."""
        for zone in zones:
            for start in self.starts:
                state = light.LightState(
                    area_id=AREA, zone_id=zone, mtu=mtu_message(start), light=colour, amber_loading_mpct=amber[0],
                    amber_voltage_mpct=amber[1],
                )  # fmt: skip
                self.drive.input(LIGHT_ZONE, f"{AREA}/{zone}/{start}", state)
            beat = light.LightHeartbeat(area_id=AREA, zone_id=zone, valid_until_ms=alive_ms)
            self.drive.input(LIGHT_ZONE, f"{AREA}/{zone}", beat)

    def audit(self, *, disagreement: bool) -> None:
        state = grid.AuditRecorded(area_id=AREA, mtu=mtu_message(NOON), disagreement=disagreement, element_id="a1-a2")
        self.drive.input(GRID_AUDIT, f"{AREA}/{NOON}", state)

    def tick(self, ms: int = 1_000) -> None:
        """Let time pass."""
        self.clock_ms += ms
        self.drive.time(self.clock_ms)

    def order(self, side: int, subject: str, quantity_w: int, price: int, **changes: object) -> pb.NewOrder:
        """Return an order for a unit such as battery-a1, an element, or a metering point."""
        self.orders += 1
        wire = pb.NewOrder(
            client_order_id=f"c{self.orders}", market_id=ENERGY, product=pb.PRODUCT_LOCAL_ENERGY, side=side,
            mtu=mtu_message(NOON), quantity_w=quantity_w, limit_price_ticks=price, fill_rule=pb.FILL_RULE_NORMAL,
        )  # fmt: skip
        wire.unit_id = subject
        for name, value in changes.items():
            if isinstance(value, Message):
                getattr(wire, name).CopyFrom(value)
            else:
                setattr(wire, name, value)
        if wire.product != pb.PRODUCT_LOCAL_ENERGY:
            wire.market_id = FLEX
        return wire

    def party_of(self, subject: str) -> str:
        return PARTIES[HOMES.index(subject[-2:]) % len(PARTIES)]

    def submit(self, *orders: pb.NewOrder, party: str = "") -> list[common_pb2.Result]:
        command = pb.OrderCommand(area_id=AREA, submit=pb.SubmitOrders(orders=orders))
        return list(self.command(command, party or self.party_of(orders[0].unit_id)))

    def command(self, command: pb.OrderCommand, party: str) -> list[common_pb2.Result]:
        return list(self.drive.command(BOOK_COMMAND, command, party).results)

    def sell(self, subject: str, quantity_w: int, price: int, **changes: object) -> common_pb2.Result:
        return self.submit(self.order(pb.SIDE_SELL, subject, quantity_w, price, **changes))[0]

    def buy(self, subject: str, quantity_w: int, price: int, **changes: object) -> common_pb2.Result:
        return self.submit(self.order(pb.SIDE_BUY, subject, quantity_w, price, **changes))[0]

    def request(self, element: str, quantity_w: int, price: int, **changes: object) -> common_pb2.Result:
        """Let the DSO request relief."""
        product = changes.pop("product", pb.PRODUCT_FLEX_UP)
        order = self.order(pb.SIDE_BUY, "", quantity_w, price, element_id=element, product=product, **changes)
        return self.submit(order, party=DSO)[0]

    def events(self, field: str) -> list[Message]:
        """Return the bodies of all journal events of a kind."""
        return [
            getattr(event, field)
            for event in self.drive.events
            if isinstance(event, pb.OrderEvent) and event.WhichOneof("event") == field
        ]

    def trades(self) -> list[pb.TradeExecuted]:
        return self.events("trade")


def order_of(result: common_pb2.Result) -> pb.Order:
    """Return the order that a result carries."""
    order = pb.Order()
    assert result.detail.Unpack(order)
    return order
