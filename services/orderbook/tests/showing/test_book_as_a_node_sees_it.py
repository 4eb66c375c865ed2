"""The read model: quotes with the exact tariff between two nodes, own orders, and what streams show to whom."""

from __future__ import annotations

from book_views import view_of
from book_world import AREA, ENERGY, FLAT, NOON, World, mtu_message

from flexbourse.orderbook.v1 import orderbook_pb2 as pb
from flexbourse_core.money import WATT_SECONDS_PER_MWH, divide_half_even
from flexbourse_log.port import CE_TYPE, Record
from flexbourse_messages.catalogue import BOOK_ORDER, BOOK_TRADE
from flexbourse_orderbook.api import own_event, public_event
from flexbourse_orderbook.view import OrderBookView


def ask(view: OrderBookView, node: str = "", quantity_w: int = 1_000) -> pb.GetBookResponse:
    return view.book(
        pb.GetBookRequest(
            area_id=AREA, market_id=ENERGY, product=pb.PRODUCT_LOCAL_ENERGY, mtu=mtu_message(NOON), node_id=node,
            quantity_w=quantity_w,
        )
    )  # fmt: skip


def test_an_ask_seen_from_a_node_is_what_the_trade_then_costs() -> None:
    world = World().ready()
    world.sell("battery-b3", 5_000, 1_000)
    world.buy("battery-a1", 2_000, 4_000)
    quoted = ask(view_of(world), "a3", 2_000)
    assert quoted.open
    assert quoted.tariff_version == 1
    assert quoted.operating_point_sequence == 1
    assert [(entry.node_id, entry.open_w, entry.price_ticks) for entry in quoted.asks] == [("b3", 3_000, 1_000)]
    world.buy("battery-a3", 2_000, 4_000)
    trade = world.trades()[-1]
    paid = divide_half_even(trade.dnut_micro_euro * WATT_SECONDS_PER_MWH, 2_000 * 900 * 10_000)
    assert quoted.asks[0].availability_ticks == 1_000 + paid
    assert quoted.asks[0].slope_ticks_per_kw > 0


def test_a_bid_is_worth_less_where_the_way_to_it_costs() -> None:
    world = World().ready()
    world.buy("battery-a3", 5_000, 4_000)
    world.buy("battery-b1", 5_000, 3_990)
    view = view_of(world)
    plain, seen = ask(view), ask(view, "b2", 5_000)
    assert [entry.availability_ticks for entry in plain.bids] == [4_000, 3_990]
    by_node = {entry.node_id: entry.availability_ticks for entry in seen.bids}
    assert by_node["b1"] - 3_990 > by_node["a3"] - 4_000
    assert [entry.availability_ticks for entry in seen.bids] == sorted(by_node.values(), reverse=True)


def test_own_orders_follow_their_fate() -> None:
    world = World(parameters=FLAT).ready()
    world.sell("battery-b1", 2_000, 1_000)
    kept = world.sell("battery-a1", 2_000, 1_000).id
    world.buy("battery-a2", 3_000, 1_000)
    view = view_of(world)
    states = {order.unit_id: (order.status, order.open_w) for order in view.orders("agr-1", pb.ListOrdersRequest())}
    assert states == {
        "battery-b1": (pb.ORDER_STATUS_FILLED, 0),
        "battery-a1": (pb.ORDER_STATUS_ACTIVE, 1_000),
    }
    open_only = view.orders("agr-1", pb.ListOrdersRequest(area_id=AREA, mtu=mtu_message(NOON), open_only=True))
    assert [order.order_id for order in open_only] == [kept]
    assert not view.orders("agr-1", pb.ListOrdersRequest(mtu=mtu_message(NOON + 900)))
    assert not view.orders("agr-3", pb.ListOrdersRequest())
    world.command(pb.OrderCommand(area_id=AREA, cancel=pb.CancelOrders(order_ids=[kept])), "agr-1")
    assert not ask(view_of(world)).asks


def test_streams_show_own_events_and_public_ones_without_parties() -> None:
    world = World(parameters=FLAT).ready()
    world.sell("battery-b1", 2_000, 1_000)
    world.buy("battery-a2", 2_000, 1_000)
    request = pb.StreamEventsRequest(area_id=AREA)

    def records(topic: str) -> list[Record]:
        return [
            Record(
                topic, 0, 0, output.key, output.message.SerializeToString(),
                {CE_TYPE: output.message.DESCRIPTOR.full_name},
            )
            for output in world.drive.projections
            if output.topic == topic and output.message is not None
        ]  # fmt: skip

    own = [event.WhichOneof("event") for r in records(BOOK_ORDER) if (event := own_event(r, request, "agr-2"))]
    assert own == ["admitted", "trade"]
    public = [event for r in records(BOOK_TRADE) if (event := public_event(r, request))]
    kinds = {event.WhichOneof("event") for event in public}
    assert kinds == {"opened", "trade"}
    trade = next(event.trade for event in public if event.WhichOneof("event") == "trade")
    assert (trade.seller.party, trade.buyer.party, trade.seller.unit_id) == ("", "", "")
    assert (trade.seller.node_id, trade.quantity_w) == ("b1", 2_000)
    elsewhere = pb.StreamEventsRequest(area_id="elsewhere")
    assert not [1 for r in records(BOOK_ORDER) if own_event(r, elsewhere, "agr-2")]
