"""Linked baskets of the slow twin: all orders enter, all meet what rests on a copy, and then all match or none does."""

from __future__ import annotations

import copy
from typing import NamedTuple

from naive_book import NaiveBook
from naive_orders import Entry
from naive_seen import MARKET_OF
from naive_spans import NaiveDay


class Leg(NamedTuple):
    """One order of a basket, and its book."""

    book: NaiveBook
    subject: str
    product: str
    buys: bool
    quantity: int
    price: int
    rule: str


def submit_basket(whole: NaiveBook | NaiveDay, legs: list[Leg]) -> None:
    """Let all legs match whole, one on the grid that those before leave, or none; each is of a book of its own."""
    books = {(id(leg.book), leg.product) for leg in legs}
    if len(books) < len(legs) or any(leg.rule != "fok" for leg in legs):
        return
    entered: list[tuple[NaiveBook, Entry]] = []
    for book, *wish in legs:
        entry = book.admit(*wish)  # type: ignore[arg-type]
        if entry is None:
            for own, other in entered:
                own.close(other, "killed")
            return
        entered.append((book, entry))
    if _all_match(whole, entered):
        _match(entered)


def _all_match(whole: NaiveBook | NaiveDay, entered: list[tuple[NaiveBook, Entry]]) -> bool:
    """Try it on a copy; if it does not come out, what was passed over is told and the orders are killed."""
    known = {id(whole.topology): whole.topology}
    _, copies = copy.deepcopy((whole, entered), known)
    come_out, skips = [], []
    for book, entry in copies:
        deals, kept, passed = len(book.deals), len(book.kept), len(book.skips)
        if book.markets[MARKET_OF[entry.product]].automatic_matching:
            book.meet_each(entry, None)
        come_out.append(book.is_whole(entry, deals, kept))
        skips.append(book.skips[passed:])
    if all(come_out):
        return True
    for (book, entry), told in zip(entered, skips, strict=True):
        book.skips += told
        book.close(entry, "killed")
    return False


def _match(entered: list[tuple[NaiveBook, Entry]]) -> None:
    books = {id(book): book for book, _ in entered}.values()
    before = {id(book): book.moves() for book in books}
    for book, entry in entered:
        book.meet(entry)
    for book in books:
        if book.moves() > before[id(book)]:
            book.scan.run()
    for book, entry in entered:
        book.waits.run(entry.product)
