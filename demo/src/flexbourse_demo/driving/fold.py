"""The fold: from observations of the platform to what robots see and what the report is made of."""

from __future__ import annotations

import base64

from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse.traffic_light.v1 import traffic_light_pb2 as light
from flexbourse_demo.driving.notebook import Observation
from flexbourse_demo.driving.notes import BookNote, MarketNotes, RefusalNote
from flexbourse_demo.driving.translate import refusal_of, trade_note, zone_light
from flexbourse_demo.modelled.market_day import MarketDay
from flexbourse_demo.robots.market_view import MarketView, OrderState, PlaceOrder, Product

MARKER_PREFIX = "village.marker-"


def pack(message: bytes) -> str:
    """Return bytes as text."""
    return base64.b64encode(message).decode("ascii")


def unpack(text: str) -> bytes:
    """Return the bytes of a packed text."""
    return base64.b64decode(text)


class MarketFold:
    """Folds observations, step by step."""

    def __init__(self, day: MarketDay, tariff_nodes: tuple[str, ...]) -> None:
        self.view = MarketView()
        self.notes = MarketNotes(self.view)
        self._day = day
        self._tariff_nodes = tariff_nodes
        self._trades: dict[str, tuple[int, book.TradeExecuted]] = {}

    def placed(self, order: PlaceOrder) -> None:
        """Remember an order that a robot placed."""
        self.view.placed(order)

    def take(self, at_s: int, observation: Observation) -> None:
        """Take in what was observed after a step at a time."""
        for party, events in observation.events.items():
            for packed in events:
                self._event(at_s, party, book.OrderEvent.FromString(unpack(packed)))
        for packed in observation.lights:
            state = light.LightState.FromString(unpack(packed))
            self.view.lights[state.zone_id, self._day.index_of(state.mtu.start_s)] = zone_light(state)
        for index, ticks in observation.tariffs.items():
            self.view.nodal_ticks[int(index)] = dict(zip(self._tariff_nodes, ticks, strict=True))
        for packed in observation.books:
            self._book(at_s, unpack(packed))

    def _event(self, at_s: int, party: str, event: book.OrderEvent) -> None:
        match event.WhichOneof("event"):
            case "admitted":
                own = self.view.orders[event.admitted.order.client_order_id]
                own.order_id, own.state = event.admitted.order.order_id, OrderState.ACTIVE
            case "refused":
                self._refused(at_s, event.refused)
            case "trade":
                self._trade(party, event.trade)
            case "closed":
                self._closed(at_s, event.closed)

    def _refused(self, at_s: int, event: book.OrderRefused) -> None:
        own = self.view.orders.get(event.client_order_id)
        if own is None or event.order_id.startswith(MARKER_PREFIX) or own.state is not OrderState.SENT:
            return  # a marker, or a cancellation that came too late
        own.state, own.refusal = OrderState.REFUSED, refusal_of(event.rejection, self._day)
        self.notes.refusals.append(RefusalNote(own.placed, at_s, own.refusal))

    def _trade(self, party: str, trade: book.TradeExecuted) -> None:
        for side in (trade.seller, trade.buyer):
            own = self.view.orders.get(side.client_order_id)
            if own is not None and own.placed.party == party:
                own.filled_w, own.open_w = side.filled_w, side.open_w
                if not side.open_w:
                    own.state = OrderState.FILLED
        self._note(trade)

    def _note(self, trade: book.TradeExecuted) -> None:
        """Note a match; each party sees its own side whole, so the second report completes the first."""
        known = self._trades.get(trade.trade_id)
        if known is None:
            self._trades[trade.trade_id] = (len(self.notes.trades), trade)
            self.notes.trades.append(trade_note(trade, self._day))
            return
        place, merged = known
        merged.seller.MergeFrom(trade.seller)
        merged.buyer.MergeFrom(trade.buyer)
        self.notes.trades[place] = trade_note(merged, self._day)

    def _closed(self, at_s: int, event: book.OrderClosed) -> None:
        own = self.view.orders.get(event.client_order_id)
        if own is None:
            return
        own.state = OrderState.CLOSED
        if event.HasField("rejection") and event.rejection.code:
            own.refusal = refusal_of(event.rejection, self._day)
            self.notes.refusals.append(RefusalNote(own.placed, at_s, own.refusal, own.filled_w))

    def _book(self, at_s: int, content: bytes) -> None:
        request_length = int.from_bytes(content[:4], "big")
        request = book.GetBookRequest.FromString(content[4 : 4 + request_length])
        response = book.GetBookResponse.FromString(content[4 + request_length :])
        self.notes.books.append(
            BookNote(
                at_s,
                self._day.index_of(request.mtu.start_s),
                tuple((entry.price_ticks, entry.open_w) for entry in response.asks),
                tuple((entry.price_ticks, entry.open_w) for entry in response.bids),
            )
        )

    def light_minutes(self, zones: tuple[str, ...]) -> dict[str, int]:
        """Return minutes of streets and periods under each letter, each period by its last light."""
        minutes: dict[str, int] = {}
        for zone in zones:
            for index in range(self._day.count):
                letter = self.view.light(zone, index).light.value
                minutes[letter] = minutes.get(letter, 0) + 15
        return minutes

    def relief_trades(self) -> int:
        """Return how many matches sold relief."""
        return sum(trade.product is Product.FLEX_UP for trade in self.notes.trades)
