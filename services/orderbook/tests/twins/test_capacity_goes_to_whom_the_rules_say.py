"""Auctions of network capacity under the operator's schedule: who gets how much, by every way that there is."""

from __future__ import annotations

import os
import random
from typing import Any

import pytest
from book_world import FLAT, HOMES, World, base_of, market, two_streets
from capacity_books import FREE, RULES_OF_CAPACITY, USES, number
from capacity_world import CAPACITY, CLEAR_MS, ask, non_firm, until
from naive_capacity import POWER_W, STARTS, Ask, largest_worth, places, served_in_turn
from test_capacity_limits import FEEDER, limit, schedule

from flexbourse.registry.v1 import registry_pb2 as registry

SEEDS = range(200 if os.environ.get("FLEXBOURSE_LONG") == "1" else 12)
FIRST, HIGHEST, AS_BID, ONE_PRICE = RULES_OF_CAPACITY
SUBJECTS = [(f"battery-{home}", -1) for home in ("a1", "a1", "a2", "a2", "a3")] + [("battery-a2", 1), ("battery-b2", 1)]
# Micro-euro of a W at a tick over a quarter of an hour.
PER_TICK_W = 1 / 400


def street_limits(drawn: random.Random) -> dict[Any, int]:
    """Draw what streets may use beside their base, in whole kW, by period and direction."""
    return {
        (street, sign, start): drawn.choice([18, 25, 40]) * 1_000
        for street in ("street-a", "street-b") for sign in (-1, 1) for start in STARTS
        if sign < 0 or drawn.random() < 0.8
    }  # fmt: skip


def world_of(rule: int, limits: dict[Any, int]) -> World:
    """Return a world whose cables are wide and whose operator limits its streets; an auction was just called."""
    world = World(model=two_streets(thin_ka=1.0, thick_ka=1.0), parameters=FLAT)
    terms = {"opens_before_day_s": 7_200, "call_s": 600, "freeze_s": 300, "use_or_lose_s": 7_200, "min_price_ticks": 0}
    own = market(CAPACITY, registry.ALGORITHM_NETWORK_CAPACITY, capacity_rule=rule, **terms)
    world.entity("market", CAPACITY, own)
    world.ready()
    for home in ("a2", "b2"):
        non_firm(world, home, 0, 0)
    said = []
    for (street, sign, start), room in limits.items():
        base = sum(base_of(home) for home in HOMES if home[0] == street[-1])
        bound = {"max_consumption_w": room - base} if sign < 0 else {"max_injection_w": room + base}
        said.append(limit(FEEDER, street, start, **bound))
    merged: dict[tuple[str, int], Any] = {}
    for each in said:
        merged.setdefault((each.subject_id, each.mtu.start_s), each).MergeFrom(each)
    (told,) = schedule(world, *merged.values())
    assert told.id, told
    return world


def drawn_asks(drawn: random.Random, rule: int) -> list[Ask]:
    found = []
    for _ in range(drawn.randint(4, 6)):
        unit, sign = drawn.choice(SUBJECTS)
        kw = drawn.choice([4, 9, 13, 20, 31])
        least = drawn.choice([0, 0, 0, kw // 2, kw])
        price = 0 if rule in FREE else drawn.randrange(100, 3_000, 100)
        starts = drawn.choice([STARTS[:1], STARTS[:1], STARTS[:1], STARTS[1:], STARTS])
        found.append(Ask(0, unit, sign, starts, kw * 1_000, least * 1_000, price))
    return found


def told_of(world: World, asks: list[Ask]) -> tuple[dict[int, int], dict[int, list[int]]]:
    """Send requests, let their auction be cleared, and return W and micro-euro by request."""
    for each in asks:
        result = ask(
            world, each.unit, each.quantity // 1_000, each.price // 100, least_kw=each.least // 1_000,
            use=USES[each.sign], starts=each.starts,
        )  # fmt: skip
        each.number, each.least = number(result.id), max(1, each.least)
        each.room = min(POWER_W - each.sign * base_of(each.unit[-2:]), each.quantity)
    until(world, CLEAR_MS)
    told = {number(event.request.request_id): event for event in world.events("capacity_allocated")}
    assert set(told) == {each.number for each in asks}
    payments = {name: [paid.amount_micro_euro for paid in event.payments] for name, event in told.items()}
    (whole,) = world.events("capacity_cleared")
    assert whole.agreed
    assert whole.income_micro_euro == sum(map(sum, payments.values()))
    return {name: event.quantity_w for name, event in told.items()}, payments


@pytest.mark.parametrize("seed", SEEDS)
def test_a_drawn_auction(seed: int) -> None:
    drawn = random.Random(seed)
    rule = RULES_OF_CAPACITY[seed % 4]
    streets = street_limits(drawn)
    world, asks = world_of(rule, streets), drawn_asks(drawn, rule)
    got, paid = told_of(world, asks)
    rooms = {
        (each.unit, each.sign, start): POWER_W - each.sign * base_of(each.unit[-2:])
        for each in asks for start in STARTS
    }  # fmt: skip
    limits = streets | rooms
    check_rules_of_all(asks, limits, got)
    if rule in FREE:
        assert got == served_in_turn(asks, limits, by_demand=rule == HIGHEST)
        assert not any(map(sum, paid.values()))
        return
    worth = sum(got[each.number] * each.price * len(each.starts) for each in asks)
    rounding = max(each.price for each in asks) * len(asks)
    assert worth <= largest_worth(asks, limits) + rounding, (asks, got)
    # At one price a request with a least may have to go without: who is served in part beside it pays more than it can.
    always = asks if rule == AS_BID else [each for each in asks if each.least == 1]
    assert worth >= largest_worth(always, limits) - rounding, (asks, got)
    if rule == AS_BID:
        for each in asks:
            own = round(got[each.number] * each.price * PER_TICK_W)
            assert all(abs(amount - own) <= 1 for amount in paid[each.number])
    else:
        check_one_price(asks, limits, got, paid)


def check_rules_of_all(asks: list[Ask], limits: dict[Any, int], got: dict[int, int]) -> None:
    """Nothing below the least that is of use, nothing beyond what was asked, no limit exceeded."""
    for each in asks:
        assert not got[each.number] or each.least <= got[each.number] <= each.most, (each, got)
    for place, room in limits.items():
        assert sum(got[each.number] for each in asks if place in places(each, limits)) <= room, (place, got)


def check_one_price(asks: list[Ask], limits: dict[Any, int], got: dict[int, int], paid: dict[int, list[int]]) -> None:
    """Nobody pays more than his limit; who shares no full line pays nothing; one price for who shares the same."""
    used = {p: sum(got[a.number] for a in asks if p in places(a, limits)) for p in limits}
    full = {place for place, room in limits.items() if used[place] >= room - len(asks)}
    prices: dict[Any, set[float]] = {}
    for each in asks:
        if not got[each.number]:
            assert not any(paid[each.number])
            continue
        assert sum(paid[each.number]) <= got[each.number] * each.price * len(each.starts) * PER_TICK_W + 1
        for start, amount in zip(each.starts, paid[each.number], strict=True):
            over = [p for p in places(each, limits) if p[2] == start]
            if not any(place in full for place in over):
                assert amount == 0, (each, got, paid)
            price = amount / (got[each.number] * PER_TICK_W)
            if limits.get((each.unit, each.sign, start), 0) > used[each.unit, each.sign, start]:
                prices.setdefault((f"street-{each.unit[-2]}", each.sign, start), set()).add(price)
        partly = each.least == 1 and got[each.number] < each.most and len(each.starts) == 1
        if partly:
            assert abs(sum(paid[each.number]) - got[each.number] * each.price * PER_TICK_W) <= 1
    for place, own in prices.items():
        assert max(own) - min(own) < 1, (place, own, asks, got, paid)
