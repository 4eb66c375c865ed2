"""Merit-order lists: the same offers, for the DSO by price per relief of an element, for the TSO by price alone.

A list is a function of what stands, so it is new after every change.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flexbourse_activation.domain.claims.guard import Guard
from flexbourse_activation.domain.network.effects import WHOLE, EffectTable, mean_relief_permille
from flexbourse_activation.domain.objects import Offer
from flexbourse_activation.domain.terms import Claimant, Direction, Window
from flexbourse_core.money import divide_half_even


@dataclass(frozen=True, slots=True)
class MeritEntry:
    """An offer in a merit order; prices in micro-euro per MWh, the effective one per unit of relief."""

    offer: Offer
    available_w: int
    relief_permille: int
    effective_price: int

    @property
    def node_ids(self) -> tuple[str, ...]:
        """Return the nodes of the units behind the offer."""
        return tuple(dict.fromkeys(member.node_id for member in self.offer.members))


def merit_order(
    guard: Guard,
    effects: tuple[EffectTable, ...],
    claimant: Claimant,
    direction: Direction,
    window: Window,
    element_id: str,
) -> Iterator[MeritEntry]:
    """Iterate over what a claimant can have in every quarter-hour of a window, the cheapest relief first.

    `effects` are the different tables of these quarter-hours; the least relief counts.

    Without an element every W counts as one at the interface. Offers that do not relieve the element are left out.
    What an offer has left is looked at when its turn comes, so whoever claims of one sees the next as it is then.
    """
    found = []
    for offer in guard.offers.values():
        if offer.terms.direction is direction and offer.terms.window.holds(window):
            relief = min(offer_relief_permille(table, offer, element_id) for table in effects)
            if relief > 0:
                price = divide_half_even(offer.terms.activation_price_micro_euro_per_mwh * WHOLE, relief)
                found.append((price, offer.terms.offer_id, relief, offer))
    for price, _, relief, offer in sorted(found, key=lambda entry: entry[:2]):
        available = guard.available_in(offer, window, claimant)
        if available >= max(1, offer.terms.min_quantity_w):
            yield MeritEntry(offer, available, relief, price)


def offer_relief_permille(effects: EffectTable, offer: Offer, element_id: str) -> int:
    """Return what one W of an offer takes off an element; of a portfolio the mean, by the spans of its units."""
    weights: dict[str, int] = {}
    for member in offer.members:
        weights[member.node_id] = weights.get(member.node_id, 0) + member.span_w
    return mean_relief_permille(effects, element_id, weights, offer.terms.direction)
