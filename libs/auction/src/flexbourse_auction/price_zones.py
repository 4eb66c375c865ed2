"""Price zones: the places of a contract that no full row parts have one price."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import TypeVar

# Exact prices are equal within this, in ticks: what the linear programs leave of equal ones.
SAME_PRICE = 1e-3

Key = TypeVar("Key", int, str)


def price_zones(exact_ticks: Mapping[Key, float]) -> Iterator[list[Key]]:
    """Iterate over the places of a contract whose exact prices are equal, from the lowest price to the highest."""
    ranked = sorted(exact_ticks, key=lambda place: (exact_ticks[place], place))
    zone = ranked[:1]
    for before, place in pairwise(ranked):
        if exact_ticks[place] - exact_ticks[before] > SAME_PRICE:
            yield zone
            zone = []
        zone.append(place)
    if zone:
        yield zone
