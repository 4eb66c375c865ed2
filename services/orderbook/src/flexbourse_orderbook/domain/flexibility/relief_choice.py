"""What a request with targets buys: the cheapest set of offers that brings all its elements to their targets.

The set is found by a linear program agreed with exact power flows (`flexbourse_gridmath.relief`); every match of it
still passes the gate. Where the targets cannot all be reached, the set comes as near to them as it can.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from math import ceil

from flexbourse_gridmath.nodal import SolveError
from flexbourse_gridmath.relief import cheapest_relief
from flexbourse_gridmath.relief_offers import Need, Offer
from flexbourse_gridmath.relief_program import ProgramError
from flexbourse_orderbook.domain.flexibility.requests import Effects
from flexbourse_orderbook.domain.grid.grid_view import GridView
from flexbourse_orderbook.domain.orders import ReliefTarget
from flexbourse_orderbook.domain.registry_state import Market
from flexbourse_orderbook.domain.resting.levels import RestingOrder
from flexbourse_orderbook.domain.state import AreaState

# One choice is made in the shard's thread: offers looked at, rounds and nodes of the solver's tree are few.
MAX_OFFERS = 200
MAX_ROUNDS = 20
MAX_TREE_NODES = 2_000
NOMINAL_UPU = 1_000_000


def choose(
    state: AreaState,
    market: Market,
    request: RestingOrder,
    offers: Iterable[RestingOrder],
    view: GridView | None,
    effects: Effects,
) -> dict[str, int]:
    """Return what the request takes of each offer in W, by order id, the cheapest relief per unit of effect first.

    Empty where nothing is needed, nothing helps, or the grid's state is not known.
    """
    if view is None:
        return {}
    found = {target.element_id: need_of(view, target) for target in request.terms.relief_targets}
    needs = {element: need for element, need in found.items() if need is not None}
    ranked = _ranked(offers, needs, effects)[:MAX_OFFERS]
    wishes = [wish for offer in ranked if (wish := _wish(state, market, request, offer)) is not None]
    if not wishes:
        return {}
    try:
        chosen = cheapest_relief(
            view.topology, [view.point], [view.limits], wishes, list(needs.values()), step=market.quantity_step_w,
            most=request.open_w, max_rounds=MAX_ROUNDS, max_tree_nodes=MAX_TREE_NODES,
        )  # fmt: skip
    except (SolveError, ProgramError):
        return {}  # close to voltage collapse no effect can be trusted, so nothing is bought
    return {purchase.offer.offer_id: purchase.quantity for purchase in chosen.purchases}


def need_of(view: GridView, target: ReliefTarget) -> Need | None:
    """Return what an element lacks to its target now."""
    branch = view.topology.branch_index.get(target.element_id)
    if branch is not None:
        relief = ceil(float(view.point.loading[branch]) * 1e5) - target.value
        return Need("branch", branch, 0, relief) if relief > 0 else None
    node = view.topology.node_index.get(target.element_id)
    if node is None:
        return None
    value = float(view.point.magnitude[node]) * 1e6
    relief = ceil(target.value - value if value < NOMINAL_UPU else value - target.value)
    return Need("node", node, 0, relief) if relief > 0 else None


def _wish(state: AreaState, market: Market, request: RestingOrder, offer: RestingOrder) -> Offer | None:
    """Return a resting offer as the program sees it; it costs what a match with the request would."""
    step = market.quantity_step_w
    quantity = min(offer.open_w, request.open_w) // step * step
    minimum = -(-state.minimum_w(offer) // step) * step
    if quantity < max(minimum, 1):
        return None
    # The earlier order sets the price; one below zero cannot make a set grow that meets its targets already.
    ticks = (offer if offer.sequence < request.sequence else request).terms.limit_price_ticks
    price = max(ticks, 0) * market.price_tick_micro_euro_per_mwh
    return Offer(
        offer.terms.order_id, offer.node, offer.moves, quantity, price, minimum=minimum, reactive=offer.is_reactive
    )


def _ranked(offers: Iterable[RestingOrder], needs: dict[str, Need], effects: Effects) -> list[RestingOrder]:
    """Return the offers that relieve a needy element, by their best price per unit of effect, each need by its size."""
    best: dict[int, tuple[Fraction, RestingOrder]] = {}
    for offer in offers:
        for element_id, need in needs.items():
            relief = effects.relief(element_id, offer)
            if relief > 0:
                price = Fraction(offer.terms.limit_price_ticks * need.relief, relief)
                known = best.get(offer.sequence)
                best[offer.sequence] = (price if known is None else min(price, known[0]), offer)
    return [best[sequence][1] for sequence in sorted(best, key=lambda number: (best[number][0], number))]
