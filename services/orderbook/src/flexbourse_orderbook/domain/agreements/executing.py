"""Agreed trades are checked like matches of the book, all of an agreement at once, and then executed or refused.

Rights, phases, positions, lights, gate, budget and collateral are the book's own rules; only what is about an order's
place in the book is left out: price collars, pace, and prevention of trades of a party with itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flexbourse_core.market_time import Mtu
from flexbourse_core.money import amount_micro_euro
from flexbourse_core.rejection import Code, Rejection
from flexbourse_gridmath.vector import Change
from flexbourse_orderbook.domain.agreements.agreed import AgreedSide, AgreedTrade, Agreement, TariffBearer
from flexbourse_orderbook.domain.dnut_budget import paid, refuse_unfunded
from flexbourse_orderbook.domain.entry import admission as rules
from flexbourse_orderbook.domain.entry.admission import Rule
from flexbourse_orderbook.domain.entry.application import Application, apply_for
from flexbourse_orderbook.domain.entry.collateral import cover_micro_euro
from flexbourse_orderbook.domain.entry.party_limits import party_is_not_stopped
from flexbourse_orderbook.domain.entry.position_room import refuse_position
from flexbourse_orderbook.domain.events import MatchSide, TradeExecuted
from flexbourse_orderbook.domain.grid.cleared_sets import ClearedSet, clear_together
from flexbourse_orderbook.domain.grid.frozen_bases import base_w, freeze
from flexbourse_orderbook.domain.grid.gate import refuse_by_light
from flexbourse_orderbook.domain.orders import FillRule, NewOrder, Side
from flexbourse_orderbook.domain.phases.table import Action, refuse_in_phase
from flexbourse_orderbook.domain.position import Position
from flexbourse_orderbook.domain.registry_state import Market
from flexbourse_orderbook.domain.resting.levels import NO_NODE
from flexbourse_orderbook.domain.settling import operating_point
from flexbourse_orderbook.domain.state import AreaState, Period
from flexbourse_orderbook.domain.trial import below_minimum

if TYPE_CHECKING:
    from flexbourse_orderbook.domain.book import AreaBook

# Trades of one agreement, each period one: as many as a basket has orders.
MAX_TRADES = 100

Held = dict[tuple[str, Mtu], Position]


@dataclass(frozen=True, slots=True)
class Deal:
    """One agreed trade in one period, both sides as applications; its number is that of the agreement's trade."""

    number: int
    trade: AgreedTrade
    mtu: Mtu
    seller: Application
    buyer: Application

    @property
    def sides(self) -> tuple[tuple[AgreedSide, Application], tuple[AgreedSide, Application]]:
        """Return seller and buyer."""
        return (self.trade.seller, self.seller), (self.trade.buyer, self.buyer)


@dataclass(frozen=True, slots=True)
class Refused:
    """Why an agreement is not executed; `number` is of the trade, `party` whose side it is, empty for all of it."""

    rejection: Rejection
    number: int = -1
    party: str = ""


@dataclass(frozen=True, slots=True)
class Bill:
    """What the sides of a deal bear of the network tariff."""

    deal: Deal
    seller_micro_euro: int
    buyer_micro_euro: int
    cleared: ClearedSet | None
    leads: bool  # it carries what the set of its period takes from the limits
    alone: bool


def deals_of(state: AreaState, market_id: str, trades: Sequence[AgreedTrade]) -> Iterator[Deal]:
    """Iterate over agreed trades, period by period."""
    for number, trade in enumerate(trades):
        for mtu in trade.mtus:
            own = (_application(state, market_id, trade, mtu, side) for side in (Side.SELL, Side.BUY))
            yield Deal(number, trade, mtu, *own)


def _application(state: AreaState, market_id: str, trade: AgreedTrade, mtu: Mtu, side: Side) -> Application:
    own = trade.seller if side is Side.SELL else trade.buyer
    order = NewOrder(
        own.reference, market_id, trade.product, side, mtu, own.unit_id, own.metering_point_id, "", trade.quantity_w,
        trade.price_ticks, FillRule.FILL_OR_KILL,
    )  # fmt: skip
    return apply_for(state, own.party, order)


def _is_of_the_market(a: Application) -> Rejection | None:
    """A longer delivery is agreed upon period by period."""
    if a.market is None or a.order.mtu.length_s == a.market.mtu_length_s:
        return None
    return Rejection(
        Code.FIELD_MALFORMED, "an agreed trade names periods of the market's own length", field="mtus",
        value=a.order.mtu.length_s, limit=a.market.mtu_length_s, unit="s",
    )  # fmt: skip


def _book_trades(a: Application) -> Rejection | None:
    """The book of the period is there, and in a phase in which it matches."""
    assert a.market is not None
    own = None if a.period is None else a.period.phases.get(a.order.market_id)
    return rules.book_is_open(a) if own is None else refuse_in_phase(own, Action.MATCH, a.order.market_id)


def _fits_market(a: Application) -> Rejection | None:
    """The price lies within the market's limits; collars are the book's."""
    assert a.market is not None
    return rules.check_price(a.market, a.order.limit_price_ticks)


def _is_deliverable(a: Application) -> Rejection | None:
    """No trade is below the smallest deviation that a unit can deliver."""
    minimum = 0 if a.unit is None else a.unit.min_activation_w
    return below_minimum(a.order.quantity_w, minimum) if a.order.quantity_w < minimum else None


# What a side must fulfil when it is proposed, and once more when all have confirmed.
SIDE_RULES: tuple[Rule, ...] = (
    rules.texts_are_short,
    rules.knows_market,
    rules.trades_product,
    rules.fits_period,
    _is_of_the_market,
    _book_trades,
    rules.fits_quantity,
    _fits_market,
    rules.party_is_active,
    rules.names_one_subject,
    rules.request_is_flexibility,
    rules.balance_party_may_request,
    rules.unit_is_active,
    rules.party_may_offer,
    _is_deliverable,
    rules.area_runs,
    party_is_not_stopped,
    rules.grid_is_known,
)


def refuse_sides(deals: Sequence[Deal]) -> Refused | None:
    """Return the first rule that a side of a trade breaks by itself, or None."""
    for deal in deals:
        for side, application in deal.sides:
            refusal = next((found for rule in SIDE_RULES if (found := rule(application)) is not None), None)
            if refusal is not None:
                return Refused(refusal, deal.number, side.party)
        points = [own.metering_point for _, own in deal.sides]
        if points[0] is not None and points[0] == points[1]:
            rule = "a metering point does not trade with itself"
            name = points[0].metering_point_id
            return Refused(Rejection(Code.SELF_TRADE, rule, element=name), deal.number, deal.trade.seller.party)
    return None


def execute(book: AreaBook, agreement: Agreement) -> list[str] | Refused:
    """Execute all trades of an agreement, or none; returns their ids."""
    state = book.state
    deals = list(deals_of(state, agreement.market_id, agreement.trades))
    refused = refuse_sides(deals) or _refuse_positions(deals)
    if refused is not None:
        return refused
    market = deals[0].seller.market
    assert market is not None
    bills: list[Bill] = []
    for mtu in dict.fromkeys(deal.mtu for deal in deals):
        found = _bills(book, market, mtu, [deal for deal in deals if deal.mtu == mtu])
        if isinstance(found, Refused):
            return found
        bills += found
    refusal = _refuse_unfunded(state, market, bills)
    refused = _refuse_uncovered(state, market, bills) if refusal is None else Refused(refusal)
    return refused or list(_emit(book, market, agreement, bills))


def _refuse_positions(deals: Sequence[Deal]) -> Refused | None:
    """Return whose position has no room for a trade beside those before it, or None."""
    held: Held = {}
    for deal in deals:
        for side, application in deal.sides:
            refusal = refuse_position(application, deal.trade.quantity_w, held)
            if refusal is not None:
                return Refused(refusal, deal.number, side.party)
            _hold(held, application)
    return None


def _hold(held: Held, a: Application) -> None:
    """Let a trade take the room that those after it no longer have."""
    if a.metering_point is None or a.period is None or a.unit is None:
        return
    name = a.metering_point.metering_point_id
    position = held.get((name, a.order.mtu))
    if position is None:
        known = a.period.positions.get(name)
        position = known.copied() if known else Position(base_w(a.state, a.period, a.metering_point), 0)
    position.accept(a.moves, a.order.quantity_w, sold=a.order.side is Side.SELL)
    held[name, a.order.mtu] = position


def _bills(book: AreaBook, market: Market, mtu: Mtu, deals: Sequence[Deal]) -> list[Bill] | Refused:
    """Return what the trades of a period pay for the grid, or why it does not take them."""
    state, period = book.state, book.state.period(mtu)
    book.revise_potential(period)  # what is in doubt from before is not these trades'
    sides = [(deal, own) for deal in deals for _, own in deal.sides if own.moves]
    lights, zones = state.lights.of_period(mtu, state.now), _zones(state, deals)
    if not sides:
        dark = refuse_by_light(None, None, zones, lights) if market.gate_enabled else None
        if dark is not None:
            return Refused(dark, deals[0].number if len(deals) == 1 else -1)
        return [Bill(deal, 0, 0, None, leads=False, alone=len(deals) == 1) for deal in deals]
    view = period.grid.view() if period.grid.potential_start is not None else None
    if view is None:
        rule = "topology, base case, margin and tariff of the period fit each other"
        missing = period.grid.missing() or "solution of the power flow"
        return Refused(Rejection(Code.GRID_STATE_MISSING, rule, element=missing))
    nodes = tuple(_node(state, own) for _, own in sides)
    power = tuple(own.moves * own.order.quantity_w for _, own in sides)
    change = Change(nodes, power, (0,) * len(nodes))
    cleared = clear_together(market, view, lights, change, zones)
    if isinstance(cleared, Rejection):
        moving = {deal.number for deal, _ in sides}
        return Refused(cleared, moving.pop() if len(moving) == 1 else -1)
    borne = {
        (id(deal), own.order.side): share
        for (deal, own), share in zip(sides, cleared.shares_micro_euro, strict=True)
    }  # fmt: skip
    first, bills = sides[0][0], []
    for deal in deals:
        seller, buyer = (borne.get((id(deal), side), 0) for side in (Side.SELL, Side.BUY))
        moves = bool(deal.seller.moves or deal.buyer.moves)
        seller, buyer = _borne(deal.trade.tariff_borne_by, seller, buyer, alone=len(deals) == 1)
        bills.append(Bill(deal, seller, buyer, cleared if moves else None, leads=deal is first, alone=len(deals) == 1))
    return bills


def _zones(state: AreaState, deals: Sequence[Deal]) -> list[str]:
    """Return the zones in which the sides lie, also of those that move nothing: nobody trades in the dark."""
    if state.topology is None:
        return []
    found = {_node(state, own) for deal in deals for _, own in deal.sides} - {NO_NODE}
    return [state.topology.zone_of_node(node) for node in sorted(found)]


def _node(state: AreaState, a: Application) -> int:
    assert a.metering_point is not None  # the grid is known, and the node in it
    return state.node(a.metering_point.node_id)


def _borne(by: TariffBearer, seller: int, buyer: int, *, alone: bool) -> tuple[int, int]:
    """Return what seller and buyer bear of their trade's tariff: the odd micro-euro is the buyer's."""
    whole = seller + buyer
    if by is TariffBearer.SELLER:
        return whole, 0
    if by is TariffBearer.BUYER:
        return 0, whole
    if by is TariffBearer.HALVES or alone:
        return whole // 2, whole - whole // 2
    return seller, buyer


def _refuse_unfunded(state: AreaState, market: Market, bills: Sequence[Bill]) -> Rejection | None:
    """Return that the operator's budget of a delivery day does not pay for the negative tariffs, or None."""
    spent: dict[object, int] = {}
    for bill in bills:
        day, dnut = state.local_day(bill.deal.mtu.start_s), bill.seller_micro_euro + bill.buyer_micro_euro
        before = spent.get(day, 0) + state.dnut_spending.of(market.market_id, day)
        refusal = refuse_unfunded(market, before, dnut)
        if refusal is not None:
            return refusal
        spent[day] = spent.get(day, 0) + paid(dnut)
    return None


def _owed(market: Market, bill: Bill, side: Side) -> int:
    """Return what a side takes of its party's collateral: what it owes, and a sale's cover; a refund comes later."""
    if not market.collateral_required:
        return 0
    trade, mtu = bill.deal.trade, bill.deal.mtu
    amount = _amount(market, trade, mtu)
    tariff = bill.seller_micro_euro if side is Side.SELL else bill.buyer_micro_euro
    owed = max(0, tariff) + (-amount if side is Side.SELL else amount)
    return max(0, owed) + cover_micro_euro(market, side, trade.quantity_w, mtu.length_s)


def _amount(market: Market, trade: AgreedTrade, mtu: Mtu) -> int:
    tick = market.price_tick_micro_euro_per_mwh
    return amount_micro_euro(trade.quantity_w, trade.price_ticks, mtu.length_s, tick)


def _refuse_uncovered(state: AreaState, market: Market, bills: Sequence[Bill]) -> Refused | None:
    """Return that a party's allotment does not cover what it would owe for all its trades, or None."""
    held, needed = state.collateral, dict[str, int]()
    for bill in bills:
        for side, own in zip((Side.SELL, Side.BUY), bill.deal.trade.sides, strict=True):
            needed[own.party] = needed.get(own.party, 0) + _owed(market, bill, side)
            asked = held.used(own.party) + needed[own.party]
            if needed[own.party] and asked > held.limit(own.party):
                rule = "what agreed trades cost fits into the party's allotment"
                refusal = Rejection(
                    Code.COLLATERAL_INSUFFICIENT, rule, element=own.party, value=asked, limit=held.limit(own.party),
                    unit="micro-euro",
                )  # fmt: skip
                return Refused(refusal, bill.deal.number, own.party)
    return None


def _emit(book: AreaBook, market: Market, agreement: Agreement, bills: Sequence[Bill]) -> Iterator[str]:
    """Apply the trades, and after the last one of a period what they move."""
    state = book.state
    for bill in bills:
        for _, own in bill.deal.sides:
            period, point = own.period, own.metering_point
            for frozen in freeze(state, period, point) if period is not None and point is not None else ():
                book.emit(frozen)
    for number, bill in enumerate(bills):
        period = state.period(bill.deal.mtu)
        trade = _trade(state, market, agreement, period, bill)
        book.emit(trade)
        yield trade.trade_id
        last = number + 1 == len(bills) or bills[number + 1].deal.mtu != bill.deal.mtu
        moved = next((own.cleared for own in bills if own.deal.mtu == bill.deal.mtu and own.cleared), None)
        if last and moved is not None:
            change = moved.change
            book.emit(operating_point(state, period.grid, change.nodes, change.p_w, change.q_var))
            period.grid.remember(moved.after)


def _trade(state: AreaState, market: Market, agreement: Agreement, period: Period, bill: Bill) -> TradeExecuted:
    """Return the trade of a bill. The seller aggresses who bears all of the tariff, else the buyer does."""
    deal, trade, grid, sequence = bill.deal, bill.deal.trade, period.grid, period.trade_sequence + 1
    dnut, moves = bill.seller_micro_euro + bill.buyer_micro_euro, bill.cleared is not None
    by_seller = trade.tariff_borne_by is TariffBearer.SELLER
    return TradeExecuted(
        trade_id=period.trade_id(sequence),
        area_id=state.area_id,
        market_id=market.market_id,
        product=trade.product,
        mtu=period.mtu,
        quantity_w=trade.quantity_w,
        price_ticks=trade.price_ticks,
        tick_micro_euro_per_mwh=market.price_tick_micro_euro_per_mwh,
        amount_micro_euro=_amount(market, trade, period.mtu),
        seller=_side(trade.seller, deal.seller, _owed(market, bill, Side.SELL)),
        buyer=_side(trade.buyer, deal.buyer, _owed(market, bill, Side.BUY)),
        buyer_is_aggressor=not by_seller,
        dnut_micro_euro=dnut,
        relief_micro_euro=0,
        potential_before_micro_euro=grid.potential,
        potential_after_micro_euro=grid.potential + dnut,
        tariff_version=grid.tariff.version if grid.tariff is not None else 0,
        reliefs=(),
        gate=bill.cleared.finding if bill.cleared is not None else None,
        operating_point_sequence=grid.sequence + moves,
        executed_at_ms=state.now.at_ms,
        sequence=sequence,
        effect=bill.cleared.moved.effect if bill.cleared is not None and bill.leads else None,
        agreement_id=agreement.agreement_id,
        other_dnut_micro_euro=0 if by_seller else bill.seller_micro_euro,
        set_id="" if bill.alone else agreement.agreement_id,
    )


def _side(own: AgreedSide, a: Application, collateral_micro_euro: int) -> MatchSide:
    point = a.metering_point
    return MatchSide(
        order_id="",
        client_order_id=own.reference,
        party=own.party,
        unit_id=own.unit_id,
        metering_point_id=point.metering_point_id if point is not None else "",
        node_id=point.node_id if point is not None else "",
        basis=a.basis,
        moved_w=a.moves * a.order.quantity_w,
        filled_w=a.order.quantity_w,
        open_w=0,
        owner_id=point.owner_id if point is not None else "",
        feeder_id=a.unit.feeder_id if a.unit is not None else "",
        collateral_micro_euro=collateral_micro_euro,
    )
