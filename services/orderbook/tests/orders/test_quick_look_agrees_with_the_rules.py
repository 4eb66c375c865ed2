"""The quick look at an order of good standing says what all rules say, whatever its numbers are and happened before."""

from __future__ import annotations

import random
from collections import Counter

from flexbourse_core.rejection import Rejection
from flexbourse_core.values import replace
from flexbourse_orderbook.domain.book import AreaBook
from flexbourse_orderbook.domain.entry.admission import RULES, refuse
from flexbourse_orderbook.domain.entry.application import Application, apply_for, standing_seat
from flexbourse_orderbook.domain.entry.clearance import clear_of
from flexbourse_orderbook.domain.entry.collateral import Allotment
from flexbourse_orderbook.domain.entry.covered_orders import collateral_of
from flexbourse_orderbook.domain.grid.lights import Now
from flexbourse_orderbook.domain.orders import ExecutionInstructions, FillRule, NewOrder, Product, Side
from flexbourse_orderbook.domain.phases.table import Phase
from flexbourse_orderbook.domain.registry_state import Enrolment, EnrolmentRule, PriceCollar
from flexbourse_orderbook.domain.safeguards.events import KillSwitchSet
from flexbourse_orderbook.replay.world import AREA, DELIVERY, ReplayWorld

PARTIES, MARKETS = ("anna", "bert"), ("one", "two")
COLLAR = PriceCollar(int(Product.LOCAL_ENERGY), 5_000, 60, 30, 0)


def world(seed: int) -> ReplayWorld:
    """Return two markets with every limit set so that drawn orders meet it."""
    found = ReplayWorld(None)
    found.state.now = Now(1_000)
    for name in MARKETS:
        ruled = replace(
            found.market(name), collateral_required=True, price_collars=(COLLAR,) if seed % 2 else (),
            max_open_orders=4, orders_per_second=40, order_burst=30, free_orders=60, max_orders_per_trade=4,
            quantity_step_w=100, min_quantity_w=200, max_quantity_w=5_000, min_price_ticks=4_920, max_price_ticks=5_080,
            enrolment=EnrolmentRule.SELF if name == "two" and seed % 3 else EnrolmentRule.UNSPECIFIED,
        )  # fmt: skip
        found.registry.put(ruled)
    for party in PARTIES:
        found.unit(party, "", buys=True)
        found.state.collateral.adopt(Allotment(party, 0, 1, 300_000, 300_000, 0))
    return found


def drawn(draw: random.Random, here: ReplayWorld, number: int) -> tuple[str, NewOrder]:
    """Return an order that is nearly good: what is wrong with it is one number, or comes of what was before."""
    party, side = draw.choice(PARTIES), draw.choice((Side.BUY, Side.SELL))
    unit = here.unit(party, "", buys=side is Side.BUY)
    name = draw.choice([str(number)] * 20 + ["", "x" * 65, "a b", str(max(0, number - 3))])
    quantity = draw.choice([100 * draw.randint(2, 9)] * 20 + [0, -100, 100, 250, 5_100])
    price = draw.choice([5_000 + draw.randint(-25, 25)] * 20 + [4_900, 5_100, 4_930, 5_070])
    order = NewOrder(
        name, draw.choice(MARKETS), Product.LOCAL_ENERGY, side, DELIVERY, unit, "", "", quantity, price,
        draw.choice([FillRule.NORMAL] * 9 + [FillRule.FILL_AND_KILL]),
    )  # fmt: skip
    return party, replace(order, instructions=ExecutionInstructions()) if draw.random() < 0.02 else order


def happens(draw: random.Random, here: ReplayWorld) -> None:
    """Let something happen that a standing says nothing about, or that ends it; most of the time all is well."""
    state, well = here.state, draw.random() < 0.7
    state.now = Now(state.now.at_ms + draw.randrange(3_000))
    state.halted_reason = "" if well or draw.random() < 0.7 else "a test"
    changes = draw.random() < 0.4
    for party in PARTIES:
        engaged = not well and draw.random() < 0.3
        state.safeguards.set(KillSwitchSet(AREA, party, engaged, by_operator=True, reason="a test", party="operator"))
        if changes:
            here.registry.put(replace(here.registry.participants[party], active=well or draw.random() < 0.7))
            here.registry.put(Enrolment(party, "two", party, active=draw.random() < 0.5))
    for name in MARKETS:
        phase = Phase.CONTINUOUS if well or draw.random() < 0.7 else Phase.HALTED
        state.period(DELIVERY).phases[name].enter(phase)
        if changes:
            here.registry.put(replace(here.registry.markets[name], active=well or draw.random() < 0.7))


def first_broken(a: Application) -> Rejection | None:
    """Return what the rules say, each of them asked."""
    return next((refusal for rule in RULES if (refusal := rule(a)) is not None), None)


def run(seed: int, seen: Counter[str]) -> None:
    """Let a flow of orders come, and count what is said of those whose names have a standing."""
    draw, here = random.Random(seed), world(seed)
    book = AreaBook(here.state)
    for number in range(1_000):
        if draw.random() < 0.05:
            happens(draw, here)
        if draw.random() < 0.3 and here.state.orders:
            resting = here.state.orders[draw.choice(list(here.state.orders))].terms
            book.cancel(resting.party, resting.order_id)
        party, order = drawn(draw, here, number)
        a = apply_for(here.state, party, order)
        said, period = first_broken(a), here.state.period(DELIVERY)
        own = period.books.get((order.market_id, order.product))
        stands = own is not None and standing_seat(here.state, period, own, party, order) is not None
        entered, _, seat, collateral = clear_of(here.state, party, order)
        assert refuse(a) == said
        if stands:
            assert (seat is not None) == (said is None), (said, a.order)
            seen["clear" if said is None else said.code.name] += 1
        else:
            assert seat is None
        if seat is not None:
            standing, of_book = seat.standing, own.standing
            assert (entered, seat.party, seat.side, of_book.market) == (a.period, party, order.side, a.market)
            assert (standing.metering_point, standing.unit) == (a.metering_point, a.unit)
            assert (standing.basis, standing.moves, collateral) == (a.basis, a.moves, collateral_of(a))
        book.begin()
        book.submit(party, order)
        book.take_events()


def test_it_agrees() -> None:
    seen = Counter[str]()
    for seed in range(6):
        run(seed, seen)
    assert seen["clear"] > 500
    assert {
        "AREA_HALTED", "BOOK_HALTED", "COLLATERAL_INSUFFICIENT", "DUPLICATE_CLIENT_ORDER_ID", "FIELD_MALFORMED",
        "ORDER_TO_TRADE_RATIO", "PARTY_STOPPED", "PRICE_COLLAR", "PRICE_OFF_TICK", "QUANTITY_OFF_STEP",
        "QUANTITY_OUT_OF_RANGE", "RATE_LIMITED", "TOO_MANY_OPEN_ORDERS",
    } <= set(seen), seen  # fmt: skip
