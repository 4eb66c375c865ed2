"""The rules of an auction, and how much work its solver may do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from flexbourse_core.money import DEFAULT_TICK_MICRO_EURO_PER_MWH


class Pricing(StrEnum):
    """One price per contract and node for all, or everybody his own limit."""

    PAY_AS_CLEAR = "pay-as-clear"
    PAY_AS_BID = "pay-as-bid"


class Margin(StrEnum):
    """Who is served among equal limits at the margin: all by their quantity, or the earlier first."""

    PRO_RATA = "pro-rata"
    TIME = "time"


@dataclass(frozen=True, slots=True)
class Rules:
    """Parameters of an auction.

    ``max_nodes`` bounds the solver's tree and makes the answer reproducible; ``max_seconds`` is the net below it:
    what it ends is published as such. ``max_rounds`` bounds how often the grid check may send a result back.
    """

    pricing: Pricing = Pricing.PAY_AS_CLEAR
    margin: Margin = Margin.PRO_RATA
    lowest_ticks: int = -50_000
    highest_ticks: int = 400_000
    tick_micro_euro_per_mwh: int = DEFAULT_TICK_MICRO_EURO_PER_MWH
    mtu_seconds: int = 900
    max_nodes: int = 20_000
    max_seconds: float = 60.0
    max_rounds: int = 20
