"""What the traffic light journals, and the commands it takes."""

from __future__ import annotations

from dataclasses import dataclass

from flexbourse_core.market_time import Mtu
from flexbourse_traffic_light.domain.light import Light, LightState
from flexbourse_traffic_light.domain.thresholds import LightThresholds, VoltageLevel


@dataclass(frozen=True, slots=True)
class OverrideLight:
    """Command: force at least this light until a time; NONE ends it. No period: every period of the zone."""

    area_id: str
    zone_id: str
    mtu: Mtu | None
    light: Light
    valid_until_ms: int
    reason: str


@dataclass(frozen=True, slots=True)
class SetLightThresholds:
    """Command: the thresholds of an area, or of one voltage level in it."""

    area_id: str
    thresholds: LightThresholds
    level: VoltageLevel = VoltageLevel.ANY


@dataclass(frozen=True, slots=True)
class OverrideChanged:
    """An override began, was replaced, or ended (light NONE)."""

    override: OverrideLight
    party: str


@dataclass(frozen=True, slots=True)
class ThresholdsChanged:
    """An area, or a voltage level in it, has new thresholds."""

    area_id: str
    thresholds: LightThresholds
    party: str
    level: VoltageLevel = VoltageLevel.ANY


@dataclass(frozen=True, slots=True)
class LightHeartbeat:
    """The lights of a zone are alive until then."""

    area_id: str
    zone_id: str
    valid_until_ms: int
    valid_until_step: int


@dataclass(frozen=True, slots=True)
class LightRetired:
    """A light's period lies far back, or its zone is gone: it is dropped."""

    area_id: str
    zone_id: str
    mtu: Mtu


Event = LightState | LightHeartbeat | OverrideChanged | ThresholdsChanged | LightRetired
