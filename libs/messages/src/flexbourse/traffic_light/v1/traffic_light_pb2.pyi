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
LIGHT_UNSPECIFIED: Light
LIGHT_GREEN: Light
LIGHT_AMBER: Light
LIGHT_RED: Light
LIGHT_UNKNOWN: Light

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
    __slots__ = ("area_id", "zone_id", "mtu", "light", "previous", "cause", "headroom_up_w", "headroom_down_w", "sequence", "since_ms", "topology_version", "grid_sequence", "clean_count")
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
    def __init__(self, area_id: _Optional[str] = ..., zone_id: _Optional[str] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., light: _Optional[_Union[Light, str]] = ..., previous: _Optional[_Union[Light, str]] = ..., cause: _Optional[_Union[LightCause, _Mapping]] = ..., headroom_up_w: _Optional[int] = ..., headroom_down_w: _Optional[int] = ..., sequence: _Optional[int] = ..., since_ms: _Optional[int] = ..., topology_version: _Optional[int] = ..., grid_sequence: _Optional[int] = ..., clean_count: _Optional[int] = ...) -> None: ...

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

class LightCommand(_message.Message):
    __slots__ = ("override",)
    OVERRIDE_FIELD_NUMBER: _ClassVar[int]
    override: OverrideLight
    def __init__(self, override: _Optional[_Union[OverrideLight, _Mapping]] = ...) -> None: ...

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
