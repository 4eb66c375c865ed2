"""Which orders may be conditional, which may be forwarded, and how an order may restrict its matches."""

from __future__ import annotations

from flexbourse_core.rejection import Code, Rejection
from flexbourse_orderbook.domain.orders import (
    MAX_RELIEF_TARGETS,
    MAX_TEXT,
    Basis,
    ExecutionInstructions,
    FillRule,
    Forwarding,
    NewOrder,
    Product,
    Side,
)
from flexbourse_orderbook.domain.registry_state import Market

# Clips of one iceberg: each is an event, and a plan may meet all of them.
MAX_CLIPS = 100
# Far above any loading in mpct or voltage in millionths of pu.
MAX_TARGET = 10_000_000


def refuse_condition(order: NewOrder) -> Rejection | None:
    """Return why an order may not be conditional, or None."""
    if not order.conditional:
        return None
    if order.product not in (Product.FLEX_UP, Product.FLEX_DOWN):
        rule = "active flexibility, UP or DOWN, is offered and requested conditionally"
        return Rejection(Code.PRODUCT_NOT_ALLOWED, rule, field="conditional", element=order.market_id)
    if order.fill_rule is FillRule.FILL_OR_KILL:
        rule = "a conditional order rests or is filled and killed: what is held is no fill of the whole"
        return Rejection(Code.PRODUCT_NOT_ALLOWED, rule, field="fill_rule", element=order.market_id)
    if order.relief_targets:
        rule = "a request with targets buys relief that is made at once"
        return Rejection(Code.PRODUCT_NOT_ALLOWED, rule, field="relief_targets", element=order.element_id)
    return None


def refuse_forwarding(order: NewOrder) -> Rejection | None:
    """Return why what is left of an order may not go on to an energy exchange, or None."""
    if order.forwarding is Forwarding.UNSPECIFIED:
        return None
    if order.product is Product.LOCAL_ENERGY and order.fill_rule is FillRule.NORMAL and order.instructions is None:
        return None
    rule = "energy that rests in the book in every part is forwarded: no flexibility, nothing that is killed"
    return Rejection(Code.PRODUCT_NOT_ALLOWED, rule, field="forwarding", element=order.market_id)


def refuse_instructions(order: NewOrder, market: Market) -> Rejection | None:
    """Return why an order may not restrict its matches as it does, or None."""
    own, whole = order.instructions, order.fill_rule is FillRule.ALL_OR_NONE
    if own is None and not whole:
        return None
    restricted = whole or (own is not None and bool(own.min_quantity_w or own.clip_w or own.clip_step_ticks))
    if restricted and (order.element_id or order.conditional):
        rule = "operators' requests and conditional orders match in every part"
        return Rejection(Code.PRODUCT_NOT_ALLOWED, rule, field="instructions", element=order.market_id)
    if own is None:
        return None
    if min(own.min_quantity_w, own.clip_w, own.clip_step_ticks) < 0:
        rule = "quantities and price steps of instructions are positive"
        return Rejection(Code.FIELD_OUT_OF_RANGE, rule, field="instructions", element=order.market_id, limit=0)
    return _refuse_minimum(order, own, market) or _refuse_iceberg(order, own, market)


def _refuse_minimum(order: NewOrder, own: ExecutionInstructions, market: Market) -> Rejection | None:
    least, field = own.min_quantity_w, "instructions.min_quantity_w"
    if not least:
        return None
    if order.fill_rule is FillRule.ALL_OR_NONE or own.clip_w:
        rule = "all-or-none and icebergs have no minimum quantity besides"
        return Rejection(Code.PRODUCT_NOT_ALLOWED, rule, field=field, element=order.market_id)
    return _refuse_part(order, market, least, field)


def _refuse_part(order: NewOrder, market: Market, part_w: int, field: str) -> Rejection | None:
    """Return why a quantity is no part of an order's, or None."""
    if part_w > order.quantity_w:
        return Rejection(
            Code.FIELD_OUT_OF_RANGE, "a part of an order is at most its quantity", field=field, value=part_w,
            limit=order.quantity_w, unit="W",
        )  # fmt: skip
    if part_w % market.quantity_step_w:
        return Rejection(
            Code.QUANTITY_OFF_STEP, "a part of an order is a multiple of the step", field=field, value=part_w,
            limit=market.quantity_step_w, unit="W",
        )  # fmt: skip
    return None


def _refuse_iceberg(order: NewOrder, own: ExecutionInstructions, market: Market) -> Rejection | None:
    field = "instructions.clip_w"
    if not own.clip_w:
        if not own.clip_step_ticks:
            return None
        return Rejection(Code.FIELD_MISSING, "a price step is one of clips", field=field, element=order.market_id)
    if order.product is not Product.LOCAL_ENERGY or order.fill_rule is not FillRule.NORMAL:
        rule = "energy that rests is shown in clips: flexibility is not ranked by price alone"
        return Rejection(Code.PRODUCT_NOT_ALLOWED, rule, field=field, element=order.market_id)
    clips = -(-order.quantity_w // own.clip_w)
    if own.clip_w < market.min_quantity_w or clips > MAX_CLIPS:
        return Rejection(
            Code.FIELD_OUT_OF_RANGE, "a clip is no smaller than an order, and clips are few", field=field,
            value=own.clip_w, limit=max(market.min_quantity_w, -(-order.quantity_w // MAX_CLIPS)), unit="W",
        )  # fmt: skip
    away = (clips - 1) * own.clip_step_ticks
    last = order.limit_price_ticks + (away if order.side is Side.SELL else -away)
    if not market.min_price_ticks <= last <= market.max_price_ticks:
        return Rejection(
            Code.PRICE_OFF_TICK, "the last clip's price lies within the market's limits",
            field="instructions.clip_step_ticks", value=last,
            limit=market.max_price_ticks if order.side is Side.SELL else market.min_price_ticks, unit="ticks",
        )  # fmt: skip
    return _refuse_part(order, market, own.clip_w, field)


def refuse_spread_offer(order: NewOrder, market: Market, basis: Basis) -> Rejection | None:
    """Return why operators may not pair an order with one at another location, or None."""
    if not order.spread_offer:
        return None
    own = order.instructions
    plain = own is None or not (own.min_quantity_w or own.clip_w)
    energy = order.product is Product.LOCAL_ENERGY and order.fill_rule is FillRule.NORMAL and plain
    if energy and basis is Basis.DEVIATION and order.mtu.length_s == market.mtu_length_s:
        return None
    rule = "local energy of one period that moves the grid and rests in every part is offered for spreads"
    return Rejection(Code.PRODUCT_NOT_ALLOWED, rule, field="spread_offer", element=order.market_id)


def refuse_targets(order: NewOrder) -> Rejection | None:
    """Return why a request may not name its targets so, or None."""
    targets, elements = order.relief_targets, [target.element_id for target in order.relief_targets]
    if not targets:
        return None
    if len(targets) > MAX_RELIEF_TARGETS:
        return Rejection(
            Code.TOO_MANY_ENTRIES, "the elements of a request are bounded", field="relief_targets",
            value=len(targets), limit=MAX_RELIEF_TARGETS, unit="elements",
        )  # fmt: skip
    distinct = len(set(elements)) == len(elements) and len(max(elements, key=len)) <= MAX_TEXT
    if order.element_id not in elements or not distinct:
        return Rejection(
            Code.FIELD_MALFORMED, "the targets of a request are distinct elements, its own one of them",
            field="relief_targets", element=order.element_id,
        )  # fmt: skip
    wrong = next((target for target in targets if not 0 < target.value <= MAX_TARGET), None)
    if wrong is not None:
        return Rejection(
            Code.FIELD_OUT_OF_RANGE, "a target is a loading in mpct or a voltage in millionths of pu",
            field="relief_targets.value", element=wrong.element_id, value=wrong.value, limit=MAX_TARGET,
        )  # fmt: skip
    return None
