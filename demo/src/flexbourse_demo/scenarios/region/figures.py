"""What the noon in the region comes to, for programs and for the report."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

import numpy as np

from flexbourse.ancillary_gateway.v1 import ancillary_gateway_pb2 as mfrr
from flexbourse_demo.modelled.market_day import MTU_LENGTH_S
from flexbourse_demo.scenarios.region import scene as valley
from flexbourse_demo.scenarios.region.play import Played
from flexbourse_gridmath.powerflow import OperatingPoint, solve_from_no_load
from flexbourse_gridmath.topology import compile_topology

QUARTERS = 4  # of an hour


@dataclass(frozen=True)
class Flow:
    """The valley in one quarter-hour with what batteries give: loading in percent, voltage in pu."""

    title: str
    batteries_w: dict[str, int]
    loading_percent: dict[str, float]
    voltage_pu: dict[str, float]

    def injection_w(self, feeder: str) -> int:
        """Return what the villages of a feeder give together."""
        return sum(
            valley.SUN_W[village] - valley.HOMES_W[village] + self.batteries_w.get(village, 0)
            for village in valley.FEEDERS[feeder]
        )


def flow(title: str, batteries_w: dict[str, int]) -> Flow:
    """Return the exact flows of the base case with batteries."""
    topology = compile_topology(valley.network())
    p_w = np.zeros(topology.n_nodes, dtype=np.int64)
    for node, base_w in valley.meters():
        p_w[topology.node_index[node]] = base_w
    for village, own_w in batteries_w.items():
        p_w[topology.node_index[f"{village}-battery"]] += own_w
    point = solve_from_no_load(topology, p_w, np.zeros_like(p_w))
    assert isinstance(point, OperatingPoint)  # within every rating by far
    loading = dict(zip(topology.branch_ids, (point.loading * 100).tolist(), strict=True))
    return Flow(title, batteries_w, loading, dict(zip(topology.node_ids, point.magnitude.tolist(), strict=True)))


def delivered_w(played: Played, period: int) -> dict[str, int]:
    """Return what batteries were ordered in a quarter-hour, by village."""
    start_s = valley.periods()[period].start_s
    found: dict[str, int] = {}
    for own in played.activations:
        index = (start_s - own.window.start_s) // MTU_LENGTH_S
        for share in own.shares:
            if 0 <= index < len(share.quantities_w):
                village = share.unit_id.split(".")[0]
                found[village] = found.get(village, 0) + share.quantities_w[index]
    return found


def accepted_w(state: mfrr.PlatformOrderState) -> int:
    """Return what of an order was accepted, in W."""
    refused = {answer.bid_id for answer in state.answer.answers if answer.HasField("refusal")}
    answered = {answer.bid_id for answer in state.answer.answers}
    return sum(bid.quantity_w for bid in state.order.bids if bid.bid_id in answered - refused)


def asked_w() -> dict[str, int]:
    """Return what all batteries would give."""
    return dict.fromkeys(valley.VILLAGES, valley.BATTERY_W)


def figures(played: Played) -> dict[str, Any]:
    """Return what programs read of the run."""
    trades = played.trades()
    fills = [record for record in played.records if record.versions]
    ordered = sum(bid.quantity_w for order in played.platform_orders for bid in order.order.bids)
    accepted = sum(accepted_w(order) for order in played.platform_orders)
    return {
        "trades": len(trades),
        "local_kwh": sum(trade.quantity_w for trade in trades) / 1000 / QUARTERS,
        "exchange_mwh": sum(own.filled_w for own in played.external_orders) / 1e6 / QUARTERS,
        "exchange_euro": -played.accounts_micro_euro["VENUE-okte"] / 1e6,
        "mfrr_euro": -played.accounts_micro_euro["VENUE-mfrr"] / 1e6,
        "ordered_mw": ordered // 1_000_000,
        "accepted_mw": accepted / 1e6,
        "blocked_mw": (ordered - accepted) / 1e6,
        "published_limits": sum(len(order.answer.limits) for order in played.platform_orders),
        "records": len(fills),
        "record_ids": [record.record_id for record in fills],
        "disputed": sum(
            any(not attestation.agree for attestation in record.versions[-1].attestations) for record in fills
        ),
        "accounts_euro": {name: amount / 1e6 for name, amount in played.accounts_micro_euro.items()},
        "sum_micro_euro": sum(played.accounts_micro_euro.values()),
        "audits": {
            "checked": played.audit.checked_count,
            "disagreements": played.audit.disagreement_count,
            "violations": played.audit.violation_count,
        },
        "digests": {"trades": _digest(trades), "external": _digest(played.external_orders),
                    "orders": _digest(played.platform_orders)},
    }  # fmt: skip


def _digest(messages: Any) -> str:
    found = hashlib.sha256()
    for message in messages:
        found.update(message.SerializeToString(deterministic=True))
    return found.hexdigest()
