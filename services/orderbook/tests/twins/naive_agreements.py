"""Part of the slow twin: a trade that two parties agreed on is judged like a match, whole or not at all."""

from __future__ import annotations

from naive_book import NaiveBook
from naive_calls import taken_by
from naive_orders import Deal, Entry
from naive_seen import MARKET_OF

from flexbourse_gridmath.powerflow import OperatingPoint, apply_change
from flexbourse_gridmath.tariff import potential
from flexbourse_gridmath.vector import Side, Vector


def agree(book: NaiveBook, seller: str, buyer: str, product: str, quantity: int, price: int) -> str:
    """Let a trade come about, or return why not."""
    sides = [Entry(0, "", subject, product, buys, price, quantity, "fok") for subject, buys in
             ((seller, False), (buyer, True))]  # fmt: skip
    refusal = _refused(book, sides)
    if refusal:
        return refusal
    rules = book.markets[MARKET_OF[product]]
    moving = [Side(book.topology.node_index[side.node], side.sign) for side in sides if side.sign]
    point, dnut, taken = book.point(), 0, {}
    here = potential(book.topology, book.parameters, point)
    if moving:
        vector = Vector(tuple(moving))
        refusal = _stopped_by_grid(book, sides, vector)
        if refusal:
            return refusal
        after = apply_change(book.topology, point, vector.at(quantity))
        assert isinstance(after, OperatingPoint)
        dnut = potential(book.topology, book.parameters, after) - here
        taken = taken_by(point, after, book.limits(), 1000 - rules.reliability_permille)
    for side in sides:
        book.frozen.setdefault(side.place, book.base[book.topology.node_index[side.node]])
        side.fill(quantity)
    book.deals.append(Deal(*sides, quantity, price, dnut, here + dnut, taken))
    book.dirty = book.dirty or bool(taken)
    if taken:
        book.scan.run()
    return ""


def _refused(book: NaiveBook, sides: list[Entry]) -> str:
    """Return which rule about the sides alone stands against them."""
    quantity, price, rules = sides[0].open, sides[0].price, book.markets[MARKET_OF[sides[0].product]]
    found = {
        "GATE_CLOSED": not book.is_open,
        "QUANTITY OR PRICE": not rules.take(quantity, price),
        "BELOW_MINIMUM_POWER": any(quantity < book.least.get(side.subject, 0) for side in sides),
        "SELF_TRADE": sides[0].place == sides[1].place,
        "BASIS_EXCEEDED": any(side.subject == side.place and quantity > book.room(side) for side in sides),
    }
    return next((code for code, stands in found.items() if stands), "")


def _stopped_by_grid(book: NaiveBook, sides: list[Entry], vector: Vector) -> str:
    rules, quantity = book.markets[MARKET_OF[sides[0].product]], sides[0].open
    if "unknown" in [book.light(f"street-{side.node[0]}") for side in sides]:
        return "LIGHT_UNKNOWN"
    if book.largest(book.gate(), rules, vector, quantity, None).quantity_w < quantity:
        return "GRID_LIMIT_EXCEEDED"
    return book.stopped(sides[0], vector, quantity)
