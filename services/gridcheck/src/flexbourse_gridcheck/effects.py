"""The audit of accepted operating points by the second solver: read from the journal, answered by a command."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

from flexbourse.gridcheck.v1 import gridcheck_pb2 as grid_pb2
from flexbourse_core.errors import InvalidMessageError, TransientError
from flexbourse_gridcheck import wire
from flexbourse_gridcheck.adapters.free_audit import FreeAudit
from flexbourse_gridcheck.domain.grid import Grid
from flexbourse_gridcheck.domain.verdict import verdicts
from flexbourse_gridcheck.processor import AUDIT_INTENT, AUDITOR_PARTY
from flexbourse_log.port import Intent, OutgoingCommand
from flexbourse_messages.catalogue import GRID_COMMAND
from flexbourse_networks.second_solver import SecondSolver

MAX_SOLVERS = 8

FindGrid = Callable[[bytes], Grid | None]
Made = TypeVar("Made")


class _Lately(Generic[Made]):
    """What was made for the networks that were audited lately."""

    def __init__(self, make: Callable[[Grid], Made]) -> None:
        self._make = make
        self._kept: OrderedDict[bytes, Made] = OrderedDict()

    def of(self, grid: Grid) -> Made:
        """Return what belongs to a network; made where it is not there."""
        made = self._kept.pop(grid.sha256, None) or self._make(grid)
        self._kept[grid.sha256] = made
        while len(self._kept) > MAX_SOLVERS:
            self._kept.popitem(last=False)
        return made


class AuditEffect:
    """Solves all points of an intent in one batch. `find_grid` gives a compiled network by the digest of its model."""

    kind = AUDIT_INTENT

    def __init__(self, find_grid: FindGrid) -> None:
        self._find_grid = find_grid
        self._solvers: _Lately[SecondSolver] = _Lately(lambda grid: SecondSolver(grid.model))
        self._free: _Lately[FreeAudit] = _Lately(FreeAudit)

    def perform(self, intent: Intent) -> OutgoingCommand:
        """Return the verdicts as a command; raises TransientError while the network is not known here yet."""
        if not isinstance(intent.body, grid_pb2.AuditIntended):
            raise InvalidMessageError(f"an audit is no {intent.body.DESCRIPTOR.full_name}")
        asked = intent.body
        grid = self._find_grid(asked.topology_sha256)
        if grid is None:
            raise TransientError(f"audit {asked.intent_id}: topology {asked.topology_version} is not known here yet")
        batch = wire.audit_batch_from_message(asked)
        found = verdicts(grid, batch, self._solvers.of(grid).solve_all(*batch.second_injections()))
        if grid.model.has_controls:
            free = self._free.of(grid)
            found = [free.add_to(*point) for point in zip(found, batch.p_w, batch.q_var, strict=True)]
        body = grid_pb2.RecordAudit(
            intent_id=asked.intent_id,
            area_id=asked.area_id,
            audits=[wire.audit_to_message(entry) for entry in found],
        )
        return OutgoingCommand(
            topic=GRID_COMMAND,
            shard=asked.shard,
            command_id=f"outcome-{asked.intent_id}",
            party=AUDITOR_PARTY,
            body=grid_pb2.GridCommand(record_audit=body),
            expires_at_ms=0,
            area=asked.area_id,
        )
