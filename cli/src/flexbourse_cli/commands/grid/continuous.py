"""`flexbourse grid continuous`: requests and offers matched as they arrive, nothing that the network does not carry."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from flexbourse_cli.console import EXIT_CHECK, Failure, failures, json_option, print_json, print_table, with_progress
from flexbourse_cli.gridstudy.options import FILE, parameters_option

if TYPE_CHECKING:
    from flexbourse_cli.gridstudy.arrivals import MarketFile
    from flexbourse_cli.gridstudy.problems import Problems
    from flexbourse_orderbook.domain.continuous_flexibility.market import ContinuousMarket
    from flexbourse_orderbook.domain.continuous_flexibility.orders import FlexMatch

AC, PTDF = "ac", "ptdf"
_MW, _EUR = 1e6, 1e6


@click.command("continuous")
@click.argument("file", type=FILE)
@click.option(
    "--model",
    type=click.Choice((AC, PTDF)),
    help="Exact power flow, or linear transfer factors. Default: ac where the network has impedances.",
)
@parameters_option
@json_option
@failures
def command(file: Path, model: str | None, parameters_file: Path | None, as_json: bool) -> None:
    """Match requests and offers of flexibility in the order in which FILE has them arrive.

    FILE is JSON. network: a name, a file, or {"branches": [{"from", "to", "x", "capacity_mw"}]}. setpoint_mw: MW per
    bus (injection positive), or a list of such lists, one per MTU. arrivals: each with kind (request, offer), bus,
    direction (up, down), quantity_mw, price_eur_per_mwh, optional conditional, mtu (from 0) and block (parts of one
    block are filled whole and together, or wait; it arrives with its last part).
    """
    from flexbourse_cli.gridstudy.arrivals import read_market  # noqa: PLC0415
    from flexbourse_cli.gridstudy.problems import Problems  # noqa: PLC0415

    problems = Problems()
    given = read_market(file, problems)
    chosen = model or (PTDF if given.network.study is None else AC)
    market = _exact(file, given, parameters_file, problems) if chosen == AC else _linear(given)
    matches = list(_run(market, given))
    document = _document(given, matches, chosen)
    if as_json:
        print_json(document)
    else:
        _print(document)


def _run(market: ContinuousMarket[Any], given: MarketFile) -> Iterable[FlexMatch]:
    from flexbourse_orderbook.domain.continuous_flexibility.market import Arrived  # noqa: PLC0415

    for group in with_progress(given.arrivals, len(given.arrivals), "arrivals"):
        found = market.arrive_block(group) if group[0].block else market.arrive(group[0])
        if not isinstance(found, Arrived):
            raise Failure(f"arrivals[{group[0].id}]: {found.rule}", EXIT_CHECK, {"code": found.code.name})
        yield from found.matches


def _linear(given: MarketFile) -> ContinuousMarket[Any]:
    from flexbourse_gridmath.ptdf import LinearState  # noqa: PLC0415
    from flexbourse_orderbook.domain.continuous_flexibility.linear_network import LinearNetworkTest  # noqa: PLC0415
    from flexbourse_orderbook.domain.continuous_flexibility.market import ContinuousMarket  # noqa: PLC0415
    from flexbourse_orderbook.domain.continuous_flexibility.network_test import CallKey  # noqa: PLC0415

    network = given.network.linear
    if network is None:
        raise AssertionError("a file without a network is a problem")
    states: list[LinearState[CallKey]] = [
        LinearState.of(network, _at_nodes(given, hour, len(network.buses)), {}) for hour in given.setpoints_w
    ]
    return ContinuousMarket.opened(LinearNetworkTest(), states)


def _exact(file: Path, given: MarketFile, parameters_file: Path | None, problems: Problems) -> ContinuousMarket[Any]:
    import numpy as np  # noqa: PLC0415

    from flexbourse_cli.gridstudy.inputs import study_limits  # noqa: PLC0415
    from flexbourse_cli.gridstudy.parameters import read_parameters  # noqa: PLC0415
    from flexbourse_cli.gridstudy.states import NOT_CONVERGED  # noqa: PLC0415
    from flexbourse_gridmath.powerflow import NotConverged, solve_from_no_load  # noqa: PLC0415
    from flexbourse_orderbook.domain.continuous_flexibility.exact_network import (  # noqa: PLC0415
        ExactNetworkTest,
        ExactState,
    )
    from flexbourse_orderbook.domain.continuous_flexibility.market import ContinuousMarket  # noqa: PLC0415

    study = given.network.study
    if study is None:
        rule = "must be a network by name or file for --model ac: branches have no impedances and voltages"
        problems.add(file, 0, "network", "branches", rule)
    parameters = read_parameters(parameters_file, problems)
    problems.stop()
    if study is None:
        raise AssertionError("a problem was added")
    topology, limits, states = study.topology, study_limits(study, parameters), []
    for mtu, (active, reactive) in enumerate(zip(given.setpoints_w, given.setpoints_var, strict=True)):
        p_w, q_var = (
            np.array(_at_nodes(given, values, topology.n_nodes), dtype=np.int64) for values in (active, reactive)
        )
        point = solve_from_no_load(topology, p_w, q_var)
        if isinstance(point, NotConverged):
            message = f"{NOT_CONVERGED}: the network has no state with the set point of MTU {mtu}"
            raise Failure(message, EXIT_CHECK, {"code": NOT_CONVERGED})
        states.append(ExactState.of(point, limits, {}))
    return ContinuousMarket.opened(ExactNetworkTest(), states)


def _at_nodes(given: MarketFile, values: list[int], nodes: int) -> list[int]:
    """Return injections per node: buses that closed switches join add up."""
    result = [0] * nodes
    for node, value in zip(given.network.nodes, values, strict=True):
        result[node] += value
    return result


def _document(given: MarketFile, matches: list[FlexMatch], model: str) -> dict[str, Any]:
    labels, setpoints = given.network.labels, [list(hour) for hour in given.setpoints_w]
    for found in matches:
        if not found.conditional:
            moved = found.quantity_w * found.offer.direction
            setpoints[found.offer.mtu][given.places[found.offer.id].bus] += moved
            setpoints[found.offer.mtu][given.places[found.request.id].bus] -= moved
    hours: list[Any] = [[value / _MW for value in hour] for hour in setpoints]
    if given.as_mapping:
        hours = [dict(zip(labels, hour, strict=True)) for hour in hours]
    return {
        "model": model,
        "matches": [_match(given, found) for found in matches],
        "welfare": sum(found.welfare for found in matches) / (_MW * _EUR),
        "volume_mw": sum(found.quantity_w for found in matches) / _MW,
        "setpoint_mw": hours[0] if given.one_list else hours,
    }


def _match(given: MarketFile, found: FlexMatch) -> dict[str, Any]:
    offer, request = found.offer, found.request
    entry = {
        "offer": int(offer.id),
        "request": int(request.id),
        "offer_bus": given.places[offer.id].name,
        "request_bus": given.places[request.id].name,
        "direction": offer.direction.name.lower(),
        "mtu": offer.mtu,
        "quantity_mw": found.quantity_w / _MW,
        "price_eur_per_mwh": found.price / _EUR,
        "offer_price_eur_per_mwh": offer.price / _EUR,
        "request_price_eur_per_mwh": request.price / _EUR,
        "conditional": found.conditional,
    }
    blocks = [order.block for order in (offer, request) if order.block]
    return {**entry, "blocks": blocks} if blocks else entry


def _print(document: dict[str, Any]) -> None:
    columns = {
        "mtu": "MTU", "direction": "", "offer": "offer", "offer_bus": "at", "request": "request",
        "request_bus": "at", "quantity_mw": "MW", "price_eur_per_mwh": "EUR/MWh",
    }  # fmt: skip
    rows = [[*(entry[key] for key in columns), "held" if entry["conditional"] else ""] for entry in document["matches"]]
    print_table([*columns.values(), ""], rows, right=(0, 2, 4, 6, 7))
    click.echo(f"{len(rows)} matches, {document['volume_mw']:g} MW, welfare {document['welfare']:g} EUR per hour")
