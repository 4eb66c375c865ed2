from flexbourse.common.v1 import common_pb2 as _common_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Light(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    LIGHT_UNSPECIFIED: _ClassVar[Light]
    LIGHT_GREEN: _ClassVar[Light]
    LIGHT_AMBER: _ClassVar[Light]
    LIGHT_RED: _ClassVar[Light]
    LIGHT_UNKNOWN: _ClassVar[Light]

class VoltageLevel(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    VOLTAGE_LEVEL_UNSPECIFIED: _ClassVar[VoltageLevel]
    VOLTAGE_LEVEL_LOW: _ClassVar[VoltageLevel]
    VOLTAGE_LEVEL_MEDIUM: _ClassVar[VoltageLevel]
    VOLTAGE_LEVEL_HIGH: _ClassVar[VoltageLevel]
LIGHT_UNSPECIFIED: Light
LIGHT_GREEN: Light
LIGHT_AMBER: Light
LIGHT_RED: Light
LIGHT_UNKNOWN: Light
VOLTAGE_LEVEL_UNSPECIFIED: VoltageLevel
VOLTAGE_LEVEL_LOW: VoltageLevel
VOLTAGE_LEVEL_MEDIUM: VoltageLevel
VOLTAGE_LEVEL_HIGH: VoltageLevel

class LightCause(_message.Message):
    __slots__ = ("element_id", "kind", "value", "limit", "unit")
    ELEMENT_ID_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    UNIT_FIELD_NUMBER: _ClassVar[int]
    element_id: str
    kind: str
    value: int
    limit: int
    unit: str
    def __init__(self, element_id: _Optional[str] = ..., kind: _Optional[str] = ..., value: _Optional[int] = ..., limit: _Optional[int] = ..., unit: _Optional[str] = ...) -> None: ...

class LightState(_message.Message):
    __slots__ = ("area_id", "zone_id", "mtu", "light", "previous", "cause", "headroom_up_w", "headroom_down_w", "sequence", "since_ms", "topology_version", "grid_sequence", "clean_count", "amber_loading_mpct", "amber_voltage_mpct")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    ZONE_ID_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    LIGHT_FIELD_NUMBER: _ClassVar[int]
    PREVIOUS_FIELD_NUMBER: _ClassVar[int]
    CAUSE_FIELD_NUMBER: _ClassVar[int]
    HEADROOM_UP_W_FIELD_NUMBER: _ClassVar[int]
    HEADROOM_DOWN_W_FIELD_NUMBER: _ClassVar[int]
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    SINCE_MS_FIELD_NUMBER: _ClassVar[int]
    TOPOLOGY_VERSION_FIELD_NUMBER: _ClassVar[int]
    GRID_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    CLEAN_COUNT_FIELD_NUMBER: _ClassVar[int]
    AMBER_LOADING_MPCT_FIELD_NUMBER: _ClassVar[int]
    AMBER_VOLTAGE_MPCT_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    zone_id: str
    mtu: _common_pb2.Mtu
    light: Light
    previous: Light
    cause: LightCause
    headroom_up_w: int
    headroom_down_w: int
    sequence: int
    since_ms: int
    topology_version: int
    grid_sequence: int
    clean_count: int
    amber_loading_mpct: int
    amber_voltage_mpct: int
    def __init__(self, area_id: _Optional[str] = ..., zone_id: _Optional[str] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., light: _Optional[_Union[Light, str]] = ..., previous: _Optional[_Union[Light, str]] = ..., cause: _Optional[_Union[LightCause, _Mapping]] = ..., headroom_up_w: _Optional[int] = ..., headroom_down_w: _Optional[int] = ..., sequence: _Optional[int] = ..., since_ms: _Optional[int] = ..., topology_version: _Optional[int] = ..., grid_sequence: _Optional[int] = ..., clean_count: _Optional[int] = ..., amber_loading_mpct: _Optional[int] = ..., amber_voltage_mpct: _Optional[int] = ...) -> None: ...

class LightHeartbeat(_message.Message):
    __slots__ = ("area_id", "zone_id", "valid_until_ms", "valid_until_step")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    ZONE_ID_FIELD_NUMBER: _ClassVar[int]
    VALID_UNTIL_MS_FIELD_NUMBER: _ClassVar[int]
    VALID_UNTIL_STEP_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    zone_id: str
    valid_until_ms: int
    valid_until_step: int
    def __init__(self, area_id: _Optional[str] = ..., zone_id: _Optional[str] = ..., valid_until_ms: _Optional[int] = ..., valid_until_step: _Optional[int] = ...) -> None: ...

class OverrideLight(_message.Message):
    __slots__ = ("area_id", "zone_id", "mtu", "light", "valid_until_ms", "reason")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    ZONE_ID_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    LIGHT_FIELD_NUMBER: _ClassVar[int]
    VALID_UNTIL_MS_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    zone_id: str
    mtu: _common_pb2.Mtu
    light: Light
    valid_until_ms: int
    reason: str
    def __init__(self, area_id: _Optional[str] = ..., zone_id: _Optional[str] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., light: _Optional[_Union[Light, str]] = ..., valid_until_ms: _Optional[int] = ..., reason: _Optional[str] = ...) -> None: ...

class LightThresholds(_message.Message):
    __slots__ = ("amber_loading_mpct", "clear_loading_mpct", "red_loading_mpct", "calm_loading_mpct", "amber_voltage_mpct", "clear_voltage_mpct", "red_voltage_mpct", "calm_voltage_mpct", "clean_count", "dwell_ms")
    AMBER_LOADING_MPCT_FIELD_NUMBER: _ClassVar[int]
    CLEAR_LOADING_MPCT_FIELD_NUMBER: _ClassVar[int]
    RED_LOADING_MPCT_FIELD_NUMBER: _ClassVar[int]
    CALM_LOADING_MPCT_FIELD_NUMBER: _ClassVar[int]
    AMBER_VOLTAGE_MPCT_FIELD_NUMBER: _ClassVar[int]
    CLEAR_VOLTAGE_MPCT_FIELD_NUMBER: _ClassVar[int]
    RED_VOLTAGE_MPCT_FIELD_NUMBER: _ClassVar[int]
    CALM_VOLTAGE_MPCT_FIELD_NUMBER: _ClassVar[int]
    CLEAN_COUNT_FIELD_NUMBER: _ClassVar[int]
    DWELL_MS_FIELD_NUMBER: _ClassVar[int]
    amber_loading_mpct: int
    clear_loading_mpct: int
    red_loading_mpct: int
    calm_loading_mpct: int
    amber_voltage_mpct: int
    clear_voltage_mpct: int
    red_voltage_mpct: int
    calm_voltage_mpct: int
    clean_count: int
    dwell_ms: int
    def __init__(self, amber_loading_mpct: _Optional[int] = ..., clear_loading_mpct: _Optional[int] = ..., red_loading_mpct: _Optional[int] = ..., calm_loading_mpct: _Optional[int] = ..., amber_voltage_mpct: _Optional[int] = ..., clear_voltage_mpct: _Optional[int] = ..., red_voltage_mpct: _Optional[int] = ..., calm_voltage_mpct: _Optional[int] = ..., clean_count: _Optional[int] = ..., dwell_ms: _Optional[int] = ...) -> None: ...

class SetLightThresholds(_message.Message):
    __slots__ = ("area_id", "thresholds", "level")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    THRESHOLDS_FIELD_NUMBER: _ClassVar[int]
    LEVEL_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    thresholds: LightThresholds
    level: VoltageLevel
    def __init__(self, area_id: _Optional[str] = ..., thresholds: _Optional[_Union[LightThresholds, _Mapping]] = ..., level: _Optional[_Union[VoltageLevel, str]] = ...) -> None: ...

class LightCommand(_message.Message):
    __slots__ = ("override", "set_thresholds")
    OVERRIDE_FIELD_NUMBER: _ClassVar[int]
    SET_THRESHOLDS_FIELD_NUMBER: _ClassVar[int]
    override: OverrideLight
    set_thresholds: SetLightThresholds
    def __init__(self, override: _Optional[_Union[OverrideLight, _Mapping]] = ..., set_thresholds: _Optional[_Union[SetLightThresholds, _Mapping]] = ...) -> None: ...

class ThresholdsChanged(_message.Message):
    __slots__ = ("area_id", "thresholds", "party", "level")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    THRESHOLDS_FIELD_NUMBER: _ClassVar[int]
    PARTY_FIELD_NUMBER: _ClassVar[int]
    LEVEL_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    thresholds: LightThresholds
    party: str
    level: VoltageLevel
    def __init__(self, area_id: _Optional[str] = ..., thresholds: _Optional[_Union[LightThresholds, _Mapping]] = ..., party: _Optional[str] = ..., level: _Optional[_Union[VoltageLevel, str]] = ...) -> None: ...

class LightRetired(_message.Message):
    __slots__ = ("area_id", "zone_id", "mtu")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    ZONE_ID_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    zone_id: str
    mtu: _common_pb2.Mtu
    def __init__(self, area_id: _Optional[str] = ..., zone_id: _Optional[str] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ...) -> None: ...

class LightSnapshot(_message.Message):
    __slots__ = ("at_ms", "step", "operators", "areas")
    AT_MS_FIELD_NUMBER: _ClassVar[int]
    STEP_FIELD_NUMBER: _ClassVar[int]
    OPERATORS_FIELD_NUMBER: _ClassVar[int]
    AREAS_FIELD_NUMBER: _ClassVar[int]
    at_ms: int
    step: int
    operators: _containers.RepeatedCompositeFieldContainer[OperatorFact]
    areas: _containers.RepeatedCompositeFieldContainer[LightArea]
    def __init__(self, at_ms: _Optional[int] = ..., step: _Optional[int] = ..., operators: _Optional[_Iterable[_Union[OperatorFact, _Mapping]]] = ..., areas: _Optional[_Iterable[_Union[LightArea, _Mapping]]] = ...) -> None: ...

class OperatorFact(_message.Message):
    __slots__ = ("participant_id", "dso", "tso")
    PARTICIPANT_ID_FIELD_NUMBER: _ClassVar[int]
    DSO_FIELD_NUMBER: _ClassVar[int]
    TSO_FIELD_NUMBER: _ClassVar[int]
    participant_id: str
    dso: bool
    tso: bool
    def __init__(self, participant_id: _Optional[str] = ..., dso: _Optional[bool] = ..., tso: _Optional[bool] = ...) -> None: ...

class LightArea(_message.Message):
    __slots__ = ("area_id", "shard", "dso_id", "topology_version", "zone_ids", "inputs_valid_until_ms", "inputs_valid_until_step", "heartbeat_at_ms", "thresholds", "overrides", "lights", "former", "effective_from_s", "level_thresholds")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    SHARD_FIELD_NUMBER: _ClassVar[int]
    DSO_ID_FIELD_NUMBER: _ClassVar[int]
    TOPOLOGY_VERSION_FIELD_NUMBER: _ClassVar[int]
    ZONE_IDS_FIELD_NUMBER: _ClassVar[int]
    INPUTS_VALID_UNTIL_MS_FIELD_NUMBER: _ClassVar[int]
    INPUTS_VALID_UNTIL_STEP_FIELD_NUMBER: _ClassVar[int]
    HEARTBEAT_AT_MS_FIELD_NUMBER: _ClassVar[int]
    THRESHOLDS_FIELD_NUMBER: _ClassVar[int]
    OVERRIDES_FIELD_NUMBER: _ClassVar[int]
    LIGHTS_FIELD_NUMBER: _ClassVar[int]
    FORMER_FIELD_NUMBER: _ClassVar[int]
    EFFECTIVE_FROM_S_FIELD_NUMBER: _ClassVar[int]
    LEVEL_THRESHOLDS_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    shard: int
    dso_id: str
    topology_version: int
    zone_ids: _containers.RepeatedScalarFieldContainer[str]
    inputs_valid_until_ms: int
    inputs_valid_until_step: int
    heartbeat_at_ms: int
    thresholds: LightThresholds
    overrides: _containers.RepeatedCompositeFieldContainer[OverrideChanged]
    lights: _containers.RepeatedCompositeFieldContainer[LightEntry]
    former: _containers.RepeatedCompositeFieldContainer[TopologyInForce]
    effective_from_s: int
    level_thresholds: _containers.RepeatedCompositeFieldContainer[LevelThresholds]
    def __init__(self, area_id: _Optional[str] = ..., shard: _Optional[int] = ..., dso_id: _Optional[str] = ..., topology_version: _Optional[int] = ..., zone_ids: _Optional[_Iterable[str]] = ..., inputs_valid_until_ms: _Optional[int] = ..., inputs_valid_until_step: _Optional[int] = ..., heartbeat_at_ms: _Optional[int] = ..., thresholds: _Optional[_Union[LightThresholds, _Mapping]] = ..., overrides: _Optional[_Iterable[_Union[OverrideChanged, _Mapping]]] = ..., lights: _Optional[_Iterable[_Union[LightEntry, _Mapping]]] = ..., former: _Optional[_Iterable[_Union[TopologyInForce, _Mapping]]] = ..., effective_from_s: _Optional[int] = ..., level_thresholds: _Optional[_Iterable[_Union[LevelThresholds, _Mapping]]] = ...) -> None: ...

class LevelThresholds(_message.Message):
    __slots__ = ("level", "thresholds")
    LEVEL_FIELD_NUMBER: _ClassVar[int]
    THRESHOLDS_FIELD_NUMBER: _ClassVar[int]
    level: VoltageLevel
    thresholds: LightThresholds
    def __init__(self, level: _Optional[_Union[VoltageLevel, str]] = ..., thresholds: _Optional[_Union[LightThresholds, _Mapping]] = ...) -> None: ...

class TopologyInForce(_message.Message):
    __slots__ = ("version", "effective_from_s", "zone_ids")
    VERSION_FIELD_NUMBER: _ClassVar[int]
    EFFECTIVE_FROM_S_FIELD_NUMBER: _ClassVar[int]
    ZONE_IDS_FIELD_NUMBER: _ClassVar[int]
    version: int
    effective_from_s: int
    zone_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, version: _Optional[int] = ..., effective_from_s: _Optional[int] = ..., zone_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class LightEntry(_message.Message):
    __slots__ = ("state", "finding")
    STATE_FIELD_NUMBER: _ClassVar[int]
    FINDING_FIELD_NUMBER: _ClassVar[int]
    state: LightState
    finding: ZoneFinding
    def __init__(self, state: _Optional[_Union[LightState, _Mapping]] = ..., finding: _Optional[_Union[ZoneFinding, _Mapping]] = ...) -> None: ...

class ZoneFinding(_message.Message):
    __slots__ = ("topology_version", "grid_sequence", "uses", "headroom_up_w", "headroom_down_w", "nominal_voltage_mv")
    TOPOLOGY_VERSION_FIELD_NUMBER: _ClassVar[int]
    GRID_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    USES_FIELD_NUMBER: _ClassVar[int]
    HEADROOM_UP_W_FIELD_NUMBER: _ClassVar[int]
    HEADROOM_DOWN_W_FIELD_NUMBER: _ClassVar[int]
    NOMINAL_VOLTAGE_MV_FIELD_NUMBER: _ClassVar[int]
    topology_version: int
    grid_sequence: int
    uses: _containers.RepeatedCompositeFieldContainer[UseFinding]
    headroom_up_w: int
    headroom_down_w: int
    nominal_voltage_mv: int
    def __init__(self, topology_version: _Optional[int] = ..., grid_sequence: _Optional[int] = ..., uses: _Optional[_Iterable[_Union[UseFinding, _Mapping]]] = ..., headroom_up_w: _Optional[int] = ..., headroom_down_w: _Optional[int] = ..., nominal_voltage_mv: _Optional[int] = ...) -> None: ...

class UseFinding(_message.Message):
    __slots__ = ("p50_mpct", "p95_mpct", "p50_element_id", "p95_element_id")
    P50_MPCT_FIELD_NUMBER: _ClassVar[int]
    P95_MPCT_FIELD_NUMBER: _ClassVar[int]
    P50_ELEMENT_ID_FIELD_NUMBER: _ClassVar[int]
    P95_ELEMENT_ID_FIELD_NUMBER: _ClassVar[int]
    p50_mpct: int
    p95_mpct: int
    p50_element_id: str
    p95_element_id: str
    def __init__(self, p50_mpct: _Optional[int] = ..., p95_mpct: _Optional[int] = ..., p50_element_id: _Optional[str] = ..., p95_element_id: _Optional[str] = ...) -> None: ...

class OverrideChanged(_message.Message):
    __slots__ = ("override", "party")
    OVERRIDE_FIELD_NUMBER: _ClassVar[int]
    PARTY_FIELD_NUMBER: _ClassVar[int]
    override: OverrideLight
    party: str
    def __init__(self, override: _Optional[_Union[OverrideLight, _Mapping]] = ..., party: _Optional[str] = ...) -> None: ...

class OverrideLightRequest(_message.Message):
    __slots__ = ("command_id", "override", "expires_at_ms")
    COMMAND_ID_FIELD_NUMBER: _ClassVar[int]
    OVERRIDE_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_AT_MS_FIELD_NUMBER: _ClassVar[int]
    command_id: str
    override: OverrideLight
    expires_at_ms: int
    def __init__(self, command_id: _Optional[str] = ..., override: _Optional[_Union[OverrideLight, _Mapping]] = ..., expires_at_ms: _Optional[int] = ...) -> None: ...

class OverrideLightResponse(_message.Message):
    __slots__ = ("receipt",)
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    receipt: _common_pb2.CommandReceipt
    def __init__(self, receipt: _Optional[_Union[_common_pb2.CommandReceipt, _Mapping]] = ...) -> None: ...

class SetLightThresholdsRequest(_message.Message):
    __slots__ = ("command_id", "thresholds", "expires_at_ms")
    COMMAND_ID_FIELD_NUMBER: _ClassVar[int]
    THRESHOLDS_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_AT_MS_FIELD_NUMBER: _ClassVar[int]
    command_id: str
    thresholds: SetLightThresholds
    expires_at_ms: int
    def __init__(self, command_id: _Optional[str] = ..., thresholds: _Optional[_Union[SetLightThresholds, _Mapping]] = ..., expires_at_ms: _Optional[int] = ...) -> None: ...

class SetLightThresholdsResponse(_message.Message):
    __slots__ = ("receipt",)
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    receipt: _common_pb2.CommandReceipt
    def __init__(self, receipt: _Optional[_Union[_common_pb2.CommandReceipt, _Mapping]] = ...) -> None: ...

class ListLightsRequest(_message.Message):
    __slots__ = ("area_id", "zone_id", "min_position")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    ZONE_ID_FIELD_NUMBER: _ClassVar[int]
    MIN_POSITION_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    zone_id: str
    min_position: _common_pb2.LogPosition
    def __init__(self, area_id: _Optional[str] = ..., zone_id: _Optional[str] = ..., min_position: _Optional[_Union[_common_pb2.LogPosition, _Mapping]] = ...) -> None: ...

class ListLightsResponse(_message.Message):
    __slots__ = ("lights", "heartbeats")
    LIGHTS_FIELD_NUMBER: _ClassVar[int]
    HEARTBEATS_FIELD_NUMBER: _ClassVar[int]
    lights: _containers.RepeatedCompositeFieldContainer[LightState]
    heartbeats: _containers.RepeatedCompositeFieldContainer[LightHeartbeat]
    def __init__(self, lights: _Optional[_Iterable[_Union[LightState, _Mapping]]] = ..., heartbeats: _Optional[_Iterable[_Union[LightHeartbeat, _Mapping]]] = ...) -> None: ...

class WatchLightsRequest(_message.Message):
    __slots__ = ("area_id",)
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    def __init__(self, area_id: _Optional[str] = ...) -> None: ...

class WatchLightsResponse(_message.Message):
    __slots__ = ("light", "heartbeat")
    LIGHT_FIELD_NUMBER: _ClassVar[int]
    HEARTBEAT_FIELD_NUMBER: _ClassVar[int]
    light: LightState
    heartbeat: LightHeartbeat
    def __init__(self, light: _Optional[_Union[LightState, _Mapping]] = ..., heartbeat: _Optional[_Union[LightHeartbeat, _Mapping]] = ...) -> None: ...
