"""Bids as the gateway keeps them: integers of W and ticks, direction and product by name."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from flexbourse_core.market_time import Mtu


class Direction(Enum):
    """UP: more production or less consumption."""

    UP = "UP"
    DOWN = "DOWN"


class Product(Enum):
    """How a bid can be activated."""

    SCHEDULED = "SCHEDULED"
    DIRECT = "DIRECT"
    BOTH = "BOTH"
    NON_STANDARD = "NON_STANDARD"

    @property
    def is_direct(self) -> bool:
        """Tell whether a direct activation can come, which runs to the end of the next MTU."""
        return self in (Product.DIRECT, Product.BOTH)


class Availability(Enum):
    """What a bid's use depends on."""

    AVAILABLE = "AVAILABLE"
    CONDITIONALLY_AVAILABLE = "CONDITIONALLY_AVAILABLE"
    CONDITIONALLY_UNAVAILABLE = "CONDITIONALLY_UNAVAILABLE"


class LinkKind(Enum):
    """What happens to a bid if the linked one is activated or not; SA scheduled, DA direct activation."""

    UNAVAILABLE_IF_ACTIVATED = "UNAVAILABLE_IF_ACTIVATED"
    UNAVAILABLE_IF_NOT_ACTIVATED = "UNAVAILABLE_IF_NOT_ACTIVATED"
    NO_DA_IF_DA = "NO_DA_IF_DA"
    NO_DA_IF_SA = "NO_DA_IF_SA"
    UNAVAILABLE_IF_SA = "UNAVAILABLE_IF_SA"
    UNAVAILABLE_IF_DA = "UNAVAILABLE_IF_DA"
    AVAILABLE_IF_ACTIVATED = "AVAILABLE_IF_ACTIVATED"
    AVAILABLE_IF_NOT_ACTIVATED = "AVAILABLE_IF_NOT_ACTIVATED"
    AVAILABLE_IF_SA = "AVAILABLE_IF_SA"
    AVAILABLE_IF_DA = "AVAILABLE_IF_DA"
    DA_IF_SA = "DA_IF_SA"
    DA_IF_DA = "DA_IF_DA"

    @property
    def makes_available(self) -> bool:
        """Tell whether the bid is unavailable unless the link makes it available."""
        return self.value.startswith(("AVAILABLE", "DA_IF"))


@dataclass(frozen=True, slots=True)
class ConditionalLink:
    """A condition on a bid of an earlier MTU."""

    bid_id: str
    kind: LinkKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Bid:
    """One offer in one MTU. `minimum_w` None: not divisible; 0: fully. `quantity_w` 0 withdraws the bid.

    `zone` is the bidding zone's code, `resource_id` the platform's name of the resource.
    """

    bid_id: str
    mtu: Mtu
    direction: Direction
    quantity_w: int
    minimum_w: int | None
    price_ticks: int
    product: Product
    zone: str
    resource_id: str = ""
    availability: Availability = Availability.AVAILABLE
    exclusive_group: str = ""
    multipart_group: str = ""
    inclusive_group: str = ""
    technical_link: str = ""
    conditional_links: tuple[ConditionalLink, ...] = ()
    maximum_duration_s: int = 0
    resting_s: int = 0
    note: str = ""

    @property
    def is_withdrawal(self) -> bool:
        """Tell whether the bid withdraws an earlier one."""
        return self.quantity_w == 0

    @property
    def groups(self) -> tuple[tuple[str, str], ...]:
        """Return (kind, id) of the groups the bid is in; more than one breaks a rule."""
        named = (
            ("exclusive", self.exclusive_group),
            ("multipart", self.multipart_group),
            ("inclusive", self.inclusive_group),
        )
        return tuple((kind, group) for kind, group in named if group)

    @property
    def is_simple(self) -> bool:
        """Tell whether the bid is in no group."""
        return not self.groups

    @property
    def claimed_mtus(self) -> tuple[Mtu, ...]:
        """Return the MTUs in which an activation of the bid can move power: a direct one runs through the next."""
        following = Mtu(self.mtu.end_s, self.mtu.length_s)
        return (self.mtu, following) if self.product.is_direct else (self.mtu,)
