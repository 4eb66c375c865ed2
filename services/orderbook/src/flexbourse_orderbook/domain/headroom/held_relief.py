"""Relief that an operator holds as bought: it counts whole against limits until he gives it up.

Given up, it counts like the relief of any other match: by what the market's reliability factor leaves of it.
"""

from __future__ import annotations

from flexbourse_core.rejection import Code, Rejection
from flexbourse_orderbook.domain.events import HeldRelief, ReliefReleased
from flexbourse_orderbook.domain.findings import GridEffect, Sparse
from flexbourse_orderbook.domain.orders import MAX_TEXT
from flexbourse_orderbook.domain.registry_state import Role
from flexbourse_orderbook.domain.state import AreaState, Period


def release(state: AreaState, party: str, trade_id: str) -> ReliefReleased | Rejection:
    """Return the release of bought relief, or why it is not released."""
    if not state.registry.has_role(party, Role.DSO, Role.TSO):
        return Rejection(Code.NOT_AUTHORISED, "operators hold relief as bought", element=party)
    period = next((p for p in state.periods.values() if trade_id in p.held_reliefs), None)
    if period is None:
        return Rejection(
            Code.UNKNOWN_OBJECT, "relief that is held as bought is given up once, before its period ends",
            field="trade_id", element=trade_id[:MAX_TEXT],
        )  # fmt: skip
    held = period.held_reliefs[trade_id]
    if held.party != party:
        return Rejection(
            Code.NOT_OWNER, "relief is given up by who bought it", field="trade_id", element=trade_id[:MAX_TEXT]
        )
    return _refuse_other_topology(period, held) or ReliefReleased(
        state.area_id, period.mtu, trade_id, party, _given_up(state, held)
    )


def _refuse_other_topology(period: Period, held: HeldRelief) -> Rejection | None:
    """What a match relieved is known in the topology that it was made in; in another it goes on to count whole."""
    area = period.grid.area
    if area is not None and area.version == held.effect.topology_version:
        return None
    return Rejection(
        Code.GRID_STATE_MISSING, "relief is given up in the topology that it was bought in", field="trade_id",
        element=held.trade_id, value=held.effect.topology_version, unit="topology version",
    )  # fmt: skip


def _given_up(state: AreaState, held: HeldRelief) -> GridEffect:
    effect, market = held.effect, state.registry.markets[held.market_id]
    return GridEffect(
        topology_version=effect.topology_version,
        weight_permille=-min(market.reliability_permille, effect.weight_permille),
        loading_relief_mpct=effect.loading_relief_mpct,
        low_relief_upu=effect.low_relief_upu,
        high_relief_upu=effect.high_relief_upu,
        loading_budget_micro_pct=Sparse(),
        voltage_budget_npu=Sparse(),
    )
