"""The continuous flexibility market: hand-computed cases, and the published algorithm as judge of random ones."""

from __future__ import annotations

import importlib
import os
import random
import sys
from itertools import count
from pathlib import Path

import numpy as np
import pytest

from flexbourse_core.rejection import Code, Rejection
from flexbourse_gridmath.check import check, open_gate
from flexbourse_gridmath.conditional import admissible_subsets, merged
from flexbourse_gridmath.limits import Limits
from flexbourse_gridmath.powerflow import NotConverged, solve_from_no_load
from flexbourse_gridmath.ptdf import LinearBranch, LinearState, compile_linear
from flexbourse_gridmath.topology import compile_topology
from flexbourse_networks.from_pandapower.library import library_network
from flexbourse_networks.from_pandapower.network import read_network
from flexbourse_networks.second_solver import SecondSolver
from flexbourse_orderbook.domain.continuous_flexibility.events import OrdersArrived, OrdersMatched, PairBlocked
from flexbourse_orderbook.domain.continuous_flexibility.exact_network import ExactNetworkTest, ExactState
from flexbourse_orderbook.domain.continuous_flexibility.linear_network import LinearNetworkTest
from flexbourse_orderbook.domain.continuous_flexibility.market import Arrived, ContinuousMarket
from flexbourse_orderbook.domain.continuous_flexibility.network_test import CallKey, Shift
from flexbourse_orderbook.domain.continuous_flexibility.orders import Direction, FlexOrder, Kind

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
LONG = os.environ.get("FLEXBOURSE_LONG") == "1"
KW = 1_000
OFFER, REQUEST, UP, DOWN = Kind.OFFER, Kind.REQUEST, Direction.UP, Direction.DOWN


def benchmark_module(name: str):
    """A module of the benchmark folder: the data and the reference are there because they are timed too."""
    if str(BENCHMARKS) not in sys.path:
        sys.path.insert(0, str(BENCHMARKS))
    return importlib.import_module(name)


class Scene:
    """A market on a line of buses 0-1-2-..., capacities in kW, set points in kW."""

    def __init__(self, capacities_kw, setpoints_kw, links=None) -> None:
        buses = [str(i) for i in range(len(setpoints_kw[0]))]
        links = links or [(i, i + 1) for i in range(len(buses) - 1)]
        branches = [
            LinearBranch(f"l{i}", str(a), str(b), 1.0, None if capacity is None else capacity / 1e3)
            for i, ((a, b), capacity) in enumerate(zip(links, capacities_kw, strict=True))
        ]
        self.network = compile_linear(buses, branches)
        states = [LinearState.of(self.network, [x * KW for x in hour], {}) for hour in setpoints_kw]
        self.market = ContinuousMarket.opened(LinearNetworkTest(), states)
        self._time = count()

    def order(self, kind, node, direction, kw, price, **more) -> FlexOrder:
        time = next(self._time)
        return FlexOrder(str(time), time, kind, node, direction, round(kw * KW), price, **more)

    def send(self, *arguments, **more):
        """Let one order arrive; return its matches as (offer, request, kW, price)."""
        found = self.market.arrive(self.order(*arguments, **more))
        assert isinstance(found, Arrived), found
        return shown(found.matches)

    def setpoint_kw(self, mtu=0):
        return [value / KW for value in self.market.state.ledger.state(mtu).setpoint_w]


def shown(matches):
    return [(match.offer.id, match.request.id, match.quantity_w / KW, match.price) for match in matches]


def test_a_match_is_cut_by_the_network_and_has_the_earlier_orders_price():
    scene = Scene([500, 100], [[400, -350, -50]])
    assert scene.send(REQUEST, 2, UP, 200, 50) == []
    assert scene.send(OFFER, 0, UP, 200, 40) == [("1", "0", 50.0, 50)]
    assert scene.setpoint_kw() == [450, -350, -100]
    assert scene.send(OFFER, 2, UP, 30, 50) == [("2", "0", 30.0, 50)]
    assert scene.send(OFFER, 2, UP, 30, 51) == []
    assert scene.send(REQUEST, 2, UP, 5, 60) == [("3", "4", 5.0, 51)]


def test_down_shifts_the_other_way_round():
    scene = Scene([500, 100], [[400, -350, -50]])
    scene.send(REQUEST, 2, DOWN, 500, 50)
    # At the request +q, at the offer -q: the line to bus 2 may turn round until it is full in the other direction.
    assert scene.send(OFFER, 0, DOWN, 500, 10) == [("1", "0", 150.0, 50)]
    assert scene.setpoint_kw() == [250, -350, 100]


def test_the_best_price_is_met_first_then_the_earlier_and_the_scan_stops_where_prices_part():
    scene = Scene([None], [[0, 0]])
    scene.send(REQUEST, 1, UP, 10, 40)
    scene.send(REQUEST, 1, UP, 10, 60)
    scene.send(REQUEST, 1, UP, 10, 60)
    scene.send(REQUEST, 1, DOWN, 10, 99)
    assert scene.send(OFFER, 0, UP, 40, 50) == [("4", "1", 10.0, 60), ("4", "2", 10.0, 60)]
    assert [order.id for order in scene.market.state.waiting()] == ["0", "3", "4"]
    assert scene.market.state.ledger.open_w(scene.market.state.waiting()[2]) == 20 * KW
    assert scene.send(OFFER, 0, UP, 5, 30) == [("5", "0", 5.0, 40)]


def test_relief_brings_back_what_the_network_refused():
    scene = Scene([100], [[100, -100]])
    assert scene.send(REQUEST, 1, UP, 60, 50) == []
    assert scene.send(OFFER, 0, UP, 60, 40) == []
    assert scene.send(REQUEST, 1, DOWN, 20, 50) == []
    # DOWN takes 20 from the line, and just that much comes up for the pair that it refused.
    assert scene.send(OFFER, 0, DOWN, 20, 10) == [("3", "2", 20.0, 50), ("1", "0", 20.0, 50)]
    assert scene.setpoint_kw() == [100, -100]


def test_a_counterflow_between_other_orders_frees_a_waiting_pair():
    scene = Scene([100], [[100, -100]])
    scene.send(REQUEST, 1, UP, 60, 50)
    scene.send(OFFER, 0, UP, 60, 40)
    # Bus 1 gives and bus 0 takes: what is left of the request after the waiting offer turns the line round by 25.
    scene.send(OFFER, 1, UP, 25, 55)
    found = scene.send(REQUEST, 0, UP, 85, 55)
    assert found == [("1", "3", 60.0, 40), ("2", "3", 25.0, 55)]
    assert scene.setpoint_kw() == [75, -75]
    assert scene.send(OFFER, 0, UP, 40, 45) == [("4", "0", 25.0, 50)]


def test_conditional_matches_are_held_and_every_subset_must_fit():
    scene = Scene([100], [[40, -40]])
    scene.send(REQUEST, 1, UP, 50, 50, conditional=True)
    assert scene.send(OFFER, 0, UP, 50, 40) == [("1", "0", 50.0, 50)]
    assert scene.setpoint_kw() == [40, -40]
    scene.send(REQUEST, 1, UP, 50, 50)
    assert scene.send(OFFER, 0, UP, 50, 40) == [("3", "2", 10.0, 50)]
    assert scene.setpoint_kw() == [50, -50]
    # The held call may be made or not: the other way round there is room for 150, and none that only it would make.
    scene.send(REQUEST, 0, UP, 500, 60)
    assert scene.send(OFFER, 1, UP, 500, 60) == [("5", "4", 150.0, 60)]


def test_a_call_that_is_made_moves_the_set_point_and_one_given_back_makes_room():
    scene = Scene([100], [[40, -40]])
    scene.send(REQUEST, 1, UP, 50, 50, conditional=True)
    scene.send(OFFER, 0, UP, 50, 40)
    scene.send(REQUEST, 1, UP, 10, 60, conditional=True)
    assert scene.send(OFFER, 0, UP, 40, 40) == [("3", "2", 10.0, 60)]
    assert scene.send(REQUEST, 1, UP, 30, 55) == []
    made = scene.market.end_call(0, "2", made=True)
    assert made.matches == []
    assert scene.setpoint_kw() == [50, -50]
    given_back = scene.market.end_call(0, "0", made=False)
    assert shown(given_back.matches) == [("3", "4", 30.0, 40)]
    assert scene.setpoint_kw() == [80, -80]
    assert scene.market.state.held(0) == {}
    again = scene.market.end_call(0, "0", made=False)
    assert isinstance(again, Rejection)
    assert again.code is Code.ORDER_NOT_OPEN


def test_up_and_down_of_one_node_are_never_called_together():
    # A ring: UP at node 1 from node 0 and DOWN at node 1 to node 2 both put a third of them on the line from 0 to 2.
    scene = Scene([1_000, 1_000, 100], [[0, 0, 0]], links=[(0, 1), (1, 2), (0, 2)])
    test, state = LinearNetworkTest(), scene.market.state.ledger.state(0)
    up = test.after(state, Shift(0, 1, CallKey("up", 1, UP)), 60 * KW)
    assert up.room_micro_w(2, 1) == 80 * KW * 10**6
    assert test.after(up, Shift(1, 2, CallKey("down", 1, DOWN)), 60 * KW).room_micro_w(2, 1) == 80 * KW * 10**6
    assert test.after(up, Shift(1, 2, CallKey("up too", 1, UP)), 60 * KW).room_micro_w(2, 1) == 60 * KW * 10**6
    assert test.after(up, Shift(1, 2, CallKey("down", 2, DOWN)), 60 * KW).room_micro_w(2, 1) == 60 * KW * 10**6


# Calls to node 2 from node 0 and from node 1 put a third of each on line 0-1, against each other.
RING = [(0, 1), (1, 2), (0, 2)]


def test_matches_of_one_call_that_cancel_on_a_line_make_room_for_more_of_the_same_pair():
    scene = Scene([10, 1_000, 1_000], [[0, 0, 0]], links=RING)
    scene.send(REQUEST, 2, UP, 300, 50, conditional=True)
    assert scene.send(OFFER, 1, UP, 30, 40) == [("1", "0", 30.0, 50)]
    assert scene.send(OFFER, 0, UP, 100, 41) == [("2", "0", 30.0, 50)]
    scene.send(REQUEST, 2, DOWN, 1, 50)
    # Anything made starts another pass; now nothing of the call is left on line 0-1, so as much again fits.
    assert scene.send(OFFER, 2, DOWN, 1, 40) == [("4", "3", 1.0, 50), ("2", "0", 30.0, 50)]


def test_what_is_held_in_a_pass_relieves_pairs_of_the_next():
    scene = Scene([10, 1_000, 1_000, 50], [[0, -50, 0, 50]], links=[*RING, (3, 1)])
    scene.send(REQUEST, 2, UP, 300, 50, conditional=True)
    assert scene.send(OFFER, 0, UP, 100, 40) == [("1", "0", 30.0, 50)]
    scene.send(REQUEST, 1, UP, 10, 55)
    assert scene.send(OFFER, 3, UP, 40, 44) == []
    scene.send(REQUEST, 1, DOWN, 41, 60)
    # Room on line 3-1: offer 3 fills the request of node 1 and is held for the call, which frees line 0-1 for offer 1.
    assert scene.send(OFFER, 3, DOWN, 41, 60) == [
        ("5", "4", 41.0, 60), ("3", "2", 10.0, 55), ("3", "0", 30.0, 50), ("1", "0", 30.0, 50),
    ]  # fmt: skip


def test_a_block_is_filled_whole_in_all_its_mtus_or_waits():
    scene = Scene([100], [[50, -50], [50, -50]])
    first = scene.order(OFFER, 0, UP, 30, 20, mtu=0, block="b")
    second = scene.order(OFFER, 0, DOWN, 30, 20, mtu=1, block="b")
    assert scene.market.arrive_block([first, second]).matches == []
    assert scene.send(REQUEST, 1, UP, 40, 50, mtu=0) == []
    assert scene.send(REQUEST, 1, DOWN, 20, 40, mtu=1) == []
    assert scene.setpoint_kw(0) == [50, -50]
    found = scene.send(REQUEST, 1, DOWN, 20, 35, mtu=1)
    assert found == [("0", "2", 30.0, 20), ("1", "3", 20.0, 20), ("1", "4", 10.0, 20)]
    assert scene.setpoint_kw(0) == [80, -80]
    assert scene.setpoint_kw(1) == [20, -20]
    assert [order.id for order in scene.market.state.waiting()] == ["2", "4"]


def test_a_temporary_match_binds_nobody():
    scene = Scene([100], [[50, -50], [50, -50]])
    parts = [scene.order(OFFER, 0, UP, 30, 20, mtu=mtu, block="b") for mtu in (0, 1)]
    scene.market.arrive_block(parts)
    scene.send(REQUEST, 1, UP, 30, 50, mtu=0)
    assert scene.send(OFFER, 0, UP, 20, 30, mtu=0) == [("3", "2", 20.0, 50)]
    assert scene.send(REQUEST, 1, UP, 30, 50, mtu=1) == []
    assert scene.send(REQUEST, 1, UP, 20, 50, mtu=0)[:2] == [("0", "2", 10.0, 20), ("0", "5", 20.0, 20)]


def test_a_block_that_the_network_refused_is_tried_again_when_relieved():
    scene = Scene([100], [[90, -90], [50, -50]])
    scene.send(REQUEST, 1, UP, 30, 50, mtu=0)
    scene.send(REQUEST, 1, UP, 30, 50, mtu=1)
    parts = [scene.order(OFFER, 0, UP, 30, 20, mtu=mtu, block="b") for mtu in (0, 1)]
    assert scene.market.arrive_block(parts).matches == []
    scene.send(REQUEST, 1, DOWN, 25, 50, mtu=0)
    found = scene.send(OFFER, 0, DOWN, 25, 10, mtu=0)
    assert [(a, b, kw) for a, b, kw, _ in found] == [("5", "4", 25.0), ("2", "0", 30.0), ("3", "1", 30.0)]


def test_blocks_of_requests_meet_blocks_of_offers():
    scene = Scene([None], [[0, 0], [0, 0]])
    asks = [scene.order(OFFER, 0, UP, 30, 20, mtu=mtu, block="a") for mtu in (0, 1)]
    bids = [scene.order(REQUEST, 1, UP, 30, 50, mtu=mtu, block="r") for mtu in (0, 1)]
    assert scene.market.arrive_block(asks).matches == []
    assert shown(scene.market.arrive_block(bids).matches) == [("0", "2", 30.0, 20), ("1", "3", 30.0, 20)]
    assert scene.market.state.waiting() == []


def test_what_cannot_be_taken_is_refused_with_its_limit():
    scene = Scene([None], [[0, 0]])
    small = scene.market.arrive(scene.order(OFFER, 0, UP, 0.01, 20))
    assert isinstance(small, Rejection)
    assert small.code is Code.QUANTITY_OUT_OF_RANGE
    late = scene.market.arrive(scene.order(OFFER, 0, UP, 1, 20, mtu=1))
    assert isinstance(late, Rejection)
    assert late.code is Code.FIELD_OUT_OF_RANGE
    twice = scene.order(OFFER, 0, UP, 1, 20)
    assert isinstance(scene.market.arrive(twice), Arrived)
    again = scene.market.arrive(twice)
    assert isinstance(again, Rejection)
    assert again.code is Code.DUPLICATE_CLIENT_ORDER_ID
    for _ in range(999):
        scene.send(OFFER, 0, UP, 1, 20)
    full = scene.market.arrive(scene.order(OFFER, 0, UP, 1, 20))
    assert isinstance(full, Rejection)
    assert full.code is Code.BOOK_FULL
    assert scene.send(OFFER, 0, DOWN, 1, 20) == []


@pytest.mark.parametrize("seed", range(300) if LONG else [*range(40), 66, 95, 102, 107])
def test_random_markets_match_as_the_published_algorithm_does(seed):
    reference, day_module = benchmark_module("reference_continuous"), benchmark_module("market_33")
    draw = random.Random(seed)
    day = small_day(draw, day_module, reference)
    arrivals = day.shuffled(seed)
    mine = day_module.run(day, day_module.orders(arrivals))
    theirs = reference.run(day_module.tables(day), day_module.setpoints_mw(day), arrivals)
    assert [(m.offer.id, m.request.id) for m in mine] == [(m.offer, m.request) for m in theirs.matches]
    for one, other in zip(mine, theirs.matches, strict=True):
        assert one.quantity_w == pytest.approx(other.quantity * 1e6, abs=2)
        assert one.price == other.price * 1e6


def small_day(draw, day_module, reference):
    """A meshed grid of six buses whose lines are nearly full, with dozens of bids in two hours."""
    buses = 6
    links = [(draw.randrange(i), i) for i in range(1, buses)]
    links += [tuple(draw.sample(range(buses), 2)) for _ in range(2)]
    setpoints = [[draw.randint(-80, 80) * KW for _ in range(buses - 1)] for _ in range(2)]
    setpoints = [[-sum(hour), *hour] for hour in setpoints]
    names = [str(i) for i in range(buses)]
    branches = [
        LinearBranch(f"l{i}", names[a], names[b], draw.uniform(0.5, 2.0), draw.randint(20, 120) / 1e3)
        for i, (a, b) in enumerate(links)
    ]
    groups, blocks = [], draw.choice([0.0, 0.4])
    for number in range(70):
        kind = draw.choice(["offer", "request"])
        low, high = (20, 45) if kind == "offer" else (35, 60)
        conditional = kind == "request" and draw.random() < 0.3
        block = f"b{number}" if kind == "offer" and draw.random() < blocks else ""
        groups.append(
            tuple(
                reference.Bid(
                    f"{number}-{mtu}", 0, kind, draw.randrange(buses), draw.choice(["up", "down"]),
                    draw.randint(5, 60) / 1e3, float(draw.randint(low, high)), mtu, conditional, block,
                )
                for mtu in ((0, 1) if block else (draw.randrange(2),))
            )
        )  # fmt: skip
    return day_module.Day(compile_linear(names, branches), setpoints, groups)


@pytest.mark.parametrize("blocks", [False, True])
def test_welfare_on_33_buses_beats_what_was_published(blocks):
    reference, day_module = benchmark_module("reference_continuous"), benchmark_module("market_33")
    day = day_module.make_day()
    day = day if blocks else day.singles()
    bids = [bid for group in day.groups for bid in group]
    assert (len(bids), sum(bid.kind == "offer" for bid in bids)) == (343, 222)
    assert sum(bool(bid.block) for bid in bids) == (142 if blocks else 0)
    best = benchmark_module("auction_optimum").optimum(day)
    shares = []
    for seed in range(20 if LONG else 6):
        arrivals = day.shuffled(seed)
        mine = day_module.welfare(day_module.run(day, day_module.orders(arrivals)))
        theirs = reference.welfare(reference.run(day_module.tables(day), day_module.setpoints_mw(day), arrivals))
        assert mine >= theirs - 1e-6
        assert mine <= best + 1e-6
        shares.append(mine / best)
    assert sum(shares) / len(shares) > (0.886 if blocks else 0.967)


@pytest.mark.parametrize("seed", range(12))
def test_folding_the_events_gives_the_live_state_and_it_goes_on_the_same(seed):
    reference, day_module = benchmark_module("reference_continuous"), benchmark_module("market_33")
    day = small_day(random.Random(seed), day_module, reference)
    orders = day_module.orders(day.shuffled(seed))
    live, half = day_module.market(day), len(orders) // 2
    events = [event for group in orders[:half] for event in let_arrive(live, group).events]
    folded = day_module.market(day)
    for event in events:
        folded.state.evolve(event)
    assert folded.state.image() == live.state.image()
    calls = [(mtu, key.order_id, i % 2 == 0) for mtu in range(2) for i, key in enumerate(live.state.held(mtu))]
    for mtu, order_id, made in calls:
        ended = [market.end_call(mtu, order_id, made=made) for market in (live, folded)]
        assert ended[0].events == ended[1].events
    for group in orders[half:]:
        assert let_arrive(folded, group).events == let_arrive(live, group).events
    assert folded.state.digest() == live.state.digest()
    assert {type(event) for event in events} == {OrdersArrived, OrdersMatched, PairBlocked}


def let_arrive(market, group):
    answer = market.arrive_block(group) if group[0].block else market.arrive(group[0])
    assert isinstance(answer, Arrived)
    return answer


def test_on_the_exact_network_every_subset_of_the_held_stays_inside_its_limits():
    net = library_network("create_cigre_network_lv")
    model = read_network(net)
    topology = compile_topology(model)
    p_w = [0] * topology.n_nodes
    for load in net.load.itertuples():
        p_w[topology.node_index[f"bus-{load.bus}"]] -= round(load.p_mw * 0.7e6)
    start = solve_from_no_load(topology, np.array(p_w), np.zeros(topology.n_nodes, dtype=np.int64))
    assert not isinstance(start, NotConverged)
    market = ContinuousMarket.opened(ExactNetworkTest(), [ExactState.of(start, Limits.of(topology), {})])
    draw, nodes, cut = random.Random(3), [i for i, p in enumerate(p_w) if p], 0
    matches, events = [], []
    for time in range(60):
        kind = draw.choice([OFFER, REQUEST])
        order = FlexOrder(
            str(time), time, kind, draw.choice(nodes), draw.choice([UP, DOWN]), draw.randint(5, 60) * KW,
            draw.randint(20, 45) if kind is OFFER else draw.randint(35, 60), conditional=draw.random() < 0.12,
        )  # fmt: skip
        found = market.arrive(order)
        assert isinstance(found, Arrived)
        matches += found.matches
        events += found.events
        cut += sum(match.quantity_w % KW != 0 for match in found.matches)
    state = market.state.ledger.state(0)
    assert matches
    assert cut, "the network must bind"
    assert 2 <= len(state.held) <= 12
    assert sum(state.point.p_w.tolist()) == sum(p_w)
    judge = SecondSolver(model)
    calls = list(state.held.values())
    rows = []
    for subset in admissible_subsets(calls):
        row = state.point.p_w.copy()
        whole = merged([calls[i].change for i in subset])
        np.add.at(row, list(whole.nodes), np.array(whole.p_w, dtype=np.int64))
        rows.append(row)
    limits = Limits.of(topology)
    for solved in judge.solve(rows, [[0] * topology.n_nodes] * len(rows)):
        assert (solved.loading <= limits.loading_mpct / 1e5 + 1e-4).all()
        assert (solved.voltage >= np.minimum(limits.v_low_micro_pu / 1e6, start.magnitude) - 2e-5).all()
    gate = open_gate(topology, [state.point], [limits])
    assert check(gate, merged([]), either_side=False).feasible
    folded = ContinuousMarket.opened(ExactNetworkTest(), [ExactState.of(start, limits, {})])
    for event in events:
        folded.state.evolve(event)
    assert folded.state.digest() == market.state.digest()
