"""What is audited: every operating point that the book changed, on the base case on which it accepted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flexbourse_gridcheck.domain.events import AuditIntended, AuditPoint, AuditRecorded
from flexbourse_gridcheck.domain.grid import Network
from flexbourse_gridcheck.domain.period import Period, injections

# An intent is one journal record, held below its bound of 512 kB: six numbers of up to five bytes per node and branch.
MAX_INTENT_NUMBERS = 60_000


@dataclass(slots=True)
class AuditTotals:
    """Audits of an area since it was created."""

    checked_count: int = 0
    disagreement_count: int = 0
    violation_count: int = 0

    def add(self, audit: AuditRecorded) -> None:
        """Count a verdict."""
        self.checked_count += audit.checked_count
        self.disagreement_count += audit.disagreement
        self.violation_count += audit.violation_count


def audit_point(network: Network, period: Period) -> AuditPoint | None:
    """Return what is to be audited of a period, or None where it has no base case to stand on."""
    grid, is_new = network.grid, period.operating_point_sequence > period.audited_sequence
    case = period.audit_case(network.version) if is_new else period.base_case
    if case is None or case.topology_version != network.version:
        return None
    margin = period.margin_of(case)
    p_w, q_var = injections(grid, case, period.accepted)
    reference_p_w, reference_q_var = injections(grid, case, period.audited)
    return AuditPoint(
        mtu=period.mtu,
        operating_point_sequence=period.operating_point_sequence,
        base_case_version=case.version,
        p_w=tuple(p_w),
        q_var=tuple(q_var),
        reference_p_w=tuple(reference_p_w),
        reference_q_var=tuple(reference_q_var),
        loading_margin_mpct=margin.loading_margin_mpct,
        voltage_margin_upu=margin.voltage_margin_upu,
    )


def intents(
    network: Network, area_id: str, points: Sequence[AuditPoint], *, shard: int, first: int
) -> list[AuditIntended]:
    """Return audit intents, as many as their bound asks for; ids are functions of area and sequence from `first`."""
    topology = network.grid.topology
    per_point = 5 * topology.n_nodes + topology.n_branches
    size = max(1, MAX_INTENT_NUMBERS // per_point)
    chunks = [points[start : start + size] for start in range(0, len(points), size)]
    return [
        AuditIntended(
            f"{area_id}.audit.{first + i}", area_id, network.version, network.grid.sha256, tuple(chunk), shard
        )
        for i, chunk in enumerate(chunks)
    ]
