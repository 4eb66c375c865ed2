"""Events of the order book: everything that was decided, numbers of the grid check included.

Field names and meanings are those of the journal's messages; `flexbourse_orderbook.wire` binds one to the other and
compares them at import.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass

from flexbourse_core.market_time import Mtu
from flexbourse_core.rejection import Rejection
from flexbourse_core.values import quickly_made
from flexbourse_orderbook.domain.agreements.agreed import AgreementConfirmed, AgreementEnded, AgreementProposed
from flexbourse_orderbook.domain.auctions.events import AuctionCleared
from flexbourse_orderbook.domain.capacity_auction.events import CapacityEvent
from flexbourse_orderbook.domain.findings import GateFinding, GridEffect, NodeChange
from flexbourse_orderbook.domain.grid.capacity import CapacityLimitsSet
from flexbourse_orderbook.domain.grid.curtailment_events import (
    CurtailmentProposed,
    CurtailmentWithdrawn,
    TopologyRechecked,
    TradeCurtailed,
)
from flexbourse_orderbook.domain.headroom.events import (
    HeadroomContested,
    HeadroomDenied,
    HeadroomFilled,
    HeadroomReduced,
    HeadroomReserved,
    HeadroomSettled,
    HeadroomShort,
)
from flexbourse_orderbook.domain.headroom.outside import TradedOutside
from flexbourse_orderbook.domain.operation.events import MarketHalted, OperatorActed, TradeRecalled
from flexbourse_orderbook.domain.orders import Basis, NewOrder, Order, OrderStatus, Product, ReplaceCause
from flexbourse_orderbook.domain.phases.table import OrderReleased, Phase, PhaseChanged
from flexbourse_orderbook.domain.pools.events import PoolCleared
from flexbourse_orderbook.domain.safeguards.events import KillSwitchSet, OrderHibernated, SessionKept
from flexbourse_orderbook.domain.spreads.events import Spread, SpreadEnded, SpreadRequested, SpreadSkipped, SpreadsTried


@quickly_made
@dataclass(frozen=True, slots=True)
class BaseFrozen:
    """The base of a metering point and period is frozen for its owner."""

    area_id: str
    mtu: Mtu
    metering_point_id: str
    base_w: int
    base_case_version: int


@quickly_made
@dataclass(frozen=True, slots=True)
class OrderAdmitted:
    """An order entered the book."""

    order: Order


@quickly_made
@dataclass(frozen=True, slots=True)
class OrderRefused:
    """An order, or a request about one, was refused; changes nothing but what is counted of its party.

    `market_id` is that of the order which the request is about; `replaces`: about its quantity or price.
    """

    area_id: str
    party: str
    client_order_id: str
    order_id: str
    mtu: Mtu | None
    rejection: Rejection
    order: NewOrder | None
    market_id: str = ""
    replaces: bool = False

    @property
    def counts_in(self) -> str:
        """Return the market where it is one more of what its party sends: a new order, or a change; empty: none."""
        return self.order.market_id if self.order is not None else self.market_id if self.replaces else ""


@quickly_made
@dataclass(frozen=True, slots=True)
class MatchSide:
    """One side of a match; `moved_w`, `moved_var` change its injection; filled, open, hidden are the order's after it.

    `collateral_micro_euro` is what the match takes of the party's allotment, `open_collateral_micro_euro` what is left
    to what is open of the order.
    """

    order_id: str
    client_order_id: str
    party: str
    unit_id: str
    metering_point_id: str
    node_id: str
    basis: Basis
    moved_w: int
    filled_w: int
    open_w: int
    owner_id: str
    feeder_id: str
    moved_var: int = 0
    collateral_micro_euro: int = 0
    open_collateral_micro_euro: int = 0
    hidden_w: int = 0


@quickly_made
@dataclass(frozen=True, slots=True)
class Relief:
    """Loading relief that a match gave the element of an operator's request."""

    element_id: str
    relief_mpct: int
    bought: bool


@quickly_made
@dataclass(frozen=True, slots=True)
class HeldRelief:
    """Relief that an operator holds as bought."""

    trade_id: str
    party: str
    market_id: str
    effect: GridEffect


@quickly_made
@dataclass(frozen=True, slots=True)
class ReliefReleased:
    """An operator gave bought relief up; the effect's negative weight takes off what no longer counts."""

    area_id: str
    mtu: Mtu
    trade_id: str
    party: str
    effect: GridEffect


@quickly_made
@dataclass(frozen=True, slots=True)
class TradeExecuted:
    """Two orders matched, or two parties agreed: then there is an `agreement_id`, and the sides have no orders.

    The aggressor bears the DNUT but for the other side's part of it. What was accepted at once with others has a
    `set_id`; what the set takes from the limits stands at the first of its trades that moves something. A match that is
    smaller than the `asked_w` that both sides had for each other says which rule's code it was `shrunk_by`.
    """

    trade_id: str
    area_id: str
    market_id: str
    product: Product
    mtu: Mtu
    quantity_w: int
    price_ticks: int
    tick_micro_euro_per_mwh: int
    amount_micro_euro: int
    seller: MatchSide
    buyer: MatchSide
    buyer_is_aggressor: bool
    dnut_micro_euro: int
    relief_micro_euro: int
    potential_before_micro_euro: int
    potential_after_micro_euro: int
    tariff_version: int
    reliefs: tuple[Relief, ...]
    gate: GateFinding | None
    operating_point_sequence: int
    executed_at_ms: int
    sequence: int
    effect: GridEffect | None
    call_id: str = ""
    agreement_id: str = ""
    other_dnut_micro_euro: int = 0
    set_id: str = ""
    span_match_id: str = ""
    span: Mtu | None = None
    spread: Spread | None = None
    shrunk_by: str = ""
    asked_w: int = 0


@quickly_made
@dataclass(frozen=True, slots=True)
class SpanMatched:
    """Two orders over a span of periods matched; the trades of its periods follow. Moved is the power in each of them.

    Amount and DNUT are sums; what the match takes of collateral stands at the trades.
    """

    span_match_id: str
    area_id: str
    market_id: str
    product: Product
    mtu: Mtu
    quantity_w: int
    price_ticks: int
    tick_micro_euro_per_mwh: int
    amount_micro_euro: int
    seller: MatchSide
    buyer: MatchSide
    buyer_is_aggressor: bool
    dnut_micro_euro: int
    trade_ids: tuple[str, ...]
    executed_at_ms: int
    sequence: int
    shrunk_by: str = ""
    asked_w: int = 0


@quickly_made
@dataclass(frozen=True, slots=True)
class FlexibilityHeld:
    """Two orders matched, one of them conditional: held until the buyer calls it or gives it back."""

    call_id: str
    area_id: str
    market_id: str
    product: Product
    mtu: Mtu
    order_id: str
    node_id: str
    quantity_w: int
    price_ticks: int
    tick_micro_euro_per_mwh: int
    seller: MatchSide
    buyer: MatchSide
    buyer_is_aggressor: bool
    gate: GateFinding | None
    executed_at_ms: int
    sequence: int
    element_id: str = ""

    def is_in(self, nodes: Container[str]) -> bool:
        """Tell whether every node that a call moves is among some."""
        return all(side.node_id in nodes for side in (self.seller, self.buyer) if side.moved_w)


@quickly_made
@dataclass(frozen=True, slots=True)
class CallEnded:
    """A held match was given back; one that is called becomes a trade instead."""

    call_id: str
    area_id: str
    mtu: Mtu
    reason: str
    seller_party: str
    buyer_party: str
    ended_at_ms: int


@quickly_made
@dataclass(frozen=True, slots=True)
class PairBlocked:
    """What stands against more of a resting pair; sense 0: a loading, 1: a voltage too high, -1: too low.

    `value` is where one more step of the quantity would lead it, `at_re`, `at_im` where it stood: the parts of a
    current, or a voltage. No element: it matched in part, or another reason stopped it; due after any match.
    """

    area_id: str
    mtu: Mtu
    ask_order_id: str
    bid_order_id: str
    element_id: str = ""
    sense: int = 0
    value: int = 0
    limit: int = 0
    at_re: int = 0
    at_im: int = 0


@quickly_made
@dataclass(frozen=True, slots=True)
class CandidateSkipped:
    """A candidate was passed over, with the reason."""

    area_id: str
    mtu: Mtu
    aggressor_order_id: str
    resting_order_id: str
    reason: Rejection
    operating_point_sequence: int


@quickly_made
@dataclass(frozen=True, slots=True)
class OrderClosed:
    """An order left the book unfilled, or partly filled."""

    order_id: str
    area_id: str
    mtu: Mtu
    status: OrderStatus
    open_w: int
    reason: str
    party: str
    client_order_id: str
    rejection: Rejection | None
    leftover: Order | None = None
    market_id: str = ""


@quickly_made
@dataclass(frozen=True, slots=True)
class OrderReplaced:
    """A resting order was changed; a new sequence means that it lost its priority."""

    order: Order
    cause: ReplaceCause = ReplaceCause.UNSPECIFIED


@quickly_made
@dataclass(frozen=True, slots=True)
class BookOpened:
    """The book of a market and period opened."""

    area_id: str
    market_id: str
    mtu: Mtu
    potential_micro_euro: int | None
    phase: Phase = Phase.CONTINUOUS


@quickly_made
@dataclass(frozen=True, slots=True)
class BookClosed:
    """The book of a market and period closed; no trade of it follows."""

    area_id: str
    market_id: str
    mtu: Mtu
    last_trade_sequence: int
    potential_start_micro_euro: int
    potential_end_micro_euro: int
    revision_micro_euro: int
    confirmed_micro_euro: int


@quickly_made
@dataclass(frozen=True, slots=True)
class BookSorted:
    """Resting orders stand in a new order, by the tariff of this version."""

    area_id: str
    mtu: Mtu
    tariff_version: int


@quickly_made
@dataclass(frozen=True, slots=True)
class RetryPlace:
    """How far a pass through the blocked pairs of a book has come: everything up to here was tried.

    The crossing pairs stand by the sum of their keys, then by ask, then by bid; a sum above zero: all of them were
    tried. Pairs with operators' requests are counted.
    """

    mtu: Mtu
    market_id: str
    product: Product
    key_sum: int
    ask_key: int
    ask_sequence: int
    bid_sequence: int
    requests_tried: int


@quickly_made
@dataclass(frozen=True, slots=True)
class PairsRetried:
    """Blocked pairs of these periods are tried again; others wait for their turn, and so do pairs behind a place."""

    area_id: str
    mtus: tuple[Mtu, ...]
    deferred: tuple[Mtu, ...]
    unfinished: tuple[RetryPlace, ...] = ()


@quickly_made
@dataclass(frozen=True, slots=True)
class PotentialRevised:
    """Something else than a match changed the potential of a period; a reservation, if one was confirmed."""

    area_id: str
    mtu: Mtu
    before_micro_euro: int
    after_micro_euro: int
    topology_version: int
    base_case_version: int
    reservation_id: str = ""


@quickly_made
@dataclass(frozen=True, slots=True)
class OperatingPointChanged:
    """Accepted deviations of the changed nodes, absolute, on top of the base case."""

    area_id: str
    mtu: Mtu
    sequence: int
    accepted: tuple[NodeChange, ...]
    topology_version: int
    base_case_version: int


@quickly_made
@dataclass(frozen=True, slots=True)
class AreaHalted:
    """An area stopped, or goes on."""

    area_id: str
    halted: bool
    reason: str


Event = (
    BaseFrozen
    | OrderAdmitted
    | OrderRefused
    | TradeExecuted
    | CandidateSkipped
    | OrderClosed
    | OrderReplaced
    | BookOpened
    | BookClosed
    | PotentialRevised
    | OperatingPointChanged
    | HeadroomReserved
    | HeadroomFilled
    | HeadroomSettled
    | HeadroomReduced
    | HeadroomDenied
    | HeadroomContested
    | HeadroomShort
    | AreaHalted
    | BookSorted
    | PairsRetried
    | CurtailmentProposed
    | CurtailmentWithdrawn
    | TradeCurtailed
    | TopologyRechecked
    | CapacityLimitsSet
    | ReliefReleased
    | FlexibilityHeld
    | CallEnded
    | PairBlocked
    | TradedOutside
    | OrderHibernated
    | SessionKept
    | KillSwitchSet
    | PhaseChanged
    | OrderReleased
    | MarketHalted
    | OperatorActed
    | TradeRecalled
    | AgreementProposed
    | AgreementConfirmed
    | AgreementEnded
    | SpanMatched
    | AuctionCleared
    | CapacityEvent
    | PoolCleared
    | SpreadRequested
    | SpreadSkipped
    | SpreadEnded
    | SpreadsTried
)
