"""What the registry says, as adopted: who is who, what may be offered where, and by which market's rules."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from flexbourse_core.market_time import Mtu
from flexbourse_orderbook.domain.orders import Basis, Product


class Role(IntEnum):
    """Roles that the order book's rules ask for; numbers as on the wire."""

    AGR = 1
    BRP = 3
    DSO = 4
    TSO = 5
    MARKET_OPERATOR = 6
    COMMUNITY = 8


class Algorithm(IntEnum):
    """How a market matches; numbers as on the wire."""

    UNSPECIFIED = 0
    CONTINUOUS_ENERGY = 1
    CONTINUOUS_FLEXIBILITY = 2
    NETWORK_CAPACITY = 120
    POOL = 130


class CapacityRule(IntEnum):
    """Who is allocated network capacity; numbers as on the wire."""

    UNSPECIFIED = 0
    PREMIUM_AS_BID = 1
    PREMIUM_ONE_PRICE = 2
    FIRST_COME = 3
    HIGHEST_DEMAND = 4


class ProductType(IntEnum):
    """What a unit is qualified for; numbers as on the wire."""

    ENERGY = 1
    CONGESTION = 2
    VOLTAGE = 3


class EnrolmentRule(IntEnum):
    """How parties come to a market; numbers as on the wire, UNSPECIFIED: every active participant trades."""

    UNSPECIFIED = 0
    SELF = 1
    APPROVAL = 2


class Uncrossing(IntEnum):
    """How a book in which orders wait comes to continuous trade; numbers as on the wire."""

    BY_TIME = 0
    AUCTION = 1
    DAY_AUCTION = 2


class AuctionPricing(IntEnum):
    """What is paid in a call auction; numbers as on the wire."""

    PAY_AS_CLEAR = 0
    PAY_AS_BID = 1


class AuctionMargin(IntEnum):
    """Who is served among equal limits at the margin of a call auction; numbers as on the wire."""

    PRO_RATA = 0
    TIME = 1


PRODUCTS: dict[int, tuple[Product, ...]] = {
    Algorithm.CONTINUOUS_ENERGY: (Product.LOCAL_ENERGY,),
    Algorithm.POOL: (Product.LOCAL_ENERGY,),
    Algorithm.CONTINUOUS_FLEXIBILITY: (
        Product.FLEX_UP,
        Product.FLEX_DOWN,
        Product.FLEX_REACTIVE_UP,
        Product.FLEX_REACTIVE_DOWN,
    ),
}


@dataclass(frozen=True, slots=True)
class Participant:
    """A legal person that takes part."""

    participant_id: str
    roles: frozenset[int]
    active: bool


@dataclass(frozen=True, slots=True)
class MeteringPoint:
    """Where energy is metered; of a `non_firm` connection more than its firm part takes allocated capacity."""

    metering_point_id: str
    area_id: str
    node_id: str
    owner_id: str
    brp_id: str
    active: bool
    non_firm: bool = False
    firm_injection_w: int = 0
    firm_consumption_w: int = 0


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit that can be offered; powers as injections, inside the bounds of the grid operator's approval.

    An approval without an end has `approved_to_s` 0. `qualified_for` is None where the registry keeps no
    qualifications of the unit: it is qualified for all.
    """

    unit_id: str
    metering_point_id: str
    max_power_w: int
    min_power_w: int
    min_activation_w: int
    sustained_energy_wh: int
    controllable: bool
    active: bool
    feeder_id: str
    max_reactive_var: int
    approved_from_s: int = 0
    approved_to_s: int = 0
    qualified_for: frozenset[int] | None = None


@dataclass(frozen=True, slots=True)
class Area:
    """The network below one primary substation."""

    area_id: str
    shard: int
    dso_id: str
    time_zone: str
    rights_on_chain: bool = False


@dataclass(frozen=True, slots=True)
class PriceCollar:
    """Prices at which a product may be ordered and traded: bands around a reference and the last trade, 0: none.

    A book halts for `halt_s` instead of a trade beyond the dynamic band; 0: such a pair is passed over.
    """

    product: int
    reference_ticks: int
    static_band_ticks: int
    dynamic_band_ticks: int
    halt_s: int


@dataclass(frozen=True, slots=True)
class PoolTerms:
    """What a pool does with what its members leave: the grid above takes and gives it, or a unit forms an island."""

    upstream_id: str
    import_price_ticks: int
    export_price_ticks: int
    import_limit_w: int
    export_limit_w: int
    forming_unit_id: str
    forming_reserve_w: int


@dataclass(frozen=True, slots=True)
class Market:
    """A market with its parameters in the version in force; `dnut_budget_micro_euro` is None where it has no limit.

    Its books come into a phase before opening `pre_open_s` before it, and into those of a call `call_s` and `freeze_s`
    long at it. `at_next_phase`: in an open book this version holds from its next phase on. Besides its own periods it
    trades longer products of `span_lengths_s`, and blocks of at most `max_block_mtus` periods.
    A market of network capacity has no books: auctions of periods or of days, and what is not used `use_or_lose_s`
    before delivery goes back.
    """

    market_id: str
    area_id: str
    algorithm: int
    mtu_length_s: int
    opens_before_day_s: int
    gate_closure_s: int
    price_tick_micro_euro_per_mwh: int
    quantity_step_w: int
    min_quantity_w: int
    max_quantity_w: int
    min_price_ticks: int
    max_price_ticks: int
    automatic_matching: bool
    either_side_missing: bool
    reliability_permille: int
    gate_enabled: bool
    active: bool
    dnut_budget_micro_euro: int | None
    feeder_ids: frozenset[str]
    enrolment: int
    retries_after_match: bool
    collateral_required: bool = False
    penalty_cover_ticks: int = 0
    pre_open_s: int = 0
    refuses_before_opening: bool = False
    call_s: int = 0
    freeze_s: int = 0
    halts_under_unknown_light: bool = False
    recall_window_s: int = 0
    price_collars: tuple[PriceCollar, ...] = ()
    at_next_phase: bool = False
    self_trade_prevention: int = 0
    max_open_orders: int = 0
    orders_per_second: int = 0
    order_burst: int = 0
    free_orders: int = 0
    max_orders_per_trade: int = 0
    span_lengths_s: tuple[int, ...] = ()
    max_block_mtus: int = 0
    uncrossing: int = 0
    auction_pricing: int = 0
    auction_margin: int = 0
    auction_max_nodes: int = 0
    auction_max_rounds: int = 0
    auction_limit_ms: int = 0
    capacity_rule: int = 0
    capacity_per_period: bool = False
    use_or_lose_s: int = 0
    pool: PoolTerms | None = None


@dataclass(frozen=True, slots=True)
class RightToOffer:
    """The right of a participant to offer a unit, in [valid_from_s, valid_to_s), for some products or (none) all.

    `granted_to_s` is until when the chain grants it, 0 where it does not.
    """

    right_id: str
    unit_id: str
    holder_id: str
    valid_from_s: int
    valid_to_s: int
    revoked: bool
    products: frozenset[int]
    granted_to_s: int = 0


@dataclass(frozen=True, slots=True)
class Enrolment:
    """That a participant takes part in a market."""

    enrolment_id: str
    market_id: str
    participant_id: str
    active: bool


RegistryObject = Participant | MeteringPoint | Unit | Area | Market | RightToOffer | Enrolment


class RegistryState:
    """Newest version of every object that the order book's rules look at. `operator_id` runs the platform."""

    def __init__(self, operator_id: str = "") -> None:
        self.operator_id = operator_id
        self.version = 0  # rises with every change
        self.participants: dict[str, Participant] = {}
        self.metering_points: dict[str, MeteringPoint] = {}
        self.units: dict[str, Unit] = {}
        self.areas: dict[str, Area] = {}
        self.markets: dict[str, Market] = {}
        self._points_of: dict[str, set[str]] = {}
        self._rights: dict[str, dict[str, RightToOffer]] = {}
        self._enrolments: dict[tuple[str, str], dict[str, Enrolment]] = {}

    def put(self, entry: RegistryObject) -> None:
        """Take the newest version of an object."""
        self.version += 1
        match entry:
            case Participant():
                self.participants[entry.participant_id] = entry
            case MeteringPoint():
                self.metering_points[entry.metering_point_id] = entry
                self._points_of.setdefault(entry.area_id, set()).add(entry.metering_point_id)
            case Unit():
                self.units[entry.unit_id] = entry
            case Area():
                self.areas[entry.area_id] = entry
            case Market():
                self.markets[entry.market_id] = entry
            case RightToOffer():
                self._rights.setdefault(entry.unit_id, {})[entry.right_id] = entry
            case Enrolment():
                named = self._enrolments.setdefault((entry.participant_id, entry.market_id), {})
                named[entry.enrolment_id] = entry

    def markets_of(self, area_id: str) -> list[Market]:
        """Return the markets of an area, by id."""
        return [self.markets[name] for name in sorted(self.markets) if self.markets[name].area_id == area_id]

    def active_points_of(self, area_id: str) -> list[MeteringPoint]:
        """Return the active metering points of an area, by id."""
        points = (self.metering_points[name] for name in sorted(self._points_of.get(area_id, ())))
        return [point for point in points if point.active and point.area_id == area_id]

    def basis_of(self, unit_id: str) -> Basis:
        """Return what a unit trades: what is in the base case already, or deviations; so does no unit at all."""
        unit = self.units.get(unit_id)
        return Basis.DEVIATION if unit is None or unit.controllable else Basis.SCHEDULED

    def is_enrolled(self, party: str, market_id: str) -> bool:
        """Tell whether the party takes part in a market."""
        return any(enrolment.active for enrolment in self._enrolments.get((party, market_id), {}).values())

    def right_held(self, party: str, unit_id: str, mtu: Mtu, product: int | None) -> RightToOffer | None:
        """Return by which right the party may offer the unit for a product type and the whole period."""
        held = (
            right
            for right in self._rights.get(unit_id, {}).values()
            if right.holder_id == party
            and not right.revoked
            and right.valid_from_s <= mtu.start_s
            and mtu.end_s <= right.valid_to_s
            and (not right.products or product in right.products)
        )
        return next(held, None)

    def asks_the_chain(self, unit: Unit) -> bool:
        """Tell whether rights to offer a unit hold only once the chain has granted them."""
        point = self.metering_points.get(unit.metering_point_id)
        area = None if point is None else self.areas.get(point.area_id)
        return area is not None and area.rights_on_chain

    def has_role(self, party: str, *roles: Role) -> bool:
        """Tell whether an active participant has one of the roles; the platform's own operator runs the market."""
        if Role.MARKET_OPERATOR in roles and party == self.operator_id:
            return True
        participant = self.participants.get(party)
        return participant is not None and participant.active and not participant.roles.isdisjoint(roles)
