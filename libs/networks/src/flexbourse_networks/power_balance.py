"""Power at the nodes of a model: what a state means, and the state in which given nodes hold their voltage.

Everything in pu of the model's base; injections positive. Sparse, so that a network of thousands of nodes is quick.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.sparse.linalg import splu

from flexbourse_gridmath.model import NetworkModel

Complex = npt.NDArray[np.complex128]
TOLERANCE_PU = 1e-11
MAX_ITERATIONS = 40
# What the state of another solver may leave over at a node before the import counts as wrong.
ALLOWED_W = 5.0
ALLOWED_SHARE = 1e-6
# The same of voltages where that solver has links of a small impedance between nodes that are one node here.
ALLOWED_PU = 1e-4


def admittance(model: NetworkModel) -> sparse.csr_matrix:
    """The nodal admittance matrix [n, n] of the branches in service and the shunts."""
    index = {node.id: i for i, node in enumerate(model.nodes)}
    from_node = [index[x.from_node] for x in model.branches]
    to_node = [index[x.to_node] for x in model.branches]
    series = 1 / np.array([complex(x.r_pu, x.x_pu) for x in model.branches], dtype=np.complex128)
    charging = np.array([complex(x.g_pu, x.b_pu) for x in model.branches], dtype=np.complex128) / 2
    tap = np.array([x.tap_ratio * np.exp(1j * x.tap_shift_rad) for x in model.branches], dtype=np.complex128)
    shunts = [complex(x.shunt_g_pu, x.shunt_b_pu) for x in model.nodes]
    every = list(range(len(model.nodes)))
    values = np.concatenate(
        [(series + charging) / np.abs(tap) ** 2, series + charging, -series / tap.conj(), -series / tap, shunts]
    )
    rows, columns = [*from_node, *to_node, *from_node, *to_node, *every], [
        *from_node, *to_node, *to_node, *from_node, *every,
    ]  # fmt: skip
    return sparse.csr_matrix((values, (rows, columns)), shape=(len(every), len(every)))


def injections(model: NetworkModel, voltage: Complex) -> Complex:
    """What the nodes inject in a state, in pu."""
    flows: Complex = voltage * np.conj(admittance(model) @ voltage)
    return flows


def imbalance(model: NetworkModel, voltage: Complex, p_w: npt.ArrayLike, q_var: npt.ArrayLike) -> list[str]:
    """Every node but the source where the injections given do not keep up the state given, as a problem.

    The state is that of another solver, so this is a test of the model.
    """
    base_va = model.base_mva * 1e6
    flows = injections(model, voltage) * base_va
    given = np.asarray(p_w, dtype=np.float64) + 1j * np.asarray(q_var, dtype=np.float64)
    gap = np.abs(flows - given)
    return [
        f"node {node.id}: the file's solver injects {flows[i]:.0f} VA where the model has {given[i]:.0f} VA"
        for i, node in enumerate(model.nodes)
        if node.id != model.slack and not gap[i] <= ALLOWED_W + ALLOWED_SHARE * abs(given[i])
    ]


def deviation(model: NetworkModel, voltage: Complex, p_w: npt.ArrayLike, q_var: npt.ArrayLike) -> list[str]:
    """Every node whose voltage in the model is another than in the state of another solver, as a problem."""
    ours = solve_held(model, p_w, q_var, {})
    if ours is None:
        return ["network: the model has no power flow solution where the file's solver has one"]
    return [
        f"node {node.id}: the file's solver finds {voltage[i]:.5f} pu where the model has {ours[i]:.5f} pu"
        for i, node in enumerate(model.nodes)
        if not abs(ours[i] - voltage[i]) <= ALLOWED_PU
    ]


def solve_held(
    model: NetworkModel, p_w: npt.ArrayLike, q_var: npt.ArrayLike, held: Mapping[int, float]
) -> Complex | None:
    """Voltages of the state in which the nodes of ``held`` stand at the magnitudes given (pu); None without solution.

    Newton-Raphson in polar form; the reactive injections of those nodes are what comes out, their active ones are
    given. Starts from the source's voltage turned by the shifts on the way.
    """
    matrix, slack = admittance(model), next(i for i, x in enumerate(model.nodes) if x.id == model.slack)
    target = (np.asarray(p_w, dtype=np.float64) + 1j * np.asarray(q_var, dtype=np.float64)) / (model.base_mva * 1e6)
    n = len(model.nodes)
    fixed = sorted(node for node in held if node != slack)
    free = [i for i in range(n) if i != slack and i not in held]
    moving = sorted([*fixed, *free])
    voltage = _start(matrix, model, slack)
    for node in fixed:
        voltage[node] *= held[node] / abs(voltage[node])
    for _ in range(MAX_ITERATIONS):
        gap = voltage * np.conj(matrix @ voltage) - target
        wrong = np.concatenate([gap.real[moving], gap.imag[free]])
        if not np.all(np.isfinite(wrong)):
            return None
        if np.abs(wrong).max(initial=0.0) < TOLERANCE_PU * max(1.0, np.abs(target).max()):
            return voltage
        step = _newton_step(matrix, voltage, wrong, (moving, free))
        if step is None:
            return None
        magnitude, angle = np.abs(voltage), np.angle(voltage)
        angle[moving] -= step[: len(moving)]
        magnitude[free] -= step[len(moving) :]
        voltage = magnitude * np.exp(1j * angle)
    return None


def _start(matrix: sparse.csr_matrix, model: NetworkModel, slack: int) -> Complex:
    """The state without any injection: right angles behind every shift."""
    others = [i for i in range(len(model.nodes)) if i != slack]
    source = model.slack_voltage_pu * np.exp(1j * model.slack_angle_rad)
    voltage = np.full(len(model.nodes), source, dtype=np.complex128)
    right = -np.asarray(matrix[others][:, [slack]].todense()).ravel() * source
    voltage[others] = splu(matrix[others][:, others].tocsc()).solve(right)
    start: Complex = voltage / np.abs(voltage) * np.clip(np.abs(voltage), 0.9, 1.1)
    return start


def _newton_step(
    matrix: sparse.csr_matrix, voltage: Complex, wrong: npt.NDArray[np.float64], rows: tuple[list[int], list[int]]
) -> npt.NDArray[np.float64] | None:
    moving, free = rows
    current, unit = matrix @ voltage, voltage / np.abs(voltage)
    diagonal_v, diagonal_i = sparse.diags(voltage), sparse.diags(current)
    by_angle = (1j * diagonal_v @ (diagonal_i - matrix @ diagonal_v).conj()).tocsr()
    by_magnitude = (diagonal_v @ (matrix @ sparse.diags(unit)).conj() + diagonal_i.conj() @ sparse.diags(unit)).tocsr()
    jacobian = sparse.bmat(
        [
            [by_angle[moving][:, moving].real, by_magnitude[moving][:, free].real],
            [by_angle[free][:, moving].imag, by_magnitude[free][:, free].imag],
        ]
    ).tocsc()
    try:
        return np.asarray(splu(jacobian).solve(wrong))
    except RuntimeError:  # singular
        return None
