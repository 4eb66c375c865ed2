"""A study: a network at an operating point, with the parameters and the rules that trades are held to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from flexbourse_cli.console import EXIT_CHECK, Failure
from flexbourse_cli.gridstudy.inputs import (
    read_amounts,
    study_limits,
    tariff_parameters,
    with_element_limits,
)
from flexbourse_cli.gridstudy.lights import thresholds_of
from flexbourse_cli.gridstudy.network import StudyNetwork, load_network
from flexbourse_cli.gridstudy.options import NetworkOptions, RuleOptions
from flexbourse_cli.gridstudy.parameters import StudyParameters, read_parameters
from flexbourse_cli.gridstudy.problems import Problems
from flexbourse_cli.gridstudy.states import NOT_CONVERGED, StateWriter
from flexbourse_gridmath.limits import MICRO_PCT_PER_UNIT, NANO_PU_PER_UNIT, Limits
from flexbourse_gridmath.powerflow import NotConverged, OperatingPoint, solve_from_no_load
from flexbourse_gridmath.tariff import TariffParameters
from flexbourse_gridmath.topology import Integer, frozen
from flexbourse_gridmath.trades import Rules


@dataclass(frozen=True, slots=True, eq=False)
class Study:
    """Everything that the questions of a study are asked of."""

    network: StudyNetwork
    parameters: StudyParameters
    tariff: TariffParameters
    limits: Limits
    writer: StateWriter

    def solve(self, p_w: Integer, q_var: Integer) -> OperatingPoint:
        """Return the operating point of injections; raises Failure where the network cannot carry them."""
        point = solve_from_no_load(self.network.topology, p_w, q_var)
        if isinstance(point, NotConverged):
            message = f"{NOT_CONVERGED}: the network has no state with these injections"
            raise Failure(message, EXIT_CHECK, {"code": NOT_CONVERGED})
        return point

    def rules(self, held_to: RuleOptions) -> Rules:
        """Return the rules for trades."""
        return Rules(
            limits=self.limits,
            parameters=self.tariff,
            either_side=held_to.either_side,
            reliance=held_to.reliability_factor,
            ceiling_w=held_to.ceiling_w,
        )


def open_study(
    asked: NetworkOptions, parameters_file: Path | None, problems: Problems, held_to: RuleOptions | None = None
) -> Study:
    """Load a network and what it is judged by; what is wrong with a file is reported, a network must load."""
    parameters = read_parameters(parameters_file, problems)
    network = load_network(asked, problems)
    limits = study_limits(network, parameters)
    if held_to is not None:
        limits = _held_to(limits, held_to, network, problems)
    if problems.found:
        parameters = StudyParameters()
    return Study(
        network=network,
        parameters=parameters,
        tariff=tariff_parameters(network, parameters),
        limits=limits,
        writer=StateWriter(network, thresholds_of(parameters)),
    )


def _held_to(limits: Limits, held_to: RuleOptions, network: StudyNetwork, problems: Problems) -> Limits:
    if held_to.limits_file is not None:
        limits = with_element_limits(limits, held_to.limits_file, network, problems)
    for file in (held_to.margins_file, held_to.relief_file):
        if file is not None:
            limits = read_amounts(file, network, problems).off(limits)
    loading = round(held_to.loading_tolerance / 100 * MICRO_PCT_PER_UNIT)
    voltage = round(held_to.voltage_tolerance * NANO_PU_PER_UNIT)
    return replace(
        limits,
        loading_budget_micro_pct=frozen(np.full_like(limits.loading_budget_micro_pct, loading)),
        voltage_budget_nano_pu=frozen(np.full_like(limits.voltage_budget_nano_pu, voltage)),
    )
