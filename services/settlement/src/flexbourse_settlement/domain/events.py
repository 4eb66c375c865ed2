"""Events of settlement: everything that was decided or came back from the chain.

Names and fields are those of the journal's messages; `flexbourse_settlement.wire` binds one to the other.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum

from flexbourse_core.market_time import Mtu
from flexbourse_settlement.domain.activations.products import ProductsSet
from flexbourse_settlement.domain.chain.calls import ChainCall
from flexbourse_settlement.domain.chain.rights import RightChainState
from flexbourse_settlement.domain.external.notary import RecordAttested, RecordNoted
from flexbourse_settlement.domain.external.results import ExternalRefused, ExternalTaken
from flexbourse_settlement.domain.funds.events import FundsEvent
from flexbourse_settlement.domain.lines.line import Line
from flexbourse_settlement.domain.proofs.batch import KIND, VERSION, Delta


class TransactionKind(IntEnum):
    """What a transaction does."""

    UNSPECIFIED = 0
    DEPLOY = 1
    OPEN_ACCOUNTS = 2
    SETTLE = 3
    CALL = 4


class BatchStatus(IntEnum):
    """Life of a batch."""

    CLOSED = 1
    SIGNED = 2
    FINAL = 3
    REJECTED = 4


@dataclass(frozen=True, slots=True)
class Reading:
    """Metered injection of one metering point in one MTU, as mean power."""

    metering_point_id: str
    mtu: Mtu
    mean_w: int


@dataclass(frozen=True, slots=True)
class ReadingsRecorded:
    """Readings were taken; a later one of the same metering point and MTU replaces an earlier one."""

    area_id: str
    readings: tuple[Reading, ...]


@dataclass(frozen=True, slots=True)
class LinesPosted:
    """A piece of the lines of a run; pieces count from 0."""

    batch_id: str
    index: int
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class BatchClosed:
    """A run is settled: its lines stand before this, its amounts add up to zero."""

    batch_id: str
    area_id: str
    run_id: str
    mtus: tuple[Mtu, ...]
    line_count: int
    accounts: tuple[Delta, ...]
    kind: str = KIND
    version: int = VERSION
    venue_id: str = ""  # of a correction: the result that it posts
    result_id: str = ""


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch as it stands; what the chain and the tree add is empty until they have."""

    closed: BatchClosed
    status: BatchStatus = BatchStatus.CLOSED
    root: bytes = b""
    data_hash: bytes = b""
    leaf_count: int = 0
    gas_used: int = 0
    block_number: int = 0
    filed: bool = False


@dataclass(frozen=True, slots=True)
class TransactionRequested:
    """A transaction is to be signed.

    `contract` is the address it goes to, `contract_name` the contract's name, empty for the ledger. `addresses` are
    accounts to open, or, of a contract to deploy, what its constructor takes besides the administrator.
    """

    transaction_id: str
    kind: TransactionKind
    batch_id: str
    addresses: tuple[str, ...]
    contract: str
    lowest_nonce: int
    contract_name: str = ""
    call: ChainCall | None = None


@dataclass(frozen=True, slots=True)
class Signed:
    """A signed transaction; of a batch, what it binds."""

    transaction_id: str
    nonce: int
    raw: bytes
    hash: bytes
    root: bytes
    data_hash: bytes
    leaf_count: int


@dataclass(frozen=True, slots=True)
class Mined:
    """What the chain made of a transaction."""

    transaction_id: str
    block_number: int
    block_hash: bytes
    succeeded: bool
    gas_used: int
    error: str
    contract: str
    chain_id: int


@dataclass(frozen=True, slots=True)
class TransactionSigned:
    """A transaction was signed; nothing has been sent before this is journaled."""

    signed: Signed
    kind: TransactionKind
    batch_id: str
    contract: str
    batch: Batch | None = field(default=None, compare=False)
    contract_name: str = ""


@dataclass(frozen=True, slots=True)
class TransactionFinal:
    """A transaction is as deep in the chain as the configuration asks for."""

    mined: Mined
    kind: TransactionKind
    batch_id: str
    hash: bytes
    addresses: tuple[str, ...]
    batch: Batch | None = field(default=None, compare=False)
    contract_name: str = ""
    call: ChainCall | None = None
    right: RightChainState | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class TransactionRefused:
    """The contract would refuse a transaction; it was not sent."""

    transaction_id: str
    kind: TransactionKind
    batch_id: str
    error: str
    batch: Batch | None = field(default=None, compare=False)
    contract_name: str = ""
    call: ChainCall | None = None
    right: RightChainState | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class BatchFiled:
    """Statement files of a batch were written."""

    batch_id: str
    file_count: int


@dataclass(frozen=True, slots=True)
class CheckRequested:
    """The chain is to be asked whether it still has all transactions below a nonce; checks count from 1."""

    check_number: int
    below_nonce: int
    at_ms: int


@dataclass(frozen=True, slots=True)
class ChainChecked:
    """The chain has them; some were given to it again where it had lost them."""

    check_number: int
    restored_count: int


Event = (
    ReadingsRecorded
    | LinesPosted
    | BatchClosed
    | TransactionRequested
    | TransactionSigned
    | TransactionFinal
    | TransactionRefused
    | BatchFiled
    | CheckRequested
    | ChainChecked
    | RecordNoted
    | RecordAttested
    | ProductsSet
    | ExternalTaken
    | ExternalRefused
    | FundsEvent
)
