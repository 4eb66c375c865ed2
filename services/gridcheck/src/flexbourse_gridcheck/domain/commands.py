"""What gridcheck is told: commands, and facts of other services."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

from flexbourse_core.market_time import Mtu
from flexbourse_gridcheck.domain.events import AuditRecorded, MeasuredNode, MeasurementMethod, TariffParameters


class ForecastSource(IntEnum):
    """What a forecast rests on; a measurement holds the deviations that were accepted already."""

    NONE = 0
    FORECAST = 1
    MEASUREMENT = 2

    @classmethod
    def _missing_(cls, value: object) -> ForecastSource:  # noqa: ARG003 - the base class's signature
        """Return NONE for a number of a later version."""
        return cls.NONE


@dataclass(frozen=True, slots=True)
class NodeForecast:
    """Injection of one node in W and var: median, 5 % quantile (high consumption), 95 % quantile, joint scenarios."""

    node_id: str
    p50_w: int
    q50_var: int
    p95_consumption_w: int
    p95_injection_w: int
    scenario_w: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class PeriodForecast:
    """Forecast of one period; nodes left out inject nothing.

    Where scenarios are given, a node without them injects its median in each.
    """

    mtu: Mtu
    nodes: tuple[NodeForecast, ...]

    @property
    def scenario_count(self) -> int:
        """Return how many scenarios there are."""
        return max((len(node.scenario_w) for node in self.nodes), default=0)


@dataclass(frozen=True, slots=True)
class PublishTopology:
    """Put a network."""

    area_id: str
    model: bytes


@dataclass(frozen=True, slots=True)
class ApplySwitching:
    """Switch branches out of and into service from a period on; 0: from the running quarter of an hour."""

    area_id: str
    effective_from_s: int
    open_branch_ids: tuple[str, ...]
    close_branch_ids: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class SubmitForecast:
    """Replace the forecast of some periods."""

    area_id: str
    periods: tuple[PeriodForecast, ...]
    source: ForecastSource


@dataclass(frozen=True, slots=True)
class CorrectBaseCase:
    """Correct the base case of the running period, and of `ahead` after it, by what was measured near real time."""

    area_id: str
    mtu: Mtu
    measured_at_ms: int
    topology_version: int
    method: MeasurementMethod
    nodes: tuple[MeasuredNode, ...]
    ahead: int


@dataclass(frozen=True, slots=True)
class SetTariffParameters:
    """Set the parameters for the periods whose book has not opened."""

    area_id: str
    parameters: TariffParameters


@dataclass(frozen=True, slots=True)
class RecordAudit:
    """Outcome of an audit, one verdict for each point of its intent."""

    intent_id: str
    area_id: str
    audits: tuple[AuditRecorded, ...]


Command = PublishTopology | ApplySwitching | SubmitForecast | CorrectBaseCase | SetTariffParameters | RecordAudit


@dataclass(frozen=True, slots=True)
class RoleFact:
    """A participant's roles, as far as they matter here."""

    participant_id: str
    system_operator: bool
    market_operator: bool


@dataclass(frozen=True, slots=True)
class AreaFact:
    """A grid area of the registry."""

    area_id: str
    shard: int
    dso_id: str
    time_zone: str


@dataclass(frozen=True, slots=True)
class MarketFact:
    """When an active market's books open, and the value of its tick."""

    market_id: str
    area_id: str
    opens_before_day_s: int
    tick_micro_euro_per_mwh: int


@dataclass(frozen=True, slots=True)
class MarketClosed:
    """A market is not active any more."""

    market_id: str


@dataclass(frozen=True, slots=True)
class OperatingPointFact:
    """Deviations accepted by the book at the nodes that changed, absolute: node -> (W, var)."""

    area_id: str
    mtu: Mtu
    sequence: int
    accepted: Mapping[str, tuple[int, int]]
    base_case_version: int


Fact = RoleFact | AreaFact | MarketFact | MarketClosed | OperatingPointFact
