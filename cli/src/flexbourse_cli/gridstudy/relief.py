"""What `grid relief` reads beside the network, and what it says: states, offers, needs, the cheapest set."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from flexbourse_cli.gridstudy.inputs import MIN_POWER_FACTOR, MPCT, bus_of
from flexbourse_cli.gridstudy.network import StudyNetwork
from flexbourse_cli.gridstudy.problems import Problems
from flexbourse_cli.gridstudy.study import Study
from flexbourse_cli.gridstudy.tables import MAX_POWER, Row, read_table
from flexbourse_gridmath.check import Kind
from flexbourse_gridmath.powerflow import OperatingPoint
from flexbourse_gridmath.relief import CheapestRelief, NeedOutcome, Purchase
from flexbourse_gridmath.relief_offers import Merit, Need, Offer, find_needs, merit_order
from flexbourse_gridmath.topology import Integer
from flexbourse_gridmath.trades import tan_phi_micro

# A week of quarter-hours; and a price that no market of energy has seen.
MAX_MTUS = 672
MAX_PRICE_EUR_PER_MWH = 1e6
UP, DOWN, YES, NO = "UP", "DOWN", "YES", "NO"
_OFFER_COLUMNS = ("offer", "mtu", "last_mtu", "quantity_w", "quantity_var", "minimum", "divisible", "power_factor")


def read_profiles(path: Path, network: StudyNetwork, problems: Problems) -> list[tuple[Integer, Integer]]:
    """Return injections per node in W and var for every MTU from 0 to the last that a row names."""
    found: dict[int, tuple[Integer, Integer]] = {}
    seen: dict[tuple[int, str], int] = {}
    for row in read_table(path, ("mtu", "bus", "p_w", "q_var"), (), problems):
        mtu, bus, p, q = _mtu(row, "mtu"), bus_of(row, "bus", network), row.power("p_w"), row.power("q_var")
        if mtu is None or bus is None or p is None or q is None:
            continue
        if (mtu, bus.id) in seen:
            row.refuse("bus", f"the same bus and MTU stand in row {seen[mtu, bus.id]}: one row each, with the sum")
        seen.setdefault((mtu, bus.id), row.number)
        if mtu not in found:
            found[mtu] = np.zeros(network.topology.n_nodes, np.int64), np.zeros(network.topology.n_nodes, np.int64)
        found[mtu][0][bus.node] += p
        found[mtu][1][bus.node] += q
    missing = sorted(set(range(max(found, default=-1) + 1)) - found.keys())
    if missing or not found:
        problems.add(path, 0, "mtu", "", f"MTUs count from 0 without a gap; missing: {missing or 'all'}")
    return [found[mtu] for mtu in sorted(found)]


def read_offers(path: Path, network: StudyNetwork, mtus: int, problems: Problems) -> list[Offer]:
    """Return the offers in the order of their rows."""
    rows = read_table(path, ("bus", "direction", "price_eur_per_mwh"), _OFFER_COLUMNS, problems)
    names: dict[str, int] = {}
    offers = []
    for row in rows:
        name = row.text("offer") or f"row-{row.number}"
        if name in names:
            row.refuse("offer", f"the same name stands in row {names[name]}")
        names.setdefault(name, row.number)
        offer = _offer(row, name, network, mtus)
        if offer is not None:
            offers.append(offer)
    return offers


def _offer(row: Row, name: str, network: StudyNetwork, mtus: int) -> Offer | None:
    bus, price = bus_of(row, "bus", network), row.number_in("price_eur_per_mwh", 0, MAX_PRICE_EUR_PER_MWH)
    if not row.text("direction"):
        row.refuse("direction", f"must be {UP} or {DOWN}")
    direction, divisible = row.word("direction", (UP, DOWN), UP), row.word("divisible", (YES, NO), YES)
    given = [column for column in ("quantity_w", "quantity_var") if row.text(column)]
    if len(given) != 1:
        row.refuse("quantity_w", "an offer names one of quantity_w (active) and quantity_var (reactive)")
        return None
    quantity = row.number_in(given[0], 0.5, MAX_POWER)
    minimum = row.number_in("minimum", 0, MAX_POWER, required=False) or 0
    factor, span = _power_factor(row, given[0]), _span(row, mtus)
    if quantity is not None and minimum > quantity:
        row.refuse("minimum", f"must be at most the quantity, {quantity:g}")
        return None
    if bus is None or price is None or quantity is None or span is None:
        return None
    return Offer(
        offer_id=name,
        node=bus.node,
        sign=1 if direction == UP else -1,
        quantity=max(round(quantity), 1),
        price_micro_eur_per_mwh=round(price * 1e6),
        mtus=span,
        minimum=round(minimum),
        divisible=divisible == YES,
        reactive=given[0] == "quantity_var",
        tan_phi_micro=tan_phi_micro(factor) if factor else 0,
    )


def _power_factor(row: Row, quantity_column: str) -> float | None:
    factor = row.number_in("power_factor", -1, 1, required=False)
    if factor is not None and (quantity_column == "quantity_var" or abs(factor) < MIN_POWER_FACTOR):
        row.refuse("power_factor", f"is of active offers alone, and at least {MIN_POWER_FACTOR} in magnitude")
        return None
    return factor


def _mtu(row: Row, column: str) -> int | None:
    value = row.number_in(column, 0, MAX_MTUS - 1)
    if value is not None and value != int(value):
        row.refuse(column, "must be a whole number")
        return None
    return None if value is None else int(value)


def _span(row: Row, mtus: int) -> tuple[int, ...] | None:
    """Return the MTUs of an offer: one, or a block up to `last_mtu`."""
    if not row.text("mtu") and mtus == 1 and not row.text("last_mtu"):
        return (0,)
    first = _mtu(row, "mtu")
    last = _mtu(row, "last_mtu") if row.text("last_mtu") else first
    if first is None or last is None:
        return None
    if not first <= last < mtus:
        row.refuse("mtu", f"mtu and last_mtu must rise and lie in 0 to {mtus - 1}")
        return None
    return tuple(range(first, last + 1))


def read_needs(path: Path, network: StudyNetwork, mtus: int, problems: Problems) -> list[Need]:
    """Return stated reliefs: percent points of a branch's loading, or pu of a bus towards 1 pu."""
    needs: dict[tuple[Kind, int, int], Need] = {}
    for row in read_table(path, ("element",), ("mtu", "relief_percent", "relief_pu"), problems):
        element, span = network.find_element(row.text("element")), _span(row, mtus)
        if isinstance(element, str):
            row.refuse("element", element)
            continue
        own, other = ("relief_percent", "relief_pu") if element.is_branch else ("relief_pu", "relief_percent")
        if row.text(other):
            row.refuse(other, f"{element.id} is a {'branch' if element.is_branch else 'bus'}: give {own}")
        relief = row.number_in(own, 1e-6, 1000.0 if element.is_branch else 1.0)
        if relief is None or span is None:
            continue
        kind: Kind = "branch" if element.is_branch else "node"
        amount = max(round(relief * (MPCT if element.is_branch else 1e6)), 1)
        if (kind, element.position, span[0]) in needs:
            row.refuse("element", "the same element and MTU stand there twice")
        needs[kind, element.position, span[0]] = Need(kind, element.position, span[0], amount)
    return list(needs.values())


def relief_document(
    study: Study,
    offers: Sequence[Offer],
    needs: Sequence[Need] | None,
    found: CheapestRelief,
    merit_count: int,
) -> dict[str, Any]:
    """Return the cheapest set as JSON has it."""
    network, writer = study.network, study.writer
    wanted = tuple(needs) if needs is not None else find_needs(found.before, [study.limits] * len(found.before))
    return {
        "met": found.met,
        "settled": found.settled,
        "rounds": found.rounds,
        "gap": found.gap,
        "cost_eur": found.cost_micro_eur / 1e6,
        "purchases": [_purchase(network, one) for one in found.purchases],
        "needs": [_outcome(network, one) for one in found.needs],
        "merit_order": _merit(network, found.before, offers, wanted, merit_count),
        "states": [
            {"mtu": mtu, "before": writer.state(before, study.limits), "after": writer.state(after, study.limits)}
            for mtu, (before, after) in enumerate(zip(found.before, found.after, strict=True))
        ],
    }


def _purchase(network: StudyNetwork, bought: Purchase) -> dict[str, Any]:
    offer = bought.offer
    unit = "var" if offer.reactive else "w"
    return {
        "offer": offer.offer_id,
        "bus": network.node_label(offer.node),
        "direction": UP if offer.sign > 0 else DOWN,
        "kind": "reactive" if offer.reactive else "active",
        "mtus": list(offer.mtus),
        f"quantity_{unit}": bought.quantity,
        f"offered_{unit}": offer.quantity,
        "price_eur_per_mwh": offer.price_micro_eur_per_mwh / 1e6,
        "cost_eur": bought.cost_micro_eur / 1e6,
    }


def _outcome(network: StudyNetwork, outcome: NeedOutcome) -> dict[str, Any]:
    is_branch = outcome.need.kind == "branch"
    scale = 1e3 if is_branch else 1e6
    return {
        "element": outcome.element_id,
        "name": network.branch_name(outcome.need.index) if is_branch else network.node_label(outcome.need.index),
        "mtu": outcome.need.mtu,
        "before": outcome.before / scale,
        "target": outcome.target / scale,
        "after": outcome.after / scale,
        "shortfall": outcome.shortfall / scale,
        "unit": "percent" if is_branch else "pu",
    }


def _merit(
    network: StudyNetwork, points: Sequence[OperatingPoint], offers: Sequence[Offer], needs: Sequence[Need], count: int
) -> list[dict[str, Any]]:
    """Return the best offers for each need: relief per MW (Mvar), and EUR per hour and unit of relief."""
    ranked: dict[Need, list[Merit]] = {}
    for merit in merit_order(points, offers, needs):
        ranked.setdefault(merit.need, []).append(merit)
    return [
        {
            "element": network.topology.branch_ids[need.index]
            if need.kind == "branch"
            else network.node_label(need.index),
            "mtu": need.mtu,
            "unit": "percent" if need.kind == "branch" else "pu",
            "offers": [_merit_entry(merit) for merit in own[:count] if merit.price_micro_eur_per_unit_h is not None],
        }
        for need, own in ranked.items()
    ]


def _element_id(network: StudyNetwork, need: Need) -> str:
    ids = network.topology.branch_ids if need.kind == "branch" else network.topology.node_ids
    return ids[need.index]


def _merit_entry(merit: Merit) -> dict[str, Any]:
    scale = 1e3 if merit.need.kind == "branch" else 1e6
    price = merit.price_micro_eur_per_unit_h
    return {
        "offer": merit.offer.offer_id,
        "relief_per_mw": merit.relief_per_mw / scale,
        "eur_per_unit_and_hour": None if price is None else price * scale / 1e6,
    }
