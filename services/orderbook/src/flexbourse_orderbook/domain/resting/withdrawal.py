"""What rests and may not be offered any more leaves the book at once.

A unit that is no longer active, a right that was revoked, shortened, narrowed or taken back by the chain, an area that
asks the chain for rights that it has not granted, an enrolment that has ended, a party that is no longer active: each
takes its open orders with it. Matches, made or held, stand as
they were made. That a right runs out by itself takes nothing: an order lies whole inside the period of its right.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from flexbourse_orderbook.domain.auctions.blocks import cancel_others
from flexbourse_orderbook.domain.book import AreaBook
from flexbourse_orderbook.domain.entry.eligibility import refuse_unenrolled, refuse_without_right
from flexbourse_orderbook.domain.orders import Order, OrderStatus
from flexbourse_orderbook.domain.registry_state import (
    Area,
    Enrolment,
    Participant,
    RegistryObject,
    RightToOffer,
    Unit,
)
from flexbourse_orderbook.domain.resting.levels import RestingOrder

UNIT_LOST = "the unit is no longer active"
RIGHT_LOST = "the party no longer holds the right to offer the unit for the period"
CHAIN_ASKED = "the area asks the chain, which grants no right to offer the unit for the period"
ENROLMENT_LOST = "the party is no longer enrolled in the market"
PARTY_LOST = "the party is no longer active"


def withdraw(book: AreaBook, news: RegistryObject) -> None:
    """Cancel the open orders to which an object of the registry, already adopted, leaves no ground."""
    match news:
        case Unit() if not news.active:
            _cancel(book, _of_unit(book, news.unit_id), UNIT_LOST, lambda _: True)
        case RightToOffer():
            _cancel(book, _of_unit(book, news.unit_id), RIGHT_LOST, lambda terms: _has_lost_its_right(book, terms))
        case Area() if news.rights_on_chain and news.area_id == book.state.area_id:
            _cancel(book, book.state.orders.values(), CHAIN_ASKED, lambda terms: _has_lost_its_right(book, terms))
        case Enrolment() if not news.active:
            _cancel(book, book.state.orders.values(), ENROLMENT_LOST, lambda terms: _has_left(book, terms, news))
        case Participant() if not news.active:
            party = news.participant_id
            _cancel(book, book.state.orders.values(), PARTY_LOST, lambda terms: terms.party == party)


def _of_unit(book: AreaBook, unit_id: str) -> Iterable[RestingOrder]:
    """Return the unit's open orders; they are looked through only where something rests at its metering point."""
    state = book.state
    unit = state.registry.units.get(unit_id)
    point = state.registry.metering_points.get(unit.metering_point_id) if unit is not None else None
    if unit is None or point is None or point.area_id != state.area_id:
        return []
    positions = (period.positions.get(unit.metering_point_id) for period in state.periods.values())
    if not any(position is not None and position.rests for position in positions):
        return []
    return [order for order in state.orders.values() if order.terms.unit_id == unit_id]


def _has_lost_its_right(book: AreaBook, terms: Order) -> bool:
    registry = book.state.registry
    unit = registry.units.get(terms.unit_id)  # none of an operator's request
    return unit is not None and refuse_without_right(registry, terms.party, terms.product, terms.mtu, unit) is not None


def _has_left(book: AreaBook, terms: Order, ended: Enrolment) -> bool:
    registry, market = book.state.registry, book.state.registry.markets.get(terms.market_id)
    if (terms.party, terms.market_id) != (ended.participant_id, ended.market_id) or market is None:
        return False
    return refuse_unenrolled(registry, market, terms.party) is not None


def _cancel(book: AreaBook, orders: Iterable[RestingOrder], reason: str, is_lost: Callable[[Order], bool]) -> None:
    lost = [order for order in orders if is_lost(order.terms)]
    for order in sorted(lost, key=lambda order: (order.terms.mtu.start_s, order.terms.order_id)):
        book.close(order, OrderStatus.CANCELLED, reason)
    for order in lost:
        cancel_others(book, order)
