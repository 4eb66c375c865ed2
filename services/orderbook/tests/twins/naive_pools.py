"""A pool, slow and obvious: every price that may matter, upstream as one more of each side, an island's unit cut.

Written from the rules, for one period whose tariffs are zero; what the exact grid takes is judged, not reckoned.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from book_world import base_of
from naive_auctions import STEP, Wish, clear

from flexbourse_gridmath.check import CheckResult, check, open_gate
from flexbourse_gridmath.limits import Limits
from flexbourse_gridmath.powerflow import OperatingPoint, apply_change, solve_from_no_load
from flexbourse_gridmath.topology import Topology
from flexbourse_gridmath.vector import Change

POWER_W = 60_000
LAST = 10**9  # upstream comes after all members
UPSTREAM = "upstream"


@dataclass
class Member(Wish):
    """An order that waits for the pool."""

    unit: str = ""

    @property
    def moves(self) -> int:
        """Return how a W of it changes its node: what is scheduled does not."""
        return 0 if self.unit.startswith("house") else -1 if self.buys else 1

    @property
    def node(self) -> str:
        return self.unit[-2:]


class Told(NamedTuple):
    """What a pool says: whether it stands, its price, W from upstream, W of an island's unit, who trades with whom."""

    agreed: bool
    price: int | None = None
    imported: int = 0
    forming: int = 0
    trades: tuple[tuple[str, str, int], ...] = ()


@dataclass
class NaivePool:
    """One period of a pool, from its call to behind it."""

    topology: Topology
    terms: dict[str, Any]
    members: list[Member] = field(default_factory=list)
    sequence: int = 0

    def __post_init__(self) -> None:
        homes = [base_of(name) if name not in ("source", "bar") else 0 for name in self.topology.node_ids]
        point = solve_from_no_load(self.topology, homes, [0] * self.topology.n_nodes)
        assert isinstance(point, OperatingPoint)
        self.point = point

    def waiting(self) -> list[Member]:
        return [member for member in self.members if member.waits]

    def room(self, unit: str, *, buys: bool) -> int:
        """Return what a unit may still offer beside all of it that waits."""
        base, sign = base_of(unit[-2:]), -1 if buys else 1
        waits = sum(m.quantity for m in self.waiting() if m.unit == unit and m.buys == buys)
        return (max(0, sign * base) if unit.startswith("house") else POWER_W - sign * base) - waits

    def enter(self, unit: str, *, buys: bool, quantity: int, price: int) -> bool:
        if quantity > self.room(unit, buys=buys):
            return False
        self.sequence += 1
        self.members.append(Member(self.sequence, buys, quantity, price, unit=unit))
        return True

    # --- clearing

    def clear(self) -> Told:
        """Clear what waits: whoever would meet nobody but himself is out, the latest first, and all begins anew."""
        members = self.waiting()
        if self.terms.get("forming_unit_id"):
            up, down = (self.spare(sign) for sign in (1, -1))
            if min(up, down) < 0:
                return Told(agreed=False)
            members = [*self.within(members, up, buys=False), *self.within(members, down, buys=True)]
            members.sort(key=lambda member: member.sequence)
        while True:
            result = clear([*members, *self.upstream()])
            taken = [(m, result.got[m.sequence]) for m in members if m.sequence in result.got]
            imported = result.got.get(LAST, 0) - result.got.get(LAST + 1, 0)
            trades, alone = meetings(taken, imported)
            if alone is None:
                break
            members = [member for member in members if member is not alone]
        forming = 0
        if self.terms.get("forming_unit_id"):
            left = self.left_over(taken)
            forming = left + sum(m.moves * w for m, w in taken if m.unit == self.terms["forming_unit_id"])
            if abs(left) > self.terms["forming_reserve_w"]:
                return Told(agreed=False)
        return Told(True, result.price, imported, forming, tuple(trades))  # noqa: FBT003

    def upstream(self) -> list[Wish]:
        """Return the grid above: it sells at one price and buys at a lower one, as far as its limits go."""
        if not self.terms.get("upstream_id"):
            return []
        both = [
            Wish(LAST, buys=False, quantity=self.terms["import_limit_w"], price=self.terms["import_price_ticks"]),
            Wish(LAST + 1, buys=True, quantity=self.terms["export_limit_w"], price=self.terms["export_price_ticks"]),
        ]  # fmt: skip
        return [wish for wish in both if wish.quantity]

    def spare(self, sign: int) -> int:
        """Return how far an island's unit may still go: its limits less the reserve, and one step."""
        base = base_of(self.terms["forming_unit_id"][-2:])
        return POWER_W - sign * base - self.terms["forming_reserve_w"] - STEP

    def within(self, members: list[Member], spare: int, *, buys: bool) -> list[Member]:
        """Cut an island's unit's own orders of one side to what it may still do, the best prices first."""
        side = [member for member in members if member.buys == buys]
        own = [member for member in side if member.unit == self.terms["forming_unit_id"]]
        found = [member for member in side if member not in own]
        for member in sorted(own, key=lambda m: (-m.price if buys else m.price, m.sequence)):
            quantity = min(member.quantity, spare)
            spare -= quantity
            if quantity:
                found.append(Member(member.sequence, buys, quantity, member.price, unit=member.unit))
        return found

    # --- the grid

    def change(self, taken: list[tuple[Member, int]]) -> Change:
        moving = [(m, w) for m, w in taken if m.moves]
        index = self.topology.node_index
        return Change(
            tuple(index[m.node] for m, _ in moving), tuple(m.moves * w for m, w in moving), (0,) * len(moving)
        )

    def left_over(self, taken: list[tuple[Member, int]]) -> int:
        """Return what nobody sold and an island's unit has to give: losses, and energy that was there already."""
        change = self.change(taken)
        after = apply_change(self.topology, self.point, change)
        assert isinstance(after, OperatingPoint)
        return round((after.losses_pu - self.point.losses_pu) * self.topology.base_va) - sum(change.p_w)

    def grid_takes(self, taken: list[tuple[Member, int]], *, either_side: bool) -> bool:
        """Tell whether the grid takes all of it, and all of it without each one."""
        sets = [taken] + [taken[:i] + taken[i + 1 :] for i in range(len(taken)) if either_side and len(taken) > 1]
        gate = open_gate(self.topology, [self.point], [Limits.of(self.topology)])
        found = [check(gate, self.change(own), either_side=False) for own in sets if self.change(own).nodes]
        return all(isinstance(result, CheckResult) and result.feasible for result in found)


def meetings(taken: list[tuple[Member, int]], imported: int) -> tuple[list[tuple[str, str, int]], Member | None]:
    """Return who sells to whom, both by time and upstream last, and the latest of those who are left alone."""
    sells = [[m, w] for m, w in taken if not m.buys] + ([[None, imported]] if imported > 0 else [])
    buys = [[m, w] for m, w in taken if m.buys] + ([[None, -imported]] if imported < 0 else [])
    made = []
    for sale in sells:
        for purchase in buys:
            seller, buyer = sale[0], purchase[0]
            quantity = min(sale[1], purchase[1])
            if quantity and not (seller and buyer and seller.unit == buyer.unit):
                sale[1] -= quantity
                purchase[1] -= quantity
                made.append((seller.unit if seller else UPSTREAM, buyer.unit if buyer else UPSTREAM, quantity))
    alone = [side[0] for side in (*sells, *buys) if side[1] and side[0] is not None]
    return made, max(alone, key=lambda member: member.sequence, default=None)
