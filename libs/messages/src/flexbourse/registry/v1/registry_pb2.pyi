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

class Algorithm(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ALGORITHM_UNSPECIFIED: _ClassVar[Algorithm]
    ALGORITHM_CONTINUOUS_ENERGY: _ClassVar[Algorithm]
    ALGORITHM_CONTINUOUS_FLEXIBILITY: _ClassVar[Algorithm]
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
UNIT_TYPE_UNSPECIFIED: UnitType
UNIT_TYPE_LOAD: UnitType
UNIT_TYPE_SOLAR: UnitType
UNIT_TYPE_BATTERY: UnitType
UNIT_TYPE_VEHICLE: UnitType
UNIT_TYPE_HEAT_PUMP: UnitType
UNIT_TYPE_WIND: UnitType
UNIT_TYPE_CHP: UnitType
UNIT_TYPE_OTHER: UnitType
ALGORITHM_UNSPECIFIED: Algorithm
ALGORITHM_CONTINUOUS_ENERGY: Algorithm
ALGORITHM_CONTINUOUS_FLEXIBILITY: Algorithm

class Participant(_message.Message):
    __slots__ = ("participant_id", "name", "roles", "chain_account", "active")
    PARTICIPANT_ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    ROLES_FIELD_NUMBER: _ClassVar[int]
    CHAIN_ACCOUNT_FIELD_NUMBER: _ClassVar[int]
    ACTIVE_FIELD_NUMBER: _ClassVar[int]
    participant_id: str
    name: str
    roles: _containers.RepeatedScalarFieldContainer[Role]
    chain_account: str
    active: bool
    def __init__(self, participant_id: _Optional[str] = ..., name: _Optional[str] = ..., roles: _Optional[_Iterable[_Union[Role, str]]] = ..., chain_account: _Optional[str] = ..., active: _Optional[bool] = ...) -> None: ...

class MeteringPoint(_message.Message):
    __slots__ = ("metering_point_id", "area_id", "node_id", "owner_id", "brp_id", "imbalance_delegated", "active")
    METERING_POINT_ID_FIELD_NUMBER: _ClassVar[int]
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    OWNER_ID_FIELD_NUMBER: _ClassVar[int]
    BRP_ID_FIELD_NUMBER: _ClassVar[int]
    IMBALANCE_DELEGATED_FIELD_NUMBER: _ClassVar[int]
    ACTIVE_FIELD_NUMBER: _ClassVar[int]
    metering_point_id: str
    area_id: str
    node_id: str
    owner_id: str
    brp_id: str
    imbalance_delegated: bool
    active: bool
    def __init__(self, metering_point_id: _Optional[str] = ..., area_id: _Optional[str] = ..., node_id: _Optional[str] = ..., owner_id: _Optional[str] = ..., brp_id: _Optional[str] = ..., imbalance_delegated: _Optional[bool] = ..., active: _Optional[bool] = ...) -> None: ...

class Unit(_message.Message):
    __slots__ = ("unit_id", "name", "type", "metering_point_id", "owner_id", "operator_id", "max_power_w", "min_power_w", "min_activation_w", "ramp_w_per_min", "sustained_energy_wh", "storage_capacity_wh", "storage_min_wh", "storage_max_wh", "charging_preference", "controllable", "active", "feeder_id", "max_reactive_var")
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
    def __init__(self, unit_id: _Optional[str] = ..., name: _Optional[str] = ..., type: _Optional[_Union[UnitType, str]] = ..., metering_point_id: _Optional[str] = ..., owner_id: _Optional[str] = ..., operator_id: _Optional[str] = ..., max_power_w: _Optional[int] = ..., min_power_w: _Optional[int] = ..., min_activation_w: _Optional[int] = ..., ramp_w_per_min: _Optional[int] = ..., sustained_energy_wh: _Optional[int] = ..., storage_capacity_wh: _Optional[int] = ..., storage_min_wh: _Optional[int] = ..., storage_max_wh: _Optional[int] = ..., charging_preference: _Optional[str] = ..., controllable: _Optional[bool] = ..., active: _Optional[bool] = ..., feeder_id: _Optional[str] = ..., max_reactive_var: _Optional[int] = ...) -> None: ...

class Portfolio(_message.Message):
    __slots__ = ("portfolio_id", "operator_id", "unit_ids")
    PORTFOLIO_ID_FIELD_NUMBER: _ClassVar[int]
    OPERATOR_ID_FIELD_NUMBER: _ClassVar[int]
    UNIT_IDS_FIELD_NUMBER: _ClassVar[int]
    portfolio_id: str
    operator_id: str
    unit_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, portfolio_id: _Optional[str] = ..., operator_id: _Optional[str] = ..., unit_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class GridArea(_message.Message):
    __slots__ = ("area_id", "name", "shard", "dso_id", "time_zone")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    SHARD_FIELD_NUMBER: _ClassVar[int]
    DSO_ID_FIELD_NUMBER: _ClassVar[int]
    TIME_ZONE_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    name: str
    shard: int
    dso_id: str
    time_zone: str
    def __init__(self, area_id: _Optional[str] = ..., name: _Optional[str] = ..., shard: _Optional[int] = ..., dso_id: _Optional[str] = ..., time_zone: _Optional[str] = ...) -> None: ...

class Market(_message.Message):
    __slots__ = ("market_id", "area_id", "version", "algorithm", "mtu_length_s", "opens_before_day_s", "gate_closure_s", "price_tick_micro_euro_per_mwh", "quantity_step_w", "min_quantity_w", "max_quantity_w", "min_price_ticks", "max_price_ticks", "automatic_matching", "either_side_missing", "reliability_permille", "gate_enabled", "active", "dnut_budget_micro_euro")
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
    def __init__(self, market_id: _Optional[str] = ..., area_id: _Optional[str] = ..., version: _Optional[int] = ..., algorithm: _Optional[_Union[Algorithm, str]] = ..., mtu_length_s: _Optional[int] = ..., opens_before_day_s: _Optional[int] = ..., gate_closure_s: _Optional[int] = ..., price_tick_micro_euro_per_mwh: _Optional[int] = ..., quantity_step_w: _Optional[int] = ..., min_quantity_w: _Optional[int] = ..., max_quantity_w: _Optional[int] = ..., min_price_ticks: _Optional[int] = ..., max_price_ticks: _Optional[int] = ..., automatic_matching: _Optional[bool] = ..., either_side_missing: _Optional[bool] = ..., reliability_permille: _Optional[int] = ..., gate_enabled: _Optional[bool] = ..., active: _Optional[bool] = ..., dnut_budget_micro_euro: _Optional[int] = ...) -> None: ...

class RightToOffer(_message.Message):
    __slots__ = ("right_id", "unit_id", "holder_id", "valid_from_s", "valid_to_s", "revoked")
    RIGHT_ID_FIELD_NUMBER: _ClassVar[int]
    UNIT_ID_FIELD_NUMBER: _ClassVar[int]
    HOLDER_ID_FIELD_NUMBER: _ClassVar[int]
    VALID_FROM_S_FIELD_NUMBER: _ClassVar[int]
    VALID_TO_S_FIELD_NUMBER: _ClassVar[int]
    REVOKED_FIELD_NUMBER: _ClassVar[int]
    right_id: str
    unit_id: str
    holder_id: str
    valid_from_s: int
    valid_to_s: int
    revoked: bool
    def __init__(self, right_id: _Optional[str] = ..., unit_id: _Optional[str] = ..., holder_id: _Optional[str] = ..., valid_from_s: _Optional[int] = ..., valid_to_s: _Optional[int] = ..., revoked: _Optional[bool] = ...) -> None: ...

class Entity(_message.Message):
    __slots__ = ("participant", "metering_point", "unit", "portfolio", "area", "market", "right")
    PARTICIPANT_FIELD_NUMBER: _ClassVar[int]
    METERING_POINT_FIELD_NUMBER: _ClassVar[int]
    UNIT_FIELD_NUMBER: _ClassVar[int]
    PORTFOLIO_FIELD_NUMBER: _ClassVar[int]
    AREA_FIELD_NUMBER: _ClassVar[int]
    MARKET_FIELD_NUMBER: _ClassVar[int]
    RIGHT_FIELD_NUMBER: _ClassVar[int]
    participant: Participant
    metering_point: MeteringPoint
    unit: Unit
    portfolio: Portfolio
    area: GridArea
    market: Market
    right: RightToOffer
    def __init__(self, participant: _Optional[_Union[Participant, _Mapping]] = ..., metering_point: _Optional[_Union[MeteringPoint, _Mapping]] = ..., unit: _Optional[_Union[Unit, _Mapping]] = ..., portfolio: _Optional[_Union[Portfolio, _Mapping]] = ..., area: _Optional[_Union[GridArea, _Mapping]] = ..., market: _Optional[_Union[Market, _Mapping]] = ..., right: _Optional[_Union[RightToOffer, _Mapping]] = ...) -> None: ...

class RegisterEntities(_message.Message):
    __slots__ = ("entities", "all_or_nothing", "validate_only")
    ENTITIES_FIELD_NUMBER: _ClassVar[int]
    ALL_OR_NOTHING_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    entities: _containers.RepeatedCompositeFieldContainer[Entity]
    all_or_nothing: bool
    validate_only: bool
    def __init__(self, entities: _Optional[_Iterable[_Union[Entity, _Mapping]]] = ..., all_or_nothing: _Optional[bool] = ..., validate_only: _Optional[bool] = ...) -> None: ...

class EntityRegistered(_message.Message):
    __slots__ = ("entity", "version", "party")
    ENTITY_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    PARTY_FIELD_NUMBER: _ClassVar[int]
    entity: Entity
    version: int
    party: str
    def __init__(self, entity: _Optional[_Union[Entity, _Mapping]] = ..., version: _Optional[int] = ..., party: _Optional[str] = ...) -> None: ...

class EntityState(_message.Message):
    __slots__ = ("entity", "version")
    ENTITY_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    entity: Entity
    version: int
    def __init__(self, entity: _Optional[_Union[Entity, _Mapping]] = ..., version: _Optional[int] = ...) -> None: ...

class RegistrySnapshot(_message.Message):
    __slots__ = ("states",)
    STATES_FIELD_NUMBER: _ClassVar[int]
    states: _containers.RepeatedCompositeFieldContainer[EntityState]
    def __init__(self, states: _Optional[_Iterable[_Union[EntityState, _Mapping]]] = ...) -> None: ...

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
