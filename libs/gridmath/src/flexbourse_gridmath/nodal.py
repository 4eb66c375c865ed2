"""Derivatives of Φ and of single elements: nodal tariffs, marginal prices, slopes for quotes, effects of relief.

``V = V_w + Z·conj(S/V)`` differentiates to ``dV + A·conj(dV) = B·conj(dS)`` with ``A = Z·diag(conj(S/V²))`` and
``B = Z·diag(1/conj V)``. One transposed solve of it gives a whole gradient; both directions are solved by the same
contraction as the power flow, so nothing is factorised.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from flexbourse_gridmath.powerflow import NotConverged, OperatingPoint, SolvedState, apply_change
from flexbourse_gridmath.tariff import (
    TariffParameters,
    branch_strain,
    has_strained_branch,
    may_have_strained_node,
    node_strain,
    scarcity,
    scarcity_curvature,
    scarcity_slope,
)
from flexbourse_gridmath.topology import Complex, Integer, Real, Topology, frozen
from flexbourse_gridmath.vector import Vector

RELATIVE_TOLERANCE = 1e-13
MAX_STEPS = 200
# Turns of a price search; every second one halves the bracket, so 2^40 steps of any quantity.
MAX_PRICE_TURNS = 80
# Steps after which a price that is still not told from its ceiling is solved to the end, and the slope of the steps
# from which on their bound says too little.
BOUNDED_STEPS = 3
MOST_FEEDBACK = 0.7
ROUNDING = 1e-7  # of what a price is made of: far above what rounding and the end of a solution leave open


class SolveError(ArithmeticError):
    """The linearised network at an exact operating point had no solution: the point is at voltage collapse."""


@dataclass(frozen=True, slots=True, eq=False)
class NodalTariff:
    """Gradient of Φ at one operating point: EUR per MWh injected at each node, by part; float[n], 0 at the slack."""

    loss: Real
    congestion: Real
    voltage: Real
    total: Real
    reactive: Real

    def ticks(self, tick_micro_eur: int) -> Integer:
        """The total in price ticks (of ``tick_micro_eur`` µEUR per MWh), half to even, int64[n]."""
        return np.rint(self.total * (1e6 / tick_micro_eur)).astype(np.int64)


def nodal_tariff(topology: Topology, parameters: TariffParameters, point: SolvedState) -> NodalTariff:
    """n_i = ∂Φ/∂P_i; the DNUT of a small q from s to b is q·(n_s − n_b)."""
    # Per pu of power; one pu is base_va.
    gradient = _adjoint(topology, point, _covectors(topology, parameters, point)) * (1e6 / topology.base_va)
    active = gradient.real
    # An injection counts once itself as a loss: P_loss is what the source feeds in plus all injections.
    active[0] += parameters.energy_price_micro_eur_per_mwh / 1e6
    active[:, topology.slack] = 0.0
    return NodalTariff(
        loss=frozen(active[0]),
        congestion=frozen(active[1]),
        voltage=frozen(active[2]),
        total=frozen(active.sum(axis=0)),
        reactive=frozen(gradient.imag.sum(axis=0)),
    )


def nodal_tariffs(
    topology: Topology, parameters: Sequence[TariffParameters], points: Sequence[SolvedState]
) -> tuple[Real, Real]:
    """Gradients of Φ at several points (MTUs), EUR/MWh and EUR/Mvarh, each float[points, n]: one transposed solve.

    The rows of all points go through the same matrix products, so the bits may differ from :func:`nodal_tariff`'s in
    the last places: for display, never for records.
    """
    rows = [_covectors(topology, own, point).sum(axis=0) for own, point in zip(parameters, points, strict=True)]
    voltage = np.array([point.voltage for point in points]).reshape(-1, topology.n_nodes)
    power = np.array([point.power for point in points]).reshape(-1, topology.n_nodes)
    reached = _adjoint_rows(topology, power / voltage**2, np.array(rows).reshape(-1, topology.n_nodes))
    gradient = reached / voltage.conj() * (1e6 / topology.base_va)
    prices = np.array([own.energy_price_micro_eur_per_mwh / 1e6 for own in parameters])
    active = gradient.real + prices[:, None]
    reactive = gradient.imag.copy()
    active[:, topology.slack] = reactive[:, topology.slack] = 0.0
    return frozen(active), frozen(reactive)


def marginal_dnut(topology: Topology, parameters: TariffParameters, point: SolvedState, vector: Vector) -> float:
    """dΦ/dq along the vector at this point, EUR/MWh (the price of the next W if the point is after the match)."""
    # The parts together are one right-hand side: one solve where a tariff by parts takes three.
    solved = _adjoint_rows(topology, _feedback(point), _covector(topology, parameters, point))
    return _along(topology, parameters, point, vector, solved)[0]


def costs_at_most(
    topology: Topology, parameters: TariffParameters, point: SolvedState, vector: Vector, ceiling_eur_per_mwh: float
) -> bool:
    """Whether :func:`marginal_dnut` is at most a ceiling, solved only as far as that is in doubt.

    Step k changes ``y`` by at most ``c_k·|feedback|``, where c_k is by how much step k-1 changed ``y·Z`` at most. All
    that follow step k change ``y·Z`` by at most ``c_k·θ²/(1-θ)`` with ``θ = max_j (|feedback|·|Z|)_j``.
    """
    covector, feedback = _covector(topology, parameters, point), _feedback(point)
    theta = float(topology.impedance.pulled_bound(np.abs(feedback)).max(initial=0.0))
    if theta < MOST_FEEDBACK:
        before, reached = np.zeros_like(covector), topology.impedance.pulled(covector)
        for _ in range(BOUNDED_STEPS):
            change = float(np.abs(reached - before).max())
            before, reached = reached, topology.impedance.pulled(covector - feedback * reached.conj())
            marginal, size = _along(topology, parameters, point, vector, reached)
            doubt = change * theta**2 / (1 - theta) * size
            known = abs(marginal) + abs(ceiling_eur_per_mwh) + size * float(np.abs(reached).max())
            if abs(marginal - ceiling_eur_per_mwh) >= doubt + ROUNDING * known:
                return marginal <= ceiling_eur_per_mwh
    solved = _adjoint_rows(topology, feedback, covector)
    return _along(topology, parameters, point, vector, solved)[0] <= ceiling_eur_per_mwh


def _along(
    topology: Topology, parameters: TariffParameters, point: SolvedState, vector: Vector, reached: Complex
) -> tuple[float, float]:
    """dΦ/dq along a vector of what one row of the adjoint reached, and what 1 more at each of its places could add."""
    scale, price = 1e6 / topology.base_va, parameters.energy_price_micro_eur_per_mwh / 1e6
    marginal = size = 0.0
    for side in vector.sides:
        if side.node != topology.slack:
            direction, voltage = side.direction(), complex(point.voltage[side.node])
            slope = complex(reached[0, side.node]) / voltage.conjugate() * scale
            marginal += (slope.real + price) * direction.real + slope.imag * direction.imag
            size += abs(direction) / abs(voltage) * scale
    return marginal, size


def pair_slope(topology: Topology, parameters: TariffParameters, point: SolvedState, vector: Vector) -> float:
    """Half of d²Φ/dq² in EUR/MWh per MW: the average DNUT of a quantity q is about ``n·v + slope·q``.

    Loss part π_E·R with the effective resistance between the sides; scarcity parts by their curvature along the
    constant-current phasors.
    """
    per_mw = 1e6 / topology.base_va
    current = np.zeros(topology.n_nodes, dtype=np.complex128)
    for side in vector.sides:
        power = side.direction() * per_mw
        current[side.node] += np.conj(power / point.voltage[side.node])
    current[topology.slack] = 0.0
    moved = topology.impedance.rise(current)
    resistance = float((np.conj(current) @ moved).real) / per_mw
    slope = resistance * parameters.energy_price_micro_eur_per_mwh / 1e6
    return slope + sum(
        float(curve.half_second_derivative(curve.row @ current, parameters.exponent))
        for curve in strained_curves(topology, parameters, point)
    )


def element_effect(
    topology: Topology,
    point: SolvedState,
    kind: Literal["branch", "node"],
    index: int,
    *,
    reactive: bool = False,
) -> Integer:
    """What one MW (Mvar) injected at each node does to one element: int64[n], mpct (branch) or micro-pu (node) each."""
    scale = 1e5 if kind == "branch" else 1e6
    gradient = element_gradients(topology, point, ((kind, index),))[0]
    effect = (gradient.imag if reactive else gradient.real) * (scale * 1e6 / topology.base_va)
    rounded: Integer = np.rint(effect).astype(np.int64)
    return rounded


def element_gradients(
    topology: Topology, point: SolvedState, elements: Sequence[tuple[Literal["branch", "node"], int]]
) -> Complex:
    """Gradients of several elements' loading (ratio) or voltage (pu), complex[k, n].

    The real part is per pu of active, the imaginary part per pu of reactive power injected at each node.
    """
    covectors = np.zeros((len(elements), topology.n_nodes), dtype=np.complex128)
    for row, (kind, index) in enumerate(elements):
        weights = np.zeros(topology.n_branches if kind == "branch" else topology.n_nodes)
        weights[index] = 1.0
        covector = _branch_covector if kind == "branch" else _node_covector
        covectors[row] = covector(topology, point, weights)
    return _adjoint(topology, point, covectors)


def largest_at_price(
    topology: Topology,
    parameters: TariffParameters,
    point: OperatingPoint,
    vector: Vector,
    *,
    ceiling_micro_eur_per_mwh: int,
    maximum_w: int,
    step_w: int,
) -> int | NotConverged:
    """Largest multiple of ``step_w`` up to ``maximum_w`` at whose end dΦ/dq is at most the ceiling; 0 if none.

    Φ is convex along a trade, so the marginal price rises with the quantity; the crossing is bracketed, by
    interpolation of the price and by bisection in turn.
    """

    def excess(steps: int) -> float | NotConverged:
        after = apply_change(topology, point, vector.at(steps * step_w))
        if isinstance(after, NotConverged):
            return after
        return marginal_dnut(topology, parameters, after, vector) - ceiling_micro_eur_per_mwh / 1e6

    found = last_below(excess, maximum_w // step_w)
    return found if isinstance(found, NotConverged) else found * step_w


def last_below(excess: Callable[[int], float | NotConverged], high: int) -> int | NotConverged:
    """Last whole number up to ``high`` at which a function that rises is at most zero; 0 if none is.

    Bracketed by interpolation and by bisection in turn; exact where the function rises at every step.
    """
    low = 0
    if high <= 0:
        return 0
    above = excess(high)
    if isinstance(above, NotConverged) or above <= 0:
        return above if isinstance(above, NotConverged) else high
    below = excess(0)
    if isinstance(below, NotConverged) or below > 0:
        return below if isinstance(below, NotConverged) else 0
    for turn in range(MAX_PRICE_TURNS):
        if high - low <= 1:
            break
        share = -below / (above - below) if turn % 2 == 0 else 0.5
        middle = min(max(low + int(share * (high - low)), low + 1), high - 1)
        value = excess(middle)
        if isinstance(value, NotConverged):
            return value
        if value <= 0:
            low, below = middle, value
        else:
            high, above = middle, value
    return low


def _covectors(topology: Topology, parameters: TariffParameters, point: SolvedState) -> Complex:
    """w of dΦ = Re(w·dV) by part, the direct share of an injection in the losses aside: complex[3, n]."""
    return np.array(
        [
            _loss_price(topology, parameters) * _loss_covector(topology, point),
            _branch_covector(topology, point, _branch_prices(topology, parameters, point)),
            _node_covector(topology, point, _node_prices(topology, parameters, point)),
        ]
    )


def _covector(topology: Topology, parameters: TariffParameters, point: SolvedState) -> Complex:
    """The sum of the parts of :func:`_covectors`, complex[1, n]; parts that are 0 are not looked at."""
    covector = _loss_price(topology, parameters) * _loss_covector(topology, point)
    if has_strained_branch(parameters, point):
        covector += _branch_covector(topology, point, _branch_prices(topology, parameters, point))
    if may_have_strained_node(parameters, point):
        covector += _node_covector(topology, point, _node_prices(topology, parameters, point))
    row: Complex = covector[None, :]
    return row


def _loss_price(topology: Topology, parameters: TariffParameters) -> float:
    """EUR/h per pu of losses."""
    return topology.base_va / 1e6 * parameters.energy_price_micro_eur_per_mwh / 1e6


def _feedback(point: SolvedState) -> Complex:
    result: Complex = point.power / point.voltage**2
    return result


def _adjoint(topology: Topology, point: SolvedState, covectors: Complex) -> Complex:
    """Gradients of several ``Re(w·dV)`` (rows w, complex[k, n]): real part per pu of P, imaginary part per pu of Q."""
    gradient: Complex = _adjoint_rows(topology, _feedback(point), covectors) / point.voltage.conj()
    gradient[:, topology.slack] = 0.0
    return gradient


def _adjoint_rows(topology: Topology, feedback: Complex, covectors: Complex) -> Complex:
    """Solve ``y = w - feedback·conj(y·Z)`` for rows w and return y·Z; feedback is of one point or of each row's own."""
    solution = covectors
    tolerance = RELATIVE_TOLERANCE * float(np.abs(covectors).max(initial=0.0))
    for _ in range(MAX_STEPS):
        reached = topology.impedance.pulled(solution)
        moved = covectors - feedback * reached.conj()
        step = float(np.abs(moved - solution).max(initial=0.0))
        solution = moved
        if step <= tolerance:
            return topology.impedance.pulled(solution)
    raise SolveError(f"the gradient did not settle within {MAX_STEPS} steps, last step {step}")


def propagate(
    topology: Topology, point: SolvedState, powers: Complex, tolerance: float = RELATIVE_TOLERANCE
) -> Complex:
    """Voltage change dV (complex[k, n], pu) of small injections (rows, complex[k, n], pu), linear at the point.

    ``tolerance`` is relative to the largest change.
    """
    feedback = (point.power / point.voltage**2).conj()
    driven = topology.impedance.rise((powers / point.voltage).conj())
    solution = driven
    last_step = tolerance * float(np.abs(driven).max(initial=0.0))
    for _ in range(MAX_STEPS):
        moved = driven - topology.impedance.rise(feedback * solution.conj())
        step = float(np.abs(moved - solution).max(initial=0.0))
        solution = moved
        if step <= last_step:
            return solution
    raise SolveError(f"the linearised network did not settle within {MAX_STEPS} steps, last step {step}")


def _loss_covector(topology: Topology, point: SolvedState) -> Complex:
    covector: Complex = point.voltage[topology.slack].conj() * topology.slack_admittance
    covector[topology.slack] = 0.0
    return covector


def _branch_covector(topology: Topology, point: SolvedState, prices: Real) -> Complex:
    """w of Σ_l prices_l · loading_l; a branch counts by its more loaded end."""
    covector = np.zeros(topology.n_nodes, dtype=np.complex128)
    for branch in np.flatnonzero(prices):
        end = _worse_end(topology, point, int(branch))
        phasor = point.end_phasors[end]
        if phasor != 0:
            direction = prices[branch] * phasor.conj() / abs(phasor)
            covector[topology.end_near[end]] += direction * topology.near_gain[end]
            covector[topology.end_far[end]] += direction * topology.far_gain[end]
    covector[topology.slack] = 0.0
    return covector


def _node_covector(topology: Topology, point: SolvedState, prices: Real) -> Complex:
    """w of Σ_i prices_i · |V_i|."""
    covector: Complex = prices * point.voltage.conj() / point.magnitude
    covector[topology.slack] = 0.0
    return covector


def _worse_end(topology: Topology, point: SolvedState, branch: int) -> int:
    other = branch + topology.n_branches
    return other if abs(point.end_phasors[other]) > abs(point.end_phasors[branch]) else branch


def _branch_prices(topology: Topology, parameters: TariffParameters, point: SolvedState) -> Real:
    """∂Φ/∂loading of every branch, EUR/h per 100 %."""
    price = parameters.scarcity_price_micro_eur_per_mwh / 1e6
    return price * topology.rating_va / 1e6 * scarcity_slope(branch_strain(parameters, point), parameters.exponent)


def _node_prices(topology: Topology, parameters: TariffParameters, point: SolvedState) -> Real:
    """∂Φ/∂|V| of every node, EUR/h per pu."""
    nodes = list(parameters.monitored_nodes)
    price = parameters.voltage_price_micro_eur_per_pu_h / 1e6
    side = np.sign(point.magnitude[nodes] - parameters.v_reference_micro_pu / 1e6)
    prices = np.zeros(topology.n_nodes)
    np.add.at(prices, nodes, price * side * scarcity_slope(node_strain(parameters, point), parameters.exponent))
    return prices


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """One strained element of Φ along injected currents: it adds ``weight·span·ψ(z)``, z driven by |phasor + row·I|.

    ``row`` complex[n] is per pu of current; ``side`` is -1 where Φ grows as the magnitude falls.
    """

    weight: float
    row: Complex
    phasor: complex
    strain: float
    span: float
    side: float

    def half_second_derivative(self, rise: Complex, exponent: float) -> Real:
        """½ d²/dq² of the element's part of Φ where its phasor moves by ``q·rise``; any shape."""
        size = abs(self.phasor)
        first = (np.conj(self.phasor) * rise).real / size
        second = (np.abs(rise) ** 2 - first**2) / size
        z = np.array(self.strain)
        bent = scarcity_curvature(z, exponent) * first**2 / self.span + self.side * scarcity_slope(z, exponent) * second
        result: Real = 0.5 * self.weight * bent
        return result

    def secant(self, rise: Complex, quantity: float | Real, exponent: float) -> Real:
        """What a step ``quantity`` along ``rise`` adds to Φ beyond its first order, over quantity²; any shape.

        Tends to :meth:`half_second_derivative` as the step shrinks; strain that begins or ends on the way counts.
        """
        size = abs(self.phasor)
        first = self.side * (np.conj(self.phasor) * rise).real / size
        moved = self.side * (np.abs(self.phasor + quantity * rise) - size)
        start = np.array(self.strain)
        grown = scarcity(start + moved / self.span, exponent) - scarcity(start, exponent)
        beyond = self.span * grown - quantity * first * scarcity_slope(start, exponent)
        result: Real = self.weight * beyond / quantity**2
        return result


def strained_curves(
    topology: Topology,
    parameters: TariffParameters,
    point: SolvedState,
    movable: tuple[Real, Real] | None = None,
) -> Iterator[Curve]:
    """The elements that Φ strains at a point, branches first, each with its own row of the impedances.

    ``movable`` says how far a step may lift each branch's loading (float[L], ratio) and each node's deviation
    (float[n], pu): elements that it may strain count too.
    """
    lift = np.zeros(topology.n_branches) if movable is None else movable[0]
    strain = branch_strain(parameters, point)
    span = (parameters.loading_red_mpct - parameters.loading_amber_mpct) / 1e5
    price = parameters.scarcity_price_micro_eur_per_mwh / 1e6
    for branch in np.flatnonzero((strain + lift / span > 0) & (point.loading > 0)):
        end = _worse_end(topology, point, int(branch))
        near, far = topology.impedance.rows([int(topology.end_near[end]), int(topology.end_far[end])])
        row = topology.near_gain[end] * near + topology.far_gain[end] * far
        weight = price * float(topology.rating_va[branch]) / 1e6
        yield Curve(weight, row, complex(point.end_phasors[end]), float(strain[branch]), span, 1.0)
    drift = np.zeros(topology.n_nodes) if movable is None else movable[1]
    strain = node_strain(parameters, point)
    span = (parameters.deviation_red_micro_pu - parameters.deviation_amber_micro_pu) / 1e6
    price = parameters.voltage_price_micro_eur_per_pu_h / 1e6
    for k in np.flatnonzero(strain + drift[list(parameters.monitored_nodes)] / span > 0):
        node = parameters.monitored_nodes[int(k)]
        phasor = complex(point.voltage[node])
        side = 1.0 if abs(phasor) > parameters.v_reference_micro_pu / 1e6 else -1.0
        yield Curve(price, topology.impedance.rows([node])[0], phasor, float(strain[k]), span, side)
