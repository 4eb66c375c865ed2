"""Network capacity: who may use what the operator has left, before he does.

The operator publishes a schedule of limits; loads, and generators with a non-firm connection, claim part of it.
*Premium*: the claims that pay most, cleared like any auction, each at its own price or all at one; the income is the
reinforcement account's. *Social equity*: free of charge, first come first served or the highest demand first. What is
allocated is reserved headroom; to release what is not used is the caller's affair.

Limits say how claims add up where that is simple. The grid itself is asked by a check: it is given an allocation and
returns cuts, weighted sums of what stands at nodes, until it has nothing to say against one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from flexbourse_auction.clear import DEFAULT_RULES, clear
from flexbourse_auction.orders import WHOLE_PPM, Block, Contract, Curve, Orders, Row, Segment, Side
from flexbourse_auction.problems import MAX_CURVES, MAX_QUANTITY_W, OrderProblem, OrdersError
from flexbourse_auction.result import Result
from flexbourse_auction.rules import Rules

_OPERATOR = "operator"


class Equity(StrEnum):
    """Who comes first where nobody pays."""

    FIRST_COME = "first-come"
    HIGHEST_DEMAND = "highest-demand"


@dataclass(frozen=True, slots=True)
class Limit:
    """What may still flow over a limited element in one MTU: W, for one direction."""

    limit_id: str
    contract: Contract
    available_w: int


@dataclass(frozen=True, slots=True)
class Claim:
    """A wish to use capacity: ``quantity_w`` in each of ``contracts``, over every limit named in ``over``.

    ``registered_w`` and ``base_w`` are of the unit, in the direction of the claim: beyond registered less base nobody
    may claim. ``minimum_w`` is the least that is of use, kept to a millionth of the quantity. ``price_ticks`` is for
    the premium auction alone. ``node`` is where cuts find it.
    """

    claim_id: str
    contracts: tuple[Contract, ...]
    quantity_w: int
    over: tuple[str, ...]
    registered_w: int
    base_w: int = 0
    minimum_w: int = 1
    price_ticks: int = 0
    time_us: int = 0
    node: str = ""


@dataclass(frozen=True, slots=True)
class Cut:
    """A limit that the grid check adds: ``Σ weight · W allocated at the node <= available`` in one MTU.

    Weights are not negative: nobody has to use what he is allocated, so no claim makes room for another.
    """

    cut_id: str
    contract: Contract
    weights: tuple[tuple[str, int], ...]
    available: int


@dataclass(frozen=True, slots=True)
class Allocation:
    """What a claim gets in each of its contracts, and what it pays: in all, and per contract where it pays."""

    claim_id: str
    quantity_w: int
    payment_micro_euro: int
    payments: tuple[tuple[Contract, int], ...] = ()


@dataclass(frozen=True, slots=True)
class CapacityRound:
    """One allocation and the cuts that the grid check answered it with."""

    number: int
    allocated_w: int
    cuts: tuple[Cut, ...]


@dataclass(frozen=True, slots=True)
class CapacityResult:
    """All claims by name, allocated or not; ``income_micro_euro`` goes to the reinforcement account.

    ``agreed`` is False where the check still objected after the last allowed round: then nothing of it may be used.
    """

    allocations: tuple[Allocation, ...]
    income_micro_euro: int
    gap_ppm: int = 0
    rounds: tuple[CapacityRound, ...] = ()
    agreed: bool = True


CapacityCheck = Callable[[Mapping[str, int]], Sequence[Cut]]


def find_claim_problems(limits: Sequence[Limit], claims: Sequence[Claim]) -> list[OrderProblem]:
    """Return everything that is wrong with limits and claims."""
    known = {(limit.limit_id, limit.contract) for limit in limits}
    found = [
        OrderProblem(limit.limit_id, "available_w", str(limit.available_w), f"must be 0 to {MAX_QUANTITY_W}")
        for limit in limits
        if not 0 <= limit.available_w <= MAX_QUANTITY_W
    ]
    if len(known) < len(limits):
        found.append(OrderProblem("", "limits", str(len(limits)), "must be one per element and MTU"))
    if len(claims) > MAX_CURVES:
        found.append(OrderProblem("", "claims", str(len(claims)), f"must be at most {MAX_CURVES}"))
    if len({claim.claim_id for claim in claims}) < len(claims):
        found.append(OrderProblem("", "claim_id", str(len(claims)), "each claim has its own"))
    for claim in claims:
        free = claim.registered_w - claim.base_w
        if not 0 < claim.quantity_w <= free:
            rule = f"must be 1 to registered less base, {free}"
            found.append(OrderProblem(claim.claim_id, "quantity_w", str(claim.quantity_w), rule))
        if not 0 < claim.minimum_w <= max(claim.quantity_w, 1):
            found.append(OrderProblem(claim.claim_id, "minimum_w", str(claim.minimum_w), "must be 1 to quantity_w"))
        if not claim.contracts or len(set(claim.contracts)) < len(claim.contracts):
            found.append(OrderProblem(claim.claim_id, "contracts", str(claim.contracts), "must name each MTU once"))
        places = [(name, contract) for name in claim.over for contract in claim.contracts]
        found += [
            OrderProblem(claim.claim_id, "over", str(place), "must have a limit in the schedule")
            for place in places
            if place not in known
        ]
        if not claim.over:
            found.append(OrderProblem(claim.claim_id, "over", "nothing", "must name the limits that it goes over"))
    return found


def allocate_premium(
    limits: Sequence[Limit],
    claims: Sequence[Claim],
    rules: Rules = DEFAULT_RULES,
    check: CapacityCheck | None = None,
) -> CapacityResult:
    """Allocate to the claims that pay most in all; raises OrdersError.

    The capacity is sold from a reserve price of 0, each claim a purchase: paid as bid or at one price per limit and
    MTU, as the rules say. Where one limit binds, the highest price goes first; over several, what is worth most in
    all. ``check`` is given W by claim and returns the cuts that they break; it is asked at most ``rules.max_rounds``
    times.
    """
    problems = find_claim_problems(limits, claims)
    if problems:
        raise OrdersError(problems)
    asked: list[CapacityRound] = []

    def objections(result: Result) -> list[Row]:
        allocated = _allocated(result)
        cuts = tuple(check(allocated)) if check is not None else ()
        asked.append(CapacityRound(len(asked) + 1, sum(allocated.values()), cuts))
        return [_cut_row(cut, claims) for cut in cuts]

    result = clear(_orders(claims), rules, _limit_rows(limits, claims), objections if check is not None else None)
    paid: dict[str, list[tuple[Contract, int]]] = {}
    for fill in result.fills:
        if fill.side is Side.BUY:
            paid.setdefault(fill.order_id, []).append((fill.contract, fill.amount_micro_euro))
    got = _allocated(result)
    allocations = tuple(
        Allocation(name, got.get(name, 0), sum(amount for _, amount in paid.get(name, ())), tuple(paid.get(name, ())))
        for name in sorted(claim.claim_id for claim in claims)
    )
    income = sum(each.payment_micro_euro for each in allocations)
    return CapacityResult(allocations, income, result.gap_ppm, tuple(asked), result.agreed)


def allocate_equity(
    limits: Sequence[Limit],
    claims: Sequence[Claim],
    first: Equity,
    check: CapacityCheck | None = None,
    max_rounds: int = DEFAULT_RULES.max_rounds,
) -> CapacityResult:
    """Allocate free of charge, one claim after the other, what its limits have left; raises OrdersError.

    First come: by time; highest demand: the largest quantity first, then by time; then by name. A claim gets the least
    of what is left over its limits, cuts and MTUs, in all of them the same, and nothing if that is below its minimum.
    ``check`` as in the premium auction.
    """
    problems = find_claim_problems(limits, claims)
    if problems:
        raise OrdersError(problems)
    demand = {claim.claim_id: -claim.quantity_w if first is Equity.HIGHEST_DEMAND else 0 for claim in claims}
    ranked = sorted(claims, key=lambda claim: (demand[claim.claim_id], claim.time_us, claim.claim_id))
    asked: list[CapacityRound] = []
    cuts: list[Cut] = []
    while True:
        got = _served(limits, cuts, ranked)
        new = tuple(check(got)) if check is not None else ()
        if check is not None:
            asked.append(CapacityRound(len(asked) + 1, sum(got.values()), new))
        if not new or len(asked) >= max_rounds:
            allocations = tuple(Allocation(name, got[name], 0) for name in sorted(got))
            return CapacityResult(allocations, 0, rounds=tuple(asked), agreed=not new)
        cuts += new


def _served(limits: Sequence[Limit], cuts: Sequence[Cut], ranked: Sequence[Claim]) -> dict[str, int]:
    """Return what claims get one after the other, in W by claim."""
    left = {(limit.limit_id, limit.contract): limit.available_w for limit in limits}
    beyond = [cut.available for cut in cuts]
    weights = [dict(cut.weights) for cut in cuts]
    got: dict[str, int] = {}
    for claim in ranked:
        places = [(name, contract) for name in claim.over for contract in claim.contracts]
        touched = [
            (i, weight)
            for i, cut in enumerate(cuts)
            if cut.contract in claim.contracts and (weight := weights[i].get(claim.node, 0))
        ]
        power = min(claim.quantity_w, *(left[place] for place in places), *(beyond[i] // w for i, w in touched))
        got[claim.claim_id] = power if power >= claim.minimum_w else 0
        for place in places:
            left[place] -= got[claim.claim_id]
        for i, weight in touched:
            beyond[i] -= weight * got[claim.claim_id]
    return got


def _orders(claims: Sequence[Claim]) -> Orders:
    """Return claims as purchases, and the operator's sale from a price of 0: a W more than could be wanted.

    So the sale is never sold out, and where no limit binds it says the price: nothing.
    """
    used = sorted({contract for claim in claims for contract in claim.contracts})
    offered = {c: 1 + sum(claim.quantity_w for claim in claims if c in claim.contracts) for c in used}
    sales = [Curve(f"{_OPERATOR} {i}", Side.SELL, c, (Segment(offered[c], 0),), _OPERATOR) for i, c in enumerate(used)]
    curves = [*sales, *(_curve(claim) for claim in claims if _is_plain(claim))]
    return Orders(tuple(curves), tuple(_block(claim) for claim in claims if not _is_plain(claim)))


def _limit_rows(limits: Sequence[Limit], claims: Sequence[Claim]) -> list[Row]:
    places = sorted({(claim.over, claim.node) for claim in claims})
    return [
        Row(
            f"{limit.limit_id} {limit.contract.mtu} {limit.contract.product}",
            tuple((limit.contract, _place(over, node), -1.0) for over, node in places if limit.limit_id in over),
            float(limit.available_w),
        )
        for limit in limits
    ]


def _cut_row(cut: Cut, claims: Sequence[Claim]) -> Row:
    """Return a cut as a row; weights are scaled to their largest, so that the solver sees numbers around one."""
    weights = dict(cut.weights)
    largest = max(weights.values(), default=1) or 1
    places = sorted({(claim.over, claim.node) for claim in claims if weights.get(claim.node)})
    coefficients = tuple((cut.contract, _place(*place), -weights[place[1]] / largest) for place in places)
    return Row(cut.cut_id, coefficients, max(0.0, float(Fraction(cut.available, largest))))


def _allocated(result: Result) -> dict[str, int]:
    """Return the W that each purchase gets in each of its contracts."""
    return {fill.order_id: fill.quantity_w for fill in result.fills if fill.side is Side.BUY}


def _is_plain(claim: Claim) -> bool:
    return len(claim.contracts) == 1 and claim.minimum_w == 1


def _place(over: tuple[str, ...], node: str) -> str:
    """Return the name of all claims over the same limits at a node: they are one place."""
    return "|".join((" ".join(sorted(set(over))), node))


def _curve(claim: Claim) -> Curve:
    piece = Segment(claim.quantity_w, claim.price_ticks)
    return Curve(claim.claim_id, Side.BUY, claim.contracts[0], (piece,), _place(claim.over, claim.node), claim.time_us)


def _block(claim: Claim) -> Block:
    least = claim.minimum_w * WHOLE_PPM // claim.quantity_w if claim.minimum_w > 1 else 0
    powers = tuple((contract, claim.quantity_w) for contract in sorted(claim.contracts))
    return Block(
        claim.claim_id,
        Side.BUY,
        claim.price_ticks,
        powers,
        least,
        _place(claim.over, claim.node),
        time_us=claim.time_us,
    )
