"""The live picture in the terminal; plain lines where there is none."""

from __future__ import annotations

import sys
import time
from itertools import groupby

import numpy as np
from rich.box import SIMPLE_HEAD
from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from flexbourse_demo.driving.fold import MarketFold
from flexbourse_demo.driving.notes import home_of, moved_by_unit
from flexbourse_demo.modelled.loads import DayModel
from flexbourse_demo.modelled.physics import flow_day
from flexbourse_demo.robots import Moment
from flexbourse_demo.robots.market_view import Light
from flexbourse_demo.telling.labels import branch_labels
from flexbourse_demo.telling.record import DayRecord
from flexbourse_demo.telling.sentences import latest, offer_sentence
from flexbourse_gridmath.model import NetworkModel
from flexbourse_gridmath.topology import Topology

STYLES = {Light.GREEN: "green", Light.AMBER: "bold black on yellow", Light.RED: "bold white on red"}
ORDER = list(Light)
EVENTS = 4
FLOWS_EVERY_STEPS = 4
PLAIN_EVERY_STEPS = 12
SHOW_EVERY_S = 0.2
NARROW = 118
PHASE_VOLT = 230.0


class TerminalWatcher:
    """Shows the market of one day."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._live: Live | None = None
        self._model: DayModel
        self._topology: Topology
        self._labels: dict[str, str] = {}
        self._transformers = ""
        self._trades_seen = 0
        self._refusals_seen = 0
        self._events: list[str] = []
        self._worst = ""
        self._offer = ""
        self._shown_at = 0.0
        self._started = time.monotonic()
        self.first_trade_s: float | None = None

    def network(self, network: NetworkModel) -> None:
        """Learn the names of cables."""
        self._labels = branch_labels(network)
        count = sum(branch.kind != "line" for branch in network.branches)
        self._transformers = "one transformer" if count == 1 else f"{count} transformers"

    def scene(self, model: DayModel, topology: Topology) -> None:
        """Say where we are and what to watch."""
        self._model, self._topology = model, topology
        village = model.village
        cars = sum(home.charger is not None for home in village.homes)
        in_street = sum(village.home(h).charger is not None for h in village.crowded.home_ids)
        self._console.print(
            f"{len(village.homes)} homes, {len(village.streets)} streets, {self._transformers}. "
            "31 hours in less than a minute. Prices in ct/kWh."
        )
        self._console.print(
            f"Watch {village.crowded.name}: {len(village.crowded.home_ids)} homes, {in_street} of {cars} car chargers, "
            "one cable.\n"
        )

    def step(self, moment: Moment, fold: MarketFold) -> None:
        """Show a step."""
        notes = fold.notes
        if notes.trades and self.first_trade_s is None:
            self.first_trade_s = time.monotonic() - self._started
        fresh = latest(
            notes.trades[self._trades_seen :], notes.refusals[self._refusals_seen :], self._model, self._labels, 2
        )
        self._trades_seen, self._refusals_seen = len(notes.trades), len(notes.refusals)
        self._events = [*self._events, *fresh][-EVENTS:]
        if moment.step % FLOWS_EVERY_STEPS == 0:
            self._worst = self._flows(moment, fold)
            self._offer = offer_sentence(fold.view, self._model)
        if self._console.is_terminal:
            self._show(moment, fold)
        elif moment.step % PLAIN_EVERY_STEPS == 0:
            self._say(moment, fold)

    def close(self) -> None:
        """End the live picture."""
        if self._live is not None:
            self._live.stop()
            self._live = None

    def _flows(self, moment: Moment, fold: MarketFold) -> str:
        """Return the worst cable and the lowest voltage of the day as it is forecast and traded now."""
        moved = moved_by_unit(fold.notes, self._model.day.count)
        home_w = {h.home_id: self._model.home_forecast(h, moment.now_s) for h in self._model.village.homes}
        for unit, series in moved.items():
            if home_of(unit) in home_w:
                home_w[home_of(unit)] = home_w[home_of(unit)] + series
        day = flow_day(self._topology, self._model.village, home_w)
        period, branch = np.unravel_index(int(day.loading_mpct.argmax()), day.loading_mpct.shape)
        label = self._labels.get(self._topology.branch_ids[int(branch)], "")
        return (
            f"worst {label} {day.loading_mpct.max() / 1000:.0f} % at {self._model.day.clock(int(period))}, "
            f"lowest {day.voltage_upu.min() * PHASE_VOLT / 1e6:.1f} V"
        )

    def _head(self, moment: Moment, fold: MarketFold) -> str:
        day = self._model.day
        now = day.local(moment.now_s)
        which = "D  " if moment.now_s >= day.start_s else "D-1"
        following = day.first_open(moment.now_s)
        gate = f"next gate closes for {day.clock(following)}" if following < day.count else "all gates closed"
        elapsed = time.monotonic() - self._started
        speed = (moment.now_s - day.opening_s) / max(elapsed, 0.001)
        return (
            f"{which} {now:%H:%M}   {gate}   ×{speed:,.0f}   {len(fold.view.orders):,} orders   "
            f"{len(fold.notes.trades):,} trades   {elapsed:.0f} s"
        ).replace(",", " ")

    def _show(self, moment: Moment, fold: MarketFold) -> None:
        if self._live is None:
            self._live = Live(console=self._console, auto_refresh=False)
            self._live.start()
        now_s = time.monotonic()
        if now_s - self._shown_at < SHOW_EVERY_S:
            return
        self._shown_at = now_s
        day = self._model.day
        done = (moment.now_s - day.opening_s) / (day.end_s - day.opening_s)
        bar = Table.grid()
        bar.add_row(ProgressBar(total=1.0, completed=done, width=60))
        table = Table.grid(padding=(0, 1))
        for street in self._model.village.streets:
            table.add_row(Text(street.name, style="bold"), self._row(street.feeder_id, fold))
        table.add_row(Text(""), self._scale())
        self._live.update(
            Group(
                Text(self._head(moment, fold), style="bold cyan"),
                bar,
                table,
                Text(self._worst),
                Text(self._offer),
                *(Text(f"· {event}", style="dim", no_wrap=True, overflow="ellipsis") for event in self._events),
            ),
            refresh=True,
        )

    def _row(self, zone: str, fold: MarketFold) -> Text:
        """Return a street's lights: a letter per quarter-hour, or per half hour where the terminal is narrow."""
        count, stride = self._model.day.count, self._stride()
        worst = [
            max((fold.view.light(zone, i).light for i in range(start, min(start + stride, count))), key=ORDER.index)
            for start in range(0, count, stride)
        ]
        text = Text()
        for light, run in groupby(worst):
            text.append(light.value * len(list(run)), style=STYLES.get(light, "dim"))
        return text

    def _scale(self) -> Text:
        stride = self._stride()
        step = 12 // stride
        clocks = [self._model.day.clock(i) for i in range(0, self._model.day.count, 12)]
        return Text("".join(clock.ljust(step) for clock in clocks), style="dim")

    def _stride(self) -> int:
        return 1 if self._console.width >= NARROW else 2

    def _say(self, moment: Moment, fold: MarketFold) -> None:
        self._console.print(self._head(moment, fold), highlight=False)
        for line in filter(None, (self._worst, self._offer)):
            self._console.print(f"    {line}", highlight=False)
        for event in self._events[-2:]:
            self._console.print(f"    {event}", highlight=False)


def world_table(record: DayRecord) -> Table:
    """Return the three worlds side by side."""
    table = Table(show_edge=False, pad_edge=False, header_style="bold", box=SIMPLE_HEAD)
    table.add_column("", no_wrap=True)
    for name in ("no market", "without check", "Flexbourse"):
        table.add_column(name, justify="right", no_wrap=True)
    rows = (
        ("overloaded quarter-hours", [str(w.overloaded_quarters) for w in record.worlds]),
        ("worst cable, %", [f"{w.worst_percent:.1f}" for w in record.worlds]),
        ("lowest voltage, V", [f"{w.lowest_volt:.1f}" for w in record.worlds]),
        ("bill of the village, EUR", [f"{w.bill_euro:.2f}" for w in record.worlds]),
        ("refused for the grid, kWh", [f"{w.refused_kwh:.1f}" for w in record.worlds]),
        ("losses, kWh", [f"{w.losses_kwh:.1f}" for w in record.worlds]),
        ("energy in the cars, kWh", [f"{w.car_kwh:.1f}" for w in record.worlds]),
    )
    for name, values in rows:
        table.add_row(name, *values)
    return table


def make_console() -> Console:
    """Return the console of this process."""
    return Console(file=sys.stdout, soft_wrap=True)
