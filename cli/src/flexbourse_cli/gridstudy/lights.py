"""The light of a state: the rules are the traffic light's own, what they look at is found here.

The light looks at the loading of a rating and at the deviation from 1 pu of every bus, the source's excepted, against
the amber and red thresholds of the study; limits of single elements are the gate's matter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from flexbourse_cli.gridstudy.inputs import MICRO_PU, MPCT, Amounts
from flexbourse_cli.gridstudy.network import StudyNetwork
from flexbourse_cli.gridstudy.parameters import StudyParameters
from flexbourse_core.market_time import Mtu
from flexbourse_gridmath.extremes import SAME
from flexbourse_gridmath.powerflow import GridState
from flexbourse_gridmath.topology import Integer, Real
from flexbourse_traffic_light.domain.finding import Cause, Kind, UseFinding, ZoneFinding, amber_cause, red_cause
from flexbourse_traffic_light.domain.light import Evaluation, Light, LightState, first_light, next_light
from flexbourse_traffic_light.domain.thresholds import LightThresholds

# The rules count uses in 0.001 % of a limit. A voltage stands there as its deviation in micro-pu, which is the use of a
# band of 0.1 pu: thresholds in pu then need no band.
MPCT_PER_PU = MICRO_PU
# Share of the threshold to enter at which a state may be left; as the defaults of the rules have it.
CLEAR_LOADING_SHARE, CLEAR_VOLTAGE_SHARE, CALM_SHARE = 75 / 80, 0.9, 0.98
# Values are rounded up, so that what is beyond a threshold counts so; less than this is noise of the arithmetic.
_NOISE = 1e-6
MPCT_PER_UNIT = 1e5
_ANY_MTU = Mtu(0, 900)


def thresholds_of(parameters: StudyParameters, **overrides: int | None) -> LightThresholds:
    """Return the rules' thresholds; `overrides` name fields of them, None leaves what follows from the parameters."""
    amber, red = parameters.amber_loading_percent * MPCT, parameters.red_loading_percent * MPCT
    amber_pu, red_pu = (
        parameters.amber_voltage_deviation_pu * MPCT_PER_PU, parameters.red_voltage_deviation_pu * MPCT_PER_PU,
    )  # fmt: skip
    values = {
        "amber_loading_mpct": amber,
        "clear_loading_mpct": amber * CLEAR_LOADING_SHARE,
        "red_loading_mpct": red,
        "calm_loading_mpct": red * CALM_SHARE,
        "amber_voltage_mpct": amber_pu,
        "clear_voltage_mpct": amber_pu * CLEAR_VOLTAGE_SHARE,
        "red_voltage_mpct": red_pu,
        "calm_voltage_mpct": red_pu * CALM_SHARE,
        "dwell_ms": 0,
    }
    values.update({name: value for name, value in overrides.items() if value is not None})
    return LightThresholds(**{name: round(value) for name, value in values.items()})


@dataclass(frozen=True, slots=True, eq=False)
class Members:
    """Branches and nodes that a light is about."""

    branches: Integer
    nodes: Integer


def all_members(network: StudyNetwork) -> Members:
    """Return every branch and every node of a bus, the source excepted."""
    nodes = sorted(set(network.bus_nodes) - {network.topology.slack})
    return Members(np.arange(network.topology.n_branches), np.array(nodes, dtype=np.int64))


def zone_members(network: StudyNetwork) -> list[Members]:
    """Return those of each zone, in the order of the topology's zones."""
    topology, everything = network.topology, all_members(network)
    return [
        Members(
            np.flatnonzero(topology.branch_zone == zone),
            everything.nodes[topology.node_zone[everything.nodes] == zone],
        )
        for zone in range(len(topology.zone_ids))
    ]


def find(network: StudyNetwork, state: GridState, members: Members, margin: Amounts) -> ZoneFinding:
    """Return the largest uses of some elements, without and with a forecast margin on top."""
    topology = network.topology
    branches, nodes = topology.branch_ids, [network.node_label(int(node)) for node in members.nodes]
    names = [branches[int(branch)] for branch in members.branches]
    loading, deviation = state.loading[members.branches] * 1e5, (state.magnitude[members.nodes] - 1) * MPCT_PER_PU
    uses = (
        _largest(loading, margin.loading_mpct[members.branches], names),
        _largest(-deviation, margin.low_micro_pu[members.nodes], nodes),
        _largest(deviation, margin.high_micro_pu[members.nodes], nodes),
    )
    return ZoneFinding(1, 1, uses, 0, 0)


def _largest(values: Real, margin: Integer, names: Sequence[str]) -> UseFinding:
    if not len(values):
        return UseFinding(0, 0, "", "")
    tight = values + margin
    # Of uses that differ by noise alone the first is named, so that the answer does not depend on the machine.
    p50, p95 = (int(np.flatnonzero(uses >= uses.max() - SAME * MPCT_PER_UNIT)[0]) for uses in (values, tight))
    return UseFinding(_up(values[p50]), _up(tight[p95]), names[p50], names[p95])


def _up(value: float) -> int:
    return max(0, int(np.ceil(value - _NOISE)))


def light_of(finding: ZoneFinding | None, thresholds: LightThresholds, last: LightState | None = None) -> LightState:
    """Return the light of a finding, UNKNOWN without one; `last` is remembered, else nothing was known before."""
    evaluation = Evaluation(now_ms=0, thresholds=thresholds, finding=finding, is_heartbeat=True)
    return next_light(last or first_light("", "", _ANY_MTU), evaluation)


def cause_of(light: LightState, finding: ZoneFinding | None, thresholds: LightThresholds) -> Cause:
    """Return why the light is what it is, with the numbers of this finding.

    A light that need not be published anew keeps the numbers with which it was published.
    """
    if finding is None:
        return light.cause
    return red_cause(finding, thresholds) if light.light is Light.RED else amber_cause(finding, thresholds)


def cause_document(cause: Cause) -> dict[str, Any]:
    """Return why a light is what it is: percent of a rating, or pu."""
    if cause.kind == Kind.LOADING.label:
        value, limit, unit = cause.value / MPCT, cause.limit / MPCT, "percent"
    elif cause.kind in (Kind.VOLTAGE_LOW.label, Kind.VOLTAGE_HIGH.label):
        sign = 1 if cause.kind == Kind.VOLTAGE_HIGH.label else -1
        value, limit = (round(1 + sign * part / MPCT_PER_PU, 6) for part in (cause.value, cause.limit))
        unit = "pu"
    else:
        return {"element": "", "kind": cause.kind, "value": None, "threshold": None, "unit": ""}
    return {"element": cause.element_id, "kind": cause.kind, "value": value, "threshold": limit, "unit": unit}
