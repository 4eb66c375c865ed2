"""What each side of a set pays that is cleared at once: the integral of its nodal tariff along the way to the set."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from flexbourse_gridmath.nodal import nodal_tariff
from flexbourse_gridmath.powerflow import NotConverged, OperatingPoint, apply_change, solve_power
from flexbourse_gridmath.tariff import TariffParameters, dnut
from flexbourse_gridmath.topology import Real, Topology
from flexbourse_gridmath.vector import Change

GAUSS_POINTS = 8


def path_integral(
    topology: Topology, parameters: TariffParameters, before: OperatingPoint, change: Change
) -> tuple[int, ...] | NotConverged:
    """Split ΔΦ of a whole set over its sides in µEUR: side i bears ``q_i·∫ n_i(x₀ + tΔx) dt``, the sum is exactly ΔΦ.

    What the quadrature leaves goes to the sides by their power, whole µEUR by the largest remainder, ties to the
    earlier side.
    """
    after = apply_change(topology, before, change)
    if isinstance(after, NotConverged):
        return after
    shares = _integrate(topology, parameters, before, after, change)
    if isinstance(shares, NotConverged):
        return shares
    return distribute(
        dnut(topology, parameters, before, after),
        [Fraction(float(share)) * parameters.micro_eur_per_eur_per_hour for share in shares],
        [abs(p) for p in change.p_w],
    )


def _integrate(
    topology: Topology, parameters: TariffParameters, before: OperatingPoint, after: OperatingPoint, change: Change
) -> Real | NotConverged:
    """∫ of each side's active and reactive tariff times its power, EUR/h, float[sides]."""
    nodes = list(change.nodes)
    p_mw, q_mvar = np.array(change.p_w) / 1e6, np.array(change.q_var) / 1e6
    places, weights = np.polynomial.legendre.leggauss(GAUSS_POINTS)
    shares = np.zeros(len(nodes))
    for place, weight in zip((places + 1) / 2, weights / 2, strict=True):
        state = solve_power(topology, before.power + place * (after.power - before.power))
        if isinstance(state, NotConverged):
            return state
        tariff = nodal_tariff(topology, parameters, state)
        shares += weight * (tariff.total[nodes] * p_mw + tariff.reactive[nodes] * q_mvar)
    return shares


def distribute(total: int, shares: list[Fraction], weights: list[int]) -> tuple[int, ...]:
    """Integers near ``shares`` that add up to ``total`` exactly; the gap is spread by ``weights`` first."""
    if not shares:
        if total:
            raise ValueError(f"{total} µEUR and no side to bear it")
        return ()
    gap, weight = total - sum(shares), sum(weights)
    exact = [
        share + gap * (Fraction(own, weight) if weight else Fraction(1, len(shares)))
        for share, own in zip(shares, weights, strict=True)
    ]
    floors = [share.numerator // share.denominator for share in exact]
    order = sorted(range(len(exact)), key=lambda i: (floors[i] - exact[i], i))
    result = list(floors)
    for i in order[: total - sum(floors)]:
        result[i] += 1
    return tuple(result)
