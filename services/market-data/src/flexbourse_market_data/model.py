"""All read models of the market, folded from records one by one: what a record changes, whatever keeps it."""

from __future__ import annotations

from google.protobuf.message import Message

from flexbourse.activation.v1 import activation_pb2 as activation
from flexbourse.gridcheck.v1 import gridcheck_pb2 as grid
from flexbourse.orderbook.v1 import feed_pb2 as feed
from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse.traffic_light.v1 import traffic_light_pb2 as light
from flexbourse_market_data import taking
from flexbourse_market_data.domain.activation_figures import ActivationBoard, ActivationFigures, OpenActivation
from flexbourse_market_data.domain.changes import NOTHING, Changes, Entry
from flexbourse_market_data.domain.feed import PublicOrder
from flexbourse_market_data.domain.feeders import Feeder, FeederBoard, Seen
from flexbourse_market_data.domain.networks import Networks, NodalTariff, NodeList
from flexbourse_market_data.domain.public_books import BookHead, ProductStatistics, PublicBooks
from flexbourse_market_data.wire import read
from flexbourse_messages.catalogue import ACTIVATION_LIFE, BOOK_FEED, BOOK_TRADE, GRID_TARIFF, GRID_TOPOLOGY, LIGHT_ZONE

SOURCES = (GRID_TOPOLOGY, GRID_TARIFF, LIGHT_ZONE, BOOK_TRADE, BOOK_FEED, ACTIVATION_LIFE)


class MarketModel:
    """What one reader holds; a record that comes twice changes nothing."""

    def __init__(self) -> None:
        self._feeders = FeederBoard()
        self._books = PublicBooks()
        self._networks = Networks()
        self._activations = ActivationBoard()

    def take(self, message: Message, offset: int, raw: bytes) -> Changes:
        """Take a record of one of the sources in."""
        changes = NOTHING
        match message:
            case feed.FeedEvent():
                changes = self._books.take(taking.feed_in(message, raw))
            case book.OrderEvent() if (trade := taking.trade_in(message)) is not None:
                changes = self._feeder(trade, offset)
            case light.LightState():
                changes = self._feeder(taking.light_in(message), offset)
            case grid.TopologyState():
                changes = self._networks.take_nodes(taking.nodes_in(message, offset))
            case grid.TariffState():
                changes = self._networks.take_tariff(taking.tariff_in(message, offset))
            case activation.ActivationEvent() if (step := taking.activation_in(message)) is not None:
                changes = self._activations.take(step, offset)
        return changes

    def _feeder(self, seen: Seen, offset: int) -> Changes:
        changed = self._feeders.take(seen, offset)
        entries = tuple(Entry(feeder_group(f.area_id, f.mtu.start_s), f.zone_id, f) for f in changed.put)
        gone = dict.fromkeys(feeder_group(key.area_id, key.mtu_start_s) for key in changed.gone)
        return Changes(entries, dropped=tuple(gone))

    def restore(self, group: str, field: str, value: bytes) -> None:
        """Take an entry in as it was kept; of a book its head first."""
        match entry := read(group, field, value):
            case Feeder():
                self._feeders.restore(entry)
            case BookHead() | PublicOrder() | ProductStatistics():
                self._books.restore(group, entry)
            case NodeList() | NodalTariff():
                self._networks.restore(entry)
            case OpenActivation() | ActivationFigures():
                self._activations.restore(entry)


def feeder_group(area_id: str, start_s: int) -> str:
    """Return the group of the feeders of a period."""
    return f"feeders/{area_id}/{start_s}"
