from flexbourse.common.v1 import common_pb2 as _common_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class TimeAdvanced(_message.Message):
    __slots__ = ("at_ms", "step")
    AT_MS_FIELD_NUMBER: _ClassVar[int]
    STEP_FIELD_NUMBER: _ClassVar[int]
    at_ms: int
    step: int
    def __init__(self, at_ms: _Optional[int] = ..., step: _Optional[int] = ...) -> None: ...

class Adopted(_message.Message):
    __slots__ = ("topic", "key", "type", "value", "reference", "sha256", "tombstone")
    TOPIC_FIELD_NUMBER: _ClassVar[int]
    KEY_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    REFERENCE_FIELD_NUMBER: _ClassVar[int]
    SHA256_FIELD_NUMBER: _ClassVar[int]
    TOMBSTONE_FIELD_NUMBER: _ClassVar[int]
    topic: str
    key: str
    type: str
    value: bytes
    reference: _common_pb2.LogPosition
    sha256: bytes
    tombstone: bool
    def __init__(self, topic: _Optional[str] = ..., key: _Optional[str] = ..., type: _Optional[str] = ..., value: _Optional[bytes] = ..., reference: _Optional[_Union[_common_pb2.LogPosition, _Mapping]] = ..., sha256: _Optional[bytes] = ..., tombstone: _Optional[bool] = ...) -> None: ...

class Answered(_message.Message):
    __slots__ = ("command_id", "party", "content_sha256", "expires_at_ms", "answer")
    COMMAND_ID_FIELD_NUMBER: _ClassVar[int]
    PARTY_FIELD_NUMBER: _ClassVar[int]
    CONTENT_SHA256_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_AT_MS_FIELD_NUMBER: _ClassVar[int]
    ANSWER_FIELD_NUMBER: _ClassVar[int]
    command_id: str
    party: str
    content_sha256: bytes
    expires_at_ms: int
    answer: _common_pb2.Answer
    def __init__(self, command_id: _Optional[str] = ..., party: _Optional[str] = ..., content_sha256: _Optional[bytes] = ..., expires_at_ms: _Optional[int] = ..., answer: _Optional[_Union[_common_pb2.Answer, _Mapping]] = ...) -> None: ...

class InputSkipped(_message.Message):
    __slots__ = ("input", "party", "reason")
    INPUT_FIELD_NUMBER: _ClassVar[int]
    PARTY_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    input: _common_pb2.LogPosition
    party: str
    reason: str
    def __init__(self, input: _Optional[_Union[_common_pb2.LogPosition, _Mapping]] = ..., party: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class ShardHalted(_message.Message):
    __slots__ = ("reason", "input")
    REASON_FIELD_NUMBER: _ClassVar[int]
    INPUT_FIELD_NUMBER: _ClassVar[int]
    reason: str
    input: _common_pb2.LogPosition
    def __init__(self, reason: _Optional[str] = ..., input: _Optional[_Union[_common_pb2.LogPosition, _Mapping]] = ...) -> None: ...

class ShardResumed(_message.Message):
    __slots__ = ("party", "reason")
    PARTY_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    party: str
    reason: str
    def __init__(self, party: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class Step(_message.Message):
    __slots__ = ("step", "at_ms")
    STEP_FIELD_NUMBER: _ClassVar[int]
    AT_MS_FIELD_NUMBER: _ClassVar[int]
    step: int
    at_ms: int
    def __init__(self, step: _Optional[int] = ..., at_ms: _Optional[int] = ...) -> None: ...

class ControlCommand(_message.Message):
    __slots__ = ("reason", "skip", "resume", "confirm_time")
    REASON_FIELD_NUMBER: _ClassVar[int]
    SKIP_FIELD_NUMBER: _ClassVar[int]
    RESUME_FIELD_NUMBER: _ClassVar[int]
    CONFIRM_TIME_FIELD_NUMBER: _ClassVar[int]
    reason: str
    skip: SkipInput
    resume: Resume
    confirm_time: ConfirmTime
    def __init__(self, reason: _Optional[str] = ..., skip: _Optional[_Union[SkipInput, _Mapping]] = ..., resume: _Optional[_Union[Resume, _Mapping]] = ..., confirm_time: _Optional[_Union[ConfirmTime, _Mapping]] = ...) -> None: ...

class SkipInput(_message.Message):
    __slots__ = ("input",)
    INPUT_FIELD_NUMBER: _ClassVar[int]
    input: _common_pb2.LogPosition
    def __init__(self, input: _Optional[_Union[_common_pb2.LogPosition, _Mapping]] = ...) -> None: ...

class Resume(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ConfirmTime(_message.Message):
    __slots__ = ("at_ms",)
    AT_MS_FIELD_NUMBER: _ClassVar[int]
    at_ms: int
    def __init__(self, at_ms: _Optional[int] = ...) -> None: ...

class SnapshotChunk(_message.Message):
    __slots__ = ("format", "snapshot_id", "index", "count", "journal_offset", "sha256", "data")
    FORMAT_FIELD_NUMBER: _ClassVar[int]
    SNAPSHOT_ID_FIELD_NUMBER: _ClassVar[int]
    INDEX_FIELD_NUMBER: _ClassVar[int]
    COUNT_FIELD_NUMBER: _ClassVar[int]
    JOURNAL_OFFSET_FIELD_NUMBER: _ClassVar[int]
    SHA256_FIELD_NUMBER: _ClassVar[int]
    DATA_FIELD_NUMBER: _ClassVar[int]
    format: int
    snapshot_id: str
    index: int
    count: int
    journal_offset: int
    sha256: bytes
    data: bytes
    def __init__(self, format: _Optional[int] = ..., snapshot_id: _Optional[str] = ..., index: _Optional[int] = ..., count: _Optional[int] = ..., journal_offset: _Optional[int] = ..., sha256: _Optional[bytes] = ..., data: _Optional[bytes] = ...) -> None: ...

class ShardState(_message.Message):
    __slots__ = ("at_ms", "step", "inputs", "window", "open_intents", "program", "skipped", "halted", "kept")
    AT_MS_FIELD_NUMBER: _ClassVar[int]
    STEP_FIELD_NUMBER: _ClassVar[int]
    INPUTS_FIELD_NUMBER: _ClassVar[int]
    WINDOW_FIELD_NUMBER: _ClassVar[int]
    OPEN_INTENTS_FIELD_NUMBER: _ClassVar[int]
    PROGRAM_FIELD_NUMBER: _ClassVar[int]
    SKIPPED_FIELD_NUMBER: _ClassVar[int]
    HALTED_FIELD_NUMBER: _ClassVar[int]
    KEPT_FIELD_NUMBER: _ClassVar[int]
    at_ms: int
    step: int
    inputs: _containers.RepeatedCompositeFieldContainer[_common_pb2.LogPosition]
    window: _containers.RepeatedCompositeFieldContainer[Answered]
    open_intents: _containers.RepeatedCompositeFieldContainer[OpenIntent]
    program: bytes
    skipped: _containers.RepeatedCompositeFieldContainer[_common_pb2.LogPosition]
    halted: ShardHalted
    kept: _containers.RepeatedCompositeFieldContainer[KeptAnswer]
    def __init__(self, at_ms: _Optional[int] = ..., step: _Optional[int] = ..., inputs: _Optional[_Iterable[_Union[_common_pb2.LogPosition, _Mapping]]] = ..., window: _Optional[_Iterable[_Union[Answered, _Mapping]]] = ..., open_intents: _Optional[_Iterable[_Union[OpenIntent, _Mapping]]] = ..., program: _Optional[bytes] = ..., skipped: _Optional[_Iterable[_Union[_common_pb2.LogPosition, _Mapping]]] = ..., halted: _Optional[_Union[ShardHalted, _Mapping]] = ..., kept: _Optional[_Iterable[_Union[KeptAnswer, _Mapping]]] = ...) -> None: ...

class KeptAnswer(_message.Message):
    __slots__ = ("command_id", "party", "content_sha256", "expires_at_ms", "packed")
    COMMAND_ID_FIELD_NUMBER: _ClassVar[int]
    PARTY_FIELD_NUMBER: _ClassVar[int]
    CONTENT_SHA256_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_AT_MS_FIELD_NUMBER: _ClassVar[int]
    PACKED_FIELD_NUMBER: _ClassVar[int]
    command_id: str
    party: str
    content_sha256: bytes
    expires_at_ms: int
    packed: bytes
    def __init__(self, command_id: _Optional[str] = ..., party: _Optional[str] = ..., content_sha256: _Optional[bytes] = ..., expires_at_ms: _Optional[int] = ..., packed: _Optional[bytes] = ...) -> None: ...

class OpenIntent(_message.Message):
    __slots__ = ("intent_id", "type", "value", "journal_offset", "kind")
    INTENT_ID_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    JOURNAL_OFFSET_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    intent_id: str
    type: str
    value: bytes
    journal_offset: int
    kind: str
    def __init__(self, intent_id: _Optional[str] = ..., type: _Optional[str] = ..., value: _Optional[bytes] = ..., journal_offset: _Optional[int] = ..., kind: _Optional[str] = ...) -> None: ...

class DeadLetter(_message.Message):
    __slots__ = ("source", "reason", "key", "value", "headers")
    class HeadersEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    KEY_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    HEADERS_FIELD_NUMBER: _ClassVar[int]
    source: _common_pb2.LogPosition
    reason: str
    key: str
    value: bytes
    headers: _containers.ScalarMap[str, str]
    def __init__(self, source: _Optional[_Union[_common_pb2.LogPosition, _Mapping]] = ..., reason: _Optional[str] = ..., key: _Optional[str] = ..., value: _Optional[bytes] = ..., headers: _Optional[_Mapping[str, str]] = ...) -> None: ...

class ShardStatus(_message.Message):
    __slots__ = ("context", "shard", "state", "reason", "halted_at", "journal_offset", "at_ms", "step")
    CONTEXT_FIELD_NUMBER: _ClassVar[int]
    SHARD_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    HALTED_AT_FIELD_NUMBER: _ClassVar[int]
    JOURNAL_OFFSET_FIELD_NUMBER: _ClassVar[int]
    AT_MS_FIELD_NUMBER: _ClassVar[int]
    STEP_FIELD_NUMBER: _ClassVar[int]
    context: str
    shard: int
    state: str
    reason: str
    halted_at: _common_pb2.LogPosition
    journal_offset: int
    at_ms: int
    step: int
    def __init__(self, context: _Optional[str] = ..., shard: _Optional[int] = ..., state: _Optional[str] = ..., reason: _Optional[str] = ..., halted_at: _Optional[_Union[_common_pb2.LogPosition, _Mapping]] = ..., journal_offset: _Optional[int] = ..., at_ms: _Optional[int] = ..., step: _Optional[int] = ...) -> None: ...

class ListShardsRequest(_message.Message):
    __slots__ = ("context",)
    CONTEXT_FIELD_NUMBER: _ClassVar[int]
    context: str
    def __init__(self, context: _Optional[str] = ...) -> None: ...

class ListShardsResponse(_message.Message):
    __slots__ = ("shards",)
    SHARDS_FIELD_NUMBER: _ClassVar[int]
    shards: _containers.RepeatedCompositeFieldContainer[ShardStatus]
    def __init__(self, shards: _Optional[_Iterable[_Union[ShardStatus, _Mapping]]] = ...) -> None: ...

class ControlShardRequest(_message.Message):
    __slots__ = ("command_id", "expires_at_ms", "context", "shard", "order")
    COMMAND_ID_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_AT_MS_FIELD_NUMBER: _ClassVar[int]
    CONTEXT_FIELD_NUMBER: _ClassVar[int]
    SHARD_FIELD_NUMBER: _ClassVar[int]
    ORDER_FIELD_NUMBER: _ClassVar[int]
    command_id: str
    expires_at_ms: int
    context: str
    shard: int
    order: ControlCommand
    def __init__(self, command_id: _Optional[str] = ..., expires_at_ms: _Optional[int] = ..., context: _Optional[str] = ..., shard: _Optional[int] = ..., order: _Optional[_Union[ControlCommand, _Mapping]] = ...) -> None: ...

class ControlShardResponse(_message.Message):
    __slots__ = ("receipt",)
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    receipt: _common_pb2.CommandReceipt
    def __init__(self, receipt: _Optional[_Union[_common_pb2.CommandReceipt, _Mapping]] = ...) -> None: ...
