"""Offers to curves, awards to offers, revisions; by rule, and against the running simulator."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from simulated_exchange import START_S, SimulatedExchange, connected

from flexbourse_core.market_time import Mtu, mtus_of_day
from flexbourse_core.rejection import Code
from flexbourse_wholesale_gateway.adapters.okte_auction import MAX_ORDERS, OkteAuction
from flexbourse_wholesale_gateway.adapters.okte_requests import OkteRequests
from flexbourse_wholesale_gateway.domain.day_ahead.curves import (
    MAX_STEPS,
    Curve,
    build_curves,
    entry_closes_s,
    split_award,
)
from flexbourse_wholesale_gateway.domain.day_ahead.state import CurveLevel, CurveSent
from flexbourse_wholesale_gateway.domain.external_orders.deciding import Outcome
from flexbourse_wholesale_gateway.domain.external_orders.order import client_order_id
from flexbourse_wholesale_gateway.domain.lots.pooling import ExchangeRules, ForwardableOrder, Side

ZONE = "Europe/Bratislava"
TOMORROW = date(2026, 1, 16)
NOON = mtus_of_day(TOMORROW, ZONE)[48]
RULES = ExchangeRules()


def offer(order_id: str, watts: int, limit: int, mtu: Mtu = NOON, side: Side = Side.SELL) -> ForwardableOrder:
    """Return an offer for tomorrow."""
    return ForwardableOrder(
        order_id=order_id, participant_id="p", unit_id="u", node_id="n", feeder_id="f", area_id="a", mtu=mtu,
        side=side, open_w=watts, limit_ticks=limit,
    )  # fmt: skip


def sent(one: Curve) -> CurveSent:
    """Return a curve as it is sent."""
    steps = tuple(CurveLevel(step.price_ticks, step.quantity_w) for step in one.steps)
    return CurveSent("", one.mtu, one.side, steps)


def curve(*offers: ForwardableOrder) -> Curve:
    """Return the one curve of offers."""
    (found,) = build_curves(offers, RULES, ZONE, START_S).curves
    return found


@pytest.mark.parametrize(
    ("day", "closes_utc_hour", "mtus"), [(date(2026, 1, 16), 10.5, 96), (date(2026, 3, 29), 10.5, 92),
                                         (date(2026, 3, 30), 9.5, 96), (date(2026, 10, 25), 9.5, 100)],
)  # fmt: skip
def test_entry_closes_at_half_past_eleven_on_the_local_clock(day: date, closes_utc_hour: float, mtus: int) -> None:
    found = mtus_of_day(day, ZONE)
    assert len(found) == mtus
    closes = {entry_closes_s(mtu, ZONE) for mtu in found}
    assert {(second % 86_400) / 3600 for second in closes} == {closes_utc_hour}
    plan = build_curves([offer(str(mtu.start_s), 100_000, 5, mtu) for mtu in found], RULES, ZONE, min(closes) - 1)
    assert [step.mtu for step in plan.curves] == found


def test_what_is_late_stays_local() -> None:
    plan = build_curves([offer("1", 100_000, 5)], RULES, ZONE, entry_closes_s(NOON, ZONE))
    assert (plan.curves, plan.remainder_w) == ((), {"1": 100_000})
    assert [rejection.code for rejection in plan.rejections] == [Code.GATE_CLOSED]


def test_steps_are_best_price_first_on_either_side() -> None:
    sale = curve(offer("1", 100_000, 90), offer("2", 250_000, 10))
    assert [(step.price_ticks, step.quantity_w) for step in sale.steps] == [(10, 200_000), (90, 100_000)]
    purchase = curve(offer("1", 100_000, 90, side=Side.BUY), offer("2", 100_000, 10, side=Side.BUY))
    assert [step.price_ticks for step in purchase.steps] == [90, 10]


def test_steps_beyond_the_exchanges_number_stay_local() -> None:
    plan = build_curves([offer(f"{n:03}", 100_000, n) for n in range(MAX_STEPS + 2)], RULES, ZONE, START_S)
    assert len(plan.curves[0].steps) == MAX_STEPS
    assert plan.remainder_w == {"200": 100_000, "201": 100_000}


@given(st.lists(st.tuples(st.integers(1, 300_000), st.integers(0, 5_000)), min_size=1, max_size=12), st.data())
def test_an_award_is_split_exactly_best_offers_first(parts: list[tuple[int, int]], data: st.DataObject) -> None:
    offers = [offer(str(n), watts, limit) for n, (watts, limit) in enumerate(parts)]
    for one in build_curves(offers, RULES, ZONE, START_S).curves:
        awarded = data.draw(st.integers(0, one.quantity_w))
        shares = split_award(one, awarded)
        assert sum(shares.values()) == awarded
        assert all(shares.get(o.order_id, 0) <= o.open_w for o in offers)
        before = 0
        for step in one.steps:
            if before + step.quantity_w <= awarded:
                assert all(shares[m.order.order_id] >= m.quantity_w for m in step.members)
            before += step.quantity_w


def test_more_than_was_offered_is_not_split() -> None:
    with pytest.raises(ValueError, match="awarded"):
        split_award(curve(offer("1", 100_000, 5)), 100_001)


@pytest.fixture
def exchange() -> Iterator[SimulatedExchange]:
    """Start a simulator of its own."""
    running = SimulatedExchange(START_S)
    yield running
    running.stop()


def buy_tomorrow(exchange: SimulatedExchange, megawatts: float, price: float) -> None:
    """Let the other member bid for tomorrow's noon."""
    order = {
        "type": "curve", "direction": "buy", "deliveryStart": "2026-01-16T11:00:00Z",
        "deliveryEnd": "2026-01-16T11:15:00Z", "steps": [{"price": price, "quantity": megawatts}],
    }  # fmt: skip
    document = {"groupIndication": "rejectAll", "deliveryDay": TOMORROW.isoformat(), "orders": [order]}
    exchange.as_user("bob:b", "POST", "/api/v1/dam/orders", document)


def test_curves_are_submitted_awarded_and_split(exchange: SimulatedExchange) -> None:
    sale, key = curve(offer("1", 200_000, 1_000), offer("2", 300_000, 2_000)), client_order_id("dam-1")
    buy_tomorrow(exchange, 0.4, 60)

    async def run() -> None:
        async with connected(exchange) as (_, pauses, session):
            auction = OkteAuction(OkteRequests(session, exchange.url, pauses))
            assert (await auction.submit(1, TOMORROW, {key: sent(sale)}))[key].outcome is Outcome.DONE
            assert await auction.submitted(TOMORROW) == {key}
            assert await auction.awards(TOMORROW) == (0, False, [])
            again = await auction.submit(2, TOMORROW, {key: sent(sale), "other": sent(sale)})
            assert [again[key].outcome, again["other"].outcome] == [Outcome.KNOWN, Outcome.DONE]
            await asyncio.to_thread(exchange.operator, "clock", {"now": "2026-01-15T11:45:00Z"})
            revision, is_final, awards = await auction.awards(TOMORROW)
            assert (revision, is_final) == (1, False)
            assert sum(award.quantity_w for award in awards) == 400_000
            mine = next(award for award in awards if award.client_order_id == key)
            assert split_award(sale, mine.quantity_w) == {"1": 200_000}
            closed = await auction.submit(3, TOMORROW, {"late": sent(sale)})
            assert closed["late"].outcome is Outcome.REFUSED

    asyncio.run(run())


def test_a_submission_without_an_answer_is_looked_up(exchange: SimulatedExchange) -> None:
    exchange.fault("swallow", method="POST", path="/api/v1/dam/orders")

    async def run() -> None:
        async with connected(exchange) as (_, pauses, session):
            auction = OkteAuction(OkteRequests(session, exchange.url, pauses))
            answers = await auction.submit(1, TOMORROW, {"k": sent(curve(offer("1", 100_000, 5)))})
            assert answers["k"].outcome is Outcome.NO_ANSWER
            assert await auction.submitted(TOMORROW) == {"k"}
            with pytest.raises(ValueError, match="curves"):
                await auction.submit(
                    1, TOMORROW, {str(n): sent(curve(offer("1", 100_000, 5))) for n in range(MAX_ORDERS + 1)}
                )

    asyncio.run(run())
