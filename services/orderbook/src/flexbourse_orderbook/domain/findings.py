"""Values that events of several kinds carry: what the gate found, a change at a node, what a match takes of limits."""

from __future__ import annotations

from dataclasses import dataclass

from flexbourse_core.values import quickly_made


@quickly_made
@dataclass(frozen=True, slots=True)
class GateFinding:
    """What the gate found, on the operating point that it names."""

    operating_point_sequence: int
    topology_version: int
    base_case_version: int
    margin_version: int
    binding_element_id: str
    binding_value: int
    binding_limit: int
    binding_unit: str
    wanted_w: int
    iterations: int


@quickly_made
@dataclass(frozen=True, slots=True)
class NodeChange:
    """A change of injection at a node."""

    node_id: str
    p_w: int
    q_var: int


@quickly_made
@dataclass(frozen=True, slots=True)
class Sparse:
    """Entries of an array of the topology that changed; indices rise."""

    indices: tuple[int, ...] = ()
    amounts: tuple[int, ...] = ()


@quickly_made
@dataclass(frozen=True, slots=True)
class GridEffect:
    """What a match took from the effective limits of its period."""

    topology_version: int
    weight_permille: int
    loading_relief_mpct: Sparse
    low_relief_upu: Sparse
    high_relief_upu: Sparse
    loading_budget_micro_pct: Sparse
    voltage_budget_npu: Sparse

    def is_nothing(self) -> bool:
        """Tell whether nothing was taken."""
        relief = self.loading_relief_mpct.indices or self.low_relief_upu.indices or self.high_relief_upu.indices
        return not (relief or self.loading_budget_micro_pct.indices or self.voltage_budget_npu.indices)
