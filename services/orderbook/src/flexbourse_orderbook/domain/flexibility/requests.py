"""Flexibility: operators' requests meet offers by price per unit of effect on the element to be relieved."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from flexbourse_gridmath.check import Kind
from flexbourse_gridmath.nodal import SolveError, element_effect
from flexbourse_orderbook.domain.grid.area_grid import GridPeriod
from flexbourse_orderbook.domain.resting.levels import NO_NODE, RestingOrder
from flexbourse_orderbook.domain.resting.resting_book import Book

# An offer relieves an element if its effect is at least a twentieth of that of the best placed node: everything moves
# everything a little through the voltage, and an operator does not pay for that.
LEAST_SHARE_OF_BEST = 20


class Effects:
    """What a MW at each node does to elements, at one operating point; computed when first asked for."""

    def __init__(self, grid: GridPeriod) -> None:
        self._grid = grid
        self._relief_per_mw: dict[tuple[str, bool], list[int]] = {}

    def relief(self, element_id: str, offer: RestingOrder) -> int:
        """Return the relief of an element per MW or Mvar of an offer (mpct or millionths of pu); 0 if hardly any."""
        if offer.node == NO_NODE:
            return 0
        key = element_id, offer.is_reactive
        table = self._relief_per_mw.get(key)
        if table is None:
            table = self._relief_per_mw[key] = self._compute(*key)
        relief = offer.moves * table[offer.node] if table else 0
        return relief if relief * LEAST_SHARE_OF_BEST >= max(map(abs, table), default=1) else 0

    def _compute(self, element_id: str, reactive: bool) -> list[int]:
        view, area = self._grid.view(), self._grid.area
        found = area.element(element_id) if area is not None else None
        if view is None or found is None:
            return []
        kind, index = found
        try:
            which: Kind = "branch" if kind == "branch" else "node"
            effect = element_effect(view.topology, view.point, which, index, reactive=reactive)
        except SolveError:
            return []  # close to voltage collapse no effect can be trusted, so none is bought
        # A loading is relieved where it falls; a voltage where it comes closer to nominal.
        falls = kind == "branch" or view.point.magnitude[index] >= 1.0
        relief: list[int] = (-effect if falls else effect).tolist()
        return relief


def rank_offers(request: RestingOrder, book: Book, effects: Effects) -> list[RestingOrder]:
    """Return the offers that an operator's request may take, the cheapest relief per unit of effect first.

    Offers without effect stand last: they cross by price, so that they are passed over is said.
    """
    return sorted(crossing_offers(request, book), key=lambda offer: relief_rank(request, offer, effects))


def relief_rank(request: RestingOrder, offer: RestingOrder, effects: Effects) -> tuple[bool, Fraction, int]:
    """Return the place of an offer among those that an operator's request may take."""
    relief = effects.relief(request.terms.element_id, offer)
    price = Fraction(offer.terms.limit_price_ticks, relief) if relief > 0 else Fraction(0)
    return relief <= 0, price, offer.sequence


def crossing_offers(request: RestingOrder, book: Book) -> list[RestingOrder]:
    """Return the offers that cross an operator's request by price; no tariff stands between them."""
    return [offer for offer in book.asks if offer.terms.limit_price_ticks <= request.terms.limit_price_ticks]


def rank_requests(offer: RestingOrder, book: Book) -> list[RestingOrder]:
    """Return the requests that an offer may take, the highest price first, then by time.

    Against an operator the price is the whole payment; against a BRP it is what the nodal tariff leaves at the offer.
    """
    own_tariff = offer.key - offer.terms.limit_price_ticks
    found = [(own_tariff + order.key, order.sequence, order) for order in book.bids.crossing(-offer.key)]
    found.extend(
        (-request.terms.limit_price_ticks, request.sequence, request)
        for request in book.requests.values()
        if request.terms.limit_price_ticks >= offer.terms.limit_price_ticks
    )
    return [order for _, _, order in sorted(found, key=lambda entry: entry[:2])]


def crossing(order: RestingOrder, book: Book) -> Iterable[RestingOrder]:
    """Return the opposite orders that cross an order of a unit or a balance responsible party, best first."""
    if order.is_buy:
        return book.asks.crossing(-order.key)
    if book.requests:
        return rank_requests(order, book)
    return book.bids.crossing(-order.key)
