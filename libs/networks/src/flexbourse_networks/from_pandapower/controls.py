"""Controls of a pandapower network, with the state in which the solved network left them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from flexbourse_networks.from_pandapower.compiled import Compiled
from flexbourse_networks.from_pandapower.ratings import positive
from flexbourse_networks.from_pandapower.sources import Source
from flexbourse_networks.from_pandapower.tables import in_service
from flexbourse_networks.imported import Control, OtherControl, PowerControl, TapChanger, VoltageSource

_TRANSFORMERS = ("trafo", "trafo3w")
_INJECTIONS = ("sgen", "load", "storage")
# Sets values from a time series and does nothing in a single state; named all the same.
_PROFILES = ("ConstControl",)


def find_controls(net: Any, compiled: Compiled, sources: Iterable[Source]) -> tuple[Control, ...]:
    """Sources other than the slack, generators, tap changers that may move, and whatever else a controller moves."""
    slack = {(source.table, source.index) for source in sources}
    controls: list[Control] = [
        _voltage_source(net, compiled, table, index, element)
        for table in ("gen", "ext_grid")
        for index, element in in_service(net, table)
        if (table, index) not in slack
    ]
    controlled: set[tuple[str, int]] = set()
    for number, row in in_service(net, "controller"):
        found = list(_of_controller(net, compiled, row.object))
        controls += found or [OtherControl(f"controller {number}", type(row.object).__name__)]
        controlled |= {(x.element.split()[0], int(x.element.split()[1])) for x in found}
    for table in _TRANSFORMERS:
        for index, trafo in in_service(net, table):
            if trafo.get("oltc") in (True, np.True_) and (table, index) not in controlled:
                controls.append(_tap_changer(compiled, table, index, trafo))
    return tuple(controls)


def _voltage_source(net: Any, compiled: Compiled, table: str, index: int, element: Any) -> VoltageSource:
    solved = net[f"res_{table}"].loc[index]
    return VoltageSource(
        element=f"{table} {index}",
        node=str(compiled.node_of(int(element.bus))),
        vm_pu=float(element.vm_pu),
        p_w=round(float(solved.p_mw) * 1e6),
        q_var=round(float(solved.q_mvar) * 1e6),
        q_min_var=_var(element.get("min_q_mvar")),
        q_max_var=_var(element.get("max_q_mvar")),
    )


def _of_controller(net: Any, compiled: Compiled, controller: Any) -> Iterator[Control]:
    if type(controller).__name__ in _PROFILES:
        return
    table = getattr(controller, "element", None)
    indices = [int(i) for i in np.atleast_1d(getattr(controller, "element_index", []))]
    if table in _TRANSFORMERS:
        for index in indices:
            yield _tap_changer(compiled, table, index, net[table].loc[index], controller)
    elif table in _INJECTIONS:
        sign = 1 if table == "sgen" else -1
        for index in indices:
            solved = net[f"res_{table}"].loc[index]
            yield PowerControl(
                element=f"{table} {index}",
                node=str(compiled.node_of(int(net[table].bus.at[index]))),
                rule=_rule(controller),
                p_w=round(sign * float(solved.p_mw) * 1e6),
                q_var=round(sign * float(solved.q_mvar) * 1e6),
            )


def _rule(controller: Any) -> str:
    model = getattr(controller, "q_model", None)
    return type(controller).__name__ + (f" {type(model).__name__}" if model is not None else "")


def _tap_changer(compiled: Compiled, table: str, index: int, trafo: Any, controller: Any = None) -> TapChanger:
    side = str(getattr(controller, "side", ""))
    tap_side = str(trafo.get("tap_side") or "hv")
    target = getattr(controller, "vm_set_pu", None)
    return TapChanger(
        element=f"{table} {index}",
        branch=f"{table}-{index}" if table == "trafo" else f"{table}-{index}-{tap_side}",
        position=float(trafo.tap_pos),
        minimum=_number(trafo.get("tap_min")),
        maximum=_number(trafo.get("tap_max")),
        neutral=_number(trafo.get("tap_neutral")),
        step_percent=_number(trafo.get("tap_step_percent")),
        tap_side=tap_side,
        node=compiled.node_of(int(trafo[f"{side}_bus"])) if side else None,
        low_pu=_number(getattr(controller, "vm_lower_pu", target)),
        high_pu=_number(getattr(controller, "vm_upper_pu", target)),
    )


def _number(value: Any) -> float | None:
    try:
        return float(value) if np.isfinite(value) else None
    except TypeError:
        return None


def _var(mvar: Any) -> int | None:
    return round(float(mvar) * 1e6) if positive(abs(mvar) if mvar is not None else None) or mvar == 0 else None
