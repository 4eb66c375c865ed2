"""What other services say, as far as lights depend on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flexbourse_core.market_time import Mtu
from flexbourse_traffic_light.domain.finding import ZoneFinding


@dataclass(frozen=True, slots=True)
class OperatorFact:
    """A participant's roles as a system operator."""

    participant_id: str
    dso: bool
    tso: bool


@dataclass(frozen=True, slots=True)
class AreaFact:
    """A grid area of the registry."""

    area_id: str
    shard: int
    dso_id: str


@dataclass(frozen=True, slots=True)
class TopologyFact:
    """A new version of an area's topology: its zones, and the first period that it holds for."""

    area_id: str
    version: int
    zone_ids: tuple[str, ...]
    effective_from_s: int = 0


@dataclass(frozen=True, slots=True)
class ResultFact:
    """Findings of all zones of an area in one period."""

    area_id: str
    mtu: Mtu
    findings: Mapping[str, ZoneFinding]


@dataclass(frozen=True, slots=True)
class HeartbeatFact:
    """All results of an area are alive until then."""

    area_id: str
    valid_until_ms: int
    valid_until_step: int


Input = OperatorFact | AreaFact | TopologyFact | ResultFact | HeartbeatFact
