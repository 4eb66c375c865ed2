"""One pair on its way from what is wanted to what price, grid and lights leave of it."""

from __future__ import annotations

from flexbourse_core.rejection import Code, Rejection
from flexbourse_gridmath.check import Binding
from flexbourse_gridmath.conditional import Call
from flexbourse_gridmath.nodal import SolveError, costs_at_most, largest_at_price
from flexbourse_gridmath.powerflow import NotConverged, OperatingPoint
from flexbourse_gridmath.vector import Change, Vector
from flexbourse_orderbook.domain.findings import GateFinding
from flexbourse_orderbook.domain.grid.gate import finding_of, fit, refuse_by_light
from flexbourse_orderbook.domain.grid.grid_view import GridView
from flexbourse_orderbook.domain.grid.lights import PeriodLights
from flexbourse_orderbook.domain.registry_state import Market
from flexbourse_orderbook.domain.resting.levels import RestingOrder

MICRO_EURO_PER_EURO = 1_000_000


def below_minimum(quantity_w: int, minimum_w: int) -> Rejection:
    """Return that a fill would be smaller than a unit can deliver."""
    return Rejection(
        Code.BELOW_MINIMUM_POWER, "no fill below a unit's minimum power", field="quantity_w", value=quantity_w,
        limit=minimum_w, unit="W", headroom_w=quantity_w,
    )  # fmt: skip


class Trial:
    """A quantity that only shrinks. `refusal` ends the pair, `shrunk_by` tells what stood against more.

    Of a match that is held, `call` says what may be called; `blocked_by` is what stands against a little more.
    """

    def __init__(
        self, market: Market, view: GridView, vector: Vector, wanted_w: int, minimum_w: int, call: Call | None = None
    ) -> None:
        self.view = view
        self.quantity_w = self.asked_w = wanted_w
        self.finding: GateFinding | None = None
        self.refusal: Rejection | None = None
        self.shrunk_by: Rejection | None = None
        self.blocked_by: Binding | None = None
        self.call = call
        self._market = market
        self.vector = vector
        self._minimum_w = minimum_w
        self._solved: tuple[int, OperatingPoint | None] | None = None

    @property
    def shrunk_from_w(self) -> int:
        """Return what was wanted where the quantity shrank, 0 where it is whole."""
        return self.asked_w if self.shrunk_by is not None else 0

    def anew(self, view: GridView, quantity_w: int) -> Trial:
        """Return the trial of a quantity that the price leaves, at another view."""
        return Trial(self._market, view, self.vector, quantity_w, self._minimum_w, self.call)

    def change(self) -> Change:
        """Return what the quantity moves."""
        return self.vector.at(self.quantity_w)

    def after(self) -> OperatingPoint | None:
        """Return the point after the quantity; solved once."""
        if self._solved is None or self._solved[0] != self.quantity_w:
            self._solved = (self.quantity_w, self.view.moved(self.change()))
        return self._solved[1]

    def not_converged(self) -> Rejection:
        """Return that the point after the quantity has no solution."""
        return Rejection(Code.GRID_CHECK_NOT_CONVERGED, "the power flow of a match converges", headroom_w=0)

    def shrink_to_price(self, ceiling_micro_euro_per_mwh: int) -> None:
        """Take the largest quantity whose marginal tariff leaves the aggressor his limit.

        A quantity that no state of the grid carries has no tariff: what the grid carries of it is looked for first, so
        that who asks for more never gets less. Close to voltage collapse the marginal tariff has no value that can be
        trusted: then the pair is refused.
        """
        if self.after() is None:
            self.shrink_to_grid()
            if self.refusal is not None:
                return
        try:
            found = self._largest_at_price(ceiling_micro_euro_per_mwh)
            if isinstance(found, NotConverged):
                self.refusal = self.not_converged()
            elif found < self.quantity_w:
                self._shrink(found, self._beyond_price(ceiling_micro_euro_per_mwh, found))
        except SolveError:
            self.refusal = self.not_converged()

    def _largest_at_price(self, ceiling_micro_euro_per_mwh: int) -> int | NotConverged:
        view, ceiling = self.view, ceiling_micro_euro_per_mwh / MICRO_EURO_PER_EURO
        after = self.after()
        if after is not None:
            still = self.vector.is_still()  # its parts cancel to the bit
            if ceiling >= 0 if still else costs_at_most(view.topology, view.parameters, after, self.vector, ceiling):
                return self.quantity_w
        # The gradient before the match is shared by all candidates, so most that fail need no search.
        if view.prices.of(self.vector) > ceiling:
            return 0
        return largest_at_price(
            view.topology, view.parameters, view.point, self.vector,
            ceiling_micro_eur_per_mwh=ceiling_micro_euro_per_mwh, maximum_w=self.quantity_w,
            step_w=self._market.quantity_step_w,
        )  # fmt: skip

    def _beyond_price(self, ceiling_micro_euro_per_mwh: int, headroom_w: int) -> Rejection:
        marginal = self.view.prices.of(self.vector)
        return Rejection(
            Code.LIMIT_PRICE, "the marginal all-in price keeps the aggressor's limit", field="limit_price_ticks",
            value=round(marginal * MICRO_EURO_PER_EURO), limit=ceiling_micro_euro_per_mwh,
            unit="micro-euro per MWh of tariff", headroom_w=headroom_w,
        )  # fmt: skip

    def shrink_to_grid(self) -> None:
        """Take the largest quantity that passes the gate."""
        if self.refusal is not None:
            return
        if not self._market.gate_enabled:
            self.finding = finding_of(self.view, None, self.quantity_w, 0)
            return
        found = fit(
            self.view, self.vector, self.quantity_w, self._market.quantity_step_w,
            either_side=self._market.either_side_missing, conditional=self.call,
        )  # fmt: skip
        self.finding, self.blocked_by = found.finding, found.blocked_by
        if found.refusal is not None:
            self._shrink(found.quantity_w, found.refusal)

    def _shrink(self, quantity_w: int, reason: Rejection) -> None:
        if quantity_w < self._minimum_w:
            self.refusal = reason
        else:
            self.quantity_w, self.shrunk_by = quantity_w, reason

    def look_at_lights(self, lights: PeriodLights) -> None:
        """Refuse what the lights of the zones that it moves stop."""
        if self.refusal is not None or not self._market.gate_enabled:
            return
        after = self.after()
        if after is None:
            self.refusal = self.not_converged()
            return
        self.refusal = refuse_by_light(self.view, after, (), lights)


def beyond_average(order: RestingOrder) -> Rejection:
    """Return that all fills together would break an order's limit."""
    terms = order.terms
    return Rejection(
        Code.LIMIT_PRICE, "what matches whole or not at all keeps its limit on the average of all fills",
        field="limit_price_ticks", element=terms.order_id, value=terms.limit_price_ticks, unit="ticks", headroom_w=0,
    )  # fmt: skip
