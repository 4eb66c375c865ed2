"""The bidder as a program: a forecast from a file becomes orders, taken back and placed again."""

from datetime import date

import numpy as np
import pytest

from flexbourse.common.v1 import common_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse_demo.bidder import BidderOptions, read_forecast, run_bidder
from flexbourse_demo.modelled.market_day import MarketDay

DAY = MarketDay.of(date(2026, 2, 26))


class FakeOrders:
    """Keeps what was sent; half of the first order is filled."""

    def __init__(self) -> None:
        self.kept: dict[str, book.Order] = {}
        self.cancelled: list[str] = []

    def submit(self, area_id, orders):
        answer = common_pb2.Answer()
        for order in orders:
            order_id = f"{area_id}.{len(self.kept) + 1}"
            filled = order.quantity_w // 2 if not self.kept else 0
            self.kept[order_id] = book.Order(
                order_id=order_id, client_order_id=order.client_order_id, quantity_w=order.quantity_w,
                limit_price_ticks=order.limit_price_ticks, filled_w=filled, open_w=order.quantity_w - filled,
                status=book.ORDER_STATUS_ACTIVE, side=order.side, mtu=order.mtu,
            )  # fmt: skip
            answer.results.add(id=order_id)
        return common_pb2.CommandReceipt(answer=answer)

    def cancel(self, area_id, order_ids):
        assert area_id == "village"
        self.cancelled += order_ids
        for order_id in order_ids:
            self.kept[order_id].status = book.ORDER_STATUS_CANCELLED
        return common_pb2.CommandReceipt(answer=common_pb2.Answer(results=[common_pb2.Result()] * len(order_ids)))

    def list(self, area_id):
        assert area_id == "village"
        return iter(list(self.kept.values()))


class FakeClient:
    party = "sun-agg"

    def __init__(self) -> None:
        self.orders = FakeOrders()


def traded(forecast):
    client, clock = FakeClient(), [DAY.opening_s]

    def sleep(seconds):
        clock[0] += int(seconds)

    options = BidderOptions("village", "energy", "roof-7", DAY, forecast)
    run_bidder(client, options, every_s=900, say=lambda _: None, now_s=lambda: clock[0], sleep=sleep)
    return client.orders


def test_surplus_is_sold_and_need_is_bought():
    forecast = np.zeros(96, dtype=np.int64)
    forecast[48], forecast[80] = 2_000, -1_000
    kept = traded(forecast).kept.values()
    sides = {(DAY.index_of(order.mtu.start_s), order.side) for order in kept}
    assert sides == {(48, book.SIDE_SELL), (80, book.SIDE_BUY)}


def test_what_rests_is_taken_back_and_the_rest_offered_again():
    forecast = np.zeros(96, dtype=np.int64)
    forecast[48] = 2_000
    orders = traded(forecast)
    first, second = orders.kept.values()
    assert orders.cancelled == [first.order_id]
    assert first.quantity_w == 1_200
    assert second.quantity_w == 2_000 - first.filled_w
    assert second.limit_price_ticks < first.limit_price_ticks


def test_forecast_file_names_the_row_that_is_wrong(tmp_path):
    file = tmp_path / "forecast.csv"
    file.write_text("start,w\n2026-02-26T12:00,1500\n2026-02-27T12:00,9\n")
    with pytest.raises(ValueError, match="row 3"):
        read_forecast(file, DAY)
    file.write_text("start,w\n2026-02-26T12:00,much\n")
    with pytest.raises(ValueError, match="row 2"):
        read_forecast(file, DAY)
    file.write_text("start,w\n2026-02-26T12:00,1500\n2026-02-26T11:15:00+00:00,-20\n")
    series = read_forecast(file, DAY)
    assert (series[48], series[49]) == (1500, -20)
