"""What waits in books as the orders of one call auction, and the auction's rules from the market's parameters.

A limit is all-in, so an order stands in the auction at its limit and what the grid costs it per MWh: a sale asks so
much more, a purchase bids so much less. Quantities are counted in steps of the market.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil

from flexbourse_auction.orders import WHOLE_PPM, Block, Contract, Curve, Orders, Segment, Side
from flexbourse_auction.problems import MAX_PRICE_TICKS
from flexbourse_auction.rules import Margin, Pricing, Rules
from flexbourse_core.market_time import Mtu
from flexbourse_gridmath.vector import Side as MovedSide
from flexbourse_gridmath.vector import Vector
from flexbourse_orderbook.domain.auctions.rounds import NOWHERE, Known
from flexbourse_orderbook.domain.grid.gate import refuse_by_light
from flexbourse_orderbook.domain.grid.grid_view import GridView
from flexbourse_orderbook.domain.orders import Product
from flexbourse_orderbook.domain.registry_state import AuctionMargin, AuctionPricing, Market
from flexbourse_orderbook.domain.resting.levels import NO_NODE, RestingOrder, RestrictedOrder
from flexbourse_orderbook.domain.state import AreaState
from flexbourse_orderbook.domain.trial import MICRO_EURO_PER_EURO

DEFAULT_NODES = 2_000
DEFAULT_ROUNDS = 20
DEFAULT_LIMIT_MS = 20_000
# Orders of one auction that are taken whole, or from a minimum on, or not at all; the program has a switch for each.
MAX_SWITCHED = 400
# What the grid may cost an order per MWh: beyond, it asks and bids at the end of all prices.
MAX_COST_TICKS = 500_000
# A tick of rounding error is no tick.
FORGIVEN_TICKS = 1e-6


@dataclass(frozen=True, slots=True)
class Entry:
    """An order of the auction: a curve of one period, or a block over several. `name` ranks by time."""

    name: str
    legs: tuple[RestingOrder, ...]
    is_block: bool
    minimum_ppm: int
    parent: str
    group: str

    @property
    def first(self) -> RestingOrder:
        """Return its first order; all of them are of one party, unit and limit."""
        return self.legs[0]

    @property
    def sign(self) -> int:
        """Return +1 for a sale, -1 for a purchase."""
        return -1 if self.first.is_buy else 1


def rules_of(market: Market, step_w: int) -> Rules:
    """Return the rules of a market's auctions; a W of the auction is a step of the market, and a price is of a step."""
    rounds = market.auction_max_rounds or DEFAULT_ROUNDS
    return Rules(
        pricing=Pricing.PAY_AS_BID if market.auction_pricing == AuctionPricing.PAY_AS_BID else Pricing.PAY_AS_CLEAR,
        margin=Margin.TIME if market.auction_margin == AuctionMargin.TIME else Margin.PRO_RATA,
        lowest_ticks=max(-MAX_PRICE_TICKS, market.min_price_ticks - MAX_COST_TICKS),
        highest_ticks=min(MAX_PRICE_TICKS, market.max_price_ticks + MAX_COST_TICKS),
        tick_micro_euro_per_mwh=market.price_tick_micro_euro_per_mwh * step_w,
        mtu_seconds=market.mtu_length_s,
        max_nodes=market.auction_max_nodes or DEFAULT_NODES,
        max_seconds=(market.auction_limit_ms or DEFAULT_LIMIT_MS) / 1000,
        max_rounds=rounds,
    )


def seconds_of_round(rules: Rules, number: int) -> float:
    """Return the solver's time for a round: one half is shared evenly, of the other the first rounds have the most."""
    return rules.max_seconds / 2 * (1 / rules.max_rounds + 1 / (number * (number + 1)))


def entries_of(
    state: AreaState, market: Market, mtus: Iterable[Mtu], views: Mapping[Mtu, GridView | None]
) -> list[Entry]:
    """Return what of the orders that wait takes part, by time.

    Left out are icebergs, spread offers, orders of exclusive groups (what a group has left is reckoned trade by trade),
    blocks that are not whole any more or lack their parent, what lies under an unknown light, what deviates in a grid
    that is not known, and orders with a minimum beyond :data:`MAX_SWITCHED`.
    """
    waiting = sorted(
        (
            order
            for mtu in mtus
            for order in state.period(mtu).book(market.market_id, Product.LOCAL_ENERGY).waiting.values()
        ),
        key=lambda order: order.sequence,
    )
    found = [entry for legs in _by_block(waiting) if (entry := _entry(state, legs, views)) is not None]
    later = {entry.name for entry in [entry for entry in found if entry.is_block][MAX_SWITCHED:]}
    return _with_parents([entry for entry in found if entry.name not in later])


def _by_block(orders: Iterable[RestingOrder]) -> list[tuple[RestingOrder, ...]]:
    legs: dict[int, list[RestingOrder]] = {}
    for order in orders:
        legs.setdefault(order.terms.block_sequence or order.sequence, []).append(order)
    return [tuple(sorted(own, key=lambda order: order.mtu)) for own in legs.values()]


def name_of(number: int) -> str:
    """Return the name of an order in an auction: of equals the earlier comes first."""
    return f"{number:015d}"


def _entry(state: AreaState, legs: tuple[RestingOrder, ...], views: Mapping[Mtu, GridView | None]) -> Entry | None:
    first, terms = legs[0], legs[0].terms.auction
    if first.terms.exclusive_group or first.terms.spread_offer:
        return None
    whole = not first.terms.block_size or first.terms.block_size == len(legs)
    if not whole or any(_hidden(leg) or not _is_known(state, leg, views.get(leg.mtu)) for leg in legs):
        return None
    number = first.terms.block_sequence or first.sequence
    least = _least_ppm(state, first)
    if terms is None or terms.end_price_ticks is not None:
        return Entry(name_of(number), legs, terms is None and least > 0, least, "", "")
    group = f"{first.terms.party}/{terms.group}" if terms.group else ""
    parent = _parent_name(state, terms.parent)
    return Entry(name_of(number), legs, is_block=True, minimum_ppm=terms.minimum_ppm, parent=parent, group=group)


def _hidden(order: RestingOrder) -> bool:
    return isinstance(order, RestrictedOrder) and order.hidden_w > 0


def _is_known(state: AreaState, order: RestingOrder, view: GridView | None) -> bool:
    if state.topology is None or order.node == NO_NODE:
        return not order.moves
    zone = state.topology.zone_of_node(order.node)
    lit = refuse_by_light(None, None, [zone], state.lights.of_period(order.mtu, state.now)) is None
    return lit and (view is not None or not order.moves)


def _least_ppm(state: AreaState, order: RestingOrder) -> int:
    """Return the least ratio of a plain order: what its own terms, or its unit, do not match below."""
    own = order.least_w if isinstance(order, RestrictedOrder) else 0
    least = max(own, state.minimum_w(order))
    return min(WHOLE_PPM, -(-least * WHOLE_PPM // order.open_w))


def _parent_name(state: AreaState, order_id: str) -> str:
    if not order_id:
        return ""
    parent = state.orders.get(order_id)
    return name_of(parent.terms.block_sequence or parent.sequence) if parent is not None else "gone"


def _with_parents(entries: list[Entry]) -> list[Entry]:
    """Return the entries whose parents take part."""
    while True:
        names = {entry.name for entry in entries}
        left = [entry for entry in entries if not entry.parent or entry.parent in names]
        if len(left) == len(entries):
            return left
        entries = left


def first_costs(entries: Sequence[Entry], views: Mapping[Mtu, GridView | None], tick: int) -> dict[str, int]:
    """Return what the first W of each entry would cost at the grid per MWh, in ticks, rounded up."""
    costs: dict[str, int] = {}
    for entry in entries:
        whole = sum(leg.open_w for leg in entry.legs)
        euro = sum(leg.open_w * _marginal(leg, views.get(leg.mtu)) for leg in entry.legs) / whole
        costs[entry.name] = ceil(euro * MICRO_EURO_PER_EURO / tick - FORGIVEN_TICKS)
    return costs


def _marginal(order: RestingOrder, view: GridView | None) -> float:
    if not order.moves or view is None:
        return 0.0
    return view.prices.of(Vector((MovedSide(order.node, order.moves),)))


def orders_of(entries: Sequence[Entry], known: Known, rules: Rules, step_w: int) -> Orders:
    """Return the orders of the auction, by what rounds found out; quantities in steps."""
    left = _with_parents([entry for entry in entries if entry.name not in known.without])
    blocks = tuple(_blocks(left, known, rules, step_w))
    return Orders(tuple(_curves(left, known, rules, step_w)), blocks)


def limit_in_auction(entry: Entry, ticks: int, known: Known, rules: Rules) -> int:
    """Return at what price an entry stands in the auction."""
    return max(rules.lowest_ticks, min(rules.highest_ticks, ticks + entry.sign * known.cost_ticks.get(entry.name, 0)))


def _curves(entries: Sequence[Entry], known: Known, rules: Rules, step_w: int) -> Iterator[Curve]:
    for entry in entries:
        if entry.is_block:
            continue
        order, piece = entry.first, segment_of(entry, known, rules, step_w)
        yield Curve(entry.name, _side(entry), Contract(order.mtu.start_s), (piece,), _node(entry), order.sequence)


def segment_of(entry: Entry, known: Known, rules: Rules, step_w: int) -> Segment:
    """Return a step or a straight line as it stands in the auction, in steps of quantity."""
    terms = entry.first.terms
    start, end = limit_in_auction(entry, terms.limit_price_ticks, known, rules), None
    if terms.auction is not None and terms.auction.end_price_ticks is not None:
        end = limit_in_auction(entry, terms.auction.end_price_ticks, known, rules)
    return Segment(entry.first.open_w // step_w, start, None if end == start else end)


def _blocks(entries: Sequence[Entry], known: Known, rules: Rules, step_w: int) -> Iterator[Block]:
    for entry in entries:
        if entry.is_block:
            quantities = tuple((Contract(leg.mtu.start_s), leg.open_w // step_w) for leg in entry.legs)
            price = limit_in_auction(entry, entry.first.terms.limit_price_ticks, known, rules)
            yield Block(
                entry.name, _side(entry), price, quantities, entry.minimum_ppm, _node(entry), entry.parent, entry.group,
                entry.first.sequence,
            )  # fmt: skip


def _side(entry: Entry) -> Side:
    return Side.BUY if entry.first.is_buy else Side.SELL


def _node(entry: Entry) -> str:
    """Return the node that an entry moves; all its orders are of one unit."""
    return entry.first.terms.node_id if entry.first.moves else NOWHERE
