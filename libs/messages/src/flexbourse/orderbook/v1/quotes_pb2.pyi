from flexbourse.common.v1 import common_pb2 as _common_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as _orderbook_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Quote(_message.Message):
    __slots__ = ("sequence", "node_id", "open_w", "price_ticks", "quantity_w", "availability_ticks", "slope_milliticks_per_kw", "dnut_unfunded", "conditional")
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    OPEN_W_FIELD_NUMBER: _ClassVar[int]
    PRICE_TICKS_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_W_FIELD_NUMBER: _ClassVar[int]
    AVAILABILITY_TICKS_FIELD_NUMBER: _ClassVar[int]
    SLOPE_MILLITICKS_PER_KW_FIELD_NUMBER: _ClassVar[int]
    DNUT_UNFUNDED_FIELD_NUMBER: _ClassVar[int]
    CONDITIONAL_FIELD_NUMBER: _ClassVar[int]
    sequence: int
    node_id: str
    open_w: int
    price_ticks: int
    quantity_w: int
    availability_ticks: int
    slope_milliticks_per_kw: int
    dnut_unfunded: bool
    conditional: bool
    def __init__(self, sequence: _Optional[int] = ..., node_id: _Optional[str] = ..., open_w: _Optional[int] = ..., price_ticks: _Optional[int] = ..., quantity_w: _Optional[int] = ..., availability_ticks: _Optional[int] = ..., slope_milliticks_per_kw: _Optional[int] = ..., dnut_unfunded: _Optional[bool] = ..., conditional: _Optional[bool] = ...) -> None: ...

class ViewerQuotes(_message.Message):
    __slots__ = ("node_id", "asks", "bids")
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    ASKS_FIELD_NUMBER: _ClassVar[int]
    BIDS_FIELD_NUMBER: _ClassVar[int]
    node_id: str
    asks: _containers.RepeatedCompositeFieldContainer[Quote]
    bids: _containers.RepeatedCompositeFieldContainer[Quote]
    def __init__(self, node_id: _Optional[str] = ..., asks: _Optional[_Iterable[_Union[Quote, _Mapping]]] = ..., bids: _Optional[_Iterable[_Union[Quote, _Mapping]]] = ...) -> None: ...

class GetQuotesRequest(_message.Message):
    __slots__ = ("area_id", "market_id", "product", "mtu", "viewer_node_ids", "quantity_w", "depth", "min_position")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    MARKET_ID_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    VIEWER_NODE_IDS_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_W_FIELD_NUMBER: _ClassVar[int]
    DEPTH_FIELD_NUMBER: _ClassVar[int]
    MIN_POSITION_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    market_id: str
    product: _orderbook_pb2.Product
    mtu: _common_pb2.Mtu
    viewer_node_ids: _containers.RepeatedScalarFieldContainer[str]
    quantity_w: int
    depth: int
    min_position: _common_pb2.LogPosition
    def __init__(self, area_id: _Optional[str] = ..., market_id: _Optional[str] = ..., product: _Optional[_Union[_orderbook_pb2.Product, str]] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., viewer_node_ids: _Optional[_Iterable[str]] = ..., quantity_w: _Optional[int] = ..., depth: _Optional[int] = ..., min_position: _Optional[_Union[_common_pb2.LogPosition, _Mapping]] = ...) -> None: ...

class GetQuotesResponse(_message.Message):
    __slots__ = ("viewers", "operating_point_sequence", "tariff_version", "topology_version", "open")
    VIEWERS_FIELD_NUMBER: _ClassVar[int]
    OPERATING_POINT_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    TARIFF_VERSION_FIELD_NUMBER: _ClassVar[int]
    TOPOLOGY_VERSION_FIELD_NUMBER: _ClassVar[int]
    OPEN_FIELD_NUMBER: _ClassVar[int]
    viewers: _containers.RepeatedCompositeFieldContainer[ViewerQuotes]
    operating_point_sequence: int
    tariff_version: int
    topology_version: int
    open: bool
    def __init__(self, viewers: _Optional[_Iterable[_Union[ViewerQuotes, _Mapping]]] = ..., operating_point_sequence: _Optional[int] = ..., tariff_version: _Optional[int] = ..., topology_version: _Optional[int] = ..., open: _Optional[bool] = ...) -> None: ...

class GetTariffTableRequest(_message.Message):
    __slots__ = ("area_id", "node_id", "quantity_w", "from_s", "to_s", "min_position")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_W_FIELD_NUMBER: _ClassVar[int]
    FROM_S_FIELD_NUMBER: _ClassVar[int]
    TO_S_FIELD_NUMBER: _ClassVar[int]
    MIN_POSITION_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    node_id: str
    quantity_w: int
    from_s: int
    to_s: int
    min_position: _common_pb2.LogPosition
    def __init__(self, area_id: _Optional[str] = ..., node_id: _Optional[str] = ..., quantity_w: _Optional[int] = ..., from_s: _Optional[int] = ..., to_s: _Optional[int] = ..., min_position: _Optional[_Union[_common_pb2.LogPosition, _Mapping]] = ...) -> None: ...

class TariffPeriod(_message.Message):
    __slots__ = ("mtu", "operating_point_sequence", "tariff_version", "nodal_ticks", "slope_drawing_milliticks_per_kw", "slope_injecting_milliticks_per_kw", "tick_micro_euro_per_mwh")
    MTU_FIELD_NUMBER: _ClassVar[int]
    OPERATING_POINT_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    TARIFF_VERSION_FIELD_NUMBER: _ClassVar[int]
    NODAL_TICKS_FIELD_NUMBER: _ClassVar[int]
    SLOPE_DRAWING_MILLITICKS_PER_KW_FIELD_NUMBER: _ClassVar[int]
    SLOPE_INJECTING_MILLITICKS_PER_KW_FIELD_NUMBER: _ClassVar[int]
    TICK_MICRO_EURO_PER_MWH_FIELD_NUMBER: _ClassVar[int]
    mtu: _common_pb2.Mtu
    operating_point_sequence: int
    tariff_version: int
    nodal_ticks: _containers.RepeatedScalarFieldContainer[int]
    slope_drawing_milliticks_per_kw: _containers.RepeatedScalarFieldContainer[int]
    slope_injecting_milliticks_per_kw: _containers.RepeatedScalarFieldContainer[int]
    tick_micro_euro_per_mwh: int
    def __init__(self, mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., operating_point_sequence: _Optional[int] = ..., tariff_version: _Optional[int] = ..., nodal_ticks: _Optional[_Iterable[int]] = ..., slope_drawing_milliticks_per_kw: _Optional[_Iterable[int]] = ..., slope_injecting_milliticks_per_kw: _Optional[_Iterable[int]] = ..., tick_micro_euro_per_mwh: _Optional[int] = ...) -> None: ...

class TariffTable(_message.Message):
    __slots__ = ("topology_version", "node_ids", "periods")
    TOPOLOGY_VERSION_FIELD_NUMBER: _ClassVar[int]
    NODE_IDS_FIELD_NUMBER: _ClassVar[int]
    PERIODS_FIELD_NUMBER: _ClassVar[int]
    topology_version: int
    node_ids: _containers.RepeatedScalarFieldContainer[str]
    periods: _containers.RepeatedCompositeFieldContainer[TariffPeriod]
    def __init__(self, topology_version: _Optional[int] = ..., node_ids: _Optional[_Iterable[str]] = ..., periods: _Optional[_Iterable[_Union[TariffPeriod, _Mapping]]] = ...) -> None: ...

class GetTariffTableResponse(_message.Message):
    __slots__ = ("tables", "quantity_w")
    TABLES_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_W_FIELD_NUMBER: _ClassVar[int]
    tables: _containers.RepeatedCompositeFieldContainer[TariffTable]
    quantity_w: int
    def __init__(self, tables: _Optional[_Iterable[_Union[TariffTable, _Mapping]]] = ..., quantity_w: _Optional[int] = ...) -> None: ...
