"""The gateway's own metrics, as a scrape gets them after days of one order, two and none."""

from __future__ import annotations

from dataclasses import replace

from gateway_world import GatewayWorld

from flexbourse.wholesale_gateway.v1 import wholesale_gateway_pb2 as pb
from flexbourse_log.figures import MAX_SERIES, OTHER
from flexbourse_testkit.scraping import scraped
from flexbourse_wholesale_gateway.domain import commands as c
from flexbourse_wholesale_gateway.domain.external_orders.deciding import Outcome
from flexbourse_wholesale_gateway.domain.external_orders.reports import ReportedTrade, Status
from flexbourse_wholesale_gateway.figures import WholesaleFigures


def shown(world: GatewayWorld) -> list[str]:
    return scraped(WholesaleFigures(), world.drive)


def test_a_gateway_without_an_exchange_shows_what_stays_at_home() -> None:
    world = GatewayWorld()
    world.leftover(1, 60_000)
    world.close()
    assert shown(world) == [
        'wholesale_open_watts{shard="0",side="buy"} 0.0',
        'wholesale_open_watts{shard="0",side="sell"} 0.0',
        'wholesale_headroom_watts{shard="0",state="asked"} 0.0',
        'wholesale_headroom_watts{shard="0",state="held"} 0.0',
        'wholesale_left_watts{shard="0",state="free"} 60000.0',
        'wholesale_left_watts{shard="0",state="kept"} 0.0',
        'wholesale_requests{shard="0"} 0.0',
        'wholesale_oldest_unanswered_seconds{shard="0"} 0.0',
        'wholesale_connected{shard="0"} 0.0',
        'wholesale_market_open{shard="0"} 0.0',
        'wholesale_forwarding{shard="0"} 0.0',
        'wholesale_unheld_watts{shard="0"} 0.0',
    ]


def test_a_day_of_two_orders_is_shown_to_the_watt() -> None:
    """One order rests and is filled in part; the other one waits for its answer; a third the grid has denied."""
    world = GatewayWorld()
    world.connect()
    world.leftover(1, 260_000)  # 60 kW are no whole lot
    world.close()
    world.hold()
    world.answer(Outcome.DONE, world.report(Status.RESTING, remaining_w=200_000))
    world.tell(world.report(Status.RESTING, ReportedTrade("t1", 100_000, 4_100), remaining_w=100_000))
    world.leftover(3, 100_000, 9_000)
    world.close()
    world.hold()  # the entry of the second order has no answer
    world.leftover(4, 100_000, 20_000)
    world.close()
    world.deny("GRID_LIMIT_EXCEEDED")
    world.later(40)
    assert shown(world) == [
        'wholesale_orders{shard="0",stage="partly_matched"} 1.0',
        'wholesale_orders{shard="0",stage="submitting"} 1.0',
        'wholesale_open_watts{shard="0",side="buy"} 0.0',
        'wholesale_open_watts{shard="0",side="sell"} 200000.0',
        'wholesale_headroom_watts{shard="0",state="asked"} 0.0',
        'wholesale_headroom_watts{shard="0",state="held"} 200000.0',
        'wholesale_left_watts{shard="0",state="free"} 60000.0',
        'wholesale_left_watts{shard="0",state="kept"} 100000.0',
        'wholesale_requests{shard="0"} 1.0',
        'wholesale_oldest_unanswered_seconds{shard="0"} 40.0',
        'wholesale_connected{shard="0"} 1.0',
        'wholesale_market_open{shard="0"} 1.0',
        'wholesale_forwarding{shard="0"} 1.0',
        'wholesale_unheld_watts{shard="0"} 0.0',
        'wholesale_trades_total{shard="0"} 1.0',
        'wholesale_traded_watts_total{shard="0"} 100000.0',
        'wholesale_refusals_total{by="grid",code="GRID_LIMIT_EXCEEDED",shard="0"} 1.0',
    ]


def test_a_recalled_trade_and_a_lost_connection_are_shown() -> None:
    world = GatewayWorld()
    world.entered()
    trade = ReportedTrade("t1", 100_000, 4_000)
    world.tell(world.report(Status.MATCHED, trade))
    world.tell(world.report(Status.MATCHED, replace(trade, recalled=True)))
    world.own(c.RecordConnection(connected=False, reason="the stream is cut"))
    lines = shown(world)
    assert 'wholesale_recalls_total{shard="0"} 1.0' in lines
    assert 'wholesale_connected{shard="0"} 0.0' in lines
    assert 'wholesale_forwarding{shard="0"} 0.0' in lines


def test_refusals_of_the_exchange_are_counted_by_its_codes_a_bounded_number_of_them() -> None:
    world = GatewayWorld()
    world.connect()
    world.leftover(1, 100_000)
    world.close()
    world.hold()
    asked = world.requests()[-1]
    assert isinstance(asked, pb.EntryAsked)
    reasons = tuple(f"PRICE_{number}: the price is off" for number in range(MAX_SERIES + 20))
    world.own(c.RecordAnswer(asked.request_id, asked.intent_id, 1, Outcome.REFUSED, None, (*reasons, "no code")))
    refused = [line for line in shown(world) if line.startswith("wholesale_refusals_total")]
    assert 'wholesale_refusals_total{by="exchange",code="PRICE_0",shard="0"} 1.0' in refused
    assert f'wholesale_refusals_total{{by="{OTHER}",code="{OTHER}",shard="0"}} 20.0' in refused
    assert len(refused) == MAX_SERIES + 1
