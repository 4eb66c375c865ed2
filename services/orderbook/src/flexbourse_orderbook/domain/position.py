"""Positions: what a metering point has sold, bought and moved in one period, and how much more its units may.

The base is frozen at the first order. Scheduled sales stay within max(0, base), purchases within max(0, -base); base
and all deviations, resting ones included per direction, stay inside the unit's power and energy.
"""

from __future__ import annotations

from collections.abc import Callable

from flexbourse_core.market_time import Mtu
from flexbourse_core.rejection import Code, Rejection
from flexbourse_core.values import replace
from flexbourse_orderbook.domain.headroom.outside import NOTHING, Outside
from flexbourse_orderbook.domain.orders import Side
from flexbourse_orderbook.domain.registry_state import Unit
from flexbourse_orderbook.domain.resting.levels import RestingOrder

SECONDS_PER_HOUR = 3600
# Neighbouring periods that are looked at for energy shifted in one go: a day of quarter-hours each way.
MAX_RUN = 96
_SELL = Side.SELL


class Position:
    """One metering point in one period; W, deviations as injections.

    Resting quantities follow from open orders and held matches: both keep what they may still deliver.
    """

    __slots__ = (
        "base_case_version", "base_w", "deviation_w", "reactive_var", "resting_bought_w", "resting_down_w",
        "resting_reactive_down_var", "resting_reactive_up_var", "resting_sold_w", "resting_up_w", "scheduled_bought_w",
        "scheduled_sold_w",
    )  # fmt: skip

    def __init__(self, base_w: int, base_case_version: int) -> None:
        self.base_w = base_w
        self.base_case_version = base_case_version
        self.scheduled_sold_w = 0
        self.scheduled_bought_w = 0
        self.deviation_w = 0
        self.resting_sold_w = 0
        self.resting_bought_w = 0
        self.resting_up_w = 0
        self.resting_down_w = 0
        self.reactive_var = 0
        self.resting_reactive_up_var = 0
        self.resting_reactive_down_var = 0

    def copied(self) -> Position:
        """Return another position that stands as this one does."""
        other = Position(self.base_w, self.base_case_version)
        other.scheduled_sold_w, other.scheduled_bought_w = self.scheduled_sold_w, self.scheduled_bought_w
        other.deviation_w, other.reactive_var = self.deviation_w, self.reactive_var
        other.resting_sold_w, other.resting_bought_w = self.resting_sold_w, self.resting_bought_w
        other.resting_up_w, other.resting_down_w = self.resting_up_w, self.resting_down_w
        other.resting_reactive_up_var = self.resting_reactive_up_var
        other.resting_reactive_down_var = self.resting_reactive_down_var
        return other

    def beside(self, outside: Outside) -> Position:
        """Return the position with what was traded outside counted as if it had been traded here."""
        if outside is NOTHING or outside == NOTHING:
            return self
        whole = self.copied()
        whole.scheduled_sold_w += outside.sold
        whole.scheduled_bought_w += outside.bought
        whole.deviation_w += outside.deviation
        return whole

    @property
    def rests(self) -> bool:
        """Tell whether something open or held may still be delivered."""
        active = self.resting_sold_w or self.resting_bought_w or self.resting_up_w or self.resting_down_w
        return bool(active or self.resting_reactive_up_var or self.resting_reactive_down_var)

    def rest(self, order: RestingOrder, quantity_w: int) -> None:
        """Add an open quantity of an order; negative where it leaves the book."""
        if order.is_reactive:
            if order.moves > 0:
                self.resting_reactive_up_var += quantity_w
            else:
                self.resting_reactive_down_var += quantity_w
        elif order.moves > 0:
            self.resting_up_w += quantity_w
        elif order.moves < 0:
            self.resting_down_w += quantity_w
        elif order.is_buy:
            self.resting_bought_w += quantity_w
        else:
            self.resting_sold_w += quantity_w

    def fill(self, order: RestingOrder, quantity_w: int) -> None:
        """Turn an open quantity into an accepted one."""
        if order.moves or order.is_reactive:
            self.rest(order, -quantity_w)
            if order.is_reactive:
                self.reactive_var += order.moves * quantity_w
            else:
                self.deviation_w += order.moves * quantity_w
        elif order.is_buy:
            self.resting_bought_w -= quantity_w
            self.scheduled_bought_w += quantity_w
        else:
            self.resting_sold_w -= quantity_w
            self.scheduled_sold_w += quantity_w

    def hold(self, moves: int, quantity_w: int) -> None:
        """Keep room for a held deviation in a direction; negative where it ends."""
        if moves > 0:
            self.resting_up_w += quantity_w
        elif moves < 0:
            self.resting_down_w += quantity_w

    def call(self, moves: int, quantity_w: int) -> None:
        """Turn a held deviation into an accepted one."""
        self.hold(moves, -quantity_w)
        self.deviation_w += moves * quantity_w

    def accept(self, moves: int, quantity_w: int, *, sold: bool) -> None:
        """Count a quantity that did not rest before."""
        if moves:
            self.deviation_w += moves * quantity_w
        elif sold:
            self.scheduled_sold_w += quantity_w
        else:
            self.scheduled_bought_w += quantity_w

    def take_back(self, moves: int, quantity_w: int, *, sold: bool) -> None:
        """Undo a part of an accepted quantity."""
        self.accept(moves, -quantity_w, sold=sold)

    def committed_w(self, moves: int) -> int:
        """Return the deviation in a direction (+1 up, -1 down) if all that rests in it were accepted; at least 0."""
        resting = self.resting_up_w if moves > 0 else self.resting_down_w
        return max(0, moves * self.deviation_w + resting)


# The position of the same metering point in a period that starts at a second, None where there is none.
Neighbour = Callable[[int], Position | None]


def scheduled_room_w(position: Position, side: Side) -> int:
    """Return how much more scheduled energy may be sold or bought."""
    if side is _SELL:
        return max(0, position.base_w) - position.scheduled_sold_w - position.resting_sold_w
    return max(0, -position.base_w) - position.scheduled_bought_w - position.resting_bought_w


def power_room_w(position: Position, unit: Unit, moves: int) -> int:
    """Return how far a deviation may still go until base and all deviations leave the unit's power."""
    if moves > 0:
        return unit.max_power_w - position.base_w - position.deviation_w - position.resting_up_w
    return position.base_w + position.deviation_w - position.resting_down_w - unit.min_power_w


def refuse_beyond_reactive(position: Position, unit: Unit, moves: int, quantity_var: int) -> Rejection | None:
    """Return why a unit may not offer a reactive quantity, or None: what is accepted and rests stays in its power."""
    resting = position.resting_reactive_up_var if moves > 0 else position.resting_reactive_down_var
    room = max(0, unit.max_reactive_var - moves * position.reactive_var - resting)
    if quantity_var <= room:
        return None
    return Rejection(
        Code.BASIS_EXCEEDED, "reactive deviations stay inside the unit's reactive power", field="quantity_w",
        element=unit.unit_id, value=quantity_var, limit=room, unit="var", headroom_w=room,
    )  # fmt: skip


def energy_room_w(unit: Unit, mtu: Mtu, moves: int, position: Position, neighbour: Neighbour) -> int | None:
    """Return how far the energy that the unit can shift in one go still reaches; None where it has no limit.

    In one go: over neighbouring periods without a gap that deviate in the same direction.
    """
    if unit.sustained_energy_wh == 0:
        return None
    committed = position.committed_w(moves)
    for step in (-mtu.length_s, mtu.length_s):
        committed += run_w(mtu.start_s + step, step, moves, neighbour)
    return unit.sustained_energy_wh * SECONDS_PER_HOUR // mtu.length_s - committed


def run_w(start_s: int, step_s: int, moves: int, neighbour: Neighbour) -> int:
    """Return what is committed in a direction from a period on, in steps, until one that is not committed."""
    committed = 0
    for _ in range(MAX_RUN):
        other = neighbour(start_s)
        more = 0 if other is None else other.committed_w(moves)
        if more == 0:
            break
        committed += more
        start_s += step_s
    return committed


def refuse_beyond_position(
    position: Position, side: Side, moves: int, unit: Unit, mtu: Mtu, quantity_w: int, neighbour: Neighbour | None
) -> Rejection | None:
    """Return why a metering point may not trade a quantity for a unit in a period, or None.

    `neighbour` is asked where the unit's energy bounds a deviation, and may be None elsewhere.
    """
    if moves == 0:
        rule, room = "scheduled trade stays within the frozen base", scheduled_room_w(position, side)
    else:
        rule = "base and all deviations stay inside the unit's approved power"
        room = power_room_w(position, unit, moves)
        energy = energy_room_w(unit, mtu, moves, position, neighbour) if neighbour is not None else None
        if energy is not None and energy < room:
            rule, room = "deviations in one go stay inside the unit's sustained energy", energy
    if quantity_w <= room:
        return None
    return Rejection(
        Code.BASIS_EXCEEDED, rule, field="quantity_w", element=unit.unit_id, value=quantity_w, limit=max(0, room),
        unit="W", headroom_w=max(0, room),
    )  # fmt: skip


def naming_outside(refusal: Rejection, outside: Outside, side: Side, moves: int) -> Rejection:
    """Return a refusal with what was traded outside the same way, where that is what has taken room."""
    scheduled = outside.sold if side is Side.SELL else outside.bought
    taken = moves * outside.deviation if moves else scheduled
    if taken <= 0:
        return refusal
    done = "bought" if side is Side.BUY else "sold"
    return replace(refusal, rule=f"{refusal.rule}; {taken} W are {done} outside")
