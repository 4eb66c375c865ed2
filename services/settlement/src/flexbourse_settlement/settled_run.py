"""A run as readers of the journal know it: lines, batch, and its place on the chain once it has one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flexbourse_settlement.domain.events import Batch, TransactionFinal
from flexbourse_settlement.domain.lines.line import Line
from flexbourse_settlement.domain.proofs.batch import Run


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where the chain settled a batch."""

    chain_id: int
    contract: str
    transaction: str
    block_number: int


@dataclass(frozen=True, slots=True)
class SettledRun:
    """A run: its lines, its batch as it stands, and its place on the chain once it has one."""

    lines: Sequence[Line]
    batch: Batch
    anchor: Anchor | None = None

    @property
    def run(self) -> Run:
        """Return what was settled together."""
        closed = self.batch.closed
        return Run(closed.area_id, closed.run_id, closed.mtus, closed.kind, closed.version)


def anchor_of(event: TransactionFinal) -> Anchor:
    """Return where a batch was settled."""
    mined = event.mined
    return Anchor(mined.chain_id, mined.contract, event.hash.hex(), mined.block_number)
