from flexbourse.activation.v1 import activation_pb2 as _activation_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class AdoptedRecord(_message.Message):
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

class AreaRules(_message.Message):
    __slots__ = ("preset", "rules")
    PRESET_FIELD_NUMBER: _ClassVar[int]
    RULES_FIELD_NUMBER: _ClassVar[int]
    preset: str
    rules: _activation_pb2.CoordinationRules
    def __init__(self, preset: _Optional[str] = ..., rules: _Optional[_Union[_activation_pb2.CoordinationRules, _Mapping]] = ...) -> None: ...

class ActivationArea(_message.Message):
    __slots__ = ("area_id", "rules", "effects", "offers", "claims", "totals", "reservations", "needs", "activations", "interface_values", "over", "headroom", "headroom_number", "computed", "turned", "reservation_calls", "reservation_bids")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    RULES_FIELD_NUMBER: _ClassVar[int]
    EFFECTS_FIELD_NUMBER: _ClassVar[int]
    OFFERS_FIELD_NUMBER: _ClassVar[int]
    CLAIMS_FIELD_NUMBER: _ClassVar[int]
    TOTALS_FIELD_NUMBER: _ClassVar[int]
    RESERVATIONS_FIELD_NUMBER: _ClassVar[int]
    NEEDS_FIELD_NUMBER: _ClassVar[int]
    ACTIVATIONS_FIELD_NUMBER: _ClassVar[int]
    INTERFACE_VALUES_FIELD_NUMBER: _ClassVar[int]
    OVER_FIELD_NUMBER: _ClassVar[int]
    HEADROOM_FIELD_NUMBER: _ClassVar[int]
    HEADROOM_NUMBER_FIELD_NUMBER: _ClassVar[int]
    COMPUTED_FIELD_NUMBER: _ClassVar[int]
    TURNED_FIELD_NUMBER: _ClassVar[int]
    RESERVATION_CALLS_FIELD_NUMBER: _ClassVar[int]
    RESERVATION_BIDS_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    rules: AreaRules
    effects: _activation_pb2.EffectsSet
    offers: _containers.RepeatedCompositeFieldContainer[_activation_pb2.Offer]
    claims: _containers.RepeatedCompositeFieldContainer[_activation_pb2.Claim]
    totals: _containers.RepeatedCompositeFieldContainer[_activation_pb2.UnitTotal]
    reservations: _containers.RepeatedCompositeFieldContainer[_activation_pb2.Reservation]
    needs: _containers.RepeatedCompositeFieldContainer[_activation_pb2.Need]
    activations: _containers.RepeatedCompositeFieldContainer[_activation_pb2.Activation]
    interface_values: _containers.RepeatedCompositeFieldContainer[_activation_pb2.InterfaceReported]
    over: _activation_pb2.WindowsOver
    headroom: _containers.RepeatedCompositeFieldContainer[_activation_pb2.Headroom]
    headroom_number: int
    computed: _containers.RepeatedCompositeFieldContainer[_activation_pb2.EffectsComputed]
    turned: _containers.RepeatedCompositeFieldContainer[_activation_pb2.FlowsTurned]
    reservation_calls: _containers.RepeatedCompositeFieldContainer[_activation_pb2.ReservationCall]
    reservation_bids: _containers.RepeatedCompositeFieldContainer[_activation_pb2.ReservationBid]
    def __init__(self, area_id: _Optional[str] = ..., rules: _Optional[_Union[AreaRules, _Mapping]] = ..., effects: _Optional[_Union[_activation_pb2.EffectsSet, _Mapping]] = ..., offers: _Optional[_Iterable[_Union[_activation_pb2.Offer, _Mapping]]] = ..., claims: _Optional[_Iterable[_Union[_activation_pb2.Claim, _Mapping]]] = ..., totals: _Optional[_Iterable[_Union[_activation_pb2.UnitTotal, _Mapping]]] = ..., reservations: _Optional[_Iterable[_Union[_activation_pb2.Reservation, _Mapping]]] = ..., needs: _Optional[_Iterable[_Union[_activation_pb2.Need, _Mapping]]] = ..., activations: _Optional[_Iterable[_Union[_activation_pb2.Activation, _Mapping]]] = ..., interface_values: _Optional[_Iterable[_Union[_activation_pb2.InterfaceReported, _Mapping]]] = ..., over: _Optional[_Union[_activation_pb2.WindowsOver, _Mapping]] = ..., headroom: _Optional[_Iterable[_Union[_activation_pb2.Headroom, _Mapping]]] = ..., headroom_number: _Optional[int] = ..., computed: _Optional[_Iterable[_Union[_activation_pb2.EffectsComputed, _Mapping]]] = ..., turned: _Optional[_Iterable[_Union[_activation_pb2.FlowsTurned, _Mapping]]] = ..., reservation_calls: _Optional[_Iterable[_Union[_activation_pb2.ReservationCall, _Mapping]]] = ..., reservation_bids: _Optional[_Iterable[_Union[_activation_pb2.ReservationBid, _Mapping]]] = ...) -> None: ...

class ActivationSnapshot(_message.Message):
    __slots__ = ("format", "at_ms", "step", "adopted", "areas")
    FORMAT_FIELD_NUMBER: _ClassVar[int]
    AT_MS_FIELD_NUMBER: _ClassVar[int]
    STEP_FIELD_NUMBER: _ClassVar[int]
    ADOPTED_FIELD_NUMBER: _ClassVar[int]
    AREAS_FIELD_NUMBER: _ClassVar[int]
    format: int
    at_ms: int
    step: int
    adopted: _containers.RepeatedCompositeFieldContainer[AdoptedRecord]
    areas: _containers.RepeatedCompositeFieldContainer[ActivationArea]
    def __init__(self, format: _Optional[int] = ..., at_ms: _Optional[int] = ..., step: _Optional[int] = ..., adopted: _Optional[_Iterable[_Union[AdoptedRecord, _Mapping]]] = ..., areas: _Optional[_Iterable[_Union[ActivationArea, _Mapping]]] = ...) -> None: ...
