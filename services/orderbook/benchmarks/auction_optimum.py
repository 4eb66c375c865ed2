"""The network-constrained auction over all bids at once: the most welfare that any matching could reach. HiGHS."""

from __future__ import annotations

import numpy as np
from market_33 import Day
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import lil_matrix

GAP = 1e-6
TIME_LIMIT_S = 120.0


def optimum(day: Day) -> float:
    """Welfare in EUR per hour of delivery: single bids by any part, blocks whole or not at all (a 0/1 variable each).

    Per hour offered and requested quantities balance in each direction and flows stay within capacities, as in the
    published auction.
    """
    rows = [(column, bid) for column, group in enumerate(day.groups) for bid in group]
    columns = len(day.groups)
    whole = [bool(group[0].block) for group in day.groups]
    gain = np.zeros(columns)
    lines = len(day.network.branches)
    hours = len(day.setpoints_w)
    balance = lil_matrix((2 * hours, columns))
    flows = lil_matrix((lines * hours, columns))
    for column, bid in rows:
        sign = 1.0 if bid.kind == "request" else -1.0
        up = 1.0 if bid.direction == "up" else -1.0
        size = bid.quantity if whole[column] else 1.0
        gain[column] += sign * bid.price * size
        balance[2 * bid.mtu + (bid.direction == "up"), column] += sign * size
        injection = -sign * up * size
        for line in np.flatnonzero(day.network.factors[:, bid.bus]):
            flows[bid.mtu * lines + line, column] += day.network.factors[line, bid.bus] * injection
    base = np.concatenate([day.network.factors @ (np.array(hour) / 1e6) for hour in day.setpoints_w])
    capacity = np.tile(day.network.capacity_mw, hours)
    most = np.array([1.0 if whole[i] else group[0].quantity for i, group in enumerate(day.groups)])
    found = milp(
        -gain,
        integrality=np.array(whole, dtype=int),
        bounds=Bounds(0.0, most),
        constraints=[
            LinearConstraint(balance.tocsr(), 0.0, 0.0),
            LinearConstraint(flows.tocsr(), -capacity - base, capacity - base),
        ],
        options={"mip_rel_gap": GAP, "time_limit": TIME_LIMIT_S},
    )
    if found.status != 0:
        raise RuntimeError(f"no optimum: {found.message}")
    return float(-found.fun)
