"""A call auction of one book, slow and obvious: who takes part, every set of blocks, every price that may matter.

Written from the rules, for a grid that costs nothing and stands against nobody.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any, NamedTuple

from called_world import CALL_MS, FREEZE_MS
from naive_phases import TAKES
from phased_world import OPENS_MS

STEP = 100
LOWEST, HIGHEST = -50_000, 400_000


@dataclass
class Wish:
    """An order, or a block: taken whole, or from its least ratio on, or not at all.

    A block may need another one, and of a group's blocks that are taken whole one is taken.
    """

    sequence: int
    buys: bool
    quantity: int
    price: int
    block: bool = False
    filled: int = 0
    asleep: bool = False
    gone: str = ""
    least_ppm: int = 1_000_000
    parent: int = 0
    group: str = ""

    @property
    def least(self) -> int:
        """Return the least W of a block that is taken."""
        return -(-self.quantity * self.least_ppm // 1_000_000)

    @property
    def waits(self) -> bool:
        return not self.gone and not self.asleep


class Result(NamedTuple):
    """What an auction says: price, W, how many took part, and of each what it got."""

    price: int | None
    volume: int
    orders: int
    blocks: int
    got: dict[int, int]


class NaiveAuction:
    """One book from its announcement to behind its auction."""

    def __init__(self, now_ms: int) -> None:
        self.now_ms, self.phase, self.until_ms = now_ms, "PRE_OPEN", 0
        self.wishes: list[Wish] = []
        self.sequence = 0
        self.result: Result | None = None

    def takes(self, action: str) -> bool:
        return self.phase == "CONTINUOUS" or action in TAKES[self.phase]

    # --- orders

    def submit(
        self, buys: bool, quantity: int, price: int, rule: str = "normal", *, block: bool = False, **terms: Any
    ) -> None:  # fmt: skip
        at_once = rule in ("fak", "fok")
        if self.takes("enter") and not at_once and not (block and self.phase == "CONTINUOUS"):
            self.sequence += 1
            self.wishes.append(Wish(self.sequence, buys, quantity, price, block, **terms))

    def waiting(self) -> list[Wish]:
        return [wish for wish in self.wishes if wish.waits]

    def cancel(self, wish: Wish, action: str = "cancel") -> None:
        if self.takes(action):
            wish.gone = "cancelled"

    def change(self, wish: Wish, quantity: int, price: int) -> None:
        """Change an order; a lower quantity keeps its place, which a block has none of."""
        if not self.takes("replace"):
            return
        if wish.block or price != wish.price or quantity > wish.quantity - wish.filled:
            self.sequence += 1
            wish.sequence = self.sequence
        wish.quantity, wish.price = wish.filled + quantity, price

    # --- time

    def scheduled(self) -> str:
        since_ms = self.now_ms - OPENS_MS
        ends = ((0, "PRE_OPEN"), (CALL_MS, "CALL"), (CALL_MS + FREEZE_MS, "FREEZE"))
        later = [phase for end_ms, phase in ends if since_ms < end_ms]
        if later:
            return later[0]
        collected = self.phase in ("CALL", "FREEZE") or self.waiting()
        return "UNCROSSING" if collected and self.result is None else "CONTINUOUS"

    def time(self, now_ms: int) -> None:
        self.now_ms = now_ms
        if self.phase not in ("HALTED", "UNCROSSING") or 0 < self.until_ms <= now_ms:
            self.phase = self.scheduled()
        if self.phase == "UNCROSSING":
            self.hold()
            self.phase = "CONTINUOUS"

    def halt(self, until_ms: int) -> None:
        self.phase, self.until_ms = "HALTED", until_ms

    def resume(self) -> None:
        if self.phase == "HALTED":
            self.phase = self.scheduled()

    # --- the auction

    def hold(self) -> None:
        """Clear all that waits; blocks end, what is left of the others rests."""
        taking_part = self.waiting()
        self.result = clear(taking_part)
        for wish in taking_part:
            wish.filled = self.result.got.get(wish.sequence, 0)
            if wish.filled == wish.quantity:
                wish.gone = "filled"
            elif wish.block:
                wish.gone = "ended"
        for wish in self.wishes:
            wish.gone = wish.gone or ("ended" if wish.asleep and wish.block else "")

    def told(self) -> list[Any]:
        """Return the phase, who waits or rests, and what the auction said."""
        resting = sorted((w.sequence, w.quantity - w.filled, w.filled, w.price) for w in self.waiting())
        return [self.phase, resting, None if self.result is None else self.result._replace(got={})]


def clear(wishes: list[Wish]) -> Result:
    """Return the result of most welfare, then of most volume, then with the earlier blocks."""
    steps, blocks = [w for w in wishes if not w.block], [w for w in wishes if w.block]
    best: tuple[Any, ...] | None = None
    for flags in product((True, False), repeat=len(blocks)):
        used = [block for block, flag in zip(blocks, flags, strict=True) if flag]
        if not may_be_used(used):
            continue
        out = [block for block in blocks if block not in used]
        found = [price for price in prices(wishes) if supports(price, steps, used, out)]
        if not found:
            continue
        got = shares(found[0], steps, used)
        welfare = sum((1 if w.buys else -1) * w.price * got[w.sequence] for w in wishes if w.sequence in got)
        volume = sum(got[w.sequence] for w in wishes if w.buys and w.sequence in got)
        if best is None or (welfare, volume) > best[:2]:
            best = welfare, volume, found[0], found[-1], got
    assert best is not None
    _, volume, low, high, got = best
    return Result(round((low + high) / 2) if volume else None, volume, len(steps), len(blocks), got)


def may_be_used(used: list[Wish]) -> bool:
    """Tell whether what blocks need is among them, and no two are of one group."""
    names, groups = {block.sequence for block in used}, [block.group for block in used if block.group]
    return all(block.parent in (0, *names) for block in used) and len(set(groups)) == len(groups)


def prices(wishes: list[Wish]) -> Iterator[int]:
    """Iterate over the prices at which something changes, and those beside them."""
    limits = {w.price + beside for w in wishes for beside in (-1, 0, 1)}
    yield from sorted({LOWEST, HIGHEST, *(limit for limit in limits if LOWEST <= limit <= HIGHEST)})


def total(wishes: list[Wish], *, buys: bool, price: int, at: bool) -> int:
    """Return what one side wants at a price: only who gains, or also who does not lose."""
    gains = [(w.price - price) * (1 if buys else -1) for w in wishes if w.buys == buys]
    own = [w.quantity for w in wishes if w.buys == buys]
    return sum(quantity for quantity, gain in zip(own, gains, strict=True) if gain > 0 or (at and gain == 0))


def ranges(price: int, steps: list[Wish], used: list[Wish]) -> tuple[int, int, int, int]:
    """Return least and most that is bought, and sold, blocks included: at its own limit one may be taken in part."""
    fixed = {
        (buys, at): sum(w.least if w.price == price and not at else w.quantity for w in used if w.buys == buys)
        for buys in (True, False) for at in (False, True)
    }  # fmt: skip
    return tuple(  # type: ignore[return-value]
        fixed[buys, at] + total(steps, buys=buys, price=price, at=at) for buys in (True, False) for at in (False, True)
    )


def supports(price: int, steps: list[Wish], used: list[Wish], out: list[Wish]) -> bool:
    """Tell whether nobody loses at a price, and nobody who would gain is left out, but for blocks with a minimum."""
    bought, most_bought, sold, most_sold = ranges(price, steps, used)
    loses = any((w.price < price) if w.buys else (w.price > price) for w in used)
    left_out = any((w.price > price) if w.buys else (w.price < price) for w in out if not w.least_ppm and not w.parent)
    return not loses and not left_out and max(bought, sold) <= min(most_bought, most_sold)


def shares(price: int, steps: list[Wish], used: list[Wish]) -> dict[int, int]:
    """Return what each gets: the best limits first, those of one limit in proportion, in whole steps of the market.

    Where a block is taken in part, no order has its limit, so it gets what is left of its side.
    """
    _, most_bought, _, most_sold = ranges(price, steps, used)
    got = {w.sequence: w.quantity for w in used}
    for buys in (True, False):
        left = min(most_bought, most_sold)
        for w in (w for w in used if w.buys == buys and w.price == price and w.least < w.quantity):
            others = sum(other.quantity for other in used if other.buys == buys and other is not w)
            got[w.sequence] = min(w.quantity, left - others - total(steps, buys=buys, price=price, at=False))
        left -= sum(got[w.sequence] for w in used if w.buys == buys)
        own = [w for w in steps if w.buys == buys]
        for limit in sorted({w.price for w in own}, reverse=buys):
            level = sorted((w for w in own if w.price == limit), key=lambda w: w.sequence)
            whole = sum(w.quantity for w in level)
            part = min(left, whole)
            parts = {w.sequence: part * w.quantity // whole // STEP * STEP for w in level}
            by_remainder = sorted(level, key=lambda w: (-(part * w.quantity % (whole * STEP)), w.sequence))
            for w in by_remainder[: (part - sum(parts.values())) // STEP]:
                parts[w.sequence] += STEP
            got |= {name: quantity for name, quantity in parts.items() if quantity}
            left -= part
    return got
