"""Concurrent claims of DSO, TSO, wholesale and the local market, against a naive count from the events alone."""

from __future__ import annotations

import os
from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import Any

from activation_world import AREA, DOWN, NOON_S, UP, World, activation_of, offer_of, window
from headroom_book import NOT_NOW, too_much
from hypothesis import given, settings
from hypothesis import strategies as st

from flexbourse_activation.domain import commands as c
from flexbourse_activation.domain.activations.instructing import InstructionFact
from flexbourse_activation.domain.activations.operating import ORDERED
from flexbourse_activation.domain.answering import SettledFact, ShortFact
from flexbourse_activation.domain.claims.guard import amount_w
from flexbourse_activation.domain.claims.headroom import HeadroomState, needs_headroom
from flexbourse_activation.domain.events import ClaimDenied, ClaimMade, ClaimReduced, OfferPlaced, OfferWithdrawn
from flexbourse_activation.domain.life import ActivationState
from flexbourse_activation.domain.registry_state import Portfolio, RightToOffer
from flexbourse_activation.domain.terms import Claimant, Direction, Purpose
from flexbourse_core.market_time import Mtu
from flexbourse_core.rejection import Code

EXAMPLES = 1_500 if os.environ.get("FLEXBOURSE_LONG") else 120
UNITS = ("unit-a1", "unit-a2", "unit-b1")
SPAN_W = 20_000
PERIODS = 2
POOLS = {"pool": ("unit-a1", "unit-a2", "unit-b1"), "other": ("unit-a2", "unit-b1")}

units = st.sampled_from(UNITS)
directions = st.sampled_from((UP, DOWN))
quantities = st.integers(1, 15_000)
parts = st.tuples(st.integers(0, PERIODS - 1), st.integers(1, PERIODS)).map(
    lambda pair: window(pair[0], min(pair[1], PERIODS - pair[0]))
)
NAMES = [f"{unit}.{side}" for unit in (*UNITS, *POOLS) for side in ("UP", "UP.more", "DOWN")]
offers = st.sampled_from(NAMES)
buyers = st.sampled_from(("dso", "tso", "brp", "bsp"))
moves = st.one_of(
    st.tuples(st.just("offer"), offers, quantities, parts),
    st.tuples(st.just("activate"), offers, quantities, parts, buyers),
    st.tuples(st.just("reserve"), offers, quantities, parts, buyers),
    st.tuples(st.just("forward"), offers, quantities, parts),
    st.tuples(
        st.just("trade"), units, directions, quantities, st.integers(0, PERIODS - 1), st.sampled_from(("", "dso"))
    ),
    st.tuples(st.just("sell"), st.integers(0, 2), units, st.integers(-15_000, 15_000)),
    st.tuples(st.just("curtail"), st.integers(0, 20), st.integers(0, 10_000)),
    st.tuples(st.just("override"), units, directions, quantities, parts),
    st.tuples(st.just("end"), st.integers(0, 20)),
    st.tuples(st.just("reduce"), st.integers(0, 20), st.integers(0, 10_000)),
    st.tuples(st.just("withdraw"), offers),
    st.tuples(st.just("right"), units, st.booleans()),
    st.tuples(st.just("pool"), st.sets(units, min_size=1)),
    st.tuples(st.just("mood"), st.sampled_from(("takes", "refuses", "limits", "does not know", "is silent"))),
    st.tuples(st.just("lose"), st.integers(0, 20)),
    st.tuples(st.just("short"), st.integers(0, PERIODS - 1)),
    st.tuples(st.just("pass"), st.sampled_from((60, 900, 36_000, 41_400, 42_300))),
    st.tuples(st.just("acknowledge"), st.integers(0, 20)),
    st.tuples(st.just("gateway"), offers, quantities, parts),
)
MOODS: dict[str, Any] = {
    "takes": lambda _own: None,
    "refuses": lambda _own: too_much(headroom_w=0),
    "limits": lambda own: too_much(headroom_w=own.changes[0].p_w // 2) if own.asked < 2 else None,
    "does not know": lambda _own: NOT_NOW,
}
PURPOSES = {"dso": Purpose.CONGESTION, "tso": Purpose.BALANCING, "brp": Purpose.COMMERCIAL, "bsp": Purpose.BALANCING}


def play(world: World, move: tuple[Any, ...], number: int) -> None:
    """Send what a move says; refusals are as good as successes."""
    kind, *rest = move
    PLAYS[kind](world, f"n{number}", *rest)


def offer(world: World, _name: str, offer_id: str, quantity: int, own: Any) -> None:
    """Offer a unit or a portfolio; the id of the offer says which, and in which direction."""
    resource, side, *_ = offer_id.split(".")
    more = {"portfolio": resource} if resource in POOLS else {}
    world.send(offer_of(offer_id, "" if more else resource, Direction[side], quantity, own=own, **more), "agr")


def activate(world: World, name: str, offer_id: str, quantity: int, own: Any, party: str) -> None:
    """Activate part of an offer."""
    terms = activation_of(name, offer_id=offer_id, quantity_w=quantity, own=own, purpose=PURPOSES[party])
    world.send(terms, party)


def reserve(world: World, name: str, offer_id: str, quantity: int, own: Any, party: str) -> None:
    """Reserve part of an offer."""
    world.reserve(name, offer_id, quantity, party, own=own, purpose=PURPOSES[party])


def trade(world: World, name: str, unit: str, direction: Direction, quantity: int, first: int, by: str) -> None:
    """Trade in the order book."""
    world.trade(name, unit, direction.sign * quantity, first=first, by=by)


def sell(world: World, _name: str, result: int, unit: str, sold: int) -> None:
    """Have a result come in, or a version that takes its place; a result runs over a half-hour, or part of one."""
    own = (window(0, 1), window(1, 1), window(0, 2))[result]
    world.sell_outside(f"r{result}", unit, sold, own)


def override(world: World, name: str, unit: str, direction: Direction, quantity: int, own: Any) -> None:
    """Override at a red light."""
    world.override(name, unit, direction, quantity, own=own)


def end(world: World, _name: str, other: int) -> None:
    """End whatever has a number."""
    for party in PURPOSES:
        world.send(c.EndActivation(f"n{other}", ""), party)
        world.send(c.ReleaseReservation(f"n{other}", ""), party)


def mood(world: World, _name: str, kind: str) -> None:
    """Have the order book answer otherwise from now on; what it did not answer while it was silent it answers now."""
    world.book.silent = kind not in MOODS
    world.book.verdict = MOODS.get(kind, world.book.verdict)


def lose(world: World, _name: str, other: int) -> None:
    """Have the order book give something up that it holds."""
    held = sorted(world.book.held)
    if held:
        number = held[other % len(held)]
        del world.book.held[number]
        world.fact(SettledFact(AREA, number, confirmed=False, reason="topology"))


def short(world: World, _name: str, first: int) -> None:
    """Have the grid be tightened."""
    start = window(first).start_s
    numbers = tuple(sorted(number for number, own in world.book.held.items() if own.mtu.start_s == start))
    world.fact(ShortFact(AREA, Mtu(start, 900), numbers, "left", "limits"))


def acknowledge(world: World, _name: str, other: int) -> None:
    """Have the units' operator take an order."""
    for order in world.orders(f"n{other}")[-1:]:
        world.send(c.AcknowledgeOrder(f"n{other}", order.revision, accepted=True, reason=""), "agr")


PLAYS: dict[str, Any] = {
    "mood": mood,
    "lose": lose,
    "short": short,
    "pass": lambda world, _name, seconds: world.time(world.now_ms // 1000 + seconds),
    "acknowledge": acknowledge,
    "gateway": lambda world, name, offer_id, quantity, own: world.fact(
        InstructionFact(name, AREA, "bsp", c.ClaimTerms(name, offer_id, own, quantity))
    ),
    "offer": offer,
    "activate": activate,
    "reserve": reserve,
    "trade": trade,
    "sell": sell,
    "override": override,
    "end": end,
    "forward": lambda world, name, offer_id, quantity, own: world.send(
        c.ClaimTerms(name, offer_id, own, quantity), "bsp"
    ),
    "curtail": lambda world, _name, other, left: world.curtail(f"n{other}", left),
    "reduce": lambda world, _name, other, left: world.send(c.ReduceClaim(f"n{other}", left, ""), "bsp"),
    "right": lambda world, _name, unit, revoked: world.fact(
        RightToOffer(f"right-{unit}", unit, "agr", 0, 10**10, revoked=revoked)
    ),
    "pool": lambda world, _name, held: world.fact(Portfolio("pool", "agr", tuple(sorted(held)))),
    "withdraw": lambda world, _name, offer_id: world.send(c.WithdrawOffer(offer_id), "agr"),
}


@dataclass
class Count:
    """What events alone say: offers that stand, what is claimed by unit, quarter-hour, direction and kind."""

    standing: dict[str, Any] = field(default_factory=dict)
    claims: dict[str, Any] = field(default_factory=dict)
    totals: dict[tuple[str, int], Any] = field(default_factory=dict)
    sums: dict[tuple[str, int, Direction], dict[str, int]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(int))
    )
    operators: set[tuple[str, int, Direction]] = field(default_factory=set)


def count(events: list[Any]) -> Count:
    """Count again; totals are taken from the events, sums from the claims."""
    found = Count()
    for event in events:
        if isinstance(event, ClaimMade):
            found.claims[event.claim.claim_id] = event.claim
        elif isinstance(event, ClaimReduced):
            found.claims[event.claim_id] = replace(found.claims[event.claim_id], shares=event.shares)
        elif isinstance(event, OfferPlaced):
            found.standing[event.offer.terms.offer_id] = event.offer
        elif isinstance(event, OfferWithdrawn):
            del found.standing[event.offer_id]
        for total in getattr(event, "totals", ()):
            before = found.totals.get((total.unit_id, total.mtu.start_s))
            assert total.revision == (before.revision if before else 0) + 1
            found.totals[total.unit_id, total.mtu.start_s] = total
    for claim in found.claims.values():
        add(found, claim)
    return found


def add(found: Count, claim: Any) -> None:
    """Add up a claim."""
    kind = "offered" if claim.offer_id else "traded" if claim.trade_id else "overridden"
    for share in claim.shares:
        for start, quantity in zip(claim.window.starts(), share.quantities_w, strict=True):
            key = share.unit_id, start, claim.direction
            found.sums[key][kind] += quantity
            if quantity and claim.claimant in (Claimant.DSO, Claimant.TSO):
                found.operators.add(key)


def check(world: World) -> None:
    """Compare a count from the events alone with both rules and with the totals."""
    found = count(world.events)
    for (unit, start, direction), by_kind in list(found.sums.items()):
        whole, total = sum(by_kind.values()), found.totals.get((unit, start))
        assert whole == ((total.up_w if direction is UP else total.down_w) if total else 0)
        offered = bound(found.standing, unit, start, direction)
        assert whole <= max(offered, whole - by_kind["offered"]), (unit, start)
        opposite = sum(found.sums[unit, start, direction.opposite].values())
        assert not (whole and opposite and (unit, start, direction) in found.operators), (unit, start)
    for portfolio in POOLS:
        for start in window(0, PERIODS).starts():
            for direction in (UP, DOWN):
                behind = members_of(found.standing, portfolio, start, direction)
                per_unit = [found.sums[unit, start, direction] for unit in behind]
                check_portfolio(found.standing, per_unit, portfolio, start, direction)


def covers(offer: Any, start: int, direction: Direction) -> bool:
    """Tell whether an offer stands in a quarter-hour and direction."""
    return offer.terms.direction is direction and offer.terms.window.start_s <= start < offer.terms.window.end_s


def bound(standing: dict[str, Any], unit: str, start: int, direction: Direction) -> int:
    """Return what a unit offers."""
    found = [offer for offer in standing.values() if covers(offer, start, direction)]
    own = sum(offer.terms.quantity_w for offer in found if offer.terms.unit_id == unit)
    pooled = any(offer.terms.portfolio_id and unit in {own.unit_id for own in offer.members} for offer in found)
    return own or (SPAN_W if pooled else 0)


def members_of(standing: dict[str, Any], portfolio: str, start: int, direction: Direction) -> set[str]:
    """Return the units behind a portfolio's offers, as it was when they were made."""
    found = [offer for offer in standing.values() if covers(offer, start, direction)]
    return {member.unit_id for offer in found if offer.terms.portfolio_id == portfolio for member in offer.members}


def check_portfolio(
    standing: dict[str, Any], per_unit: list[dict[str, int]], portfolio: str, start: int, direction: Direction
) -> None:
    """A portfolio's units are claimed no more than the portfolio offers, but for overrides, which are on no offer."""
    found = [offer.terms for offer in standing.values() if covers(offer, start, direction)]
    offered = sum(terms.quantity_w for terms in found if terms.portfolio_id == portfolio)
    claimed = sum(unit.get("offered", 0) for unit in per_unit)
    traded = sum(unit.get("traded", 0) for unit in per_unit)
    assert not offered or claimed + traded <= max(offered, traded), (portfolio, start, direction)


def pooled() -> World:
    """Return a world with two portfolios that have units in common."""
    world = World()
    for name, members in POOLS.items():
        world.fact(Portfolio(name, "agr", members))
    return world


def check_headroom(world: World) -> None:
    """Nothing is claimed of a quarter-hour to come without headroom for it, and nothing is held for no claim."""
    state = world.shard.desks[AREA].state
    for claim in state.guard.claims.values():
        for place, start in enumerate(claim.window.starts()):
            if start * 1000 <= world.now_ms or not needs_headroom(claim):
                continue
            own = state.headroom.of(claim.claim_id, start)
            claimed = sum(share.quantities_w[place] for share in claim.shares)
            found = own.changes if own is not None and own.state is not HeadroomState.NONE else ()
            assert sum(change.p_w for change in found) == claim.direction.sign * claimed, (claim.claim_id, start)
    held = {own.number for own in state.headroom.all() if own.state in (HeadroomState.HELD, HeadroomState.CONFIRMING)}
    if not world.book.unanswered:
        alive = {number for number, own in world.book.held.items() if own.mtu.end_s * 1000 > world.now_ms}
        assert held == alive


def check_outside(world: World) -> None:
    """A result claims no more of a quarter-hour that is not over than its newest version sells."""
    claims = list(world.shard.desks[AREA].state.guard.claims.values())
    for (name, unit), versions in world.sold.items():
        own = [claim for claim in claims if f"{claim.claim_id}/".startswith(f"external/okte/{name}/{unit}/")]
        for start in window(0, PERIODS).starts():
            for direction in (UP, DOWN):
                amounts = [amount_w(claim, unit, start) for claim in own if claim.direction is direction]
                if (start + 900) * 1000 > world.now_ms:
                    assert sum(amounts) <= max(0, direction.sign * versions[-1]), (name, unit, start)


def check_orders(world: World) -> None:
    """Nobody is told to deliver what the order book does not hold; what is cut later is asked for anew meanwhile."""
    state = world.shard.desks[AREA].state
    for own in state.activations.values():
        claim = state.guard.claims[own.claim_id]
        if not needs_headroom(claim) or own.state not in (*ORDERED, ActivationState.GRANTED):
            continue
        for place, start in enumerate(own.window.starts()):
            held = state.headroom.of(own.claim_id, start)
            if start * 1000 > world.now_ms and any(share.quantities_w[place] for share in own.shares):
                assert held is not None
                asked = (HeadroomState.ASKED, HeadroomState.WAITING) if own.state in ORDERED else ()
                assert held.state in (HeadroomState.HELD, *asked), (own.activation_id, start)


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.lists(moves, min_size=25, max_size=45))
def test_no_sequence_of_claims_counts_a_kilowatt_twice(sequence: list[tuple[Any, ...]]) -> None:
    world = pooled()
    for zone in ("left", "right"):
        world.light(zone, count=PERIODS)
    for number, name in enumerate(NAMES):
        play(world, ("offer", name, 4_000 + 1_000 * (number % 5), window(0, PERIODS)), 900 + number)
    for number, move in enumerate(sequence):
        play(world, move, number)
        check_orders(world)
        check_outside(world)
    check(world)
    check_headroom(world)
    mood(world, "", "takes")
    world.time(world.now_ms // 1000 + 1)
    check(world)
    check_headroom(world)


def test_portfolios_hide_no_unit_from_each_other() -> None:
    """Two portfolios with a unit in common offer it only once."""
    world = pooled()
    world.offer("p", portfolio="pool", quantity=60_000)
    world.offer("q", portfolio="other", quantity=40_000)
    assert world.activate("first", "p", 45_000) == []
    (problem,) = world.activate("second", "q", 10_001, party="tso")
    assert (problem.code, problem.headroom_w) == (Code.CLAIM_EXCEEDS_OFFER, 10_000)
    assert world.activate("second", "q", 10_000, party="tso") == []
    assert [world.claimed(unit) for unit in UNITS] == [15_000, 20_000, 20_000]


def test_a_portfolio_takes_no_more_of_another_than_that_offers() -> None:
    """`other` offers 6 kW of its two units together; `pool` has three units, and may have 6 kW of those two."""
    world = pooled()
    world.offer("p", portfolio="pool", quantity=60_000)
    world.offer("q", portfolio="other", quantity=6_000)
    (problem,) = world.activate("all", "p", 26_001)
    assert problem.code is Code.CLAIM_EXCEEDS_OFFER
    (problem,) = world.activate("all", "p", 20_000)  # in proportion the two would give 7.5 kW together
    assert (problem.code, problem.element, problem.limit) == (Code.CLAIM_EXCEEDS_OFFER, "other", 6_000)
    assert world.activate("all", "p", 16_000) == []


def test_no_operator_activation_stands_against_another_claim() -> None:
    world = World()
    world.offer("up", "unit-a1")
    world.offer("down", "unit-a1", DOWN)
    assert world.activate("tso-up", "up", 1_000, "tso") == []
    (problem,) = world.activate("dso-down", "down", 1_000)
    assert (problem.code, problem.element) == (Code.OPPOSES_CLAIM, "unit-a1")
    commercial = {"purpose": Purpose.COMMERCIAL}
    assert [p.code for p in world.activate("brp-down", "down", 1_000, "brp", **commercial)] == [Code.OPPOSES_CLAIM]
    assert world.activate("later", "down", 1_000, own=window(2)) == []  # another quarter-hour


def test_commercial_claims_may_oppose_each_other() -> None:
    world = World()
    world.offer("up", "unit-a1")
    world.offer("down", "unit-a1", DOWN)
    assert world.activate("one", "up", 1_000, "brp", purpose=Purpose.COMMERCIAL) == []
    assert world.activate("two", "down", 1_000, "agr", purpose=Purpose.COMMERCIAL) == []


def test_a_trade_takes_only_what_operators_left() -> None:
    world = World()
    world.offer("up", "unit-a1")
    assert world.reserve("res", "up", 8_000) == []
    world.trade("t1", "unit-a1", 5_000)
    (denied,) = world.of(ClaimDenied)
    assert (denied.rule, denied.denied[0].quantities_w) == ("CLAIM_EXCEEDS_OFFER", (3_000,))
    assert world.claimed("unit-a1") == 10_000
    world.trade("t2", "unit-a1", -500)
    assert world.of(ClaimDenied)[-1].rule == "OPPOSES_CLAIM"
    assert world.claimed("unit-a1", DOWN) == 0


def test_a_trade_without_an_offer_is_an_offer_that_was_taken() -> None:
    world = World()
    world.trade("t1", "unit-a1", 5_000)
    assert world.claimed("unit-a1") == 5_000
    assert world.of(ClaimDenied) == []
    world.trade("t1", "unit-a1", 5_000)  # the same once more
    assert world.claimed("unit-a1") == 5_000


def test_an_offer_covers_what_is_claimed_already() -> None:
    world = World()
    world.offer("p", portfolio="pool", quantity=40_000)
    assert world.activate("first", "p", 40_000) == []
    (problem,) = world.send(offer_of("late", "unit-a1", UP, 5_000), "agr")
    assert (problem.code, problem.limit) == (Code.CLAIM_EXCEEDS_OFFER, 20_000)


def test_a_total_is_revised_once_per_change_and_quarter_hour() -> None:
    world = World()
    world.offer("up", "unit-a1")
    assert world.activate("act", "up", 4_000) == []
    assert world.send(c.EndActivation("act", ""), "dso") == []
    found = [total for event in world.events for total in getattr(event, "totals", ()) if total.mtu.start_s == NOON_S]
    assert [(total.area_id, total.up_w, total.down_w, total.revision) for total in found] == [
        (AREA, 4_000, 0, 1), (AREA, 0, 0, 2),
    ]  # fmt: skip
