"""A recorded day: everything the report tells, in the units people read; plain data, written to `day.json` as it is.

Powers are W unless a name says kW, prices are ct/kWh, loadings are percent, voltages are volts of a 230 V phase.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class RunFacts:
    """What identifies the day and how it went."""

    network: str
    network_words: str
    date: str
    seed: int
    command: str
    engine: str
    versions: dict[str, str]
    digests: dict[str, str]
    seconds: float
    orders: int
    robots: int
    trades: int
    energy_kwh: float
    refusals: dict[str, int]
    light_minutes: dict[str, int]


@dataclass(frozen=True, slots=True)
class MapBranch:
    """A cable or transformer on the map, with the places of its ends."""

    branch_id: str
    label: str
    from_place: int
    to_place: int
    is_transformer: bool


@dataclass(frozen=True, slots=True)
class MapHome:
    """A home on the map; `place` is an index of the places, `side` +1 below its street and -1 above."""

    home_id: str
    name: str
    number: int
    place: int
    side: int
    devices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MapRecord:
    """The network laid out as a tree; the places have no geography."""

    width: float
    height: float
    places: tuple[tuple[float, float], ...]
    branches: tuple[MapBranch, ...]
    homes: tuple[MapHome, ...]
    streets: tuple[tuple[str, float, float], ...]  # name and place of its caption


@dataclass(frozen=True, slots=True)
class WorldRecord:
    """One world: its totals and what the grid saw. Series run over the periods first."""

    name: str
    overloaded_quarters: int
    worst_percent: float
    worst_period: int
    worst_branch: str
    lowest_volt: float
    bill_euro: float
    refused_kwh: float
    losses_kwh: float
    car_kwh: float
    loading_permille: tuple[tuple[int, ...], ...]  # per branch of the map
    decivolt: tuple[tuple[int, ...], ...]  # per home of the map
    home_w: tuple[tuple[int, ...], ...]  # per home of the map


@dataclass(frozen=True, slots=True)
class StreetLights:
    """The lights of one street over the day as letters G, A, R and ?, with and without the grid check."""

    street: str
    checked: str
    unchecked: str


@dataclass(frozen=True, slots=True)
class CableRecord:
    """The crowded cable: its loading in percent, per world and period."""

    label: str
    street: str
    percent: dict[str, tuple[float, ...]]


@dataclass(frozen=True, slots=True)
class HomeDay:
    """A day of one home: power of its devices, what its battery or car holds, prices, events, its bill."""

    name: str
    words: str
    device_w: dict[str, tuple[int, ...]]
    stored_kwh: dict[str, tuple[float, ...]]  # what the car got so far, what the battery holds
    paid_cent: tuple[float | None, ...]
    supplier_cent: tuple[float, ...]
    events: tuple[tuple[int, str], ...]
    bill: tuple[tuple[str, float], ...]
    bill_without_euro: float


@dataclass(frozen=True, slots=True)
class RefusalCard:
    """One refusal: the wish, what stood against it, what fitted and what came of it."""

    placed: str
    who: str
    wish_kw: float
    period: str
    element: str
    would_percent: float | None
    limit_percent: float | None
    fits_kw: float
    next_period: str
    code: str
    outcome: str


@dataclass(frozen=True, slots=True)
class PriceView:
    """An offer as one home sees it, in ct/kWh."""

    who: str
    losses_cent: float
    scarcity_cent: float
    voltage_cent: float


@dataclass(frozen=True, slots=True)
class TwoPrices:
    """One offer, two neighbours, two prices."""

    seller: str
    period: str
    quantity_kw: float
    offer_cent: float
    views: tuple[PriceView, ...]


@dataclass(frozen=True, slots=True)
class BookMoment:
    """The book of one period at one moment: price in ct/kWh and open power in kW, best first."""

    at: str
    period: str
    asks: tuple[tuple[float, float], ...]
    bids: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class MarketRecord:
    """Price and volume per period; None where nothing was traded."""

    volume_kwh: tuple[float, ...]
    mean_cent: tuple[float | None, ...]
    low_cent: tuple[float | None, ...]
    high_cent: tuple[float | None, ...]
    supplier_cent: tuple[float, ...]
    retail_cent: float
    feed_in_cent: float
    book: BookMoment | None


@dataclass(frozen=True, slots=True)
class ReliefOffer:
    """What one device offered against a request; `effect` is relief of the cable per kW."""

    who: str
    offered_kw: float
    cent: float
    effect: float
    taken_kw: float


@dataclass(frozen=True, slots=True)
class ReliefCase:
    """One request of the operator."""

    period: str
    element: str
    before_percent: float
    after_percent: float
    need_kw: float
    limit_cent: float
    offers: tuple[ReliefOffer, ...]
    cost_euro: float


@dataclass(frozen=True, slots=True)
class GainRecord:
    """Who gained (positive euro) and who lost against the world without a local market; adds up to zero."""

    homes: tuple[tuple[str, float], ...]
    operator_euro: float
    supplier_euro: float
    sum_micro_euro: int


@dataclass(frozen=True, slots=True)
class ProofRecord:
    """One line of one statement, from leaf to root to chain."""

    participant: str
    leaf_words: str
    leaf: str
    path: tuple[str, ...]  # the first of the hashes beside it
    path_length: int
    root: str
    batches: int
    leaves: int
    gas: int
    block: int
    accounts_micro_euro: dict[str, int]
    verify_words: str
    tampered_words: str


@dataclass(frozen=True, slots=True)
class TrustRecord:
    """How sure the numbers are; None where it was not measured."""

    checked: int
    disagreements: int
    violations: int
    largest_volt_difference: float
    largest_percent_difference: float
    check_us: float | None
    runpp_us: float | None


@dataclass(frozen=True, slots=True)
class DayRecord:
    """The whole day."""

    facts: RunFacts
    clocks: tuple[str, ...]
    map: MapRecord
    worlds: tuple[WorldRecord, ...]
    lights: tuple[StreetLights, ...]
    cable: CableRecord
    home_day: HomeDay
    refusals: tuple[RefusalCard, ...]
    two_prices: TwoPrices | None
    market: MarketRecord
    relief: tuple[ReliefCase, ...]
    gains: GainRecord
    proof: ProofRecord | None
    trust: TrustRecord
    drawn: tuple[tuple[str, str], ...] = field(default=())  # label and value of what the seed drew

    def to_json(self) -> dict[str, Any]:
        """Return it as plain JSON types."""
        return asdict(self)
