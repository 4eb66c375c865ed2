from flexbourse.common.v1 import common_pb2 as _common_pb2
from flexbourse.traffic_light.v1 import traffic_light_pb2 as _traffic_light_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class FeederState(_message.Message):
    __slots__ = ("area_id", "zone_id", "mtu", "light", "light_since_ms", "headroom_up_w", "headroom_down_w", "sold_w", "bought_w", "trades", "light_offset", "trade_offset")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    ZONE_ID_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    LIGHT_FIELD_NUMBER: _ClassVar[int]
    LIGHT_SINCE_MS_FIELD_NUMBER: _ClassVar[int]
    HEADROOM_UP_W_FIELD_NUMBER: _ClassVar[int]
    HEADROOM_DOWN_W_FIELD_NUMBER: _ClassVar[int]
    SOLD_W_FIELD_NUMBER: _ClassVar[int]
    BOUGHT_W_FIELD_NUMBER: _ClassVar[int]
    TRADES_FIELD_NUMBER: _ClassVar[int]
    LIGHT_OFFSET_FIELD_NUMBER: _ClassVar[int]
    TRADE_OFFSET_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    zone_id: str
    mtu: _common_pb2.Mtu
    light: _traffic_light_pb2.Light
    light_since_ms: int
    headroom_up_w: int
    headroom_down_w: int
    sold_w: int
    bought_w: int
    trades: int
    light_offset: int
    trade_offset: int
    def __init__(self, area_id: _Optional[str] = ..., zone_id: _Optional[str] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., light: _Optional[_Union[_traffic_light_pb2.Light, str]] = ..., light_since_ms: _Optional[int] = ..., headroom_up_w: _Optional[int] = ..., headroom_down_w: _Optional[int] = ..., sold_w: _Optional[int] = ..., bought_w: _Optional[int] = ..., trades: _Optional[int] = ..., light_offset: _Optional[int] = ..., trade_offset: _Optional[int] = ...) -> None: ...

class ListFeedersRequest(_message.Message):
    __slots__ = ("area_id", "mtu")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    mtu: _common_pb2.Mtu
    def __init__(self, area_id: _Optional[str] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ...) -> None: ...

class ListFeedersResponse(_message.Message):
    __slots__ = ("feeders",)
    FEEDERS_FIELD_NUMBER: _ClassVar[int]
    feeders: _containers.RepeatedCompositeFieldContainer[FeederState]
    def __init__(self, feeders: _Optional[_Iterable[_Union[FeederState, _Mapping]]] = ...) -> None: ...
