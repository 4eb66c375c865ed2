"""A margin in the place of a three-phase check: what a balanced picture of low voltage overlooks, taken off the limits.

A balanced flow shows the mean of three phases. Where connections are single-phase, one phase carries more and sags
lower. Whoever checks such a grid with balanced flows says by how much that may be, and every low-voltage branch and
node of the model is held to so much less. It is a setting and no estimate: `three_phase_check.unbalance_margins` tells
what it would have to be at one operating point.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from flexbourse_gridmath.model import ModelError, NetworkModel

# EN 50160: low voltage ends at 1 kV between phases.
LOW_VOLTAGE_KV = 1.0
PU = 1_000_000


@dataclass(frozen=True, slots=True)
class UnbalanceMargin:
    """What is taken off: of a branch's limit in milli-percent, of a node's band at either end in micro-pu."""

    loading_mpct: int = 0
    voltage_micro_pu: int = 0


def with_unbalance_margin(model: NetworkModel, margin: UnbalanceMargin) -> NetworkModel:
    """The model with the margin taken off every branch that ends at low voltage and off every low-voltage node.

    Raises :class:`ModelError` naming each element of which nothing would be left.
    """
    low = {node.id for node in model.nodes if node.nominal_kv <= LOW_VOLTAGE_KV}
    problems = [
        f"unbalance margin: {name} {value} must not be negative"
        for name, value in (("loading_mpct", margin.loading_mpct), ("voltage_micro_pu", margin.voltage_micro_pu))
        if value < 0
    ]
    branches = tuple(
        replace(x, limit_mpct=x.limit_mpct - margin.loading_mpct) if {x.from_node, x.to_node} & low else x
        for x in model.branches
    )
    nodes = tuple(
        replace(
            x,
            v_low_micro_pu=x.v_low_micro_pu + margin.voltage_micro_pu,
            v_high_micro_pu=x.v_high_micro_pu - margin.voltage_micro_pu,
        )
        if x.id in low
        else x
        for x in model.nodes
    )
    problems += [
        f"branch {x.id}: the unbalance margin of {margin.loading_mpct} milli-percent leaves no limit"
        for x in branches
        if x.limit_mpct <= 0
    ]
    problems += [
        f"node {x.id}: the unbalance margin of {margin.voltage_micro_pu} micro-pu leaves no band around 1 pu"
        for x in nodes
        if not x.v_low_micro_pu < PU < x.v_high_micro_pu
    ]
    if problems:
        raise ModelError(problems)
    return replace(model, nodes=nodes, branches=branches)
