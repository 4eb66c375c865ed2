"""What a trade with every node costs the grid, all nodes at once: estimates for quotes, never a bill.

The average DNUT of a quantity q between a node c that injects q more and a viewer v that injects q less is about
``n_c - n_v + slope_cv·q``: the gradient of Φ, and what a step of q adds beyond it, with the phasors of constant
currents (as in :mod:`nodal`, here for whole rows of viewers). For a vanishing step the slope is half the second
derivative; between two nodes of a tree its loss part is π_E times the resistance of the way from one to the other.
Left out are the terms of third order in q, and that constant power draws more current where the voltage falls: the
bill is the exact difference of Φ.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from flexbourse_gridmath.nodal import nodal_tariffs, strained_curves
from flexbourse_gridmath.powerflow import SolvedState
from flexbourse_gridmath.tariff import TariffParameters
from flexbourse_gridmath.topology import Complex, Real, Topology, frozen


@dataclass(frozen=True, slots=True, eq=False)
class TariffTable:
    """What a trade of ``quantity_w`` between one node (``counter``) and every viewer costs in each MTU.

    ``nodal`` float[MTUs, n] in EUR/MWh; ``drawing`` and ``injecting`` float[MTUs, n] are the slopes in EUR/MWh per MW
    at that quantity where the viewer draws what the counter node injects, and the other way round.
    """

    counter: int
    quantity_w: int
    nodal: Real
    drawing: Real
    injecting: Real

    def dnut(self, *, viewer_draws: bool = True) -> Real:
        """Average DNUT of the quantity in EUR/MWh, float[MTUs, n]; negative where the trade relieves."""
        away = self.nodal[:, self.counter, None] - self.nodal
        size = self.quantity_w / 1e6
        result: Real = away + self.drawing * size if viewer_draws else self.injecting * size - away
        return result


def tariff_table(
    topology: Topology,
    parameters: Sequence[TariffParameters],
    points: Sequence[SolvedState],
    counter: int,
    quantity_w: int = 0,
) -> TariffTable:
    """The table of several MTUs: one transposed solve with a row per MTU; ``counter`` may be the slack.

    Raises :class:`nodal.SolveError` where a point is at voltage collapse.
    """
    nodal, _ = nodal_tariffs(topology, parameters, points)
    drawing, injecting = (
        np.array(
            [
                pair_slopes(topology, own, point, [counter], sign * quantity_w)[0]
                for own, point in zip(parameters, points, strict=True)
            ]
        ).reshape(-1, topology.n_nodes)
        for sign in (1, -1)
    )
    return TariffTable(counter, quantity_w, nodal, frozen(drawing), frozen(injecting))


def pair_slopes(
    topology: Topology,
    parameters: TariffParameters,
    point: SolvedState,
    counters: Sequence[int],
    quantity_w: int | Sequence[int] = 0,
) -> Real:
    """How the DNUT between each counter node and every viewer grows, EUR/MWh per MW: float[counters, n].

    ``quantity_w``, one for all or one for each counter node, is positive where that node injects and negative where it
    draws; 0, for all alone, gives the derivative, which has no direction. With the slack as counter only the viewer
    moves. Sides have no reactive power.
    """
    per_mw = 1e6 / topology.base_va
    current: Complex = per_mw / point.voltage.conj()
    current[topology.slack] = 0.0
    rows, steps = list(counters), np.atleast_1d(np.asarray(quantity_w) / 1e6)[:, None]
    longest = float(np.abs(steps).max(initial=0.0))
    slopes = _resistance(topology, current, rows) * (parameters.energy_price_micro_eur_per_mwh / 1e6 / per_mw)
    for curve in strained_curves(topology, parameters, point, _movable(topology, current, longest)):
        reach = curve.row * current
        rise = reach[rows, None] - reach[None, :]
        if longest:
            slopes += curve.secant(rise, steps, parameters.exponent)
        else:
            slopes += curve.half_second_derivative(rise, parameters.exponent)
    return frozen(slopes)


def _movable(topology: Topology, current: Complex, step: float) -> tuple[Real, Real]:
    """How far two sides of a step can move any branch's loading (ratio) and any voltage (pu)."""
    reach = 2 * step * float(np.abs(current).max())
    ends = topology.impedance.end_reach.reshape(2, -1)
    return reach * ends.max(axis=0), reach * topology.impedance.rise_reach


def _resistance(topology: Topology, current: Complex, counters: list[int]) -> Real:
    """Re(I*·Z·I) for the current of each pair, pu."""
    own = (np.abs(current) ** 2) * topology.impedance.diagonal.real
    there = current[counters, None].conj() * topology.impedance.rows(counters) * current[None, :]
    back = current[None, :].conj() * topology.impedance.columns(counters) * current[counters, None]
    result: Real = own[counters, None] + own[None, :] - (there + back).real
    return result
