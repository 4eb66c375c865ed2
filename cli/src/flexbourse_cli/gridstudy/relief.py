"""What `grid relief` reads beside the network, and what it says: states, offers, needs, the cheapest set."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from flexbourse_cli.gridstudy.inputs import MIN_POWER_FACTOR, MPCT, bus_of
from flexbourse_cli.gridstudy.network import StudyNetwork
from flexbourse_cli.gridstudy.problems import Problems
from flexbourse_cli.gridstudy.study import Study
from flexbourse_cli.gridstudy.tables import MAX_POWER, Row, read_table
from flexbourse_gridmath.check import Kind
from flexbourse_gridmath.relief import CheapestRelief, NeedOutcome, Purchase
from flexbourse_gridmath.relief_offers import Merit, Need, Offer, find_needs, merit_order
from flexbourse_gridmath.trades import tan_phi_micro

# A price that no market of energy has seen.
MAX_PRICE_EUR_PER_MWH = 1e6
UP, DOWN, YES, NO = "UP", "DOWN", "YES", "NO"
_OFFER_COLUMNS = ("offer", "mtu", "last_mtu", "quantity_w", "quantity_var", "minimum", "divisible", "power_factor")


def read_offers(path: Path, network: StudyNetwork, mtus: Sequence[str], problems: Problems) -> list[Offer]:
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


def _offer(row: Row, name: str, network: StudyNetwork, mtus: Sequence[str]) -> Offer | None:
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


def _mtu(row: Row, column: str, mtus: Sequence[str]) -> int | None:
    """Return the place of an MTU that a cell names; the only one where the cell is empty."""
    text = row.text(column)
    if not text and len(mtus) == 1:
        return 0
    if text in mtus:
        return list(mtus).index(text)
    row.refuse(column, f"must be one of the {len(mtus)} MTUs of the profiles")
    return None


def _span(row: Row, mtus: Sequence[str]) -> tuple[int, ...] | None:
    """Return the MTUs of an offer: one, or a block up to `last_mtu`."""
    first = _mtu(row, "mtu", mtus)
    last = _mtu(row, "last_mtu", mtus) if row.text("last_mtu") else first
    if first is None or last is None:
        return None
    if last < first:
        row.refuse("last_mtu", "must not come before mtu")
        return None
    return tuple(range(first, last + 1))


def read_needs(path: Path, network: StudyNetwork, mtus: Sequence[str], problems: Problems) -> list[Need]:
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
    mtus: Sequence[str],
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
        "purchases": [_purchase(network, one, mtus) for one in found.purchases],
        "needs": [_outcome(network, one, mtus) for one in found.needs],
        "merit_order": _merit(network, merit_order(found.before, offers, wanted), merit_count, mtus),
        "states": [
            {"mtu": mtus[mtu], "before": writer.state(before, study.limits), "after": writer.state(after, study.limits)}
            for mtu, (before, after) in enumerate(zip(found.before, found.after, strict=True))
        ],
    }


def _purchase(network: StudyNetwork, bought: Purchase, mtus: Sequence[str]) -> dict[str, Any]:
    offer = bought.offer
    unit = "var" if offer.reactive else "w"
    return {
        "offer": offer.offer_id,
        "bus": network.node_label(offer.node),
        "direction": UP if offer.sign > 0 else DOWN,
        "kind": "reactive" if offer.reactive else "active",
        "mtus": [mtus[mtu] for mtu in offer.mtus],
        f"quantity_{unit}": bought.quantity,
        f"offered_{unit}": offer.quantity,
        "price_eur_per_mwh": offer.price_micro_eur_per_mwh / 1e6,
        "cost_eur": bought.cost_micro_eur / 1e6,
    }


def _outcome(network: StudyNetwork, outcome: NeedOutcome, mtus: Sequence[str]) -> dict[str, Any]:
    is_branch = outcome.need.kind == "branch"
    scale = 1e3 if is_branch else 1e6
    return {
        "element": outcome.element_id,
        "name": network.branch_name(outcome.need.index) if is_branch else network.node_label(outcome.need.index),
        "mtu": mtus[outcome.need.mtu],
        "before": outcome.before / scale,
        "target": outcome.target / scale,
        "after": outcome.after / scale,
        "shortfall": outcome.shortfall / scale,
        "unit": "percent" if is_branch else "pu",
    }


def _merit(network: StudyNetwork, merits: Sequence[Merit], count: int, mtus: Sequence[str]) -> list[dict[str, Any]]:
    """Return the best offers for each need: relief per MW (Mvar), and EUR per hour and unit of relief."""
    ranked: dict[Need, list[Merit]] = {}
    for merit in merits:
        ranked.setdefault(merit.need, []).append(merit)
    return [
        {
            "element": network.topology.branch_ids[need.index]
            if need.kind == "branch"
            else network.node_label(need.index),
            "mtu": mtus[need.mtu],
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
