"""The tariff potential Φ: what losses, scarce branches and strained voltages cost in one MTU, and DNUT, its difference.

``Φ = π_E·P_loss + Σ_l π_C·S_l·Δρ·ψ((ρ_l-ρ_A)/Δρ) + Σ_i π_V·Δd·ψ((|u_i-u_ref|-d_A)/Δd)`` in EUR/h, with the convex
``ψ(z) = 0, z^(k+1)/(k+1), 1/(k+1) + (z-1)`` below amber, between amber and red, beyond red. Its slope z^k ends at 1:
that is the ceiling, no other cap or sign rule touches a bill. Φ of an MTU is rounded once, to whole µEUR.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from flexbourse_gridmath.powerflow import GridState, OperatingPoint
from flexbourse_gridmath.topology import Real, Topology
from flexbourse_gridmath.vector import MICRO, round_half_even

SECONDS_PER_HOUR = 3600
# k of ψ where none is given, and the steepest that still differs from a step in double precision.
DEFAULT_EXPONENT = 2
MAX_EXPONENT = 100


@dataclass(frozen=True, slots=True)
class TariffParameters:
    """Parameters of Φ for one MTU, integers, frozen before its book opens.

    Prices in µEUR per MWh (losses, scarcity) and µEUR per pu and hour (voltage, for each of ``monitored_nodes``);
    ``loading_*`` in milli-percent; ``deviation_*`` and ``v_reference`` in micro-pu. ``energy_price`` may be negative,
    the others not. ``monitored_nodes`` are indices; a node named twice counts twice. ``exponent`` is the k of ψ.
    """

    energy_price_micro_eur_per_mwh: int
    scarcity_price_micro_eur_per_mwh: int = 300_000_000
    voltage_price_micro_eur_per_pu_h: int = 400_000_000
    loading_amber_mpct: int = 80_000
    loading_red_mpct: int = 100_000
    deviation_amber_micro_pu: int = 50_000
    deviation_red_micro_pu: int = 100_000
    v_reference_micro_pu: int = 1_000_000
    mtu_seconds: int = 900
    monitored_nodes: tuple[int, ...] = ()
    exponent: float = DEFAULT_EXPONENT

    def __post_init__(self) -> None:
        problems = []
        if min(self.scarcity_price_micro_eur_per_mwh, self.voltage_price_micro_eur_per_pu_h) < 0:
            problems.append("scarcity and voltage price must not be negative")
        if not 0 <= self.loading_amber_mpct < self.loading_red_mpct:
            problems.append("loading: amber must be at least 0 and below red")
        if not 0 <= self.deviation_amber_micro_pu < self.deviation_red_micro_pu:
            problems.append("deviation: amber must be at least 0 and below red")
        if self.mtu_seconds <= 0:
            problems.append(f"mtu_seconds was {self.mtu_seconds}, must be positive")
        if not 0 < self.exponent <= MAX_EXPONENT:
            problems.append(f"exponent was {self.exponent}, must be above 0 and at most {MAX_EXPONENT}")
        if problems:
            raise ValueError("; ".join(problems))

    @property
    def micro_eur_per_eur_per_hour(self) -> Fraction:
        """From EUR/h to µEUR in this MTU."""
        return Fraction(1_000_000 * self.mtu_seconds, SECONDS_PER_HOUR)


def scarcity(z: Real, exponent: float = DEFAULT_EXPONENT) -> Real:
    """ψ: 0 below 0, z^(k+1)/(k+1) up to 1, then 1/(k+1) + (z-1)."""
    inside = np.clip(z, 0.0, 1.0)
    result: Real = inside ** (exponent + 1) / (exponent + 1) + np.maximum(z - 1.0, 0.0)
    return result


def scarcity_slope(z: Real, exponent: float = DEFAULT_EXPONENT) -> Real:
    """ψ': 0 below 0, z^k up to 1, then 1."""
    result: Real = np.clip(z, 0.0, 1.0) ** exponent
    return result


def scarcity_curvature(z: Real, exponent: float = DEFAULT_EXPONENT) -> Real:
    """ψ'': k·z^(k-1) between 0 and 1, else 0."""
    inside = (z > 0.0) & (z < 1.0)
    return np.where(inside, exponent * np.where(inside, z, 1.0) ** (exponent - 1), 0.0)


def branch_strain(parameters: TariffParameters, state: GridState) -> Real:
    """z of every branch, float[L]: 0 at amber, 1 at red."""
    amber, red = parameters.loading_amber_mpct / 1e5, parameters.loading_red_mpct / 1e5
    result: Real = (state.loading - amber) / (red - amber)
    return result


def node_strain(parameters: TariffParameters, state: GridState) -> Real:
    """z of every monitored node, in their order: 0 at amber, 1 at red."""
    amber, red = parameters.deviation_amber_micro_pu / 1e6, parameters.deviation_red_micro_pu / 1e6
    magnitude = state.magnitude[list(parameters.monitored_nodes)]
    result: Real = (np.abs(magnitude - parameters.v_reference_micro_pu / 1e6) - amber) / (red - amber)
    return result


def has_strained_branch(parameters: TariffParameters, state: GridState) -> bool:
    """Whether any branch is loaded beyond amber: elsewhere the congestion part of Φ and its slopes are 0 exactly."""
    return bool(state.loading.max(initial=0.0) > parameters.loading_amber_mpct / 1e5)


def may_have_strained_node(parameters: TariffParameters, state: GridState) -> bool:
    """Whether any node at all, monitored or not, deviates beyond amber; if not, the voltage part of Φ is 0 exactly."""
    reference, amber = parameters.v_reference_micro_pu / 1e6, parameters.deviation_amber_micro_pu / 1e6
    return bool(np.abs(state.magnitude - reference).max() > amber)


@dataclass(frozen=True, slots=True)
class PotentialParts:
    """The three parts of Φ in EUR/h."""

    loss: float
    congestion: float
    voltage: float


def potential_parts(topology: Topology, parameters: TariffParameters, point: OperatingPoint) -> PotentialParts:
    """Φ by part, for display; what is billed is :func:`potential`."""
    loss_mw = point.losses_pu * topology.base_va / 1e6
    congestion_mw = voltage_pu = 0.0
    if has_strained_branch(parameters, point):
        span = (parameters.loading_red_mpct - parameters.loading_amber_mpct) / 1e5
        scarce = scarcity(branch_strain(parameters, point), parameters.exponent)
        congestion_mw = span * float(scarce @ topology.rating_va) / 1e6
    if may_have_strained_node(parameters, point):
        width = (parameters.deviation_red_micro_pu - parameters.deviation_amber_micro_pu) / 1e6
        voltage_pu = width * float(scarcity(node_strain(parameters, point), parameters.exponent).sum())
    return PotentialParts(
        loss=loss_mw * parameters.energy_price_micro_eur_per_mwh / 1e6,
        congestion=congestion_mw * parameters.scarcity_price_micro_eur_per_mwh / 1e6,
        voltage=voltage_pu * parameters.voltage_price_micro_eur_per_pu_h / 1e6,
    )


def potential(topology: Topology, parameters: TariffParameters, point: OperatingPoint) -> int:
    """Φ of the MTU in µEUR, rounded once (half to even); a function of the point's integers alone."""
    parts = potential_parts(topology, parameters, point)
    per_hour = parts.loss + parts.congestion + parts.voltage
    # The exact value of the float, times micro-euro per euro and hours per MTU.
    numerator, denominator = per_hour.as_integer_ratio()
    return round_half_even(numerator * MICRO * parameters.mtu_seconds, denominator * SECONDS_PER_HOUR)


def dnut(topology: Topology, parameters: TariffParameters, before: OperatingPoint, after: OperatingPoint) -> int:
    """Φ(after) − Φ(before) in µEUR: positive is paid by the aggressor, negative paid to him."""
    return potential(topology, parameters, after) - potential(topology, parameters, before)


def feeder_ends(topology: Topology) -> tuple[int, ...]:
    """Nodes with nothing below them: where the voltage of a feeder is worst, to be monitored."""
    inner = {int(node) for node in topology.parent}
    return tuple(i for i in range(topology.n_nodes) if i not in inner and i != topology.slack)


def with_voltage_ceiling(
    topology: Topology, parameters: TariffParameters, ceiling_micro_eur_per_mwh: int
) -> TariffParameters:
    """The parameters with a voltage price at which one MWh anywhere moves the voltage part by at most the ceiling.

    All monitored nodes count as strained beyond red, with sensitivities of the no-load state, so the bound holds for
    the sum over nodes. The price only ever falls.
    """
    monitored = np.zeros(topology.n_nodes)
    np.add.at(monitored, list(parameters.monitored_nodes), 1.0)
    pu_per_mw = topology.impedance.pulled_bound(monitored) * 1e6 / topology.base_va
    worst = float(pu_per_mw.max(initial=0.0))
    if worst <= 0:
        return parameters
    allowed = int(ceiling_micro_eur_per_mwh / worst)
    price = min(parameters.voltage_price_micro_eur_per_pu_h, allowed)
    return replace(parameters, voltage_price_micro_eur_per_pu_h=price)
