"""`clear`: an auction from its orders to its result, with the grid's objections taken in until there are none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from flexbourse_auction.fills import fills_of, micro_euro
from flexbourse_auction.market import Market, compile_market
from flexbourse_auction.nodal_prices import row_value
from flexbourse_auction.orders import WHOLE_PPM, Orders, Row
from flexbourse_auction.outcome import Outcome, surplus
from flexbourse_auction.problems import OrdersError, find_problems
from flexbourse_auction.result import BlockResult, Price, Result, Round, RowUse
from flexbourse_auction.rules import Rules
from flexbourse_auction.search import Found, NoPricesError, search

GridCheck = Callable[[Result], Sequence[Row]]
DEFAULT_RULES = Rules()


def clear(
    orders: Orders, rules: Rules = DEFAULT_RULES, rows: Sequence[Row] = (), check: GridCheck | None = None
) -> Result:
    """Clear an auction; raises OrdersError with everything that is wrong with it, NoPricesError where the time of the
    solver is over before anything is found that prices support.

    ``check`` is the exact grid check: it is given a result and returns the rows that this result breaks, linear and
    valid for every result; the auction is solved again with them until there are none, at most ``rules.max_rounds``
    times.
    """
    known = tuple(rows)
    rounds: list[Round] = []
    problems = find_problems(orders, rules, known)
    if problems:
        raise OrdersError(problems)
    while True:
        result = _cleared(orders, rules, known)
        cuts = tuple(check(result)) if check else ()
        rounds.append(Round(len(rounds) + 1, result.welfare_micro_euro, cuts))
        if not cuts or len(rounds) >= rules.max_rounds:
            return replace(result, rounds=tuple(rounds), agreed=not cuts)
        known += cuts
        problems = find_problems(Orders(), rules, known)
        if problems:
            raise OrdersError(problems)


def _searched(orders: Orders, rules: Rules, rows: tuple[Row, ...]) -> tuple[Market, Found]:
    """Return the best outcome, and the market that it is of.

    A block without a minimum is served or sets the price. Where no prices let all of them, as at the ends of what
    prices may be, they may be left out like blocks with a minimum.
    """
    market = compile_market(orders, rules, rows)
    try:
        return market, search(market)
    except NoPricesError:
        blocks = tuple(replace(block, minimum_ppm=max(block.minimum_ppm, 1)) for block in orders.blocks)
        market = compile_market(replace(orders, blocks=blocks), rules, rows, market.meter)
        return market, search(market)


def _cleared(orders: Orders, rules: Rules, rows: tuple[Row, ...]) -> Result:
    market, found = _searched(orders, rules, rows)
    outcome = found.outcome
    fills, prices = fills_of(market, outcome)
    return Result(
        rules=market.rules,
        prices=tuple(prices),
        fills=tuple(fills),
        blocks=tuple(_block_result(market, outcome, prices, b) for b in range(len(market.blocks))),
        rows=_row_uses(market, outcome),
        welfare_micro_euro=micro_euro(market.rules, outcome.welfare),
        income_micro_euro=sum(fill.amount_micro_euro * -fill.side.sign for fill in fills),
        gap_micro_euro=micro_euro(market.rules, found.bound - outcome.welfare),
        gap_ppm=-((outcome.welfare - found.bound) * WHOLE_PPM // max(abs(outcome.welfare), 1)),
        proven=found.complete,
        timed_out=found.timed_out,
        nodes=found.nodes,
    )


def _row_uses(market: Market, outcome: Outcome) -> tuple[RowUse, ...]:
    shadows = outcome.shadow_ticks or (0.0,) * len(market.rows)
    return tuple(
        RowUse(row.row_id, row_value(market, r, outcome.powers, outcome.nets), row.limit, shadows[r])
        for r, row in enumerate(market.rows)
    )


def _block_result(market: Market, outcome: Outcome, prices: Sequence[Price], b: int) -> BlockResult:
    """Say what became of a block; where a contract of it has no price, nothing can be said of its gain."""
    whole = tuple(part.quantity_w for part in market.parts[b])
    own = outcome.powers[b]
    largest = max(range(len(whole)), key=lambda i: whole[i])
    accepted = own[largest] * WHOLE_PPM // whole[largest]
    if any(prices[part.spot].price_ticks is None for part in market.parts[b]) or outcome.prices is None:
        return BlockResult(market.blocks[b].order_id, accepted, None, paradoxically_rejected=False)
    gain = surplus(market, b, own if any(own) else whole, outcome.prices)
    missed = surplus(market, b, tuple(w - o for w, o in zip(whole, own, strict=True)), outcome.prices)
    return BlockResult(
        market.blocks[b].order_id, accepted, micro_euro(market.rules, gain), paradoxically_rejected=missed > 0
    )
