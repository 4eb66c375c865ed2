"""Which blocks are accepted: the set of greatest welfare that prices support, with the proven gap.

The program proposes, exact arithmetic decides. A proposal that no prices support is forbidden and the program runs
again; what it leaves out by then is proven unsupported, so its bound holds for what remains. Among sets of equal
welfare the one with the most volume is taken, then the one that accepts the block whose name comes first.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import floor

from flexbourse_auction.dispatch import Dispatch
from flexbourse_auction.linear import Answer, Effort
from flexbourse_auction.market import Market
from flexbourse_auction.outcome import Outcome, surplus, volume_w
from flexbourse_auction.prices import midpoint
from flexbourse_auction.rules import Pricing
from flexbourse_auction.welfare_program import WelfareProgram, references_of

# How many sets are tried by hand for a good start, and how often the program may run.
MAX_TRIALS = 600
MAX_RUNS = 60
# How many other sets of equal welfare are looked at.
MAX_TIES = 8
# Welfare that the solver cannot tell apart, relative to what blocks add and to all of it.
_SAME = 1e-7
_SAME_OF_ALL = 1e-12
# Welfare is whole: a bound less than one above it is it, but for what the solver's floats make of a number.
_LESS_THAN_ONE, _SOLVER_TICK_W = 0.99, 0.01
# What one W may be worth that whole numbers move, where blocks are divisible or nodes are.
_ROUNDING_TICKS = 10_000


class NoPricesError(ArithmeticError):
    """No prices support any outcome in which every block without a minimum is served or priced; or time is up.

    `timed_out` tells that the time of the solver ended it, so that more time may find an outcome.
    """

    def __init__(self, *, timed_out: bool) -> None:
        super().__init__("the time of the solver was over first" if timed_out else "no prices support any outcome")
        self.timed_out = timed_out


@dataclass(frozen=True, slots=True)
class Found:
    """The outcome with the bound that no other exceeds (ticks·W) and the work that it took."""

    outcome: Outcome
    bound: int
    nodes: int
    runs: int
    complete: bool
    timed_out: bool


class Search:
    """The search in one market."""

    def __init__(self, market: Market) -> None:
        self._market = market
        self._references = references_of(market)
        self._dispatch = Dispatch(market, self._references)
        self._best: Outcome | None = None
        self._bound = float("inf")
        self._nodes = self._runs = self._trials = 0
        divisible = sum(
            len(p) for block, p in zip(market.blocks, market.parts, strict=True) if block.minimum_ppm < 1_000_000
        )
        self._rounding = _LESS_THAN_ONE + _ROUNDING_TICKS * (divisible + (len(market.spots) if market.rows else 0))
        self._last: WelfareProgram | None = None

    def run(self) -> Found:
        """Return the best outcome found."""
        market = self._market
        self._try(frozenset())
        if market.rows or market.blocks:
            self._program(with_prices=False)
            if market.rules.pricing is Pricing.PAY_AS_CLEAR and not self._settled():
                self._repair()
                self._program(with_prices=True)
            self._ties()
        elif self._best is not None:
            self._bound = self._best.welfare
        if self._best is None:
            raise NoPricesError(timed_out=market.meter.timed_out or market.meter.spent)
        bound = max(floor(self._bound + _SOLVER_TICK_W), self._best.welfare)  # welfare is a whole number
        complete = self._settled()
        return Found(self._best, bound, self._nodes, self._runs, complete, market.meter.timed_out)

    def _program(self, *, with_prices: bool) -> None:
        """Let the program propose until nothing better is left, or the effort is spent."""
        market, rules = self._market, self._market.rules
        program = self._last = WelfareProgram(market, self._references, with_prices=with_prices)
        for _ in range(MAX_RUNS):
            proposal = program.solve(self._effort(), self._best.used if self._best else None)
            self._runs += 1
            if proposal is None:
                self._bound = self._best.welfare if self._best else self._bound
                return
            self._count(proposal.answer)
            self._bound = min(self._bound, program.bound(proposal.answer))
            outcome = self._try(proposal.used)
            if self._settled() or self._spent():
                return
            sharpened = program.sharpen(proposal.answer)
            if with_prices:
                program.sharpen_at(proposal.used, self._effort())
            elif not sharpened and outcome is not None and rules.pricing is Pricing.PAY_AS_CLEAR:
                return
            if any(market.is_switched(b) for b in range(len(market.blocks))):
                program.forbid(proposal.used)  # what it comes to is known exactly by now
            elif not sharpened:
                return

    def _effort(self) -> Effort:
        return Effort(max(self._market.rules.max_nodes - self._nodes, 1))

    def _count(self, answer: Answer) -> None:
        self._nodes += answer.nodes

    def _spent(self) -> bool:
        return self._nodes >= self._market.rules.max_nodes or self._market.meter.timed_out

    def _ties(self) -> None:
        """Look at other sets of the same welfare, where the best is proven."""
        program = self._last
        if program is None or self._best is None or not self._settled() or not self._market.blocks:
            return
        program.demand_welfare(self._best.welfare)
        seen = self._best.used
        for _ in range(MAX_TIES):
            if self._market.meter.spent:
                return
            program.forbid(seen)
            proposal = program.solve(self._effort())
            if proposal is None:
                return
            self._runs += 1
            self._count(proposal.answer)
            self._try(proposal.used)
            program.sharpen(proposal.answer)
            seen = proposal.used

    def _try(self, used: frozenset[int]) -> Outcome | None:
        outcome = self._dispatch.outcome(used)
        stands = outcome is not None and outcome.stands(self._market)
        if outcome and stands and (self._best is None or self._rank(outcome) > self._rank(self._best)):
            self._best = outcome
        return outcome

    def _rank(self, outcome: Outcome) -> tuple[int, int, tuple[int, ...]]:
        """Return what makes an outcome the better one: welfare, volume, names that come first."""
        first = tuple(int(b in outcome.used) for b in range(len(self._market.blocks)))
        return outcome.welfare, volume_w(self._market, outcome), first

    def _settled(self) -> bool:
        if self._best is None:
            return False
        start = self._dispatch.outcome(frozenset())
        added = abs(self._bound - (start.welfare if start else 0))
        return self._bound - self._best.welfare <= self._rounding + _SAME * added + _SAME_OF_ALL * abs(self._bound)

    def _repair(self) -> None:
        """Make a start by hand: drop the block that loses most until prices stand, then add what would gain."""
        used = self._last_unsupported()
        while any(self._market.is_switched(b) for b in used):
            outcome = self._dispatch.outcome(used)
            self._trials += 1
            if outcome is None or self._trials > MAX_TRIALS or self._market.meter.spent:
                break
            if outcome.stands(self._market):
                self._try(used)
                break
            used = self._without_descendants(used, self._worst(outcome))
        self._grow()

    def _last_unsupported(self) -> frozenset[int]:
        unsupported = [o for o in self._dispatch.known() if not o.stands(self._market)]
        return max(unsupported, key=lambda o: (o.welfare, sorted(o.used))).used if unsupported else frozenset()

    def _worst(self, outcome: Outcome) -> int:
        """Return the block that gains least per energy at the middle of the curves' prices."""
        middles = tuple(midpoint(low, high) for low, high in outcome.intervals)

        def gain(b: int) -> tuple[float, int]:
            own = outcome.powers[b]
            return surplus(self._market, b, own, middles) / max(sum(own), 1), b

        return min((b for b in outcome.used if self._market.is_switched(b)), key=gain)

    def _without_descendants(self, used: frozenset[int], gone: int) -> frozenset[int]:
        left = used - {gone}
        while True:
            orphans = {b for b in left if self._market.parents[b] is not None and self._market.parents[b] not in left}
            if not orphans:
                return left
            left -= orphans

    def _grow(self) -> None:
        """Add rejected blocks that would gain at the prices, the greatest gain first, as long as welfare rises."""
        improved = True
        while improved and self._best is not None and self._best.prices is not None:
            improved, best = False, self._best
            gains = {
                b: surplus(self._market, b, tuple(p.quantity_w for p in self._market.parts[b]), best.prices or ())
                for b in range(len(self._market.blocks))
                if b not in best.used
            }
            for b in sorted((b for b, gain in gains.items() if gain > 0), key=lambda b: (-gains[b], b)):
                if self._trials >= MAX_TRIALS or self._market.meter.spent:
                    return
                self._trials += 1
                self._try(best.used | {b})
                if self._best is not best:
                    improved = True
                    break


def search(market: Market) -> Found:
    """Return the accepted blocks and what comes of them; raises NoPricesError where no prices support any."""
    return Search(market).run()
