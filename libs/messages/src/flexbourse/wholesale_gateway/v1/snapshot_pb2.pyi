from flexbourse.external.v1 import external_pb2 as _external_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as _orderbook_pb2
from flexbourse.wholesale_gateway.v1 import wholesale_gateway_pb2 as _wholesale_gateway_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class TradeSnapshot(_message.Message):
    __slots__ = ("trade_id", "external_id", "quantity_w", "price_ticks", "recalled")
    TRADE_ID_FIELD_NUMBER: _ClassVar[int]
    EXTERNAL_ID_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_W_FIELD_NUMBER: _ClassVar[int]
    PRICE_TICKS_FIELD_NUMBER: _ClassVar[int]
    RECALLED_FIELD_NUMBER: _ClassVar[int]
    trade_id: str
    external_id: str
    quantity_w: int
    price_ticks: int
    recalled: bool
    def __init__(self, trade_id: _Optional[str] = ..., external_id: _Optional[str] = ..., quantity_w: _Optional[int] = ..., price_ticks: _Optional[int] = ..., recalled: _Optional[bool] = ...) -> None: ...

class UnseenSnapshot(_message.Message):
    __slots__ = ("external_id", "open_w")
    EXTERNAL_ID_FIELD_NUMBER: _ClassVar[int]
    OPEN_W_FIELD_NUMBER: _ClassVar[int]
    external_id: str
    open_w: int
    def __init__(self, external_id: _Optional[str] = ..., open_w: _Optional[int] = ...) -> None: ...

class FillSnapshot(_message.Message):
    __slots__ = ("trade_id", "shares")
    TRADE_ID_FIELD_NUMBER: _ClassVar[int]
    SHARES_FIELD_NUMBER: _ClassVar[int]
    trade_id: str
    shares: _containers.RepeatedCompositeFieldContainer[_wholesale_gateway_pb2.Member]
    def __init__(self, trade_id: _Optional[str] = ..., shares: _Optional[_Iterable[_Union[_wholesale_gateway_pb2.Member, _Mapping]]] = ...) -> None: ...

class MemberSnapshot(_message.Message):
    __slots__ = ("order", "quantity_w")
    ORDER_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_W_FIELD_NUMBER: _ClassVar[int]
    order: _wholesale_gateway_pb2.ForwardableOrder
    quantity_w: int
    def __init__(self, order: _Optional[_Union[_wholesale_gateway_pb2.ForwardableOrder, _Mapping]] = ..., quantity_w: _Optional[int] = ...) -> None: ...

class ExternalOrderSnapshot(_message.Message):
    __slots__ = ("intent_id", "terms", "headroom_deadline_s", "stage", "attempts", "sent_s", "external_ids", "strays", "seen", "open_w", "predecessors", "trades", "operations", "operation", "has_ended", "look_up", "reasons", "area_id", "headroom_deadline_step", "members", "left", "fills", "exposed", "withdrawal", "looked_s", "strays_cancelled", "over", "hibernation", "wake_s")
    INTENT_ID_FIELD_NUMBER: _ClassVar[int]
    TERMS_FIELD_NUMBER: _ClassVar[int]
    HEADROOM_DEADLINE_S_FIELD_NUMBER: _ClassVar[int]
    STAGE_FIELD_NUMBER: _ClassVar[int]
    ATTEMPTS_FIELD_NUMBER: _ClassVar[int]
    SENT_S_FIELD_NUMBER: _ClassVar[int]
    EXTERNAL_IDS_FIELD_NUMBER: _ClassVar[int]
    STRAYS_FIELD_NUMBER: _ClassVar[int]
    SEEN_FIELD_NUMBER: _ClassVar[int]
    OPEN_W_FIELD_NUMBER: _ClassVar[int]
    PREDECESSORS_FIELD_NUMBER: _ClassVar[int]
    TRADES_FIELD_NUMBER: _ClassVar[int]
    OPERATIONS_FIELD_NUMBER: _ClassVar[int]
    OPERATION_FIELD_NUMBER: _ClassVar[int]
    HAS_ENDED_FIELD_NUMBER: _ClassVar[int]
    LOOK_UP_FIELD_NUMBER: _ClassVar[int]
    REASONS_FIELD_NUMBER: _ClassVar[int]
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    HEADROOM_DEADLINE_STEP_FIELD_NUMBER: _ClassVar[int]
    MEMBERS_FIELD_NUMBER: _ClassVar[int]
    LEFT_FIELD_NUMBER: _ClassVar[int]
    FILLS_FIELD_NUMBER: _ClassVar[int]
    EXPOSED_FIELD_NUMBER: _ClassVar[int]
    WITHDRAWAL_FIELD_NUMBER: _ClassVar[int]
    LOOKED_S_FIELD_NUMBER: _ClassVar[int]
    STRAYS_CANCELLED_FIELD_NUMBER: _ClassVar[int]
    OVER_FIELD_NUMBER: _ClassVar[int]
    HIBERNATION_FIELD_NUMBER: _ClassVar[int]
    WAKE_S_FIELD_NUMBER: _ClassVar[int]
    intent_id: str
    terms: _wholesale_gateway_pb2.ExternalTerms
    headroom_deadline_s: int
    stage: _wholesale_gateway_pb2.Stage
    attempts: int
    sent_s: int
    external_ids: _containers.RepeatedScalarFieldContainer[str]
    strays: _containers.RepeatedScalarFieldContainer[str]
    seen: _wholesale_gateway_pb2.Watermark
    open_w: int
    predecessors: _containers.RepeatedCompositeFieldContainer[UnseenSnapshot]
    trades: _containers.RepeatedCompositeFieldContainer[TradeSnapshot]
    operations: int
    operation: _wholesale_gateway_pb2.Operation
    has_ended: bool
    look_up: bool
    reasons: _containers.RepeatedScalarFieldContainer[str]
    area_id: str
    headroom_deadline_step: int
    members: _containers.RepeatedCompositeFieldContainer[MemberSnapshot]
    left: _containers.RepeatedCompositeFieldContainer[_wholesale_gateway_pb2.Member]
    fills: _containers.RepeatedCompositeFieldContainer[FillSnapshot]
    exposed: bool
    withdrawal: str
    looked_s: int
    strays_cancelled: _containers.RepeatedScalarFieldContainer[str]
    over: bool
    hibernation: str
    wake_s: int
    def __init__(self, intent_id: _Optional[str] = ..., terms: _Optional[_Union[_wholesale_gateway_pb2.ExternalTerms, _Mapping]] = ..., headroom_deadline_s: _Optional[int] = ..., stage: _Optional[_Union[_wholesale_gateway_pb2.Stage, str]] = ..., attempts: _Optional[int] = ..., sent_s: _Optional[int] = ..., external_ids: _Optional[_Iterable[str]] = ..., strays: _Optional[_Iterable[str]] = ..., seen: _Optional[_Union[_wholesale_gateway_pb2.Watermark, _Mapping]] = ..., open_w: _Optional[int] = ..., predecessors: _Optional[_Iterable[_Union[UnseenSnapshot, _Mapping]]] = ..., trades: _Optional[_Iterable[_Union[TradeSnapshot, _Mapping]]] = ..., operations: _Optional[int] = ..., operation: _Optional[_Union[_wholesale_gateway_pb2.Operation, _Mapping]] = ..., has_ended: _Optional[bool] = ..., look_up: _Optional[bool] = ..., reasons: _Optional[_Iterable[str]] = ..., area_id: _Optional[str] = ..., headroom_deadline_step: _Optional[int] = ..., members: _Optional[_Iterable[_Union[MemberSnapshot, _Mapping]]] = ..., left: _Optional[_Iterable[_Union[_wholesale_gateway_pb2.Member, _Mapping]]] = ..., fills: _Optional[_Iterable[_Union[FillSnapshot, _Mapping]]] = ..., exposed: _Optional[bool] = ..., withdrawal: _Optional[str] = ..., looked_s: _Optional[int] = ..., strays_cancelled: _Optional[_Iterable[str]] = ..., over: _Optional[bool] = ..., hibernation: _Optional[str] = ..., wake_s: _Optional[int] = ...) -> None: ...

class LeftoverSnapshot(_message.Message):
    __slots__ = ("order", "released", "left_w", "closed", "withdrawn", "tries", "retry_s")
    ORDER_FIELD_NUMBER: _ClassVar[int]
    RELEASED_FIELD_NUMBER: _ClassVar[int]
    LEFT_W_FIELD_NUMBER: _ClassVar[int]
    CLOSED_FIELD_NUMBER: _ClassVar[int]
    WITHDRAWN_FIELD_NUMBER: _ClassVar[int]
    TRIES_FIELD_NUMBER: _ClassVar[int]
    RETRY_S_FIELD_NUMBER: _ClassVar[int]
    order: _wholesale_gateway_pb2.ForwardableOrder
    released: bool
    left_w: int
    closed: bool
    withdrawn: bool
    tries: int
    retry_s: int
    def __init__(self, order: _Optional[_Union[_wholesale_gateway_pb2.ForwardableOrder, _Mapping]] = ..., released: _Optional[bool] = ..., left_w: _Optional[int] = ..., closed: _Optional[bool] = ..., withdrawn: _Optional[bool] = ..., tries: _Optional[int] = ..., retry_s: _Optional[int] = ...) -> None: ...

class RoomSnapshot(_message.Message):
    __slots__ = ("intent_id", "reservation", "held", "trade_id", "denied_s", "denials")
    INTENT_ID_FIELD_NUMBER: _ClassVar[int]
    RESERVATION_FIELD_NUMBER: _ClassVar[int]
    HELD_FIELD_NUMBER: _ClassVar[int]
    TRADE_ID_FIELD_NUMBER: _ClassVar[int]
    DENIED_S_FIELD_NUMBER: _ClassVar[int]
    DENIALS_FIELD_NUMBER: _ClassVar[int]
    intent_id: str
    reservation: _orderbook_pb2.ReserveHeadroom
    held: bool
    trade_id: str
    denied_s: int
    denials: int
    def __init__(self, intent_id: _Optional[str] = ..., reservation: _Optional[_Union[_orderbook_pb2.ReserveHeadroom, _Mapping]] = ..., held: _Optional[bool] = ..., trade_id: _Optional[str] = ..., denied_s: _Optional[int] = ..., denials: _Optional[int] = ...) -> None: ...

class ChargeSnapshot(_message.Message):
    __slots__ = ("reservation_id", "result_ids")
    RESERVATION_ID_FIELD_NUMBER: _ClassVar[int]
    RESULT_IDS_FIELD_NUMBER: _ClassVar[int]
    reservation_id: str
    result_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, reservation_id: _Optional[str] = ..., result_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class RequestSnapshot(_message.Message):
    __slots__ = ("request_id", "intent_id")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    INTENT_ID_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    intent_id: str
    def __init__(self, request_id: _Optional[str] = ..., intent_id: _Optional[str] = ...) -> None: ...

class AdoptedSnapshot(_message.Message):
    __slots__ = ("key", "value")
    KEY_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    key: str
    value: bytes
    def __init__(self, key: _Optional[str] = ..., value: _Optional[bytes] = ...) -> None: ...

class AwardSnapshot(_message.Message):
    __slots__ = ("start_s", "quantity_w", "price_ticks", "shares", "held")
    START_S_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_W_FIELD_NUMBER: _ClassVar[int]
    PRICE_TICKS_FIELD_NUMBER: _ClassVar[int]
    SHARES_FIELD_NUMBER: _ClassVar[int]
    HELD_FIELD_NUMBER: _ClassVar[int]
    start_s: int
    quantity_w: int
    price_ticks: int
    shares: _containers.RepeatedCompositeFieldContainer[_wholesale_gateway_pb2.Member]
    held: _containers.RepeatedCompositeFieldContainer[_wholesale_gateway_pb2.Member]
    def __init__(self, start_s: _Optional[int] = ..., quantity_w: _Optional[int] = ..., price_ticks: _Optional[int] = ..., shares: _Optional[_Iterable[_Union[_wholesale_gateway_pb2.Member, _Mapping]]] = ..., held: _Optional[_Iterable[_Union[_wholesale_gateway_pb2.Member, _Mapping]]] = ...) -> None: ...

class CurveSnapshot(_message.Message):
    __slots__ = ("wanted", "stage", "revision", "awarded_w", "shares", "awards", "reason")
    WANTED_FIELD_NUMBER: _ClassVar[int]
    STAGE_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    AWARDED_W_FIELD_NUMBER: _ClassVar[int]
    SHARES_FIELD_NUMBER: _ClassVar[int]
    AWARDS_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    wanted: _wholesale_gateway_pb2.CurveWanted
    stage: _wholesale_gateway_pb2.CurveStage
    revision: int
    awarded_w: int
    shares: _containers.RepeatedCompositeFieldContainer[_wholesale_gateway_pb2.Member]
    awards: _containers.RepeatedCompositeFieldContainer[AwardSnapshot]
    reason: str
    def __init__(self, wanted: _Optional[_Union[_wholesale_gateway_pb2.CurveWanted, _Mapping]] = ..., stage: _Optional[_Union[_wholesale_gateway_pb2.CurveStage, str]] = ..., revision: _Optional[int] = ..., awarded_w: _Optional[int] = ..., shares: _Optional[_Iterable[_Union[_wholesale_gateway_pb2.Member, _Mapping]]] = ..., awards: _Optional[_Iterable[_Union[AwardSnapshot, _Mapping]]] = ..., reason: _Optional[str] = ...) -> None: ...

class AreaRulesSnapshot(_message.Message):
    __slots__ = ("area_id", "on_tightening")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    ON_TIGHTENING_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    on_tightening: _wholesale_gateway_pb2.OnTightening
    def __init__(self, area_id: _Optional[str] = ..., on_tightening: _Optional[_Union[_wholesale_gateway_pb2.OnTightening, str]] = ...) -> None: ...

class AuctionSnapshot(_message.Message):
    __slots__ = ("day", "submitted_s", "asked_s", "built")
    DAY_FIELD_NUMBER: _ClassVar[int]
    SUBMITTED_S_FIELD_NUMBER: _ClassVar[int]
    ASKED_S_FIELD_NUMBER: _ClassVar[int]
    BUILT_FIELD_NUMBER: _ClassVar[int]
    day: str
    submitted_s: int
    asked_s: int
    built: bool
    def __init__(self, day: _Optional[str] = ..., submitted_s: _Optional[int] = ..., asked_s: _Optional[int] = ..., built: _Optional[bool] = ...) -> None: ...

class WholesaleSnapshot(_message.Message):
    __slots__ = ("format", "at_ms", "step", "rules", "connection", "market", "leftovers", "orders", "rooms", "requests", "intent_count", "request_count", "results", "registry", "offers", "curves", "auctions", "charges", "area_rules")
    FORMAT_FIELD_NUMBER: _ClassVar[int]
    AT_MS_FIELD_NUMBER: _ClassVar[int]
    STEP_FIELD_NUMBER: _ClassVar[int]
    RULES_FIELD_NUMBER: _ClassVar[int]
    CONNECTION_FIELD_NUMBER: _ClassVar[int]
    MARKET_FIELD_NUMBER: _ClassVar[int]
    LEFTOVERS_FIELD_NUMBER: _ClassVar[int]
    ORDERS_FIELD_NUMBER: _ClassVar[int]
    ROOMS_FIELD_NUMBER: _ClassVar[int]
    REQUESTS_FIELD_NUMBER: _ClassVar[int]
    INTENT_COUNT_FIELD_NUMBER: _ClassVar[int]
    REQUEST_COUNT_FIELD_NUMBER: _ClassVar[int]
    RESULTS_FIELD_NUMBER: _ClassVar[int]
    REGISTRY_FIELD_NUMBER: _ClassVar[int]
    OFFERS_FIELD_NUMBER: _ClassVar[int]
    CURVES_FIELD_NUMBER: _ClassVar[int]
    AUCTIONS_FIELD_NUMBER: _ClassVar[int]
    CHARGES_FIELD_NUMBER: _ClassVar[int]
    AREA_RULES_FIELD_NUMBER: _ClassVar[int]
    format: int
    at_ms: int
    step: int
    rules: _wholesale_gateway_pb2.ForwardingRules
    connection: _wholesale_gateway_pb2.ConnectionChanged
    market: _wholesale_gateway_pb2.MarketChanged
    leftovers: _containers.RepeatedCompositeFieldContainer[LeftoverSnapshot]
    orders: _containers.RepeatedCompositeFieldContainer[ExternalOrderSnapshot]
    rooms: _containers.RepeatedCompositeFieldContainer[RoomSnapshot]
    requests: _containers.RepeatedCompositeFieldContainer[RequestSnapshot]
    intent_count: int
    request_count: int
    results: _containers.RepeatedCompositeFieldContainer[_external_pb2.ExternalResult]
    registry: _containers.RepeatedCompositeFieldContainer[AdoptedSnapshot]
    offers: _containers.RepeatedCompositeFieldContainer[_wholesale_gateway_pb2.ForwardableOrder]
    curves: _containers.RepeatedCompositeFieldContainer[CurveSnapshot]
    auctions: _containers.RepeatedCompositeFieldContainer[AuctionSnapshot]
    charges: _containers.RepeatedCompositeFieldContainer[ChargeSnapshot]
    area_rules: _containers.RepeatedCompositeFieldContainer[AreaRulesSnapshot]
    def __init__(self, format: _Optional[int] = ..., at_ms: _Optional[int] = ..., step: _Optional[int] = ..., rules: _Optional[_Union[_wholesale_gateway_pb2.ForwardingRules, _Mapping]] = ..., connection: _Optional[_Union[_wholesale_gateway_pb2.ConnectionChanged, _Mapping]] = ..., market: _Optional[_Union[_wholesale_gateway_pb2.MarketChanged, _Mapping]] = ..., leftovers: _Optional[_Iterable[_Union[LeftoverSnapshot, _Mapping]]] = ..., orders: _Optional[_Iterable[_Union[ExternalOrderSnapshot, _Mapping]]] = ..., rooms: _Optional[_Iterable[_Union[RoomSnapshot, _Mapping]]] = ..., requests: _Optional[_Iterable[_Union[RequestSnapshot, _Mapping]]] = ..., intent_count: _Optional[int] = ..., request_count: _Optional[int] = ..., results: _Optional[_Iterable[_Union[_external_pb2.ExternalResult, _Mapping]]] = ..., registry: _Optional[_Iterable[_Union[AdoptedSnapshot, _Mapping]]] = ..., offers: _Optional[_Iterable[_Union[_wholesale_gateway_pb2.ForwardableOrder, _Mapping]]] = ..., curves: _Optional[_Iterable[_Union[CurveSnapshot, _Mapping]]] = ..., auctions: _Optional[_Iterable[_Union[AuctionSnapshot, _Mapping]]] = ..., charges: _Optional[_Iterable[_Union[ChargeSnapshot, _Mapping]]] = ..., area_rules: _Optional[_Iterable[_Union[AreaRulesSnapshot, _Mapping]]] = ...) -> None: ...
