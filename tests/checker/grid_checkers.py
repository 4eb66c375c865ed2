"""Independent checkers of what the gate promised: every accepted operating point, judged by power-grid-model.

The state before each match is built anew from what the book adopted and published; limits are worked out from model,
margins and the loadings of the second solver, not from what the book says it took off.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
from log_access import Log, decoded, journal, network

from flexbourse.gridcheck.v1 import gridcheck_pb2 as grid
from flexbourse.log.v1 import log_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse_messages.catalogue import GRID_AUDIT, GRID_BASE_CASE, GRID_MARGIN, GRID_TOPOLOGY
from flexbourse_networks.second_solver import SecondSolver

LOADING_TOLERANCE_MPCT = 20  # solvers agree far better; reliefs are published in whole thousandths
VOLTAGE_TOLERANCE_UPU = 20
RELIABILITY_PERMILLE = 800
MAX_NETWORKS = 8  # that are the same in one log after another


@dataclass
class _Period:
    """What the book knows of a period, and what its matches took from the limits so far."""

    base: grid.BaseCaseState | None = None
    margin: grid.MarginState | None = None
    p: Any = None
    q: Any = None
    loading_relief: Any = 0.0
    low_relief: Any = 0.0
    high_relief: Any = 0.0
    worn: dict[str, tuple[Any, Any, Any]] = field(default_factory=dict)  # by trade: what it took off limits
    area: _Grid | None = None

    def fit(self, area: _Grid) -> None:
        """Carry what was accepted and relieved over to the network that the period sees now, by ids."""
        former, self.area = self.area, area
        if former is area:
            return
        nodes, branches = ([x.id for x in area.model.nodes], [x.id for x in area.model.branches])

        def carried(values: Any, old: list[str], new: list[str]) -> Any:
            known = dict(zip(old, values, strict=True)) if np.ndim(values) else {}
            return np.array([known.get(name, 0) for name in new])

        old_nodes = [x.id for x in former.model.nodes] if former else []
        old_branches = [x.id for x in former.model.branches] if former else []
        self.p, self.q = (
            carried(x if x is not None else 0, old_nodes, nodes).astype(np.int64) for x in (self.p, self.q)
        )
        self.loading_relief = carried(self.loading_relief, old_branches, branches)
        self.low_relief = carried(self.low_relief, old_nodes, nodes)
        self.high_relief = carried(self.high_relief, old_nodes, nodes)
        self.worn = {
            name: (
                carried(loading, old_branches, branches),
                carried(low, old_nodes, nodes),
                carried(high, old_nodes, nodes),
            )
            for name, (loading, low, high) in self.worn.items()
        }


@dataclass
class _Solved:
    """One operating point by the second solver."""

    loading_mpct: Any
    voltage_upu: Any


@lru_cache(maxsize=MAX_NETWORKS)
def _solver(model: bytes) -> SecondSolver:
    return SecondSolver(network(model))


class _Grid:
    """One area's network under examination."""

    def __init__(self, topology: grid.TopologyState) -> None:
        self.effective_from_s = topology.effective_from_s
        self.model = network(topology.model)
        self.index = {node.id: i for i, node in enumerate(self.model.nodes)}
        self.slack = self.index[self.model.slack]
        self.limit = np.array([branch.limit_mpct for branch in self.model.branches], dtype=float)
        self.low = np.array([node.v_low_micro_pu for node in self.model.nodes], dtype=float)
        self.high = np.array([node.v_high_micro_pu for node in self.model.nodes], dtype=float)
        self._solver = _solver(topology.model)

    def solve(self, points: list[tuple[Any, Any]]) -> list[_Solved | None]:
        """Solve injections."""
        states = self._solver.solve([p for p, _ in points], [q for _, q in points])
        return [
            None if state is None else _Solved(np.asarray(state.loading) * 1e5, np.asarray(state.voltage) * 1e6)
            for state in states
        ]


def broken_promises(log: Log, reliability_permille: int = RELIABILITY_PERMILLE) -> list[str]:
    """Return matches after which, or after one side of which, an element is beyond its effective limit and worse.

    And curtailments that move something else than they say, or leave an element farther beyond than trades may.
    """
    seen = _Seen()
    wrong = []
    for message in journal(log, "orderbook"):
        if isinstance(message, log_pb2.Adopted) and message.topic == GRID_TOPOLOGY and message.value:
            seen.areas.append(_Grid(grid.TopologyState.FromString(message.value)))
        elif isinstance(message, log_pb2.Adopted):
            _adopt(message, seen.periods)
        elif isinstance(message, book.OrderEvent):
            name = message.WhichOneof("event")
            if name == "trade":
                _see_trade(seen, message.trade)
            elif name == "trade_curtailed":
                seen.cuts.append(message.trade_curtailed.curtailment)
            elif name == "trade_recalled":
                _see_recall(seen, seen.trades[message.trade_recalled.trade_id])
            elif name in ("reserved", "headroom_filled", "headroom_reduced", "headroom_settled"):
                _see_headroom(seen, name, getattr(message, name))
            elif name == "operating_point":
                wrong += _judge_point(seen, message.operating_point, reliability_permille)
    return wrong


@dataclass
class _Seen:
    """What the journal has said so far; `pending` and `cuts` are what the next operating point follows from.

    `together` are the trades of a set in a period before the pending one: one operating point follows from all.
    """

    areas: list[_Grid] = field(default_factory=list)
    periods: dict[int, _Period] = field(default_factory=dict)
    trades: dict[str, book.TradeExecuted] = field(default_factory=dict)
    pending: book.TradeExecuted | _Fill | None = None
    together: list[book.TradeExecuted] = field(default_factory=list)
    cuts: list[book.Curtailment] = field(default_factory=list)
    held: dict[str, dict[str, int]] = field(default_factory=dict)  # reservation → node → W


@dataclass(frozen=True)
class _Fill:
    """What moves without a match: the part of a reservation that came, or a trade that is taken back."""

    trade_id: str
    came_w: dict[str, int]


def _see_trade(seen: _Seen, trade: book.TradeExecuted) -> None:
    before = seen.pending
    if not (trade.set_id and isinstance(before, book.TradeExecuted) and before.set_id == trade.set_id):
        seen.together.clear()
    elif before.mtu == trade.mtu:
        seen.together.append(before)
    seen.pending = seen.trades[trade.trade_id] = trade


def _see_headroom(seen: _Seen, name: str, body: Any) -> None:
    """Follow what is held; what is confirmed of it moves the next operating point."""
    if name == "reserved":
        held = body.reservation
        seen.held[held.reservation_id] = {change.node_id: change.p_w for change in held.changes}
        return
    before = seen.held.pop(body.reservation_id)
    if name in ("headroom_filled", "headroom_reduced"):
        left = seen.held[body.reservation_id] = {change.node_id: change.p_w for change in body.left}
        if name == "headroom_filled":
            came = {node: w - left.get(node, 0) for node, w in before.items()}
            seen.pending = _Fill(body.reservation_id, came)
    elif body.confirmed:
        seen.pending = _Fill(body.reservation_id, before)


def _see_recall(seen: _Seen, trade: book.TradeExecuted) -> None:
    """Give back what a trade took off limits; what it moved moves back with the next operating point."""
    period, back = seen.periods[trade.mtu.start_s], Counter[str]()
    loading, low, high = period.worn.pop(trade.trade_id, (0.0, 0.0, 0.0))
    period.loading_relief, period.low_relief = period.loading_relief - loading, period.low_relief - low
    period.high_relief = period.high_relief - high
    for node_id, moved_w in _sides_of(trade):
        back[node_id] -= moved_w
    if back:
        seen.pending = _Fill(trade.trade_id, dict(back))


def _judge_point(seen: _Seen, moved: book.OperatingPointChanged, reliability_permille: int) -> list[str]:
    area = next((a for a in reversed(seen.areas) if a.effective_from_s <= moved.mtu.start_s), None)
    trade, cuts, seen.pending, seen.cuts = seen.pending, seen.cuts, None, []
    if area is None or (trade is None and not cuts):
        return [f"an operating point of {moved.mtu.start_s} has no match"]
    period = seen.periods[moved.mtu.start_s]
    period.fit(area)
    if cuts:
        return _judge_curtailment(area, period, [(cut, seen.trades[cut.trade_id]) for cut in cuts], moved)
    assert trade is not None
    if isinstance(trade, _Fill) or not trade.set_id:
        seen.together.clear()
    return _judge(area, period, [*seen.together, trade], moved, reliability_permille)


def _judge_curtailment(
    area: _Grid,
    period: _Period,
    cuts: list[tuple[book.Curtailment, book.TradeExecuted]],
    moved: book.OperatingPointChanged,
) -> list[str]:
    """Return what is wrong with taking parts of trades back: what moves, and what is left beyond without need."""
    assert period.base is not None
    assert period.margin is not None
    expected = np.zeros(len(area.model.nodes), dtype=np.int64)
    for cut, trade in cuts:
        for side in (trade.seller, trade.buyer):
            if side.moved_w:
                expected[area.index[side.node_id]] -= np.sign(side.moved_w) * cut.quantity_w
    after_p = period.p.copy()
    for change in moved.accepted:
        after_p[area.index[change.node_id]] = change.p_w
    wrong = []
    if not np.array_equal(after_p - period.p, expected):
        wrong.append(f"curtailment at {moved.mtu.start_s}: moves {(after_p - period.p).tolist()}")
    alone, after = area.solve(
        [
            (np.array(period.base.p_w), np.array(period.base.q_var)),
            (period.base.p_w + after_p, period.base.q_var + period.q),
        ]
    )
    period.p = after_p
    if alone is None or after is None:
        return [*wrong, f"curtailment at {moved.mtu.start_s}: the second solver finds no solution"]
    bare = _Period(base=period.base, margin=period.margin)
    bare.fit(area)
    return wrong + [f"curtailed at {moved.mtu.start_s}: {text}" for text in _beyond(area, bare, alone, after)]


def _adopt(adopted: log_pb2.Adopted, periods: dict[int, _Period]) -> None:
    if adopted.topic == GRID_BASE_CASE:
        base = grid.BaseCaseState.FromString(adopted.value)
        periods.setdefault(base.mtu.start_s, _Period()).base = base
    elif adopted.topic == GRID_MARGIN:
        margin = grid.MarginState.FromString(adopted.value)
        periods.setdefault(margin.mtu.start_s, _Period()).margin = margin


def _judge(
    area: _Grid, period: _Period, together: Sequence[book.TradeExecuted | _Fill], moved: book.OperatingPointChanged,
    reliability: int,
) -> list[str]:  # fmt: skip
    """Return what is wrong with a match, or with those of a set, which are judged as one."""
    assert period.base is not None
    assert period.margin is not None
    size = len(area.model.nodes)
    before = (period.base.p_w + period.p, period.base.q_var + period.q)
    after_p, after_q = period.p.copy(), period.q.copy()
    for change in moved.accepted:
        after_p[area.index[change.node_id]] = change.p_w
        after_q[area.index[change.node_id]] = change.q_var
    wrong = []
    step = after_p - period.p
    expected = np.zeros(size, dtype=np.int64)
    trade, sides = together[-1], [side for each in together for side in _sides_of(each)]
    for node_id, moved_w in sides:
        expected[area.index[node_id]] += moved_w
    if not np.array_equal(step, expected):
        wrong.append(
            f"{trade.trade_id}: the operating point moves by {step.tolist()}, the sides by {expected.tolist()}"
        )
    halves = sides if isinstance(trade, book.TradeExecuted) and len(together) == 1 else []
    points = [before, (period.base.p_w + after_p, period.base.q_var + after_q)]
    for node_id, moved_w in halves if len(halves) > 1 else []:
        alone = before[0].copy()
        alone[area.index[node_id]] += moved_w
        points.append((alone, before[1]))
    solved = area.solve(points)
    if solved[0] is None or solved[1] is None:
        return [*wrong, f"{trade.trade_id}: the second solver finds no solution"]
    for name, state in zip(("both sides", "one side", "the other side"), solved[1:], strict=False):
        if state is None:
            wrong.append(f"{trade.trade_id}, {name}: the second solver finds no solution")
        else:
            wrong += [f"{trade.trade_id}, {name}: {text}" for text in _beyond(area, period, solved[0], state)]
    _wear(period, solved[0], solved[1], trade, reliability)
    period.p, period.q = after_p, after_q
    return wrong


def _beyond(area: _Grid, period: _Period, before: _Solved, after: _Solved) -> list[str]:
    assert period.margin is not None
    margin = np.array(period.margin.loading_margin_mpct)
    voltage_margin = np.array(period.margin.voltage_margin_upu)
    limit = np.maximum(area.limit - margin - period.loading_relief, 0)
    low = np.minimum(area.low + voltage_margin + period.low_relief, 1e6)
    high = np.maximum(area.high - voltage_margin - period.high_relief, 1e6)
    tests = {
        "loading": (after.loading_mpct, before.loading_mpct, limit, LOADING_TOLERANCE_MPCT),
        "low voltage": (-after.voltage_upu, -before.voltage_upu, -low, VOLTAGE_TOLERANCE_UPU),
        "high voltage": (after.voltage_upu, before.voltage_upu, high, VOLTAGE_TOLERANCE_UPU),
    }
    found = []
    for kind, (now, then, bound, tolerance) in tests.items():
        worse = (now > bound + tolerance) & (now > then + tolerance)
        if kind != "loading":
            worse[area.slack] = False  # the source holds its voltage
        found += [f"{kind} of element {i} is {now[i]:.1f}, the limit {bound[i]:.1f}" for i in np.flatnonzero(worse)]
    return found


def _sides_of(trade: book.TradeExecuted | _Fill) -> list[tuple[str, int]]:
    """Return (node, W) of what a match, or a part of a reservation, moves."""
    if isinstance(trade, _Fill):
        return list(trade.came_w.items())
    return [(side.node_id, side.moved_w) for side in (trade.seller, trade.buyer) if side.moved_w]


def _wear(
    period: _Period, before: _Solved, after: _Solved, trade: book.TradeExecuted | _Fill, reliability: int
) -> None:
    """Take what the match relieved off the limits of the matches behind it; a part of a reservation is no match."""
    if isinstance(trade, _Fill):
        return
    bought = trade.buyer.basis == book.BASIS_OPERATOR_REQUEST
    weight = 1.0 if bought else 1.0 - reliability / 1000
    lift = after.voltage_upu - before.voltage_upu
    loading = weight * np.maximum(before.loading_mpct - after.loading_mpct, 0)
    low, high = weight * np.maximum(lift, 0), weight * np.maximum(-lift, 0)
    period.worn[trade.trade_id] = loading, low, high
    period.loading_relief, period.low_relief = period.loading_relief + loading, period.low_relief + low
    period.high_relief = period.high_relief + high


def unaudited_points(log: Log) -> list[str]:
    """Return periods whose last operating point was not audited: outcomes of audits may come in any order."""
    last: dict[int, int] = {}
    for message in journal(log, "orderbook"):
        if isinstance(message, book.OrderEvent) and message.WhichOneof("event") == "operating_point":
            last[message.operating_point.mtu.start_s] = message.operating_point.sequence
    audited: dict[int, int] = {}
    for audit in _audits(log):
        audited[audit.mtu.start_s] = max(audited.get(audit.mtu.start_s, 0), audit.operating_point_sequence)
    return [f"{start}: {last[start]} accepted, {audited.get(start, 0)} audited" for start in last
            if audited.get(start) != last[start]]  # fmt: skip


def failed_audits(log: Log) -> list[str]:
    """Return audits that found something."""
    return [
        f"audit of {audit.mtu.start_s}: {audit}"
        for audit in _audits(log)
        if audit.disagreement or audit.violation_count or audit.checked_count != 1
    ]


def _audits(log: Log) -> Iterator[grid.AuditRecorded]:
    for _, audit in decoded(log, GRID_AUDIT):
        assert isinstance(audit, grid.AuditRecorded)
        yield audit


GRID_CHECKERS = (broken_promises, unaudited_points, failed_audits)
