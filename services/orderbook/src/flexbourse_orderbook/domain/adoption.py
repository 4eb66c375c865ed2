"""What records of other services do to the state of an area. Decisions that follow from them are made by the book.

The state depends on the newest record of each key alone, not on how they came: a snapshot keeps just those. Newest is
the one of the highest version: what belongs to a topology that was replaced meanwhile and comes late is passed over,
what belongs to one that is not here yet is held, and nothing matches until all parts fit each other.
"""

from __future__ import annotations

from flexbourse_core.market_time import Mtu
from flexbourse_orderbook.domain.grid.area_grid import AreaTopology, BaseCase, Tariff
from flexbourse_orderbook.domain.grid.grid_view import Margin
from flexbourse_orderbook.domain.grid.lights import Heartbeat, ZoneLight
from flexbourse_orderbook.domain.registry_state import Market
from flexbourse_orderbook.domain.state import AreaState, Period


def adopt_topology(state: AreaState, topology: AreaTopology) -> bool:
    """Take a topology; older versions than the one in force are ignored. Returns whether it came into force."""
    if state.topology is not None and topology.version <= state.topology.version:
        return False
    kept = [own for own in state.topologies if own.effective_from_s < topology.effective_from_s]
    state.topologies = [*kept, topology]
    for order in state.orders.values():
        order.node = state.node(order.terms.node_id)
    for period in state.periods.values():
        seen = state.topology_of(period.mtu)
        if seen is not None and seen is not period.grid.area:
            period.grid.fit(seen)
            period.sort_again()
            period.blocked.release()
    for _, span in state.spans.all():
        span.sort_again()
    return True


def is_stale(former: BaseCase | Margin | Tariff | None, late: BaseCase | Margin | Tariff) -> bool:
    """Tell whether a part of the grid's state was overtaken by one of a newer version or topology."""
    return former is not None and (late.topology_version, late.version) < (former.topology_version, former.version)


def adopt_base_case(state: AreaState, mtu: Mtu, base: BaseCase) -> Period:
    """Take a base case of a period that is not past."""
    period = state.make_period(mtu)
    if is_stale(period.grid.base, base):
        return period
    period.grid.base = base
    period.grid.changed()
    period.blocked.release()
    return period


def adopt_margin(state: AreaState, mtu: Mtu, margin: Margin) -> Period:
    """Take forecast margins of a period that is not past."""
    period = state.make_period(mtu)
    if is_stale(period.grid.margin, margin):
        return period
    period.grid.margin = margin
    period.grid.view_changed()
    period.blocked.release()
    return period


def adopt_tariff(state: AreaState, mtu: Mtu, tariff: Tariff) -> Period:
    """Take a tariff of a period that is not past; the parameters of one whose book has opened stay as they were."""
    period = state.make_period(mtu)
    if is_stale(period.grid.tariff, tariff):
        return period
    period.grid.tariff = tariff
    if period.open_markets and period.grid.frozen_parameters is None:
        period.grid.frozen_parameters = tariff.parameters
    period.grid.view_changed()
    return period


def keep_parameters(state: AreaState, market: Market) -> None:
    """Let the books of a market keep the parameters before this version until their next phase, if it says so."""
    former = state.registry.markets.get(market.market_id)
    for period in state.periods.values():
        if not market.at_next_phase:
            period.parameters_kept.pop(market.market_id, None)
        elif former is not None and market.market_id in period.phases:
            period.parameters_kept.setdefault(market.market_id, former)


def adopt_light(state: AreaState, zone_id: str, mtu: Mtu, light: ZoneLight) -> bool:
    """Take a light; returns whether it changed."""
    return state.lights.put(zone_id, mtu, light)


def adopt_heartbeat(state: AreaState, zone_id: str, heartbeat: Heartbeat) -> bool:
    """Take a heartbeat; returns whether it brought the zone's lights to life."""
    return state.lights.beat(zone_id, heartbeat, state.now)
