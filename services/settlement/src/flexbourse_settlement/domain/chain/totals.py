"""Totals of claims on the chain: one per unit, period and direction, the newest revision only, many in one transaction.

A total that is revised while it waits goes once. A batch that the chain refuses is split: each of its totals goes by
itself, and the one that may not stand is refused alone, with the reason.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from flexbourse_settlement.domain.chain.calls import CallOutcome, CallPurpose, ChainCall, Commitment
from flexbourse_settlement.domain.chain.contracts import FLEX_LEDGER
from flexbourse_settlement.domain.facts import UnitTotal

MAX_IN_ONE = 200  # totals or spans in one transaction
MAX_WAITING = 100_000
MAX_REMEMBERED = 200_000  # newest revisions that were sent: a repetition is not sent again
FORGOTTEN_AT_ONCE = 20_000

CAPACITIES, REVISE = "setCapacities", "revise"

Key = tuple[str, int]


@dataclass(slots=True)
class Totals:
    """Totals that wait, in the order in which their units and periods were first heard of, and what was sent."""

    waiting: dict[Key, UnitTotal] = field(default_factory=dict)
    alone: set[Key] = field(default_factory=set)  # of those that wait: not in a batch
    spans_w: dict[str, int] = field(default_factory=dict)  # by unit, as the chain has them
    revisions: dict[Key, int] = field(default_factory=dict)  # newest that was sent

    def take(self, total: UnitTotal) -> None:
        """Take a total; no newer revision than one that is known changes nothing. The oldest of too many is dropped.

        It is missed until the next revision of its unit and period, which has all of it.
        """
        key = (total.unit_id, total.start_s)
        known = self.waiting[key].revision if key in self.waiting else self.revisions.get(key, 0)
        if total.revision <= known:
            return
        self.waiting[key] = total
        if len(self.waiting) > MAX_WAITING:
            dropped = next(iter(self.waiting))
            del self.waiting[dropped]
            self.alone.discard(dropped)

    def next_call(self, span_of: Callable[[str], int]) -> ChainCall | None:
        """Return the next call, None where nothing waits. `span_of` says by how much a unit can deviate, in W."""
        chosen = self._chosen()
        if not chosen:
            return None
        spans = {each.unit_id: span_of(each.unit_id) for each in chosen}
        changed = {unit_id: span_w for unit_id, span_w in spans.items() if self.spans_w.get(unit_id, 0) != span_w}
        if changed:
            pairs = tuple((Commitment(unit_id), span_w) for unit_id, span_w in changed.items())
            return ChainCall(CallPurpose.TOTALS, "", FLEX_LEDGER, CAPACITIES, (pairs,))
        revisions = tuple(
            (Commitment(each.unit_id), each.start_s, (each.up_w, each.down_w, each.revision, each.operated))
            for each in chosen
        )
        return ChainCall(CallPurpose.TOTALS, "", FLEX_LEDGER, REVISE, (revisions,))

    def _chosen(self) -> list[UnitTotal]:
        """Return the first that wait, up to one that goes by itself."""
        chosen: list[UnitTotal] = []
        for key, total in self.waiting.items():
            if key in self.alone:
                return chosen or [total]
            chosen.append(total)
            if len(chosen) == MAX_IN_ONE:
                break
        return chosen

    def asked(self, call: ChainCall) -> None:
        """Take that a call is under way: what it carries waits no more."""
        for total in totals_of(call):
            key = (total.unit_id, total.start_s)
            del self.waiting[key]
            self.alone.discard(key)
            self.revisions[key] = total.revision
        if len(self.revisions) > MAX_REMEMBERED:
            for key in sorted(self.revisions, key=lambda key: (key[1], key[0]))[:FORGOTTEN_AT_ONCE]:
                del self.revisions[key]

    def called(self, outcome: CallOutcome) -> None:
        """Take what became of a call. What a batch was refused for is found by trying each of it alone."""
        if outcome.call.function == CAPACITIES:
            # Noted even where it was refused, so that it is not asked for ever: the totals are refused for it instead.
            self.spans_w.update(_spans_of(outcome.call))
            return
        totals = totals_of(outcome.call)
        if not outcome.error or len(totals) == 1:
            return
        for total in totals:
            key = (total.unit_id, total.start_s)
            self.waiting.setdefault(key, total)  # a newer revision may wait by now
            self.alone.add(key)


def totals_of(call: ChainCall) -> tuple[UnitTotal, ...]:
    """Return the totals that a call writes."""
    if call.function != REVISE:
        return ()
    items: Any = call.arguments[0]
    return tuple(UnitTotal("", unit.subject, start_s, *words) for unit, start_s, words in items)


def _spans_of(call: ChainCall) -> dict[str, int]:
    pairs: Any = call.arguments[0]
    return {unit.subject: span_w for unit, span_w in pairs}
