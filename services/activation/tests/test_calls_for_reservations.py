"""Operators buy availability in a call: the cheapest bids are taken, become reservations, and bind their kilowatts."""

from __future__ import annotations

from typing import Any

import pytest
from activation_world import AREA, DOWN, NOON_S, START_S, UP, World, window

from flexbourse_activation import snapshot
from flexbourse_activation.domain import commands as c
from flexbourse_activation.domain.events import ReservationCallCleared, Reserved
from flexbourse_activation.domain.objects import ReservationBidTerms, ReservationCallTerms
from flexbourse_activation.domain.registry_state import Unit
from flexbourse_activation.domain.state import AreaState
from flexbourse_activation.domain.terms import Direction, Purpose

EURO = 1_000_000
FREEZE_S, CLEAR_S = START_S + 3_600, START_S + 4_500


def called(name: str = "call", kw: int = 20, euro: int = 50, direction: Direction = UP, **more: Any) -> Any:
    own = more.pop("own", window(0, 4))
    freeze, clears = more.pop("freeze", FREEZE_S), more.pop("clears", CLEAR_S)
    bid = more.pop("as_bid", False)
    return ReservationCallTerms(
        name, Purpose.CONGESTION, direction, own, kw * 1_000, euro * EURO, freeze * 1_000, clears * 1_000, bid
    )


def bid_of(name: str, offer: str, kw: int, euro: float, least_kw: int = 0, call: str = "call") -> ReservationBidTerms:
    return ReservationBidTerms(name, call, offer, kw * 1_000, least_kw * 1_000, int(euro * EURO))


def ready(**changes: Any) -> World:
    """Return a world with a call for 20 kW up and an offer of 10 kW at each of three nodes."""
    world = World()
    for node in ("a1", "b1", "c1"):
        world.offer(f"offer-{node}", f"unit-{node}")
    world.ok(called(**changes), "dso")
    return world


def codes(problems: list[Any]) -> list[str]:
    return [problem.code.name for problem in problems]


# What three bid (kW, EUR/MW/h, the least), and by which rule it is paid → what each gets, and at which price.
TABLE = [
    ("one price", False, [(10, 5, 0), (10, 8, 0), (10, 20, 0)], [(10, 14), (10, 14), (0, 0)]),
    ("served in part sets it", False, [(10, 5, 0), (8, 8, 0), (10, 20, 0)], [(10, 20), (8, 20), (2, 20)]),
    ("as bid", True, [(10, 5, 0), (8, 8, 0), (10, 20, 0)], [(10, 5), (8, 8), (2, 20)]),
    ("above the limit", True, [(10, 5, 0), (10, 51, 0), (10, 20, 0)], [(10, 5), (0, 0), (10, 20)]),
    # 18 kW of the two cheap ones are worth more than 20 kW with the dear one whole.
    ("all or nothing", True, [(10, 5, 0), (8, 8, 0), (10, 20, 10)], [(10, 5), (8, 8), (0, 0)]),
    ("two at least", True, [(10, 5, 0), (8, 8, 0), (10, 20, 2)], [(10, 5), (8, 8), (2, 20)]),
]


@pytest.mark.parametrize(("what", "as_bid", "bids", "expected"), TABLE, ids=[row[0] for row in TABLE])
def test_the_cheapest_bids_become_reservations(
    what: str, as_bid: bool, bids: list[tuple[int, float, int]], expected: list[tuple[int, float]]
) -> None:
    world = ready(as_bid=as_bid)
    for node, (kw, euro, least) in zip(("a1", "b1", "c1"), bids, strict=True):
        world.ok(bid_of(f"bid-{node}", f"offer-{node}", kw, euro, least), "agr")
    world.time(CLEAR_S - 1)
    assert not world.of(Reserved)
    world.time(CLEAR_S)
    (cleared,) = world.of(ReservationCallCleared)
    got = [(result.quantity_w / 1_000, result.price_micro_euro_per_mw_h / EURO) for result in cleared.bids]
    assert got == expected, what
    assert cleared.reserved_w == sum(kw for kw, _ in expected) * 1_000
    reserved = {event.reservation.terms.reservation_id: event.reservation for event in world.of(Reserved)}
    assert {
        name: (own.terms.quantity_w / 1_000, own.price_micro_euro_per_mw_h / EURO) for name, own in reserved.items()
    } == {f"bid-{node}": result for node, result in zip(("a1", "b1", "c1"), expected, strict=True) if result[0]}
    assert {own.call_id for own in reserved.values()} == {"call"}
    assert {own.party for own in reserved.values()} == {"dso"}
    state = world.shard.desks[AREA].state
    assert not state.calls
    assert not state.bids


def test_what_is_taken_is_an_obligation() -> None:
    world = ready()
    world.ok(bid_of("bid-a1", "offer-a1", 10, 5), "agr")
    world.time(CLEAR_S)
    assert world.claimed("unit-a1") == 10_000
    assert codes(world.send(c.WithdrawOffer("offer-a1"), "agr")) == ["OFFER_CLAIMED"]
    assert codes(world.activate("other", "offer-a1", 1_000, own=window(0, 2))) == ["CLAIM_EXCEEDS_OFFER"]
    drawn = c.ActivationTerms("drawn", "", "bid-a1", "", "", Purpose.CONGESTION, window(0, 2), 6_000, "", 10**11)
    world.ok(drawn, "dso")
    assert world.activation("drawn").reservation_id == "bid-a1"


REFUSED_CALLS = [
    (called(), "agr", "NOT_AUTHORISED"),
    (called(kw=0), "dso", "FIELD_OUT_OF_RANGE"),
    (called(euro=-1), "dso", "FIELD_OUT_OF_RANGE"),
    (called(freeze=START_S), "dso", "FIELD_OUT_OF_RANGE"),  # it has passed
    (called(freeze=CLEAR_S + 1), "dso", "FIELD_OUT_OF_RANGE"),
    (called(clears=NOON_S + 1), "dso", "FIELD_OUT_OF_RANGE"),
    (called(direction=Direction.UNSPECIFIED), "dso", "FIELD_MISSING"),
    (called(name=""), "dso", "FIELD_MALFORMED"),
]


@pytest.mark.parametrize(("terms", "party", "code"), REFUSED_CALLS)
def test_refused_calls(terms: ReservationCallTerms, party: str, code: str) -> None:
    assert code in codes(World().send(terms, party))


def test_refused_bids_and_withdrawals() -> None:
    world = ready()
    world.offer("offer-down", "unit-a2", DOWN)
    good = bid_of("bid-a1", "offer-a1", 10, 5)
    table = [
        (bid_of("b", "offer-a1", 10, 5, call="nowhere"), "agr", "UNKNOWN_OBJECT"),
        (bid_of("b", "nowhere", 10, 5), "agr", "UNKNOWN_OBJECT"),
        (bid_of("b", "offer-a1", 11, 5), "agr", "CLAIM_EXCEEDS_OFFER"),
        (bid_of("b", "offer-a1", 10, 5.001), "agr", "FIELD_OUT_OF_RANGE"),  # a tenth of a cent
        (bid_of("b", "offer-a1", 5, 5, 6), "agr", "FIELD_OUT_OF_RANGE"),
        (bid_of("b", "offer-down", 5, 5), "agr", "PRODUCT_NOT_ALLOWED"),
        (good, "bsp", "NOT_OWNER"),
    ]
    for terms, party, code in table:
        assert code in codes(world.send(terms, party)), terms
    world.ok(good, "agr")
    assert codes(world.send(bid_of("bid-2", "offer-a1", 1, 1), "agr")) == ["OFFER_CLAIMED"]
    assert codes(world.send(good, "agr"))[0] == "IDENTIFIER_IN_USE"
    assert codes(world.send(c.WithdrawReservationBid("bid-a1"), "bsp")) == ["NOT_OWNER"]
    world.ok(c.WithdrawReservationBid("bid-a1"), "agr")
    world.ok(good, "agr")
    world.time(FREEZE_S)
    assert codes(world.send(c.WithdrawReservationBid("bid-a1"), "agr")) == ["PHASE_NOT_ALLOWED"]
    assert codes(world.send(bid_of("bid-b1", "offer-b1", 1, 1), "agr")) == ["PHASE_NOT_ALLOWED"]


def test_a_unit_that_is_not_qualified_for_reservations_does_not_bid() -> None:
    world = ready()
    world.fact(Unit("unit-a1", "mp-unit-a1", "agr", 10_000, -10_000, True, True, "left", reservable=False))  # noqa: FBT003
    assert codes(world.send(bid_of("bid-a1", "offer-a1", 10, 5), "agr")) == ["NOT_QUALIFIED"]


def test_a_bid_whose_kilowatts_are_gone_is_left_out_and_says_why() -> None:
    world = ready()
    for node, euro in (("a1", 5), ("b1", 8)):
        world.ok(bid_of(f"bid-{node}", f"offer-{node}", 10, euro), "agr")
    assert world.reserve("before", "offer-a1", 4_000) == []
    world.time(CLEAR_S)
    (cleared,) = world.of(ReservationCallCleared)
    assert [(result.quantity_w, bool(result.rule)) for result in cleared.bids] == [(0, True), (10_000, False)]


def test_a_call_without_bids_is_cleared_with_nothing() -> None:
    world = ready()
    world.time(CLEAR_S)
    (cleared,) = world.of(ReservationCallCleared)
    assert (cleared.reserved_w, cleared.bids) == (0, ())


def test_calls_and_bids_survive_in_a_snapshot() -> None:
    world = ready()
    world.ok(bid_of("bid-a1", "offer-a1", 10, 5), "agr")
    state = world.shard.desks[AREA].state
    kept = snapshot.area_to_snapshot(state)
    copy = AreaState(AREA)
    snapshot.restore_area(copy, kept)
    assert snapshot.area_to_snapshot(copy) == kept
    assert (copy.calls, copy.bids) == (state.calls, state.bids)
    assert copy.deadlines.first() is not None
