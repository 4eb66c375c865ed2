"""What changes under an open market: an override, a new cable, a second solver that disagrees; and what views say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import street
from grid_checkers import broken_promises
from log_access import EmbeddedLog, book_events, journal
from market_checkers import trades
from street import AGG_A, AGG_B, AREA, DSO, EVENING_S, NOON_S, OPERATOR, SUPPLY, mtu
from street_day import FILL_AND_KILL, Sending, StreetDay, order, submit

from flexbourse.gridcheck.v1 import gridcheck_pb2 as grid
from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse.traffic_light.v1 import traffic_light_pb2 as light
from flexbourse_networks.second_solver import SecondSolver, SolvedStates

LATER_S = NOON_S + 900
THICK_KA = 0.25


def codes(answers: dict[str, Any]) -> dict[str, list[str]]:
    """Return the refusals of answers."""
    return {name: [result.rejection.code for result in answer.results] for name, answer in answers.items()}


BREAKS = ("failed_audits",)  # one is made to fail


@pytest.fixture
def log(open_street: StreetDay) -> Iterator[EmbeddedLog]:
    """The log of the open street."""
    found = EmbeddedLog(open_street.platform.data_dir)
    yield found
    found.close()


def test_what_if_says_what_the_match_then_costs(open_street: StreetDay, log: EmbeddedLog) -> None:
    request = grid.WhatIfRequest(
        area_id=AREA, mtu=mtu(NOON_S), seller_node_id="bus-3", buyer_node_id="bus-6", quantity_w=6_000
    )
    outlook = open_street.client(AGG_B).grid.what_if(request)
    open_street.further(submit(AGG_B, "battery", order("b", "sell", NOON_S, 6_000, 1_000, unit="battery-a2")))
    open_street.further(submit(AGG_B, "car", order("c", "buy", NOON_S, 6_000, 90_000, unit="car-b2")))
    [trade] = trades(log)
    assert outlook.feasible
    assert outlook.largest_quantity_w == 6_000
    assert trade.dnut_micro_euro == outlook.dnut_micro_euro > 0


def test_views_say_what_the_journal_holds(open_street: StreetDay, log: EmbeddedLog) -> None:
    wishes = [order(f"v{price}", "buy", LATER_S, 1_000, price, unit="pump-b1") for price in (300, 100, 200)]
    open_street.further(submit(AGG_A, "views", *wishes))
    position = open_street.client(AGG_A).answers([f"s{open_street.platform.last_step()}-{AGG_A}-views"])
    least = next(iter(position.values())).position
    client = open_street.client(AGG_A)
    mine = list(client.orders.list(AREA, mtu=mtu(LATER_S), open_only=True, min_position=least))
    orders = [body.order for name, body in book_events(log) if name == "admitted"]
    admitted = [found.order_id for found in orders if found.mtu.start_s == LATER_S]
    assert [found.order_id for found in mine] == admitted
    request = book.GetBookRequest(
        area_id=AREA, market_id=street.ENERGY, product=book.PRODUCT_LOCAL_ENERGY, mtu=mtu(LATER_S), min_position=least
    )
    seen = client.orders.book(request)
    assert [entry.price_ticks for entry in seen.bids] == [300, 200, 100]
    assert seen.open
    heard = []
    for event in client.orders.events(AREA):
        heard.append(event.event.WhichOneof("event"))
        if heard.count("admitted") == len(wishes):
            break
    assert heard == ["admitted"] * len(wishes)
    shown = {(s.zone_id, s.mtu.start_s): s.light for s in open_street.client(DSO).lights.list(AREA).lights}
    published = [message for message in journal(log, "traffic-light") if isinstance(message, light.LightState)]
    last = {(state.zone_id, state.mtu.start_s): state.light for state in published}
    assert shown == last


def test_an_operators_red_stops_what_worsens_until_it_ends(open_street: StreetDay, log: EmbeddedLog) -> None:
    until_ms = open_street.now_ms + 3_600_000

    def forced(colour: int) -> Sending:
        wish = light.OverrideLight(
            area_id=AREA, zone_id="feeder-2", mtu=mtu(LATER_S), light=colour, valid_until_ms=until_ms, reason="works"
        )
        return Sending(DSO, f"override-{colour}", lambda c, i: c.lights.override(wish, command_id=i))

    before = len(trades(log))
    assert codes(open_street.further(forced(light.LIGHT_RED))) == {"override-3": [""]}
    open_street.further()
    open_street.further(submit(SUPPLY, "red", order("sun", "sell", LATER_S, 28_000, 5_000, unit="supply-unit")))
    bought = order("red-car", "buy", LATER_S, 28_000, 90_000, unit="car-b2")
    open_street.further(submit(AGG_B, "red", bought))
    skipped = [body.reason.code for name, body in book_events(log) if name == "skipped"]
    assert "LIGHT_RED" in skipped
    others = [t for t in trades(log)[before:] if "red-car" in (t.buyer.client_order_id, t.seller.client_order_id)]
    assert others == []
    open_street.further(forced(light.LIGHT_UNSPECIFIED))
    for _ in range(6):  # red goes to green by way of amber, each for its dwell
        open_street.further()
    done = [t for t in trades(log)[before:] if t.buyer.client_order_id == "red-car"]
    assert [trade.quantity_w for trade in done] == [28_000]
    colours = [
        message.light
        for message in journal(log, "traffic-light")
        if isinstance(message, light.LightState) and (message.zone_id, message.mtu.start_s) == ("feeder-2", LATER_S)
    ]
    turns = [colour for colour, former in zip(colours, [0, *colours], strict=False) if colour != former]
    green, amber, red = light.LIGHT_GREEN, light.LIGHT_AMBER, light.LIGHT_RED
    assert turns == [green, red, amber, green, amber]  # the last by what then traded


def test_a_thicker_cable_lets_the_blocked_remainder_through(open_street: StreetDay, log: EmbeddedLog) -> None:
    start = EVENING_S + 900
    open_street.further(submit(SUPPLY, "much", order("much", "sell", start, 90_000, 20_000, unit="supply-unit")))
    open_street.further(submit(AGG_B, "thirsty", order("thirsty", "buy", start, 60_000, 90_000, unit="car-b2")))
    first = [t.quantity_w for t in trades(log) if t.buyer.client_order_id == "thirsty"]
    assert sum(first) < 60_000
    network = street.network_json(rating_ka=THICK_KA)
    open_street.further(
        Sending(DSO, "cable", lambda c, i: c.grid.import_network(AREA, pandapower_json=network, command_id=i))
    )
    for _ in range(4):
        open_street.further()
    filled = [t for t in trades(log) if t.buyer.client_order_id == "thirsty"]
    assert sum(t.quantity_w for t in filled) == 60_000
    assert [t.gate.topology_version for t in filled][-1] == 2
    assert broken_promises(log) == []


def test_a_second_solver_that_disagrees_halts_the_area_until_its_operator_lets_it_go_on(
    open_street: StreetDay, log: EmbeddedLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    solve = SecondSolver.solve_all

    def wrong(self: SecondSolver, p_w: Any, q_var: Any) -> SolvedStates:
        states = solve(self, p_w, q_var)
        return replace(states, voltage=states.voltage + 2e-4)

    with monkeypatch.context() as patch:
        patch.setattr(SecondSolver, "solve_all", wrong)
        open_street.further(submit(SUPPLY, "s", order("h-s", "sell", EVENING_S, 1_000, 100, unit="supply-unit")))
        open_street.further(submit(AGG_A, "b", order("h-b", "buy", EVENING_S, 1_000, 90_000, unit="pump-b1")))
        assert [t.quantity_w for t in trades(log) if t.buyer.client_order_id == "h-b"] == [1_000]
        for _ in range(4):
            open_street.further()
    halted = submit(AGG_A, "halted", order("h-no", "buy", EVENING_S, 1_000, 90_000, unit="pump-b1"))
    assert codes(open_street.further(halted)) == {"halted": ["AREA_HALTED"]}
    resume = Sending(DSO, "resume", lambda c, i: c.orders.resume_area(AREA, "it was the solver", command_id=i))
    again = submit(AGG_A, "again", order("h-yes", "buy", EVENING_S, 1_000, 200, unit="pump-b1"))
    assert codes(open_street.further(resume)) == {"resume": [""]}
    assert codes(open_street.further(again)) == {"again": [""]}


def test_fill_and_kill_never_rests(open_street: StreetDay) -> None:
    wish = order("fak", "buy", EVENING_S, 1_000, 100, unit="pump-b1", fill=FILL_AND_KILL)
    open_street.further(submit(AGG_A, "fak", wish))
    assert "fak" not in {found.client_order_id for found in open_street.client(AGG_A).orders.list(AREA, open_only=True)}
    assert open_street.client(OPERATOR).shards()
