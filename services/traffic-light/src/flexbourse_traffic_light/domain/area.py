"""State of one area's lights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from flexbourse_core.market_time import Mtu
from flexbourse_traffic_light.domain.events import OverrideChanged
from flexbourse_traffic_light.domain.finding import ZoneFinding
from flexbourse_traffic_light.domain.inputs import TopologyFact
from flexbourse_traffic_light.domain.light import Light, LightState, first_light, is_settled
from flexbourse_traffic_light.domain.thresholds import LightThresholds, VoltageLevel

Key = tuple[str, int, int]  # zone, start and length of the period in seconds: plain, because sorted at every heartbeat
_WHOLE_ZONE = (0, 0)  # stands in keys of overrides for every period


def key_of(zone_id: str, mtu: Mtu | None) -> Key:
    """Return the key of a zone and period; no period: the key of an override of the whole zone."""
    return (zone_id, mtu.start_s, mtu.length_s) if mtu else (zone_id, *_WHOLE_ZONE)


def covers(override: Key, key: Key) -> bool:
    """Tell whether an override is about a zone and period."""
    return override[0] == key[0] and override[1:] in (key[1:], _WHOLE_ZONE)


@dataclass(slots=True)
class Area:
    """Lights with the findings they rest on, by zone and period; what they depend on besides."""

    area_id: str
    shard: int = 0
    dso_id: str = ""
    topologies: list[TopologyFact] = field(default_factory=list)  # in force, each from its own period on
    inputs_valid_until_ms: int = 0
    inputs_valid_until_step: int = 0
    heartbeat_at_ms: int = 0
    thresholds: dict[VoltageLevel, LightThresholds] = field(
        default_factory=lambda: {VoltageLevel.ANY: LightThresholds()}
    )
    overrides: dict[Key, OverrideChanged] = field(default_factory=dict)
    lights: dict[Key, LightState] = field(default_factory=dict)
    findings: dict[Key, ZoneFinding] = field(default_factory=dict)

    @property
    def zone_ids(self) -> tuple[str, ...]:
        """Return the zones of all topologies in force."""
        return tuple(dict.fromkeys(zone for topology in self.topologies for zone in topology.zone_ids))

    def put_topology(self, fact: TopologyFact, forgotten_s: int) -> None:
        """Put a topology in force from its period on; drop those that no period after `forgotten_s` sees."""
        kept = [own for own in self.topologies if own.effective_from_s < fact.effective_from_s]
        kept.append(fact)
        while len(kept) > 1 and kept[1].effective_from_s <= forgotten_s:
            del kept[0]
        self.topologies = kept

    def topology_at(self, start_s: int) -> TopologyFact | None:
        """Return the topology that a period sees."""
        found = [topology for topology in self.topologies if topology.effective_from_s <= start_s]
        return found[-1] if found else next(reversed(self.topologies), None)

    def has_zone(self, key: Key) -> bool:
        """Tell whether a zone is one of the topology that its period sees."""
        topology = self.topology_at(key[1])
        return topology is not None and key[0] in topology.zone_ids

    def light(self, key: Key) -> LightState:
        """Return the newest light of a zone and period, or the one before the first."""
        return self.lights.get(key) or first_light(self.area_id, key[0], Mtu(key[1], key[2]))

    def thresholds_of(self, finding: ZoneFinding | None) -> LightThresholds:
        """Return the thresholds of a zone: its voltage level's, or else those of the whole area."""
        level = VoltageLevel.of(finding.nominal_voltage_mv) if finding else VoltageLevel.ANY
        return self.thresholds.get(level) or self.thresholds[VoltageLevel.ANY]

    def forced(self, key: Key) -> Light:
        """Return the strictest override of a zone and period."""
        found = (self.overrides.get(key), self.overrides.get((key[0], *_WHOLE_ZONE)))
        return max((change.override.light for change in found if change), default=Light.NONE)

    def absent(self, key: Key, now_ms: int, step: int) -> str:
        """Return what is missing for a light to be known, or ""."""
        finding = self.findings.get(key)
        if not self.is_alive(now_ms, step):
            return "stale"
        topology = self.topology_at(key[1])
        if finding is None or topology is None or finding.topology_version != topology.version:
            return "missing"
        return ""

    def is_alive(self, now_ms: int, step: int) -> bool:
        """Tell whether gridcheck's heartbeat holds, by step where the shard is stepped, else by time."""
        return step <= self.inputs_valid_until_step if step else now_ms < self.inputs_valid_until_ms

    def take_findings(self, mtu: Mtu, findings: Mapping[str, ZoneFinding]) -> None:
        """Take what was found in a period; nothing found: it cannot be solved, and nothing is known of it."""
        if not findings:
            for key in [key for key in self.findings if key[1:] == (mtu.start_s, mtu.length_s)]:
                del self.findings[key]
        for zone_id, finding in findings.items():
            self.findings[key_of(zone_id, mtu)] = finding

    def of_period(self, mtu: Mtu) -> list[Key]:
        """Return the zones of the topology that have a light or a finding in a period, in canonical order."""
        topology = self.topology_at(mtu.start_s)
        keys = [key_of(zone_id, mtu) for zone_id in topology.zone_ids] if topology else []
        return sorted(key for key in keys if key in self.lights or key in self.findings)

    def known(self) -> list[Key]:
        """Return every zone and period that has a light or a finding, in canonical order."""
        return sorted(self.lights.keys() | self.findings.keys())

    def unsettled(self) -> list[Key]:
        """Return the zones and periods whose light a heartbeat alone may change, in canonical order."""
        return sorted(key for key in self.findings if not is_settled(self.light(key)))

    def ended_before(self, second: int) -> list[Key]:
        """Return the zones and periods that ended before a second, in canonical order."""
        return sorted(key for key in self.lights.keys() | self.findings.keys() if key[1] + key[2] < second)
