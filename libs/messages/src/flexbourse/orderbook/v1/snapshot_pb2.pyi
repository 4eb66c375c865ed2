from flexbourse.common.v1 import common_pb2 as _common_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as _orderbook_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class AdoptedSnapshot(_message.Message):
    __slots__ = ("topic", "key", "value", "type")
    TOPIC_FIELD_NUMBER: _ClassVar[int]
    KEY_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    topic: str
    key: str
    value: bytes
    type: str
    def __init__(self, topic: _Optional[str] = ..., key: _Optional[str] = ..., value: _Optional[bytes] = ..., type: _Optional[str] = ...) -> None: ...

class PositionSnapshot(_message.Message):
    __slots__ = ("metering_point_id", "base_w", "base_case_version", "scheduled_sold_w", "scheduled_bought_w", "deviation_w", "reactive_var")
    METERING_POINT_ID_FIELD_NUMBER: _ClassVar[int]
    BASE_W_FIELD_NUMBER: _ClassVar[int]
    BASE_CASE_VERSION_FIELD_NUMBER: _ClassVar[int]
    SCHEDULED_SOLD_W_FIELD_NUMBER: _ClassVar[int]
    SCHEDULED_BOUGHT_W_FIELD_NUMBER: _ClassVar[int]
    DEVIATION_W_FIELD_NUMBER: _ClassVar[int]
    REACTIVE_VAR_FIELD_NUMBER: _ClassVar[int]
    metering_point_id: str
    base_w: int
    base_case_version: int
    scheduled_sold_w: int
    scheduled_bought_w: int
    deviation_w: int
    reactive_var: int
    def __init__(self, metering_point_id: _Optional[str] = ..., base_w: _Optional[int] = ..., base_case_version: _Optional[int] = ..., scheduled_sold_w: _Optional[int] = ..., scheduled_bought_w: _Optional[int] = ..., deviation_w: _Optional[int] = ..., reactive_var: _Optional[int] = ...) -> None: ...

class UsedClientOrderId(_message.Message):
    __slots__ = ("party", "client_order_id")
    PARTY_FIELD_NUMBER: _ClassVar[int]
    CLIENT_ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    party: str
    client_order_id: str
    def __init__(self, party: _Optional[str] = ..., client_order_id: _Optional[str] = ...) -> None: ...

class UsedIdsOfParty(_message.Message):
    __slots__ = ("party", "ids")
    PARTY_FIELD_NUMBER: _ClassVar[int]
    IDS_FIELD_NUMBER: _ClassVar[int]
    party: str
    ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, party: _Optional[str] = ..., ids: _Optional[_Iterable[str]] = ...) -> None: ...

class MovingTrade(_message.Message):
    __slots__ = ("trade_id", "sequence", "market_id", "seller", "buyer", "buyer_is_aggressor", "quantity_w", "price_ticks", "tick_micro_euro_per_mwh", "dnut_micro_euro", "relief_micro_euro")
    TRADE_ID_FIELD_NUMBER: _ClassVar[int]
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    MARKET_ID_FIELD_NUMBER: _ClassVar[int]
    SELLER_FIELD_NUMBER: _ClassVar[int]
    BUYER_FIELD_NUMBER: _ClassVar[int]
    BUYER_IS_AGGRESSOR_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_W_FIELD_NUMBER: _ClassVar[int]
    PRICE_TICKS_FIELD_NUMBER: _ClassVar[int]
    TICK_MICRO_EURO_PER_MWH_FIELD_NUMBER: _ClassVar[int]
    DNUT_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    RELIEF_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    trade_id: str
    sequence: int
    market_id: str
    seller: MovingSide
    buyer: MovingSide
    buyer_is_aggressor: bool
    quantity_w: int
    price_ticks: int
    tick_micro_euro_per_mwh: int
    dnut_micro_euro: int
    relief_micro_euro: int
    def __init__(self, trade_id: _Optional[str] = ..., sequence: _Optional[int] = ..., market_id: _Optional[str] = ..., seller: _Optional[_Union[MovingSide, _Mapping]] = ..., buyer: _Optional[_Union[MovingSide, _Mapping]] = ..., buyer_is_aggressor: _Optional[bool] = ..., quantity_w: _Optional[int] = ..., price_ticks: _Optional[int] = ..., tick_micro_euro_per_mwh: _Optional[int] = ..., dnut_micro_euro: _Optional[int] = ..., relief_micro_euro: _Optional[int] = ...) -> None: ...

class MovingSide(_message.Message):
    __slots__ = ("party", "metering_point_id", "node_id", "moves")
    PARTY_FIELD_NUMBER: _ClassVar[int]
    METERING_POINT_ID_FIELD_NUMBER: _ClassVar[int]
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    MOVES_FIELD_NUMBER: _ClassVar[int]
    party: str
    metering_point_id: str
    node_id: str
    moves: int
    def __init__(self, party: _Optional[str] = ..., metering_point_id: _Optional[str] = ..., node_id: _Optional[str] = ..., moves: _Optional[int] = ...) -> None: ...

class BookSnapshot(_message.Message):
    __slots__ = ("market_id", "open", "phase", "collects", "waiting", "cause", "reason", "resumes_at_ms", "cleared")
    MARKET_ID_FIELD_NUMBER: _ClassVar[int]
    OPEN_FIELD_NUMBER: _ClassVar[int]
    PHASE_FIELD_NUMBER: _ClassVar[int]
    COLLECTS_FIELD_NUMBER: _ClassVar[int]
    WAITING_FIELD_NUMBER: _ClassVar[int]
    CAUSE_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    RESUMES_AT_MS_FIELD_NUMBER: _ClassVar[int]
    CLEARED_FIELD_NUMBER: _ClassVar[int]
    market_id: str
    open: bool
    phase: _orderbook_pb2.Phase
    collects: bool
    waiting: _containers.RepeatedScalarFieldContainer[int]
    cause: _orderbook_pb2.PhaseCause
    reason: str
    resumes_at_ms: int
    cleared: bool
    def __init__(self, market_id: _Optional[str] = ..., open: _Optional[bool] = ..., phase: _Optional[_Union[_orderbook_pb2.Phase, str]] = ..., collects: _Optional[bool] = ..., waiting: _Optional[_Iterable[int]] = ..., cause: _Optional[_Union[_orderbook_pb2.PhaseCause, str]] = ..., reason: _Optional[str] = ..., resumes_at_ms: _Optional[int] = ..., cleared: _Optional[bool] = ...) -> None: ...

class LastPriceSnapshot(_message.Message):
    __slots__ = ("market_id", "product", "price_ticks")
    MARKET_ID_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_FIELD_NUMBER: _ClassVar[int]
    PRICE_TICKS_FIELD_NUMBER: _ClassVar[int]
    market_id: str
    product: _orderbook_pb2.Product
    price_ticks: int
    def __init__(self, market_id: _Optional[str] = ..., product: _Optional[_Union[_orderbook_pb2.Product, str]] = ..., price_ticks: _Optional[int] = ...) -> None: ...

class KeptMarketSnapshot(_message.Message):
    __slots__ = ("market_id", "market")
    MARKET_ID_FIELD_NUMBER: _ClassVar[int]
    MARKET_FIELD_NUMBER: _ClassVar[int]
    market_id: str
    market: bytes
    def __init__(self, market_id: _Optional[str] = ..., market: _Optional[bytes] = ...) -> None: ...

class MarketHaltSnapshot(_message.Message):
    __slots__ = ("market_id", "reason")
    MARKET_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    market_id: str
    reason: str
    def __init__(self, market_id: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class PotentialSnapshot(_message.Message):
    __slots__ = ("start_micro_euro", "current_micro_euro", "revision_micro_euro", "confirmed_micro_euro")
    START_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    CURRENT_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    REVISION_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    CONFIRMED_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    start_micro_euro: int
    current_micro_euro: int
    revision_micro_euro: int
    confirmed_micro_euro: int
    def __init__(self, start_micro_euro: _Optional[int] = ..., current_micro_euro: _Optional[int] = ..., revision_micro_euro: _Optional[int] = ..., confirmed_micro_euro: _Optional[int] = ...) -> None: ...

class PeriodSnapshot(_message.Message):
    __slots__ = ("mtu", "trade_sequence", "operating_point_sequence", "retry_due", "potential", "accepted", "books", "positions", "used_ids", "loading_relief", "low_relief", "high_relief", "loading_spent_micro_pct", "voltage_spent_npu", "frozen_parameters", "retry_places", "trades", "rechecked_version", "proposal", "proposal_count", "capacity_limits", "held_reliefs", "held_calls", "call_sequence", "blocked_pairs", "contested", "recallable", "last_prices", "kept_markets", "spreads", "spread_sequence", "spreads_due", "used_by_party")
    MTU_FIELD_NUMBER: _ClassVar[int]
    TRADE_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    OPERATING_POINT_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    RETRY_DUE_FIELD_NUMBER: _ClassVar[int]
    POTENTIAL_FIELD_NUMBER: _ClassVar[int]
    ACCEPTED_FIELD_NUMBER: _ClassVar[int]
    BOOKS_FIELD_NUMBER: _ClassVar[int]
    POSITIONS_FIELD_NUMBER: _ClassVar[int]
    USED_IDS_FIELD_NUMBER: _ClassVar[int]
    LOADING_RELIEF_FIELD_NUMBER: _ClassVar[int]
    LOW_RELIEF_FIELD_NUMBER: _ClassVar[int]
    HIGH_RELIEF_FIELD_NUMBER: _ClassVar[int]
    LOADING_SPENT_MICRO_PCT_FIELD_NUMBER: _ClassVar[int]
    VOLTAGE_SPENT_NPU_FIELD_NUMBER: _ClassVar[int]
    FROZEN_PARAMETERS_FIELD_NUMBER: _ClassVar[int]
    RETRY_PLACES_FIELD_NUMBER: _ClassVar[int]
    TRADES_FIELD_NUMBER: _ClassVar[int]
    RECHECKED_VERSION_FIELD_NUMBER: _ClassVar[int]
    PROPOSAL_FIELD_NUMBER: _ClassVar[int]
    PROPOSAL_COUNT_FIELD_NUMBER: _ClassVar[int]
    CAPACITY_LIMITS_FIELD_NUMBER: _ClassVar[int]
    HELD_RELIEFS_FIELD_NUMBER: _ClassVar[int]
    HELD_CALLS_FIELD_NUMBER: _ClassVar[int]
    CALL_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    BLOCKED_PAIRS_FIELD_NUMBER: _ClassVar[int]
    CONTESTED_FIELD_NUMBER: _ClassVar[int]
    RECALLABLE_FIELD_NUMBER: _ClassVar[int]
    LAST_PRICES_FIELD_NUMBER: _ClassVar[int]
    KEPT_MARKETS_FIELD_NUMBER: _ClassVar[int]
    SPREADS_FIELD_NUMBER: _ClassVar[int]
    SPREAD_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    SPREADS_DUE_FIELD_NUMBER: _ClassVar[int]
    USED_BY_PARTY_FIELD_NUMBER: _ClassVar[int]
    mtu: _common_pb2.Mtu
    trade_sequence: int
    operating_point_sequence: int
    retry_due: bool
    potential: PotentialSnapshot
    accepted: _containers.RepeatedCompositeFieldContainer[_orderbook_pb2.NodeChange]
    books: _containers.RepeatedCompositeFieldContainer[BookSnapshot]
    positions: _containers.RepeatedCompositeFieldContainer[PositionSnapshot]
    used_ids: _containers.RepeatedCompositeFieldContainer[UsedClientOrderId]
    loading_relief: _containers.RepeatedScalarFieldContainer[int]
    low_relief: _containers.RepeatedScalarFieldContainer[int]
    high_relief: _containers.RepeatedScalarFieldContainer[int]
    loading_spent_micro_pct: _containers.RepeatedScalarFieldContainer[int]
    voltage_spent_npu: _containers.RepeatedScalarFieldContainer[int]
    frozen_parameters: bytes
    retry_places: _containers.RepeatedCompositeFieldContainer[_orderbook_pb2.RetryPlace]
    trades: _containers.RepeatedCompositeFieldContainer[MovingTrade]
    rechecked_version: int
    proposal: _orderbook_pb2.CurtailmentProposed
    proposal_count: int
    capacity_limits: _containers.RepeatedCompositeFieldContainer[_orderbook_pb2.CapacityLimit]
    held_reliefs: _containers.RepeatedCompositeFieldContainer[_orderbook_pb2.HeldRelief]
    held_calls: _containers.RepeatedCompositeFieldContainer[_orderbook_pb2.FlexibilityHeld]
    call_sequence: int
    blocked_pairs: _containers.RepeatedCompositeFieldContainer[_orderbook_pb2.PairBlocked]
    contested: _containers.RepeatedCompositeFieldContainer[_orderbook_pb2.HeadroomContested]
    recallable: _containers.RepeatedCompositeFieldContainer[_orderbook_pb2.TradeExecuted]
    last_prices: _containers.RepeatedCompositeFieldContainer[LastPriceSnapshot]
    kept_markets: _containers.RepeatedCompositeFieldContainer[KeptMarketSnapshot]
    spreads: _containers.RepeatedCompositeFieldContainer[_orderbook_pb2.SpreadRequested]
    spread_sequence: int
    spreads_due: bool
    used_by_party: _containers.RepeatedCompositeFieldContainer[UsedIdsOfParty]
    def __init__(self, mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., trade_sequence: _Optional[int] = ..., operating_point_sequence: _Optional[int] = ..., retry_due: _Optional[bool] = ..., potential: _Optional[_Union[PotentialSnapshot, _Mapping]] = ..., accepted: _Optional[_Iterable[_Union[_orderbook_pb2.NodeChange, _Mapping]]] = ..., books: _Optional[_Iterable[_Union[BookSnapshot, _Mapping]]] = ..., positions: _Optional[_Iterable[_Union[PositionSnapshot, _Mapping]]] = ..., used_ids: _Optional[_Iterable[_Union[UsedClientOrderId, _Mapping]]] = ..., loading_relief: _Optional[_Iterable[int]] = ..., low_relief: _Optional[_Iterable[int]] = ..., high_relief: _Optional[_Iterable[int]] = ..., loading_spent_micro_pct: _Optional[_Iterable[int]] = ..., voltage_spent_npu: _Optional[_Iterable[int]] = ..., frozen_parameters: _Optional[bytes] = ..., retry_places: _Optional[_Iterable[_Union[_orderbook_pb2.RetryPlace, _Mapping]]] = ..., trades: _Optional[_Iterable[_Union[MovingTrade, _Mapping]]] = ..., rechecked_version: _Optional[int] = ..., proposal: _Optional[_Union[_orderbook_pb2.CurtailmentProposed, _Mapping]] = ..., proposal_count: _Optional[int] = ..., capacity_limits: _Optional[_Iterable[_Union[_orderbook_pb2.CapacityLimit, _Mapping]]] = ..., held_reliefs: _Optional[_Iterable[_Union[_orderbook_pb2.HeldRelief, _Mapping]]] = ..., held_calls: _Optional[_Iterable[_Union[_orderbook_pb2.FlexibilityHeld, _Mapping]]] = ..., call_sequence: _Optional[int] = ..., blocked_pairs: _Optional[_Iterable[_Union[_orderbook_pb2.PairBlocked, _Mapping]]] = ..., contested: _Optional[_Iterable[_Union[_orderbook_pb2.HeadroomContested, _Mapping]]] = ..., recallable: _Optional[_Iterable[_Union[_orderbook_pb2.TradeExecuted, _Mapping]]] = ..., last_prices: _Optional[_Iterable[_Union[LastPriceSnapshot, _Mapping]]] = ..., kept_markets: _Optional[_Iterable[_Union[KeptMarketSnapshot, _Mapping]]] = ..., spreads: _Optional[_Iterable[_Union[_orderbook_pb2.SpreadRequested, _Mapping]]] = ..., spread_sequence: _Optional[int] = ..., spreads_due: _Optional[bool] = ..., used_by_party: _Optional[_Iterable[_Union[UsedIdsOfParty, _Mapping]]] = ...) -> None: ...

class DnutSpentSnapshot(_message.Message):
    __slots__ = ("market_id", "delivery_day", "spent_micro_euro")
    MARKET_ID_FIELD_NUMBER: _ClassVar[int]
    DELIVERY_DAY_FIELD_NUMBER: _ClassVar[int]
    SPENT_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    market_id: str
    delivery_day: str
    spent_micro_euro: int
    def __init__(self, market_id: _Optional[str] = ..., delivery_day: _Optional[str] = ..., spent_micro_euro: _Optional[int] = ...) -> None: ...

class PartyActivity(_message.Message):
    __slots__ = ("party", "market_id", "milli_tokens", "at_ms", "day", "orders", "trades")
    PARTY_FIELD_NUMBER: _ClassVar[int]
    MARKET_ID_FIELD_NUMBER: _ClassVar[int]
    MILLI_TOKENS_FIELD_NUMBER: _ClassVar[int]
    AT_MS_FIELD_NUMBER: _ClassVar[int]
    DAY_FIELD_NUMBER: _ClassVar[int]
    ORDERS_FIELD_NUMBER: _ClassVar[int]
    TRADES_FIELD_NUMBER: _ClassVar[int]
    party: str
    market_id: str
    milli_tokens: int
    at_ms: int
    day: str
    orders: int
    trades: int
    def __init__(self, party: _Optional[str] = ..., market_id: _Optional[str] = ..., milli_tokens: _Optional[int] = ..., at_ms: _Optional[int] = ..., day: _Optional[str] = ..., orders: _Optional[int] = ..., trades: _Optional[int] = ...) -> None: ...

class AreaSnapshot(_message.Message):
    __slots__ = ("area_id", "order_sequence", "halted_reason", "orders", "periods", "reservations", "openings", "dnut_spent", "capacity_version", "outside", "announced", "market_halts", "hibernated", "sessions", "kill_switches", "activities", "spans", "group_members", "agreements", "agreement_sequence", "capacity_sessions", "capacity_requests", "capacity_rights", "capacity_sequence")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    ORDER_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    HALTED_REASON_FIELD_NUMBER: _ClassVar[int]
    ORDERS_FIELD_NUMBER: _ClassVar[int]
    PERIODS_FIELD_NUMBER: _ClassVar[int]
    RESERVATIONS_FIELD_NUMBER: _ClassVar[int]
    OPENINGS_FIELD_NUMBER: _ClassVar[int]
    DNUT_SPENT_FIELD_NUMBER: _ClassVar[int]
    CAPACITY_VERSION_FIELD_NUMBER: _ClassVar[int]
    OUTSIDE_FIELD_NUMBER: _ClassVar[int]
    ANNOUNCED_FIELD_NUMBER: _ClassVar[int]
    MARKET_HALTS_FIELD_NUMBER: _ClassVar[int]
    HIBERNATED_FIELD_NUMBER: _ClassVar[int]
    SESSIONS_FIELD_NUMBER: _ClassVar[int]
    KILL_SWITCHES_FIELD_NUMBER: _ClassVar[int]
    ACTIVITIES_FIELD_NUMBER: _ClassVar[int]
    SPANS_FIELD_NUMBER: _ClassVar[int]
    GROUP_MEMBERS_FIELD_NUMBER: _ClassVar[int]
    AGREEMENTS_FIELD_NUMBER: _ClassVar[int]
    AGREEMENT_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    CAPACITY_SESSIONS_FIELD_NUMBER: _ClassVar[int]
    CAPACITY_REQUESTS_FIELD_NUMBER: _ClassVar[int]
    CAPACITY_RIGHTS_FIELD_NUMBER: _ClassVar[int]
    CAPACITY_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    order_sequence: int
    halted_reason: str
    orders: _containers.RepeatedCompositeFieldContainer[_orderbook_pb2.Order]
    periods: _containers.RepeatedCompositeFieldContainer[PeriodSnapshot]
    reservations: _containers.RepeatedCompositeFieldContainer[_orderbook_pb2.HeadroomReserved]
    openings: _containers.RepeatedCompositeFieldContainer[OpeningSnapshot]
    dnut_spent: _containers.RepeatedCompositeFieldContainer[DnutSpentSnapshot]
    capacity_version: int
    outside: _containers.RepeatedCompositeFieldContainer[_orderbook_pb2.TradedOutside]
    announced: _containers.RepeatedCompositeFieldContainer[OpeningSnapshot]
    market_halts: _containers.RepeatedCompositeFieldContainer[MarketHaltSnapshot]
    hibernated: _containers.RepeatedCompositeFieldContainer[_orderbook_pb2.Order]
    sessions: _containers.RepeatedCompositeFieldContainer[_orderbook_pb2.SessionKept]
    kill_switches: _containers.RepeatedCompositeFieldContainer[_orderbook_pb2.KillSwitchSet]
    activities: _containers.RepeatedCompositeFieldContainer[PartyActivity]
    spans: _containers.RepeatedCompositeFieldContainer[SpanSnapshot]
    group_members: _containers.RepeatedCompositeFieldContainer[GroupMember]
    agreements: _containers.RepeatedCompositeFieldContainer[_orderbook_pb2.Agreement]
    agreement_sequence: int
    capacity_sessions: _containers.RepeatedCompositeFieldContainer[CapacitySessionSnapshot]
    capacity_requests: _containers.RepeatedCompositeFieldContainer[_orderbook_pb2.CapacityRequest]
    capacity_rights: _containers.RepeatedCompositeFieldContainer[CapacityRightSnapshot]
    capacity_sequence: int
    def __init__(self, area_id: _Optional[str] = ..., order_sequence: _Optional[int] = ..., halted_reason: _Optional[str] = ..., orders: _Optional[_Iterable[_Union[_orderbook_pb2.Order, _Mapping]]] = ..., periods: _Optional[_Iterable[_Union[PeriodSnapshot, _Mapping]]] = ..., reservations: _Optional[_Iterable[_Union[_orderbook_pb2.HeadroomReserved, _Mapping]]] = ..., openings: _Optional[_Iterable[_Union[OpeningSnapshot, _Mapping]]] = ..., dnut_spent: _Optional[_Iterable[_Union[DnutSpentSnapshot, _Mapping]]] = ..., capacity_version: _Optional[int] = ..., outside: _Optional[_Iterable[_Union[_orderbook_pb2.TradedOutside, _Mapping]]] = ..., announced: _Optional[_Iterable[_Union[OpeningSnapshot, _Mapping]]] = ..., market_halts: _Optional[_Iterable[_Union[MarketHaltSnapshot, _Mapping]]] = ..., hibernated: _Optional[_Iterable[_Union[_orderbook_pb2.Order, _Mapping]]] = ..., sessions: _Optional[_Iterable[_Union[_orderbook_pb2.SessionKept, _Mapping]]] = ..., kill_switches: _Optional[_Iterable[_Union[_orderbook_pb2.KillSwitchSet, _Mapping]]] = ..., activities: _Optional[_Iterable[_Union[PartyActivity, _Mapping]]] = ..., spans: _Optional[_Iterable[_Union[SpanSnapshot, _Mapping]]] = ..., group_members: _Optional[_Iterable[_Union[GroupMember, _Mapping]]] = ..., agreements: _Optional[_Iterable[_Union[_orderbook_pb2.Agreement, _Mapping]]] = ..., agreement_sequence: _Optional[int] = ..., capacity_sessions: _Optional[_Iterable[_Union[CapacitySessionSnapshot, _Mapping]]] = ..., capacity_requests: _Optional[_Iterable[_Union[_orderbook_pb2.CapacityRequest, _Mapping]]] = ..., capacity_rights: _Optional[_Iterable[_Union[CapacityRightSnapshot, _Mapping]]] = ..., capacity_sequence: _Optional[int] = ...) -> None: ...

class GroupMember(_message.Message):
    __slots__ = ("party", "group", "order_id", "mtu", "whole_w", "filled_w")
    PARTY_FIELD_NUMBER: _ClassVar[int]
    GROUP_FIELD_NUMBER: _ClassVar[int]
    ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    WHOLE_W_FIELD_NUMBER: _ClassVar[int]
    FILLED_W_FIELD_NUMBER: _ClassVar[int]
    party: str
    group: str
    order_id: str
    mtu: _common_pb2.Mtu
    whole_w: int
    filled_w: int
    def __init__(self, party: _Optional[str] = ..., group: _Optional[str] = ..., order_id: _Optional[str] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., whole_w: _Optional[int] = ..., filled_w: _Optional[int] = ...) -> None: ...

class SpanSnapshot(_message.Message):
    __slots__ = ("mtu", "part_length_s", "match_sequence", "used_ids", "last_prices", "blocked_pairs", "retry_due", "retry_places", "used_by_party")
    MTU_FIELD_NUMBER: _ClassVar[int]
    PART_LENGTH_S_FIELD_NUMBER: _ClassVar[int]
    MATCH_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    USED_IDS_FIELD_NUMBER: _ClassVar[int]
    LAST_PRICES_FIELD_NUMBER: _ClassVar[int]
    BLOCKED_PAIRS_FIELD_NUMBER: _ClassVar[int]
    RETRY_DUE_FIELD_NUMBER: _ClassVar[int]
    RETRY_PLACES_FIELD_NUMBER: _ClassVar[int]
    USED_BY_PARTY_FIELD_NUMBER: _ClassVar[int]
    mtu: _common_pb2.Mtu
    part_length_s: int
    match_sequence: int
    used_ids: _containers.RepeatedCompositeFieldContainer[UsedClientOrderId]
    last_prices: _containers.RepeatedCompositeFieldContainer[LastPriceSnapshot]
    blocked_pairs: _containers.RepeatedCompositeFieldContainer[_orderbook_pb2.PairBlocked]
    retry_due: bool
    retry_places: _containers.RepeatedCompositeFieldContainer[_orderbook_pb2.RetryPlace]
    used_by_party: _containers.RepeatedCompositeFieldContainer[UsedIdsOfParty]
    def __init__(self, mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., part_length_s: _Optional[int] = ..., match_sequence: _Optional[int] = ..., used_ids: _Optional[_Iterable[_Union[UsedClientOrderId, _Mapping]]] = ..., last_prices: _Optional[_Iterable[_Union[LastPriceSnapshot, _Mapping]]] = ..., blocked_pairs: _Optional[_Iterable[_Union[_orderbook_pb2.PairBlocked, _Mapping]]] = ..., retry_due: _Optional[bool] = ..., retry_places: _Optional[_Iterable[_Union[_orderbook_pb2.RetryPlace, _Mapping]]] = ..., used_by_party: _Optional[_Iterable[_Union[UsedIdsOfParty, _Mapping]]] = ...) -> None: ...

class CapacityRightSnapshot(_message.Message):
    __slots__ = ("request_id", "party", "market_id", "metering_point_id", "node_id", "sign", "mtu", "quantity_w", "held_w", "amount_micro_euro", "lapses_at_ms")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    PARTY_FIELD_NUMBER: _ClassVar[int]
    MARKET_ID_FIELD_NUMBER: _ClassVar[int]
    METERING_POINT_ID_FIELD_NUMBER: _ClassVar[int]
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    SIGN_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_W_FIELD_NUMBER: _ClassVar[int]
    HELD_W_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    LAPSES_AT_MS_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    party: str
    market_id: str
    metering_point_id: str
    node_id: str
    sign: int
    mtu: _common_pb2.Mtu
    quantity_w: int
    held_w: int
    amount_micro_euro: int
    lapses_at_ms: int
    def __init__(self, request_id: _Optional[str] = ..., party: _Optional[str] = ..., market_id: _Optional[str] = ..., metering_point_id: _Optional[str] = ..., node_id: _Optional[str] = ..., sign: _Optional[int] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., quantity_w: _Optional[int] = ..., held_w: _Optional[int] = ..., amount_micro_euro: _Optional[int] = ..., lapses_at_ms: _Optional[int] = ...) -> None: ...

class CapacitySessionSnapshot(_message.Message):
    __slots__ = ("market_id", "mtu", "periods", "phase")
    MARKET_ID_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    PERIODS_FIELD_NUMBER: _ClassVar[int]
    PHASE_FIELD_NUMBER: _ClassVar[int]
    market_id: str
    mtu: _common_pb2.Mtu
    periods: int
    phase: _orderbook_pb2.CapacityPhase
    def __init__(self, market_id: _Optional[str] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., periods: _Optional[int] = ..., phase: _Optional[_Union[_orderbook_pb2.CapacityPhase, str]] = ...) -> None: ...

class OpeningSnapshot(_message.Message):
    __slots__ = ("market_id", "next_start_s")
    MARKET_ID_FIELD_NUMBER: _ClassVar[int]
    NEXT_START_S_FIELD_NUMBER: _ClassVar[int]
    market_id: str
    next_start_s: int
    def __init__(self, market_id: _Optional[str] = ..., next_start_s: _Optional[int] = ...) -> None: ...

class CollateralSnapshot(_message.Message):
    __slots__ = ("party", "filled_micro_euro", "acknowledged_version")
    PARTY_FIELD_NUMBER: _ClassVar[int]
    FILLED_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    ACKNOWLEDGED_VERSION_FIELD_NUMBER: _ClassVar[int]
    party: str
    filled_micro_euro: int
    acknowledged_version: int
    def __init__(self, party: _Optional[str] = ..., filled_micro_euro: _Optional[int] = ..., acknowledged_version: _Optional[int] = ...) -> None: ...

class OrderBookSnapshot(_message.Message):
    __slots__ = ("format", "at_ms", "step", "adopted", "areas", "collateral", "feeds")
    FORMAT_FIELD_NUMBER: _ClassVar[int]
    AT_MS_FIELD_NUMBER: _ClassVar[int]
    STEP_FIELD_NUMBER: _ClassVar[int]
    ADOPTED_FIELD_NUMBER: _ClassVar[int]
    AREAS_FIELD_NUMBER: _ClassVar[int]
    COLLATERAL_FIELD_NUMBER: _ClassVar[int]
    FEEDS_FIELD_NUMBER: _ClassVar[int]
    format: int
    at_ms: int
    step: int
    adopted: _containers.RepeatedCompositeFieldContainer[AdoptedSnapshot]
    areas: _containers.RepeatedCompositeFieldContainer[AreaSnapshot]
    collateral: _containers.RepeatedCompositeFieldContainer[CollateralSnapshot]
    feeds: _containers.RepeatedCompositeFieldContainer[FeedSnapshot]
    def __init__(self, format: _Optional[int] = ..., at_ms: _Optional[int] = ..., step: _Optional[int] = ..., adopted: _Optional[_Iterable[_Union[AdoptedSnapshot, _Mapping]]] = ..., areas: _Optional[_Iterable[_Union[AreaSnapshot, _Mapping]]] = ..., collateral: _Optional[_Iterable[_Union[CollateralSnapshot, _Mapping]]] = ..., feeds: _Optional[_Iterable[_Union[FeedSnapshot, _Mapping]]] = ...) -> None: ...

class FeedSnapshot(_message.Message):
    __slots__ = ("area_id", "market_id", "mtu", "sequence", "pictured_sequence", "pictured_orders", "closed")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    MARKET_ID_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    PICTURED_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    PICTURED_ORDERS_FIELD_NUMBER: _ClassVar[int]
    CLOSED_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    market_id: str
    mtu: _common_pb2.Mtu
    sequence: int
    pictured_sequence: int
    pictured_orders: int
    closed: bool
    def __init__(self, area_id: _Optional[str] = ..., market_id: _Optional[str] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., sequence: _Optional[int] = ..., pictured_sequence: _Optional[int] = ..., pictured_orders: _Optional[int] = ..., closed: _Optional[bool] = ...) -> None: ...
