"""Who is served at the margin, where limits are equal and not all fit."""

from __future__ import annotations

import numpy as np

from flexbourse_auction.ladder import Integers
from flexbourse_auction.rules import Margin
from flexbourse_core.money import largest_remainder


def shared(total_w: int, margin: Integers, rule: Margin) -> Integers:
    """Split W over the segments at the margin; segments stand by time, then by order.

    Pro rata gives each its share of the quantity, rounded down, and what is left W by W to the largest remainders, ties
    to the earlier. By time the earlier is served first.
    """
    whole = int(margin.sum())
    if total_w == whole:
        return margin
    given = np.zeros_like(margin)
    if total_w == 0:
        return given
    places = np.flatnonzero(margin)
    if rule is Margin.PRO_RATA:
        given[places] = largest_remainder(total_w, margin[places].tolist())
    else:
        before = np.cumsum(margin[places]) - margin[places]
        given[places] = np.clip(total_w - before, 0, margin[places])
    return given
