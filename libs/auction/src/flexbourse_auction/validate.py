"""An independent look at a result: every rule of the auction, reckoned again from the orders alone.

Shares no arithmetic with what made the result; what is offered at a price is asked of each order on its own. It tells
whether the result keeps the rules; that no better one exists is what ``gap_micro_euro`` claims.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise

from flexbourse_auction.orders import WHOLE_PPM, Block, Contract, Curve, Orders, Row, Side
from flexbourse_auction.result import Fill, Price, Result
from flexbourse_auction.rules import Pricing
from flexbourse_auction.validate_curves import curve_problems, limits_tick_w
from flexbourse_core.money import amount_micro_euro

# A row may be missed by what whole W make of it; prices of nodes by what whole W and ticks make of them.
_ROW_W = 2
_TICK = 1
_NODAL_TICKS = 5
# What rows make of prices is equal within this, in ticks: then so are the prices.
_SAME_PRICE = 1e-4


def validate(orders: Orders, result: Result, rows: Sequence[Row] = ()) -> list[str]:
    """Return every rule that a result breaks, as sentences; an empty list means that it is valid.

    ``rows`` are those that the auction was given; what the grid check added is in ``result.rounds``.
    """
    every = (*rows, *(cut for each in result.rounds for cut in each.cuts))
    if not result.agreed and result.rounds:
        every = every[: len(every) - len(result.rounds[-1].cuts)]
    found = _Look(orders, result, every)
    broken = [*found.fills()]
    if broken:
        return broken  # nothing else can be reckoned with orders that do not exist
    return [*found.balance(), *found.blocks(), *found.rows(), *found.prices(), *found.curves(), *found.money()]


class _Look:
    def __init__(self, orders: Orders, result: Result, rows: Sequence[Row]) -> None:
        self.orders, self.result, self.all_rows = orders, result, rows
        self.curves_by_id = {curve.order_id: curve for curve in orders.curves}
        self.blocks_by_id = {block.order_id: block for block in orders.blocks}
        self.power: dict[tuple[str, Contract], int] = {}
        for fill in result.fills:
            self.power[fill.order_id, fill.contract] = fill.quantity_w
        self.price = {(price.contract, price.node): price for price in result.prices}

    def place(self, contract: Contract, node: str) -> tuple[Contract, str]:
        """Return where an order is priced: without network rows at one place per contract."""
        return contract, node if self.all_rows else ""

    def fills(self) -> Iterator[str]:
        seen = set()
        for fill in self.result.fills:
            key = (fill.order_id, fill.contract)
            if key in seen:
                yield f"{fill.order_id} is filled twice at {fill.contract}"
            seen.add(key)
            offered = self._offered(fill)
            if offered is None:
                yield f"{fill.order_id} has no such order: {fill}"
            elif not 0 < fill.quantity_w <= offered:
                yield f"{fill.order_id} trades {fill.quantity_w} W of {offered} W at {fill.contract}"

    def _offered(self, fill: Fill) -> int | None:
        order: Curve | Block | None = self.curves_by_id.get(fill.order_id) or self.blocks_by_id.get(fill.order_id)
        if order is None or order.side is not fill.side or order.node != fill.node:
            return None
        if isinstance(order, Block):
            return dict(order.quantities).get(fill.contract)
        return sum(piece.quantity_w for piece in order.segments) if order.contract == fill.contract else None

    def balance(self) -> Iterator[str]:
        net: dict[Contract, int] = defaultdict(int)
        volume: dict[tuple[tuple[Contract, str], Side], int] = defaultdict(int)
        for fill in self.result.fills:
            net[fill.contract] += fill.side.sign * fill.quantity_w
            volume[self.place(fill.contract, fill.node), fill.side] += fill.quantity_w
        yield from (f"{contract} is out of balance by {w} W" for contract, w in net.items() if w)
        places = {place for place, _ in volume}
        yield from (f"{place} has fills and no line of prices" for place in places if place not in self.price)
        for place, price in self.price.items():
            for side, stated in ((Side.BUY, price.bought_w), (Side.SELL, price.sold_w)):
                if volume[place, side] != stated:
                    yield f"{place} states {stated} W of {side}, its fills are {volume[place, side]} W"

    def blocks(self) -> Iterator[str]:
        groups: dict[str, Fraction] = defaultdict(Fraction)
        stated = {block.order_id: block for block in self.result.blocks}
        for block in self.orders.blocks:
            low, high = self._ratio(block)
            if low > high:
                yield f"{block.order_id} has no one ratio for all its contracts"
            if any(0 < w < block.least_w(q) for w, q in self._powers(block)):
                yield f"{block.order_id} is accepted below its minimum"
            if block.parent and high > 0 and not self._used(self.blocks_by_id[block.parent]):
                yield f"{block.order_id} is accepted without its parent {block.parent}"
            groups[block.group] += max(low, Fraction(0))
            largest = max(q for _, q in block.quantities)
            ratios = {w * WHOLE_PPM // q for w, q in self._powers(block) if q == largest}
            if block.order_id not in stated or stated[block.order_id].accepted_ppm not in ratios:
                yield f"{block.order_id} is not stated as it is filled"
        yield from (f"group {group} is accepted beyond one" for group, ratio in groups.items() if group and ratio > 1)

    def _powers(self, block: Block) -> list[tuple[int, int]]:
        return [(self.power.get((block.order_id, contract), 0), q) for contract, q in block.quantities]

    def _used(self, block: Block) -> bool:
        return any(w for w, _ in self._powers(block))

    def _ratio(self, block: Block) -> tuple[Fraction, Fraction]:
        """Return between which ratios a block lies, whole W considered; the first beyond the second if there is
        none."""
        powers = self._powers(block)
        if all(w == q for w, q in powers) or not self._used(block):
            ratio = Fraction(powers[0][0], powers[0][1])
            return ratio, ratio
        return max(Fraction(w - 1, q) for w, q in powers), min(Fraction(w + 1, q) for w, q in powers)

    def rows(self) -> Iterator[str]:
        stated = {use.row_id: use for use in self.result.rows}
        for row in self.all_rows:
            weights = {(contract, node): weight for contract, node, weight in row.coefficients}
            value = sum(
                fill.side.sign * fill.quantity_w * weights.get((fill.contract, fill.node), 0.0)
                for fill in self.result.fills
            )
            if value > row.limit + self.row_tolerance(row):
                yield f"{row.row_id} is used by {value}, its limit is {row.limit}"
            use = stated.get(row.row_id)
            if use is None or abs(use.value - value) > 1e-6 * max(1.0, abs(value)) or use.limit != row.limit:
                yield f"{row.row_id} is not stated as it is used"

    def row_tolerance(self, row: Row) -> float:
        """Return what whole W may make of a row: one W at each place between the ends of a step."""
        divisible = sum(block.minimum_ppm < WHOLE_PPM for block in self.orders.blocks)
        largest = max((abs(weight) for *_, weight in row.coefficients), default=0.0)
        return largest * (_ROW_W + len(self.all_rows) + divisible)

    def prices(self) -> Iterator[str]:
        rules = self.result.rules
        for (contract, node), price in self.price.items():
            asked = rules.pricing is Pricing.PAY_AS_CLEAR and bool(price.bought_w or price.sold_w)
            if asked != (price.price_ticks is not None):
                yield f"{contract} {node} must have a price if and only if something trades there at one price"
            if price.price_ticks is not None and not rules.lowest_ticks <= price.price_ticks <= rules.highest_ticks:
                yield f"{contract} {node} has a price beyond the limits: {price.price_ticks}"
        if rules.pricing is Pricing.PAY_AS_CLEAR:
            yield from self._one_price()
            yield from self._block_prices()

    def _one_price(self) -> Iterator[str]:
        """Prices of a contract differ by the rows that bind, and by nothing else; nodes that none parts have one."""
        shadows = {use.row_id: use.shadow_ticks for use in self.result.rows}
        weights = {(row.row_id, c, node): weight for row in self.all_rows for c, node, weight in row.coefficients}
        for use in self.result.rows:
            row = next(row for row in self.all_rows if row.row_id == use.row_id)
            if use.shadow_ticks < 0 or (use.shadow_ticks and use.value < row.limit - self.row_tolerance(row)):
                yield f"{use.row_id} has a shadow price of {use.shadow_ticks} and does not bind"
        found: dict[Contract, list[tuple[float, int]]] = defaultdict(list)
        for (contract, node), price in self.price.items():
            if price.price_ticks is not None:
                moved = sum(shadow * weights.get((row_id, contract, node), 0.0) for row_id, shadow in shadows.items())
                found[contract].append((moved, price.price_ticks))
        for contract, prices in found.items():
            references = [ticks + moved for moved, ticks in prices]
            if max(references) - min(references) > 2 * _NODAL_TICKS + 1e-6:
                span = f"{min(references)} to {max(references)}"
                yield f"prices of {contract} differ by more than the rows that bind: {span}"
            for (moved, ticks), (more, other) in pairwise(sorted(prices)):
                if more - moved < _SAME_PRICE and other != ticks:
                    yield f"prices of {contract} differ where no row does: {ticks} and {other}"

    def _block_prices(self) -> Iterator[str]:
        stated = {block.order_id: block for block in self.result.blocks}
        full = self._full_groups()
        for block in self.orders.blocks:
            places = [self.price.get(self.place(contract, block.node)) for contract, _ in block.quantities]
            known = [place.price_ticks for place in places if place is not None and place.price_ticks is not None]
            if len(known) < len(block.quantities):
                continue
            gain = self._gain(block, known, [w for w, _ in self._powers(block)])
            missed = self._gain(block, known, [q - w for w, q in self._powers(block)])
            energy = sum(w for w, _ in self._powers(block))
            whole, free = (
                energy == block.energy_w,
                block.minimum_ppm == 0 and not block.parent,
            )
            # Powers are whole W: what is filled in part may miss its limit by what a W in each part is worth.
            rounded = 0 if whole else sum(abs(price - block.price_ticks) for price in known)
            if gain < -(energy // 2 if free or not whole else 0) - rounded:
                yield f"{block.order_id} is accepted and loses {-gain} ticks·W"
            left_out = energy == 0 and stated[block.order_id].paradoxically_rejected
            bound_to_price = (energy > 0 or (free and not left_out)) and not whole and block.group not in full
            if bound_to_price and missed > block.energy_w * _TICK + rounded:
                yield f"{block.order_id} is filled in part and gains: it does not set the price"
            if stated[block.order_id].paradoxically_rejected != (missed > 0):
                yield f"{block.order_id} is not stated as paradoxically rejected as it is"

    def _full_groups(self) -> set[str]:
        sums: dict[str, Fraction] = defaultdict(Fraction)
        for block in self.orders.blocks:
            if block.group and self._used(block):
                sums[block.group] += self._ratio(block)[1]
        return {group for group, ratio in sums.items() if ratio >= 1}

    @staticmethod
    def _gain(block: Block, prices: Sequence[int], powers: Sequence[int]) -> int:
        return block.side.sign * sum(w * (p - block.price_ticks) for w, p in zip(powers, prices, strict=True))

    def curves(self) -> Iterator[str]:
        """Curves that share a place must be filled as its price says."""
        together: dict[tuple[Contract, str], list[tuple[Curve, int]]] = defaultdict(list)
        for curve in self.orders.curves:
            filled = self.power.get((curve.order_id, curve.contract), 0)
            together[self.place(curve.contract, curve.node)].append((curve, filled))
        for place, own in together.items():
            price: Price | None = self.price.get(place)
            if price is None:
                yield f"{place} has orders and no line of prices"
            else:
                yield from curve_problems(self.result.rules, price, own, self._slack(place))

    def _slack(self, place: tuple[Contract, str]) -> int:
        """Return how many W whole numbers may move between the curves of a place."""
        partly = sum(
            1
            for block in self.orders.blocks
            for contract, _ in block.quantities
            if self.place(contract, block.node) == place and self._is_rounded(block)
        )
        return partly + (2 if self.all_rows else 0)

    def _is_rounded(self, block: Block) -> bool:
        """Tell whether whole W may miss the exact share of a block: filled in part, and not one power at its least."""
        powers = list(self._powers(block))
        at_least = len(powers) == 1 and powers[0][0] == block.least_w(powers[0][1])
        return not at_least and any(0 < w < q for w, q in powers)

    def money(self) -> Iterator[str]:
        rules, welfare, income = self.result.rules, 0, 0
        for fill in self.result.fills:
            order: Curve | Block = self.curves_by_id.get(fill.order_id) or self.blocks_by_id[fill.order_id]
            limits = (
                fill.quantity_w * order.price_ticks
                if isinstance(order, Block)
                else limits_tick_w(order, fill.quantity_w)
            )
            welfare -= fill.side.sign * limits
            income -= fill.side.sign * fill.amount_micro_euro
            if rules.pricing is Pricing.PAY_AS_BID:
                due = amount_micro_euro(1, limits, rules.mtu_seconds, rules.tick_micro_euro_per_mwh)
            else:
                price = self.price[self.place(fill.contract, fill.node)].price_ticks
                if price is None:
                    continue
                due = amount_micro_euro(fill.quantity_w, price, rules.mtu_seconds, rules.tick_micro_euro_per_mwh)
            if due != fill.amount_micro_euro:
                yield f"{fill.order_id} is billed {fill.amount_micro_euro} µEUR at {fill.contract}, due are {due}"
        due = amount_micro_euro(1, welfare, rules.mtu_seconds, rules.tick_micro_euro_per_mwh)
        if due != self.result.welfare_micro_euro:
            yield f"welfare is stated as {self.result.welfare_micro_euro} µEUR, it is {due}"
        if income != self.result.income_micro_euro:
            yield f"income is stated as {self.result.income_micro_euro} µEUR, it is {income}"
        if self.result.gap_micro_euro < 0 or self.result.gap_ppm < 0:
            yield "the gap is negative"
