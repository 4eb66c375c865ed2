"""Part of the slow twin: headroom that is held for orders elsewhere, filled, confirmed and given back."""

from __future__ import annotations

from naive_contests import Contests
from naive_orders import Entry, Hold, Scan
from naive_seen import Seen

from flexbourse_gridmath.check import CheckResult, check
from flexbourse_gridmath.conditional import ENUMERATE_UP_TO, NOTHING, CallsVerdict, check_with_calls
from flexbourse_gridmath.limits import Limits
from flexbourse_gridmath.powerflow import OperatingPoint, apply_change


class Headroom(Seen):
    """What is held of one period; matching is the book's."""

    contests: Contests
    scan: Scan
    dirty: bool

    def meet(self, entry: Entry, only: Entry | None = None) -> None:
        """Match an order with what rests, or with one of them."""
        raise NotImplementedError

    def stopped_by_light(self, before: OperatingPoint, after: OperatingPoint, limits: Limits) -> str:
        """Return the element through which a light stands against a change."""
        raise NotImplementedError

    def hold(self, wanted: Hold) -> None:
        """Hold headroom, where the grid takes all of it and no light stands against it."""
        point, limits = self.point(), self.limits()
        after = apply_change(self.topology, point, wanted.change())
        if not self.takes(wanted) or not isinstance(after, OperatingPoint):
            return
        zones = {self.topology.zone_ids[int(self.topology.node_zone[node])] for node in wanted.p_w}
        if "unknown" in map(self.light, zones) or self.stopped_by_light(point, after, limits):
            return
        self.held.append(wanted)
        for home in (self.topology.node_ids[node] for node in wanted.p_w if wanted.by_service):
            for place in (f"battery-{home}", f"house-{home}"):
                self.frozen.setdefault(place, self.base[self.topology.node_index[home]])

    def takes(self, wanted: Hold) -> bool:
        """Tell whether the grid takes what is wanted, whatever becomes of it and of what is held."""
        gate, change, calls = self.gate(), wanted.change(), []
        if wanted.any_fill:
            change, calls = NOTHING, wanted.calls()
        else:
            alone = check(gate.gate, change, either_side=False)
            if not isinstance(alone, CheckResult) or not alone.feasible:
                return False
        in_part = wanted.any_fill or any(hold.any_fill for hold in self.held)
        enumerated = 0 if in_part or gate.lifted is not gate.gate else ENUMERATE_UP_TO
        verdict = check_with_calls(gate.lifted, change, [*gate.calls, *calls], enumerate_up_to=enumerated)
        return isinstance(verdict, CallsVerdict) and verdict.feasible

    def settle(self, index: int, *, confirm: bool) -> None:
        """Confirm held headroom, or give it back."""
        hold = self.held.pop(index)
        if confirm:
            self.confirmed.extend(hold.p_w.items())
        else:
            self.room_came()

    def give_up(self, index: int, node: int, p_w: int) -> None:
        """Give up a part at one node of held headroom; what is left stays held."""
        self.take(index, node, p_w)
        self.room_came()

    def room_came(self) -> None:
        """Let who waited for external orders try first, then all that waits."""
        self.dirty = True
        for aggressor, resting in self.contests.room_came():
            if aggressor.state == resting.state == "open":
                self.try_again(aggressor, resting)
        self.scan.run()

    def try_again(self, one: Entry, other: Entry) -> None:
        """Try two that rest, if they cross still: an iceberg's next clip may ask for more."""
        resting, aggressor = sorted((one, other), key=lambda e: e.sequence)
        if resting in self.crossing(aggressor):
            self.meet(aggressor, only=resting)

    def fill(self, index: int, node: int, p_w: int) -> None:
        """Take a part that came at one node of held headroom; what is left stays held."""
        self.confirmed.append((node, p_w))
        self.take(index, node, p_w)

    def take(self, index: int, node: int, p_w: int) -> None:
        hold = self.held[index]
        hold.p_w[node] -= p_w
        if not hold.p_w[node]:
            del hold.p_w[node]
        if not hold.p_w:
            del self.held[index]
