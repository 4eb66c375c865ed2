"""How much a party does in a market: its open orders, its pace, and its orders beside its trades.

Counted where the market limits it, on the time of records. What was refused for being too much is not counted again;
what was refused for anything else is, so that a flood of refused orders is a flood too. Nobody's count touches
another's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flexbourse_core.rejection import Code, Rejection
from flexbourse_orderbook.domain.registry_state import Market

MILLI = 1_000
TOO_MUCH = frozenset({Code.TOO_MANY_OPEN_ORDERS, Code.RATE_LIMITED, Code.ORDER_TO_TRADE_RATIO})


@dataclass(slots=True)
class PartyActivity:
    """Of one party in one market: tokens left (thousandths) at a time, and orders and trades of a local day.

    It is counted up where it stands: a party that is watched would else get a new one with every order.
    """

    party: str
    market_id: str
    milli_tokens: int
    at_ms: int
    day: str
    orders: int
    trades: int


class PartyRecord:
    """What one party does in one market: its open orders and, where the market watches it, pace and ratio."""

    __slots__ = ("counts", "market_id", "open_orders", "party")

    def __init__(self, party: str, market_id: str) -> None:
        self.party = party
        self.market_id = market_id
        self.open_orders = 0
        self.counts: PartyActivity | None = None


class Activity:
    """Of one area, by market and party. A record that was once made stays: resting orders know theirs."""

    def __init__(self) -> None:
        self._records: dict[str, dict[str, PartyRecord]] = {}  # of each market, by party

    def of(self, party: str, market_id: str) -> PartyRecord:
        """Return the record of a party in a market, made when it is first asked for."""
        records = self._records.get(market_id)
        if records is None:
            records = self._records[market_id] = {}
        own = records.get(party)
        if own is None:
            own = records[party] = PartyRecord(party, market_id)
        return own

    def count_order(self, party: str, market: Market, at_ms: int, day: str) -> None:
        """Count an order, or a change of one, that was decided in a market that is watched."""
        note_order(self.of(party, market.market_id), market, at_ms, day)

    def refuse(self, party: str, market: Market, at_ms: int, day: str, *, enters: bool) -> Rejection | None:
        """Return why a party may not send another order, or change one, or None."""
        record = self._records.get(market.market_id, {}).get(party)
        if enters and market.max_open_orders > 0:
            open_orders = 0 if record is None else record.open_orders
            if open_orders >= market.max_open_orders:
                return _beyond(
                    Code.TOO_MANY_OPEN_ORDERS, "a party's open orders in a market are bounded", open_orders + 1,
                    market.max_open_orders, "orders",
                )  # fmt: skip
        own = None if record is None else record.counts
        if market.orders_per_second and own is not None:
            tokens = _tokens(own, market, at_ms)
            if tokens < MILLI:
                rule = "a party sends so many orders a second, after a burst that it may have saved up"
                return _beyond(Code.RATE_LIMITED, rule, tokens, MILLI, "thousandths of an order")
        if not market.max_orders_per_trade:
            return None
        orders, trades = (0, 0) if own is None or own.day != day else (own.orders, own.trades)
        most = market.free_orders + market.max_orders_per_trade * trades
        if orders >= most:
            rule = "a party's orders of a day stand in proportion to its trades"
            return _beyond(Code.ORDER_TO_TRADE_RATIO, rule, orders + 1, most, "orders")
        return None

    def kept(self) -> Iterator[PartyActivity]:
        """Iterate over what open orders do not tell, by party and market."""
        names = sorted((party, market_id) for market_id, records in self._records.items() for party in records)
        for party, market_id in names:
            counts = self._records[market_id][party].counts
            if counts is not None:
                yield counts

    def restore(self, own: PartyActivity) -> None:
        """Put a count back."""
        self.of(own.party, own.market_id).counts = own


def note_order(record: PartyRecord, market: Market, at_ms: int, day: str) -> None:
    """Count an order, or a change of one, that was decided in a market that is watched."""
    own = _brought_up(record, market, at_ms, day)
    own.milli_tokens = own.milli_tokens - MILLI if own.milli_tokens > MILLI else 0
    own.orders += 1


def note_trade(record: PartyRecord, market: Market, at_ms: int, day: str) -> None:
    """Count a match in a market that is watched."""
    own = _brought_up(record, market, at_ms, day)
    own.trades += 1


def _brought_up(record: PartyRecord, market: Market, at_ms: int, day: str) -> PartyActivity:
    """Return a count, made when it is first asked for, with the tokens that came since, and of the present day."""
    own = record.counts
    if own is None:
        full = max(1, market.order_burst) * MILLI
        own = record.counts = PartyActivity(record.party, record.market_id, full, at_ms, day, 0, 0)
        return own
    if own.at_ms != at_ms or own.milli_tokens > market.order_burst * MILLI:
        own.milli_tokens, own.at_ms = _tokens(own, market, at_ms), at_ms
    if own.day != day:
        own.day, own.orders, own.trades = day, 0, 0
    return own


def takes_another(record: PartyRecord, market: Market, at_ms: int, day: str) -> bool:
    """Tell whether `Activity.refuse` has nothing against another order of a party with this record."""
    if market.max_open_orders > 0 and record.open_orders >= market.max_open_orders:
        return False
    own = record.counts
    if own is None:
        return not market.max_orders_per_trade or market.free_orders > 0
    if market.orders_per_second and own.milli_tokens < MILLI and _tokens(own, market, at_ms) < MILLI:
        return False
    if not market.max_orders_per_trade:
        return True
    orders, trades = (own.orders, own.trades) if own.day == day else (0, 0)
    return orders < market.free_orders + market.max_orders_per_trade * trades


def limits_parties(market: Market) -> bool:
    """Tell whether a market limits what one party does."""
    return bool(market.max_open_orders or market.orders_per_second or market.max_orders_per_trade)


def is_watched(market: Market) -> bool:
    """Tell whether a market limits pace or ratio."""
    return bool(market.orders_per_second or market.max_orders_per_trade)


def _tokens(own: PartyActivity, market: Market, at_ms: int) -> int:
    """Return the thousandths of tokens that a party has at a time, at most those of a burst."""
    tokens = own.milli_tokens + (at_ms - own.at_ms) * market.orders_per_second
    full = market.order_burst * MILLI if market.order_burst > 1 else MILLI
    return tokens if tokens < full else full


def _beyond(code: Code, rule: str, value: int, limit: int, unit: str) -> Rejection:
    return Rejection(code, rule, field="market_id", value=value, limit=limit, unit=unit)
