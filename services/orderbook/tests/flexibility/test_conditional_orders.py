"""Conditional orders: what they match is held, moves nothing and costs nothing until its buyer calls it.

Told as tables: who wants what in kW and EUR/MWh, `if` for a conditional order, and what becomes of it. Homes offer, the
balance responsible party requests at homes, the operator requests relief of an element. `h1` is the first held match.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from book_views import view_of
from book_world import AREA, BRP, DSO, FLAT, FLEX, NOON, PARAMETERS, World, mtu_message, order_of, two_streets
from test_topology_change import ring, settled, switch

from flexbourse.common.v1 import common_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as pb
from flexbourse.traffic_light.v1 import traffic_light_pb2 as light
from flexbourse_gridmath.powerflow import OperatingPoint, solve_from_no_load
from flexbourse_gridmath.topology import Topology
from flexbourse_messages.catalogue import BOOK_ORDER, BOOK_TRADE

UP, DOWN = pb.PRODUCT_FLEX_UP, pb.PRODUCT_FLEX_DOWN
PRODUCTS = {"up": UP, "down": DOWN}

A_REQUEST_MAY_BE_CALLED_OR_GIVEN_BACK = """
    offer   b1 up 5 10.00          -> rests 5
    request b3 up 3 90.00 if       -> holds h1 3 @ 10.00 b1 for b3
    request b3 up 1 90.00 if       -> holds h2 1 @ 10.00 b1 for b3
    call    h1                     -> trades 3 @ 10.00 b1 for b3 as h1
    call    h1                     -> refused CALL_NOT_HELD
    back    h2                     -> ends h2 given back
    back    h2                     -> refused CALL_NOT_HELD
    request b3 up 4 90.00          -> trades 1 @ 10.00 b1 for b3, rests 3
"""

AN_OFFER_MAY_BE_CONDITIONAL_TOO = """
    request b3 up 3 90.00          -> rests 3
    offer   b1 up 5 10.00 if       -> holds h1 3 @ 90.00 b1 for b3, rests 2
    request b2 up 4 10.00 if       -> holds h2 2 @ 10.00 b1 for b2, rests 2
    call    h1 h2                  -> trades 3 @ 90.00 b1 for b3 as h1, trades 2 @ 10.00 b1 for b2 as h2
"""

WITHOUT_A_CONDITION_IT_IS_A_TRADE = """
    offer   b1 up   2 10.00        -> rests 2
    offer   b1 up   2 11.00 if     -> rests 2
    request b3 up   4 90.00        -> trades 2 @ 10.00 b1 for b3, holds h1 2 @ 11.00 b1 for b3
    offer   b2 down 2 10.00 if     -> rests 2
    request b3 down 2 90.00        -> holds h2 2 @ 10.00 b2 for b3
"""

OPPOSITE_CALLS_OF_A_NODE_EXCLUDE_EACH_OTHER = """
    offer   b1 up   9 10.00        -> rests 9
    offer   b2 down 9 10.00        -> rests 9
    request b3 up   2 90.00 if     -> holds h1 2 @ 10.00 b1 for b3
    request b3 down 3 90.00 if     -> holds h2 3 @ 10.00 b2 for b3
    request b3 down 1 90.00 if     -> holds h3 1 @ 10.00 b2 for b3
    request b1 down 1 90.00 if     -> holds h4 1 @ 10.00 b2 for b1
    call    h1                     -> trades 2 @ 10.00 b1 for b3 as h1, ends h2 opposite, ends h3 opposite
    call    h2                     -> refused CALL_NOT_HELD
    call    h4                     -> trades 1 @ 10.00 b2 for b1 as h4
"""

WHAT_IS_HELD_IS_SOLD_ONCE = """
    offer   b1 up 60 10.00         -> rests 60
    request b3 up 50 90.00 if      -> holds h1 50 @ 10.00 b1 for b3
    request b3 up 5  90.00 if      -> holds h2 5 @ 10.00 b1 for b3
    cancel  1                      -> ends 5
    offer   b1 up 9 10.00          -> refused BASIS_EXCEEDED
    offer   b1 up 8 10.00          -> rests 8
    call    h2                     -> trades 5 @ 10.00 b1 for b3 as h2
    offer   b1 up 1 10.00          -> refused BASIS_EXCEEDED
    back    h1                     -> ends h1 given back
    offer   b1 up 51 10.00         -> refused BASIS_EXCEEDED
    offer   b1 up 50 10.00         -> rests 50
"""

ALL_OF_AN_ORDER_ENDS_TOGETHER = """
    offer   b1 up 2 10.00          -> rests 2
    offer   b2 up 2 11.00          -> rests 2
    request b3 up 5 90.00 if       -> holds h1 2 @ 10.00 b1 for b3, holds h2 2 @ 11.00 b2 for b3, rests 1
    call    #3                     -> trades 2 @ 10.00 b1 for b3 as h1, trades 2 @ 11.00 b2 for b3 as h2
    back    #3                     -> refused CALL_NOT_HELD
"""

ONLY_THE_BUYER_ENDS_IT = """
    offer   a3 up 5 10.00 if       -> rests 5
    relief  bar-a1 up 2 90.00      -> holds h1 2 @ 10.00 a3 for bar-a1
    call    h1                     -> refused NOT_OWNER
    back    h1                     -> refused NOT_OWNER
    back    #1                     -> refused CALL_NOT_HELD
    dso call h1                    -> trades 2 @ 10.00 a3 for bar-a1 as h1
"""

WHAT_DOES_NOT_MATCH_IS_KILLED = """
    offer   b1 up 2 10.00          -> rests 2
    request b3 up 5 90.00 if fak   -> holds h1 2 @ 10.00 b1 for b3, killed, refused NO_MATCH
    request b3 up 5 90.00 if fok   -> refused PRODUCT_NOT_ALLOWED
"""


class Tale(World):
    """A market that understands the tables."""

    def play(self, table: str) -> None:
        """Play a table and compare line by line."""
        for line in table.strip().splitlines():
            wish, _, expected = line.partition("->")
            before = len(self.drive.events)
            results = self.do(wish)
            told = [self.told(event) for event in self.drive.events[before:] if isinstance(event, pb.OrderEvent)]
            found = [text for text in told if text]
            found += [f"refused {result.rejection.code}" for result in results if result.HasField("rejection")]
            for result in results:
                if result.detail.Is(pb.Order.DESCRIPTOR) and order_of(result).status == pb.ORDER_STATUS_ACTIVE:
                    found.append(f"rests {order_of(result).open_w / 1000:g}")
            assert ", ".join(found) == expected.strip(), line
            self.drive.recovered()

    def do(self, wish: str) -> list[common_pb2.Result]:
        words, party = wish.split(), BRP
        if words[0] == "dso":
            party, words = DSO, words[1:]
        if words[0] in ("call", "back"):
            return self.end(*words[1:], made=words[0] == "call", party=party)
        if words[0] == "cancel":
            order_id = f"{AREA}.{words[1]}"
            owner = next(o.order.party for o in self.events("admitted") if o.order.order_id == order_id)
            self.command(pb.OrderCommand(area_id=AREA, cancel=pb.CancelOrders(order_ids=[order_id])), owner)
            return []
        kind, place, way, kw, price, *marks = words
        rules = {"fak": pb.FILL_RULE_FILL_AND_KILL, "fok": pb.FILL_RULE_FILL_OR_KILL}
        changes = {"product": PRODUCTS[way], "conditional": "if" in marks}
        changes["fill_rule"] = next((rules[m] for m in marks if m in rules), pb.FILL_RULE_NORMAL)
        return [self.flex(kind, place, round(float(kw) * 1000), round(float(price) * 100), **changes)]

    def flex(self, kind: str, place: str, quantity_w: int, price: int, **changes: object) -> common_pb2.Result:
        if kind == "offer":
            return self.sell(f"battery-{place}", quantity_w, price, **changes)
        subject = {"metering_point_id": f"mp-battery-{place}"} if kind == "request" else {"element_id": place}
        order = self.order(pb.SIDE_BUY, "", quantity_w, price, **changes, **subject)
        return self.submit(order, party=BRP if kind == "request" else DSO)[0]

    def end(self, *names: str, made: bool, party: str = BRP) -> list[common_pb2.Result]:
        """End held matches: h1, h2 …, or all of order #3."""
        wish = pb.EndCall(made=made)
        if names[0].startswith("#"):
            wish.order_id = f"{AREA}.{names[0][1:]}"
        else:
            wish.call_ids.extend(f"{AREA}.{NOON}.h.{name[1:]}" for name in names)
        return self.command(pb.OrderCommand(area_id=AREA, end_call=wish), party)

    def told(self, event: pb.OrderEvent) -> str:
        field = event.WhichOneof("event")
        body = getattr(event, field)
        if field in ("held", "trade"):
            buyer = body.buyer.node_id or next(
                o.order.element_id for o in self.events("admitted") if o.order.order_id == body.buyer.order_id
            )
            match = f"{body.quantity_w / 1000:g} @ {body.price_ticks / 100:.2f} {body.seller.node_id} for {buyer}"
            if field == "held":
                return f"holds {name_of(body.call_id)} {match}"
            return f"trades {match}" + (f" as {name_of(body.call_id)}" if body.call_id else "")
        if field == "call_ended":
            return f"ends {name_of(body.call_id)} {body.reason}"
        if field == "closed":
            return "killed" if body.status == pb.ORDER_STATUS_KILLED else f"ends {body.open_w / 1000:g}"
        return f"skips {body.reason.code}" if field == "skipped" else ""


def name_of(call_id: str) -> str:
    return f"h{call_id.rpartition('.')[2]}"


def tale(**changes: object) -> Tale:
    settings = {"parameters": FLAT, "market_changes": {"either_side_missing": False}} | changes
    return Tale(**settings).ready()  # type: ignore[arg-type, return-value]


@pytest.mark.parametrize(
    "table",
    [
        A_REQUEST_MAY_BE_CALLED_OR_GIVEN_BACK,
        AN_OFFER_MAY_BE_CONDITIONAL_TOO,
        WITHOUT_A_CONDITION_IT_IS_A_TRADE,
        OPPOSITE_CALLS_OF_A_NODE_EXCLUDE_EACH_OTHER,
        WHAT_IS_HELD_IS_SOLD_ONCE,
        ALL_OF_AN_ORDER_ENDS_TOGETHER,
        WHAT_DOES_NOT_MATCH_IS_KILLED,
    ],
    ids=["called or not", "offers", "both kinds", "opposite", "sold once", "together", "killed"],
)
def test_a_tale_of_conditional_orders(table: str) -> None:
    tale().play(table)


def test_an_operators_call_carries_no_tariff() -> None:
    world = tale(parameters=PARAMETERS)
    world.lights(light.LIGHT_AMBER)
    world.tick()
    world.play(ONLY_THE_BUYER_ENDS_IT)
    (trade,) = world.trades()
    assert trade.dnut_micro_euro == 0
    assert trade.relief_micro_euro == trade.potential_after_micro_euro - trade.potential_before_micro_euro != 0
    (relief,) = trade.reliefs
    assert relief.element_id == "bar-a1"
    assert relief.relief_mpct > 0
    assert relief.bought


def test_who_calls_bears_the_tariff_of_the_same_match_without_a_condition() -> None:
    bills = []
    for mark in ("if", ""):
        world = tale(parameters=PARAMETERS)
        for line in ("offer b1 up 30 10.00", f"request a3 up 30 4000.00 {mark}"):
            world.do(line)
        if mark:
            assert world.events("held")
            assert not world.events("operating_point")
            world.end("h1", made=True)
        (trade,) = world.trades()
        assert trade.buyer_is_aggressor
        assert trade.quantity_w == 30_000
        assert trade.effect.loading_relief_mpct.indices or trade.dnut_micro_euro
        bills.append((trade.dnut_micro_euro, trade.amount_micro_euro, trade.potential_after_micro_euro, trade.effect))
        (point,) = world.events("operating_point")
        assert {c.node_id: c.p_w for c in point.accepted} == {"b1": 30_000, "a3": -30_000}  # type: ignore[attr-defined]
    assert bills[0] == bills[1]
    assert bills[0][0] > 0


@pytest.mark.parametrize(("way", "first"), [("up", 30_000), ("down", 30_000)])
def test_what_is_held_keeps_its_room_on_the_cable(way: str, first: int) -> None:
    """60 A carry 41.6 kW: two matches that each fit do not fit together, called or not."""
    world = tale()
    world.do(f"offer b1 {way} 55 10.00")
    world.do(f"request a2 {way} 30 90.00 if")
    world.do(f"request a2 {way} 30 90.00 if")
    held = world.events("held")
    assert held[0].quantity_w == first  # type: ignore[attr-defined]
    assert 5_000 < held[1].quantity_w < 15_000  # type: ignore[attr-defined]
    assert held[1].gate.binding_element_id in ("bar-a1", "a1-a2")  # type: ignore[attr-defined]
    world.sell("battery-b2", 10_000, 1_000)
    world.buy("battery-a2", 10_000, 400_000, fill_rule=pb.FILL_RULE_FILL_AND_KILL)
    assert len(world.trades()) == (0 if way == "up" else 1)  # an UP call may load the cable, a DOWN call relieves it
    world.end("h1", "h2", made=True)
    assert not any(world.events("call_ended"))
    world.drive.recovered()


def test_a_call_is_no_reserve_for_others() -> None:
    """What a held match would relieve is not counted on: it may never be called."""
    world = tale()
    world.do("offer a2 up 30 10.00")
    world.do("request b1 up 30 90.00 if")
    without = tale()
    for market in (world, without):
        market.sell("battery-b2", 50_000, 1_000)
        market.buy("battery-a2", 50_000, 400_000, fill_rule=pb.FILL_RULE_FILL_AND_KILL)
    assert world.trades()[0].quantity_w <= without.trades()[0].quantity_w
    assert world.trades()[0].quantity_w > 30_000


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"product": pb.PRODUCT_LOCAL_ENERGY, "market_id": "energy"}, "PRODUCT_NOT_ALLOWED", "conditional"),
        ({"product": pb.PRODUCT_FLEX_REACTIVE_UP}, "PRODUCT_NOT_ALLOWED", "conditional"),
        ({"fill_rule": pb.FILL_RULE_FILL_OR_KILL}, "PRODUCT_NOT_ALLOWED", "fill_rule"),
        ({"fill_rule": pb.FILL_RULE_FILL_AND_KILL}, "NO_MATCH", "limit_price_ticks"),
        ({}, "", ""),
    ],
)
def test_which_orders_may_be_conditional(changes: dict[str, object], code: str, field: str) -> None:
    world = tale()
    changes = {"product": UP, "conditional": True} | changes
    result = world.sell("battery-b1", 1_000, 1_000, **changes)
    assert (result.rejection.code, result.rejection.field) == (code, field)
    if not code:
        assert order_of(result).conditional


def test_a_request_with_targets_buys_what_is_made_at_once() -> None:
    world = tale(parameters=PARAMETERS)
    world.lights(light.LIGHT_AMBER)
    world.tick()
    target = pb.ReliefTarget(element_id="bar-b1", value=1)
    order = world.order(pb.SIDE_BUY, "", 5_000, 9_000, product=UP, element_id="bar-b1", conditional=True)
    order.relief_targets.append(target)
    assert world.submit(order, party=DSO)[0].rejection.field == "relief_targets"
    world.do("offer b1 up 5 10.00 if")
    order.conditional, order.client_order_id = False, "again"
    assert not world.submit(order, party=DSO)[0].HasField("rejection")
    assert world.events("held") == []


def test_the_seller_of_a_held_match_can_neither_call_it_nor_give_it_back() -> None:
    world = tale()
    world.do("offer b1 up 5 10.00 if")
    world.do("request b3 up 3 90.00")
    for made in (True, False):
        assert world.end("h1", made=made, party=world.party_of("b1"))[0].rejection.code == "NOT_OWNER"
    for names in (("h1", "#1"), ()):
        wish = pb.EndCall(call_ids=names, order_id="x" if names else "")
        refused = world.command(pb.OrderCommand(area_id=AREA, end_call=wish), BRP)[0].rejection
        assert refused.field == "call_ids"


def test_so_much_is_held_of_a_period_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flexbourse_orderbook.domain.matching.MAX_HELD_CALLS", 2)
    world = tale()
    world.play("""
        offer   b1 up 9 10.00        -> rests 9
        request b3 up 1 90.00 if     -> holds h1 1 @ 10.00 b1 for b3
        request b3 up 1 90.00 if     -> holds h2 1 @ 10.00 b1 for b3
        request b3 up 1 90.00 if     -> skips TOO_MANY_ENTRIES, rests 1
        request b3 up 1 90.00        -> trades 1 @ 10.00 b1 for b3
        back    h2                   -> ends h2 given back
        request b3 up 1 90.00 if     -> holds h3 1 @ 10.00 b1 for b3
    """)


def test_the_gate_gives_back_what_is_still_held() -> None:
    world = tale()
    world.do("offer b1 up 5 10.00")
    world.do("request b3 up 3 90.00 if")
    assert world.end("h1", made=True)[0].id
    world.do("request b3 up 1 90.00 if")
    world.tick((NOON - 7_200) * 1000 - world.clock_ms + 1_000)
    events = [event for event in world.drive.events if isinstance(event, pb.OrderEvent)]
    (place,) = [i for i, event in enumerate(events) if event.WhichOneof("event") == "call_ended"]
    assert (events[place].call_ended.reason, events[place].call_ended.buyer_party) == ("gate", BRP)
    closed = events[place + 1].book_closed
    assert (closed.market_id, closed.mtu.start_s, closed.last_trade_sequence) == (FLEX, NOON, 1)
    assert world.end("h2", made=True)[0].rejection.code == "CALL_NOT_HELD"
    world.drive.recovered()


def test_lights_stop_calls() -> None:
    world = tale(parameters=PARAMETERS)
    world.do("offer b1 up 40 10.00")
    world.do("request a3 up 36 900.00 if")
    world.lights(light.LIGHT_UNKNOWN, zones=("street-a",))
    world.tick()
    assert world.end("h1", made=True)[0].rejection.code == "LIGHT_UNKNOWN"
    world.lights(light.LIGHT_RED)
    world.tick()
    assert world.end("h1", made=True)[0].rejection.code == "LIGHT_RED"
    assert world.events("held")
    world.lights(light.LIGHT_AMBER)
    world.tick()
    assert not world.end("h1", made=True)[0].HasField("rejection")


def test_a_call_that_relieves_is_made_under_red() -> None:
    world = tale()
    world.do("offer b1 down 4 10.00")
    world.do("request b3 down 3 90.00 if")
    world.lights(light.LIGHT_RED)
    world.tick()
    assert not world.end("h1", made=True)[0].HasField("rejection")


def test_nothing_is_called_in_a_halted_area_but_it_may_be_given_back() -> None:
    world = tale()
    world.do("offer b1 up 4 10.00")
    world.do("request b3 up 3 90.00 if")
    world.audit(disagreement=True)
    world.tick()
    assert world.end("h1", made=True)[0].rejection.code == "AREA_HALTED"
    assert not world.end("h1", made=False)[0].HasField("rejection")


def test_a_budget_that_is_spent_refuses_a_call_that_it_would_pay_for() -> None:
    world = tale(parameters=PARAMETERS, market_changes={"either_side_missing": False, "dnut_budget_micro_euro": 0})
    world.do("offer b1 down 3 10.00")
    world.do("request b3 down 3 90.00 if")
    world.do("offer b3 down 3 10.00")
    world.do("request b1 down 3 90.00 if")
    codes = [world.end(name, made=True)[0].rejection.code for name in ("h1", "h2")]
    assert sorted(codes) == ["", "DNUT_BUDGET_SPENT"]
    assert len(world.trades()) == 1
    assert world.trades()[0].dnut_micro_euro > 0


def test_a_call_that_has_no_solution_any_more_stays_held() -> None:
    world = tale(model=two_streets(thick_ka=2.0))
    world.do("offer b1 up 60 10.00")
    world.do("request b3 up 60 90.00 if")
    world.publish_base(NOON, 2, heavy(world.topology))
    world.tick()
    refused = world.end("h1", made=True)[0].rejection
    assert refused.code == "GRID_CHECK_NOT_CONVERGED"
    assert world.program_period().grid.held_matches
    world.publish_base(NOON, 3)
    world.tick()
    assert not world.end("h1", made=True)[0].HasField("rejection")


def heavy(topology: Topology) -> list[int]:
    """Return the heaviest load of street b's end that still has a solution."""
    p_w = np.zeros(topology.n_nodes, dtype=np.int64)
    while isinstance(solve_from_no_load(topology, p_w, np.zeros_like(p_w)), OperatingPoint):
        p_w[topology.node_index["b3"]] -= 5_000
    p_w[topology.node_index["b3"]] += 5_000
    load: list[int] = p_w.tolist()
    return load


def test_what_no_longer_fits_a_new_topology_is_given_back_the_latest_first() -> None:
    world = Tale(model=ring(), market_changes={"either_side_missing": False}).ready()
    assert isinstance(world, Tale)
    for kilowatts in (30, 20, 8):
        world.do(f"offer b1 up {kilowatts} 10.00")
        world.do(f"request b3 up {kilowatts} 900.00 if")
    assert len(world.events("held")) == 3
    switch(world)
    world.tick()
    assert world.end("h1", made=True)[0].rejection.code == "GRID_STATE_MISSING"
    settled(world)
    ended = [(name_of(body.call_id), body.reason) for body in world.events("call_ended")]  # type: ignore[attr-defined]
    assert ended == [("h3", "topology"), ("h2", "topology")]
    assert not world.end("h1", made=True)[0].HasField("rejection")
    world.drive.recovered()


def test_a_match_whose_node_has_left_the_topology_is_given_back() -> None:
    world = tale()
    world.do("offer b1 up 5 10.00")
    world.do("request b3 up 3 90.00 if")
    world.do("request b2 up 1 90.00 if")
    world.model = replace(
        world.model,
        nodes=tuple(node for node in world.model.nodes if node.id != "b3"),
        branches=tuple(branch for branch in world.model.branches if branch.to_node != "b3"),
    )
    world.publish_topology(2)
    settled(world)
    (ended,) = world.events("call_ended")
    assert (name_of(ended.call_id), ended.reason) == ("h1", "topology")
    assert not world.end("h2", made=True)[0].HasField("rejection")
    world.drive.recovered()


def test_queries_show_what_is_conditional_and_how_far_it_is_filled() -> None:
    world = tale()
    world.do("offer b1 up 5 10.00 if")
    world.do("request b3 up 2 90.00")
    view = view_of(world)
    asked = pb.GetBookRequest(area_id=AREA, market_id=FLEX, product=UP, mtu=mtu_message(NOON))
    (ask,) = view.book(asked).asks
    assert (ask.open_w, ask.conditional) == (3_000, True)
    (offer,) = view.orders(world.party_of("b1"), pb.ListOrdersRequest(area_id=AREA))
    assert (offer.conditional, offer.open_w, offer.filled_w) == (True, 3_000, 2_000)
    world.do("request b2 up 1 90.00")
    world.end("h1", made=True)
    world.end("h2", made=False)
    view = view_of(world)
    (offer,) = view.orders(world.party_of("b1"), pb.ListOrdersRequest(area_id=AREA))
    assert (offer.open_w, offer.filled_w) == (2_000, 3_000)


def test_both_sides_hear_of_it_and_the_public_does_not_until_it_is_called() -> None:
    world = tale()
    world.do("offer b1 up 5 10.00")
    world.do("request b3 up 3 90.00 if")
    world.do("request b3 up 2 90.00 if")
    world.end("h2", made=False)
    heard: dict[str, list[pb.OrderEvent]] = {}
    for record in world.drive.projected(BOOK_ORDER):
        if isinstance(record, pb.PartyEvent) and record.event.WhichOneof("event") in ("held", "call_ended"):
            heard.setdefault(record.party, []).append(record.event)
    assert sorted(heard) == sorted([BRP, world.party_of("b1")])
    seller, buyer = heard[world.party_of("b1")][0].held, heard[BRP][0].held
    assert (seller.seller.order_id, seller.buyer.order_id, seller.order_id) == (f"{AREA}.1", "", "")
    assert (buyer.seller.party, buyer.buyer.party, buyer.order_id) == ("", BRP, f"{AREA}.2")
    assert heard[BRP][2].call_ended.seller_party == ""
    assert not any(event.WhichOneof("event") in ("held", "call_ended", "trade") for event in public(world))
    world.end("h1", made=True)
    (trade,) = [event.trade for event in public(world) if event.WhichOneof("event") == "trade"]
    assert trade.call_id == f"{AREA}.{NOON}.h.1"


def public(world: World) -> list[pb.OrderEvent]:
    return [record for record in world.drive.projected(BOOK_TRADE) if isinstance(record, pb.OrderEvent)]
