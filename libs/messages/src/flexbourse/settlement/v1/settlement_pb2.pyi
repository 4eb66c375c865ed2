from flexbourse.common.v1 import common_pb2 as _common_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Reading(_message.Message):
    __slots__ = ("metering_point_id", "mtu", "mean_w")
    METERING_POINT_ID_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    MEAN_W_FIELD_NUMBER: _ClassVar[int]
    metering_point_id: str
    mtu: _common_pb2.Mtu
    mean_w: int
    def __init__(self, metering_point_id: _Optional[str] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., mean_w: _Optional[int] = ...) -> None: ...

class SubmitReadings(_message.Message):
    __slots__ = ("area_id", "readings")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    READINGS_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    readings: _containers.RepeatedCompositeFieldContainer[Reading]
    def __init__(self, area_id: _Optional[str] = ..., readings: _Optional[_Iterable[_Union[Reading, _Mapping]]] = ...) -> None: ...

class ReadingsComplete(_message.Message):
    __slots__ = ("area_id", "mtus", "run_id")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    MTUS_FIELD_NUMBER: _ClassVar[int]
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    mtus: _containers.RepeatedCompositeFieldContainer[_common_pb2.Mtu]
    run_id: str
    def __init__(self, area_id: _Optional[str] = ..., mtus: _Optional[_Iterable[_Union[_common_pb2.Mtu, _Mapping]]] = ..., run_id: _Optional[str] = ...) -> None: ...

class RecordSigned(_message.Message):
    __slots__ = ("batch_id", "nonce", "raw", "hash")
    BATCH_ID_FIELD_NUMBER: _ClassVar[int]
    NONCE_FIELD_NUMBER: _ClassVar[int]
    RAW_FIELD_NUMBER: _ClassVar[int]
    HASH_FIELD_NUMBER: _ClassVar[int]
    batch_id: str
    nonce: int
    raw: bytes
    hash: bytes
    def __init__(self, batch_id: _Optional[str] = ..., nonce: _Optional[int] = ..., raw: _Optional[bytes] = ..., hash: _Optional[bytes] = ...) -> None: ...

class RecordMined(_message.Message):
    __slots__ = ("batch_id", "block_number", "block_hash", "succeeded", "gas_used", "error")
    BATCH_ID_FIELD_NUMBER: _ClassVar[int]
    BLOCK_NUMBER_FIELD_NUMBER: _ClassVar[int]
    BLOCK_HASH_FIELD_NUMBER: _ClassVar[int]
    SUCCEEDED_FIELD_NUMBER: _ClassVar[int]
    GAS_USED_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    batch_id: str
    block_number: int
    block_hash: bytes
    succeeded: bool
    gas_used: int
    error: str
    def __init__(self, batch_id: _Optional[str] = ..., block_number: _Optional[int] = ..., block_hash: _Optional[bytes] = ..., succeeded: _Optional[bool] = ..., gas_used: _Optional[int] = ..., error: _Optional[str] = ...) -> None: ...

class RecordFiled(_message.Message):
    __slots__ = ("batch_id", "file_count")
    BATCH_ID_FIELD_NUMBER: _ClassVar[int]
    FILE_COUNT_FIELD_NUMBER: _ClassVar[int]
    batch_id: str
    file_count: int
    def __init__(self, batch_id: _Optional[str] = ..., file_count: _Optional[int] = ...) -> None: ...

class SettlementCommand(_message.Message):
    __slots__ = ("submit_readings", "readings_complete", "record_signed", "record_mined", "record_filed")
    SUBMIT_READINGS_FIELD_NUMBER: _ClassVar[int]
    READINGS_COMPLETE_FIELD_NUMBER: _ClassVar[int]
    RECORD_SIGNED_FIELD_NUMBER: _ClassVar[int]
    RECORD_MINED_FIELD_NUMBER: _ClassVar[int]
    RECORD_FILED_FIELD_NUMBER: _ClassVar[int]
    submit_readings: SubmitReadings
    readings_complete: ReadingsComplete
    record_signed: RecordSigned
    record_mined: RecordMined
    record_filed: RecordFiled
    def __init__(self, submit_readings: _Optional[_Union[SubmitReadings, _Mapping]] = ..., readings_complete: _Optional[_Union[ReadingsComplete, _Mapping]] = ..., record_signed: _Optional[_Union[RecordSigned, _Mapping]] = ..., record_mined: _Optional[_Union[RecordMined, _Mapping]] = ..., record_filed: _Optional[_Union[RecordFiled, _Mapping]] = ...) -> None: ...

class SubmitReadingsRequest(_message.Message):
    __slots__ = ("command_id", "readings", "expires_at_ms")
    COMMAND_ID_FIELD_NUMBER: _ClassVar[int]
    READINGS_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_AT_MS_FIELD_NUMBER: _ClassVar[int]
    command_id: str
    readings: SubmitReadings
    expires_at_ms: int
    def __init__(self, command_id: _Optional[str] = ..., readings: _Optional[_Union[SubmitReadings, _Mapping]] = ..., expires_at_ms: _Optional[int] = ...) -> None: ...

class SubmitReadingsResponse(_message.Message):
    __slots__ = ("receipt",)
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    receipt: _common_pb2.CommandReceipt
    def __init__(self, receipt: _Optional[_Union[_common_pb2.CommandReceipt, _Mapping]] = ...) -> None: ...

class CompleteReadingsRequest(_message.Message):
    __slots__ = ("command_id", "complete", "expires_at_ms")
    COMMAND_ID_FIELD_NUMBER: _ClassVar[int]
    COMPLETE_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_AT_MS_FIELD_NUMBER: _ClassVar[int]
    command_id: str
    complete: ReadingsComplete
    expires_at_ms: int
    def __init__(self, command_id: _Optional[str] = ..., complete: _Optional[_Union[ReadingsComplete, _Mapping]] = ..., expires_at_ms: _Optional[int] = ...) -> None: ...

class CompleteReadingsResponse(_message.Message):
    __slots__ = ("receipt",)
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    receipt: _common_pb2.CommandReceipt
    def __init__(self, receipt: _Optional[_Union[_common_pb2.CommandReceipt, _Mapping]] = ...) -> None: ...

class GetStatementRequest(_message.Message):
    __slots__ = ("run_id", "participant_id", "min_position")
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    PARTICIPANT_ID_FIELD_NUMBER: _ClassVar[int]
    MIN_POSITION_FIELD_NUMBER: _ClassVar[int]
    run_id: str
    participant_id: str
    min_position: _common_pb2.LogPosition
    def __init__(self, run_id: _Optional[str] = ..., participant_id: _Optional[str] = ..., min_position: _Optional[_Union[_common_pb2.LogPosition, _Mapping]] = ...) -> None: ...

class GetStatementResponse(_message.Message):
    __slots__ = ("statement_json",)
    STATEMENT_JSON_FIELD_NUMBER: _ClassVar[int]
    statement_json: bytes
    def __init__(self, statement_json: _Optional[bytes] = ...) -> None: ...

class ListBatchesRequest(_message.Message):
    __slots__ = ("min_position",)
    MIN_POSITION_FIELD_NUMBER: _ClassVar[int]
    min_position: _common_pb2.LogPosition
    def __init__(self, min_position: _Optional[_Union[_common_pb2.LogPosition, _Mapping]] = ...) -> None: ...

class BatchState(_message.Message):
    __slots__ = ("batch_id", "run_id", "root", "data_hash", "leaf_count", "gas_used", "block_number", "state", "sum_micro_euro", "accounts_micro_euro")
    class AccountsMicroEuroEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: int
        def __init__(self, key: _Optional[str] = ..., value: _Optional[int] = ...) -> None: ...
    BATCH_ID_FIELD_NUMBER: _ClassVar[int]
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    ROOT_FIELD_NUMBER: _ClassVar[int]
    DATA_HASH_FIELD_NUMBER: _ClassVar[int]
    LEAF_COUNT_FIELD_NUMBER: _ClassVar[int]
    GAS_USED_FIELD_NUMBER: _ClassVar[int]
    BLOCK_NUMBER_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    SUM_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    ACCOUNTS_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    batch_id: str
    run_id: str
    root: bytes
    data_hash: bytes
    leaf_count: int
    gas_used: int
    block_number: int
    state: str
    sum_micro_euro: int
    accounts_micro_euro: _containers.ScalarMap[str, int]
    def __init__(self, batch_id: _Optional[str] = ..., run_id: _Optional[str] = ..., root: _Optional[bytes] = ..., data_hash: _Optional[bytes] = ..., leaf_count: _Optional[int] = ..., gas_used: _Optional[int] = ..., block_number: _Optional[int] = ..., state: _Optional[str] = ..., sum_micro_euro: _Optional[int] = ..., accounts_micro_euro: _Optional[_Mapping[str, int]] = ...) -> None: ...

class ListBatchesResponse(_message.Message):
    __slots__ = ("batches",)
    BATCHES_FIELD_NUMBER: _ClassVar[int]
    batches: _containers.RepeatedCompositeFieldContainer[BatchState]
    def __init__(self, batches: _Optional[_Iterable[_Union[BatchState, _Mapping]]] = ...) -> None: ...
