"""Rules of what a market trades over several of its periods: longer products, and blocks."""

from __future__ import annotations

from collections.abc import Iterator

from flexbourse_core.rejection import Code, Rejection
from flexbourse_registry.domain.entities import Market
from flexbourse_registry.domain.field_rules import between

SPAN_LENGTHS_S = (1800, 3600)
# The quarter-hours of the longest local day.
MAX_BLOCK_MTUS = 100


def refuse_spans(market: Market) -> Iterator[Rejection]:
    """Iterate over everything that is wrong with a market's longer products and blocks."""
    if len(set(market.span_lengths_s)) != len(market.span_lengths_s):
        yield Rejection(Code.FIELD_MALFORMED, "each length of a product is named once", "span_lengths_s")
    for length_s in market.span_lengths_s[: len(SPAN_LENGTHS_S) + 1]:
        if length_s not in SPAN_LENGTHS_S or not _holds_periods(length_s, market.mtu_length_s):
            lengths = ", ".join(map(str, SPAN_LENGTHS_S))
            rule = f"a longer product is one of {lengths} s, and some of the market's periods"
            yield Rejection(Code.FIELD_OUT_OF_RANGE, rule, "span_lengths_s", value=length_s, unit="s")
    yield from between("max_block_mtus", market.max_block_mtus, 0, MAX_BLOCK_MTUS, "periods")


def _holds_periods(length_s: int, mtu_length_s: int) -> bool:
    """Return whether a length holds two periods or more, and no part of one."""
    return 0 < mtu_length_s < length_s and length_s % mtu_length_s == 0
