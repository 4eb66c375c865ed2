"""Faults that drawn stories hardly ever meet, planted in scenes made for them: their checkers see each of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
from auction_checkers import wrong_auctions
from book_world import NOON, PARAMETERS, World, mtu_message
from market_checkers import unexplained_sizes, wrong_money
from pool_world import CONNECTED, PoolWorld
from price_checkers import wrong_prices
from test_orders_over_several_periods import span, world_of
from test_spread_requests import amber, ask, offers

from flexbourse.orderbook.v1 import orderbook_pb2 as pb
from flexbourse_orderbook.domain import events as e
from flexbourse_orderbook.domain.book import AreaBook
from flexbourse_orderbook.domain.matching import Matcher

Plant = Callable[[pytest.MonkeyPatch], None]
TAKEN_W, ITS_PRICE, MOST_TICKS = 20_000, 1_000, 1_200


@dataclass(frozen=True)
class Fault:
    """A scene whose worlds trade, what is wrong in it once it is planted, and the checker that has to say so."""

    worlds: Callable[[], list[World]]
    plant: Plant
    checker: Callable[[Any], list[str]]


def changing(change: Callable[[Any], Any]) -> Plant:
    """Return a fault: events are others before they are applied and journaled."""

    def plant(patch: pytest.MonkeyPatch) -> None:
        emit = AreaBook.emit
        patch.setattr(AreaBook, "emit", lambda self, event: emit(self, change(event)))

    return plant


def averages_do_not_count(patch: pytest.MonkeyPatch) -> None:
    """What matches whole or not at all pays whatever its fills cost together."""
    patch.setattr(Matcher, "keeps_average", lambda *_: True)


def wholes() -> list[World]:
    """Orders of all that is offered, at a price and a tariff that grows with what is taken: some limits are enough."""
    worlds = [World().ready() for _ in range(ITS_PRICE, MOST_TICKS, 20)]
    for number, world in enumerate(worlds):
        world.sell("battery-b3", TAKEN_W, ITS_PRICE)
        world.buy("battery-a1", TAKEN_W, ITS_PRICE + 20 * number, fill_rule=pb.FILL_RULE_FILL_OR_KILL)
    return worlds


def pools() -> list[World]:
    world = PoolWorld(CONNECTED)
    world.enter(("sell", "battery-b1", 5_000, 1_000), ("buy", "battery-a2", 5_000, 2_000))
    world.clear()
    return [world]


def hours() -> list[World]:
    world = world_of()
    world.sell("battery-b1", 2_000, 1_000, mtu=span("1200/60"))
    world.buy("battery-a1", 1_500, 1_100, mtu=span("1200/60"))
    return [world]


def spreads() -> list[World]:
    world = amber()
    offers(world, "a1 sell 2 12.00", "b2 buy 3 10.00")
    ask(world)
    return [world]


def a_tick_more(*kinds: type[Any]) -> Callable[[Any], Any]:
    """Return a change of the price of some events."""
    return lambda event: replace(event, price_ticks=event.price_ticks + 1) if isinstance(event, kinds) else event


def spread_of_more(event: Any) -> Any:
    """Let the operator pay a micro-euro more than the difference."""
    if not isinstance(event, e.TradeExecuted) or event.spread is None:
        return event
    return replace(event, spread=replace(event.spread, amount_micro_euro=event.spread.amount_micro_euro + 1))


def at_a_tariff() -> list[World]:
    """An order whose limit leaves room for the tariff of a part of what is offered, one alone and one over an hour."""
    worlds = []
    for world, periods in ((World().ready(), mtu_message(NOON)), (world_of(parameters=PARAMETERS), span("1200/60"))):
        world.sell("battery-b3", TAKEN_W, ITS_PRICE, mtu=periods)
        world.buy("battery-a1", TAKEN_W, ITS_PRICE + 100, mtu=periods)
        worlds.append(world)
    return worlds


def silent(kind: type[Any]) -> Callable[[Any], Any]:
    """Let matches of a kind say nothing of what made them smaller."""
    return lambda event: replace(event, shrunk_by="", asked_w=0) if isinstance(event, kind) else event


def another_size(event: Any) -> Any:
    """Let a match say that less was asked for than both sides had."""
    if not isinstance(event, e.TradeExecuted) or not event.shrunk_by:
        return event
    return replace(event, asked_w=event.asked_w - 100)


FAULTS = {
    "a match is silent of its price": Fault(at_a_tariff, changing(silent(e.TradeExecuted)), unexplained_sizes),
    "a match over an hour is silent of its price": Fault(
        at_a_tariff, changing(silent(e.SpanMatched)), unexplained_sizes
    ),
    "a match says another size": Fault(at_a_tariff, changing(another_size), unexplained_sizes),
    "a whole order does not count its average": Fault(wholes, averages_do_not_count, wrong_prices),
    "a pool is a tick off its price": Fault(pools, changing(a_tick_more(e.TradeExecuted)), wrong_auctions),
    "a span is a tick off": Fault(hours, changing(a_tick_more(e.SpanMatched, e.TradeExecuted)), wrong_prices),
    "a spread is a micro-euro off": Fault(spreads, changing(spread_of_more), wrong_money),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_rare_fault_is_seen(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    fault = FAULTS[name]
    sound = fault.worlds()
    assert any(world.trades() for world in sound)
    assert [text for world in sound for text in fault.checker(world.drive)] == []
    fault.plant(monkeypatch)
    assert [text for world in fault.worlds() for text in fault.checker(world.drive)]
