"""What a connection that is not all firm may carry: its firm part, and beyond it what was allocated."""

from __future__ import annotations

from flexbourse_core.market_time import Mtu
from flexbourse_core.rejection import Code, Rejection
from flexbourse_orderbook.domain.orders import Side
from flexbourse_orderbook.domain.position import Position
from flexbourse_orderbook.domain.registry_state import MeteringPoint
from flexbourse_orderbook.domain.state import AreaState


def refuse_beyond_connection(
    state: AreaState, point: MeteringPoint, position: Position, mtu: Mtu, side: Side, moves: int, quantity_w: int
) -> Rejection | None:
    """Return why a connection does not carry a further quantity, or None.

    A deviation counts beside the base and all that is accepted or rests in its direction; of what is scheduled the
    part of the base that the connection carries may be traded.
    """
    sign = moves or (1 if side is Side.SELL else -1)
    firm = point.firm_injection_w if sign > 0 else point.firm_consumption_w
    limit = firm + state.capacity_auctions.allocated_w(point.metering_point_id, mtu, sign)
    if moves:
        resting = position.resting_up_w if moves > 0 else position.resting_down_w
        taken = sign * (position.base_w + position.deviation_w) + resting
    elif side is Side.SELL:
        taken = position.scheduled_sold_w + position.resting_sold_w
    else:
        taken = position.scheduled_bought_w + position.resting_bought_w
    room = max(0, limit - taken)
    if quantity_w <= room:
        return None
    return Rejection(
        Code.CAPACITY_NOT_ALLOCATED, "beyond its firm part a connection is used with an allocation of capacity",
        field="quantity_w", element=point.metering_point_id, value=taken + quantity_w, limit=limit, unit="W",
        headroom_w=room,
    )  # fmt: skip
