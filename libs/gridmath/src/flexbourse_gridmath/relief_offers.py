"""What is offered and what is needed where a grid wants relief, and the offers' order of merit for each need."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from flexbourse_gridmath.check import Kind
from flexbourse_gridmath.limits import Limits
from flexbourse_gridmath.nodal import element_gradients
from flexbourse_gridmath.powerflow import OperatingPoint
from flexbourse_gridmath.topology import Topology
from flexbourse_gridmath.vector import MAX_QUANTITY_W, MICRO, Side, round_half_even

MAX_OFFERS = 20_000
SECONDS_PER_HOUR = 3600
_PER_UNIT = {"branch": 1e5, "node": 1e6}


@dataclass(frozen=True, slots=True)
class Offer:
    """Flexibility at a node: up to ``quantity`` W (or var, if ``reactive``) in each of ``mtus`` alike.

    ``sign`` +1 injects more (UP), -1 less (DOWN). ``minimum`` is the least activation, an offer that is not
    ``divisible`` is taken whole or not at all. An active offer moves ``tan_phi_micro`` millionths of its power as
    reactive power too. The price is per MWh (Mvarh) and at least 0.
    """

    offer_id: str
    node: int
    sign: int
    quantity: int
    price_micro_eur_per_mwh: int
    mtus: tuple[int, ...] = (0,)
    minimum: int = 0
    divisible: bool = True
    reactive: bool = False
    tan_phi_micro: int = 0

    def powers(self, quantity: int) -> tuple[int, int]:
        """Change of injection in W and var that a quantity of this offer makes."""
        return self._side().powers(quantity)

    def direction(self) -> complex:
        """The same per unit of quantity, as a complex number."""
        return self._side().direction()

    def _side(self) -> Side:
        return Side(self.node, self.sign, self.tan_phi_micro, self.reactive)

    def cost_micro_eur(self, quantity: int, mtu_seconds: int) -> int:
        """What a quantity costs over all its MTUs, rounded once."""
        seconds = mtu_seconds * len(self.mtus)
        return round_half_even(quantity * self.price_micro_eur_per_mwh * seconds, SECONDS_PER_HOUR * MICRO)


@dataclass(frozen=True, slots=True)
class Need:
    """Relief that is wanted of one element in one MTU: ``relief`` mpct (branch) or micro-pu (node, towards nominal)."""

    kind: Kind
    index: int
    mtu: int
    relief: int


@dataclass(frozen=True, slots=True)
class Merit:
    """An offer's place for one need: relief per MW (Mvar) in the need's unit, and its price per such unit.

    ``price_micro_eur_per_unit_h`` is None where the offer does not relieve.
    """

    need: Need
    offer: Offer
    relief_per_mw: int
    price_micro_eur_per_unit_h: float | None


def find_offer_problems(topology: Topology, mtus: int, offers: Sequence[Offer]) -> list[str]:
    """Every reason why offers cannot be used, each naming offer and field."""
    problems = [] if len(offers) <= MAX_OFFERS else [f"{len(offers)} offers, must be at most {MAX_OFFERS}"]
    names = [offer.offer_id for offer in offers]
    problems += [f"offer {name}: id used twice" for name in sorted({x for x in names if names.count(x) > 1})]
    for offer in offers:
        found = []
        if not 0 <= offer.node < topology.n_nodes:
            found.append(f"node {offer.node} does not exist")
        if offer.sign not in (-1, 1):
            found.append(f"sign was {offer.sign}, must be +1 or -1")
        if not 0 < offer.quantity <= MAX_QUANTITY_W:
            found.append(f"quantity was {offer.quantity}, must be 1 to {MAX_QUANTITY_W}")
        if not 0 <= offer.minimum <= offer.quantity:
            found.append(f"minimum was {offer.minimum}, must be 0 to the quantity {offer.quantity}")
        if offer.price_micro_eur_per_mwh < 0:
            found.append(f"price was {offer.price_micro_eur_per_mwh}, must be at least 0")
        if not offer.mtus or len(set(offer.mtus)) < len(offer.mtus) or not all(0 <= t < mtus for t in offer.mtus):
            found.append(f"mtus were {offer.mtus}, must be distinct, at least one, and 0 to {mtus - 1}")
        if offer.reactive and offer.tan_phi_micro:
            found.append("tan_phi_micro: a reactive offer has none")
        problems += [f"offer {offer.offer_id}: {text}" for text in found]
    return problems


def find_needs(points: Sequence[OperatingPoint], limits: Sequence[Limits]) -> tuple[Need, ...]:
    """Every element outside its limit, with the relief that brings it back; the slack's voltage is nobody's need."""
    needs = []
    for mtu, (point, own) in enumerate(zip(points, limits, strict=True)):
        over = point.loading * 1e5 - own.loading_mpct
        low = own.v_low_micro_pu - point.magnitude * 1e6
        out = np.maximum(low, point.magnitude * 1e6 - own.v_high_micro_pu)
        out[point.topology.slack] = 0.0
        needs += [Need("branch", int(i), mtu, int(np.ceil(over[i]))) for i in np.flatnonzero(over > 0)]
        needs += [Need("node", int(i), mtu, int(np.ceil(out[i]))) for i in np.flatnonzero(out > 0)]
    return tuple(needs)


def merit_order(points: Sequence[OperatingPoint], offers: Sequence[Offer], needs: Sequence[Need]) -> tuple[Merit, ...]:
    """For each need the offers of its MTU, the cheapest per unit of effect first; those without effect stand last."""
    entries: list[Merit] = []
    for need in needs:
        point = points[need.mtu]
        gradient = element_gradients(point.topology, point, ((need.kind, need.index),))[0]
        per_mw = gradient * (_PER_UNIT[need.kind] * 1e6 / point.topology.base_va)
        if need.kind == "branch" or point.magnitude[need.index] >= 1.0:
            per_mw = -per_mw
        own = []
        for offer in offers:
            if need.mtu in offer.mtus:
                relief = round(along(per_mw[offer.node], offer))
                price = offer.price_micro_eur_per_mwh / relief if relief > 0 else None
                own.append(Merit(need, offer, relief, price))
        own.sort(key=lambda x: (x.price_micro_eur_per_unit_h is None, x.price_micro_eur_per_unit_h or 0.0))
        entries += own
    return tuple(entries)


def along(gradient: complex, offer: Offer) -> float:
    """What a unit of an offer does to what has this gradient per unit of P (real part) and Q (imaginary part)."""
    direction = offer.direction()
    return float(gradient.real * direction.real + gradient.imag * direction.imag)


def find_need_problems(topology: Topology, mtus: int, needs: Sequence[Need]) -> list[str]:
    """Every reason why needs cannot be used, each naming its element."""
    problems = []
    for need in needs:
        size = topology.n_branches if need.kind == "branch" else topology.n_nodes
        if not 0 <= need.index < size or not 0 <= need.mtu < mtus:
            problems.append(f"need of {need.kind} {need.index} in MTU {need.mtu}: there is none")
        if need.relief <= 0:
            problems.append(f"need of {need.kind} {need.index}: relief was {need.relief}, must be positive")
    return problems
