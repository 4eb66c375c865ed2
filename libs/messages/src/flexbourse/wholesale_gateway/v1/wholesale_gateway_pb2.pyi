from flexbourse.common.v1 import common_pb2 as _common_pb2
from flexbourse.external.v1 import external_pb2 as _external_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as _orderbook_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Indication(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    INDICATION_UNSPECIFIED: _ClassVar[Indication]
    INDICATION_NONE: _ClassVar[Indication]
    INDICATION_FILL_OR_KILL: _ClassVar[Indication]
    INDICATION_IMMEDIATE_OR_CANCEL: _ClassVar[Indication]
    INDICATION_ALL_OR_NONE: _ClassVar[Indication]

class Stage(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    STAGE_UNSPECIFIED: _ClassVar[Stage]
    STAGE_WANTED: _ClassVar[Stage]
    STAGE_RESERVED: _ClassVar[Stage]
    STAGE_SUBMITTING: _ClassVar[Stage]
    STAGE_UNANSWERED: _ClassVar[Stage]
    STAGE_PROCESSING: _ClassVar[Stage]
    STAGE_ACTIVE: _ClassVar[Stage]
    STAGE_INACTIVE: _ClassVar[Stage]
    STAGE_PARTLY_MATCHED: _ClassVar[Stage]
    STAGE_MATCHED: _ClassVar[Stage]
    STAGE_CANCELLED: _ClassVar[Stage]
    STAGE_EXPIRED: _ClassVar[Stage]
    STAGE_REFUSED: _ClassVar[Stage]

class Step(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    STEP_UNSPECIFIED: _ClassVar[Step]
    STEP_RESERVE: _ClassVar[Step]
    STEP_SUBMIT: _ClassVar[Step]
    STEP_NOT_SENT: _ClassVar[Step]
    STEP_NO_ANSWER: _ClassVar[Step]
    STEP_NOT_THERE: _ClassVar[Step]
    STEP_PROCESS: _ClassVar[Step]
    STEP_REST: _ClassVar[Step]
    STEP_HIBERNATE: _ClassVar[Step]
    STEP_FILL_PART: _ClassVar[Step]
    STEP_FILL_REST: _ClassVar[Step]
    STEP_CANCEL: _ClassVar[Step]
    STEP_EXPIRE: _ClassVar[Step]
    STEP_REFUSE: _ClassVar[Step]

class OperationKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    OPERATION_KIND_UNSPECIFIED: _ClassVar[OperationKind]
    OPERATION_KIND_MODIFY: _ClassVar[OperationKind]
    OPERATION_KIND_CANCEL: _ClassVar[OperationKind]
    OPERATION_KIND_ACTIVATE: _ClassVar[OperationKind]
    OPERATION_KIND_DEACTIVATE: _ClassVar[OperationKind]

class Outcome(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    OUTCOME_UNSPECIFIED: _ClassVar[Outcome]
    OUTCOME_DONE: _ClassVar[Outcome]
    OUTCOME_PROCESSING: _ClassVar[Outcome]
    OUTCOME_REFUSED: _ClassVar[Outcome]
    OUTCOME_KNOWN: _ClassVar[Outcome]
    OUTCOME_NO_ANSWER: _ClassVar[Outcome]
    OUTCOME_NOT_SENT: _ClassVar[Outcome]

class ReportStatus(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    REPORT_STATUS_UNSPECIFIED: _ClassVar[ReportStatus]
    REPORT_STATUS_RESTING: _ClassVar[ReportStatus]
    REPORT_STATUS_INACTIVE: _ClassVar[ReportStatus]
    REPORT_STATUS_MATCHED: _ClassVar[ReportStatus]
    REPORT_STATUS_CANCELLED: _ClassVar[ReportStatus]
    REPORT_STATUS_EXPIRED: _ClassVar[ReportStatus]

class OnTightening(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ON_TIGHTENING_UNSPECIFIED: _ClassVar[OnTightening]
    ON_TIGHTENING_CANCEL: _ClassVar[OnTightening]
    ON_TIGHTENING_HIBERNATE: _ClassVar[OnTightening]

class CurveStage(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CURVE_STAGE_UNSPECIFIED: _ClassVar[CurveStage]
    CURVE_STAGE_WANTED: _ClassVar[CurveStage]
    CURVE_STAGE_HELD: _ClassVar[CurveStage]
    CURVE_STAGE_TAKEN: _ClassVar[CurveStage]
    CURVE_STAGE_OVER: _ClassVar[CurveStage]
INDICATION_UNSPECIFIED: Indication
INDICATION_NONE: Indication
INDICATION_FILL_OR_KILL: Indication
INDICATION_IMMEDIATE_OR_CANCEL: Indication
INDICATION_ALL_OR_NONE: Indication
STAGE_UNSPECIFIED: Stage
STAGE_WANTED: Stage
STAGE_RESERVED: Stage
STAGE_SUBMITTING: Stage
STAGE_UNANSWERED: Stage
STAGE_PROCESSING: Stage
STAGE_ACTIVE: Stage
STAGE_INACTIVE: Stage
STAGE_PARTLY_MATCHED: Stage
STAGE_MATCHED: Stage
STAGE_CANCELLED: Stage
STAGE_EXPIRED: Stage
STAGE_REFUSED: Stage
STEP_UNSPECIFIED: Step
STEP_RESERVE: Step
STEP_SUBMIT: Step
STEP_NOT_SENT: Step
STEP_NO_ANSWER: Step
STEP_NOT_THERE: Step
STEP_PROCESS: Step
STEP_REST: Step
STEP_HIBERNATE: Step
STEP_FILL_PART: Step
STEP_FILL_REST: Step
STEP_CANCEL: Step
STEP_EXPIRE: Step
STEP_REFUSE: Step
OPERATION_KIND_UNSPECIFIED: OperationKind
OPERATION_KIND_MODIFY: OperationKind
OPERATION_KIND_CANCEL: OperationKind
OPERATION_KIND_ACTIVATE: OperationKind
OPERATION_KIND_DEACTIVATE: OperationKind
OUTCOME_UNSPECIFIED: Outcome
OUTCOME_DONE: Outcome
OUTCOME_PROCESSING: Outcome
OUTCOME_REFUSED: Outcome
OUTCOME_KNOWN: Outcome
OUTCOME_NO_ANSWER: Outcome
OUTCOME_NOT_SENT: Outcome
REPORT_STATUS_UNSPECIFIED: ReportStatus
REPORT_STATUS_RESTING: ReportStatus
REPORT_STATUS_INACTIVE: ReportStatus
REPORT_STATUS_MATCHED: ReportStatus
REPORT_STATUS_CANCELLED: ReportStatus
REPORT_STATUS_EXPIRED: ReportStatus
ON_TIGHTENING_UNSPECIFIED: OnTightening
ON_TIGHTENING_CANCEL: OnTightening
ON_TIGHTENING_HIBERNATE: OnTightening
CURVE_STAGE_UNSPECIFIED: CurveStage
CURVE_STAGE_WANTED: CurveStage
CURVE_STAGE_HELD: CurveStage
CURVE_STAGE_TAKEN: CurveStage
CURVE_STAGE_OVER: CurveStage

class ForwardableOrder(_message.Message):
    __slots__ = ("order_id", "participant_id", "unit_id", "metering_point_id", "node_id", "feeder_id", "area_id", "mtu", "side", "open_w", "limit_ticks", "moves", "least_permille")
    ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    PARTICIPANT_ID_FIELD_NUMBER: _ClassVar[int]
    UNIT_ID_FIELD_NUMBER: _ClassVar[int]
    METERING_POINT_ID_FIELD_NUMBER: _ClassVar[int]
    NODE_ID_FIELD_NUMBER: _ClassVar[int]
    FEEDER_ID_FIELD_NUMBER: _ClassVar[int]
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    SIDE_FIELD_NUMBER: _ClassVar[int]
    OPEN_W_FIELD_NUMBER: _ClassVar[int]
    LIMIT_TICKS_FIELD_NUMBER: _ClassVar[int]
    MOVES_FIELD_NUMBER: _ClassVar[int]
    LEAST_PERMILLE_FIELD_NUMBER: _ClassVar[int]
    order_id: str
    participant_id: str
    unit_id: str
    metering_point_id: str
    node_id: str
    feeder_id: str
    area_id: str
    mtu: _common_pb2.Mtu
    side: _orderbook_pb2.Side
    open_w: int
    limit_ticks: int
    moves: bool
    least_permille: int
    def __init__(self, order_id: _Optional[str] = ..., participant_id: _Optional[str] = ..., unit_id: _Optional[str] = ..., metering_point_id: _Optional[str] = ..., node_id: _Optional[str] = ..., feeder_id: _Optional[str] = ..., area_id: _Optional[str] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., side: _Optional[_Union[_orderbook_pb2.Side, str]] = ..., open_w: _Optional[int] = ..., limit_ticks: _Optional[int] = ..., moves: _Optional[bool] = ..., least_permille: _Optional[int] = ...) -> None: ...

class ExternalTerms(_message.Message):
    __slots__ = ("delivery_start_s", "delivery_end_s", "gate_s", "side", "quantity_w", "price_ticks", "is_block", "indication", "peak_w", "peak_delta_ticks")
    DELIVERY_START_S_FIELD_NUMBER: _ClassVar[int]
    DELIVERY_END_S_FIELD_NUMBER: _ClassVar[int]
    GATE_S_FIELD_NUMBER: _ClassVar[int]
    SIDE_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_W_FIELD_NUMBER: _ClassVar[int]
    PRICE_TICKS_FIELD_NUMBER: _ClassVar[int]
    IS_BLOCK_FIELD_NUMBER: _ClassVar[int]
    INDICATION_FIELD_NUMBER: _ClassVar[int]
    PEAK_W_FIELD_NUMBER: _ClassVar[int]
    PEAK_DELTA_TICKS_FIELD_NUMBER: _ClassVar[int]
    delivery_start_s: int
    delivery_end_s: int
    gate_s: int
    side: _orderbook_pb2.Side
    quantity_w: int
    price_ticks: int
    is_block: bool
    indication: Indication
    peak_w: int
    peak_delta_ticks: int
    def __init__(self, delivery_start_s: _Optional[int] = ..., delivery_end_s: _Optional[int] = ..., gate_s: _Optional[int] = ..., side: _Optional[_Union[_orderbook_pb2.Side, str]] = ..., quantity_w: _Optional[int] = ..., price_ticks: _Optional[int] = ..., is_block: _Optional[bool] = ..., indication: _Optional[_Union[Indication, str]] = ..., peak_w: _Optional[int] = ..., peak_delta_ticks: _Optional[int] = ...) -> None: ...

class ReportedTrade(_message.Message):
    __slots__ = ("trade_id", "quantity_w", "price_ticks", "recalled")
    TRADE_ID_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_W_FIELD_NUMBER: _ClassVar[int]
    PRICE_TICKS_FIELD_NUMBER: _ClassVar[int]
    RECALLED_FIELD_NUMBER: _ClassVar[int]
    trade_id: str
    quantity_w: int
    price_ticks: int
    recalled: bool
    def __init__(self, trade_id: _Optional[str] = ..., quantity_w: _Optional[int] = ..., price_ticks: _Optional[int] = ..., recalled: _Optional[bool] = ...) -> None: ...

class Report(_message.Message):
    __slots__ = ("external_id", "client_order_id", "status", "updated_ms", "remaining_w", "pending", "previous_id", "original_id", "trades")
    EXTERNAL_ID_FIELD_NUMBER: _ClassVar[int]
    CLIENT_ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    UPDATED_MS_FIELD_NUMBER: _ClassVar[int]
    REMAINING_W_FIELD_NUMBER: _ClassVar[int]
    PENDING_FIELD_NUMBER: _ClassVar[int]
    PREVIOUS_ID_FIELD_NUMBER: _ClassVar[int]
    ORIGINAL_ID_FIELD_NUMBER: _ClassVar[int]
    TRADES_FIELD_NUMBER: _ClassVar[int]
    external_id: str
    client_order_id: str
    status: ReportStatus
    updated_ms: int
    remaining_w: int
    pending: bool
    previous_id: str
    original_id: str
    trades: _containers.RepeatedCompositeFieldContainer[ReportedTrade]
    def __init__(self, external_id: _Optional[str] = ..., client_order_id: _Optional[str] = ..., status: _Optional[_Union[ReportStatus, str]] = ..., updated_ms: _Optional[int] = ..., remaining_w: _Optional[int] = ..., pending: _Optional[bool] = ..., previous_id: _Optional[str] = ..., original_id: _Optional[str] = ..., trades: _Optional[_Iterable[_Union[ReportedTrade, _Mapping]]] = ...) -> None: ...

class Watermark(_message.Message):
    __slots__ = ("updated_ms", "trades", "recalled")
    UPDATED_MS_FIELD_NUMBER: _ClassVar[int]
    TRADES_FIELD_NUMBER: _ClassVar[int]
    RECALLED_FIELD_NUMBER: _ClassVar[int]
    updated_ms: int
    trades: int
    recalled: int
    def __init__(self, updated_ms: _Optional[int] = ..., trades: _Optional[int] = ..., recalled: _Optional[int] = ...) -> None: ...

class Operation(_message.Message):
    __slots__ = ("number", "kind", "asked_s", "quantity_w", "price_ticks")
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    ASKED_S_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_W_FIELD_NUMBER: _ClassVar[int]
    PRICE_TICKS_FIELD_NUMBER: _ClassVar[int]
    number: int
    kind: OperationKind
    asked_s: int
    quantity_w: int
    price_ticks: int
    def __init__(self, number: _Optional[int] = ..., kind: _Optional[_Union[OperationKind, str]] = ..., asked_s: _Optional[int] = ..., quantity_w: _Optional[int] = ..., price_ticks: _Optional[int] = ...) -> None: ...

class Moved(_message.Message):
    __slots__ = ("step", "reasons")
    STEP_FIELD_NUMBER: _ClassVar[int]
    REASONS_FIELD_NUMBER: _ClassVar[int]
    step: Step
    reasons: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, step: _Optional[_Union[Step, str]] = ..., reasons: _Optional[_Iterable[str]] = ...) -> None: ...

class IdGiven(_message.Message):
    __slots__ = ("external_id",)
    EXTERNAL_ID_FIELD_NUMBER: _ClassVar[int]
    external_id: str
    def __init__(self, external_id: _Optional[str] = ...) -> None: ...

class Seen(_message.Message):
    __slots__ = ("watermark", "open_w")
    WATERMARK_FIELD_NUMBER: _ClassVar[int]
    OPEN_W_FIELD_NUMBER: _ClassVar[int]
    watermark: Watermark
    open_w: int
    def __init__(self, watermark: _Optional[_Union[Watermark, _Mapping]] = ..., open_w: _Optional[int] = ...) -> None: ...

class TradeCounted(_message.Message):
    __slots__ = ("trade_id", "external_id", "quantity_w", "price_ticks")
    TRADE_ID_FIELD_NUMBER: _ClassVar[int]
    EXTERNAL_ID_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_W_FIELD_NUMBER: _ClassVar[int]
    PRICE_TICKS_FIELD_NUMBER: _ClassVar[int]
    trade_id: str
    external_id: str
    quantity_w: int
    price_ticks: int
    def __init__(self, trade_id: _Optional[str] = ..., external_id: _Optional[str] = ..., quantity_w: _Optional[int] = ..., price_ticks: _Optional[int] = ...) -> None: ...

class TradeRecalled(_message.Message):
    __slots__ = ("trade_id",)
    TRADE_ID_FIELD_NUMBER: _ClassVar[int]
    trade_id: str
    def __init__(self, trade_id: _Optional[str] = ...) -> None: ...

class OperationEnded(_message.Message):
    __slots__ = ("number", "reasons")
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    REASONS_FIELD_NUMBER: _ClassVar[int]
    number: int
    reasons: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, number: _Optional[int] = ..., reasons: _Optional[_Iterable[str]] = ...) -> None: ...

class EndSeen(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class PredecessorEnded(_message.Message):
    __slots__ = ("external_id",)
    EXTERNAL_ID_FIELD_NUMBER: _ClassVar[int]
    external_id: str
    def __init__(self, external_id: _Optional[str] = ...) -> None: ...

class LookUpNeeded(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class LookedUp(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class StrayFound(_message.Message):
    __slots__ = ("external_id",)
    EXTERNAL_ID_FIELD_NUMBER: _ClassVar[int]
    external_id: str
    def __init__(self, external_id: _Optional[str] = ...) -> None: ...

class ExternalStep(_message.Message):
    __slots__ = ("moved", "id_given", "seen", "trade_counted", "trade_recalled", "operation_ended", "end_seen", "predecessor_ended", "look_up_needed", "looked_up", "stray_found")
    MOVED_FIELD_NUMBER: _ClassVar[int]
    ID_GIVEN_FIELD_NUMBER: _ClassVar[int]
    SEEN_FIELD_NUMBER: _ClassVar[int]
    TRADE_COUNTED_FIELD_NUMBER: _ClassVar[int]
    TRADE_RECALLED_FIELD_NUMBER: _ClassVar[int]
    OPERATION_ENDED_FIELD_NUMBER: _ClassVar[int]
    END_SEEN_FIELD_NUMBER: _ClassVar[int]
    PREDECESSOR_ENDED_FIELD_NUMBER: _ClassVar[int]
    LOOK_UP_NEEDED_FIELD_NUMBER: _ClassVar[int]
    LOOKED_UP_FIELD_NUMBER: _ClassVar[int]
    STRAY_FOUND_FIELD_NUMBER: _ClassVar[int]
    moved: Moved
    id_given: IdGiven
    seen: Seen
    trade_counted: TradeCounted
    trade_recalled: TradeRecalled
    operation_ended: OperationEnded
    end_seen: EndSeen
    predecessor_ended: PredecessorEnded
    look_up_needed: LookUpNeeded
    looked_up: LookedUp
    stray_found: StrayFound
    def __init__(self, moved: _Optional[_Union[Moved, _Mapping]] = ..., id_given: _Optional[_Union[IdGiven, _Mapping]] = ..., seen: _Optional[_Union[Seen, _Mapping]] = ..., trade_counted: _Optional[_Union[TradeCounted, _Mapping]] = ..., trade_recalled: _Optional[_Union[TradeRecalled, _Mapping]] = ..., operation_ended: _Optional[_Union[OperationEnded, _Mapping]] = ..., end_seen: _Optional[_Union[EndSeen, _Mapping]] = ..., predecessor_ended: _Optional[_Union[PredecessorEnded, _Mapping]] = ..., look_up_needed: _Optional[_Union[LookUpNeeded, _Mapping]] = ..., looked_up: _Optional[_Union[LookedUp, _Mapping]] = ..., stray_found: _Optional[_Union[StrayFound, _Mapping]] = ...) -> None: ...

class ReleaseToExchange(_message.Message):
    __slots__ = ("order_ids",)
    ORDER_IDS_FIELD_NUMBER: _ClassVar[int]
    order_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, order_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class WithdrawFromExchange(_message.Message):
    __slots__ = ("order_ids",)
    ORDER_IDS_FIELD_NUMBER: _ClassVar[int]
    order_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, order_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class ForwardingRules(_message.Message):
    __slots__ = ("limit_w", "paused", "gate_before_s")
    LIMIT_W_FIELD_NUMBER: _ClassVar[int]
    PAUSED_FIELD_NUMBER: _ClassVar[int]
    GATE_BEFORE_S_FIELD_NUMBER: _ClassVar[int]
    limit_w: int
    paused: bool
    gate_before_s: int
    def __init__(self, limit_w: _Optional[int] = ..., paused: _Optional[bool] = ..., gate_before_s: _Optional[int] = ...) -> None: ...

class DayAheadOffer(_message.Message):
    __slots__ = ("offer_id", "unit_id", "mtu", "side", "quantity_w", "limit_ticks", "mtu_count", "least_permille")
    OFFER_ID_FIELD_NUMBER: _ClassVar[int]
    UNIT_ID_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    SIDE_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_W_FIELD_NUMBER: _ClassVar[int]
    LIMIT_TICKS_FIELD_NUMBER: _ClassVar[int]
    MTU_COUNT_FIELD_NUMBER: _ClassVar[int]
    LEAST_PERMILLE_FIELD_NUMBER: _ClassVar[int]
    offer_id: str
    unit_id: str
    mtu: _common_pb2.Mtu
    side: _orderbook_pb2.Side
    quantity_w: int
    limit_ticks: int
    mtu_count: int
    least_permille: int
    def __init__(self, offer_id: _Optional[str] = ..., unit_id: _Optional[str] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., side: _Optional[_Union[_orderbook_pb2.Side, str]] = ..., quantity_w: _Optional[int] = ..., limit_ticks: _Optional[int] = ..., mtu_count: _Optional[int] = ..., least_permille: _Optional[int] = ...) -> None: ...

class OfferDayAhead(_message.Message):
    __slots__ = ("offers",)
    OFFERS_FIELD_NUMBER: _ClassVar[int]
    offers: _containers.RepeatedCompositeFieldContainer[DayAheadOffer]
    def __init__(self, offers: _Optional[_Iterable[_Union[DayAheadOffer, _Mapping]]] = ...) -> None: ...

class CancelDayAhead(_message.Message):
    __slots__ = ("offer_ids",)
    OFFER_IDS_FIELD_NUMBER: _ClassVar[int]
    offer_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, offer_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class SetAreaRules(_message.Message):
    __slots__ = ("area_id", "on_tightening")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    ON_TIGHTENING_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    on_tightening: OnTightening
    def __init__(self, area_id: _Optional[str] = ..., on_tightening: _Optional[_Union[OnTightening, str]] = ...) -> None: ...

class Award(_message.Message):
    __slots__ = ("client_order_id", "quantity_w", "price_ticks", "start_s")
    CLIENT_ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_W_FIELD_NUMBER: _ClassVar[int]
    PRICE_TICKS_FIELD_NUMBER: _ClassVar[int]
    START_S_FIELD_NUMBER: _ClassVar[int]
    client_order_id: str
    quantity_w: int
    price_ticks: int
    start_s: int
    def __init__(self, client_order_id: _Optional[str] = ..., quantity_w: _Optional[int] = ..., price_ticks: _Optional[int] = ..., start_s: _Optional[int] = ...) -> None: ...

class RecordSubmission(_message.Message):
    __slots__ = ("request_id", "taken", "refused")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    TAKEN_FIELD_NUMBER: _ClassVar[int]
    REFUSED_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    taken: _containers.RepeatedScalarFieldContainer[str]
    refused: _containers.RepeatedCompositeFieldContainer[Refusal]
    def __init__(self, request_id: _Optional[str] = ..., taken: _Optional[_Iterable[str]] = ..., refused: _Optional[_Iterable[_Union[Refusal, _Mapping]]] = ...) -> None: ...

class RecordAwards(_message.Message):
    __slots__ = ("request_id", "day", "revision", "final", "awards")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    DAY_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    FINAL_FIELD_NUMBER: _ClassVar[int]
    AWARDS_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    day: str
    revision: int
    final: bool
    awards: _containers.RepeatedCompositeFieldContainer[Award]
    def __init__(self, request_id: _Optional[str] = ..., day: _Optional[str] = ..., revision: _Optional[int] = ..., final: _Optional[bool] = ..., awards: _Optional[_Iterable[_Union[Award, _Mapping]]] = ...) -> None: ...

class RecordAnswer(_message.Message):
    __slots__ = ("request_id", "intent_id", "number", "outcome", "report", "reasons", "is_operation", "is_stray")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    INTENT_ID_FIELD_NUMBER: _ClassVar[int]
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    REPORT_FIELD_NUMBER: _ClassVar[int]
    REASONS_FIELD_NUMBER: _ClassVar[int]
    IS_OPERATION_FIELD_NUMBER: _ClassVar[int]
    IS_STRAY_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    intent_id: str
    number: int
    outcome: Outcome
    report: Report
    reasons: _containers.RepeatedScalarFieldContainer[str]
    is_operation: bool
    is_stray: bool
    def __init__(self, request_id: _Optional[str] = ..., intent_id: _Optional[str] = ..., number: _Optional[int] = ..., outcome: _Optional[_Union[Outcome, str]] = ..., report: _Optional[_Union[Report, _Mapping]] = ..., reasons: _Optional[_Iterable[str]] = ..., is_operation: _Optional[bool] = ..., is_stray: _Optional[bool] = ...) -> None: ...

class RecordLookUp(_message.Message):
    __slots__ = ("request_id", "intent_id", "asked_s", "failed", "reports")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    INTENT_ID_FIELD_NUMBER: _ClassVar[int]
    ASKED_S_FIELD_NUMBER: _ClassVar[int]
    FAILED_FIELD_NUMBER: _ClassVar[int]
    REPORTS_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    intent_id: str
    asked_s: int
    failed: bool
    reports: _containers.RepeatedCompositeFieldContainer[Report]
    def __init__(self, request_id: _Optional[str] = ..., intent_id: _Optional[str] = ..., asked_s: _Optional[int] = ..., failed: _Optional[bool] = ..., reports: _Optional[_Iterable[_Union[Report, _Mapping]]] = ...) -> None: ...

class Refusal(_message.Message):
    __slots__ = ("key", "reasons")
    KEY_FIELD_NUMBER: _ClassVar[int]
    REASONS_FIELD_NUMBER: _ClassVar[int]
    key: str
    reasons: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, key: _Optional[str] = ..., reasons: _Optional[_Iterable[str]] = ...) -> None: ...

class RecordReports(_message.Message):
    __slots__ = ("reports", "refusals")
    REPORTS_FIELD_NUMBER: _ClassVar[int]
    REFUSALS_FIELD_NUMBER: _ClassVar[int]
    reports: _containers.RepeatedCompositeFieldContainer[Report]
    refusals: _containers.RepeatedCompositeFieldContainer[Refusal]
    def __init__(self, reports: _Optional[_Iterable[_Union[Report, _Mapping]]] = ..., refusals: _Optional[_Iterable[_Union[Refusal, _Mapping]]] = ...) -> None: ...

class RecordConnection(_message.Message):
    __slots__ = ("connected", "reason")
    CONNECTED_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    connected: bool
    reason: str
    def __init__(self, connected: _Optional[bool] = ..., reason: _Optional[str] = ...) -> None: ...

class RecordMarket(_message.Message):
    __slots__ = ("takes_orders", "name")
    TAKES_ORDERS_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    takes_orders: bool
    name: str
    def __init__(self, takes_orders: _Optional[bool] = ..., name: _Optional[str] = ...) -> None: ...

class WholesaleCommand(_message.Message):
    __slots__ = ("release", "withdraw", "set_rules", "offer_day_ahead", "cancel_day_ahead", "set_area_rules", "record_answer", "record_look_up", "record_reports", "record_connection", "record_market", "record_submission", "record_awards")
    RELEASE_FIELD_NUMBER: _ClassVar[int]
    WITHDRAW_FIELD_NUMBER: _ClassVar[int]
    SET_RULES_FIELD_NUMBER: _ClassVar[int]
    OFFER_DAY_AHEAD_FIELD_NUMBER: _ClassVar[int]
    CANCEL_DAY_AHEAD_FIELD_NUMBER: _ClassVar[int]
    SET_AREA_RULES_FIELD_NUMBER: _ClassVar[int]
    RECORD_ANSWER_FIELD_NUMBER: _ClassVar[int]
    RECORD_LOOK_UP_FIELD_NUMBER: _ClassVar[int]
    RECORD_REPORTS_FIELD_NUMBER: _ClassVar[int]
    RECORD_CONNECTION_FIELD_NUMBER: _ClassVar[int]
    RECORD_MARKET_FIELD_NUMBER: _ClassVar[int]
    RECORD_SUBMISSION_FIELD_NUMBER: _ClassVar[int]
    RECORD_AWARDS_FIELD_NUMBER: _ClassVar[int]
    release: ReleaseToExchange
    withdraw: WithdrawFromExchange
    set_rules: ForwardingRules
    offer_day_ahead: OfferDayAhead
    cancel_day_ahead: CancelDayAhead
    set_area_rules: SetAreaRules
    record_answer: RecordAnswer
    record_look_up: RecordLookUp
    record_reports: RecordReports
    record_connection: RecordConnection
    record_market: RecordMarket
    record_submission: RecordSubmission
    record_awards: RecordAwards
    def __init__(self, release: _Optional[_Union[ReleaseToExchange, _Mapping]] = ..., withdraw: _Optional[_Union[WithdrawFromExchange, _Mapping]] = ..., set_rules: _Optional[_Union[ForwardingRules, _Mapping]] = ..., offer_day_ahead: _Optional[_Union[OfferDayAhead, _Mapping]] = ..., cancel_day_ahead: _Optional[_Union[CancelDayAhead, _Mapping]] = ..., set_area_rules: _Optional[_Union[SetAreaRules, _Mapping]] = ..., record_answer: _Optional[_Union[RecordAnswer, _Mapping]] = ..., record_look_up: _Optional[_Union[RecordLookUp, _Mapping]] = ..., record_reports: _Optional[_Union[RecordReports, _Mapping]] = ..., record_connection: _Optional[_Union[RecordConnection, _Mapping]] = ..., record_market: _Optional[_Union[RecordMarket, _Mapping]] = ..., record_submission: _Optional[_Union[RecordSubmission, _Mapping]] = ..., record_awards: _Optional[_Union[RecordAwards, _Mapping]] = ...) -> None: ...

class RulesSet(_message.Message):
    __slots__ = ("party", "rules")
    PARTY_FIELD_NUMBER: _ClassVar[int]
    RULES_FIELD_NUMBER: _ClassVar[int]
    party: str
    rules: ForwardingRules
    def __init__(self, party: _Optional[str] = ..., rules: _Optional[_Union[ForwardingRules, _Mapping]] = ...) -> None: ...

class ConnectionChanged(_message.Message):
    __slots__ = ("connected", "reason", "at_ms")
    CONNECTED_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    AT_MS_FIELD_NUMBER: _ClassVar[int]
    connected: bool
    reason: str
    at_ms: int
    def __init__(self, connected: _Optional[bool] = ..., reason: _Optional[str] = ..., at_ms: _Optional[int] = ...) -> None: ...

class MarketChanged(_message.Message):
    __slots__ = ("takes_orders", "name")
    TAKES_ORDERS_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    takes_orders: bool
    name: str
    def __init__(self, takes_orders: _Optional[bool] = ..., name: _Optional[str] = ...) -> None: ...

class LeftoverReleased(_message.Message):
    __slots__ = ("order_id", "party")
    ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    PARTY_FIELD_NUMBER: _ClassVar[int]
    order_id: str
    party: str
    def __init__(self, order_id: _Optional[str] = ..., party: _Optional[str] = ...) -> None: ...

class LeftoverWithdrawn(_message.Message):
    __slots__ = ("order_id", "party")
    ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    PARTY_FIELD_NUMBER: _ClassVar[int]
    order_id: str
    party: str
    def __init__(self, order_id: _Optional[str] = ..., party: _Optional[str] = ...) -> None: ...

class Member(_message.Message):
    __slots__ = ("order_id", "quantity_w")
    ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_W_FIELD_NUMBER: _ClassVar[int]
    order_id: str
    quantity_w: int
    def __init__(self, order_id: _Optional[str] = ..., quantity_w: _Optional[int] = ...) -> None: ...

class ExternalWanted(_message.Message):
    __slots__ = ("intent_id", "area_id", "terms", "headroom_deadline_s", "headroom_deadline_step", "members")
    INTENT_ID_FIELD_NUMBER: _ClassVar[int]
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    TERMS_FIELD_NUMBER: _ClassVar[int]
    HEADROOM_DEADLINE_S_FIELD_NUMBER: _ClassVar[int]
    HEADROOM_DEADLINE_STEP_FIELD_NUMBER: _ClassVar[int]
    MEMBERS_FIELD_NUMBER: _ClassVar[int]
    intent_id: str
    area_id: str
    terms: ExternalTerms
    headroom_deadline_s: int
    headroom_deadline_step: int
    members: _containers.RepeatedCompositeFieldContainer[Member]
    def __init__(self, intent_id: _Optional[str] = ..., area_id: _Optional[str] = ..., terms: _Optional[_Union[ExternalTerms, _Mapping]] = ..., headroom_deadline_s: _Optional[int] = ..., headroom_deadline_step: _Optional[int] = ..., members: _Optional[_Iterable[_Union[Member, _Mapping]]] = ...) -> None: ...

class RoomAsked(_message.Message):
    __slots__ = ("intent_id", "reservation", "trade_id")
    INTENT_ID_FIELD_NUMBER: _ClassVar[int]
    RESERVATION_FIELD_NUMBER: _ClassVar[int]
    TRADE_ID_FIELD_NUMBER: _ClassVar[int]
    intent_id: str
    reservation: _orderbook_pb2.ReserveHeadroom
    trade_id: str
    def __init__(self, intent_id: _Optional[str] = ..., reservation: _Optional[_Union[_orderbook_pb2.ReserveHeadroom, _Mapping]] = ..., trade_id: _Optional[str] = ...) -> None: ...

class RoomHeld(_message.Message):
    __slots__ = ("reservation_id",)
    RESERVATION_ID_FIELD_NUMBER: _ClassVar[int]
    reservation_id: str
    def __init__(self, reservation_id: _Optional[str] = ...) -> None: ...

class RoomConfirmed(_message.Message):
    __slots__ = ("reservation_id", "area_id", "changes", "result_id")
    RESERVATION_ID_FIELD_NUMBER: _ClassVar[int]
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    CHANGES_FIELD_NUMBER: _ClassVar[int]
    RESULT_ID_FIELD_NUMBER: _ClassVar[int]
    reservation_id: str
    area_id: str
    changes: _containers.RepeatedCompositeFieldContainer[_orderbook_pb2.NodeChange]
    result_id: str
    def __init__(self, reservation_id: _Optional[str] = ..., area_id: _Optional[str] = ..., changes: _Optional[_Iterable[_Union[_orderbook_pb2.NodeChange, _Mapping]]] = ..., result_id: _Optional[str] = ...) -> None: ...

class RoomCharged(_message.Message):
    __slots__ = ("reservation_id", "dnut_micro_euro")
    RESERVATION_ID_FIELD_NUMBER: _ClassVar[int]
    DNUT_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    reservation_id: str
    dnut_micro_euro: int
    def __init__(self, reservation_id: _Optional[str] = ..., dnut_micro_euro: _Optional[int] = ...) -> None: ...

class RoomReleased(_message.Message):
    __slots__ = ("reservation_id", "area_id", "reason")
    RESERVATION_ID_FIELD_NUMBER: _ClassVar[int]
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    reservation_id: str
    area_id: str
    reason: str
    def __init__(self, reservation_id: _Optional[str] = ..., area_id: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class RoomDenied(_message.Message):
    __slots__ = ("reservation_id", "asked", "rejection")
    RESERVATION_ID_FIELD_NUMBER: _ClassVar[int]
    ASKED_FIELD_NUMBER: _ClassVar[int]
    REJECTION_FIELD_NUMBER: _ClassVar[int]
    reservation_id: str
    asked: str
    rejection: _common_pb2.Rejection
    def __init__(self, reservation_id: _Optional[str] = ..., asked: _Optional[str] = ..., rejection: _Optional[_Union[_common_pb2.Rejection, _Mapping]] = ...) -> None: ...

class WithdrawalWanted(_message.Message):
    __slots__ = ("intent_id", "reason")
    INTENT_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    intent_id: str
    reason: str
    def __init__(self, intent_id: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class EntryAsked(_message.Message):
    __slots__ = ("request_id", "intent_id", "attempt", "at_s", "terms")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    INTENT_ID_FIELD_NUMBER: _ClassVar[int]
    ATTEMPT_FIELD_NUMBER: _ClassVar[int]
    AT_S_FIELD_NUMBER: _ClassVar[int]
    TERMS_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    intent_id: str
    attempt: int
    at_s: int
    terms: ExternalTerms
    def __init__(self, request_id: _Optional[str] = ..., intent_id: _Optional[str] = ..., attempt: _Optional[int] = ..., at_s: _Optional[int] = ..., terms: _Optional[_Union[ExternalTerms, _Mapping]] = ...) -> None: ...

class OperationSent(_message.Message):
    __slots__ = ("request_id", "intent_id", "external_id", "operation")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    INTENT_ID_FIELD_NUMBER: _ClassVar[int]
    EXTERNAL_ID_FIELD_NUMBER: _ClassVar[int]
    OPERATION_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    intent_id: str
    external_id: str
    operation: Operation
    def __init__(self, request_id: _Optional[str] = ..., intent_id: _Optional[str] = ..., external_id: _Optional[str] = ..., operation: _Optional[_Union[Operation, _Mapping]] = ...) -> None: ...

class StrayCancelAsked(_message.Message):
    __slots__ = ("request_id", "intent_id", "external_id")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    INTENT_ID_FIELD_NUMBER: _ClassVar[int]
    EXTERNAL_ID_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    intent_id: str
    external_id: str
    def __init__(self, request_id: _Optional[str] = ..., intent_id: _Optional[str] = ..., external_id: _Optional[str] = ...) -> None: ...

class LookUpAsked(_message.Message):
    __slots__ = ("request_id", "intent_id", "at_s", "terms")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    INTENT_ID_FIELD_NUMBER: _ClassVar[int]
    AT_S_FIELD_NUMBER: _ClassVar[int]
    TERMS_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    intent_id: str
    at_s: int
    terms: ExternalTerms
    def __init__(self, request_id: _Optional[str] = ..., intent_id: _Optional[str] = ..., at_s: _Optional[int] = ..., terms: _Optional[_Union[ExternalTerms, _Mapping]] = ...) -> None: ...

class RequestEnded(_message.Message):
    __slots__ = ("request_id",)
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    def __init__(self, request_id: _Optional[str] = ...) -> None: ...

class ExternalChanged(_message.Message):
    __slots__ = ("intent_id", "steps", "stage", "filled_w", "open_w", "at_ms")
    INTENT_ID_FIELD_NUMBER: _ClassVar[int]
    STEPS_FIELD_NUMBER: _ClassVar[int]
    STAGE_FIELD_NUMBER: _ClassVar[int]
    FILLED_W_FIELD_NUMBER: _ClassVar[int]
    OPEN_W_FIELD_NUMBER: _ClassVar[int]
    AT_MS_FIELD_NUMBER: _ClassVar[int]
    intent_id: str
    steps: _containers.RepeatedCompositeFieldContainer[ExternalStep]
    stage: Stage
    filled_w: int
    open_w: int
    at_ms: int
    def __init__(self, intent_id: _Optional[str] = ..., steps: _Optional[_Iterable[_Union[ExternalStep, _Mapping]]] = ..., stage: _Optional[_Union[Stage, str]] = ..., filled_w: _Optional[int] = ..., open_w: _Optional[int] = ..., at_ms: _Optional[int] = ...) -> None: ...

class FillSplit(_message.Message):
    __slots__ = ("intent_id", "trade_id", "shares", "excess_w")
    INTENT_ID_FIELD_NUMBER: _ClassVar[int]
    TRADE_ID_FIELD_NUMBER: _ClassVar[int]
    SHARES_FIELD_NUMBER: _ClassVar[int]
    EXCESS_W_FIELD_NUMBER: _ClassVar[int]
    intent_id: str
    trade_id: str
    shares: _containers.RepeatedCompositeFieldContainer[Member]
    excess_w: int
    def __init__(self, intent_id: _Optional[str] = ..., trade_id: _Optional[str] = ..., shares: _Optional[_Iterable[_Union[Member, _Mapping]]] = ..., excess_w: _Optional[int] = ...) -> None: ...

class ExternalEnded(_message.Message):
    __slots__ = ("intent_id", "reason", "retry_s")
    INTENT_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    RETRY_S_FIELD_NUMBER: _ClassVar[int]
    intent_id: str
    reason: str
    retry_s: int
    def __init__(self, intent_id: _Optional[str] = ..., reason: _Optional[str] = ..., retry_s: _Optional[int] = ...) -> None: ...

class HibernationWanted(_message.Message):
    __slots__ = ("intent_id", "reason")
    INTENT_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    intent_id: str
    reason: str
    def __init__(self, intent_id: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class AreaRulesSet(_message.Message):
    __slots__ = ("party", "area_id", "on_tightening")
    PARTY_FIELD_NUMBER: _ClassVar[int]
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    ON_TIGHTENING_FIELD_NUMBER: _ClassVar[int]
    party: str
    area_id: str
    on_tightening: OnTightening
    def __init__(self, party: _Optional[str] = ..., area_id: _Optional[str] = ..., on_tightening: _Optional[_Union[OnTightening, str]] = ...) -> None: ...

class DayAheadOffered(_message.Message):
    __slots__ = ("order",)
    ORDER_FIELD_NUMBER: _ClassVar[int]
    order: ForwardableOrder
    def __init__(self, order: _Optional[_Union[ForwardableOrder, _Mapping]] = ...) -> None: ...

class DayAheadCancelled(_message.Message):
    __slots__ = ("order_id", "party")
    ORDER_ID_FIELD_NUMBER: _ClassVar[int]
    PARTY_FIELD_NUMBER: _ClassVar[int]
    order_id: str
    party: str
    def __init__(self, order_id: _Optional[str] = ..., party: _Optional[str] = ...) -> None: ...

class CurveStep(_message.Message):
    __slots__ = ("price_ticks", "members")
    PRICE_TICKS_FIELD_NUMBER: _ClassVar[int]
    MEMBERS_FIELD_NUMBER: _ClassVar[int]
    price_ticks: int
    members: _containers.RepeatedCompositeFieldContainer[Member]
    def __init__(self, price_ticks: _Optional[int] = ..., members: _Optional[_Iterable[_Union[Member, _Mapping]]] = ...) -> None: ...

class CurveWanted(_message.Message):
    __slots__ = ("intent_id", "day", "area_id", "mtu", "side", "steps", "deadline_s", "deadline_step", "mtu_count", "least_permille")
    INTENT_ID_FIELD_NUMBER: _ClassVar[int]
    DAY_FIELD_NUMBER: _ClassVar[int]
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    SIDE_FIELD_NUMBER: _ClassVar[int]
    STEPS_FIELD_NUMBER: _ClassVar[int]
    DEADLINE_S_FIELD_NUMBER: _ClassVar[int]
    DEADLINE_STEP_FIELD_NUMBER: _ClassVar[int]
    MTU_COUNT_FIELD_NUMBER: _ClassVar[int]
    LEAST_PERMILLE_FIELD_NUMBER: _ClassVar[int]
    intent_id: str
    day: str
    area_id: str
    mtu: _common_pb2.Mtu
    side: _orderbook_pb2.Side
    steps: _containers.RepeatedCompositeFieldContainer[CurveStep]
    deadline_s: int
    deadline_step: int
    mtu_count: int
    least_permille: int
    def __init__(self, intent_id: _Optional[str] = ..., day: _Optional[str] = ..., area_id: _Optional[str] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., side: _Optional[_Union[_orderbook_pb2.Side, str]] = ..., steps: _Optional[_Iterable[_Union[CurveStep, _Mapping]]] = ..., deadline_s: _Optional[int] = ..., deadline_step: _Optional[int] = ..., mtu_count: _Optional[int] = ..., least_permille: _Optional[int] = ...) -> None: ...

class CurveMoved(_message.Message):
    __slots__ = ("intent_id", "stage", "reason")
    INTENT_ID_FIELD_NUMBER: _ClassVar[int]
    STAGE_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    intent_id: str
    stage: CurveStage
    reason: str
    def __init__(self, intent_id: _Optional[str] = ..., stage: _Optional[_Union[CurveStage, str]] = ..., reason: _Optional[str] = ...) -> None: ...

class CurveLevel(_message.Message):
    __slots__ = ("price_ticks", "quantity_w")
    PRICE_TICKS_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_W_FIELD_NUMBER: _ClassVar[int]
    price_ticks: int
    quantity_w: int
    def __init__(self, price_ticks: _Optional[int] = ..., quantity_w: _Optional[int] = ...) -> None: ...

class CurveSent(_message.Message):
    __slots__ = ("intent_id", "mtu", "side", "steps", "mtu_count", "least_permille")
    INTENT_ID_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    SIDE_FIELD_NUMBER: _ClassVar[int]
    STEPS_FIELD_NUMBER: _ClassVar[int]
    MTU_COUNT_FIELD_NUMBER: _ClassVar[int]
    LEAST_PERMILLE_FIELD_NUMBER: _ClassVar[int]
    intent_id: str
    mtu: _common_pb2.Mtu
    side: _orderbook_pb2.Side
    steps: _containers.RepeatedCompositeFieldContainer[CurveLevel]
    mtu_count: int
    least_permille: int
    def __init__(self, intent_id: _Optional[str] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., side: _Optional[_Union[_orderbook_pb2.Side, str]] = ..., steps: _Optional[_Iterable[_Union[CurveLevel, _Mapping]]] = ..., mtu_count: _Optional[int] = ..., least_permille: _Optional[int] = ...) -> None: ...

class SubmissionAsked(_message.Message):
    __slots__ = ("request_id", "day", "at_s", "curves")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    DAY_FIELD_NUMBER: _ClassVar[int]
    AT_S_FIELD_NUMBER: _ClassVar[int]
    CURVES_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    day: str
    at_s: int
    curves: _containers.RepeatedCompositeFieldContainer[CurveSent]
    def __init__(self, request_id: _Optional[str] = ..., day: _Optional[str] = ..., at_s: _Optional[int] = ..., curves: _Optional[_Iterable[_Union[CurveSent, _Mapping]]] = ...) -> None: ...

class AwardsAsked(_message.Message):
    __slots__ = ("request_id", "day", "at_s")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    DAY_FIELD_NUMBER: _ClassVar[int]
    AT_S_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    day: str
    at_s: int
    def __init__(self, request_id: _Optional[str] = ..., day: _Optional[str] = ..., at_s: _Optional[int] = ...) -> None: ...

class CurveAwarded(_message.Message):
    __slots__ = ("intent_id", "revision", "quantity_w", "price_ticks", "shares", "start_s")
    INTENT_ID_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_W_FIELD_NUMBER: _ClassVar[int]
    PRICE_TICKS_FIELD_NUMBER: _ClassVar[int]
    SHARES_FIELD_NUMBER: _ClassVar[int]
    START_S_FIELD_NUMBER: _ClassVar[int]
    intent_id: str
    revision: int
    quantity_w: int
    price_ticks: int
    shares: _containers.RepeatedCompositeFieldContainer[Member]
    start_s: int
    def __init__(self, intent_id: _Optional[str] = ..., revision: _Optional[int] = ..., quantity_w: _Optional[int] = ..., price_ticks: _Optional[int] = ..., shares: _Optional[_Iterable[_Union[Member, _Mapping]]] = ..., start_s: _Optional[int] = ...) -> None: ...

class AwardBeyondRoom(_message.Message):
    __slots__ = ("intent_id", "area_id", "mtu", "revision", "unheld_w", "rejection")
    INTENT_ID_FIELD_NUMBER: _ClassVar[int]
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    UNHELD_W_FIELD_NUMBER: _ClassVar[int]
    REJECTION_FIELD_NUMBER: _ClassVar[int]
    intent_id: str
    area_id: str
    mtu: _common_pb2.Mtu
    revision: int
    unheld_w: int
    rejection: _common_pb2.Rejection
    def __init__(self, intent_id: _Optional[str] = ..., area_id: _Optional[str] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., revision: _Optional[int] = ..., unheld_w: _Optional[int] = ..., rejection: _Optional[_Union[_common_pb2.Rejection, _Mapping]] = ...) -> None: ...

class WholesaleEvent(_message.Message):
    __slots__ = ("rules_set", "connection_changed", "market_changed", "released", "withdrawn", "wanted", "room_asked", "room_held", "room_confirmed", "room_released", "room_denied", "withdrawal_wanted", "entry_asked", "operation_sent", "stray_cancel_asked", "look_up_asked", "request_ended", "changed", "fill_split", "ended", "result", "room_charged", "day_ahead_offered", "curve_wanted", "curve_moved", "submission_asked", "awards_asked", "curve_awarded", "day_ahead_cancelled", "award_beyond_room", "hibernation_wanted", "area_rules_set")
    RULES_SET_FIELD_NUMBER: _ClassVar[int]
    CONNECTION_CHANGED_FIELD_NUMBER: _ClassVar[int]
    MARKET_CHANGED_FIELD_NUMBER: _ClassVar[int]
    RELEASED_FIELD_NUMBER: _ClassVar[int]
    WITHDRAWN_FIELD_NUMBER: _ClassVar[int]
    WANTED_FIELD_NUMBER: _ClassVar[int]
    ROOM_ASKED_FIELD_NUMBER: _ClassVar[int]
    ROOM_HELD_FIELD_NUMBER: _ClassVar[int]
    ROOM_CONFIRMED_FIELD_NUMBER: _ClassVar[int]
    ROOM_RELEASED_FIELD_NUMBER: _ClassVar[int]
    ROOM_DENIED_FIELD_NUMBER: _ClassVar[int]
    WITHDRAWAL_WANTED_FIELD_NUMBER: _ClassVar[int]
    ENTRY_ASKED_FIELD_NUMBER: _ClassVar[int]
    OPERATION_SENT_FIELD_NUMBER: _ClassVar[int]
    STRAY_CANCEL_ASKED_FIELD_NUMBER: _ClassVar[int]
    LOOK_UP_ASKED_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ENDED_FIELD_NUMBER: _ClassVar[int]
    CHANGED_FIELD_NUMBER: _ClassVar[int]
    FILL_SPLIT_FIELD_NUMBER: _ClassVar[int]
    ENDED_FIELD_NUMBER: _ClassVar[int]
    RESULT_FIELD_NUMBER: _ClassVar[int]
    ROOM_CHARGED_FIELD_NUMBER: _ClassVar[int]
    DAY_AHEAD_OFFERED_FIELD_NUMBER: _ClassVar[int]
    CURVE_WANTED_FIELD_NUMBER: _ClassVar[int]
    CURVE_MOVED_FIELD_NUMBER: _ClassVar[int]
    SUBMISSION_ASKED_FIELD_NUMBER: _ClassVar[int]
    AWARDS_ASKED_FIELD_NUMBER: _ClassVar[int]
    CURVE_AWARDED_FIELD_NUMBER: _ClassVar[int]
    DAY_AHEAD_CANCELLED_FIELD_NUMBER: _ClassVar[int]
    AWARD_BEYOND_ROOM_FIELD_NUMBER: _ClassVar[int]
    HIBERNATION_WANTED_FIELD_NUMBER: _ClassVar[int]
    AREA_RULES_SET_FIELD_NUMBER: _ClassVar[int]
    rules_set: RulesSet
    connection_changed: ConnectionChanged
    market_changed: MarketChanged
    released: LeftoverReleased
    withdrawn: LeftoverWithdrawn
    wanted: ExternalWanted
    room_asked: RoomAsked
    room_held: RoomHeld
    room_confirmed: RoomConfirmed
    room_released: RoomReleased
    room_denied: RoomDenied
    withdrawal_wanted: WithdrawalWanted
    entry_asked: EntryAsked
    operation_sent: OperationSent
    stray_cancel_asked: StrayCancelAsked
    look_up_asked: LookUpAsked
    request_ended: RequestEnded
    changed: ExternalChanged
    fill_split: FillSplit
    ended: ExternalEnded
    result: _external_pb2.ExternalResult
    room_charged: RoomCharged
    day_ahead_offered: DayAheadOffered
    curve_wanted: CurveWanted
    curve_moved: CurveMoved
    submission_asked: SubmissionAsked
    awards_asked: AwardsAsked
    curve_awarded: CurveAwarded
    day_ahead_cancelled: DayAheadCancelled
    award_beyond_room: AwardBeyondRoom
    hibernation_wanted: HibernationWanted
    area_rules_set: AreaRulesSet
    def __init__(self, rules_set: _Optional[_Union[RulesSet, _Mapping]] = ..., connection_changed: _Optional[_Union[ConnectionChanged, _Mapping]] = ..., market_changed: _Optional[_Union[MarketChanged, _Mapping]] = ..., released: _Optional[_Union[LeftoverReleased, _Mapping]] = ..., withdrawn: _Optional[_Union[LeftoverWithdrawn, _Mapping]] = ..., wanted: _Optional[_Union[ExternalWanted, _Mapping]] = ..., room_asked: _Optional[_Union[RoomAsked, _Mapping]] = ..., room_held: _Optional[_Union[RoomHeld, _Mapping]] = ..., room_confirmed: _Optional[_Union[RoomConfirmed, _Mapping]] = ..., room_released: _Optional[_Union[RoomReleased, _Mapping]] = ..., room_denied: _Optional[_Union[RoomDenied, _Mapping]] = ..., withdrawal_wanted: _Optional[_Union[WithdrawalWanted, _Mapping]] = ..., entry_asked: _Optional[_Union[EntryAsked, _Mapping]] = ..., operation_sent: _Optional[_Union[OperationSent, _Mapping]] = ..., stray_cancel_asked: _Optional[_Union[StrayCancelAsked, _Mapping]] = ..., look_up_asked: _Optional[_Union[LookUpAsked, _Mapping]] = ..., request_ended: _Optional[_Union[RequestEnded, _Mapping]] = ..., changed: _Optional[_Union[ExternalChanged, _Mapping]] = ..., fill_split: _Optional[_Union[FillSplit, _Mapping]] = ..., ended: _Optional[_Union[ExternalEnded, _Mapping]] = ..., result: _Optional[_Union[_external_pb2.ExternalResult, _Mapping]] = ..., room_charged: _Optional[_Union[RoomCharged, _Mapping]] = ..., day_ahead_offered: _Optional[_Union[DayAheadOffered, _Mapping]] = ..., curve_wanted: _Optional[_Union[CurveWanted, _Mapping]] = ..., curve_moved: _Optional[_Union[CurveMoved, _Mapping]] = ..., submission_asked: _Optional[_Union[SubmissionAsked, _Mapping]] = ..., awards_asked: _Optional[_Union[AwardsAsked, _Mapping]] = ..., curve_awarded: _Optional[_Union[CurveAwarded, _Mapping]] = ..., day_ahead_cancelled: _Optional[_Union[DayAheadCancelled, _Mapping]] = ..., award_beyond_room: _Optional[_Union[AwardBeyondRoom, _Mapping]] = ..., hibernation_wanted: _Optional[_Union[HibernationWanted, _Mapping]] = ..., area_rules_set: _Optional[_Union[AreaRulesSet, _Mapping]] = ...) -> None: ...

class SubmitRequest(_message.Message):
    __slots__ = ("command_id", "expires_at_ms", "command")
    COMMAND_ID_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_AT_MS_FIELD_NUMBER: _ClassVar[int]
    COMMAND_FIELD_NUMBER: _ClassVar[int]
    command_id: str
    expires_at_ms: int
    command: WholesaleCommand
    def __init__(self, command_id: _Optional[str] = ..., expires_at_ms: _Optional[int] = ..., command: _Optional[_Union[WholesaleCommand, _Mapping]] = ...) -> None: ...

class SubmitResponse(_message.Message):
    __slots__ = ("receipt",)
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    receipt: _common_pb2.CommandReceipt
    def __init__(self, receipt: _Optional[_Union[_common_pb2.CommandReceipt, _Mapping]] = ...) -> None: ...

class ListExternalOrdersRequest(_message.Message):
    __slots__ = ("area_id", "open_only", "min_position")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    OPEN_ONLY_FIELD_NUMBER: _ClassVar[int]
    MIN_POSITION_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    open_only: bool
    min_position: _common_pb2.LogPosition
    def __init__(self, area_id: _Optional[str] = ..., open_only: _Optional[bool] = ..., min_position: _Optional[_Union[_common_pb2.LogPosition, _Mapping]] = ...) -> None: ...

class ExternalOrderView(_message.Message):
    __slots__ = ("intent_id", "area_id", "terms", "stage", "filled_w", "open_w", "members", "reasons", "external_id")
    INTENT_ID_FIELD_NUMBER: _ClassVar[int]
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    TERMS_FIELD_NUMBER: _ClassVar[int]
    STAGE_FIELD_NUMBER: _ClassVar[int]
    FILLED_W_FIELD_NUMBER: _ClassVar[int]
    OPEN_W_FIELD_NUMBER: _ClassVar[int]
    MEMBERS_FIELD_NUMBER: _ClassVar[int]
    REASONS_FIELD_NUMBER: _ClassVar[int]
    EXTERNAL_ID_FIELD_NUMBER: _ClassVar[int]
    intent_id: str
    area_id: str
    terms: ExternalTerms
    stage: Stage
    filled_w: int
    open_w: int
    members: _containers.RepeatedCompositeFieldContainer[Member]
    reasons: _containers.RepeatedScalarFieldContainer[str]
    external_id: str
    def __init__(self, intent_id: _Optional[str] = ..., area_id: _Optional[str] = ..., terms: _Optional[_Union[ExternalTerms, _Mapping]] = ..., stage: _Optional[_Union[Stage, str]] = ..., filled_w: _Optional[int] = ..., open_w: _Optional[int] = ..., members: _Optional[_Iterable[_Union[Member, _Mapping]]] = ..., reasons: _Optional[_Iterable[str]] = ..., external_id: _Optional[str] = ...) -> None: ...

class ListExternalOrdersResponse(_message.Message):
    __slots__ = ("orders",)
    ORDERS_FIELD_NUMBER: _ClassVar[int]
    orders: _containers.RepeatedCompositeFieldContainer[ExternalOrderView]
    def __init__(self, orders: _Optional[_Iterable[_Union[ExternalOrderView, _Mapping]]] = ...) -> None: ...

class ListLeftoversRequest(_message.Message):
    __slots__ = ("min_position",)
    MIN_POSITION_FIELD_NUMBER: _ClassVar[int]
    min_position: _common_pb2.LogPosition
    def __init__(self, min_position: _Optional[_Union[_common_pb2.LogPosition, _Mapping]] = ...) -> None: ...

class LeftoverView(_message.Message):
    __slots__ = ("order", "left_w", "released", "withdrawn")
    ORDER_FIELD_NUMBER: _ClassVar[int]
    LEFT_W_FIELD_NUMBER: _ClassVar[int]
    RELEASED_FIELD_NUMBER: _ClassVar[int]
    WITHDRAWN_FIELD_NUMBER: _ClassVar[int]
    order: ForwardableOrder
    left_w: int
    released: bool
    withdrawn: bool
    def __init__(self, order: _Optional[_Union[ForwardableOrder, _Mapping]] = ..., left_w: _Optional[int] = ..., released: _Optional[bool] = ..., withdrawn: _Optional[bool] = ...) -> None: ...

class ListLeftoversResponse(_message.Message):
    __slots__ = ("leftovers",)
    LEFTOVERS_FIELD_NUMBER: _ClassVar[int]
    leftovers: _containers.RepeatedCompositeFieldContainer[LeftoverView]
    def __init__(self, leftovers: _Optional[_Iterable[_Union[LeftoverView, _Mapping]]] = ...) -> None: ...

class GetStatusRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class GetStatusResponse(_message.Message):
    __slots__ = ("configured", "connected", "reason", "takes_orders", "market_status", "rules", "open_orders", "forwarding", "unheld_w", "area_rules")
    CONFIGURED_FIELD_NUMBER: _ClassVar[int]
    CONNECTED_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    TAKES_ORDERS_FIELD_NUMBER: _ClassVar[int]
    MARKET_STATUS_FIELD_NUMBER: _ClassVar[int]
    RULES_FIELD_NUMBER: _ClassVar[int]
    OPEN_ORDERS_FIELD_NUMBER: _ClassVar[int]
    FORWARDING_FIELD_NUMBER: _ClassVar[int]
    UNHELD_W_FIELD_NUMBER: _ClassVar[int]
    AREA_RULES_FIELD_NUMBER: _ClassVar[int]
    configured: bool
    connected: bool
    reason: str
    takes_orders: bool
    market_status: str
    rules: ForwardingRules
    open_orders: int
    forwarding: bool
    unheld_w: int
    area_rules: _containers.RepeatedCompositeFieldContainer[SetAreaRules]
    def __init__(self, configured: _Optional[bool] = ..., connected: _Optional[bool] = ..., reason: _Optional[str] = ..., takes_orders: _Optional[bool] = ..., market_status: _Optional[str] = ..., rules: _Optional[_Union[ForwardingRules, _Mapping]] = ..., open_orders: _Optional[int] = ..., forwarding: _Optional[bool] = ..., unheld_w: _Optional[int] = ..., area_rules: _Optional[_Iterable[_Union[SetAreaRules, _Mapping]]] = ...) -> None: ...

class ListDayAheadOffersRequest(_message.Message):
    __slots__ = ("min_position",)
    MIN_POSITION_FIELD_NUMBER: _ClassVar[int]
    min_position: _common_pb2.LogPosition
    def __init__(self, min_position: _Optional[_Union[_common_pb2.LogPosition, _Mapping]] = ...) -> None: ...

class OfferAward(_message.Message):
    __slots__ = ("start_s", "quantity_w", "price_ticks")
    START_S_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_W_FIELD_NUMBER: _ClassVar[int]
    PRICE_TICKS_FIELD_NUMBER: _ClassVar[int]
    start_s: int
    quantity_w: int
    price_ticks: int
    def __init__(self, start_s: _Optional[int] = ..., quantity_w: _Optional[int] = ..., price_ticks: _Optional[int] = ...) -> None: ...

class DayAheadOfferView(_message.Message):
    __slots__ = ("order", "stage", "submitted_w", "revision", "awards", "reason")
    ORDER_FIELD_NUMBER: _ClassVar[int]
    STAGE_FIELD_NUMBER: _ClassVar[int]
    SUBMITTED_W_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    AWARDS_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    order: ForwardableOrder
    stage: CurveStage
    submitted_w: int
    revision: int
    awards: _containers.RepeatedCompositeFieldContainer[OfferAward]
    reason: str
    def __init__(self, order: _Optional[_Union[ForwardableOrder, _Mapping]] = ..., stage: _Optional[_Union[CurveStage, str]] = ..., submitted_w: _Optional[int] = ..., revision: _Optional[int] = ..., awards: _Optional[_Iterable[_Union[OfferAward, _Mapping]]] = ..., reason: _Optional[str] = ...) -> None: ...

class ListDayAheadOffersResponse(_message.Message):
    __slots__ = ("offers",)
    OFFERS_FIELD_NUMBER: _ClassVar[int]
    offers: _containers.RepeatedCompositeFieldContainer[DayAheadOfferView]
    def __init__(self, offers: _Optional[_Iterable[_Union[DayAheadOfferView, _Mapping]]] = ...) -> None: ...
