"""Published and worked cases of the activation optimisation and of its prices (demand, supply, blocks, two zones)."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flexbourse_mfrr_simulator.domain.clearing import Border, Kind, Order, Problem, Selection
from flexbourse_mfrr_simulator.domain.pricing import RULES, Prices, form_prices
from flexbourse_mfrr_simulator.domain.selection import select

LIMIT = 1_500_000


def buy(key: str, quantity: int, price: int | None, node: str = "A", kind: Kind = Kind.NEED) -> Order:
    """An upward need, or with another kind a downward bid or an upward tolerance; EUR/MWh, None: inelastic."""
    cents = None if price is None else price * 100
    return Order(key, node, supply=False, quantity=quantity, minimum=0, price=cents, kind=kind)


def sell(key: str, quantity: int, price: int | None, node: str = "A", minimum: int = 0, block: str = "",
         kind: Kind = Kind.BID) -> Order:  # fmt: skip
    """An upward bid, or with another kind a downward need."""
    cents = None if price is None else price * 100
    return Order(key, node, supply=True, quantity=quantity, minimum=minimum, price=cents, kind=kind, block=block)


def cleared(problem: Problem, rule: str = "dearest-activated", point: str = "activated") -> tuple[Selection, Prices]:
    selection = select(problem)
    assert selection.proven
    return selection, form_prices(problem, selection, rule, point, LIMIT)


def book(buys: list[tuple[int, int]], sells: list[tuple[int, int]]) -> Problem:
    orders = [buy(f"b{i}", q, p) for i, (q, p) in enumerate(buys)] + [
        sell(f"s{i}", q, p) for i, (q, p) in enumerate(sells)
    ]
    return Problem(("A",), tuple(orders))


def volume(selection: Selection, prefix: str) -> int:
    return sum(taken for key, taken in selection.accepted.items() if key.startswith(prefix))


@pytest.mark.parametrize("rule", RULES)
def test_a_supply_on_the_margin_sets_the_price(rule: str) -> None:
    selection, prices = cleared(book([(10, 100), (10, 80), (10, 50), (5, 20)], [(8, 10), (8, 30), (8, 60), (8, 90)]))
    assert volume(selection, "b") == volume(selection, "s") == 20
    assert prices.price["A"] == 6000
    assert prices.interval["A"] == (6000, 6000)


@pytest.mark.parametrize("rule", RULES)
def test_b_a_partly_covered_need_sets_the_price(rule: str) -> None:
    selection, prices = cleared(book([(10, 100), (10, 50)], [(8, 10), (4, 30)]), rule)
    assert volume(selection, "b") == 12
    assert prices.price["A"] == 5000


def test_c_a_tie_of_volume_takes_the_earlier_bid_at_its_price() -> None:
    selection, prices = cleared(book([(10, 100)], [(5, 20), (5, 20), (5, 20)]))
    assert [selection.accepted[f"s{i}"] for i in range(3)] == [5, 5, 0]
    assert prices.price["A"] == 2000
    assert prices.interval["A"] == (2000, 2000)  # the bid left out is as cheap, so no other price supports it


@pytest.mark.parametrize(("point", "price"), [("activated", 2000), ("low", 2000), ("mid", 6000), ("high", 10_000)])
def test_d_an_open_interval_is_closed_by_the_stated_point(point: str, price: int) -> None:
    selection, prices = cleared(book([(10, 100)], [(10, 20)]), point=point)
    assert volume(selection, "b") == 10
    assert prices.interval["A"] == (2000, 10_000)
    assert prices.price["A"] == price


def blocks_problem() -> Problem:
    orders = (
        buy("d1", 50, 100, "1"), buy("d2", 50, 100, "2"),
        sell("s1", 30, 20, "1"), sell("s2", 40, 70, "1"), sell("s3", 60, 30, "2"),
        sell("k1", 20, 45, "1", minimum=20, block="k"), sell("k2", 20, 45, "2", minimum=20, block="k"),
    )  # fmt: skip
    return Problem(("1", "2"), orders)


@pytest.mark.parametrize(("point", "first"), [("low", 6000), ("mid", 6500), ("high", 7000)])
def test_e_a_block_is_taken_where_it_saves_and_is_paid_its_price_over_both_periods(point: str, first: int) -> None:
    problem = blocks_problem()
    selection, prices = cleared(problem, point=point)
    assert (selection.accepted["k1"], selection.accepted["k2"]) == (20, 20)
    cost = sum(o.price * selection.accepted[o.key] for o in problem.orders if o.supply and o.price)
    assert cost == 330_000
    assert prices.price == {"1": first, "2": 3000}


def zones_problem(capacity: int = 10) -> Problem:
    orders = (
        sell("a", 20, 50, "A"), sell("b-whole", 20, 60, "B", minimum=20), sell("b", 20, 90, "B"),
        buy("need", 25, None, "B"),
    )  # fmt: skip
    return Problem(("A", "B"), orders, (Border("A-B", "A", "B", capacity, capacity),))


@pytest.mark.parametrize(
    ("rule", "prices", "behind", "whole"),
    [
        ("dearest-activated", {"A": 6000, "B": 6000}, {"a": 15}, {}),
        ("divisible-margin", {"A": 5000, "B": 5000}, {}, {"b-whole": 1000}),
        ("split-areas", {"A": 5000, "B": 6000}, {}, {}),
    ],
)
def test_f_two_zones_with_an_indivisible_bid_on_the_margin(
    rule: str, prices: dict[str, int], behind: dict[str, int], whole: dict[str, int]
) -> None:
    selection, formed = cleared(zones_problem(), rule)
    assert {key: selection.accepted[key] for key in ("a", "b-whole", "b")} == {"a": 5, "b-whole": 20, "b": 0}
    assert selection.flows == {"A-B": 5}
    assert selection.welfare == -145_000
    assert (formed.price, formed.left_behind, formed.make_whole) == (prices, behind, whole)


def test_a_full_border_parts_the_prices() -> None:
    selection, prices = cleared(zones_problem(capacity=4))
    assert selection.accepted == {"a": 4, "b-whole": 20, "b": 1, "need": 25}
    assert prices.price == {"A": 5000, "B": 9000}


def test_an_inelastic_need_is_covered_before_welfare_counts() -> None:
    orders = (sell("cheap", 5, 10), sell("whole", 50, 14_000, minimum=50), buy("must", 8, None), buy("may", 60, 20))
    selection = select(Problem(("A",), orders))
    assert selection.accepted == {"cheap": 5, "whole": 50, "must": 8, "may": 47}


def test_opposite_needs_net_as_far_as_the_border_goes_without_bids() -> None:
    surplus = sell("surplus", 30, None, "B", kind=Kind.NEED)
    down = buy("down", 40, 20, "B", Kind.BID)
    orders = (sell("up", 40, 50), buy("short", 25, None), surplus, down)
    selection, prices = cleared(Problem(("A", "B"), orders, (Border("x", "A", "B", 10, 10),)))
    assert selection.flows == {"x": -10}
    assert selection.accepted == {"up": 15, "short": 25, "surplus": 30, "down": 20}
    assert prices.price == {"A": 5000, "B": 2000}


def test_a_tolerance_is_used_where_it_saves_and_never_netted() -> None:
    tolerance = buy("band", 5, None, kind=Kind.TOLERANCE)
    lumpy = (sell("whole", 13, 20, minimum=13), sell("fine", 20, 100), buy("need", 10, None), tolerance)
    assert select(Problem(("A",), lumpy)).accepted == {"whole": 13, "fine": 0, "need": 10, "band": 3}
    dear = (sell("fine", 20, 100), buy("need", 10, None), tolerance)
    assert select(Problem(("A",), dear)).accepted["band"] == 0
    surplus = sell("surplus", 12, -50, kind=Kind.NEED)  # would pay 50 to be rid of each MWh
    netted = select(Problem(("A",), (buy("need", 10, None), tolerance, surplus)))
    assert netted.accepted == {"need": 10, "band": 0, "surplus": 10}


def test_counter_activation_only_where_allowed() -> None:
    orders = (sell("up", 10, 20), buy("down", 10, 50, kind=Kind.BID))
    assert select(Problem(("A",), orders)).accepted == {"up": 10, "down": 10}
    assert select(Problem(("A",), orders, counter_activation=False)).accepted == {"up": 0, "down": 0}


def test_groups_hold() -> None:
    orders = (
        sell("x1", 10, 10),
        sell("x2", 20, 15),
        sell("m1", 10, 40, minimum=5),
        sell("m2", 10, 30),
        buy("n", 35, None),
    )
    exclusive = select(Problem(("A",), orders, exclusive=(("x1", "x2"),), ordered=(("m2", "m1"),)))
    assert exclusive.accepted == {"x1": 0, "x2": 20, "m2": 10, "m1": 5, "n": 35}
    small = (sell("m2", 10, 30, minimum=10), sell("m1", 5, 40), buy("n", 5, None))
    assert select(Problem(("A",), small, ordered=(("m2", "m1"),))).accepted["m1"] == 0  # the cheaper cannot be taken


@st.composite
def small_problems(draw: st.DrawFn) -> Problem:
    orders = []
    for i in range(draw(st.integers(1, 5))):
        quantity, node = draw(st.integers(1, 4)), draw(st.sampled_from("AB"))
        minimum = draw(st.sampled_from([0, 1, quantity]))
        orders.append(Order(f"o{i}", node, draw(st.booleans()), quantity, minimum, draw(st.integers(-9, 9)), Kind.BID))
    orders.append(
        Order(
            "n", "A", draw(st.booleans()), draw(st.integers(1, 5)), 0, draw(st.none() | st.integers(-9, 9)), Kind.NEED
        )
    )
    capacity = draw(st.integers(0, 3)), draw(st.integers(0, 3))
    return Problem(("A", "B"), tuple(orders), (Border("x", "A", "B", *capacity),))


def best_by_enumeration(problem: Problem) -> tuple[int, int]:
    """Try every choice: inelastic MW covered, then welfare."""
    border, best = problem.borders[0], (-1, 0)
    choices = [[0, *range(max(o.minimum, 1), o.quantity + 1)] for o in problem.orders]
    for taken in itertools.product(*choices):
        surplus = dict.fromkeys(problem.nodes, 0)
        for order, quantity in zip(problem.orders, taken, strict=True):
            surplus[order.node] += quantity if order.supply else -quantity
        if sum(surplus.values()) == 0 and -border.backward <= surplus["A"] <= border.forward:
            must = sum(q for o, q in zip(problem.orders, taken, strict=True) if o.is_inelastic)
            signs = [(-1 if o.supply else 1) * (o.price or 0) for o in problem.orders]
            best = max(best, (must, sum(s * q for s, q in zip(signs, taken, strict=True))))
    return best


@settings(max_examples=60, deadline=None)
@given(small_problems())
def test_selection_is_the_best_of_all_choices(problem: Problem) -> None:
    selection = select(problem)
    must = sum(selection.accepted[o.key] for o in problem.orders if o.is_inelastic)
    assert (must, selection.welfare) == best_by_enumeration(problem)


@settings(max_examples=40, deadline=None)
@given(small_problems())
def test_each_rule_protects_whom_it_promises_to(problem: Problem) -> None:
    """Divisible bids alone have a supporting price, whatever the rule; else only what the rule names gives way."""
    divisible = Problem(
        problem.nodes,
        tuple(Order(o.key, o.node, o.supply, o.quantity, 0, o.price, o.kind) for o in problem.orders),
        problem.borders,
    )
    selection = select(divisible)
    for rule in RULES:
        prices = form_prices(divisible, selection, rule, "mid", LIMIT)
        assert not prices.left_behind
        assert not prices.make_whole


@settings(max_examples=10, deadline=None)
@given(st.lists(st.tuples(st.integers(5, 40), st.integers(4000, 4100)), min_size=25, max_size=25), st.integers(60, 300))
def test_many_indivisible_bids_of_nearly_one_price_are_packed_at_least_cost(
    bids: list[tuple[int, int]], quantity: int
) -> None:
    offers = [
        Order(f"o{i}", "A", supply=True, quantity=q, minimum=q, price=p, kind=Kind.BID) for i, (q, p) in enumerate(bids)
    ]
    selection = select(Problem(("A",), (*offers, buy("need", quantity, None))))
    least = {0: 0}  # cost by MW, the packing done by dynamic programming
    for size, price in bids:
        for taken, cost in list(least.items()):
            if taken + size <= quantity:
                least[taken + size] = min(least.get(taken + size, 1 << 60), cost + size * price)
    covered = max(least)
    assert (selection.accepted["need"], selection.welfare) == (covered, -least[covered])


def test_an_indivisible_bid_that_does_not_fit_is_not_left_behind() -> None:
    problem = Problem(("A",), (sell("whole", 30, 20, minimum=30), sell("fine", 10, 50), buy("need", 10, None)))
    selection, prices = cleared(problem)
    assert selection.accepted == {"whole": 0, "fine": 10, "need": 10}
    assert (prices.price, prices.left_behind) == ({"A": 5000}, {})
    partly = Problem(("A",), (sell("cheap", 10, 10), sell("lumpy", 9, 20, minimum=6), buy("need", 16, None)))
    selection, prices = cleared(partly, "divisible-margin")
    assert selection.accepted["lumpy"] == 6
    assert prices.price == {"A": 2000}  # more of it could be had, so a higher price would leave it behind


def test_needs_alone_have_a_price_between_the_bids_that_were_not_needed() -> None:
    surplus = sell("surplus", 5, None, kind=Kind.NEED)
    down = buy("down", 10, 10, kind=Kind.BID)
    selection, prices = cleared(
        Problem(("A",), (sell("up", 10, 50), down, buy("short", 5, None), surplus)), point="mid"
    )
    assert selection.accepted == {"up": 0, "down": 0, "short": 5, "surplus": 5}
    assert (prices.interval, prices.price) == ({"A": (1000, 5000)}, {"A": 3000})
    bare, prices = cleared(Problem(("A",), (buy("short", 5, None), surplus)))
    assert bare.accepted == {"short": 5, "surplus": 5}
    assert prices.price == {"A": 0}
