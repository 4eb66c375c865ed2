"""Price collars: where the price of a product may lie.

A static band lies around the market's reference, a dynamic one around the last trade of the product and period. Orders
enter only within both.
"""

from __future__ import annotations

from flexbourse_core.rejection import Code, Rejection
from flexbourse_orderbook.domain.orders import Product
from flexbourse_orderbook.domain.registry_state import Market, PriceCollar
from flexbourse_orderbook.domain.state import Period


def collar_of(market: Market, product: Product) -> PriceCollar | None:
    """Return the collar of a product, None where it has none."""
    for collar in market.price_collars:
        if collar.product == product:
            return collar
    return None


def refuse_price(market: Market, period: Period, product: Product, price_ticks: int) -> Rejection | None:
    """Return why a product is not ordered at a price, or None."""
    collar = collar_of(market, product)
    if collar is None:
        return None
    book = period.find_book(market.market_id, product)
    return refuse_beyond(collar, None if book is None else book.last_ticks, price_ticks)


def refuse_beyond(collar: PriceCollar, last_ticks: int | None, price_ticks: int) -> Rejection | None:
    """Return which band a price leaves: the static one first; the band is said whole."""
    static, dynamic = collar.static_band_ticks, collar.dynamic_band_ticks
    if static and not -static <= price_ticks - collar.reference_ticks <= static:
        return _beyond("the reference", collar.reference_ticks, static, price_ticks)
    if last_ticks is not None and dynamic and not -dynamic <= price_ticks - last_ticks <= dynamic:
        return _beyond("the last trade", last_ticks, dynamic, price_ticks)
    return None


def _beyond(name: str, middle: int, width: int, price_ticks: int) -> Rejection:
    low, high = middle - width, middle + width
    return Rejection(
        Code.PRICE_COLLAR, f"the price lies within {low} to {high} ticks, {width} around {name}",
        field="limit_price_ticks", value=price_ticks, limit=low if price_ticks < low else high, unit="ticks",
    )  # fmt: skip
