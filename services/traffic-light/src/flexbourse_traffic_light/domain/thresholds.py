"""When a zone is amber, when red, and when it may improve again: an area's parameters."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from flexbourse_core.rejection import Code, Rejection

MAX_USE_MPCT = 1_000_000
MAX_CLEAN_COUNT = 1_000
MAX_DWELL_MS = 24 * 3600 * 1000

# EN 50160: low voltage to 1 kV, medium voltage to 36 kV.
LOW_VOLTAGE_MV = 1_000_000
MEDIUM_VOLTAGE_MV = 36_000_000


class VoltageLevel(IntEnum):
    """Levels that may have thresholds of their own; ANY: every level that has none."""

    ANY = 0
    LOW = 1
    MEDIUM = 2
    HIGH = 3
    LATER = -1  # one that a later version knows; refused

    @classmethod
    def _missing_(cls, value: object) -> VoltageLevel:  # noqa: ARG003 - the base class's signature
        """Return LATER for a number of a later version."""
        return cls.LATER

    @classmethod
    def of(cls, nominal_voltage_mv: int) -> VoltageLevel:
        """Return the level of a nominal voltage in mV; ANY where it is not known."""
        if nominal_voltage_mv <= 0:
            return cls.ANY
        if nominal_voltage_mv <= LOW_VOLTAGE_MV:
            return cls.LOW
        return cls.MEDIUM if nominal_voltage_mv <= MEDIUM_VOLTAGE_MV else cls.HIGH


@dataclass(frozen=True, slots=True)
class LightThresholds:
    """Uses in thousandths of a percent: of an element's limit (loading), of a node's band (voltage).

    The defaults are amber above 80 % loading or outside 0.95 to 1.05 pu (half of a band of 0.90 to 1.10), red beyond
    the limit itself. `clear` ends amber, `calm` ends red; the gap to the entry is the hysteresis.
    """

    amber_loading_mpct: int = 80_000
    clear_loading_mpct: int = 75_000
    red_loading_mpct: int = 100_000
    calm_loading_mpct: int = 98_000
    amber_voltage_mpct: int = 50_000
    clear_voltage_mpct: int = 45_000
    red_voltage_mpct: int = 100_000
    calm_voltage_mpct: int = 98_000
    clean_count: int = 2
    dwell_ms: int = 60_000


def find_problems(thresholds: LightThresholds) -> list[Rejection]:
    """Return every rule that the thresholds break."""
    problems = []
    for kind in ("loading", "voltage"):
        clear, amber, calm, red = (
            getattr(thresholds, f"{step}_{kind}_mpct") for step in ("clear", "amber", "calm", "red")
        )
        chains = (
            (f"clear_{kind}_mpct", clear, amber),
            (f"amber_{kind}_mpct", amber, red),
            (f"calm_{kind}_mpct", calm, red),
        )
        problems += [
            _out_of_range(field, value, limit, "hysteresis: clear < amber < red and calm <= red, all positive")
            for field, value, limit in chains
            if not 0 < value < limit + field.startswith("calm")
        ]
        if red > MAX_USE_MPCT:
            problems.append(_out_of_range(f"red_{kind}_mpct", red, MAX_USE_MPCT, "at most ten times the limit"))
    if not 1 <= thresholds.clean_count <= MAX_CLEAN_COUNT:
        problems.append(_out_of_range("clean_count", thresholds.clean_count, MAX_CLEAN_COUNT, "from 1 to the limit"))
    if not 0 <= thresholds.dwell_ms <= MAX_DWELL_MS:
        problems.append(_out_of_range("dwell_ms", thresholds.dwell_ms, MAX_DWELL_MS, "from 0 to the limit"))
    return problems


def _out_of_range(field: str, value: int, limit: int, rule: str) -> Rejection:
    return Rejection(Code.FIELD_OUT_OF_RANGE, rule, f"thresholds.{field}", value=value, limit=limit)
