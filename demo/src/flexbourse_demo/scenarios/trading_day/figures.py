"""What the trading day comes to, for programs and for the end of the story."""

from __future__ import annotations

from typing import Any

from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse_demo.scenarios.town import scene as town
from flexbourse_demo.scenarios.trading_day import scene
from flexbourse_demo.scenarios.trading_day.play import AUCTION_WORDS, Played

TICKS_PER_CENT = 1_000  # a tick is 0.01 EUR/MWh, a cent per kWh 10 EUR/MWh


def trades_in(played: Played, place: int, words: str) -> list[book.TradeExecuted]:
    """Return the trades of a quarter-hour that came of the step with these words."""
    steps = {moment.step for moment in played.moments if moment.words == words}
    ids = {
        event.trade.trade_id for step, event in played.events if step in steps and event.WhichOneof("event") == "trade"
    }
    start_s = town.periods()[place].start_s
    return [trade for trade in played.trades() if trade.trade_id in ids and trade.mtu.start_s == start_s]


def icebergs_shown(played: Played) -> list[tuple[str, int, int, int]]:
    """Return (words, shown W, ticks, hidden W) of the iceberg after each step about it."""
    taken = 0
    found = []
    for look in played.looks[0]:
        shown = look.shown.asks[0] if look.shown.asks else book.BookEntry()
        taken += sum(trade.quantity_w for trade in trades_in(played, 0, look.words))
        found.append((look.words, shown.open_w, shown.price_ticks, scene.ICEBERG_W - taken - shown.open_w))
    return found


def wanted_w(played: Played, place: int) -> dict[str, int]:
    """Return what each home bid for in the call of a quarter-hour, in W."""
    return {order.node_id: order.quantity_w for order in called_orders(played, place) if order.side == book.SIDE_BUY}


def called_orders(played: Played, place: int) -> list[book.Order]:
    """Return the orders that the call of a quarter-hour collected."""
    last = next(moment.step for moment in played.moments if moment.words == AUCTION_WORDS)
    start_s = town.periods()[place].start_s
    return [
        body.order  # type: ignore[attr-defined]
        for step, body in played.of("admitted")
        if step < last and body.order.mtu.start_s == start_s  # type: ignore[attr-defined]
    ]


def bought_w(played: Played, place: int) -> dict[str, int]:
    """Return what each home bought in the auction of a quarter-hour, in W."""
    found: dict[str, int] = {}
    for trade in trades_in(played, place, AUCTION_WORDS):
        found[trade.buyer.node_id] = found.get(trade.buyer.node_id, 0) + trade.quantity_w
    return found


def blocks_matched(played: Played) -> list[book.SpanMatched]:
    """Return the matches over several quarter-hours, each once."""
    found = {body.span_match_id: body for _, body in played.of("span_matched")}  # type: ignore[attr-defined]
    return [found[name] for name in sorted(found)]  # type: ignore[misc]


def _auction(played: Played) -> dict[str, Any]:
    held = played.auctions[scene.PEAK]
    clear = played.auctions[scene.HOUR]
    return {
        "orders": held.orders,
        "blocks": held.blocks,
        "rounds": held.rounds,
        "cuts": held.cut_count,
        "proven": held.proven,
        "price_ticks": clear.price_ticks,
        "peak_wanted_kw": sum(wanted_w(played, scene.PEAK).values()) / 1000,
        "peak_bought_kw": sum(bought_w(played, scene.PEAK).values()) / 1000,
        "peak_prices_ticks": {node.node_id: node.price_ticks for node in held.nodes},
        "block_sold_kw": [
            sum(t.quantity_w for t in trades_in(played, place, AUCTION_WORDS) if t.seller.unit_id == town.battery())
            / 1000
            for place in range(scene.HOUR, scene.HOUR + scene.HOUR_COUNT)
        ],
    }


def figures(played: Played) -> dict[str, Any]:
    """Return what programs read of the run."""
    trades, gone = played.trades(), {recalled.trade_id for recalled in played.recalled}
    return {
        "trades": len(trades),
        "energy_kwh": sum(trade.quantity_w for trade in trades if trade.trade_id not in gone) / 4000,
        "refused": [{"step": step, "code": code} for step, code, _ in played.refusals()],
        "phases": [look.shown.phase for looks in played.looks.values() for look in looks],
        "auction": _auction(played),
        "block": [
            {"kw": match.quantity_w / 1000, "ticks": match.price_ticks, "trades": len(match.trade_ids)}
            for match in blocks_matched(played)
        ],
        "iceberg": [
            {"shown_w": shown, "ticks": ticks, "hidden_w": hidden} for _, shown, ticks, hidden in icebergs_shown(played)
        ],
        "recalled": sorted(gone),
        "accounts_euro": {name: amount / 1e6 for name, amount in played.accounts_micro_euro.items()},
        "sum_micro_euro": sum(played.accounts_micro_euro.values()),
        "audits": {
            "checked": played.audit.checked_count,
            "disagreements": played.audit.disagreement_count,
            "violations": played.audit.violation_count,
        },
    }


def told(found: dict[str, Any]) -> list[str]:
    """Return the end of the story in lines for the terminal."""
    auction, block = found["auction"], found["block"]
    return [
        f"auction   {auction['orders']} orders and {auction['blocks']} block at once: one price of "
        f"{auction['price_ticks'] / TICKS_PER_CENT:.1f} ct; at 18:45 {auction['peak_bought_kw']:.0f} of "
        f"{auction['peak_wanted_kw']:.0f} kW, after {auction['rounds']} rounds and {auction['cuts']} cuts by the grid",
        f"iceberg   {len(found['iceberg']) - 1} purchases, "
        f"the last clip at {found['iceberg'][-1]['ticks'] / TICKS_PER_CENT:.1f} ct",
        f"block     {block[0]['kw']:.0f} kW in {block[0]['trades']} quarter-hours or none",
        f"recalled  {len(found['recalled'])} trade, amended in the settlement",
        f"all accounts add up to {found['sum_micro_euro']} micro-euro",
    ]
