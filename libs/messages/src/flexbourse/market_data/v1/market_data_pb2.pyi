from flexbourse.activation.v1 import activation_pb2 as _activation_pb2
from flexbourse.common.v1 import common_pb2 as _common_pb2
from flexbourse.orderbook.v1 import feed_pb2 as _feed_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as _orderbook_pb2
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

class BookHead(_message.Message):
    __slots__ = ("area_id", "market_id", "mtu", "sequence", "at_ms", "status", "whole", "since_sequence")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    MARKET_ID_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    AT_MS_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    WHOLE_FIELD_NUMBER: _ClassVar[int]
    SINCE_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    market_id: str
    mtu: _common_pb2.Mtu
    sequence: int
    at_ms: int
    status: _orderbook_pb2.BookStatus
    whole: bool
    since_sequence: int
    def __init__(self, area_id: _Optional[str] = ..., market_id: _Optional[str] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., sequence: _Optional[int] = ..., at_ms: _Optional[int] = ..., status: _Optional[_Union[_orderbook_pb2.BookStatus, _Mapping]] = ..., whole: _Optional[bool] = ..., since_sequence: _Optional[int] = ...) -> None: ...

class ProductStatistics(_message.Message):
    __slots__ = ("area_id", "market_id", "product", "mtu", "open_ticks", "high_ticks", "low_ticks", "last_ticks", "volume_w", "value_tick_w", "trades", "last_at_ms", "since_sequence", "sequence")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    MARKET_ID_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    OPEN_TICKS_FIELD_NUMBER: _ClassVar[int]
    HIGH_TICKS_FIELD_NUMBER: _ClassVar[int]
    LOW_TICKS_FIELD_NUMBER: _ClassVar[int]
    LAST_TICKS_FIELD_NUMBER: _ClassVar[int]
    VOLUME_W_FIELD_NUMBER: _ClassVar[int]
    VALUE_TICK_W_FIELD_NUMBER: _ClassVar[int]
    TRADES_FIELD_NUMBER: _ClassVar[int]
    LAST_AT_MS_FIELD_NUMBER: _ClassVar[int]
    SINCE_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    market_id: str
    product: _orderbook_pb2.Product
    mtu: _common_pb2.Mtu
    open_ticks: int
    high_ticks: int
    low_ticks: int
    last_ticks: int
    volume_w: int
    value_tick_w: int
    trades: int
    last_at_ms: int
    since_sequence: int
    sequence: int
    def __init__(self, area_id: _Optional[str] = ..., market_id: _Optional[str] = ..., product: _Optional[_Union[_orderbook_pb2.Product, str]] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., open_ticks: _Optional[int] = ..., high_ticks: _Optional[int] = ..., low_ticks: _Optional[int] = ..., last_ticks: _Optional[int] = ..., volume_w: _Optional[int] = ..., value_tick_w: _Optional[int] = ..., trades: _Optional[int] = ..., last_at_ms: _Optional[int] = ..., since_sequence: _Optional[int] = ..., sequence: _Optional[int] = ...) -> None: ...

class NodeList(_message.Message):
    __slots__ = ("area_id", "topology_version", "node_ids", "zone_ids", "offset")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    TOPOLOGY_VERSION_FIELD_NUMBER: _ClassVar[int]
    NODE_IDS_FIELD_NUMBER: _ClassVar[int]
    ZONE_IDS_FIELD_NUMBER: _ClassVar[int]
    OFFSET_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    topology_version: int
    node_ids: _containers.RepeatedScalarFieldContainer[str]
    zone_ids: _containers.RepeatedScalarFieldContainer[str]
    offset: int
    def __init__(self, area_id: _Optional[str] = ..., topology_version: _Optional[int] = ..., node_ids: _Optional[_Iterable[str]] = ..., zone_ids: _Optional[_Iterable[str]] = ..., offset: _Optional[int] = ...) -> None: ...

class NodalTariff(_message.Message):
    __slots__ = ("area_id", "mtu", "version", "topology_version", "ticks", "offset")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    TOPOLOGY_VERSION_FIELD_NUMBER: _ClassVar[int]
    TICKS_FIELD_NUMBER: _ClassVar[int]
    OFFSET_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    mtu: _common_pb2.Mtu
    version: int
    topology_version: int
    ticks: _containers.RepeatedScalarFieldContainer[int]
    offset: int
    def __init__(self, area_id: _Optional[str] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., version: _Optional[int] = ..., topology_version: _Optional[int] = ..., ticks: _Optional[_Iterable[int]] = ..., offset: _Optional[int] = ...) -> None: ...

class OpenActivation(_message.Message):
    __slots__ = ("area_id", "activation_id", "direction", "ordered_ws", "mtu_length_s")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    ACTIVATION_ID_FIELD_NUMBER: _ClassVar[int]
    DIRECTION_FIELD_NUMBER: _ClassVar[int]
    ORDERED_WS_FIELD_NUMBER: _ClassVar[int]
    MTU_LENGTH_S_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    activation_id: str
    direction: _activation_pb2.Direction
    ordered_ws: int
    mtu_length_s: int
    def __init__(self, area_id: _Optional[str] = ..., activation_id: _Optional[str] = ..., direction: _Optional[_Union[_activation_pb2.Direction, str]] = ..., ordered_ws: _Optional[int] = ..., mtu_length_s: _Optional[int] = ...) -> None: ...

class ActivationFigures(_message.Message):
    __slots__ = ("area_id", "direction", "requested", "ordered", "acknowledged", "confirmed", "refused", "failed", "cancelled", "ordered_ws", "delivered_ws", "offset")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    DIRECTION_FIELD_NUMBER: _ClassVar[int]
    REQUESTED_FIELD_NUMBER: _ClassVar[int]
    ORDERED_FIELD_NUMBER: _ClassVar[int]
    ACKNOWLEDGED_FIELD_NUMBER: _ClassVar[int]
    CONFIRMED_FIELD_NUMBER: _ClassVar[int]
    REFUSED_FIELD_NUMBER: _ClassVar[int]
    FAILED_FIELD_NUMBER: _ClassVar[int]
    CANCELLED_FIELD_NUMBER: _ClassVar[int]
    ORDERED_WS_FIELD_NUMBER: _ClassVar[int]
    DELIVERED_WS_FIELD_NUMBER: _ClassVar[int]
    OFFSET_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    direction: _activation_pb2.Direction
    requested: int
    ordered: int
    acknowledged: int
    confirmed: int
    refused: int
    failed: int
    cancelled: int
    ordered_ws: int
    delivered_ws: int
    offset: int
    def __init__(self, area_id: _Optional[str] = ..., direction: _Optional[_Union[_activation_pb2.Direction, str]] = ..., requested: _Optional[int] = ..., ordered: _Optional[int] = ..., acknowledged: _Optional[int] = ..., confirmed: _Optional[int] = ..., refused: _Optional[int] = ..., failed: _Optional[int] = ..., cancelled: _Optional[int] = ..., ordered_ws: _Optional[int] = ..., delivered_ws: _Optional[int] = ..., offset: _Optional[int] = ...) -> None: ...

class GetPublicBookRequest(_message.Message):
    __slots__ = ("area_id", "market_id", "mtu")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    MARKET_ID_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    market_id: str
    mtu: _common_pb2.Mtu
    def __init__(self, area_id: _Optional[str] = ..., market_id: _Optional[str] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ...) -> None: ...

class GetPublicBookResponse(_message.Message):
    __slots__ = ("head", "orders")
    HEAD_FIELD_NUMBER: _ClassVar[int]
    ORDERS_FIELD_NUMBER: _ClassVar[int]
    head: BookHead
    orders: _containers.RepeatedCompositeFieldContainer[_orderbook_pb2.PublicOrder]
    def __init__(self, head: _Optional[_Union[BookHead, _Mapping]] = ..., orders: _Optional[_Iterable[_Union[_orderbook_pb2.PublicOrder, _Mapping]]] = ...) -> None: ...

class StreamBookRequest(_message.Message):
    __slots__ = ("area_id", "market_id", "mtu", "after_sequence")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    MARKET_ID_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    AFTER_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    market_id: str
    mtu: _common_pb2.Mtu
    after_sequence: int
    def __init__(self, area_id: _Optional[str] = ..., market_id: _Optional[str] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., after_sequence: _Optional[int] = ...) -> None: ...

class StreamBookResponse(_message.Message):
    __slots__ = ("event",)
    EVENT_FIELD_NUMBER: _ClassVar[int]
    event: _feed_pb2.FeedEvent
    def __init__(self, event: _Optional[_Union[_feed_pb2.FeedEvent, _Mapping]] = ...) -> None: ...

class GetDepthRequest(_message.Message):
    __slots__ = ("area_id", "market_id", "product", "mtu", "node_id", "levels")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    MARKET_ID_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    LEVELS_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    market_id: str
    product: _orderbook_pb2.Product
    mtu: _common_pb2.Mtu
    node_id: str
    levels: int
    def __init__(self, area_id: _Optional[str] = ..., market_id: _Optional[str] = ..., product: _Optional[_Union[_orderbook_pb2.Product, str]] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., node_id: _Optional[str] = ..., levels: _Optional[int] = ...) -> None: ...

class DepthLevel(_message.Message):
    __slots__ = ("ticks", "quantity_w", "orders")
    TICKS_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_W_FIELD_NUMBER: _ClassVar[int]
    ORDERS_FIELD_NUMBER: _ClassVar[int]
    ticks: int
    quantity_w: int
    orders: int
    def __init__(self, ticks: _Optional[int] = ..., quantity_w: _Optional[int] = ..., orders: _Optional[int] = ...) -> None: ...

class GetDepthResponse(_message.Message):
    __slots__ = ("asks", "bids", "sequence", "status", "tariff_version", "whole", "statistics")
    ASKS_FIELD_NUMBER: _ClassVar[int]
    BIDS_FIELD_NUMBER: _ClassVar[int]
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    TARIFF_VERSION_FIELD_NUMBER: _ClassVar[int]
    WHOLE_FIELD_NUMBER: _ClassVar[int]
    STATISTICS_FIELD_NUMBER: _ClassVar[int]
    asks: _containers.RepeatedCompositeFieldContainer[DepthLevel]
    bids: _containers.RepeatedCompositeFieldContainer[DepthLevel]
    sequence: int
    status: _orderbook_pb2.BookStatus
    tariff_version: int
    whole: bool
    statistics: ProductStatistics
    def __init__(self, asks: _Optional[_Iterable[_Union[DepthLevel, _Mapping]]] = ..., bids: _Optional[_Iterable[_Union[DepthLevel, _Mapping]]] = ..., sequence: _Optional[int] = ..., status: _Optional[_Union[_orderbook_pb2.BookStatus, _Mapping]] = ..., tariff_version: _Optional[int] = ..., whole: _Optional[bool] = ..., statistics: _Optional[_Union[ProductStatistics, _Mapping]] = ...) -> None: ...

class ListStatisticsRequest(_message.Message):
    __slots__ = ("area_id", "market_id", "mtu")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    MARKET_ID_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    market_id: str
    mtu: _common_pb2.Mtu
    def __init__(self, area_id: _Optional[str] = ..., market_id: _Optional[str] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ...) -> None: ...

class ListStatisticsResponse(_message.Message):
    __slots__ = ("statistics",)
    STATISTICS_FIELD_NUMBER: _ClassVar[int]
    statistics: _containers.RepeatedCompositeFieldContainer[ProductStatistics]
    def __init__(self, statistics: _Optional[_Iterable[_Union[ProductStatistics, _Mapping]]] = ...) -> None: ...

class ListBestPricesRequest(_message.Message):
    __slots__ = ("area_id", "market_id", "product", "mtu")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    MARKET_ID_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    market_id: str
    product: _orderbook_pb2.Product
    mtu: _common_pb2.Mtu
    def __init__(self, area_id: _Optional[str] = ..., market_id: _Optional[str] = ..., product: _Optional[_Union[_orderbook_pb2.Product, str]] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ...) -> None: ...

class FeederPrices(_message.Message):
    __slots__ = ("zone_id", "ask_ticks", "ask_w", "bid_ticks", "bid_w")
    ZONE_ID_FIELD_NUMBER: _ClassVar[int]
    ASK_TICKS_FIELD_NUMBER: _ClassVar[int]
    ASK_W_FIELD_NUMBER: _ClassVar[int]
    BID_TICKS_FIELD_NUMBER: _ClassVar[int]
    BID_W_FIELD_NUMBER: _ClassVar[int]
    zone_id: str
    ask_ticks: int
    ask_w: int
    bid_ticks: int
    bid_w: int
    def __init__(self, zone_id: _Optional[str] = ..., ask_ticks: _Optional[int] = ..., ask_w: _Optional[int] = ..., bid_ticks: _Optional[int] = ..., bid_w: _Optional[int] = ...) -> None: ...

class ListBestPricesResponse(_message.Message):
    __slots__ = ("feeders",)
    FEEDERS_FIELD_NUMBER: _ClassVar[int]
    feeders: _containers.RepeatedCompositeFieldContainer[FeederPrices]
    def __init__(self, feeders: _Optional[_Iterable[_Union[FeederPrices, _Mapping]]] = ...) -> None: ...

class ListActivationFiguresRequest(_message.Message):
    __slots__ = ("area_id",)
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    def __init__(self, area_id: _Optional[str] = ...) -> None: ...

class ListActivationFiguresResponse(_message.Message):
    __slots__ = ("figures",)
    FIGURES_FIELD_NUMBER: _ClassVar[int]
    figures: _containers.RepeatedCompositeFieldContainer[ActivationFigures]
    def __init__(self, figures: _Optional[_Iterable[_Union[ActivationFigures, _Mapping]]] = ...) -> None: ...
