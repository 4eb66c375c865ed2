"""What orders name: where it was found, and that it passed every rule about it.

It only saves looking up and asking again, so it is no state.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flexbourse_orderbook.domain.grid.area_grid import AreaTopology
from flexbourse_orderbook.domain.orders import Basis, Product, Side
from flexbourse_orderbook.domain.registry_state import Market, MeteringPoint, PriceCollar, Unit

if TYPE_CHECKING:
    from flexbourse_orderbook.domain.entry.activity import PartyRecord
    from flexbourse_orderbook.domain.entry.collateral import Account
    from flexbourse_orderbook.domain.position import Position


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


class Seat:
    """Where orders of a party for one unit stand at one side of a book, and where they count.

    `account` and `record` are the party's, `used` the ids that it has used in the period: each stays as long as the
    book does. `position` is that of the metering point, None before an order found it, and in a span. `standing` is
    what passed every rule, None where nothing has.
    """

    __slots__ = ("account", "party", "point_id", "position", "record", "side", "standing", "used")

    def __init__(
        self, party: str, point_id: str, side: Side, account: Account, record: PartyRecord, used: dict[str, None]
    ) -> None:
        self.party = party
        self.point_id = point_id
        self.side = side
        self.account = account
        self.record = record
        self.used = used
        self.position: Position | None = None
        self.standing: Standing | None = None


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
