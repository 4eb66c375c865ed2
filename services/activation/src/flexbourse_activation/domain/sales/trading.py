"""Trades of the order book are claims; one with an operator's request is, by the area's rules, an activation too.

A trade stands whatever is left here: what it claims beyond that, or against an operator's claim, is denied, so that
nobody counts on it twice; its seller answers for what he does not deliver. A curtailment in the book takes its claims
with it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from flexbourse_activation.domain import events as e
from flexbourse_activation.domain.activations.cutting import cut
from flexbourse_activation.domain.activations.requesting import request
from flexbourse_activation.domain.claims.claiming import reduced
from flexbourse_activation.domain.desk import Desk
from flexbourse_activation.domain.objects import Claim
from flexbourse_activation.domain.registry_state import Role
from flexbourse_activation.domain.terms import Claimant, Direction, Purpose, Share, window_around
from flexbourse_core.market_time import Mtu
from flexbourse_core.rejection import Code


@dataclass(frozen=True, slots=True)
class TradeSide:
    """A side of a match that moves a unit; injection is positive."""

    name: str  # seller or buyer
    party: str
    unit_id: str
    moved_w: int


@dataclass(frozen=True, slots=True)
class TradeFact:
    """A match; `requested_by` is the operator whose request it meets, `element_id` what it relieves most for him."""

    trade_id: str
    area_id: str
    mtu: Mtu
    price_micro_euro_per_mwh: int
    sides: tuple[TradeSide, ...]
    requested_by: str = ""
    element_id: str = ""


@dataclass(frozen=True, slots=True)
class CurtailedFact:
    """A match was reduced to what is left, nothing where it was taken back."""

    trade_id: str
    area_id: str
    left_w: int


def take_trade(desk: Desk, trade: TradeFact) -> None:
    """Claim what a trade moves, and activate it where it meets an operator's request."""
    if window_around(trade.mtu).end_s * 1000 <= desk.now_ms:
        return
    for side in trade.sides:
        claim = _claim(desk, trade, side)
        if claim.claim_id in desk.state.guard.claims:
            continue
        granted = as_far_as_left(desk, claim)
        if any(granted.shares[0].quantities_w):
            desk.claim(granted, "traded")
            if trade.requested_by and side.name == "seller" and desk.state.rules.trades_activate:
                request(
                    desk,
                    f"trade/{trade.trade_id}",
                    granted,
                    Purpose.CONGESTION,
                    reason="traded",
                    element_id=trade.element_id,
                )


def take_curtailment(desk: Desk, fact: CurtailedFact) -> None:
    """Reduce what a curtailed trade claims."""
    for side in ("seller", "buyer"):
        claim = desk.state.guard.claims.get(_claim_id(fact.trade_id, side))
        if claim is not None:
            left = reduced(claim, lambda _unit, _start, now_w: min(now_w, fact.left_w))
            cut(desk, claim.claim_id, left, "curtailed in the order book")


def as_far_as_left(desk: Desk, claim: Claim) -> Claim:
    """Return what is left of a new claim on one unit by what was sold already; the rest of it is denied."""
    allowed, rule = _allowed(desk, claim)
    if rule:
        denied = reduced(claim, lambda _unit, start, now_w: now_w - allowed[start])
        desk.record(e.ClaimDenied(claim, denied, rule))
    return replace(claim, shares=reduced(claim, lambda _unit, start, _now: allowed[start]))


def _claim_id(trade_id: str, side: str) -> str:
    return f"trade/{trade_id}/{side}"


def _claim(desk: Desk, trade: TradeFact, side: TradeSide) -> Claim:
    window = window_around(trade.mtu)
    quantities = (abs(side.moved_w),) * window.count
    operator = Claimant.UNSPECIFIED
    if trade.requested_by and side.name == "seller":
        area = desk.registry.areas.get(desk.area_id)
        is_dso = area is not None and area.dso_id == trade.requested_by
        is_tso = desk.registry.has_role(trade.requested_by, Role.TSO)
        operator = Claimant.DSO if is_dso or not is_tso else Claimant.TSO
    return Claim(
        claim_id=_claim_id(trade.trade_id, side.name),
        area_id=desk.area_id,
        claimant=operator if operator is not Claimant.UNSPECIFIED else Claimant.LOCAL,
        party=trade.requested_by or side.party,
        operator_id=side.party,
        unit_id=side.unit_id,
        portfolio_id="",
        offer_id="",
        trade_id=trade.trade_id,
        direction=Direction.UP if side.moved_w > 0 else Direction.DOWN,
        window=window,
        shares=(Share(side.unit_id, quantities),),
        price_micro_euro_per_mwh=trade.price_micro_euro_per_mwh,
    )


def _allowed(desk: Desk, claim: Claim) -> tuple[dict[int, int], str]:
    """Return what of a trade's claim is left, by quarter-hour, and the rule that stands against the rest."""
    guard, unit_id, direction = desk.state.guard, claim.unit_id, claim.direction
    allowed, broken = {}, ""
    for start, wanted in zip(claim.window.starts(), claim.shares[0].quantities_w, strict=True):
        if not wanted:
            allowed[start] = 0
            continue
        if guard.opposed(unit_id, start, direction, claim.claimant):
            allowed[start], broken = 0, Code.OPPOSES_CLAIM.name
            continue
        rooms = [guard.unit_room_w(unit_id, start, direction, traded_w=wanted)]
        rooms += [
            guard.portfolio_room_w(name, start, direction, traded_w=wanted)
            for name in guard.portfolios_of(unit_id, start, direction)
        ]
        allowed[start] = max(0, min(wanted, *rooms))
        if allowed[start] < wanted:
            broken = broken or Code.CLAIM_EXCEEDS_OFFER.name
    return allowed, broken
