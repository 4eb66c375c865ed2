from flexbourse.common.v1 import common_pb2 as _common_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Product(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    PRODUCT_UNSPECIFIED: _ClassVar[Product]
    PRODUCT_LOCAL_ENERGY: _ClassVar[Product]
    PRODUCT_FLEX_UP: _ClassVar[Product]
    PRODUCT_FLEX_DOWN: _ClassVar[Product]
    PRODUCT_FLEX_REACTIVE_UP: _ClassVar[Product]
    PRODUCT_FLEX_REACTIVE_DOWN: _ClassVar[Product]

class Side(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SIDE_UNSPECIFIED: _ClassVar[Side]
    SIDE_BUY: _ClassVar[Side]
    SIDE_SELL: _ClassVar[Side]

class FillRule(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    FILL_RULE_UNSPECIFIED: _ClassVar[FillRule]
    FILL_RULE_NORMAL: _ClassVar[FillRule]
    FILL_RULE_FILL_AND_KILL: _ClassVar[FillRule]
    FILL_RULE_FILL_OR_KILL: _ClassVar[FillRule]
    FILL_RULE_ALL_OR_NONE: _ClassVar[FillRule]

class Basis(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    BASIS_UNSPECIFIED: _ClassVar[Basis]
    BASIS_SCHEDULED: _ClassVar[Basis]
    BASIS_DEVIATION: _ClassVar[Basis]
    BASIS_OPERATOR_REQUEST: _ClassVar[Basis]

class Forwarding(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    FORWARDING_UNSPECIFIED: _ClassVar[Forwarding]
    FORWARDING_AT_CLOSURE: _ClassVar[Forwarding]
    FORWARDING_ON_RELEASE: _ClassVar[Forwarding]

class OrderStatus(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ORDER_STATUS_UNSPECIFIED: _ClassVar[OrderStatus]
    ORDER_STATUS_ACTIVE: _ClassVar[OrderStatus]
    ORDER_STATUS_FILLED: _ClassVar[OrderStatus]
    ORDER_STATUS_CANCELLED: _ClassVar[OrderStatus]
    ORDER_STATUS_EXPIRED: _ClassVar[OrderStatus]
    ORDER_STATUS_KILLED: _ClassVar[OrderStatus]
    ORDER_STATUS_REJECTED: _ClassVar[OrderStatus]
    ORDER_STATUS_HIBERNATED: _ClassVar[OrderStatus]

class Phase(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    PHASE_UNSPECIFIED: _ClassVar[Phase]
    PHASE_PRE_OPEN: _ClassVar[Phase]
    PHASE_CONTINUOUS: _ClassVar[Phase]
    PHASE_CALL: _ClassVar[Phase]
    PHASE_FREEZE: _ClassVar[Phase]
    PHASE_UNCROSSING: _ClassVar[Phase]
    PHASE_HALTED: _ClassVar[Phase]
    PHASE_CLOSED: _ClassVar[Phase]

class PhaseCause(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    PHASE_CAUSE_UNSPECIFIED: _ClassVar[PhaseCause]
    PHASE_CAUSE_SCHEDULE: _ClassVar[PhaseCause]
    PHASE_CAUSE_LIGHT: _ClassVar[PhaseCause]
    PHASE_CAUSE_COLLAR: _ClassVar[PhaseCause]
    PHASE_CAUSE_OPERATOR: _ClassVar[PhaseCause]

class CapacityScope(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CAPACITY_SCOPE_UNSPECIFIED: _ClassVar[CapacityScope]
    CAPACITY_SCOPE_CONNECTION: _ClassVar[CapacityScope]
    CAPACITY_SCOPE_FEEDER: _ClassVar[CapacityScope]
    CAPACITY_SCOPE_ELEMENT: _ClassVar[CapacityScope]

class TariffBearer(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    TARIFF_BEARER_UNSPECIFIED: _ClassVar[TariffBearer]
    TARIFF_BEARER_SELLER: _ClassVar[TariffBearer]
    TARIFF_BEARER_BUYER: _ClassVar[TariffBearer]
    TARIFF_BEARER_HALVES: _ClassVar[TariffBearer]

class AgreementAnswer(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    AGREEMENT_ANSWER_UNSPECIFIED: _ClassVar[AgreementAnswer]
    AGREEMENT_ANSWER_CONFIRM: _ClassVar[AgreementAnswer]
    AGREEMENT_ANSWER_DECLINE: _ClassVar[AgreementAnswer]

class AgreementOutcome(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    AGREEMENT_OUTCOME_UNSPECIFIED: _ClassVar[AgreementOutcome]
    AGREEMENT_OUTCOME_EXECUTED: _ClassVar[AgreementOutcome]
    AGREEMENT_OUTCOME_REFUSED: _ClassVar[AgreementOutcome]
    AGREEMENT_OUTCOME_DECLINED: _ClassVar[AgreementOutcome]
    AGREEMENT_OUTCOME_WITHDRAWN: _ClassVar[AgreementOutcome]
    AGREEMENT_OUTCOME_EXPIRED: _ClassVar[AgreementOutcome]

class CapacityUse(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CAPACITY_USE_UNSPECIFIED: _ClassVar[CapacityUse]
    CAPACITY_USE_CONSUMPTION: _ClassVar[CapacityUse]
    CAPACITY_USE_INJECTION: _ClassVar[CapacityUse]

class CapacityPhase(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CAPACITY_PHASE_UNSPECIFIED: _ClassVar[CapacityPhase]
    CAPACITY_PHASE_CALL: _ClassVar[CapacityPhase]
    CAPACITY_PHASE_FREEZE: _ClassVar[CapacityPhase]
    CAPACITY_PHASE_CLEARED: _ClassVar[CapacityPhase]

class CapacityUseBy(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CAPACITY_USE_BY_UNSPECIFIED: _ClassVar[CapacityUseBy]
    CAPACITY_USE_BY_DECLARATION: _ClassVar[CapacityUseBy]
    CAPACITY_USE_BY_ORDER: _ClassVar[CapacityUseBy]

class ReplaceCause(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    REPLACE_CAUSE_UNSPECIFIED: _ClassVar[ReplaceCause]
    REPLACE_CAUSE_NEXT_CLIP: _ClassVar[ReplaceCause]
    REPLACE_CAUSE_REACTIVATED: _ClassVar[ReplaceCause]
    REPLACE_CAUSE_TRADED_OUTSIDE: _ClassVar[ReplaceCause]
    REPLACE_CAUSE_EXCLUSIVE_GROUP: _ClassVar[ReplaceCause]

class OperatorAction(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    OPERATOR_ACTION_UNSPECIFIED: _ClassVar[OperatorAction]
    OPERATOR_ACTION_HALT: _ClassVar[OperatorAction]
    OPERATOR_ACTION_RESUME: _ClassVar[OperatorAction]
    OPERATOR_ACTION_CANCEL_FOR: _ClassVar[OperatorAction]
    OPERATOR_ACTION_RECALL: _ClassVar[OperatorAction]
PRODUCT_UNSPECIFIED: Product
PRODUCT_LOCAL_ENERGY: Product
PRODUCT_FLEX_UP: Product
PRODUCT_FLEX_DOWN: Product
PRODUCT_FLEX_REACTIVE_UP: Product
PRODUCT_FLEX_REACTIVE_DOWN: Product
SIDE_UNSPECIFIED: Side
SIDE_BUY: Side
SIDE_SELL: Side
FILL_RULE_UNSPECIFIED: FillRule
FILL_RULE_NORMAL: FillRule
FILL_RULE_FILL_AND_KILL: FillRule
FILL_RULE_FILL_OR_KILL: FillRule
FILL_RULE_ALL_OR_NONE: FillRule
BASIS_UNSPECIFIED: Basis
BASIS_SCHEDULED: Basis
BASIS_DEVIATION: Basis
BASIS_OPERATOR_REQUEST: Basis
FORWARDING_UNSPECIFIED: Forwarding
FORWARDING_AT_CLOSURE: Forwarding
FORWARDING_ON_RELEASE: Forwarding
ORDER_STATUS_UNSPECIFIED: OrderStatus
ORDER_STATUS_ACTIVE: OrderStatus
ORDER_STATUS_FILLED: OrderStatus
ORDER_STATUS_CANCELLED: OrderStatus
ORDER_STATUS_EXPIRED: OrderStatus
ORDER_STATUS_KILLED: OrderStatus
ORDER_STATUS_REJECTED: OrderStatus
ORDER_STATUS_HIBERNATED: OrderStatus
PHASE_UNSPECIFIED: Phase
PHASE_PRE_OPEN: Phase
PHASE_CONTINUOUS: Phase
PHASE_CALL: Phase
PHASE_FREEZE: Phase
PHASE_UNCROSSING: Phase
PHASE_HALTED: Phase
PHASE_CLOSED: Phase
PHASE_CAUSE_UNSPECIFIED: PhaseCause
PHASE_CAUSE_SCHEDULE: PhaseCause
PHASE_CAUSE_LIGHT: PhaseCause
PHASE_CAUSE_COLLAR: PhaseCause
PHASE_CAUSE_OPERATOR: PhaseCause
CAPACITY_SCOPE_UNSPECIFIED: CapacityScope
CAPACITY_SCOPE_CONNECTION: CapacityScope
CAPACITY_SCOPE_FEEDER: CapacityScope
CAPACITY_SCOPE_ELEMENT: CapacityScope
TARIFF_BEARER_UNSPECIFIED: TariffBearer
TARIFF_BEARER_SELLER: TariffBearer
TARIFF_BEARER_BUYER: TariffBearer
TARIFF_BEARER_HALVES: TariffBearer
AGREEMENT_ANSWER_UNSPECIFIED: AgreementAnswer
AGREEMENT_ANSWER_CONFIRM: AgreementAnswer
AGREEMENT_ANSWER_DECLINE: AgreementAnswer
AGREEMENT_OUTCOME_UNSPECIFIED: AgreementOutcome
AGREEMENT_OUTCOME_EXECUTED: AgreementOutcome
AGREEMENT_OUTCOME_REFUSED: AgreementOutcome
AGREEMENT_OUTCOME_DECLINED: AgreementOutcome
AGREEMENT_OUTCOME_WITHDRAWN: AgreementOutcome
AGREEMENT_OUTCOME_EXPIRED: AgreementOutcome
CAPACITY_USE_UNSPECIFIED: CapacityUse
CAPACITY_USE_CONSUMPTION: CapacityUse
CAPACITY_USE_INJECTION: CapacityUse
CAPACITY_PHASE_UNSPECIFIED: CapacityPhase
CAPACITY_PHASE_CALL: CapacityPhase
CAPACITY_PHASE_FREEZE: CapacityPhase
CAPACITY_PHASE_CLEARED: CapacityPhase
CAPACITY_USE_BY_UNSPECIFIED: CapacityUseBy
CAPACITY_USE_BY_DECLARATION: CapacityUseBy
CAPACITY_USE_BY_ORDER: CapacityUseBy
REPLACE_CAUSE_UNSPECIFIED: ReplaceCause
REPLACE_CAUSE_NEXT_CLIP: ReplaceCause
REPLACE_CAUSE_REACTIVATED: ReplaceCause
REPLACE_CAUSE_TRADED_OUTSIDE: ReplaceCause
REPLACE_CAUSE_EXCLUSIVE_GROUP: ReplaceCause
OPERATOR_ACTION_UNSPECIFIED: OperatorAction
OPERATOR_ACTION_HALT: OperatorAction
OPERATOR_ACTION_RESUME: OperatorAction
OPERATOR_ACTION_CANCEL_FOR: OperatorAction
OPERATOR_ACTION_RECALL: OperatorAction

class ReliefTarget(_message.Message):
    __slots__ = ("element_id", "value")
    ELEMENT_ID_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    element_id: str
    value: int
    def __init__(self, element_id: _Optional[str] = ..., value: _Optional[int] = ...) -> None: ...

class ExecutionInstructions(_message.Message):
    __slots__ = ("min_quantity_w", "clip_w", "clip_step_ticks", "valid_until_ms", "session_id")
    MIN_QUANTITY_W_FIELD_NUMBER: _ClassVar[int]
    CLIP_W_FIELD_NUMBER: _ClassVar[int]
    CLIP_STEP_TICKS_FIELD_NUMBER: _ClassVar[int]
    VALID_UNTIL_MS_FIELD_NUMBER: _ClassVar[int]
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    min_quantity_w: int
    clip_w: int
    clip_step_ticks: int
    valid_until_ms: int
    session_id: str
    def __init__(self, min_quantity_w: _Optional[int] = ..., clip_w: _Optional[int] = ..., clip_step_ticks: _Optional[int] = ..., valid_until_ms: _Optional[int] = ..., session_id: _Optional[str] = ...) -> None: ...

class AuctionTerms(_message.Message):
    __slots__ = ("end_price_ticks", "minimum_ppm", "parent", "group")
    END_PRICE_TICKS_FIELD_NUMBER: _ClassVar[int]
    MINIMUM_PPM_FIELD_NUMBER: _ClassVar[int]
    PARENT_FIELD_NUMBER: _ClassVar[int]
    GROUP_FIELD_NUMBER: _ClassVar[int]
    end_price_ticks: int
    minimum_ppm: int
    parent: str
    group: str
    def __init__(self, end_price_ticks: _Optional[int] = ..., minimum_ppm: _Optional[int] = ..., parent: _Optional[str] = ..., group: _Optional[str] = ...) -> None: ...

class NewOrder(_message.Message):
    __slots__ = ("client_order_id", "market_id", "product", "side", "mtu", "unit_id", "metering_point_id", "element_id", "quantity_w", "limit_price_ticks", "fill_rule", "relief_targets", "conditional", "forwarding", "instructions", "exclusive_group", "auction", "spread_offer")
    CLIENT_ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    MARKET_ID_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_FIELD_NUMBER: _ClassVar[int]
    SIDE_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    UNIT_ID_FIELD_NUMBER: _ClassVar[int]
    METERING_POINT_ID_FIELD_NUMBER: _ClassVar[int]
    ELEMENT_ID_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_W_FIELD_NUMBER: _ClassVar[int]
    LIMIT_PRICE_TICKS_FIELD_NUMBER: _ClassVar[int]
    FILL_RULE_FIELD_NUMBER: _ClassVar[int]
    RELIEF_TARGETS_FIELD_NUMBER: _ClassVar[int]
    CONDITIONAL_FIELD_NUMBER: _ClassVar[int]
    FORWARDING_FIELD_NUMBER: _ClassVar[int]
    INSTRUCTIONS_FIELD_NUMBER: _ClassVar[int]
    EXCLUSIVE_GROUP_FIELD_NUMBER: _ClassVar[int]
    AUCTION_FIELD_NUMBER: _ClassVar[int]
    SPREAD_OFFER_FIELD_NUMBER: _ClassVar[int]
    client_order_id: str
    market_id: str
    product: Product
    side: Side
    mtu: _common_pb2.Mtu
    unit_id: str
    metering_point_id: str
    element_id: str
    quantity_w: int
    limit_price_ticks: int
    fill_rule: FillRule
    relief_targets: _containers.RepeatedCompositeFieldContainer[ReliefTarget]
    conditional: bool
    forwarding: Forwarding
    instructions: ExecutionInstructions
    exclusive_group: str
    auction: AuctionTerms
    spread_offer: bool
    def __init__(self, client_order_id: _Optional[str] = ..., market_id: _Optional[str] = ..., product: _Optional[_Union[Product, str]] = ..., side: _Optional[_Union[Side, str]] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., unit_id: _Optional[str] = ..., metering_point_id: _Optional[str] = ..., element_id: _Optional[str] = ..., quantity_w: _Optional[int] = ..., limit_price_ticks: _Optional[int] = ..., fill_rule: _Optional[_Union[FillRule, str]] = ..., relief_targets: _Optional[_Iterable[_Union[ReliefTarget, _Mapping]]] = ..., conditional: _Optional[bool] = ..., forwarding: _Optional[_Union[Forwarding, str]] = ..., instructions: _Optional[_Union[ExecutionInstructions, _Mapping]] = ..., exclusive_group: _Optional[str] = ..., auction: _Optional[_Union[AuctionTerms, _Mapping]] = ..., spread_offer: _Optional[bool] = ...) -> None: ...

class SubmitOrders(_message.Message):
    __slots__ = ("orders", "together", "basket", "auction_block")
    ORDERS_FIELD_NUMBER: _ClassVar[int]
    TOGETHER_FIELD_NUMBER: _ClassVar[int]
    BASKET_FIELD_NUMBER: _ClassVar[int]
    AUCTION_BLOCK_FIELD_NUMBER: _ClassVar[int]
    orders: _containers.RepeatedCompositeFieldContainer[NewOrder]
    together: bool
    basket: bool
    auction_block: bool
    def __init__(self, orders: _Optional[_Iterable[_Union[NewOrder, _Mapping]]] = ..., together: _Optional[bool] = ..., basket: _Optional[bool] = ..., auction_block: _Optional[bool] = ...) -> None: ...

class CancelOrders(_message.Message):
    __slots__ = ("order_ids",)
    ORDER_IDS_FIELD_NUMBER: _ClassVar[int]
    order_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, order_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class ReplaceOrder(_message.Message):
    __slots__ = ("order_id", "quantity_w", "limit_price_ticks", "expected_revision", "expected_open_w")
    ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_W_FIELD_NUMBER: _ClassVar[int]
    LIMIT_PRICE_TICKS_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_REVISION_FIELD_NUMBER: _ClassVar[int]
    EXPECTED_OPEN_W_FIELD_NUMBER: _ClassVar[int]
    order_id: str
    quantity_w: int
    limit_price_ticks: int
    expected_revision: int
    expected_open_w: int
    def __init__(self, order_id: _Optional[str] = ..., quantity_w: _Optional[int] = ..., limit_price_ticks: _Optional[int] = ..., expected_revision: _Optional[int] = ..., expected_open_w: _Optional[int] = ...) -> None: ...

class NodeChange(_message.Message):
    __slots__ = ("node_id", "p_w", "q_var")
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    P_W_FIELD_NUMBER: _ClassVar[int]
    Q_VAR_FIELD_NUMBER: _ClassVar[int]
    node_id: str
    p_w: int
    q_var: int
    def __init__(self, node_id: _Optional[str] = ..., p_w: _Optional[int] = ..., q_var: _Optional[int] = ...) -> None: ...

class ReserveHeadroom(_message.Message):
    __slots__ = ("reservation_id", "area_id", "mtu", "changes", "expires_at_ms", "any_fill")
    RESERVATION_ID_FIELD_NUMBER: _ClassVar[int]
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    CHANGES_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_AT_MS_FIELD_NUMBER: _ClassVar[int]
    ANY_FILL_FIELD_NUMBER: _ClassVar[int]
    reservation_id: str
    area_id: str
    mtu: _common_pb2.Mtu
    changes: _containers.RepeatedCompositeFieldContainer[NodeChange]
    expires_at_ms: int
    any_fill: bool
    def __init__(self, reservation_id: _Optional[str] = ..., area_id: _Optional[str] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., changes: _Optional[_Iterable[_Union[NodeChange, _Mapping]]] = ..., expires_at_ms: _Optional[int] = ..., any_fill: _Optional[bool] = ...) -> None: ...

class ConfirmHeadroom(_message.Message):
    __slots__ = ("reservation_id", "changes")
    RESERVATION_ID_FIELD_NUMBER: _ClassVar[int]
    CHANGES_FIELD_NUMBER: _ClassVar[int]
    reservation_id: str
    changes: _containers.RepeatedCompositeFieldContainer[NodeChange]
    def __init__(self, reservation_id: _Optional[str] = ..., changes: _Optional[_Iterable[_Union[NodeChange, _Mapping]]] = ...) -> None: ...

class ReleaseHeadroom(_message.Message):
    __slots__ = ("reservation_id", "changes")
    RESERVATION_ID_FIELD_NUMBER: _ClassVar[int]
    CHANGES_FIELD_NUMBER: _ClassVar[int]
    reservation_id: str
    changes: _containers.RepeatedCompositeFieldContainer[NodeChange]
    def __init__(self, reservation_id: _Optional[str] = ..., changes: _Optional[_Iterable[_Union[NodeChange, _Mapping]]] = ...) -> None: ...

class ResumeArea(_message.Message):
    __slots__ = ("reason",)
    REASON_FIELD_NUMBER: _ClassVar[int]
    reason: str
    def __init__(self, reason: _Optional[str] = ...) -> None: ...

class DecideCurtailment(_message.Message):
    __slots__ = ("proposal_id", "confirm", "reason")
    PROPOSAL_ID_FIELD_NUMBER: _ClassVar[int]
    CONFIRM_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    proposal_id: str
    confirm: bool
    reason: str
    def __init__(self, proposal_id: _Optional[str] = ..., confirm: _Optional[bool] = ..., reason: _Optional[str] = ...) -> None: ...

class CapacityLimit(_message.Message):
    __slots__ = ("mtu", "scope", "subject_id", "max_injection_w", "max_consumption_w", "max_loading_mpct", "node_id", "min_voltage_upu", "max_voltage_upu")
    MTU_FIELD_NUMBER: _ClassVar[int]
    SCOPE_FIELD_NUMBER: _ClassVar[int]
    SUBJECT_ID_FIELD_NUMBER: _ClassVar[int]
    MAX_INJECTION_W_FIELD_NUMBER: _ClassVar[int]
    MAX_CONSUMPTION_W_FIELD_NUMBER: _ClassVar[int]
    MAX_LOADING_MPCT_FIELD_NUMBER: _ClassVar[int]
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    MIN_VOLTAGE_UPU_FIELD_NUMBER: _ClassVar[int]
    MAX_VOLTAGE_UPU_FIELD_NUMBER: _ClassVar[int]
    mtu: _common_pb2.Mtu
    scope: CapacityScope
    subject_id: str
    max_injection_w: int
    max_consumption_w: int
    max_loading_mpct: int
    node_id: str
    min_voltage_upu: int
    max_voltage_upu: int
    def __init__(self, mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., scope: _Optional[_Union[CapacityScope, str]] = ..., subject_id: _Optional[str] = ..., max_injection_w: _Optional[int] = ..., max_consumption_w: _Optional[int] = ..., max_loading_mpct: _Optional[int] = ..., node_id: _Optional[str] = ..., min_voltage_upu: _Optional[int] = ..., max_voltage_upu: _Optional[int] = ...) -> None: ...

class SetCapacityLimits(_message.Message):
    __slots__ = ("expected_version", "limits")
    EXPECTED_VERSION_FIELD_NUMBER: _ClassVar[int]
    LIMITS_FIELD_NUMBER: _ClassVar[int]
    expected_version: int
    limits: _containers.RepeatedCompositeFieldContainer[CapacityLimit]
    def __init__(self, expected_version: _Optional[int] = ..., limits: _Optional[_Iterable[_Union[CapacityLimit, _Mapping]]] = ...) -> None: ...

class CapacityLimitsSet(_message.Message):
    __slots__ = ("area_id", "party", "version", "limits")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    PARTY_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    LIMITS_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    party: str
    version: int
    limits: _containers.RepeatedCompositeFieldContainer[CapacityLimit]
    def __init__(self, area_id: _Optional[str] = ..., party: _Optional[str] = ..., version: _Optional[int] = ..., limits: _Optional[_Iterable[_Union[CapacityLimit, _Mapping]]] = ...) -> None: ...

class ReleaseRelief(_message.Message):
    __slots__ = ("trade_id",)
    TRADE_ID_FIELD_NUMBER: _ClassVar[int]
    trade_id: str
    def __init__(self, trade_id: _Optional[str] = ...) -> None: ...

class HeldRelief(_message.Message):
    __slots__ = ("trade_id", "party", "market_id", "effect")
    TRADE_ID_FIELD_NUMBER: _ClassVar[int]
    PARTY_FIELD_NUMBER: _ClassVar[int]
    MARKET_ID_FIELD_NUMBER: _ClassVar[int]
    EFFECT_FIELD_NUMBER: _ClassVar[int]
    trade_id: str
    party: str
    market_id: str
    effect: GridEffect
    def __init__(self, trade_id: _Optional[str] = ..., party: _Optional[str] = ..., market_id: _Optional[str] = ..., effect: _Optional[_Union[GridEffect, _Mapping]] = ...) -> None: ...

class ReliefReleased(_message.Message):
    __slots__ = ("area_id", "mtu", "trade_id", "party", "effect")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    TRADE_ID_FIELD_NUMBER: _ClassVar[int]
    PARTY_FIELD_NUMBER: _ClassVar[int]
    EFFECT_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    mtu: _common_pb2.Mtu
    trade_id: str
    party: str
    effect: GridEffect
    def __init__(self, area_id: _Optional[str] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., trade_id: _Optional[str] = ..., party: _Optional[str] = ..., effect: _Optional[_Union[GridEffect, _Mapping]] = ...) -> None: ...

class EndCall(_message.Message):
    __slots__ = ("call_ids", "order_id", "made")
    CALL_IDS_FIELD_NUMBER: _ClassVar[int]
    ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    MADE_FIELD_NUMBER: _ClassVar[int]
    call_ids: _containers.RepeatedScalarFieldContainer[str]
    order_id: str
    made: bool
    def __init__(self, call_ids: _Optional[_Iterable[str]] = ..., order_id: _Optional[str] = ..., made: _Optional[bool] = ...) -> None: ...

class HaltBooks(_message.Message):
    __slots__ = ("market_id", "mtu", "reason", "until_ms")
    MARKET_ID_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    UNTIL_MS_FIELD_NUMBER: _ClassVar[int]
    market_id: str
    mtu: _common_pb2.Mtu
    reason: str
    until_ms: int
    def __init__(self, market_id: _Optional[str] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., reason: _Optional[str] = ..., until_ms: _Optional[int] = ...) -> None: ...

class ResumeBooks(_message.Message):
    __slots__ = ("market_id", "mtu", "reason")
    MARKET_ID_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    market_id: str
    mtu: _common_pb2.Mtu
    reason: str
    def __init__(self, market_id: _Optional[str] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., reason: _Optional[str] = ...) -> None: ...

class CancelFor(_message.Message):
    __slots__ = ("order_ids", "party", "market_id", "mtu", "all", "reason")
    ORDER_IDS_FIELD_NUMBER: _ClassVar[int]
    PARTY_FIELD_NUMBER: _ClassVar[int]
    MARKET_ID_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    ALL_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    order_ids: _containers.RepeatedScalarFieldContainer[str]
    party: str
    market_id: str
    mtu: _common_pb2.Mtu
    all: bool
    reason: str
    def __init__(self, order_ids: _Optional[_Iterable[str]] = ..., party: _Optional[str] = ..., market_id: _Optional[str] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., all: _Optional[bool] = ..., reason: _Optional[str] = ...) -> None: ...

class RecallTrade(_message.Message):
    __slots__ = ("trade_id", "reason")
    TRADE_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    trade_id: str
    reason: str
    def __init__(self, trade_id: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class HitOrder(_message.Message):
    __slots__ = ("order", "resting_sequence", "level_ticks")
    ORDER_FIELD_NUMBER: _ClassVar[int]
    RESTING_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    LEVEL_TICKS_FIELD_NUMBER: _ClassVar[int]
    order: NewOrder
    resting_sequence: int
    level_ticks: int
    def __init__(self, order: _Optional[_Union[NewOrder, _Mapping]] = ..., resting_sequence: _Optional[int] = ..., level_ticks: _Optional[int] = ...) -> None: ...

class CancelAll(_message.Message):
    __slots__ = ("market_id", "product", "mtu")
    MARKET_ID_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    market_id: str
    product: Product
    mtu: _common_pb2.Mtu
    def __init__(self, market_id: _Optional[str] = ..., product: _Optional[_Union[Product, str]] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ...) -> None: ...

class HibernateOrders(_message.Message):
    __slots__ = ("order_ids",)
    ORDER_IDS_FIELD_NUMBER: _ClassVar[int]
    order_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, order_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class ReactivateOrders(_message.Message):
    __slots__ = ("order_ids",)
    ORDER_IDS_FIELD_NUMBER: _ClassVar[int]
    order_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, order_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class KeepSession(_message.Message):
    __slots__ = ("session_id", "timeout_ms")
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    TIMEOUT_MS_FIELD_NUMBER: _ClassVar[int]
    session_id: str
    timeout_ms: int
    def __init__(self, session_id: _Optional[str] = ..., timeout_ms: _Optional[int] = ...) -> None: ...

class SetKillSwitch(_message.Message):
    __slots__ = ("participant_id", "engaged", "reason")
    PARTICIPANT_ID_FIELD_NUMBER: _ClassVar[int]
    ENGAGED_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    participant_id: str
    engaged: bool
    reason: str
    def __init__(self, participant_id: _Optional[str] = ..., engaged: _Optional[bool] = ..., reason: _Optional[str] = ...) -> None: ...

class OrderHibernated(_message.Message):
    __slots__ = ("order",)
    ORDER_FIELD_NUMBER: _ClassVar[int]
    order: Order
    def __init__(self, order: _Optional[_Union[Order, _Mapping]] = ...) -> None: ...

class SessionKept(_message.Message):
    __slots__ = ("area_id", "party", "session_id", "until_ms")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    PARTY_FIELD_NUMBER: _ClassVar[int]
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    UNTIL_MS_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    party: str
    session_id: str
    until_ms: int
    def __init__(self, area_id: _Optional[str] = ..., party: _Optional[str] = ..., session_id: _Optional[str] = ..., until_ms: _Optional[int] = ...) -> None: ...

class KillSwitchSet(_message.Message):
    __slots__ = ("area_id", "participant_id", "engaged", "by_operator", "reason", "party")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    PARTICIPANT_ID_FIELD_NUMBER: _ClassVar[int]
    ENGAGED_FIELD_NUMBER: _ClassVar[int]
    BY_OPERATOR_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    PARTY_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    participant_id: str
    engaged: bool
    by_operator: bool
    reason: str
    party: str
    def __init__(self, area_id: _Optional[str] = ..., participant_id: _Optional[str] = ..., engaged: _Optional[bool] = ..., by_operator: _Optional[bool] = ..., reason: _Optional[str] = ..., party: _Optional[str] = ...) -> None: ...

class AgreedSide(_message.Message):
    __slots__ = ("party", "unit_id", "metering_point_id", "reference")
    PARTY_FIELD_NUMBER: _ClassVar[int]
    UNIT_ID_FIELD_NUMBER: _ClassVar[int]
    METERING_POINT_ID_FIELD_NUMBER: _ClassVar[int]
    REFERENCE_FIELD_NUMBER: _ClassVar[int]
    party: str
    unit_id: str
    metering_point_id: str
    reference: str
    def __init__(self, party: _Optional[str] = ..., unit_id: _Optional[str] = ..., metering_point_id: _Optional[str] = ..., reference: _Optional[str] = ...) -> None: ...

class AgreedTrade(_message.Message):
    __slots__ = ("product", "mtus", "quantity_w", "price_ticks", "seller", "buyer", "tariff_borne_by")
    PRODUCT_FIELD_NUMBER: _ClassVar[int]
    MTUS_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_W_FIELD_NUMBER: _ClassVar[int]
    PRICE_TICKS_FIELD_NUMBER: _ClassVar[int]
    SELLER_FIELD_NUMBER: _ClassVar[int]
    BUYER_FIELD_NUMBER: _ClassVar[int]
    TARIFF_BORNE_BY_FIELD_NUMBER: _ClassVar[int]
    product: Product
    mtus: _containers.RepeatedCompositeFieldContainer[_common_pb2.Mtu]
    quantity_w: int
    price_ticks: int
    seller: AgreedSide
    buyer: AgreedSide
    tariff_borne_by: TariffBearer
    def __init__(self, product: _Optional[_Union[Product, str]] = ..., mtus: _Optional[_Iterable[_Union[_common_pb2.Mtu, _Mapping]]] = ..., quantity_w: _Optional[int] = ..., price_ticks: _Optional[int] = ..., seller: _Optional[_Union[AgreedSide, _Mapping]] = ..., buyer: _Optional[_Union[AgreedSide, _Mapping]] = ..., tariff_borne_by: _Optional[_Union[TariffBearer, str]] = ...) -> None: ...

class ProposeAgreement(_message.Message):
    __slots__ = ("client_agreement_id", "market_id", "trades", "valid_until_ms")
    CLIENT_AGREEMENT_ID_FIELD_NUMBER: _ClassVar[int]
    MARKET_ID_FIELD_NUMBER: _ClassVar[int]
    TRADES_FIELD_NUMBER: _ClassVar[int]
    VALID_UNTIL_MS_FIELD_NUMBER: _ClassVar[int]
    client_agreement_id: str
    market_id: str
    trades: _containers.RepeatedCompositeFieldContainer[AgreedTrade]
    valid_until_ms: int
    def __init__(self, client_agreement_id: _Optional[str] = ..., market_id: _Optional[str] = ..., trades: _Optional[_Iterable[_Union[AgreedTrade, _Mapping]]] = ..., valid_until_ms: _Optional[int] = ...) -> None: ...

class AnswerAgreement(_message.Message):
    __slots__ = ("agreement_id", "answer")
    AGREEMENT_ID_FIELD_NUMBER: _ClassVar[int]
    ANSWER_FIELD_NUMBER: _ClassVar[int]
    agreement_id: str
    answer: AgreementAnswer
    def __init__(self, agreement_id: _Optional[str] = ..., answer: _Optional[_Union[AgreementAnswer, str]] = ...) -> None: ...

class Agreement(_message.Message):
    __slots__ = ("agreement_id", "area_id", "market_id", "proposer", "client_agreement_id", "trades", "awaited", "valid_until_ms", "proposed_at_ms", "sequence")
    AGREEMENT_ID_FIELD_NUMBER: _ClassVar[int]
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    MARKET_ID_FIELD_NUMBER: _ClassVar[int]
    PROPOSER_FIELD_NUMBER: _ClassVar[int]
    CLIENT_AGREEMENT_ID_FIELD_NUMBER: _ClassVar[int]
    TRADES_FIELD_NUMBER: _ClassVar[int]
    AWAITED_FIELD_NUMBER: _ClassVar[int]
    VALID_UNTIL_MS_FIELD_NUMBER: _ClassVar[int]
    PROPOSED_AT_MS_FIELD_NUMBER: _ClassVar[int]
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    agreement_id: str
    area_id: str
    market_id: str
    proposer: str
    client_agreement_id: str
    trades: _containers.RepeatedCompositeFieldContainer[AgreedTrade]
    awaited: _containers.RepeatedScalarFieldContainer[str]
    valid_until_ms: int
    proposed_at_ms: int
    sequence: int
    def __init__(self, agreement_id: _Optional[str] = ..., area_id: _Optional[str] = ..., market_id: _Optional[str] = ..., proposer: _Optional[str] = ..., client_agreement_id: _Optional[str] = ..., trades: _Optional[_Iterable[_Union[AgreedTrade, _Mapping]]] = ..., awaited: _Optional[_Iterable[str]] = ..., valid_until_ms: _Optional[int] = ..., proposed_at_ms: _Optional[int] = ..., sequence: _Optional[int] = ...) -> None: ...

class AgreementProposed(_message.Message):
    __slots__ = ("agreement",)
    AGREEMENT_FIELD_NUMBER: _ClassVar[int]
    agreement: Agreement
    def __init__(self, agreement: _Optional[_Union[Agreement, _Mapping]] = ...) -> None: ...

class AgreementConfirmed(_message.Message):
    __slots__ = ("area_id", "agreement_id", "party", "parties")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    AGREEMENT_ID_FIELD_NUMBER: _ClassVar[int]
    PARTY_FIELD_NUMBER: _ClassVar[int]
    PARTIES_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    agreement_id: str
    party: str
    parties: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, area_id: _Optional[str] = ..., agreement_id: _Optional[str] = ..., party: _Optional[str] = ..., parties: _Optional[_Iterable[str]] = ...) -> None: ...

class AgreementEnded(_message.Message):
    __slots__ = ("area_id", "agreement_id", "outcome", "party", "rejection", "trade_ids", "parties")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    AGREEMENT_ID_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    PARTY_FIELD_NUMBER: _ClassVar[int]
    REJECTION_FIELD_NUMBER: _ClassVar[int]
    TRADE_IDS_FIELD_NUMBER: _ClassVar[int]
    PARTIES_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    agreement_id: str
    outcome: AgreementOutcome
    party: str
    rejection: _common_pb2.Rejection
    trade_ids: _containers.RepeatedScalarFieldContainer[str]
    parties: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, area_id: _Optional[str] = ..., agreement_id: _Optional[str] = ..., outcome: _Optional[_Union[AgreementOutcome, str]] = ..., party: _Optional[str] = ..., rejection: _Optional[_Union[_common_pb2.Rejection, _Mapping]] = ..., trade_ids: _Optional[_Iterable[str]] = ..., parties: _Optional[_Iterable[str]] = ...) -> None: ...

class RequestCapacity(_message.Message):
    __slots__ = ("client_request_id", "market_id", "unit_id", "use", "mtus", "quantity_w", "minimum_w", "price_ticks")
    CLIENT_REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    MARKET_ID_FIELD_NUMBER: _ClassVar[int]
    UNIT_ID_FIELD_NUMBER: _ClassVar[int]
    USE_FIELD_NUMBER: _ClassVar[int]
    MTUS_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_W_FIELD_NUMBER: _ClassVar[int]
    MINIMUM_W_FIELD_NUMBER: _ClassVar[int]
    PRICE_TICKS_FIELD_NUMBER: _ClassVar[int]
    client_request_id: str
    market_id: str
    unit_id: str
    use: CapacityUse
    mtus: _containers.RepeatedCompositeFieldContainer[_common_pb2.Mtu]
    quantity_w: int
    minimum_w: int
    price_ticks: int
    def __init__(self, client_request_id: _Optional[str] = ..., market_id: _Optional[str] = ..., unit_id: _Optional[str] = ..., use: _Optional[_Union[CapacityUse, str]] = ..., mtus: _Optional[_Iterable[_Union[_common_pb2.Mtu, _Mapping]]] = ..., quantity_w: _Optional[int] = ..., minimum_w: _Optional[int] = ..., price_ticks: _Optional[int] = ...) -> None: ...

class WithdrawCapacity(_message.Message):
    __slots__ = ("request_id",)
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    def __init__(self, request_id: _Optional[str] = ...) -> None: ...

class DeclareCapacityUse(_message.Message):
    __slots__ = ("request_id", "mtu", "quantity_w")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_W_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    mtu: _common_pb2.Mtu
    quantity_w: int
    def __init__(self, request_id: _Optional[str] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., quantity_w: _Optional[int] = ...) -> None: ...

class CapacityRequest(_message.Message):
    __slots__ = ("request_id", "client_request_id", "party", "market_id", "unit_id", "metering_point_id", "node_id", "use", "mtus", "quantity_w", "minimum_w", "price_ticks", "sequence", "requested_at_ms")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    CLIENT_REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    PARTY_FIELD_NUMBER: _ClassVar[int]
    MARKET_ID_FIELD_NUMBER: _ClassVar[int]
    UNIT_ID_FIELD_NUMBER: _ClassVar[int]
    METERING_POINT_ID_FIELD_NUMBER: _ClassVar[int]
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    USE_FIELD_NUMBER: _ClassVar[int]
    MTUS_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_W_FIELD_NUMBER: _ClassVar[int]
    MINIMUM_W_FIELD_NUMBER: _ClassVar[int]
    PRICE_TICKS_FIELD_NUMBER: _ClassVar[int]
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    REQUESTED_AT_MS_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    client_request_id: str
    party: str
    market_id: str
    unit_id: str
    metering_point_id: str
    node_id: str
    use: CapacityUse
    mtus: _containers.RepeatedCompositeFieldContainer[_common_pb2.Mtu]
    quantity_w: int
    minimum_w: int
    price_ticks: int
    sequence: int
    requested_at_ms: int
    def __init__(self, request_id: _Optional[str] = ..., client_request_id: _Optional[str] = ..., party: _Optional[str] = ..., market_id: _Optional[str] = ..., unit_id: _Optional[str] = ..., metering_point_id: _Optional[str] = ..., node_id: _Optional[str] = ..., use: _Optional[_Union[CapacityUse, str]] = ..., mtus: _Optional[_Iterable[_Union[_common_pb2.Mtu, _Mapping]]] = ..., quantity_w: _Optional[int] = ..., minimum_w: _Optional[int] = ..., price_ticks: _Optional[int] = ..., sequence: _Optional[int] = ..., requested_at_ms: _Optional[int] = ...) -> None: ...

class CapacityPhaseChanged(_message.Message):
    __slots__ = ("area_id", "market_id", "mtu", "periods", "phase")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    MARKET_ID_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    PERIODS_FIELD_NUMBER: _ClassVar[int]
    PHASE_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    market_id: str
    mtu: _common_pb2.Mtu
    periods: int
    phase: CapacityPhase
    def __init__(self, area_id: _Optional[str] = ..., market_id: _Optional[str] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., periods: _Optional[int] = ..., phase: _Optional[_Union[CapacityPhase, str]] = ...) -> None: ...

class CapacityRequested(_message.Message):
    __slots__ = ("area_id", "request")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    REQUEST_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    request: CapacityRequest
    def __init__(self, area_id: _Optional[str] = ..., request: _Optional[_Union[CapacityRequest, _Mapping]] = ...) -> None: ...

class CapacityWithdrawn(_message.Message):
    __slots__ = ("area_id", "request_id", "party")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    PARTY_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    request_id: str
    party: str
    def __init__(self, area_id: _Optional[str] = ..., request_id: _Optional[str] = ..., party: _Optional[str] = ...) -> None: ...

class CapacityRefused(_message.Message):
    __slots__ = ("area_id", "party", "request_id", "rejection")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    PARTY_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    REJECTION_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    party: str
    request_id: str
    rejection: _common_pb2.Rejection
    def __init__(self, area_id: _Optional[str] = ..., party: _Optional[str] = ..., request_id: _Optional[str] = ..., rejection: _Optional[_Union[_common_pb2.Rejection, _Mapping]] = ...) -> None: ...

class CapacityCut(_message.Message):
    __slots__ = ("mtu", "element_id", "value", "limit", "unit")
    MTU_FIELD_NUMBER: _ClassVar[int]
    ELEMENT_ID_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    UNIT_FIELD_NUMBER: _ClassVar[int]
    mtu: _common_pb2.Mtu
    element_id: str
    value: int
    limit: int
    unit: str
    def __init__(self, mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., element_id: _Optional[str] = ..., value: _Optional[int] = ..., limit: _Optional[int] = ..., unit: _Optional[str] = ...) -> None: ...

class CapacityRound(_message.Message):
    __slots__ = ("number", "allocated_w", "cuts")
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    ALLOCATED_W_FIELD_NUMBER: _ClassVar[int]
    CUTS_FIELD_NUMBER: _ClassVar[int]
    number: int
    allocated_w: int
    cuts: _containers.RepeatedCompositeFieldContainer[CapacityCut]
    def __init__(self, number: _Optional[int] = ..., allocated_w: _Optional[int] = ..., cuts: _Optional[_Iterable[_Union[CapacityCut, _Mapping]]] = ...) -> None: ...

class CapacityCleared(_message.Message):
    __slots__ = ("area_id", "market_id", "mtu", "requests", "allocated_w", "income_micro_euro", "rounds", "agreed")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    MARKET_ID_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    REQUESTS_FIELD_NUMBER: _ClassVar[int]
    ALLOCATED_W_FIELD_NUMBER: _ClassVar[int]
    INCOME_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    ROUNDS_FIELD_NUMBER: _ClassVar[int]
    AGREED_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    market_id: str
    mtu: _common_pb2.Mtu
    requests: int
    allocated_w: int
    income_micro_euro: int
    rounds: _containers.RepeatedCompositeFieldContainer[CapacityRound]
    agreed: bool
    def __init__(self, area_id: _Optional[str] = ..., market_id: _Optional[str] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., requests: _Optional[int] = ..., allocated_w: _Optional[int] = ..., income_micro_euro: _Optional[int] = ..., rounds: _Optional[_Iterable[_Union[CapacityRound, _Mapping]]] = ..., agreed: _Optional[bool] = ...) -> None: ...

class CapacityPayment(_message.Message):
    __slots__ = ("mtu", "amount_micro_euro")
    MTU_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    mtu: _common_pb2.Mtu
    amount_micro_euro: int
    def __init__(self, mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., amount_micro_euro: _Optional[int] = ...) -> None: ...

class CapacityAllocated(_message.Message):
    __slots__ = ("area_id", "request", "quantity_w", "payments", "rejection")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    REQUEST_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_W_FIELD_NUMBER: _ClassVar[int]
    PAYMENTS_FIELD_NUMBER: _ClassVar[int]
    REJECTION_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    request: CapacityRequest
    quantity_w: int
    payments: _containers.RepeatedCompositeFieldContainer[CapacityPayment]
    rejection: _common_pb2.Rejection
    def __init__(self, area_id: _Optional[str] = ..., request: _Optional[_Union[CapacityRequest, _Mapping]] = ..., quantity_w: _Optional[int] = ..., payments: _Optional[_Iterable[_Union[CapacityPayment, _Mapping]]] = ..., rejection: _Optional[_Union[_common_pb2.Rejection, _Mapping]] = ...) -> None: ...

class CapacityUsed(_message.Message):
    __slots__ = ("area_id", "mtu", "request_id", "party", "metering_point_id", "quantity_w", "moved_w", "by", "order_id")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    PARTY_FIELD_NUMBER: _ClassVar[int]
    METERING_POINT_ID_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_W_FIELD_NUMBER: _ClassVar[int]
    MOVED_W_FIELD_NUMBER: _ClassVar[int]
    BY_FIELD_NUMBER: _ClassVar[int]
    ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    mtu: _common_pb2.Mtu
    request_id: str
    party: str
    metering_point_id: str
    quantity_w: int
    moved_w: int
    by: CapacityUseBy
    order_id: str
    def __init__(self, area_id: _Optional[str] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., request_id: _Optional[str] = ..., party: _Optional[str] = ..., metering_point_id: _Optional[str] = ..., quantity_w: _Optional[int] = ..., moved_w: _Optional[int] = ..., by: _Optional[_Union[CapacityUseBy, str]] = ..., order_id: _Optional[str] = ...) -> None: ...

class CapacityLapsed(_message.Message):
    __slots__ = ("area_id", "mtu", "request_id", "party", "metering_point_id", "unused_w", "refund_micro_euro", "reason")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    PARTY_FIELD_NUMBER: _ClassVar[int]
    METERING_POINT_ID_FIELD_NUMBER: _ClassVar[int]
    UNUSED_W_FIELD_NUMBER: _ClassVar[int]
    REFUND_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    mtu: _common_pb2.Mtu
    request_id: str
    party: str
    metering_point_id: str
    unused_w: int
    refund_micro_euro: int
    reason: str
    def __init__(self, area_id: _Optional[str] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., request_id: _Optional[str] = ..., party: _Optional[str] = ..., metering_point_id: _Optional[str] = ..., unused_w: _Optional[int] = ..., refund_micro_euro: _Optional[int] = ..., reason: _Optional[str] = ...) -> None: ...

class PoolCut(_message.Message):
    __slots__ = ("element_id", "orders", "quantity_w")
    ELEMENT_ID_FIELD_NUMBER: _ClassVar[int]
    ORDERS_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_W_FIELD_NUMBER: _ClassVar[int]
    element_id: str
    orders: int
    quantity_w: int
    def __init__(self, element_id: _Optional[str] = ..., orders: _Optional[int] = ..., quantity_w: _Optional[int] = ...) -> None: ...

class PoolCleared(_message.Message):
    __slots__ = ("area_id", "market_id", "mtu", "product", "pool_id", "agreed", "rejection", "price_ticks", "volume_w", "upstream_id", "imported_w", "upstream_micro_euro", "forming_unit_id", "forming_w", "orders", "rounds", "cuts", "cleared_at_ms")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    MARKET_ID_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_FIELD_NUMBER: _ClassVar[int]
    POOL_ID_FIELD_NUMBER: _ClassVar[int]
    AGREED_FIELD_NUMBER: _ClassVar[int]
    REJECTION_FIELD_NUMBER: _ClassVar[int]
    PRICE_TICKS_FIELD_NUMBER: _ClassVar[int]
    VOLUME_W_FIELD_NUMBER: _ClassVar[int]
    UPSTREAM_ID_FIELD_NUMBER: _ClassVar[int]
    IMPORTED_W_FIELD_NUMBER: _ClassVar[int]
    UPSTREAM_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    FORMING_UNIT_ID_FIELD_NUMBER: _ClassVar[int]
    FORMING_W_FIELD_NUMBER: _ClassVar[int]
    ORDERS_FIELD_NUMBER: _ClassVar[int]
    ROUNDS_FIELD_NUMBER: _ClassVar[int]
    CUTS_FIELD_NUMBER: _ClassVar[int]
    CLEARED_AT_MS_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    market_id: str
    mtu: _common_pb2.Mtu
    product: Product
    pool_id: str
    agreed: bool
    rejection: _common_pb2.Rejection
    price_ticks: int
    volume_w: int
    upstream_id: str
    imported_w: int
    upstream_micro_euro: int
    forming_unit_id: str
    forming_w: int
    orders: int
    rounds: int
    cuts: _containers.RepeatedCompositeFieldContainer[PoolCut]
    cleared_at_ms: int
    def __init__(self, area_id: _Optional[str] = ..., market_id: _Optional[str] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., product: _Optional[_Union[Product, str]] = ..., pool_id: _Optional[str] = ..., agreed: _Optional[bool] = ..., rejection: _Optional[_Union[_common_pb2.Rejection, _Mapping]] = ..., price_ticks: _Optional[int] = ..., volume_w: _Optional[int] = ..., upstream_id: _Optional[str] = ..., imported_w: _Optional[int] = ..., upstream_micro_euro: _Optional[int] = ..., forming_unit_id: _Optional[str] = ..., forming_w: _Optional[int] = ..., orders: _Optional[int] = ..., rounds: _Optional[int] = ..., cuts: _Optional[_Iterable[_Union[PoolCut, _Mapping]]] = ..., cleared_at_ms: _Optional[int] = ...) -> None: ...

class OrderCommand(_message.Message):
    __slots__ = ("area_id", "submit", "cancel", "replace", "reserve", "confirm", "release", "resume_area", "decide_curtailment", "set_capacity_limits", "release_relief", "end_call", "halt_books", "resume_books", "cancel_for", "recall_trade", "hit", "cancel_all", "hibernate", "reactivate", "keep_session", "set_kill_switch", "propose_agreement", "answer_agreement", "request_capacity", "withdraw_capacity", "declare_capacity_use", "request_spread", "cancel_spread")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    SUBMIT_FIELD_NUMBER: _ClassVar[int]
    CANCEL_FIELD_NUMBER: _ClassVar[int]
    REPLACE_FIELD_NUMBER: _ClassVar[int]
    RESERVE_FIELD_NUMBER: _ClassVar[int]
    CONFIRM_FIELD_NUMBER: _ClassVar[int]
    RELEASE_FIELD_NUMBER: _ClassVar[int]
    RESUME_AREA_FIELD_NUMBER: _ClassVar[int]
    DECIDE_CURTAILMENT_FIELD_NUMBER: _ClassVar[int]
    SET_CAPACITY_LIMITS_FIELD_NUMBER: _ClassVar[int]
    RELEASE_RELIEF_FIELD_NUMBER: _ClassVar[int]
    END_CALL_FIELD_NUMBER: _ClassVar[int]
    HALT_BOOKS_FIELD_NUMBER: _ClassVar[int]
    RESUME_BOOKS_FIELD_NUMBER: _ClassVar[int]
    CANCEL_FOR_FIELD_NUMBER: _ClassVar[int]
    RECALL_TRADE_FIELD_NUMBER: _ClassVar[int]
    HIT_FIELD_NUMBER: _ClassVar[int]
    CANCEL_ALL_FIELD_NUMBER: _ClassVar[int]
    HIBERNATE_FIELD_NUMBER: _ClassVar[int]
    REACTIVATE_FIELD_NUMBER: _ClassVar[int]
    KEEP_SESSION_FIELD_NUMBER: _ClassVar[int]
    SET_KILL_SWITCH_FIELD_NUMBER: _ClassVar[int]
    PROPOSE_AGREEMENT_FIELD_NUMBER: _ClassVar[int]
    ANSWER_AGREEMENT_FIELD_NUMBER: _ClassVar[int]
    REQUEST_CAPACITY_FIELD_NUMBER: _ClassVar[int]
    WITHDRAW_CAPACITY_FIELD_NUMBER: _ClassVar[int]
    DECLARE_CAPACITY_USE_FIELD_NUMBER: _ClassVar[int]
    REQUEST_SPREAD_FIELD_NUMBER: _ClassVar[int]
    CANCEL_SPREAD_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    submit: SubmitOrders
    cancel: CancelOrders
    replace: ReplaceOrder
    reserve: ReserveHeadroom
    confirm: ConfirmHeadroom
    release: ReleaseHeadroom
    resume_area: ResumeArea
    decide_curtailment: DecideCurtailment
    set_capacity_limits: SetCapacityLimits
    release_relief: ReleaseRelief
    end_call: EndCall
    halt_books: HaltBooks
    resume_books: ResumeBooks
    cancel_for: CancelFor
    recall_trade: RecallTrade
    hit: HitOrder
    cancel_all: CancelAll
    hibernate: HibernateOrders
    reactivate: ReactivateOrders
    keep_session: KeepSession
    set_kill_switch: SetKillSwitch
    propose_agreement: ProposeAgreement
    answer_agreement: AnswerAgreement
    request_capacity: RequestCapacity
    withdraw_capacity: WithdrawCapacity
    declare_capacity_use: DeclareCapacityUse
    request_spread: RequestSpread
    cancel_spread: CancelSpread
    def __init__(self, area_id: _Optional[str] = ..., submit: _Optional[_Union[SubmitOrders, _Mapping]] = ..., cancel: _Optional[_Union[CancelOrders, _Mapping]] = ..., replace: _Optional[_Union[ReplaceOrder, _Mapping]] = ..., reserve: _Optional[_Union[ReserveHeadroom, _Mapping]] = ..., confirm: _Optional[_Union[ConfirmHeadroom, _Mapping]] = ..., release: _Optional[_Union[ReleaseHeadroom, _Mapping]] = ..., resume_area: _Optional[_Union[ResumeArea, _Mapping]] = ..., decide_curtailment: _Optional[_Union[DecideCurtailment, _Mapping]] = ..., set_capacity_limits: _Optional[_Union[SetCapacityLimits, _Mapping]] = ..., release_relief: _Optional[_Union[ReleaseRelief, _Mapping]] = ..., end_call: _Optional[_Union[EndCall, _Mapping]] = ..., halt_books: _Optional[_Union[HaltBooks, _Mapping]] = ..., resume_books: _Optional[_Union[ResumeBooks, _Mapping]] = ..., cancel_for: _Optional[_Union[CancelFor, _Mapping]] = ..., recall_trade: _Optional[_Union[RecallTrade, _Mapping]] = ..., hit: _Optional[_Union[HitOrder, _Mapping]] = ..., cancel_all: _Optional[_Union[CancelAll, _Mapping]] = ..., hibernate: _Optional[_Union[HibernateOrders, _Mapping]] = ..., reactivate: _Optional[_Union[ReactivateOrders, _Mapping]] = ..., keep_session: _Optional[_Union[KeepSession, _Mapping]] = ..., set_kill_switch: _Optional[_Union[SetKillSwitch, _Mapping]] = ..., propose_agreement: _Optional[_Union[ProposeAgreement, _Mapping]] = ..., answer_agreement: _Optional[_Union[AnswerAgreement, _Mapping]] = ..., request_capacity: _Optional[_Union[RequestCapacity, _Mapping]] = ..., withdraw_capacity: _Optional[_Union[WithdrawCapacity, _Mapping]] = ..., declare_capacity_use: _Optional[_Union[DeclareCapacityUse, _Mapping]] = ..., request_spread: _Optional[_Union[RequestSpread, _Mapping]] = ..., cancel_spread: _Optional[_Union[CancelSpread, _Mapping]] = ...) -> None: ...

class Order(_message.Message):
    __slots__ = ("order_id", "client_order_id", "party", "market_id", "area_id", "product", "side", "mtu", "unit_id", "metering_point_id", "node_id", "element_id", "basis", "quantity_w", "open_w", "filled_w", "limit_price_ticks", "fill_rule", "status", "revision", "sequence", "submitted_at_ms", "relief_targets", "conditional", "forwarding", "collateral_micro_euro", "instructions", "hidden_w", "exclusive_group", "auction", "block_sequence", "block_size", "spread_offer")
    ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    CLIENT_ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    PARTY_FIELD_NUMBER: _ClassVar[int]
    MARKET_ID_FIELD_NUMBER: _ClassVar[int]
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_FIELD_NUMBER: _ClassVar[int]
    SIDE_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    UNIT_ID_FIELD_NUMBER: _ClassVar[int]
    METERING_POINT_ID_FIELD_NUMBER: _ClassVar[int]
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    ELEMENT_ID_FIELD_NUMBER: _ClassVar[int]
    BASIS_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_W_FIELD_NUMBER: _ClassVar[int]
    OPEN_W_FIELD_NUMBER: _ClassVar[int]
    FILLED_W_FIELD_NUMBER: _ClassVar[int]
    LIMIT_PRICE_TICKS_FIELD_NUMBER: _ClassVar[int]
    FILL_RULE_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    SUBMITTED_AT_MS_FIELD_NUMBER: _ClassVar[int]
    RELIEF_TARGETS_FIELD_NUMBER: _ClassVar[int]
    CONDITIONAL_FIELD_NUMBER: _ClassVar[int]
    FORWARDING_FIELD_NUMBER: _ClassVar[int]
    COLLATERAL_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    INSTRUCTIONS_FIELD_NUMBER: _ClassVar[int]
    HIDDEN_W_FIELD_NUMBER: _ClassVar[int]
    EXCLUSIVE_GROUP_FIELD_NUMBER: _ClassVar[int]
    AUCTION_FIELD_NUMBER: _ClassVar[int]
    BLOCK_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    BLOCK_SIZE_FIELD_NUMBER: _ClassVar[int]
    SPREAD_OFFER_FIELD_NUMBER: _ClassVar[int]
    order_id: str
    client_order_id: str
    party: str
    market_id: str
    area_id: str
    product: Product
    side: Side
    mtu: _common_pb2.Mtu
    unit_id: str
    metering_point_id: str
    node_id: str
    element_id: str
    basis: Basis
    quantity_w: int
    open_w: int
    filled_w: int
    limit_price_ticks: int
    fill_rule: FillRule
    status: OrderStatus
    revision: int
    sequence: int
    submitted_at_ms: int
    relief_targets: _containers.RepeatedCompositeFieldContainer[ReliefTarget]
    conditional: bool
    forwarding: Forwarding
    collateral_micro_euro: int
    instructions: ExecutionInstructions
    hidden_w: int
    exclusive_group: str
    auction: AuctionTerms
    block_sequence: int
    block_size: int
    spread_offer: bool
    def __init__(self, order_id: _Optional[str] = ..., client_order_id: _Optional[str] = ..., party: _Optional[str] = ..., market_id: _Optional[str] = ..., area_id: _Optional[str] = ..., product: _Optional[_Union[Product, str]] = ..., side: _Optional[_Union[Side, str]] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., unit_id: _Optional[str] = ..., metering_point_id: _Optional[str] = ..., node_id: _Optional[str] = ..., element_id: _Optional[str] = ..., basis: _Optional[_Union[Basis, str]] = ..., quantity_w: _Optional[int] = ..., open_w: _Optional[int] = ..., filled_w: _Optional[int] = ..., limit_price_ticks: _Optional[int] = ..., fill_rule: _Optional[_Union[FillRule, str]] = ..., status: _Optional[_Union[OrderStatus, str]] = ..., revision: _Optional[int] = ..., sequence: _Optional[int] = ..., submitted_at_ms: _Optional[int] = ..., relief_targets: _Optional[_Iterable[_Union[ReliefTarget, _Mapping]]] = ..., conditional: _Optional[bool] = ..., forwarding: _Optional[_Union[Forwarding, str]] = ..., collateral_micro_euro: _Optional[int] = ..., instructions: _Optional[_Union[ExecutionInstructions, _Mapping]] = ..., hidden_w: _Optional[int] = ..., exclusive_group: _Optional[str] = ..., auction: _Optional[_Union[AuctionTerms, _Mapping]] = ..., block_sequence: _Optional[int] = ..., block_size: _Optional[int] = ..., spread_offer: _Optional[bool] = ...) -> None: ...

class BaseFrozen(_message.Message):
    __slots__ = ("area_id", "mtu", "metering_point_id", "base_w", "base_case_version")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    METERING_POINT_ID_FIELD_NUMBER: _ClassVar[int]
    BASE_W_FIELD_NUMBER: _ClassVar[int]
    BASE_CASE_VERSION_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    mtu: _common_pb2.Mtu
    metering_point_id: str
    base_w: int
    base_case_version: int
    def __init__(self, area_id: _Optional[str] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., metering_point_id: _Optional[str] = ..., base_w: _Optional[int] = ..., base_case_version: _Optional[int] = ...) -> None: ...

class OrderAdmitted(_message.Message):
    __slots__ = ("order",)
    ORDER_FIELD_NUMBER: _ClassVar[int]
    order: Order
    def __init__(self, order: _Optional[_Union[Order, _Mapping]] = ...) -> None: ...

class OrderRefused(_message.Message):
    __slots__ = ("area_id", "party", "client_order_id", "order_id", "mtu", "rejection", "order", "market_id", "replaces")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    PARTY_FIELD_NUMBER: _ClassVar[int]
    CLIENT_ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    REJECTION_FIELD_NUMBER: _ClassVar[int]
    ORDER_FIELD_NUMBER: _ClassVar[int]
    MARKET_ID_FIELD_NUMBER: _ClassVar[int]
    REPLACES_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    party: str
    client_order_id: str
    order_id: str
    mtu: _common_pb2.Mtu
    rejection: _common_pb2.Rejection
    order: NewOrder
    market_id: str
    replaces: bool
    def __init__(self, area_id: _Optional[str] = ..., party: _Optional[str] = ..., client_order_id: _Optional[str] = ..., order_id: _Optional[str] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., rejection: _Optional[_Union[_common_pb2.Rejection, _Mapping]] = ..., order: _Optional[_Union[NewOrder, _Mapping]] = ..., market_id: _Optional[str] = ..., replaces: _Optional[bool] = ...) -> None: ...

class MatchSide(_message.Message):
    __slots__ = ("order_id", "client_order_id", "party", "unit_id", "metering_point_id", "node_id", "basis", "moved_w", "filled_w", "open_w", "owner_id", "feeder_id", "moved_var", "collateral_micro_euro", "open_collateral_micro_euro", "hidden_w")
    ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    CLIENT_ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    PARTY_FIELD_NUMBER: _ClassVar[int]
    UNIT_ID_FIELD_NUMBER: _ClassVar[int]
    METERING_POINT_ID_FIELD_NUMBER: _ClassVar[int]
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    BASIS_FIELD_NUMBER: _ClassVar[int]
    MOVED_W_FIELD_NUMBER: _ClassVar[int]
    FILLED_W_FIELD_NUMBER: _ClassVar[int]
    OPEN_W_FIELD_NUMBER: _ClassVar[int]
    OWNER_ID_FIELD_NUMBER: _ClassVar[int]
    FEEDER_ID_FIELD_NUMBER: _ClassVar[int]
    MOVED_VAR_FIELD_NUMBER: _ClassVar[int]
    COLLATERAL_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    OPEN_COLLATERAL_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    HIDDEN_W_FIELD_NUMBER: _ClassVar[int]
    order_id: str
    client_order_id: str
    party: str
    unit_id: str
    metering_point_id: str
    node_id: str
    basis: Basis
    moved_w: int
    filled_w: int
    open_w: int
    owner_id: str
    feeder_id: str
    moved_var: int
    collateral_micro_euro: int
    open_collateral_micro_euro: int
    hidden_w: int
    def __init__(self, order_id: _Optional[str] = ..., client_order_id: _Optional[str] = ..., party: _Optional[str] = ..., unit_id: _Optional[str] = ..., metering_point_id: _Optional[str] = ..., node_id: _Optional[str] = ..., basis: _Optional[_Union[Basis, str]] = ..., moved_w: _Optional[int] = ..., filled_w: _Optional[int] = ..., open_w: _Optional[int] = ..., owner_id: _Optional[str] = ..., feeder_id: _Optional[str] = ..., moved_var: _Optional[int] = ..., collateral_micro_euro: _Optional[int] = ..., open_collateral_micro_euro: _Optional[int] = ..., hidden_w: _Optional[int] = ...) -> None: ...

class Relief(_message.Message):
    __slots__ = ("element_id", "relief_mpct", "bought")
    ELEMENT_ID_FIELD_NUMBER: _ClassVar[int]
    RELIEF_MPCT_FIELD_NUMBER: _ClassVar[int]
    BOUGHT_FIELD_NUMBER: _ClassVar[int]
    element_id: str
    relief_mpct: int
    bought: bool
    def __init__(self, element_id: _Optional[str] = ..., relief_mpct: _Optional[int] = ..., bought: _Optional[bool] = ...) -> None: ...

class Sparse(_message.Message):
    __slots__ = ("indices", "amounts")
    INDICES_FIELD_NUMBER: _ClassVar[int]
    AMOUNTS_FIELD_NUMBER: _ClassVar[int]
    indices: _containers.RepeatedScalarFieldContainer[int]
    amounts: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, indices: _Optional[_Iterable[int]] = ..., amounts: _Optional[_Iterable[int]] = ...) -> None: ...

class GridEffect(_message.Message):
    __slots__ = ("topology_version", "weight_permille", "loading_relief_mpct", "low_relief_upu", "high_relief_upu", "loading_budget_micro_pct", "voltage_budget_npu")
    TOPOLOGY_VERSION_FIELD_NUMBER: _ClassVar[int]
    WEIGHT_PERMILLE_FIELD_NUMBER: _ClassVar[int]
    LOADING_RELIEF_MPCT_FIELD_NUMBER: _ClassVar[int]
    LOW_RELIEF_UPU_FIELD_NUMBER: _ClassVar[int]
    HIGH_RELIEF_UPU_FIELD_NUMBER: _ClassVar[int]
    LOADING_BUDGET_MICRO_PCT_FIELD_NUMBER: _ClassVar[int]
    VOLTAGE_BUDGET_NPU_FIELD_NUMBER: _ClassVar[int]
    topology_version: int
    weight_permille: int
    loading_relief_mpct: Sparse
    low_relief_upu: Sparse
    high_relief_upu: Sparse
    loading_budget_micro_pct: Sparse
    voltage_budget_npu: Sparse
    def __init__(self, topology_version: _Optional[int] = ..., weight_permille: _Optional[int] = ..., loading_relief_mpct: _Optional[_Union[Sparse, _Mapping]] = ..., low_relief_upu: _Optional[_Union[Sparse, _Mapping]] = ..., high_relief_upu: _Optional[_Union[Sparse, _Mapping]] = ..., loading_budget_micro_pct: _Optional[_Union[Sparse, _Mapping]] = ..., voltage_budget_npu: _Optional[_Union[Sparse, _Mapping]] = ...) -> None: ...

class GateFinding(_message.Message):
    __slots__ = ("operating_point_sequence", "topology_version", "base_case_version", "margin_version", "binding_element_id", "binding_value", "binding_limit", "binding_unit", "wanted_w", "iterations")
    OPERATING_POINT_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    TOPOLOGY_VERSION_FIELD_NUMBER: _ClassVar[int]
    BASE_CASE_VERSION_FIELD_NUMBER: _ClassVar[int]
    MARGIN_VERSION_FIELD_NUMBER: _ClassVar[int]
    BINDING_ELEMENT_ID_FIELD_NUMBER: _ClassVar[int]
    BINDING_VALUE_FIELD_NUMBER: _ClassVar[int]
    BINDING_LIMIT_FIELD_NUMBER: _ClassVar[int]
    BINDING_UNIT_FIELD_NUMBER: _ClassVar[int]
    WANTED_W_FIELD_NUMBER: _ClassVar[int]
    ITERATIONS_FIELD_NUMBER: _ClassVar[int]
    operating_point_sequence: int
    topology_version: int
    base_case_version: int
    margin_version: int
    binding_element_id: str
    binding_value: int
    binding_limit: int
    binding_unit: str
    wanted_w: int
    iterations: int
    def __init__(self, operating_point_sequence: _Optional[int] = ..., topology_version: _Optional[int] = ..., base_case_version: _Optional[int] = ..., margin_version: _Optional[int] = ..., binding_element_id: _Optional[str] = ..., binding_value: _Optional[int] = ..., binding_limit: _Optional[int] = ..., binding_unit: _Optional[str] = ..., wanted_w: _Optional[int] = ..., iterations: _Optional[int] = ...) -> None: ...

class TradeExecuted(_message.Message):
    __slots__ = ("trade_id", "area_id", "market_id", "product", "mtu", "quantity_w", "price_ticks", "tick_micro_euro_per_mwh", "amount_micro_euro", "seller", "buyer", "buyer_is_aggressor", "dnut_micro_euro", "relief_micro_euro", "potential_before_micro_euro", "potential_after_micro_euro", "tariff_version", "reliefs", "gate", "operating_point_sequence", "executed_at_ms", "sequence", "effect", "call_id", "span_match_id", "span", "agreement_id", "other_dnut_micro_euro", "set_id", "spread", "shrunk_by", "asked_w")
    TRADE_ID_FIELD_NUMBER: _ClassVar[int]
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    MARKET_ID_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_W_FIELD_NUMBER: _ClassVar[int]
    PRICE_TICKS_FIELD_NUMBER: _ClassVar[int]
    TICK_MICRO_EURO_PER_MWH_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    SELLER_FIELD_NUMBER: _ClassVar[int]
    BUYER_FIELD_NUMBER: _ClassVar[int]
    BUYER_IS_AGGRESSOR_FIELD_NUMBER: _ClassVar[int]
    DNUT_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    RELIEF_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    POTENTIAL_BEFORE_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    POTENTIAL_AFTER_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    TARIFF_VERSION_FIELD_NUMBER: _ClassVar[int]
    RELIEFS_FIELD_NUMBER: _ClassVar[int]
    GATE_FIELD_NUMBER: _ClassVar[int]
    OPERATING_POINT_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    EXECUTED_AT_MS_FIELD_NUMBER: _ClassVar[int]
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    EFFECT_FIELD_NUMBER: _ClassVar[int]
    CALL_ID_FIELD_NUMBER: _ClassVar[int]
    SPAN_MATCH_ID_FIELD_NUMBER: _ClassVar[int]
    SPAN_FIELD_NUMBER: _ClassVar[int]
    AGREEMENT_ID_FIELD_NUMBER: _ClassVar[int]
    OTHER_DNUT_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    SET_ID_FIELD_NUMBER: _ClassVar[int]
    SPREAD_FIELD_NUMBER: _ClassVar[int]
    SHRUNK_BY_FIELD_NUMBER: _ClassVar[int]
    ASKED_W_FIELD_NUMBER: _ClassVar[int]
    trade_id: str
    area_id: str
    market_id: str
    product: Product
    mtu: _common_pb2.Mtu
    quantity_w: int
    price_ticks: int
    tick_micro_euro_per_mwh: int
    amount_micro_euro: int
    seller: MatchSide
    buyer: MatchSide
    buyer_is_aggressor: bool
    dnut_micro_euro: int
    relief_micro_euro: int
    potential_before_micro_euro: int
    potential_after_micro_euro: int
    tariff_version: int
    reliefs: _containers.RepeatedCompositeFieldContainer[Relief]
    gate: GateFinding
    operating_point_sequence: int
    executed_at_ms: int
    sequence: int
    effect: GridEffect
    call_id: str
    span_match_id: str
    span: _common_pb2.Mtu
    agreement_id: str
    other_dnut_micro_euro: int
    set_id: str
    spread: Spread
    shrunk_by: str
    asked_w: int
    def __init__(self, trade_id: _Optional[str] = ..., area_id: _Optional[str] = ..., market_id: _Optional[str] = ..., product: _Optional[_Union[Product, str]] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., quantity_w: _Optional[int] = ..., price_ticks: _Optional[int] = ..., tick_micro_euro_per_mwh: _Optional[int] = ..., amount_micro_euro: _Optional[int] = ..., seller: _Optional[_Union[MatchSide, _Mapping]] = ..., buyer: _Optional[_Union[MatchSide, _Mapping]] = ..., buyer_is_aggressor: _Optional[bool] = ..., dnut_micro_euro: _Optional[int] = ..., relief_micro_euro: _Optional[int] = ..., potential_before_micro_euro: _Optional[int] = ..., potential_after_micro_euro: _Optional[int] = ..., tariff_version: _Optional[int] = ..., reliefs: _Optional[_Iterable[_Union[Relief, _Mapping]]] = ..., gate: _Optional[_Union[GateFinding, _Mapping]] = ..., operating_point_sequence: _Optional[int] = ..., executed_at_ms: _Optional[int] = ..., sequence: _Optional[int] = ..., effect: _Optional[_Union[GridEffect, _Mapping]] = ..., call_id: _Optional[str] = ..., span_match_id: _Optional[str] = ..., span: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., agreement_id: _Optional[str] = ..., other_dnut_micro_euro: _Optional[int] = ..., set_id: _Optional[str] = ..., spread: _Optional[_Union[Spread, _Mapping]] = ..., shrunk_by: _Optional[str] = ..., asked_w: _Optional[int] = ...) -> None: ...

class SpanMatched(_message.Message):
    __slots__ = ("span_match_id", "area_id", "market_id", "product", "mtu", "quantity_w", "price_ticks", "tick_micro_euro_per_mwh", "amount_micro_euro", "seller", "buyer", "buyer_is_aggressor", "dnut_micro_euro", "trade_ids", "executed_at_ms", "sequence", "shrunk_by", "asked_w")
    SPAN_MATCH_ID_FIELD_NUMBER: _ClassVar[int]
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    MARKET_ID_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_W_FIELD_NUMBER: _ClassVar[int]
    PRICE_TICKS_FIELD_NUMBER: _ClassVar[int]
    TICK_MICRO_EURO_PER_MWH_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    SELLER_FIELD_NUMBER: _ClassVar[int]
    BUYER_FIELD_NUMBER: _ClassVar[int]
    BUYER_IS_AGGRESSOR_FIELD_NUMBER: _ClassVar[int]
    DNUT_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    TRADE_IDS_FIELD_NUMBER: _ClassVar[int]
    EXECUTED_AT_MS_FIELD_NUMBER: _ClassVar[int]
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    SHRUNK_BY_FIELD_NUMBER: _ClassVar[int]
    ASKED_W_FIELD_NUMBER: _ClassVar[int]
    span_match_id: str
    area_id: str
    market_id: str
    product: Product
    mtu: _common_pb2.Mtu
    quantity_w: int
    price_ticks: int
    tick_micro_euro_per_mwh: int
    amount_micro_euro: int
    seller: MatchSide
    buyer: MatchSide
    buyer_is_aggressor: bool
    dnut_micro_euro: int
    trade_ids: _containers.RepeatedScalarFieldContainer[str]
    executed_at_ms: int
    sequence: int
    shrunk_by: str
    asked_w: int
    def __init__(self, span_match_id: _Optional[str] = ..., area_id: _Optional[str] = ..., market_id: _Optional[str] = ..., product: _Optional[_Union[Product, str]] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., quantity_w: _Optional[int] = ..., price_ticks: _Optional[int] = ..., tick_micro_euro_per_mwh: _Optional[int] = ..., amount_micro_euro: _Optional[int] = ..., seller: _Optional[_Union[MatchSide, _Mapping]] = ..., buyer: _Optional[_Union[MatchSide, _Mapping]] = ..., buyer_is_aggressor: _Optional[bool] = ..., dnut_micro_euro: _Optional[int] = ..., trade_ids: _Optional[_Iterable[str]] = ..., executed_at_ms: _Optional[int] = ..., sequence: _Optional[int] = ..., shrunk_by: _Optional[str] = ..., asked_w: _Optional[int] = ...) -> None: ...

class Spread(_message.Message):
    __slots__ = ("request_id", "party", "spread_ticks", "amount_micro_euro")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    PARTY_FIELD_NUMBER: _ClassVar[int]
    SPREAD_TICKS_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    party: str
    spread_ticks: int
    amount_micro_euro: int
    def __init__(self, request_id: _Optional[str] = ..., party: _Optional[str] = ..., spread_ticks: _Optional[int] = ..., amount_micro_euro: _Optional[int] = ...) -> None: ...

class RequestSpread(_message.Message):
    __slots__ = ("client_request_id", "market_id", "mtu", "up", "down", "quantity_w", "max_spread_ticks", "fill_rule", "element_id")
    CLIENT_REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    MARKET_ID_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    UP_FIELD_NUMBER: _ClassVar[int]
    DOWN_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_W_FIELD_NUMBER: _ClassVar[int]
    MAX_SPREAD_TICKS_FIELD_NUMBER: _ClassVar[int]
    FILL_RULE_FIELD_NUMBER: _ClassVar[int]
    ELEMENT_ID_FIELD_NUMBER: _ClassVar[int]
    client_request_id: str
    market_id: str
    mtu: _common_pb2.Mtu
    up: _containers.RepeatedScalarFieldContainer[str]
    down: _containers.RepeatedScalarFieldContainer[str]
    quantity_w: int
    max_spread_ticks: int
    fill_rule: FillRule
    element_id: str
    def __init__(self, client_request_id: _Optional[str] = ..., market_id: _Optional[str] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., up: _Optional[_Iterable[str]] = ..., down: _Optional[_Iterable[str]] = ..., quantity_w: _Optional[int] = ..., max_spread_ticks: _Optional[int] = ..., fill_rule: _Optional[_Union[FillRule, str]] = ..., element_id: _Optional[str] = ...) -> None: ...

class CancelSpread(_message.Message):
    __slots__ = ("request_id",)
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    def __init__(self, request_id: _Optional[str] = ...) -> None: ...

class SpreadRequested(_message.Message):
    __slots__ = ("request_id", "area_id", "party", "sequence", "client_request_id", "market_id", "mtu", "up", "down", "quantity_w", "open_w", "max_spread_ticks", "fill_rule", "element_id")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    PARTY_FIELD_NUMBER: _ClassVar[int]
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    CLIENT_REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    MARKET_ID_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    UP_FIELD_NUMBER: _ClassVar[int]
    DOWN_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_W_FIELD_NUMBER: _ClassVar[int]
    OPEN_W_FIELD_NUMBER: _ClassVar[int]
    MAX_SPREAD_TICKS_FIELD_NUMBER: _ClassVar[int]
    FILL_RULE_FIELD_NUMBER: _ClassVar[int]
    ELEMENT_ID_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    area_id: str
    party: str
    sequence: int
    client_request_id: str
    market_id: str
    mtu: _common_pb2.Mtu
    up: _containers.RepeatedScalarFieldContainer[str]
    down: _containers.RepeatedScalarFieldContainer[str]
    quantity_w: int
    open_w: int
    max_spread_ticks: int
    fill_rule: FillRule
    element_id: str
    def __init__(self, request_id: _Optional[str] = ..., area_id: _Optional[str] = ..., party: _Optional[str] = ..., sequence: _Optional[int] = ..., client_request_id: _Optional[str] = ..., market_id: _Optional[str] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., up: _Optional[_Iterable[str]] = ..., down: _Optional[_Iterable[str]] = ..., quantity_w: _Optional[int] = ..., open_w: _Optional[int] = ..., max_spread_ticks: _Optional[int] = ..., fill_rule: _Optional[_Union[FillRule, str]] = ..., element_id: _Optional[str] = ...) -> None: ...

class SpreadSkipped(_message.Message):
    __slots__ = ("request_id", "area_id", "market_id", "mtu", "party", "ask_order_id", "bid_order_id", "reason")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    MARKET_ID_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    PARTY_FIELD_NUMBER: _ClassVar[int]
    ASK_ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    BID_ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    area_id: str
    market_id: str
    mtu: _common_pb2.Mtu
    party: str
    ask_order_id: str
    bid_order_id: str
    reason: _common_pb2.Rejection
    def __init__(self, request_id: _Optional[str] = ..., area_id: _Optional[str] = ..., market_id: _Optional[str] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., party: _Optional[str] = ..., ask_order_id: _Optional[str] = ..., bid_order_id: _Optional[str] = ..., reason: _Optional[_Union[_common_pb2.Rejection, _Mapping]] = ...) -> None: ...

class SpreadEnded(_message.Message):
    __slots__ = ("request_id", "area_id", "market_id", "mtu", "party", "status", "open_w", "reason")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    MARKET_ID_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    PARTY_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    OPEN_W_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    area_id: str
    market_id: str
    mtu: _common_pb2.Mtu
    party: str
    status: OrderStatus
    open_w: int
    reason: str
    def __init__(self, request_id: _Optional[str] = ..., area_id: _Optional[str] = ..., market_id: _Optional[str] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., party: _Optional[str] = ..., status: _Optional[_Union[OrderStatus, str]] = ..., open_w: _Optional[int] = ..., reason: _Optional[str] = ...) -> None: ...

class SpreadsTried(_message.Message):
    __slots__ = ("area_id", "mtu")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    mtu: _common_pb2.Mtu
    def __init__(self, area_id: _Optional[str] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ...) -> None: ...

class FlexibilityHeld(_message.Message):
    __slots__ = ("call_id", "area_id", "market_id", "product", "mtu", "order_id", "node_id", "quantity_w", "price_ticks", "tick_micro_euro_per_mwh", "seller", "buyer", "buyer_is_aggressor", "gate", "executed_at_ms", "sequence", "element_id")
    CALL_ID_FIELD_NUMBER: _ClassVar[int]
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    MARKET_ID_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_W_FIELD_NUMBER: _ClassVar[int]
    PRICE_TICKS_FIELD_NUMBER: _ClassVar[int]
    TICK_MICRO_EURO_PER_MWH_FIELD_NUMBER: _ClassVar[int]
    SELLER_FIELD_NUMBER: _ClassVar[int]
    BUYER_FIELD_NUMBER: _ClassVar[int]
    BUYER_IS_AGGRESSOR_FIELD_NUMBER: _ClassVar[int]
    GATE_FIELD_NUMBER: _ClassVar[int]
    EXECUTED_AT_MS_FIELD_NUMBER: _ClassVar[int]
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    ELEMENT_ID_FIELD_NUMBER: _ClassVar[int]
    call_id: str
    area_id: str
    market_id: str
    product: Product
    mtu: _common_pb2.Mtu
    order_id: str
    node_id: str
    quantity_w: int
    price_ticks: int
    tick_micro_euro_per_mwh: int
    seller: MatchSide
    buyer: MatchSide
    buyer_is_aggressor: bool
    gate: GateFinding
    executed_at_ms: int
    sequence: int
    element_id: str
    def __init__(self, call_id: _Optional[str] = ..., area_id: _Optional[str] = ..., market_id: _Optional[str] = ..., product: _Optional[_Union[Product, str]] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., order_id: _Optional[str] = ..., node_id: _Optional[str] = ..., quantity_w: _Optional[int] = ..., price_ticks: _Optional[int] = ..., tick_micro_euro_per_mwh: _Optional[int] = ..., seller: _Optional[_Union[MatchSide, _Mapping]] = ..., buyer: _Optional[_Union[MatchSide, _Mapping]] = ..., buyer_is_aggressor: _Optional[bool] = ..., gate: _Optional[_Union[GateFinding, _Mapping]] = ..., executed_at_ms: _Optional[int] = ..., sequence: _Optional[int] = ..., element_id: _Optional[str] = ...) -> None: ...

class CallEnded(_message.Message):
    __slots__ = ("call_id", "area_id", "mtu", "reason", "seller_party", "buyer_party", "ended_at_ms")
    CALL_ID_FIELD_NUMBER: _ClassVar[int]
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    SELLER_PARTY_FIELD_NUMBER: _ClassVar[int]
    BUYER_PARTY_FIELD_NUMBER: _ClassVar[int]
    ENDED_AT_MS_FIELD_NUMBER: _ClassVar[int]
    call_id: str
    area_id: str
    mtu: _common_pb2.Mtu
    reason: str
    seller_party: str
    buyer_party: str
    ended_at_ms: int
    def __init__(self, call_id: _Optional[str] = ..., area_id: _Optional[str] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., reason: _Optional[str] = ..., seller_party: _Optional[str] = ..., buyer_party: _Optional[str] = ..., ended_at_ms: _Optional[int] = ...) -> None: ...

class PairBlocked(_message.Message):
    __slots__ = ("area_id", "mtu", "ask_order_id", "bid_order_id", "element_id", "sense", "value", "limit", "at_re", "at_im")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    ASK_ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    BID_ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    ELEMENT_ID_FIELD_NUMBER: _ClassVar[int]
    SENSE_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    AT_RE_FIELD_NUMBER: _ClassVar[int]
    AT_IM_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    mtu: _common_pb2.Mtu
    ask_order_id: str
    bid_order_id: str
    element_id: str
    sense: int
    value: int
    limit: int
    at_re: int
    at_im: int
    def __init__(self, area_id: _Optional[str] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., ask_order_id: _Optional[str] = ..., bid_order_id: _Optional[str] = ..., element_id: _Optional[str] = ..., sense: _Optional[int] = ..., value: _Optional[int] = ..., limit: _Optional[int] = ..., at_re: _Optional[int] = ..., at_im: _Optional[int] = ...) -> None: ...

class CandidateSkipped(_message.Message):
    __slots__ = ("area_id", "mtu", "aggressor_order_id", "resting_order_id", "reason", "operating_point_sequence")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    AGGRESSOR_ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    RESTING_ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    OPERATING_POINT_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    mtu: _common_pb2.Mtu
    aggressor_order_id: str
    resting_order_id: str
    reason: _common_pb2.Rejection
    operating_point_sequence: int
    def __init__(self, area_id: _Optional[str] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., aggressor_order_id: _Optional[str] = ..., resting_order_id: _Optional[str] = ..., reason: _Optional[_Union[_common_pb2.Rejection, _Mapping]] = ..., operating_point_sequence: _Optional[int] = ...) -> None: ...

class OrderClosed(_message.Message):
    __slots__ = ("order_id", "area_id", "mtu", "status", "open_w", "reason", "party", "client_order_id", "rejection", "leftover", "market_id")
    ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    OPEN_W_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    PARTY_FIELD_NUMBER: _ClassVar[int]
    CLIENT_ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    REJECTION_FIELD_NUMBER: _ClassVar[int]
    LEFTOVER_FIELD_NUMBER: _ClassVar[int]
    MARKET_ID_FIELD_NUMBER: _ClassVar[int]
    order_id: str
    area_id: str
    mtu: _common_pb2.Mtu
    status: OrderStatus
    open_w: int
    reason: str
    party: str
    client_order_id: str
    rejection: _common_pb2.Rejection
    leftover: Order
    market_id: str
    def __init__(self, order_id: _Optional[str] = ..., area_id: _Optional[str] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., status: _Optional[_Union[OrderStatus, str]] = ..., open_w: _Optional[int] = ..., reason: _Optional[str] = ..., party: _Optional[str] = ..., client_order_id: _Optional[str] = ..., rejection: _Optional[_Union[_common_pb2.Rejection, _Mapping]] = ..., leftover: _Optional[_Union[Order, _Mapping]] = ..., market_id: _Optional[str] = ...) -> None: ...

class OrderReplaced(_message.Message):
    __slots__ = ("order", "cause")
    ORDER_FIELD_NUMBER: _ClassVar[int]
    CAUSE_FIELD_NUMBER: _ClassVar[int]
    order: Order
    cause: ReplaceCause
    def __init__(self, order: _Optional[_Union[Order, _Mapping]] = ..., cause: _Optional[_Union[ReplaceCause, str]] = ...) -> None: ...

class BookOpened(_message.Message):
    __slots__ = ("area_id", "market_id", "mtu", "potential_micro_euro", "phase")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    MARKET_ID_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    POTENTIAL_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    PHASE_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    market_id: str
    mtu: _common_pb2.Mtu
    potential_micro_euro: int
    phase: Phase
    def __init__(self, area_id: _Optional[str] = ..., market_id: _Optional[str] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., potential_micro_euro: _Optional[int] = ..., phase: _Optional[_Union[Phase, str]] = ...) -> None: ...

class PhaseChanged(_message.Message):
    __slots__ = ("area_id", "market_id", "mtu", "before", "after", "cause", "reason", "resumes_at_ms", "changed_at_ms")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    MARKET_ID_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    BEFORE_FIELD_NUMBER: _ClassVar[int]
    AFTER_FIELD_NUMBER: _ClassVar[int]
    CAUSE_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    RESUMES_AT_MS_FIELD_NUMBER: _ClassVar[int]
    CHANGED_AT_MS_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    market_id: str
    mtu: _common_pb2.Mtu
    before: Phase
    after: Phase
    cause: PhaseCause
    reason: str
    resumes_at_ms: int
    changed_at_ms: int
    def __init__(self, area_id: _Optional[str] = ..., market_id: _Optional[str] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., before: _Optional[_Union[Phase, str]] = ..., after: _Optional[_Union[Phase, str]] = ..., cause: _Optional[_Union[PhaseCause, str]] = ..., reason: _Optional[str] = ..., resumes_at_ms: _Optional[int] = ..., changed_at_ms: _Optional[int] = ...) -> None: ...

class NodePrice(_message.Message):
    __slots__ = ("node_id", "price_ticks", "bought_w", "sold_w")
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    PRICE_TICKS_FIELD_NUMBER: _ClassVar[int]
    BOUGHT_W_FIELD_NUMBER: _ClassVar[int]
    SOLD_W_FIELD_NUMBER: _ClassVar[int]
    node_id: str
    price_ticks: int
    bought_w: int
    sold_w: int
    def __init__(self, node_id: _Optional[str] = ..., price_ticks: _Optional[int] = ..., bought_w: _Optional[int] = ..., sold_w: _Optional[int] = ...) -> None: ...

class AuctionCut(_message.Message):
    __slots__ = ("cut_id", "value_w", "limit_w", "shadow_milliticks")
    CUT_ID_FIELD_NUMBER: _ClassVar[int]
    VALUE_W_FIELD_NUMBER: _ClassVar[int]
    LIMIT_W_FIELD_NUMBER: _ClassVar[int]
    SHADOW_MILLITICKS_FIELD_NUMBER: _ClassVar[int]
    cut_id: str
    value_w: int
    limit_w: int
    shadow_milliticks: int
    def __init__(self, cut_id: _Optional[str] = ..., value_w: _Optional[int] = ..., limit_w: _Optional[int] = ..., shadow_milliticks: _Optional[int] = ...) -> None: ...

class AuctionCleared(_message.Message):
    __slots__ = ("area_id", "market_id", "mtu", "product", "auction_id", "pay_as_bid", "price_ticks", "low_ticks", "high_ticks", "volume_w", "nodes", "cuts", "periods", "orders", "blocks", "welfare_micro_euro", "gap_micro_euro", "proven", "timed_out", "rounds", "cut_count", "agreed", "paradoxically_rejected", "cleared_at_ms", "rejection")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    MARKET_ID_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_FIELD_NUMBER: _ClassVar[int]
    AUCTION_ID_FIELD_NUMBER: _ClassVar[int]
    PAY_AS_BID_FIELD_NUMBER: _ClassVar[int]
    PRICE_TICKS_FIELD_NUMBER: _ClassVar[int]
    LOW_TICKS_FIELD_NUMBER: _ClassVar[int]
    HIGH_TICKS_FIELD_NUMBER: _ClassVar[int]
    VOLUME_W_FIELD_NUMBER: _ClassVar[int]
    NODES_FIELD_NUMBER: _ClassVar[int]
    CUTS_FIELD_NUMBER: _ClassVar[int]
    PERIODS_FIELD_NUMBER: _ClassVar[int]
    ORDERS_FIELD_NUMBER: _ClassVar[int]
    BLOCKS_FIELD_NUMBER: _ClassVar[int]
    WELFARE_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    GAP_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    PROVEN_FIELD_NUMBER: _ClassVar[int]
    TIMED_OUT_FIELD_NUMBER: _ClassVar[int]
    ROUNDS_FIELD_NUMBER: _ClassVar[int]
    CUT_COUNT_FIELD_NUMBER: _ClassVar[int]
    AGREED_FIELD_NUMBER: _ClassVar[int]
    PARADOXICALLY_REJECTED_FIELD_NUMBER: _ClassVar[int]
    CLEARED_AT_MS_FIELD_NUMBER: _ClassVar[int]
    REJECTION_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    market_id: str
    mtu: _common_pb2.Mtu
    product: Product
    auction_id: str
    pay_as_bid: bool
    price_ticks: int
    low_ticks: int
    high_ticks: int
    volume_w: int
    nodes: _containers.RepeatedCompositeFieldContainer[NodePrice]
    cuts: _containers.RepeatedCompositeFieldContainer[AuctionCut]
    periods: int
    orders: int
    blocks: int
    welfare_micro_euro: int
    gap_micro_euro: int
    proven: bool
    timed_out: bool
    rounds: int
    cut_count: int
    agreed: bool
    paradoxically_rejected: _containers.RepeatedScalarFieldContainer[int]
    cleared_at_ms: int
    rejection: _common_pb2.Rejection
    def __init__(self, area_id: _Optional[str] = ..., market_id: _Optional[str] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., product: _Optional[_Union[Product, str]] = ..., auction_id: _Optional[str] = ..., pay_as_bid: _Optional[bool] = ..., price_ticks: _Optional[int] = ..., low_ticks: _Optional[int] = ..., high_ticks: _Optional[int] = ..., volume_w: _Optional[int] = ..., nodes: _Optional[_Iterable[_Union[NodePrice, _Mapping]]] = ..., cuts: _Optional[_Iterable[_Union[AuctionCut, _Mapping]]] = ..., periods: _Optional[int] = ..., orders: _Optional[int] = ..., blocks: _Optional[int] = ..., welfare_micro_euro: _Optional[int] = ..., gap_micro_euro: _Optional[int] = ..., proven: _Optional[bool] = ..., timed_out: _Optional[bool] = ..., rounds: _Optional[int] = ..., cut_count: _Optional[int] = ..., agreed: _Optional[bool] = ..., paradoxically_rejected: _Optional[_Iterable[int]] = ..., cleared_at_ms: _Optional[int] = ..., rejection: _Optional[_Union[_common_pb2.Rejection, _Mapping]] = ...) -> None: ...

class OrderReleased(_message.Message):
    __slots__ = ("area_id", "market_id", "mtu", "sequence")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    MARKET_ID_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    market_id: str
    mtu: _common_pb2.Mtu
    sequence: int
    def __init__(self, area_id: _Optional[str] = ..., market_id: _Optional[str] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., sequence: _Optional[int] = ...) -> None: ...

class MarketHalted(_message.Message):
    __slots__ = ("area_id", "market_id", "halted", "reason")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    MARKET_ID_FIELD_NUMBER: _ClassVar[int]
    HALTED_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    market_id: str
    halted: bool
    reason: str
    def __init__(self, area_id: _Optional[str] = ..., market_id: _Optional[str] = ..., halted: _Optional[bool] = ..., reason: _Optional[str] = ...) -> None: ...

class OperatorActed(_message.Message):
    __slots__ = ("area_id", "operator_id", "action", "market_id", "mtu", "subject", "reason", "acted_at_ms")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    OPERATOR_ID_FIELD_NUMBER: _ClassVar[int]
    ACTION_FIELD_NUMBER: _ClassVar[int]
    MARKET_ID_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    SUBJECT_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    ACTED_AT_MS_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    operator_id: str
    action: OperatorAction
    market_id: str
    mtu: _common_pb2.Mtu
    subject: str
    reason: str
    acted_at_ms: int
    def __init__(self, area_id: _Optional[str] = ..., operator_id: _Optional[str] = ..., action: _Optional[_Union[OperatorAction, str]] = ..., market_id: _Optional[str] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., subject: _Optional[str] = ..., reason: _Optional[str] = ..., acted_at_ms: _Optional[int] = ...) -> None: ...

class TradeRecalled(_message.Message):
    __slots__ = ("area_id", "market_id", "mtu", "trade_id", "product", "quantity_w", "seller_party", "buyer_party", "amount_micro_euro", "dnut_refund_micro_euro", "relief_refund_micro_euro", "seller_metering_point_id", "buyer_metering_point_id", "effect", "operator_id", "reason", "recalled_at_ms")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    MARKET_ID_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    TRADE_ID_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_W_FIELD_NUMBER: _ClassVar[int]
    SELLER_PARTY_FIELD_NUMBER: _ClassVar[int]
    BUYER_PARTY_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    DNUT_REFUND_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    RELIEF_REFUND_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    SELLER_METERING_POINT_ID_FIELD_NUMBER: _ClassVar[int]
    BUYER_METERING_POINT_ID_FIELD_NUMBER: _ClassVar[int]
    EFFECT_FIELD_NUMBER: _ClassVar[int]
    OPERATOR_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    RECALLED_AT_MS_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    market_id: str
    mtu: _common_pb2.Mtu
    trade_id: str
    product: Product
    quantity_w: int
    seller_party: str
    buyer_party: str
    amount_micro_euro: int
    dnut_refund_micro_euro: int
    relief_refund_micro_euro: int
    seller_metering_point_id: str
    buyer_metering_point_id: str
    effect: GridEffect
    operator_id: str
    reason: str
    recalled_at_ms: int
    def __init__(self, area_id: _Optional[str] = ..., market_id: _Optional[str] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., trade_id: _Optional[str] = ..., product: _Optional[_Union[Product, str]] = ..., quantity_w: _Optional[int] = ..., seller_party: _Optional[str] = ..., buyer_party: _Optional[str] = ..., amount_micro_euro: _Optional[int] = ..., dnut_refund_micro_euro: _Optional[int] = ..., relief_refund_micro_euro: _Optional[int] = ..., seller_metering_point_id: _Optional[str] = ..., buyer_metering_point_id: _Optional[str] = ..., effect: _Optional[_Union[GridEffect, _Mapping]] = ..., operator_id: _Optional[str] = ..., reason: _Optional[str] = ..., recalled_at_ms: _Optional[int] = ...) -> None: ...

class BookClosed(_message.Message):
    __slots__ = ("area_id", "market_id", "mtu", "last_trade_sequence", "potential_start_micro_euro", "potential_end_micro_euro", "revision_micro_euro", "confirmed_micro_euro")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    MARKET_ID_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    LAST_TRADE_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    POTENTIAL_START_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    POTENTIAL_END_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    REVISION_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    CONFIRMED_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    market_id: str
    mtu: _common_pb2.Mtu
    last_trade_sequence: int
    potential_start_micro_euro: int
    potential_end_micro_euro: int
    revision_micro_euro: int
    confirmed_micro_euro: int
    def __init__(self, area_id: _Optional[str] = ..., market_id: _Optional[str] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., last_trade_sequence: _Optional[int] = ..., potential_start_micro_euro: _Optional[int] = ..., potential_end_micro_euro: _Optional[int] = ..., revision_micro_euro: _Optional[int] = ..., confirmed_micro_euro: _Optional[int] = ...) -> None: ...

class PotentialRevised(_message.Message):
    __slots__ = ("area_id", "mtu", "before_micro_euro", "after_micro_euro", "topology_version", "base_case_version", "reservation_id")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    BEFORE_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    AFTER_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    TOPOLOGY_VERSION_FIELD_NUMBER: _ClassVar[int]
    BASE_CASE_VERSION_FIELD_NUMBER: _ClassVar[int]
    RESERVATION_ID_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    mtu: _common_pb2.Mtu
    before_micro_euro: int
    after_micro_euro: int
    topology_version: int
    base_case_version: int
    reservation_id: str
    def __init__(self, area_id: _Optional[str] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., before_micro_euro: _Optional[int] = ..., after_micro_euro: _Optional[int] = ..., topology_version: _Optional[int] = ..., base_case_version: _Optional[int] = ..., reservation_id: _Optional[str] = ...) -> None: ...

class OperatingPointChanged(_message.Message):
    __slots__ = ("area_id", "mtu", "sequence", "accepted", "topology_version", "base_case_version")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    ACCEPTED_FIELD_NUMBER: _ClassVar[int]
    TOPOLOGY_VERSION_FIELD_NUMBER: _ClassVar[int]
    BASE_CASE_VERSION_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    mtu: _common_pb2.Mtu
    sequence: int
    accepted: _containers.RepeatedCompositeFieldContainer[NodeChange]
    topology_version: int
    base_case_version: int
    def __init__(self, area_id: _Optional[str] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., sequence: _Optional[int] = ..., accepted: _Optional[_Iterable[_Union[NodeChange, _Mapping]]] = ..., topology_version: _Optional[int] = ..., base_case_version: _Optional[int] = ...) -> None: ...

class HeadroomReserved(_message.Message):
    __slots__ = ("reservation", "party", "gate", "dnut_micro_euro")
    RESERVATION_FIELD_NUMBER: _ClassVar[int]
    PARTY_FIELD_NUMBER: _ClassVar[int]
    GATE_FIELD_NUMBER: _ClassVar[int]
    DNUT_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    reservation: ReserveHeadroom
    party: str
    gate: GateFinding
    dnut_micro_euro: int
    def __init__(self, reservation: _Optional[_Union[ReserveHeadroom, _Mapping]] = ..., party: _Optional[str] = ..., gate: _Optional[_Union[GateFinding, _Mapping]] = ..., dnut_micro_euro: _Optional[int] = ...) -> None: ...

class HeadroomFilled(_message.Message):
    __slots__ = ("reservation_id", "party", "area_id", "left", "dnut_micro_euro")
    RESERVATION_ID_FIELD_NUMBER: _ClassVar[int]
    PARTY_FIELD_NUMBER: _ClassVar[int]
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    LEFT_FIELD_NUMBER: _ClassVar[int]
    DNUT_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    reservation_id: str
    party: str
    area_id: str
    left: _containers.RepeatedCompositeFieldContainer[NodeChange]
    dnut_micro_euro: int
    def __init__(self, reservation_id: _Optional[str] = ..., party: _Optional[str] = ..., area_id: _Optional[str] = ..., left: _Optional[_Iterable[_Union[NodeChange, _Mapping]]] = ..., dnut_micro_euro: _Optional[int] = ...) -> None: ...

class HeadroomSettled(_message.Message):
    __slots__ = ("reservation_id", "confirmed", "reason", "party", "area_id", "dnut_micro_euro")
    RESERVATION_ID_FIELD_NUMBER: _ClassVar[int]
    CONFIRMED_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    PARTY_FIELD_NUMBER: _ClassVar[int]
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    DNUT_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    reservation_id: str
    confirmed: bool
    reason: str
    party: str
    area_id: str
    dnut_micro_euro: int
    def __init__(self, reservation_id: _Optional[str] = ..., confirmed: _Optional[bool] = ..., reason: _Optional[str] = ..., party: _Optional[str] = ..., area_id: _Optional[str] = ..., dnut_micro_euro: _Optional[int] = ...) -> None: ...

class HeadroomInstruction(_message.Message):
    __slots__ = ("order",)
    ORDER_FIELD_NUMBER: _ClassVar[int]
    order: OrderCommand
    def __init__(self, order: _Optional[_Union[OrderCommand, _Mapping]] = ...) -> None: ...

class HeadroomDenied(_message.Message):
    __slots__ = ("reservation_id", "party", "area_id", "asked", "rejection")
    RESERVATION_ID_FIELD_NUMBER: _ClassVar[int]
    PARTY_FIELD_NUMBER: _ClassVar[int]
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    ASKED_FIELD_NUMBER: _ClassVar[int]
    REJECTION_FIELD_NUMBER: _ClassVar[int]
    reservation_id: str
    party: str
    area_id: str
    asked: str
    rejection: _common_pb2.Rejection
    def __init__(self, reservation_id: _Optional[str] = ..., party: _Optional[str] = ..., area_id: _Optional[str] = ..., asked: _Optional[str] = ..., rejection: _Optional[_Union[_common_pb2.Rejection, _Mapping]] = ...) -> None: ...

class HeldEffect(_message.Message):
    __slots__ = ("node_id", "effect")
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    EFFECT_FIELD_NUMBER: _ClassVar[int]
    node_id: str
    effect: int
    def __init__(self, node_id: _Optional[str] = ..., effect: _Optional[int] = ...) -> None: ...

class ElementShort(_message.Message):
    __slots__ = ("element_id", "value", "limit", "unit", "short", "effects")
    ELEMENT_ID_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    UNIT_FIELD_NUMBER: _ClassVar[int]
    SHORT_FIELD_NUMBER: _ClassVar[int]
    EFFECTS_FIELD_NUMBER: _ClassVar[int]
    element_id: str
    value: int
    limit: int
    unit: str
    short: int
    effects: _containers.RepeatedCompositeFieldContainer[HeldEffect]
    def __init__(self, element_id: _Optional[str] = ..., value: _Optional[int] = ..., limit: _Optional[int] = ..., unit: _Optional[str] = ..., short: _Optional[int] = ..., effects: _Optional[_Iterable[_Union[HeldEffect, _Mapping]]] = ...) -> None: ...

class HeadroomContested(_message.Message):
    __slots__ = ("area_id", "mtu", "order_id", "quantity_w", "element_id", "effect", "resting_order_id", "short")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_W_FIELD_NUMBER: _ClassVar[int]
    ELEMENT_ID_FIELD_NUMBER: _ClassVar[int]
    EFFECT_FIELD_NUMBER: _ClassVar[int]
    RESTING_ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    SHORT_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    mtu: _common_pb2.Mtu
    order_id: str
    quantity_w: int
    element_id: str
    effect: _containers.RepeatedCompositeFieldContainer[NodeChange]
    resting_order_id: str
    short: ElementShort
    def __init__(self, area_id: _Optional[str] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., order_id: _Optional[str] = ..., quantity_w: _Optional[int] = ..., element_id: _Optional[str] = ..., effect: _Optional[_Iterable[_Union[NodeChange, _Mapping]]] = ..., resting_order_id: _Optional[str] = ..., short: _Optional[_Union[ElementShort, _Mapping]] = ...) -> None: ...

class HeadroomShort(_message.Message):
    __slots__ = ("area_id", "mtu", "reservation_ids", "element_id", "reason", "short")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    RESERVATION_IDS_FIELD_NUMBER: _ClassVar[int]
    ELEMENT_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    SHORT_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    mtu: _common_pb2.Mtu
    reservation_ids: _containers.RepeatedScalarFieldContainer[str]
    element_id: str
    reason: str
    short: ElementShort
    def __init__(self, area_id: _Optional[str] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., reservation_ids: _Optional[_Iterable[str]] = ..., element_id: _Optional[str] = ..., reason: _Optional[str] = ..., short: _Optional[_Union[ElementShort, _Mapping]] = ...) -> None: ...

class HeadroomReduced(_message.Message):
    __slots__ = ("reservation_id", "party", "area_id", "left")
    RESERVATION_ID_FIELD_NUMBER: _ClassVar[int]
    PARTY_FIELD_NUMBER: _ClassVar[int]
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    LEFT_FIELD_NUMBER: _ClassVar[int]
    reservation_id: str
    party: str
    area_id: str
    left: _containers.RepeatedCompositeFieldContainer[NodeChange]
    def __init__(self, reservation_id: _Optional[str] = ..., party: _Optional[str] = ..., area_id: _Optional[str] = ..., left: _Optional[_Iterable[_Union[NodeChange, _Mapping]]] = ...) -> None: ...

class AreaHalted(_message.Message):
    __slots__ = ("area_id", "halted", "reason")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    HALTED_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    halted: bool
    reason: str
    def __init__(self, area_id: _Optional[str] = ..., halted: _Optional[bool] = ..., reason: _Optional[str] = ...) -> None: ...

class BookSorted(_message.Message):
    __slots__ = ("area_id", "mtu", "tariff_version")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    TARIFF_VERSION_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    mtu: _common_pb2.Mtu
    tariff_version: int
    def __init__(self, area_id: _Optional[str] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., tariff_version: _Optional[int] = ...) -> None: ...

class PairsRetried(_message.Message):
    __slots__ = ("area_id", "mtus", "deferred", "unfinished")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    MTUS_FIELD_NUMBER: _ClassVar[int]
    DEFERRED_FIELD_NUMBER: _ClassVar[int]
    UNFINISHED_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    mtus: _containers.RepeatedCompositeFieldContainer[_common_pb2.Mtu]
    deferred: _containers.RepeatedCompositeFieldContainer[_common_pb2.Mtu]
    unfinished: _containers.RepeatedCompositeFieldContainer[RetryPlace]
    def __init__(self, area_id: _Optional[str] = ..., mtus: _Optional[_Iterable[_Union[_common_pb2.Mtu, _Mapping]]] = ..., deferred: _Optional[_Iterable[_Union[_common_pb2.Mtu, _Mapping]]] = ..., unfinished: _Optional[_Iterable[_Union[RetryPlace, _Mapping]]] = ...) -> None: ...

class RetryPlace(_message.Message):
    __slots__ = ("mtu", "market_id", "product", "key_sum", "ask_key", "ask_sequence", "bid_sequence", "requests_tried")
    MTU_FIELD_NUMBER: _ClassVar[int]
    MARKET_ID_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_FIELD_NUMBER: _ClassVar[int]
    KEY_SUM_FIELD_NUMBER: _ClassVar[int]
    ASK_KEY_FIELD_NUMBER: _ClassVar[int]
    ASK_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    BID_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    REQUESTS_TRIED_FIELD_NUMBER: _ClassVar[int]
    mtu: _common_pb2.Mtu
    market_id: str
    product: Product
    key_sum: int
    ask_key: int
    ask_sequence: int
    bid_sequence: int
    requests_tried: int
    def __init__(self, mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., market_id: _Optional[str] = ..., product: _Optional[_Union[Product, str]] = ..., key_sum: _Optional[int] = ..., ask_key: _Optional[int] = ..., ask_sequence: _Optional[int] = ..., bid_sequence: _Optional[int] = ..., requests_tried: _Optional[int] = ...) -> None: ...

class ElementExcess(_message.Message):
    __slots__ = ("element_id", "value", "limit", "unit")
    ELEMENT_ID_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    UNIT_FIELD_NUMBER: _ClassVar[int]
    element_id: str
    value: int
    limit: int
    unit: str
    def __init__(self, element_id: _Optional[str] = ..., value: _Optional[int] = ..., limit: _Optional[int] = ..., unit: _Optional[str] = ...) -> None: ...

class Curtailment(_message.Message):
    __slots__ = ("trade_id", "quantity_w", "left_w", "seller_party", "buyer_party", "amount_micro_euro", "compensation_micro_euro", "compensates_seller", "dnut_refund_micro_euro", "relief_refund_micro_euro")
    TRADE_ID_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_W_FIELD_NUMBER: _ClassVar[int]
    LEFT_W_FIELD_NUMBER: _ClassVar[int]
    SELLER_PARTY_FIELD_NUMBER: _ClassVar[int]
    BUYER_PARTY_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    COMPENSATION_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    COMPENSATES_SELLER_FIELD_NUMBER: _ClassVar[int]
    DNUT_REFUND_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    RELIEF_REFUND_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    trade_id: str
    quantity_w: int
    left_w: int
    seller_party: str
    buyer_party: str
    amount_micro_euro: int
    compensation_micro_euro: int
    compensates_seller: bool
    dnut_refund_micro_euro: int
    relief_refund_micro_euro: int
    def __init__(self, trade_id: _Optional[str] = ..., quantity_w: _Optional[int] = ..., left_w: _Optional[int] = ..., seller_party: _Optional[str] = ..., buyer_party: _Optional[str] = ..., amount_micro_euro: _Optional[int] = ..., compensation_micro_euro: _Optional[int] = ..., compensates_seller: _Optional[bool] = ..., dnut_refund_micro_euro: _Optional[int] = ..., relief_refund_micro_euro: _Optional[int] = ...) -> None: ...

class CurtailmentProposed(_message.Message):
    __slots__ = ("proposal_id", "area_id", "mtu", "topology_version", "base_case_version", "operating_point_sequence", "elements", "curtailments", "compensation_micro_euro", "operator_id", "sufficient")
    PROPOSAL_ID_FIELD_NUMBER: _ClassVar[int]
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    TOPOLOGY_VERSION_FIELD_NUMBER: _ClassVar[int]
    BASE_CASE_VERSION_FIELD_NUMBER: _ClassVar[int]
    OPERATING_POINT_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    ELEMENTS_FIELD_NUMBER: _ClassVar[int]
    CURTAILMENTS_FIELD_NUMBER: _ClassVar[int]
    COMPENSATION_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    OPERATOR_ID_FIELD_NUMBER: _ClassVar[int]
    SUFFICIENT_FIELD_NUMBER: _ClassVar[int]
    proposal_id: str
    area_id: str
    mtu: _common_pb2.Mtu
    topology_version: int
    base_case_version: int
    operating_point_sequence: int
    elements: _containers.RepeatedCompositeFieldContainer[ElementExcess]
    curtailments: _containers.RepeatedCompositeFieldContainer[Curtailment]
    compensation_micro_euro: int
    operator_id: str
    sufficient: bool
    def __init__(self, proposal_id: _Optional[str] = ..., area_id: _Optional[str] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., topology_version: _Optional[int] = ..., base_case_version: _Optional[int] = ..., operating_point_sequence: _Optional[int] = ..., elements: _Optional[_Iterable[_Union[ElementExcess, _Mapping]]] = ..., curtailments: _Optional[_Iterable[_Union[Curtailment, _Mapping]]] = ..., compensation_micro_euro: _Optional[int] = ..., operator_id: _Optional[str] = ..., sufficient: _Optional[bool] = ...) -> None: ...

class CurtailmentWithdrawn(_message.Message):
    __slots__ = ("proposal_id", "area_id", "mtu", "reason", "operator_id")
    PROPOSAL_ID_FIELD_NUMBER: _ClassVar[int]
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    OPERATOR_ID_FIELD_NUMBER: _ClassVar[int]
    proposal_id: str
    area_id: str
    mtu: _common_pb2.Mtu
    reason: str
    operator_id: str
    def __init__(self, proposal_id: _Optional[str] = ..., area_id: _Optional[str] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., reason: _Optional[str] = ..., operator_id: _Optional[str] = ...) -> None: ...

class TradeCurtailed(_message.Message):
    __slots__ = ("proposal_id", "area_id", "market_id", "mtu", "curtailment", "seller_metering_point_id", "buyer_metering_point_id", "curtailed_at_ms", "reason")
    PROPOSAL_ID_FIELD_NUMBER: _ClassVar[int]
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    MARKET_ID_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    CURTAILMENT_FIELD_NUMBER: _ClassVar[int]
    SELLER_METERING_POINT_ID_FIELD_NUMBER: _ClassVar[int]
    BUYER_METERING_POINT_ID_FIELD_NUMBER: _ClassVar[int]
    CURTAILED_AT_MS_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    proposal_id: str
    area_id: str
    market_id: str
    mtu: _common_pb2.Mtu
    curtailment: Curtailment
    seller_metering_point_id: str
    buyer_metering_point_id: str
    curtailed_at_ms: int
    reason: str
    def __init__(self, proposal_id: _Optional[str] = ..., area_id: _Optional[str] = ..., market_id: _Optional[str] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., curtailment: _Optional[_Union[Curtailment, _Mapping]] = ..., seller_metering_point_id: _Optional[str] = ..., buyer_metering_point_id: _Optional[str] = ..., curtailed_at_ms: _Optional[int] = ..., reason: _Optional[str] = ...) -> None: ...

class TopologyRechecked(_message.Message):
    __slots__ = ("area_id", "mtu", "topology_version", "fits")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    TOPOLOGY_VERSION_FIELD_NUMBER: _ClassVar[int]
    FITS_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    mtu: _common_pb2.Mtu
    topology_version: int
    fits: bool
    def __init__(self, area_id: _Optional[str] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., topology_version: _Optional[int] = ..., fits: _Optional[bool] = ...) -> None: ...

class AllotmentAcknowledged(_message.Message):
    __slots__ = ("participant_id", "shard", "version", "limit_micro_euro")
    PARTICIPANT_ID_FIELD_NUMBER: _ClassVar[int]
    SHARD_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    LIMIT_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    participant_id: str
    shard: int
    version: int
    limit_micro_euro: int
    def __init__(self, participant_id: _Optional[str] = ..., shard: _Optional[int] = ..., version: _Optional[int] = ..., limit_micro_euro: _Optional[int] = ...) -> None: ...

class OutsideShare(_message.Message):
    __slots__ = ("metering_point_id", "unit_id", "basis", "quantity_w")
    METERING_POINT_ID_FIELD_NUMBER: _ClassVar[int]
    UNIT_ID_FIELD_NUMBER: _ClassVar[int]
    BASIS_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_W_FIELD_NUMBER: _ClassVar[int]
    metering_point_id: str
    unit_id: str
    basis: Basis
    quantity_w: int
    def __init__(self, metering_point_id: _Optional[str] = ..., unit_id: _Optional[str] = ..., basis: _Optional[_Union[Basis, str]] = ..., quantity_w: _Optional[int] = ...) -> None: ...

class TradedOutside(_message.Message):
    __slots__ = ("area_id", "mtu", "venue_id", "result_id", "version", "shares")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    VENUE_ID_FIELD_NUMBER: _ClassVar[int]
    RESULT_ID_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    SHARES_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    mtu: _common_pb2.Mtu
    venue_id: str
    result_id: str
    version: int
    shares: _containers.RepeatedCompositeFieldContainer[OutsideShare]
    def __init__(self, area_id: _Optional[str] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., venue_id: _Optional[str] = ..., result_id: _Optional[str] = ..., version: _Optional[int] = ..., shares: _Optional[_Iterable[_Union[OutsideShare, _Mapping]]] = ...) -> None: ...

class PublicOrder(_message.Message):
    __slots__ = ("key", "product", "side", "node_id", "element_id", "basis", "price_ticks", "shown_w", "sequence", "fill_rule", "conditional")
    KEY_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_FIELD_NUMBER: _ClassVar[int]
    SIDE_FIELD_NUMBER: _ClassVar[int]
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    ELEMENT_ID_FIELD_NUMBER: _ClassVar[int]
    BASIS_FIELD_NUMBER: _ClassVar[int]
    PRICE_TICKS_FIELD_NUMBER: _ClassVar[int]
    SHOWN_W_FIELD_NUMBER: _ClassVar[int]
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    FILL_RULE_FIELD_NUMBER: _ClassVar[int]
    CONDITIONAL_FIELD_NUMBER: _ClassVar[int]
    key: int
    product: Product
    side: Side
    node_id: str
    element_id: str
    basis: Basis
    price_ticks: int
    shown_w: int
    sequence: int
    fill_rule: FillRule
    conditional: bool
    def __init__(self, key: _Optional[int] = ..., product: _Optional[_Union[Product, str]] = ..., side: _Optional[_Union[Side, str]] = ..., node_id: _Optional[str] = ..., element_id: _Optional[str] = ..., basis: _Optional[_Union[Basis, str]] = ..., price_ticks: _Optional[int] = ..., shown_w: _Optional[int] = ..., sequence: _Optional[int] = ..., fill_rule: _Optional[_Union[FillRule, str]] = ..., conditional: _Optional[bool] = ...) -> None: ...

class BookStatus(_message.Message):
    __slots__ = ("open", "halted_reason", "phase", "phase_reason", "resumes_at_ms")
    OPEN_FIELD_NUMBER: _ClassVar[int]
    HALTED_REASON_FIELD_NUMBER: _ClassVar[int]
    PHASE_FIELD_NUMBER: _ClassVar[int]
    PHASE_REASON_FIELD_NUMBER: _ClassVar[int]
    RESUMES_AT_MS_FIELD_NUMBER: _ClassVar[int]
    open: bool
    halted_reason: str
    phase: Phase
    phase_reason: str
    resumes_at_ms: int
    def __init__(self, open: _Optional[bool] = ..., halted_reason: _Optional[str] = ..., phase: _Optional[_Union[Phase, str]] = ..., phase_reason: _Optional[str] = ..., resumes_at_ms: _Optional[int] = ...) -> None: ...

class BookPictured(_message.Message):
    __slots__ = ("area_id", "market_id", "mtu", "part", "parts", "status", "orders")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    MARKET_ID_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    PART_FIELD_NUMBER: _ClassVar[int]
    PARTS_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    ORDERS_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    market_id: str
    mtu: _common_pb2.Mtu
    part: int
    parts: int
    status: BookStatus
    orders: _containers.RepeatedCompositeFieldContainer[PublicOrder]
    def __init__(self, area_id: _Optional[str] = ..., market_id: _Optional[str] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., part: _Optional[int] = ..., parts: _Optional[int] = ..., status: _Optional[_Union[BookStatus, _Mapping]] = ..., orders: _Optional[_Iterable[_Union[PublicOrder, _Mapping]]] = ...) -> None: ...

class FeedPlace(_message.Message):
    __slots__ = ("sequence", "at_ms", "last", "market_id", "mtu", "halted_reason")
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    AT_MS_FIELD_NUMBER: _ClassVar[int]
    LAST_FIELD_NUMBER: _ClassVar[int]
    MARKET_ID_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    HALTED_REASON_FIELD_NUMBER: _ClassVar[int]
    sequence: int
    at_ms: int
    last: bool
    market_id: str
    mtu: _common_pb2.Mtu
    halted_reason: str
    def __init__(self, sequence: _Optional[int] = ..., at_ms: _Optional[int] = ..., last: _Optional[bool] = ..., market_id: _Optional[str] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., halted_reason: _Optional[str] = ...) -> None: ...

class OrderEvent(_message.Message):
    __slots__ = ("feed", "base_frozen", "admitted", "refused", "trade", "skipped", "closed", "replaced", "opened", "book_closed", "potential_revised", "operating_point", "reserved", "headroom_settled", "halted", "sorted", "retried", "curtailment_proposed", "curtailment_withdrawn", "trade_curtailed", "topology_rechecked", "capacity_limits_set", "relief_released", "held", "call_ended", "pair_blocked", "headroom_filled", "headroom_denied", "headroom_contested", "headroom_short", "headroom_reduced", "allotment_acknowledged", "traded_outside", "pictured", "phase_changed", "order_released", "market_halted", "operator_acted", "trade_recalled", "hibernated", "session_kept", "kill_switch_set", "span_matched", "agreement_proposed", "agreement_confirmed", "agreement_ended", "pool_cleared", "auction_cleared", "capacity_phase", "capacity_requested", "capacity_withdrawn", "capacity_refused", "capacity_cleared", "capacity_allocated", "capacity_used", "capacity_lapsed", "spread_requested", "spread_skipped", "spread_ended", "spreads_tried")
    FEED_FIELD_NUMBER: _ClassVar[int]
    BASE_FROZEN_FIELD_NUMBER: _ClassVar[int]
    ADMITTED_FIELD_NUMBER: _ClassVar[int]
    REFUSED_FIELD_NUMBER: _ClassVar[int]
    TRADE_FIELD_NUMBER: _ClassVar[int]
    SKIPPED_FIELD_NUMBER: _ClassVar[int]
    CLOSED_FIELD_NUMBER: _ClassVar[int]
    REPLACED_FIELD_NUMBER: _ClassVar[int]
    OPENED_FIELD_NUMBER: _ClassVar[int]
    BOOK_CLOSED_FIELD_NUMBER: _ClassVar[int]
    POTENTIAL_REVISED_FIELD_NUMBER: _ClassVar[int]
    OPERATING_POINT_FIELD_NUMBER: _ClassVar[int]
    RESERVED_FIELD_NUMBER: _ClassVar[int]
    HEADROOM_SETTLED_FIELD_NUMBER: _ClassVar[int]
    HALTED_FIELD_NUMBER: _ClassVar[int]
    SORTED_FIELD_NUMBER: _ClassVar[int]
    RETRIED_FIELD_NUMBER: _ClassVar[int]
    CURTAILMENT_PROPOSED_FIELD_NUMBER: _ClassVar[int]
    CURTAILMENT_WITHDRAWN_FIELD_NUMBER: _ClassVar[int]
    TRADE_CURTAILED_FIELD_NUMBER: _ClassVar[int]
    TOPOLOGY_RECHECKED_FIELD_NUMBER: _ClassVar[int]
    CAPACITY_LIMITS_SET_FIELD_NUMBER: _ClassVar[int]
    RELIEF_RELEASED_FIELD_NUMBER: _ClassVar[int]
    HELD_FIELD_NUMBER: _ClassVar[int]
    CALL_ENDED_FIELD_NUMBER: _ClassVar[int]
    PAIR_BLOCKED_FIELD_NUMBER: _ClassVar[int]
    HEADROOM_FILLED_FIELD_NUMBER: _ClassVar[int]
    HEADROOM_DENIED_FIELD_NUMBER: _ClassVar[int]
    HEADROOM_CONTESTED_FIELD_NUMBER: _ClassVar[int]
    HEADROOM_SHORT_FIELD_NUMBER: _ClassVar[int]
    HEADROOM_REDUCED_FIELD_NUMBER: _ClassVar[int]
    ALLOTMENT_ACKNOWLEDGED_FIELD_NUMBER: _ClassVar[int]
    TRADED_OUTSIDE_FIELD_NUMBER: _ClassVar[int]
    PICTURED_FIELD_NUMBER: _ClassVar[int]
    PHASE_CHANGED_FIELD_NUMBER: _ClassVar[int]
    ORDER_RELEASED_FIELD_NUMBER: _ClassVar[int]
    MARKET_HALTED_FIELD_NUMBER: _ClassVar[int]
    OPERATOR_ACTED_FIELD_NUMBER: _ClassVar[int]
    TRADE_RECALLED_FIELD_NUMBER: _ClassVar[int]
    HIBERNATED_FIELD_NUMBER: _ClassVar[int]
    SESSION_KEPT_FIELD_NUMBER: _ClassVar[int]
    KILL_SWITCH_SET_FIELD_NUMBER: _ClassVar[int]
    SPAN_MATCHED_FIELD_NUMBER: _ClassVar[int]
    AGREEMENT_PROPOSED_FIELD_NUMBER: _ClassVar[int]
    AGREEMENT_CONFIRMED_FIELD_NUMBER: _ClassVar[int]
    AGREEMENT_ENDED_FIELD_NUMBER: _ClassVar[int]
    POOL_CLEARED_FIELD_NUMBER: _ClassVar[int]
    AUCTION_CLEARED_FIELD_NUMBER: _ClassVar[int]
    CAPACITY_PHASE_FIELD_NUMBER: _ClassVar[int]
    CAPACITY_REQUESTED_FIELD_NUMBER: _ClassVar[int]
    CAPACITY_WITHDRAWN_FIELD_NUMBER: _ClassVar[int]
    CAPACITY_REFUSED_FIELD_NUMBER: _ClassVar[int]
    CAPACITY_CLEARED_FIELD_NUMBER: _ClassVar[int]
    CAPACITY_ALLOCATED_FIELD_NUMBER: _ClassVar[int]
    CAPACITY_USED_FIELD_NUMBER: _ClassVar[int]
    CAPACITY_LAPSED_FIELD_NUMBER: _ClassVar[int]
    SPREAD_REQUESTED_FIELD_NUMBER: _ClassVar[int]
    SPREAD_SKIPPED_FIELD_NUMBER: _ClassVar[int]
    SPREAD_ENDED_FIELD_NUMBER: _ClassVar[int]
    SPREADS_TRIED_FIELD_NUMBER: _ClassVar[int]
    feed: _containers.RepeatedCompositeFieldContainer[FeedPlace]
    base_frozen: BaseFrozen
    admitted: OrderAdmitted
    refused: OrderRefused
    trade: TradeExecuted
    skipped: CandidateSkipped
    closed: OrderClosed
    replaced: OrderReplaced
    opened: BookOpened
    book_closed: BookClosed
    potential_revised: PotentialRevised
    operating_point: OperatingPointChanged
    reserved: HeadroomReserved
    headroom_settled: HeadroomSettled
    halted: AreaHalted
    sorted: BookSorted
    retried: PairsRetried
    curtailment_proposed: CurtailmentProposed
    curtailment_withdrawn: CurtailmentWithdrawn
    trade_curtailed: TradeCurtailed
    topology_rechecked: TopologyRechecked
    capacity_limits_set: CapacityLimitsSet
    relief_released: ReliefReleased
    held: FlexibilityHeld
    call_ended: CallEnded
    pair_blocked: PairBlocked
    headroom_filled: HeadroomFilled
    headroom_denied: HeadroomDenied
    headroom_contested: HeadroomContested
    headroom_short: HeadroomShort
    headroom_reduced: HeadroomReduced
    allotment_acknowledged: AllotmentAcknowledged
    traded_outside: TradedOutside
    pictured: BookPictured
    phase_changed: PhaseChanged
    order_released: OrderReleased
    market_halted: MarketHalted
    operator_acted: OperatorActed
    trade_recalled: TradeRecalled
    hibernated: OrderHibernated
    session_kept: SessionKept
    kill_switch_set: KillSwitchSet
    span_matched: SpanMatched
    agreement_proposed: AgreementProposed
    agreement_confirmed: AgreementConfirmed
    agreement_ended: AgreementEnded
    pool_cleared: PoolCleared
    auction_cleared: AuctionCleared
    capacity_phase: CapacityPhaseChanged
    capacity_requested: CapacityRequested
    capacity_withdrawn: CapacityWithdrawn
    capacity_refused: CapacityRefused
    capacity_cleared: CapacityCleared
    capacity_allocated: CapacityAllocated
    capacity_used: CapacityUsed
    capacity_lapsed: CapacityLapsed
    spread_requested: SpreadRequested
    spread_skipped: SpreadSkipped
    spread_ended: SpreadEnded
    spreads_tried: SpreadsTried
    def __init__(self, feed: _Optional[_Iterable[_Union[FeedPlace, _Mapping]]] = ..., base_frozen: _Optional[_Union[BaseFrozen, _Mapping]] = ..., admitted: _Optional[_Union[OrderAdmitted, _Mapping]] = ..., refused: _Optional[_Union[OrderRefused, _Mapping]] = ..., trade: _Optional[_Union[TradeExecuted, _Mapping]] = ..., skipped: _Optional[_Union[CandidateSkipped, _Mapping]] = ..., closed: _Optional[_Union[OrderClosed, _Mapping]] = ..., replaced: _Optional[_Union[OrderReplaced, _Mapping]] = ..., opened: _Optional[_Union[BookOpened, _Mapping]] = ..., book_closed: _Optional[_Union[BookClosed, _Mapping]] = ..., potential_revised: _Optional[_Union[PotentialRevised, _Mapping]] = ..., operating_point: _Optional[_Union[OperatingPointChanged, _Mapping]] = ..., reserved: _Optional[_Union[HeadroomReserved, _Mapping]] = ..., headroom_settled: _Optional[_Union[HeadroomSettled, _Mapping]] = ..., halted: _Optional[_Union[AreaHalted, _Mapping]] = ..., sorted: _Optional[_Union[BookSorted, _Mapping]] = ..., retried: _Optional[_Union[PairsRetried, _Mapping]] = ..., curtailment_proposed: _Optional[_Union[CurtailmentProposed, _Mapping]] = ..., curtailment_withdrawn: _Optional[_Union[CurtailmentWithdrawn, _Mapping]] = ..., trade_curtailed: _Optional[_Union[TradeCurtailed, _Mapping]] = ..., topology_rechecked: _Optional[_Union[TopologyRechecked, _Mapping]] = ..., capacity_limits_set: _Optional[_Union[CapacityLimitsSet, _Mapping]] = ..., relief_released: _Optional[_Union[ReliefReleased, _Mapping]] = ..., held: _Optional[_Union[FlexibilityHeld, _Mapping]] = ..., call_ended: _Optional[_Union[CallEnded, _Mapping]] = ..., pair_blocked: _Optional[_Union[PairBlocked, _Mapping]] = ..., headroom_filled: _Optional[_Union[HeadroomFilled, _Mapping]] = ..., headroom_denied: _Optional[_Union[HeadroomDenied, _Mapping]] = ..., headroom_contested: _Optional[_Union[HeadroomContested, _Mapping]] = ..., headroom_short: _Optional[_Union[HeadroomShort, _Mapping]] = ..., headroom_reduced: _Optional[_Union[HeadroomReduced, _Mapping]] = ..., allotment_acknowledged: _Optional[_Union[AllotmentAcknowledged, _Mapping]] = ..., traded_outside: _Optional[_Union[TradedOutside, _Mapping]] = ..., pictured: _Optional[_Union[BookPictured, _Mapping]] = ..., phase_changed: _Optional[_Union[PhaseChanged, _Mapping]] = ..., order_released: _Optional[_Union[OrderReleased, _Mapping]] = ..., market_halted: _Optional[_Union[MarketHalted, _Mapping]] = ..., operator_acted: _Optional[_Union[OperatorActed, _Mapping]] = ..., trade_recalled: _Optional[_Union[TradeRecalled, _Mapping]] = ..., hibernated: _Optional[_Union[OrderHibernated, _Mapping]] = ..., session_kept: _Optional[_Union[SessionKept, _Mapping]] = ..., kill_switch_set: _Optional[_Union[KillSwitchSet, _Mapping]] = ..., span_matched: _Optional[_Union[SpanMatched, _Mapping]] = ..., agreement_proposed: _Optional[_Union[AgreementProposed, _Mapping]] = ..., agreement_confirmed: _Optional[_Union[AgreementConfirmed, _Mapping]] = ..., agreement_ended: _Optional[_Union[AgreementEnded, _Mapping]] = ..., pool_cleared: _Optional[_Union[PoolCleared, _Mapping]] = ..., auction_cleared: _Optional[_Union[AuctionCleared, _Mapping]] = ..., capacity_phase: _Optional[_Union[CapacityPhaseChanged, _Mapping]] = ..., capacity_requested: _Optional[_Union[CapacityRequested, _Mapping]] = ..., capacity_withdrawn: _Optional[_Union[CapacityWithdrawn, _Mapping]] = ..., capacity_refused: _Optional[_Union[CapacityRefused, _Mapping]] = ..., capacity_cleared: _Optional[_Union[CapacityCleared, _Mapping]] = ..., capacity_allocated: _Optional[_Union[CapacityAllocated, _Mapping]] = ..., capacity_used: _Optional[_Union[CapacityUsed, _Mapping]] = ..., capacity_lapsed: _Optional[_Union[CapacityLapsed, _Mapping]] = ..., spread_requested: _Optional[_Union[SpreadRequested, _Mapping]] = ..., spread_skipped: _Optional[_Union[SpreadSkipped, _Mapping]] = ..., spread_ended: _Optional[_Union[SpreadEnded, _Mapping]] = ..., spreads_tried: _Optional[_Union[SpreadsTried, _Mapping]] = ...) -> None: ...

class PartyEvent(_message.Message):
    __slots__ = ("party", "event")
    PARTY_FIELD_NUMBER: _ClassVar[int]
    EVENT_FIELD_NUMBER: _ClassVar[int]
    party: str
    event: OrderEvent
    def __init__(self, party: _Optional[str] = ..., event: _Optional[_Union[OrderEvent, _Mapping]] = ...) -> None: ...

class SubmitOrdersRequest(_message.Message):
    __slots__ = ("command_id", "expires_at_ms", "area_id", "submit")
    COMMAND_ID_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_AT_MS_FIELD_NUMBER: _ClassVar[int]
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    SUBMIT_FIELD_NUMBER: _ClassVar[int]
    command_id: str
    expires_at_ms: int
    area_id: str
    submit: SubmitOrders
    def __init__(self, command_id: _Optional[str] = ..., expires_at_ms: _Optional[int] = ..., area_id: _Optional[str] = ..., submit: _Optional[_Union[SubmitOrders, _Mapping]] = ...) -> None: ...

class SubmitOrdersResponse(_message.Message):
    __slots__ = ("receipt",)
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    receipt: _common_pb2.CommandReceipt
    def __init__(self, receipt: _Optional[_Union[_common_pb2.CommandReceipt, _Mapping]] = ...) -> None: ...

class CancelOrdersRequest(_message.Message):
    __slots__ = ("command_id", "expires_at_ms", "area_id", "cancel")
    COMMAND_ID_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_AT_MS_FIELD_NUMBER: _ClassVar[int]
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    CANCEL_FIELD_NUMBER: _ClassVar[int]
    command_id: str
    expires_at_ms: int
    area_id: str
    cancel: CancelOrders
    def __init__(self, command_id: _Optional[str] = ..., expires_at_ms: _Optional[int] = ..., area_id: _Optional[str] = ..., cancel: _Optional[_Union[CancelOrders, _Mapping]] = ...) -> None: ...

class CancelOrdersResponse(_message.Message):
    __slots__ = ("receipt",)
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    receipt: _common_pb2.CommandReceipt
    def __init__(self, receipt: _Optional[_Union[_common_pb2.CommandReceipt, _Mapping]] = ...) -> None: ...

class ReplaceOrderRequest(_message.Message):
    __slots__ = ("command_id", "expires_at_ms", "area_id", "replace")
    COMMAND_ID_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_AT_MS_FIELD_NUMBER: _ClassVar[int]
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    REPLACE_FIELD_NUMBER: _ClassVar[int]
    command_id: str
    expires_at_ms: int
    area_id: str
    replace: ReplaceOrder
    def __init__(self, command_id: _Optional[str] = ..., expires_at_ms: _Optional[int] = ..., area_id: _Optional[str] = ..., replace: _Optional[_Union[ReplaceOrder, _Mapping]] = ...) -> None: ...

class ReplaceOrderResponse(_message.Message):
    __slots__ = ("receipt",)
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    receipt: _common_pb2.CommandReceipt
    def __init__(self, receipt: _Optional[_Union[_common_pb2.CommandReceipt, _Mapping]] = ...) -> None: ...

class SetCapacityLimitsRequest(_message.Message):
    __slots__ = ("command_id", "expires_at_ms", "area_id", "schedule")
    COMMAND_ID_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_AT_MS_FIELD_NUMBER: _ClassVar[int]
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    SCHEDULE_FIELD_NUMBER: _ClassVar[int]
    command_id: str
    expires_at_ms: int
    area_id: str
    schedule: SetCapacityLimits
    def __init__(self, command_id: _Optional[str] = ..., expires_at_ms: _Optional[int] = ..., area_id: _Optional[str] = ..., schedule: _Optional[_Union[SetCapacityLimits, _Mapping]] = ...) -> None: ...

class SetCapacityLimitsResponse(_message.Message):
    __slots__ = ("receipt",)
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    receipt: _common_pb2.CommandReceipt
    def __init__(self, receipt: _Optional[_Union[_common_pb2.CommandReceipt, _Mapping]] = ...) -> None: ...

class ReleaseReliefRequest(_message.Message):
    __slots__ = ("command_id", "expires_at_ms", "area_id", "release")
    COMMAND_ID_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_AT_MS_FIELD_NUMBER: _ClassVar[int]
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    RELEASE_FIELD_NUMBER: _ClassVar[int]
    command_id: str
    expires_at_ms: int
    area_id: str
    release: ReleaseRelief
    def __init__(self, command_id: _Optional[str] = ..., expires_at_ms: _Optional[int] = ..., area_id: _Optional[str] = ..., release: _Optional[_Union[ReleaseRelief, _Mapping]] = ...) -> None: ...

class ReleaseReliefResponse(_message.Message):
    __slots__ = ("receipt",)
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    receipt: _common_pb2.CommandReceipt
    def __init__(self, receipt: _Optional[_Union[_common_pb2.CommandReceipt, _Mapping]] = ...) -> None: ...

class EndCallRequest(_message.Message):
    __slots__ = ("command_id", "expires_at_ms", "area_id", "end")
    COMMAND_ID_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_AT_MS_FIELD_NUMBER: _ClassVar[int]
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    END_FIELD_NUMBER: _ClassVar[int]
    command_id: str
    expires_at_ms: int
    area_id: str
    end: EndCall
    def __init__(self, command_id: _Optional[str] = ..., expires_at_ms: _Optional[int] = ..., area_id: _Optional[str] = ..., end: _Optional[_Union[EndCall, _Mapping]] = ...) -> None: ...

class EndCallResponse(_message.Message):
    __slots__ = ("receipt",)
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    receipt: _common_pb2.CommandReceipt
    def __init__(self, receipt: _Optional[_Union[_common_pb2.CommandReceipt, _Mapping]] = ...) -> None: ...

class OperateBookRequest(_message.Message):
    __slots__ = ("command_id", "expires_at_ms", "area_id", "halt", "resume", "cancel_for", "recall", "request_spread", "cancel_spread")
    COMMAND_ID_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_AT_MS_FIELD_NUMBER: _ClassVar[int]
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    HALT_FIELD_NUMBER: _ClassVar[int]
    RESUME_FIELD_NUMBER: _ClassVar[int]
    CANCEL_FOR_FIELD_NUMBER: _ClassVar[int]
    RECALL_FIELD_NUMBER: _ClassVar[int]
    REQUEST_SPREAD_FIELD_NUMBER: _ClassVar[int]
    CANCEL_SPREAD_FIELD_NUMBER: _ClassVar[int]
    command_id: str
    expires_at_ms: int
    area_id: str
    halt: HaltBooks
    resume: ResumeBooks
    cancel_for: CancelFor
    recall: RecallTrade
    request_spread: RequestSpread
    cancel_spread: CancelSpread
    def __init__(self, command_id: _Optional[str] = ..., expires_at_ms: _Optional[int] = ..., area_id: _Optional[str] = ..., halt: _Optional[_Union[HaltBooks, _Mapping]] = ..., resume: _Optional[_Union[ResumeBooks, _Mapping]] = ..., cancel_for: _Optional[_Union[CancelFor, _Mapping]] = ..., recall: _Optional[_Union[RecallTrade, _Mapping]] = ..., request_spread: _Optional[_Union[RequestSpread, _Mapping]] = ..., cancel_spread: _Optional[_Union[CancelSpread, _Mapping]] = ...) -> None: ...

class OperateBookResponse(_message.Message):
    __slots__ = ("receipt",)
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    receipt: _common_pb2.CommandReceipt
    def __init__(self, receipt: _Optional[_Union[_common_pb2.CommandReceipt, _Mapping]] = ...) -> None: ...

class HitOrderRequest(_message.Message):
    __slots__ = ("command_id", "expires_at_ms", "area_id", "hit")
    COMMAND_ID_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_AT_MS_FIELD_NUMBER: _ClassVar[int]
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    HIT_FIELD_NUMBER: _ClassVar[int]
    command_id: str
    expires_at_ms: int
    area_id: str
    hit: HitOrder
    def __init__(self, command_id: _Optional[str] = ..., expires_at_ms: _Optional[int] = ..., area_id: _Optional[str] = ..., hit: _Optional[_Union[HitOrder, _Mapping]] = ...) -> None: ...

class HitOrderResponse(_message.Message):
    __slots__ = ("receipt",)
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    receipt: _common_pb2.CommandReceipt
    def __init__(self, receipt: _Optional[_Union[_common_pb2.CommandReceipt, _Mapping]] = ...) -> None: ...

class HeadroomRequest(_message.Message):
    __slots__ = ("command_id", "expires_at_ms", "area_id", "reserve", "confirm", "release")
    COMMAND_ID_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_AT_MS_FIELD_NUMBER: _ClassVar[int]
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    RESERVE_FIELD_NUMBER: _ClassVar[int]
    CONFIRM_FIELD_NUMBER: _ClassVar[int]
    RELEASE_FIELD_NUMBER: _ClassVar[int]
    command_id: str
    expires_at_ms: int
    area_id: str
    reserve: ReserveHeadroom
    confirm: ConfirmHeadroom
    release: ReleaseHeadroom
    def __init__(self, command_id: _Optional[str] = ..., expires_at_ms: _Optional[int] = ..., area_id: _Optional[str] = ..., reserve: _Optional[_Union[ReserveHeadroom, _Mapping]] = ..., confirm: _Optional[_Union[ConfirmHeadroom, _Mapping]] = ..., release: _Optional[_Union[ReleaseHeadroom, _Mapping]] = ...) -> None: ...

class HeadroomResponse(_message.Message):
    __slots__ = ("receipt",)
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    receipt: _common_pb2.CommandReceipt
    def __init__(self, receipt: _Optional[_Union[_common_pb2.CommandReceipt, _Mapping]] = ...) -> None: ...

class ResumeAreaRequest(_message.Message):
    __slots__ = ("command_id", "expires_at_ms", "area_id", "reason")
    COMMAND_ID_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_AT_MS_FIELD_NUMBER: _ClassVar[int]
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    command_id: str
    expires_at_ms: int
    area_id: str
    reason: str
    def __init__(self, command_id: _Optional[str] = ..., expires_at_ms: _Optional[int] = ..., area_id: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class ResumeAreaResponse(_message.Message):
    __slots__ = ("receipt",)
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    receipt: _common_pb2.CommandReceipt
    def __init__(self, receipt: _Optional[_Union[_common_pb2.CommandReceipt, _Mapping]] = ...) -> None: ...

class DecideCurtailmentRequest(_message.Message):
    __slots__ = ("command_id", "expires_at_ms", "area_id", "decision")
    COMMAND_ID_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_AT_MS_FIELD_NUMBER: _ClassVar[int]
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    DECISION_FIELD_NUMBER: _ClassVar[int]
    command_id: str
    expires_at_ms: int
    area_id: str
    decision: DecideCurtailment
    def __init__(self, command_id: _Optional[str] = ..., expires_at_ms: _Optional[int] = ..., area_id: _Optional[str] = ..., decision: _Optional[_Union[DecideCurtailment, _Mapping]] = ...) -> None: ...

class DecideCurtailmentResponse(_message.Message):
    __slots__ = ("receipt",)
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    receipt: _common_pb2.CommandReceipt
    def __init__(self, receipt: _Optional[_Union[_common_pb2.CommandReceipt, _Mapping]] = ...) -> None: ...

class ManageOrdersRequest(_message.Message):
    __slots__ = ("command_id", "expires_at_ms", "area_id", "cancel_all", "hibernate", "reactivate", "keep_session", "set_kill_switch")
    COMMAND_ID_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_AT_MS_FIELD_NUMBER: _ClassVar[int]
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    CANCEL_ALL_FIELD_NUMBER: _ClassVar[int]
    HIBERNATE_FIELD_NUMBER: _ClassVar[int]
    REACTIVATE_FIELD_NUMBER: _ClassVar[int]
    KEEP_SESSION_FIELD_NUMBER: _ClassVar[int]
    SET_KILL_SWITCH_FIELD_NUMBER: _ClassVar[int]
    command_id: str
    expires_at_ms: int
    area_id: str
    cancel_all: CancelAll
    hibernate: HibernateOrders
    reactivate: ReactivateOrders
    keep_session: KeepSession
    set_kill_switch: SetKillSwitch
    def __init__(self, command_id: _Optional[str] = ..., expires_at_ms: _Optional[int] = ..., area_id: _Optional[str] = ..., cancel_all: _Optional[_Union[CancelAll, _Mapping]] = ..., hibernate: _Optional[_Union[HibernateOrders, _Mapping]] = ..., reactivate: _Optional[_Union[ReactivateOrders, _Mapping]] = ..., keep_session: _Optional[_Union[KeepSession, _Mapping]] = ..., set_kill_switch: _Optional[_Union[SetKillSwitch, _Mapping]] = ...) -> None: ...

class ManageOrdersResponse(_message.Message):
    __slots__ = ("receipt",)
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    receipt: _common_pb2.CommandReceipt
    def __init__(self, receipt: _Optional[_Union[_common_pb2.CommandReceipt, _Mapping]] = ...) -> None: ...

class AgreeRequest(_message.Message):
    __slots__ = ("command_id", "expires_at_ms", "area_id", "propose", "answer")
    COMMAND_ID_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_AT_MS_FIELD_NUMBER: _ClassVar[int]
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    PROPOSE_FIELD_NUMBER: _ClassVar[int]
    ANSWER_FIELD_NUMBER: _ClassVar[int]
    command_id: str
    expires_at_ms: int
    area_id: str
    propose: ProposeAgreement
    answer: AnswerAgreement
    def __init__(self, command_id: _Optional[str] = ..., expires_at_ms: _Optional[int] = ..., area_id: _Optional[str] = ..., propose: _Optional[_Union[ProposeAgreement, _Mapping]] = ..., answer: _Optional[_Union[AnswerAgreement, _Mapping]] = ...) -> None: ...

class AgreeResponse(_message.Message):
    __slots__ = ("receipt",)
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    receipt: _common_pb2.CommandReceipt
    def __init__(self, receipt: _Optional[_Union[_common_pb2.CommandReceipt, _Mapping]] = ...) -> None: ...

class ListAgreementsRequest(_message.Message):
    __slots__ = ("area_id", "min_position")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    MIN_POSITION_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    min_position: _common_pb2.LogPosition
    def __init__(self, area_id: _Optional[str] = ..., min_position: _Optional[_Union[_common_pb2.LogPosition, _Mapping]] = ...) -> None: ...

class ListAgreementsResponse(_message.Message):
    __slots__ = ("agreements",)
    AGREEMENTS_FIELD_NUMBER: _ClassVar[int]
    agreements: _containers.RepeatedCompositeFieldContainer[Agreement]
    def __init__(self, agreements: _Optional[_Iterable[_Union[Agreement, _Mapping]]] = ...) -> None: ...

class NetworkCapacityRequest(_message.Message):
    __slots__ = ("command_id", "expires_at_ms", "area_id", "request", "withdraw", "declare_use")
    COMMAND_ID_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_AT_MS_FIELD_NUMBER: _ClassVar[int]
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    REQUEST_FIELD_NUMBER: _ClassVar[int]
    WITHDRAW_FIELD_NUMBER: _ClassVar[int]
    DECLARE_USE_FIELD_NUMBER: _ClassVar[int]
    command_id: str
    expires_at_ms: int
    area_id: str
    request: RequestCapacity
    withdraw: WithdrawCapacity
    declare_use: DeclareCapacityUse
    def __init__(self, command_id: _Optional[str] = ..., expires_at_ms: _Optional[int] = ..., area_id: _Optional[str] = ..., request: _Optional[_Union[RequestCapacity, _Mapping]] = ..., withdraw: _Optional[_Union[WithdrawCapacity, _Mapping]] = ..., declare_use: _Optional[_Union[DeclareCapacityUse, _Mapping]] = ...) -> None: ...

class NetworkCapacityResponse(_message.Message):
    __slots__ = ("receipt",)
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    receipt: _common_pb2.CommandReceipt
    def __init__(self, receipt: _Optional[_Union[_common_pb2.CommandReceipt, _Mapping]] = ...) -> None: ...

class ListNetworkCapacityRequest(_message.Message):
    __slots__ = ("area_id", "min_position")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    MIN_POSITION_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    min_position: _common_pb2.LogPosition
    def __init__(self, area_id: _Optional[str] = ..., min_position: _Optional[_Union[_common_pb2.LogPosition, _Mapping]] = ...) -> None: ...

class CapacityHolding(_message.Message):
    __slots__ = ("mtu", "held_w", "used_w", "lapsed_w", "amount_micro_euro")
    MTU_FIELD_NUMBER: _ClassVar[int]
    HELD_W_FIELD_NUMBER: _ClassVar[int]
    USED_W_FIELD_NUMBER: _ClassVar[int]
    LAPSED_W_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    mtu: _common_pb2.Mtu
    held_w: int
    used_w: int
    lapsed_w: int
    amount_micro_euro: int
    def __init__(self, mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., held_w: _Optional[int] = ..., used_w: _Optional[int] = ..., lapsed_w: _Optional[int] = ..., amount_micro_euro: _Optional[int] = ...) -> None: ...

class CapacityPosition(_message.Message):
    __slots__ = ("request", "cleared", "withdrawn", "quantity_w", "holdings")
    REQUEST_FIELD_NUMBER: _ClassVar[int]
    CLEARED_FIELD_NUMBER: _ClassVar[int]
    WITHDRAWN_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_W_FIELD_NUMBER: _ClassVar[int]
    HOLDINGS_FIELD_NUMBER: _ClassVar[int]
    request: CapacityRequest
    cleared: bool
    withdrawn: bool
    quantity_w: int
    holdings: _containers.RepeatedCompositeFieldContainer[CapacityHolding]
    def __init__(self, request: _Optional[_Union[CapacityRequest, _Mapping]] = ..., cleared: _Optional[bool] = ..., withdrawn: _Optional[bool] = ..., quantity_w: _Optional[int] = ..., holdings: _Optional[_Iterable[_Union[CapacityHolding, _Mapping]]] = ...) -> None: ...

class ListNetworkCapacityResponse(_message.Message):
    __slots__ = ("auctions", "results", "own")
    AUCTIONS_FIELD_NUMBER: _ClassVar[int]
    RESULTS_FIELD_NUMBER: _ClassVar[int]
    OWN_FIELD_NUMBER: _ClassVar[int]
    auctions: _containers.RepeatedCompositeFieldContainer[CapacityPhaseChanged]
    results: _containers.RepeatedCompositeFieldContainer[CapacityCleared]
    own: _containers.RepeatedCompositeFieldContainer[CapacityPosition]
    def __init__(self, auctions: _Optional[_Iterable[_Union[CapacityPhaseChanged, _Mapping]]] = ..., results: _Optional[_Iterable[_Union[CapacityCleared, _Mapping]]] = ..., own: _Optional[_Iterable[_Union[CapacityPosition, _Mapping]]] = ...) -> None: ...

class ListCurtailmentsRequest(_message.Message):
    __slots__ = ("area_id", "min_position")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    MIN_POSITION_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    min_position: _common_pb2.LogPosition
    def __init__(self, area_id: _Optional[str] = ..., min_position: _Optional[_Union[_common_pb2.LogPosition, _Mapping]] = ...) -> None: ...

class ListCurtailmentsResponse(_message.Message):
    __slots__ = ("proposals",)
    PROPOSALS_FIELD_NUMBER: _ClassVar[int]
    proposals: _containers.RepeatedCompositeFieldContainer[CurtailmentProposed]
    def __init__(self, proposals: _Optional[_Iterable[_Union[CurtailmentProposed, _Mapping]]] = ...) -> None: ...

class ListCapacityLimitsRequest(_message.Message):
    __slots__ = ("area_id", "from_s", "to_s", "min_position")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    FROM_S_FIELD_NUMBER: _ClassVar[int]
    TO_S_FIELD_NUMBER: _ClassVar[int]
    MIN_POSITION_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    from_s: int
    to_s: int
    min_position: _common_pb2.LogPosition
    def __init__(self, area_id: _Optional[str] = ..., from_s: _Optional[int] = ..., to_s: _Optional[int] = ..., min_position: _Optional[_Union[_common_pb2.LogPosition, _Mapping]] = ...) -> None: ...

class ListCapacityLimitsResponse(_message.Message):
    __slots__ = ("version", "limits")
    VERSION_FIELD_NUMBER: _ClassVar[int]
    LIMITS_FIELD_NUMBER: _ClassVar[int]
    version: int
    limits: _containers.RepeatedCompositeFieldContainer[CapacityLimit]
    def __init__(self, version: _Optional[int] = ..., limits: _Optional[_Iterable[_Union[CapacityLimit, _Mapping]]] = ...) -> None: ...

class ListAuctionsRequest(_message.Message):
    __slots__ = ("area_id", "market_id", "mtu", "page_size", "min_position")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    MARKET_ID_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    MIN_POSITION_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    market_id: str
    mtu: _common_pb2.Mtu
    page_size: int
    min_position: _common_pb2.LogPosition
    def __init__(self, area_id: _Optional[str] = ..., market_id: _Optional[str] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., page_size: _Optional[int] = ..., min_position: _Optional[_Union[_common_pb2.LogPosition, _Mapping]] = ...) -> None: ...

class ListAuctionsResponse(_message.Message):
    __slots__ = ("auctions", "pools")
    AUCTIONS_FIELD_NUMBER: _ClassVar[int]
    POOLS_FIELD_NUMBER: _ClassVar[int]
    auctions: _containers.RepeatedCompositeFieldContainer[AuctionCleared]
    pools: _containers.RepeatedCompositeFieldContainer[PoolCleared]
    def __init__(self, auctions: _Optional[_Iterable[_Union[AuctionCleared, _Mapping]]] = ..., pools: _Optional[_Iterable[_Union[PoolCleared, _Mapping]]] = ...) -> None: ...

class GetBookRequest(_message.Message):
    __slots__ = ("area_id", "market_id", "product", "mtu", "node_id", "quantity_w", "min_position")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    MARKET_ID_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_W_FIELD_NUMBER: _ClassVar[int]
    MIN_POSITION_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    market_id: str
    product: Product
    mtu: _common_pb2.Mtu
    node_id: str
    quantity_w: int
    min_position: _common_pb2.LogPosition
    def __init__(self, area_id: _Optional[str] = ..., market_id: _Optional[str] = ..., product: _Optional[_Union[Product, str]] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., node_id: _Optional[str] = ..., quantity_w: _Optional[int] = ..., min_position: _Optional[_Union[_common_pb2.LogPosition, _Mapping]] = ...) -> None: ...

class BookEntry(_message.Message):
    __slots__ = ("sequence", "node_id", "open_w", "price_ticks", "availability_ticks", "slope_ticks_per_kw", "dnut_unfunded", "conditional", "all_or_none", "min_quantity_w")
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    OPEN_W_FIELD_NUMBER: _ClassVar[int]
    PRICE_TICKS_FIELD_NUMBER: _ClassVar[int]
    AVAILABILITY_TICKS_FIELD_NUMBER: _ClassVar[int]
    SLOPE_TICKS_PER_KW_FIELD_NUMBER: _ClassVar[int]
    DNUT_UNFUNDED_FIELD_NUMBER: _ClassVar[int]
    CONDITIONAL_FIELD_NUMBER: _ClassVar[int]
    ALL_OR_NONE_FIELD_NUMBER: _ClassVar[int]
    MIN_QUANTITY_W_FIELD_NUMBER: _ClassVar[int]
    sequence: int
    node_id: str
    open_w: int
    price_ticks: int
    availability_ticks: int
    slope_ticks_per_kw: int
    dnut_unfunded: bool
    conditional: bool
    all_or_none: bool
    min_quantity_w: int
    def __init__(self, sequence: _Optional[int] = ..., node_id: _Optional[str] = ..., open_w: _Optional[int] = ..., price_ticks: _Optional[int] = ..., availability_ticks: _Optional[int] = ..., slope_ticks_per_kw: _Optional[int] = ..., dnut_unfunded: _Optional[bool] = ..., conditional: _Optional[bool] = ..., all_or_none: _Optional[bool] = ..., min_quantity_w: _Optional[int] = ...) -> None: ...

class GetBookResponse(_message.Message):
    __slots__ = ("asks", "bids", "operating_point_sequence", "tariff_version", "open", "phase", "phase_reason", "resumes_at_ms")
    ASKS_FIELD_NUMBER: _ClassVar[int]
    BIDS_FIELD_NUMBER: _ClassVar[int]
    OPERATING_POINT_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    TARIFF_VERSION_FIELD_NUMBER: _ClassVar[int]
    OPEN_FIELD_NUMBER: _ClassVar[int]
    PHASE_FIELD_NUMBER: _ClassVar[int]
    PHASE_REASON_FIELD_NUMBER: _ClassVar[int]
    RESUMES_AT_MS_FIELD_NUMBER: _ClassVar[int]
    asks: _containers.RepeatedCompositeFieldContainer[BookEntry]
    bids: _containers.RepeatedCompositeFieldContainer[BookEntry]
    operating_point_sequence: int
    tariff_version: int
    open: bool
    phase: Phase
    phase_reason: str
    resumes_at_ms: int
    def __init__(self, asks: _Optional[_Iterable[_Union[BookEntry, _Mapping]]] = ..., bids: _Optional[_Iterable[_Union[BookEntry, _Mapping]]] = ..., operating_point_sequence: _Optional[int] = ..., tariff_version: _Optional[int] = ..., open: _Optional[bool] = ..., phase: _Optional[_Union[Phase, str]] = ..., phase_reason: _Optional[str] = ..., resumes_at_ms: _Optional[int] = ...) -> None: ...

class ListOrdersRequest(_message.Message):
    __slots__ = ("area_id", "mtu", "open_only", "page_size", "page_token", "min_position")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    OPEN_ONLY_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    MIN_POSITION_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    mtu: _common_pb2.Mtu
    open_only: bool
    page_size: int
    page_token: str
    min_position: _common_pb2.LogPosition
    def __init__(self, area_id: _Optional[str] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., open_only: _Optional[bool] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., min_position: _Optional[_Union[_common_pb2.LogPosition, _Mapping]] = ...) -> None: ...

class ListOrdersResponse(_message.Message):
    __slots__ = ("orders", "next_page_token")
    ORDERS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    orders: _containers.RepeatedCompositeFieldContainer[Order]
    next_page_token: str
    def __init__(self, orders: _Optional[_Iterable[_Union[Order, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class StreamEventsRequest(_message.Message):
    __slots__ = ("area_id", "after_offset", "public_trades")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    AFTER_OFFSET_FIELD_NUMBER: _ClassVar[int]
    PUBLIC_TRADES_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    after_offset: int
    public_trades: bool
    def __init__(self, area_id: _Optional[str] = ..., after_offset: _Optional[int] = ..., public_trades: _Optional[bool] = ...) -> None: ...

class StreamEventsResponse(_message.Message):
    __slots__ = ("offset", "event")
    OFFSET_FIELD_NUMBER: _ClassVar[int]
    EVENT_FIELD_NUMBER: _ClassVar[int]
    offset: int
    event: OrderEvent
    def __init__(self, offset: _Optional[int] = ..., event: _Optional[_Union[OrderEvent, _Mapping]] = ...) -> None: ...
