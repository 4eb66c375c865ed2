"""Which spans a market trades, and what an order over one may ask for.

A product of 30 or 60 minutes is a span that starts at a multiple of its length, with every fill rule. A block is any
run of the market's periods within one local delivery day, all-or-none or fill-or-kill.
"""

from __future__ import annotations

from flexbourse_core.market_time import Mtu
from flexbourse_core.rejection import Code, Rejection
from flexbourse_orderbook.domain.grid.frozen_bases import base_w
from flexbourse_orderbook.domain.orders import MAX_TEXT, Forwarding, NewOrder
from flexbourse_orderbook.domain.position import SECONDS_PER_HOUR, Position, run_w
from flexbourse_orderbook.domain.registry_state import Market, MeteringPoint, Unit
from flexbourse_orderbook.domain.state import AreaState, Period

# Spans of one area that orders named and that have not begun.
MAX_SPANS = 10_000


def refuse_span(state: AreaState, market: Market, order: NewOrder) -> Rejection | None:
    """Return why an order is not one over a span that its market trades, or None."""
    mtu, length_s = order.mtu, market.mtu_length_s
    count, beyond = divmod(mtu.length_s, length_s)
    is_product = mtu.length_s in market.span_lengths_s and mtu.start_s % mtu.length_s == 0
    if beyond or mtu.start_s % length_s or (not is_product and not 2 <= count <= market.max_block_mtus):
        rule = "a span is a product of the market, or a block of at most so many of its periods"
        return Rejection(
            Code.FIELD_MALFORMED, rule, field="mtu", value=mtu.length_s, limit=market.max_block_mtus * length_s,
            unit="s",
        )  # fmt: skip
    if state.local_day(mtu.start_s) != state.local_day(mtu.end_s - 1):
        rule = "a span lies within one local delivery day"
        return Rejection(Code.FIELD_MALFORMED, rule, field="mtu", value=mtu.start_s, unit="s")
    if any(other.mtu_length_s == mtu.length_s for other in state.registry.markets_of(state.area_id)):
        rule = "no market of the area has periods as long as the span"
        return Rejection(Code.FIELD_MALFORMED, rule, field="mtu", value=mtu.length_s, unit="s")
    if not is_product and not order.fill_rule.is_whole:
        rule = "a block is all-or-none or fill-or-kill"
        return Rejection(Code.PRODUCT_NOT_ALLOWED, rule, field="fill_rule", element=market.market_id)
    return _refuse_kind(order)


def _refuse_kind(order: NewOrder) -> Rejection | None:
    """Return why an order is of a kind that is of single periods, or None."""
    kinds = {
        "element_id": bool(order.element_id),
        "conditional": order.conditional,
        "product": order.product.is_reactive,
        "forwarding": order.forwarding is not Forwarding.UNSPECIFIED,
    }
    field = next((name for name, asked in kinds.items() if asked), None)
    if field is None:
        return None
    rule = "operators' requests, conditional and reactive ones, and what is forwarded are of single periods"
    return Rejection(Code.PRODUCT_NOT_ALLOWED, rule, field=field, element=order.market_id[:MAX_TEXT])


def refuse_crowded_spans(state: AreaState, mtu: Mtu, period: Period | None) -> Rejection | None:
    """Return that no further span is kept, or None."""
    if period is None or not period.is_span or state.spans.get(mtu) is not None or len(state.spans) < MAX_SPANS:
        return None
    return Rejection(
        Code.BOOK_FULL, "the spans of an area are bounded", value=len(state.spans), limit=MAX_SPANS, unit="spans"
    )


def refuse_energy_of_span(
    state: AreaState, point: MeteringPoint, unit: Unit, mtu: Mtu, moves: int, span: Period, quantity_w: int
) -> Rejection | None:
    """Return that a unit cannot shift a quantity over the whole span in one go, with what is next to it, or None."""
    if not moves or not unit.sustained_energy_wh:
        return None
    name, length_s = point.metering_point_id, span.parts[0].mtu.length_s

    def neighbour(start_s: int) -> Position | None:
        return state.position_of(name, Mtu(start_s, length_s))

    own = [
        state.position_of(name, part.mtu) or Position(base_w(state, part, point), 0) for part in span.parts
    ]  # fmt: skip
    committed = sum(position.committed_w(moves) for position in own)
    committed += run_w(mtu.start_s - length_s, -length_s, moves, neighbour)
    committed += run_w(mtu.end_s, length_s, moves, neighbour)
    room = (unit.sustained_energy_wh * SECONDS_PER_HOUR // length_s - committed) // len(own)
    if quantity_w <= room:
        return None
    return Rejection(
        Code.BASIS_EXCEEDED, "deviations in one go stay inside the unit's sustained energy, over the whole span",
        field="quantity_w", element=unit.unit_id, value=quantity_w, limit=max(0, room), unit="W",
        headroom_w=max(0, room),
    )  # fmt: skip
