"""What settlement takes over from the activation service: reservations, activations, orders, overrides; what is over.

Quantities are W by unit and start of a quarter-hour: the activation service counts in quarter-hours, whatever a market
trades.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

QUARTER_S = 900

Slot = tuple[str, int]  # unit, start of the quarter-hour
Quantities = Mapping[Slot, int]


@dataclass(frozen=True, slots=True)
class ClaimMade:
    """Something claims units, in quarter-hours from `start_s` on."""

    area_id: str
    claim_id: str
    start_s: int
    quantities_w: Quantities


@dataclass(frozen=True, slots=True)
class ClaimReduced:
    """What is left of a claim, by unit, in the quarter-hours of the claim."""

    area_id: str
    claim_id: str
    shares_w: Mapping[str, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Reserved:
    """A reservation stands; its claim was made before it."""

    area_id: str
    reservation_id: str
    buyer: str
    seller: str
    purpose: str
    price_micro_euro_per_mw_h: int
    won_in_call: bool = False

    @property
    def claim_id(self) -> str:
        """Return the id of its claim."""
        return f"{RESERVATION}{self.reservation_id}"


@dataclass(frozen=True, slots=True)
class Activated:
    """An activation was requested, of what its claim holds."""

    area_id: str
    activation_id: str
    buyer: str
    seller: str
    purpose: str
    up: bool
    price_micro_euro_per_mwh: int
    claim_id: str
    reservation_id: str
    is_override: bool
    quantities_w: Quantities


@dataclass(frozen=True, slots=True)
class ActivationOrdered:
    """An order went to the units' operator: what it says holds."""

    area_id: str
    activation_id: str
    quantities_w: Quantities


@dataclass(frozen=True, slots=True)
class ActivationEnded:
    """An activation is over: confirmed, cancelled before its order, or failed."""

    area_id: str
    activation_id: str
    outcome: str


@dataclass(frozen=True, slots=True)
class ContractLost:
    """An override took a contract away, in part or whole."""

    area_id: str
    override_id: str
    unit_id: str
    claim_id: str
    seller: str
    buyer: str  # who overrode it
    price_micro_euro_per_mwh: int
    quantities_w: Quantities


@dataclass(frozen=True, slots=True)
class NeedStated:
    """An operator seeks something in quarter-hours [start_s, end_s)."""

    area_id: str
    need_id: str
    buyer: str
    start_s: int
    end_s: int


@dataclass(frozen=True, slots=True)
class NeedsWaived:
    """The larger need of the other operator covers these: their buyer owes nothing for what he does not use."""

    area_id: str
    need_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Scheduled:
    """What a unit's operator announced for a quarter-hour, before its deadline; injection is positive."""

    area_id: str
    unit_id: str
    start_s: int
    power_w: int


@dataclass(frozen=True, slots=True)
class WindowsOver:
    """Nothing of quarter-hours [from_s, before_s) changes any more."""

    area_id: str
    from_s: int
    before_s: int


ActivationFact = (
    ClaimMade
    | ClaimReduced
    | Reserved
    | Activated
    | ActivationOrdered
    | ActivationEnded
    | ContractLost
    | NeedStated
    | NeedsWaived
    | Scheduled
    | WindowsOver
)

CONFIRMED, CANCELLED, FAILED = "CONFIRMED", "CANCELLED", "FAILED"

# claims by what made them: the activation service writes it before their names
TRADE, GATEWAY, OUTSIDE, RESERVATION = "trade/", "claim/", "external/", "reservation/"


def own_claim(claim_id: str) -> bool:
    """Tell whether a claim belongs to one activation alone."""
    return not claim_id.startswith((TRADE, GATEWAY, OUTSIDE, RESERVATION))


def settled_elsewhere(claim_id: str) -> bool:
    """Tell whether what stands on a claim is paid already: a trade by its match, what goes outside by its venue."""
    return claim_id.startswith((TRADE, GATEWAY, OUTSIDE))
