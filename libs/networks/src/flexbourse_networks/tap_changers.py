"""Tap changers of an imported network, in its model: what the check holds and an audit may let free.

Only those of which the file says everything become part of it. Generators and Q(U) stay what the import made of them:
what they hold lies in the base cases that the operator publishes, so he alone can say it of them.
"""

from __future__ import annotations

from dataclasses import replace

from flexbourse_gridmath import control_model
from flexbourse_gridmath.model import NetworkModel
from flexbourse_networks.imported import ImportedNetwork, TapChanger

PERCENT_MICRO = 10_000


def with_tap_changers(imported: ImportedNetwork) -> NetworkModel:
    """The model of an import with the tap changers that it names completely."""
    known = {branch.id for branch in imported.model.branches}
    found = [_in_model(tap) for tap in imported.controls if isinstance(tap, TapChanger) and tap.branch in known]
    complete = tuple(tap for tap in found if tap is not None)
    return replace(imported.model, tap_changers=complete) if complete else imported.model


def _in_model(tap: TapChanger) -> control_model.TapChanger | None:
    """The model's tap changer, None where the file leaves something open or counts in halves."""
    numbers = (tap.position, tap.minimum, tap.maximum, tap.neutral)
    node, step, low, high = tap.node, tap.step_percent, tap.low_pu, tap.high_pu
    if node is None or step is None or low is None or high is None or tap.tap_side not in ("hv", "lv"):
        return None
    if any(number is None or number != int(number) for number in numbers) or step == 0 or low >= high:
        return None
    if tap.element.startswith("trafo3w") and tap.tap_side != "hv":
        return None  # its winding is turned towards the star point, with what it controls at the near end
    position, minimum, maximum, neutral = (int(number) for number in numbers if number is not None)
    return control_model.TapChanger(
        id=tap.element,
        branch=tap.branch,
        node=node,
        on_from=tap.tap_side == "hv",
        position=position,
        neutral=neutral,
        minimum=minimum,
        maximum=maximum,
        step_micro=round(step * PERCENT_MICRO),
        v_low_micro_pu=round(low * 1e6),
        v_high_micro_pu=round(high * 1e6),
    )
