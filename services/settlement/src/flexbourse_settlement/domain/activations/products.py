"""Products of activations: what an area's market operator says about baseline, threshold, penalty and fee by purpose.

An activation keeps what held when it was requested.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass, replace

from flexbourse_core.rejection import Code, Rejection
from flexbourse_settlement.domain.activations.baselines import MAX_DAYS, BaselineMethod, BaselineRule
from flexbourse_settlement.domain.activations.delivery import WHOLE
from flexbourse_settlement.domain.facts import Participant

PURPOSES = ("CONGESTION", "VOLTAGE", "BALANCING", "COMMERCIAL")
MAX_PERMILLE = 10 * WHOLE
MAX_CAP_W = 1_000_000_000
MARKET_OPERATOR = "MARKET_OPERATOR"


@dataclass(frozen=True, slots=True)
class Product:
    """How activations of one purpose are verified and paid.

    Permille of the activation price for what is missing, of the fee for the platform, of the reservation price for
    what was reserved and not used. Below `pays_from_permille` of the order nothing is credited.
    """

    purpose: str
    method: BaselineMethod = BaselineMethod.FROZEN_BASE
    count: int = 5  # of X of Y
    of_days: int = 10
    adjustment_cap_w: int = 0
    most_consuming: bool = True
    pays_from_permille: int = 0
    penalty_permille: int = WHOLE
    platform_fee_permille: int = 0
    unused_permille: int = 0

    @property
    def baseline(self) -> BaselineRule:
        """Return how its baseline comes about."""
        return BaselineRule(self.method, self.count, self.of_days, self.adjustment_cap_w, self.most_consuming)


@dataclass(frozen=True, slots=True)
class ProductsSet:
    """Products of an area were set; others stay as they were."""

    area_id: str
    products: tuple[Product, ...]


def product_problems(product: Product) -> Iterator[Rejection]:
    """Iterate over everything that is wrong with a product."""
    if product.purpose not in PURPOSES:
        yield Rejection(Code.FIELD_MISSING, "a product is for one purpose", "purpose", product.purpose[:64])
    limits = {
        "pays_from_permille": (0, WHOLE),
        "penalty_permille": (0, MAX_PERMILLE),
        "platform_fee_permille": (0, WHOLE),
        "unused_permille": (0, MAX_PERMILLE),
        "of_days": (1, MAX_DAYS),
        "count": (1, product.of_days),
        "adjustment_cap_w": (0, MAX_CAP_W),
    }
    for field, (least, most) in limits.items():
        value = getattr(product, field)
        if not least <= value <= most:
            rule = f"{field} lies in {least}..{most}"
            yield Rejection(Code.FIELD_OUT_OF_RANGE, rule, field, product.purpose[:64], value=value, limit=most)


def set_products(
    who: Participant | None, areas: Container[str], wish: ProductsSet, *, is_platform: bool
) -> ProductsSet | list[Rejection]:
    """Return the event that sets products of an area, or everything that stands against it.

    `is_platform`: the platform's operator says so, who acts before anybody is registered.
    """
    found = []
    if not is_platform and (who is None or not who.active or MARKET_OPERATOR not in who.roles):
        found.append(Rejection(Code.NOT_AUTHORISED, "an active market operator sets products", "party"))
    if wish.area_id not in areas:
        found.append(Rejection(Code.UNKNOWN_OBJECT, "the area is registered", "area_id", wish.area_id[:64]))
    purposes = [product.purpose for product in wish.products]
    if not purposes or len(set(purposes)) != len(purposes):
        found.append(Rejection(Code.FIELD_MALFORMED, "each product is for another purpose", "products"))
    for product in wish.products[: len(PURPOSES)]:
        found += product_problems(product)
    return found or wish


def of_override(product: Product) -> Product:
    """Return how an override is paid: as its purpose, but the platform takes no part of it."""
    return replace(product, platform_fee_permille=0)
