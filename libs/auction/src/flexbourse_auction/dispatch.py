"""The best outcome of one set of blocks: exact at once where all are all or none, else by a linear program."""

from __future__ import annotations

from collections.abc import Sequence
from math import floor

from flexbourse_auction.linear import Effort
from flexbourse_auction.market import Market
from flexbourse_auction.nodal_prices import choose_nodal_prices, full_rows
from flexbourse_auction.orders import WHOLE_PPM
from flexbourse_auction.outcome import (
    WHOLE_W,
    Outcome,
    Powers,
    Valuation,
    admissible,
    block_welfare,
    evaluate,
    injections,
    slack_w,
    volume_w,
    whole_powers,
)
from flexbourse_auction.volume import most_volume
from flexbourse_auction.welfare_program import MAX_SHARPENINGS, Proposal, WelfareProgram

# Whole W at a node may miss the exact net sale by this many.
ROUNDING_W = 2


class Dispatch:
    """Outcomes of sets of blocks in one market, each reckoned once."""

    def __init__(self, market: Market, references: Sequence[int]) -> None:
        self.market, self._references = market, references
        self._valuation = Valuation(market)
        self._known: dict[frozenset[int], Outcome | None] = {}

    def outcome(self, used: frozenset[int]) -> Outcome | None:
        """Return what a set of blocks comes to; None where it is not allowed or cannot be balanced."""
        key = frozenset(b for b in used if self.market.is_switched(b))
        if key not in self._known:
            self._known[key] = self._reckon(key) if admissible(self.market, key) else None
        return self._known[key]

    def known(self) -> list[Outcome]:
        """Return the outcomes of all sets so far."""
        return [outcome for outcome in self._known.values() if outcome is not None]

    def _reckon(self, used: frozenset[int]) -> Outcome | None:
        market = self.market
        whole = all(block.minimum_ppm == WHOLE_PPM for b, block in enumerate(market.blocks) if b in used)
        if whole and not market.rows and all(market.is_switched(b) for b in range(len(market.blocks))):
            ratios = (1.0,) * len(market.blocks)
            return evaluate(market, self._valuation, whole_powers(market, used, ratios), ratios)
        program, proposal = self._optimise(used)
        if proposal is None:
            return None
        if market.rows:
            return self._at_most_volume(used, program, proposal)
        powers = whole_powers(market, used | proposal.used, proposal.ratios)
        return evaluate(market, self._valuation, powers, proposal.ratios)

    def _optimise(self, used: frozenset[int]) -> tuple[WelfareProgram, Proposal | None]:
        program = WelfareProgram(self.market, self._references, with_prices=False)
        program.fix(used)
        program.favour_volume()
        proposal = None
        effort = Effort(self.market.rules.max_nodes)
        for _ in range(MAX_SHARPENINGS):
            proposal = program.solve(effort)
            if proposal is None or not program.sharpen(proposal.answer) or self.market.meter.spent:
                break
        return program, proposal

    def _at_most_volume(self, used: frozenset[int], program: WelfareProgram, proposal: Proposal) -> Outcome | None:
        """Return of the outcomes of a set over nodes that are worth most the one that trades most."""
        market = self.market
        first = self._at_nodes(whole_powers(market, used | proposal.used, proposal.ratios), proposal)
        found = program.clearing_prices(proposal.answer)
        fuller = None if found is None or market.meter.spent else most_volume(market, proposal, *found)
        if fuller is None or found is None:
            return first
        second = self._at_nodes(whole_powers(market, used | fuller.used, fuller.ratios), fuller)
        if first is None or second is None or second.stands(market) < first.stands(market):
            return first or second
        # Both are worth the same but for whole W, each of which moves between nodes of so unequal prices.
        rounding = ROUNDING_W * len(market.spots) * (max(found[0]) - min(found[0]) + 1)
        more = volume_w(market, second) > volume_w(market, first)
        return second if more and second.welfare >= first.welfare - rounding else first

    def _at_nodes(self, powers: Powers, proposal: Proposal) -> Outcome | None:
        market, nets = self.market, proposal.nets
        whole = self._whole_nets(powers, nets)
        if whole is None:
            return None
        welfare = block_welfare(market, powers) + sum(self._valuation.welfare(k, net) for k, net in enumerate(whole))
        used = frozenset(b for b, own in enumerate(powers) if any(own))
        shares = slack_w(market, powers, proposal.ratios)
        rounded = [abs(net - exact) > WHOLE_W for net, exact in zip(whole, nets, strict=True)]
        any_rounded = any(rounded) or any(shares)
        full = full_rows(market, nets, proposal.ratios)
        # Prices that support what was not rounded, if there are any.
        for eased in (rounded, [True] * len(whole)) if any_rounded else (rounded,):
            intervals = tuple(
                self._valuation.interval(k, net, shares[k] + ROUNDING_W * eased[k]) for k, net in enumerate(whole)
            )
            prices, shadows = choose_nodal_prices(market, powers, intervals, full, rounded=any_rounded)
            if prices is not None:
                break
        return Outcome(used, powers, whole, welfare, intervals, prices, shadows)

    def _whole_nets(self, powers: Powers, nets: Sequence[float]) -> tuple[int, ...] | None:
        """Round net sales to whole W that balance each contract: down, then up by the largest remainders."""
        market, found = self.market, [0] * len(nets)
        injected = injections(market, powers)
        for spots in market.spots_of:
            floors = {k: floor(nets[k] + WHOLE_W) for k in spots}
            order = sorted(spots, key=lambda k: (floors[k] - nets[k], k))
            missing = -sum(injected[k] for k in spots) - sum(floors.values())
            for k in spots:
                found[k] = floors[k]
            up = 1 if missing > 0 else -1
            turn = order if up > 0 else order[::-1]
            for k in turn * (abs(missing) // max(len(turn), 1) + 1):
                place = market.spots[k].place
                if missing and -place.buys.total <= found[k] + up <= place.sells.total:
                    found[k] += up
                    missing -= up
            if missing:
                return None
        return tuple(found) if self._valuation.fits(tuple(found)) else None
