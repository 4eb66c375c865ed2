"""What orders name that passed every rule about it: it only saves asking again, so it is no state."""

from __future__ import annotations

from flexbourse_orderbook.domain.grid.area_grid import AreaTopology
from flexbourse_orderbook.domain.orders import Basis, Product, Side
from flexbourse_orderbook.domain.registry_state import Market, MeteringPoint, PriceCollar, Unit


class Standing:
    """A unit that passed every rule about it and the party that offers it, as the registry had them in a version.

    `topology` is the one in which the node of its metering point was found.
    """

    __slots__ = ("basis", "metering_point", "moves", "registry_version", "topology", "unit")

    def __init__(
        self, registry_version: int, topology: AreaTopology, unit: Unit, metering_point: MeteringPoint, basis: Basis,
        moves: int,
    ) -> None:  # fmt: skip
        self.registry_version = registry_version
        self.topology = topology
        self.unit = unit
        self.metering_point = metering_point
        self.basis = basis
        self.moves = moves


# Party, unit, and what is asked for.
StandingKey = tuple[str, str, Product, Side]


class BookStanding:
    """A market that passed every rule about it and a product, as the registry had it in a version.

    Prices lie from `least_ticks` to `most_ticks`, and no further than `band_ticks` from the last trade, 0: any. `bound`
    tells that it takes some parties or some units alone; then `pairs` are the party and unit of each order that passed
    those rules, too.
    """

    __slots__ = ("band_ticks", "bound", "least_ticks", "market", "most_ticks", "pairs", "registry_version")

    def __init__(self, registry_version: int, market: Market, collar: PriceCollar | None) -> None:
        self.registry_version = registry_version
        self.market = market
        self.least_ticks, self.most_ticks, self.band_ticks = market.min_price_ticks, market.max_price_ticks, 0
        if collar is not None:
            self.band_ticks = collar.dynamic_band_ticks
            if collar.static_band_ticks:
                self.least_ticks = max(self.least_ticks, collar.reference_ticks - collar.static_band_ticks)
                self.most_ticks = min(self.most_ticks, collar.reference_ticks + collar.static_band_ticks)
        self.bound = bool(market.enrolment or market.feeder_ids)
        self.pairs: set[tuple[str, str]] = set()
