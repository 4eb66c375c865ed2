"""The objects of the registry. Power in W, injection into the grid is positive; seconds since 1970 UTC."""

from __future__ import annotations

from dataclasses import dataclass

from flexbourse_core.market_time import LAST_SECOND
from flexbourse_registry.domain.known import Known
from flexbourse_registry.domain.unit_life import ProductType, UnitLife


class Role(Known):
    """Roles of participants: harmonised electricity market role model and the field's own terms."""

    UNSPECIFIED = 0
    AGR = 1  # aggregator
    BSP = 2  # balancing service provider
    BRP = 3  # balance responsible party
    DSO = 4
    TSO = 5
    MARKET_OPERATOR = 6
    METER_OPERATOR = 7
    COMMUNITY = 8
    PROSUMER = 9
    AUDITOR = 10
    MEMBER = 11  # attests what the notary records


class UnitType(Known):
    """Kinds of controllable unit."""

    UNSPECIFIED = 0
    LOAD = 1
    SOLAR = 2
    BATTERY = 3
    VEHICLE = 4
    HEAT_PUMP = 5
    WIND = 6
    CHP = 7
    OTHER = 8


class Algorithm(Known):
    """How a market matches."""

    UNSPECIFIED = 0
    CONTINUOUS_ENERGY = 1
    CONTINUOUS_FLEXIBILITY = 2
    NETWORK_CAPACITY = 120
    POOL = 130


class CapacityRule(Known):
    """Who is allocated network capacity, and at what price; first come and highest demand are free of charge."""

    UNSPECIFIED = 0
    PREMIUM_AS_BID = 1
    PREMIUM_ONE_PRICE = 2
    FIRST_COME = 3
    HIGHEST_DEMAND = 4


class MeteringScheme(Known):
    """Which rule the id of a metering point follows; UNSPECIFIED is an id of the platform's own."""

    UNSPECIFIED = 0
    GSRN = 1
    MPAN = 2
    EIC = 3


class RightChainStatus(Known):
    """What the chain says of a right; UNSPECIFIED: nothing yet."""

    UNSPECIFIED = 0
    GRANTED = 1
    REFUSED = 2
    REVOKED = 3


class EnrolmentRule(Known):
    """How parties come to a market; UNSPECIFIED: every active participant trades."""

    UNSPECIFIED = 0
    SELF = 1
    APPROVAL = 2


@dataclass(frozen=True, slots=True)
class Participant:
    """A legal person that takes part."""

    participant_id: str
    name: str = ""
    roles: tuple[Role, ...] = ()
    chain_account: str = ""
    active: bool = False
    eic: str = ""
    gln: str = ""


@dataclass(frozen=True, slots=True)
class MeteringPoint:
    """Where energy is metered; the unit of position and settlement.

    Of a `non_firm` connection what goes beyond its firm injection or consumption takes an allocation of capacity.
    """

    metering_point_id: str
    area_id: str = ""
    node_id: str = ""
    owner_id: str = ""
    brp_id: str = ""
    imbalance_delegated: bool = False
    active: bool = False
    scheme: MeteringScheme = MeteringScheme.UNSPECIFIED
    non_firm: bool = False
    firm_injection_w: int = 0
    firm_consumption_w: int = 0


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit that can be offered, with the attributes of a MARKETFLEX controllable resource.

    `life` is given by the registry; None is a unit of a journal from before lives were kept. `active` follows from it.
    """

    unit_id: str
    name: str = ""
    type: UnitType = UnitType.UNSPECIFIED
    metering_point_id: str = ""
    owner_id: str = ""
    operator_id: str = ""
    max_power_w: int = 0
    min_power_w: int = 0
    min_activation_w: int = 0
    ramp_w_per_min: int = 0
    sustained_energy_wh: int = 0
    storage_capacity_wh: int = 0
    storage_min_wh: int = 0
    storage_max_wh: int = 0
    charging_preference: str = ""
    controllable: bool = False
    active: bool = False
    feeder_id: str = ""
    max_reactive_var: int = 0
    life: UnitLife | None = None


@dataclass(frozen=True, slots=True)
class PortfolioMember:
    """That a unit belongs to a portfolio in [valid_from_s, valid_to_s)."""

    unit_id: str
    valid_from_s: int = 0
    valid_to_s: int = 0


@dataclass(frozen=True, slots=True)
class Portfolio:
    """Units that are offered as one: those that its operator operates, undated, and those of others, dated."""

    portfolio_id: str
    operator_id: str = ""
    unit_ids: tuple[str, ...] = ()
    members: tuple[PortfolioMember, ...] = ()

    def periods_of(self, unit_id: str) -> tuple[tuple[int, int], ...]:
        """Return the periods [from, to) in which a unit belongs to it; an undated one belongs to it for ever."""
        undated = ((0, LAST_SECOND),) if unit_id in self.unit_ids else ()
        dated = ((each.valid_from_s, each.valid_to_s) for each in self.members if each.unit_id == unit_id)
        return (*undated, *dated)


@dataclass(frozen=True, slots=True)
class GridArea:
    """The network below one primary substation; lies whole in one shard.

    With `rights_on_chain` rights to offer its units hold once the chain has granted them; with `totals_on_chain` what
    is claimed of its units is written on the chain.
    """

    area_id: str
    name: str = ""
    shard: int = 0
    dso_id: str = ""
    time_zone: str = ""
    rights_on_chain: bool = False
    totals_on_chain: bool = False


@dataclass(frozen=True, slots=True)
class PriceCollar:
    """Prices at which a product (by its number in the order book) may be ordered and traded.

    A static band around the reference, a dynamic one around the last trade of the period; 0: none. A book halts for
    `halt_s` instead of a trade beyond the dynamic band.
    """

    product: int
    reference_ticks: int = 0
    static_band_ticks: int = 0
    dynamic_band_ticks: int = 0
    halt_s: int = 0


@dataclass(frozen=True, slots=True)
class PoolTerms:
    """What a pool does with what its members leave.

    Connected, a participant upstream sells and buys it at its prices, up to its limits; islanded, a unit forms the grid
    and keeps a reserve of its limits free for losses and what nobody sold.
    """

    upstream_id: str = ""
    import_price_ticks: int = 0
    export_price_ticks: int = 0
    import_limit_w: int = 0
    export_limit_w: int = 0
    forming_unit_id: str = ""
    forming_reserve_w: int = 0


class SelfTradePrevention(Known):
    """Which of two orders of one party that would match is cancelled."""

    UNSPECIFIED = 0
    CANCEL_OLDEST = 1
    CANCEL_NEWEST = 2
    CANCEL_BOTH = 3


class Uncrossing(Known):
    """How a book in which orders wait comes to continuous trade; UNSPECIFIED: by time."""

    UNSPECIFIED = 0
    AUCTION = 1
    DAY_AUCTION = 2


class AuctionPricing(Known):
    """What is paid in a call auction; UNSPECIFIED: one price."""

    UNSPECIFIED = 0
    PAY_AS_BID = 1


class AuctionMargin(Known):
    """Who is served among equal limits at the margin of a call auction; UNSPECIFIED: all, by their quantity."""

    UNSPECIFIED = 0
    TIME = 1


@dataclass(frozen=True, slots=True)
class Market:
    """A market of one area with its parameters. `version` is the object's own version, given by the registry.

    `dnut_budget_micro_euro` is what it pays per delivery day for negative DNUT: None without limit, 0 nothing.
    `penalty_cover_ticks` is the price per MWh that covers a sale where the market asks for collateral. Its books come
    into the phase before opening `pre_open_s` before it, and into those of a call `call_s` and `freeze_s` long at it.
    `at_next_phase`: what this version changes holds in each open book from its next phase on. Of one party it takes
    `max_open_orders` at once, `orders_per_second` after a burst, and on a day `free_orders` and `max_orders_per_trade`.
    Beside its own periods it trades products of `span_lengths_s`, and blocks of at most `max_block_mtus` periods.
    One of network capacity allocates by `capacity_rule`; what is not used `use_or_lose_s` before delivery goes back.
    """

    market_id: str
    area_id: str = ""
    version: int = 0
    algorithm: Algorithm = Algorithm.UNSPECIFIED
    mtu_length_s: int = 0
    opens_before_day_s: int = 0
    gate_closure_s: int = 0
    price_tick_micro_euro_per_mwh: int = 0
    quantity_step_w: int = 0
    min_quantity_w: int = 0
    max_quantity_w: int = 0
    min_price_ticks: int = 0
    max_price_ticks: int = 0
    automatic_matching: bool = False
    either_side_missing: bool = False
    reliability_permille: int = 0
    gate_enabled: bool = False
    active: bool = False
    dnut_budget_micro_euro: int | None = None
    name: str = ""
    feeder_ids: tuple[str, ...] = ()
    enrolment: EnrolmentRule = EnrolmentRule.UNSPECIFIED
    retries_after_match: bool = False
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
    self_trade_prevention: SelfTradePrevention = SelfTradePrevention.UNSPECIFIED
    max_open_orders: int = 0
    orders_per_second: int = 0
    order_burst: int = 0
    free_orders: int = 0
    max_orders_per_trade: int = 0
    span_lengths_s: tuple[int, ...] = ()
    max_block_mtus: int = 0
    uncrossing: Uncrossing = Uncrossing.UNSPECIFIED
    auction_pricing: AuctionPricing = AuctionPricing.UNSPECIFIED
    auction_margin: AuctionMargin = AuctionMargin.UNSPECIFIED
    auction_max_nodes: int = 0
    auction_max_rounds: int = 0
    auction_limit_ms: int = 0
    capacity_rule: CapacityRule = CapacityRule.UNSPECIFIED
    capacity_per_period: bool = False
    use_or_lose_s: int = 0
    pool: PoolTerms | None = None


@dataclass(frozen=True, slots=True)
class Enrolment:
    """That a participant takes part in a market."""

    enrolment_id: str
    market_id: str = ""
    participant_id: str = ""
    active: bool = False


@dataclass(frozen=True, slots=True)
class RightOnChain:
    """A right as the chain holds it: until when it is granted, or why the last thing asked of it was refused."""

    status: RightChainStatus = RightChainStatus.UNSPECIFIED
    reason: str = ""
    valid_to_s: int = 0
    transaction: bytes = b""
    block_number: int = 0


@dataclass(frozen=True, slots=True)
class RightToOffer:
    """The right of a participant to offer a unit in [valid_from_s, valid_to_s), for some products or all (none named).

    It is the owner's exclusive, dated mandate. `on_chain` is given by the registry.
    """

    right_id: str
    unit_id: str = ""
    holder_id: str = ""
    valid_from_s: int = 0
    valid_to_s: int = 0
    revoked: bool = False
    products: tuple[ProductType, ...] = ()
    on_chain: RightOnChain | None = None

    def overlaps(self, other: RightToOffer) -> bool:
        """Tell whether both periods share a second."""
        return self.valid_from_s < other.valid_to_s and other.valid_from_s < self.valid_to_s


Entity = Participant | MeteringPoint | Unit | Portfolio | GridArea | Market | RightToOffer | Enrolment

# Kind of an object as it stands in keys and files, and the field that names it.
KINDS: dict[str, type[Entity]] = {
    "participant": Participant,
    "metering_point": MeteringPoint,
    "unit": Unit,
    "portfolio": Portfolio,
    "area": GridArea,
    "market": Market,
    "right": RightToOffer,
    "enrolment": Enrolment,
}
KIND_OF: dict[type[Entity], str] = {kind: name for name, kind in KINDS.items()}
ID_FIELD: dict[str, str] = {name: f"{name}_id" for name in KINDS}


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """Names one object."""

    kind: str
    id: str

    def __str__(self) -> str:
        return f"{self.kind}/{self.id}"


def key_of(entity: Entity) -> Key:
    """Return the key of an object."""
    kind = KIND_OF[type(entity)]
    return Key(kind, str(getattr(entity, ID_FIELD[kind])))
