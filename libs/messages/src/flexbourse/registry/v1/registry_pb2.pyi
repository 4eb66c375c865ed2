from flexbourse.common.v1 import common_pb2 as _common_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Role(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ROLE_UNSPECIFIED: _ClassVar[Role]
    ROLE_AGR: _ClassVar[Role]
    ROLE_BSP: _ClassVar[Role]
    ROLE_BRP: _ClassVar[Role]
    ROLE_DSO: _ClassVar[Role]
    ROLE_TSO: _ClassVar[Role]
    ROLE_MARKET_OPERATOR: _ClassVar[Role]
    ROLE_METER_OPERATOR: _ClassVar[Role]
    ROLE_COMMUNITY: _ClassVar[Role]
    ROLE_PROSUMER: _ClassVar[Role]
    ROLE_AUDITOR: _ClassVar[Role]
    ROLE_MEMBER: _ClassVar[Role]

class MeteringScheme(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    METERING_SCHEME_UNSPECIFIED: _ClassVar[MeteringScheme]
    METERING_SCHEME_GSRN: _ClassVar[MeteringScheme]
    METERING_SCHEME_MPAN: _ClassVar[MeteringScheme]
    METERING_SCHEME_EIC: _ClassVar[MeteringScheme]

class UnitType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    UNIT_TYPE_UNSPECIFIED: _ClassVar[UnitType]
    UNIT_TYPE_LOAD: _ClassVar[UnitType]
    UNIT_TYPE_SOLAR: _ClassVar[UnitType]
    UNIT_TYPE_BATTERY: _ClassVar[UnitType]
    UNIT_TYPE_VEHICLE: _ClassVar[UnitType]
    UNIT_TYPE_HEAT_PUMP: _ClassVar[UnitType]
    UNIT_TYPE_WIND: _ClassVar[UnitType]
    UNIT_TYPE_CHP: _ClassVar[UnitType]
    UNIT_TYPE_OTHER: _ClassVar[UnitType]

class ProductType(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    PRODUCT_TYPE_UNSPECIFIED: _ClassVar[ProductType]
    PRODUCT_TYPE_ENERGY: _ClassVar[ProductType]
    PRODUCT_TYPE_CONGESTION: _ClassVar[ProductType]
    PRODUCT_TYPE_VOLTAGE: _ClassVar[ProductType]
    PRODUCT_TYPE_RESERVATION: _ClassVar[ProductType]
    PRODUCT_TYPE_MFRR: _ClassVar[ProductType]

class UnitState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    UNIT_STATE_UNSPECIFIED: _ClassVar[UnitState]
    UNIT_STATE_REGISTERED: _ClassVar[UnitState]
    UNIT_STATE_GRID_REQUESTED: _ClassVar[UnitState]
    UNIT_STATE_GRID_INFORMATION_REQUESTED: _ClassVar[UnitState]
    UNIT_STATE_GRID_REFUSED: _ClassVar[UnitState]
    UNIT_STATE_GRID_APPROVED: _ClassVar[UnitState]
    UNIT_STATE_QUALIFIED: _ClassVar[UnitState]
    UNIT_STATE_ACTIVE: _ClassVar[UnitState]
    UNIT_STATE_SUSPENDED: _ClassVar[UnitState]
    UNIT_STATE_RETIRED: _ClassVar[UnitState]

class ProductState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    PRODUCT_STATE_UNSPECIFIED: _ClassVar[ProductState]
    PRODUCT_STATE_REQUESTED: _ClassVar[ProductState]
    PRODUCT_STATE_INFORMATION_REQUESTED: _ClassVar[ProductState]
    PRODUCT_STATE_TESTING: _ClassVar[ProductState]
    PRODUCT_STATE_QUALIFIED: _ClassVar[ProductState]
    PRODUCT_STATE_REFUSED: _ClassVar[ProductState]

class SuspensionReason(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SUSPENSION_REASON_UNSPECIFIED: _ClassVar[SuspensionReason]
    SUSPENSION_REASON_UNSAFE_OPERATION: _ClassVar[SuspensionReason]
    SUSPENSION_REASON_BREACH_OF_CONDITIONS: _ClassVar[SuspensionReason]
    SUSPENSION_REASON_FAILED_VERIFICATION: _ClassVar[SuspensionReason]
    SUSPENSION_REASON_COMMUNICATION: _ClassVar[SuspensionReason]
    SUSPENSION_REASON_OWN_WISH: _ClassVar[SuspensionReason]
    SUSPENSION_REASON_OTHER: _ClassVar[SuspensionReason]

class UnitStepKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    UNIT_STEP_KIND_UNSPECIFIED: _ClassVar[UnitStepKind]
    UNIT_STEP_KIND_REQUEST_GRID: _ClassVar[UnitStepKind]
    UNIT_STEP_KIND_ASK_GRID: _ClassVar[UnitStepKind]
    UNIT_STEP_KIND_ANSWER_GRID: _ClassVar[UnitStepKind]
    UNIT_STEP_KIND_APPROVE_GRID: _ClassVar[UnitStepKind]
    UNIT_STEP_KIND_REFUSE_GRID: _ClassVar[UnitStepKind]
    UNIT_STEP_KIND_REQUEST_PRODUCT: _ClassVar[UnitStepKind]
    UNIT_STEP_KIND_ASK_PRODUCT: _ClassVar[UnitStepKind]
    UNIT_STEP_KIND_ANSWER_PRODUCT: _ClassVar[UnitStepKind]
    UNIT_STEP_KIND_ORDER_TEST: _ClassVar[UnitStepKind]
    UNIT_STEP_KIND_RECORD_TEST: _ClassVar[UnitStepKind]
    UNIT_STEP_KIND_REFUSE_PRODUCT: _ClassVar[UnitStepKind]
    UNIT_STEP_KIND_ACTIVATE: _ClassVar[UnitStepKind]
    UNIT_STEP_KIND_SUSPEND: _ClassVar[UnitStepKind]
    UNIT_STEP_KIND_RESUME: _ClassVar[UnitStepKind]
    UNIT_STEP_KIND_RETIRE: _ClassVar[UnitStepKind]

class Algorithm(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ALGORITHM_UNSPECIFIED: _ClassVar[Algorithm]
    ALGORITHM_CONTINUOUS_ENERGY: _ClassVar[Algorithm]
    ALGORITHM_CONTINUOUS_FLEXIBILITY: _ClassVar[Algorithm]
    ALGORITHM_NETWORK_CAPACITY: _ClassVar[Algorithm]
    ALGORITHM_POOL: _ClassVar[Algorithm]

class CapacityRule(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CAPACITY_RULE_UNSPECIFIED: _ClassVar[CapacityRule]
    CAPACITY_RULE_PREMIUM_AS_BID: _ClassVar[CapacityRule]
    CAPACITY_RULE_PREMIUM_ONE_PRICE: _ClassVar[CapacityRule]
    CAPACITY_RULE_FIRST_COME: _ClassVar[CapacityRule]
    CAPACITY_RULE_HIGHEST_DEMAND: _ClassVar[CapacityRule]

class EnrolmentRule(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ENROLMENT_RULE_UNSPECIFIED: _ClassVar[EnrolmentRule]
    ENROLMENT_RULE_SELF: _ClassVar[EnrolmentRule]
    ENROLMENT_RULE_APPROVAL: _ClassVar[EnrolmentRule]

class SelfTradePrevention(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SELF_TRADE_PREVENTION_UNSPECIFIED: _ClassVar[SelfTradePrevention]
    SELF_TRADE_PREVENTION_CANCEL_OLDEST: _ClassVar[SelfTradePrevention]
    SELF_TRADE_PREVENTION_CANCEL_NEWEST: _ClassVar[SelfTradePrevention]
    SELF_TRADE_PREVENTION_CANCEL_BOTH: _ClassVar[SelfTradePrevention]

class Uncrossing(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    UNCROSSING_UNSPECIFIED: _ClassVar[Uncrossing]
    UNCROSSING_AUCTION: _ClassVar[Uncrossing]
    UNCROSSING_DAY_AUCTION: _ClassVar[Uncrossing]

class AuctionPricing(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    AUCTION_PRICING_UNSPECIFIED: _ClassVar[AuctionPricing]
    AUCTION_PRICING_PAY_AS_BID: _ClassVar[AuctionPricing]

class AuctionMargin(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    AUCTION_MARGIN_UNSPECIFIED: _ClassVar[AuctionMargin]
    AUCTION_MARGIN_TIME: _ClassVar[AuctionMargin]

class RightChainStatus(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    RIGHT_CHAIN_STATUS_UNSPECIFIED: _ClassVar[RightChainStatus]
    RIGHT_CHAIN_STATUS_GRANTED: _ClassVar[RightChainStatus]
    RIGHT_CHAIN_STATUS_REFUSED: _ClassVar[RightChainStatus]
    RIGHT_CHAIN_STATUS_REVOKED: _ClassVar[RightChainStatus]
ROLE_UNSPECIFIED: Role
ROLE_AGR: Role
ROLE_BSP: Role
ROLE_BRP: Role
ROLE_DSO: Role
ROLE_TSO: Role
ROLE_MARKET_OPERATOR: Role
ROLE_METER_OPERATOR: Role
ROLE_COMMUNITY: Role
ROLE_PROSUMER: Role
ROLE_AUDITOR: Role
ROLE_MEMBER: Role
METERING_SCHEME_UNSPECIFIED: MeteringScheme
METERING_SCHEME_GSRN: MeteringScheme
METERING_SCHEME_MPAN: MeteringScheme
METERING_SCHEME_EIC: MeteringScheme
UNIT_TYPE_UNSPECIFIED: UnitType
UNIT_TYPE_LOAD: UnitType
UNIT_TYPE_SOLAR: UnitType
UNIT_TYPE_BATTERY: UnitType
UNIT_TYPE_VEHICLE: UnitType
UNIT_TYPE_HEAT_PUMP: UnitType
UNIT_TYPE_WIND: UnitType
UNIT_TYPE_CHP: UnitType
UNIT_TYPE_OTHER: UnitType
PRODUCT_TYPE_UNSPECIFIED: ProductType
PRODUCT_TYPE_ENERGY: ProductType
PRODUCT_TYPE_CONGESTION: ProductType
PRODUCT_TYPE_VOLTAGE: ProductType
PRODUCT_TYPE_RESERVATION: ProductType
PRODUCT_TYPE_MFRR: ProductType
UNIT_STATE_UNSPECIFIED: UnitState
UNIT_STATE_REGISTERED: UnitState
UNIT_STATE_GRID_REQUESTED: UnitState
UNIT_STATE_GRID_INFORMATION_REQUESTED: UnitState
UNIT_STATE_GRID_REFUSED: UnitState
UNIT_STATE_GRID_APPROVED: UnitState
UNIT_STATE_QUALIFIED: UnitState
UNIT_STATE_ACTIVE: UnitState
UNIT_STATE_SUSPENDED: UnitState
UNIT_STATE_RETIRED: UnitState
PRODUCT_STATE_UNSPECIFIED: ProductState
PRODUCT_STATE_REQUESTED: ProductState
PRODUCT_STATE_INFORMATION_REQUESTED: ProductState
PRODUCT_STATE_TESTING: ProductState
PRODUCT_STATE_QUALIFIED: ProductState
PRODUCT_STATE_REFUSED: ProductState
SUSPENSION_REASON_UNSPECIFIED: SuspensionReason
SUSPENSION_REASON_UNSAFE_OPERATION: SuspensionReason
SUSPENSION_REASON_BREACH_OF_CONDITIONS: SuspensionReason
SUSPENSION_REASON_FAILED_VERIFICATION: SuspensionReason
SUSPENSION_REASON_COMMUNICATION: SuspensionReason
SUSPENSION_REASON_OWN_WISH: SuspensionReason
SUSPENSION_REASON_OTHER: SuspensionReason
UNIT_STEP_KIND_UNSPECIFIED: UnitStepKind
UNIT_STEP_KIND_REQUEST_GRID: UnitStepKind
UNIT_STEP_KIND_ASK_GRID: UnitStepKind
UNIT_STEP_KIND_ANSWER_GRID: UnitStepKind
UNIT_STEP_KIND_APPROVE_GRID: UnitStepKind
UNIT_STEP_KIND_REFUSE_GRID: UnitStepKind
UNIT_STEP_KIND_REQUEST_PRODUCT: UnitStepKind
UNIT_STEP_KIND_ASK_PRODUCT: UnitStepKind
UNIT_STEP_KIND_ANSWER_PRODUCT: UnitStepKind
UNIT_STEP_KIND_ORDER_TEST: UnitStepKind
UNIT_STEP_KIND_RECORD_TEST: UnitStepKind
UNIT_STEP_KIND_REFUSE_PRODUCT: UnitStepKind
UNIT_STEP_KIND_ACTIVATE: UnitStepKind
UNIT_STEP_KIND_SUSPEND: UnitStepKind
UNIT_STEP_KIND_RESUME: UnitStepKind
UNIT_STEP_KIND_RETIRE: UnitStepKind
ALGORITHM_UNSPECIFIED: Algorithm
ALGORITHM_CONTINUOUS_ENERGY: Algorithm
ALGORITHM_CONTINUOUS_FLEXIBILITY: Algorithm
ALGORITHM_NETWORK_CAPACITY: Algorithm
ALGORITHM_POOL: Algorithm
CAPACITY_RULE_UNSPECIFIED: CapacityRule
CAPACITY_RULE_PREMIUM_AS_BID: CapacityRule
CAPACITY_RULE_PREMIUM_ONE_PRICE: CapacityRule
CAPACITY_RULE_FIRST_COME: CapacityRule
CAPACITY_RULE_HIGHEST_DEMAND: CapacityRule
ENROLMENT_RULE_UNSPECIFIED: EnrolmentRule
ENROLMENT_RULE_SELF: EnrolmentRule
ENROLMENT_RULE_APPROVAL: EnrolmentRule
SELF_TRADE_PREVENTION_UNSPECIFIED: SelfTradePrevention
SELF_TRADE_PREVENTION_CANCEL_OLDEST: SelfTradePrevention
SELF_TRADE_PREVENTION_CANCEL_NEWEST: SelfTradePrevention
SELF_TRADE_PREVENTION_CANCEL_BOTH: SelfTradePrevention
UNCROSSING_UNSPECIFIED: Uncrossing
UNCROSSING_AUCTION: Uncrossing
UNCROSSING_DAY_AUCTION: Uncrossing
AUCTION_PRICING_UNSPECIFIED: AuctionPricing
AUCTION_PRICING_PAY_AS_BID: AuctionPricing
AUCTION_MARGIN_UNSPECIFIED: AuctionMargin
AUCTION_MARGIN_TIME: AuctionMargin
RIGHT_CHAIN_STATUS_UNSPECIFIED: RightChainStatus
RIGHT_CHAIN_STATUS_GRANTED: RightChainStatus
RIGHT_CHAIN_STATUS_REFUSED: RightChainStatus
RIGHT_CHAIN_STATUS_REVOKED: RightChainStatus

class Participant(_message.Message):
    __slots__ = ("participant_id", "name", "roles", "chain_account", "active", "eic", "gln")
    PARTICIPANT_ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    ROLES_FIELD_NUMBER: _ClassVar[int]
    CHAIN_ACCOUNT_FIELD_NUMBER: _ClassVar[int]
    ACTIVE_FIELD_NUMBER: _ClassVar[int]
    EIC_FIELD_NUMBER: _ClassVar[int]
    GLN_FIELD_NUMBER: _ClassVar[int]
    participant_id: str
    name: str
    roles: _containers.RepeatedScalarFieldContainer[Role]
    chain_account: str
    active: bool
    eic: str
    gln: str
    def __init__(self, participant_id: _Optional[str] = ..., name: _Optional[str] = ..., roles: _Optional[_Iterable[_Union[Role, str]]] = ..., chain_account: _Optional[str] = ..., active: _Optional[bool] = ..., eic: _Optional[str] = ..., gln: _Optional[str] = ...) -> None: ...

class MeteringPoint(_message.Message):
    __slots__ = ("metering_point_id", "area_id", "node_id", "owner_id", "brp_id", "imbalance_delegated", "active", "scheme", "non_firm", "firm_injection_w", "firm_consumption_w")
    METERING_POINT_ID_FIELD_NUMBER: _ClassVar[int]
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    OWNER_ID_FIELD_NUMBER: _ClassVar[int]
    BRP_ID_FIELD_NUMBER: _ClassVar[int]
    IMBALANCE_DELEGATED_FIELD_NUMBER: _ClassVar[int]
    ACTIVE_FIELD_NUMBER: _ClassVar[int]
    SCHEME_FIELD_NUMBER: _ClassVar[int]
    NON_FIRM_FIELD_NUMBER: _ClassVar[int]
    FIRM_INJECTION_W_FIELD_NUMBER: _ClassVar[int]
    FIRM_CONSUMPTION_W_FIELD_NUMBER: _ClassVar[int]
    metering_point_id: str
    area_id: str
    node_id: str
    owner_id: str
    brp_id: str
    imbalance_delegated: bool
    active: bool
    scheme: MeteringScheme
    non_firm: bool
    firm_injection_w: int
    firm_consumption_w: int
    def __init__(self, metering_point_id: _Optional[str] = ..., area_id: _Optional[str] = ..., node_id: _Optional[str] = ..., owner_id: _Optional[str] = ..., brp_id: _Optional[str] = ..., imbalance_delegated: _Optional[bool] = ..., active: _Optional[bool] = ..., scheme: _Optional[_Union[MeteringScheme, str]] = ..., non_firm: _Optional[bool] = ..., firm_injection_w: _Optional[int] = ..., firm_consumption_w: _Optional[int] = ...) -> None: ...

class GridConditions(_message.Message):
    __slots__ = ("max_power_w", "min_power_w", "valid_from_s", "valid_to_s", "temporary", "text")
    MAX_POWER_W_FIELD_NUMBER: _ClassVar[int]
    MIN_POWER_W_FIELD_NUMBER: _ClassVar[int]
    VALID_FROM_S_FIELD_NUMBER: _ClassVar[int]
    VALID_TO_S_FIELD_NUMBER: _ClassVar[int]
    TEMPORARY_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    max_power_w: int
    min_power_w: int
    valid_from_s: int
    valid_to_s: int
    temporary: bool
    text: str
    def __init__(self, max_power_w: _Optional[int] = ..., min_power_w: _Optional[int] = ..., valid_from_s: _Optional[int] = ..., valid_to_s: _Optional[int] = ..., temporary: _Optional[bool] = ..., text: _Optional[str] = ...) -> None: ...

class TestTerms(_message.Message):
    __slots__ = ("power_w", "answer_s", "response_s", "sustain_s", "tolerance_permille")
    POWER_W_FIELD_NUMBER: _ClassVar[int]
    ANSWER_S_FIELD_NUMBER: _ClassVar[int]
    RESPONSE_S_FIELD_NUMBER: _ClassVar[int]
    SUSTAIN_S_FIELD_NUMBER: _ClassVar[int]
    TOLERANCE_PERMILLE_FIELD_NUMBER: _ClassVar[int]
    power_w: int
    answer_s: int
    response_s: int
    sustain_s: int
    tolerance_permille: int
    def __init__(self, power_w: _Optional[int] = ..., answer_s: _Optional[int] = ..., response_s: _Optional[int] = ..., sustain_s: _Optional[int] = ..., tolerance_permille: _Optional[int] = ...) -> None: ...

class TestRecord(_message.Message):
    __slots__ = ("instructed_ms", "acknowledged_ms", "reached_ms", "sustained_to_ms", "least_power_w")
    INSTRUCTED_MS_FIELD_NUMBER: _ClassVar[int]
    ACKNOWLEDGED_MS_FIELD_NUMBER: _ClassVar[int]
    REACHED_MS_FIELD_NUMBER: _ClassVar[int]
    SUSTAINED_TO_MS_FIELD_NUMBER: _ClassVar[int]
    LEAST_POWER_W_FIELD_NUMBER: _ClassVar[int]
    instructed_ms: int
    acknowledged_ms: int
    reached_ms: int
    sustained_to_ms: int
    least_power_w: int
    def __init__(self, instructed_ms: _Optional[int] = ..., acknowledged_ms: _Optional[int] = ..., reached_ms: _Optional[int] = ..., sustained_to_ms: _Optional[int] = ..., least_power_w: _Optional[int] = ...) -> None: ...

class ProductQualification(_message.Message):
    __slots__ = ("product", "state", "terms", "test", "text")
    PRODUCT_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    TERMS_FIELD_NUMBER: _ClassVar[int]
    TEST_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    product: ProductType
    state: ProductState
    terms: TestTerms
    test: TestRecord
    text: str
    def __init__(self, product: _Optional[_Union[ProductType, str]] = ..., state: _Optional[_Union[ProductState, str]] = ..., terms: _Optional[_Union[TestTerms, _Mapping]] = ..., test: _Optional[_Union[TestRecord, _Mapping]] = ..., text: _Optional[str] = ...) -> None: ...

class UnitLife(_message.Message):
    __slots__ = ("state", "grid", "products", "text", "suspension", "suspended_by")
    STATE_FIELD_NUMBER: _ClassVar[int]
    GRID_FIELD_NUMBER: _ClassVar[int]
    PRODUCTS_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    SUSPENSION_FIELD_NUMBER: _ClassVar[int]
    SUSPENDED_BY_FIELD_NUMBER: _ClassVar[int]
    state: UnitState
    grid: GridConditions
    products: _containers.RepeatedCompositeFieldContainer[ProductQualification]
    text: str
    suspension: SuspensionReason
    suspended_by: str
    def __init__(self, state: _Optional[_Union[UnitState, str]] = ..., grid: _Optional[_Union[GridConditions, _Mapping]] = ..., products: _Optional[_Iterable[_Union[ProductQualification, _Mapping]]] = ..., text: _Optional[str] = ..., suspension: _Optional[_Union[SuspensionReason, str]] = ..., suspended_by: _Optional[str] = ...) -> None: ...

class UnitStep(_message.Message):
    __slots__ = ("unit_id", "kind", "text", "product", "conditions", "terms", "test", "suspension")
    UNIT_ID_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_FIELD_NUMBER: _ClassVar[int]
    CONDITIONS_FIELD_NUMBER: _ClassVar[int]
    TERMS_FIELD_NUMBER: _ClassVar[int]
    TEST_FIELD_NUMBER: _ClassVar[int]
    SUSPENSION_FIELD_NUMBER: _ClassVar[int]
    unit_id: str
    kind: UnitStepKind
    text: str
    product: ProductType
    conditions: GridConditions
    terms: TestTerms
    test: TestRecord
    suspension: SuspensionReason
    def __init__(self, unit_id: _Optional[str] = ..., kind: _Optional[_Union[UnitStepKind, str]] = ..., text: _Optional[str] = ..., product: _Optional[_Union[ProductType, str]] = ..., conditions: _Optional[_Union[GridConditions, _Mapping]] = ..., terms: _Optional[_Union[TestTerms, _Mapping]] = ..., test: _Optional[_Union[TestRecord, _Mapping]] = ..., suspension: _Optional[_Union[SuspensionReason, str]] = ...) -> None: ...

class AdvanceUnits(_message.Message):
    __slots__ = ("steps",)
    STEPS_FIELD_NUMBER: _ClassVar[int]
    steps: _containers.RepeatedCompositeFieldContainer[UnitStep]
    def __init__(self, steps: _Optional[_Iterable[_Union[UnitStep, _Mapping]]] = ...) -> None: ...

class Unit(_message.Message):
    __slots__ = ("unit_id", "name", "type", "metering_point_id", "owner_id", "operator_id", "max_power_w", "min_power_w", "min_activation_w", "ramp_w_per_min", "sustained_energy_wh", "storage_capacity_wh", "storage_min_wh", "storage_max_wh", "charging_preference", "controllable", "active", "feeder_id", "max_reactive_var", "life")
    UNIT_ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    METERING_POINT_ID_FIELD_NUMBER: _ClassVar[int]
    OWNER_ID_FIELD_NUMBER: _ClassVar[int]
    OPERATOR_ID_FIELD_NUMBER: _ClassVar[int]
    MAX_POWER_W_FIELD_NUMBER: _ClassVar[int]
    MIN_POWER_W_FIELD_NUMBER: _ClassVar[int]
    MIN_ACTIVATION_W_FIELD_NUMBER: _ClassVar[int]
    RAMP_W_PER_MIN_FIELD_NUMBER: _ClassVar[int]
    SUSTAINED_ENERGY_WH_FIELD_NUMBER: _ClassVar[int]
    STORAGE_CAPACITY_WH_FIELD_NUMBER: _ClassVar[int]
    STORAGE_MIN_WH_FIELD_NUMBER: _ClassVar[int]
    STORAGE_MAX_WH_FIELD_NUMBER: _ClassVar[int]
    CHARGING_PREFERENCE_FIELD_NUMBER: _ClassVar[int]
    CONTROLLABLE_FIELD_NUMBER: _ClassVar[int]
    ACTIVE_FIELD_NUMBER: _ClassVar[int]
    FEEDER_ID_FIELD_NUMBER: _ClassVar[int]
    MAX_REACTIVE_VAR_FIELD_NUMBER: _ClassVar[int]
    LIFE_FIELD_NUMBER: _ClassVar[int]
    unit_id: str
    name: str
    type: UnitType
    metering_point_id: str
    owner_id: str
    operator_id: str
    max_power_w: int
    min_power_w: int
    min_activation_w: int
    ramp_w_per_min: int
    sustained_energy_wh: int
    storage_capacity_wh: int
    storage_min_wh: int
    storage_max_wh: int
    charging_preference: str
    controllable: bool
    active: bool
    feeder_id: str
    max_reactive_var: int
    life: UnitLife
    def __init__(self, unit_id: _Optional[str] = ..., name: _Optional[str] = ..., type: _Optional[_Union[UnitType, str]] = ..., metering_point_id: _Optional[str] = ..., owner_id: _Optional[str] = ..., operator_id: _Optional[str] = ..., max_power_w: _Optional[int] = ..., min_power_w: _Optional[int] = ..., min_activation_w: _Optional[int] = ..., ramp_w_per_min: _Optional[int] = ..., sustained_energy_wh: _Optional[int] = ..., storage_capacity_wh: _Optional[int] = ..., storage_min_wh: _Optional[int] = ..., storage_max_wh: _Optional[int] = ..., charging_preference: _Optional[str] = ..., controllable: _Optional[bool] = ..., active: _Optional[bool] = ..., feeder_id: _Optional[str] = ..., max_reactive_var: _Optional[int] = ..., life: _Optional[_Union[UnitLife, _Mapping]] = ...) -> None: ...

class PortfolioMember(_message.Message):
    __slots__ = ("unit_id", "valid_from_s", "valid_to_s")
    UNIT_ID_FIELD_NUMBER: _ClassVar[int]
    VALID_FROM_S_FIELD_NUMBER: _ClassVar[int]
    VALID_TO_S_FIELD_NUMBER: _ClassVar[int]
    unit_id: str
    valid_from_s: int
    valid_to_s: int
    def __init__(self, unit_id: _Optional[str] = ..., valid_from_s: _Optional[int] = ..., valid_to_s: _Optional[int] = ...) -> None: ...

class Portfolio(_message.Message):
    __slots__ = ("portfolio_id", "operator_id", "unit_ids", "members")
    PORTFOLIO_ID_FIELD_NUMBER: _ClassVar[int]
    OPERATOR_ID_FIELD_NUMBER: _ClassVar[int]
    UNIT_IDS_FIELD_NUMBER: _ClassVar[int]
    MEMBERS_FIELD_NUMBER: _ClassVar[int]
    portfolio_id: str
    operator_id: str
    unit_ids: _containers.RepeatedScalarFieldContainer[str]
    members: _containers.RepeatedCompositeFieldContainer[PortfolioMember]
    def __init__(self, portfolio_id: _Optional[str] = ..., operator_id: _Optional[str] = ..., unit_ids: _Optional[_Iterable[str]] = ..., members: _Optional[_Iterable[_Union[PortfolioMember, _Mapping]]] = ...) -> None: ...

class GridArea(_message.Message):
    __slots__ = ("area_id", "name", "shard", "dso_id", "time_zone", "rights_on_chain", "totals_on_chain")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    SHARD_FIELD_NUMBER: _ClassVar[int]
    DSO_ID_FIELD_NUMBER: _ClassVar[int]
    TIME_ZONE_FIELD_NUMBER: _ClassVar[int]
    RIGHTS_ON_CHAIN_FIELD_NUMBER: _ClassVar[int]
    TOTALS_ON_CHAIN_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    name: str
    shard: int
    dso_id: str
    time_zone: str
    rights_on_chain: bool
    totals_on_chain: bool
    def __init__(self, area_id: _Optional[str] = ..., name: _Optional[str] = ..., shard: _Optional[int] = ..., dso_id: _Optional[str] = ..., time_zone: _Optional[str] = ..., rights_on_chain: _Optional[bool] = ..., totals_on_chain: _Optional[bool] = ...) -> None: ...

class PoolTerms(_message.Message):
    __slots__ = ("upstream_id", "import_price_ticks", "export_price_ticks", "import_limit_w", "export_limit_w", "forming_unit_id", "forming_reserve_w")
    UPSTREAM_ID_FIELD_NUMBER: _ClassVar[int]
    IMPORT_PRICE_TICKS_FIELD_NUMBER: _ClassVar[int]
    EXPORT_PRICE_TICKS_FIELD_NUMBER: _ClassVar[int]
    IMPORT_LIMIT_W_FIELD_NUMBER: _ClassVar[int]
    EXPORT_LIMIT_W_FIELD_NUMBER: _ClassVar[int]
    FORMING_UNIT_ID_FIELD_NUMBER: _ClassVar[int]
    FORMING_RESERVE_W_FIELD_NUMBER: _ClassVar[int]
    upstream_id: str
    import_price_ticks: int
    export_price_ticks: int
    import_limit_w: int
    export_limit_w: int
    forming_unit_id: str
    forming_reserve_w: int
    def __init__(self, upstream_id: _Optional[str] = ..., import_price_ticks: _Optional[int] = ..., export_price_ticks: _Optional[int] = ..., import_limit_w: _Optional[int] = ..., export_limit_w: _Optional[int] = ..., forming_unit_id: _Optional[str] = ..., forming_reserve_w: _Optional[int] = ...) -> None: ...

class Market(_message.Message):
    __slots__ = ("market_id", "area_id", "version", "algorithm", "mtu_length_s", "opens_before_day_s", "gate_closure_s", "price_tick_micro_euro_per_mwh", "quantity_step_w", "min_quantity_w", "max_quantity_w", "min_price_ticks", "max_price_ticks", "automatic_matching", "either_side_missing", "reliability_permille", "gate_enabled", "active", "dnut_budget_micro_euro", "name", "feeder_ids", "enrolment", "retries_after_match", "collateral_required", "penalty_cover_ticks", "pre_open_s", "refuses_before_opening", "call_s", "freeze_s", "halts_under_unknown_light", "recall_window_s", "price_collars", "at_next_phase", "self_trade_prevention", "max_open_orders", "orders_per_second", "order_burst", "free_orders", "max_orders_per_trade", "span_lengths_s", "max_block_mtus", "uncrossing", "auction_pricing", "auction_margin", "auction_max_nodes", "auction_max_rounds", "auction_limit_ms", "capacity_rule", "capacity_per_period", "use_or_lose_s", "pool")
    MARKET_ID_FIELD_NUMBER: _ClassVar[int]
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    ALGORITHM_FIELD_NUMBER: _ClassVar[int]
    MTU_LENGTH_S_FIELD_NUMBER: _ClassVar[int]
    OPENS_BEFORE_DAY_S_FIELD_NUMBER: _ClassVar[int]
    GATE_CLOSURE_S_FIELD_NUMBER: _ClassVar[int]
    PRICE_TICK_MICRO_EURO_PER_MWH_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_STEP_W_FIELD_NUMBER: _ClassVar[int]
    MIN_QUANTITY_W_FIELD_NUMBER: _ClassVar[int]
    MAX_QUANTITY_W_FIELD_NUMBER: _ClassVar[int]
    MIN_PRICE_TICKS_FIELD_NUMBER: _ClassVar[int]
    MAX_PRICE_TICKS_FIELD_NUMBER: _ClassVar[int]
    AUTOMATIC_MATCHING_FIELD_NUMBER: _ClassVar[int]
    EITHER_SIDE_MISSING_FIELD_NUMBER: _ClassVar[int]
    RELIABILITY_PERMILLE_FIELD_NUMBER: _ClassVar[int]
    GATE_ENABLED_FIELD_NUMBER: _ClassVar[int]
    ACTIVE_FIELD_NUMBER: _ClassVar[int]
    DNUT_BUDGET_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    FEEDER_IDS_FIELD_NUMBER: _ClassVar[int]
    ENROLMENT_FIELD_NUMBER: _ClassVar[int]
    RETRIES_AFTER_MATCH_FIELD_NUMBER: _ClassVar[int]
    COLLATERAL_REQUIRED_FIELD_NUMBER: _ClassVar[int]
    PENALTY_COVER_TICKS_FIELD_NUMBER: _ClassVar[int]
    PRE_OPEN_S_FIELD_NUMBER: _ClassVar[int]
    REFUSES_BEFORE_OPENING_FIELD_NUMBER: _ClassVar[int]
    CALL_S_FIELD_NUMBER: _ClassVar[int]
    FREEZE_S_FIELD_NUMBER: _ClassVar[int]
    HALTS_UNDER_UNKNOWN_LIGHT_FIELD_NUMBER: _ClassVar[int]
    RECALL_WINDOW_S_FIELD_NUMBER: _ClassVar[int]
    PRICE_COLLARS_FIELD_NUMBER: _ClassVar[int]
    AT_NEXT_PHASE_FIELD_NUMBER: _ClassVar[int]
    SELF_TRADE_PREVENTION_FIELD_NUMBER: _ClassVar[int]
    MAX_OPEN_ORDERS_FIELD_NUMBER: _ClassVar[int]
    ORDERS_PER_SECOND_FIELD_NUMBER: _ClassVar[int]
    ORDER_BURST_FIELD_NUMBER: _ClassVar[int]
    FREE_ORDERS_FIELD_NUMBER: _ClassVar[int]
    MAX_ORDERS_PER_TRADE_FIELD_NUMBER: _ClassVar[int]
    SPAN_LENGTHS_S_FIELD_NUMBER: _ClassVar[int]
    MAX_BLOCK_MTUS_FIELD_NUMBER: _ClassVar[int]
    UNCROSSING_FIELD_NUMBER: _ClassVar[int]
    AUCTION_PRICING_FIELD_NUMBER: _ClassVar[int]
    AUCTION_MARGIN_FIELD_NUMBER: _ClassVar[int]
    AUCTION_MAX_NODES_FIELD_NUMBER: _ClassVar[int]
    AUCTION_MAX_ROUNDS_FIELD_NUMBER: _ClassVar[int]
    AUCTION_LIMIT_MS_FIELD_NUMBER: _ClassVar[int]
    CAPACITY_RULE_FIELD_NUMBER: _ClassVar[int]
    CAPACITY_PER_PERIOD_FIELD_NUMBER: _ClassVar[int]
    USE_OR_LOSE_S_FIELD_NUMBER: _ClassVar[int]
    POOL_FIELD_NUMBER: _ClassVar[int]
    market_id: str
    area_id: str
    version: int
    algorithm: Algorithm
    mtu_length_s: int
    opens_before_day_s: int
    gate_closure_s: int
    price_tick_micro_euro_per_mwh: int
    quantity_step_w: int
    min_quantity_w: int
    max_quantity_w: int
    min_price_ticks: int
    max_price_ticks: int
    automatic_matching: bool
    either_side_missing: bool
    reliability_permille: int
    gate_enabled: bool
    active: bool
    dnut_budget_micro_euro: int
    name: str
    feeder_ids: _containers.RepeatedScalarFieldContainer[str]
    enrolment: EnrolmentRule
    retries_after_match: bool
    collateral_required: bool
    penalty_cover_ticks: int
    pre_open_s: int
    refuses_before_opening: bool
    call_s: int
    freeze_s: int
    halts_under_unknown_light: bool
    recall_window_s: int
    price_collars: _containers.RepeatedCompositeFieldContainer[PriceCollar]
    at_next_phase: bool
    self_trade_prevention: SelfTradePrevention
    max_open_orders: int
    orders_per_second: int
    order_burst: int
    free_orders: int
    max_orders_per_trade: int
    span_lengths_s: _containers.RepeatedScalarFieldContainer[int]
    max_block_mtus: int
    uncrossing: Uncrossing
    auction_pricing: AuctionPricing
    auction_margin: AuctionMargin
    auction_max_nodes: int
    auction_max_rounds: int
    auction_limit_ms: int
    capacity_rule: CapacityRule
    capacity_per_period: bool
    use_or_lose_s: int
    pool: PoolTerms
    def __init__(self, market_id: _Optional[str] = ..., area_id: _Optional[str] = ..., version: _Optional[int] = ..., algorithm: _Optional[_Union[Algorithm, str]] = ..., mtu_length_s: _Optional[int] = ..., opens_before_day_s: _Optional[int] = ..., gate_closure_s: _Optional[int] = ..., price_tick_micro_euro_per_mwh: _Optional[int] = ..., quantity_step_w: _Optional[int] = ..., min_quantity_w: _Optional[int] = ..., max_quantity_w: _Optional[int] = ..., min_price_ticks: _Optional[int] = ..., max_price_ticks: _Optional[int] = ..., automatic_matching: _Optional[bool] = ..., either_side_missing: _Optional[bool] = ..., reliability_permille: _Optional[int] = ..., gate_enabled: _Optional[bool] = ..., active: _Optional[bool] = ..., dnut_budget_micro_euro: _Optional[int] = ..., name: _Optional[str] = ..., feeder_ids: _Optional[_Iterable[str]] = ..., enrolment: _Optional[_Union[EnrolmentRule, str]] = ..., retries_after_match: _Optional[bool] = ..., collateral_required: _Optional[bool] = ..., penalty_cover_ticks: _Optional[int] = ..., pre_open_s: _Optional[int] = ..., refuses_before_opening: _Optional[bool] = ..., call_s: _Optional[int] = ..., freeze_s: _Optional[int] = ..., halts_under_unknown_light: _Optional[bool] = ..., recall_window_s: _Optional[int] = ..., price_collars: _Optional[_Iterable[_Union[PriceCollar, _Mapping]]] = ..., at_next_phase: _Optional[bool] = ..., self_trade_prevention: _Optional[_Union[SelfTradePrevention, str]] = ..., max_open_orders: _Optional[int] = ..., orders_per_second: _Optional[int] = ..., order_burst: _Optional[int] = ..., free_orders: _Optional[int] = ..., max_orders_per_trade: _Optional[int] = ..., span_lengths_s: _Optional[_Iterable[int]] = ..., max_block_mtus: _Optional[int] = ..., uncrossing: _Optional[_Union[Uncrossing, str]] = ..., auction_pricing: _Optional[_Union[AuctionPricing, str]] = ..., auction_margin: _Optional[_Union[AuctionMargin, str]] = ..., auction_max_nodes: _Optional[int] = ..., auction_max_rounds: _Optional[int] = ..., auction_limit_ms: _Optional[int] = ..., capacity_rule: _Optional[_Union[CapacityRule, str]] = ..., capacity_per_period: _Optional[bool] = ..., use_or_lose_s: _Optional[int] = ..., pool: _Optional[_Union[PoolTerms, _Mapping]] = ...) -> None: ...

class PriceCollar(_message.Message):
    __slots__ = ("product", "reference_ticks", "static_band_ticks", "dynamic_band_ticks", "halt_s")
    PRODUCT_FIELD_NUMBER: _ClassVar[int]
    REFERENCE_TICKS_FIELD_NUMBER: _ClassVar[int]
    STATIC_BAND_TICKS_FIELD_NUMBER: _ClassVar[int]
    DYNAMIC_BAND_TICKS_FIELD_NUMBER: _ClassVar[int]
    HALT_S_FIELD_NUMBER: _ClassVar[int]
    product: int
    reference_ticks: int
    static_band_ticks: int
    dynamic_band_ticks: int
    halt_s: int
    def __init__(self, product: _Optional[int] = ..., reference_ticks: _Optional[int] = ..., static_band_ticks: _Optional[int] = ..., dynamic_band_ticks: _Optional[int] = ..., halt_s: _Optional[int] = ...) -> None: ...

class Enrolment(_message.Message):
    __slots__ = ("enrolment_id", "market_id", "participant_id", "active")
    ENROLMENT_ID_FIELD_NUMBER: _ClassVar[int]
    MARKET_ID_FIELD_NUMBER: _ClassVar[int]
    PARTICIPANT_ID_FIELD_NUMBER: _ClassVar[int]
    ACTIVE_FIELD_NUMBER: _ClassVar[int]
    enrolment_id: str
    market_id: str
    participant_id: str
    active: bool
    def __init__(self, enrolment_id: _Optional[str] = ..., market_id: _Optional[str] = ..., participant_id: _Optional[str] = ..., active: _Optional[bool] = ...) -> None: ...

class RightOnChain(_message.Message):
    __slots__ = ("status", "reason", "valid_to_s", "transaction", "block_number")
    STATUS_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    VALID_TO_S_FIELD_NUMBER: _ClassVar[int]
    TRANSACTION_FIELD_NUMBER: _ClassVar[int]
    BLOCK_NUMBER_FIELD_NUMBER: _ClassVar[int]
    status: RightChainStatus
    reason: str
    valid_to_s: int
    transaction: bytes
    block_number: int
    def __init__(self, status: _Optional[_Union[RightChainStatus, str]] = ..., reason: _Optional[str] = ..., valid_to_s: _Optional[int] = ..., transaction: _Optional[bytes] = ..., block_number: _Optional[int] = ...) -> None: ...

class RightToOffer(_message.Message):
    __slots__ = ("right_id", "unit_id", "holder_id", "valid_from_s", "valid_to_s", "revoked", "products", "on_chain")
    RIGHT_ID_FIELD_NUMBER: _ClassVar[int]
    UNIT_ID_FIELD_NUMBER: _ClassVar[int]
    HOLDER_ID_FIELD_NUMBER: _ClassVar[int]
    VALID_FROM_S_FIELD_NUMBER: _ClassVar[int]
    VALID_TO_S_FIELD_NUMBER: _ClassVar[int]
    REVOKED_FIELD_NUMBER: _ClassVar[int]
    PRODUCTS_FIELD_NUMBER: _ClassVar[int]
    ON_CHAIN_FIELD_NUMBER: _ClassVar[int]
    right_id: str
    unit_id: str
    holder_id: str
    valid_from_s: int
    valid_to_s: int
    revoked: bool
    products: _containers.RepeatedScalarFieldContainer[ProductType]
    on_chain: RightOnChain
    def __init__(self, right_id: _Optional[str] = ..., unit_id: _Optional[str] = ..., holder_id: _Optional[str] = ..., valid_from_s: _Optional[int] = ..., valid_to_s: _Optional[int] = ..., revoked: _Optional[bool] = ..., products: _Optional[_Iterable[_Union[ProductType, str]]] = ..., on_chain: _Optional[_Union[RightOnChain, _Mapping]] = ...) -> None: ...

class Entity(_message.Message):
    __slots__ = ("participant", "metering_point", "unit", "portfolio", "area", "market", "right", "enrolment")
    PARTICIPANT_FIELD_NUMBER: _ClassVar[int]
    METERING_POINT_FIELD_NUMBER: _ClassVar[int]
    UNIT_FIELD_NUMBER: _ClassVar[int]
    PORTFOLIO_FIELD_NUMBER: _ClassVar[int]
    AREA_FIELD_NUMBER: _ClassVar[int]
    MARKET_FIELD_NUMBER: _ClassVar[int]
    RIGHT_FIELD_NUMBER: _ClassVar[int]
    ENROLMENT_FIELD_NUMBER: _ClassVar[int]
    participant: Participant
    metering_point: MeteringPoint
    unit: Unit
    portfolio: Portfolio
    area: GridArea
    market: Market
    right: RightToOffer
    enrolment: Enrolment
    def __init__(self, participant: _Optional[_Union[Participant, _Mapping]] = ..., metering_point: _Optional[_Union[MeteringPoint, _Mapping]] = ..., unit: _Optional[_Union[Unit, _Mapping]] = ..., portfolio: _Optional[_Union[Portfolio, _Mapping]] = ..., area: _Optional[_Union[GridArea, _Mapping]] = ..., market: _Optional[_Union[Market, _Mapping]] = ..., right: _Optional[_Union[RightToOffer, _Mapping]] = ..., enrolment: _Optional[_Union[Enrolment, _Mapping]] = ...) -> None: ...

class RegisterEntities(_message.Message):
    __slots__ = ("entities", "all_or_nothing", "validate_only")
    ENTITIES_FIELD_NUMBER: _ClassVar[int]
    ALL_OR_NOTHING_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    entities: _containers.RepeatedCompositeFieldContainer[Entity]
    all_or_nothing: bool
    validate_only: bool
    def __init__(self, entities: _Optional[_Iterable[_Union[Entity, _Mapping]]] = ..., all_or_nothing: _Optional[bool] = ..., validate_only: _Optional[bool] = ...) -> None: ...

class StageImport(_message.Message):
    __slots__ = ("import_id", "chunk", "entities")
    IMPORT_ID_FIELD_NUMBER: _ClassVar[int]
    CHUNK_FIELD_NUMBER: _ClassVar[int]
    ENTITIES_FIELD_NUMBER: _ClassVar[int]
    import_id: str
    chunk: int
    entities: _containers.RepeatedCompositeFieldContainer[Entity]
    def __init__(self, import_id: _Optional[str] = ..., chunk: _Optional[int] = ..., entities: _Optional[_Iterable[_Union[Entity, _Mapping]]] = ...) -> None: ...

class CommitImport(_message.Message):
    __slots__ = ("import_id", "chunk_count", "partial", "validate_only", "discard")
    IMPORT_ID_FIELD_NUMBER: _ClassVar[int]
    CHUNK_COUNT_FIELD_NUMBER: _ClassVar[int]
    PARTIAL_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    DISCARD_FIELD_NUMBER: _ClassVar[int]
    import_id: str
    chunk_count: int
    partial: bool
    validate_only: bool
    discard: bool
    def __init__(self, import_id: _Optional[str] = ..., chunk_count: _Optional[int] = ..., partial: _Optional[bool] = ..., validate_only: _Optional[bool] = ..., discard: _Optional[bool] = ...) -> None: ...

class ImportProblem(_message.Message):
    __slots__ = ("chunk", "index", "rejection")
    CHUNK_FIELD_NUMBER: _ClassVar[int]
    INDEX_FIELD_NUMBER: _ClassVar[int]
    REJECTION_FIELD_NUMBER: _ClassVar[int]
    chunk: int
    index: int
    rejection: _common_pb2.Rejection
    def __init__(self, chunk: _Optional[int] = ..., index: _Optional[int] = ..., rejection: _Optional[_Union[_common_pb2.Rejection, _Mapping]] = ...) -> None: ...

class ImportOutcome(_message.Message):
    __slots__ = ("accepted_count", "changed_count", "refused_count", "problems")
    ACCEPTED_COUNT_FIELD_NUMBER: _ClassVar[int]
    CHANGED_COUNT_FIELD_NUMBER: _ClassVar[int]
    REFUSED_COUNT_FIELD_NUMBER: _ClassVar[int]
    PROBLEMS_FIELD_NUMBER: _ClassVar[int]
    accepted_count: int
    changed_count: int
    refused_count: int
    problems: _containers.RepeatedCompositeFieldContainer[ImportProblem]
    def __init__(self, accepted_count: _Optional[int] = ..., changed_count: _Optional[int] = ..., refused_count: _Optional[int] = ..., problems: _Optional[_Iterable[_Union[ImportProblem, _Mapping]]] = ...) -> None: ...

class ImportStaged(_message.Message):
    __slots__ = ("part", "party")
    PART_FIELD_NUMBER: _ClassVar[int]
    PARTY_FIELD_NUMBER: _ClassVar[int]
    part: StageImport
    party: str
    def __init__(self, part: _Optional[_Union[StageImport, _Mapping]] = ..., party: _Optional[str] = ...) -> None: ...

class ImportEnded(_message.Message):
    __slots__ = ("import_id", "party", "committed")
    IMPORT_ID_FIELD_NUMBER: _ClassVar[int]
    PARTY_FIELD_NUMBER: _ClassVar[int]
    COMMITTED_FIELD_NUMBER: _ClassVar[int]
    import_id: str
    party: str
    committed: bool
    def __init__(self, import_id: _Optional[str] = ..., party: _Optional[str] = ..., committed: _Optional[bool] = ...) -> None: ...

class EntitiesRegistered(_message.Message):
    __slots__ = ("states", "party")
    STATES_FIELD_NUMBER: _ClassVar[int]
    PARTY_FIELD_NUMBER: _ClassVar[int]
    states: _containers.RepeatedCompositeFieldContainer[EntityState]
    party: str
    def __init__(self, states: _Optional[_Iterable[_Union[EntityState, _Mapping]]] = ..., party: _Optional[str] = ...) -> None: ...

class EntityRegistered(_message.Message):
    __slots__ = ("entity", "version", "party", "step")
    ENTITY_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    PARTY_FIELD_NUMBER: _ClassVar[int]
    STEP_FIELD_NUMBER: _ClassVar[int]
    entity: Entity
    version: int
    party: str
    step: UnitStep
    def __init__(self, entity: _Optional[_Union[Entity, _Mapping]] = ..., version: _Optional[int] = ..., party: _Optional[str] = ..., step: _Optional[_Union[UnitStep, _Mapping]] = ...) -> None: ...

class EntityState(_message.Message):
    __slots__ = ("entity", "version")
    ENTITY_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    entity: Entity
    version: int
    def __init__(self, entity: _Optional[_Union[Entity, _Mapping]] = ..., version: _Optional[int] = ...) -> None: ...

class StagedPart(_message.Message):
    __slots__ = ("staged", "touched_ms")
    STAGED_FIELD_NUMBER: _ClassVar[int]
    TOUCHED_MS_FIELD_NUMBER: _ClassVar[int]
    staged: ImportStaged
    touched_ms: int
    def __init__(self, staged: _Optional[_Union[ImportStaged, _Mapping]] = ..., touched_ms: _Optional[int] = ...) -> None: ...

class RegistrySnapshot(_message.Message):
    __slots__ = ("states", "staged", "at_ms")
    STATES_FIELD_NUMBER: _ClassVar[int]
    STAGED_FIELD_NUMBER: _ClassVar[int]
    AT_MS_FIELD_NUMBER: _ClassVar[int]
    states: _containers.RepeatedCompositeFieldContainer[EntityState]
    staged: _containers.RepeatedCompositeFieldContainer[StagedPart]
    at_ms: int
    def __init__(self, states: _Optional[_Iterable[_Union[EntityState, _Mapping]]] = ..., staged: _Optional[_Iterable[_Union[StagedPart, _Mapping]]] = ..., at_ms: _Optional[int] = ...) -> None: ...

class RegisterRequest(_message.Message):
    __slots__ = ("command_id", "expires_at_ms", "entities")
    COMMAND_ID_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_AT_MS_FIELD_NUMBER: _ClassVar[int]
    ENTITIES_FIELD_NUMBER: _ClassVar[int]
    command_id: str
    expires_at_ms: int
    entities: RegisterEntities
    def __init__(self, command_id: _Optional[str] = ..., expires_at_ms: _Optional[int] = ..., entities: _Optional[_Union[RegisterEntities, _Mapping]] = ...) -> None: ...

class RegisterResponse(_message.Message):
    __slots__ = ("receipt",)
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    receipt: _common_pb2.CommandReceipt
    def __init__(self, receipt: _Optional[_Union[_common_pb2.CommandReceipt, _Mapping]] = ...) -> None: ...

class AdvanceRequest(_message.Message):
    __slots__ = ("command_id", "expires_at_ms", "steps")
    COMMAND_ID_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_AT_MS_FIELD_NUMBER: _ClassVar[int]
    STEPS_FIELD_NUMBER: _ClassVar[int]
    command_id: str
    expires_at_ms: int
    steps: AdvanceUnits
    def __init__(self, command_id: _Optional[str] = ..., expires_at_ms: _Optional[int] = ..., steps: _Optional[_Union[AdvanceUnits, _Mapping]] = ...) -> None: ...

class AdvanceResponse(_message.Message):
    __slots__ = ("receipt",)
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    receipt: _common_pb2.CommandReceipt
    def __init__(self, receipt: _Optional[_Union[_common_pb2.CommandReceipt, _Mapping]] = ...) -> None: ...

class StageRequest(_message.Message):
    __slots__ = ("command_id", "expires_at_ms", "part")
    COMMAND_ID_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_AT_MS_FIELD_NUMBER: _ClassVar[int]
    PART_FIELD_NUMBER: _ClassVar[int]
    command_id: str
    expires_at_ms: int
    part: StageImport
    def __init__(self, command_id: _Optional[str] = ..., expires_at_ms: _Optional[int] = ..., part: _Optional[_Union[StageImport, _Mapping]] = ...) -> None: ...

class StageResponse(_message.Message):
    __slots__ = ("receipt",)
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    receipt: _common_pb2.CommandReceipt
    def __init__(self, receipt: _Optional[_Union[_common_pb2.CommandReceipt, _Mapping]] = ...) -> None: ...

class CommitRequest(_message.Message):
    __slots__ = ("command_id", "expires_at_ms", "commit")
    COMMAND_ID_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_AT_MS_FIELD_NUMBER: _ClassVar[int]
    COMMIT_FIELD_NUMBER: _ClassVar[int]
    command_id: str
    expires_at_ms: int
    commit: CommitImport
    def __init__(self, command_id: _Optional[str] = ..., expires_at_ms: _Optional[int] = ..., commit: _Optional[_Union[CommitImport, _Mapping]] = ...) -> None: ...

class CommitResponse(_message.Message):
    __slots__ = ("receipt", "outcome")
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    receipt: _common_pb2.CommandReceipt
    outcome: ImportOutcome
    def __init__(self, receipt: _Optional[_Union[_common_pb2.CommandReceipt, _Mapping]] = ..., outcome: _Optional[_Union[ImportOutcome, _Mapping]] = ...) -> None: ...

class ImportRequest(_message.Message):
    __slots__ = ("command_id", "kind", "csv", "partial", "expires_at_ms")
    COMMAND_ID_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    CSV_FIELD_NUMBER: _ClassVar[int]
    PARTIAL_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_AT_MS_FIELD_NUMBER: _ClassVar[int]
    command_id: str
    kind: str
    csv: bytes
    partial: bool
    expires_at_ms: int
    def __init__(self, command_id: _Optional[str] = ..., kind: _Optional[str] = ..., csv: _Optional[bytes] = ..., partial: _Optional[bool] = ..., expires_at_ms: _Optional[int] = ...) -> None: ...

class RowError(_message.Message):
    __slots__ = ("row", "column", "value", "code", "message")
    ROW_FIELD_NUMBER: _ClassVar[int]
    COLUMN_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    row: int
    column: str
    value: str
    code: str
    message: str
    def __init__(self, row: _Optional[int] = ..., column: _Optional[str] = ..., value: _Optional[str] = ..., code: _Optional[str] = ..., message: _Optional[str] = ...) -> None: ...

class ImportResponse(_message.Message):
    __slots__ = ("errors", "accepted_count", "receipt")
    ERRORS_FIELD_NUMBER: _ClassVar[int]
    ACCEPTED_COUNT_FIELD_NUMBER: _ClassVar[int]
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    errors: _containers.RepeatedCompositeFieldContainer[RowError]
    accepted_count: int
    receipt: _common_pb2.CommandReceipt
    def __init__(self, errors: _Optional[_Iterable[_Union[RowError, _Mapping]]] = ..., accepted_count: _Optional[int] = ..., receipt: _Optional[_Union[_common_pb2.CommandReceipt, _Mapping]] = ...) -> None: ...

class GetEntityRequest(_message.Message):
    __slots__ = ("kind", "id", "min_position")
    KIND_FIELD_NUMBER: _ClassVar[int]
    ID_FIELD_NUMBER: _ClassVar[int]
    MIN_POSITION_FIELD_NUMBER: _ClassVar[int]
    kind: str
    id: str
    min_position: _common_pb2.LogPosition
    def __init__(self, kind: _Optional[str] = ..., id: _Optional[str] = ..., min_position: _Optional[_Union[_common_pb2.LogPosition, _Mapping]] = ...) -> None: ...

class GetEntityResponse(_message.Message):
    __slots__ = ("state",)
    STATE_FIELD_NUMBER: _ClassVar[int]
    state: EntityState
    def __init__(self, state: _Optional[_Union[EntityState, _Mapping]] = ...) -> None: ...

class ListEntitiesRequest(_message.Message):
    __slots__ = ("kind", "page_size", "page_token", "min_position")
    KIND_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    MIN_POSITION_FIELD_NUMBER: _ClassVar[int]
    kind: str
    page_size: int
    page_token: str
    min_position: _common_pb2.LogPosition
    def __init__(self, kind: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., min_position: _Optional[_Union[_common_pb2.LogPosition, _Mapping]] = ...) -> None: ...

class ListEntitiesResponse(_message.Message):
    __slots__ = ("states", "next_page_token")
    STATES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    states: _containers.RepeatedCompositeFieldContainer[EntityState]
    next_page_token: str
    def __init__(self, states: _Optional[_Iterable[_Union[EntityState, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...
