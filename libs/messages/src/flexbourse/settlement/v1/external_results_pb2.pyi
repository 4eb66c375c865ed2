from flexbourse.common.v1 import common_pb2 as _common_pb2
from flexbourse.external.v1 import external_pb2 as _external_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class ExternalTaken(_message.Message):
    __slots__ = ("result", "shares_sha256", "hash")
    RESULT_FIELD_NUMBER: _ClassVar[int]
    SHARES_SHA256_FIELD_NUMBER: _ClassVar[int]
    HASH_FIELD_NUMBER: _ClassVar[int]
    result: _external_pb2.ExternalResult
    shares_sha256: bytes
    hash: bytes
    def __init__(self, result: _Optional[_Union[_external_pb2.ExternalResult, _Mapping]] = ..., shares_sha256: _Optional[bytes] = ..., hash: _Optional[bytes] = ...) -> None: ...

class ExternalRefused(_message.Message):
    __slots__ = ("venue_id", "result_id", "version", "hash", "rejections")
    VENUE_ID_FIELD_NUMBER: _ClassVar[int]
    RESULT_ID_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    HASH_FIELD_NUMBER: _ClassVar[int]
    REJECTIONS_FIELD_NUMBER: _ClassVar[int]
    venue_id: str
    result_id: str
    version: int
    hash: bytes
    rejections: _containers.RepeatedCompositeFieldContainer[_common_pb2.Rejection]
    def __init__(self, venue_id: _Optional[str] = ..., result_id: _Optional[str] = ..., version: _Optional[int] = ..., hash: _Optional[bytes] = ..., rejections: _Optional[_Iterable[_Union[_common_pb2.Rejection, _Mapping]]] = ...) -> None: ...

class ExternalLine(_message.Message):
    __slots__ = ("venue_id", "result_id", "version", "former_version", "mtu", "side", "order_id", "quantity_w", "former_quantity_w", "total_micro_euro", "former_micro_euro", "amount_micro_euro", "result_kind", "result_start_s", "result_length_s", "document_sha256", "shares_sha256", "reason", "dnut_micro_euro", "former_dnut_micro_euro", "scheduled_w", "former_scheduled_w")
    VENUE_ID_FIELD_NUMBER: _ClassVar[int]
    RESULT_ID_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    FORMER_VERSION_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    SIDE_FIELD_NUMBER: _ClassVar[int]
    ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_W_FIELD_NUMBER: _ClassVar[int]
    FORMER_QUANTITY_W_FIELD_NUMBER: _ClassVar[int]
    TOTAL_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    FORMER_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    RESULT_KIND_FIELD_NUMBER: _ClassVar[int]
    RESULT_START_S_FIELD_NUMBER: _ClassVar[int]
    RESULT_LENGTH_S_FIELD_NUMBER: _ClassVar[int]
    DOCUMENT_SHA256_FIELD_NUMBER: _ClassVar[int]
    SHARES_SHA256_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    DNUT_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    FORMER_DNUT_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    SCHEDULED_W_FIELD_NUMBER: _ClassVar[int]
    FORMER_SCHEDULED_W_FIELD_NUMBER: _ClassVar[int]
    venue_id: str
    result_id: str
    version: int
    former_version: int
    mtu: _common_pb2.Mtu
    side: str
    order_id: str
    quantity_w: int
    former_quantity_w: int
    total_micro_euro: int
    former_micro_euro: int
    amount_micro_euro: int
    result_kind: str
    result_start_s: int
    result_length_s: int
    document_sha256: str
    shares_sha256: str
    reason: str
    dnut_micro_euro: int
    former_dnut_micro_euro: int
    scheduled_w: int
    former_scheduled_w: int
    def __init__(self, venue_id: _Optional[str] = ..., result_id: _Optional[str] = ..., version: _Optional[int] = ..., former_version: _Optional[int] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., side: _Optional[str] = ..., order_id: _Optional[str] = ..., quantity_w: _Optional[int] = ..., former_quantity_w: _Optional[int] = ..., total_micro_euro: _Optional[int] = ..., former_micro_euro: _Optional[int] = ..., amount_micro_euro: _Optional[int] = ..., result_kind: _Optional[str] = ..., result_start_s: _Optional[int] = ..., result_length_s: _Optional[int] = ..., document_sha256: _Optional[str] = ..., shares_sha256: _Optional[str] = ..., reason: _Optional[str] = ..., dnut_micro_euro: _Optional[int] = ..., former_dnut_micro_euro: _Optional[int] = ..., scheduled_w: _Optional[int] = ..., former_scheduled_w: _Optional[int] = ...) -> None: ...

class AdjustmentLine(_message.Message):
    __slots__ = ("source", "mtu", "moved_w", "price_ticks", "amount_micro_euro")
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    MOVED_W_FIELD_NUMBER: _ClassVar[int]
    PRICE_TICKS_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    source: str
    mtu: _common_pb2.Mtu
    moved_w: int
    price_ticks: int
    amount_micro_euro: int
    def __init__(self, source: _Optional[str] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., moved_w: _Optional[int] = ..., price_ticks: _Optional[int] = ..., amount_micro_euro: _Optional[int] = ...) -> None: ...

class BlockedLine(_message.Message):
    __slots__ = ("venue_id", "result_id", "version", "former_version", "mtu", "side", "counterparty", "order_id", "tightening", "quantity_w", "former_quantity_w", "bid_micro_euro", "former_bid_micro_euro", "settled", "price_ticks", "cost_micro_euro", "former_cost_micro_euro", "amount_micro_euro", "compensation_micro_euro", "result_kind", "result_start_s", "result_length_s", "document_sha256", "shares_sha256", "reason")
    VENUE_ID_FIELD_NUMBER: _ClassVar[int]
    RESULT_ID_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    FORMER_VERSION_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    SIDE_FIELD_NUMBER: _ClassVar[int]
    COUNTERPARTY_FIELD_NUMBER: _ClassVar[int]
    ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    TIGHTENING_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_W_FIELD_NUMBER: _ClassVar[int]
    FORMER_QUANTITY_W_FIELD_NUMBER: _ClassVar[int]
    BID_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    FORMER_BID_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    SETTLED_FIELD_NUMBER: _ClassVar[int]
    PRICE_TICKS_FIELD_NUMBER: _ClassVar[int]
    COST_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    FORMER_COST_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    COMPENSATION_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    RESULT_KIND_FIELD_NUMBER: _ClassVar[int]
    RESULT_START_S_FIELD_NUMBER: _ClassVar[int]
    RESULT_LENGTH_S_FIELD_NUMBER: _ClassVar[int]
    DOCUMENT_SHA256_FIELD_NUMBER: _ClassVar[int]
    SHARES_SHA256_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    venue_id: str
    result_id: str
    version: int
    former_version: int
    mtu: _common_pb2.Mtu
    side: str
    counterparty: str
    order_id: str
    tightening: str
    quantity_w: int
    former_quantity_w: int
    bid_micro_euro: int
    former_bid_micro_euro: int
    settled: bool
    price_ticks: int
    cost_micro_euro: int
    former_cost_micro_euro: int
    amount_micro_euro: int
    compensation_micro_euro: int
    result_kind: str
    result_start_s: int
    result_length_s: int
    document_sha256: str
    shares_sha256: str
    reason: str
    def __init__(self, venue_id: _Optional[str] = ..., result_id: _Optional[str] = ..., version: _Optional[int] = ..., former_version: _Optional[int] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., side: _Optional[str] = ..., counterparty: _Optional[str] = ..., order_id: _Optional[str] = ..., tightening: _Optional[str] = ..., quantity_w: _Optional[int] = ..., former_quantity_w: _Optional[int] = ..., bid_micro_euro: _Optional[int] = ..., former_bid_micro_euro: _Optional[int] = ..., settled: _Optional[bool] = ..., price_ticks: _Optional[int] = ..., cost_micro_euro: _Optional[int] = ..., former_cost_micro_euro: _Optional[int] = ..., amount_micro_euro: _Optional[int] = ..., compensation_micro_euro: _Optional[int] = ..., result_kind: _Optional[str] = ..., result_start_s: _Optional[int] = ..., result_length_s: _Optional[int] = ..., document_sha256: _Optional[str] = ..., shares_sha256: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class PostedVersion(_message.Message):
    __slots__ = ("area_id", "mtu", "version")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    mtu: _common_pb2.Mtu
    version: int
    def __init__(self, area_id: _Optional[str] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., version: _Optional[int] = ...) -> None: ...

class ExternalRecord(_message.Message):
    __slots__ = ("versions", "posted")
    VERSIONS_FIELD_NUMBER: _ClassVar[int]
    POSTED_FIELD_NUMBER: _ClassVar[int]
    versions: _containers.RepeatedCompositeFieldContainer[ExternalTaken]
    posted: _containers.RepeatedCompositeFieldContainer[PostedVersion]
    def __init__(self, versions: _Optional[_Iterable[_Union[ExternalTaken, _Mapping]]] = ..., posted: _Optional[_Iterable[_Union[PostedVersion, _Mapping]]] = ...) -> None: ...

class SettledPosition(_message.Message):
    __slots__ = ("metering_point_id", "account")
    METERING_POINT_ID_FIELD_NUMBER: _ClassVar[int]
    ACCOUNT_FIELD_NUMBER: _ClassVar[int]
    metering_point_id: str
    account: str
    def __init__(self, metering_point_id: _Optional[str] = ..., account: _Optional[str] = ...) -> None: ...

class ListExternalResultsRequest(_message.Message):
    __slots__ = ("venue_id", "result_id", "refused_only", "min_position")
    VENUE_ID_FIELD_NUMBER: _ClassVar[int]
    RESULT_ID_FIELD_NUMBER: _ClassVar[int]
    REFUSED_ONLY_FIELD_NUMBER: _ClassVar[int]
    MIN_POSITION_FIELD_NUMBER: _ClassVar[int]
    venue_id: str
    result_id: str
    refused_only: bool
    min_position: _common_pb2.LogPosition
    def __init__(self, venue_id: _Optional[str] = ..., result_id: _Optional[str] = ..., refused_only: _Optional[bool] = ..., min_position: _Optional[_Union[_common_pb2.LogPosition, _Mapping]] = ...) -> None: ...

class ExternalVersion(_message.Message):
    __slots__ = ("version", "final", "document_sha256", "shares_sha256", "hash", "reason", "shares")
    VERSION_FIELD_NUMBER: _ClassVar[int]
    FINAL_FIELD_NUMBER: _ClassVar[int]
    DOCUMENT_SHA256_FIELD_NUMBER: _ClassVar[int]
    SHARES_SHA256_FIELD_NUMBER: _ClassVar[int]
    HASH_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    SHARES_FIELD_NUMBER: _ClassVar[int]
    version: int
    final: bool
    document_sha256: bytes
    shares_sha256: bytes
    hash: bytes
    reason: str
    shares: _containers.RepeatedCompositeFieldContainer[_external_pb2.ExternalShare]
    def __init__(self, version: _Optional[int] = ..., final: _Optional[bool] = ..., document_sha256: _Optional[bytes] = ..., shares_sha256: _Optional[bytes] = ..., hash: _Optional[bytes] = ..., reason: _Optional[str] = ..., shares: _Optional[_Iterable[_Union[_external_pb2.ExternalShare, _Mapping]]] = ...) -> None: ...

class ExternalResultState(_message.Message):
    __slots__ = ("venue_id", "result_id", "kind", "mtu", "versions", "record_id")
    VENUE_ID_FIELD_NUMBER: _ClassVar[int]
    RESULT_ID_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    VERSIONS_FIELD_NUMBER: _ClassVar[int]
    RECORD_ID_FIELD_NUMBER: _ClassVar[int]
    venue_id: str
    result_id: str
    kind: _external_pb2.ResultKind
    mtu: _common_pb2.Mtu
    versions: _containers.RepeatedCompositeFieldContainer[ExternalVersion]
    record_id: str
    def __init__(self, venue_id: _Optional[str] = ..., result_id: _Optional[str] = ..., kind: _Optional[_Union[_external_pb2.ResultKind, str]] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., versions: _Optional[_Iterable[_Union[ExternalVersion, _Mapping]]] = ..., record_id: _Optional[str] = ...) -> None: ...

class ListExternalResultsResponse(_message.Message):
    __slots__ = ("results", "refused")
    RESULTS_FIELD_NUMBER: _ClassVar[int]
    REFUSED_FIELD_NUMBER: _ClassVar[int]
    results: _containers.RepeatedCompositeFieldContainer[ExternalResultState]
    refused: _containers.RepeatedCompositeFieldContainer[ExternalRefused]
    def __init__(self, results: _Optional[_Iterable[_Union[ExternalResultState, _Mapping]]] = ..., refused: _Optional[_Iterable[_Union[ExternalRefused, _Mapping]]] = ...) -> None: ...
