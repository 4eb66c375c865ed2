"""What plays of one evening share: the network published, steps whose events every party hears, trades put together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from flexbourse.common.v1 import common_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse.traffic_light.v1 import traffic_light_pb2 as light
from flexbourse_demo.driving.driver import TARIFF, THRESHOLDS
from flexbourse_demo.driving.feeds import PartyFeed, marker_id
from flexbourse_demo.driving.fold import unpack
from flexbourse_demo.driving.platform_port import Platform
from flexbourse_demo.driving.scene import AREA_ID
from flexbourse_demo.driving.stage import SetupError, Stage
from flexbourse_gridmath.model import NetworkModel

Sending = Callable[[str], Iterable[common_pb2.CommandReceipt]]


def nothing(_name: str) -> Iterable[common_pb2.CommandReceipt]:
    """Send nothing."""
    return ()


def trades_of(events: Iterable[book.OrderEvent]) -> list[book.TradeExecuted]:
    """Return every trade once, with the node of each side: each party sees its own side alone."""
    merged: dict[str, book.TradeExecuted] = {}
    for event in events:
        if event.WhichOneof("event") == "trade":
            merged.setdefault(event.trade.trade_id, book.TradeExecuted()).MergeFrom(event.trade)
    return list(merged.values())


class HeardStage(Stage):
    """Steps that are numbered here, and what the parties of a play hear of each."""

    def __init__(self, platform: Platform, parties: Sequence[str]) -> None:
        super().__init__(platform)
        self._parties = tuple(parties)
        self._feeds: dict[str, PartyFeed] = {}
        self.number = 0

    def heard_step(self, at_s: int, send: Sending) -> list[book.OrderEvent]:
        """Do the next step; returns what it led to. Parties hear from the second one on: the first registers them."""
        self.number += 1
        number, parties = self.number, self._parties if self.number > 1 else ()

        def with_markers(name: str) -> Iterable[common_pb2.CommandReceipt]:
            receipts = list(send(name))
            for party in parties:
                self.client(party).orders.cancel(AREA_ID, [marker_id(number)], command_id=f"{name}-{party}-end")
            return receipts

        self.step(number, at_s, with_markers)
        found: list[book.OrderEvent] = []
        for party in parties:
            feed = self._feeds.setdefault(party, PartyFeed(self.client(party)))
            found += [book.OrderEvent.FromString(unpack(text)) for text in feed.until(number)]
        return found

    def publish(self, name: str, network: NetworkModel, dso_id: str) -> Iterable[common_pb2.CommandReceipt]:
        """Publish a network, its tariff and where amber begins; raises SetupError for a network with problems."""
        dso = self.client(dso_id)
        imported = self.client(self.operator_id).grid.import_network(
            AREA_ID, model_json=network.to_bytes(), command_id=f"{name}-network"
        )
        if imported.problems:
            raise SetupError("; ".join(f"{p.element}: {p.rule}" for p in imported.problems))
        yield imported.receipt
        yield dso.grid.set_tariff_parameters(AREA_ID, TARIFF, command_id=f"{name}-tariff")
        yield dso.lights.set_thresholds(
            light.SetLightThresholds(area_id=AREA_ID, thresholds=THRESHOLDS), command_id=f"{name}-thresholds"
        )
