"""The exact grid check of an allocation of capacity, and the cuts with which it answers.

Whoever is allocated capacity may use any part of it, so an allocation is checked as headroom of any fill: beside all
that is held, in every subset. An element beyond its limit becomes a cut, its effects at the worst subset being the
weights. That is linear and the grid is not: where the same element binds again, what it lacks is asked for twice over,
so that the rounds end.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from flexbourse_auction.capacity import Claim, Cut
from flexbourse_auction.orders import Contract
from flexbourse_core.market_time import Mtu
from flexbourse_orderbook.domain.capacity_auction.events import CapacityCut
from flexbourse_orderbook.domain.findings import NodeChange
from flexbourse_orderbook.domain.grid.area_grid import GridPeriod
from flexbourse_orderbook.domain.grid.shortage import MICRO, Shortage, find_shortage
from flexbourse_orderbook.domain.headroom.events import HeadroomReserved, ReserveHeadroom
from flexbourse_orderbook.domain.state import AreaState

# Shares of what is allocated in a period that stay where no element, or no effect on it, can be told.
KEPT_TENTHS = 9
INJECTS, CONSUMES = "+", "-"


def place(node_id: str, sign: int) -> str:
    """Return the name of what is used at a node in a direction."""
    return (INJECTS if sign > 0 else CONSUMES) + node_id


def contract(mtu: Mtu) -> Contract:
    """Return a period as a contract of the auction."""
    return Contract(mtu.start_s, "capacity")


@dataclass(frozen=True, slots=True)
class Found:
    """A cut, and what is told of it."""

    cut: Cut
    told: CapacityCut


class GridCheck:
    """Checks allocations of one auction; keeps what every round was answered."""

    def __init__(self, state: AreaState, mtus: Sequence[Mtu], claims: Sequence[Claim]) -> None:
        self._state = state
        self._mtus = mtus
        self._claims = claims
        self._bound: dict[tuple[Mtu, str], int] = {}
        self.rounds: list[tuple[int, tuple[CapacityCut, ...]]] = []

    def __call__(self, allocated: Mapping[str, int]) -> list[Cut]:
        """Return the cuts that an allocation, W by claim, breaks: at most one for each period."""
        found = [cut for mtu in self._mtus if (cut := self._of_period(mtu, allocated)) is not None]
        self.rounds.append((sum(allocated.values()), tuple(one.told for one in found)))
        return [one.cut for one in found]

    def _of_period(self, mtu: Mtu, allocated: Mapping[str, int]) -> Found | None:
        used: dict[str, int] = {}
        for claim in self._claims:
            if contract(mtu) in claim.contracts and allocated.get(claim.claim_id, 0):
                used[claim.node] = used.get(claim.node, 0) + allocated[claim.claim_id]
        if not used:
            return None
        grid = self._state.period(mtu).grid
        shortage = shortage_of(self._state, grid, used)
        return None if shortage is None else self._cut(mtu, grid, used, shortage)

    def _cut(self, mtu: Mtu, grid: GridPeriod, used: Mapping[str, int], shortage: Shortage) -> Found:
        assert grid.area is not None
        index, effects = grid.area.topology.node_index, shortage.effects
        weights = {}
        for name in sorted({claim.node for claim in self._claims if contract(mtu) in claim.contracts}):
            effect = int(effects[index[name[1:]]]) * (1 if name.startswith(INJECTS) else -1)
            weights[name] = max(0, effect)
        times = self._bound[mtu, shortage.element_id] = self._bound.get((mtu, shortage.element_id), 0) + 1
        now = sum(weights[name] * power for name, power in used.items())
        lacks = max(1, abs(shortage.value - shortage.limit)) * MICRO * 2 ** (times - 1)
        if now == 0:
            weights = dict.fromkeys(weights, 1)
            now = sum(used.values())
            lacks = now - now * KEPT_TENTHS // 10
        cut_id = f"{mtu.start_s} {shortage.element_id or 'power flow'} {times}"
        cut = Cut(cut_id, contract(mtu), tuple(weights.items()), max(0, now - max(1, lacks)))
        told = CapacityCut(mtu, shortage.element_id, shortage.value, shortage.limit, shortage.unit)
        return Found(cut, told)


def shortage_of(state: AreaState, grid: GridPeriod, used: Mapping[str, int]) -> Shortage | None:
    """Return what of a period does not take some capacity beside what is held, by any share of it; None: all does."""
    view = grid.view()
    assert view is not None  # who asks has looked
    changes = tuple(
        NodeChange(name[1:], power if name.startswith(INJECTS) else -power, 0) for name, power in _by_node(used)
    )
    wish = ReserveHeadroom("", state.area_id, grid.mtu, changes, 0, any_fill=True)
    together = grid.held_with(HeadroomReserved(wish, "", None))
    return find_shortage(view.gatekeeper.gate().lifted, view.schedule, together.calls, in_part=True)


def _by_node(used: Mapping[str, int]) -> Iterable[tuple[str, int]]:
    return sorted(used.items())
