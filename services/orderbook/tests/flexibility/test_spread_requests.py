"""Spread requests: an operator pairs ordinary orders over two locations and pays what they do not agree on."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from book_world import AREA, DSO, ENERGY, FLAT, NOON, TICK, World, mtu_message, order_of
from test_capacity_limits import CONNECTION, limit, schedule

from flexbourse.common.v1 import common_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as pb
from flexbourse.traffic_light.v1 import traffic_light_pb2 as light


def amber() -> World:
    """Return a world where street a is amber; its homes consume."""
    made = World(parameters=FLAT).ready()
    made.lights(light.LIGHT_AMBER, zones=("street-a",))
    made.tick()
    return made


@pytest.fixture
def world() -> World:
    return amber()


def ask(world: World, party: str = DSO, **changes: Any) -> common_pb2.Result:
    wish = pb.RequestSpread(
        client_request_id=f"s{len(world.drive.events)}", market_id=ENERGY, mtu=mtu_message(NOON), up=["street-a"],
        down=["street-b"], quantity_w=2_000, max_spread_ticks=500, fill_rule=pb.FILL_RULE_NORMAL,
    )  # fmt: skip
    for name, value in changes.items():
        if isinstance(value, list):
            del getattr(wish, name)[:]
            getattr(wish, name).extend(value)
        else:
            setattr(wish, name, value)
    return world.command(pb.OrderCommand(area_id=AREA, request_spread=wish), party)[0]


def offers(world: World, *told: str) -> list[common_pb2.Result]:
    """Submit orders such as `a1 sell 2 12.00`; with `plain` they may not be paired."""
    results = []
    for line in told:
        home, side, kw, price, *more = line.split()
        way = world.sell if side == "sell" else world.buy
        results.append(
            way(f"battery-{home}", int(float(kw) * 1000), int(float(price) * 100), spread_offer="plain" not in more)
        )
    return results


def pairs(world: World) -> list[str]:
    """Return the trades: kW, seller's node and price, buyer's node, spread."""
    return [
        f"{t.quantity_w / 1000:g} {t.seller.node_id} {t.price_ticks / 100:.2f} {t.buyer.node_id} "
        f"{t.spread.spread_ticks / 100:.2f}"
        for t in world.trades()
    ]


def test_each_side_gets_its_limit_and_the_operator_pays_the_difference(world: World) -> None:
    offers(world, "a1 sell 2 12.00", "b2 buy 3 10.00")
    result = ask(world)
    assert result.id == f"{AREA}.{NOON}.s.1"
    (trade,) = world.trades()
    assert pairs(world) == ["2 a1 12.00 b2 2.00"]
    assert (trade.seller.moved_w, trade.buyer.moved_w) == (2_000, -2_000)
    assert (trade.spread.request_id, trade.spread.party) == (result.id, DSO)
    energy = Fraction(2_000 * 900 * TICK, 3_600_000_000)
    assert trade.amount_micro_euro == energy * 1_200
    assert trade.spread.amount_micro_euro == energy * 200
    assert trade.amount_micro_euro - trade.spread.amount_micro_euro == energy * 1_000
    change = trade.potential_after_micro_euro - trade.potential_before_micro_euro
    assert (trade.dnut_micro_euro, trade.relief_micro_euro) == (0, change)
    world.drive.recovered()


def test_the_least_spread_comes_first_and_what_rests_keeps_its_place(world: World) -> None:
    offers(world, "a1 sell 1 12.00", "a2 sell 1 11.00", "a3 sell 2 11.00", "b1 buy 2 9.00", "b2 buy 2 10.00")
    ask(world, quantity_w=3_000)
    assert pairs(world) == ["1 a2 11.00 b2 1.00", "1 a3 11.00 b2 1.00", "1 a3 11.00 b1 2.00"]
    # a3's rest is behind nobody, b1's neither: an ordinary order meets what is left at the resting price.
    world.buy("battery-b3", 1_000, 1_200)
    assert world.trades()[-1].seller.node_id == "a1"
    assert not world.events("replaced")
    world.drive.recovered()


@pytest.mark.parametrize(
    ("told", "why"),
    [
        (("a1 sell 2 12.00 plain", "b2 buy 2 10.00"), "its party has not offered it"),
        (("b1 sell 2 12.00", "b2 buy 2 10.00"), "it lies on the other side"),
        (("a1 sell 2 15.01", "b2 buy 2 10.00"), "the spread is too great"),
        (("a1 buy 2 10.00", "b2 sell 2 12.00"), "the wrong way round"),
    ],
)
def test_what_is_not_paired(world: World, told: tuple[str, ...], why: str) -> None:
    offers(world, *told)
    ask(world)
    assert not world.trades(), why
    assert [own.open_w for own in world.program_period().spreads.requests.values()] == [2_000]
    world.drive.recovered()


def test_a_request_waits_and_is_tried_when_an_order_comes(world: World) -> None:
    name = ask(world).id
    offers(world, "a1 sell 2 12.00", "b2 buy 1.5 10.00")
    assert not world.trades()
    world.tick()
    assert pairs(world) == ["1.5 a1 12.00 b2 2.00"]
    world.drive.recovered()
    world.tick()
    offers(world, "b3 buy 1 10.00")
    world.tick()
    assert pairs(world)[1:] == ["0.5 a1 12.00 b3 2.00"]
    assert not world.program_period().spreads.requests
    assert [own.spread.request_id for own in world.trades()] == [name] * 2
    world.drive.recovered()


def test_a_request_is_tried_again_when_a_limit_is_lifted(world: World) -> None:
    """No order is another and no point has moved: only the limit that stood against the pair is gone."""
    own = world.base_w()[world.topology.node_index["b2"]]
    offers(world, "a1 sell 2 12.00", "b2 buy 2 10.00")
    schedule(world, limit(CONNECTION, "mp-battery-b2", max_consumption_w=-own))
    ask(world)
    world.tick()
    assert {skipped.reason.element for skipped in world.events("spread_skipped")} == {"mp-battery-b2"}
    schedule(world, limit(CONNECTION, "mp-battery-b2"))
    assert not world.trades()
    world.tick()
    assert pairs(world) == ["2 a1 12.00 b2 2.00"]
    world.drive.recovered()


def test_plain_orders_go_first(world: World) -> None:
    """At the same record a plain pair that the grid let through again comes before the operator's."""
    offers(world, "a1 sell 1 12.00")
    ask(world)
    offers(world, "b2 buy 1 10.00")
    assert order_of(world.buy("battery-b3", 1_000, 1_200)).status == pb.ORDER_STATUS_FILLED
    world.tick()
    assert [trade.HasField("spread") for trade in world.trades()] == [False]


def test_fill_or_kill_takes_all_or_nothing(world: World) -> None:
    offers(world, "a1 sell 2 12.00", "b2 buy 1 10.00")
    ask(world, fill_rule=pb.FILL_RULE_FILL_OR_KILL)
    assert not world.trades()
    assert [(own.status, own.open_w) for own in world.events("spread_ended")] == [(pb.ORDER_STATUS_KILLED, 2_000)]
    ask(world, fill_rule=pb.FILL_RULE_FILL_AND_KILL)
    assert pairs(world) == ["1 a1 12.00 b2 2.00"]
    assert world.events("spread_ended")[1].open_w == 1_000
    assert not world.program_period().spreads.requests
    world.drive.recovered()


def test_the_grid_has_its_say_and_the_reason_is_told() -> None:
    """Street b's surplus may not grow: the wrong request is shrunk to what the cable takes, and says why."""
    world = World(parameters=FLAT).ready()
    world.lights(light.LIGHT_AMBER, zones=("street-a",))
    world.tick()
    offers(world, "b1 sell 50 12.00", "a2 buy 50 11.00")
    ask(world, up=["street-b"], down=["street-a"], quantity_w=50_000)
    (trade,) = world.trades()
    assert 0 < trade.quantity_w < 50_000
    assert trade.gate.wanted_w == 50_000
    offers(world, "b2 sell 5 12.00", "a3 buy 5 11.00")
    world.tick()
    reasons = {skipped.reason.code for skipped in world.events("spread_skipped")}
    assert reasons == {"GRID_LIMIT_EXCEEDED"}
    world.drive.recovered()


def test_every_pair_relieves_the_element_that_is_named(world: World) -> None:
    offers(world, "a1 sell 2 12.00", "a3 sell 2 13.00", "b2 buy 4 10.00")
    ask(world, element_id="a2-a3")  # feeds street a: only a3 lies behind it, and injects already
    assert [skip.reason.code for skip in world.events("spread_skipped")] == ["NO_EFFECT"] * 2
    ask(world, element_id="bar-a1")
    (trade,) = world.trades()
    assert [(own.element_id, own.bought) for own in trade.reliefs] == [("bar-a1", True)]
    assert trade.reliefs[0].relief_mpct > 0
    world.drive.recovered()


def test_places_are_zones_nodes_or_all_below_a_branch(world: World) -> None:
    offers(world, "a1 sell 1 12.00", "a3 sell 1 12.50", "b2 buy 2 10.00", "b1 buy 2 10.00")
    ask(world, up=["a1-a2"], down=["b2"], quantity_w=1_000)
    ask(world, up=["a1"], down=[], quantity_w=1_000)
    assert pairs(world) == ["1 a3 12.50 b2 2.50", "1 a1 12.00 b2 2.00"]


def test_parts_of_an_exclusive_group_add_up_to_one(world: World) -> None:
    world.sell("battery-a1", 2_000, 1_200, spread_offer=True, exclusive_group="g")
    world.sell("battery-a1", 2_000, 1_300, spread_offer=True, exclusive_group="g")
    offers(world, "b2 buy 5 10.00")
    ask(world, quantity_w=4_000)
    assert pairs(world) == ["2 a1 12.00 b2 2.00"]
    assert [closed.rejection.code for closed in world.events("closed")] == ["GROUP_EXECUTED"]
    world.drive.recovered()


def test_a_request_ends_by_its_party_or_with_its_book(world: World) -> None:
    first, second = ask(world).id, ask(world).id

    def cancel(party: str, name: str) -> str:
        command = pb.OrderCommand(area_id=AREA, cancel_spread=pb.CancelSpread(request_id=name))
        return world.command(command, party)[0].rejection.code

    assert [cancel("agr-1", first), cancel(DSO, "x"), cancel(DSO, first)] == ["NOT_OWNER", "ORDER_NOT_OPEN", ""]
    world.clock_ms = (NOON - 7_200) * 1_000
    world.tick()
    ended = [(own.request_id, own.status) for own in world.events("spread_ended")]
    assert ended == [(first, pb.ORDER_STATUS_CANCELLED), (second, pb.ORDER_STATUS_EXPIRED)]
    world.drive.recovered()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"party": "agr-1"}, "NOT_AUTHORISED"),
        ({"market_id": "flex"}, "PRODUCT_NOT_ALLOWED"),
        ({"market_id": "none"}, "UNKNOWN_MARKET"),
        ({"up": ["nowhere"]}, "UNKNOWN_OBJECT"),
        ({"element_id": "nothing"}, "UNKNOWN_OBJECT"),
        ({"up": [], "down": []}, "FIELD_MISSING"),
        ({"up": ["a1"], "down": ["street-a"]}, "FIELD_MALFORMED"),
        ({"up": ["a1"] * 65}, "TOO_MANY_ENTRIES"),
        ({"quantity_w": 150}, "QUANTITY_OFF_STEP"),
        ({"fill_rule": pb.FILL_RULE_ALL_OR_NONE}, "FIELD_MALFORMED"),
        ({"client_request_id": "a b"}, "FIELD_MALFORMED"),
        ({"up": ["b1"], "down": ["b2"]}, "PRODUCT_NOT_ALLOWED"),
    ],
)
def test_what_is_refused(world: World, changes: dict[str, Any], code: str) -> None:
    assert ask(world, **changes).rejection.code == code
    assert not world.events("spread_requested")


def test_an_id_names_one_request(world: World) -> None:
    assert ask(world, client_request_id="s").rejection.code == ""
    assert ask(world, client_request_id="s").rejection.code == "DUPLICATE_CLIENT_ORDER_ID"


@pytest.mark.parametrize(
    "changes",
    [
        {"fill_rule": pb.FILL_RULE_FILL_AND_KILL},
        {"instructions": pb.ExecutionInstructions(min_quantity_w=1_000)},
        {"product": pb.PRODUCT_FLEX_UP},
        {"unit_id": "house-b3"},
    ],
    ids=["killed", "smallest match", "flexibility", "scheduled"],
)
def test_what_may_not_be_offered(world: World, changes: dict[str, Any]) -> None:
    unit = changes.pop("unit_id", "battery-b3")
    result = world.sell(unit, 1_000, 1_000, spread_offer=True, **changes)
    assert result.rejection.code == "PRODUCT_NOT_ALLOWED"
    assert result.rejection.field == "spread_offer"
