"""What goes out next: leftovers pooled to lots, within each participant's limit, and the headroom that they need."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from flexbourse_wholesale_gateway.domain import events as e
from flexbourse_wholesale_gateway.domain.desk import Desk, changes_of
from flexbourse_wholesale_gateway.domain.external_orders.order import ExternalTerms, Indication
from flexbourse_wholesale_gateway.domain.lots.exposure import MAX_EXPOSURES, MAX_NODES, NodePower
from flexbourse_wholesale_gateway.domain.lots.leftovers import Leftover
from flexbourse_wholesale_gateway.domain.lots.pooling import ExchangeRules, ForwardableOrder, Pool, pool_orders
from flexbourse_wholesale_gateway.domain.state import GatewayState

HEADROOM_WAIT_S = 30  # no answer of the grid by then is a no
HEADROOM_WAIT_STEPS = 3
LEAST_TIME_S = 60  # before the exchange's gate; later nothing goes out any more

Key = tuple[str, int]


def forward(desk: Desk) -> None:
    """Want an order on the exchange for every pool of whole lots; nothing while the exchange takes none."""
    state = desk.state
    if not state.forwards or len(state.exposures.exposures) >= MAX_EXPOSURES:
        return
    for _, orders in sorted(_ready(state).items()):
        rules = ExchangeRules()
        plan = pool_orders(within_limits(state, orders), rules)
        for pool in plan.pools:
            for part in _few_nodes(pool, rules):
                _want(desk, part)


def next_ready_s(leftover: Leftover) -> int | None:
    """Return when a leftover may go out again; None for one that does not wait for time alone."""
    return leftover.retry_s if leftover.is_ready(leftover.retry_s) else None


def _ready(state: GatewayState) -> dict[Key, list[ForwardableOrder]]:
    found: dict[Key, list[ForwardableOrder]] = {}
    ready = sorted(name for name, leftover in state.leftovers.items() if leftover.is_ready(state.now_s))
    for leftover in [state.leftovers[name] for name in ready]:
        order = leftover.order
        gate_s = order.mtu.start_s - state.rules.gate_before_s
        if state.now_s + LEAST_TIME_S <= gate_s:
            found.setdefault((order.area_id, order.mtu.start_s), []).append(replace(order, open_w=leftover.left_w))
    return found


def within_limits(state: GatewayState, orders: Sequence[ForwardableOrder]) -> list[ForwardableOrder]:
    """Cut the orders of each participant to what he may still hold of the area in the period, by id."""
    room: dict[str, int] = {}
    kept = []
    for order in orders:
        party = order.participant_id
        if party not in room:
            room[party] = state.rules.limit_w - state.exposures.unexecuted_w(party, order.area_id, order.mtu)
        watts = min(order.open_w, max(0, room[party]))
        room[party] -= watts
        if watts:
            kept.append(replace(order, open_w=watts))
    return kept


def _few_nodes(pool: Pool, rules: ExchangeRules) -> Iterator[Pool]:
    """Split a pool of too many nodes into single lots; a lot of too many nodes stays local."""
    if len({member.order.node_id for member in pool.members}) <= MAX_NODES:
        yield pool
        return
    orders = [replace(member.order, open_w=member.quantity_w) for member in pool.members]
    for single in pool_orders(orders, replace(rules, max_lots=1)).pools:
        if len({member.order.node_id for member in single.members}) <= MAX_NODES:
            yield single


def _want(desk: Desk, pool: Pool) -> None:
    state, mtu = desk.state, pool.mtu
    intent_id = f"wholesale-{state.intents + 1}.{mtu.start_s}"
    if state.exposures.problems(intent_id, (mtu,), pool.members):
        return
    terms = ExternalTerms(
        delivery_start_s=mtu.start_s, delivery_end_s=mtu.end_s, gate_s=mtu.start_s - state.rules.gate_before_s,
        side=pool.side, quantity_w=pool.quantity_w, price_ticks=pool.price_ticks, indication=Indication.NONE,
    )  # fmt: skip
    pieces = tuple(e.Piece(member.order.order_id, member.quantity_w) for member in pool.members)
    deadline_step = state.step + HEADROOM_WAIT_STEPS if state.step else 0
    deadline_s = state.now_s + HEADROOM_WAIT_S
    desk.record(e.ExternalWanted(intent_id, pool.area_id, terms, deadline_s, deadline_step, pieces))
    ask_room(desk, intent_id)


def ask_room(desk: Desk, intent_id: str) -> None:
    """Ask for headroom for every fill of what an order or curve has left, in each period of its delivery."""
    exposure = desk.state.exposures.exposures[intent_id]
    # Of what moves nothing the area is asked all the same: whether its light lets anything through.
    power = exposure.power(exposure.left_w) or (NodePower(exposure.members[0].order.node_id, 0),)
    for reservation_id, mtu in zip(exposure.reservation_ids, exposure.mtus, strict=True):
        wish = e.Reservation(reservation_id, exposure.area_id, mtu, changes_of(power), mtu.end_s * 1000, any_fill=True)
        desk.record(e.RoomAsked(intent_id, wish))
