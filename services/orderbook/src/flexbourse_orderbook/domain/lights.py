"""Lights as adopted: the colour of each zone and period, and how long a zone's lights are alive."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum

from flexbourse_core.market_time import Mtu


class Light(IntEnum):
    """Colours; numbers as on the wire."""

    UNSPECIFIED = 0
    GREEN = 1
    AMBER = 2
    RED = 3
    UNKNOWN = 4


@dataclass(frozen=True, slots=True)
class Now:
    """Shard time; step 0 where the market does not run in steps."""

    at_ms: int = 0
    step: int = 0


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """Until when a zone's lights are alive, by time and, in stepped mode, by step."""

    valid_until_ms: int
    valid_until_step: int

    def is_alive(self, now: Now) -> bool:
        """Tell whether the lights are alive; steps decide where there are steps."""
        if now.step and self.valid_until_step:
            return now.step <= self.valid_until_step
        return now.at_ms <= self.valid_until_ms


class LightBoard:
    """Lights of one area. What is missing or has lapsed is UNKNOWN."""

    def __init__(self) -> None:
        self._lights: dict[Mtu, dict[str, Light]] = {}
        self._heartbeats: dict[str, Heartbeat] = {}

    def put(self, zone_id: str, mtu: Mtu, light: Light) -> bool:
        """Take a light; returns whether it changed."""
        zones = self._lights.setdefault(mtu, {})
        changed = zones.get(zone_id) is not light
        zones[zone_id] = light
        return changed

    def beat(self, zone_id: str, heartbeat: Heartbeat, now: Now) -> bool:
        """Take a heartbeat; returns whether it brought the zone's lights to life."""
        former = self._heartbeats.get(zone_id)
        self._heartbeats[zone_id] = heartbeat
        return former is None or not former.is_alive(now)

    def light(self, zone_id: str, mtu: Mtu, now: Now) -> Light:
        """Return the light of a zone and period."""
        heartbeat = self._heartbeats.get(zone_id)
        if heartbeat is None or not heartbeat.is_alive(now):
            return Light.UNKNOWN
        light = self._lights.get(mtu, {}).get(zone_id, Light.UNKNOWN)
        return light if light is not Light.UNSPECIFIED else Light.UNKNOWN

    def forget(self, is_past: Callable[[Mtu], bool]) -> None:
        """Drop the lights of past periods."""
        for mtu in [mtu for mtu in self._lights if is_past(mtu)]:
            del self._lights[mtu]
