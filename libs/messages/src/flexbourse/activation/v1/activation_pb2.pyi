from flexbourse.common.v1 import common_pb2 as _common_pb2
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

class Claimant(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CLAIMANT_UNSPECIFIED: _ClassVar[Claimant]
    CLAIMANT_DSO: _ClassVar[Claimant]
    CLAIMANT_TSO: _ClassVar[Claimant]
    CLAIMANT_WHOLESALE: _ClassVar[Claimant]
    CLAIMANT_LOCAL: _ClassVar[Claimant]

class Purpose(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    PURPOSE_UNSPECIFIED: _ClassVar[Purpose]
    PURPOSE_CONGESTION: _ClassVar[Purpose]
    PURPOSE_VOLTAGE: _ClassVar[Purpose]
    PURPOSE_BALANCING: _ClassVar[Purpose]
    PURPOSE_COMMERCIAL: _ClassVar[Purpose]

class ReservationState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    RESERVATION_STATE_UNSPECIFIED: _ClassVar[ReservationState]
    RESERVATION_STATE_HELD: _ClassVar[ReservationState]
    RESERVATION_STATE_RELEASED: _ClassVar[ReservationState]
    RESERVATION_STATE_LAPSED: _ClassVar[ReservationState]
    RESERVATION_STATE_WITHDRAWN: _ClassVar[ReservationState]

class ActivationState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ACTIVATION_STATE_UNSPECIFIED: _ClassVar[ActivationState]
    ACTIVATION_STATE_REQUESTED: _ClassVar[ActivationState]
    ACTIVATION_STATE_ORDERED: _ClassVar[ActivationState]
    ACTIVATION_STATE_ACKNOWLEDGED: _ClassVar[ActivationState]
    ACTIVATION_STATE_DELIVERING: _ClassVar[ActivationState]
    ACTIVATION_STATE_DEACTIVATED: _ClassVar[ActivationState]
    ACTIVATION_STATE_ENDED: _ClassVar[ActivationState]
    ACTIVATION_STATE_CONFIRMED: _ClassVar[ActivationState]
    ACTIVATION_STATE_CANCELLED: _ClassVar[ActivationState]
    ACTIVATION_STATE_FAILED: _ClassVar[ActivationState]
    ACTIVATION_STATE_GRANTED: _ClassVar[ActivationState]
    ACTIVATION_STATE_REFUSED: _ClassVar[ActivationState]

class CoordinationModel(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    COORDINATION_MODEL_UNSPECIFIED: _ClassVar[CoordinationModel]
    COORDINATION_MODEL_CENTRALISED: _ClassVar[CoordinationModel]
    COORDINATION_MODEL_LOCAL: _ClassVar[CoordinationModel]
    COORDINATION_MODEL_SHARED_BALANCING: _ClassVar[CoordinationModel]
    COORDINATION_MODEL_COMMON: _ClassVar[CoordinationModel]
    COORDINATION_MODEL_INTEGRATED: _ClassVar[CoordinationModel]

class Verdict(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    VERDICT_UNSPECIFIED: _ClassVar[Verdict]
    VERDICT_NOBODY: _ClassVar[Verdict]
    VERDICT_DSO: _ClassVar[Verdict]
    VERDICT_BOTH: _ClassVar[Verdict]

class InterfaceValueKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    INTERFACE_VALUE_KIND_UNSPECIFIED: _ClassVar[InterfaceValueKind]
    INTERFACE_VALUE_KIND_SCHEDULED: _ClassVar[InterfaceValueKind]
    INTERFACE_VALUE_KIND_MEASURED: _ClassVar[InterfaceValueKind]

class ActivationStep(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ACTIVATION_STEP_UNSPECIFIED: _ClassVar[ActivationStep]
    ACTIVATION_STEP_ORDER: _ClassVar[ActivationStep]
    ACTIVATION_STEP_ACKNOWLEDGE: _ClassVar[ActivationStep]
    ACTIVATION_STEP_START: _ClassVar[ActivationStep]
    ACTIVATION_STEP_END: _ClassVar[ActivationStep]
    ACTIVATION_STEP_DEACTIVATE: _ClassVar[ActivationStep]
    ACTIVATION_STEP_CONFIRM: _ClassVar[ActivationStep]
    ACTIVATION_STEP_CANCEL: _ClassVar[ActivationStep]
    ACTIVATION_STEP_FAIL: _ClassVar[ActivationStep]
    ACTIVATION_STEP_GRANT: _ClassVar[ActivationStep]
    ACTIVATION_STEP_REFUSE: _ClassVar[ActivationStep]
    ACTIVATION_STEP_ASK: _ClassVar[ActivationStep]

class OrderKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ORDER_KIND_UNSPECIFIED: _ClassVar[OrderKind]
    ORDER_KIND_START: _ClassVar[OrderKind]
    ORDER_KIND_CHANGE: _ClassVar[OrderKind]
    ORDER_KIND_STOP: _ClassVar[OrderKind]

class HeadroomState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    HEADROOM_STATE_UNSPECIFIED: _ClassVar[HeadroomState]
    HEADROOM_STATE_NONE: _ClassVar[HeadroomState]
    HEADROOM_STATE_ASKED: _ClassVar[HeadroomState]
    HEADROOM_STATE_HELD: _ClassVar[HeadroomState]
    HEADROOM_STATE_WAITING: _ClassVar[HeadroomState]
    HEADROOM_STATE_CONFIRMING: _ClassVar[HeadroomState]

class HeadroomStep(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    HEADROOM_STEP_UNSPECIFIED: _ClassVar[HeadroomStep]
    HEADROOM_STEP_ASK: _ClassVar[HeadroomStep]
    HEADROOM_STEP_POSTPONE: _ClassVar[HeadroomStep]
    HEADROOM_STEP_GRANT: _ClassVar[HeadroomStep]
    HEADROOM_STEP_REFUSE: _ClassVar[HeadroomStep]
    HEADROOM_STEP_CONFIRM: _ClassVar[HeadroomStep]
    HEADROOM_STEP_FILL: _ClassVar[HeadroomStep]
    HEADROOM_STEP_SETTLE: _ClassVar[HeadroomStep]
    HEADROOM_STEP_RELEASE: _ClassVar[HeadroomStep]
    HEADROOM_STEP_DROP: _ClassVar[HeadroomStep]
    HEADROOM_STEP_LOSE: _ClassVar[HeadroomStep]
    HEADROOM_STEP_REDUCE: _ClassVar[HeadroomStep]
DIRECTION_UNSPECIFIED: Direction
DIRECTION_UP: Direction
DIRECTION_DOWN: Direction
CLAIMANT_UNSPECIFIED: Claimant
CLAIMANT_DSO: Claimant
CLAIMANT_TSO: Claimant
CLAIMANT_WHOLESALE: Claimant
CLAIMANT_LOCAL: Claimant
PURPOSE_UNSPECIFIED: Purpose
PURPOSE_CONGESTION: Purpose
PURPOSE_VOLTAGE: Purpose
PURPOSE_BALANCING: Purpose
PURPOSE_COMMERCIAL: Purpose
RESERVATION_STATE_UNSPECIFIED: ReservationState
RESERVATION_STATE_HELD: ReservationState
RESERVATION_STATE_RELEASED: ReservationState
RESERVATION_STATE_LAPSED: ReservationState
RESERVATION_STATE_WITHDRAWN: ReservationState
ACTIVATION_STATE_UNSPECIFIED: ActivationState
ACTIVATION_STATE_REQUESTED: ActivationState
ACTIVATION_STATE_ORDERED: ActivationState
ACTIVATION_STATE_ACKNOWLEDGED: ActivationState
ACTIVATION_STATE_DELIVERING: ActivationState
ACTIVATION_STATE_DEACTIVATED: ActivationState
ACTIVATION_STATE_ENDED: ActivationState
ACTIVATION_STATE_CONFIRMED: ActivationState
ACTIVATION_STATE_CANCELLED: ActivationState
ACTIVATION_STATE_FAILED: ActivationState
ACTIVATION_STATE_GRANTED: ActivationState
ACTIVATION_STATE_REFUSED: ActivationState
COORDINATION_MODEL_UNSPECIFIED: CoordinationModel
COORDINATION_MODEL_CENTRALISED: CoordinationModel
COORDINATION_MODEL_LOCAL: CoordinationModel
COORDINATION_MODEL_SHARED_BALANCING: CoordinationModel
COORDINATION_MODEL_COMMON: CoordinationModel
COORDINATION_MODEL_INTEGRATED: CoordinationModel
VERDICT_UNSPECIFIED: Verdict
VERDICT_NOBODY: Verdict
VERDICT_DSO: Verdict
VERDICT_BOTH: Verdict
INTERFACE_VALUE_KIND_UNSPECIFIED: InterfaceValueKind
INTERFACE_VALUE_KIND_SCHEDULED: InterfaceValueKind
INTERFACE_VALUE_KIND_MEASURED: InterfaceValueKind
ACTIVATION_STEP_UNSPECIFIED: ActivationStep
ACTIVATION_STEP_ORDER: ActivationStep
ACTIVATION_STEP_ACKNOWLEDGE: ActivationStep
ACTIVATION_STEP_START: ActivationStep
ACTIVATION_STEP_END: ActivationStep
ACTIVATION_STEP_DEACTIVATE: ActivationStep
ACTIVATION_STEP_CONFIRM: ActivationStep
ACTIVATION_STEP_CANCEL: ActivationStep
ACTIVATION_STEP_FAIL: ActivationStep
ACTIVATION_STEP_GRANT: ActivationStep
ACTIVATION_STEP_REFUSE: ActivationStep
ACTIVATION_STEP_ASK: ActivationStep
ORDER_KIND_UNSPECIFIED: OrderKind
ORDER_KIND_START: OrderKind
ORDER_KIND_CHANGE: OrderKind
ORDER_KIND_STOP: OrderKind
HEADROOM_STATE_UNSPECIFIED: HeadroomState
HEADROOM_STATE_NONE: HeadroomState
HEADROOM_STATE_ASKED: HeadroomState
HEADROOM_STATE_HELD: HeadroomState
HEADROOM_STATE_WAITING: HeadroomState
HEADROOM_STATE_CONFIRMING: HeadroomState
HEADROOM_STEP_UNSPECIFIED: HeadroomStep
HEADROOM_STEP_ASK: HeadroomStep
HEADROOM_STEP_POSTPONE: HeadroomStep
HEADROOM_STEP_GRANT: HeadroomStep
HEADROOM_STEP_REFUSE: HeadroomStep
HEADROOM_STEP_CONFIRM: HeadroomStep
HEADROOM_STEP_FILL: HeadroomStep
HEADROOM_STEP_SETTLE: HeadroomStep
HEADROOM_STEP_RELEASE: HeadroomStep
HEADROOM_STEP_DROP: HeadroomStep
HEADROOM_STEP_LOSE: HeadroomStep
HEADROOM_STEP_REDUCE: HeadroomStep

class Window(_message.Message):
    __slots__ = ("start_s", "end_s", "mtu_length_s")
    START_S_FIELD_NUMBER: _ClassVar[int]
    END_S_FIELD_NUMBER: _ClassVar[int]
    MTU_LENGTH_S_FIELD_NUMBER: _ClassVar[int]
    start_s: int
    end_s: int
    mtu_length_s: int
    def __init__(self, start_s: _Optional[int] = ..., end_s: _Optional[int] = ..., mtu_length_s: _Optional[int] = ...) -> None: ...

class Share(_message.Message):
    __slots__ = ("unit_id", "quantities_w")
    UNIT_ID_FIELD_NUMBER: _ClassVar[int]
    QUANTITIES_W_FIELD_NUMBER: _ClassVar[int]
    unit_id: str
    quantities_w: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, unit_id: _Optional[str] = ..., quantities_w: _Optional[_Iterable[int]] = ...) -> None: ...

class OfferTerms(_message.Message):
    __slots__ = ("offer_id", "unit_id", "portfolio_id", "direction", "window", "quantity_w", "min_quantity_w", "activation_price_micro_euro_per_mwh", "reservation_price_micro_euro_per_mw_h")
    OFFER_ID_FIELD_NUMBER: _ClassVar[int]
    UNIT_ID_FIELD_NUMBER: _ClassVar[int]
    PORTFOLIO_ID_FIELD_NUMBER: _ClassVar[int]
    DIRECTION_FIELD_NUMBER: _ClassVar[int]
    WINDOW_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_W_FIELD_NUMBER: _ClassVar[int]
    MIN_QUANTITY_W_FIELD_NUMBER: _ClassVar[int]
    ACTIVATION_PRICE_MICRO_EURO_PER_MWH_FIELD_NUMBER: _ClassVar[int]
    RESERVATION_PRICE_MICRO_EURO_PER_MW_H_FIELD_NUMBER: _ClassVar[int]
    offer_id: str
    unit_id: str
    portfolio_id: str
    direction: Direction
    window: Window
    quantity_w: int
    min_quantity_w: int
    activation_price_micro_euro_per_mwh: int
    reservation_price_micro_euro_per_mw_h: int
    def __init__(self, offer_id: _Optional[str] = ..., unit_id: _Optional[str] = ..., portfolio_id: _Optional[str] = ..., direction: _Optional[_Union[Direction, str]] = ..., window: _Optional[_Union[Window, _Mapping]] = ..., quantity_w: _Optional[int] = ..., min_quantity_w: _Optional[int] = ..., activation_price_micro_euro_per_mwh: _Optional[int] = ..., reservation_price_micro_euro_per_mw_h: _Optional[int] = ...) -> None: ...

class Member(_message.Message):
    __slots__ = ("unit_id", "node_id", "span_w")
    UNIT_ID_FIELD_NUMBER: _ClassVar[int]
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    SPAN_W_FIELD_NUMBER: _ClassVar[int]
    unit_id: str
    node_id: str
    span_w: int
    def __init__(self, unit_id: _Optional[str] = ..., node_id: _Optional[str] = ..., span_w: _Optional[int] = ...) -> None: ...

class Offer(_message.Message):
    __slots__ = ("terms", "party", "members")
    TERMS_FIELD_NUMBER: _ClassVar[int]
    PARTY_FIELD_NUMBER: _ClassVar[int]
    MEMBERS_FIELD_NUMBER: _ClassVar[int]
    terms: OfferTerms
    party: str
    members: _containers.RepeatedCompositeFieldContainer[Member]
    def __init__(self, terms: _Optional[_Union[OfferTerms, _Mapping]] = ..., party: _Optional[str] = ..., members: _Optional[_Iterable[_Union[Member, _Mapping]]] = ...) -> None: ...

class WithdrawOffer(_message.Message):
    __slots__ = ("offer_id",)
    OFFER_ID_FIELD_NUMBER: _ClassVar[int]
    offer_id: str
    def __init__(self, offer_id: _Optional[str] = ...) -> None: ...

class ReservationTerms(_message.Message):
    __slots__ = ("reservation_id", "offer_id", "purpose", "window", "quantity_w", "limit_price_micro_euro_per_mw_h")
    RESERVATION_ID_FIELD_NUMBER: _ClassVar[int]
    OFFER_ID_FIELD_NUMBER: _ClassVar[int]
    PURPOSE_FIELD_NUMBER: _ClassVar[int]
    WINDOW_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_W_FIELD_NUMBER: _ClassVar[int]
    LIMIT_PRICE_MICRO_EURO_PER_MW_H_FIELD_NUMBER: _ClassVar[int]
    reservation_id: str
    offer_id: str
    purpose: Purpose
    window: Window
    quantity_w: int
    limit_price_micro_euro_per_mw_h: int
    def __init__(self, reservation_id: _Optional[str] = ..., offer_id: _Optional[str] = ..., purpose: _Optional[_Union[Purpose, str]] = ..., window: _Optional[_Union[Window, _Mapping]] = ..., quantity_w: _Optional[int] = ..., limit_price_micro_euro_per_mw_h: _Optional[int] = ...) -> None: ...

class ReservationCallTerms(_message.Message):
    __slots__ = ("call_id", "purpose", "direction", "window", "quantity_w", "limit_price_micro_euro_per_mw_h", "freezes_at_ms", "clears_at_ms", "pay_as_bid")
    CALL_ID_FIELD_NUMBER: _ClassVar[int]
    PURPOSE_FIELD_NUMBER: _ClassVar[int]
    DIRECTION_FIELD_NUMBER: _ClassVar[int]
    WINDOW_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_W_FIELD_NUMBER: _ClassVar[int]
    LIMIT_PRICE_MICRO_EURO_PER_MW_H_FIELD_NUMBER: _ClassVar[int]
    FREEZES_AT_MS_FIELD_NUMBER: _ClassVar[int]
    CLEARS_AT_MS_FIELD_NUMBER: _ClassVar[int]
    PAY_AS_BID_FIELD_NUMBER: _ClassVar[int]
    call_id: str
    purpose: Purpose
    direction: Direction
    window: Window
    quantity_w: int
    limit_price_micro_euro_per_mw_h: int
    freezes_at_ms: int
    clears_at_ms: int
    pay_as_bid: bool
    def __init__(self, call_id: _Optional[str] = ..., purpose: _Optional[_Union[Purpose, str]] = ..., direction: _Optional[_Union[Direction, str]] = ..., window: _Optional[_Union[Window, _Mapping]] = ..., quantity_w: _Optional[int] = ..., limit_price_micro_euro_per_mw_h: _Optional[int] = ..., freezes_at_ms: _Optional[int] = ..., clears_at_ms: _Optional[int] = ..., pay_as_bid: _Optional[bool] = ...) -> None: ...

class ReservationBidTerms(_message.Message):
    __slots__ = ("bid_id", "call_id", "offer_id", "quantity_w", "min_quantity_w", "price_micro_euro_per_mw_h")
    BID_ID_FIELD_NUMBER: _ClassVar[int]
    CALL_ID_FIELD_NUMBER: _ClassVar[int]
    OFFER_ID_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_W_FIELD_NUMBER: _ClassVar[int]
    MIN_QUANTITY_W_FIELD_NUMBER: _ClassVar[int]
    PRICE_MICRO_EURO_PER_MW_H_FIELD_NUMBER: _ClassVar[int]
    bid_id: str
    call_id: str
    offer_id: str
    quantity_w: int
    min_quantity_w: int
    price_micro_euro_per_mw_h: int
    def __init__(self, bid_id: _Optional[str] = ..., call_id: _Optional[str] = ..., offer_id: _Optional[str] = ..., quantity_w: _Optional[int] = ..., min_quantity_w: _Optional[int] = ..., price_micro_euro_per_mw_h: _Optional[int] = ...) -> None: ...

class WithdrawReservationBid(_message.Message):
    __slots__ = ("bid_id",)
    BID_ID_FIELD_NUMBER: _ClassVar[int]
    bid_id: str
    def __init__(self, bid_id: _Optional[str] = ...) -> None: ...

class ReservationCall(_message.Message):
    __slots__ = ("terms", "party", "claimant")
    TERMS_FIELD_NUMBER: _ClassVar[int]
    PARTY_FIELD_NUMBER: _ClassVar[int]
    CLAIMANT_FIELD_NUMBER: _ClassVar[int]
    terms: ReservationCallTerms
    party: str
    claimant: Claimant
    def __init__(self, terms: _Optional[_Union[ReservationCallTerms, _Mapping]] = ..., party: _Optional[str] = ..., claimant: _Optional[_Union[Claimant, str]] = ...) -> None: ...

class ReservationBid(_message.Message):
    __slots__ = ("terms", "party", "at_ms", "sequence")
    TERMS_FIELD_NUMBER: _ClassVar[int]
    PARTY_FIELD_NUMBER: _ClassVar[int]
    AT_MS_FIELD_NUMBER: _ClassVar[int]
    SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    terms: ReservationBidTerms
    party: str
    at_ms: int
    sequence: int
    def __init__(self, terms: _Optional[_Union[ReservationBidTerms, _Mapping]] = ..., party: _Optional[str] = ..., at_ms: _Optional[int] = ..., sequence: _Optional[int] = ...) -> None: ...

class Reservation(_message.Message):
    __slots__ = ("terms", "party", "claimant", "operator_id", "price_micro_euro_per_mw_h", "state", "call_id")
    TERMS_FIELD_NUMBER: _ClassVar[int]
    PARTY_FIELD_NUMBER: _ClassVar[int]
    CLAIMANT_FIELD_NUMBER: _ClassVar[int]
    OPERATOR_ID_FIELD_NUMBER: _ClassVar[int]
    PRICE_MICRO_EURO_PER_MW_H_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    CALL_ID_FIELD_NUMBER: _ClassVar[int]
    terms: ReservationTerms
    party: str
    claimant: Claimant
    operator_id: str
    price_micro_euro_per_mw_h: int
    state: ReservationState
    call_id: str
    def __init__(self, terms: _Optional[_Union[ReservationTerms, _Mapping]] = ..., party: _Optional[str] = ..., claimant: _Optional[_Union[Claimant, str]] = ..., operator_id: _Optional[str] = ..., price_micro_euro_per_mw_h: _Optional[int] = ..., state: _Optional[_Union[ReservationState, str]] = ..., call_id: _Optional[str] = ...) -> None: ...

class ReleaseReservation(_message.Message):
    __slots__ = ("reservation_id", "reason")
    RESERVATION_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    reservation_id: str
    reason: str
    def __init__(self, reservation_id: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class NeedTerms(_message.Message):
    __slots__ = ("need_id", "element_id", "purpose", "direction", "window", "quantity_w")
    NEED_ID_FIELD_NUMBER: _ClassVar[int]
    ELEMENT_ID_FIELD_NUMBER: _ClassVar[int]
    PURPOSE_FIELD_NUMBER: _ClassVar[int]
    DIRECTION_FIELD_NUMBER: _ClassVar[int]
    WINDOW_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_W_FIELD_NUMBER: _ClassVar[int]
    need_id: str
    element_id: str
    purpose: Purpose
    direction: Direction
    window: Window
    quantity_w: int
    def __init__(self, need_id: _Optional[str] = ..., element_id: _Optional[str] = ..., purpose: _Optional[_Union[Purpose, str]] = ..., direction: _Optional[_Union[Direction, str]] = ..., window: _Optional[_Union[Window, _Mapping]] = ..., quantity_w: _Optional[int] = ...) -> None: ...

class Need(_message.Message):
    __slots__ = ("terms", "party", "claimant", "served_w")
    TERMS_FIELD_NUMBER: _ClassVar[int]
    PARTY_FIELD_NUMBER: _ClassVar[int]
    CLAIMANT_FIELD_NUMBER: _ClassVar[int]
    SERVED_W_FIELD_NUMBER: _ClassVar[int]
    terms: NeedTerms
    party: str
    claimant: Claimant
    served_w: int
    def __init__(self, terms: _Optional[_Union[NeedTerms, _Mapping]] = ..., party: _Optional[str] = ..., claimant: _Optional[_Union[Claimant, str]] = ..., served_w: _Optional[int] = ...) -> None: ...

class WithdrawNeed(_message.Message):
    __slots__ = ("need_id",)
    NEED_ID_FIELD_NUMBER: _ClassVar[int]
    need_id: str
    def __init__(self, need_id: _Optional[str] = ...) -> None: ...

class ActivationTerms(_message.Message):
    __slots__ = ("activation_id", "offer_id", "reservation_id", "claim_id", "need_id", "purpose", "window", "quantity_w", "element_id", "limit_price_micro_euro_per_mwh")
    ACTIVATION_ID_FIELD_NUMBER: _ClassVar[int]
    OFFER_ID_FIELD_NUMBER: _ClassVar[int]
    RESERVATION_ID_FIELD_NUMBER: _ClassVar[int]
    CLAIM_ID_FIELD_NUMBER: _ClassVar[int]
    NEED_ID_FIELD_NUMBER: _ClassVar[int]
    PURPOSE_FIELD_NUMBER: _ClassVar[int]
    WINDOW_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_W_FIELD_NUMBER: _ClassVar[int]
    ELEMENT_ID_FIELD_NUMBER: _ClassVar[int]
    LIMIT_PRICE_MICRO_EURO_PER_MWH_FIELD_NUMBER: _ClassVar[int]
    activation_id: str
    offer_id: str
    reservation_id: str
    claim_id: str
    need_id: str
    purpose: Purpose
    window: Window
    quantity_w: int
    element_id: str
    limit_price_micro_euro_per_mwh: int
    def __init__(self, activation_id: _Optional[str] = ..., offer_id: _Optional[str] = ..., reservation_id: _Optional[str] = ..., claim_id: _Optional[str] = ..., need_id: _Optional[str] = ..., purpose: _Optional[_Union[Purpose, str]] = ..., window: _Optional[_Union[Window, _Mapping]] = ..., quantity_w: _Optional[int] = ..., element_id: _Optional[str] = ..., limit_price_micro_euro_per_mwh: _Optional[int] = ...) -> None: ...

class Activation(_message.Message):
    __slots__ = ("activation_id", "area_id", "party", "claimant", "purpose", "operator_id", "unit_id", "portfolio_id", "direction", "window", "shares", "price_micro_euro_per_mwh", "claim_id", "reservation_id", "need_id", "is_override", "state", "order_at_ms", "acknowledge_by_ms", "confirm_by_ms", "order_revision", "element_id", "answer_by_ms", "answer_by_step")
    ACTIVATION_ID_FIELD_NUMBER: _ClassVar[int]
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    PARTY_FIELD_NUMBER: _ClassVar[int]
    CLAIMANT_FIELD_NUMBER: _ClassVar[int]
    PURPOSE_FIELD_NUMBER: _ClassVar[int]
    OPERATOR_ID_FIELD_NUMBER: _ClassVar[int]
    UNIT_ID_FIELD_NUMBER: _ClassVar[int]
    PORTFOLIO_ID_FIELD_NUMBER: _ClassVar[int]
    DIRECTION_FIELD_NUMBER: _ClassVar[int]
    WINDOW_FIELD_NUMBER: _ClassVar[int]
    SHARES_FIELD_NUMBER: _ClassVar[int]
    PRICE_MICRO_EURO_PER_MWH_FIELD_NUMBER: _ClassVar[int]
    CLAIM_ID_FIELD_NUMBER: _ClassVar[int]
    RESERVATION_ID_FIELD_NUMBER: _ClassVar[int]
    NEED_ID_FIELD_NUMBER: _ClassVar[int]
    IS_OVERRIDE_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    ORDER_AT_MS_FIELD_NUMBER: _ClassVar[int]
    ACKNOWLEDGE_BY_MS_FIELD_NUMBER: _ClassVar[int]
    CONFIRM_BY_MS_FIELD_NUMBER: _ClassVar[int]
    ORDER_REVISION_FIELD_NUMBER: _ClassVar[int]
    ELEMENT_ID_FIELD_NUMBER: _ClassVar[int]
    ANSWER_BY_MS_FIELD_NUMBER: _ClassVar[int]
    ANSWER_BY_STEP_FIELD_NUMBER: _ClassVar[int]
    activation_id: str
    area_id: str
    party: str
    claimant: Claimant
    purpose: Purpose
    operator_id: str
    unit_id: str
    portfolio_id: str
    direction: Direction
    window: Window
    shares: _containers.RepeatedCompositeFieldContainer[Share]
    price_micro_euro_per_mwh: int
    claim_id: str
    reservation_id: str
    need_id: str
    is_override: bool
    state: ActivationState
    order_at_ms: int
    acknowledge_by_ms: int
    confirm_by_ms: int
    order_revision: int
    element_id: str
    answer_by_ms: int
    answer_by_step: int
    def __init__(self, activation_id: _Optional[str] = ..., area_id: _Optional[str] = ..., party: _Optional[str] = ..., claimant: _Optional[_Union[Claimant, str]] = ..., purpose: _Optional[_Union[Purpose, str]] = ..., operator_id: _Optional[str] = ..., unit_id: _Optional[str] = ..., portfolio_id: _Optional[str] = ..., direction: _Optional[_Union[Direction, str]] = ..., window: _Optional[_Union[Window, _Mapping]] = ..., shares: _Optional[_Iterable[_Union[Share, _Mapping]]] = ..., price_micro_euro_per_mwh: _Optional[int] = ..., claim_id: _Optional[str] = ..., reservation_id: _Optional[str] = ..., need_id: _Optional[str] = ..., is_override: _Optional[bool] = ..., state: _Optional[_Union[ActivationState, str]] = ..., order_at_ms: _Optional[int] = ..., acknowledge_by_ms: _Optional[int] = ..., confirm_by_ms: _Optional[int] = ..., order_revision: _Optional[int] = ..., element_id: _Optional[str] = ..., answer_by_ms: _Optional[int] = ..., answer_by_step: _Optional[int] = ...) -> None: ...

class EndActivation(_message.Message):
    __slots__ = ("activation_id", "reason")
    ACTIVATION_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    activation_id: str
    reason: str
    def __init__(self, activation_id: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class AcknowledgeOrder(_message.Message):
    __slots__ = ("activation_id", "order_revision", "accepted", "reason")
    ACTIVATION_ID_FIELD_NUMBER: _ClassVar[int]
    ORDER_REVISION_FIELD_NUMBER: _ClassVar[int]
    ACCEPTED_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    activation_id: str
    order_revision: int
    accepted: bool
    reason: str
    def __init__(self, activation_id: _Optional[str] = ..., order_revision: _Optional[int] = ..., accepted: _Optional[bool] = ..., reason: _Optional[str] = ...) -> None: ...

class ConfirmDelivery(_message.Message):
    __slots__ = ("activation_id", "delivered_w", "reason")
    ACTIVATION_ID_FIELD_NUMBER: _ClassVar[int]
    DELIVERED_W_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    activation_id: str
    delivered_w: _containers.RepeatedScalarFieldContainer[int]
    reason: str
    def __init__(self, activation_id: _Optional[str] = ..., delivered_w: _Optional[_Iterable[int]] = ..., reason: _Optional[str] = ...) -> None: ...

class ClaimTerms(_message.Message):
    __slots__ = ("claim_id", "offer_id", "window", "quantity_w", "unit_id")
    CLAIM_ID_FIELD_NUMBER: _ClassVar[int]
    OFFER_ID_FIELD_NUMBER: _ClassVar[int]
    WINDOW_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_W_FIELD_NUMBER: _ClassVar[int]
    UNIT_ID_FIELD_NUMBER: _ClassVar[int]
    claim_id: str
    offer_id: str
    window: Window
    quantity_w: int
    unit_id: str
    def __init__(self, claim_id: _Optional[str] = ..., offer_id: _Optional[str] = ..., window: _Optional[_Union[Window, _Mapping]] = ..., quantity_w: _Optional[int] = ..., unit_id: _Optional[str] = ...) -> None: ...

class ReduceClaim(_message.Message):
    __slots__ = ("claim_id", "left_w", "reason")
    CLAIM_ID_FIELD_NUMBER: _ClassVar[int]
    LEFT_W_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    claim_id: str
    left_w: int
    reason: str
    def __init__(self, claim_id: _Optional[str] = ..., left_w: _Optional[int] = ..., reason: _Optional[str] = ...) -> None: ...

class Claim(_message.Message):
    __slots__ = ("claim_id", "area_id", "claimant", "party", "operator_id", "unit_id", "portfolio_id", "offer_id", "trade_id", "direction", "window", "shares", "price_micro_euro_per_mwh", "headroom_elsewhere")
    CLAIM_ID_FIELD_NUMBER: _ClassVar[int]
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    CLAIMANT_FIELD_NUMBER: _ClassVar[int]
    PARTY_FIELD_NUMBER: _ClassVar[int]
    OPERATOR_ID_FIELD_NUMBER: _ClassVar[int]
    UNIT_ID_FIELD_NUMBER: _ClassVar[int]
    PORTFOLIO_ID_FIELD_NUMBER: _ClassVar[int]
    OFFER_ID_FIELD_NUMBER: _ClassVar[int]
    TRADE_ID_FIELD_NUMBER: _ClassVar[int]
    DIRECTION_FIELD_NUMBER: _ClassVar[int]
    WINDOW_FIELD_NUMBER: _ClassVar[int]
    SHARES_FIELD_NUMBER: _ClassVar[int]
    PRICE_MICRO_EURO_PER_MWH_FIELD_NUMBER: _ClassVar[int]
    HEADROOM_ELSEWHERE_FIELD_NUMBER: _ClassVar[int]
    claim_id: str
    area_id: str
    claimant: Claimant
    party: str
    operator_id: str
    unit_id: str
    portfolio_id: str
    offer_id: str
    trade_id: str
    direction: Direction
    window: Window
    shares: _containers.RepeatedCompositeFieldContainer[Share]
    price_micro_euro_per_mwh: int
    headroom_elsewhere: bool
    def __init__(self, claim_id: _Optional[str] = ..., area_id: _Optional[str] = ..., claimant: _Optional[_Union[Claimant, str]] = ..., party: _Optional[str] = ..., operator_id: _Optional[str] = ..., unit_id: _Optional[str] = ..., portfolio_id: _Optional[str] = ..., offer_id: _Optional[str] = ..., trade_id: _Optional[str] = ..., direction: _Optional[_Union[Direction, str]] = ..., window: _Optional[_Union[Window, _Mapping]] = ..., shares: _Optional[_Iterable[_Union[Share, _Mapping]]] = ..., price_micro_euro_per_mwh: _Optional[int] = ..., headroom_elsewhere: _Optional[bool] = ...) -> None: ...

class UnitTotal(_message.Message):
    __slots__ = ("area_id", "unit_id", "mtu", "up_w", "down_w", "revision", "operated")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    UNIT_ID_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    UP_W_FIELD_NUMBER: _ClassVar[int]
    DOWN_W_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    OPERATED_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    unit_id: str
    mtu: _common_pb2.Mtu
    up_w: int
    down_w: int
    revision: int
    operated: bool
    def __init__(self, area_id: _Optional[str] = ..., unit_id: _Optional[str] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., up_w: _Optional[int] = ..., down_w: _Optional[int] = ..., revision: _Optional[int] = ..., operated: _Optional[bool] = ...) -> None: ...

class OverrideTerms(_message.Message):
    __slots__ = ("override_id", "unit_id", "direction", "window", "quantity_w", "reason")
    OVERRIDE_ID_FIELD_NUMBER: _ClassVar[int]
    UNIT_ID_FIELD_NUMBER: _ClassVar[int]
    DIRECTION_FIELD_NUMBER: _ClassVar[int]
    WINDOW_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_W_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    override_id: str
    unit_id: str
    direction: Direction
    window: Window
    quantity_w: int
    reason: str
    def __init__(self, override_id: _Optional[str] = ..., unit_id: _Optional[str] = ..., direction: _Optional[_Union[Direction, str]] = ..., window: _Optional[_Union[Window, _Mapping]] = ..., quantity_w: _Optional[int] = ..., reason: _Optional[str] = ...) -> None: ...

class Effect(_message.Message):
    __slots__ = ("element_id", "node_id", "effect_permille")
    ELEMENT_ID_FIELD_NUMBER: _ClassVar[int]
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    EFFECT_PERMILLE_FIELD_NUMBER: _ClassVar[int]
    element_id: str
    node_id: str
    effect_permille: int
    def __init__(self, element_id: _Optional[str] = ..., node_id: _Optional[str] = ..., effect_permille: _Optional[int] = ...) -> None: ...

class SetEffects(_message.Message):
    __slots__ = ("topology_version", "effects")
    TOPOLOGY_VERSION_FIELD_NUMBER: _ClassVar[int]
    EFFECTS_FIELD_NUMBER: _ClassVar[int]
    topology_version: int
    effects: _containers.RepeatedCompositeFieldContainer[Effect]
    def __init__(self, topology_version: _Optional[int] = ..., effects: _Optional[_Iterable[_Union[Effect, _Mapping]]] = ...) -> None: ...

class BuyerRule(_message.Message):
    __slots__ = ("claimant", "purposes", "sees_lists_of")
    CLAIMANT_FIELD_NUMBER: _ClassVar[int]
    PURPOSES_FIELD_NUMBER: _ClassVar[int]
    SEES_LISTS_OF_FIELD_NUMBER: _ClassVar[int]
    claimant: Claimant
    purposes: _containers.RepeatedScalarFieldContainer[Purpose]
    sees_lists_of: _containers.RepeatedScalarFieldContainer[Claimant]
    def __init__(self, claimant: _Optional[_Union[Claimant, str]] = ..., purposes: _Optional[_Iterable[_Union[Purpose, str]]] = ..., sees_lists_of: _Optional[_Iterable[_Union[Claimant, str]]] = ...) -> None: ...

class CoordinationRules(_message.Message):
    __slots__ = ("model", "buyers", "first", "handover_s", "verdict", "merges_needs", "trades_activate", "order_lead_s", "acknowledge_within_s", "confirm_within_s", "curtailment_price_micro_euro_per_mwh")
    MODEL_FIELD_NUMBER: _ClassVar[int]
    BUYERS_FIELD_NUMBER: _ClassVar[int]
    FIRST_FIELD_NUMBER: _ClassVar[int]
    HANDOVER_S_FIELD_NUMBER: _ClassVar[int]
    VERDICT_FIELD_NUMBER: _ClassVar[int]
    MERGES_NEEDS_FIELD_NUMBER: _ClassVar[int]
    TRADES_ACTIVATE_FIELD_NUMBER: _ClassVar[int]
    ORDER_LEAD_S_FIELD_NUMBER: _ClassVar[int]
    ACKNOWLEDGE_WITHIN_S_FIELD_NUMBER: _ClassVar[int]
    CONFIRM_WITHIN_S_FIELD_NUMBER: _ClassVar[int]
    CURTAILMENT_PRICE_MICRO_EURO_PER_MWH_FIELD_NUMBER: _ClassVar[int]
    model: CoordinationModel
    buyers: _containers.RepeatedCompositeFieldContainer[BuyerRule]
    first: Claimant
    handover_s: int
    verdict: Verdict
    merges_needs: bool
    trades_activate: bool
    order_lead_s: int
    acknowledge_within_s: int
    confirm_within_s: int
    curtailment_price_micro_euro_per_mwh: int
    def __init__(self, model: _Optional[_Union[CoordinationModel, str]] = ..., buyers: _Optional[_Iterable[_Union[BuyerRule, _Mapping]]] = ..., first: _Optional[_Union[Claimant, str]] = ..., handover_s: _Optional[int] = ..., verdict: _Optional[_Union[Verdict, str]] = ..., merges_needs: _Optional[bool] = ..., trades_activate: _Optional[bool] = ..., order_lead_s: _Optional[int] = ..., acknowledge_within_s: _Optional[int] = ..., confirm_within_s: _Optional[int] = ..., curtailment_price_micro_euro_per_mwh: _Optional[int] = ...) -> None: ...

class SetCoordination(_message.Message):
    __slots__ = ("preset", "rules")
    PRESET_FIELD_NUMBER: _ClassVar[int]
    RULES_FIELD_NUMBER: _ClassVar[int]
    preset: str
    rules: CoordinationRules
    def __init__(self, preset: _Optional[str] = ..., rules: _Optional[_Union[CoordinationRules, _Mapping]] = ...) -> None: ...

class InterfaceValue(_message.Message):
    __slots__ = ("node_id", "mtu", "kind", "voltage_mv", "power_w", "power_factor_permille", "energy_wh")
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    VOLTAGE_MV_FIELD_NUMBER: _ClassVar[int]
    POWER_W_FIELD_NUMBER: _ClassVar[int]
    POWER_FACTOR_PERMILLE_FIELD_NUMBER: _ClassVar[int]
    ENERGY_WH_FIELD_NUMBER: _ClassVar[int]
    node_id: str
    mtu: _common_pb2.Mtu
    kind: InterfaceValueKind
    voltage_mv: int
    power_w: int
    power_factor_permille: int
    energy_wh: int
    def __init__(self, node_id: _Optional[str] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., kind: _Optional[_Union[InterfaceValueKind, str]] = ..., voltage_mv: _Optional[int] = ..., power_w: _Optional[int] = ..., power_factor_permille: _Optional[int] = ..., energy_wh: _Optional[int] = ...) -> None: ...

class ReportInterface(_message.Message):
    __slots__ = ("values",)
    VALUES_FIELD_NUMBER: _ClassVar[int]
    values: _containers.RepeatedCompositeFieldContainer[InterfaceValue]
    def __init__(self, values: _Optional[_Iterable[_Union[InterfaceValue, _Mapping]]] = ...) -> None: ...

class ActivationCommand(_message.Message):
    __slots__ = ("area_id", "offer", "withdraw_offer", "reserve", "release_reservation", "state_need", "withdraw_need", "activate", "end_activation", "acknowledge", "confirm", "claim", "reduce_claim", "override", "set_effects", "set_coordination", "report_interface", "call_reservations", "bid_reservation", "withdraw_reservation_bid")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    OFFER_FIELD_NUMBER: _ClassVar[int]
    WITHDRAW_OFFER_FIELD_NUMBER: _ClassVar[int]
    RESERVE_FIELD_NUMBER: _ClassVar[int]
    RELEASE_RESERVATION_FIELD_NUMBER: _ClassVar[int]
    STATE_NEED_FIELD_NUMBER: _ClassVar[int]
    WITHDRAW_NEED_FIELD_NUMBER: _ClassVar[int]
    ACTIVATE_FIELD_NUMBER: _ClassVar[int]
    END_ACTIVATION_FIELD_NUMBER: _ClassVar[int]
    ACKNOWLEDGE_FIELD_NUMBER: _ClassVar[int]
    CONFIRM_FIELD_NUMBER: _ClassVar[int]
    CLAIM_FIELD_NUMBER: _ClassVar[int]
    REDUCE_CLAIM_FIELD_NUMBER: _ClassVar[int]
    OVERRIDE_FIELD_NUMBER: _ClassVar[int]
    SET_EFFECTS_FIELD_NUMBER: _ClassVar[int]
    SET_COORDINATION_FIELD_NUMBER: _ClassVar[int]
    REPORT_INTERFACE_FIELD_NUMBER: _ClassVar[int]
    CALL_RESERVATIONS_FIELD_NUMBER: _ClassVar[int]
    BID_RESERVATION_FIELD_NUMBER: _ClassVar[int]
    WITHDRAW_RESERVATION_BID_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    offer: OfferTerms
    withdraw_offer: WithdrawOffer
    reserve: ReservationTerms
    release_reservation: ReleaseReservation
    state_need: NeedTerms
    withdraw_need: WithdrawNeed
    activate: ActivationTerms
    end_activation: EndActivation
    acknowledge: AcknowledgeOrder
    confirm: ConfirmDelivery
    claim: ClaimTerms
    reduce_claim: ReduceClaim
    override: OverrideTerms
    set_effects: SetEffects
    set_coordination: SetCoordination
    report_interface: ReportInterface
    call_reservations: ReservationCallTerms
    bid_reservation: ReservationBidTerms
    withdraw_reservation_bid: WithdrawReservationBid
    def __init__(self, area_id: _Optional[str] = ..., offer: _Optional[_Union[OfferTerms, _Mapping]] = ..., withdraw_offer: _Optional[_Union[WithdrawOffer, _Mapping]] = ..., reserve: _Optional[_Union[ReservationTerms, _Mapping]] = ..., release_reservation: _Optional[_Union[ReleaseReservation, _Mapping]] = ..., state_need: _Optional[_Union[NeedTerms, _Mapping]] = ..., withdraw_need: _Optional[_Union[WithdrawNeed, _Mapping]] = ..., activate: _Optional[_Union[ActivationTerms, _Mapping]] = ..., end_activation: _Optional[_Union[EndActivation, _Mapping]] = ..., acknowledge: _Optional[_Union[AcknowledgeOrder, _Mapping]] = ..., confirm: _Optional[_Union[ConfirmDelivery, _Mapping]] = ..., claim: _Optional[_Union[ClaimTerms, _Mapping]] = ..., reduce_claim: _Optional[_Union[ReduceClaim, _Mapping]] = ..., override: _Optional[_Union[OverrideTerms, _Mapping]] = ..., set_effects: _Optional[_Union[SetEffects, _Mapping]] = ..., set_coordination: _Optional[_Union[SetCoordination, _Mapping]] = ..., report_interface: _Optional[_Union[ReportInterface, _Mapping]] = ..., call_reservations: _Optional[_Union[ReservationCallTerms, _Mapping]] = ..., bid_reservation: _Optional[_Union[ReservationBidTerms, _Mapping]] = ..., withdraw_reservation_bid: _Optional[_Union[WithdrawReservationBid, _Mapping]] = ...) -> None: ...

class GatewayInstruction(_message.Message):
    __slots__ = ("instruction_id", "party", "command")
    INSTRUCTION_ID_FIELD_NUMBER: _ClassVar[int]
    PARTY_FIELD_NUMBER: _ClassVar[int]
    COMMAND_FIELD_NUMBER: _ClassVar[int]
    instruction_id: str
    party: str
    command: ActivationCommand
    def __init__(self, instruction_id: _Optional[str] = ..., party: _Optional[str] = ..., command: _Optional[_Union[ActivationCommand, _Mapping]] = ...) -> None: ...

class InstructionDenied(_message.Message):
    __slots__ = ("area_id", "instruction_id", "party", "rejections")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    INSTRUCTION_ID_FIELD_NUMBER: _ClassVar[int]
    PARTY_FIELD_NUMBER: _ClassVar[int]
    REJECTIONS_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    instruction_id: str
    party: str
    rejections: _containers.RepeatedCompositeFieldContainer[_common_pb2.Rejection]
    def __init__(self, area_id: _Optional[str] = ..., instruction_id: _Optional[str] = ..., party: _Optional[str] = ..., rejections: _Optional[_Iterable[_Union[_common_pb2.Rejection, _Mapping]]] = ...) -> None: ...

class OfferPlaced(_message.Message):
    __slots__ = ("area_id", "offer")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    OFFER_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    offer: Offer
    def __init__(self, area_id: _Optional[str] = ..., offer: _Optional[_Union[Offer, _Mapping]] = ...) -> None: ...

class OfferWithdrawn(_message.Message):
    __slots__ = ("area_id", "offer_id", "reason")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    OFFER_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    offer_id: str
    reason: str
    def __init__(self, area_id: _Optional[str] = ..., offer_id: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class ClaimMade(_message.Message):
    __slots__ = ("claim", "totals", "reason")
    CLAIM_FIELD_NUMBER: _ClassVar[int]
    TOTALS_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    claim: Claim
    totals: _containers.RepeatedCompositeFieldContainer[UnitTotal]
    reason: str
    def __init__(self, claim: _Optional[_Union[Claim, _Mapping]] = ..., totals: _Optional[_Iterable[_Union[UnitTotal, _Mapping]]] = ..., reason: _Optional[str] = ...) -> None: ...

class ClaimReduced(_message.Message):
    __slots__ = ("area_id", "claim_id", "shares", "totals", "reason")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    CLAIM_ID_FIELD_NUMBER: _ClassVar[int]
    SHARES_FIELD_NUMBER: _ClassVar[int]
    TOTALS_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    claim_id: str
    shares: _containers.RepeatedCompositeFieldContainer[Share]
    totals: _containers.RepeatedCompositeFieldContainer[UnitTotal]
    reason: str
    def __init__(self, area_id: _Optional[str] = ..., claim_id: _Optional[str] = ..., shares: _Optional[_Iterable[_Union[Share, _Mapping]]] = ..., totals: _Optional[_Iterable[_Union[UnitTotal, _Mapping]]] = ..., reason: _Optional[str] = ...) -> None: ...

class ClaimDenied(_message.Message):
    __slots__ = ("claim", "denied", "rule")
    CLAIM_FIELD_NUMBER: _ClassVar[int]
    DENIED_FIELD_NUMBER: _ClassVar[int]
    RULE_FIELD_NUMBER: _ClassVar[int]
    claim: Claim
    denied: _containers.RepeatedCompositeFieldContainer[Share]
    rule: str
    def __init__(self, claim: _Optional[_Union[Claim, _Mapping]] = ..., denied: _Optional[_Iterable[_Union[Share, _Mapping]]] = ..., rule: _Optional[str] = ...) -> None: ...

class Reserved(_message.Message):
    __slots__ = ("area_id", "reservation")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    RESERVATION_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    reservation: Reservation
    def __init__(self, area_id: _Optional[str] = ..., reservation: _Optional[_Union[Reservation, _Mapping]] = ...) -> None: ...

class ReservationMoved(_message.Message):
    __slots__ = ("area_id", "reservation_id", "state", "reason", "at_ms")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    RESERVATION_ID_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    AT_MS_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    reservation_id: str
    state: ReservationState
    reason: str
    at_ms: int
    def __init__(self, area_id: _Optional[str] = ..., reservation_id: _Optional[str] = ..., state: _Optional[_Union[ReservationState, str]] = ..., reason: _Optional[str] = ..., at_ms: _Optional[int] = ...) -> None: ...

class ReservationCalled(_message.Message):
    __slots__ = ("area_id", "call")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    CALL_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    call: ReservationCall
    def __init__(self, area_id: _Optional[str] = ..., call: _Optional[_Union[ReservationCall, _Mapping]] = ...) -> None: ...

class ReservationBidPlaced(_message.Message):
    __slots__ = ("area_id", "bid")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    BID_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    bid: ReservationBid
    def __init__(self, area_id: _Optional[str] = ..., bid: _Optional[_Union[ReservationBid, _Mapping]] = ...) -> None: ...

class ReservationBidWithdrawn(_message.Message):
    __slots__ = ("area_id", "bid_id")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    BID_ID_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    bid_id: str
    def __init__(self, area_id: _Optional[str] = ..., bid_id: _Optional[str] = ...) -> None: ...

class ReservationBidResult(_message.Message):
    __slots__ = ("bid_id", "quantity_w", "price_micro_euro_per_mw_h", "rule")
    BID_ID_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_W_FIELD_NUMBER: _ClassVar[int]
    PRICE_MICRO_EURO_PER_MW_H_FIELD_NUMBER: _ClassVar[int]
    RULE_FIELD_NUMBER: _ClassVar[int]
    bid_id: str
    quantity_w: int
    price_micro_euro_per_mw_h: int
    rule: str
    def __init__(self, bid_id: _Optional[str] = ..., quantity_w: _Optional[int] = ..., price_micro_euro_per_mw_h: _Optional[int] = ..., rule: _Optional[str] = ...) -> None: ...

class ReservationCallCleared(_message.Message):
    __slots__ = ("area_id", "call_id", "reserved_w", "bids")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    CALL_ID_FIELD_NUMBER: _ClassVar[int]
    RESERVED_W_FIELD_NUMBER: _ClassVar[int]
    BIDS_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    call_id: str
    reserved_w: int
    bids: _containers.RepeatedCompositeFieldContainer[ReservationBidResult]
    def __init__(self, area_id: _Optional[str] = ..., call_id: _Optional[str] = ..., reserved_w: _Optional[int] = ..., bids: _Optional[_Iterable[_Union[ReservationBidResult, _Mapping]]] = ...) -> None: ...

class NeedStated(_message.Message):
    __slots__ = ("area_id", "need")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    NEED_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    need: Need
    def __init__(self, area_id: _Optional[str] = ..., need: _Optional[_Union[Need, _Mapping]] = ...) -> None: ...

class NeedEnded(_message.Message):
    __slots__ = ("area_id", "need_id", "reason")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    NEED_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    need_id: str
    reason: str
    def __init__(self, area_id: _Optional[str] = ..., need_id: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class NeedServed(_message.Message):
    __slots__ = ("area_id", "need_id", "covered_w", "chosen_w", "short_w", "waived_need_ids", "activation_ids")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    NEED_ID_FIELD_NUMBER: _ClassVar[int]
    COVERED_W_FIELD_NUMBER: _ClassVar[int]
    CHOSEN_W_FIELD_NUMBER: _ClassVar[int]
    SHORT_W_FIELD_NUMBER: _ClassVar[int]
    WAIVED_NEED_IDS_FIELD_NUMBER: _ClassVar[int]
    ACTIVATION_IDS_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    need_id: str
    covered_w: int
    chosen_w: int
    short_w: int
    waived_need_ids: _containers.RepeatedScalarFieldContainer[str]
    activation_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, area_id: _Optional[str] = ..., need_id: _Optional[str] = ..., covered_w: _Optional[int] = ..., chosen_w: _Optional[int] = ..., short_w: _Optional[int] = ..., waived_need_ids: _Optional[_Iterable[str]] = ..., activation_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class NeedUncovered(_message.Message):
    __slots__ = ("area_id", "need_id", "served_w", "short_w")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    NEED_ID_FIELD_NUMBER: _ClassVar[int]
    SERVED_W_FIELD_NUMBER: _ClassVar[int]
    SHORT_W_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    need_id: str
    served_w: int
    short_w: int
    def __init__(self, area_id: _Optional[str] = ..., need_id: _Optional[str] = ..., served_w: _Optional[int] = ..., short_w: _Optional[int] = ...) -> None: ...

class ActivationRequested(_message.Message):
    __slots__ = ("activation", "reason")
    ACTIVATION_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    activation: Activation
    reason: str
    def __init__(self, activation: _Optional[_Union[Activation, _Mapping]] = ..., reason: _Optional[str] = ...) -> None: ...

class ActivationMoved(_message.Message):
    __slots__ = ("area_id", "activation_id", "step", "state", "reason", "at_ms", "delivered_w", "party", "rejections", "answer_by_ms", "answer_by_step")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    ACTIVATION_ID_FIELD_NUMBER: _ClassVar[int]
    STEP_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    AT_MS_FIELD_NUMBER: _ClassVar[int]
    DELIVERED_W_FIELD_NUMBER: _ClassVar[int]
    PARTY_FIELD_NUMBER: _ClassVar[int]
    REJECTIONS_FIELD_NUMBER: _ClassVar[int]
    ANSWER_BY_MS_FIELD_NUMBER: _ClassVar[int]
    ANSWER_BY_STEP_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    activation_id: str
    step: ActivationStep
    state: ActivationState
    reason: str
    at_ms: int
    delivered_w: _containers.RepeatedScalarFieldContainer[int]
    party: str
    rejections: _containers.RepeatedCompositeFieldContainer[_common_pb2.Rejection]
    answer_by_ms: int
    answer_by_step: int
    def __init__(self, area_id: _Optional[str] = ..., activation_id: _Optional[str] = ..., step: _Optional[_Union[ActivationStep, str]] = ..., state: _Optional[_Union[ActivationState, str]] = ..., reason: _Optional[str] = ..., at_ms: _Optional[int] = ..., delivered_w: _Optional[_Iterable[int]] = ..., party: _Optional[str] = ..., rejections: _Optional[_Iterable[_Union[_common_pb2.Rejection, _Mapping]]] = ..., answer_by_ms: _Optional[int] = ..., answer_by_step: _Optional[int] = ...) -> None: ...

class ActivationOrder(_message.Message):
    __slots__ = ("area_id", "activation_id", "revision", "kind", "operator_id", "unit_id", "portfolio_id", "direction", "window", "shares", "acknowledge_by_ms", "issued_at_ms", "is_override", "reason")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    ACTIVATION_ID_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    OPERATOR_ID_FIELD_NUMBER: _ClassVar[int]
    UNIT_ID_FIELD_NUMBER: _ClassVar[int]
    PORTFOLIO_ID_FIELD_NUMBER: _ClassVar[int]
    DIRECTION_FIELD_NUMBER: _ClassVar[int]
    WINDOW_FIELD_NUMBER: _ClassVar[int]
    SHARES_FIELD_NUMBER: _ClassVar[int]
    ACKNOWLEDGE_BY_MS_FIELD_NUMBER: _ClassVar[int]
    ISSUED_AT_MS_FIELD_NUMBER: _ClassVar[int]
    IS_OVERRIDE_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    activation_id: str
    revision: int
    kind: OrderKind
    operator_id: str
    unit_id: str
    portfolio_id: str
    direction: Direction
    window: Window
    shares: _containers.RepeatedCompositeFieldContainer[Share]
    acknowledge_by_ms: int
    issued_at_ms: int
    is_override: bool
    reason: str
    def __init__(self, area_id: _Optional[str] = ..., activation_id: _Optional[str] = ..., revision: _Optional[int] = ..., kind: _Optional[_Union[OrderKind, str]] = ..., operator_id: _Optional[str] = ..., unit_id: _Optional[str] = ..., portfolio_id: _Optional[str] = ..., direction: _Optional[_Union[Direction, str]] = ..., window: _Optional[_Union[Window, _Mapping]] = ..., shares: _Optional[_Iterable[_Union[Share, _Mapping]]] = ..., acknowledge_by_ms: _Optional[int] = ..., issued_at_ms: _Optional[int] = ..., is_override: _Optional[bool] = ..., reason: _Optional[str] = ...) -> None: ...

class OrderIssued(_message.Message):
    __slots__ = ("order",)
    ORDER_FIELD_NUMBER: _ClassVar[int]
    order: ActivationOrder
    def __init__(self, order: _Optional[_Union[ActivationOrder, _Mapping]] = ...) -> None: ...

class ContractOverridden(_message.Message):
    __slots__ = ("area_id", "override_id", "unit_id", "claim_id", "paid_to", "paid_by", "direction", "window", "quantities_w", "price_micro_euro_per_mwh", "compensation_micro_euro")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    OVERRIDE_ID_FIELD_NUMBER: _ClassVar[int]
    UNIT_ID_FIELD_NUMBER: _ClassVar[int]
    CLAIM_ID_FIELD_NUMBER: _ClassVar[int]
    PAID_TO_FIELD_NUMBER: _ClassVar[int]
    PAID_BY_FIELD_NUMBER: _ClassVar[int]
    DIRECTION_FIELD_NUMBER: _ClassVar[int]
    WINDOW_FIELD_NUMBER: _ClassVar[int]
    QUANTITIES_W_FIELD_NUMBER: _ClassVar[int]
    PRICE_MICRO_EURO_PER_MWH_FIELD_NUMBER: _ClassVar[int]
    COMPENSATION_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    override_id: str
    unit_id: str
    claim_id: str
    paid_to: str
    paid_by: str
    direction: Direction
    window: Window
    quantities_w: _containers.RepeatedScalarFieldContainer[int]
    price_micro_euro_per_mwh: int
    compensation_micro_euro: int
    def __init__(self, area_id: _Optional[str] = ..., override_id: _Optional[str] = ..., unit_id: _Optional[str] = ..., claim_id: _Optional[str] = ..., paid_to: _Optional[str] = ..., paid_by: _Optional[str] = ..., direction: _Optional[_Union[Direction, str]] = ..., window: _Optional[_Union[Window, _Mapping]] = ..., quantities_w: _Optional[_Iterable[int]] = ..., price_micro_euro_per_mwh: _Optional[int] = ..., compensation_micro_euro: _Optional[int] = ...) -> None: ...

class EffectsSet(_message.Message):
    __slots__ = ("area_id", "party", "topology_version", "effects")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    PARTY_FIELD_NUMBER: _ClassVar[int]
    TOPOLOGY_VERSION_FIELD_NUMBER: _ClassVar[int]
    EFFECTS_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    party: str
    topology_version: int
    effects: _containers.RepeatedCompositeFieldContainer[Effect]
    def __init__(self, area_id: _Optional[str] = ..., party: _Optional[str] = ..., topology_version: _Optional[int] = ..., effects: _Optional[_Iterable[_Union[Effect, _Mapping]]] = ...) -> None: ...

class ElementEffects(_message.Message):
    __slots__ = ("element_id", "nodes", "effects_permille")
    ELEMENT_ID_FIELD_NUMBER: _ClassVar[int]
    NODES_FIELD_NUMBER: _ClassVar[int]
    EFFECTS_PERMILLE_FIELD_NUMBER: _ClassVar[int]
    element_id: str
    nodes: _containers.RepeatedScalarFieldContainer[int]
    effects_permille: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, element_id: _Optional[str] = ..., nodes: _Optional[_Iterable[int]] = ..., effects_permille: _Optional[_Iterable[int]] = ...) -> None: ...

class EffectsComputed(_message.Message):
    __slots__ = ("area_id", "topology_version", "effective_from_s", "node_ids", "elements", "problem")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    TOPOLOGY_VERSION_FIELD_NUMBER: _ClassVar[int]
    EFFECTIVE_FROM_S_FIELD_NUMBER: _ClassVar[int]
    NODE_IDS_FIELD_NUMBER: _ClassVar[int]
    ELEMENTS_FIELD_NUMBER: _ClassVar[int]
    PROBLEM_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    topology_version: int
    effective_from_s: int
    node_ids: _containers.RepeatedScalarFieldContainer[str]
    elements: _containers.RepeatedCompositeFieldContainer[ElementEffects]
    problem: str
    def __init__(self, area_id: _Optional[str] = ..., topology_version: _Optional[int] = ..., effective_from_s: _Optional[int] = ..., node_ids: _Optional[_Iterable[str]] = ..., elements: _Optional[_Iterable[_Union[ElementEffects, _Mapping]]] = ..., problem: _Optional[str] = ...) -> None: ...

class FlowsTurned(_message.Message):
    __slots__ = ("area_id", "mtu", "topology_version", "base_case_version", "element_ids")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    TOPOLOGY_VERSION_FIELD_NUMBER: _ClassVar[int]
    BASE_CASE_VERSION_FIELD_NUMBER: _ClassVar[int]
    ELEMENT_IDS_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    mtu: _common_pb2.Mtu
    topology_version: int
    base_case_version: int
    element_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, area_id: _Optional[str] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., topology_version: _Optional[int] = ..., base_case_version: _Optional[int] = ..., element_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class CoordinationSet(_message.Message):
    __slots__ = ("area_id", "party", "preset", "rules")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    PARTY_FIELD_NUMBER: _ClassVar[int]
    PRESET_FIELD_NUMBER: _ClassVar[int]
    RULES_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    party: str
    preset: str
    rules: CoordinationRules
    def __init__(self, area_id: _Optional[str] = ..., party: _Optional[str] = ..., preset: _Optional[str] = ..., rules: _Optional[_Union[CoordinationRules, _Mapping]] = ...) -> None: ...

class InterfaceReported(_message.Message):
    __slots__ = ("area_id", "party", "claimant", "value")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    PARTY_FIELD_NUMBER: _ClassVar[int]
    CLAIMANT_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    party: str
    claimant: Claimant
    value: InterfaceValue
    def __init__(self, area_id: _Optional[str] = ..., party: _Optional[str] = ..., claimant: _Optional[_Union[Claimant, str]] = ..., value: _Optional[_Union[InterfaceValue, _Mapping]] = ...) -> None: ...

class WindowsOver(_message.Message):
    __slots__ = ("area_id", "from_s", "before_s")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    FROM_S_FIELD_NUMBER: _ClassVar[int]
    BEFORE_S_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    from_s: int
    before_s: int
    def __init__(self, area_id: _Optional[str] = ..., from_s: _Optional[int] = ..., before_s: _Optional[int] = ...) -> None: ...

class HeadroomChange(_message.Message):
    __slots__ = ("node_id", "p_w")
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    P_W_FIELD_NUMBER: _ClassVar[int]
    node_id: str
    p_w: int
    def __init__(self, node_id: _Optional[str] = ..., p_w: _Optional[int] = ...) -> None: ...

class Headroom(_message.Message):
    __slots__ = ("number", "area_id", "claim_id", "mtu", "any_fill", "changes", "state", "asked", "again_at_ms", "part", "came")
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    CLAIM_ID_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    ANY_FILL_FIELD_NUMBER: _ClassVar[int]
    CHANGES_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    ASKED_FIELD_NUMBER: _ClassVar[int]
    AGAIN_AT_MS_FIELD_NUMBER: _ClassVar[int]
    PART_FIELD_NUMBER: _ClassVar[int]
    CAME_FIELD_NUMBER: _ClassVar[int]
    number: int
    area_id: str
    claim_id: str
    mtu: _common_pb2.Mtu
    any_fill: bool
    changes: _containers.RepeatedCompositeFieldContainer[HeadroomChange]
    state: HeadroomState
    asked: int
    again_at_ms: int
    part: _containers.RepeatedCompositeFieldContainer[HeadroomChange]
    came: _containers.RepeatedCompositeFieldContainer[HeadroomChange]
    def __init__(self, number: _Optional[int] = ..., area_id: _Optional[str] = ..., claim_id: _Optional[str] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., any_fill: _Optional[bool] = ..., changes: _Optional[_Iterable[_Union[HeadroomChange, _Mapping]]] = ..., state: _Optional[_Union[HeadroomState, str]] = ..., asked: _Optional[int] = ..., again_at_ms: _Optional[int] = ..., part: _Optional[_Iterable[_Union[HeadroomChange, _Mapping]]] = ..., came: _Optional[_Iterable[_Union[HeadroomChange, _Mapping]]] = ...) -> None: ...

class HeadroomMoved(_message.Message):
    __slots__ = ("headroom", "step", "reason", "rejection")
    HEADROOM_FIELD_NUMBER: _ClassVar[int]
    STEP_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    REJECTION_FIELD_NUMBER: _ClassVar[int]
    headroom: Headroom
    step: HeadroomStep
    reason: str
    rejection: _common_pb2.Rejection
    def __init__(self, headroom: _Optional[_Union[Headroom, _Mapping]] = ..., step: _Optional[_Union[HeadroomStep, str]] = ..., reason: _Optional[str] = ..., rejection: _Optional[_Union[_common_pb2.Rejection, _Mapping]] = ...) -> None: ...

class ActivationEvent(_message.Message):
    __slots__ = ("offer_placed", "offer_withdrawn", "claim_made", "claim_reduced", "claim_denied", "reserved", "reservation_moved", "need_stated", "need_ended", "need_served", "requested", "moved", "order_issued", "overridden", "effects_set", "coordination_set", "interface_reported", "need_uncovered", "instruction_denied", "windows_over", "headroom_moved", "effects_computed", "flows_turned", "reservation_called", "reservation_bid_placed", "reservation_bid_withdrawn", "reservation_call_cleared")
    OFFER_PLACED_FIELD_NUMBER: _ClassVar[int]
    OFFER_WITHDRAWN_FIELD_NUMBER: _ClassVar[int]
    CLAIM_MADE_FIELD_NUMBER: _ClassVar[int]
    CLAIM_REDUCED_FIELD_NUMBER: _ClassVar[int]
    CLAIM_DENIED_FIELD_NUMBER: _ClassVar[int]
    RESERVED_FIELD_NUMBER: _ClassVar[int]
    RESERVATION_MOVED_FIELD_NUMBER: _ClassVar[int]
    NEED_STATED_FIELD_NUMBER: _ClassVar[int]
    NEED_ENDED_FIELD_NUMBER: _ClassVar[int]
    NEED_SERVED_FIELD_NUMBER: _ClassVar[int]
    REQUESTED_FIELD_NUMBER: _ClassVar[int]
    MOVED_FIELD_NUMBER: _ClassVar[int]
    ORDER_ISSUED_FIELD_NUMBER: _ClassVar[int]
    OVERRIDDEN_FIELD_NUMBER: _ClassVar[int]
    EFFECTS_SET_FIELD_NUMBER: _ClassVar[int]
    COORDINATION_SET_FIELD_NUMBER: _ClassVar[int]
    INTERFACE_REPORTED_FIELD_NUMBER: _ClassVar[int]
    NEED_UNCOVERED_FIELD_NUMBER: _ClassVar[int]
    INSTRUCTION_DENIED_FIELD_NUMBER: _ClassVar[int]
    WINDOWS_OVER_FIELD_NUMBER: _ClassVar[int]
    HEADROOM_MOVED_FIELD_NUMBER: _ClassVar[int]
    EFFECTS_COMPUTED_FIELD_NUMBER: _ClassVar[int]
    FLOWS_TURNED_FIELD_NUMBER: _ClassVar[int]
    RESERVATION_CALLED_FIELD_NUMBER: _ClassVar[int]
    RESERVATION_BID_PLACED_FIELD_NUMBER: _ClassVar[int]
    RESERVATION_BID_WITHDRAWN_FIELD_NUMBER: _ClassVar[int]
    RESERVATION_CALL_CLEARED_FIELD_NUMBER: _ClassVar[int]
    offer_placed: OfferPlaced
    offer_withdrawn: OfferWithdrawn
    claim_made: ClaimMade
    claim_reduced: ClaimReduced
    claim_denied: ClaimDenied
    reserved: Reserved
    reservation_moved: ReservationMoved
    need_stated: NeedStated
    need_ended: NeedEnded
    need_served: NeedServed
    requested: ActivationRequested
    moved: ActivationMoved
    order_issued: OrderIssued
    overridden: ContractOverridden
    effects_set: EffectsSet
    coordination_set: CoordinationSet
    interface_reported: InterfaceReported
    need_uncovered: NeedUncovered
    instruction_denied: InstructionDenied
    windows_over: WindowsOver
    headroom_moved: HeadroomMoved
    effects_computed: EffectsComputed
    flows_turned: FlowsTurned
    reservation_called: ReservationCalled
    reservation_bid_placed: ReservationBidPlaced
    reservation_bid_withdrawn: ReservationBidWithdrawn
    reservation_call_cleared: ReservationCallCleared
    def __init__(self, offer_placed: _Optional[_Union[OfferPlaced, _Mapping]] = ..., offer_withdrawn: _Optional[_Union[OfferWithdrawn, _Mapping]] = ..., claim_made: _Optional[_Union[ClaimMade, _Mapping]] = ..., claim_reduced: _Optional[_Union[ClaimReduced, _Mapping]] = ..., claim_denied: _Optional[_Union[ClaimDenied, _Mapping]] = ..., reserved: _Optional[_Union[Reserved, _Mapping]] = ..., reservation_moved: _Optional[_Union[ReservationMoved, _Mapping]] = ..., need_stated: _Optional[_Union[NeedStated, _Mapping]] = ..., need_ended: _Optional[_Union[NeedEnded, _Mapping]] = ..., need_served: _Optional[_Union[NeedServed, _Mapping]] = ..., requested: _Optional[_Union[ActivationRequested, _Mapping]] = ..., moved: _Optional[_Union[ActivationMoved, _Mapping]] = ..., order_issued: _Optional[_Union[OrderIssued, _Mapping]] = ..., overridden: _Optional[_Union[ContractOverridden, _Mapping]] = ..., effects_set: _Optional[_Union[EffectsSet, _Mapping]] = ..., coordination_set: _Optional[_Union[CoordinationSet, _Mapping]] = ..., interface_reported: _Optional[_Union[InterfaceReported, _Mapping]] = ..., need_uncovered: _Optional[_Union[NeedUncovered, _Mapping]] = ..., instruction_denied: _Optional[_Union[InstructionDenied, _Mapping]] = ..., windows_over: _Optional[_Union[WindowsOver, _Mapping]] = ..., headroom_moved: _Optional[_Union[HeadroomMoved, _Mapping]] = ..., effects_computed: _Optional[_Union[EffectsComputed, _Mapping]] = ..., flows_turned: _Optional[_Union[FlowsTurned, _Mapping]] = ..., reservation_called: _Optional[_Union[ReservationCalled, _Mapping]] = ..., reservation_bid_placed: _Optional[_Union[ReservationBidPlaced, _Mapping]] = ..., reservation_bid_withdrawn: _Optional[_Union[ReservationBidWithdrawn, _Mapping]] = ..., reservation_call_cleared: _Optional[_Union[ReservationCallCleared, _Mapping]] = ...) -> None: ...

class SubmitRequest(_message.Message):
    __slots__ = ("command_id", "expires_at_ms", "command")
    COMMAND_ID_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_AT_MS_FIELD_NUMBER: _ClassVar[int]
    COMMAND_FIELD_NUMBER: _ClassVar[int]
    command_id: str
    expires_at_ms: int
    command: ActivationCommand
    def __init__(self, command_id: _Optional[str] = ..., expires_at_ms: _Optional[int] = ..., command: _Optional[_Union[ActivationCommand, _Mapping]] = ...) -> None: ...

class SubmitResponse(_message.Message):
    __slots__ = ("receipt",)
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    receipt: _common_pb2.CommandReceipt
    def __init__(self, receipt: _Optional[_Union[_common_pb2.CommandReceipt, _Mapping]] = ...) -> None: ...

class ListActivationsRequest(_message.Message):
    __slots__ = ("area_id", "open_only", "min_position")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    OPEN_ONLY_FIELD_NUMBER: _ClassVar[int]
    MIN_POSITION_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    open_only: bool
    min_position: _common_pb2.LogPosition
    def __init__(self, area_id: _Optional[str] = ..., open_only: _Optional[bool] = ..., min_position: _Optional[_Union[_common_pb2.LogPosition, _Mapping]] = ...) -> None: ...

class ListActivationsResponse(_message.Message):
    __slots__ = ("activations",)
    ACTIVATIONS_FIELD_NUMBER: _ClassVar[int]
    activations: _containers.RepeatedCompositeFieldContainer[Activation]
    def __init__(self, activations: _Optional[_Iterable[_Union[Activation, _Mapping]]] = ...) -> None: ...

class GetMeritOrderRequest(_message.Message):
    __slots__ = ("area_id", "list", "direction", "mtu", "element_id", "min_position")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    LIST_FIELD_NUMBER: _ClassVar[int]
    DIRECTION_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    ELEMENT_ID_FIELD_NUMBER: _ClassVar[int]
    MIN_POSITION_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    list: Claimant
    direction: Direction
    mtu: _common_pb2.Mtu
    element_id: str
    min_position: _common_pb2.LogPosition
    def __init__(self, area_id: _Optional[str] = ..., list: _Optional[_Union[Claimant, str]] = ..., direction: _Optional[_Union[Direction, str]] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., element_id: _Optional[str] = ..., min_position: _Optional[_Union[_common_pb2.LogPosition, _Mapping]] = ...) -> None: ...

class MeritEntry(_message.Message):
    __slots__ = ("offer_id", "party", "unit_id", "portfolio_id", "node_ids", "available_w", "min_quantity_w", "price_micro_euro_per_mwh", "relief_permille", "effective_price_micro_euro_per_mwh")
    OFFER_ID_FIELD_NUMBER: _ClassVar[int]
    PARTY_FIELD_NUMBER: _ClassVar[int]
    UNIT_ID_FIELD_NUMBER: _ClassVar[int]
    PORTFOLIO_ID_FIELD_NUMBER: _ClassVar[int]
    NODE_IDS_FIELD_NUMBER: _ClassVar[int]
    AVAILABLE_W_FIELD_NUMBER: _ClassVar[int]
    MIN_QUANTITY_W_FIELD_NUMBER: _ClassVar[int]
    PRICE_MICRO_EURO_PER_MWH_FIELD_NUMBER: _ClassVar[int]
    RELIEF_PERMILLE_FIELD_NUMBER: _ClassVar[int]
    EFFECTIVE_PRICE_MICRO_EURO_PER_MWH_FIELD_NUMBER: _ClassVar[int]
    offer_id: str
    party: str
    unit_id: str
    portfolio_id: str
    node_ids: _containers.RepeatedScalarFieldContainer[str]
    available_w: int
    min_quantity_w: int
    price_micro_euro_per_mwh: int
    relief_permille: int
    effective_price_micro_euro_per_mwh: int
    def __init__(self, offer_id: _Optional[str] = ..., party: _Optional[str] = ..., unit_id: _Optional[str] = ..., portfolio_id: _Optional[str] = ..., node_ids: _Optional[_Iterable[str]] = ..., available_w: _Optional[int] = ..., min_quantity_w: _Optional[int] = ..., price_micro_euro_per_mwh: _Optional[int] = ..., relief_permille: _Optional[int] = ..., effective_price_micro_euro_per_mwh: _Optional[int] = ...) -> None: ...

class GetMeritOrderResponse(_message.Message):
    __slots__ = ("entries",)
    ENTRIES_FIELD_NUMBER: _ClassVar[int]
    entries: _containers.RepeatedCompositeFieldContainer[MeritEntry]
    def __init__(self, entries: _Optional[_Iterable[_Union[MeritEntry, _Mapping]]] = ...) -> None: ...

class GetCoordinationRequest(_message.Message):
    __slots__ = ("area_id", "min_position")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    MIN_POSITION_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    min_position: _common_pb2.LogPosition
    def __init__(self, area_id: _Optional[str] = ..., min_position: _Optional[_Union[_common_pb2.LogPosition, _Mapping]] = ...) -> None: ...

class GetCoordinationResponse(_message.Message):
    __slots__ = ("rules",)
    RULES_FIELD_NUMBER: _ClassVar[int]
    rules: CoordinationRules
    def __init__(self, rules: _Optional[_Union[CoordinationRules, _Mapping]] = ...) -> None: ...

class GetUnitTotalsRequest(_message.Message):
    __slots__ = ("area_id", "unit_id", "min_position")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    UNIT_ID_FIELD_NUMBER: _ClassVar[int]
    MIN_POSITION_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    unit_id: str
    min_position: _common_pb2.LogPosition
    def __init__(self, area_id: _Optional[str] = ..., unit_id: _Optional[str] = ..., min_position: _Optional[_Union[_common_pb2.LogPosition, _Mapping]] = ...) -> None: ...

class GetUnitTotalsResponse(_message.Message):
    __slots__ = ("totals",)
    TOTALS_FIELD_NUMBER: _ClassVar[int]
    totals: _containers.RepeatedCompositeFieldContainer[UnitTotal]
    def __init__(self, totals: _Optional[_Iterable[_Union[UnitTotal, _Mapping]]] = ...) -> None: ...

class ListInterfaceRequest(_message.Message):
    __slots__ = ("area_id", "node_id", "min_position")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    MIN_POSITION_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    node_id: str
    min_position: _common_pb2.LogPosition
    def __init__(self, area_id: _Optional[str] = ..., node_id: _Optional[str] = ..., min_position: _Optional[_Union[_common_pb2.LogPosition, _Mapping]] = ...) -> None: ...

class ListInterfaceResponse(_message.Message):
    __slots__ = ("values",)
    VALUES_FIELD_NUMBER: _ClassVar[int]
    values: _containers.RepeatedCompositeFieldContainer[InterfaceReported]
    def __init__(self, values: _Optional[_Iterable[_Union[InterfaceReported, _Mapping]]] = ...) -> None: ...

class ListReservationCallsRequest(_message.Message):
    __slots__ = ("area_id", "open_only", "min_position")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    OPEN_ONLY_FIELD_NUMBER: _ClassVar[int]
    MIN_POSITION_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    open_only: bool
    min_position: _common_pb2.LogPosition
    def __init__(self, area_id: _Optional[str] = ..., open_only: _Optional[bool] = ..., min_position: _Optional[_Union[_common_pb2.LogPosition, _Mapping]] = ...) -> None: ...

class ListedReservationCall(_message.Message):
    __slots__ = ("call", "bids", "cleared", "reserved_w", "results")
    CALL_FIELD_NUMBER: _ClassVar[int]
    BIDS_FIELD_NUMBER: _ClassVar[int]
    CLEARED_FIELD_NUMBER: _ClassVar[int]
    RESERVED_W_FIELD_NUMBER: _ClassVar[int]
    RESULTS_FIELD_NUMBER: _ClassVar[int]
    call: ReservationCall
    bids: _containers.RepeatedCompositeFieldContainer[ReservationBid]
    cleared: bool
    reserved_w: int
    results: _containers.RepeatedCompositeFieldContainer[ReservationBidResult]
    def __init__(self, call: _Optional[_Union[ReservationCall, _Mapping]] = ..., bids: _Optional[_Iterable[_Union[ReservationBid, _Mapping]]] = ..., cleared: _Optional[bool] = ..., reserved_w: _Optional[int] = ..., results: _Optional[_Iterable[_Union[ReservationBidResult, _Mapping]]] = ...) -> None: ...

class ListReservationCallsResponse(_message.Message):
    __slots__ = ("calls",)
    CALLS_FIELD_NUMBER: _ClassVar[int]
    calls: _containers.RepeatedCompositeFieldContainer[ListedReservationCall]
    def __init__(self, calls: _Optional[_Iterable[_Union[ListedReservationCall, _Mapping]]] = ...) -> None: ...

class WatchOrdersRequest(_message.Message):
    __slots__ = ("area_id",)
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    def __init__(self, area_id: _Optional[str] = ...) -> None: ...

class WatchOrdersResponse(_message.Message):
    __slots__ = ("order",)
    ORDER_FIELD_NUMBER: _ClassVar[int]
    order: ActivationOrder
    def __init__(self, order: _Optional[_Union[ActivationOrder, _Mapping]] = ...) -> None: ...

class WatchActivationsRequest(_message.Message):
    __slots__ = ("area_id", "after")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    AFTER_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    after: _common_pb2.LogPosition
    def __init__(self, area_id: _Optional[str] = ..., after: _Optional[_Union[_common_pb2.LogPosition, _Mapping]] = ...) -> None: ...

class WatchActivationsResponse(_message.Message):
    __slots__ = ("position", "event")
    POSITION_FIELD_NUMBER: _ClassVar[int]
    EVENT_FIELD_NUMBER: _ClassVar[int]
    position: _common_pb2.LogPosition
    event: ActivationEvent
    def __init__(self, position: _Optional[_Union[_common_pb2.LogPosition, _Mapping]] = ..., event: _Optional[_Union[ActivationEvent, _Mapping]] = ...) -> None: ...
