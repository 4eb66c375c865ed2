"""A small market on a running platform, in steps: found, import, forecast, trade. The same calls on both engines."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import partial

from patience import until

from flexbourse.common.v1 import common_pb2
from flexbourse.gridcheck.v1 import gridcheck_pb2 as grid
from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse_cli.platform import Platform
from flexbourse_client.client import Client
from flexbourse_core.market_time import Mtu, day_bounds_s, mtus_of_day

ZONE = "Europe/Berlin"
AREA = "village"
MARKET = "village-energy"
DAY = date(2026, 3, 10)
MIDNIGHT_S = day_bounds_s(DAY, ZONE)[0]
OPENING_S = MIDNIGHT_S - 7 * 3600
NOON = mtus_of_day(DAY, ZONE)[48]


def participant(name: str, *roles: int) -> registry.Entity:
    return registry.Entity(
        participant=registry.Participant(participant_id=name, name=name.title(), roles=roles, active=True)
    )


def home(number: int, node_id: str, operator: str) -> list[registry.Entity]:
    """A metering point with a battery and the right to offer it."""
    point, unit = f"mp-{number}", f"battery-{number}"
    return [
        registry.Entity(
            metering_point=registry.MeteringPoint(
                metering_point_id=point, area_id=AREA, node_id=node_id, owner_id=f"home-{number}",
                brp_id="supplier", imbalance_delegated=True, active=True,
            )
        ),
        registry.Entity(
            unit=registry.Unit(
                unit_id=unit, name=f"Battery {number}", type=registry.UNIT_TYPE_BATTERY, metering_point_id=point,
                owner_id=f"home-{number}", operator_id=operator, max_power_w=5000, min_power_w=-5000,
                storage_capacity_wh=10_000, storage_max_wh=10_000, controllable=True, active=True,
            )
        ),
        registry.Entity(
            right=registry.RightToOffer(
                right_id=f"right-{number}", unit_id=unit, holder_id=operator, valid_from_s=0,
                valid_to_s=MIDNIGHT_S + 30 * 86_400,
            )
        ),
    ]  # fmt: skip


FOUNDING = [
    participant("operator", registry.ROLE_MARKET_OPERATOR),
    participant("grid-co", registry.ROLE_DSO),
    participant("meter-co", registry.ROLE_METER_OPERATOR),
    participant("supplier", registry.ROLE_BRP),
    participant("sun-agg", registry.ROLE_AGR),
    participant("wind-agg", registry.ROLE_AGR),
    registry.Entity(
        area=registry.GridArea(area_id=AREA, name="Village", shard=0, dso_id="grid-co", time_zone=ZONE)
    ),
    registry.Entity(
        market=registry.Market(
            market_id=MARKET, area_id=AREA, algorithm=registry.ALGORITHM_CONTINUOUS_ENERGY, mtu_length_s=900,
            opens_before_day_s=7 * 3600, gate_closure_s=7200, price_tick_micro_euro_per_mwh=10_000,
            quantity_step_w=100, min_quantity_w=100, max_quantity_w=1_000_000, min_price_ticks=-50_000,
            max_price_ticks=100_000, automatic_matching=True, either_side_missing=True, reliability_permille=800,
            gate_enabled=True, active=True,
        )
    ),
]  # fmt: skip


@dataclass
class VillageDay:
    """Drives a platform in stepped mode; ids and times are functions of the step."""

    platform: Platform
    now_ms: int = 0
    clients: dict[str, Client] = field(default_factory=dict)
    serial: int = 0

    def client(self, party: str) -> Client:
        if party not in self.clients:
            self.clients[party] = self.platform.client(party, now_ms=lambda: self.now_ms, new_id=self.next_id)
        return self.clients[party]

    def next_id(self) -> str:
        self.serial += 1
        return f"c-{self.serial}"

    def step(self, at_s: int) -> None:
        self.platform.step(self.platform.last_step() + 1, at_s * 1000)
        self.now_ms = at_s * 1000

    def answer(self, party: str, receipt: common_pb2.CommandReceipt) -> common_pb2.Answer:
        """Return the answer after the step; on Kafka it may take a moment to reach the process."""
        asked = partial(self.client(party).answers, [receipt.command_id])
        answered: dict[str, common_pb2.CommandReceipt] = until(asked, f"the answer to {receipt.command_id}")
        return answered[receipt.command_id].answer

    def accepted(self, party: str, receipt: common_pb2.CommandReceipt) -> common_pb2.Answer:
        answer = self.answer(party, receipt)
        refused = [result.rejection for result in answer.results if result.HasField("rejection")]
        assert not refused, refused
        return answer

    def found(self) -> list[str]:
        """Register everything, import the network, forecast no load; returns the nodes of the topology."""
        self.now_ms = (OPENING_S - 7200) * 1000
        operator, dso = self.client("operator"), self.client("grid-co")
        founding = operator.registry.register(FOUNDING)
        self.step(OPENING_S - 7200)
        self.accepted("operator", founding)
        network = dso.grid.import_network(AREA, pandapower_name="kerber-dorf")
        assert not network.problems
        self.step(OPENING_S - 5400)
        imported = self.accepted("grid-co", network.receipt)
        assert imported
        topology = dso.grid.topology(AREA, self.position("gridcheck"))
        assert topology is not None
        nodes = [node for zone in topology.zones for node in zone.node_ids]
        homes = operator.registry.register([*home(1, nodes[-1], "sun-agg"), *home(2, nodes[-2], "wind-agg")])
        periods = [
            grid.PeriodForecast(mtu=common_pb2.Mtu(start_s=mtu.start_s, length_s=mtu.length_s))
            for mtu in mtus_of_day(DAY, ZONE)[40:56]
        ]
        forecast = dso.grid.submit_forecast(grid.SubmitForecast(area_id=AREA, periods=periods))
        self.step(OPENING_S - 3600)
        self.accepted("operator", homes)
        self.accepted("grid-co", forecast)
        return nodes

    def position(self, context: str) -> common_pb2.LogPosition:
        (shard,) = self.client("operator").shards(context)
        return common_pb2.LogPosition(topic=f"flex.{context}.shard.journal.v1", offset=max(0, shard.journal_offset))

    def open(self) -> None:
        """Let the book open and the lights settle."""
        for minutes in (0, 15, 30, 45):
            self.step(OPENING_S + 60 * minutes)


def order(side: int, unit: str, quantity_w: int, ticks: int, client_order_id: str, mtu: Mtu = NOON) -> book.NewOrder:
    return book.NewOrder(
        client_order_id=client_order_id,
        market_id=MARKET,
        product=book.PRODUCT_LOCAL_ENERGY,
        side=side,
        mtu=common_pb2.Mtu(start_s=mtu.start_s, length_s=mtu.length_s),
        unit_id=unit,
        quantity_w=quantity_w,
        limit_price_ticks=ticks,
        fill_rule=book.FILL_RULE_NORMAL,
    )
