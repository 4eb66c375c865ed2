from flexbourse.common.v1 import common_pb2 as _common_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ZoneKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ZONE_KIND_UNSPECIFIED: _ClassVar[ZoneKind]
    ZONE_KIND_FEEDER: _ClassVar[ZoneKind]
    ZONE_KIND_TRANSFORMER: _ClassVar[ZoneKind]
    ZONE_KIND_BUSBAR: _ClassVar[ZoneKind]

class FreeViolationKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    FREE_VIOLATION_KIND_UNSPECIFIED: _ClassVar[FreeViolationKind]
    FREE_VIOLATION_KIND_LOADING: _ClassVar[FreeViolationKind]
    FREE_VIOLATION_KIND_VOLTAGE_LOW: _ClassVar[FreeViolationKind]
    FREE_VIOLATION_KIND_VOLTAGE_HIGH: _ClassVar[FreeViolationKind]

class MeasurementMethod(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    MEASUREMENT_METHOD_UNSPECIFIED: _ClassVar[MeasurementMethod]
    MEASUREMENT_METHOD_METERED: _ClassVar[MeasurementMethod]
    MEASUREMENT_METHOD_ESTIMATED: _ClassVar[MeasurementMethod]

class ForecastSource(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    FORECAST_SOURCE_UNSPECIFIED: _ClassVar[ForecastSource]
    FORECAST_SOURCE_FORECAST: _ClassVar[ForecastSource]
    FORECAST_SOURCE_MEASUREMENT: _ClassVar[ForecastSource]

class ReadingKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    READING_KIND_UNSPECIFIED: _ClassVar[ReadingKind]
    READING_KIND_NODE_POWER: _ClassVar[ReadingKind]
    READING_KIND_BRANCH_POWER: _ClassVar[ReadingKind]
    READING_KIND_VOLTAGE: _ClassVar[ReadingKind]

class PeriodPart(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    PERIOD_PART_UNSPECIFIED: _ClassVar[PeriodPart]
    PERIOD_PART_RESULT: _ClassVar[PeriodPart]
    PERIOD_PART_TARIFF: _ClassVar[PeriodPart]
    PERIOD_PART_BASE_CASE: _ClassVar[PeriodPart]
    PERIOD_PART_MARGIN: _ClassVar[PeriodPart]
    PERIOD_PART_AUDIT: _ClassVar[PeriodPart]
ZONE_KIND_UNSPECIFIED: ZoneKind
ZONE_KIND_FEEDER: ZoneKind
ZONE_KIND_TRANSFORMER: ZoneKind
ZONE_KIND_BUSBAR: ZoneKind
FREE_VIOLATION_KIND_UNSPECIFIED: FreeViolationKind
FREE_VIOLATION_KIND_LOADING: FreeViolationKind
FREE_VIOLATION_KIND_VOLTAGE_LOW: FreeViolationKind
FREE_VIOLATION_KIND_VOLTAGE_HIGH: FreeViolationKind
MEASUREMENT_METHOD_UNSPECIFIED: MeasurementMethod
MEASUREMENT_METHOD_METERED: MeasurementMethod
MEASUREMENT_METHOD_ESTIMATED: MeasurementMethod
FORECAST_SOURCE_UNSPECIFIED: ForecastSource
FORECAST_SOURCE_FORECAST: ForecastSource
FORECAST_SOURCE_MEASUREMENT: ForecastSource
READING_KIND_UNSPECIFIED: ReadingKind
READING_KIND_NODE_POWER: ReadingKind
READING_KIND_BRANCH_POWER: ReadingKind
READING_KIND_VOLTAGE: ReadingKind
PERIOD_PART_UNSPECIFIED: PeriodPart
PERIOD_PART_RESULT: PeriodPart
PERIOD_PART_TARIFF: PeriodPart
PERIOD_PART_BASE_CASE: PeriodPart
PERIOD_PART_MARGIN: PeriodPart
PERIOD_PART_AUDIT: PeriodPart

class TopologyState(_message.Message):
    __slots__ = ("area_id", "version", "model", "sha256", "zones", "effective_from_s", "opened_branch_ids", "closed_branch_ids", "reason")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    MODEL_FIELD_NUMBER: _ClassVar[int]
    SHA256_FIELD_NUMBER: _ClassVar[int]
    ZONES_FIELD_NUMBER: _ClassVar[int]
    EFFECTIVE_FROM_S_FIELD_NUMBER: _ClassVar[int]
    OPENED_BRANCH_IDS_FIELD_NUMBER: _ClassVar[int]
    CLOSED_BRANCH_IDS_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    version: int
    model: bytes
    sha256: bytes
    zones: _containers.RepeatedCompositeFieldContainer[Zone]
    effective_from_s: int
    opened_branch_ids: _containers.RepeatedScalarFieldContainer[str]
    closed_branch_ids: _containers.RepeatedScalarFieldContainer[str]
    reason: str
    def __init__(self, area_id: _Optional[str] = ..., version: _Optional[int] = ..., model: _Optional[bytes] = ..., sha256: _Optional[bytes] = ..., zones: _Optional[_Iterable[_Union[Zone, _Mapping]]] = ..., effective_from_s: _Optional[int] = ..., opened_branch_ids: _Optional[_Iterable[str]] = ..., closed_branch_ids: _Optional[_Iterable[str]] = ..., reason: _Optional[str] = ...) -> None: ...

class Zone(_message.Message):
    __slots__ = ("zone_id", "kind", "node_ids", "element_ids")
    ZONE_ID_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    NODE_IDS_FIELD_NUMBER: _ClassVar[int]
    ELEMENT_IDS_FIELD_NUMBER: _ClassVar[int]
    zone_id: str
    kind: ZoneKind
    node_ids: _containers.RepeatedScalarFieldContainer[str]
    element_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, zone_id: _Optional[str] = ..., kind: _Optional[_Union[ZoneKind, str]] = ..., node_ids: _Optional[_Iterable[str]] = ..., element_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class BaseCaseState(_message.Message):
    __slots__ = ("area_id", "mtu", "version", "topology_version", "p_w", "q_var", "p95_consumption_w", "p95_injection_w")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    TOPOLOGY_VERSION_FIELD_NUMBER: _ClassVar[int]
    P_W_FIELD_NUMBER: _ClassVar[int]
    Q_VAR_FIELD_NUMBER: _ClassVar[int]
    P95_CONSUMPTION_W_FIELD_NUMBER: _ClassVar[int]
    P95_INJECTION_W_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    mtu: _common_pb2.Mtu
    version: int
    topology_version: int
    p_w: _containers.RepeatedScalarFieldContainer[int]
    q_var: _containers.RepeatedScalarFieldContainer[int]
    p95_consumption_w: _containers.RepeatedScalarFieldContainer[int]
    p95_injection_w: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, area_id: _Optional[str] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., version: _Optional[int] = ..., topology_version: _Optional[int] = ..., p_w: _Optional[_Iterable[int]] = ..., q_var: _Optional[_Iterable[int]] = ..., p95_consumption_w: _Optional[_Iterable[int]] = ..., p95_injection_w: _Optional[_Iterable[int]] = ...) -> None: ...

class MarginState(_message.Message):
    __slots__ = ("area_id", "mtu", "version", "topology_version", "loading_margin_mpct", "voltage_margin_upu")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    TOPOLOGY_VERSION_FIELD_NUMBER: _ClassVar[int]
    LOADING_MARGIN_MPCT_FIELD_NUMBER: _ClassVar[int]
    VOLTAGE_MARGIN_UPU_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    mtu: _common_pb2.Mtu
    version: int
    topology_version: int
    loading_margin_mpct: _containers.RepeatedScalarFieldContainer[int]
    voltage_margin_upu: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, area_id: _Optional[str] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., version: _Optional[int] = ..., topology_version: _Optional[int] = ..., loading_margin_mpct: _Optional[_Iterable[int]] = ..., voltage_margin_upu: _Optional[_Iterable[int]] = ...) -> None: ...

class TariffState(_message.Message):
    __slots__ = ("area_id", "mtu", "version", "topology_version", "base_case_version", "parameters", "nodal_ticks", "tick_micro_euro_per_mwh")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    TOPOLOGY_VERSION_FIELD_NUMBER: _ClassVar[int]
    BASE_CASE_VERSION_FIELD_NUMBER: _ClassVar[int]
    PARAMETERS_FIELD_NUMBER: _ClassVar[int]
    NODAL_TICKS_FIELD_NUMBER: _ClassVar[int]
    TICK_MICRO_EURO_PER_MWH_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    mtu: _common_pb2.Mtu
    version: int
    topology_version: int
    base_case_version: int
    parameters: TariffParameters
    nodal_ticks: _containers.RepeatedScalarFieldContainer[int]
    tick_micro_euro_per_mwh: int
    def __init__(self, area_id: _Optional[str] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., version: _Optional[int] = ..., topology_version: _Optional[int] = ..., base_case_version: _Optional[int] = ..., parameters: _Optional[_Union[TariffParameters, _Mapping]] = ..., nodal_ticks: _Optional[_Iterable[int]] = ..., tick_micro_euro_per_mwh: _Optional[int] = ...) -> None: ...

class TariffParameters(_message.Message):
    __slots__ = ("energy_micro_euro_per_mwh", "scarcity_micro_euro_per_mwh", "voltage_micro_euro_per_pu_h", "amber_loading_mpct", "red_loading_mpct", "amber_voltage_upu", "red_voltage_upu", "reference_voltage_upu")
    ENERGY_MICRO_EURO_PER_MWH_FIELD_NUMBER: _ClassVar[int]
    SCARCITY_MICRO_EURO_PER_MWH_FIELD_NUMBER: _ClassVar[int]
    VOLTAGE_MICRO_EURO_PER_PU_H_FIELD_NUMBER: _ClassVar[int]
    AMBER_LOADING_MPCT_FIELD_NUMBER: _ClassVar[int]
    RED_LOADING_MPCT_FIELD_NUMBER: _ClassVar[int]
    AMBER_VOLTAGE_UPU_FIELD_NUMBER: _ClassVar[int]
    RED_VOLTAGE_UPU_FIELD_NUMBER: _ClassVar[int]
    REFERENCE_VOLTAGE_UPU_FIELD_NUMBER: _ClassVar[int]
    energy_micro_euro_per_mwh: int
    scarcity_micro_euro_per_mwh: int
    voltage_micro_euro_per_pu_h: int
    amber_loading_mpct: int
    red_loading_mpct: int
    amber_voltage_upu: int
    red_voltage_upu: int
    reference_voltage_upu: int
    def __init__(self, energy_micro_euro_per_mwh: _Optional[int] = ..., scarcity_micro_euro_per_mwh: _Optional[int] = ..., voltage_micro_euro_per_pu_h: _Optional[int] = ..., amber_loading_mpct: _Optional[int] = ..., red_loading_mpct: _Optional[int] = ..., amber_voltage_upu: _Optional[int] = ..., red_voltage_upu: _Optional[int] = ..., reference_voltage_upu: _Optional[int] = ...) -> None: ...

class ZoneResult(_message.Message):
    __slots__ = ("zone_id", "worst_element_id", "loading_p50_mpct", "loading_p95_mpct", "lowest_node_id", "voltage_min_p50_upu", "voltage_min_p95_upu", "voltage_max_p50_upu", "voltage_max_p95_upu", "headroom_up_w", "headroom_down_w", "nominal_voltage_mv", "loading_use_p50_mpct", "loading_use_p95_mpct", "worst_p50_element_id", "voltage_low_use_p50_mpct", "voltage_low_use_p95_mpct", "voltage_high_use_p50_mpct", "voltage_high_use_p95_mpct", "highest_node_id")
    ZONE_ID_FIELD_NUMBER: _ClassVar[int]
    WORST_ELEMENT_ID_FIELD_NUMBER: _ClassVar[int]
    LOADING_P50_MPCT_FIELD_NUMBER: _ClassVar[int]
    LOADING_P95_MPCT_FIELD_NUMBER: _ClassVar[int]
    LOWEST_NODE_ID_FIELD_NUMBER: _ClassVar[int]
    VOLTAGE_MIN_P50_UPU_FIELD_NUMBER: _ClassVar[int]
    VOLTAGE_MIN_P95_UPU_FIELD_NUMBER: _ClassVar[int]
    VOLTAGE_MAX_P50_UPU_FIELD_NUMBER: _ClassVar[int]
    VOLTAGE_MAX_P95_UPU_FIELD_NUMBER: _ClassVar[int]
    HEADROOM_UP_W_FIELD_NUMBER: _ClassVar[int]
    HEADROOM_DOWN_W_FIELD_NUMBER: _ClassVar[int]
    NOMINAL_VOLTAGE_MV_FIELD_NUMBER: _ClassVar[int]
    LOADING_USE_P50_MPCT_FIELD_NUMBER: _ClassVar[int]
    LOADING_USE_P95_MPCT_FIELD_NUMBER: _ClassVar[int]
    WORST_P50_ELEMENT_ID_FIELD_NUMBER: _ClassVar[int]
    VOLTAGE_LOW_USE_P50_MPCT_FIELD_NUMBER: _ClassVar[int]
    VOLTAGE_LOW_USE_P95_MPCT_FIELD_NUMBER: _ClassVar[int]
    VOLTAGE_HIGH_USE_P50_MPCT_FIELD_NUMBER: _ClassVar[int]
    VOLTAGE_HIGH_USE_P95_MPCT_FIELD_NUMBER: _ClassVar[int]
    HIGHEST_NODE_ID_FIELD_NUMBER: _ClassVar[int]
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
    def __init__(self, zone_id: _Optional[str] = ..., worst_element_id: _Optional[str] = ..., loading_p50_mpct: _Optional[int] = ..., loading_p95_mpct: _Optional[int] = ..., lowest_node_id: _Optional[str] = ..., voltage_min_p50_upu: _Optional[int] = ..., voltage_min_p95_upu: _Optional[int] = ..., voltage_max_p50_upu: _Optional[int] = ..., voltage_max_p95_upu: _Optional[int] = ..., headroom_up_w: _Optional[int] = ..., headroom_down_w: _Optional[int] = ..., nominal_voltage_mv: _Optional[int] = ..., loading_use_p50_mpct: _Optional[int] = ..., loading_use_p95_mpct: _Optional[int] = ..., worst_p50_element_id: _Optional[str] = ..., voltage_low_use_p50_mpct: _Optional[int] = ..., voltage_low_use_p95_mpct: _Optional[int] = ..., voltage_high_use_p50_mpct: _Optional[int] = ..., voltage_high_use_p95_mpct: _Optional[int] = ..., highest_node_id: _Optional[str] = ...) -> None: ...

class GridResultState(_message.Message):
    __slots__ = ("area_id", "mtu", "sequence", "topology_version", "base_case_version", "operating_point_sequence", "zones")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    TOPOLOGY_VERSION_FIELD_NUMBER: _ClassVar[int]
    BASE_CASE_VERSION_FIELD_NUMBER: _ClassVar[int]
    OPERATING_POINT_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    ZONES_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    mtu: _common_pb2.Mtu
    sequence: int
    topology_version: int
    base_case_version: int
    operating_point_sequence: int
    zones: _containers.RepeatedCompositeFieldContainer[ZoneResult]
    def __init__(self, area_id: _Optional[str] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., sequence: _Optional[int] = ..., topology_version: _Optional[int] = ..., base_case_version: _Optional[int] = ..., operating_point_sequence: _Optional[int] = ..., zones: _Optional[_Iterable[_Union[ZoneResult, _Mapping]]] = ...) -> None: ...

class GridHeartbeat(_message.Message):
    __slots__ = ("area_id", "valid_until_ms", "valid_until_step")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    VALID_UNTIL_MS_FIELD_NUMBER: _ClassVar[int]
    VALID_UNTIL_STEP_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    valid_until_ms: int
    valid_until_step: int
    def __init__(self, area_id: _Optional[str] = ..., valid_until_ms: _Optional[int] = ..., valid_until_step: _Optional[int] = ...) -> None: ...

class AuditRecorded(_message.Message):
    __slots__ = ("area_id", "mtu", "operating_point_sequence", "checked_count", "largest_voltage_difference_npu", "largest_loading_difference_mpct", "violation_count", "disagreement", "element_id", "intent_id", "free_checked", "free_unsettled_ids", "free_violations")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    OPERATING_POINT_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    CHECKED_COUNT_FIELD_NUMBER: _ClassVar[int]
    LARGEST_VOLTAGE_DIFFERENCE_NPU_FIELD_NUMBER: _ClassVar[int]
    LARGEST_LOADING_DIFFERENCE_MPCT_FIELD_NUMBER: _ClassVar[int]
    VIOLATION_COUNT_FIELD_NUMBER: _ClassVar[int]
    DISAGREEMENT_FIELD_NUMBER: _ClassVar[int]
    ELEMENT_ID_FIELD_NUMBER: _ClassVar[int]
    INTENT_ID_FIELD_NUMBER: _ClassVar[int]
    FREE_CHECKED_FIELD_NUMBER: _ClassVar[int]
    FREE_UNSETTLED_IDS_FIELD_NUMBER: _ClassVar[int]
    FREE_VIOLATIONS_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    mtu: _common_pb2.Mtu
    operating_point_sequence: int
    checked_count: int
    largest_voltage_difference_npu: int
    largest_loading_difference_mpct: int
    violation_count: int
    disagreement: bool
    element_id: str
    intent_id: str
    free_checked: bool
    free_unsettled_ids: _containers.RepeatedScalarFieldContainer[str]
    free_violations: _containers.RepeatedCompositeFieldContainer[FreeViolation]
    def __init__(self, area_id: _Optional[str] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., operating_point_sequence: _Optional[int] = ..., checked_count: _Optional[int] = ..., largest_voltage_difference_npu: _Optional[int] = ..., largest_loading_difference_mpct: _Optional[int] = ..., violation_count: _Optional[int] = ..., disagreement: _Optional[bool] = ..., element_id: _Optional[str] = ..., intent_id: _Optional[str] = ..., free_checked: _Optional[bool] = ..., free_unsettled_ids: _Optional[_Iterable[str]] = ..., free_violations: _Optional[_Iterable[_Union[FreeViolation, _Mapping]]] = ...) -> None: ...

class FreeViolation(_message.Message):
    __slots__ = ("element_id", "kind", "use_mpct")
    ELEMENT_ID_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    USE_MPCT_FIELD_NUMBER: _ClassVar[int]
    element_id: str
    kind: FreeViolationKind
    use_mpct: int
    def __init__(self, element_id: _Optional[str] = ..., kind: _Optional[_Union[FreeViolationKind, str]] = ..., use_mpct: _Optional[int] = ...) -> None: ...

class PublishTopology(_message.Message):
    __slots__ = ("area_id", "model")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    MODEL_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    model: bytes
    def __init__(self, area_id: _Optional[str] = ..., model: _Optional[bytes] = ...) -> None: ...

class ApplySwitching(_message.Message):
    __slots__ = ("area_id", "effective_from_s", "open_branch_ids", "close_branch_ids", "reason")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    EFFECTIVE_FROM_S_FIELD_NUMBER: _ClassVar[int]
    OPEN_BRANCH_IDS_FIELD_NUMBER: _ClassVar[int]
    CLOSE_BRANCH_IDS_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    effective_from_s: int
    open_branch_ids: _containers.RepeatedScalarFieldContainer[str]
    close_branch_ids: _containers.RepeatedScalarFieldContainer[str]
    reason: str
    def __init__(self, area_id: _Optional[str] = ..., effective_from_s: _Optional[int] = ..., open_branch_ids: _Optional[_Iterable[str]] = ..., close_branch_ids: _Optional[_Iterable[str]] = ..., reason: _Optional[str] = ...) -> None: ...

class MeasuredNode(_message.Message):
    __slots__ = ("node_id", "p_w", "q_var")
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    P_W_FIELD_NUMBER: _ClassVar[int]
    Q_VAR_FIELD_NUMBER: _ClassVar[int]
    node_id: str
    p_w: int
    q_var: int
    def __init__(self, node_id: _Optional[str] = ..., p_w: _Optional[int] = ..., q_var: _Optional[int] = ...) -> None: ...

class CorrectBaseCase(_message.Message):
    __slots__ = ("area_id", "mtu", "measured_at_ms", "topology_version", "method", "nodes", "ahead")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    MEASURED_AT_MS_FIELD_NUMBER: _ClassVar[int]
    TOPOLOGY_VERSION_FIELD_NUMBER: _ClassVar[int]
    METHOD_FIELD_NUMBER: _ClassVar[int]
    NODES_FIELD_NUMBER: _ClassVar[int]
    AHEAD_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    mtu: _common_pb2.Mtu
    measured_at_ms: int
    topology_version: int
    method: MeasurementMethod
    nodes: _containers.RepeatedCompositeFieldContainer[MeasuredNode]
    ahead: int
    def __init__(self, area_id: _Optional[str] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., measured_at_ms: _Optional[int] = ..., topology_version: _Optional[int] = ..., method: _Optional[_Union[MeasurementMethod, str]] = ..., nodes: _Optional[_Iterable[_Union[MeasuredNode, _Mapping]]] = ..., ahead: _Optional[int] = ...) -> None: ...

class BaseCaseCorrected(_message.Message):
    __slots__ = ("area_id", "mtu", "measured_at_ms", "method", "corrections", "ahead", "party")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    MEASURED_AT_MS_FIELD_NUMBER: _ClassVar[int]
    METHOD_FIELD_NUMBER: _ClassVar[int]
    CORRECTIONS_FIELD_NUMBER: _ClassVar[int]
    AHEAD_FIELD_NUMBER: _ClassVar[int]
    PARTY_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    mtu: _common_pb2.Mtu
    measured_at_ms: int
    method: MeasurementMethod
    corrections: _containers.RepeatedCompositeFieldContainer[MeasuredNode]
    ahead: int
    party: str
    def __init__(self, area_id: _Optional[str] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., measured_at_ms: _Optional[int] = ..., method: _Optional[_Union[MeasurementMethod, str]] = ..., corrections: _Optional[_Iterable[_Union[MeasuredNode, _Mapping]]] = ..., ahead: _Optional[int] = ..., party: _Optional[str] = ...) -> None: ...

class SubmitForecast(_message.Message):
    __slots__ = ("area_id", "periods", "source")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    PERIODS_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    periods: _containers.RepeatedCompositeFieldContainer[PeriodForecast]
    source: ForecastSource
    def __init__(self, area_id: _Optional[str] = ..., periods: _Optional[_Iterable[_Union[PeriodForecast, _Mapping]]] = ..., source: _Optional[_Union[ForecastSource, str]] = ...) -> None: ...

class PeriodForecast(_message.Message):
    __slots__ = ("mtu", "nodes")
    MTU_FIELD_NUMBER: _ClassVar[int]
    NODES_FIELD_NUMBER: _ClassVar[int]
    mtu: _common_pb2.Mtu
    nodes: _containers.RepeatedCompositeFieldContainer[NodeForecast]
    def __init__(self, mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., nodes: _Optional[_Iterable[_Union[NodeForecast, _Mapping]]] = ...) -> None: ...

class NodeForecast(_message.Message):
    __slots__ = ("node_id", "p50_w", "q50_var", "p95_consumption_w", "p95_injection_w", "scenario_w")
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    P50_W_FIELD_NUMBER: _ClassVar[int]
    Q50_VAR_FIELD_NUMBER: _ClassVar[int]
    P95_CONSUMPTION_W_FIELD_NUMBER: _ClassVar[int]
    P95_INJECTION_W_FIELD_NUMBER: _ClassVar[int]
    SCENARIO_W_FIELD_NUMBER: _ClassVar[int]
    node_id: str
    p50_w: int
    q50_var: int
    p95_consumption_w: int
    p95_injection_w: int
    scenario_w: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, node_id: _Optional[str] = ..., p50_w: _Optional[int] = ..., q50_var: _Optional[int] = ..., p95_consumption_w: _Optional[int] = ..., p95_injection_w: _Optional[int] = ..., scenario_w: _Optional[_Iterable[int]] = ...) -> None: ...

class SetTariffParameters(_message.Message):
    __slots__ = ("area_id", "parameters")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    PARAMETERS_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    parameters: TariffParameters
    def __init__(self, area_id: _Optional[str] = ..., parameters: _Optional[_Union[TariffParameters, _Mapping]] = ...) -> None: ...

class RecordAudit(_message.Message):
    __slots__ = ("intent_id", "area_id", "audits")
    INTENT_ID_FIELD_NUMBER: _ClassVar[int]
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    AUDITS_FIELD_NUMBER: _ClassVar[int]
    intent_id: str
    area_id: str
    audits: _containers.RepeatedCompositeFieldContainer[AuditRecorded]
    def __init__(self, intent_id: _Optional[str] = ..., area_id: _Optional[str] = ..., audits: _Optional[_Iterable[_Union[AuditRecorded, _Mapping]]] = ...) -> None: ...

class UnitSchedule(_message.Message):
    __slots__ = ("unit_id", "mtu", "version", "p_w")
    UNIT_ID_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    P_W_FIELD_NUMBER: _ClassVar[int]
    unit_id: str
    mtu: _common_pb2.Mtu
    version: int
    p_w: int
    def __init__(self, unit_id: _Optional[str] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., version: _Optional[int] = ..., p_w: _Optional[int] = ...) -> None: ...

class SubmitSchedules(_message.Message):
    __slots__ = ("area_id", "schedules")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    SCHEDULES_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    schedules: _containers.RepeatedCompositeFieldContainer[UnitSchedule]
    def __init__(self, area_id: _Optional[str] = ..., schedules: _Optional[_Iterable[_Union[UnitSchedule, _Mapping]]] = ...) -> None: ...

class ScheduleState(_message.Message):
    __slots__ = ("area_id", "mtu", "unit_id", "node_id", "version", "p_w", "party")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    UNIT_ID_FIELD_NUMBER: _ClassVar[int]
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    P_W_FIELD_NUMBER: _ClassVar[int]
    PARTY_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    mtu: _common_pb2.Mtu
    unit_id: str
    node_id: str
    version: int
    p_w: int
    party: str
    def __init__(self, area_id: _Optional[str] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., unit_id: _Optional[str] = ..., node_id: _Optional[str] = ..., version: _Optional[int] = ..., p_w: _Optional[int] = ..., party: _Optional[str] = ...) -> None: ...

class SchedulesRecorded(_message.Message):
    __slots__ = ("area_id", "schedules")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    SCHEDULES_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    schedules: _containers.RepeatedCompositeFieldContainer[ScheduleState]
    def __init__(self, area_id: _Optional[str] = ..., schedules: _Optional[_Iterable[_Union[ScheduleState, _Mapping]]] = ...) -> None: ...

class SchedulesRetired(_message.Message):
    __slots__ = ("area_id", "mtu", "unit_ids")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    UNIT_IDS_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    mtu: _common_pb2.Mtu
    unit_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, area_id: _Optional[str] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., unit_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class ScheduledUnit(_message.Message):
    __slots__ = ("unit_id", "metering_point_id", "operator_id", "max_power_w", "min_power_w")
    UNIT_ID_FIELD_NUMBER: _ClassVar[int]
    METERING_POINT_ID_FIELD_NUMBER: _ClassVar[int]
    OPERATOR_ID_FIELD_NUMBER: _ClassVar[int]
    MAX_POWER_W_FIELD_NUMBER: _ClassVar[int]
    MIN_POWER_W_FIELD_NUMBER: _ClassVar[int]
    unit_id: str
    metering_point_id: str
    operator_id: str
    max_power_w: int
    min_power_w: int
    def __init__(self, unit_id: _Optional[str] = ..., metering_point_id: _Optional[str] = ..., operator_id: _Optional[str] = ..., max_power_w: _Optional[int] = ..., min_power_w: _Optional[int] = ...) -> None: ...

class ScheduledPoint(_message.Message):
    __slots__ = ("metering_point_id", "area_id", "node_id")
    METERING_POINT_ID_FIELD_NUMBER: _ClassVar[int]
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    metering_point_id: str
    area_id: str
    node_id: str
    def __init__(self, metering_point_id: _Optional[str] = ..., area_id: _Optional[str] = ..., node_id: _Optional[str] = ...) -> None: ...

class ScheduleSnapshot(_message.Message):
    __slots__ = ("units", "points", "schedules")
    UNITS_FIELD_NUMBER: _ClassVar[int]
    POINTS_FIELD_NUMBER: _ClassVar[int]
    SCHEDULES_FIELD_NUMBER: _ClassVar[int]
    units: _containers.RepeatedCompositeFieldContainer[ScheduledUnit]
    points: _containers.RepeatedCompositeFieldContainer[ScheduledPoint]
    schedules: _containers.RepeatedCompositeFieldContainer[ScheduleState]
    def __init__(self, units: _Optional[_Iterable[_Union[ScheduledUnit, _Mapping]]] = ..., points: _Optional[_Iterable[_Union[ScheduledPoint, _Mapping]]] = ..., schedules: _Optional[_Iterable[_Union[ScheduleState, _Mapping]]] = ...) -> None: ...

class GridCommand(_message.Message):
    __slots__ = ("publish_topology", "submit_forecast", "set_tariff_parameters", "record_audit", "apply_switching", "correct_base_case", "submit_schedules")
    PUBLISH_TOPOLOGY_FIELD_NUMBER: _ClassVar[int]
    SUBMIT_FORECAST_FIELD_NUMBER: _ClassVar[int]
    SET_TARIFF_PARAMETERS_FIELD_NUMBER: _ClassVar[int]
    RECORD_AUDIT_FIELD_NUMBER: _ClassVar[int]
    APPLY_SWITCHING_FIELD_NUMBER: _ClassVar[int]
    CORRECT_BASE_CASE_FIELD_NUMBER: _ClassVar[int]
    SUBMIT_SCHEDULES_FIELD_NUMBER: _ClassVar[int]
    publish_topology: PublishTopology
    submit_forecast: SubmitForecast
    set_tariff_parameters: SetTariffParameters
    record_audit: RecordAudit
    apply_switching: ApplySwitching
    correct_base_case: CorrectBaseCase
    submit_schedules: SubmitSchedules
    def __init__(self, publish_topology: _Optional[_Union[PublishTopology, _Mapping]] = ..., submit_forecast: _Optional[_Union[SubmitForecast, _Mapping]] = ..., set_tariff_parameters: _Optional[_Union[SetTariffParameters, _Mapping]] = ..., record_audit: _Optional[_Union[RecordAudit, _Mapping]] = ..., apply_switching: _Optional[_Union[ApplySwitching, _Mapping]] = ..., correct_base_case: _Optional[_Union[CorrectBaseCase, _Mapping]] = ..., submit_schedules: _Optional[_Union[SubmitSchedules, _Mapping]] = ...) -> None: ...

class AuditIntended(_message.Message):
    __slots__ = ("intent_id", "area_id", "topology_version", "topology_sha256", "points", "shard")
    INTENT_ID_FIELD_NUMBER: _ClassVar[int]
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    TOPOLOGY_VERSION_FIELD_NUMBER: _ClassVar[int]
    TOPOLOGY_SHA256_FIELD_NUMBER: _ClassVar[int]
    POINTS_FIELD_NUMBER: _ClassVar[int]
    SHARD_FIELD_NUMBER: _ClassVar[int]
    intent_id: str
    area_id: str
    topology_version: int
    topology_sha256: bytes
    points: _containers.RepeatedCompositeFieldContainer[AuditPoint]
    shard: int
    def __init__(self, intent_id: _Optional[str] = ..., area_id: _Optional[str] = ..., topology_version: _Optional[int] = ..., topology_sha256: _Optional[bytes] = ..., points: _Optional[_Iterable[_Union[AuditPoint, _Mapping]]] = ..., shard: _Optional[int] = ...) -> None: ...

class AuditPoint(_message.Message):
    __slots__ = ("mtu", "operating_point_sequence", "base_case_version", "p_w", "q_var", "reference_p_w", "reference_q_var", "loading_margin_mpct", "voltage_margin_upu")
    MTU_FIELD_NUMBER: _ClassVar[int]
    OPERATING_POINT_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    BASE_CASE_VERSION_FIELD_NUMBER: _ClassVar[int]
    P_W_FIELD_NUMBER: _ClassVar[int]
    Q_VAR_FIELD_NUMBER: _ClassVar[int]
    REFERENCE_P_W_FIELD_NUMBER: _ClassVar[int]
    REFERENCE_Q_VAR_FIELD_NUMBER: _ClassVar[int]
    LOADING_MARGIN_MPCT_FIELD_NUMBER: _ClassVar[int]
    VOLTAGE_MARGIN_UPU_FIELD_NUMBER: _ClassVar[int]
    mtu: _common_pb2.Mtu
    operating_point_sequence: int
    base_case_version: int
    p_w: _containers.RepeatedScalarFieldContainer[int]
    q_var: _containers.RepeatedScalarFieldContainer[int]
    reference_p_w: _containers.RepeatedScalarFieldContainer[int]
    reference_q_var: _containers.RepeatedScalarFieldContainer[int]
    loading_margin_mpct: _containers.RepeatedScalarFieldContainer[int]
    voltage_margin_upu: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., operating_point_sequence: _Optional[int] = ..., base_case_version: _Optional[int] = ..., p_w: _Optional[_Iterable[int]] = ..., q_var: _Optional[_Iterable[int]] = ..., reference_p_w: _Optional[_Iterable[int]] = ..., reference_q_var: _Optional[_Iterable[int]] = ..., loading_margin_mpct: _Optional[_Iterable[int]] = ..., voltage_margin_upu: _Optional[_Iterable[int]] = ...) -> None: ...

class TariffParametersSet(_message.Message):
    __slots__ = ("area_id", "parameters", "at_ms")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    PARAMETERS_FIELD_NUMBER: _ClassVar[int]
    AT_MS_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    parameters: TariffParameters
    at_ms: int
    def __init__(self, area_id: _Optional[str] = ..., parameters: _Optional[_Union[TariffParameters, _Mapping]] = ..., at_ms: _Optional[int] = ...) -> None: ...

class PeriodRetired(_message.Message):
    __slots__ = ("area_id", "mtu")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    mtu: _common_pb2.Mtu
    def __init__(self, area_id: _Optional[str] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ...) -> None: ...

class AuditTotals(_message.Message):
    __slots__ = ("checked_count", "disagreement_count", "violation_count")
    CHECKED_COUNT_FIELD_NUMBER: _ClassVar[int]
    DISAGREEMENT_COUNT_FIELD_NUMBER: _ClassVar[int]
    VIOLATION_COUNT_FIELD_NUMBER: _ClassVar[int]
    checked_count: int
    disagreement_count: int
    violation_count: int
    def __init__(self, checked_count: _Optional[int] = ..., disagreement_count: _Optional[int] = ..., violation_count: _Optional[int] = ...) -> None: ...

class GridcheckSnapshot(_message.Message):
    __slots__ = ("at_ms", "step", "roles", "areas", "markets", "models", "schedules")
    AT_MS_FIELD_NUMBER: _ClassVar[int]
    STEP_FIELD_NUMBER: _ClassVar[int]
    ROLES_FIELD_NUMBER: _ClassVar[int]
    AREAS_FIELD_NUMBER: _ClassVar[int]
    MARKETS_FIELD_NUMBER: _ClassVar[int]
    MODELS_FIELD_NUMBER: _ClassVar[int]
    SCHEDULES_FIELD_NUMBER: _ClassVar[int]
    at_ms: int
    step: int
    roles: _containers.RepeatedCompositeFieldContainer[RoleFact]
    areas: _containers.RepeatedCompositeFieldContainer[AreaFact]
    markets: _containers.RepeatedCompositeFieldContainer[MarketFact]
    models: _containers.RepeatedCompositeFieldContainer[AreaSnapshot]
    schedules: ScheduleSnapshot
    def __init__(self, at_ms: _Optional[int] = ..., step: _Optional[int] = ..., roles: _Optional[_Iterable[_Union[RoleFact, _Mapping]]] = ..., areas: _Optional[_Iterable[_Union[AreaFact, _Mapping]]] = ..., markets: _Optional[_Iterable[_Union[MarketFact, _Mapping]]] = ..., models: _Optional[_Iterable[_Union[AreaSnapshot, _Mapping]]] = ..., schedules: _Optional[_Union[ScheduleSnapshot, _Mapping]] = ...) -> None: ...

class RoleFact(_message.Message):
    __slots__ = ("participant_id", "system_operator", "market_operator")
    PARTICIPANT_ID_FIELD_NUMBER: _ClassVar[int]
    SYSTEM_OPERATOR_FIELD_NUMBER: _ClassVar[int]
    MARKET_OPERATOR_FIELD_NUMBER: _ClassVar[int]
    participant_id: str
    system_operator: bool
    market_operator: bool
    def __init__(self, participant_id: _Optional[str] = ..., system_operator: _Optional[bool] = ..., market_operator: _Optional[bool] = ...) -> None: ...

class AreaFact(_message.Message):
    __slots__ = ("area_id", "shard", "dso_id", "time_zone")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    SHARD_FIELD_NUMBER: _ClassVar[int]
    DSO_ID_FIELD_NUMBER: _ClassVar[int]
    TIME_ZONE_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    shard: int
    dso_id: str
    time_zone: str
    def __init__(self, area_id: _Optional[str] = ..., shard: _Optional[int] = ..., dso_id: _Optional[str] = ..., time_zone: _Optional[str] = ...) -> None: ...

class MarketFact(_message.Message):
    __slots__ = ("market_id", "area_id", "opens_before_day_s", "tick_micro_euro_per_mwh")
    MARKET_ID_FIELD_NUMBER: _ClassVar[int]
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    OPENS_BEFORE_DAY_S_FIELD_NUMBER: _ClassVar[int]
    TICK_MICRO_EURO_PER_MWH_FIELD_NUMBER: _ClassVar[int]
    market_id: str
    area_id: str
    opens_before_day_s: int
    tick_micro_euro_per_mwh: int
    def __init__(self, market_id: _Optional[str] = ..., area_id: _Optional[str] = ..., opens_before_day_s: _Optional[int] = ..., tick_micro_euro_per_mwh: _Optional[int] = ...) -> None: ...

class AreaSnapshot(_message.Message):
    __slots__ = ("topology", "parameters", "result_sequence", "heartbeat_at_ms", "audit_sequence", "audits", "periods", "area_id", "former", "corrected_at_ms")
    TOPOLOGY_FIELD_NUMBER: _ClassVar[int]
    PARAMETERS_FIELD_NUMBER: _ClassVar[int]
    RESULT_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    HEARTBEAT_AT_MS_FIELD_NUMBER: _ClassVar[int]
    AUDIT_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    AUDITS_FIELD_NUMBER: _ClassVar[int]
    PERIODS_FIELD_NUMBER: _ClassVar[int]
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    FORMER_FIELD_NUMBER: _ClassVar[int]
    CORRECTED_AT_MS_FIELD_NUMBER: _ClassVar[int]
    topology: TopologyState
    parameters: _containers.RepeatedCompositeFieldContainer[TariffParametersSet]
    result_sequence: int
    heartbeat_at_ms: int
    audit_sequence: int
    audits: AuditTotals
    periods: _containers.RepeatedCompositeFieldContainer[PeriodSnapshot]
    area_id: str
    former: _containers.RepeatedCompositeFieldContainer[TopologyState]
    corrected_at_ms: int
    def __init__(self, topology: _Optional[_Union[TopologyState, _Mapping]] = ..., parameters: _Optional[_Iterable[_Union[TariffParametersSet, _Mapping]]] = ..., result_sequence: _Optional[int] = ..., heartbeat_at_ms: _Optional[int] = ..., audit_sequence: _Optional[int] = ..., audits: _Optional[_Union[AuditTotals, _Mapping]] = ..., periods: _Optional[_Iterable[_Union[PeriodSnapshot, _Mapping]]] = ..., area_id: _Optional[str] = ..., former: _Optional[_Iterable[_Union[TopologyState, _Mapping]]] = ..., corrected_at_ms: _Optional[int] = ...) -> None: ...

class PeriodSnapshot(_message.Message):
    __slots__ = ("mtu", "base_cases", "margins", "tariff", "accepted", "operating_point_sequence", "accepted_base_case_version", "audited", "audited_sequence", "changed", "audited_case_version", "free_violations")
    MTU_FIELD_NUMBER: _ClassVar[int]
    BASE_CASES_FIELD_NUMBER: _ClassVar[int]
    MARGINS_FIELD_NUMBER: _ClassVar[int]
    TARIFF_FIELD_NUMBER: _ClassVar[int]
    ACCEPTED_FIELD_NUMBER: _ClassVar[int]
    OPERATING_POINT_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    ACCEPTED_BASE_CASE_VERSION_FIELD_NUMBER: _ClassVar[int]
    AUDITED_FIELD_NUMBER: _ClassVar[int]
    AUDITED_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    CHANGED_FIELD_NUMBER: _ClassVar[int]
    AUDITED_CASE_VERSION_FIELD_NUMBER: _ClassVar[int]
    FREE_VIOLATIONS_FIELD_NUMBER: _ClassVar[int]
    mtu: _common_pb2.Mtu
    base_cases: _containers.RepeatedCompositeFieldContainer[BaseCaseState]
    margins: _containers.RepeatedCompositeFieldContainer[MarginState]
    tariff: TariffState
    accepted: _containers.RepeatedCompositeFieldContainer[AcceptedDeviation]
    operating_point_sequence: int
    accepted_base_case_version: int
    audited: _containers.RepeatedCompositeFieldContainer[AcceptedDeviation]
    audited_sequence: int
    changed: bool
    audited_case_version: int
    free_violations: _containers.RepeatedCompositeFieldContainer[FreeViolation]
    def __init__(self, mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., base_cases: _Optional[_Iterable[_Union[BaseCaseState, _Mapping]]] = ..., margins: _Optional[_Iterable[_Union[MarginState, _Mapping]]] = ..., tariff: _Optional[_Union[TariffState, _Mapping]] = ..., accepted: _Optional[_Iterable[_Union[AcceptedDeviation, _Mapping]]] = ..., operating_point_sequence: _Optional[int] = ..., accepted_base_case_version: _Optional[int] = ..., audited: _Optional[_Iterable[_Union[AcceptedDeviation, _Mapping]]] = ..., audited_sequence: _Optional[int] = ..., changed: _Optional[bool] = ..., audited_case_version: _Optional[int] = ..., free_violations: _Optional[_Iterable[_Union[FreeViolation, _Mapping]]] = ...) -> None: ...

class AcceptedDeviation(_message.Message):
    __slots__ = ("node_id", "p_w", "q_var")
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    P_W_FIELD_NUMBER: _ClassVar[int]
    Q_VAR_FIELD_NUMBER: _ClassVar[int]
    node_id: str
    p_w: int
    q_var: int
    def __init__(self, node_id: _Optional[str] = ..., p_w: _Optional[int] = ..., q_var: _Optional[int] = ...) -> None: ...

class ImportNetworkRequest(_message.Message):
    __slots__ = ("command_id", "area_id", "pandapower_json", "pandapower_name", "model_json", "expires_at_ms", "unbalance")
    COMMAND_ID_FIELD_NUMBER: _ClassVar[int]
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    PANDAPOWER_JSON_FIELD_NUMBER: _ClassVar[int]
    PANDAPOWER_NAME_FIELD_NUMBER: _ClassVar[int]
    MODEL_JSON_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_AT_MS_FIELD_NUMBER: _ClassVar[int]
    UNBALANCE_FIELD_NUMBER: _ClassVar[int]
    command_id: str
    area_id: str
    pandapower_json: bytes
    pandapower_name: str
    model_json: bytes
    expires_at_ms: int
    unbalance: UnbalanceMargin
    def __init__(self, command_id: _Optional[str] = ..., area_id: _Optional[str] = ..., pandapower_json: _Optional[bytes] = ..., pandapower_name: _Optional[str] = ..., model_json: _Optional[bytes] = ..., expires_at_ms: _Optional[int] = ..., unbalance: _Optional[_Union[UnbalanceMargin, _Mapping]] = ...) -> None: ...

class UnbalanceMargin(_message.Message):
    __slots__ = ("loading_mpct", "voltage_upu")
    LOADING_MPCT_FIELD_NUMBER: _ClassVar[int]
    VOLTAGE_UPU_FIELD_NUMBER: _ClassVar[int]
    loading_mpct: int
    voltage_upu: int
    def __init__(self, loading_mpct: _Optional[int] = ..., voltage_upu: _Optional[int] = ...) -> None: ...

class NetworkProblem(_message.Message):
    __slots__ = ("element", "rule", "value")
    ELEMENT_FIELD_NUMBER: _ClassVar[int]
    RULE_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    element: str
    rule: str
    value: str
    def __init__(self, element: _Optional[str] = ..., rule: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...

class ImportNetworkResponse(_message.Message):
    __slots__ = ("problems", "receipt")
    PROBLEMS_FIELD_NUMBER: _ClassVar[int]
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    problems: _containers.RepeatedCompositeFieldContainer[NetworkProblem]
    receipt: _common_pb2.CommandReceipt
    def __init__(self, problems: _Optional[_Iterable[_Union[NetworkProblem, _Mapping]]] = ..., receipt: _Optional[_Union[_common_pb2.CommandReceipt, _Mapping]] = ...) -> None: ...

class ApplySwitchingRequest(_message.Message):
    __slots__ = ("command_id", "switching", "expires_at_ms")
    COMMAND_ID_FIELD_NUMBER: _ClassVar[int]
    SWITCHING_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_AT_MS_FIELD_NUMBER: _ClassVar[int]
    command_id: str
    switching: ApplySwitching
    expires_at_ms: int
    def __init__(self, command_id: _Optional[str] = ..., switching: _Optional[_Union[ApplySwitching, _Mapping]] = ..., expires_at_ms: _Optional[int] = ...) -> None: ...

class ApplySwitchingResponse(_message.Message):
    __slots__ = ("receipt",)
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    receipt: _common_pb2.CommandReceipt
    def __init__(self, receipt: _Optional[_Union[_common_pb2.CommandReceipt, _Mapping]] = ...) -> None: ...

class Reading(_message.Message):
    __slots__ = ("kind", "element_id", "p_w", "q_var", "voltage_micro_pu", "sigma")
    KIND_FIELD_NUMBER: _ClassVar[int]
    ELEMENT_ID_FIELD_NUMBER: _ClassVar[int]
    P_W_FIELD_NUMBER: _ClassVar[int]
    Q_VAR_FIELD_NUMBER: _ClassVar[int]
    VOLTAGE_MICRO_PU_FIELD_NUMBER: _ClassVar[int]
    SIGMA_FIELD_NUMBER: _ClassVar[int]
    kind: ReadingKind
    element_id: str
    p_w: int
    q_var: int
    voltage_micro_pu: int
    sigma: int
    def __init__(self, kind: _Optional[_Union[ReadingKind, str]] = ..., element_id: _Optional[str] = ..., p_w: _Optional[int] = ..., q_var: _Optional[int] = ..., voltage_micro_pu: _Optional[int] = ..., sigma: _Optional[int] = ...) -> None: ...

class SubmitMeasurementsRequest(_message.Message):
    __slots__ = ("command_id", "area_id", "mtu", "measured_at_ms", "readings", "estimate", "with_forecast", "ahead", "expires_at_ms")
    COMMAND_ID_FIELD_NUMBER: _ClassVar[int]
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    MEASURED_AT_MS_FIELD_NUMBER: _ClassVar[int]
    READINGS_FIELD_NUMBER: _ClassVar[int]
    ESTIMATE_FIELD_NUMBER: _ClassVar[int]
    WITH_FORECAST_FIELD_NUMBER: _ClassVar[int]
    AHEAD_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_AT_MS_FIELD_NUMBER: _ClassVar[int]
    command_id: str
    area_id: str
    mtu: _common_pb2.Mtu
    measured_at_ms: int
    readings: _containers.RepeatedCompositeFieldContainer[Reading]
    estimate: bool
    with_forecast: bool
    ahead: int
    expires_at_ms: int
    def __init__(self, command_id: _Optional[str] = ..., area_id: _Optional[str] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., measured_at_ms: _Optional[int] = ..., readings: _Optional[_Iterable[_Union[Reading, _Mapping]]] = ..., estimate: _Optional[bool] = ..., with_forecast: _Optional[bool] = ..., ahead: _Optional[int] = ..., expires_at_ms: _Optional[int] = ...) -> None: ...

class SubmitMeasurementsResponse(_message.Message):
    __slots__ = ("receipt", "observable", "problems", "read_count", "forecast_count", "suspicious_ids")
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    OBSERVABLE_FIELD_NUMBER: _ClassVar[int]
    PROBLEMS_FIELD_NUMBER: _ClassVar[int]
    READ_COUNT_FIELD_NUMBER: _ClassVar[int]
    FORECAST_COUNT_FIELD_NUMBER: _ClassVar[int]
    SUSPICIOUS_IDS_FIELD_NUMBER: _ClassVar[int]
    receipt: _common_pb2.CommandReceipt
    observable: bool
    problems: _containers.RepeatedScalarFieldContainer[str]
    read_count: int
    forecast_count: int
    suspicious_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, receipt: _Optional[_Union[_common_pb2.CommandReceipt, _Mapping]] = ..., observable: _Optional[bool] = ..., problems: _Optional[_Iterable[str]] = ..., read_count: _Optional[int] = ..., forecast_count: _Optional[int] = ..., suspicious_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class SubmitForecastRequest(_message.Message):
    __slots__ = ("command_id", "forecast", "expires_at_ms")
    COMMAND_ID_FIELD_NUMBER: _ClassVar[int]
    FORECAST_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_AT_MS_FIELD_NUMBER: _ClassVar[int]
    command_id: str
    forecast: SubmitForecast
    expires_at_ms: int
    def __init__(self, command_id: _Optional[str] = ..., forecast: _Optional[_Union[SubmitForecast, _Mapping]] = ..., expires_at_ms: _Optional[int] = ...) -> None: ...

class SubmitForecastResponse(_message.Message):
    __slots__ = ("receipt",)
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    receipt: _common_pb2.CommandReceipt
    def __init__(self, receipt: _Optional[_Union[_common_pb2.CommandReceipt, _Mapping]] = ...) -> None: ...

class ImportForecastRequest(_message.Message):
    __slots__ = ("command_id", "area_id", "csv", "length_s", "source", "expires_at_ms")
    COMMAND_ID_FIELD_NUMBER: _ClassVar[int]
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    CSV_FIELD_NUMBER: _ClassVar[int]
    LENGTH_S_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_AT_MS_FIELD_NUMBER: _ClassVar[int]
    command_id: str
    area_id: str
    csv: bytes
    length_s: int
    source: ForecastSource
    expires_at_ms: int
    def __init__(self, command_id: _Optional[str] = ..., area_id: _Optional[str] = ..., csv: _Optional[bytes] = ..., length_s: _Optional[int] = ..., source: _Optional[_Union[ForecastSource, str]] = ..., expires_at_ms: _Optional[int] = ...) -> None: ...

class ForecastRowError(_message.Message):
    __slots__ = ("row", "column", "value", "code", "message")
    ROW_FIELD_NUMBER: _ClassVar[int]
    COLUMN_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    row: int
    column: str
    value: str
    code: str
    message: str
    def __init__(self, row: _Optional[int] = ..., column: _Optional[str] = ..., value: _Optional[str] = ..., code: _Optional[str] = ..., message: _Optional[str] = ...) -> None: ...

class ImportForecastResponse(_message.Message):
    __slots__ = ("errors", "receipt")
    ERRORS_FIELD_NUMBER: _ClassVar[int]
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    errors: _containers.RepeatedCompositeFieldContainer[ForecastRowError]
    receipt: _common_pb2.CommandReceipt
    def __init__(self, errors: _Optional[_Iterable[_Union[ForecastRowError, _Mapping]]] = ..., receipt: _Optional[_Union[_common_pb2.CommandReceipt, _Mapping]] = ...) -> None: ...

class SetTariffParametersRequest(_message.Message):
    __slots__ = ("command_id", "parameters", "expires_at_ms")
    COMMAND_ID_FIELD_NUMBER: _ClassVar[int]
    PARAMETERS_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_AT_MS_FIELD_NUMBER: _ClassVar[int]
    command_id: str
    parameters: SetTariffParameters
    expires_at_ms: int
    def __init__(self, command_id: _Optional[str] = ..., parameters: _Optional[_Union[SetTariffParameters, _Mapping]] = ..., expires_at_ms: _Optional[int] = ...) -> None: ...

class SetTariffParametersResponse(_message.Message):
    __slots__ = ("receipt",)
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    receipt: _common_pb2.CommandReceipt
    def __init__(self, receipt: _Optional[_Union[_common_pb2.CommandReceipt, _Mapping]] = ...) -> None: ...

class WhatIfRequest(_message.Message):
    __slots__ = ("area_id", "mtu", "seller_node_id", "buyer_node_id", "quantity_w", "min_position")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    SELLER_NODE_ID_FIELD_NUMBER: _ClassVar[int]
    BUYER_NODE_ID_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_W_FIELD_NUMBER: _ClassVar[int]
    MIN_POSITION_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    mtu: _common_pb2.Mtu
    seller_node_id: str
    buyer_node_id: str
    quantity_w: int
    min_position: _common_pb2.LogPosition
    def __init__(self, area_id: _Optional[str] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., seller_node_id: _Optional[str] = ..., buyer_node_id: _Optional[str] = ..., quantity_w: _Optional[int] = ..., min_position: _Optional[_Union[_common_pb2.LogPosition, _Mapping]] = ...) -> None: ...

class WhatIfResponse(_message.Message):
    __slots__ = ("feasible", "reason", "largest_quantity_w", "dnut_micro_euro", "operating_point_sequence", "zones")
    FEASIBLE_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    LARGEST_QUANTITY_W_FIELD_NUMBER: _ClassVar[int]
    DNUT_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    OPERATING_POINT_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    ZONES_FIELD_NUMBER: _ClassVar[int]
    feasible: bool
    reason: _common_pb2.Rejection
    largest_quantity_w: int
    dnut_micro_euro: int
    operating_point_sequence: int
    zones: _containers.RepeatedCompositeFieldContainer[ZoneResult]
    def __init__(self, feasible: _Optional[bool] = ..., reason: _Optional[_Union[_common_pb2.Rejection, _Mapping]] = ..., largest_quantity_w: _Optional[int] = ..., dnut_micro_euro: _Optional[int] = ..., operating_point_sequence: _Optional[int] = ..., zones: _Optional[_Iterable[_Union[ZoneResult, _Mapping]]] = ...) -> None: ...

class GetTopologyRequest(_message.Message):
    __slots__ = ("area_id", "min_position")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    MIN_POSITION_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    min_position: _common_pb2.LogPosition
    def __init__(self, area_id: _Optional[str] = ..., min_position: _Optional[_Union[_common_pb2.LogPosition, _Mapping]] = ...) -> None: ...

class GetTopologyResponse(_message.Message):
    __slots__ = ("topology",)
    TOPOLOGY_FIELD_NUMBER: _ClassVar[int]
    topology: TopologyState
    def __init__(self, topology: _Optional[_Union[TopologyState, _Mapping]] = ...) -> None: ...

class ListGridResultsRequest(_message.Message):
    __slots__ = ("area_id", "min_position", "parts")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    MIN_POSITION_FIELD_NUMBER: _ClassVar[int]
    PARTS_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    min_position: _common_pb2.LogPosition
    parts: _containers.RepeatedScalarFieldContainer[PeriodPart]
    def __init__(self, area_id: _Optional[str] = ..., min_position: _Optional[_Union[_common_pb2.LogPosition, _Mapping]] = ..., parts: _Optional[_Iterable[_Union[PeriodPart, str]]] = ...) -> None: ...

class ListGridResultsResponse(_message.Message):
    __slots__ = ("results", "tariffs", "base_cases", "margins", "audits", "audit_totals")
    RESULTS_FIELD_NUMBER: _ClassVar[int]
    TARIFFS_FIELD_NUMBER: _ClassVar[int]
    BASE_CASES_FIELD_NUMBER: _ClassVar[int]
    MARGINS_FIELD_NUMBER: _ClassVar[int]
    AUDITS_FIELD_NUMBER: _ClassVar[int]
    AUDIT_TOTALS_FIELD_NUMBER: _ClassVar[int]
    results: _containers.RepeatedCompositeFieldContainer[GridResultState]
    tariffs: _containers.RepeatedCompositeFieldContainer[TariffState]
    base_cases: _containers.RepeatedCompositeFieldContainer[BaseCaseState]
    margins: _containers.RepeatedCompositeFieldContainer[MarginState]
    audits: _containers.RepeatedCompositeFieldContainer[AuditRecorded]
    audit_totals: AuditTotals
    def __init__(self, results: _Optional[_Iterable[_Union[GridResultState, _Mapping]]] = ..., tariffs: _Optional[_Iterable[_Union[TariffState, _Mapping]]] = ..., base_cases: _Optional[_Iterable[_Union[BaseCaseState, _Mapping]]] = ..., margins: _Optional[_Iterable[_Union[MarginState, _Mapping]]] = ..., audits: _Optional[_Iterable[_Union[AuditRecorded, _Mapping]]] = ..., audit_totals: _Optional[_Union[AuditTotals, _Mapping]] = ...) -> None: ...

class SubmitSchedulesRequest(_message.Message):
    __slots__ = ("command_id", "schedules", "expires_at_ms")
    COMMAND_ID_FIELD_NUMBER: _ClassVar[int]
    SCHEDULES_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_AT_MS_FIELD_NUMBER: _ClassVar[int]
    command_id: str
    schedules: SubmitSchedules
    expires_at_ms: int
    def __init__(self, command_id: _Optional[str] = ..., schedules: _Optional[_Union[SubmitSchedules, _Mapping]] = ..., expires_at_ms: _Optional[int] = ...) -> None: ...

class SubmitSchedulesResponse(_message.Message):
    __slots__ = ("receipt",)
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    receipt: _common_pb2.CommandReceipt
    def __init__(self, receipt: _Optional[_Union[_common_pb2.CommandReceipt, _Mapping]] = ...) -> None: ...

class ListSchedulesRequest(_message.Message):
    __slots__ = ("area_id", "from_s", "to_s", "page_size", "page_token", "min_position")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    FROM_S_FIELD_NUMBER: _ClassVar[int]
    TO_S_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    MIN_POSITION_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    from_s: int
    to_s: int
    page_size: int
    page_token: str
    min_position: _common_pb2.LogPosition
    def __init__(self, area_id: _Optional[str] = ..., from_s: _Optional[int] = ..., to_s: _Optional[int] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., min_position: _Optional[_Union[_common_pb2.LogPosition, _Mapping]] = ...) -> None: ...

class ScheduleEvidence(_message.Message):
    __slots__ = ("schedule", "node_scheduled_w", "node_base_w")
    SCHEDULE_FIELD_NUMBER: _ClassVar[int]
    NODE_SCHEDULED_W_FIELD_NUMBER: _ClassVar[int]
    NODE_BASE_W_FIELD_NUMBER: _ClassVar[int]
    schedule: ScheduleState
    node_scheduled_w: int
    node_base_w: int
    def __init__(self, schedule: _Optional[_Union[ScheduleState, _Mapping]] = ..., node_scheduled_w: _Optional[int] = ..., node_base_w: _Optional[int] = ...) -> None: ...

class ListSchedulesResponse(_message.Message):
    __slots__ = ("schedules", "next_page_token")
    SCHEDULES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    schedules: _containers.RepeatedCompositeFieldContainer[ScheduleEvidence]
    next_page_token: str
    def __init__(self, schedules: _Optional[_Iterable[_Union[ScheduleEvidence, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...
