"""What the trading day comes to, for programs and for the end of the story."""

from __future__ import annotations

from typing import Any

from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse_demo.scenarios import switching_scene as town
from flexbourse_demo.scenarios import trading_scene as scene
from flexbourse_demo.scenarios.trading_play import Played

TICKS_PER_CENT = 1_000  # a tick is 0.01 EUR/MWh, a cent per kWh 10 EUR/MWh


def trades_in(played: Played, place: int, words: str) -> list[book.TradeExecuted]:
    """Return the trades of a quarter-hour that came of the step with these words."""
    steps = {moment.step for moment in played.moments if moment.words == words}
    ids = {
        event.trade.trade_id
        for step, event in played.events
        if step in steps and event.WhichOneof("event") == "trade"
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


def figures(played: Played) -> dict[str, Any]:
    """Return what programs read of the run."""
    trades, gone = played.trades(), {recalled.trade_id for recalled in played.recalled}
    return {
        "trades": len(trades),
        "energy_kwh": sum(trade.quantity_w for trade in trades if trade.trade_id not in gone) / 4000,
        "refused": [{"step": step, "code": code} for step, code, _ in played.refusals()],
        "phases": [look.shown.phase for looks in played.looks.values() for look in looks],
        "iceberg": [
            {"shown_w": shown, "ticks": ticks, "hidden_w": hidden}
            for _, shown, ticks, hidden in icebergs_shown(played)
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
