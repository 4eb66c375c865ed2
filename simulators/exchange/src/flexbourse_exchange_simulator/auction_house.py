"""The auctions of all delivery days: opened when first looked at, closed and published by the clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from typing import Any

from flexbourse_exchange_simulator.agenda import Agenda
from flexbourse_exchange_simulator.config import AuctionSettings
from flexbourse_exchange_simulator.domain.auction import (
    Auction,
    AuctionOrder,
    AuctionPhase,
    AuctionResult,
    BlockBid,
    CurveBid,
)
from flexbourse_exchange_simulator.domain.periods import MINUTE_MS, Period, TradingHours
from flexbourse_exchange_simulator.domain.problem import Code, Problem
from flexbourse_exchange_simulator.liquidity import OWNER, LiquidityProvider
from flexbourse_exchange_simulator.reading import AuctionEntry, AuctionRequest
from flexbourse_exchange_simulator.showing import euros, megawatts
from flexbourse_exchange_simulator.values import instant_text

MAX_AUCTIONS = 32
DAYS_AHEAD, DAYS_BACK = 7, 7
MAX_ORDERS_PER_DAY = 5_000
MAX_BLOCKS_PER_DAY = 100
MAX_QUANTITY = 99_990
LOWEST_PRICE, HIGHEST_PRICE = -50_000, 400_000
FIRST_AUCTION_ORDER = 800_001
MTU_MINUTES = 15
PERMILLE = 1_000


@dataclass(slots=True)
class AuctionOutcome:
    """What a request came to."""

    orders: list[AuctionOrder]
    errors: dict[str, list[Problem]]


class AuctionHouse:
    """One auction per delivery day."""

    def __init__(
        self, settings: AuctionSettings, hours: TradingHours, agenda: Agenda, provider: LiquidityProvider | None
    ) -> None:
        self._settings, self._hours, self._agenda, self._provider = settings, hours, agenda, provider
        self._auctions: dict[date, Auction] = {}
        self._ids = count(FIRST_AUCTION_ORDER)

    def days(self) -> list[date]:
        """Return the days that have an auction."""
        return sorted(self._auctions)

    def auction(self, day: date, now: int) -> Auction | None:
        """Return a day's auction, opened now where it was not; None for a day too far away."""
        today = self._hours.delivery_day(now)
        if day not in self._auctions and not -DAYS_BACK <= (day - today).days <= DAYS_AHEAD:
            return None
        if day not in self._auctions:
            self._auctions[day] = self._opened(day, now)
            if len(self._auctions) > MAX_AUCTIONS:
                del self._auctions[min(self._auctions)]
        return self._auctions.get(day)

    def submit(self, owner: str, request: AuctionRequest, now: int) -> AuctionOutcome:
        """Take a request's bids; those that break a rule are named."""
        auction = self.auction(request.day, now)
        if auction is None or auction.phase(now) is not AuctionPhase.OPEN:
            closed = Problem(Code.AUCTION_CLOSED, f"The auction of {request.day} takes no orders now.")
            return AuctionOutcome([], {entry.key: [closed] for entry in request.entries})
        good: list[AuctionEntry] = []
        errors: dict[str, list[Problem]] = {}
        for entry in request.entries:
            problems = [*entry.problems, *self._problems(entry, auction, owner, good)]
            if problems:
                errors.setdefault(entry.key, []).extend(problems)
            else:
                good.append(entry)
        if errors and request.all_or_nothing:
            return AuctionOutcome([], errors)
        orders = []
        for entry in good:
            assert entry.bid is not None
            orders.append(AuctionOrder(next(self._ids), owner, entry.bid, now, entry.note, entry.client_id))
        auction.orders |= {order.id: order for order in orders}
        return AuctionOutcome(orders, errors)

    def find(self, owner: str, order_id: int | None) -> tuple[Auction, AuctionOrder] | None:
        """Return a member's order and its auction."""
        for auction in self._auctions.values():
            order = None if order_id is None else auction.orders.get(order_id)
            if order is not None and order.owner == owner:
                return auction, order
        return None

    def revise(self, auction: Auction, owner: str, bids: list[CurveBid | BlockBid], now: int) -> None:
        """Let further bids count when the final result is cleared, as after a correction by the operator."""
        for bid in bids:
            order = AuctionOrder(next(self._ids), owner, bid, now)
            auction.orders[order.id] = order

    def correct(self, auction: Auction, owner: str, bids: list[CurveBid | BlockBid], now: int) -> None:
        """Publish a further revision behind the final result, in which further bids count."""
        self.revise(auction, owner, bids, now)
        auction.publish()

    def _opened(self, day: date, now: int) -> Auction:
        eve = day - timedelta(days=1)
        closes = self._hours.local_instant(eve, self._settings.closes_hour, self._settings.closes_minute)
        preliminary = closes + self._settings.preliminary_after_minutes * MINUTE_MS
        final = closes + self._settings.final_after_minutes * MINUTE_MS
        auction = Auction(tuple(self._hours.periods_of(day, MTU_MINUTES)), closes, preliminary, final)
        if self._provider is not None:
            for bid in self._provider.auction_bids(day):
                order = AuctionOrder(next(self._ids), OWNER, bid, closes)
                auction.orders[order.id] = order
        for due in (preliminary, final):
            if due <= now:
                auction.publish()
            else:
                self._agenda.note(due, auction.publish_at)
        return auction

    def _problems(self, entry: AuctionEntry, auction: Auction, owner: str, good: list[AuctionEntry]) -> list[Problem]:
        bid = entry.bid
        if bid is None:
            return []
        found = []
        if not _inside(bid, auction.periods):
            found.append(Problem(Code.PERIOD, "A curve is of one quarter-hour of the day, a block of several."))
        steps = bid.steps if isinstance(bid, CurveBid) else ((bid.price, bid.quantity),)
        if not all(1 <= quantity <= MAX_QUANTITY for _, quantity in steps):
            limit = megawatts(MAX_QUANTITY)
            found.append(Problem(Code.QUANTITY, f"Quantities must lie between 0.1 and {limit} MW."))
        if not all(LOWEST_PRICE <= price <= HIGHEST_PRICE for price, _ in steps):
            low, high = euros(LOWEST_PRICE), euros(HIGHEST_PRICE)
            found.append(Problem(Code.PRICE, f"Prices must lie between {low} and {high} EUR/MWh."))
        standing = [order for order in auction.orders.values() if not order.canceled]
        blocks = [order for order in standing if isinstance(order.bid, BlockBid)]
        new_blocks = sum(isinstance(other.bid, BlockBid) for other in good)
        if len(standing) + len(good) >= MAX_ORDERS_PER_DAY:
            found.append(Problem(Code.ORDERS_LIMIT, f"An auction has at most {MAX_ORDERS_PER_DAY} orders."))
        if isinstance(bid, BlockBid) and len(blocks) + new_blocks >= MAX_BLOCKS_PER_DAY:
            found.append(Problem(Code.ORDERS_LIMIT, f"An auction has at most {MAX_BLOCKS_PER_DAY} blocks."))
        used = {order.client_id for order in auction.orders.values() if order.owner == owner}
        used |= {other.client_id for other in good}
        if entry.client_id is not None and entry.client_id in used:
            found.append(Problem(Code.DUPLICATE_CLIENT_ID, "clientOrderId was used before."))
        return found


def _inside(bid: CurveBid | BlockBid, periods: tuple[Period, ...]) -> bool:
    if isinstance(bid, CurveBid):
        return bid.period in periods
    starts, ends = {period.start for period in periods}, {period.end for period in periods}
    return bid.period.start in starts and bid.period.end in ends and bid.period.start < bid.period.end


def auction_json(day: date, auction: Auction, now: int) -> dict[str, Any]:
    """Return an auction with its times and where it stands."""
    return {
        "deliveryDay": day.isoformat(),
        "status": auction.phase(now).value,
        "closes": instant_text(auction.closes),
        "preliminaryAt": instant_text(auction.preliminary_at),
        "finalAt": instant_text(auction.final_at),
        "periods": len(auction.periods),
        "revision": len(auction.published),
    }


def auction_order_json(day: date, order: AuctionOrder, result: AuctionResult | None) -> dict[str, Any]:
    """Return an own order of an auction; `accepted` says of a block what became of it."""
    bid = order.bid
    document: dict[str, Any] = {
        "id": order.id,
        "type": "block" if isinstance(bid, BlockBid) else "curve",
        "deliveryDay": day.isoformat(),
        "deliveryStart": instant_text(bid.period.start),
        "deliveryEnd": instant_text(bid.period.end),
        "direction": bid.side.value,
        "status": "canceled" if order.canceled else "active",
        "note": order.note,
        "clientOrderId": order.client_id,
        "createdAt": instant_text(order.created),
        "createdBy": order.owner,
    }
    if isinstance(bid, BlockBid):
        document |= {"quantity": megawatts(bid.quantity), "price": euros(bid.price)}
        document["minimumAcceptanceRatio"] = bid.least_permille / PERMILLE
        document["accepted"] = None if result is None else order.id in result.blocks
        document["acceptedQuantity"] = None if result is None else megawatts(result.blocks.get(order.id, 0))
    else:
        document["steps"] = [{"price": euros(price), "quantity": megawatts(lots)} for price, lots in bid.steps]
    return document
