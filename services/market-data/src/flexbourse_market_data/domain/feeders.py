"""Light, headroom and traded volume of every feeder and period.

Records may come twice (at least once): each entry knows the last offset that it holds of either topic, and what is not
behind it changes nothing. An area lies in one partition of each topic, so that its offsets rise.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

from flexbourse_core.market_time import Mtu

NOTHING_SEEN = -1
# A period is kept until one that starts so much later has been seen of its area: the day before, today, tomorrow.
KEPT_S = 3 * 86_400


class FeederKey(NamedTuple):
    """Which feeder, and when."""

    area_id: str
    zone_id: str
    mtu_start_s: int


@dataclass(frozen=True, slots=True)
class Feeder:
    """What is known of a feeder in one period; `light` 0 before the first one, powers in W."""

    area_id: str
    zone_id: str
    mtu: Mtu
    light: int = 0
    light_since_ms: int = 0
    headroom_up_w: int = 0
    headroom_down_w: int = 0
    sold_w: int = 0
    bought_w: int = 0
    trades: int = 0
    light_offset: int = NOTHING_SEEN
    trade_offset: int = NOTHING_SEEN

    @property
    def key(self) -> FeederKey:
        """Return its key."""
        return FeederKey(self.area_id, self.zone_id, self.mtu.start_s)


@dataclass(frozen=True, slots=True)
class LightSeen:
    """A record of a zone's light."""

    area_id: str
    zone_id: str
    mtu: Mtu
    light: int
    since_ms: int
    headroom_up_w: int
    headroom_down_w: int

    @property
    def keys(self) -> tuple[FeederKey, ...]:
        """Return the one entry that it touches."""
        return (FeederKey(self.area_id, self.zone_id, self.mtu.start_s),)


@dataclass(frozen=True, slots=True)
class TradeSeen:
    """A record of a trade; a side that is no unit's has no feeder."""

    area_id: str
    mtu: Mtu
    quantity_w: int
    seller_feeder: str
    buyer_feeder: str

    @property
    def keys(self) -> tuple[FeederKey, ...]:
        """Return the entries that it touches: its sides' feeders, one where both are on the same."""
        zones = dict.fromkeys(zone for zone in (self.seller_feeder, self.buyer_feeder) if zone)
        return tuple(FeederKey(self.area_id, zone, self.mtu.start_s) for zone in zones)


Seen = LightSeen | TradeSeen


def project(entry: Feeder | None, key: FeederKey, seen: Seen, offset: int) -> Feeder | None:
    """Return an entry after a record at an offset of its topic; None where the record is in it already."""
    known = entry or Feeder(key.area_id, key.zone_id, seen.mtu)
    if isinstance(seen, LightSeen):
        if offset <= known.light_offset:
            return None
        return replace(
            known, light=seen.light, light_since_ms=seen.since_ms, headroom_up_w=seen.headroom_up_w,
            headroom_down_w=seen.headroom_down_w, light_offset=offset,
        )  # fmt: skip
    if offset <= known.trade_offset:
        return None
    return replace(
        known,
        sold_w=known.sold_w + (seen.quantity_w if seen.seller_feeder == key.zone_id else 0),
        bought_w=known.bought_w + (seen.quantity_w if seen.buyer_feeder == key.zone_id else 0),
        trades=known.trades + 1,
        trade_offset=offset,
    )


@dataclass(frozen=True, slots=True)
class Changes:
    """What a record did: entries as they are now, and entries that are kept no longer."""

    put: tuple[Feeder, ...] = ()
    gone: tuple[FeederKey, ...] = ()


class FeederBoard:
    """All entries that one reader holds; bounded by zones times the periods that are kept."""

    def __init__(self) -> None:
        self._entries: dict[str, dict[FeederKey, Feeder]] = {}
        self._newest_s: dict[str, int] = {}

    def restore(self, entry: Feeder) -> None:
        """Take an entry in as it was kept."""
        self._entries.setdefault(entry.area_id, {})[entry.key] = entry
        self._newest_s[entry.area_id] = max(self._newest_s.get(entry.area_id, 0), entry.mtu.start_s)

    def take(self, seen: Seen, offset: int) -> Changes:
        """Take a record in; one that is in it already, or of a period that is kept no longer, changes nothing."""
        newest_s = self._newest_s.get(seen.area_id, 0)
        if seen.mtu.start_s < newest_s - KEPT_S:
            return Changes()
        entries = self._entries.setdefault(seen.area_id, {})
        found = (project(entries.get(key), key, seen, offset) for key in seen.keys)
        put = tuple(entry for entry in found if entry is not None)
        entries.update((entry.key, entry) for entry in put)
        if seen.mtu.start_s <= newest_s:
            return Changes(put)
        self._newest_s[seen.area_id] = seen.mtu.start_s
        gone = tuple(key for key in entries if key.mtu_start_s < seen.mtu.start_s - KEPT_S)
        for key in gone:
            del entries[key]
        return Changes(put, gone)

    def feeders(self, area_id: str, mtu: Mtu | None = None) -> list[Feeder]:
        """Return the entries of an area, or of one period of it, by period and zone."""
        found = (entry for entry in self._entries.get(area_id, {}).values() if mtu is None or entry.mtu == mtu)
        return sorted(found, key=lambda entry: (entry.mtu.start_s, entry.zone_id))

    def __iter__(self) -> Iterator[Feeder]:
        """Iterate over all entries."""
        for entries in self._entries.values():
            yield from entries.values()
