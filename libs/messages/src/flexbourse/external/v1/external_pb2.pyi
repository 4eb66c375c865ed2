from flexbourse.common.v1 import common_pb2 as _common_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ResultKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    RESULT_KIND_UNSPECIFIED: _ClassVar[ResultKind]
    RESULT_KIND_TRADE: _ClassVar[ResultKind]
    RESULT_KIND_CLEARING: _ClassVar[ResultKind]
    RESULT_KIND_ACTIVATION: _ClassVar[ResultKind]
    RESULT_KIND_REDISPATCH: _ClassVar[ResultKind]
    RESULT_KIND_BLOCKED: _ClassVar[ResultKind]

class Tightening(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    TIGHTENING_UNSPECIFIED: _ClassVar[Tightening]
    TIGHTENING_TOPOLOGY: _ClassVar[Tightening]
    TIGHTENING_CAPACITY_LIMITS: _ClassVar[Tightening]
    TIGHTENING_CURTAILMENT: _ClassVar[Tightening]
    TIGHTENING_OVERRIDE: _ClassVar[Tightening]
    TIGHTENING_FORECAST: _ClassVar[Tightening]
    TIGHTENING_AREA: _ClassVar[Tightening]
RESULT_KIND_UNSPECIFIED: ResultKind
RESULT_KIND_TRADE: ResultKind
RESULT_KIND_CLEARING: ResultKind
RESULT_KIND_ACTIVATION: ResultKind
RESULT_KIND_REDISPATCH: ResultKind
RESULT_KIND_BLOCKED: ResultKind
TIGHTENING_UNSPECIFIED: Tightening
TIGHTENING_TOPOLOGY: Tightening
TIGHTENING_CAPACITY_LIMITS: Tightening
TIGHTENING_CURTAILMENT: Tightening
TIGHTENING_OVERRIDE: Tightening
TIGHTENING_FORECAST: Tightening
TIGHTENING_AREA: Tightening

class ExternalShare(_message.Message):
    __slots__ = ("party", "area_id", "metering_point_id", "unit_id", "order_id", "quantity_w", "amount_micro_euro", "dnut_micro_euro", "tightening", "scheduled")
    PARTY_FIELD_NUMBER: _ClassVar[int]
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    METERING_POINT_ID_FIELD_NUMBER: _ClassVar[int]
    UNIT_ID_FIELD_NUMBER: _ClassVar[int]
    ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_W_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    DNUT_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    TIGHTENING_FIELD_NUMBER: _ClassVar[int]
    SCHEDULED_FIELD_NUMBER: _ClassVar[int]
    party: str
    area_id: str
    metering_point_id: str
    unit_id: str
    order_id: str
    quantity_w: int
    amount_micro_euro: int
    dnut_micro_euro: int
    tightening: Tightening
    scheduled: bool
    def __init__(self, party: _Optional[str] = ..., area_id: _Optional[str] = ..., metering_point_id: _Optional[str] = ..., unit_id: _Optional[str] = ..., order_id: _Optional[str] = ..., quantity_w: _Optional[int] = ..., amount_micro_euro: _Optional[int] = ..., dnut_micro_euro: _Optional[int] = ..., tightening: _Optional[_Union[Tightening, str]] = ..., scheduled: _Optional[bool] = ...) -> None: ...

class ExternalResult(_message.Message):
    __slots__ = ("venue_id", "result_id", "version", "kind", "final", "mtu", "shares", "document_sha256", "reason")
    VENUE_ID_FIELD_NUMBER: _ClassVar[int]
    RESULT_ID_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    FINAL_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    SHARES_FIELD_NUMBER: _ClassVar[int]
    DOCUMENT_SHA256_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    venue_id: str
    result_id: str
    version: int
    kind: ResultKind
    final: bool
    mtu: _common_pb2.Mtu
    shares: _containers.RepeatedCompositeFieldContainer[ExternalShare]
    document_sha256: bytes
    reason: str
    def __init__(self, venue_id: _Optional[str] = ..., result_id: _Optional[str] = ..., version: _Optional[int] = ..., kind: _Optional[_Union[ResultKind, str]] = ..., final: _Optional[bool] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., shares: _Optional[_Iterable[_Union[ExternalShare, _Mapping]]] = ..., document_sha256: _Optional[bytes] = ..., reason: _Optional[str] = ...) -> None: ...
