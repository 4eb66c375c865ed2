"""Values that events of several kinds carry: what the gate found, and a change at a node."""

from __future__ import annotations

from dataclasses import dataclass


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


@dataclass(frozen=True, slots=True)
class NodeChange:
    """A change of injection at a node."""

    node_id: str
    p_w: int
    q_var: int
