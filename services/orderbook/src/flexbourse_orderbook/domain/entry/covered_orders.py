"""Whether an order fits into what is allotted to its party: the last rule that it passes before it enters the book."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flexbourse_core.rejection import Code, Rejection
from flexbourse_orderbook.domain.entry.collateral import affordable_w, exposure_micro_euro
from flexbourse_orderbook.domain.orders import Basis

# What a refusal can say; more would no market's quantity and price cost that anybody means.
MAX_SHOWN = 2**63 - 1
_OPERATOR_REQUEST = Basis.OPERATOR_REQUEST

if TYPE_CHECKING:
    from flexbourse_orderbook.domain.entry.application import Application


def has_collateral(a: Application) -> Rejection | None:
    """What the order may cost at worst fits into the party's allotment, where the market asks for that."""
    return refuse_uncovered(a)


def collateral_of(a: Application) -> int:
    """Return what an order may cost at worst where its market asks for collateral; operators' requests need none."""
    if a.market is None or not a.market.collateral_required or a.basis is _OPERATOR_REQUEST:
        return 0
    order = a.order
    return exposure_micro_euro(a.market, order.side, order.quantity_w, order.limit_price_ticks, order.mtu.length_s)


def refuse_uncovered(a: Application, own_micro_euro: int = 0) -> Rejection | None:
    """Return why an order does not fit into the allotment, or None; `own` is what it has of it already."""
    needed, held = collateral_of(a), a.state.collateral
    left = held.left(a.party) + own_micro_euro
    if needed <= left or needed <= own_micro_euro:
        return None
    assert a.market is not None
    order = a.order
    return Rejection(
        Code.COLLATERAL_INSUFFICIENT, "what orders and unsettled matches may cost fits into the party's allotment",
        field="quantity_w", element=a.party, value=min(MAX_SHOWN, held.limit(a.party) - left + needed),
        limit=held.limit(a.party), unit="micro-euro",
        headroom_w=affordable_w(a.market, order.side, left, order.limit_price_ticks, order.mtu.length_s),
    )  # fmt: skip
