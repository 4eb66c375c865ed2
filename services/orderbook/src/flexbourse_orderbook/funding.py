"""What quotes must know of markets: their tick, and whether the operator's budget still pays for a negative DNUT."""

from __future__ import annotations

from datetime import timedelta

from flexbourse.orderbook.v1 import orderbook_pb2 as pb
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse_core.market_time import DEFAULT_MTU_LENGTH_S, local_day
from flexbourse_core.money import DEFAULT_TICK_MICRO_EURO_PER_MWH
from flexbourse_orderbook.domain.dnut_budget import DnutSpending, paid, refuse_unfunded
from flexbourse_orderbook.domain.registry_state import Area, Market
from flexbourse_orderbook.wire import registry_object

# Days that nobody trades any more are forgotten: so far a delivery day may lie before the newest one.
KEPT_DAYS = timedelta(days=7)


class Funds:
    """Markets, time zones and spent budgets, folded from the registry and the public events of the books."""

    def __init__(self) -> None:
        self._markets: dict[str, Market] = {}
        self._areas: dict[str, Area] = {}
        self._spending = DnutSpending()

    def know(self, entity: registry.Entity) -> None:
        """Take an object of the registry in."""
        match registry_object(entity):
            case Market() as market:
                self._markets[market.market_id] = market
            case Area() as area:
                self._areas[area.area_id] = area

    def hear(self, event: pb.OrderEvent) -> None:
        """Take a public event in: a trade spends, a curtailment or recall gives back."""
        field = event.WhichOneof("event")
        if field == "trade":
            self._spend(event.trade, paid(event.trade.dnut_micro_euro))
        elif field == "trade_curtailed":
            self._spend(event.trade_curtailed, -paid(event.trade_curtailed.curtailment.dnut_refund_micro_euro))
        elif field == "trade_recalled":
            self._spend(event.trade_recalled, -paid(event.trade_recalled.dnut_refund_micro_euro))

    def _spend(self, event: pb.TradeExecuted | pb.TradeCurtailed | pb.TradeRecalled, micro_euro: int) -> None:
        area = self._areas.get(event.area_id)
        if not micro_euro or area is None:
            return
        day = local_day(event.mtu.start_s, area.time_zone)
        self._spending.add(event.market_id, day, micro_euro)
        self._spending.forget(day - KEPT_DAYS)

    def tick(self, market_id: str) -> int:
        """Return the value of a market's tick in micro-euro per MWh."""
        market = self._markets.get(market_id)
        return market.price_tick_micro_euro_per_mwh if market is not None else DEFAULT_TICK_MICRO_EURO_PER_MWH

    def period_s(self, market_id: str) -> int:
        """Return the length of a market's periods."""
        market = self._markets.get(market_id)
        return market.mtu_length_s if market is not None else DEFAULT_MTU_LENGTH_S

    def pays(self, market_id: str, start_s: int, dnut_micro_euro: int) -> bool:
        """Tell whether the operator's budget of a period's delivery day pays for a DNUT."""
        market = self._markets.get(market_id)
        area = self._areas.get(market.area_id) if market is not None else None
        if market is None or area is None:
            return True
        spent = self._spending.of(market_id, local_day(start_s, area.time_zone))
        return refuse_unfunded(market, spent, dnut_micro_euro) is None
