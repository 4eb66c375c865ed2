"""When the book of a period may open, and who may change what: from the registry's facts."""

from __future__ import annotations

from collections.abc import Iterable

from flexbourse_core.market_time import Mtu, opens_at_s
from flexbourse_core.money import DEFAULT_TICK_MICRO_EURO_PER_MWH
from flexbourse_core.rejection import Code, Rejection
from flexbourse_gridcheck.domain.commands import AreaFact, MarketFact, RoleFact


def opens_at_ms(mtu: Mtu, area: AreaFact, markets: Iterable[MarketFact]) -> int | None:
    """Return when the first book of a period opens, or None where the area has no market."""
    openings = [opens_at_s(mtu, area.time_zone, market.opens_before_day_s) for market in markets]
    return min(openings) * 1000 if openings else None


def tick_of(markets: Iterable[MarketFact]) -> int:
    """Return the finest tick of an area's markets, in micro-euro per MWh."""
    return min((market.tick_micro_euro_per_mwh for market in markets), default=DEFAULT_TICK_MICRO_EURO_PER_MWH)


def authority_problems(area_id: str, area: AreaFact | None, role: RoleFact | None) -> list[Rejection]:
    """Return why a party may not tell gridcheck about an area: only its DSO and a market operator may."""
    if area is None:
        return [Rejection(Code.UNKNOWN_OBJECT, "an area of this shard", "area_id", area_id)]
    if role is not None and (role.market_operator or (role.system_operator and role.participant_id == area.dso_id)):
        return []
    return [Rejection(Code.NOT_AUTHORISED, "the area's DSO or a market operator", "area_id", area_id)]
