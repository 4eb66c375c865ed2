"""What elements of a pandapower network may carry, in the chosen season, as currents at both ends.

Columns of a season are those of the library with the season behind it: ``max_i_ka_winter`` of lines, ``sn_mva_winter``
of transformers (the rating alone; the impedance stays that of ``sn_mva``), ``max_loading_percent_winter`` of both.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from flexbourse_gridmath.model import MAX_PLAUSIBLE_RATING_KA
from flexbourse_networks.options import ImportOptions
from flexbourse_networks.rating_sets import names_of, rated_names, seasons_of

# Elements that become branches; a closed switch with an impedance is one.
KINDS = ("line", "trafo", "trafo3w", "impedance", "switch")
WINDINGS = ("hv", "mv", "lv")
_SEASONAL = {"line": ("max_i_ka", "max_loading_percent"), "trafo": ("sn_mva", "max_loading_percent")}

__all__ = ["KINDS", "WINDINGS", "ends_ka", "limit_mpct", "needs_rating", "positive", "rated_names", "rating_problem"]


def positive(value: Any) -> bool:
    """Whether a value is a positive finite number."""
    try:
        return math.isfinite(value) and value > 0
    except TypeError:
        return False


def needs_rating(kind: str, element: Any) -> bool:
    """Whether an element in service becomes a branch and so needs a rating."""
    return kind != "switch" or bool(element.closed and element.et == "b" and element.get("z_ohm", 0) > 0)


def ends_ka(kind: str, element: Any, options: ImportOptions, winding: str = "") -> tuple[float, float]:
    """The rated currents of both ends in kA; not a number where the element has none or a placeholder.

    Of a three-winding transformer the one winding's own current, twice.
    """
    ends = _ends(kind, element, options, winding)
    usable = all(positive(x) and x <= MAX_PLAUSIBLE_RATING_KA for x in ends)
    return ends if usable else (math.nan, math.nan)


def limit_mpct(element: Any, options: ImportOptions) -> int:
    """The loading that the network itself allows, 100 % where it says nothing."""
    limit = _seasonal(element, "max_loading_percent", options)
    return round(float(limit) * 1000) if positive(limit) else 100_000


def rating_problem(kind: str, index: int, element: Any, options: ImportOptions, named: frozenset[str]) -> str:
    """Why an element's rating cannot be used, empty if it can or if the options give it another."""
    branch_ids = [f"{kind}-{index}-{winding}" for winding in WINDINGS] if kind == "trafo3w" else [f"{kind}-{index}"]
    called = [set(names_of(name, str(element.get("name", "")))) for name in branch_ids]
    if options.default_rating_ka is not None or all(names & named for names in called):
        return ""
    windings = WINDINGS if kind == "trafo3w" else ("",)
    ends = [end for winding in windings for end in _ends(kind, element, options, winding)]
    if all(positive(x) and x <= MAX_PLAUSIBLE_RATING_KA for x in ends):
        return ""
    if all(positive(x) for x in ends):
        return f"rating {max(ends)} kA is above {MAX_PLAUSIBLE_RATING_KA} kA, a placeholder"
    # Of a transformer the numbers behind its rating are needed for its impedance too and were named there.
    return "" if kind in ("trafo", "trafo3w") else f"rating is missing ({_given(kind, element)})"


def season_problems(net: Any, options: ImportOptions) -> Iterator[str]:
    """Say so where nothing in the network or the ratings knows the season asked for."""
    if options.season is None:
        return
    known = {row.rating_set for row in options.ratings} - {""}
    for kind, columns in _SEASONAL.items():
        known |= seasons_of(net[kind].columns, columns)
    if options.season not in known:
        yield f"network: no ratings of the season {options.season} (known: {', '.join(sorted(known)) or 'none'})"


def _seasonal(element: Any, column: str, options: ImportOptions) -> Any:
    of_season = element.get(f"{column}_{options.season}") if options.season else None
    return of_season if positive(of_season) else element.get(column)


def _ends(kind: str, element: Any, options: ImportOptions, winding: str) -> tuple[float, float]:
    if kind == "line":
        current = _seasonal(element, "max_i_ka", options)
        rating = float(current * element.get("df", 1.0) * element.get("parallel", 1)) if current is not None else 0.0
        return rating, rating
    if kind == "trafo":
        sn_mva = _seasonal(element, "sn_mva", options)
        power = sn_mva * element.get("parallel", 1) * element.get("df", 1.0) / math.sqrt(3)
        return _per_voltage(power, element.vn_hv_kv), _per_voltage(power, element.vn_lv_kv)
    if kind == "trafo3w":
        current = _per_voltage(element[f"sn_{winding}_mva"] / math.sqrt(3), element[f"vn_{winding}_kv"])
        return current, current
    column = element.get("in_ka" if kind == "switch" else "max_i_ka")
    return (float(column), float(column)) if positive(column) else (math.nan, math.nan)


def _per_voltage(power: float, voltage: float) -> float:
    return float(power / voltage) if positive(voltage) else math.nan


def _given(kind: str, element: Any) -> str:
    columns = {"line": ("max_i_ka", "df", "parallel"), "switch": ("in_ka",)}.get(kind, ("max_i_ka",))
    return ", ".join(f"{column} {element.get(column)}" for column in columns)
