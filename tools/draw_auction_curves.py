"""The two auctions of docs/auctions.md's picture, cleared anew, and the picture of them.

Run it without arguments to write docs/auctions.svg; a test compares picture and result.
"""

from __future__ import annotations

import sys
from pathlib import Path

from flexbourse_auction.clear import clear
from flexbourse_auction.orders import Contract, Orders, Side, step

PICTURE = Path(__file__).resolve().parent.parent / "docs" / "auctions.svg"
KW, EUR = 1_000, 100
WIDTH, HEIGHT, LEFT, BOTTOM = 900, 380, 60, 320
PANEL, SCALE_X, SCALE_Y = 440, 9, 2.4
TEXT, BUY, SELL, PRICE = "#0f172a", "#1d4ed8", "#b45309", "#15803d"
Steps = list[tuple[int, int]]  # kW at EUR/MWh
AUCTIONS: list[tuple[str, Steps, Steps]] = [
    ("A sale is filled in part", [(10, 100), (10, 80), (10, 50), (5, 20)], [(8, 10), (8, 30), (8, 60), (8, 90)]),
    ("A purchase is filled in part", [(10, 100), (10, 50)], [(8, 10), (4, 30)]),
]


def outcome(buys: Steps, sells: Steps) -> tuple[int, int]:
    """Return kW traded and the price in EUR/MWh."""
    orders = tuple(
        step(f"{side}{i}", side, Contract(0), power * KW, price * EUR)
        for side, steps in ((Side.BUY, buys), (Side.SELL, sells))
        for i, (power, price) in enumerate(steps)
    )
    (price,) = clear(Orders(orders)).prices
    assert price.price_ticks is not None
    return price.sold_w // KW, price.price_ticks // EUR


def staircase(steps: Steps, left: int, colour: str) -> str:
    """Return the path of a curve."""
    at, points = 0, []
    for power, price in steps:
        points += [(at, price), (at + power, price)]
        at += power
    path = " L".join(f"{left + x * SCALE_X} {BOTTOM - y * SCALE_Y:g}" for x, y in points)
    return f'<path d="M{path}" stroke="{colour}" stroke-width="3" fill="none"/>'


def text(x: float, y: float, words: str, colour: str = TEXT, *, anchor: str = "middle", weight: int = 400) -> str:
    """Return words."""
    style = f'text-anchor="{anchor}" font-size="14" font-weight="{weight}" fill="{colour}"'
    return f'<text x="{x:g}" y="{y:g}" {style}>{words}</text>'


def panel(left: int, title: str, buys: Steps, sells: Steps) -> list[str]:
    """Return one auction."""
    volume, price = outcome(buys, sells)
    x, y = left + volume * SCALE_X, BOTTOM - price * SCALE_Y
    return [
        text(left + 160, 40, title, weight=700),
        f'<path d="M{left} 70 L{left} {BOTTOM} L{left + 330} {BOTTOM}" stroke="#94a3b8" fill="none"/>',
        text(left - 8, 76, "EUR/MWh", "#64748b", anchor="end"),
        text(left + 330, BOTTOM + 20, "kW", "#64748b"),
        staircase(buys, left, BUY),
        staircase(sells, left, SELL),
        f'<path d="M{left} {y:g} L{x} {y:g} L{x} {BOTTOM}" stroke="{PRICE}" stroke-dasharray="6 4" fill="none"/>',
        f'<circle cx="{x}" cy="{y:g}" r="6" fill="{PRICE}"/>',
        text(left - 8, y + 5, str(price), PRICE, anchor="end", weight=700),
        text(x, BOTTOM + 20, str(volume), PRICE, weight=700),
    ]


def picture() -> str:
    """Return the picture."""
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        'aria-label="Curves of two auctions and where they meet" font-family="system-ui, sans-serif">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" rx="12" fill="#f8fafc"/>',
    ]
    for index, (title, buys, sells) in enumerate(AUCTIONS):
        lines += panel(LEFT + 20 + index * PANEL, title, buys, sells)
    lines += [
        text(300, 368, "what is wanted", BUY), text(450, 368, "what is offered", SELL), text(600, 368, "price", PRICE),
        "</svg>",
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


def main() -> int:
    """Write the picture."""
    PICTURE.write_text(picture())
    return 0


if __name__ == "__main__":
    sys.exit(main())
