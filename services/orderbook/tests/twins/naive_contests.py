"""Part of the slow twin: firm orders that only headroom of external orders stands against, and what no longer fits."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
from naive_orders import Entry

from flexbourse_gridmath.check import open_gate
from flexbourse_gridmath.conditional import NOTHING, CallsVerdict, check_with_calls, merged
from flexbourse_gridmath.powerflow import OperatingPoint, apply_change

PENDING = "HEADROOM_PENDING"
# What is out of its limit beyond dispute, and calls whose subsets are all looked at.
CLEARLY_MPCT, CLEARLY_UPU, MAX_CALLS = 1_000, 2_000, 6


class Contests:
    """Who waits for external orders of the twin, and what was told of it."""

    def __init__(self, book: Any) -> None:
        self.book = book
        self.lacks = 0  # what the pair that was tried last lacks because of them
        self.told: list[tuple[str, str, int]] = []
        self._waiting: list[tuple[Entry, Entry]] = []

    def tell(self, entry: Entry, other: Entry, lacks: int) -> None:
        """Tell once, while both rest, that an order which matches in parts would match with another."""
        rests = entry.state == other.state == "open" and entry.rule == "normal"
        if rests and entry not in [own for own, _ in self.waiting()]:
            self.told.append((entry.order_id, other.order_id, lacks))
            self._waiting.append((entry, other))

    def waiting(self) -> list[tuple[Entry, Entry]]:
        """Return who still waits, by time."""
        self._waiting = [pair for pair in self._waiting if all(e.state == "open" for e in pair)]
        return sorted(self._waiting, key=lambda pair: pair[0].sequence)

    def tried(self, aggressor: Entry, resting: Entry, refusal: str) -> None:
        """Something else than external orders stands against a pair."""
        if refusal and refusal != PENDING:
            self._waiting = [pair for pair in self._waiting if {p.order_id for p in pair} != {
                aggressor.order_id, resting.order_id
            }]  # fmt: skip

    def forget(self, entry: Entry) -> None:
        """An order lost its place."""
        self._waiting = [pair for pair in self._waiting if entry not in pair]

    def room_came(self) -> list[tuple[Entry, Entry]]:
        """Begin all anew; returns who waited, but for markets that try all that waits at once anyway."""
        waited, self._waiting = self.waiting(), []
        rules = self.book.markets
        return [
            pair
            for pair in waited
            for own in [rules["energy" if pair[0].product == "energy" else "flex"]]
            if own.automatic_matching and not own.retries_after_match
        ]

    def may_be_short(self) -> bool:
        """Tell whether all that is held is not known to fit beside the accepted trades."""
        book = self.book
        if not any(hold.external for hold in book.held):
            return False
        calls = [kept.call(book.topology.node_index) for kept in book.kept]
        calls += [call for hold in book.held for call in hold.calls()]
        gate = open_gate(book.topology, [book.point()], [book.limits(worn=False)])
        verdict = check_with_calls(gate, NOTHING, calls, enumerate_up_to=0)
        return not (isinstance(verdict, CallsVerdict) and verdict.feasible)

    def is_short(self) -> bool:
        """Tell whether some external orders, filled whole, carry an element clearly out of its limit."""
        book = self.book
        calls = [call for hold in book.held if hold.external for call in hold.calls()][:MAX_CALLS]
        limits, point = book.limits(worn=False), book.point()
        for made in product((False, True), repeat=len(calls)):
            change = merged([call.change for call, is_made in zip(calls, made, strict=True) if is_made])
            after = apply_change(book.topology, point, change)
            if not isinstance(after, OperatingPoint):
                return True
            loading, voltage = after.loading_mpct(), after.voltage_micro_pu()
            over = loading - np.maximum(limits.loading_mpct, point.loading_mpct())
            high = voltage - np.maximum(limits.v_high_micro_pu, point.voltage_micro_pu())
            low = np.minimum(limits.v_low_micro_pu, point.voltage_micro_pu()) - voltage
            if over.max() > CLEARLY_MPCT or max(high.max(), low.max()) > CLEARLY_UPU:
                return True
        return False
