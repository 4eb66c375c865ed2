"""What gridcheck journals and publishes. Injection into the grid is positive; arrays are in the topology's order."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from flexbourse_core.market_time import Mtu


class ZoneKind(IntEnum):
    """Kinds of zone."""

    NONE = 0
    FEEDER = 1
    TRANSFORMER = 2
    BUSBAR = 3


@dataclass(frozen=True, slots=True)
class Zone:
    """A feeder, a transformer or a busbar."""

    zone_id: str
    kind: ZoneKind
    node_ids: tuple[str, ...]
    element_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TopologyState:
    """A network of one area; never overwritten. Holds for periods from `effective_from_s` on until a newer one does."""

    area_id: str
    version: int
    model: bytes
    sha256: bytes
    zones: tuple[Zone, ...]
    effective_from_s: int = 0
    opened_branch_ids: tuple[str, ...] = ()
    closed_branch_ids: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class BaseCaseState:
    """Injection of every node in one period without the market, in W and var: median, and 5 and 95 % quantile."""

    area_id: str
    mtu: Mtu
    version: int
    topology_version: int
    p_w: tuple[int, ...]
    q_var: tuple[int, ...]
    p95_consumption_w: tuple[int, ...]
    p95_injection_w: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class MarginState:
    """Forecast margins of the base case of the same version: per branch in 0.001 points, per node in micro-pu."""

    area_id: str
    mtu: Mtu
    version: int
    topology_version: int
    loading_margin_mpct: tuple[int, ...]
    voltage_margin_upu: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class TariffParameters:
    """Parameters of the cost potential; voltages are deviations from the reference, in micro-pu."""

    energy_micro_euro_per_mwh: int
    scarcity_micro_euro_per_mwh: int
    voltage_micro_euro_per_pu_h: int
    amber_loading_mpct: int
    red_loading_mpct: int
    amber_voltage_upu: int
    red_voltage_upu: int
    reference_voltage_upu: int


@dataclass(frozen=True, slots=True)
class TariffState:
    """Parameters, frozen before the book of the period opens, and the nodal tariff of one version."""

    area_id: str
    mtu: Mtu
    version: int
    topology_version: int
    base_case_version: int
    parameters: TariffParameters
    nodal_ticks: tuple[int, ...]
    tick_micro_euro_per_mwh: int


@dataclass(frozen=True, slots=True)
class ZoneResult:
    """One zone in one period on base case plus accepted matches.

    Uses are shares in 0.001 %: of the limit (p50), of the limit less the forecast margin (p95). Loadings and voltages
    of the 95 % quantile are the median's plus or minus the margin of the element.
    """

    zone_id: str
    worst_element_id: str
    loading_p50_mpct: int
    loading_p95_mpct: int
    lowest_node_id: str
    voltage_min_p50_upu: int
    voltage_min_p95_upu: int
    voltage_max_p50_upu: int
    voltage_max_p95_upu: int
    headroom_up_w: int
    headroom_down_w: int
    nominal_voltage_mv: int
    loading_use_p50_mpct: int
    loading_use_p95_mpct: int
    worst_p50_element_id: str
    voltage_low_use_p50_mpct: int
    voltage_low_use_p95_mpct: int
    voltage_high_use_p50_mpct: int
    voltage_high_use_p95_mpct: int
    highest_node_id: str


@dataclass(frozen=True, slots=True)
class GridResultState:
    """All zones of an area in one period; without zones: the period cannot be solved."""

    area_id: str
    mtu: Mtu
    sequence: int
    topology_version: int
    base_case_version: int
    operating_point_sequence: int
    zones: tuple[ZoneResult, ...]


@dataclass(frozen=True, slots=True)
class GridHeartbeat:
    """All results of an area are alive until then."""

    area_id: str
    valid_until_ms: int
    valid_until_step: int


@dataclass(frozen=True, slots=True)
class AuditPoint:
    """An operating point to be audited, the one audited before on the same base case, and that base case's margins."""

    mtu: Mtu
    operating_point_sequence: int
    base_case_version: int
    p_w: tuple[int, ...]
    q_var: tuple[int, ...]
    reference_p_w: tuple[int, ...]
    reference_q_var: tuple[int, ...]
    loading_margin_mpct: tuple[int, ...]
    voltage_margin_upu: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class AuditIntended:
    """These operating points are to be audited by the second solver."""

    intent_id: str
    area_id: str
    topology_version: int
    topology_sha256: bytes
    points: tuple[AuditPoint, ...]
    shard: int


class FreeViolationKind(IntEnum):
    """What of an element is beyond its limit."""

    NONE = 0
    LOADING = 1
    VOLTAGE_LOW = 2
    VOLTAGE_HIGH = 3


@dataclass(frozen=True, slots=True)
class FreeViolation:
    """A limit that is violated once the controls of the network are free; the use is a share of it in 0.001 %."""

    element_id: str
    kind: FreeViolationKind
    use_mpct: int


@dataclass(frozen=True, slots=True)
class AuditRecorded:
    """Verdict of the second solver on one operating point; differences in 1e-9 pu and 0.001 points."""

    area_id: str
    mtu: Mtu
    operating_point_sequence: int
    checked_count: int
    largest_voltage_difference_npu: int
    largest_loading_difference_mpct: int
    violation_count: int
    disagreement: bool
    element_id: str
    intent_id: str
    free_checked: bool = False
    free_unsettled_ids: tuple[str, ...] = ()
    free_violations: tuple[FreeViolation, ...] = ()


@dataclass(frozen=True, slots=True)
class TariffParametersSet:
    """An area's parameters for the periods whose book has not opened."""

    area_id: str
    parameters: TariffParameters
    at_ms: int


class MeasurementMethod(IntEnum):
    """Where measured injections come from."""

    NONE = 0
    METERED = 1
    ESTIMATED = 2

    @classmethod
    def _missing_(cls, value: object) -> MeasurementMethod:  # noqa: ARG003 - the base class's signature
        """Return NONE for a number of a later version."""
        return cls.NONE


@dataclass(frozen=True, slots=True)
class MeasuredNode:
    """Injection of one node as measured, or by how much its base case was corrected, in W and var."""

    node_id: str
    p_w: int
    q_var: int


@dataclass(frozen=True, slots=True)
class BaseCaseCorrected:
    """Base cases were corrected by a measurement; they follow. Corrections are those of the first period."""

    area_id: str
    mtu: Mtu
    measured_at_ms: int
    method: MeasurementMethod
    corrections: tuple[MeasuredNode, ...]
    ahead: int
    party: str


@dataclass(frozen=True, slots=True)
class PeriodRetired:
    """A period lies so far back that its state is dropped."""

    area_id: str
    mtu: Mtu


Event = (
    TopologyState
    | BaseCaseState
    | MarginState
    | TariffState
    | GridResultState
    | GridHeartbeat
    | AuditIntended
    | AuditRecorded
    | TariffParametersSet
    | PeriodRetired
    | BaseCaseCorrected
)
