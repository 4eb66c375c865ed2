"""Rules of markets of network capacity, and of connections of which a part is not firm."""

from __future__ import annotations

from collections.abc import Iterator

from flexbourse_core.rejection import Code, Rejection
from flexbourse_registry.domain.entities import Algorithm, CapacityRule, Market, MeteringPoint
from flexbourse_registry.domain.field_rules import between

MAX_CONNECTION_W = 1_000_000_000
MAX_USE_OR_LOSE_S = 86_400


def refuse_capacity_market(market: Market) -> Iterator[Rejection]:
    """Iterate over everything that is wrong with a market's parameters of network capacity."""
    yield from between("use_or_lose_s", market.use_or_lose_s, 0, MAX_USE_OR_LOSE_S, "s")
    if market.algorithm is not Algorithm.NETWORK_CAPACITY:
        if market.capacity_rule or market.capacity_per_period or market.use_or_lose_s:
            rule = "only a market of network capacity says how that is allocated"
            yield Rejection(Code.ENTITY_INVALID, rule, "capacity_rule")
        return
    if not market.capacity_rule:
        named = ", ".join(rule.name for rule in CapacityRule if rule)
        yield Rejection(Code.FIELD_MISSING, f"network capacity is allocated by one of {named}", "capacity_rule")
    yield from between("call_s", market.call_s, 1, MAX_USE_OR_LOSE_S, "s")
    yield from between("min_price_ticks", market.min_price_ticks, 0, market.max_price_ticks, "ticks")
    if market.capacity_per_period and market.gate_closure_s <= market.use_or_lose_s:
        rule = "an auction of a period is cleared before what is not used goes back"
        yield Rejection(
            Code.ENTITY_INVALID, rule, "gate_closure_s", value=market.gate_closure_s, limit=market.use_or_lose_s,
            unit="s",
        )  # fmt: skip
    ends_s = market.call_s + market.freeze_s
    if not market.capacity_per_period and market.opens_before_day_s < ends_s + market.use_or_lose_s:
        rule = "an auction of a day is cleared before what is not used of its first period goes back"
        yield Rejection(
            Code.ENTITY_INVALID, rule, "opens_before_day_s", value=market.opens_before_day_s,
            limit=ends_s + market.use_or_lose_s, unit="s",
        )  # fmt: skip


def refuse_connection(point: MeteringPoint) -> Iterator[Rejection]:
    """Iterate over everything that is wrong with the firm part of a connection."""
    for name in ("firm_injection_w", "firm_consumption_w"):
        value = getattr(point, name)
        yield from between(name, value, 0, MAX_CONNECTION_W, "W")
        if value and not point.non_firm:
            yield Rejection(Code.ENTITY_INVALID, "a connection that is all firm has no firm part", name)
