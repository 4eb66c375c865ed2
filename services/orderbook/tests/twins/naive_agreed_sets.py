"""Agreements, slow and obvious: who must agree, and several trades at once through the gate or none of them.

Written from the rules, for local energy at noon; shares with the real book only the grid's mathematics.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from book_world import ENERGY, HOMES, PARTIES
from naive_book import NaiveBook
from naive_calls import taken_by
from naive_orders import Deal, Entry

from flexbourse_gridmath.check import CheckResult, check, open_gate
from flexbourse_gridmath.path import path_integral
from flexbourse_gridmath.powerflow import OperatingPoint, apply_change
from flexbourse_gridmath.tariff import potential
from flexbourse_gridmath.vector import Change

HOUR_MS = 3_600_000


@dataclass
class Agreed:
    """One trade of an agreement; `bearer` is who bears its tariff, empty for the rule's own answer."""

    seller: str
    buyer: str
    quantity: int
    price: int
    bearer: str = ""

    def sides(self) -> list[Entry]:
        return [
            Entry(0, "", unit, "energy", buys, self.price, self.quantity, "fok")
            for unit, buys in ((self.seller, False), (self.buyer, True))
        ]

    @property
    def parties(self) -> list[str]:
        return [PARTIES[HOMES.index(unit[-2:]) % len(PARTIES)] for unit in (self.seller, self.buyer)]


@dataclass
class Proposal:
    """An agreement that waits for the words of others."""

    number: int
    proposer: str
    trades: list[Agreed]
    until_ms: int
    awaited: list[str] = field(default_factory=list)

    @property
    def parties(self) -> set[str]:
        return {self.proposer, *(party for trade in self.trades for party in trade.parties)}


class NaiveAgreedSets(NaiveBook):
    """The book of noon beside what parties agree on."""

    def __init__(self, topology: Any, ticks: list[int]) -> None:
        super().__init__(topology, ticks)
        self.proposals: list[Proposal] = []
        self.outcomes: list[tuple[int, str]] = []
        self.proposed = 0
        # Of each trade what the seller bears, and whether it is of a set.
        self.bills: dict[int, tuple[int, bool]] = {}

    # --- words

    def propose(self, proposer: str, trades: list[Agreed], until_ms: int) -> str:
        """Take a proposal, or return why not; where nobody else has to agree it is executed."""
        refusal = next(filter(None, map(self.refuse_sides, trades)), "")
        if refusal:
            return refusal
        self.proposed += 1
        others = dict.fromkeys(party for trade in trades for party in trade.parties if party != proposer)
        made = Proposal(self.proposed, proposer, trades, until_ms or self.now_ms + HOUR_MS, list(others))
        self.proposals.append(made)
        return "" if made.awaited else self.execute(made)

    def answer(self, proposal: Proposal, party: str, *, confirm: bool) -> str:
        if party not in proposal.parties:
            return "AGREEMENT_UNKNOWN"
        if not confirm:
            self.end(proposal, "WITHDRAWN" if party == proposal.proposer else "DECLINED")
            return ""
        if party not in proposal.awaited:
            return "NOT_IN_THIS_STATE"
        proposal.awaited.remove(party)
        return "" if proposal.awaited else self.execute(proposal)

    def end(self, proposal: Proposal, outcome: str) -> None:
        self.proposals.remove(proposal)
        self.outcomes.append((proposal.number, outcome))

    def expire_proposals(self) -> None:
        for proposal in list(self.proposals):
            if proposal.until_ms <= self.now_ms:
                self.end(proposal, "EXPIRED")

    # --- the whole, or nothing

    def execute(self, proposal: Proposal) -> str:
        """Let all trades come about, or none; returns why none does."""
        sides = [trade.sides() for trade in proposal.trades]
        refusal = next(filter(None, map(self.refuse_sides, proposal.trades)), "")
        refusal = refusal or self.refuse_positions(sides) or self.trade_together(proposal.trades, sides)
        self.end(proposal, "REFUSED" if refusal else "EXECUTED")
        return refusal

    def refuse_sides(self, trade: Agreed) -> str:
        """Return which rule about the sides alone stands against a trade."""
        seller, buyer = trade.sides()
        if not self.is_open:
            return "GATE_CLOSED"
        if not self.markets[ENERGY].take(trade.quantity, trade.price):
            return "QUANTITY OR PRICE"
        return "SELF_TRADE" if seller.place == buyer.place else ""

    def refuse_positions(self, sides: list[list[Entry]]) -> str:
        """Look whether each has room beside those before it."""
        before = len(self.deals)
        try:
            for seller, buyer in sides:
                if any(side.open > self.room(side) for side in (seller, buyer)):
                    return "BASIS_EXCEEDED"
                self.deals.append(Deal(seller, buyer, seller.open, seller.price, 0, 0))
            return ""
        finally:
            del self.deals[before:]

    def trade_together(self, trades: list[Agreed], sides: list[list[Entry]]) -> str:
        moving = [side for both in sides for side in both if side.sign]
        if "unknown" in [self.light(f"street-{side.node[0]}") for both in sides for side in both]:
            return "LIGHT_UNKNOWN"
        point, index = self.point(), self.topology.node_index
        after, shares = point, [0] * len(moving)
        here = potential(self.topology, self.parameters, point)
        if moving:
            change = change_of(moving, index)
            if not all(self.takes_change_of(point, part) for part in self.parts(moving)):
                return "GRID_LIMIT_EXCEEDED"
            found = apply_change(self.topology, point, change)
            assert isinstance(found, OperatingPoint)
            after = found
            stopped = self.stopped_by_light(point, after, self.limits())
            if stopped:
                return stopped
            shares = list(path_integral(self.topology, self.parameters, point, change))
        taken = taken_by(point, after, self.limits(), 1000 - self.markets[ENERGY].reliability_permille)
        borne = {id(side): share for side, share in zip(moving, shares, strict=True)}
        for trade, (seller, buyer) in zip(trades, sides, strict=True):
            parts = borne.get(id(seller), 0), borne.get(id(buyer), 0)
            dnut = sum(parts)
            here += dnut
            carries = taken if moving and moving[0] in (seller, buyer) else {}
            for side in (seller, buyer):
                self.frozen.setdefault(side.place, self.base[index[side.node]])
                side.fill(trade.quantity)
            self.bills[len(self.deals)] = seller_bears(trade.bearer, parts, alone=len(trades) == 1), len(trades) > 1
            self.deals.append(Deal(seller, buyer, trade.quantity, trade.price, dnut, here, carries))
        self.dirty = self.dirty or bool(moving)
        return ""

    def parts(self, moving: list[Entry]) -> list[list[Entry]]:
        """Return all of it, and where the market asks for that all of it without each one of its sides."""
        missing = range(len(moving)) if self.markets[ENERGY].either_side_missing and len(moving) > 1 else ()
        return [moving, *(moving[:i] + moving[i + 1 :] for i in missing)]

    def takes_change_of(self, point: OperatingPoint, moving: list[Entry]) -> bool:
        gate = open_gate(self.topology, [point], [self.limits()])
        found = check(gate, change_of(moving, self.topology.node_index), either_side=False)
        return isinstance(found, CheckResult) and found.feasible


def change_of(moving: list[Entry], index: dict[str, int]) -> Change:
    return Change(
        tuple(index[side.node] for side in moving), tuple(side.sign * side.open for side in moving), (0,) * len(moving)
    )


def seller_bears(bearer: str, parts: tuple[int, int], *, alone: bool) -> int:
    """Return what the seller bears of a trade's tariff; the odd micro-euro is the buyer's."""
    whole = sum(parts)
    halves = bearer == "halves" or (alone and not bearer)
    return {"seller": whole, "buyer": 0}.get(bearer, whole // 2 if halves else parts[0])
