"""Rules of a market that is a pool."""

from __future__ import annotations

from collections.abc import Iterator

from flexbourse_core.rejection import Code, Rejection
from flexbourse_registry.domain.entities import Algorithm, Market
from flexbourse_registry.domain.field_rules import between, ordered
from flexbourse_registry.domain.references import reference
from flexbourse_registry.domain.state import State

# Far beyond the connection of any distribution area.
MAX_LIMIT_W = 100_000_000_000
# Far beyond any price.
MAX_TICKS = 10**9


def refuse_pool(market: Market, state: State) -> Iterator[Rejection]:
    """Iterate over everything that is wrong with what a market says of a pool."""
    terms = market.pool
    if (terms is None) == (market.algorithm is Algorithm.POOL):
        rule = "a pool has terms, and no other market does"
        yield Rejection(Code.ENTITY_INVALID, rule, "pool", element=market.market_id)
    if terms is None or market.algorithm is not Algorithm.POOL:
        return
    if not market.call_s:
        rule = "a pool collects orders in a call"
        yield Rejection(Code.ENTITY_INVALID, rule, "call_s", value=market.call_s, limit=1, unit="s")
    if market.span_lengths_s or market.max_block_mtus:
        rule = "a pool trades the market's own periods"
        yield Rejection(Code.ENTITY_INVALID, rule, "span_lengths_s", element=market.market_id)
    yield from between("pool.forming_reserve_w", terms.forming_reserve_w, 0, MAX_LIMIT_W, "W")
    if terms.forming_unit_id:
        yield from reference("pool.forming_unit_id", "unit", terms.forming_unit_id, state)
        if terms.upstream_id or terms.import_limit_w or terms.export_limit_w:
            rule = "an islanded pool has nobody upstream"
            yield Rejection(Code.ENTITY_INVALID, rule, "pool.upstream_id", terms.upstream_id[:64])
        return
    yield from reference("pool.upstream_id", "participant", terms.upstream_id, state)
    for name in ("import_limit_w", "export_limit_w"):
        yield from between(f"pool.{name}", getattr(terms, name), 0, MAX_LIMIT_W, "W")
    for name in ("import_price_ticks", "export_price_ticks"):
        yield from between(f"pool.{name}", getattr(terms, name), -MAX_TICKS, MAX_TICKS, "ticks")
    ends = terms.export_price_ticks, terms.import_price_ticks
    yield from ordered("pool.export_price_ticks", ends[0], "pool.import_price_ticks", ends[1], "ticks")
