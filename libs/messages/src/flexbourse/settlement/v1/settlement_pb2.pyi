from flexbourse.common.v1 import common_pb2 as _common_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as _orderbook_pb2
from flexbourse.registry.v1 import registry_pb2 as _registry_pb2
from flexbourse.settlement.v1 import activations_pb2 as _activations_pb2
from flexbourse.settlement.v1 import external_results_pb2 as _external_results_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class TransactionKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    TRANSACTION_KIND_UNSPECIFIED: _ClassVar[TransactionKind]
    TRANSACTION_KIND_DEPLOY: _ClassVar[TransactionKind]
    TRANSACTION_KIND_OPEN_ACCOUNTS: _ClassVar[TransactionKind]
    TRANSACTION_KIND_SETTLE: _ClassVar[TransactionKind]
    TRANSACTION_KIND_CALL: _ClassVar[TransactionKind]

class CallPurpose(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CALL_PURPOSE_UNSPECIFIED: _ClassVar[CallPurpose]
    CALL_PURPOSE_RIGHT: _ClassVar[CallPurpose]
    CALL_PURPOSE_TOTALS: _ClassVar[CallPurpose]
    CALL_PURPOSE_RECORD: _ClassVar[CallPurpose]
    CALL_PURPOSE_FUNDS: _ClassVar[CallPurpose]

class FundsMove(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    FUNDS_MOVE_UNSPECIFIED: _ClassVar[FundsMove]
    FUNDS_MOVE_DEPOSIT: _ClassVar[FundsMove]
    FUNDS_MOVE_HOLD: _ClassVar[FundsMove]
    FUNDS_MOVE_RELEASE: _ClassVar[FundsMove]
    FUNDS_MOVE_WITHDRAW: _ClassVar[FundsMove]
    FUNDS_MOVE_PAY: _ClassVar[FundsMove]
    FUNDS_MOVE_RETURN: _ClassVar[FundsMove]

class ChainProgress(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CHAIN_PROGRESS_UNSPECIFIED: _ClassVar[ChainProgress]
    CHAIN_PROGRESS_WAITING: _ClassVar[ChainProgress]
    CHAIN_PROGRESS_DONE: _ClassVar[ChainProgress]
    CHAIN_PROGRESS_REFUSED: _ClassVar[ChainProgress]
TRANSACTION_KIND_UNSPECIFIED: TransactionKind
TRANSACTION_KIND_DEPLOY: TransactionKind
TRANSACTION_KIND_OPEN_ACCOUNTS: TransactionKind
TRANSACTION_KIND_SETTLE: TransactionKind
TRANSACTION_KIND_CALL: TransactionKind
CALL_PURPOSE_UNSPECIFIED: CallPurpose
CALL_PURPOSE_RIGHT: CallPurpose
CALL_PURPOSE_TOTALS: CallPurpose
CALL_PURPOSE_RECORD: CallPurpose
CALL_PURPOSE_FUNDS: CallPurpose
FUNDS_MOVE_UNSPECIFIED: FundsMove
FUNDS_MOVE_DEPOSIT: FundsMove
FUNDS_MOVE_HOLD: FundsMove
FUNDS_MOVE_RELEASE: FundsMove
FUNDS_MOVE_WITHDRAW: FundsMove
FUNDS_MOVE_PAY: FundsMove
FUNDS_MOVE_RETURN: FundsMove
CHAIN_PROGRESS_UNSPECIFIED: ChainProgress
CHAIN_PROGRESS_WAITING: ChainProgress
CHAIN_PROGRESS_DONE: ChainProgress
CHAIN_PROGRESS_REFUSED: ChainProgress

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

class ImbalancePrice(_message.Message):
    __slots__ = ("mtu", "price_ticks")
    MTU_FIELD_NUMBER: _ClassVar[int]
    PRICE_TICKS_FIELD_NUMBER: _ClassVar[int]
    mtu: _common_pb2.Mtu
    price_ticks: int
    def __init__(self, mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., price_ticks: _Optional[int] = ...) -> None: ...

class ReadingsComplete(_message.Message):
    __slots__ = ("area_id", "mtus", "run_id", "imbalance_prices")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    MTUS_FIELD_NUMBER: _ClassVar[int]
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    IMBALANCE_PRICES_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    mtus: _containers.RepeatedCompositeFieldContainer[_common_pb2.Mtu]
    run_id: str
    imbalance_prices: _containers.RepeatedCompositeFieldContainer[ImbalancePrice]
    def __init__(self, area_id: _Optional[str] = ..., mtus: _Optional[_Iterable[_Union[_common_pb2.Mtu, _Mapping]]] = ..., run_id: _Optional[str] = ..., imbalance_prices: _Optional[_Iterable[_Union[ImbalancePrice, _Mapping]]] = ...) -> None: ...

class CallArgument(_message.Message):
    __slots__ = ("number", "flag", "word", "text", "contract", "account", "commitment", "list")
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    FLAG_FIELD_NUMBER: _ClassVar[int]
    WORD_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    CONTRACT_FIELD_NUMBER: _ClassVar[int]
    ACCOUNT_FIELD_NUMBER: _ClassVar[int]
    COMMITMENT_FIELD_NUMBER: _ClassVar[int]
    LIST_FIELD_NUMBER: _ClassVar[int]
    number: int
    flag: bool
    word: bytes
    text: str
    contract: str
    account: str
    commitment: str
    list: CallArguments
    def __init__(self, number: _Optional[int] = ..., flag: _Optional[bool] = ..., word: _Optional[bytes] = ..., text: _Optional[str] = ..., contract: _Optional[str] = ..., account: _Optional[str] = ..., commitment: _Optional[str] = ..., list: _Optional[_Union[CallArguments, _Mapping]] = ...) -> None: ...

class CallArguments(_message.Message):
    __slots__ = ("items",)
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    items: _containers.RepeatedCompositeFieldContainer[CallArgument]
    def __init__(self, items: _Optional[_Iterable[_Union[CallArgument, _Mapping]]] = ...) -> None: ...

class ChainCall(_message.Message):
    __slots__ = ("purpose", "subject", "contract", "function", "arguments")
    PURPOSE_FIELD_NUMBER: _ClassVar[int]
    SUBJECT_FIELD_NUMBER: _ClassVar[int]
    CONTRACT_FIELD_NUMBER: _ClassVar[int]
    FUNCTION_FIELD_NUMBER: _ClassVar[int]
    ARGUMENTS_FIELD_NUMBER: _ClassVar[int]
    purpose: CallPurpose
    subject: str
    contract: str
    function: str
    arguments: _containers.RepeatedCompositeFieldContainer[CallArgument]
    def __init__(self, purpose: _Optional[_Union[CallPurpose, str]] = ..., subject: _Optional[str] = ..., contract: _Optional[str] = ..., function: _Optional[str] = ..., arguments: _Optional[_Iterable[_Union[CallArgument, _Mapping]]] = ...) -> None: ...

class ContractState(_message.Message):
    __slots__ = ("name", "address", "failed_tries")
    NAME_FIELD_NUMBER: _ClassVar[int]
    ADDRESS_FIELD_NUMBER: _ClassVar[int]
    FAILED_TRIES_FIELD_NUMBER: _ClassVar[int]
    name: str
    address: str
    failed_tries: int
    def __init__(self, name: _Optional[str] = ..., address: _Optional[str] = ..., failed_tries: _Optional[int] = ...) -> None: ...

class RecordSigned(_message.Message):
    __slots__ = ("transaction_id", "nonce", "raw", "hash", "root", "data_hash", "leaf_count")
    TRANSACTION_ID_FIELD_NUMBER: _ClassVar[int]
    NONCE_FIELD_NUMBER: _ClassVar[int]
    RAW_FIELD_NUMBER: _ClassVar[int]
    HASH_FIELD_NUMBER: _ClassVar[int]
    ROOT_FIELD_NUMBER: _ClassVar[int]
    DATA_HASH_FIELD_NUMBER: _ClassVar[int]
    LEAF_COUNT_FIELD_NUMBER: _ClassVar[int]
    transaction_id: str
    nonce: int
    raw: bytes
    hash: bytes
    root: bytes
    data_hash: bytes
    leaf_count: int
    def __init__(self, transaction_id: _Optional[str] = ..., nonce: _Optional[int] = ..., raw: _Optional[bytes] = ..., hash: _Optional[bytes] = ..., root: _Optional[bytes] = ..., data_hash: _Optional[bytes] = ..., leaf_count: _Optional[int] = ...) -> None: ...

class RecordRefused(_message.Message):
    __slots__ = ("transaction_id", "error")
    TRANSACTION_ID_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    transaction_id: str
    error: str
    def __init__(self, transaction_id: _Optional[str] = ..., error: _Optional[str] = ...) -> None: ...

class RecordContract(_message.Message):
    __slots__ = ("transaction_id", "contract")
    TRANSACTION_ID_FIELD_NUMBER: _ClassVar[int]
    CONTRACT_FIELD_NUMBER: _ClassVar[int]
    transaction_id: str
    contract: str
    def __init__(self, transaction_id: _Optional[str] = ..., contract: _Optional[str] = ...) -> None: ...

class RecordMined(_message.Message):
    __slots__ = ("transaction_id", "block_number", "block_hash", "succeeded", "gas_used", "error", "contract", "chain_id")
    TRANSACTION_ID_FIELD_NUMBER: _ClassVar[int]
    BLOCK_NUMBER_FIELD_NUMBER: _ClassVar[int]
    BLOCK_HASH_FIELD_NUMBER: _ClassVar[int]
    SUCCEEDED_FIELD_NUMBER: _ClassVar[int]
    GAS_USED_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    CONTRACT_FIELD_NUMBER: _ClassVar[int]
    CHAIN_ID_FIELD_NUMBER: _ClassVar[int]
    transaction_id: str
    block_number: int
    block_hash: bytes
    succeeded: bool
    gas_used: int
    error: str
    contract: str
    chain_id: int
    def __init__(self, transaction_id: _Optional[str] = ..., block_number: _Optional[int] = ..., block_hash: _Optional[bytes] = ..., succeeded: _Optional[bool] = ..., gas_used: _Optional[int] = ..., error: _Optional[str] = ..., contract: _Optional[str] = ..., chain_id: _Optional[int] = ...) -> None: ...

class RecordChecked(_message.Message):
    __slots__ = ("check_number", "restored_count")
    CHECK_NUMBER_FIELD_NUMBER: _ClassVar[int]
    RESTORED_COUNT_FIELD_NUMBER: _ClassVar[int]
    check_number: int
    restored_count: int
    def __init__(self, check_number: _Optional[int] = ..., restored_count: _Optional[int] = ...) -> None: ...

class RecordFiled(_message.Message):
    __slots__ = ("batch_id", "file_count")
    BATCH_ID_FIELD_NUMBER: _ClassVar[int]
    FILE_COUNT_FIELD_NUMBER: _ClassVar[int]
    batch_id: str
    file_count: int
    def __init__(self, batch_id: _Optional[str] = ..., file_count: _Optional[int] = ...) -> None: ...

class RecordDeposit(_message.Message):
    __slots__ = ("participant_id", "amount_micro_euro", "payment_reference")
    PARTICIPANT_ID_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    PAYMENT_REFERENCE_FIELD_NUMBER: _ClassVar[int]
    participant_id: str
    amount_micro_euro: int
    payment_reference: str
    def __init__(self, participant_id: _Optional[str] = ..., amount_micro_euro: _Optional[int] = ..., payment_reference: _Optional[str] = ...) -> None: ...

class HoldFunds(_message.Message):
    __slots__ = ("participant_id", "amount_micro_euro", "reason")
    PARTICIPANT_ID_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    participant_id: str
    amount_micro_euro: int
    reason: str
    def __init__(self, participant_id: _Optional[str] = ..., amount_micro_euro: _Optional[int] = ..., reason: _Optional[str] = ...) -> None: ...

class ReleaseFunds(_message.Message):
    __slots__ = ("participant_id", "amount_micro_euro", "reason")
    PARTICIPANT_ID_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    participant_id: str
    amount_micro_euro: int
    reason: str
    def __init__(self, participant_id: _Optional[str] = ..., amount_micro_euro: _Optional[int] = ..., reason: _Optional[str] = ...) -> None: ...

class WithdrawFunds(_message.Message):
    __slots__ = ("amount_micro_euro",)
    AMOUNT_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    amount_micro_euro: int
    def __init__(self, amount_micro_euro: _Optional[int] = ...) -> None: ...

class PayWithdrawal(_message.Message):
    __slots__ = ("withdrawal_id", "payment_reference")
    WITHDRAWAL_ID_FIELD_NUMBER: _ClassVar[int]
    PAYMENT_REFERENCE_FIELD_NUMBER: _ClassVar[int]
    withdrawal_id: str
    payment_reference: str
    def __init__(self, withdrawal_id: _Optional[str] = ..., payment_reference: _Optional[str] = ...) -> None: ...

class ReturnWithdrawal(_message.Message):
    __slots__ = ("withdrawal_id", "reason")
    WITHDRAWAL_ID_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    withdrawal_id: str
    reason: str
    def __init__(self, withdrawal_id: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class AllotCollateral(_message.Message):
    __slots__ = ("participant_id", "area_id", "amount_micro_euro")
    PARTICIPANT_ID_FIELD_NUMBER: _ClassVar[int]
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    participant_id: str
    area_id: str
    amount_micro_euro: int
    def __init__(self, participant_id: _Optional[str] = ..., area_id: _Optional[str] = ..., amount_micro_euro: _Optional[int] = ...) -> None: ...

class RecordDebtPayment(_message.Message):
    __slots__ = ("participant_id", "area_id", "amount_micro_euro", "payment_reference")
    PARTICIPANT_ID_FIELD_NUMBER: _ClassVar[int]
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    PAYMENT_REFERENCE_FIELD_NUMBER: _ClassVar[int]
    participant_id: str
    area_id: str
    amount_micro_euro: int
    payment_reference: str
    def __init__(self, participant_id: _Optional[str] = ..., area_id: _Optional[str] = ..., amount_micro_euro: _Optional[int] = ..., payment_reference: _Optional[str] = ...) -> None: ...

class FundsCommand(_message.Message):
    __slots__ = ("deposit", "hold", "release", "withdraw", "pay", "return_withdrawal", "allot", "debt_payment")
    DEPOSIT_FIELD_NUMBER: _ClassVar[int]
    HOLD_FIELD_NUMBER: _ClassVar[int]
    RELEASE_FIELD_NUMBER: _ClassVar[int]
    WITHDRAW_FIELD_NUMBER: _ClassVar[int]
    PAY_FIELD_NUMBER: _ClassVar[int]
    RETURN_WITHDRAWAL_FIELD_NUMBER: _ClassVar[int]
    ALLOT_FIELD_NUMBER: _ClassVar[int]
    DEBT_PAYMENT_FIELD_NUMBER: _ClassVar[int]
    deposit: RecordDeposit
    hold: HoldFunds
    release: ReleaseFunds
    withdraw: WithdrawFunds
    pay: PayWithdrawal
    return_withdrawal: ReturnWithdrawal
    allot: AllotCollateral
    debt_payment: RecordDebtPayment
    def __init__(self, deposit: _Optional[_Union[RecordDeposit, _Mapping]] = ..., hold: _Optional[_Union[HoldFunds, _Mapping]] = ..., release: _Optional[_Union[ReleaseFunds, _Mapping]] = ..., withdraw: _Optional[_Union[WithdrawFunds, _Mapping]] = ..., pay: _Optional[_Union[PayWithdrawal, _Mapping]] = ..., return_withdrawal: _Optional[_Union[ReturnWithdrawal, _Mapping]] = ..., allot: _Optional[_Union[AllotCollateral, _Mapping]] = ..., debt_payment: _Optional[_Union[RecordDebtPayment, _Mapping]] = ...) -> None: ...

class AttestRecord(_message.Message):
    __slots__ = ("record_id", "version", "agree", "reason")
    RECORD_ID_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    AGREE_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    record_id: str
    version: int
    agree: bool
    reason: str
    def __init__(self, record_id: _Optional[str] = ..., version: _Optional[int] = ..., agree: _Optional[bool] = ..., reason: _Optional[str] = ...) -> None: ...

class SettlementCommand(_message.Message):
    __slots__ = ("submit_readings", "readings_complete", "record_signed", "record_mined", "record_filed", "record_refused", "record_contract", "record_checked", "attest_record", "funds", "set_products")
    SUBMIT_READINGS_FIELD_NUMBER: _ClassVar[int]
    READINGS_COMPLETE_FIELD_NUMBER: _ClassVar[int]
    RECORD_SIGNED_FIELD_NUMBER: _ClassVar[int]
    RECORD_MINED_FIELD_NUMBER: _ClassVar[int]
    RECORD_FILED_FIELD_NUMBER: _ClassVar[int]
    RECORD_REFUSED_FIELD_NUMBER: _ClassVar[int]
    RECORD_CONTRACT_FIELD_NUMBER: _ClassVar[int]
    RECORD_CHECKED_FIELD_NUMBER: _ClassVar[int]
    ATTEST_RECORD_FIELD_NUMBER: _ClassVar[int]
    FUNDS_FIELD_NUMBER: _ClassVar[int]
    SET_PRODUCTS_FIELD_NUMBER: _ClassVar[int]
    submit_readings: SubmitReadings
    readings_complete: ReadingsComplete
    record_signed: RecordSigned
    record_mined: RecordMined
    record_filed: RecordFiled
    record_refused: RecordRefused
    record_contract: RecordContract
    record_checked: RecordChecked
    attest_record: AttestRecord
    funds: FundsCommand
    set_products: _activations_pb2.SetProducts
    def __init__(self, submit_readings: _Optional[_Union[SubmitReadings, _Mapping]] = ..., readings_complete: _Optional[_Union[ReadingsComplete, _Mapping]] = ..., record_signed: _Optional[_Union[RecordSigned, _Mapping]] = ..., record_mined: _Optional[_Union[RecordMined, _Mapping]] = ..., record_filed: _Optional[_Union[RecordFiled, _Mapping]] = ..., record_refused: _Optional[_Union[RecordRefused, _Mapping]] = ..., record_contract: _Optional[_Union[RecordContract, _Mapping]] = ..., record_checked: _Optional[_Union[RecordChecked, _Mapping]] = ..., attest_record: _Optional[_Union[AttestRecord, _Mapping]] = ..., funds: _Optional[_Union[FundsCommand, _Mapping]] = ..., set_products: _Optional[_Union[_activations_pb2.SetProducts, _Mapping]] = ...) -> None: ...

class TradeLine(_message.Message):
    __slots__ = ("trade_id", "mtu", "product", "side", "basis", "counterparty", "quantity_w", "price_ticks", "tick_micro_euro_per_mwh", "amount_micro_euro", "dnut_micro_euro", "withheld_micro_euro")
    TRADE_ID_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    PRODUCT_FIELD_NUMBER: _ClassVar[int]
    SIDE_FIELD_NUMBER: _ClassVar[int]
    BASIS_FIELD_NUMBER: _ClassVar[int]
    COUNTERPARTY_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_W_FIELD_NUMBER: _ClassVar[int]
    PRICE_TICKS_FIELD_NUMBER: _ClassVar[int]
    TICK_MICRO_EURO_PER_MWH_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    DNUT_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    WITHHELD_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    trade_id: str
    mtu: _common_pb2.Mtu
    product: str
    side: str
    basis: str
    counterparty: str
    quantity_w: int
    price_ticks: int
    tick_micro_euro_per_mwh: int
    amount_micro_euro: int
    dnut_micro_euro: int
    withheld_micro_euro: int
    def __init__(self, trade_id: _Optional[str] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., product: _Optional[str] = ..., side: _Optional[str] = ..., basis: _Optional[str] = ..., counterparty: _Optional[str] = ..., quantity_w: _Optional[int] = ..., price_ticks: _Optional[int] = ..., tick_micro_euro_per_mwh: _Optional[int] = ..., amount_micro_euro: _Optional[int] = ..., dnut_micro_euro: _Optional[int] = ..., withheld_micro_euro: _Optional[int] = ...) -> None: ...

class PositionLine(_message.Message):
    __slots__ = ("mtu", "base_w", "contracted_w", "position_w", "metered_w", "deviation_w", "settled", "price_ticks", "amount_micro_euro", "activated_w", "external_w")
    MTU_FIELD_NUMBER: _ClassVar[int]
    BASE_W_FIELD_NUMBER: _ClassVar[int]
    CONTRACTED_W_FIELD_NUMBER: _ClassVar[int]
    POSITION_W_FIELD_NUMBER: _ClassVar[int]
    METERED_W_FIELD_NUMBER: _ClassVar[int]
    DEVIATION_W_FIELD_NUMBER: _ClassVar[int]
    SETTLED_FIELD_NUMBER: _ClassVar[int]
    PRICE_TICKS_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    ACTIVATED_W_FIELD_NUMBER: _ClassVar[int]
    EXTERNAL_W_FIELD_NUMBER: _ClassVar[int]
    mtu: _common_pb2.Mtu
    base_w: int
    contracted_w: int
    position_w: int
    metered_w: int
    deviation_w: int
    settled: bool
    price_ticks: int
    amount_micro_euro: int
    activated_w: int
    external_w: int
    def __init__(self, mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., base_w: _Optional[int] = ..., contracted_w: _Optional[int] = ..., position_w: _Optional[int] = ..., metered_w: _Optional[int] = ..., deviation_w: _Optional[int] = ..., settled: _Optional[bool] = ..., price_ticks: _Optional[int] = ..., amount_micro_euro: _Optional[int] = ..., activated_w: _Optional[int] = ..., external_w: _Optional[int] = ...) -> None: ...

class PotentialLine(_message.Message):
    __slots__ = ("mtu", "start_micro_euro", "end_micro_euro", "billed_micro_euro", "relief_micro_euro", "revision_micro_euro", "withheld_micro_euro", "amount_micro_euro")
    MTU_FIELD_NUMBER: _ClassVar[int]
    START_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    END_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    BILLED_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    RELIEF_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    REVISION_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    WITHHELD_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    mtu: _common_pb2.Mtu
    start_micro_euro: int
    end_micro_euro: int
    billed_micro_euro: int
    relief_micro_euro: int
    revision_micro_euro: int
    withheld_micro_euro: int
    amount_micro_euro: int
    def __init__(self, mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., start_micro_euro: _Optional[int] = ..., end_micro_euro: _Optional[int] = ..., billed_micro_euro: _Optional[int] = ..., relief_micro_euro: _Optional[int] = ..., revision_micro_euro: _Optional[int] = ..., withheld_micro_euro: _Optional[int] = ..., amount_micro_euro: _Optional[int] = ...) -> None: ...

class ImbalanceLine(_message.Message):
    __slots__ = ("mtu", "amount_micro_euro")
    MTU_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    mtu: _common_pb2.Mtu
    amount_micro_euro: int
    def __init__(self, mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., amount_micro_euro: _Optional[int] = ...) -> None: ...

class CompensationLine(_message.Message):
    __slots__ = ("mtu", "trade_id", "quantity_w", "amount_micro_euro")
    MTU_FIELD_NUMBER: _ClassVar[int]
    TRADE_ID_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_W_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    mtu: _common_pb2.Mtu
    trade_id: str
    quantity_w: int
    amount_micro_euro: int
    def __init__(self, mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., trade_id: _Optional[str] = ..., quantity_w: _Optional[int] = ..., amount_micro_euro: _Optional[int] = ...) -> None: ...

class CapacityLine(_message.Message):
    __slots__ = ("mtu", "request_id", "quantity_w", "unused_w", "refund_micro_euro", "amount_micro_euro")
    MTU_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_W_FIELD_NUMBER: _ClassVar[int]
    UNUSED_W_FIELD_NUMBER: _ClassVar[int]
    REFUND_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    mtu: _common_pb2.Mtu
    request_id: str
    quantity_w: int
    unused_w: int
    refund_micro_euro: int
    amount_micro_euro: int
    def __init__(self, mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., request_id: _Optional[str] = ..., quantity_w: _Optional[int] = ..., unused_w: _Optional[int] = ..., refund_micro_euro: _Optional[int] = ..., amount_micro_euro: _Optional[int] = ...) -> None: ...

class CapacityAllotted(_message.Message):
    __slots__ = ("request_id", "party", "metering_point_id", "quantity_w", "unused_w", "payment_micro_euro", "refund_micro_euro", "moved_w")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    PARTY_FIELD_NUMBER: _ClassVar[int]
    METERING_POINT_ID_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_W_FIELD_NUMBER: _ClassVar[int]
    UNUSED_W_FIELD_NUMBER: _ClassVar[int]
    PAYMENT_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    REFUND_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    MOVED_W_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    party: str
    metering_point_id: str
    quantity_w: int
    unused_w: int
    payment_micro_euro: int
    refund_micro_euro: int
    moved_w: int
    def __init__(self, request_id: _Optional[str] = ..., party: _Optional[str] = ..., metering_point_id: _Optional[str] = ..., quantity_w: _Optional[int] = ..., unused_w: _Optional[int] = ..., payment_micro_euro: _Optional[int] = ..., refund_micro_euro: _Optional[int] = ..., moved_w: _Optional[int] = ...) -> None: ...

class SpreadLine(_message.Message):
    __slots__ = ("mtu", "trade_id", "side", "counterparty", "quantity_w", "price_ticks", "spread_ticks", "tick_micro_euro_per_mwh", "amount_micro_euro")
    MTU_FIELD_NUMBER: _ClassVar[int]
    TRADE_ID_FIELD_NUMBER: _ClassVar[int]
    SIDE_FIELD_NUMBER: _ClassVar[int]
    COUNTERPARTY_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_W_FIELD_NUMBER: _ClassVar[int]
    PRICE_TICKS_FIELD_NUMBER: _ClassVar[int]
    SPREAD_TICKS_FIELD_NUMBER: _ClassVar[int]
    TICK_MICRO_EURO_PER_MWH_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    mtu: _common_pb2.Mtu
    trade_id: str
    side: str
    counterparty: str
    quantity_w: int
    price_ticks: int
    spread_ticks: int
    tick_micro_euro_per_mwh: int
    amount_micro_euro: int
    def __init__(self, mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., trade_id: _Optional[str] = ..., side: _Optional[str] = ..., counterparty: _Optional[str] = ..., quantity_w: _Optional[int] = ..., price_ticks: _Optional[int] = ..., spread_ticks: _Optional[int] = ..., tick_micro_euro_per_mwh: _Optional[int] = ..., amount_micro_euro: _Optional[int] = ...) -> None: ...

class LedgerLine(_message.Message):
    __slots__ = ("leaf_id", "account", "metering_point_id", "area_id", "trade", "position", "potential", "imbalance", "compensation", "reservation", "activation", "collected", "perimeter", "external", "adjustment", "blocked", "capacity", "spread")
    LEAF_ID_FIELD_NUMBER: _ClassVar[int]
    ACCOUNT_FIELD_NUMBER: _ClassVar[int]
    METERING_POINT_ID_FIELD_NUMBER: _ClassVar[int]
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    TRADE_FIELD_NUMBER: _ClassVar[int]
    POSITION_FIELD_NUMBER: _ClassVar[int]
    POTENTIAL_FIELD_NUMBER: _ClassVar[int]
    IMBALANCE_FIELD_NUMBER: _ClassVar[int]
    COMPENSATION_FIELD_NUMBER: _ClassVar[int]
    RESERVATION_FIELD_NUMBER: _ClassVar[int]
    ACTIVATION_FIELD_NUMBER: _ClassVar[int]
    COLLECTED_FIELD_NUMBER: _ClassVar[int]
    PERIMETER_FIELD_NUMBER: _ClassVar[int]
    EXTERNAL_FIELD_NUMBER: _ClassVar[int]
    ADJUSTMENT_FIELD_NUMBER: _ClassVar[int]
    BLOCKED_FIELD_NUMBER: _ClassVar[int]
    CAPACITY_FIELD_NUMBER: _ClassVar[int]
    SPREAD_FIELD_NUMBER: _ClassVar[int]
    leaf_id: str
    account: str
    metering_point_id: str
    area_id: str
    trade: TradeLine
    position: PositionLine
    potential: PotentialLine
    imbalance: ImbalanceLine
    compensation: CompensationLine
    reservation: _activations_pb2.ReservationLine
    activation: _activations_pb2.ActivationLine
    collected: _activations_pb2.CollectedLine
    perimeter: _activations_pb2.PerimeterLine
    external: _external_results_pb2.ExternalLine
    adjustment: _external_results_pb2.AdjustmentLine
    blocked: _external_results_pb2.BlockedLine
    capacity: CapacityLine
    spread: SpreadLine
    def __init__(self, leaf_id: _Optional[str] = ..., account: _Optional[str] = ..., metering_point_id: _Optional[str] = ..., area_id: _Optional[str] = ..., trade: _Optional[_Union[TradeLine, _Mapping]] = ..., position: _Optional[_Union[PositionLine, _Mapping]] = ..., potential: _Optional[_Union[PotentialLine, _Mapping]] = ..., imbalance: _Optional[_Union[ImbalanceLine, _Mapping]] = ..., compensation: _Optional[_Union[CompensationLine, _Mapping]] = ..., reservation: _Optional[_Union[_activations_pb2.ReservationLine, _Mapping]] = ..., activation: _Optional[_Union[_activations_pb2.ActivationLine, _Mapping]] = ..., collected: _Optional[_Union[_activations_pb2.CollectedLine, _Mapping]] = ..., perimeter: _Optional[_Union[_activations_pb2.PerimeterLine, _Mapping]] = ..., external: _Optional[_Union[_external_results_pb2.ExternalLine, _Mapping]] = ..., adjustment: _Optional[_Union[_external_results_pb2.AdjustmentLine, _Mapping]] = ..., blocked: _Optional[_Union[_external_results_pb2.BlockedLine, _Mapping]] = ..., capacity: _Optional[_Union[CapacityLine, _Mapping]] = ..., spread: _Optional[_Union[SpreadLine, _Mapping]] = ...) -> None: ...

class AccountDelta(_message.Message):
    __slots__ = ("account", "address", "group", "amount_micro_euro")
    ACCOUNT_FIELD_NUMBER: _ClassVar[int]
    ADDRESS_FIELD_NUMBER: _ClassVar[int]
    GROUP_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    account: str
    address: str
    group: str
    amount_micro_euro: int
    def __init__(self, account: _Optional[str] = ..., address: _Optional[str] = ..., group: _Optional[str] = ..., amount_micro_euro: _Optional[int] = ...) -> None: ...

class ReadingsRecorded(_message.Message):
    __slots__ = ("area_id", "readings")
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    READINGS_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    readings: _containers.RepeatedCompositeFieldContainer[Reading]
    def __init__(self, area_id: _Optional[str] = ..., readings: _Optional[_Iterable[_Union[Reading, _Mapping]]] = ...) -> None: ...

class LinesPosted(_message.Message):
    __slots__ = ("batch_id", "index", "lines")
    BATCH_ID_FIELD_NUMBER: _ClassVar[int]
    INDEX_FIELD_NUMBER: _ClassVar[int]
    LINES_FIELD_NUMBER: _ClassVar[int]
    batch_id: str
    index: int
    lines: _containers.RepeatedCompositeFieldContainer[LedgerLine]
    def __init__(self, batch_id: _Optional[str] = ..., index: _Optional[int] = ..., lines: _Optional[_Iterable[_Union[LedgerLine, _Mapping]]] = ...) -> None: ...

class BatchClosed(_message.Message):
    __slots__ = ("batch_id", "area_id", "run_id", "mtus", "line_count", "accounts", "kind", "version", "venue_id", "result_id")
    BATCH_ID_FIELD_NUMBER: _ClassVar[int]
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    MTUS_FIELD_NUMBER: _ClassVar[int]
    LINE_COUNT_FIELD_NUMBER: _ClassVar[int]
    ACCOUNTS_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    VENUE_ID_FIELD_NUMBER: _ClassVar[int]
    RESULT_ID_FIELD_NUMBER: _ClassVar[int]
    batch_id: str
    area_id: str
    run_id: str
    mtus: _containers.RepeatedCompositeFieldContainer[_common_pb2.Mtu]
    line_count: int
    accounts: _containers.RepeatedCompositeFieldContainer[AccountDelta]
    kind: str
    version: int
    venue_id: str
    result_id: str
    def __init__(self, batch_id: _Optional[str] = ..., area_id: _Optional[str] = ..., run_id: _Optional[str] = ..., mtus: _Optional[_Iterable[_Union[_common_pb2.Mtu, _Mapping]]] = ..., line_count: _Optional[int] = ..., accounts: _Optional[_Iterable[_Union[AccountDelta, _Mapping]]] = ..., kind: _Optional[str] = ..., version: _Optional[int] = ..., venue_id: _Optional[str] = ..., result_id: _Optional[str] = ...) -> None: ...

class TransactionRequested(_message.Message):
    __slots__ = ("transaction_id", "kind", "batch_id", "addresses", "contract", "lowest_nonce", "contract_name", "call")
    TRANSACTION_ID_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    BATCH_ID_FIELD_NUMBER: _ClassVar[int]
    ADDRESSES_FIELD_NUMBER: _ClassVar[int]
    CONTRACT_FIELD_NUMBER: _ClassVar[int]
    LOWEST_NONCE_FIELD_NUMBER: _ClassVar[int]
    CONTRACT_NAME_FIELD_NUMBER: _ClassVar[int]
    CALL_FIELD_NUMBER: _ClassVar[int]
    transaction_id: str
    kind: TransactionKind
    batch_id: str
    addresses: _containers.RepeatedScalarFieldContainer[str]
    contract: str
    lowest_nonce: int
    contract_name: str
    call: ChainCall
    def __init__(self, transaction_id: _Optional[str] = ..., kind: _Optional[_Union[TransactionKind, str]] = ..., batch_id: _Optional[str] = ..., addresses: _Optional[_Iterable[str]] = ..., contract: _Optional[str] = ..., lowest_nonce: _Optional[int] = ..., contract_name: _Optional[str] = ..., call: _Optional[_Union[ChainCall, _Mapping]] = ...) -> None: ...

class TransactionSigned(_message.Message):
    __slots__ = ("signed", "kind", "batch_id", "contract", "batch", "contract_name")
    SIGNED_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    BATCH_ID_FIELD_NUMBER: _ClassVar[int]
    CONTRACT_FIELD_NUMBER: _ClassVar[int]
    BATCH_FIELD_NUMBER: _ClassVar[int]
    CONTRACT_NAME_FIELD_NUMBER: _ClassVar[int]
    signed: RecordSigned
    kind: TransactionKind
    batch_id: str
    contract: str
    batch: BatchState
    contract_name: str
    def __init__(self, signed: _Optional[_Union[RecordSigned, _Mapping]] = ..., kind: _Optional[_Union[TransactionKind, str]] = ..., batch_id: _Optional[str] = ..., contract: _Optional[str] = ..., batch: _Optional[_Union[BatchState, _Mapping]] = ..., contract_name: _Optional[str] = ...) -> None: ...

class TransactionFinal(_message.Message):
    __slots__ = ("mined", "kind", "batch_id", "hash", "addresses", "batch", "contract_name", "call", "right")
    MINED_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    BATCH_ID_FIELD_NUMBER: _ClassVar[int]
    HASH_FIELD_NUMBER: _ClassVar[int]
    ADDRESSES_FIELD_NUMBER: _ClassVar[int]
    BATCH_FIELD_NUMBER: _ClassVar[int]
    CONTRACT_NAME_FIELD_NUMBER: _ClassVar[int]
    CALL_FIELD_NUMBER: _ClassVar[int]
    RIGHT_FIELD_NUMBER: _ClassVar[int]
    mined: RecordMined
    kind: TransactionKind
    batch_id: str
    hash: bytes
    addresses: _containers.RepeatedScalarFieldContainer[str]
    batch: BatchState
    contract_name: str
    call: ChainCall
    right: RightChainState
    def __init__(self, mined: _Optional[_Union[RecordMined, _Mapping]] = ..., kind: _Optional[_Union[TransactionKind, str]] = ..., batch_id: _Optional[str] = ..., hash: _Optional[bytes] = ..., addresses: _Optional[_Iterable[str]] = ..., batch: _Optional[_Union[BatchState, _Mapping]] = ..., contract_name: _Optional[str] = ..., call: _Optional[_Union[ChainCall, _Mapping]] = ..., right: _Optional[_Union[RightChainState, _Mapping]] = ...) -> None: ...

class TransactionRefused(_message.Message):
    __slots__ = ("transaction_id", "kind", "batch_id", "error", "batch", "contract_name", "call", "right")
    TRANSACTION_ID_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    BATCH_ID_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    BATCH_FIELD_NUMBER: _ClassVar[int]
    CONTRACT_NAME_FIELD_NUMBER: _ClassVar[int]
    CALL_FIELD_NUMBER: _ClassVar[int]
    RIGHT_FIELD_NUMBER: _ClassVar[int]
    transaction_id: str
    kind: TransactionKind
    batch_id: str
    error: str
    batch: BatchState
    contract_name: str
    call: ChainCall
    right: RightChainState
    def __init__(self, transaction_id: _Optional[str] = ..., kind: _Optional[_Union[TransactionKind, str]] = ..., batch_id: _Optional[str] = ..., error: _Optional[str] = ..., batch: _Optional[_Union[BatchState, _Mapping]] = ..., contract_name: _Optional[str] = ..., call: _Optional[_Union[ChainCall, _Mapping]] = ..., right: _Optional[_Union[RightChainState, _Mapping]] = ...) -> None: ...

class BatchFiled(_message.Message):
    __slots__ = ("batch_id", "file_count")
    BATCH_ID_FIELD_NUMBER: _ClassVar[int]
    FILE_COUNT_FIELD_NUMBER: _ClassVar[int]
    batch_id: str
    file_count: int
    def __init__(self, batch_id: _Optional[str] = ..., file_count: _Optional[int] = ...) -> None: ...

class CheckRequested(_message.Message):
    __slots__ = ("check_number", "below_nonce", "at_ms")
    CHECK_NUMBER_FIELD_NUMBER: _ClassVar[int]
    BELOW_NONCE_FIELD_NUMBER: _ClassVar[int]
    AT_MS_FIELD_NUMBER: _ClassVar[int]
    check_number: int
    below_nonce: int
    at_ms: int
    def __init__(self, check_number: _Optional[int] = ..., below_nonce: _Optional[int] = ..., at_ms: _Optional[int] = ...) -> None: ...

class ChainChecked(_message.Message):
    __slots__ = ("check_number", "restored_count")
    CHECK_NUMBER_FIELD_NUMBER: _ClassVar[int]
    RESTORED_COUNT_FIELD_NUMBER: _ClassVar[int]
    check_number: int
    restored_count: int
    def __init__(self, check_number: _Optional[int] = ..., restored_count: _Optional[int] = ...) -> None: ...

class FundsMoved(_message.Message):
    __slots__ = ("number", "move", "participant_id", "amount_micro_euro", "reference", "withdrawal_id")
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    MOVE_FIELD_NUMBER: _ClassVar[int]
    PARTICIPANT_ID_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    REFERENCE_FIELD_NUMBER: _ClassVar[int]
    WITHDRAWAL_ID_FIELD_NUMBER: _ClassVar[int]
    number: int
    move: FundsMove
    participant_id: str
    amount_micro_euro: int
    reference: str
    withdrawal_id: str
    def __init__(self, number: _Optional[int] = ..., move: _Optional[_Union[FundsMove, str]] = ..., participant_id: _Optional[str] = ..., amount_micro_euro: _Optional[int] = ..., reference: _Optional[str] = ..., withdrawal_id: _Optional[str] = ...) -> None: ...

class AllotmentState(_message.Message):
    __slots__ = ("participant_id", "shard", "version", "granted_micro_euro", "wanted_micro_euro", "freed_micro_euro")
    PARTICIPANT_ID_FIELD_NUMBER: _ClassVar[int]
    SHARD_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    GRANTED_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    WANTED_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    FREED_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    participant_id: str
    shard: int
    version: int
    granted_micro_euro: int
    wanted_micro_euro: int
    freed_micro_euro: int
    def __init__(self, participant_id: _Optional[str] = ..., shard: _Optional[int] = ..., version: _Optional[int] = ..., granted_micro_euro: _Optional[int] = ..., wanted_micro_euro: _Optional[int] = ..., freed_micro_euro: _Optional[int] = ...) -> None: ...

class ExposureSettled(_message.Message):
    __slots__ = ("batch_id", "participant_id", "shard", "collateral_micro_euro", "owed_micro_euro")
    BATCH_ID_FIELD_NUMBER: _ClassVar[int]
    PARTICIPANT_ID_FIELD_NUMBER: _ClassVar[int]
    SHARD_FIELD_NUMBER: _ClassVar[int]
    COLLATERAL_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    OWED_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    batch_id: str
    participant_id: str
    shard: int
    collateral_micro_euro: int
    owed_micro_euro: int
    def __init__(self, batch_id: _Optional[str] = ..., participant_id: _Optional[str] = ..., shard: _Optional[int] = ..., collateral_micro_euro: _Optional[int] = ..., owed_micro_euro: _Optional[int] = ...) -> None: ...

class DebtPaid(_message.Message):
    __slots__ = ("participant_id", "shard", "amount_micro_euro", "reference")
    PARTICIPANT_ID_FIELD_NUMBER: _ClassVar[int]
    SHARD_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    REFERENCE_FIELD_NUMBER: _ClassVar[int]
    participant_id: str
    shard: int
    amount_micro_euro: int
    reference: str
    def __init__(self, participant_id: _Optional[str] = ..., shard: _Optional[int] = ..., amount_micro_euro: _Optional[int] = ..., reference: _Optional[str] = ...) -> None: ...

class RecordNoted(_message.Message):
    __slots__ = ("record_id", "version", "hash", "final")
    RECORD_ID_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    HASH_FIELD_NUMBER: _ClassVar[int]
    FINAL_FIELD_NUMBER: _ClassVar[int]
    record_id: str
    version: int
    hash: bytes
    final: bool
    def __init__(self, record_id: _Optional[str] = ..., version: _Optional[int] = ..., hash: _Optional[bytes] = ..., final: _Optional[bool] = ...) -> None: ...

class RecordAttested(_message.Message):
    __slots__ = ("record_id", "version", "member", "agree", "reason")
    RECORD_ID_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    MEMBER_FIELD_NUMBER: _ClassVar[int]
    AGREE_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    record_id: str
    version: int
    member: str
    agree: bool
    reason: str
    def __init__(self, record_id: _Optional[str] = ..., version: _Optional[int] = ..., member: _Optional[str] = ..., agree: _Optional[bool] = ..., reason: _Optional[str] = ...) -> None: ...

class Attestation(_message.Message):
    __slots__ = ("member", "agree", "reason", "progress", "error")
    MEMBER_FIELD_NUMBER: _ClassVar[int]
    AGREE_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    PROGRESS_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    member: str
    agree: bool
    reason: str
    progress: ChainProgress
    error: str
    def __init__(self, member: _Optional[str] = ..., agree: _Optional[bool] = ..., reason: _Optional[str] = ..., progress: _Optional[_Union[ChainProgress, str]] = ..., error: _Optional[str] = ...) -> None: ...

class RecordVersion(_message.Message):
    __slots__ = ("version", "hash", "final", "progress", "error", "transaction", "block_number", "attestations")
    VERSION_FIELD_NUMBER: _ClassVar[int]
    HASH_FIELD_NUMBER: _ClassVar[int]
    FINAL_FIELD_NUMBER: _ClassVar[int]
    PROGRESS_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    TRANSACTION_FIELD_NUMBER: _ClassVar[int]
    BLOCK_NUMBER_FIELD_NUMBER: _ClassVar[int]
    ATTESTATIONS_FIELD_NUMBER: _ClassVar[int]
    version: int
    hash: bytes
    final: bool
    progress: ChainProgress
    error: str
    transaction: bytes
    block_number: int
    attestations: _containers.RepeatedCompositeFieldContainer[Attestation]
    def __init__(self, version: _Optional[int] = ..., hash: _Optional[bytes] = ..., final: _Optional[bool] = ..., progress: _Optional[_Union[ChainProgress, str]] = ..., error: _Optional[str] = ..., transaction: _Optional[bytes] = ..., block_number: _Optional[int] = ..., attestations: _Optional[_Iterable[_Union[Attestation, _Mapping]]] = ...) -> None: ...

class RecordState(_message.Message):
    __slots__ = ("record_id", "versions")
    RECORD_ID_FIELD_NUMBER: _ClassVar[int]
    VERSIONS_FIELD_NUMBER: _ClassVar[int]
    record_id: str
    versions: _containers.RepeatedCompositeFieldContainer[RecordVersion]
    def __init__(self, record_id: _Optional[str] = ..., versions: _Optional[_Iterable[_Union[RecordVersion, _Mapping]]] = ...) -> None: ...

class RightFollowed(_message.Message):
    __slots__ = ("right", "on_chain", "pending", "asked_end_s")
    RIGHT_FIELD_NUMBER: _ClassVar[int]
    ON_CHAIN_FIELD_NUMBER: _ClassVar[int]
    PENDING_FIELD_NUMBER: _ClassVar[int]
    ASKED_END_S_FIELD_NUMBER: _ClassVar[int]
    right: _registry_pb2.RightToOffer
    on_chain: _registry_pb2.RightOnChain
    pending: bool
    asked_end_s: int
    def __init__(self, right: _Optional[_Union[_registry_pb2.RightToOffer, _Mapping]] = ..., on_chain: _Optional[_Union[_registry_pb2.RightOnChain, _Mapping]] = ..., pending: _Optional[bool] = ..., asked_end_s: _Optional[int] = ...) -> None: ...

class RightChainState(_message.Message):
    __slots__ = ("right_id", "on_chain")
    RIGHT_ID_FIELD_NUMBER: _ClassVar[int]
    ON_CHAIN_FIELD_NUMBER: _ClassVar[int]
    right_id: str
    on_chain: _registry_pb2.RightOnChain
    def __init__(self, right_id: _Optional[str] = ..., on_chain: _Optional[_Union[_registry_pb2.RightOnChain, _Mapping]] = ...) -> None: ...

class TotalOnChain(_message.Message):
    __slots__ = ("unit_id", "start_s", "up_w", "down_w", "revision", "operated", "progress", "error", "transaction", "block_number")
    UNIT_ID_FIELD_NUMBER: _ClassVar[int]
    START_S_FIELD_NUMBER: _ClassVar[int]
    UP_W_FIELD_NUMBER: _ClassVar[int]
    DOWN_W_FIELD_NUMBER: _ClassVar[int]
    REVISION_FIELD_NUMBER: _ClassVar[int]
    OPERATED_FIELD_NUMBER: _ClassVar[int]
    PROGRESS_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    TRANSACTION_FIELD_NUMBER: _ClassVar[int]
    BLOCK_NUMBER_FIELD_NUMBER: _ClassVar[int]
    unit_id: str
    start_s: int
    up_w: int
    down_w: int
    revision: int
    operated: bool
    progress: ChainProgress
    error: str
    transaction: bytes
    block_number: int
    def __init__(self, unit_id: _Optional[str] = ..., start_s: _Optional[int] = ..., up_w: _Optional[int] = ..., down_w: _Optional[int] = ..., revision: _Optional[int] = ..., operated: _Optional[bool] = ..., progress: _Optional[_Union[ChainProgress, str]] = ..., error: _Optional[str] = ..., transaction: _Optional[bytes] = ..., block_number: _Optional[int] = ...) -> None: ...

class TotalsState(_message.Message):
    __slots__ = ("waiting", "alone", "spans_w", "revisions")
    class SpansWEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: int
        def __init__(self, key: _Optional[str] = ..., value: _Optional[int] = ...) -> None: ...
    class RevisionsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: int
        def __init__(self, key: _Optional[str] = ..., value: _Optional[int] = ...) -> None: ...
    WAITING_FIELD_NUMBER: _ClassVar[int]
    ALONE_FIELD_NUMBER: _ClassVar[int]
    SPANS_W_FIELD_NUMBER: _ClassVar[int]
    REVISIONS_FIELD_NUMBER: _ClassVar[int]
    waiting: _containers.RepeatedCompositeFieldContainer[TotalOnChain]
    alone: _containers.RepeatedScalarFieldContainer[str]
    spans_w: _containers.ScalarMap[str, int]
    revisions: _containers.ScalarMap[str, int]
    def __init__(self, waiting: _Optional[_Iterable[_Union[TotalOnChain, _Mapping]]] = ..., alone: _Optional[_Iterable[str]] = ..., spans_w: _Optional[_Mapping[str, int]] = ..., revisions: _Optional[_Mapping[str, int]] = ...) -> None: ...

class SettlementEvent(_message.Message):
    __slots__ = ("readings", "lines", "closed", "requested", "signed", "final", "refused", "filed", "check_requested", "checked", "record_noted", "record_attested", "funds_moved", "allotment", "exposure_settled", "debt_paid", "products_set", "external_taken", "external_refused")
    READINGS_FIELD_NUMBER: _ClassVar[int]
    LINES_FIELD_NUMBER: _ClassVar[int]
    CLOSED_FIELD_NUMBER: _ClassVar[int]
    REQUESTED_FIELD_NUMBER: _ClassVar[int]
    SIGNED_FIELD_NUMBER: _ClassVar[int]
    FINAL_FIELD_NUMBER: _ClassVar[int]
    REFUSED_FIELD_NUMBER: _ClassVar[int]
    FILED_FIELD_NUMBER: _ClassVar[int]
    CHECK_REQUESTED_FIELD_NUMBER: _ClassVar[int]
    CHECKED_FIELD_NUMBER: _ClassVar[int]
    RECORD_NOTED_FIELD_NUMBER: _ClassVar[int]
    RECORD_ATTESTED_FIELD_NUMBER: _ClassVar[int]
    FUNDS_MOVED_FIELD_NUMBER: _ClassVar[int]
    ALLOTMENT_FIELD_NUMBER: _ClassVar[int]
    EXPOSURE_SETTLED_FIELD_NUMBER: _ClassVar[int]
    DEBT_PAID_FIELD_NUMBER: _ClassVar[int]
    PRODUCTS_SET_FIELD_NUMBER: _ClassVar[int]
    EXTERNAL_TAKEN_FIELD_NUMBER: _ClassVar[int]
    EXTERNAL_REFUSED_FIELD_NUMBER: _ClassVar[int]
    readings: ReadingsRecorded
    lines: LinesPosted
    closed: BatchClosed
    requested: TransactionRequested
    signed: TransactionSigned
    final: TransactionFinal
    refused: TransactionRefused
    filed: BatchFiled
    check_requested: CheckRequested
    checked: ChainChecked
    record_noted: RecordNoted
    record_attested: RecordAttested
    funds_moved: FundsMoved
    allotment: AllotmentState
    exposure_settled: ExposureSettled
    debt_paid: DebtPaid
    products_set: _activations_pb2.ProductsSet
    external_taken: _external_results_pb2.ExternalTaken
    external_refused: _external_results_pb2.ExternalRefused
    def __init__(self, readings: _Optional[_Union[ReadingsRecorded, _Mapping]] = ..., lines: _Optional[_Union[LinesPosted, _Mapping]] = ..., closed: _Optional[_Union[BatchClosed, _Mapping]] = ..., requested: _Optional[_Union[TransactionRequested, _Mapping]] = ..., signed: _Optional[_Union[TransactionSigned, _Mapping]] = ..., final: _Optional[_Union[TransactionFinal, _Mapping]] = ..., refused: _Optional[_Union[TransactionRefused, _Mapping]] = ..., filed: _Optional[_Union[BatchFiled, _Mapping]] = ..., check_requested: _Optional[_Union[CheckRequested, _Mapping]] = ..., checked: _Optional[_Union[ChainChecked, _Mapping]] = ..., record_noted: _Optional[_Union[RecordNoted, _Mapping]] = ..., record_attested: _Optional[_Union[RecordAttested, _Mapping]] = ..., funds_moved: _Optional[_Union[FundsMoved, _Mapping]] = ..., allotment: _Optional[_Union[AllotmentState, _Mapping]] = ..., exposure_settled: _Optional[_Union[ExposureSettled, _Mapping]] = ..., debt_paid: _Optional[_Union[DebtPaid, _Mapping]] = ..., products_set: _Optional[_Union[_activations_pb2.ProductsSet, _Mapping]] = ..., external_taken: _Optional[_Union[_external_results_pb2.ExternalTaken, _Mapping]] = ..., external_refused: _Optional[_Union[_external_results_pb2.ExternalRefused, _Mapping]] = ...) -> None: ...

class PeriodState(_message.Message):
    __slots__ = ("area_id", "mtu", "trades", "bases_w", "metered_w", "open_market_ids", "closed", "last_sequence", "start_micro_euro", "end_micro_euro", "revision_micro_euro", "settled", "compensations", "imbalance_price_ticks", "settled_positions", "capacity")
    class BasesWEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: int
        def __init__(self, key: _Optional[str] = ..., value: _Optional[int] = ...) -> None: ...
    class MeteredWEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: int
        def __init__(self, key: _Optional[str] = ..., value: _Optional[int] = ...) -> None: ...
    AREA_ID_FIELD_NUMBER: _ClassVar[int]
    MTU_FIELD_NUMBER: _ClassVar[int]
    TRADES_FIELD_NUMBER: _ClassVar[int]
    BASES_W_FIELD_NUMBER: _ClassVar[int]
    METERED_W_FIELD_NUMBER: _ClassVar[int]
    OPEN_MARKET_IDS_FIELD_NUMBER: _ClassVar[int]
    CLOSED_FIELD_NUMBER: _ClassVar[int]
    LAST_SEQUENCE_FIELD_NUMBER: _ClassVar[int]
    START_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    END_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    REVISION_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    SETTLED_FIELD_NUMBER: _ClassVar[int]
    COMPENSATIONS_FIELD_NUMBER: _ClassVar[int]
    IMBALANCE_PRICE_TICKS_FIELD_NUMBER: _ClassVar[int]
    SETTLED_POSITIONS_FIELD_NUMBER: _ClassVar[int]
    CAPACITY_FIELD_NUMBER: _ClassVar[int]
    area_id: str
    mtu: _common_pb2.Mtu
    trades: _containers.RepeatedCompositeFieldContainer[_orderbook_pb2.TradeExecuted]
    bases_w: _containers.ScalarMap[str, int]
    metered_w: _containers.ScalarMap[str, int]
    open_market_ids: _containers.RepeatedScalarFieldContainer[str]
    closed: bool
    last_sequence: int
    start_micro_euro: int
    end_micro_euro: int
    revision_micro_euro: int
    settled: bool
    compensations: _containers.RepeatedCompositeFieldContainer[Compensation]
    imbalance_price_ticks: int
    settled_positions: _containers.RepeatedCompositeFieldContainer[_external_results_pb2.SettledPosition]
    capacity: _containers.RepeatedCompositeFieldContainer[CapacityAllotted]
    def __init__(self, area_id: _Optional[str] = ..., mtu: _Optional[_Union[_common_pb2.Mtu, _Mapping]] = ..., trades: _Optional[_Iterable[_Union[_orderbook_pb2.TradeExecuted, _Mapping]]] = ..., bases_w: _Optional[_Mapping[str, int]] = ..., metered_w: _Optional[_Mapping[str, int]] = ..., open_market_ids: _Optional[_Iterable[str]] = ..., closed: _Optional[bool] = ..., last_sequence: _Optional[int] = ..., start_micro_euro: _Optional[int] = ..., end_micro_euro: _Optional[int] = ..., revision_micro_euro: _Optional[int] = ..., settled: _Optional[bool] = ..., compensations: _Optional[_Iterable[_Union[Compensation, _Mapping]]] = ..., imbalance_price_ticks: _Optional[int] = ..., settled_positions: _Optional[_Iterable[_Union[_external_results_pb2.SettledPosition, _Mapping]]] = ..., capacity: _Optional[_Iterable[_Union[CapacityAllotted, _Mapping]]] = ...) -> None: ...

class Compensation(_message.Message):
    __slots__ = ("account", "trade_id", "quantity_w", "amount_micro_euro")
    ACCOUNT_FIELD_NUMBER: _ClassVar[int]
    TRADE_ID_FIELD_NUMBER: _ClassVar[int]
    QUANTITY_W_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    account: str
    trade_id: str
    quantity_w: int
    amount_micro_euro: int
    def __init__(self, account: _Optional[str] = ..., trade_id: _Optional[str] = ..., quantity_w: _Optional[int] = ..., amount_micro_euro: _Optional[int] = ...) -> None: ...

class BatchProgress(_message.Message):
    __slots__ = ("closed", "state", "filed")
    CLOSED_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    FILED_FIELD_NUMBER: _ClassVar[int]
    closed: BatchClosed
    state: BatchState
    filed: bool
    def __init__(self, closed: _Optional[_Union[BatchClosed, _Mapping]] = ..., state: _Optional[_Union[BatchState, _Mapping]] = ..., filed: _Optional[bool] = ...) -> None: ...

class FundsAccount(_message.Message):
    __slots__ = ("participant_id", "free_micro_euro", "held_micro_euro", "leaving_micro_euro")
    PARTICIPANT_ID_FIELD_NUMBER: _ClassVar[int]
    FREE_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    HELD_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    LEAVING_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    participant_id: str
    free_micro_euro: int
    held_micro_euro: int
    leaving_micro_euro: int
    def __init__(self, participant_id: _Optional[str] = ..., free_micro_euro: _Optional[int] = ..., held_micro_euro: _Optional[int] = ..., leaving_micro_euro: _Optional[int] = ...) -> None: ...

class Withdrawal(_message.Message):
    __slots__ = ("withdrawal_id", "participant_id", "amount_micro_euro")
    WITHDRAWAL_ID_FIELD_NUMBER: _ClassVar[int]
    PARTICIPANT_ID_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    withdrawal_id: str
    participant_id: str
    amount_micro_euro: int
    def __init__(self, withdrawal_id: _Optional[str] = ..., participant_id: _Optional[str] = ..., amount_micro_euro: _Optional[int] = ...) -> None: ...

class PaymentRecorded(_message.Message):
    __slots__ = ("reference", "purpose", "participant_id", "amount_micro_euro")
    REFERENCE_FIELD_NUMBER: _ClassVar[int]
    PURPOSE_FIELD_NUMBER: _ClassVar[int]
    PARTICIPANT_ID_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    reference: str
    purpose: str
    participant_id: str
    amount_micro_euro: int
    def __init__(self, reference: _Optional[str] = ..., purpose: _Optional[str] = ..., participant_id: _Optional[str] = ..., amount_micro_euro: _Optional[int] = ...) -> None: ...

class Debt(_message.Message):
    __slots__ = ("participant_id", "shard", "amount_micro_euro")
    PARTICIPANT_ID_FIELD_NUMBER: _ClassVar[int]
    SHARD_FIELD_NUMBER: _ClassVar[int]
    AMOUNT_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    participant_id: str
    shard: int
    amount_micro_euro: int
    def __init__(self, participant_id: _Optional[str] = ..., shard: _Optional[int] = ..., amount_micro_euro: _Optional[int] = ...) -> None: ...

class FundsMoveLacking(_message.Message):
    __slots__ = ("moved", "minted", "made", "asked", "error")
    MOVED_FIELD_NUMBER: _ClassVar[int]
    MINTED_FIELD_NUMBER: _ClassVar[int]
    MADE_FIELD_NUMBER: _ClassVar[int]
    ASKED_FIELD_NUMBER: _ClassVar[int]
    ERROR_FIELD_NUMBER: _ClassVar[int]
    moved: FundsMoved
    minted: bool
    made: bool
    asked: int
    error: str
    def __init__(self, moved: _Optional[_Union[FundsMoved, _Mapping]] = ..., minted: _Optional[bool] = ..., made: _Optional[bool] = ..., asked: _Optional[int] = ..., error: _Optional[str] = ...) -> None: ...

class FundsState(_message.Message):
    __slots__ = ("accounts", "allotments", "debts", "withdrawals", "payments", "move_count", "withdrawal_count", "outside_micro_euro", "lacking", "vault_allowed", "allowing", "vault", "token", "whole")
    ACCOUNTS_FIELD_NUMBER: _ClassVar[int]
    ALLOTMENTS_FIELD_NUMBER: _ClassVar[int]
    DEBTS_FIELD_NUMBER: _ClassVar[int]
    WITHDRAWALS_FIELD_NUMBER: _ClassVar[int]
    PAYMENTS_FIELD_NUMBER: _ClassVar[int]
    MOVE_COUNT_FIELD_NUMBER: _ClassVar[int]
    WITHDRAWAL_COUNT_FIELD_NUMBER: _ClassVar[int]
    OUTSIDE_MICRO_EURO_FIELD_NUMBER: _ClassVar[int]
    LACKING_FIELD_NUMBER: _ClassVar[int]
    VAULT_ALLOWED_FIELD_NUMBER: _ClassVar[int]
    ALLOWING_FIELD_NUMBER: _ClassVar[int]
    VAULT_FIELD_NUMBER: _ClassVar[int]
    TOKEN_FIELD_NUMBER: _ClassVar[int]
    WHOLE_FIELD_NUMBER: _ClassVar[int]
    accounts: _containers.RepeatedCompositeFieldContainer[FundsAccount]
    allotments: _containers.RepeatedCompositeFieldContainer[AllotmentState]
    debts: _containers.RepeatedCompositeFieldContainer[Debt]
    withdrawals: _containers.RepeatedCompositeFieldContainer[Withdrawal]
    payments: _containers.RepeatedCompositeFieldContainer[PaymentRecorded]
    move_count: int
    withdrawal_count: int
    outside_micro_euro: int
    lacking: _containers.RepeatedCompositeFieldContainer[FundsMoveLacking]
    vault_allowed: bool
    allowing: bool
    vault: str
    token: str
    whole: bool
    def __init__(self, accounts: _Optional[_Iterable[_Union[FundsAccount, _Mapping]]] = ..., allotments: _Optional[_Iterable[_Union[AllotmentState, _Mapping]]] = ..., debts: _Optional[_Iterable[_Union[Debt, _Mapping]]] = ..., withdrawals: _Optional[_Iterable[_Union[Withdrawal, _Mapping]]] = ..., payments: _Optional[_Iterable[_Union[PaymentRecorded, _Mapping]]] = ..., move_count: _Optional[int] = ..., withdrawal_count: _Optional[int] = ..., outside_micro_euro: _Optional[int] = ..., lacking: _Optional[_Iterable[_Union[FundsMoveLacking, _Mapping]]] = ..., vault_allowed: _Optional[bool] = ..., allowing: _Optional[bool] = ..., vault: _Optional[str] = ..., token: _Optional[str] = ..., whole: _Optional[bool] = ...) -> None: ...

class SettlementState(_message.Message):
    __slots__ = ("participants", "metering_points", "units", "periods", "batches", "contract", "opened", "requested", "signed", "blocked", "check_count", "checked_at_ms", "checking", "now_ms", "next_nonce", "transaction_count", "contracts", "calls", "records", "notary_members", "rights", "assets", "totals", "funds", "areas", "activation_books", "external_results")
    PARTICIPANTS_FIELD_NUMBER: _ClassVar[int]
    METERING_POINTS_FIELD_NUMBER: _ClassVar[int]
    UNITS_FIELD_NUMBER: _ClassVar[int]
    PERIODS_FIELD_NUMBER: _ClassVar[int]
    BATCHES_FIELD_NUMBER: _ClassVar[int]
    CONTRACT_FIELD_NUMBER: _ClassVar[int]
    OPENED_FIELD_NUMBER: _ClassVar[int]
    REQUESTED_FIELD_NUMBER: _ClassVar[int]
    SIGNED_FIELD_NUMBER: _ClassVar[int]
    BLOCKED_FIELD_NUMBER: _ClassVar[int]
    CHECK_COUNT_FIELD_NUMBER: _ClassVar[int]
    CHECKED_AT_MS_FIELD_NUMBER: _ClassVar[int]
    CHECKING_FIELD_NUMBER: _ClassVar[int]
    NOW_MS_FIELD_NUMBER: _ClassVar[int]
    NEXT_NONCE_FIELD_NUMBER: _ClassVar[int]
    TRANSACTION_COUNT_FIELD_NUMBER: _ClassVar[int]
    CONTRACTS_FIELD_NUMBER: _ClassVar[int]
    CALLS_FIELD_NUMBER: _ClassVar[int]
    RECORDS_FIELD_NUMBER: _ClassVar[int]
    NOTARY_MEMBERS_FIELD_NUMBER: _ClassVar[int]
    RIGHTS_FIELD_NUMBER: _ClassVar[int]
    ASSETS_FIELD_NUMBER: _ClassVar[int]
    TOTALS_FIELD_NUMBER: _ClassVar[int]
    FUNDS_FIELD_NUMBER: _ClassVar[int]
    AREAS_FIELD_NUMBER: _ClassVar[int]
    ACTIVATION_BOOKS_FIELD_NUMBER: _ClassVar[int]
    EXTERNAL_RESULTS_FIELD_NUMBER: _ClassVar[int]
    participants: _containers.RepeatedCompositeFieldContainer[_registry_pb2.Participant]
    metering_points: _containers.RepeatedCompositeFieldContainer[_registry_pb2.MeteringPoint]
    units: _containers.RepeatedCompositeFieldContainer[_registry_pb2.Unit]
    periods: _containers.RepeatedCompositeFieldContainer[PeriodState]
    batches: _containers.RepeatedCompositeFieldContainer[BatchProgress]
    contract: str
    opened: _containers.RepeatedScalarFieldContainer[str]
    requested: TransactionRequested
    signed: TransactionSigned
    blocked: bool
    check_count: int
    checked_at_ms: int
    checking: bool
    now_ms: int
    next_nonce: int
    transaction_count: int
    contracts: _containers.RepeatedCompositeFieldContainer[ContractState]
    calls: _containers.RepeatedCompositeFieldContainer[ChainCall]
    records: _containers.RepeatedCompositeFieldContainer[RecordState]
    notary_members: _containers.RepeatedScalarFieldContainer[str]
    rights: _containers.RepeatedCompositeFieldContainer[RightFollowed]
    assets: _containers.RepeatedScalarFieldContainer[str]
    totals: TotalsState
    funds: FundsState
    areas: _containers.RepeatedCompositeFieldContainer[_registry_pb2.GridArea]
    activation_books: _containers.RepeatedCompositeFieldContainer[_activations_pb2.ActivationBookState]
    external_results: _containers.RepeatedCompositeFieldContainer[_external_results_pb2.ExternalRecord]
    def __init__(self, participants: _Optional[_Iterable[_Union[_registry_pb2.Participant, _Mapping]]] = ..., metering_points: _Optional[_Iterable[_Union[_registry_pb2.MeteringPoint, _Mapping]]] = ..., units: _Optional[_Iterable[_Union[_registry_pb2.Unit, _Mapping]]] = ..., periods: _Optional[_Iterable[_Union[PeriodState, _Mapping]]] = ..., batches: _Optional[_Iterable[_Union[BatchProgress, _Mapping]]] = ..., contract: _Optional[str] = ..., opened: _Optional[_Iterable[str]] = ..., requested: _Optional[_Union[TransactionRequested, _Mapping]] = ..., signed: _Optional[_Union[TransactionSigned, _Mapping]] = ..., blocked: _Optional[bool] = ..., check_count: _Optional[int] = ..., checked_at_ms: _Optional[int] = ..., checking: _Optional[bool] = ..., now_ms: _Optional[int] = ..., next_nonce: _Optional[int] = ..., transaction_count: _Optional[int] = ..., contracts: _Optional[_Iterable[_Union[ContractState, _Mapping]]] = ..., calls: _Optional[_Iterable[_Union[ChainCall, _Mapping]]] = ..., records: _Optional[_Iterable[_Union[RecordState, _Mapping]]] = ..., notary_members: _Optional[_Iterable[str]] = ..., rights: _Optional[_Iterable[_Union[RightFollowed, _Mapping]]] = ..., assets: _Optional[_Iterable[str]] = ..., totals: _Optional[_Union[TotalsState, _Mapping]] = ..., funds: _Optional[_Union[FundsState, _Mapping]] = ..., areas: _Optional[_Iterable[_Union[_registry_pb2.GridArea, _Mapping]]] = ..., activation_books: _Optional[_Iterable[_Union[_activations_pb2.ActivationBookState, _Mapping]]] = ..., external_results: _Optional[_Iterable[_Union[_external_results_pb2.ExternalRecord, _Mapping]]] = ...) -> None: ...

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

class SetProductsRequest(_message.Message):
    __slots__ = ("command_id", "products", "expires_at_ms")
    COMMAND_ID_FIELD_NUMBER: _ClassVar[int]
    PRODUCTS_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_AT_MS_FIELD_NUMBER: _ClassVar[int]
    command_id: str
    products: _activations_pb2.SetProducts
    expires_at_ms: int
    def __init__(self, command_id: _Optional[str] = ..., products: _Optional[_Union[_activations_pb2.SetProducts, _Mapping]] = ..., expires_at_ms: _Optional[int] = ...) -> None: ...

class SetProductsResponse(_message.Message):
    __slots__ = ("receipt",)
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    receipt: _common_pb2.CommandReceipt
    def __init__(self, receipt: _Optional[_Union[_common_pb2.CommandReceipt, _Mapping]] = ...) -> None: ...

class GetStatementRequest(_message.Message):
    __slots__ = ("run_id", "participant_id", "min_position", "offset")
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    PARTICIPANT_ID_FIELD_NUMBER: _ClassVar[int]
    MIN_POSITION_FIELD_NUMBER: _ClassVar[int]
    OFFSET_FIELD_NUMBER: _ClassVar[int]
    run_id: str
    participant_id: str
    min_position: _common_pb2.LogPosition
    offset: int
    def __init__(self, run_id: _Optional[str] = ..., participant_id: _Optional[str] = ..., min_position: _Optional[_Union[_common_pb2.LogPosition, _Mapping]] = ..., offset: _Optional[int] = ...) -> None: ...

class GetStatementResponse(_message.Message):
    __slots__ = ("statement_json", "next_offset")
    STATEMENT_JSON_FIELD_NUMBER: _ClassVar[int]
    NEXT_OFFSET_FIELD_NUMBER: _ClassVar[int]
    statement_json: bytes
    next_offset: int
    def __init__(self, statement_json: _Optional[bytes] = ..., next_offset: _Optional[int] = ...) -> None: ...

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

class MoveFundsRequest(_message.Message):
    __slots__ = ("command_id", "funds", "expires_at_ms")
    COMMAND_ID_FIELD_NUMBER: _ClassVar[int]
    FUNDS_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_AT_MS_FIELD_NUMBER: _ClassVar[int]
    command_id: str
    funds: FundsCommand
    expires_at_ms: int
    def __init__(self, command_id: _Optional[str] = ..., funds: _Optional[_Union[FundsCommand, _Mapping]] = ..., expires_at_ms: _Optional[int] = ...) -> None: ...

class MoveFundsResponse(_message.Message):
    __slots__ = ("receipt",)
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    receipt: _common_pb2.CommandReceipt
    def __init__(self, receipt: _Optional[_Union[_common_pb2.CommandReceipt, _Mapping]] = ...) -> None: ...

class GetFundsRequest(_message.Message):
    __slots__ = ("participant_id", "min_position")
    PARTICIPANT_ID_FIELD_NUMBER: _ClassVar[int]
    MIN_POSITION_FIELD_NUMBER: _ClassVar[int]
    participant_id: str
    min_position: _common_pb2.LogPosition
    def __init__(self, participant_id: _Optional[str] = ..., min_position: _Optional[_Union[_common_pb2.LogPosition, _Mapping]] = ...) -> None: ...

class GetFundsResponse(_message.Message):
    __slots__ = ("funds",)
    FUNDS_FIELD_NUMBER: _ClassVar[int]
    funds: FundsState
    def __init__(self, funds: _Optional[_Union[FundsState, _Mapping]] = ...) -> None: ...

class AttestRequest(_message.Message):
    __slots__ = ("command_id", "attestation", "expires_at_ms")
    COMMAND_ID_FIELD_NUMBER: _ClassVar[int]
    ATTESTATION_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_AT_MS_FIELD_NUMBER: _ClassVar[int]
    command_id: str
    attestation: AttestRecord
    expires_at_ms: int
    def __init__(self, command_id: _Optional[str] = ..., attestation: _Optional[_Union[AttestRecord, _Mapping]] = ..., expires_at_ms: _Optional[int] = ...) -> None: ...

class AttestResponse(_message.Message):
    __slots__ = ("receipt",)
    RECEIPT_FIELD_NUMBER: _ClassVar[int]
    receipt: _common_pb2.CommandReceipt
    def __init__(self, receipt: _Optional[_Union[_common_pb2.CommandReceipt, _Mapping]] = ...) -> None: ...

class ListRecordsRequest(_message.Message):
    __slots__ = ("record_id", "disputed_only", "min_position")
    RECORD_ID_FIELD_NUMBER: _ClassVar[int]
    DISPUTED_ONLY_FIELD_NUMBER: _ClassVar[int]
    MIN_POSITION_FIELD_NUMBER: _ClassVar[int]
    record_id: str
    disputed_only: bool
    min_position: _common_pb2.LogPosition
    def __init__(self, record_id: _Optional[str] = ..., disputed_only: _Optional[bool] = ..., min_position: _Optional[_Union[_common_pb2.LogPosition, _Mapping]] = ...) -> None: ...

class ListRecordsResponse(_message.Message):
    __slots__ = ("records", "contract")
    RECORDS_FIELD_NUMBER: _ClassVar[int]
    CONTRACT_FIELD_NUMBER: _ClassVar[int]
    records: _containers.RepeatedCompositeFieldContainer[RecordState]
    contract: str
    def __init__(self, records: _Optional[_Iterable[_Union[RecordState, _Mapping]]] = ..., contract: _Optional[str] = ...) -> None: ...

class ListUnitTotalsRequest(_message.Message):
    __slots__ = ("unit_id", "min_position")
    UNIT_ID_FIELD_NUMBER: _ClassVar[int]
    MIN_POSITION_FIELD_NUMBER: _ClassVar[int]
    unit_id: str
    min_position: _common_pb2.LogPosition
    def __init__(self, unit_id: _Optional[str] = ..., min_position: _Optional[_Union[_common_pb2.LogPosition, _Mapping]] = ...) -> None: ...

class ListUnitTotalsResponse(_message.Message):
    __slots__ = ("totals", "contract")
    TOTALS_FIELD_NUMBER: _ClassVar[int]
    CONTRACT_FIELD_NUMBER: _ClassVar[int]
    totals: _containers.RepeatedCompositeFieldContainer[TotalOnChain]
    contract: str
    def __init__(self, totals: _Optional[_Iterable[_Union[TotalOnChain, _Mapping]]] = ..., contract: _Optional[str] = ...) -> None: ...
