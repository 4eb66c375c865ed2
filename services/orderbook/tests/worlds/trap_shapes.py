"""Thirty-four shapes of commands that have broken real books, in the language of `order_tables`.

The list of shapes is that of the conformance gate of an open benchmark of matching engines
(flash1-dev/matching-engine-benchmark, docs/CONFORMANCE.md); the tables are our own. Behind a slash stands what becomes
of a command where the id of an order that ended is free again: in replayed files, not at the exchange.
"""

from __future__ import annotations

MAKERS = 200  # what one order meets at most

CANCELS_AND_THE_QUEUE = {
    "cancel in the middle of a level, then sweep": """
        x: battery-b1  sell  1  10.00  -> rests 1
        y: battery-b2  sell  1  10.00  -> rests 1
        z: battery-b3  sell  1  10.00  -> rests 1
        cancel y                       -> cancelled
        depth                          -> buy - | sell 2 @ 10.00
        battery-a1  buy  2  10.00 fak  -> 1 @ 10.00 x, 1 @ 10.00 z
    """,
    "cancel the head of a level, then sweep": """
        x: battery-b1  sell  1  10.00  -> rests 1
        y: battery-b2  sell  1  10.00  -> rests 1
        z: battery-b3  sell  1  10.00  -> rests 1
        cancel x                       -> cancelled
        battery-a1  buy  2  10.00 fak  -> 1 @ 10.00 y, 1 @ 10.00 z
    """,
    "scattered cancels in a deep queue": """
        s: battery-b1  sell  0.5  10.00  -> rests 0.5
        t: battery-b2  sell  0.5  10.00  -> rests 0.5
        u: battery-b3  sell  0.5  10.00  -> rests 0.5
        v: battery-b1  sell  0.5  10.00  -> rests 0.5
        w: battery-b2  sell  0.5  10.00  -> rests 0.5
        x: battery-b3  sell  0.5  10.00  -> rests 0.5
        y: battery-b1  sell  0.5  10.00  -> rests 0.5
        z: battery-b2  sell  0.5  10.00  -> rests 0.5
        cancel t                         -> cancelled
        cancel w                         -> cancelled
        cancel y                         -> cancelled
        depth                            -> buy - | sell 2.5 @ 10.00
        battery-a1  buy  2.2  10.00 fak  -> 0.5 @ 10.00 s, 0.5 @ 10.00 u, 0.5 @ 10.00 v, 0.5 @ 10.00 x, 0.2 @ 10.00 z
    """,
    "cancels at the head and the tail of two levels": """
        w: battery-b1  sell  1  10.10  -> rests 1
        x: battery-b2  sell  1  10.10  -> rests 1
        y: battery-b3  sell  1  10.00  -> rests 1
        z: battery-b1  sell  1  10.00  -> rests 1
        cancel w                       -> cancelled
        cancel z                       -> cancelled
        battery-a1  buy  2  10.10 fak  -> 1 @ 10.00 y, 1 @ 10.10 x
    """,
    "the best bid is cancelled and the next one asked at once": """
        x: battery-a1  buy  2    10.00  -> rests 2
        y: battery-a2  buy  1.5  9.90   -> rests 1.5
        cancel x                        -> cancelled
        depth                           -> buy 1.5 @ 9.90 | sell -
        battery-b1  sell  1.5  9.90 fak -> 1.5 @ 9.90 y
        depth                           -> buy - | sell -
    """,
    "the best ask is cancelled and the next one asked at once": """
        x: battery-b1  sell  2    10.00  -> rests 2
        y: battery-b2  sell  1.5  10.10  -> rests 1.5
        cancel x                         -> cancelled
        depth                            -> buy - | sell 1.5 @ 10.10
        battery-a1  buy  1  10.00 fak    -> killed NO_MATCH
        battery-a1  buy  1.5  10.10 fak  -> 1.5 @ 10.10 y
    """,
    "a side is emptied and filled again": """
        x: battery-a1  buy  2  10.00  -> rests 2
        cancel x                      -> cancelled
        depth                         -> buy - | sell -
        y: battery-a2  buy  1  9.50   -> rests 1
        depth                         -> buy 1 @ 9.50 | sell -
        battery-b1  sell  1  9.50 fak -> 1 @ 9.50 y
    """,
}

SWEEPS_AND_PRIORITY = {
    "a fill-and-kill order sweeps levels that came worst first": """
        x: battery-b1  sell  1  10.20  -> rests 1
        y: battery-b2  sell  1  10.10  -> rests 1
        z: battery-b3  sell  1  10.00  -> rests 1
        battery-a1  buy  3  10.20 fak  -> 1 @ 10.00 z, 1 @ 10.10 y, 1 @ 10.20 x
    """,
    "just what lies in three levels": """
        x: battery-b1  sell  0.5  10.00  -> rests 0.5
        y: battery-b2  sell  1    10.10  -> rests 1
        z: battery-b3  sell  1.5  10.20  -> rests 1.5
        battery-a1  buy  3  10.20        -> 0.5 @ 10.00 x, 1 @ 10.10 y, 1.5 @ 10.20 z
        depth                            -> buy - | sell -
    """,
    "what is left of a sweep becomes the best": """
        x: battery-b1  sell  1  10.00    -> rests 1
        y: battery-b2  sell  1  10.10    -> rests 1
        z: battery-b3  sell  1  10.20    -> rests 1
        w: battery-a1  buy  3.5  10.20   -> 1 @ 10.00 x, 1 @ 10.10 y, 1 @ 10.20 z, rests 0.5
        depth                            -> buy 0.5 @ 10.20 | sell -
        battery-b1  sell  0.8  10.20 fak -> 0.5 @ 10.20 w, killed NO_MATCH
    """,
    "the first in the queue is taken first": """
        x: battery-a1  buy  1  10.00  -> rests 1
        y: battery-a2  buy  1  10.00  -> rests 1
        battery-b1  sell  1  10.00    -> 1 @ 10.00 x
        depth                         -> buy 1 @ 10.00 | sell -
    """,
    "a better price overtakes who came before, on both sides": """
        x: battery-b1  sell  1  10.50  -> rests 1
        y: battery-b2  sell  1  10.00  -> rests 1
        battery-a1  buy  1  10.50 fak  -> 1 @ 10.00 y
        u: battery-a1  buy  1  9.00    -> rests 1
        v: battery-a2  buy  1  9.50    -> rests 1
        w: battery-a3  buy  1  9.20    -> rests 1
        battery-b3  sell  3  9.00 fak  -> 1 @ 9.50 v, 1 @ 9.20 w, 1 @ 9.00 u
        depth                          -> buy - | sell 1 @ 10.50
    """,
    "who takes pays the price that rested, buying and selling": """
        x: battery-b1  sell  1  10.00  -> rests 1
        battery-a1  buy   1  10.70 fak -> 1 @ 10.00 x
        y: battery-a2  buy   1  12.00  -> rests 1
        battery-b2  sell  1  11.40 fak -> 1 @ 12.00 y
    """,
    "two of one level are taken whole": """
        x: battery-b1  sell  0.3  10.00  -> rests 0.3
        y: battery-b2  sell  0.4  10.00  -> rests 0.4
        z: battery-a1  buy   1    10.00  -> 0.3 @ 10.00 x, 0.4 @ 10.00 y, rests 0.3
        depth                            -> buy 0.3 @ 10.00 | sell -
        battery-b3  sell  0.3  10.00 fak -> 0.3 @ 10.00 z
    """,
    "a book is sound behind a sweep": """
        x: battery-b1  sell  1  10.00    -> rests 1
        y: battery-b2  sell  1  10.10    -> rests 1
        z: battery-b3  sell  1  10.20    -> rests 1
        battery-a1  buy  3  10.20 fak    -> 1 @ 10.00 x, 1 @ 10.10 y, 1 @ 10.20 z
        v: battery-b1  sell  0.8  10.10  -> rests 0.8
        battery-a2  buy  0.8  10.10 fak  -> 0.8 @ 10.10 v
        w: battery-b2  sell  0.8  10.30  -> rests 0.8
        battery-a3  buy  0.8  10.30 fak  -> 0.8 @ 10.30 w
    """,
    "a fill-and-kill order leaves nothing": """
        x: battery-b1  sell  1  10.00    -> rests 1
        battery-a1  buy  1.5  10.00 fak  -> 1 @ 10.00 x, killed NO_MATCH
        depth                            -> buy - | sell -
        battery-b2  sell  0.5  10.00 fak -> killed NO_MATCH
    """,
    "an order stops at its own price": """
        x: battery-b1  sell  0.5  10.00  -> rests 0.5
        y: battery-b2  sell  1    10.50  -> rests 1
        z: battery-a1  buy   1.2  10.20  -> 0.5 @ 10.00 x, rests 0.7
        depth                            -> buy 0.7 @ 10.20 | sell 1 @ 10.50
        battery-b3  sell  0.7  10.20 fak -> 0.7 @ 10.20 z
    """,
    "a place in the queue outlasts several who take": """
        w: battery-a1  buy  1  10.00      -> rests 1
        x: battery-a2  buy  1  10.00      -> rests 1
        y: battery-a3  buy  1  10.00      -> rests 1
        z: battery-a1  buy  1  10.00      -> rests 1
        battery-b1  sell  1.5  10.00 fak  -> 1 @ 10.00 w, 0.5 @ 10.00 x
        battery-b2  sell  1.5  10.00 fak  -> 0.5 @ 10.00 x, 1 @ 10.00 y
        depth                             -> buy 1 @ 10.00 | sell -
    """,
    "the first is just enough": """
        x: battery-b1  sell  0.5  10.00  -> rests 0.5
        y: battery-b2  sell  0.5  10.00  -> rests 0.5
        battery-a1  buy  0.5  10.00 fak  -> 0.5 @ 10.00 x
        depth                            -> buy - | sell 0.5 @ 10.00
    """,
    "as many as one order meets": "\n".join(
        [f"m{i}: battery-b{1 + i % 3}  sell  0.1  10.00  -> rests 0.1" for i in range(MAKERS)]
        + [f"battery-a1  buy  {MAKERS / 10}  10.00 fak  -> " + ", ".join(f"0.1 @ 10.00 m{i}" for i in range(MAKERS))]
        + ["depth -> buy - | sell -"]
    ),
    "a price far beyond sixteen bits": """
        x: battery-b1  sell  1  4000.00  -> rests 1
        depth                            -> buy - | sell 1 @ 4000.00
        battery-a1  buy  1  4000.00 fak  -> 1 @ 4000.00 x
    """,
}

REPLACEMENTS = {
    "a replacement crosses": """
        x: battery-b1  sell  1  10.00  -> rests 1
        y: battery-a1  buy   1  9.90   -> rests 1
        replace y  1  10.00            -> 1 @ 10.00 x
        depth                          -> buy - | sell -
    """,
    "a replacement crosses by far and trades at the price that rested": """
        x: battery-b1  sell  1  10.00  -> rests 1
        y: battery-a1  buy   1  9.00   -> rests 1
        replace y  1  10.50            -> 1 @ 10.00 x
        u: battery-a2  buy   1  12.00  -> rests 1
        v: battery-b2  sell  1  13.00  -> rests 1
        replace v  1  11.50            -> 1 @ 12.00 u
    """,
    "one of two at a level is replaced": """
        x: battery-a1  buy  1  10.00   -> rests 1
        y: battery-a2  buy  1  10.00   -> rests 1
        replace x  1  9.90             -> rests 1
        depth                          -> buy 1 @ 10.00, 1 @ 9.90 | sell -
        battery-b1  sell  1  10.00 fak -> 1 @ 10.00 y
        depth                          -> buy 1 @ 9.90 | sell -
    """,
    "a residue is replaced and taken": """
        x: battery-b1  sell  1  10.00    -> rests 1
        battery-a1  buy  0.4  10.00      -> 0.4 @ 10.00 x
        replace x  0.6  10.10            -> rests 0.6
        depth                            -> buy - | sell 0.6 @ 10.10
        battery-a2  buy  0.7  10.10 fak  -> 0.6 @ 10.10 x, killed NO_MATCH
    """,
}

ENDS_AND_IDS = {
    "a residue is cancelled": """
        x: battery-b1  sell  1  10.00  -> rests 1
        battery-a1  buy  0.6  10.00    -> 0.6 @ 10.00 x
        cancel x                       -> cancelled
        depth                          -> buy - | sell -
        battery-a2  buy  1  10.00 fak  -> killed NO_MATCH
    """,
    "a residue is taken to the last watt": """
        x: battery-b1  sell  2  10.00    -> rests 2
        battery-a1  buy  0.8  10.00 fak  -> 0.8 @ 10.00 x
        depth                            -> buy - | sell 1.2 @ 10.00
        battery-a2  buy  1.2  10.00 fak  -> 1.2 @ 10.00 x
        battery-a3  buy  0.5  10.00 fak  -> killed NO_MATCH
    """,
    "a filled order is cancelled": """
        x: battery-b1  sell  1  10.00  -> rests 1
        y: battery-a1  buy   1  10.00  -> 1 @ 10.00 x
        cancel x                       -> refused ORDER_NOT_OPEN
        cancel y                       -> refused ORDER_NOT_OPEN
    """,
    "a filled order is replaced": """
        x: battery-b1  sell  1  10.00  -> rests 1
        y: battery-a1  buy   1  10.00  -> 1 @ 10.00 x
        replace x  0.5  10.10          -> refused ORDER_NOT_OPEN
        replace y  0.5  9.90           -> refused ORDER_NOT_OPEN
        depth                          -> buy - | sell -
    """,
    "a cancelled order is cancelled and replaced": """
        x: battery-a1  buy  1  10.00  -> rests 1
        cancel x                      -> cancelled
        cancel x                      -> refused ORDER_NOT_OPEN
        replace x  0.5  10.10         -> refused ORDER_NOT_OPEN
        depth                         -> buy - | sell -
    """,
    "an order that never was is cancelled and replaced": """
        cancel #7            -> refused ORDER_NOT_OPEN
        replace #7  1  10.00 -> refused ORDER_NOT_OPEN
        depth                -> buy - | sell -
    """,
    "a number beyond all is cancelled": """
        cancel #18446744073709551616   -> refused ORDER_NOT_OPEN
        x: battery-a1  buy  1  10.00   -> rests 1
    """,
    "the id of a cancelled order comes again": """
        x: battery-b1  sell  1  10.00 id=n  -> rests 1
        cancel x                            -> cancelled
        y: battery-b1  sell  1  11.00 id=n  -> refused DUPLICATE_CLIENT_ORDER_ID / rests 1
        battery-a1  buy  1  11.00 fak       -> killed NO_MATCH / 1 @ 11.00 y
    """,
    "the id of a filled order comes again": """
        x: battery-b1  sell  1  10.00 id=n  -> rests 1
        battery-a1  buy  1  10.00           -> 1 @ 10.00 x
        y: battery-b1  sell  1  11.00 id=n  -> refused DUPLICATE_CLIENT_ORDER_ID / rests 1
        battery-a1  buy  1  11.00 fak       -> killed NO_MATCH / 1 @ 11.00 y
    """,
}

SHAPES = CANCELS_AND_THE_QUEUE | SWEEPS_AND_PRIORITY | REPLACEMENTS | ENDS_AND_IDS
