"""What a grid result says of one zone and period, and what that means for its light."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from flexbourse_traffic_light.domain.thresholds import LightThresholds


class Kind(IntEnum):
    """Kinds of use, in the order in which a finding holds them."""

    LOADING = 0
    VOLTAGE_LOW = 1
    VOLTAGE_HIGH = 2

    @property
    def label(self) -> str:
        """Return the name that a cause carries."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class UseFinding:
    """The largest use of one kind: median against the limit, and against the limit less the forecast margin."""

    p50_mpct: int
    p95_mpct: int
    p50_element_id: str
    p95_element_id: str


@dataclass(frozen=True, slots=True)
class ZoneFinding:
    """One zone in one period, as gridcheck found it; uses in the order of `Kind`."""

    topology_version: int
    grid_sequence: int
    uses: tuple[UseFinding, ...]
    headroom_up_w: int
    headroom_down_w: int
    nominal_voltage_mv: int = 0


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a light is what it is: an element's use against the threshold that it is closest to, or beyond."""

    element_id: str
    kind: str
    value: int = 0
    limit: int = 0
    unit: str = ""


def is_violated(finding: ZoneFinding, thresholds: LightThresholds) -> bool:
    """Tell whether the median is beyond a limit."""
    return any(use.p50_mpct > limit for use, limit in zip(finding.uses, _red(thresholds), strict=True))


def is_strained(finding: ZoneFinding, thresholds: LightThresholds) -> bool:
    """Tell whether the 95 % quantile is beyond an amber threshold."""
    return any(use.p95_mpct > limit for use, limit in zip(finding.uses, _amber(thresholds), strict=True))


def is_calm(finding: ZoneFinding, thresholds: LightThresholds) -> bool:
    """Tell whether a red light may end: the median is inside every limit by the hysteresis."""
    return all(use.p50_mpct <= limit for use, limit in zip(finding.uses, _calm(thresholds), strict=True))


def is_clear(finding: ZoneFinding, thresholds: LightThresholds) -> bool:
    """Tell whether an amber light may end: the 95 % quantile is below every amber threshold by the hysteresis."""
    return all(use.p95_mpct <= limit for use, limit in zip(finding.uses, _clear(thresholds), strict=True))


def red_cause(finding: ZoneFinding, thresholds: LightThresholds) -> Cause:
    """Return the median use that is farthest beyond, or closest to, its limit."""
    return _cause([(use.p50_mpct, use.p50_element_id) for use in finding.uses], _red(thresholds))


def amber_cause(finding: ZoneFinding, thresholds: LightThresholds) -> Cause:
    """Return the 95 % quantile use that is farthest beyond, or closest to, its amber threshold."""
    return _cause([(use.p95_mpct, use.p95_element_id) for use in finding.uses], _amber(thresholds))


def _cause(uses: list[tuple[int, str]], limits: tuple[int, ...]) -> Cause:
    # Shares of different thresholds are compared as products: integers alone, ties to the first kind.
    whole = limits[0] * limits[1] * limits[2]
    worst = max(Kind, key=lambda kind: (uses[kind][0] * (whole // limits[kind]), -kind))
    return Cause(uses[worst][1], worst.label, uses[worst][0], limits[worst], "mpct")


def _red(thresholds: LightThresholds) -> tuple[int, ...]:
    return thresholds.red_loading_mpct, thresholds.red_voltage_mpct, thresholds.red_voltage_mpct


def _amber(thresholds: LightThresholds) -> tuple[int, ...]:
    return thresholds.amber_loading_mpct, thresholds.amber_voltage_mpct, thresholds.amber_voltage_mpct


def _calm(thresholds: LightThresholds) -> tuple[int, ...]:
    return thresholds.calm_loading_mpct, thresholds.calm_voltage_mpct, thresholds.calm_voltage_mpct


def _clear(thresholds: LightThresholds) -> tuple[int, ...]:
    return thresholds.clear_loading_mpct, thresholds.clear_voltage_mpct, thresholds.clear_voltage_mpct
