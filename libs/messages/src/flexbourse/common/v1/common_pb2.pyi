from google.protobuf import any_pb2 as _any_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Mtu(_message.Message):
    __slots__ = ("start_s", "length_s")
    START_S_FIELD_NUMBER: _ClassVar[int]
    LENGTH_S_FIELD_NUMBER: _ClassVar[int]
    start_s: int
    length_s: int
    def __init__(self, start_s: _Optional[int] = ..., length_s: _Optional[int] = ...) -> None: ...

class Rejection(_message.Message):
    __slots__ = ("code", "number", "field", "rule", "element", "value", "limit", "unit", "headroom_w", "next_best")
    CODE_FIELD_NUMBER: _ClassVar[int]
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    FIELD_FIELD_NUMBER: _ClassVar[int]
    RULE_FIELD_NUMBER: _ClassVar[int]
    ELEMENT_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    UNIT_FIELD_NUMBER: _ClassVar[int]
    HEADROOM_W_FIELD_NUMBER: _ClassVar[int]
    NEXT_BEST_FIELD_NUMBER: _ClassVar[int]
    code: str
    number: int
    field: str
    rule: str
    element: str
    value: int
    limit: int
    unit: str
    headroom_w: int
    next_best: NextBest
    def __init__(self, code: _Optional[str] = ..., number: _Optional[int] = ..., field: _Optional[str] = ..., rule: _Optional[str] = ..., element: _Optional[str] = ..., value: _Optional[int] = ..., limit: _Optional[int] = ..., unit: _Optional[str] = ..., headroom_w: _Optional[int] = ..., next_best: _Optional[_Union[NextBest, _Mapping]] = ...) -> None: ...

class NextBest(_message.Message):
    __slots__ = ("quantity_w", "next_mtu", "nearest_node_id")
    QUANTITY_W_FIELD_NUMBER: _ClassVar[int]
    NEXT_MTU_FIELD_NUMBER: _ClassVar[int]
    NEAREST_NODE_ID_FIELD_NUMBER: _ClassVar[int]
    quantity_w: int
    next_mtu: Mtu
    nearest_node_id: str
    def __init__(self, quantity_w: _Optional[int] = ..., next_mtu: _Optional[_Union[Mtu, _Mapping]] = ..., nearest_node_id: _Optional[str] = ...) -> None: ...

class LogPosition(_message.Message):
    __slots__ = ("topic", "partition", "offset")
    TOPIC_FIELD_NUMBER: _ClassVar[int]
    PARTITION_FIELD_NUMBER: _ClassVar[int]
    OFFSET_FIELD_NUMBER: _ClassVar[int]
    topic: str
    partition: int
    offset: int
    def __init__(self, topic: _Optional[str] = ..., partition: _Optional[int] = ..., offset: _Optional[int] = ...) -> None: ...

class Rejections(_message.Message):
    __slots__ = ("rejections",)
    REJECTIONS_FIELD_NUMBER: _ClassVar[int]
    rejections: _containers.RepeatedCompositeFieldContainer[Rejection]
    def __init__(self, rejections: _Optional[_Iterable[_Union[Rejection, _Mapping]]] = ...) -> None: ...

class Result(_message.Message):
    __slots__ = ("id", "rejection", "detail")
    ID_FIELD_NUMBER: _ClassVar[int]
    REJECTION_FIELD_NUMBER: _ClassVar[int]
    DETAIL_FIELD_NUMBER: _ClassVar[int]
    id: str
    rejection: Rejection
    detail: _any_pb2.Any
    def __init__(self, id: _Optional[str] = ..., rejection: _Optional[_Union[Rejection, _Mapping]] = ..., detail: _Optional[_Union[_any_pb2.Any, _Mapping]] = ...) -> None: ...

class Answer(_message.Message):
    __slots__ = ("command_id", "party", "results", "already_submitted")
    COMMAND_ID_FIELD_NUMBER: _ClassVar[int]
    PARTY_FIELD_NUMBER: _ClassVar[int]
    RESULTS_FIELD_NUMBER: _ClassVar[int]
    ALREADY_SUBMITTED_FIELD_NUMBER: _ClassVar[int]
    command_id: str
    party: str
    results: _containers.RepeatedCompositeFieldContainer[Result]
    already_submitted: bool
    def __init__(self, command_id: _Optional[str] = ..., party: _Optional[str] = ..., results: _Optional[_Iterable[_Union[Result, _Mapping]]] = ..., already_submitted: _Optional[bool] = ...) -> None: ...

class CommandReceipt(_message.Message):
    __slots__ = ("command_id", "answer", "position")
    COMMAND_ID_FIELD_NUMBER: _ClassVar[int]
    ANSWER_FIELD_NUMBER: _ClassVar[int]
    POSITION_FIELD_NUMBER: _ClassVar[int]
    command_id: str
    answer: Answer
    position: LogPosition
    def __init__(self, command_id: _Optional[str] = ..., answer: _Optional[_Union[Answer, _Mapping]] = ..., position: _Optional[_Union[LogPosition, _Mapping]] = ...) -> None: ...

class GetAnswersRequest(_message.Message):
    __slots__ = ("command_ids",)
    COMMAND_IDS_FIELD_NUMBER: _ClassVar[int]
    command_ids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, command_ids: _Optional[_Iterable[str]] = ...) -> None: ...

class GetAnswersResponse(_message.Message):
    __slots__ = ("receipts",)
    RECEIPTS_FIELD_NUMBER: _ClassVar[int]
    receipts: _containers.RepeatedCompositeFieldContainer[CommandReceipt]
    def __init__(self, receipts: _Optional[_Iterable[_Union[CommandReceipt, _Mapping]]] = ...) -> None: ...
