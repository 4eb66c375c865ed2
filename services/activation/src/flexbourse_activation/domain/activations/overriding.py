"""RED light: the area's DSO orders a unit whatever is contracted.

Each contract that gives way is an event, with what its seller is paid for it: the contract's own price. What the unit
is told to do is paid at the area's curtailment price.
"""

from __future__ import annotations

from flexbourse_activation.domain import events as e
from flexbourse_activation.domain.activations.compensation import compensation_micro_euro
from flexbourse_activation.domain.activations.cutting import cut
from flexbourse_activation.domain.activations.requesting import request
from flexbourse_activation.domain.claims.claiming import reduced
from flexbourse_activation.domain.claims.guard import amount_w, is_override
from flexbourse_activation.domain.commands import OverrideTerms
from flexbourse_activation.domain.desk import Desk, own_claim_id, reason_problems, unknown
from flexbourse_activation.domain.objects import Claim
from flexbourse_activation.domain.offers.offering import MAX_QUANTITY_W
from flexbourse_activation.domain.registry_state import Unit
from flexbourse_activation.domain.terms import Claimant, Direction, Purpose, Share
from flexbourse_core.rejection import Code, Rejection


def override(desk: Desk, terms: OverrideTerms, party: str) -> list[Rejection]:
    """Order a unit; returns every rule that stands against it."""
    unit = desk.registry.units.get(terms.unit_id)
    point = desk.registry.point_of(terms.unit_id)
    if unit is None or point is None or point.area_id != desk.area_id:
        return unknown("unit_id", terms.unit_id)
    problems = _problems(desk, terms, party) or _span_problems(desk, terms, unit)
    problems = problems or _light_problems(desk, terms, unit)
    if problems:
        return problems
    for claim, lost in _giving_way(desk, terms, unit):
        _take_away(desk, terms, claim, lost, party)
    window, price = terms.window, desk.state.rules.curtailment_price_micro_euro_per_mwh
    quantities = (terms.quantity_w,) * window.count
    claim = Claim(
        own_claim_id(terms.override_id, is_override=True), desk.area_id, Claimant.DSO, party, unit.operator_id,
        terms.unit_id, "", "", "", terms.direction, window, (Share(terms.unit_id, quantities),), price,
    )  # fmt: skip
    desk.claim(claim, terms.reason)
    _record_payment(desk, terms, "", unit.operator_id, party, quantities, price)
    request(desk, terms.override_id, claim, Purpose.CONGESTION, reason=terms.reason, is_override=True)
    return []


def _problems(desk: Desk, terms: OverrideTerms, party: str) -> list[Rejection]:
    problems = desk.id_problems("override_id", terms.override_id, taken=terms.override_id in desk.state.activations)
    problems += terms.window.problems("window", desk.running_ms)
    problems += reason_problems(terms.reason, required=True)
    if desk.registry.operator_of(desk.area_id, party) is not Claimant.DSO:
        problems.append(Rejection(Code.NOT_AUTHORISED, "the area's DSO", "party", party))
    if terms.direction is Direction.UNSPECIFIED:
        problems.append(Rejection(Code.FIELD_MISSING, "an override has a direction", "direction"))
    return problems


def _span_problems(desk: Desk, terms: OverrideTerms, unit: Unit) -> list[Rejection]:
    forced = max(
        sum(
            amount_w(claim, terms.unit_id, start)
            for claim in desk.state.guard.claims_on(terms.unit_id)
            if is_override(claim) and claim.direction is terms.direction
        )
        for start in terms.window.starts()
    )
    limit = min(MAX_QUANTITY_W, unit.span_w - forced)
    if 1 <= terms.quantity_w <= limit:
        return []
    rule = "an override stays inside the unit's span of power, with those before it"
    return [Rejection(Code.QUANTITY_OUT_OF_RANGE, rule, "quantity_w", unit.unit_id, terms.quantity_w, limit, "W")]


def _light_problems(desk: Desk, terms: OverrideTerms, unit: Unit) -> list[Rejection]:
    for start in terms.window.starts():
        if not desk.lights.is_red(unit.feeder_id, start, desk.now_ms, desk.step):
            rule = "the light of the unit's feeder is red in every quarter-hour"
            return [Rejection(Code.LIGHT_NOT_RED, rule, "window", unit.feeder_id, start, unit="s")]
    return []


def _giving_way(desk: Desk, terms: OverrideTerms, unit: Unit) -> list[tuple[Claim, dict[int, int]]]:
    """Return the claims that give way, with what each loses by the start of the quarter-hour.

    All that is claimed against the override; and in its direction, the newest first, what the unit cannot give beside
    it. An earlier override against it gives way without compensation of its own: its order ends.
    """
    guard, losses = desk.state.guard, dict[str, dict[int, int]]()
    claims = list(guard.claims_on(terms.unit_id))
    for start in terms.window.starts():
        for claim in claims:
            amount = amount_w(claim, terms.unit_id, start)
            if amount and claim.direction is terms.direction.opposite:
                losses.setdefault(claim.claim_id, {})[start] = amount
        beside = [
            claim for claim in claims if claim.direction is terms.direction and amount_w(claim, terms.unit_id, start)
        ]
        over = _beyond_w(desk, terms, unit, beside, start)
        beside.reverse()
        beside.sort(key=lambda own: bool(own.trade_id))  # the newest first, offers before trades
        for claim in beside:
            if over > 0 and not is_override(claim):
                amount = min(over, amount_w(claim, terms.unit_id, start))
                losses.setdefault(claim.claim_id, {})[start] = amount
                over -= amount
    return [(guard.claims[name], losses[name]) for name in losses]


def _beyond_w(desk: Desk, terms: OverrideTerms, unit: Unit, beside: list[Claim], start_s: int) -> int:
    """Return how much of the claims beside an override neither the unit's offers nor its span hold."""
    offered = desk.state.guard.offered_w(terms.unit_id, start_s, terms.direction)
    of_offers = sum(amount_w(claim, terms.unit_id, start_s) for claim in beside if claim.offer_id)
    others = sum(amount_w(claim, terms.unit_id, start_s) for claim in beside if not claim.offer_id)
    together = of_offers + others + terms.quantity_w
    beyond_offers = together - max(offered, others + terms.quantity_w)
    return max(beyond_offers, together - unit.span_w)


def _take_away(desk: Desk, terms: OverrideTerms, claim: Claim, lost: dict[int, int], party: str) -> None:
    def left(unit_id: str, start_s: int, now_w: int) -> int:
        return now_w - lost.get(start_s, 0) if unit_id == terms.unit_id else now_w

    reason = f"overridden by {terms.override_id}"
    quantities = tuple(lost.get(start, 0) for start in terms.window.starts())
    if not is_override(claim):
        price = claim.price_micro_euro_per_mwh
        _record_payment(desk, terms, claim.claim_id, claim.operator_id, party, quantities, price)
    cut(desk, claim.claim_id, reduced(claim, left), reason)


def _record_payment(
    desk: Desk, terms: OverrideTerms, claim_id: str, paid_to: str, paid_by: str, quantities: tuple[int, ...], price: int
) -> None:
    amount = compensation_micro_euro(quantities, terms.window.mtu_length_s, price)
    desk.record(
        e.ContractOverridden(
            desk.area_id, terms.override_id, terms.unit_id, claim_id, paid_to, paid_by, terms.direction, terms.window,
            quantities, price, amount,
        )
    )  # fmt: skip
