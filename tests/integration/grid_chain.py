"""The shards of gridcheck, traffic light and order book on one clock, without a platform around them."""

from __future__ import annotations

import street
from street import AGG_A, AGG_B, AREA, DSO, NOON_S, OPERATOR, mtu

from flexbourse.common.v1 import common_pb2
from flexbourse.gridcheck.v1 import gridcheck_pb2 as grid
from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse.traffic_light.v1 import traffic_light_pb2 as light
from flexbourse_gridcheck.adapters.grids import Grids
from flexbourse_gridcheck.effects import AuditEffect
from flexbourse_gridcheck.processor import GridProgram
from flexbourse_messages.catalogue import BOOK_COMMAND, BY_NAME, GRID_COMMAND, LIGHT_ZONE, REGISTRY_ENTITY
from flexbourse_orderbook.processor import OrderBookProgram
from flexbourse_testkit.drive import Drive
from flexbourse_traffic_light.processor import LightProgram

OPENED_MS = (street.OPENING_S + 60) * 1000


class Chain:
    """The shards of gridcheck, traffic light and order book on one clock; records go from one to the next."""

    def __init__(self, model: bytes) -> None:
        grids = Grids()
        self.gridcheck = Drive(
            lambda shard: GridProgram(shard, grids.compiled, OPERATOR), "gridcheck", at_ms=OPENED_MS - 120_000
        )
        self.lights = Drive(LightProgram, "traffic-light", at_ms=OPENED_MS - 120_000)
        self.book = Drive(lambda shard: OrderBookProgram(shard, OPERATOR), "orderbook", at_ms=OPENED_MS - 120_000)
        self.all = {"gridcheck": self.gridcheck, "traffic-light": self.lights, "orderbook": self.book}
        self.alive = True
        self._auditor = AuditEffect(grids.find)
        self._audited = 0
        self._sent = {id(drive): 0 for drive in self.all.values()}
        self._orders = 0
        for entity in (*street.founding(), *street.homes()):
            kind = str(entity.WhichOneof("kind"))
            state = registry.EntityState(entity=entity, version=1)
            for drive in self.all.values():
                drive.input(REGISTRY_ENTITY, f"{kind}/{id(entity)}", state)
        publish = grid.PublishTopology(area_id=AREA, model=model)
        for body in (
            grid.GridCommand(publish_topology=publish),
            grid.GridCommand(submit_forecast=street.forecast()),
        ):
            self.gridcheck.command(GRID_COMMAND, body, DSO)
        self.pass_time(120)

    def pass_time(self, seconds: int) -> None:
        """Let all that live go on, a second at a time record of five."""
        until_ms = self.book.at_ms + seconds * 1000
        while self.book.at_ms < until_ms:
            at_ms = self.book.at_ms + 5_000
            for drive in [own for own in self.all.values() if self.alive or own is not self.gridcheck]:
                drive.time(at_ms)
                self._carry(drive)

    def audit(self) -> None:
        """Perform the audits that gridcheck asked for since the last time."""
        asked, self._audited = self.gridcheck.intents[self._audited :], len(self.gridcheck.intents)
        for intent in asked:
            outcome = self._auditor.perform(intent)
            self.gridcheck.command(outcome.topic, outcome.body, outcome.party, outcome.command_id)
        self._carry(self.gridcheck)

    def _carry(self, source: Drive) -> None:
        """Hand new records to whoever reads their topic."""
        done, self._sent[id(source)] = self._sent[id(source)], len(source.projections)
        for output in source.projections[done:]:
            for context, drive in self.all.items():
                reads = {entry.topic for entry in BY_NAME[context].inputs}
                if output.topic in reads and (drive is not self.gridcheck or self.alive):
                    drive.input(output.topic, output.key, output.message)

    def trade(self, quantity_w: int = 1_000) -> common_pb2.Result:
        """Let the battery sell and the heat pump buy at once or not at all; returns the buyer's answer."""
        self._orders += 1
        sides = ((book.SIDE_SELL, "battery-a2", 1_000, AGG_B), (book.SIDE_BUY, "pump-b1", 90_000, AGG_A))
        for side, unit, ticks, party in sides:
            order = book.NewOrder(
                client_order_id=f"{unit}-{self._orders}", market_id=street.ENERGY, unit_id=unit, side=side,
                product=book.PRODUCT_LOCAL_ENERGY, mtu=mtu(NOON_S), quantity_w=quantity_w, limit_price_ticks=ticks,
                fill_rule=book.FILL_RULE_NORMAL if side == book.SIDE_SELL else book.FILL_RULE_FILL_AND_KILL,
            )  # fmt: skip
            body = book.OrderCommand(area_id=AREA, submit=book.SubmitOrders(orders=[order]))
            answer = self.book.command(BOOK_COMMAND, body, party)
        self._carry(self.book)
        return answer.results[0]

    def colours(self) -> set[int]:
        """Return the lights of noon as they were published last."""
        found: dict[str, int] = {}
        for message in self.lights.projected(LIGHT_ZONE):
            if isinstance(message, light.LightState) and message.mtu.start_s == NOON_S:
                found[message.zone_id] = message.light
        return set(found.values())
