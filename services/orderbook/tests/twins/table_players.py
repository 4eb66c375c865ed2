"""Those who play a table of `order_tables`: beside the book itself its slow twin, and the two engines of replays."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Protocol

from naive_book import NaiveBook
from naive_orders import Entry
from order_tables import Asked, levels_told, read_line, ticks

from flexbourse_orderbook.replay.events import Closed, Engine, Event, Rejected, Resting, Traded
from flexbourse_orderbook.replay.lines import CommandLine, read_lines

SUM_TICKS = 350_000
"""Of a price and its mirror image; both ends of a market's band are each other's."""


class Player(Protocol):
    """Does what a line asks and says what became of it."""

    def line(self, asked: str) -> str: ...


def lines_of(table: str) -> Iterator[tuple[str, str]]:
    """Yield what each line asks, and what is expected of it."""
    for line in table.strip().splitlines():
        asked, _, expected = line.partition("->")
        yield asked, expected.strip()


def mirrored(table: str) -> str:
    """Return the table with buyers for sellers, and high prices for low ones."""
    return "\n".join(f"{_mirrored_line(asked)} -> {_mirrored_told(told)}" for asked, told in lines_of(table))


def _mirrored_line(asked: str) -> str:
    read = read_line(asked)
    if read.action in ("cancel", "depth"):
        return asked
    words = asked.split()
    price = len(words) - 1 - next(i for i, word in enumerate(reversed(words)) if re.fullmatch(r"\d+\.\d\d", word))
    words[price] = f"{(SUM_TICKS - ticks(words[price])) / 100:.2f}"
    return " ".join({"buy": "sell", "sell": "buy"}.get(word, word) for word in words)


def _mirrored_told(told: str) -> str:
    if "|" in told:
        bids, asks = told.replace("buy", "?").replace("sell", "buy").replace("?", "sell").split(" | ")
        told = f"{asks} | {bids}"
    return re.sub(r"@ (\S+\d)", lambda found: f"@ {(SUM_TICKS - ticks(found[1])) / 100:.2f}", told)


def without_codes(told: str, ends: str) -> str:
    """Return what is told without the codes behind some words, `killed|refused`."""
    return re.sub(rf"({ends}) [A-Z_]+", r"\1", told)


class TwinPlayer:
    """The slow twin; it knows no ids of clients and says no codes."""

    def __init__(self, book: NaiveBook) -> None:
        self.book = book
        self.names: dict[str, str] = {}  # of orders by id
        self.entries: dict[str, Entry] = {}  # by name

    def line(self, asked: str) -> str:
        read, book = read_line(asked), self.book
        if read.action == "depth":
            return self._depth()
        trades, closed, entries = len(book.deals), len(book.closed), len(book.entries)
        entry = self.entries.get(read.name) if read.action != "new" else None
        if read.action == "new":
            buys, fill = read.side == "buy", read.fill or "normal"
            book.submit(read.subject, "energy", buys, read.quantity_w, read.price_ticks, fill)
            if len(book.entries) > entries:
                entry = self.entries[read.name] = book.entries[-1]
                self.names[entry.order_id] = read.name
        elif entry is not None and entry.state == "open":
            index = book.open_entries().index(entry)
            if read.action == "cancel":
                book.cancel(index)
            else:
                book.change(index, read.quantity_w, read.price_ticks)
        else:
            return "refused"
        return "refused" if entry is None else self._told(entry, trades, closed, rests=read.action != "cancel")

    def _told(self, own: Entry, trades: int, closed: int, *, rests: bool) -> str:
        told = []
        for deal in self.book.deals[trades:]:
            other = deal.buyer if deal.seller is own else deal.seller
            told.append(f"{deal.quantity / 1000:g} @ {deal.price / 100:.2f} {self.names[other.order_id]}")
        told += [how for _, how, _ in self.book.closed[closed:]]
        return ", ".join(told + [f"rests {own.open / 1000:g}"] * (rests and own.state == "open"))

    def _depth(self) -> str:
        entries = sorted(self.book.open_entries(), key=lambda e: -e.price if e.buys else e.price)
        grouped = groupby(entries, key=lambda e: (e.buys, e.price))
        return levels_told(
            ("buy" if buys else "sell", price, sum(entry.open for entry in level)) for (buys, price), level in grouped
        )


def rows(table: str, prefix: str = "", product: str = "energy") -> Iterator[dict[str, object]]:
    """Yield the columns of a file of commands, one for each line of a table that is a command."""
    ids: dict[str, tuple[str, str]] = {}
    for asked, _ in lines_of(table):
        read = read_line(asked)
        if read.action == "depth":
            continue
        if read.action == "new":
            ids[read.name] = read.given.get("id", read.name), read.subject
        order_id, subject = ids.get(read.name, (read.name.removeprefix("#"), "nobody"))
        yield {
            "action": read.action, "order_id": prefix + order_id, "participant": subject, "side": read.side,
            "price_ticks": read.price_ticks, "quantity_w": read.quantity_w, "fill": read.fill, "product": product,
        }  # fmt: skip


def written(folder: Path, found: Iterator[dict[str, object]]) -> Path:
    """Write rows as a CSV file with a header."""
    text, listed = io.StringIO(), list(found)
    writer = csv.DictWriter(text, list(listed[0]))
    writer.writeheader()
    writer.writerows(listed)
    path = folder / "commands.csv"
    path.write_text(text.getvalue(), encoding="utf-8")
    return path


class ReplayPlayer:
    """An engine of `flexbourse book replay`, fed by a file that holds the table."""

    def __init__(self, engine: Engine, folder: Path, table: str) -> None:
        self.engine = engine
        self.commands = read_lines(written(folder, rows(table)))
        self.names: dict[str, str] = {}  # of orders by the file's id, the last one that had it

    def line(self, asked: str) -> str:
        read = read_line(asked)
        if read.action == "depth":
            return self._depth()
        command = next(self.commands)
        events = self.engine.apply(command)
        if read.action == "new":
            self.names[command.order_id] = read.name
        return self._told(read, command, events)

    def _told(self, read: Asked, command: CommandLine, events: list[Event]) -> str:
        told = [said for event in events if (said := self._event(event))]
        refused = any(isinstance(event, Rejected) for event in events)
        if read.action != "cancel" and not refused:
            own = [order for order in self.engine.resting() if order.order_id == command.order_id]
            told += [f"rests {order.open_w / 1000:g}" for order in own]
        return ", ".join(told)

    def _event(self, event: Event) -> str:
        if isinstance(event, Traded):
            return f"{event.quantity_w / 1000:g} @ {event.price_ticks / 100:.2f} {self.names[event.maker]}"
        if isinstance(event, Closed):
            return event.how
        return f"refused {event.code}" if isinstance(event, Rejected) else ""

    def _depth(self) -> str:
        def level(order: Resting) -> tuple[str, int]:
            return order.side, order.price_ticks

        return levels_told(
            (side, price, sum(order.open_w for order in found))
            for (side, price), found in groupby(self.engine.resting(), key=level)
        )
