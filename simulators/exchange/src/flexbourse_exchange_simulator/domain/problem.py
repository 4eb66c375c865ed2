"""What is wrong with a request: a code that a program reads and a sentence that a person reads."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Code(StrEnum):
    """Codes of single orders. `ExpTimeEndRule` is in OKTE's public pages; the others are named after its manner."""

    FORMAT = "FormatRule"
    KIND = "TypeRule"
    INDICATION = "IndicationRule"
    PERIOD = "PeriodRule"
    NOT_OPEN = "PeriodNotOpenRule"
    TRADING_END = "TradingEndRule"
    QUANTITY = "QuantityRule"
    PRICE = "PriceRule"
    EXPIRATION_END = "ExpTimeEndRule"
    EXPIRATION_PAST = "ExpTimePastRule"
    PEAK_QUANTITY = "PeakQuantityRule"
    PEAK_PRICE_DELTA = "PeakPriceDeltaRule"
    TEXT_LENGTH = "TextLengthRule"
    DUPLICATE_CLIENT_ID = "DuplicateClientOrderIdRule"
    ORDERS_COUNT = "OrdersCountRule"
    ORDERS_LIMIT = "OrdersLimitRule"
    MARKET_STATUS = "MarketStatusRule"
    ORDER_STATUS = "OrderStatusRule"
    ORDER_PENDING = "OrderPendingRule"
    AUCTION_CLOSED = "AuctionClosedRule"
    CURVE = "CurveRule"
    RATIO = "MinimumAcceptanceRatioRule"
    EXTERNAL = "ExternalRejection"


@dataclass(frozen=True, slots=True)
class Problem:
    """One broken rule; `arguments` are the figures that the sentence names."""

    code: Code
    message: str
    arguments: tuple[str | int, ...] = ()
