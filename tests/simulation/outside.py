"""The outside world of the simulated platform: the second solver, for real, and a chain that is only a model.

The chain's own behaviour has tests with real chains; here it has to be there, answer more than once, and be the same
for the same question.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol

from hosts import Host

from flexbourse.gridcheck.v1 import gridcheck_pb2 as grid
from flexbourse.settlement.v1 import settlement_pb2 as settlement
from flexbourse_gridcheck.effects import AuditEffect
from flexbourse_gridcheck.processor import AUDIT_INTENT
from flexbourse_log.port import Intent, OutgoingCommand
from flexbourse_settlement.effects import outcome
from flexbourse_settlement.processor import CHECK, FILE, SEND, SIGN

CHAIN_ID = 31_337


class Neighbour(Protocol):
    """Somebody outside with whom one context speaks: it answers effects, and says something by itself."""

    context: str

    def perform(self, intent: Intent, host: Host) -> OutgoingCommand:
        """Do what the process that owns the shard asks."""

    def turn(self, host: Host, now_ms: int) -> Iterator[OutgoingCommand]:
        """Go on; yield what the shard is told unasked."""

    @property
    def quiet(self) -> bool:
        """Tell whether nothing is on its way."""

    def problems(self, platform: Any) -> Iterator[str]:
        """Yield what is wrong in the end."""


class Outside:
    """Performs the effects of all services; those of a context with a neighbour are his."""

    def __init__(self, audit: AuditEffect, neighbours: Sequence[Neighbour] = ()) -> None:
        self._audit = audit
        self.neighbours = {own.context: own for own in neighbours}
        self._chain: dict[str, Callable[[Intent], settlement.SettlementCommand]] = {
            SIGN: _signed,
            SEND: _mined,
            FILE: _filed,
            CHECK: _checked,
        }

    def perform(self, intent: Intent, host: Host, *, disagrees: bool) -> OutgoingCommand:
        """Return the outcome of an effect of a shard; the solvers' may be made to disagree."""
        if host.context in self.neighbours:
            return self.neighbours[host.context].perform(intent, host)
        if intent.kind != AUDIT_INTENT:
            return outcome(intent, self._chain[intent.kind](intent))
        found = self._audit.perform(intent)
        if disagrees and isinstance(found.body, grid.GridCommand):
            for audit in found.body.record_audit.audits:
                audit.disagreement = True
        return found


def _hash(*parts: object) -> bytes:
    return hashlib.sha256(repr(parts).encode()).digest()


def _signed(intent: Intent) -> settlement.SettlementCommand:
    request = intent.body
    assert isinstance(request, settlement.TransactionRequested)
    name = request.transaction_id
    record = settlement.RecordSigned(
        transaction_id=name, nonce=request.lowest_nonce, raw=_hash(name, "raw"), hash=_hash(name),
        root=_hash(name, "root"), data_hash=_hash(name, "data"), leaf_count=1,
    )  # fmt: skip
    return settlement.SettlementCommand(record_signed=record)


def _mined(intent: Intent) -> settlement.SettlementCommand:
    event = intent.body
    assert isinstance(event, settlement.TransactionSigned)
    name = event.signed.transaction_id
    record = settlement.RecordMined(
        transaction_id=name, block_number=event.signed.nonce + 1, block_hash=_hash(name, "block"), succeeded=True,
        gas_used=21_000, contract=event.contract or "0x" + _hash("ledger").hex()[:40], chain_id=CHAIN_ID,
    )  # fmt: skip
    return settlement.SettlementCommand(record_mined=record)


def _filed(intent: Intent) -> settlement.SettlementCommand:
    event = intent.body
    assert isinstance(event, settlement.TransactionFinal)
    return settlement.SettlementCommand(record_filed=settlement.RecordFiled(batch_id=event.batch_id, file_count=1))


def _checked(intent: Intent) -> settlement.SettlementCommand:
    request = intent.body
    assert isinstance(request, settlement.CheckRequested)
    return settlement.SettlementCommand(record_checked=settlement.RecordChecked(check_number=request.check_number))
