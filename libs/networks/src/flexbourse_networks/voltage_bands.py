"""Voltage bands of nodes, in millionths of nominal: those of the network where they are bands, else the usual ones."""

from __future__ import annotations

import math
from collections.abc import Iterable

_LOW_VOLTAGE_KV = 1.0
# EN 50160 at low voltage, the usual planning band above.
_LOW_VOLTAGE_MICRO_PU = (900_000, 1_100_000)
_ABOVE_MICRO_PU = (965_000, 1_055_000)
_ONE, _TWO = 1_000_000, 2_000_000


def voltage_band(nominal_kv: float, given_pu: Iterable[tuple[float, float]]) -> tuple[int, int]:
    """The narrowest of the bands given in pu.

    What does not hold 1 pu inside is no band: files write a voltage that is fixed (1.0 to 1.0), or nothing, like that.
    """
    scaled = [(a * 1e6, b * 1e6) for a, b in given_pu if math.isfinite(a) and math.isfinite(b)]
    bands = [(round(a), round(b)) for a, b in scaled if 0 < round(a) < _ONE < round(b) < _TWO]
    if bands:
        return max(a for a, _ in bands), min(b for _, b in bands)
    return _LOW_VOLTAGE_MICRO_PU if nominal_kv < _LOW_VOLTAGE_KV else _ABOVE_MICRO_PU
