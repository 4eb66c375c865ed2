"""Independent checker of the network tariff: the potential of every operating point, worked out by another solver.

The formula is written out again here; states come from power-grid-model, injections from what the book adopted and
published. So each bill is the change of the potential, losses included, and the bills, the relief and the revisions of
a period add up to the change over the whole day.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
from log_access import Log, journal

from flexbourse.gridcheck.v1 import gridcheck_pb2 as grid
from flexbourse.log.v1 import log_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse_gridmath.model import NetworkModel
from flexbourse_messages.catalogue import GRID_BASE_CASE, GRID_TARIFF, GRID_TOPOLOGY
from flexbourse_networks.second_solver import SecondSolver

# One rounding of each potential; both solvers are good to far less.
TOLERANCE_MICRO_EURO = 2
EXPONENT = 2
# Networks, and states of each, that are the same in one log after another.
MAX_NETWORKS, MAX_STATES = 8, 200


class _Network:
    """One version of the topology under examination."""

    def __init__(self, model: NetworkModel) -> None:
        self.nodes = [node.id for node in model.nodes]
        self.slack = self.nodes.index(model.slack)
        near = {node.id: node.nominal_kv for node in model.nodes}
        self.rating_mva = np.array([3**0.5 * x.rating_from_ka * near[x.from_node] for x in model.branches])
        ends = Counter(name for branch in model.branches for name in (branch.from_node, branch.to_node))
        self.last = [i for i, name in enumerate(self.nodes) if ends[name] == 1 and i != self.slack]
        solver = SecondSolver(model)

        @lru_cache(maxsize=MAX_STATES)
        def state_of(p_w: tuple[int, ...], q_var: tuple[int, ...]) -> Any:
            return solver.solve([p_w], [q_var])[0]

        self._state_of = state_of

    def potential(self, p_w: Any, q_var: Any, tariff: grid.TariffState) -> float | None:
        """Return what losses, scarce branches and strained ends of feeders cost in the period, in micro-euro."""
        state = self._state_of(tuple(p_w), tuple(q_var))
        if state is None:
            return None
        given, hours = tariff.parameters, tariff.mtu.length_s / 3600
        losses_mw = (state.source_w + sum(p_w) - p_w[self.slack]) / 1e6
        cost = given.energy_micro_euro_per_mwh * losses_mw
        amber, red = given.amber_loading_mpct / 1e5, given.red_loading_mpct / 1e5
        strain = _psi((np.asarray(state.loading) - amber) / (red - amber))
        cost += given.scarcity_micro_euro_per_mwh * (red - amber) * float(self.rating_mva @ strain)
        amber, red = given.amber_voltage_upu / 1e6, given.red_voltage_upu / 1e6
        away = np.abs(np.asarray(state.voltage)[self.last] - given.reference_voltage_upu / 1e6)
        cost += given.voltage_micro_euro_per_pu_h * (red - amber) * float(_psi((away - amber) / (red - amber)).sum())
        return cost * hours


@lru_cache(maxsize=MAX_NETWORKS)
def _network(model: bytes) -> _Network:
    return _Network(NetworkModel.from_bytes(model))


def _psi(z: Any) -> Any:
    inside = np.clip(z, 0, 1)
    return inside ** (EXPONENT + 1) / (EXPONENT + 1) + np.maximum(z - 1, 0)


@dataclass
class _Period:
    """What the book knows of a period, and the potential that it said last."""

    base: grid.BaseCaseState | None = None
    tariff: grid.TariffState | None = None
    accepted: dict[str, tuple[int, int]] = field(default_factory=dict)
    said: int | None = None
    first: int | None = None


@dataclass
class _Book:
    """All periods and versions of the topology of one area."""

    set_ends: set[str] = field(default_factory=set)  # trades with which a set ends in a period
    networks: dict[int, _Network] = field(default_factory=dict)
    periods: dict[int, _Period] = field(default_factory=dict)

    def potential(self, start_s: int) -> float | None:
        """Return the potential of a period as it stands."""
        period = self.periods[start_s]
        if period.base is None or period.tariff is None:
            return None
        network = self.networks[period.base.topology_version]
        p_w, q_var = list(period.base.p_w), list(period.base.q_var)
        for name, (p, q) in period.accepted.items():
            if name in network.nodes:
                p_w[network.nodes.index(name)] += p
                q_var[network.nodes.index(name)] += q
        return network.potential(p_w, q_var, period.tariff)


def wrong_potentials(log: Log) -> list[str]:
    """Return potentials that another solver does not find, and steps from one to the next that nobody announced.

    What is accepted at once shares one change among its trades: where the last of them ends is found by the solver.
    """
    state, wrong, pending = _Book(set_ends=_set_ends(log)), [], None
    awaited = False  # the operating point of a set whose newest trade itself may move nothing
    for message in journal(log, "orderbook"):
        if isinstance(message, log_pb2.Adopted):
            _adopt(state, message)
        elif isinstance(message, book.OrderEvent):
            name = message.WhichOneof("event")
            body = getattr(message, name)
            if name == "trade":
                awaited = _awaits(state, pending, body, awaited=awaited)
                pending = body
                wrong += _step(state, body.trade_id, body.mtu.start_s, body.potential_before_micro_euro, None)
                if not (_moves(body) or awaited):
                    wrong += _traded(state, body)
                    pending = None  # the next operating point is of something else
            elif name == "operating_point":
                start_s = body.mtu.start_s
                state.periods[start_s].accepted.update({c.node_id: (c.p_w, c.q_var) for c in body.accepted})
                if pending is not None and pending.mtu.start_s == start_s:
                    wrong += _traded(state, pending)
                    pending = None
            elif name == "potential_revised":
                after = body.after_micro_euro
                wrong += _step(state, "revision", body.mtu.start_s, body.before_micro_euro, after)
            elif name == "book_closed":
                wrong += _closed(state.periods.get(body.mtu.start_s, _Period()), body)
    return wrong


def _moves(trade: book.TradeExecuted) -> bool:
    return bool(trade.seller.moved_w or trade.buyer.moved_w)


def _awaits(state: _Book, before: book.TradeExecuted | None, trade: book.TradeExecuted, *, awaited: bool) -> bool:
    """Tell whether trades of a set follow each other to one operating point: each begins where the one before ends."""
    if before is None or not _is_of_one_set(before, trade) or not (awaited or _moves(before)):
        return False
    state.periods[trade.mtu.start_s].said = before.potential_after_micro_euro
    return True


def _is_of_one_set(before: book.TradeExecuted, trade: book.TradeExecuted) -> bool:
    return bool(trade.set_id) and before.set_id == trade.set_id and before.mtu == trade.mtu


def _set_ends(log: Log) -> set[str]:
    """Return the last trade of each set in each period."""
    ends: dict[tuple[str, int], str] = {}
    for message in journal(log, "orderbook"):
        if isinstance(message, book.OrderEvent) and message.trade.set_id:
            ends[message.trade.set_id, message.trade.mtu.start_s] = message.trade.trade_id
    return set(ends.values())


def _traded(state: _Book, trade: book.TradeExecuted) -> list[str]:
    """Compare where a trade ends with the second solver; of a set the last one alone."""
    if trade.set_id and trade.trade_id not in state.set_ends:
        state.periods[trade.mtu.start_s].said = trade.potential_after_micro_euro
        return []
    return _reached(state, trade.trade_id, trade.mtu.start_s, trade.potential_after_micro_euro)


def _adopt(state: _Book, adopted: log_pb2.Adopted) -> None:
    if adopted.topic == GRID_TOPOLOGY and adopted.value:
        topology = grid.TopologyState.FromString(adopted.value)
        state.networks[topology.version] = _network(topology.model)
    elif adopted.topic == GRID_BASE_CASE and adopted.value:
        base = grid.BaseCaseState.FromString(adopted.value)
        state.periods.setdefault(base.mtu.start_s, _Period()).base = base
    elif adopted.topic == GRID_TARIFF and adopted.value:
        tariff = grid.TariffState.FromString(adopted.value)
        state.periods.setdefault(tariff.mtu.start_s, _Period()).tariff = tariff


def _step(state: _Book, what: str, start_s: int, before: int, after: int | None) -> list[str]:
    """Compare where a step begins with where the last one ended, and where a revision ends with the second solver."""
    period = state.periods[start_s]
    wrong = []
    if period.said is not None and period.said != before:
        wrong.append(f"{what} in {start_s}: begins at {before}, the last step ended at {period.said}")
    if period.first is None:
        period.first = before
    return wrong if after is None else [*wrong, *_reached(state, what, start_s, after)]


def _reached(state: _Book, what: str, start_s: int, said: int) -> list[str]:
    found = state.potential(start_s)
    state.periods[start_s].said = said
    if found is None or abs(found - said) > TOLERANCE_MICRO_EURO:
        return [f"{what} in {start_s}: says {said}, the second solver finds {found}"]
    return []


def _closed(period: _Period, closed: book.BookClosed) -> list[str]:
    if period.said is not None and (period.first, period.said) != (
        closed.potential_start_micro_euro,
        closed.potential_end_micro_euro,
    ):
        return [f"{closed.mtu.start_s}: closed from {closed.potential_start_micro_euro} to "
                f"{closed.potential_end_micro_euro}, the steps go from {period.first} to {period.said}"]  # fmt: skip
    return []


TARIFF_CHECKERS = (wrong_potentials,)
