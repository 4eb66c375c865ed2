"""What stands against a claim, and how claims shrink."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from flexbourse_activation.domain.claims.guard import Guard, amount_w
from flexbourse_activation.domain.objects import Claim
from flexbourse_activation.domain.terms import Share, Window
from flexbourse_core.rejection import Code, Rejection

MAX_TOTALS = 2_000  # units × quarter-hours of one claim: its event stays far below the size of a record


def claim_problems(guard: Guard, claim: Claim) -> list[Rejection]:
    """Return every rule that a new claim of an offer breaks; the tightest quarter-hour and unit of each rule."""
    count = len(claim.shares) * claim.window.count
    if count > MAX_TOTALS:
        rule = "units times quarter-hours of a claim"
        return [Rejection(Code.TOO_MANY_ENTRIES, rule, "window", value=count, limit=MAX_TOTALS)]
    return [*_opposition(guard, claim), *_excess_of_units(guard, claim), *_excess_of_portfolios(guard, claim)]


def _opposition(guard: Guard, claim: Claim) -> list[Rejection]:
    for share in claim.shares:
        for start in claim.window.starts():
            wanted = amount_w(claim, share.unit_id, start)
            if wanted and guard.opposed(share.unit_id, start, claim.direction, claim.claimant):
                against = guard.claimed_w(share.unit_id, start, claim.direction.opposite)
                rule = f"no operator's activation stands against another claim, here at {start}"
                return [Rejection(Code.OPPOSES_CLAIM, rule, "direction", share.unit_id, against, 0, "W", 0)]
    return []


def _excess_of_units(guard: Guard, claim: Claim) -> list[Rejection]:
    found = [
        (guard.unit_room_w(share.unit_id, start, claim.direction), amount_w(claim, share.unit_id, start), share.unit_id)
        for share in claim.shares
        for start in claim.window.starts()
    ]
    return _excess("a unit gives no more than it offers", found)


def _excess_of_portfolios(guard: Guard, claim: Claim) -> list[Rejection]:
    found = []
    for start in claim.window.starts():
        wanted: dict[str, int] = {}
        for share in claim.shares:
            for portfolio_id in guard.portfolios_of(share.unit_id, start, claim.direction):
                wanted[portfolio_id] = wanted.get(portfolio_id, 0) + amount_w(claim, share.unit_id, start)
        found += [
            (guard.portfolio_room_w(name, start, claim.direction), quantity, name) for name, quantity in wanted.items()
        ]
    return _excess("a portfolio gives no more than it offers", found)


def _excess(rule: str, found: list[tuple[int, int, str]]) -> list[Rejection]:
    over = [(wanted - room, wanted, room, name) for room, wanted, name in found if wanted > room]
    if not over:
        return []
    _, wanted, room, name = max(over, key=lambda entry: entry[0])
    room = max(0, room)
    return [Rejection(Code.CLAIM_EXCEEDS_OFFER, rule, "quantity_w", name, wanted, room, "W", room)]


def reduced(claim: Claim, left: Callable[[str, int, int], int]) -> tuple[Share, ...]:
    """Return the shares that are left; `left` says it for a unit, the start of a quarter-hour and what it gives now."""
    starts = claim.window.starts()
    return tuple(
        Share(
            share.unit_id,
            tuple(
                min(quantity, max(0, left(share.unit_id, start, quantity)))
                for start, quantity in zip(starts, share.quantities_w, strict=True)
            ),
        )
        for share in claim.shares
    )


def until(shares: tuple[Share, ...], window: Window, end_s: int) -> tuple[Share, ...]:
    """Return shares that give nothing from a second on; the quarter-hour that it lies in is kept."""
    starts = window.starts()
    return tuple(
        Share(
            share.unit_id,
            tuple(quantity if start < end_s else 0 for start, quantity in zip(starts, share.quantities_w, strict=True)),
        )
        for share in shares
    )


def part_of(shares: tuple[Share, ...], window: Window, part: Window) -> tuple[Share, ...]:
    """Return the shares of those quarter-hours of a window that are in a part of it."""
    first = (part.start_s - window.start_s) // window.mtu_length_s
    return tuple(replace(share, quantities_w=share.quantities_w[first : first + part.count]) for share in shares)
