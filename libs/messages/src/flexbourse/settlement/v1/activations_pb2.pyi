from flexbourse.common.v1 import common_pb2 as _common_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class BaselineMethod(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    BASELINE_METHOD_UNSPECIFIED: _ClassVar[BaselineMethod]
    BASELINE_METHOD_FROZEN_BASE: _ClassVar[BaselineMethod]
    BASELINE_METHOD_X_OF_Y: _ClassVar[BaselineMethod]
    BASELINE_METHOD_METER_BEFORE_AFTER: _ClassVar[BaselineMethod]
    BASELINE_METHOD_NOMINATION: _ClassVar[BaselineMethod]
BASELINE_METHOD_UNSPECIFIED: BaselineMethod
BASELINE_METHOD_FROZEN_BASE: BaselineMethod
BASELINE_METHOD_X_OF_Y: BaselineMethod
BASELINE_METHOD_METER_BEFORE_AFTER: BaselineMethod
BASELINE_METHOD_NOMINATION: BaselineMethod

class Product(_message.Message):
    __slots__ = ("purpose", "method", "count", "of_days", "adjustment_cap_w", "most_consuming", "pays_from_permille", "penalty_permille", "platform_fee_permille", "unused_permille")
    PURPOSE_FIELD_NUMBER: _ClassVar[int]
    METHOD_FIELD_NUMBER: _ClassVar[int]
    COUNT_FIELD_NUMBER: _ClassVar[int]
    OF_DAYS_FIELD_NUMBER: _ClassVar[int]
    ADJUSTMENT_CAP_W_FIELD_NUMBER: _ClassVar[int]
    MOST_CONSUMING_FIELD_NUMBER: _ClassVar[int]
    PAYS_FROM_PERMILLE_FIELD_NUMBER: _ClassVar[int]
    PENALTY_PERMILLE_FIELD_NUMBER: _ClassVar[int]
    PLATFORM_FEE_PERMILLE_FIELD_NUMBER: _ClassVar[int]
    UNUSED_PERMILLE_FIELD_NUMBER: _ClassVar[int]
    purpose: str
    method: BaselineMethod
    count: int
    of_days: int
    adjustment_cap_w: int
    most_consuming: bool
    pays_from_permille: int
    penalty_permille: int
    platform_fee_permille: int
    unused_permille: int
    def __init__(self, purpose: _Optional[str] = ..., method: _Optional[_Union[BaselineMethod, str]] = ..., count: _Optional[int] = ..., of_days: _Optional[int] = ..., adjustment_cap_w: _Optional[int] = ..., most_consuming: _Optional[bool] = ..., pays_from_permille: _Optional[int] = ..., penalty_permille: _Optional[int] = ..., platform_fee_permille: _Optional[int] = ..., unused_permille: _Optional[int] = ...) -> None: ...

class SetProducts(_message.Message):
    __slots__ = ("area_id", "products")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    PRODUCTS_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    products: _containers.RepeatedCompositeFieldContainer[Product]
    def __init__(self, area_id: _Optional[str] = ..., products: _Optional[_Iterable[_Union[Product, _Mapping]]] = ...) -> None: ...

class ProductsSet(_message.Message):
    __slots__ = ("area_id", "products")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    PRODUCTS_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    products: _containers.RepeatedCompositeFieldContainer[Product]
    def __init__(self, area_id: _Optional[str] = ..., products: _Optional[_Iterable[_Union[Product, _Mapping]]] = ...) -> None: ...

class ReservationLine(_message.Message):
    __slots__ = ("reservation_id", "mtu", "side", "counterparty", "quantity_w", "unused_w", "price_micro_euro_per_mw_h", "unused_permille", "amount_micro_euro", "penalty_micro_euro")
    RESERVATION_ID_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    SIDE_FIELD_NUMBER: _ClassVar[int]
    COUNTERPARTY_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_W_FIELD_NUMBER: _ClassVar[int]
    UNUSED_W_FIELD_NUMBER: _ClassVar[int]
    PRICE_MICRO_EURO_PER_MW_H_FIELD_NUMBER: _ClassVar[int]
    UNUSED_PERMILLE_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    PENALTY_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    reservation_id: str
    mtu: _common_pb2.Mtu
    side: str
    counterparty: str
    quantity_w: int
    unused_w: int
    price_micro_euro_per_mw_h: int
    unused_permille: int
    amount_micro_euro: int
    penalty_micro_euro: int
    def __init__(self, reservation_id: _Optional[str] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., side: _Optional[str] = ..., counterparty: _Optional[str] = ..., quantity_w: _Optional[int] = ..., unused_w: _Optional[int] = ..., price_micro_euro_per_mw_h: _Optional[int] = ..., unused_permille: _Optional[int] = ..., amount_micro_euro: _Optional[int] = ..., penalty_micro_euro: _Optional[int] = ...) -> None: ...

class ActivationLine(_message.Message):
    __slots__ = ("activation_id", "mtu", "side", "counterparty", "purpose", "direction", "baseline_method", "baseline_w", "metered_w", "owed_w", "ordered_w", "delivered_w", "credited_w", "pays_from_permille", "price_micro_euro_per_mwh", "penalty_permille", "platform_fee_permille", "amount_micro_euro", "penalty_micro_euro", "platform_fee_micro_euro")
    ACTIVATION_ID_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    SIDE_FIELD_NUMBER: _ClassVar[int]
    COUNTERPARTY_FIELD_NUMBER: _ClassVar[int]
    PURPOSE_FIELD_NUMBER: _ClassVar[int]
    DIRECTION_FIELD_NUMBER: _ClassVar[int]
    BASELINE_METHOD_FIELD_NUMBER: _ClassVar[int]
    BASELINE_W_FIELD_NUMBER: _ClassVar[int]
    METERED_W_FIELD_NUMBER: _ClassVar[int]
    OWED_W_FIELD_NUMBER: _ClassVar[int]
    ORDERED_W_FIELD_NUMBER: _ClassVar[int]
    DELIVERED_W_FIELD_NUMBER: _ClassVar[int]
    CREDITED_W_FIELD_NUMBER: _ClassVar[int]
    PAYS_FROM_PERMILLE_FIELD_NUMBER: _ClassVar[int]
    PRICE_MICRO_EURO_PER_MWH_FIELD_NUMBER: _ClassVar[int]
    PENALTY_PERMILLE_FIELD_NUMBER: _ClassVar[int]
    PLATFORM_FEE_PERMILLE_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    PENALTY_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    PLATFORM_FEE_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    activation_id: str
    mtu: _common_pb2.Mtu
    side: str
    counterparty: str
    purpose: str
    direction: str
    baseline_method: str
    baseline_w: int
    metered_w: int
    owed_w: int
    ordered_w: int
    delivered_w: int
    credited_w: int
    pays_from_permille: int
    price_micro_euro_per_mwh: int
    penalty_permille: int
    platform_fee_permille: int
    amount_micro_euro: int
    penalty_micro_euro: int
    platform_fee_micro_euro: int
    def __init__(self, activation_id: _Optional[str] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., side: _Optional[str] = ..., counterparty: _Optional[str] = ..., purpose: _Optional[str] = ..., direction: _Optional[str] = ..., baseline_method: _Optional[str] = ..., baseline_w: _Optional[int] = ..., metered_w: _Optional[int] = ..., owed_w: _Optional[int] = ..., ordered_w: _Optional[int] = ..., delivered_w: _Optional[int] = ..., credited_w: _Optional[int] = ..., pays_from_permille: _Optional[int] = ..., price_micro_euro_per_mwh: _Optional[int] = ..., penalty_permille: _Optional[int] = ..., platform_fee_permille: _Optional[int] = ..., amount_micro_euro: _Optional[int] = ..., penalty_micro_euro: _Optional[int] = ..., platform_fee_micro_euro: _Optional[int] = ...) -> None: ...

class CollectedLine(_message.Message):
    __slots__ = ("mtu", "amount_micro_euro")
    MTU_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    mtu: _common_pb2.Mtu
    amount_micro_euro: int
    def __init__(self, mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., amount_micro_euro: _Optional[int] = ...) -> None: ...

class PerimeterLine(_message.Message):
    __slots__ = ("source", "mtu", "counterparty", "quantity_w")
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    COUNTERPARTY_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_W_FIELD_NUMBER: _ClassVar[int]
    source: str
    mtu: _common_pb2.Mtu
    counterparty: str
    quantity_w: int
    def __init__(self, source: _Optional[str] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., counterparty: _Optional[str] = ..., quantity_w: _Optional[int] = ...) -> None: ...

class UnitQuantity(_message.Message):
    __slots__ = ("unit_id", "start_s", "quantity_w")
    UNIT_ID_FIELD_NUMBER: _ClassVar[int]
    START_S_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_W_FIELD_NUMBER: _ClassVar[int]
    unit_id: str
    start_s: int
    quantity_w: int
    def __init__(self, unit_id: _Optional[str] = ..., start_s: _Optional[int] = ..., quantity_w: _Optional[int] = ...) -> None: ...

class ClaimState(_message.Message):
    __slots__ = ("claim_id", "start_s", "left")
    CLAIM_ID_FIELD_NUMBER: _ClassVar[int]
    START_S_FIELD_NUMBER: _ClassVar[int]
    LEFT_FIELD_NUMBER: _ClassVar[int]
    claim_id: str
    start_s: int
    left: _containers.RepeatedCompositeFieldContainer[UnitQuantity]
    def __init__(self, claim_id: _Optional[str] = ..., start_s: _Optional[int] = ..., left: _Optional[_Iterable[_Union[UnitQuantity, _Mapping]]] = ...) -> None: ...

class ReservationState(_message.Message):
    __slots__ = ("reservation_id", "buyer", "seller", "purpose", "price_micro_euro_per_mw_h", "product", "won_in_call")
    RESERVATION_ID_FIELD_NUMBER: _ClassVar[int]
    BUYER_FIELD_NUMBER: _ClassVar[int]
    SELLER_FIELD_NUMBER: _ClassVar[int]
    PURPOSE_FIELD_NUMBER: _ClassVar[int]
    PRICE_MICRO_EURO_PER_MW_H_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_FIELD_NUMBER: _ClassVar[int]
    WON_IN_CALL_FIELD_NUMBER: _ClassVar[int]
    reservation_id: str
    buyer: str
    seller: str
    purpose: str
    price_micro_euro_per_mw_h: int
    product: Product
    won_in_call: bool
    def __init__(self, reservation_id: _Optional[str] = ..., buyer: _Optional[str] = ..., seller: _Optional[str] = ..., purpose: _Optional[str] = ..., price_micro_euro_per_mw_h: _Optional[int] = ..., product: _Optional[_Union[Product, _Mapping]] = ..., won_in_call: _Optional[bool] = ...) -> None: ...

class ActivationState(_message.Message):
    __slots__ = ("activation_id", "buyer", "seller", "purpose", "up", "price_micro_euro_per_mwh", "claim_id", "reservation_id", "is_override", "product", "requested", "owed", "payable", "is_ordered", "outcome")
    ACTIVATION_ID_FIELD_NUMBER: _ClassVar[int]
    BUYER_FIELD_NUMBER: _ClassVar[int]
    SELLER_FIELD_NUMBER: _ClassVar[int]
    PURPOSE_FIELD_NUMBER: _ClassVar[int]
    UP_FIELD_NUMBER: _ClassVar[int]
    PRICE_MICRO_EURO_PER_MWH_FIELD_NUMBER: _ClassVar[int]
    CLAIM_ID_FIELD_NUMBER: _ClassVar[int]
    RESERVATION_ID_FIELD_NUMBER: _ClassVar[int]
    IS_OVERRIDE_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_FIELD_NUMBER: _ClassVar[int]
    REQUESTED_FIELD_NUMBER: _ClassVar[int]
    OWED_FIELD_NUMBER: _ClassVar[int]
    PAYABLE_FIELD_NUMBER: _ClassVar[int]
    IS_ORDERED_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    activation_id: str
    buyer: str
    seller: str
    purpose: str
    up: bool
    price_micro_euro_per_mwh: int
    claim_id: str
    reservation_id: str
    is_override: bool
    product: Product
    requested: _containers.RepeatedCompositeFieldContainer[UnitQuantity]
    owed: _containers.RepeatedCompositeFieldContainer[UnitQuantity]
    payable: _containers.RepeatedCompositeFieldContainer[UnitQuantity]
    is_ordered: bool
    outcome: str
    def __init__(self, activation_id: _Optional[str] = ..., buyer: _Optional[str] = ..., seller: _Optional[str] = ..., purpose: _Optional[str] = ..., up: _Optional[bool] = ..., price_micro_euro_per_mwh: _Optional[int] = ..., claim_id: _Optional[str] = ..., reservation_id: _Optional[str] = ..., is_override: _Optional[bool] = ..., product: _Optional[_Union[Product, _Mapping]] = ..., requested: _Optional[_Iterable[_Union[UnitQuantity, _Mapping]]] = ..., owed: _Optional[_Iterable[_Union[UnitQuantity, _Mapping]]] = ..., payable: _Optional[_Iterable[_Union[UnitQuantity, _Mapping]]] = ..., is_ordered: _Optional[bool] = ..., outcome: _Optional[str] = ...) -> None: ...

class LostState(_message.Message):
    __slots__ = ("override_id", "unit_id", "claim_id", "seller", "buyer", "price_micro_euro_per_mwh", "quantities")
    OVERRIDE_ID_FIELD_NUMBER: _ClassVar[int]
    UNIT_ID_FIELD_NUMBER: _ClassVar[int]
    CLAIM_ID_FIELD_NUMBER: _ClassVar[int]
    SELLER_FIELD_NUMBER: _ClassVar[int]
    BUYER_FIELD_NUMBER: _ClassVar[int]
    PRICE_MICRO_EURO_PER_MWH_FIELD_NUMBER: _ClassVar[int]
    QUANTITIES_FIELD_NUMBER: _ClassVar[int]
    override_id: str
    unit_id: str
    claim_id: str
    seller: str
    buyer: str
    price_micro_euro_per_mwh: int
    quantities: _containers.RepeatedCompositeFieldContainer[UnitQuantity]
    def __init__(self, override_id: _Optional[str] = ..., unit_id: _Optional[str] = ..., claim_id: _Optional[str] = ..., seller: _Optional[str] = ..., buyer: _Optional[str] = ..., price_micro_euro_per_mwh: _Optional[int] = ..., quantities: _Optional[_Iterable[_Union[UnitQuantity, _Mapping]]] = ...) -> None: ...

class NeedState(_message.Message):
    __slots__ = ("need_id", "buyer", "start_s", "end_s", "is_waived")
    NEED_ID_FIELD_NUMBER: _ClassVar[int]
    BUYER_FIELD_NUMBER: _ClassVar[int]
    START_S_FIELD_NUMBER: _ClassVar[int]
    END_S_FIELD_NUMBER: _ClassVar[int]
    IS_WAIVED_FIELD_NUMBER: _ClassVar[int]
    need_id: str
    buyer: str
    start_s: int
    end_s: int
    is_waived: bool
    def __init__(self, need_id: _Optional[str] = ..., buyer: _Optional[str] = ..., start_s: _Optional[int] = ..., end_s: _Optional[int] = ..., is_waived: _Optional[bool] = ...) -> None: ...

class PointReading(_message.Message):
    __slots__ = ("metering_point_id", "start_s", "mean_w")
    METERING_POINT_ID_FIELD_NUMBER: _ClassVar[int]
    START_S_FIELD_NUMBER: _ClassVar[int]
    MEAN_W_FIELD_NUMBER: _ClassVar[int]
    metering_point_id: str
    start_s: int
    mean_w: int
    def __init__(self, metering_point_id: _Optional[str] = ..., start_s: _Optional[int] = ..., mean_w: _Optional[int] = ...) -> None: ...

class ActivationBookState(_message.Message):
    __slots__ = ("area_id", "products", "from_s", "before_s", "claims", "reservations", "activations", "lost", "needs", "unit_ids", "history", "schedules")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    PRODUCTS_FIELD_NUMBER: _ClassVar[int]
    FROM_S_FIELD_NUMBER: _ClassVar[int]
    BEFORE_S_FIELD_NUMBER: _ClassVar[int]
    CLAIMS_FIELD_NUMBER: _ClassVar[int]
    RESERVATIONS_FIELD_NUMBER: _ClassVar[int]
    ACTIVATIONS_FIELD_NUMBER: _ClassVar[int]
    LOST_FIELD_NUMBER: _ClassVar[int]
    NEEDS_FIELD_NUMBER: _ClassVar[int]
    UNIT_IDS_FIELD_NUMBER: _ClassVar[int]
    HISTORY_FIELD_NUMBER: _ClassVar[int]
    SCHEDULES_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    products: _containers.RepeatedCompositeFieldContainer[Product]
    from_s: int
    before_s: int
    claims: _containers.RepeatedCompositeFieldContainer[ClaimState]
    reservations: _containers.RepeatedCompositeFieldContainer[ReservationState]
    activations: _containers.RepeatedCompositeFieldContainer[ActivationState]
    lost: _containers.RepeatedCompositeFieldContainer[LostState]
    needs: _containers.RepeatedCompositeFieldContainer[NeedState]
    unit_ids: _containers.RepeatedScalarFieldContainer[str]
    history: _containers.RepeatedCompositeFieldContainer[PointReading]
    schedules: _containers.RepeatedCompositeFieldContainer[UnitQuantity]
    def __init__(self, area_id: _Optional[str] = ..., products: _Optional[_Iterable[_Union[Product, _Mapping]]] = ..., from_s: _Optional[int] = ..., before_s: _Optional[int] = ..., claims: _Optional[_Iterable[_Union[ClaimState, _Mapping]]] = ..., reservations: _Optional[_Iterable[_Union[ReservationState, _Mapping]]] = ..., activations: _Optional[_Iterable[_Union[ActivationState, _Mapping]]] = ..., lost: _Optional[_Iterable[_Union[LostState, _Mapping]]] = ..., needs: _Optional[_Iterable[_Union[NeedState, _Mapping]]] = ..., unit_ids: _Optional[_Iterable[str]] = ..., history: _Optional[_Iterable[_Union[PointReading, _Mapping]]] = ..., schedules: _Optional[_Iterable[_Union[UnitQuantity, _Mapping]]] = ...) -> None: ...
