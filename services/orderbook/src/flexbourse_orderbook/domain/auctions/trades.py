"""The result of an auction as trades: who sells to whom, at what price, and whether each passes the gate at its place.

In each period the orders that trade are put in the order of their price, equal ones of their time, and sellers meet
buyers from the cheapest on. Everybody gets or pays the price of his own node: a trade is made at the price of the node
that sells, and what the buyer's node costs more is the rent of the full line, which he pays to the grid operator. Paid
as bid there is no rent: a trade is made at the seller's price. The limit of a block is for its average: where somebody
finds no partner else, it may trade beyond its limit in one period, or with one partner. Then blocks that sell meet the
dearest purchases first, blocks that buy the cheapest sales, and a block that sells gets from each partner the same
price, or the limit of that partner where it is lower, the least that makes its limit on the average. The trades are
then made one after the other on the exact grid, as in continuous trade; one that does not fit yet, or not whole, is
tried again behind the others.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from flexbourse_core.market_time import Mtu
from flexbourse_core.rejection import Rejection
from flexbourse_core.values import replace
from flexbourse_gridmath.powerflow import OperatingPoint
from flexbourse_gridmath.vector import Change, Side, Vector
from flexbourse_orderbook.domain.entry.self_trade import Prevention, prevention_of
from flexbourse_orderbook.domain.findings import GateFinding, GridEffect
from flexbourse_orderbook.domain.grid.gate import finding_of, refuse_whole
from flexbourse_orderbook.domain.grid.grid_view import GridView
from flexbourse_orderbook.domain.grid.lights import PeriodLights
from flexbourse_orderbook.domain.grid.moved import moved_by
from flexbourse_orderbook.domain.registry_state import AuctionPricing, Market
from flexbourse_orderbook.domain.resting.levels import RestingOrder
from flexbourse_orderbook.domain.trial import Trial

# How often the trades that do not fit yet, or not whole, are tried behind the others.
MAX_PASSES = 8
# How many trades are looked at for partners of orders that may not trade with each other.
MAX_TRIES_OF_PARTNERS = 20_000


@dataclass(frozen=True, slots=True)
class Share:
    """What an order trades in a period: at the price of its node, never beyond `limit_ticks`, with its part of ΔΦ.

    ``on_average`` tells of a block that its limit is for the average of all that it trades.
    """

    name: str
    order: RestingOrder
    quantity_w: int
    node_ticks: int
    limit_ticks: int
    dnut_micro_euro: int
    on_average: bool = False


@dataclass(frozen=True, slots=True)
class Pair:
    """A trade to be made; the DNUT of each side is its part of what its order pays.

    The seller gets `price_ticks`, the buyer pays `buyer_ticks`; the difference is the grid operator's.
    """

    seller: Share
    buyer: Share
    quantity_w: int
    price_ticks: int
    buyer_ticks: int
    seller_dnut_micro_euro: int
    buyer_dnut_micro_euro: int


@dataclass(frozen=True, slots=True)
class Misfit:
    """Orders that a result would have trade with others that they may not trade with; of each two the later."""

    names: frozenset[str]


@dataclass(frozen=True, slots=True)
class Made:
    """A trade that passes the gate at its place; nothing moves where `change` is None."""

    pair: Pair
    before: GridView | None
    after: OperatingPoint | None
    change: Change | None
    effect: GridEffect | None
    finding: GateFinding | None


@dataclass(frozen=True, slots=True)
class Refused:
    """The first trade that does not pass the gate at any place, and why.

    ``alone`` are its sides that do not even pass by themselves, with the other one missing.
    """

    pair: Pair
    reason: Rejection
    alone: tuple[Share, ...] = ()


@dataclass(slots=True)
class _Met:
    """So much of a seller goes to a buyer."""

    seller: Share
    buyer: Share
    quantity_w: int


def pairs_of(market: Market, shares: Mapping[Mtu, Sequence[Share]]) -> dict[Mtu, list[Pair]] | Misfit:
    """Return who sells to whom in each period; a misfit where orders that are left may not, or no price is within both
    limits."""
    within = {mtu: [replace(share, on_average=False) for share in own] for mtu, own in shares.items()}
    found = _pairs(market, within)
    by_average = any(share.on_average for own in shares.values() for share in own)
    if isinstance(found, Misfit) and by_average and not _pays_as_clear(market):
        return _pairs(market, shares)
    return found


def _pairs(market: Market, shares: Mapping[Mtu, Sequence[Share]]) -> dict[Mtu, list[Pair]] | Misfit:
    met: dict[Mtu, list[_Met]] = {}
    for mtu, own in shares.items():
        found = _met_in(market, own)
        if isinstance(found, Misfit):
            return found
        met[mtu] = found
    levels = _levels(market, [each for own in met.values() for each in own])
    if isinstance(levels, Misfit):
        return levels
    return {mtu: list(_priced(market, own, levels)) for mtu, own in met.items()}


def _met_in(market: Market, shares: Sequence[Share]) -> list[_Met] | Misfit:
    """Return who meets whom in a period."""
    sells, buys = (
        sorted((s for s in shares if s.order.is_buy is buy), key=lambda s: (s.node_ticks, s.order.sequence))
        for buy in (False, True)
    )
    left = {share.order.terms.order_id: share.quantity_w for share in shares}
    met: list[_Met] = []
    if any(share.on_average for share in shares):
        dearest = sorted(buys, key=lambda s: (-s.node_ticks, s.order.sequence))
        _meet_all(market, [s for s in sells[::-1] if s.on_average], dearest, met, left)
        _meet_all(market, sells, [s for s in buys if s.on_average], met, left)
    _meet_all(market, sells, buys, met, left)
    _change_partners(market, [s for s in sells if left[s.order.terms.order_id]], buys, met, left)
    stranded = [share for share in shares if left[share.order.terms.order_id]]
    return _misfit(stranded, left) if stranded else met


def _meet_all(
    market: Market, sells: Sequence[Share], buys: Sequence[Share], met: list[_Met], left: dict[str, int]
) -> None:
    """Let sellers meet buyers, both in their order."""
    for seller in sells:
        for buyer in buys:
            if not left[seller.order.terms.order_id]:
                break
            if _may_trade(market, seller, buyer):
                _meet(met, seller, buyer, left)
        buys = [buyer for buyer in buys if left[buyer.order.terms.order_id]]


def _meet(met: list[_Met], seller: Share, buyer: Share, left: dict[str, int], most_w: int | None = None) -> int:
    """Let two orders trade what both have left, at most so much; returns how much that is."""
    quantity = min(left[seller.order.terms.order_id], left[buyer.order.terms.order_id])
    quantity = quantity if most_w is None else min(quantity, most_w)
    if quantity:
        met.append(_Met(seller, buyer, quantity))
        left[seller.order.terms.order_id] -= quantity
        left[buyer.order.terms.order_id] -= quantity
    return quantity


def _change_partners(
    market: Market, sells: Sequence[Share], buys: Sequence[Share], met: list[_Met], left: dict[str, int]
) -> None:
    """Let orders that may not trade with each other take the partners of others, which then trade with them."""
    tries = MAX_TRIES_OF_PARTNERS
    for seller in sells:
        for buyer in buys:
            for each in list(met):
                if not left[seller.order.terms.order_id] or not left[buyer.order.terms.order_id]:
                    break
                tries -= 1
                if tries < 0:
                    return
                if _may_trade(market, seller, each.buyer) and _may_trade(market, each.seller, buyer):
                    changed = min(each.quantity_w, left[seller.order.terms.order_id], left[buyer.order.terms.order_id])
                    each.quantity_w -= changed
                    left[each.seller.order.terms.order_id] += changed
                    left[each.buyer.order.terms.order_id] += changed
                    _meet(met, seller, each.buyer, left, changed)
                    _meet(met, each.seller, buyer, left, changed)


def _misfit(stranded: Sequence[Share], left: dict[str, int]) -> Misfit:
    """Return the later ones of those that are left, two by two."""
    sells, buys = (
        sorted((s for s in stranded if s.order.is_buy is buy), key=lambda s: s.order.sequence) for buy in (False, True)
    )
    met: list[_Met] = []
    for seller in sells:
        for buyer in buys:
            _meet(met, seller, buyer, left)
    out: set[str] = set()
    for each in met:
        if each.seller.name not in out and each.buyer.name not in out:
            out.add(max((each.seller, each.buyer), key=lambda share: share.order.sequence).name)
    return Misfit(frozenset(out))


def _levels(market: Market, met: Sequence[_Met]) -> dict[str, int] | Misfit:
    """Return what each block that sells gets of partners who pay as much, by name, ticks; paid as bid.

    The later of the blocks that do not come to their limit on the average is a misfit.
    """
    sold: dict[str, list[_Met]] = defaultdict(list)
    bought: dict[str, list[_Met]] = defaultdict(list)
    for each in met:
        if each.seller.on_average:
            sold[each.seller.name].append(each)
        if each.buyer.on_average:
            bought[each.buyer.name].append(each)
    levels: dict[str, int] = {}
    short: list[Share] = []
    for name, own in sold.items():
        level = _level(own)
        if level is None:
            short.append(own[0].seller)
        else:
            levels[name] = level
    for own in bought.values():
        prices = [_price(market, each.seller, each.buyer, levels) or 0 for each in own]
        if sum(e.quantity_w * (price - e.buyer.node_ticks) for e, price in zip(own, prices, strict=True)) > 0:
            short.append(own[0].buyer)
    if short:
        return Misfit(frozenset({max(short, key=lambda share: share.order.sequence).name}))
    return levels


def _level(met: Sequence[_Met]) -> int | None:
    """Return the least price that makes a block's limit on the average where no partner pays beyond his own; None:
    none does."""
    left_w = sum(each.quantity_w for each in met)
    missing = left_w * met[0].seller.node_ticks
    for each in sorted(met, key=lambda each: each.buyer.node_ticks):
        if not each.quantity_w:
            continue
        level = -(-missing // left_w)
        if level <= each.buyer.node_ticks:
            return level
        missing -= each.quantity_w * each.buyer.node_ticks
        left_w -= each.quantity_w
    return None


def _priced(market: Market, met: Sequence[_Met], levels: Mapping[str, int]) -> Iterator[Pair]:
    """Iterate over the trades with their price; the parts of an order's DNUT add up to it."""
    done: Counter[str] = Counter()
    for each in met:
        price = _price(market, each.seller, each.buyer, levels)
        if each.quantity_w and price is not None:
            parts = (_part(share, each.quantity_w, done) for share in (each.seller, each.buyer))
            bought = each.buyer.node_ticks if _pays_as_clear(market) else price
            yield Pair(each.seller, each.buyer, each.quantity_w, price, bought, *parts)


def _part(share: Share, quantity_w: int, done: Counter[str]) -> int:
    """Return the part of an order's DNUT that falls to its next quantity."""
    before, total, whole = done[share.order.terms.order_id], share.dnut_micro_euro, share.quantity_w
    done[share.order.terms.order_id] += quantity_w
    return total * (before + quantity_w) // whole - total * before // whole


def _may_trade(market: Market, seller: Share, buyer: Share) -> bool:
    return not _is_forbidden(market, seller.order, buyer.order) and _price(market, seller, buyer, {}) is not None


def _is_forbidden(market: Market, seller: RestingOrder, buyer: RestingOrder) -> bool:
    point = seller.terms.metering_point_id
    if point and point == buyer.terms.metering_point_id:
        return True
    return prevention_of(market, seller, buyer) is not Prevention.NONE


def _pays_as_clear(market: Market) -> bool:
    return market.auction_pricing != AuctionPricing.PAY_AS_BID


def _price(market: Market, seller: Share, buyer: Share, levels: Mapping[str, int]) -> int | None:
    """Return what the seller gets: the price of his node; paid as bid his own, else the buyer's; None: neither does.

    Of a block it is what ``levels`` says, or all that the buyer pays; a block that buys pays what is asked.
    """
    if seller.on_average:
        return min(levels.get(seller.name, seller.node_ticks), buyer.node_ticks)
    asked = seller.node_ticks
    if _pays_as_clear(market) or buyer.on_average or asked <= max(buyer.node_ticks, buyer.limit_ticks):
        return asked
    return buyer.node_ticks if buyer.node_ticks >= seller.limit_ticks else None


def made_on_grid(
    market: Market, view: GridView | None, lights: PeriodLights, pairs: Sequence[Pair]
) -> list[Made] | Refused:
    """Make the trades of a period one after the other on its grid; of one that fits in part the rest is another."""
    made: list[Made] = []
    waiting = list(pairs)
    for _ in range(MAX_PASSES):
        refused: list[Refused] = []
        for pair in waiting:
            found, rest = _try(market, view, lights, pair)
            if found is not None:
                made.append(found)
                if found.after is not None and found.effect is not None and view is not None:
                    view = view.after(found.after, found.effect, view.potential)
            if rest is not None:
                refused.append(rest)
        if not refused:
            return made
        if [each.pair for each in refused] == waiting:
            break
        waiting = [each.pair for each in refused]
    return refused[0]


def _try(market: Market, view: GridView | None, lights: PeriodLights, pair: Pair) -> tuple[Made | None, Refused | None]:
    """Return what of a trade passes the gate now, and the rest with what stands against it."""
    sides = tuple(_sides(pair))
    if not sides or view is None:
        finding = None if view is None else finding_of(view, None, pair.quantity_w, 0)
        return Made(pair, view, None, None, None, finding), None
    trial = Trial(market, view, Vector(sides), pair.quantity_w, 1)
    trial.shrink_to_grid()
    trial.look_at_lights(lights)
    after = None if trial.refusal is not None else trial.after()
    if after is None:
        return None, Refused(pair, trial.refusal or trial.not_converged(), tuple(_alone(market, view, pair)))
    now, later = _parted(pair, trial.quantity_w)
    made = Made(now, view, after, trial.change(), moved_by(market, view, after, ()).effect, trial.finding)
    if later is None or trial.shrunk_by is None:
        return made, None
    return made, Refused(later, trial.shrunk_by, tuple(_alone(market, view, later)))


def _parted(pair: Pair, quantity_w: int) -> tuple[Pair, Pair | None]:
    """Return the first part of a trade and the rest, None where there is none."""
    left_w = pair.quantity_w - quantity_w
    if left_w == 0:
        return pair, None
    sold = pair.seller_dnut_micro_euro * quantity_w // pair.quantity_w
    bought = pair.buyer_dnut_micro_euro * quantity_w // pair.quantity_w
    first = replace(
        pair, quantity_w=quantity_w, seller_dnut_micro_euro=sold, buyer_dnut_micro_euro=bought
    )  # fmt: skip
    rest = replace(
        pair, quantity_w=left_w, seller_dnut_micro_euro=pair.seller_dnut_micro_euro - sold,
        buyer_dnut_micro_euro=pair.buyer_dnut_micro_euro - bought,
    )  # fmt: skip
    return first, rest


def _alone(market: Market, view: GridView, pair: Pair) -> Iterator[Share]:
    """Iterate over the sides of a trade that the grid does not take with the other one missing."""
    for share in (pair.seller, pair.buyer) if market.either_side_missing else ():
        if share.order.moves:
            change = Vector((Side(share.order.node, share.order.moves),)).at(pair.quantity_w)
            if refuse_whole(view, change) is not None:
                yield share


def _sides(pair: Pair) -> Iterator[Side]:
    for share in (pair.seller, pair.buyer):
        if share.order.moves:
            yield Side(share.order.node, share.order.moves)
