"""Days on which the clocks change: every quarter-hour is forwarded, entered, filled and published once."""

from __future__ import annotations

from datetime import date

import pytest
from gateway_world import GatewayWorld

from flexbourse.common.v1 import common_pb2
from flexbourse.wholesale_gateway.v1 import wholesale_gateway_pb2 as pb
from flexbourse_core.market_time import day_bounds_s, mtus_of_day
from flexbourse_wholesale_gateway import wire
from flexbourse_wholesale_gateway.adapters.okte_values import order_json
from flexbourse_wholesale_gateway.domain.external_orders.order import client_order_id
from flexbourse_wholesale_gateway.domain.external_orders.reports import ReportedTrade, Status

ZONE = "Europe/Bratislava"


@pytest.mark.parametrize(("day", "count"), [(date(2026, 3, 29), 92), (date(2026, 10, 25), 100)])
def test_each_quarter_of_the_day_goes_out_and_comes_back_once(day: date, count: int) -> None:
    begin_s, end_s = day_bounds_s(day, ZONE)
    world = GatewayWorld(at_ms=(begin_s - 3 * 3600) * 1000)
    world.connect()
    for number, mtu in enumerate(mtus_of_day(day, ZONE)):
        period = common_pb2.Mtu(start_s=mtu.start_s, length_s=mtu.length_s)
        world.mtu = period
        world.leftover(1, 100_000, order_id=f"o{number}", mtu=period)
        world.close()
        world.hold()
    entries = [request for request in world.requests() if isinstance(request, pb.EntryAsked)]
    assert len(entries) == count
    documents = [order_json(client_order_id(entry.intent_id), wire.TERMS.decode(entry.terms)) for entry in entries]
    assert len({document["deliveryStart"] for document in documents}) == count
    for number, entry in enumerate(entries):
        trade = ReportedTrade(f"t{number}", 100_000, 4_000)
        name = client_order_id(entry.intent_id)
        world.tell(world.report(Status.MATCHED, trade, client_order_id=name, external_id=str(number)))
    results = world.results()
    assert sorted(result.mtu.start_s for result in results) == list(range(begin_s, end_s, 900))
    assert sum(share.quantity_w for result in results for share in result.shares) == 100_000 * count
    assert {share.amount_micro_euro for result in results for share in result.shares} == {1_000_000}
    world.drive.recovered()
