"""What the registry must say before a party may trade in a market, and a unit be offered there, in a period."""

from __future__ import annotations

from flexbourse_core.market_time import Mtu
from flexbourse_core.rejection import Code, Rejection
from flexbourse_orderbook.domain.orders import NewOrder, Product
from flexbourse_orderbook.domain.registry_state import EnrolmentRule, Market, ProductType, RegistryState, Role, Unit

QUALIFIED_BY: dict[Product, ProductType] = {
    Product.LOCAL_ENERGY: ProductType.ENERGY,
    Product.FLEX_UP: ProductType.CONGESTION,
    Product.FLEX_DOWN: ProductType.CONGESTION,
    Product.FLEX_REACTIVE_UP: ProductType.VOLTAGE,
    Product.FLEX_REACTIVE_DOWN: ProductType.VOLTAGE,
}


def refuse_no_grid_operator(registry: RegistryState, area_id: str, party: str) -> Rejection | None:
    """Return that a party does not request relief of an area, or None."""
    own = registry.areas.get(area_id)
    is_dso = own is not None and own.dso_id == party and registry.has_role(party, Role.DSO)
    if is_dso or registry.has_role(party, Role.TSO):
        return None
    return Rejection(Code.NOT_AUTHORISED, "the area's DSO or a TSO requests relief", element=party)


def refuse_unenrolled(registry: RegistryState, market: Market, party: str) -> Rejection | None:
    """Return that the party has not enrolled in a market that asks for it, or None."""
    if market.enrolment == EnrolmentRule.UNSPECIFIED or registry.is_enrolled(party, market.market_id):
        return None
    return Rejection(Code.NOT_ENROLLED, "the party has enrolled in the market", "market_id", market.market_id)


def refuse_without_right(
    registry: RegistryState, party: str, product: Product, mtu: Mtu, unit: Unit
) -> Rejection | None:
    """Return that the party has no right to offer the unit for the whole period, or None."""
    right = registry.right_held(party, unit.unit_id, mtu, QUALIFIED_BY.get(product))
    if right is None:
        return Rejection(
            Code.NO_RIGHT_TO_OFFER, "the party holds the right to offer the unit for the whole period",
            field="unit_id", element=unit.unit_id, value=mtu.start_s, unit="s",
        )  # fmt: skip
    if right.granted_to_s < mtu.end_s and registry.asks_the_chain(unit):
        rule = f"the chain grants right {right.right_id} for the whole period; rights of the area hold on the chain"
        return Rejection(
            Code.RIGHT_NOT_ON_CHAIN, rule, "unit_id", unit.unit_id, right.granted_to_s, mtu.end_s, "s"
        )  # fmt: skip
    return None


def refuse_ineligible(
    registry: RegistryState, market: Market | None, party: str, order: NewOrder, unit: Unit
) -> Rejection | None:
    """Return the first thing that the registry says against offering a unit for the whole period, or None."""
    refusal = refuse_without_right(registry, party, order.product, order.mtu, unit)
    if refusal is not None:
        return refusal
    product = QUALIFIED_BY.get(order.product)
    if product is not None and unit.qualified_for is not None and product not in unit.qualified_for:
        rule = f"the unit is qualified for the product type {product.name}"
        return Rejection(Code.NOT_QUALIFIED, rule, field="product", element=unit.unit_id)
    if market is not None and market.feeder_ids and unit.feeder_id not in market.feeder_ids:
        rule = "the unit lies at one of the feeders where the market is held"
        return Rejection(Code.OUTSIDE_MARKET_LOCATION, rule, field="unit_id", element=unit.feeder_id)
    return _refuse_outside_approval(unit, order.mtu)


def _refuse_outside_approval(unit: Unit, mtu: Mtu) -> Rejection | None:
    """The approval's bounds of power are the unit's own in the book; here its period counts."""
    rule = "the grid operator's approval holds for the whole period"
    if mtu.start_s < unit.approved_from_s:
        return Rejection(
            Code.NOT_PREQUALIFIED, rule, "unit_id", unit.unit_id, mtu.start_s, unit.approved_from_s, "s"
        )  # fmt: skip
    if unit.approved_to_s and mtu.end_s > unit.approved_to_s:
        return Rejection(
            Code.NOT_PREQUALIFIED, rule, "unit_id", unit.unit_id, mtu.end_s, unit.approved_to_s, "s"
        )  # fmt: skip
    return None
