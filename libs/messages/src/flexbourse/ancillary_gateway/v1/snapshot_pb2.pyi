from flexbourse.ancillary_gateway.v1 import ancillary_gateway_pb2 as _ancillary_gateway_pb2
from flexbourse.external.v1 import external_pb2 as _external_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class LotStage(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    LOT_STAGE_UNSPECIFIED: _ClassVar[LotStage]
    LOT_STAGE_ASKED: _ClassVar[LotStage]
    LOT_STAGE_HELD: _ClassVar[LotStage]
    LOT_STAGE_ENDED: _ClassVar[LotStage]
LOT_STAGE_UNSPECIFIED: LotStage
LOT_STAGE_ASKED: LotStage
LOT_STAGE_HELD: LotStage
LOT_STAGE_ENDED: LotStage

class StandingOffer(_message.Message):
    __slots__ = ("area_id", "offer_id", "party", "units", "direction", "start_s", "end_s", "quantity_w", "min_quantity_w", "spans_w", "is_portfolio")
    class UnitsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    class SpansWEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: int
        def __init__(self, key: _Optional[str] = ..., value: _Optional[int] = ...) -> None: ...
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    OFFER_ID_FIELD_NUMBER: _ClassVar[int]
    PARTY_FIELD_NUMBER: _ClassVar[int]
    UNITS_FIELD_NUMBER: _ClassVar[int]
    DIRECTION_FIELD_NUMBER: _ClassVar[int]
    START_S_FIELD_NUMBER: _ClassVar[int]
    END_S_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_W_FIELD_NUMBER: _ClassVar[int]
    MIN_QUANTITY_W_FIELD_NUMBER: _ClassVar[int]
    SPANS_W_FIELD_NUMBER: _ClassVar[int]
    IS_PORTFOLIO_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    offer_id: str
    party: str
    units: _containers.ScalarMap[str, str]
    direction: _ancillary_gateway_pb2.Direction
    start_s: int
    end_s: int
    quantity_w: int
    min_quantity_w: int
    spans_w: _containers.ScalarMap[str, int]
    is_portfolio: bool
    def __init__(self, area_id: _Optional[str] = ..., offer_id: _Optional[str] = ..., party: _Optional[str] = ..., units: _Optional[_Mapping[str, str]] = ..., direction: _Optional[_Union[_ancillary_gateway_pb2.Direction, str]] = ..., start_s: _Optional[int] = ..., end_s: _Optional[int] = ..., quantity_w: _Optional[int] = ..., min_quantity_w: _Optional[int] = ..., spans_w: _Optional[_Mapping[str, int]] = ..., is_portfolio: _Optional[bool] = ...) -> None: ...

class LotState(_message.Message):
    __slots__ = ("lot", "stage", "poolable_w", "asked_count")
    LOT_FIELD_NUMBER: _ClassVar[int]
    STAGE_FIELD_NUMBER: _ClassVar[int]
    POOLABLE_W_FIELD_NUMBER: _ClassVar[int]
    ASKED_COUNT_FIELD_NUMBER: _ClassVar[int]
    lot: _ancillary_gateway_pb2.Lot
    stage: LotStage
    poolable_w: int
    asked_count: int
    def __init__(self, lot: _Optional[_Union[_ancillary_gateway_pb2.Lot, _Mapping]] = ..., stage: _Optional[_Union[LotStage, str]] = ..., poolable_w: _Optional[int] = ..., asked_count: _Optional[int] = ...) -> None: ...

class ParcelEntry(_message.Message):
    __slots__ = ("parcel", "stage", "reservations", "document_id", "limited")
    class ReservationsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: bool
        def __init__(self, key: _Optional[str] = ..., value: _Optional[bool] = ...) -> None: ...
    PARCEL_FIELD_NUMBER: _ClassVar[int]
    STAGE_FIELD_NUMBER: _ClassVar[int]
    RESERVATIONS_FIELD_NUMBER: _ClassVar[int]
    DOCUMENT_ID_FIELD_NUMBER: _ClassVar[int]
    LIMITED_FIELD_NUMBER: _ClassVar[int]
    parcel: _ancillary_gateway_pb2.Parcel
    stage: _ancillary_gateway_pb2.ParcelStage
    reservations: _containers.ScalarMap[str, bool]
    document_id: str
    limited: _ancillary_gateway_pb2.ParcelLimited
    def __init__(self, parcel: _Optional[_Union[_ancillary_gateway_pb2.Parcel, _Mapping]] = ..., stage: _Optional[_Union[_ancillary_gateway_pb2.ParcelStage, str]] = ..., reservations: _Optional[_Mapping[str, bool]] = ..., document_id: _Optional[str] = ..., limited: _Optional[_Union[_ancillary_gateway_pb2.ParcelLimited, _Mapping]] = ...) -> None: ...

class PendingVerdict(_message.Message):
    __slots__ = ("order", "waits", "refused", "confirmed")
    ORDER_FIELD_NUMBER: _ClassVar[int]
    WAITS_FIELD_NUMBER: _ClassVar[int]
    REFUSED_FIELD_NUMBER: _ClassVar[int]
    CONFIRMED_FIELD_NUMBER: _ClassVar[int]
    order: _ancillary_gateway_pb2.PlatformOrder
    waits: _containers.RepeatedScalarFieldContainer[str]
    refused: _containers.RepeatedCompositeFieldContainer[_ancillary_gateway_pb2.ConfirmAnswered]
    confirmed: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, order: _Optional[_Union[_ancillary_gateway_pb2.PlatformOrder, _Mapping]] = ..., waits: _Optional[_Iterable[str]] = ..., refused: _Optional[_Iterable[_Union[_ancillary_gateway_pb2.ConfirmAnswered, _Mapping]]] = ..., confirmed: _Optional[_Iterable[str]] = ...) -> None: ...

class OrderEntry(_message.Message):
    __slots__ = ("order", "received_s", "answer_by_s", "stage", "answer", "settled_answer", "active")
    ORDER_FIELD_NUMBER: _ClassVar[int]
    RECEIVED_S_FIELD_NUMBER: _ClassVar[int]
    ANSWER_BY_S_FIELD_NUMBER: _ClassVar[int]
    STAGE_FIELD_NUMBER: _ClassVar[int]
    ANSWER_FIELD_NUMBER: _ClassVar[int]
    SETTLED_ANSWER_FIELD_NUMBER: _ClassVar[int]
    ACTIVE_FIELD_NUMBER: _ClassVar[int]
    order: _ancillary_gateway_pb2.PlatformOrder
    received_s: int
    answer_by_s: int
    stage: _ancillary_gateway_pb2.OrderStage
    answer: _ancillary_gateway_pb2.AnswerDecided
    settled_answer: bool
    active: _containers.RepeatedCompositeFieldContainer[_ancillary_gateway_pb2.OrderedBid]
    def __init__(self, order: _Optional[_Union[_ancillary_gateway_pb2.PlatformOrder, _Mapping]] = ..., received_s: _Optional[int] = ..., answer_by_s: _Optional[int] = ..., stage: _Optional[_Union[_ancillary_gateway_pb2.OrderStage, str]] = ..., answer: _Optional[_Union[_ancillary_gateway_pb2.AnswerDecided, _Mapping]] = ..., settled_answer: _Optional[bool] = ..., active: _Optional[_Iterable[_Union[_ancillary_gateway_pb2.OrderedBid, _Mapping]]] = ...) -> None: ...

class WaitingDocument(_message.Message):
    __slots__ = ("document", "attempts", "sent_s")
    DOCUMENT_FIELD_NUMBER: _ClassVar[int]
    ATTEMPTS_FIELD_NUMBER: _ClassVar[int]
    SENT_S_FIELD_NUMBER: _ClassVar[int]
    document: _ancillary_gateway_pb2.OutgoingDocument
    attempts: int
    sent_s: int
    def __init__(self, document: _Optional[_Union[_ancillary_gateway_pb2.OutgoingDocument, _Mapping]] = ..., attempts: _Optional[int] = ..., sent_s: _Optional[int] = ...) -> None: ...

class CalledUnit(_message.Message):
    __slots__ = ("activation_id", "order_id", "called", "bid", "lot", "start_s", "end_s")
    ACTIVATION_ID_FIELD_NUMBER: _ClassVar[int]
    ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    CALLED_FIELD_NUMBER: _ClassVar[int]
    BID_FIELD_NUMBER: _ClassVar[int]
    LOT_FIELD_NUMBER: _ClassVar[int]
    START_S_FIELD_NUMBER: _ClassVar[int]
    END_S_FIELD_NUMBER: _ClassVar[int]
    activation_id: str
    order_id: str
    called: _ancillary_gateway_pb2.OrderedBid
    bid: _ancillary_gateway_pb2.Bid
    lot: _ancillary_gateway_pb2.Lot
    start_s: int
    end_s: int
    def __init__(self, activation_id: _Optional[str] = ..., order_id: _Optional[str] = ..., called: _Optional[_Union[_ancillary_gateway_pb2.OrderedBid, _Mapping]] = ..., bid: _Optional[_Union[_ancillary_gateway_pb2.Bid, _Mapping]] = ..., lot: _Optional[_Union[_ancillary_gateway_pb2.Lot, _Mapping]] = ..., start_s: _Optional[int] = ..., end_s: _Optional[int] = ...) -> None: ...

class NetworkCharge(_message.Message):
    __slots__ = ("result_id", "bid_ids", "end_s", "dnut_micro_euro", "quantities_w")
    RESULT_ID_FIELD_NUMBER: _ClassVar[int]
    BID_IDS_FIELD_NUMBER: _ClassVar[int]
    END_S_FIELD_NUMBER: _ClassVar[int]
    DNUT_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    QUANTITIES_W_FIELD_NUMBER: _ClassVar[int]
    result_id: str
    bid_ids: _containers.RepeatedScalarFieldContainer[str]
    end_s: int
    dnut_micro_euro: int
    quantities_w: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, result_id: _Optional[str] = ..., bid_ids: _Optional[_Iterable[str]] = ..., end_s: _Optional[int] = ..., dnut_micro_euro: _Optional[int] = ..., quantities_w: _Optional[_Iterable[int]] = ...) -> None: ...

class AcceptedPart(_message.Message):
    __slots__ = ("order_id", "reservation_id", "quantities_w")
    class QuantitiesWEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: int
        def __init__(self, key: _Optional[str] = ..., value: _Optional[int] = ...) -> None: ...
    ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    RESERVATION_ID_FIELD_NUMBER: _ClassVar[int]
    QUANTITIES_W_FIELD_NUMBER: _ClassVar[int]
    order_id: str
    reservation_id: str
    quantities_w: _containers.ScalarMap[str, int]
    def __init__(self, order_id: _Optional[str] = ..., reservation_id: _Optional[str] = ..., quantities_w: _Optional[_Mapping[str, int]] = ...) -> None: ...

class Response(_message.Message):
    __slots__ = ("document_id", "order_id", "revision")
    DOCUMENT_ID_FIELD_NUMBER: _ClassVar[int]
    ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    document_id: str
    order_id: str
    revision: int
    def __init__(self, document_id: _Optional[str] = ..., order_id: _Optional[str] = ..., revision: _Optional[int] = ...) -> None: ...

class KeptResult(_message.Message):
    __slots__ = ("result",)
    RESULT_FIELD_NUMBER: _ClassVar[int]
    result: _external_pb2.ExternalResult
    def __init__(self, result: _Optional[_Union[_external_pb2.ExternalResult, _Mapping]] = ...) -> None: ...

class KnownRight(_message.Message):
    __slots__ = ("right_id", "unit_id", "holder_id", "valid_from_s", "valid_to_s", "revoked", "granted_to_s")
    RIGHT_ID_FIELD_NUMBER: _ClassVar[int]
    UNIT_ID_FIELD_NUMBER: _ClassVar[int]
    HOLDER_ID_FIELD_NUMBER: _ClassVar[int]
    VALID_FROM_S_FIELD_NUMBER: _ClassVar[int]
    VALID_TO_S_FIELD_NUMBER: _ClassVar[int]
    REVOKED_FIELD_NUMBER: _ClassVar[int]
    GRANTED_TO_S_FIELD_NUMBER: _ClassVar[int]
    right_id: str
    unit_id: str
    holder_id: str
    valid_from_s: int
    valid_to_s: int
    revoked: bool
    granted_to_s: int
    def __init__(self, right_id: _Optional[str] = ..., unit_id: _Optional[str] = ..., holder_id: _Optional[str] = ..., valid_from_s: _Optional[int] = ..., valid_to_s: _Optional[int] = ..., revoked: _Optional[bool] = ..., granted_to_s: _Optional[int] = ...) -> None: ...

class KnownArea(_message.Message):
    __slots__ = ("area_id", "rights_on_chain")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    RIGHTS_ON_CHAIN_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    rights_on_chain: bool
    def __init__(self, area_id: _Optional[str] = ..., rights_on_chain: _Optional[bool] = ...) -> None: ...

class KnownMarket(_message.Message):
    __slots__ = ("market_id", "area_id", "asks_enrolment", "active")
    MARKET_ID_FIELD_NUMBER: _ClassVar[int]
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    ASKS_ENROLMENT_FIELD_NUMBER: _ClassVar[int]
    ACTIVE_FIELD_NUMBER: _ClassVar[int]
    market_id: str
    area_id: str
    asks_enrolment: bool
    active: bool
    def __init__(self, market_id: _Optional[str] = ..., area_id: _Optional[str] = ..., asks_enrolment: _Optional[bool] = ..., active: _Optional[bool] = ...) -> None: ...

class KnownEnrolment(_message.Message):
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

class AncillaryGatewaySnapshot(_message.Message):
    __slots__ = ("format", "at_ms", "points", "offers", "marks", "lots", "pieces", "lot_sequence", "entries", "asked", "verdicts", "book_sequence", "orders", "heard_s", "silent", "waiting", "document_sequence", "needs", "results", "documents", "units", "responses", "calls", "denied", "qualified", "charges", "accepted", "rights", "areas", "markets", "enrolments")
    class PointsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    class DeniedEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: int
        def __init__(self, key: _Optional[str] = ..., value: _Optional[int] = ...) -> None: ...
    FORMAT_FIELD_NUMBER: _ClassVar[int]
    AT_MS_FIELD_NUMBER: _ClassVar[int]
    POINTS_FIELD_NUMBER: _ClassVar[int]
    OFFERS_FIELD_NUMBER: _ClassVar[int]
    MARKS_FIELD_NUMBER: _ClassVar[int]
    LOTS_FIELD_NUMBER: _ClassVar[int]
    PIECES_FIELD_NUMBER: _ClassVar[int]
    LOT_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    ENTRIES_FIELD_NUMBER: _ClassVar[int]
    ASKED_FIELD_NUMBER: _ClassVar[int]
    VERDICTS_FIELD_NUMBER: _ClassVar[int]
    BOOK_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    ORDERS_FIELD_NUMBER: _ClassVar[int]
    HEARD_S_FIELD_NUMBER: _ClassVar[int]
    SILENT_FIELD_NUMBER: _ClassVar[int]
    WAITING_FIELD_NUMBER: _ClassVar[int]
    DOCUMENT_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    NEEDS_FIELD_NUMBER: _ClassVar[int]
    RESULTS_FIELD_NUMBER: _ClassVar[int]
    DOCUMENTS_FIELD_NUMBER: _ClassVar[int]
    UNITS_FIELD_NUMBER: _ClassVar[int]
    RESPONSES_FIELD_NUMBER: _ClassVar[int]
    CALLS_FIELD_NUMBER: _ClassVar[int]
    DENIED_FIELD_NUMBER: _ClassVar[int]
    QUALIFIED_FIELD_NUMBER: _ClassVar[int]
    CHARGES_FIELD_NUMBER: _ClassVar[int]
    ACCEPTED_FIELD_NUMBER: _ClassVar[int]
    RIGHTS_FIELD_NUMBER: _ClassVar[int]
    AREAS_FIELD_NUMBER: _ClassVar[int]
    MARKETS_FIELD_NUMBER: _ClassVar[int]
    ENROLMENTS_FIELD_NUMBER: _ClassVar[int]
    format: int
    at_ms: int
    points: _containers.ScalarMap[str, str]
    offers: _containers.RepeatedCompositeFieldContainer[StandingOffer]
    marks: _containers.RepeatedCompositeFieldContainer[_ancillary_gateway_pb2.Mark]
    lots: _containers.RepeatedCompositeFieldContainer[LotState]
    pieces: _containers.RepeatedCompositeFieldContainer[_ancillary_gateway_pb2.PiecesPooled]
    lot_sequence: int
    entries: _containers.RepeatedCompositeFieldContainer[ParcelEntry]
    asked: _containers.RepeatedCompositeFieldContainer[_ancillary_gateway_pb2.HeadroomAsked]
    verdicts: _containers.RepeatedCompositeFieldContainer[PendingVerdict]
    book_sequence: int
    orders: _containers.RepeatedCompositeFieldContainer[OrderEntry]
    heard_s: int
    silent: bool
    waiting: _containers.RepeatedCompositeFieldContainer[WaitingDocument]
    document_sequence: int
    needs: _containers.RepeatedCompositeFieldContainer[_ancillary_gateway_pb2.NeedMoved]
    results: _containers.RepeatedCompositeFieldContainer[KeptResult]
    documents: _containers.RepeatedCompositeFieldContainer[_ancillary_gateway_pb2.OrderKept]
    units: _containers.RepeatedCompositeFieldContainer[CalledUnit]
    responses: _containers.RepeatedCompositeFieldContainer[Response]
    calls: int
    denied: _containers.ScalarMap[str, int]
    qualified: _containers.RepeatedScalarFieldContainer[str]
    charges: _containers.RepeatedCompositeFieldContainer[NetworkCharge]
    accepted: _containers.RepeatedCompositeFieldContainer[AcceptedPart]
    rights: _containers.RepeatedCompositeFieldContainer[KnownRight]
    areas: _containers.RepeatedCompositeFieldContainer[KnownArea]
    markets: _containers.RepeatedCompositeFieldContainer[KnownMarket]
    enrolments: _containers.RepeatedCompositeFieldContainer[KnownEnrolment]
    def __init__(self, format: _Optional[int] = ..., at_ms: _Optional[int] = ..., points: _Optional[_Mapping[str, str]] = ..., offers: _Optional[_Iterable[_Union[StandingOffer, _Mapping]]] = ..., marks: _Optional[_Iterable[_Union[_ancillary_gateway_pb2.Mark, _Mapping]]] = ..., lots: _Optional[_Iterable[_Union[LotState, _Mapping]]] = ..., pieces: _Optional[_Iterable[_Union[_ancillary_gateway_pb2.PiecesPooled, _Mapping]]] = ..., lot_sequence: _Optional[int] = ..., entries: _Optional[_Iterable[_Union[ParcelEntry, _Mapping]]] = ..., asked: _Optional[_Iterable[_Union[_ancillary_gateway_pb2.HeadroomAsked, _Mapping]]] = ..., verdicts: _Optional[_Iterable[_Union[PendingVerdict, _Mapping]]] = ..., book_sequence: _Optional[int] = ..., orders: _Optional[_Iterable[_Union[OrderEntry, _Mapping]]] = ..., heard_s: _Optional[int] = ..., silent: _Optional[bool] = ..., waiting: _Optional[_Iterable[_Union[WaitingDocument, _Mapping]]] = ..., document_sequence: _Optional[int] = ..., needs: _Optional[_Iterable[_Union[_ancillary_gateway_pb2.NeedMoved, _Mapping]]] = ..., results: _Optional[_Iterable[_Union[KeptResult, _Mapping]]] = ..., documents: _Optional[_Iterable[_Union[_ancillary_gateway_pb2.OrderKept, _Mapping]]] = ..., units: _Optional[_Iterable[_Union[CalledUnit, _Mapping]]] = ..., responses: _Optional[_Iterable[_Union[Response, _Mapping]]] = ..., calls: _Optional[int] = ..., denied: _Optional[_Mapping[str, int]] = ..., qualified: _Optional[_Iterable[str]] = ..., charges: _Optional[_Iterable[_Union[NetworkCharge, _Mapping]]] = ..., accepted: _Optional[_Iterable[_Union[AcceptedPart, _Mapping]]] = ..., rights: _Optional[_Iterable[_Union[KnownRight, _Mapping]]] = ..., areas: _Optional[_Iterable[_Union[KnownArea, _Mapping]]] = ..., markets: _Optional[_Iterable[_Union[KnownMarket, _Mapping]]] = ..., enrolments: _Optional[_Iterable[_Union[KnownEnrolment, _Mapping]]] = ...) -> None: ...
