"""The book of one period as a ladder in the terminal: a state in, something to draw out; no clock and no connection."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.columns import Columns
from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from flexbourse_cli import units

LIGHT_STYLES = {"GREEN": "green", "AMBER": "yellow", "RED": "red", "UNKNOWN": "magenta"}
HOUR_S, MINUTE_S = 3_600, 60


@dataclass(frozen=True, slots=True)
class Level:
    """Orders that cost or bring the same at the node that looks."""

    ticks: int
    quantity_w: int
    orders: int


@dataclass(frozen=True, slots=True)
class OwnOrder:
    """An open order of who looks."""

    buys: bool
    ticks: int
    open_w: int
    filled_w: int


@dataclass(frozen=True, slots=True)
class LastTrade:
    """A trade, the newest first in a list of them."""

    at_ms: int
    ticks: int
    quantity_w: int
    buyer_was_aggressor: bool


@dataclass(frozen=True, slots=True)
class Statistics:
    """What was traded so far."""

    open_ticks: int
    high_ticks: int
    low_ticks: int
    last_ticks: int
    volume_w: int
    value_tick_w: int


@dataclass(frozen=True, slots=True)
class LadderState:
    """All that is drawn. `tick` is the value of a price tick in micro-euro per MWh, `gate_s` when the book closes."""

    title: str
    zone: str
    tick: int
    now_ms: int
    gate_s: int
    phase: str
    halted_reason: str = ""
    tariff_version: int = 0
    asks: Sequence[Level] = ()
    bids: Sequence[Level] = ()
    own: Sequence[OwnOrder] = ()
    trades: Sequence[LastTrade] = ()
    lights: Sequence[tuple[str, str]] = ()  # feeder and colour
    statistics: Statistics | None = None
    behind: str = ""  # why the book is not known now


def draw(state: LadderState) -> RenderableType:
    """Return the ladder with everything beside it."""
    beside = Group(_own(state), _trades(state), _lights(state))
    return Group(_head(state), Columns((Panel(_levels(state), title="depth"), beside), padding=(0, 2)))


def countdown(gate_s: int, now_ms: int) -> str:
    """Return how long a book still takes orders."""
    left_s = gate_s - now_ms // 1_000
    if left_s <= 0:
        return "gate closed"
    hours, rest = divmod(left_s, HOUR_S)
    return f"gate closes in {hours}:{rest // MINUTE_S:02d}:{rest % MINUTE_S:02d}"


def _head(state: LadderState) -> Text:
    text = Text(state.title, style="bold")
    text.append(f"   {state.phase.lower()}", style="red" if state.phase == "HALTED" or state.halted_reason else "")
    if state.halted_reason:
        text.append(f" ({state.halted_reason})")
    text.append(f"   {countdown(state.gate_s, state.now_ms)}")
    text.append("   prices for the node, with tariff" if state.tariff_version else "   limits, without tariff")
    if state.behind:
        text.append(f"   {state.behind}", style="red")
    if (s := state.statistics) is not None and s.volume_w:
        prices = (s.open_ticks, s.high_ticks, s.low_ticks, s.last_ticks, round(s.value_tick_w / s.volume_w))
        names = ("open", "high", "low", "last", "vwap")
        told = "  ".join(f"{n} {units.cents(p, state.tick)}" for n, p in zip(names, prices, strict=True))
        text.append(f"\n{told}  volume {units.kilowatts(s.volume_w)} kW")
    return text


def _levels(state: LadderState) -> Table:
    """Return one row per price, the dearest ask on top, best ask and best bid in the middle."""
    table = Table(box=None, pad_edge=False)
    for name in ("own", "buys kW", "ct/kWh", "sells kW", "own"):
        table.add_column(name, justify="right")
    own = {True: _by_price(state.own, buys=True), False: _by_price(state.own, buys=False)}
    for level in reversed(state.asks):
        price, mine = units.cents(level.ticks, state.tick), own[False].get(level.ticks, "")
        table.add_row("", "", Text(price, style="red"), units.kilowatts(level.quantity_w), mine)
    table.add_row("", "", "─" * 6, "", "")
    for level in state.bids:
        price, mine = units.cents(level.ticks, state.tick), own[True].get(level.ticks, "")
        table.add_row(mine, units.kilowatts(level.quantity_w), Text(price, style="green"), "", "")
    return table


def _by_price(orders: Sequence[OwnOrder], *, buys: bool) -> dict[int, str]:
    sums: dict[int, int] = {}
    for order in orders:
        if order.buys == buys:
            sums[order.ticks] = sums.get(order.ticks, 0) + order.open_w
    return {ticks: units.kilowatts(open_w) for ticks, open_w in sums.items()}


def _own(state: LadderState) -> Panel:
    table = Table(box=None, pad_edge=False)
    for name in ("own order", "kW open", "kW filled", "limit ct/kWh"):
        table.add_column(name, justify="left" if name == "own order" else "right")
    for order in state.own:
        powers = (units.kilowatts(order.open_w), units.kilowatts(order.filled_w))
        table.add_row("buy" if order.buys else "sell", *powers, units.cents(order.ticks, state.tick))
    return Panel(table if state.own else Text("none"), title="own orders")


def _trades(state: LadderState) -> Panel:
    table = Table(box=None, pad_edge=False)
    for name in ("at", "kW", "ct/kWh", ""):
        table.add_column(name, justify="right")
    for trade in state.trades:
        at = units.clock_of_day(trade.at_ms // 1_000, state.zone)
        arrow = Text("▲", style="green") if trade.buyer_was_aggressor else Text("▼", style="red")
        table.add_row(at, units.kilowatts(trade.quantity_w), units.cents(trade.ticks, state.tick), arrow)
    return Panel(table if state.trades else Text("none"), title="last trades")


def _lights(state: LadderState) -> Panel:
    text = Text()
    for feeder, colour in state.lights:
        text.append(f"● {feeder} {colour.lower()}  ", style=LIGHT_STYLES.get(colour, "dim"))
    return Panel(text if state.lights else Text("none"), title="lights")
