"""Lights as adopted: colour and amber thresholds of each zone and period, and how long a zone's lights are alive."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from flexbourse_core.market_time import Mtu
from flexbourse_gridmath.zones import UseThresholds


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


@dataclass(frozen=True, slots=True)
class ZoneLight:
    """The light of one zone and period, with the uses above which an element of the zone can be worsened."""

    colour: Light
    amber_loading_mpct: int
    amber_voltage_mpct: int

    @classmethod
    def of(cls, colour: Light, amber_loading_mpct: int = 0, amber_voltage_mpct: int = 0) -> ZoneLight:
        """Return a light; thresholds of 0, as old records have them, are the defaults."""
        return cls(colour, amber_loading_mpct or _AMBER_LOADING_MPCT, amber_voltage_mpct or _AMBER_VOLTAGE_MPCT)


_DEFAULT = UseThresholds()
_AMBER_LOADING_MPCT, _AMBER_VOLTAGE_MPCT = int(_DEFAULT.branch_amber_mpct), int(_DEFAULT.node_amber_mpct)
_NOT_KNOWN = ZoneLight(Light.UNKNOWN, _AMBER_LOADING_MPCT, _AMBER_VOLTAGE_MPCT)


class LightBoard:
    """Lights of one area. What is missing or has lapsed is UNKNOWN."""

    def __init__(self) -> None:
        self._lights: dict[Mtu, dict[str, ZoneLight]] = {}
        self._heartbeats: dict[str, Heartbeat] = {}

    def put(self, zone_id: str, mtu: Mtu, light: ZoneLight) -> bool:
        """Take a light; returns whether it changed."""
        zones = self._lights.setdefault(mtu, {})
        changed = zones.get(zone_id) != light
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
        light = self._lights.get(mtu, {}).get(zone_id, _NOT_KNOWN).colour
        return light if light is not Light.UNSPECIFIED else Light.UNKNOWN

    def thresholds(self, zone_ids: tuple[str, ...], mtu: Mtu) -> UseThresholds:
        """Return from when on elements of each zone count as worsened in a period, zones in the order given."""
        zones = self._lights.get(mtu, {})
        known = [zones.get(zone_id, _NOT_KNOWN) for zone_id in zone_ids]
        return UseThresholds(
            branch_amber_mpct=np.array([light.amber_loading_mpct for light in known], dtype=np.int64),
            node_amber_mpct=np.array([light.amber_voltage_mpct for light in known], dtype=np.int64),
        )

    def of_period(self, mtu: Mtu, now: Now) -> PeriodLights:
        """Return the lights of a period as they are now."""
        return PeriodLights(self, mtu, now)

    def forget(self, is_past: Callable[[Mtu], bool]) -> None:
        """Drop the lights of past periods."""
        for mtu in [mtu for mtu in self._lights if is_past(mtu)]:
            del self._lights[mtu]


class PeriodLights:
    """The lights that a match of one period stands under, and from when on it worsens what they are about."""

    __slots__ = ("_board", "_mtu", "_now", "_thresholds", "_zone_ids")

    def __init__(self, board: LightBoard, mtu: Mtu, now: Now) -> None:
        self._board, self._mtu, self._now = board, mtu, now
        self._zone_ids: tuple[str, ...] = ()
        self._thresholds = _DEFAULT

    def colour(self, zone_id: str) -> Light:
        """Return the light of a zone."""
        return self._board.light(zone_id, self._mtu, self._now)

    def thresholds(self, zone_ids: tuple[str, ...]) -> UseThresholds:
        """Return the thresholds of a topology's zones; made once for all candidates of an order."""
        if self._zone_ids != zone_ids:
            self._zone_ids, self._thresholds = zone_ids, self._board.thresholds(zone_ids, self._mtu)
        return self._thresholds
