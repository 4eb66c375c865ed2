"""Opposite needs, tested by effect: no call loads an element for which a protected operator holds or seeks relief.

Who is refused hears of the nearest location that does no harm and has the whole quantity.
"""

from __future__ import annotations

from flexbourse_activation.domain.desk import Desk
from flexbourse_activation.domain.objects import Offer
from flexbourse_activation.domain.state import AreaState
from flexbourse_activation.domain.terms import Claimant, Direction, Share, Window, total_w
from flexbourse_core.rejection import Code, NextBest, Rejection

MILLI = 1000
OPERATORS = (Claimant.DSO, Claimant.TSO)


def protected_elements(state: AreaState, caller: Claimant, window: Window) -> list[str]:
    """Return the elements that a caller's units must not load more, by id."""
    found: set[str] = set()
    for operator in OPERATORS:
        if operator is not caller and state.rules.verdict.protects(operator):
            found |= state.relieved_by(operator, window)
    return sorted(found)


def harm_problems(
    desk: Desk, caller: Claimant, direction: Direction, window: Window, shares: tuple[Share, ...]
) -> list[Rejection]:
    """Return, per protected element that a call would load more, by how much; with where to call instead."""
    state, found = desk.state, []
    elements = protected_elements(state, caller, window)
    for element_id in elements:
        worst = min(
            state.effects_at(start).relief_milliwatts(element_id, shares, period, desk.node_of, direction)
            for period, start in enumerate(window.starts())
        )
        if worst < 0:
            rule = "a call does not load what another operator relieves"
            found.append(
                Rejection(
                    Code.WORSENS_RELIEF, rule, "offer_id", element_id, -(worst // MILLI), 0, "W",
                    next_best=elsewhere(desk, caller, direction, window, shares, elements),
                )
            )  # fmt: skip
    return found


def harms(state: AreaState, window: Window, elements: list[str], offer: Offer) -> bool:
    """Tell whether one W of any unit behind an offer would load one of some elements more."""
    direction = offer.terms.direction
    return any(
        effects.relief_permille(element_id, member.node_id, direction) < 0
        for effects in state.effects_in(window)
        for element_id in elements
        for member in offer.members
    )


def elsewhere(
    desk: Desk, caller: Claimant, direction: Direction, window: Window, shares: tuple[Share, ...], elements: list[str]
) -> NextBest | None:
    """Return the nearest node that offers as much as some shares and does elements no harm; None: nowhere."""
    state = desk.state
    largest = max(shares, key=lambda share: (max(share.quantities_w), share.unit_id))
    wanted = max(total_w(shares))
    candidates = [
        offer.members[0].node_id
        for offer in state.guard.offers.values()
        if offer.terms.direction is direction
        and len({member.node_id for member in offer.members}) == 1
        and state.guard.available_in(offer, window, caller) >= wanted
        and not harms(state, window, elements, offer)
    ]
    nearest = state.effects_at(window.start_s).nearest(desk.node_of(largest.unit_id), candidates)
    return NextBest(quantity_w=wanted, nearest_node_id=nearest) if nearest else None
