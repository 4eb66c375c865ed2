"""Prepares batches for the chain and for statements: leaves, tree, document; remembers the last ones."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Any

from flexbourse_settlement.adapters.account_keys import AccountKeys
from flexbourse_settlement.adapters.keccak import keccak
from flexbourse_settlement.domain.proofs.batch import PreparedBatch, prepare
from flexbourse_settlement.domain.proofs.leaf import canonical
from flexbourse_settlement.domain.proofs.statement import batch_entry, statement
from flexbourse_settlement.settled_run import Anchor, SettledRun

MAX_PREPARED = 4  # one of 20,000 leaves holds about 30 MB
MAX_STATEMENTS = 8  # a large one is asked for in pieces; 750 bytes per leaf


class KeysErasedError(Exception):
    """A key that salted a settled batch is gone, its tree cannot be built again; statement files keep their proofs."""


class Preparer:
    """Prepares each batch once, whoever asks first: the effect that signs or a call for a statement."""

    def __init__(self, keys: AccountKeys) -> None:
        self._keys = keys
        self._prepared: OrderedDict[str, PreparedBatch] = OrderedDict()
        self._statements: OrderedDict[tuple[str, str], bytes] = OrderedDict()
        self._lock = threading.Lock()

    def prepared(self, settled: SettledRun) -> PreparedBatch:
        """Return the batch of a run with its tree; raises KeysErasedError where it is no longer the settled one."""
        closed = settled.batch.closed
        with self._lock:
            if closed.batch_id not in self._prepared:
                found = prepare(keccak, settled.run, settled.lines, closed.accounts, self._keys)
                if settled.batch.root not in (b"", found.tree.root):
                    raise KeysErasedError(f"batch {closed.batch_id} was settled with keys that are gone")
                self._prepared[closed.batch_id] = found
                while len(self._prepared) > MAX_PREPARED:
                    self._prepared.popitem(last=False)
            return self._prepared[closed.batch_id]

    def entry(self, settled: SettledRun, account: str, anchor: Anchor) -> dict[str, Any]:
        """Return one account's part of a settled batch."""
        where = {
            "chain_id": anchor.chain_id,
            "contract": anchor.contract,
            "transaction": anchor.transaction,
            "block_number": anchor.block_number,
        }
        return batch_entry(self.prepared(settled), account, where)

    def statement(self, settled: SettledRun, account: str, anchor: Anchor) -> bytes:
        """Return one account's statement of one run in canonical bytes."""
        key = (settled.batch.closed.batch_id, account)
        with self._lock:
            known = self._statements.get(key)
        if known is not None:
            return known
        address = next(each.address for each in settled.batch.closed.accounts if each.account == account)
        stated = canonical(statement(account, address, [self.entry(settled, account, anchor)]))
        with self._lock:
            self._statements[key] = stated
            while len(self._statements) > MAX_STATEMENTS:
                self._statements.popitem(last=False)
        return stated
