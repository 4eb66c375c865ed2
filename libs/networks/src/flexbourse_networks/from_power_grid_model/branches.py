"""Branches of power-grid-model as pi sections with an ideal transformer at the from end, in pu.

Its own definitions: lines by ohm and farad, transformers by short-circuit voltage and losses referred to the to side,
both with half of the shunt at each end. ``impedance_ohm`` is the base at the to node.
"""

from __future__ import annotations

import cmath
import math
from typing import Any

from flexbourse_gridmath.model import Branch
from flexbourse_networks.feeders import TRANSFORMER

# The library computes its capacitances at this frequency unless it is told another.
SYSTEM_FREQUENCY_HZ = 50.0
_HOUR_RAD = math.pi / 6


def line(row: Any, nodes: tuple[str, str], base_mva: float, nominal_kv: float) -> Branch:
    """A line; ``i_n`` is its rating."""
    impedance_ohm = nominal_kv**2 / base_mva
    charging = 2 * math.pi * SYSTEM_FREQUENCY_HZ * row["c1"] * complex(row["tan1"], 1.0) * impedance_ohm
    series = complex(row["r1"], row["x1"]) / impedance_ohm
    rating_ka = usable(row["i_n"] / 1e3)
    return _branch("line", row, nodes, series, charging, 1.0, 0.0, (rating_ka, rating_ka))


def generic(row: Any, nodes: tuple[str, str], base_mva: float, nominal_kv: tuple[float, float]) -> Branch:
    """A generic branch, which is the model's own; ``sn`` is its rating at both ends."""
    impedance_ohm = nominal_kv[1] ** 2 / base_mva
    series = complex(row["r1"], row["x1"]) / impedance_ohm
    shunt = complex(row["g1"], row["b1"]) * impedance_ohm
    rating = (_rating_ka(row["sn"], nominal_kv[0]), _rating_ka(row["sn"], nominal_kv[1]))
    ratio = given_or(row["k"], 1.0)
    turning = given_or(row["theta"], 0.0)
    is_transformer = ratio != 1.0 or turning != 0.0 or nominal_kv[0] != nominal_kv[1]
    return _branch(TRANSFORMER if is_transformer else "branch", row, nodes, series, shunt, ratio, turning, rating)


def transformer(row: Any, nodes: tuple[str, str], base_mva: float, nominal_kv: tuple[float, float]) -> Branch:
    """A two-winding transformer at its tap position; ``sn`` over the rated voltage is the rating of each side."""
    impedance_ohm = nominal_kv[1] ** 2 / base_mva
    position, lowest, highest, nominal = tap_range(row)
    u1, u2 = float(row["u1"]), float(row["u2"])
    turned = math.copysign(1.0, highest - lowest) * (position - nominal) * given_or(row["tap_size"], 0.0)
    u1, u2 = (u1 + turned, u2) if row["tap_side"] == 0 else (u1, u2 + turned)
    uk = _at_tap(row, "uk", position, lowest, highest, nominal)
    pk = _at_tap(row, "pk", position, lowest, highest, nominal)
    series = _quadrature(pk * u2**2 / row["sn"] ** 2, abs(uk) * u2**2 / row["sn"])
    shunt = _quadrature(row["p0"] / u2**2, row["i0"] * row["sn"] / u2**2).conjugate()
    ratio = (u1 / u2) / (nominal_kv[0] / nominal_kv[1])
    rating = (_rating_ka(row["sn"], row["u1"] / 1e3), _rating_ka(row["sn"], row["u2"] / 1e3))
    return _branch(
        TRANSFORMER, row, nodes, series / impedance_ohm, shunt * impedance_ohm, ratio, row["clock"] * _HOUR_RAD, rating
    )


def tap_range(row: Any) -> tuple[int, int, int, int]:
    """Position, minimum, maximum and nominal of a tap, with the library's defaults for what is not given."""
    lowest, highest = int(row["tap_min"]), int(row["tap_max"])
    nominal = _given(row["tap_nom"], 0)
    nominal = min(max(nominal, min(lowest, highest)), max(lowest, highest))
    position = _given(row["tap_pos"], nominal)
    return min(max(position, min(lowest, highest)), max(lowest, highest)), lowest, highest, nominal


def usable(rating_ka: float) -> float:
    """A rating, not a number where it is none."""
    return float(rating_ka) if math.isfinite(rating_ka) and rating_ka > 0 else math.nan


def _branch(
    kind: str, row: Any, nodes: tuple[str, str], series: complex, shunt: complex, ratio: float, turning: float,
    rating: tuple[float, float],
) -> Branch:  # fmt: skip
    name = f"{kind}-{int(row['id'])}"
    return Branch(
        id=name, name=name, kind=kind, zone="", from_node=nodes[0], to_node=nodes[1],
        r_pu=float(series.real), x_pu=float(series.imag), g_pu=float(shunt.real), b_pu=float(shunt.imag),
        tap_ratio=float(ratio), tap_shift_rad=float(turning), rating_from_ka=rating[0], rating_to_ka=rating[1],
    )  # fmt: skip


def _rating_ka(power_va: float, nominal_kv: float) -> float:
    return usable(power_va / nominal_kv / math.sqrt(3) / 1e6)


def _quadrature(real: float, magnitude: float) -> complex:
    """The number of the given real part and magnitude with a positive imaginary part; real where none fits."""
    return complex(real, math.sqrt(max(magnitude**2 - real**2, 0.0))) if cmath.isfinite(real + magnitude) else math.nan


def _at_tap(row: Any, name: str, position: int, lowest: int, highest: int, nominal: int) -> float:
    """Short-circuit voltage or loss at a tap position: straight from the nominal tap to the value at either end."""
    middle = float(row[name])
    towards_highest = min(nominal, highest) <= position <= max(nominal, highest)
    end, value = (highest, row[f"{name}_max"]) if towards_highest else (lowest, row[f"{name}_min"])
    if end == nominal or math.isnan(value):
        return middle
    return middle + (position - nominal) * (float(value) - middle) / (end - nominal)


def given_or(value: float, default: float) -> float:
    """A value, or the library's default where the file gives none."""
    return default if math.isnan(value) else float(value)


def _given(value: Any, default: int) -> int:
    """A tap position; the library writes the lowest number of eight bits for what is not given."""
    return default if int(value) == -128 else int(value)
