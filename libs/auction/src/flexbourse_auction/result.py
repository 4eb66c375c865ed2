"""What an auction says: prices, who trades how much for how much, and how good that is."""

from __future__ import annotations

from dataclasses import dataclass

from flexbourse_auction.orders import Contract, Row, Side
from flexbourse_auction.rules import Rules


@dataclass(frozen=True, slots=True)
class Price:
    """The price of a contract at a node; ``node`` is "" where no network was given and one price holds everywhere.

    ``low_ticks`` to ``high_ticks`` is what the curves alone leave. Where nothing trades, or everybody pays as he bid,
    there is no price.
    """

    contract: Contract
    node: str
    price_ticks: int | None
    low_ticks: int
    high_ticks: int
    bought_w: int
    sold_w: int


@dataclass(frozen=True, slots=True)
class Fill:
    """What one order trades in one contract: the buyer pays ``amount_micro_euro``, the seller gets it."""

    order_id: str
    side: Side
    contract: Contract
    node: str
    quantity_w: int
    amount_micro_euro: int


@dataclass(frozen=True, slots=True)
class BlockResult:
    """What became of a block. ``surplus_micro_euro`` is what it gains by its powers, or would gain by all of them.

    ``paradoxically_rejected``: it would gain at these prices and is not, or not wholly, accepted. None without prices.
    """

    order_id: str
    accepted_ppm: int
    surplus_micro_euro: int | None
    paradoxically_rejected: bool


@dataclass(frozen=True, slots=True)
class RowUse:
    """How far a network row is used, and what one more unit of its limit would be worth, EUR/MWh ticks per W."""

    row_id: str
    value: float
    limit: float
    shadow_ticks: float


@dataclass(frozen=True, slots=True)
class Round:
    """One solution and the rows that the grid check answered it with."""

    number: int
    welfare_micro_euro: int
    cuts: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """The result of an auction; ``fills`` by order, contract; nobody who is not named trades.

    Welfare is Σ limits of what is bought − Σ limits of what is sold. No other result by the same rules is better than
    this one by more than ``gap_micro_euro`` (``gap_ppm`` of its welfare); ``proven`` tells that the solver ended by
    itself and ``timed_out`` that seconds ended it, so that another run may differ. ``income_micro_euro`` is what
    buyers pay beyond what sellers get: congestion, or the difference of bids paid as bid. ``agreed`` is False where
    the grid check still objected after the last allowed round: then nothing of it may be used.
    """

    rules: Rules
    prices: tuple[Price, ...]
    fills: tuple[Fill, ...]
    blocks: tuple[BlockResult, ...]
    rows: tuple[RowUse, ...]
    welfare_micro_euro: int
    income_micro_euro: int
    gap_micro_euro: int
    gap_ppm: int
    proven: bool
    timed_out: bool
    nodes: int
    rounds: tuple[Round, ...] = ()
    agreed: bool = True

    @property
    def volume_w(self) -> int:
        """Return what is sold in all contracts together, in W times MTUs."""
        return sum(price.sold_w for price in self.prices)

    def price_of(self, contract: Contract, node: str = "") -> Price:
        """Return the price of a contract at a node; KeyError where nobody asked for it."""
        for price in self.prices:
            if price.contract == contract and price.node == node:
                return price
        raise KeyError((contract, node))

    def quantity_of(self, order_id: str) -> int:
        """Return what an order trades, in W times MTUs; 0 where it trades nothing."""
        return sum(fill.quantity_w for fill in self.fills if fill.order_id == order_id)
