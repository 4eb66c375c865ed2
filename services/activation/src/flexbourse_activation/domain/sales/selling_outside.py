"""What units sell on an exchange outside is a claim on them, as a trade of the local market is.

A result stands whatever is left here: what it claims beyond that, or against an operator's claim, is denied. Whether it
is preliminary or final makes no difference: it binds until a version takes its place. A version changes a claim by as
much as it sells more or less than the one before; so what was denied or overridden meanwhile is not claimed anew by a
correction of money alone. Quarter-hours that are over stay as they are.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from flexbourse_activation.domain.claims.claiming import reduced
from flexbourse_activation.domain.desk import Desk
from flexbourse_activation.domain.objects import Claim
from flexbourse_activation.domain.sales.trading import as_far_as_left
from flexbourse_activation.domain.terms import (
    MAX_PERIODS,
    Claimant,
    Direction,
    Share,
    Window,
    window_around,
)
from flexbourse_core.market_time import Mtu


@dataclass(frozen=True, slots=True)
class Sale:
    """What a result moves of one unit, now and in the version before; injection is positive."""

    party: str
    area_id: str
    unit_id: str
    before_w: int
    sold_w: int
    price_micro_euro_per_mwh: int


@dataclass(frozen=True, slots=True)
class ResultFact:
    """A version of a result, as the change that it makes to the one before; each unit once."""

    venue_id: str
    result_id: str
    version: int
    mtu: Mtu
    sales: tuple[Sale, ...]


def take_result(desk: Desk, fact: ResultFact) -> None:
    """Claim what a result sells of the area's controllable units; the others' power is not for operators to have."""
    window = window_around(fact.mtu)
    if window.count > MAX_PERIODS or window.end_s * 1000 <= desk.now_ms:
        return
    for sale in fact.sales:
        unit = desk.registry.units.get(sale.unit_id)
        if sale.area_id == desk.area_id and unit is not None and unit.controllable:
            _follow(desk, fact, sale, window)


def _follow(desk: Desk, fact: ResultFact, sale: Sale, window: Window) -> None:
    """Have the claims of a result on one unit follow its newest version."""
    name = f"external/{fact.venue_id}/{fact.result_id}/{sale.unit_id}"
    held = [own for own in desk.state.guard.claims_on(sale.unit_id) if f"{own.claim_id}/".startswith(f"{name}/")]
    reason = f"version {fact.version} of its result"
    for own in held:
        left_w = max(0, own.direction.sign * sale.sold_w) if own.window == window else 0
        desk.reduce(own.claim_id, _down_to(desk, own, left_w), reason)
    direction = Direction.UP if sale.sold_w > 0 else Direction.DOWN
    more_w = abs(sale.sold_w) - max(0, direction.sign * sale.before_w)
    if more_w > 0:
        same = (own.claim_id for own in held if own.direction is direction and own.window == window)
        # What goes on in another direction or period than the claim that stands, and may be delivered in part, is
        # another claim.
        claim_id = next(same, f"{name}/{fact.version}" if held else name)
        _grow(desk, _claim(desk, fact, sale, window, claim_id, direction, more_w), reason if held else "sold outside")


def _grow(desk: Desk, more: Claim, reason: str) -> None:
    """Claim more, on top of what stands under the same id."""
    granted = as_far_as_left(desk, more)
    (share,) = granted.shares
    if not any(share.quantities_w):
        return
    held = desk.state.guard.claims.get(more.claim_id)
    before = held.shares[0].quantities_w if held is not None else (0,) * more.window.count
    together = tuple(map(sum, zip(before, share.quantities_w, strict=True)))
    desk.claim(replace(granted, shares=(replace(share, quantities_w=together),)), reason)


def _down_to(desk: Desk, claim: Claim, left_w: int) -> tuple[Share, ...]:
    def left(_unit_id: str, start_s: int, now_w: int) -> int:
        return min(now_w, left_w) if _is_open(desk, claim.window, start_s) else now_w

    return reduced(claim, left)


def _is_open(desk: Desk, window: Window, start_s: int) -> bool:
    return (start_s + window.mtu_length_s) * 1000 > desk.now_ms


def _claim(
    desk: Desk, fact: ResultFact, sale: Sale, window: Window, claim_id: str, direction: Direction, more_w: int
) -> Claim:
    quantities = tuple(more_w if _is_open(desk, window, start) else 0 for start in window.starts())
    return Claim(
        claim_id=claim_id,
        area_id=desk.area_id,
        claimant=Claimant.WHOLESALE,
        party=sale.party,
        operator_id=sale.party,
        unit_id=sale.unit_id,
        portfolio_id="",
        offer_id="",
        trade_id=f"{fact.venue_id}/{fact.result_id}",
        direction=direction,
        window=window,
        shares=(Share(sale.unit_id, quantities),),
        price_micro_euro_per_mwh=sale.price_micro_euro_per_mwh,
        headroom_elsewhere=True,
    )
