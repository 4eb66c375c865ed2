from flexbourse.activation.v1 import activation_pb2 as _activation_pb2
from flexbourse.common.v1 import common_pb2 as _common_pb2
from flexbourse.external.v1 import external_pb2 as _external_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Direction(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    DIRECTION_UNSPECIFIED: _ClassVar[Direction]
    DIRECTION_UP: _ClassVar[Direction]
    DIRECTION_DOWN: _ClassVar[Direction]

class Product(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    PRODUCT_UNSPECIFIED: _ClassVar[Product]
    PRODUCT_SCHEDULED: _ClassVar[Product]
    PRODUCT_DIRECT: _ClassVar[Product]
    PRODUCT_BOTH: _ClassVar[Product]
    PRODUCT_NON_STANDARD: _ClassVar[Product]

class Availability(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    AVAILABILITY_UNSPECIFIED: _ClassVar[Availability]
    AVAILABILITY_AVAILABLE: _ClassVar[Availability]
    AVAILABILITY_CONDITIONALLY_AVAILABLE: _ClassVar[Availability]
    AVAILABILITY_CONDITIONALLY_UNAVAILABLE: _ClassVar[Availability]

class LinkKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    LINK_KIND_UNSPECIFIED: _ClassVar[LinkKind]
    LINK_KIND_UNAVAILABLE_IF_ACTIVATED: _ClassVar[LinkKind]
    LINK_KIND_UNAVAILABLE_IF_NOT_ACTIVATED: _ClassVar[LinkKind]
    LINK_KIND_NO_DA_IF_DA: _ClassVar[LinkKind]
    LINK_KIND_NO_DA_IF_SA: _ClassVar[LinkKind]
    LINK_KIND_UNAVAILABLE_IF_SA: _ClassVar[LinkKind]
    LINK_KIND_UNAVAILABLE_IF_DA: _ClassVar[LinkKind]
    LINK_KIND_AVAILABLE_IF_ACTIVATED: _ClassVar[LinkKind]
    LINK_KIND_AVAILABLE_IF_NOT_ACTIVATED: _ClassVar[LinkKind]
    LINK_KIND_AVAILABLE_IF_SA: _ClassVar[LinkKind]
    LINK_KIND_AVAILABLE_IF_DA: _ClassVar[LinkKind]
    LINK_KIND_DA_IF_SA: _ClassVar[LinkKind]
    LINK_KIND_DA_IF_DA: _ClassVar[LinkKind]

class OrderKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ORDER_KIND_UNSPECIFIED: _ClassVar[OrderKind]
    ORDER_KIND_SCHEDULED: _ClassVar[OrderKind]
    ORDER_KIND_DIRECT: _ClassVar[OrderKind]
    ORDER_KIND_REDISPATCH: _ClassVar[OrderKind]

class Cause(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CAUSE_UNSPECIFIED: _ClassVar[Cause]
    CAUSE_THERMAL: _ClassVar[Cause]
    CAUSE_VOLTAGE: _ClassVar[Cause]
    CAUSE_CURRENT: _ClassVar[Cause]
    CAUSE_NO_ANSWER: _ClassVar[Cause]

class Refusal(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    REFUSAL_UNSPECIFIED: _ClassVar[Refusal]
    REFUSAL_GRID: _ClassVar[Refusal]
    REFUSAL_NO_VERDICT: _ClassVar[Refusal]
    REFUSAL_UNKNOWN_BID: _ClassVar[Refusal]
    REFUSAL_NOT_OFFERED: _ClassVar[Refusal]
    REFUSAL_ALREADY_ACTIVATED: _ClassVar[Refusal]
    REFUSAL_GROUP: _ClassVar[Refusal]

class DropReason(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    DROP_REASON_UNSPECIFIED: _ClassVar[DropReason]
    DROP_REASON_STALE: _ClassVar[DropReason]
    DROP_REASON_OLDER_REVISION: _ClassVar[DropReason]
    DROP_REASON_CONFLICT: _ClassVar[DropReason]
    DROP_REASON_IN_WORK: _ClassVar[DropReason]

class ParcelStage(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    PARCEL_STAGE_UNSPECIFIED: _ClassVar[ParcelStage]
    PARCEL_STAGE_RESERVING: _ClassVar[ParcelStage]
    PARCEL_STAGE_RESERVED: _ClassVar[ParcelStage]
    PARCEL_STAGE_SENT: _ClassVar[ParcelStage]
    PARCEL_STAGE_STANDING: _ClassVar[ParcelStage]
    PARCEL_STAGE_WITHDRAWING: _ClassVar[ParcelStage]
    PARCEL_STAGE_UNCERTAIN: _ClassVar[ParcelStage]

class OrderStage(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ORDER_STAGE_UNSPECIFIED: _ClassVar[OrderStage]
    ORDER_STAGE_CHECKING: _ClassVar[OrderStage]
    ORDER_STAGE_REFUSED: _ClassVar[OrderStage]
    ORDER_STAGE_ACCEPTED: _ClassVar[OrderStage]
    ORDER_STAGE_DELIVERING: _ClassVar[OrderStage]
    ORDER_STAGE_DELIVERED: _ClassVar[OrderStage]
    ORDER_STAGE_FAILED: _ClassVar[OrderStage]

class NeedStage(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    NEED_STAGE_UNSPECIFIED: _ClassVar[NeedStage]
    NEED_STAGE_REQUESTED: _ClassVar[NeedStage]
    NEED_STAGE_OFFERED: _ClassVar[NeedStage]
    NEED_STAGE_ORDERED: _ClassVar[NeedStage]
    NEED_STAGE_CONFIRMED: _ClassVar[NeedStage]
    NEED_STAGE_REFUSED: _ClassVar[NeedStage]
    NEED_STAGE_NOTIFIED: _ClassVar[NeedStage]
    NEED_STAGE_LAPSED: _ClassVar[NeedStage]
    NEED_STAGE_UNHEARD: _ClassVar[NeedStage]
    NEED_STAGE_UNTOLD: _ClassVar[NeedStage]
DIRECTION_UNSPECIFIED: Direction
DIRECTION_UP: Direction
DIRECTION_DOWN: Direction
PRODUCT_UNSPECIFIED: Product
PRODUCT_SCHEDULED: Product
PRODUCT_DIRECT: Product
PRODUCT_BOTH: Product
PRODUCT_NON_STANDARD: Product
AVAILABILITY_UNSPECIFIED: Availability
AVAILABILITY_AVAILABLE: Availability
AVAILABILITY_CONDITIONALLY_AVAILABLE: Availability
AVAILABILITY_CONDITIONALLY_UNAVAILABLE: Availability
LINK_KIND_UNSPECIFIED: LinkKind
LINK_KIND_UNAVAILABLE_IF_ACTIVATED: LinkKind
LINK_KIND_UNAVAILABLE_IF_NOT_ACTIVATED: LinkKind
LINK_KIND_NO_DA_IF_DA: LinkKind
LINK_KIND_NO_DA_IF_SA: LinkKind
LINK_KIND_UNAVAILABLE_IF_SA: LinkKind
LINK_KIND_UNAVAILABLE_IF_DA: LinkKind
LINK_KIND_AVAILABLE_IF_ACTIVATED: LinkKind
LINK_KIND_AVAILABLE_IF_NOT_ACTIVATED: LinkKind
LINK_KIND_AVAILABLE_IF_SA: LinkKind
LINK_KIND_AVAILABLE_IF_DA: LinkKind
LINK_KIND_DA_IF_SA: LinkKind
LINK_KIND_DA_IF_DA: LinkKind
ORDER_KIND_UNSPECIFIED: OrderKind
ORDER_KIND_SCHEDULED: OrderKind
ORDER_KIND_DIRECT: OrderKind
ORDER_KIND_REDISPATCH: OrderKind
CAUSE_UNSPECIFIED: Cause
CAUSE_THERMAL: Cause
CAUSE_VOLTAGE: Cause
CAUSE_CURRENT: Cause
CAUSE_NO_ANSWER: Cause
REFUSAL_UNSPECIFIED: Refusal
REFUSAL_GRID: Refusal
REFUSAL_NO_VERDICT: Refusal
REFUSAL_UNKNOWN_BID: Refusal
REFUSAL_NOT_OFFERED: Refusal
REFUSAL_ALREADY_ACTIVATED: Refusal
REFUSAL_GROUP: Refusal
DROP_REASON_UNSPECIFIED: DropReason
DROP_REASON_STALE: DropReason
DROP_REASON_OLDER_REVISION: DropReason
DROP_REASON_CONFLICT: DropReason
DROP_REASON_IN_WORK: DropReason
PARCEL_STAGE_UNSPECIFIED: ParcelStage
PARCEL_STAGE_RESERVING: ParcelStage
PARCEL_STAGE_RESERVED: ParcelStage
PARCEL_STAGE_SENT: ParcelStage
PARCEL_STAGE_STANDING: ParcelStage
PARCEL_STAGE_WITHDRAWING: ParcelStage
PARCEL_STAGE_UNCERTAIN: ParcelStage
ORDER_STAGE_UNSPECIFIED: OrderStage
ORDER_STAGE_CHECKING: OrderStage
ORDER_STAGE_REFUSED: OrderStage
ORDER_STAGE_ACCEPTED: OrderStage
ORDER_STAGE_DELIVERING: OrderStage
ORDER_STAGE_DELIVERED: OrderStage
ORDER_STAGE_FAILED: OrderStage
NEED_STAGE_UNSPECIFIED: NeedStage
NEED_STAGE_REQUESTED: NeedStage
NEED_STAGE_OFFERED: NeedStage
NEED_STAGE_ORDERED: NeedStage
NEED_STAGE_CONFIRMED: NeedStage
NEED_STAGE_REFUSED: NeedStage
NEED_STAGE_NOTIFIED: NeedStage
NEED_STAGE_LAPSED: NeedStage
NEED_STAGE_UNHEARD: NeedStage
NEED_STAGE_UNTOLD: NeedStage

class ConditionalLink(_message.Message):
    __slots__ = ("bid_id", "kind")
    BID_ID_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    bid_id: str
    kind: LinkKind
    def __init__(self, bid_id: _Optional[str] = ..., kind: _Optional[_Union[LinkKind, str]] = ...) -> None: ...

class Bid(_message.Message):
    __slots__ = ("bid_id", "mtu", "direction", "quantity_w", "minimum_w", "price_ticks", "product", "zone", "resource_id", "availability", "exclusive_group", "multipart_group", "inclusive_group", "technical_link", "conditional_links", "maximum_duration_s", "resting_s", "note")
    BID_ID_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    DIRECTION_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_W_FIELD_NUMBER: _ClassVar[int]
    MINIMUM_W_FIELD_NUMBER: _ClassVar[int]
    PRICE_TICKS_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_FIELD_NUMBER: _ClassVar[int]
    ZONE_FIELD_NUMBER: _ClassVar[int]
    RESOURCE_ID_FIELD_NUMBER: _ClassVar[int]
    AVAILABILITY_FIELD_NUMBER: _ClassVar[int]
    EXCLUSIVE_GROUP_FIELD_NUMBER: _ClassVar[int]
    MULTIPART_GROUP_FIELD_NUMBER: _ClassVar[int]
    INCLUSIVE_GROUP_FIELD_NUMBER: _ClassVar[int]
    TECHNICAL_LINK_FIELD_NUMBER: _ClassVar[int]
    CONDITIONAL_LINKS_FIELD_NUMBER: _ClassVar[int]
    MAXIMUM_DURATION_S_FIELD_NUMBER: _ClassVar[int]
    RESTING_S_FIELD_NUMBER: _ClassVar[int]
    NOTE_FIELD_NUMBER: _ClassVar[int]
    bid_id: str
    mtu: _common_pb2.Mtu
    direction: Direction
    quantity_w: int
    minimum_w: int
    price_ticks: int
    product: Product
    zone: str
    resource_id: str
    availability: Availability
    exclusive_group: str
    multipart_group: str
    inclusive_group: str
    technical_link: str
    conditional_links: _containers.RepeatedCompositeFieldContainer[ConditionalLink]
    maximum_duration_s: int
    resting_s: int
    note: str
    def __init__(self, bid_id: _Optional[str] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., direction: _Optional[_Union[Direction, str]] = ..., quantity_w: _Optional[int] = ..., minimum_w: _Optional[int] = ..., price_ticks: _Optional[int] = ..., product: _Optional[_Union[Product, str]] = ..., zone: _Optional[str] = ..., resource_id: _Optional[str] = ..., availability: _Optional[_Union[Availability, str]] = ..., exclusive_group: _Optional[str] = ..., multipart_group: _Optional[str] = ..., inclusive_group: _Optional[str] = ..., technical_link: _Optional[str] = ..., conditional_links: _Optional[_Iterable[_Union[ConditionalLink, _Mapping]]] = ..., maximum_duration_s: _Optional[int] = ..., resting_s: _Optional[int] = ..., note: _Optional[str] = ...) -> None: ...

class NodePower(_message.Message):
    __slots__ = ("node_id", "power_w")
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    POWER_W_FIELD_NUMBER: _ClassVar[int]
    node_id: str
    power_w: int
    def __init__(self, node_id: _Optional[str] = ..., power_w: _Optional[int] = ...) -> None: ...

class Parcel(_message.Message):
    __slots__ = ("parcel_id", "area_id", "bids", "nodes", "need_id")
    class NodesEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    PARCEL_ID_FIELD_NUMBER: _ClassVar[int]
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    BIDS_FIELD_NUMBER: _ClassVar[int]
    NODES_FIELD_NUMBER: _ClassVar[int]
    NEED_ID_FIELD_NUMBER: _ClassVar[int]
    parcel_id: str
    area_id: str
    bids: _containers.RepeatedCompositeFieldContainer[Bid]
    nodes: _containers.ScalarMap[str, str]
    need_id: str
    def __init__(self, parcel_id: _Optional[str] = ..., area_id: _Optional[str] = ..., bids: _Optional[_Iterable[_Union[Bid, _Mapping]]] = ..., nodes: _Optional[_Mapping[str, str]] = ..., need_id: _Optional[str] = ...) -> None: ...

class MarkTerms(_message.Message):
    __slots__ = ("area_id", "offer_id", "quantity_w", "price_ticks", "product", "redispatch")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    OFFER_ID_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_W_FIELD_NUMBER: _ClassVar[int]
    PRICE_TICKS_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_FIELD_NUMBER: _ClassVar[int]
    REDISPATCH_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    offer_id: str
    quantity_w: int
    price_ticks: int
    product: Product
    redispatch: bool
    def __init__(self, area_id: _Optional[str] = ..., offer_id: _Optional[str] = ..., quantity_w: _Optional[int] = ..., price_ticks: _Optional[int] = ..., product: _Optional[_Union[Product, str]] = ..., redispatch: _Optional[bool] = ...) -> None: ...

class Mark(_message.Message):
    __slots__ = ("terms", "party")
    TERMS_FIELD_NUMBER: _ClassVar[int]
    PARTY_FIELD_NUMBER: _ClassVar[int]
    terms: MarkTerms
    party: str
    def __init__(self, terms: _Optional[_Union[MarkTerms, _Mapping]] = ..., party: _Optional[str] = ...) -> None: ...

class Unmark(_message.Message):
    __slots__ = ("area_id", "offer_id")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    OFFER_ID_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    offer_id: str
    def __init__(self, area_id: _Optional[str] = ..., offer_id: _Optional[str] = ...) -> None: ...

class DocumentHead(_message.Message):
    __slots__ = ("document_id", "revision", "type", "process_type", "sender", "sender_scheme", "sender_role", "receiver", "receiver_scheme", "receiver_role", "created")
    DOCUMENT_ID_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    PROCESS_TYPE_FIELD_NUMBER: _ClassVar[int]
    SENDER_FIELD_NUMBER: _ClassVar[int]
    SENDER_SCHEME_FIELD_NUMBER: _ClassVar[int]
    SENDER_ROLE_FIELD_NUMBER: _ClassVar[int]
    RECEIVER_FIELD_NUMBER: _ClassVar[int]
    RECEIVER_SCHEME_FIELD_NUMBER: _ClassVar[int]
    RECEIVER_ROLE_FIELD_NUMBER: _ClassVar[int]
    CREATED_FIELD_NUMBER: _ClassVar[int]
    document_id: str
    revision: str
    type: str
    process_type: str
    sender: str
    sender_scheme: str
    sender_role: str
    receiver: str
    receiver_scheme: str
    receiver_role: str
    created: str
    def __init__(self, document_id: _Optional[str] = ..., revision: _Optional[str] = ..., type: _Optional[str] = ..., process_type: _Optional[str] = ..., sender: _Optional[str] = ..., sender_scheme: _Optional[str] = ..., sender_role: _Optional[str] = ..., receiver: _Optional[str] = ..., receiver_scheme: _Optional[str] = ..., receiver_role: _Optional[str] = ..., created: _Optional[str] = ...) -> None: ...

class ReceiptReason(_message.Message):
    __slots__ = ("series", "code", "text")
    SERIES_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    series: str
    code: str
    text: str
    def __init__(self, series: _Optional[str] = ..., code: _Optional[str] = ..., text: _Optional[str] = ...) -> None: ...

class Receipt(_message.Message):
    __slots__ = ("document_id", "accepted", "reasons")
    DOCUMENT_ID_FIELD_NUMBER: _ClassVar[int]
    ACCEPTED_FIELD_NUMBER: _ClassVar[int]
    REASONS_FIELD_NUMBER: _ClassVar[int]
    document_id: str
    accepted: bool
    reasons: _containers.RepeatedCompositeFieldContainer[ReceiptReason]
    def __init__(self, document_id: _Optional[str] = ..., accepted: _Optional[bool] = ..., reasons: _Optional[_Iterable[_Union[ReceiptReason, _Mapping]]] = ...) -> None: ...

class OrderedBid(_message.Message):
    __slots__ = ("bid_id", "direction", "quantity_w", "start_s", "end_s")
    BID_ID_FIELD_NUMBER: _ClassVar[int]
    DIRECTION_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_W_FIELD_NUMBER: _ClassVar[int]
    START_S_FIELD_NUMBER: _ClassVar[int]
    END_S_FIELD_NUMBER: _ClassVar[int]
    bid_id: str
    direction: Direction
    quantity_w: int
    start_s: int
    end_s: int
    def __init__(self, bid_id: _Optional[str] = ..., direction: _Optional[_Union[Direction, str]] = ..., quantity_w: _Optional[int] = ..., start_s: _Optional[int] = ..., end_s: _Optional[int] = ...) -> None: ...

class PlatformOrder(_message.Message):
    __slots__ = ("document_id", "order_id", "revision", "kind", "created_s", "bids")
    DOCUMENT_ID_FIELD_NUMBER: _ClassVar[int]
    ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    CREATED_S_FIELD_NUMBER: _ClassVar[int]
    BIDS_FIELD_NUMBER: _ClassVar[int]
    document_id: str
    order_id: str
    revision: int
    kind: OrderKind
    created_s: int
    bids: _containers.RepeatedCompositeFieldContainer[OrderedBid]
    def __init__(self, document_id: _Optional[str] = ..., order_id: _Optional[str] = ..., revision: _Optional[int] = ..., kind: _Optional[_Union[OrderKind, str]] = ..., created_s: _Optional[int] = ..., bids: _Optional[_Iterable[_Union[OrderedBid, _Mapping]]] = ...) -> None: ...

class AcceptedQuantity(_message.Message):
    __slots__ = ("bid_id", "direction", "start_s", "length_s", "quantity_w", "price_ticks")
    BID_ID_FIELD_NUMBER: _ClassVar[int]
    DIRECTION_FIELD_NUMBER: _ClassVar[int]
    START_S_FIELD_NUMBER: _ClassVar[int]
    LENGTH_S_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_W_FIELD_NUMBER: _ClassVar[int]
    PRICE_TICKS_FIELD_NUMBER: _ClassVar[int]
    bid_id: str
    direction: Direction
    start_s: int
    length_s: int
    quantity_w: int
    price_ticks: int
    def __init__(self, bid_id: _Optional[str] = ..., direction: _Optional[_Union[Direction, str]] = ..., start_s: _Optional[int] = ..., length_s: _Optional[int] = ..., quantity_w: _Optional[int] = ..., price_ticks: _Optional[int] = ...) -> None: ...

class AllocationResult(_message.Message):
    __slots__ = ("accepted",)
    ACCEPTED_FIELD_NUMBER: _ClassVar[int]
    accepted: _containers.RepeatedCompositeFieldContainer[AcceptedQuantity]
    def __init__(self, accepted: _Optional[_Iterable[_Union[AcceptedQuantity, _Mapping]]] = ...) -> None: ...

class RedispatchNeed(_message.Message):
    __slots__ = ("need_id", "mtu", "direction", "quantity_w", "zone")
    NEED_ID_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    DIRECTION_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_W_FIELD_NUMBER: _ClassVar[int]
    ZONE_FIELD_NUMBER: _ClassVar[int]
    need_id: str
    mtu: _common_pb2.Mtu
    direction: Direction
    quantity_w: int
    zone: str
    def __init__(self, need_id: _Optional[str] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., direction: _Optional[_Union[Direction, str]] = ..., quantity_w: _Optional[int] = ..., zone: _Optional[str] = ...) -> None: ...

class RedispatchNeeds(_message.Message):
    __slots__ = ("needs",)
    NEEDS_FIELD_NUMBER: _ClassVar[int]
    needs: _containers.RepeatedCompositeFieldContainer[RedispatchNeed]
    def __init__(self, needs: _Optional[_Iterable[_Union[RedispatchNeed, _Mapping]]] = ...) -> None: ...

class TakeDocument(_message.Message):
    __slots__ = ("head", "sha256", "refusal", "receipt", "order", "heartbeat", "result", "needs", "other", "document")
    HEAD_FIELD_NUMBER: _ClassVar[int]
    SHA256_FIELD_NUMBER: _ClassVar[int]
    REFUSAL_FIELD_NUMBER: _ClassVar[int]
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    ORDER_FIELD_NUMBER: _ClassVar[int]
    HEARTBEAT_FIELD_NUMBER: _ClassVar[int]
    RESULT_FIELD_NUMBER: _ClassVar[int]
    NEEDS_FIELD_NUMBER: _ClassVar[int]
    OTHER_FIELD_NUMBER: _ClassVar[int]
    DOCUMENT_FIELD_NUMBER: _ClassVar[int]
    head: DocumentHead
    sha256: bytes
    refusal: str
    receipt: Receipt
    order: PlatformOrder
    heartbeat: bool
    result: AllocationResult
    needs: RedispatchNeeds
    other: bool
    document: bytes
    def __init__(self, head: _Optional[_Union[DocumentHead, _Mapping]] = ..., sha256: _Optional[bytes] = ..., refusal: _Optional[str] = ..., receipt: _Optional[_Union[Receipt, _Mapping]] = ..., order: _Optional[_Union[PlatformOrder, _Mapping]] = ..., heartbeat: _Optional[bool] = ..., result: _Optional[_Union[AllocationResult, _Mapping]] = ..., needs: _Optional[_Union[RedispatchNeeds, _Mapping]] = ..., other: _Optional[bool] = ..., document: _Optional[bytes] = ...) -> None: ...

class RecordSent(_message.Message):
    __slots__ = ("document_id", "attempt", "trouble", "refusal")
    DOCUMENT_ID_FIELD_NUMBER: _ClassVar[int]
    ATTEMPT_FIELD_NUMBER: _ClassVar[int]
    TROUBLE_FIELD_NUMBER: _ClassVar[int]
    REFUSAL_FIELD_NUMBER: _ClassVar[int]
    document_id: str
    attempt: int
    trouble: str
    refusal: str
    def __init__(self, document_id: _Optional[str] = ..., attempt: _Optional[int] = ..., trouble: _Optional[str] = ..., refusal: _Optional[str] = ...) -> None: ...

class AncillaryCommand(_message.Message):
    __slots__ = ("mark", "unmark", "take", "record_sent")
    MARK_FIELD_NUMBER: _ClassVar[int]
    UNMARK_FIELD_NUMBER: _ClassVar[int]
    TAKE_FIELD_NUMBER: _ClassVar[int]
    RECORD_SENT_FIELD_NUMBER: _ClassVar[int]
    mark: MarkTerms
    unmark: Unmark
    take: TakeDocument
    record_sent: RecordSent
    def __init__(self, mark: _Optional[_Union[MarkTerms, _Mapping]] = ..., unmark: _Optional[_Union[Unmark, _Mapping]] = ..., take: _Optional[_Union[TakeDocument, _Mapping]] = ..., record_sent: _Optional[_Union[RecordSent, _Mapping]] = ...) -> None: ...

class Lot(_message.Message):
    __slots__ = ("lot_id", "area_id", "offer_id", "party", "unit_id", "node_id", "mtu", "direction", "product", "quantity_w", "price_ticks", "need_id", "of_portfolio")
    LOT_ID_FIELD_NUMBER: _ClassVar[int]
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    OFFER_ID_FIELD_NUMBER: _ClassVar[int]
    PARTY_FIELD_NUMBER: _ClassVar[int]
    UNIT_ID_FIELD_NUMBER: _ClassVar[int]
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    DIRECTION_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_W_FIELD_NUMBER: _ClassVar[int]
    PRICE_TICKS_FIELD_NUMBER: _ClassVar[int]
    NEED_ID_FIELD_NUMBER: _ClassVar[int]
    OF_PORTFOLIO_FIELD_NUMBER: _ClassVar[int]
    lot_id: str
    area_id: str
    offer_id: str
    party: str
    unit_id: str
    node_id: str
    mtu: _common_pb2.Mtu
    direction: Direction
    product: Product
    quantity_w: int
    price_ticks: int
    need_id: str
    of_portfolio: bool
    def __init__(self, lot_id: _Optional[str] = ..., area_id: _Optional[str] = ..., offer_id: _Optional[str] = ..., party: _Optional[str] = ..., unit_id: _Optional[str] = ..., node_id: _Optional[str] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., direction: _Optional[_Union[Direction, str]] = ..., product: _Optional[_Union[Product, str]] = ..., quantity_w: _Optional[int] = ..., price_ticks: _Optional[int] = ..., need_id: _Optional[str] = ..., of_portfolio: _Optional[bool] = ...) -> None: ...

class Piece(_message.Message):
    __slots__ = ("bid_id", "lot_id", "quantity_w")
    BID_ID_FIELD_NUMBER: _ClassVar[int]
    LOT_ID_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_W_FIELD_NUMBER: _ClassVar[int]
    bid_id: str
    lot_id: str
    quantity_w: int
    def __init__(self, bid_id: _Optional[str] = ..., lot_id: _Optional[str] = ..., quantity_w: _Optional[int] = ...) -> None: ...

class OfferMarked(_message.Message):
    __slots__ = ("mark",)
    MARK_FIELD_NUMBER: _ClassVar[int]
    mark: Mark
    def __init__(self, mark: _Optional[_Union[Mark, _Mapping]] = ...) -> None: ...

class OfferUnmarked(_message.Message):
    __slots__ = ("area_id", "offer_id", "reason")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    OFFER_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    offer_id: str
    reason: str
    def __init__(self, area_id: _Optional[str] = ..., offer_id: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class LotAsked(_message.Message):
    __slots__ = ("lot",)
    LOT_FIELD_NUMBER: _ClassVar[int]
    lot: Lot
    def __init__(self, lot: _Optional[_Union[Lot, _Mapping]] = ...) -> None: ...

class LotHeld(_message.Message):
    __slots__ = ("lot_id",)
    LOT_ID_FIELD_NUMBER: _ClassVar[int]
    lot_id: str
    def __init__(self, lot_id: _Optional[str] = ...) -> None: ...

class LotCut(_message.Message):
    __slots__ = ("lot_id", "area_id", "left_w", "ours", "reason")
    LOT_ID_FIELD_NUMBER: _ClassVar[int]
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    LEFT_W_FIELD_NUMBER: _ClassVar[int]
    OURS_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    lot_id: str
    area_id: str
    left_w: int
    ours: bool
    reason: str
    def __init__(self, lot_id: _Optional[str] = ..., area_id: _Optional[str] = ..., left_w: _Optional[int] = ..., ours: _Optional[bool] = ..., reason: _Optional[str] = ...) -> None: ...

class LotEnded(_message.Message):
    __slots__ = ("lot_id", "rejections")
    LOT_ID_FIELD_NUMBER: _ClassVar[int]
    REJECTIONS_FIELD_NUMBER: _ClassVar[int]
    lot_id: str
    rejections: _containers.RepeatedCompositeFieldContainer[_common_pb2.Rejection]
    def __init__(self, lot_id: _Optional[str] = ..., rejections: _Optional[_Iterable[_Union[_common_pb2.Rejection, _Mapping]]] = ...) -> None: ...

class PiecesPooled(_message.Message):
    __slots__ = ("parcel_id", "pieces")
    PARCEL_ID_FIELD_NUMBER: _ClassVar[int]
    PIECES_FIELD_NUMBER: _ClassVar[int]
    parcel_id: str
    pieces: _containers.RepeatedCompositeFieldContainer[Piece]
    def __init__(self, parcel_id: _Optional[str] = ..., pieces: _Optional[_Iterable[_Union[Piece, _Mapping]]] = ...) -> None: ...

class LotsLowered(_message.Message):
    __slots__ = ("parts",)
    PARTS_FIELD_NUMBER: _ClassVar[int]
    parts: _containers.RepeatedCompositeFieldContainer[LotPart]
    def __init__(self, parts: _Optional[_Iterable[_Union[LotPart, _Mapping]]] = ...) -> None: ...

class LotPart(_message.Message):
    __slots__ = ("lot_id", "quantity_w")
    LOT_ID_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_W_FIELD_NUMBER: _ClassVar[int]
    lot_id: str
    quantity_w: int
    def __init__(self, lot_id: _Optional[str] = ..., quantity_w: _Optional[int] = ...) -> None: ...

class ParcelOffered(_message.Message):
    __slots__ = ("parcel",)
    PARCEL_FIELD_NUMBER: _ClassVar[int]
    parcel: Parcel
    def __init__(self, parcel: _Optional[_Union[Parcel, _Mapping]] = ...) -> None: ...

class HeadroomAsked(_message.Message):
    __slots__ = ("reservation_id", "parcel_id", "area_id", "mtu", "changes", "expires_s", "whole", "order_id", "undoes", "bid_ids")
    RESERVATION_ID_FIELD_NUMBER: _ClassVar[int]
    PARCEL_ID_FIELD_NUMBER: _ClassVar[int]
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    CHANGES_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_S_FIELD_NUMBER: _ClassVar[int]
    WHOLE_FIELD_NUMBER: _ClassVar[int]
    ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    UNDOES_FIELD_NUMBER: _ClassVar[int]
    BID_IDS_FIELD_NUMBER: _ClassVar[int]
    reservation_id: str
    parcel_id: str
    area_id: str
    mtu: _common_pb2.Mtu
    changes: _containers.RepeatedCompositeFieldContainer[NodePower]
    expires_s: int
    whole: bool
    order_id: str
    undoes: str
    bid_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, reservation_id: _Optional[str] = ..., parcel_id: _Optional[str] = ..., area_id: _Optional[str] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., changes: _Optional[_Iterable[_Union[NodePower, _Mapping]]] = ..., expires_s: _Optional[int] = ..., whole: _Optional[bool] = ..., order_id: _Optional[str] = ..., undoes: _Optional[str] = ..., bid_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class HeadroomHeld(_message.Message):
    __slots__ = ("reservation_id",)
    RESERVATION_ID_FIELD_NUMBER: _ClassVar[int]
    reservation_id: str
    def __init__(self, reservation_id: _Optional[str] = ...) -> None: ...

class HeadroomReleased(_message.Message):
    __slots__ = ("reservation_id", "area_id")
    RESERVATION_ID_FIELD_NUMBER: _ClassVar[int]
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    reservation_id: str
    area_id: str
    def __init__(self, reservation_id: _Optional[str] = ..., area_id: _Optional[str] = ...) -> None: ...

class HeadroomLost(_message.Message):
    __slots__ = ("reservation_id",)
    RESERVATION_ID_FIELD_NUMBER: _ClassVar[int]
    reservation_id: str
    def __init__(self, reservation_id: _Optional[str] = ...) -> None: ...

class VerdictAsked(_message.Message):
    __slots__ = ("order", "reservation_ids")
    ORDER_FIELD_NUMBER: _ClassVar[int]
    RESERVATION_IDS_FIELD_NUMBER: _ClassVar[int]
    order: PlatformOrder
    reservation_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, order: _Optional[_Union[PlatformOrder, _Mapping]] = ..., reservation_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class ConfirmAsked(_message.Message):
    __slots__ = ("order_id", "revision", "reservation_id", "area_id", "changes")
    ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    RESERVATION_ID_FIELD_NUMBER: _ClassVar[int]
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    CHANGES_FIELD_NUMBER: _ClassVar[int]
    order_id: str
    revision: int
    reservation_id: str
    area_id: str
    changes: _containers.RepeatedCompositeFieldContainer[NodePower]
    def __init__(self, order_id: _Optional[str] = ..., revision: _Optional[int] = ..., reservation_id: _Optional[str] = ..., area_id: _Optional[str] = ..., changes: _Optional[_Iterable[_Union[NodePower, _Mapping]]] = ...) -> None: ...

class ConfirmAnswered(_message.Message):
    __slots__ = ("order_id", "reservation_id", "confirmed", "cause", "element_id", "tightened_by", "dnut_micro_euro")
    ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    RESERVATION_ID_FIELD_NUMBER: _ClassVar[int]
    CONFIRMED_FIELD_NUMBER: _ClassVar[int]
    CAUSE_FIELD_NUMBER: _ClassVar[int]
    ELEMENT_ID_FIELD_NUMBER: _ClassVar[int]
    TIGHTENED_BY_FIELD_NUMBER: _ClassVar[int]
    DNUT_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    order_id: str
    reservation_id: str
    confirmed: bool
    cause: Cause
    element_id: str
    tightened_by: str
    dnut_micro_euro: int
    def __init__(self, order_id: _Optional[str] = ..., reservation_id: _Optional[str] = ..., confirmed: _Optional[bool] = ..., cause: _Optional[_Union[Cause, str]] = ..., element_id: _Optional[str] = ..., tightened_by: _Optional[str] = ..., dnut_micro_euro: _Optional[int] = ...) -> None: ...

class BidVerdict(_message.Message):
    __slots__ = ("bid_id", "allowed_w", "cause", "element_id", "tightened_by")
    BID_ID_FIELD_NUMBER: _ClassVar[int]
    ALLOWED_W_FIELD_NUMBER: _ClassVar[int]
    CAUSE_FIELD_NUMBER: _ClassVar[int]
    ELEMENT_ID_FIELD_NUMBER: _ClassVar[int]
    TIGHTENED_BY_FIELD_NUMBER: _ClassVar[int]
    bid_id: str
    allowed_w: int
    cause: Cause
    element_id: str
    tightened_by: str
    def __init__(self, bid_id: _Optional[str] = ..., allowed_w: _Optional[int] = ..., cause: _Optional[_Union[Cause, str]] = ..., element_id: _Optional[str] = ..., tightened_by: _Optional[str] = ...) -> None: ...

class VerdictReached(_message.Message):
    __slots__ = ("order_id", "revision", "verdicts", "confirmed")
    ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    VERDICTS_FIELD_NUMBER: _ClassVar[int]
    CONFIRMED_FIELD_NUMBER: _ClassVar[int]
    order_id: str
    revision: int
    verdicts: _containers.RepeatedCompositeFieldContainer[BidVerdict]
    confirmed: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, order_id: _Optional[str] = ..., revision: _Optional[int] = ..., verdicts: _Optional[_Iterable[_Union[BidVerdict, _Mapping]]] = ..., confirmed: _Optional[_Iterable[str]] = ...) -> None: ...

class UndoDenied(_message.Message):
    __slots__ = ("reservation_id", "at_s")
    RESERVATION_ID_FIELD_NUMBER: _ClassVar[int]
    AT_S_FIELD_NUMBER: _ClassVar[int]
    reservation_id: str
    at_s: int
    def __init__(self, reservation_id: _Optional[str] = ..., at_s: _Optional[int] = ...) -> None: ...

class UndoDone(_message.Message):
    __slots__ = ("reservation_id", "dnut_micro_euro")
    RESERVATION_ID_FIELD_NUMBER: _ClassVar[int]
    DNUT_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    reservation_id: str
    dnut_micro_euro: int
    def __init__(self, reservation_id: _Optional[str] = ..., dnut_micro_euro: _Optional[int] = ...) -> None: ...

class ParcelRefused(_message.Message):
    __slots__ = ("parcel_id", "rejections", "reasons")
    PARCEL_ID_FIELD_NUMBER: _ClassVar[int]
    REJECTIONS_FIELD_NUMBER: _ClassVar[int]
    REASONS_FIELD_NUMBER: _ClassVar[int]
    parcel_id: str
    rejections: _containers.RepeatedCompositeFieldContainer[_common_pb2.Rejection]
    reasons: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, parcel_id: _Optional[str] = ..., rejections: _Optional[_Iterable[_Union[_common_pb2.Rejection, _Mapping]]] = ..., reasons: _Optional[_Iterable[str]] = ...) -> None: ...

class BidsSent(_message.Message):
    __slots__ = ("document_id", "parcel_ids", "bids", "withdraws")
    DOCUMENT_ID_FIELD_NUMBER: _ClassVar[int]
    PARCEL_IDS_FIELD_NUMBER: _ClassVar[int]
    BIDS_FIELD_NUMBER: _ClassVar[int]
    WITHDRAWS_FIELD_NUMBER: _ClassVar[int]
    document_id: str
    parcel_ids: _containers.RepeatedScalarFieldContainer[str]
    bids: _containers.RepeatedCompositeFieldContainer[Bid]
    withdraws: bool
    def __init__(self, document_id: _Optional[str] = ..., parcel_ids: _Optional[_Iterable[str]] = ..., bids: _Optional[_Iterable[_Union[Bid, _Mapping]]] = ..., withdraws: _Optional[bool] = ...) -> None: ...

class ParcelMoved(_message.Message):
    __slots__ = ("parcel_id", "stage", "document_id")
    PARCEL_ID_FIELD_NUMBER: _ClassVar[int]
    STAGE_FIELD_NUMBER: _ClassVar[int]
    DOCUMENT_ID_FIELD_NUMBER: _ClassVar[int]
    parcel_id: str
    stage: ParcelStage
    document_id: str
    def __init__(self, parcel_id: _Optional[str] = ..., stage: _Optional[_Union[ParcelStage, str]] = ..., document_id: _Optional[str] = ...) -> None: ...

class ParcelLimited(_message.Message):
    __slots__ = ("parcel_id", "allowed_w", "cause", "element_id", "tightened_by")
    PARCEL_ID_FIELD_NUMBER: _ClassVar[int]
    ALLOWED_W_FIELD_NUMBER: _ClassVar[int]
    CAUSE_FIELD_NUMBER: _ClassVar[int]
    ELEMENT_ID_FIELD_NUMBER: _ClassVar[int]
    TIGHTENED_BY_FIELD_NUMBER: _ClassVar[int]
    parcel_id: str
    allowed_w: int
    cause: Cause
    element_id: str
    tightened_by: str
    def __init__(self, parcel_id: _Optional[str] = ..., allowed_w: _Optional[int] = ..., cause: _Optional[_Union[Cause, str]] = ..., element_id: _Optional[str] = ..., tightened_by: _Optional[str] = ...) -> None: ...

class ParcelGone(_message.Message):
    __slots__ = ("parcel_id",)
    PARCEL_ID_FIELD_NUMBER: _ClassVar[int]
    parcel_id: str
    def __init__(self, parcel_id: _Optional[str] = ...) -> None: ...

class OrderTaken(_message.Message):
    __slots__ = ("order", "received_s", "answer_by_s", "ask_grid")
    ORDER_FIELD_NUMBER: _ClassVar[int]
    RECEIVED_S_FIELD_NUMBER: _ClassVar[int]
    ANSWER_BY_S_FIELD_NUMBER: _ClassVar[int]
    ASK_GRID_FIELD_NUMBER: _ClassVar[int]
    order: PlatformOrder
    received_s: int
    answer_by_s: int
    ask_grid: bool
    def __init__(self, order: _Optional[_Union[PlatformOrder, _Mapping]] = ..., received_s: _Optional[int] = ..., answer_by_s: _Optional[int] = ..., ask_grid: _Optional[bool] = ...) -> None: ...

class OrderKept(_message.Message):
    __slots__ = ("order_id", "revision", "document")
    ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    DOCUMENT_FIELD_NUMBER: _ClassVar[int]
    order_id: str
    revision: int
    document: bytes
    def __init__(self, order_id: _Optional[str] = ..., revision: _Optional[int] = ..., document: _Optional[bytes] = ...) -> None: ...

class OrderDropped(_message.Message):
    __slots__ = ("document_id", "order_id", "revision", "reason", "at_s")
    DOCUMENT_ID_FIELD_NUMBER: _ClassVar[int]
    ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    AT_S_FIELD_NUMBER: _ClassVar[int]
    document_id: str
    order_id: str
    revision: int
    reason: DropReason
    at_s: int
    def __init__(self, document_id: _Optional[str] = ..., order_id: _Optional[str] = ..., revision: _Optional[int] = ..., reason: _Optional[_Union[DropReason, str]] = ..., at_s: _Optional[int] = ...) -> None: ...

class BidAnswer(_message.Message):
    __slots__ = ("bid_id", "refusal", "text")
    BID_ID_FIELD_NUMBER: _ClassVar[int]
    REFUSAL_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    bid_id: str
    refusal: Refusal
    text: str
    def __init__(self, bid_id: _Optional[str] = ..., refusal: _Optional[_Union[Refusal, str]] = ..., text: _Optional[str] = ...) -> None: ...

class BidLimit(_message.Message):
    __slots__ = ("bid_id", "allowed_w", "cause", "element_id", "tightened_by")
    BID_ID_FIELD_NUMBER: _ClassVar[int]
    ALLOWED_W_FIELD_NUMBER: _ClassVar[int]
    CAUSE_FIELD_NUMBER: _ClassVar[int]
    ELEMENT_ID_FIELD_NUMBER: _ClassVar[int]
    TIGHTENED_BY_FIELD_NUMBER: _ClassVar[int]
    bid_id: str
    allowed_w: int
    cause: Cause
    element_id: str
    tightened_by: str
    def __init__(self, bid_id: _Optional[str] = ..., allowed_w: _Optional[int] = ..., cause: _Optional[_Union[Cause, str]] = ..., element_id: _Optional[str] = ..., tightened_by: _Optional[str] = ...) -> None: ...

class AnswerDecided(_message.Message):
    __slots__ = ("order_id", "revision", "answers", "limits")
    ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    ANSWERS_FIELD_NUMBER: _ClassVar[int]
    LIMITS_FIELD_NUMBER: _ClassVar[int]
    order_id: str
    revision: int
    answers: _containers.RepeatedCompositeFieldContainer[BidAnswer]
    limits: _containers.RepeatedCompositeFieldContainer[BidLimit]
    def __init__(self, order_id: _Optional[str] = ..., revision: _Optional[int] = ..., answers: _Optional[_Iterable[_Union[BidAnswer, _Mapping]]] = ..., limits: _Optional[_Iterable[_Union[BidLimit, _Mapping]]] = ...) -> None: ...

class AnswerRepeated(_message.Message):
    __slots__ = ("order_id", "revision", "at_s")
    ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    AT_S_FIELD_NUMBER: _ClassVar[int]
    order_id: str
    revision: int
    at_s: int
    def __init__(self, order_id: _Optional[str] = ..., revision: _Optional[int] = ..., at_s: _Optional[int] = ...) -> None: ...

class AnswerAcknowledged(_message.Message):
    __slots__ = ("order_id", "revision", "at_s")
    ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    AT_S_FIELD_NUMBER: _ClassVar[int]
    order_id: str
    revision: int
    at_s: int
    def __init__(self, order_id: _Optional[str] = ..., revision: _Optional[int] = ..., at_s: _Optional[int] = ...) -> None: ...

class AnswerMissed(_message.Message):
    __slots__ = ("order_id", "revision", "at_s")
    ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    AT_S_FIELD_NUMBER: _ClassVar[int]
    order_id: str
    revision: int
    at_s: int
    def __init__(self, order_id: _Optional[str] = ..., revision: _Optional[int] = ..., at_s: _Optional[int] = ...) -> None: ...

class ActivationCalled(_message.Message):
    __slots__ = ("order_id", "revision", "bids")
    ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    BIDS_FIELD_NUMBER: _ClassVar[int]
    order_id: str
    revision: int
    bids: _containers.RepeatedCompositeFieldContainer[OrderedBid]
    def __init__(self, order_id: _Optional[str] = ..., revision: _Optional[int] = ..., bids: _Optional[_Iterable[_Union[OrderedBid, _Mapping]]] = ...) -> None: ...

class DeliveryStarted(_message.Message):
    __slots__ = ("order_id", "at_s")
    ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    AT_S_FIELD_NUMBER: _ClassVar[int]
    order_id: str
    at_s: int
    def __init__(self, order_id: _Optional[str] = ..., at_s: _Optional[int] = ...) -> None: ...

class DeliveryEnded(_message.Message):
    __slots__ = ("order_id", "at_s")
    ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    AT_S_FIELD_NUMBER: _ClassVar[int]
    order_id: str
    at_s: int
    def __init__(self, order_id: _Optional[str] = ..., at_s: _Optional[int] = ...) -> None: ...

class ActivationFailed(_message.Message):
    __slots__ = ("order_id", "bid_id", "reason")
    ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    BID_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    order_id: str
    bid_id: str
    reason: str
    def __init__(self, order_id: _Optional[str] = ..., bid_id: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class HeartbeatTaken(_message.Message):
    __slots__ = ("document_id", "at_s")
    DOCUMENT_ID_FIELD_NUMBER: _ClassVar[int]
    AT_S_FIELD_NUMBER: _ClassVar[int]
    document_id: str
    at_s: int
    def __init__(self, document_id: _Optional[str] = ..., at_s: _Optional[int] = ...) -> None: ...

class PlatformSilent(_message.Message):
    __slots__ = ("since_s",)
    SINCE_S_FIELD_NUMBER: _ClassVar[int]
    since_s: int
    def __init__(self, since_s: _Optional[int] = ...) -> None: ...

class PlatformBack(_message.Message):
    __slots__ = ("at_s",)
    AT_S_FIELD_NUMBER: _ClassVar[int]
    at_s: int
    def __init__(self, at_s: _Optional[int] = ...) -> None: ...

class UnitCalled(_message.Message):
    __slots__ = ("activation_id", "order_id", "bid_id", "lot_id", "area_id", "window", "quantity_w")
    ACTIVATION_ID_FIELD_NUMBER: _ClassVar[int]
    ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    BID_ID_FIELD_NUMBER: _ClassVar[int]
    LOT_ID_FIELD_NUMBER: _ClassVar[int]
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    WINDOW_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_W_FIELD_NUMBER: _ClassVar[int]
    activation_id: str
    order_id: str
    bid_id: str
    lot_id: str
    area_id: str
    window: _activation_pb2.Window
    quantity_w: int
    def __init__(self, activation_id: _Optional[str] = ..., order_id: _Optional[str] = ..., bid_id: _Optional[str] = ..., lot_id: _Optional[str] = ..., area_id: _Optional[str] = ..., window: _Optional[_Union[_activation_pb2.Window, _Mapping]] = ..., quantity_w: _Optional[int] = ...) -> None: ...

class UnitStopped(_message.Message):
    __slots__ = ("activation_id", "area_id", "reason")
    ACTIVATION_ID_FIELD_NUMBER: _ClassVar[int]
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    activation_id: str
    area_id: str
    reason: str
    def __init__(self, activation_id: _Optional[str] = ..., area_id: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class DocumentTaken(_message.Message):
    __slots__ = ("document_id", "type", "sha256", "refusal", "at_s")
    DOCUMENT_ID_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    SHA256_FIELD_NUMBER: _ClassVar[int]
    REFUSAL_FIELD_NUMBER: _ClassVar[int]
    AT_S_FIELD_NUMBER: _ClassVar[int]
    document_id: str
    type: str
    sha256: bytes
    refusal: str
    at_s: int
    def __init__(self, document_id: _Optional[str] = ..., type: _Optional[str] = ..., sha256: _Optional[bytes] = ..., refusal: _Optional[str] = ..., at_s: _Optional[int] = ...) -> None: ...

class BidsContent(_message.Message):
    __slots__ = ("bids", "need_id")
    BIDS_FIELD_NUMBER: _ClassVar[int]
    NEED_ID_FIELD_NUMBER: _ClassVar[int]
    bids: _containers.RepeatedCompositeFieldContainer[Bid]
    need_id: str
    def __init__(self, bids: _Optional[_Iterable[_Union[Bid, _Mapping]]] = ..., need_id: _Optional[str] = ...) -> None: ...

class ResponseContent(_message.Message):
    __slots__ = ("document", "order_id", "revision", "answers")
    DOCUMENT_FIELD_NUMBER: _ClassVar[int]
    ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    ANSWERS_FIELD_NUMBER: _ClassVar[int]
    document: bytes
    order_id: str
    revision: int
    answers: _containers.RepeatedCompositeFieldContainer[BidAnswer]
    def __init__(self, document: _Optional[bytes] = ..., order_id: _Optional[str] = ..., revision: _Optional[int] = ..., answers: _Optional[_Iterable[_Union[BidAnswer, _Mapping]]] = ...) -> None: ...

class LimitedBid(_message.Message):
    __slots__ = ("limit", "bid", "bid_document_id")
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    BID_FIELD_NUMBER: _ClassVar[int]
    BID_DOCUMENT_ID_FIELD_NUMBER: _ClassVar[int]
    limit: BidLimit
    bid: Bid
    bid_document_id: str
    def __init__(self, limit: _Optional[_Union[BidLimit, _Mapping]] = ..., bid: _Optional[_Union[Bid, _Mapping]] = ..., bid_document_id: _Optional[str] = ...) -> None: ...

class LimitsContent(_message.Message):
    __slots__ = ("limited",)
    LIMITED_FIELD_NUMBER: _ClassVar[int]
    limited: _containers.RepeatedCompositeFieldContainer[LimitedBid]
    def __init__(self, limited: _Optional[_Iterable[_Union[LimitedBid, _Mapping]]] = ...) -> None: ...

class AcknowledgementContent(_message.Message):
    __slots__ = ("received", "refusal")
    RECEIVED_FIELD_NUMBER: _ClassVar[int]
    REFUSAL_FIELD_NUMBER: _ClassVar[int]
    received: DocumentHead
    refusal: str
    def __init__(self, received: _Optional[_Union[DocumentHead, _Mapping]] = ..., refusal: _Optional[str] = ...) -> None: ...

class NoticeContent(_message.Message):
    __slots__ = ("order", "bids")
    ORDER_FIELD_NUMBER: _ClassVar[int]
    BIDS_FIELD_NUMBER: _ClassVar[int]
    order: PlatformOrder
    bids: _containers.RepeatedCompositeFieldContainer[Bid]
    def __init__(self, order: _Optional[_Union[PlatformOrder, _Mapping]] = ..., bids: _Optional[_Iterable[_Union[Bid, _Mapping]]] = ...) -> None: ...

class OutgoingDocument(_message.Message):
    __slots__ = ("document_id", "created_s", "bids", "response", "limits", "acknowledgement", "notice", "until_s")
    DOCUMENT_ID_FIELD_NUMBER: _ClassVar[int]
    CREATED_S_FIELD_NUMBER: _ClassVar[int]
    BIDS_FIELD_NUMBER: _ClassVar[int]
    RESPONSE_FIELD_NUMBER: _ClassVar[int]
    LIMITS_FIELD_NUMBER: _ClassVar[int]
    ACKNOWLEDGEMENT_FIELD_NUMBER: _ClassVar[int]
    NOTICE_FIELD_NUMBER: _ClassVar[int]
    UNTIL_S_FIELD_NUMBER: _ClassVar[int]
    document_id: str
    created_s: int
    bids: BidsContent
    response: ResponseContent
    limits: LimitsContent
    acknowledgement: AcknowledgementContent
    notice: NoticeContent
    until_s: int
    def __init__(self, document_id: _Optional[str] = ..., created_s: _Optional[int] = ..., bids: _Optional[_Union[BidsContent, _Mapping]] = ..., response: _Optional[_Union[ResponseContent, _Mapping]] = ..., limits: _Optional[_Union[LimitsContent, _Mapping]] = ..., acknowledgement: _Optional[_Union[AcknowledgementContent, _Mapping]] = ..., notice: _Optional[_Union[NoticeContent, _Mapping]] = ..., until_s: _Optional[int] = ...) -> None: ...

class DocumentGoes(_message.Message):
    __slots__ = ("document", "attempt", "at_s")
    DOCUMENT_FIELD_NUMBER: _ClassVar[int]
    ATTEMPT_FIELD_NUMBER: _ClassVar[int]
    AT_S_FIELD_NUMBER: _ClassVar[int]
    document: OutgoingDocument
    attempt: int
    at_s: int
    def __init__(self, document: _Optional[_Union[OutgoingDocument, _Mapping]] = ..., attempt: _Optional[int] = ..., at_s: _Optional[int] = ...) -> None: ...

class DocumentSent(_message.Message):
    __slots__ = ("document_id", "attempt", "trouble")
    DOCUMENT_ID_FIELD_NUMBER: _ClassVar[int]
    ATTEMPT_FIELD_NUMBER: _ClassVar[int]
    TROUBLE_FIELD_NUMBER: _ClassVar[int]
    document_id: str
    attempt: int
    trouble: str
    def __init__(self, document_id: _Optional[str] = ..., attempt: _Optional[int] = ..., trouble: _Optional[str] = ...) -> None: ...

class DocumentReceived(_message.Message):
    __slots__ = ("document_id",)
    DOCUMENT_ID_FIELD_NUMBER: _ClassVar[int]
    document_id: str
    def __init__(self, document_id: _Optional[str] = ...) -> None: ...

class DocumentRefused(_message.Message):
    __slots__ = ("document_id", "reasons")
    DOCUMENT_ID_FIELD_NUMBER: _ClassVar[int]
    REASONS_FIELD_NUMBER: _ClassVar[int]
    document_id: str
    reasons: _containers.RepeatedCompositeFieldContainer[ReceiptReason]
    def __init__(self, document_id: _Optional[str] = ..., reasons: _Optional[_Iterable[_Union[ReceiptReason, _Mapping]]] = ...) -> None: ...

class DocumentGivenUp(_message.Message):
    __slots__ = ("document_id", "attempts", "reason")
    DOCUMENT_ID_FIELD_NUMBER: _ClassVar[int]
    ATTEMPTS_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    document_id: str
    attempts: int
    reason: str
    def __init__(self, document_id: _Optional[str] = ..., attempts: _Optional[int] = ..., reason: _Optional[str] = ...) -> None: ...

class NeedMoved(_message.Message):
    __slots__ = ("need", "stage", "bid_ids", "order_id", "notices", "again_s")
    NEED_FIELD_NUMBER: _ClassVar[int]
    STAGE_FIELD_NUMBER: _ClassVar[int]
    BID_IDS_FIELD_NUMBER: _ClassVar[int]
    ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    NOTICES_FIELD_NUMBER: _ClassVar[int]
    AGAIN_S_FIELD_NUMBER: _ClassVar[int]
    need: RedispatchNeed
    stage: NeedStage
    bid_ids: _containers.RepeatedScalarFieldContainer[str]
    order_id: str
    notices: int
    again_s: int
    def __init__(self, need: _Optional[_Union[RedispatchNeed, _Mapping]] = ..., stage: _Optional[_Union[NeedStage, str]] = ..., bid_ids: _Optional[_Iterable[str]] = ..., order_id: _Optional[str] = ..., notices: _Optional[int] = ..., again_s: _Optional[int] = ...) -> None: ...

class ResultFound(_message.Message):
    __slots__ = ("result",)
    RESULT_FIELD_NUMBER: _ClassVar[int]
    result: _external_pb2.ExternalResult
    def __init__(self, result: _Optional[_Union[_external_pb2.ExternalResult, _Mapping]] = ...) -> None: ...

class AncillaryEvent(_message.Message):
    __slots__ = ("offer_marked", "offer_unmarked", "lot_asked", "lot_held", "lot_cut", "lot_ended", "pieces_pooled", "lots_lowered", "parcel_offered", "headroom_asked", "headroom_held", "headroom_released", "headroom_lost", "verdict_asked", "confirm_asked", "confirm_answered", "verdict_reached", "parcel_refused", "bids_sent", "parcel_moved", "parcel_limited", "parcel_gone", "undo_denied", "undo_done", "order_taken", "order_kept", "order_dropped", "answer_decided", "answer_repeated", "answer_acknowledged", "answer_missed", "activation_called", "delivery_started", "delivery_ended", "activation_failed", "heartbeat_taken", "platform_silent", "platform_back", "unit_called", "unit_stopped", "document_taken", "document_goes", "document_sent", "document_received", "document_refused", "document_given_up", "need_moved", "result_found")
    OFFER_MARKED_FIELD_NUMBER: _ClassVar[int]
    OFFER_UNMARKED_FIELD_NUMBER: _ClassVar[int]
    LOT_ASKED_FIELD_NUMBER: _ClassVar[int]
    LOT_HELD_FIELD_NUMBER: _ClassVar[int]
    LOT_CUT_FIELD_NUMBER: _ClassVar[int]
    LOT_ENDED_FIELD_NUMBER: _ClassVar[int]
    PIECES_POOLED_FIELD_NUMBER: _ClassVar[int]
    LOTS_LOWERED_FIELD_NUMBER: _ClassVar[int]
    PARCEL_OFFERED_FIELD_NUMBER: _ClassVar[int]
    HEADROOM_ASKED_FIELD_NUMBER: _ClassVar[int]
    HEADROOM_HELD_FIELD_NUMBER: _ClassVar[int]
    HEADROOM_RELEASED_FIELD_NUMBER: _ClassVar[int]
    HEADROOM_LOST_FIELD_NUMBER: _ClassVar[int]
    VERDICT_ASKED_FIELD_NUMBER: _ClassVar[int]
    CONFIRM_ASKED_FIELD_NUMBER: _ClassVar[int]
    CONFIRM_ANSWERED_FIELD_NUMBER: _ClassVar[int]
    VERDICT_REACHED_FIELD_NUMBER: _ClassVar[int]
    PARCEL_REFUSED_FIELD_NUMBER: _ClassVar[int]
    BIDS_SENT_FIELD_NUMBER: _ClassVar[int]
    PARCEL_MOVED_FIELD_NUMBER: _ClassVar[int]
    PARCEL_LIMITED_FIELD_NUMBER: _ClassVar[int]
    PARCEL_GONE_FIELD_NUMBER: _ClassVar[int]
    UNDO_DENIED_FIELD_NUMBER: _ClassVar[int]
    UNDO_DONE_FIELD_NUMBER: _ClassVar[int]
    ORDER_TAKEN_FIELD_NUMBER: _ClassVar[int]
    ORDER_KEPT_FIELD_NUMBER: _ClassVar[int]
    ORDER_DROPPED_FIELD_NUMBER: _ClassVar[int]
    ANSWER_DECIDED_FIELD_NUMBER: _ClassVar[int]
    ANSWER_REPEATED_FIELD_NUMBER: _ClassVar[int]
    ANSWER_ACKNOWLEDGED_FIELD_NUMBER: _ClassVar[int]
    ANSWER_MISSED_FIELD_NUMBER: _ClassVar[int]
    ACTIVATION_CALLED_FIELD_NUMBER: _ClassVar[int]
    DELIVERY_STARTED_FIELD_NUMBER: _ClassVar[int]
    DELIVERY_ENDED_FIELD_NUMBER: _ClassVar[int]
    ACTIVATION_FAILED_FIELD_NUMBER: _ClassVar[int]
    HEARTBEAT_TAKEN_FIELD_NUMBER: _ClassVar[int]
    PLATFORM_SILENT_FIELD_NUMBER: _ClassVar[int]
    PLATFORM_BACK_FIELD_NUMBER: _ClassVar[int]
    UNIT_CALLED_FIELD_NUMBER: _ClassVar[int]
    UNIT_STOPPED_FIELD_NUMBER: _ClassVar[int]
    DOCUMENT_TAKEN_FIELD_NUMBER: _ClassVar[int]
    DOCUMENT_GOES_FIELD_NUMBER: _ClassVar[int]
    DOCUMENT_SENT_FIELD_NUMBER: _ClassVar[int]
    DOCUMENT_RECEIVED_FIELD_NUMBER: _ClassVar[int]
    DOCUMENT_REFUSED_FIELD_NUMBER: _ClassVar[int]
    DOCUMENT_GIVEN_UP_FIELD_NUMBER: _ClassVar[int]
    NEED_MOVED_FIELD_NUMBER: _ClassVar[int]
    RESULT_FOUND_FIELD_NUMBER: _ClassVar[int]
    offer_marked: OfferMarked
    offer_unmarked: OfferUnmarked
    lot_asked: LotAsked
    lot_held: LotHeld
    lot_cut: LotCut
    lot_ended: LotEnded
    pieces_pooled: PiecesPooled
    lots_lowered: LotsLowered
    parcel_offered: ParcelOffered
    headroom_asked: HeadroomAsked
    headroom_held: HeadroomHeld
    headroom_released: HeadroomReleased
    headroom_lost: HeadroomLost
    verdict_asked: VerdictAsked
    confirm_asked: ConfirmAsked
    confirm_answered: ConfirmAnswered
    verdict_reached: VerdictReached
    parcel_refused: ParcelRefused
    bids_sent: BidsSent
    parcel_moved: ParcelMoved
    parcel_limited: ParcelLimited
    parcel_gone: ParcelGone
    undo_denied: UndoDenied
    undo_done: UndoDone
    order_taken: OrderTaken
    order_kept: OrderKept
    order_dropped: OrderDropped
    answer_decided: AnswerDecided
    answer_repeated: AnswerRepeated
    answer_acknowledged: AnswerAcknowledged
    answer_missed: AnswerMissed
    activation_called: ActivationCalled
    delivery_started: DeliveryStarted
    delivery_ended: DeliveryEnded
    activation_failed: ActivationFailed
    heartbeat_taken: HeartbeatTaken
    platform_silent: PlatformSilent
    platform_back: PlatformBack
    unit_called: UnitCalled
    unit_stopped: UnitStopped
    document_taken: DocumentTaken
    document_goes: DocumentGoes
    document_sent: DocumentSent
    document_received: DocumentReceived
    document_refused: DocumentRefused
    document_given_up: DocumentGivenUp
    need_moved: NeedMoved
    result_found: ResultFound
    def __init__(self, offer_marked: _Optional[_Union[OfferMarked, _Mapping]] = ..., offer_unmarked: _Optional[_Union[OfferUnmarked, _Mapping]] = ..., lot_asked: _Optional[_Union[LotAsked, _Mapping]] = ..., lot_held: _Optional[_Union[LotHeld, _Mapping]] = ..., lot_cut: _Optional[_Union[LotCut, _Mapping]] = ..., lot_ended: _Optional[_Union[LotEnded, _Mapping]] = ..., pieces_pooled: _Optional[_Union[PiecesPooled, _Mapping]] = ..., lots_lowered: _Optional[_Union[LotsLowered, _Mapping]] = ..., parcel_offered: _Optional[_Union[ParcelOffered, _Mapping]] = ..., headroom_asked: _Optional[_Union[HeadroomAsked, _Mapping]] = ..., headroom_held: _Optional[_Union[HeadroomHeld, _Mapping]] = ..., headroom_released: _Optional[_Union[HeadroomReleased, _Mapping]] = ..., headroom_lost: _Optional[_Union[HeadroomLost, _Mapping]] = ..., verdict_asked: _Optional[_Union[VerdictAsked, _Mapping]] = ..., confirm_asked: _Optional[_Union[ConfirmAsked, _Mapping]] = ..., confirm_answered: _Optional[_Union[ConfirmAnswered, _Mapping]] = ..., verdict_reached: _Optional[_Union[VerdictReached, _Mapping]] = ..., parcel_refused: _Optional[_Union[ParcelRefused, _Mapping]] = ..., bids_sent: _Optional[_Union[BidsSent, _Mapping]] = ..., parcel_moved: _Optional[_Union[ParcelMoved, _Mapping]] = ..., parcel_limited: _Optional[_Union[ParcelLimited, _Mapping]] = ..., parcel_gone: _Optional[_Union[ParcelGone, _Mapping]] = ..., undo_denied: _Optional[_Union[UndoDenied, _Mapping]] = ..., undo_done: _Optional[_Union[UndoDone, _Mapping]] = ..., order_taken: _Optional[_Union[OrderTaken, _Mapping]] = ..., order_kept: _Optional[_Union[OrderKept, _Mapping]] = ..., order_dropped: _Optional[_Union[OrderDropped, _Mapping]] = ..., answer_decided: _Optional[_Union[AnswerDecided, _Mapping]] = ..., answer_repeated: _Optional[_Union[AnswerRepeated, _Mapping]] = ..., answer_acknowledged: _Optional[_Union[AnswerAcknowledged, _Mapping]] = ..., answer_missed: _Optional[_Union[AnswerMissed, _Mapping]] = ..., activation_called: _Optional[_Union[ActivationCalled, _Mapping]] = ..., delivery_started: _Optional[_Union[DeliveryStarted, _Mapping]] = ..., delivery_ended: _Optional[_Union[DeliveryEnded, _Mapping]] = ..., activation_failed: _Optional[_Union[ActivationFailed, _Mapping]] = ..., heartbeat_taken: _Optional[_Union[HeartbeatTaken, _Mapping]] = ..., platform_silent: _Optional[_Union[PlatformSilent, _Mapping]] = ..., platform_back: _Optional[_Union[PlatformBack, _Mapping]] = ..., unit_called: _Optional[_Union[UnitCalled, _Mapping]] = ..., unit_stopped: _Optional[_Union[UnitStopped, _Mapping]] = ..., document_taken: _Optional[_Union[DocumentTaken, _Mapping]] = ..., document_goes: _Optional[_Union[DocumentGoes, _Mapping]] = ..., document_sent: _Optional[_Union[DocumentSent, _Mapping]] = ..., document_received: _Optional[_Union[DocumentReceived, _Mapping]] = ..., document_refused: _Optional[_Union[DocumentRefused, _Mapping]] = ..., document_given_up: _Optional[_Union[DocumentGivenUp, _Mapping]] = ..., need_moved: _Optional[_Union[NeedMoved, _Mapping]] = ..., result_found: _Optional[_Union[ResultFound, _Mapping]] = ...) -> None: ...

class MarkOfferRequest(_message.Message):
    __slots__ = ("command_id", "expires_at_ms", "mark")
    COMMAND_ID_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_AT_MS_FIELD_NUMBER: _ClassVar[int]
    MARK_FIELD_NUMBER: _ClassVar[int]
    command_id: str
    expires_at_ms: int
    mark: MarkTerms
    def __init__(self, command_id: _Optional[str] = ..., expires_at_ms: _Optional[int] = ..., mark: _Optional[_Union[MarkTerms, _Mapping]] = ...) -> None: ...

class MarkOfferResponse(_message.Message):
    __slots__ = ("receipt",)
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    receipt: _common_pb2.CommandReceipt
    def __init__(self, receipt: _Optional[_Union[_common_pb2.CommandReceipt, _Mapping]] = ...) -> None: ...

class UnmarkOfferRequest(_message.Message):
    __slots__ = ("command_id", "expires_at_ms", "unmark")
    COMMAND_ID_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_AT_MS_FIELD_NUMBER: _ClassVar[int]
    UNMARK_FIELD_NUMBER: _ClassVar[int]
    command_id: str
    expires_at_ms: int
    unmark: Unmark
    def __init__(self, command_id: _Optional[str] = ..., expires_at_ms: _Optional[int] = ..., unmark: _Optional[_Union[Unmark, _Mapping]] = ...) -> None: ...

class UnmarkOfferResponse(_message.Message):
    __slots__ = ("receipt",)
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    receipt: _common_pb2.CommandReceipt
    def __init__(self, receipt: _Optional[_Union[_common_pb2.CommandReceipt, _Mapping]] = ...) -> None: ...

class ListBidsRequest(_message.Message):
    __slots__ = ("area_id", "min_position")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    MIN_POSITION_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    min_position: _common_pb2.LogPosition
    def __init__(self, area_id: _Optional[str] = ..., min_position: _Optional[_Union[_common_pb2.LogPosition, _Mapping]] = ...) -> None: ...

class ForwardedParcel(_message.Message):
    __slots__ = ("parcel", "stage", "pieces", "document_id")
    PARCEL_FIELD_NUMBER: _ClassVar[int]
    STAGE_FIELD_NUMBER: _ClassVar[int]
    PIECES_FIELD_NUMBER: _ClassVar[int]
    DOCUMENT_ID_FIELD_NUMBER: _ClassVar[int]
    parcel: Parcel
    stage: ParcelStage
    pieces: _containers.RepeatedCompositeFieldContainer[Piece]
    document_id: str
    def __init__(self, parcel: _Optional[_Union[Parcel, _Mapping]] = ..., stage: _Optional[_Union[ParcelStage, str]] = ..., pieces: _Optional[_Iterable[_Union[Piece, _Mapping]]] = ..., document_id: _Optional[str] = ...) -> None: ...

class ListBidsResponse(_message.Message):
    __slots__ = ("parcels",)
    PARCELS_FIELD_NUMBER: _ClassVar[int]
    parcels: _containers.RepeatedCompositeFieldContainer[ForwardedParcel]
    def __init__(self, parcels: _Optional[_Iterable[_Union[ForwardedParcel, _Mapping]]] = ...) -> None: ...

class ListPlatformOrdersRequest(_message.Message):
    __slots__ = ("min_position",)
    MIN_POSITION_FIELD_NUMBER: _ClassVar[int]
    min_position: _common_pb2.LogPosition
    def __init__(self, min_position: _Optional[_Union[_common_pb2.LogPosition, _Mapping]] = ...) -> None: ...

class PlatformOrderState(_message.Message):
    __slots__ = ("order", "stage", "answer_by_s", "answer", "answer_settled")
    ORDER_FIELD_NUMBER: _ClassVar[int]
    STAGE_FIELD_NUMBER: _ClassVar[int]
    ANSWER_BY_S_FIELD_NUMBER: _ClassVar[int]
    ANSWER_FIELD_NUMBER: _ClassVar[int]
    ANSWER_SETTLED_FIELD_NUMBER: _ClassVar[int]
    order: PlatformOrder
    stage: OrderStage
    answer_by_s: int
    answer: AnswerDecided
    answer_settled: bool
    def __init__(self, order: _Optional[_Union[PlatformOrder, _Mapping]] = ..., stage: _Optional[_Union[OrderStage, str]] = ..., answer_by_s: _Optional[int] = ..., answer: _Optional[_Union[AnswerDecided, _Mapping]] = ..., answer_settled: _Optional[bool] = ...) -> None: ...

class ListPlatformOrdersResponse(_message.Message):
    __slots__ = ("orders",)
    ORDERS_FIELD_NUMBER: _ClassVar[int]
    orders: _containers.RepeatedCompositeFieldContainer[PlatformOrderState]
    def __init__(self, orders: _Optional[_Iterable[_Union[PlatformOrderState, _Mapping]]] = ...) -> None: ...

class GetConnectionRequest(_message.Message):
    __slots__ = ("min_position",)
    MIN_POSITION_FIELD_NUMBER: _ClassVar[int]
    min_position: _common_pb2.LogPosition
    def __init__(self, min_position: _Optional[_Union[_common_pb2.LogPosition, _Mapping]] = ...) -> None: ...

class GetConnectionResponse(_message.Message):
    __slots__ = ("configured", "rules", "heard_s", "silent", "waiting", "unvalidated", "dead_letters", "untold")
    CONFIGURED_FIELD_NUMBER: _ClassVar[int]
    RULES_FIELD_NUMBER: _ClassVar[int]
    HEARD_S_FIELD_NUMBER: _ClassVar[int]
    SILENT_FIELD_NUMBER: _ClassVar[int]
    WAITING_FIELD_NUMBER: _ClassVar[int]
    UNVALIDATED_FIELD_NUMBER: _ClassVar[int]
    DEAD_LETTERS_FIELD_NUMBER: _ClassVar[int]
    UNTOLD_FIELD_NUMBER: _ClassVar[int]
    configured: bool
    rules: str
    heard_s: int
    silent: bool
    waiting: int
    unvalidated: _containers.RepeatedScalarFieldContainer[str]
    dead_letters: int
    untold: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, configured: _Optional[bool] = ..., rules: _Optional[str] = ..., heard_s: _Optional[int] = ..., silent: _Optional[bool] = ..., waiting: _Optional[int] = ..., unvalidated: _Optional[_Iterable[str]] = ..., dead_letters: _Optional[int] = ..., untold: _Optional[_Iterable[str]] = ...) -> None: ...
