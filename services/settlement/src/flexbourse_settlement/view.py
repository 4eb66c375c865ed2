"""Read model of settlement: runs with their lines, batches as they stand, transactions as they were signed.

Folded from the shard's journal on the API's loop, read there and by the effects' thread. It keeps the newest runs;
older statements are in their files.
"""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from dataclasses import replace

from google.protobuf.message import Message

from flexbourse.settlement.v1 import settlement_pb2 as pb
from flexbourse_core.errors import TransientError
from flexbourse_log.port import Record
from flexbourse_messages.catalogue import SETTLEMENT
from flexbourse_settlement import wire
from flexbourse_settlement.domain.events import (
    Batch,
    BatchClosed,
    BatchFiled,
    BatchStatus,
    LinesPosted,
    Signed,
    TransactionFinal,
    TransactionKind,
    TransactionRefused,
    TransactionSigned,
)
from flexbourse_settlement.domain.lines.line import Line
from flexbourse_settlement.preparing import Preparer
from flexbourse_settlement.settled_run import SettledRun, anchor_of

MAX_RUNS = 128
# how far back a chain that lost blocks can be given them again: tens of thousands of calls, hundreds of batches
MAX_SIGNED_BYTES = 64 * 1024 * 1024
CATCH_UP_S = 5.0


class SettlementView:
    """Runs, batches and signed transactions; safe to read from any thread. `preparer` makes their leaves and trees."""

    topics: tuple[str, ...] = (SETTLEMENT.journal.name,)

    def __init__(self, preparer: Preparer) -> None:
        self.preparer = preparer
        self._changed = threading.Condition()
        self._pieces: dict[str, list[Line]] = {}
        self._runs: OrderedDict[str, SettledRun] = OrderedDict()
        self._signed: deque[Signed] = deque()
        self._signed_bytes = 0
        self._contract = ""

    def fold(self, record: Record, message: Message | None) -> None:  # noqa: ARG002 - the port's signature
        """Take one journal record in."""
        if not isinstance(message, pb.SettlementEvent):
            return
        event = wire.event_from(message)
        with self._changed:
            match event:
                case LinesPosted():
                    self._pieces.setdefault(event.batch_id, []).extend(event.lines)
                case BatchClosed():
                    lines = tuple(self._pieces.pop(event.batch_id, ()))
                    self._runs[event.batch_id] = SettledRun(lines, Batch(event))
                    while len(self._runs) > MAX_RUNS:
                        self._runs.popitem(last=False)
                case TransactionSigned():
                    self._take_signed(event)
                case TransactionFinal():
                    self._take_final(event)
                case TransactionRefused() if event.kind is TransactionKind.SETTLE:
                    self._change(event.batch_id, status=BatchStatus.REJECTED)
                case BatchFiled():
                    self._change(event.batch_id, filed=True)
                case _:
                    pass
            self._changed.notify_all()

    def _take_signed(self, event: TransactionSigned) -> None:
        signed = event.signed
        self._signed.append(signed)
        self._signed_bytes += len(signed.raw)
        while self._signed_bytes > MAX_SIGNED_BYTES:
            self._signed_bytes -= len(self._signed.popleft().raw)
        if event.kind is TransactionKind.SETTLE:
            self._change(
                event.batch_id,
                status=BatchStatus.SIGNED,
                root=signed.root,
                data_hash=signed.data_hash,
                leaf_count=signed.leaf_count,
            )

    def _take_final(self, event: TransactionFinal) -> None:
        mined = event.mined
        if event.kind is TransactionKind.DEPLOY and mined.succeeded and not event.contract_name:
            self._contract = mined.contract
        if event.kind is not TransactionKind.SETTLE:
            return
        status = BatchStatus.FINAL if mined.succeeded else BatchStatus.REJECTED
        self._change(event.batch_id, status=status, gas_used=mined.gas_used, block_number=mined.block_number)
        known = self._runs.get(event.batch_id)
        if known is not None and mined.succeeded:
            self._runs[event.batch_id] = replace(known, anchor=anchor_of(event))

    def _change(self, batch_id: str, **changes: object) -> None:
        known = self._runs.get(batch_id)
        if known is not None:
            batch: Batch = replace(known.batch, **changes)  # type: ignore[arg-type]
            self._runs[batch_id] = replace(known, batch=batch)

    @property
    def contract(self) -> str:
        """Return the address of the ledger contract, empty before there is one."""
        with self._changed:
            return self._contract

    def run(self, batch_id: str) -> SettledRun:
        """Return a run whose batch was closed; raises TransientError where this view has not got there in time."""
        with self._changed:
            self._changed.wait_for(lambda: batch_id in self._runs, CATCH_UP_S)
            found = self._runs.get(batch_id)
        if found is None:
            raise TransientError(f"the read model does not hold batch {batch_id} yet")
        return found

    def runs(self) -> list[SettledRun]:
        """Return all runs that are kept, in the order in which they were closed."""
        with self._changed:
            return list(self._runs.values())

    def signed_from(self, nonce: int, below: int) -> list[Signed]:
        """Return the signed transactions with these nonces, in their order."""
        with self._changed:
            found = {each.nonce: each for each in self._signed if nonce <= each.nonce < below}
        return [found[each] for each in sorted(found)]
