"""An order that wants to enter, with what the registry and the book say about what it names.

A party names the same unit in the same books again and again, and what the registry says of all of them is the same
until the registry changes. What passed every rule about what an order names therefore has a standing in its period: the
party with its unit, and the book with its market; where the market takes some parties or units alone, both together. A
later plain order that names what stands neither looks it up nor passes those rules again.
"""

from __future__ import annotations

from dataclasses import dataclass

from flexbourse_core.values import quickly_made
from flexbourse_orderbook.domain.auctions.terms import is_for_auctions
from flexbourse_orderbook.domain.entry.collars import collar_of
from flexbourse_orderbook.domain.entry.seats import known_seat, seat_of
from flexbourse_orderbook.domain.entry.standing import BookStanding, Seat, Standing
from flexbourse_orderbook.domain.orders import Basis, NewOrder, direction
from flexbourse_orderbook.domain.registry_state import Market, MeteringPoint, Unit
from flexbourse_orderbook.domain.resting.resting_book import Book
from flexbourse_orderbook.domain.state import AreaState, Period

# Standings of one period, and pairs of one book, some 300 bytes each; beyond, all are forgotten and come again.
MAX_STANDINGS = 4_096


@quickly_made
@dataclass(frozen=True, slots=True)
class Application:
    """An order that wants to enter, with what it names.

    `moves` is the direction in which a match would move the node: +1, -1 or 0.
    """

    state: AreaState
    party: str
    order: NewOrder
    market: Market | None
    period: Period | None
    unit: Unit | None
    metering_point: MeteringPoint | None
    basis: Basis
    moves: int


def apply_for(state: AreaState, party: str, order: NewOrder) -> Application:
    """Look up what an order names and derive its basis."""
    registry, period = state.registry, state.periods.get(order.mtu)
    unit = registry.units.get(order.unit_id)
    point_id = unit.metering_point_id if unit is not None else order.metering_point_id
    basis = Basis.OPERATOR_REQUEST if order.element_id else registry.basis_of(order.unit_id)
    market = registry.markets.get(order.market_id)
    if market is not None:
        period = state.period_of(order.mtu, market.mtu_length_s)
    if period is not None:
        market = period.kept_of(order.market_id) or market
    moves = direction(order.product, order.side) if basis is Basis.DEVIATION else 0
    return Application(state, party, order, market, period, unit, registry.metering_points.get(point_id), basis, moves)


def standing_seat(state: AreaState, period: Period, book: Book, party: str, order: NewOrder) -> Seat | None:
    """Return the seat of a plain order of which all that it names stands, None where it is to be looked up."""
    of_book, version = book.standing, state.registry.version
    if of_book is None or of_book.registry_version != version or period.parameters_kept:
        return None
    if not order.fill_rule or not is_plain(order):
        return None
    if of_book.bound and (party, order.unit_id) not in of_book.pairs:
        return None
    seat = known_seat(book, party, order.side, order.unit_id)
    if seat is not None and seat.standing is not None and _is_in_force(state, seat.standing):
        return seat
    standing = period.standings.get((party, order.unit_id, order.product, order.side))
    if standing is None or not _is_in_force(state, standing):
        return None
    point_id = standing.metering_point.metering_point_id
    seat = seat_of(state, period, book, party, order.side, order.unit_id, point_id)
    seat.standing = standing
    return seat


def _is_in_force(state: AreaState, standing: Standing) -> bool:
    return standing.registry_version == state.registry.version and standing.topology is state.topologies[-1]


def keep_standing(a: Application) -> None:
    """Let what an order names that entered have a standing, where nothing but the registry can take it again."""
    state, market, period, unit, point = a.state, a.market, a.period, a.unit, a.metering_point
    if market is None or period is None or unit is None or point is None or not state.topologies:
        return
    waits = is_for_auctions(market) or market.pool is not None  # what enters them depends on what has entered
    if waits or period.is_span or period.parameters_kept or not is_plain(a.order):
        return
    if len(period.standings) >= MAX_STANDINGS:
        period.standings.clear()
    order, version = a.order, state.registry.version
    standing = Standing(version, state.topologies[-1], unit, point, a.basis, a.moves)
    period.standings[a.party, order.unit_id, order.product, order.side] = standing
    book = period.book(market.market_id, order.product)
    if book.standing is None or book.standing.registry_version != version:
        book.standing = BookStanding(version, market, collar_of(market, order.product))
    if book.standing.bound:
        if len(book.standing.pairs) >= MAX_STANDINGS:
            book.standing.pairs.clear()
        book.standing.pairs.add((a.party, order.unit_id))


def is_plain(order: NewOrder) -> bool:
    """Tell whether an order is a unit's, and asks for nothing beyond price, quantity and fill rule."""
    return not (
        order.instructions
        or order.auction
        or order.element_id
        or order.metering_point_id
        or order.relief_targets
        or order.conditional
        or order.forwarding
        or order.exclusive_group
        or order.spread_offer
    )
