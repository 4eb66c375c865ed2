"""Parameters of a study: limits, prices and thresholds, from a TOML file; each has a default, none is hidden."""

from __future__ import annotations

import math
import tomllib
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from flexbourse_cli.gridstudy.problems import Problems
from flexbourse_gridmath.tariff import MAX_EXPONENT

MAX_PRICE = 1e9
MIN_EXPONENT = 0.01
MAX_LOADING_PERCENT = 1e4


@dataclass(frozen=True, slots=True)
class StudyParameters:
    """None: the network's own limit of each element."""

    vm_min_pu: float | None = None
    vm_max_pu: float | None = None
    loading_max_percent: float | None = None
    pi_energy_eur_per_mwh: float = 100.0
    pi_congestion_eur_per_mwh: float = 300.0
    pi_voltage_eur_per_pu_h: float = 400.0
    amber_loading_percent: float = 80.0
    red_loading_percent: float = 100.0
    amber_voltage_deviation_pu: float = 0.05
    red_voltage_deviation_pu: float = 0.10
    exponent: float = 2.0

    def as_document(self) -> dict[str, Any]:
        """Return the parameters by name, as they apply."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class _Between:
    """Bounds of a parameter; ``strict``: it must lie between them, never on one."""

    low: float
    high: float
    strict: bool = False

    def holds(self, value: float) -> bool:
        return self.low < value < self.high if self.strict else self.low <= value <= self.high

    def __str__(self) -> str:
        return f"must lie {'between' if self.strict else 'within'} {self.low:g} and {self.high:g}"


_LOADING = _Between(0, MAX_LOADING_PERCENT)
_DEVIATION = _Between(0, 1)
_BOUNDS = {
    "vm_min_pu": _Between(0, 1, strict=True),
    "vm_max_pu": _Between(1, 2, strict=True),
    "loading_max_percent": _LOADING,
    "pi_energy_eur_per_mwh": _Between(-MAX_PRICE, MAX_PRICE),
    "pi_congestion_eur_per_mwh": _Between(0, MAX_PRICE),
    "pi_voltage_eur_per_pu_h": _Between(0, MAX_PRICE),
    "amber_loading_percent": _LOADING,
    "red_loading_percent": _LOADING,
    "amber_voltage_deviation_pu": _DEVIATION,
    "red_voltage_deviation_pu": _DEVIATION,
    "exponent": _Between(MIN_EXPONENT, MAX_EXPONENT),
}


def read_parameters(path: Path | None, problems: Problems) -> StudyParameters:
    """Read a TOML file of parameters at its top level; every key that is unknown or out of bounds is reported."""
    if path is None:
        return StudyParameters()
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        problems.add(path, 0, "", "", f"cannot be read: {error.strerror}")
        return StudyParameters()
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        problems.add(path, 0, "", "", f"is no TOML: {error}")
        return StudyParameters()
    return with_values(StudyParameters(), document, str(path), problems)


def with_values(base: StudyParameters, values: dict[str, Any], source: str, problems: Problems) -> StudyParameters:
    """Return the parameters with some values; what breaks a rule is reported under the name of its source."""
    taken: dict[str, float] = {}
    for name, value in values.items():
        if name not in _BOUNDS:
            problems.add(source, 0, name, str(value), f"unknown key; known are {', '.join(_BOUNDS)}")
        elif isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            problems.add(source, 0, name, str(value), "must be a finite number")
        elif not _BOUNDS[name].holds(value):
            problems.add(source, 0, name, str(value), str(_BOUNDS[name]))
        else:
            taken[name] = float(value)
    found = replace(base, **taken)
    for amber, red in (
        ("amber_loading_percent", "red_loading_percent"),
        ("amber_voltage_deviation_pu", "red_voltage_deviation_pu"),
    ):
        if getattr(found, amber) >= getattr(found, red):
            problems.add(
                source, 0, amber, f"{getattr(found, amber):g}", f"must be below {red}, {getattr(found, red):g}"
            )
    return found
