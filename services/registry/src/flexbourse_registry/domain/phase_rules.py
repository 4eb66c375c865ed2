"""Rules of a market's phases, its price collars, what it takes of one party, and how long trades can be taken back."""

from __future__ import annotations

from collections.abc import Iterator

from flexbourse_core.rejection import Code, Rejection
from flexbourse_registry.domain.entities import Algorithm, Market, PriceCollar, Uncrossing
from flexbourse_registry.domain.field_rules import between

# A week before the opening; a call, its freeze, a halt and the window of a recall end within a day.
MAX_PRE_OPEN_S = 7 * 86_400
MAX_PHASE_S = 86_400
# Products of the order book, by number.
MAX_PRODUCT = 63
MAX_COLLARS = 16
# What a market takes of one party: more is no limit.
MAX_ORDERS = 1_000_000
# The work of a call auction: the shard does nothing else meanwhile.
MAX_NODES = 100_000
MAX_ROUNDS = 50
MAX_LIMIT_MS = 60_000
# Far beyond any price.
MAX_TICKS = 10**9


def refuse_phases(market: Market) -> Iterator[Rejection]:
    """Iterate over everything that is wrong with a market's phases, collars and recall."""
    yield from between("pre_open_s", market.pre_open_s, 0, MAX_PRE_OPEN_S, "s")
    for name in ("call_s", "freeze_s", "recall_window_s"):
        yield from between(name, getattr(market, name), 0, MAX_PHASE_S, "s")
    if market.freeze_s and not market.call_s:
        rule = "a market that freezes has a call before it"
        yield Rejection(Code.ENTITY_INVALID, rule, "freeze_s", value=market.freeze_s, limit=0, unit="s")
    for name in ("max_open_orders", "orders_per_second", "order_burst", "free_orders", "max_orders_per_trade"):
        yield from between(name, getattr(market, name), 0, MAX_ORDERS, "orders")
    yield from _refuse_auction(market)
    yield from between("price_collars", len(market.price_collars), 0, MAX_COLLARS, "collars")
    products = [collar.product for collar in market.price_collars]
    if len(set(products)) != len(products):
        yield Rejection(Code.FIELD_MALFORMED, "a product has one price collar", "price_collars")
    for collar in market.price_collars[:MAX_COLLARS]:
        yield from _refuse_collar(collar)


def _refuse_auction(market: Market) -> Iterator[Rejection]:
    yield from between("auction_max_nodes", market.auction_max_nodes, 0, MAX_NODES, "nodes")
    yield from between("auction_max_rounds", market.auction_max_rounds, 0, MAX_ROUNDS, "rounds")
    yield from between("auction_limit_ms", market.auction_limit_ms, 0, MAX_LIMIT_MS, "ms")
    if market.uncrossing is Uncrossing.UNSPECIFIED:
        return
    if market.algorithm is not Algorithm.CONTINUOUS_ENERGY:
        rule = "local energy is traded in call auctions"
        yield Rejection(Code.ENTITY_INVALID, rule, "uncrossing", value=int(market.uncrossing), limit=0)
    if not market.call_s and not market.pre_open_s:
        rule = "a market that is uncrossed by an auction has a phase in which orders wait"
        yield Rejection(Code.ENTITY_INVALID, rule, "uncrossing", value=int(market.uncrossing), limit=0)


def _refuse_collar(collar: PriceCollar) -> Iterator[Rejection]:
    yield from between("price_collars.product", collar.product, 1, MAX_PRODUCT, "product")
    yield from between("price_collars.reference_ticks", collar.reference_ticks, -MAX_TICKS, MAX_TICKS, "ticks")
    for name in ("static_band_ticks", "dynamic_band_ticks"):
        yield from between(f"price_collars.{name}", getattr(collar, name), 0, MAX_TICKS, "ticks")
    yield from between("price_collars.halt_s", collar.halt_s, 0, MAX_PHASE_S, "s")
