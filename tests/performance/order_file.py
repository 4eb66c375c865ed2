"""A file of commands for `flexbourse book replay`, of any length: orders, replacements, cancellations of many parties.

    python tests/performance/order_file.py LINES FILE

A hundred microseconds lie between two lines; the middle of each of 16 products drifts. Of ten commands about seven are
orders that rest until an end of their own, one crosses, and two replace or cancel one of the newest, which by then may
have gone. Nothing that was written is remembered but the newest orders, and nothing rests for ever, so that a file of
any length is written and read in bounded memory. The same length gives the same file.
"""

from __future__ import annotations

import random
import sys
from collections import deque
from collections.abc import Iterator
from pathlib import Path

PRODUCTS = 16
PARTIES = 200
NEWEST = 2_000  # orders that may still be changed
STEP_US = 100
STANDS_US = 60_000_000  # no order rests longer
COLUMNS = "time_us,action,order_id,participant,side,price_ticks,quantity_w,fill,min_quantity_w,valid_until_us,product"


def rows(count: int, seed: int = 7) -> Iterator[str]:
    """Yield the header and so many lines, without line ends."""
    draw = random.Random(seed)
    middle = [5_000] * PRODUCTS
    newest: deque[tuple[int, int, bool, int]] = deque(maxlen=NEWEST)
    yield COLUMNS
    for number in range(count):
        now_us, kind = number * STEP_US, draw.random()
        if kind < 0.2 and newest:
            name, product, buys, party = newest[draw.randrange(len(newest))]
            action = "cancel" if kind < 0.12 else "replace"
            price = middle[product] + (-30 if buys else 30)
            yield f"{now_us},{action},o{name},p{party},,{price},{draw.randint(1, 50)}00,,,,"
            continue
        product, buys, party = draw.randrange(PRODUCTS), draw.random() < 0.5, draw.randrange(PARTIES)
        middle[product] += draw.choice((-1, 0, 0, 0, 1))
        away = -40 if kind > 0.88 else 1 + int(draw.expovariate(1 / 12))
        price = middle[product] - away if buys else middle[product] + away
        fill = draw.choice(("normal",) * 8 + ("fak", "fok"))
        end_us = (now_us + draw.randint(1_000, STANDS_US)) // 1_000 * 1_000
        side = "buy" if buys else "sell"
        yield f"{now_us},new,o{number},p{party},{side},{price},{draw.randint(1, 50)}00,{fill},,{end_us},q{product}"
        newest.append((number, product, buys, party))


def main() -> None:
    """Write a file."""
    count, path = int(sys.argv[1]), Path(sys.argv[2])
    with path.open("w", encoding="ascii") as out:
        out.writelines(f"{row}\n" for row in rows(count))


if __name__ == "__main__":
    main()
