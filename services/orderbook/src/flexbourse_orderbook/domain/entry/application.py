"""An order that wants to enter, with what the registry and the book say about what it names.

A party names the same unit in the same book again and again, and what the registry says of both is the same until the
registry changes. What passed every rule about what an order names therefore has a standing in its period, and a later
plain order that names the same neither looks it up nor passes those rules again.
"""

from __future__ import annotations

from dataclasses import dataclass

from flexbourse_core.values import quickly_made
from flexbourse_orderbook.domain.auctions.terms import is_for_auctions
from flexbourse_orderbook.domain.orders import Basis, NewOrder, direction
from flexbourse_orderbook.domain.registry_state import Market, MeteringPoint, Unit
from flexbourse_orderbook.domain.state import AreaState, Period, Standing, StandingKey

# Standings of one period, some 300 bytes each; beyond, all are forgotten and come again.
MAX_STANDINGS = 4_096


@quickly_made
@dataclass(frozen=True, slots=True)
class Application:
    """An order that wants to enter, with what it names.

    `moves` is the direction in which a match would move the node: +1, -1 or 0. `stands`: what it names has a standing.
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
    stands: bool = False


def apply_for(state: AreaState, party: str, order: NewOrder) -> Application:
    """Look up what an order names and derive its basis."""
    registry, period = state.registry, state.periods.get(order.mtu)
    if period is not None and period.standings and not period.parameters_kept and _is_plain(order):
        found = period.standings.get(_key(party, order))
        if found is not None and found.registry_version == registry.version:
            return Application(
                state, party, order, found.market, period, found.unit, found.metering_point, found.basis, found.moves,
                stands=True,
            )  # fmt: skip
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


def keep_standing(a: Application) -> None:
    """Let what an order names that entered have a standing, where nothing but the registry can take it again."""
    market, period, unit, point = a.market, a.period, a.unit, a.metering_point
    if market is None or period is None or unit is None or point is None:
        return
    waits = is_for_auctions(market) or market.pool is not None  # what enters them depends on what has entered
    if waits or period.is_span or period.parameters_kept or not _is_plain(a.order):
        return
    if len(period.standings) >= MAX_STANDINGS:
        period.standings.clear()
    version = a.state.registry.version
    period.standings[_key(a.party, a.order)] = Standing(version, market, unit, point, a.basis, a.moves)


def _key(party: str, order: NewOrder) -> StandingKey:
    return party, order.unit_id, order.market_id, order.product, order.side, order.fill_rule


def _is_plain(order: NewOrder) -> bool:
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
