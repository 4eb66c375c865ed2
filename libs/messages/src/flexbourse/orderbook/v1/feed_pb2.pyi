from flexbourse.common.v1 import common_pb2 as _common_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as _orderbook_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class FeedEvent(_message.Message):
    __slots__ = ("area_id", "market_id", "mtu", "sequence", "at_ms", "last", "status", "added", "changed", "executed", "removed", "reduced", "picture", "ranked")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    MARKET_ID_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    AT_MS_FIELD_NUMBER: _ClassVar[int]
    LAST_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    ADDED_FIELD_NUMBER: _ClassVar[int]
    CHANGED_FIELD_NUMBER: _ClassVar[int]
    EXECUTED_FIELD_NUMBER: _ClassVar[int]
    REMOVED_FIELD_NUMBER: _ClassVar[int]
    REDUCED_FIELD_NUMBER: _ClassVar[int]
    PICTURE_FIELD_NUMBER: _ClassVar[int]
    RANKED_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    market_id: str
    mtu: _common_pb2.Mtu
    sequence: int
    at_ms: int
    last: bool
    status: _orderbook_pb2.BookStatus
    added: _orderbook_pb2.PublicOrder
    changed: _orderbook_pb2.PublicOrder
    executed: Execution
    removed: OrderRemoved
    reduced: TradeReduced
    picture: BookPicture
    ranked: BookRanked
    def __init__(self, area_id: _Optional[str] = ..., market_id: _Optional[str] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., sequence: _Optional[int] = ..., at_ms: _Optional[int] = ..., last: _Optional[bool] = ..., status: _Optional[_Union[_orderbook_pb2.BookStatus, _Mapping]] = ..., added: _Optional[_Union[_orderbook_pb2.PublicOrder, _Mapping]] = ..., changed: _Optional[_Union[_orderbook_pb2.PublicOrder, _Mapping]] = ..., executed: _Optional[_Union[Execution, _Mapping]] = ..., removed: _Optional[_Union[OrderRemoved, _Mapping]] = ..., reduced: _Optional[_Union[TradeReduced, _Mapping]] = ..., picture: _Optional[_Union[BookPicture, _Mapping]] = ..., ranked: _Optional[_Union[BookRanked, _Mapping]] = ...) -> None: ...

class Execution(_message.Message):
    __slots__ = ("trade_id", "product", "quantity_w", "price_ticks", "ask_key", "bid_key", "ask_left_w", "bid_left_w", "buyer_is_aggressor", "held", "called", "seller_feeder_id", "buyer_feeder_id", "dnut_micro_euro", "part_trade_ids", "off_book")
    TRADE_ID_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_W_FIELD_NUMBER: _ClassVar[int]
    PRICE_TICKS_FIELD_NUMBER: _ClassVar[int]
    ASK_KEY_FIELD_NUMBER: _ClassVar[int]
    BID_KEY_FIELD_NUMBER: _ClassVar[int]
    ASK_LEFT_W_FIELD_NUMBER: _ClassVar[int]
    BID_LEFT_W_FIELD_NUMBER: _ClassVar[int]
    BUYER_IS_AGGRESSOR_FIELD_NUMBER: _ClassVar[int]
    HELD_FIELD_NUMBER: _ClassVar[int]
    CALLED_FIELD_NUMBER: _ClassVar[int]
    SELLER_FEEDER_ID_FIELD_NUMBER: _ClassVar[int]
    BUYER_FEEDER_ID_FIELD_NUMBER: _ClassVar[int]
    DNUT_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    PART_TRADE_IDS_FIELD_NUMBER: _ClassVar[int]
    OFF_BOOK_FIELD_NUMBER: _ClassVar[int]
    trade_id: str
    product: _orderbook_pb2.Product
    quantity_w: int
    price_ticks: int
    ask_key: int
    bid_key: int
    ask_left_w: int
    bid_left_w: int
    buyer_is_aggressor: bool
    held: bool
    called: bool
    seller_feeder_id: str
    buyer_feeder_id: str
    dnut_micro_euro: int
    part_trade_ids: _containers.RepeatedScalarFieldContainer[str]
    off_book: bool
    def __init__(self, trade_id: _Optional[str] = ..., product: _Optional[_Union[_orderbook_pb2.Product, str]] = ..., quantity_w: _Optional[int] = ..., price_ticks: _Optional[int] = ..., ask_key: _Optional[int] = ..., bid_key: _Optional[int] = ..., ask_left_w: _Optional[int] = ..., bid_left_w: _Optional[int] = ..., buyer_is_aggressor: _Optional[bool] = ..., held: _Optional[bool] = ..., called: _Optional[bool] = ..., seller_feeder_id: _Optional[str] = ..., buyer_feeder_id: _Optional[str] = ..., dnut_micro_euro: _Optional[int] = ..., part_trade_ids: _Optional[_Iterable[str]] = ..., off_book: _Optional[bool] = ...) -> None: ...

class OrderRemoved(_message.Message):
    __slots__ = ("key", "status")
    KEY_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    key: int
    status: _orderbook_pb2.OrderStatus
    def __init__(self, key: _Optional[int] = ..., status: _Optional[_Union[_orderbook_pb2.OrderStatus, str]] = ...) -> None: ...

class TradeReduced(_message.Message):
    __slots__ = ("trade_id", "left_w", "reason")
    TRADE_ID_FIELD_NUMBER: _ClassVar[int]
    LEFT_W_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    trade_id: str
    left_w: int
    reason: str
    def __init__(self, trade_id: _Optional[str] = ..., left_w: _Optional[int] = ..., reason: _Optional[str] = ...) -> None: ...

class BookPicture(_message.Message):
    __slots__ = ("part", "parts", "status", "orders")
    PART_FIELD_NUMBER: _ClassVar[int]
    PARTS_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    ORDERS_FIELD_NUMBER: _ClassVar[int]
    part: int
    parts: int
    status: _orderbook_pb2.BookStatus
    orders: _containers.RepeatedCompositeFieldContainer[_orderbook_pb2.PublicOrder]
    def __init__(self, part: _Optional[int] = ..., parts: _Optional[int] = ..., status: _Optional[_Union[_orderbook_pb2.BookStatus, _Mapping]] = ..., orders: _Optional[_Iterable[_Union[_orderbook_pb2.PublicOrder, _Mapping]]] = ...) -> None: ...

class BookRanked(_message.Message):
    __slots__ = ("tariff_version",)
    TARIFF_VERSION_FIELD_NUMBER: _ClassVar[int]
    tariff_version: int
    def __init__(self, tariff_version: _Optional[int] = ...) -> None: ...
