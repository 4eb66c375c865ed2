"""How the running gateway keeps forwarded bids inside the limits of the grid: one of three methods, set per gateway."""

from __future__ import annotations

from enum import Enum


class Method(Enum):
    """When the grid is asked, and about what.

    FILTER      before the gate of bids, for room at any fill of every bid
    CORRECTIVE  at the order, for what is called; bids go out without room
    INTERFACE   before the gate of bids, for one indivisible group per area: none or all of it
    """

    FILTER = "filter"
    CORRECTIVE = "corrective"
    INTERFACE = "interface"


METHODS = {method.value: method for method in Method}
