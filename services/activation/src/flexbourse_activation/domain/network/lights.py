"""Lights as adopted: only whether a unit's zone is red counts here. What is missing or has lapsed is not red."""

from __future__ import annotations

from dataclasses import dataclass

from flexbourse_core.market_time import Mtu

RED = 3  # as on the wire
RETAINED_S = 3_600


@dataclass(frozen=True, slots=True)
class LightFact:
    """The light of a zone and period."""

    area_id: str
    zone_id: str
    mtu: Mtu
    colour: int


@dataclass(frozen=True, slots=True)
class BeatFact:
    """Until when a zone's lights are alive."""

    area_id: str
    zone_id: str
    valid_until_ms: int
    valid_until_step: int


class LightBoard:
    """Lights of one area."""

    def __init__(self) -> None:
        self._red: dict[tuple[str, int], int] = {}  # (zone, start) → end of the period
        self._beats: dict[str, BeatFact] = {}

    def put(self, fact: LightFact | BeatFact) -> None:
        """Take a light or a heartbeat."""
        if isinstance(fact, BeatFact):
            self._beats[fact.zone_id] = fact
        elif fact.colour == RED:
            self._red[fact.zone_id, fact.mtu.start_s] = fact.mtu.end_s
        else:
            self._red.pop((fact.zone_id, fact.mtu.start_s), None)

    def forget(self, now_ms: int) -> None:
        """Drop lights of periods that are over."""
        for key in [key for key, end_s in self._red.items() if end_s + RETAINED_S <= now_ms // 1000]:
            del self._red[key]

    def is_red(self, zone_id: str, start_s: int, now_ms: int, step: int) -> bool:
        """Tell whether a zone is red at a second, by a light that is alive."""
        beat = self._beats.get(zone_id)
        if beat is None:
            return False
        alive = step <= beat.valid_until_step if step and beat.valid_until_step else now_ms <= beat.valid_until_ms
        return alive and any(zone == zone_id and first <= start_s < end for (zone, first), end in self._red.items())
