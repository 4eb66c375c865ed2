"""Accepted trades that move the grid, as far as they stand: what a curtailment can take from."""

from __future__ import annotations

from dataclasses import dataclass

from flexbourse_core.values import replace
from flexbourse_orderbook.domain.events import MatchSide, TradeExecuted
from flexbourse_orderbook.domain.grid.curtailment_events import Curtailment


@dataclass(frozen=True, slots=True)
class MovingSide:
    """One side; `moves` is its change of injection per W of the trade: 1, 0 or -1."""

    party: str
    metering_point_id: str
    node_id: str
    moves: int


@dataclass(frozen=True, slots=True)
class MovingTrade:
    """One trade; quantity, billed tariff and memo are what is left of them."""

    trade_id: str
    sequence: int
    market_id: str
    seller: MovingSide
    buyer: MovingSide
    buyer_is_aggressor: bool
    quantity_w: int
    price_ticks: int
    tick_micro_euro_per_mwh: int
    dnut_micro_euro: int
    relief_micro_euro: int

    @property
    def sides(self) -> tuple[MovingSide, MovingSide]:
        """Return seller and buyer."""
        return self.seller, self.buyer

    def less(self, curtailment: Curtailment) -> MovingTrade:
        """Return what is left after a curtailment."""
        return replace(
            self,
            quantity_w=curtailment.left_w,
            dnut_micro_euro=self.dnut_micro_euro - curtailment.dnut_refund_micro_euro,
            relief_micro_euro=self.relief_micro_euro - curtailment.relief_refund_micro_euro,
        )


def moving_trade(event: TradeExecuted) -> MovingTrade | None:
    """Return what is kept of a trade; None where nothing moves."""
    if not (event.seller.moved_w or event.buyer.moved_w):
        return None
    return MovingTrade(
        event.trade_id, event.sequence, event.market_id, _side(event.seller), _side(event.buyer),
        event.buyer_is_aggressor, event.quantity_w, event.price_ticks, event.tick_micro_euro_per_mwh,
        event.dnut_micro_euro, event.relief_micro_euro,
    )  # fmt: skip


def _side(side: MatchSide) -> MovingSide:
    moves = (side.moved_w > 0) - (side.moved_w < 0)
    return MovingSide(side.party, side.metering_point_id, side.node_id, moves)
