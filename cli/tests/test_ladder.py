"""The ladder, rendered to text from fixed states."""

from __future__ import annotations

from dataclasses import replace

import pytest
from rich.console import Console

from flexbourse.orderbook.v1 import feed_pb2, orderbook_pb2
from flexbourse_cli.ladder import LadderState, LastTrade, Level, OwnOrder, Statistics, countdown, draw
from flexbourse_cli.watching import TRADES_SHOWN, TradeFollower, Watched

NOON_S = 1_780_000_200 - 1_780_000_200 % 900
BUYS, SELLS = True, False
STATE = LadderState(
    title="energy at house-3", zone="UTC", tick=10_000, now_ms=(NOON_S - 4_000) * 1_000, gate_s=NOON_S,
    phase="CONTINUOUS", tariff_version=3, asks=(Level(25_000, 1_200, 2), Level(25_500, 700, 1)),
    bids=(Level(24_100, 500, 1),), own=(OwnOrder(BUYS, 24_100, 300, 200), OwnOrder(SELLS, 31_000, 900, 0)),
    trades=(LastTrade(NOON_S * 1_000 - 9_000_000, 25_000, 800, BUYS), LastTrade(0, 24_900, 100, SELLS)),
    lights=(("street-a", "GREEN"), ("street-b", "AMBER")),
    statistics=Statistics(24_000, 26_000, 23_500, 25_000, 4_000, 4_000 * 24_800),
)  # fmt: skip


def drawn(state: LadderState) -> list[str]:
    console = Console(width=120, color_system=None, legacy_windows=False)
    with console.capture() as captured:
        console.print(draw(state))
    return [line.rstrip() for line in captured.get().splitlines()]


def test_depth_own_orders_trades_lights_and_the_gate_are_there() -> None:
    text = drawn(STATE)
    head = text[0]
    assert head.startswith("energy at house-3   continuous   gate closes in 1:06:40   prices for the node, with tariff")
    assert text[1] == "open 24.00  high 26.00  low 23.50  last 25.00  vwap 24.80  volume 4 kW"
    page = "\n".join(text)
    rows = [line[:38].split() for line in text[3:7]]
    assert [[cell for cell in row if cell != "│"] for row in rows] == [
        ["own", "buys", "kW", "ct/kWh", "sells", "kW", "own"],
        ["25.50", "0.7"],
        ["25.00", "1.2"],
        ["──────"],
    ], "the dearest ask on top, the best bid below the middle"
    assert "0.3      0.5   24.10" in page, "own quantity stands beside its level"
    assert "sell           0.9          0         31.00" in page
    assert "▲" in page
    assert "▼" in page
    assert "● street-a green  ● street-b amber" in page


def test_a_halt_says_why_and_a_book_that_is_not_known_too() -> None:
    halted = replace(STATE, phase="HALTED", halted_reason="an exercise", behind="the platform does not answer")
    assert "halted (an exercise)" in drawn(halted)[0]
    assert "the platform does not answer" in " ".join(drawn(halted)[:2])


def test_an_empty_book_is_drawn() -> None:
    empty = LadderState("energy", "UTC", 10_000, 0, 0, "PRE_OPEN")
    page = "\n".join(drawn(empty))
    assert "pre_open   gate closed   limits, without tariff" in page
    assert page.count("none") == 3


@pytest.mark.parametrize(
    ("left_s", "told"),
    [(0, "gate closed"), (-5, "gate closed"), (59, "gate closes in 0:00:59"), (3_600, "gate closes in 1:00:00")],
)
def test_the_countdown(left_s: int, told: str) -> None:
    assert countdown(NOON_S + left_s, NOON_S * 1_000) == told


def test_the_last_trades_are_those_of_the_product_newest_first() -> None:
    energy, up = orderbook_pb2.PRODUCT_LOCAL_ENERGY, orderbook_pb2.PRODUCT_FLEX_UP
    follower = TradeFollower(None, Watched(None, None, energy, ""))  # type: ignore[arg-type]
    for number in range(TRADES_SHOWN + 5):
        match = feed_pb2.Execution(product=energy, price_ticks=number, quantity_w=100)
        follower.hear(feed_pb2.FeedEvent(sequence=number, at_ms=number, executed=match))
    for other in (feed_pb2.Execution(product=up), feed_pb2.Execution(product=energy, held=True)):
        follower.hear(feed_pb2.FeedEvent(executed=other))
    assert [trade.ticks for trade in follower.trades] == list(range(TRADES_SHOWN + 4, 4, -1))
    assert follower.moved.is_set()
