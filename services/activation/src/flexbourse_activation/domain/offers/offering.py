"""Standing offers of units and portfolios: by whoever holds the right to offer every unit of them."""

from __future__ import annotations

from flexbourse_activation.domain import events as e
from flexbourse_activation.domain.claims.guard import Guard
from flexbourse_activation.domain.commands import WithdrawOffer
from flexbourse_activation.domain.desk import Desk, unknown
from flexbourse_activation.domain.objects import Member, Offer, OfferTerms
from flexbourse_activation.domain.terms import Direction, Window
from flexbourse_core.rejection import Code, Rejection

MAX_OFFERS = 10_000  # of an area
MAX_MEMBERS = 200  # of a portfolio
MAX_PRICE = 10**11  # micro-euro per MWh
MAX_QUANTITY_W = 10**11  # with the price above, every amount of a day stays a 64-bit integer


def place_offer(desk: Desk, terms: OfferTerms, party: str) -> list[Rejection]:
    """Take an offer; returns every rule that it breaks."""
    guard = desk.state.guard
    problems = desk.id_problems("offer_id", terms.offer_id, taken=terms.offer_id in guard.offers)
    problems += terms.window.problems("window", desk.now_ms) + _number_problems(terms)
    if len(guard.offers) >= MAX_OFFERS:
        problems.append(
            Rejection(Code.TOO_MANY_ENTRIES, "offers of an area", value=len(guard.offers), limit=MAX_OFFERS)
        )
    unit_ids, found = _units(desk, terms, party)
    problems += found or unit_problems(desk, unit_ids, party, terms.window)
    if problems:
        return problems
    registry = desk.registry
    members = []
    for unit_id in unit_ids:
        point = registry.point_of(unit_id)
        if point is not None:  # it was looked at above
            members.append(Member(unit_id, point.node_id, registry.units[unit_id].span_w))
    problems = _span_problems(desk, terms, members) or _bound_problems(desk, Offer(terms, party, tuple(members)))
    if not problems:
        desk.record(e.OfferPlaced(desk.area_id, Offer(terms, party, tuple(members))))
    return problems


def unit_problems(desk: Desk, unit_ids: tuple[str, ...], party: str, window: Window) -> list[Rejection]:
    """Return why units may not be offered by a party in a window: all of them."""
    registry, found = desk.registry, []
    for unit_id in unit_ids:
        unit, point = registry.units.get(unit_id), registry.point_of(unit_id)
        if unit is None or point is None or point.area_id != desk.area_id:
            found += unknown("unit_id", unit_id)
            continue
        if not registry.is_live(unit_id):
            found.append(Rejection(Code.UNIT_NOT_ACTIVE, Code.UNIT_NOT_ACTIVE.meaning, "unit_id", unit_id))
        if not unit.controllable:
            rule = "only a controllable unit can deviate from its base"
            found.append(Rejection(Code.PRODUCT_NOT_ALLOWED, rule, "unit_id", unit_id))
        right = registry.right_held(party, unit_id, window)
        if right is None:
            found.append(Rejection(Code.NO_RIGHT_TO_OFFER, Code.NO_RIGHT_TO_OFFER.meaning, "unit_id", unit_id))
        elif right.granted_to_s < window.end_s and registry.asks_the_chain(unit_id):
            code, granted_s = Code.RIGHT_NOT_ON_CHAIN, right.granted_to_s
            found.append(Rejection(code, code.meaning, "unit_id", unit_id, granted_s, window.end_s, "s"))
    return found


def withdraw_offer(desk: Desk, command: WithdrawOffer, party: str) -> list[Rejection]:
    """Take an offer back; returns why that is not possible."""
    guard = desk.state.guard
    offer = guard.offers.get(command.offer_id)
    if offer is None:
        return unknown("offer_id", command.offer_id)
    if offer.party != party:
        return [Rejection(Code.NOT_OWNER, Code.NOT_OWNER.meaning, "offer_id", command.offer_id)]
    leaning = _leaning_w(desk, offer)
    if leaning:
        return [
            Rejection(
                Code.OFFER_CLAIMED, "an offer is withdrawn while nobody claims of it", "offer_id", command.offer_id,
                value=leaning, limit=0, unit="W",
            )
        ]  # fmt: skip
    desk.record(e.OfferWithdrawn(desk.area_id, command.offer_id, "withdrawn"))
    return []


def is_free(desk: Desk, offer: Offer) -> bool:
    """Tell whether an offer can go: no claim is bounded by it."""
    return not _leaning_w(desk, offer)


def _leaning_w(desk: Desk, offer: Offer) -> int:
    """Return the most that is claimed of an offer, or may lose its bound without it: claims on its units by others."""
    terms, guard = offer.terms, desk.state.guard
    claimed = max(guard.of_offer_w(terms.offer_id, start) for start in terms.window.starts())
    return max(
        claimed,
        *(
            guard.of_offers_w(member.unit_id, start, terms.direction)
            for member in offer.members
            for start in terms.window.starts()
        ),
    )


def _units(desk: Desk, terms: OfferTerms, party: str) -> tuple[tuple[str, ...], list[Rejection]]:
    if bool(terms.unit_id) == bool(terms.portfolio_id):
        return (), [Rejection(Code.FIELD_MISSING, "an offer names a unit or a portfolio", "unit_id")]
    if terms.unit_id:
        return (terms.unit_id,), []
    portfolio = desk.registry.portfolios.get(terms.portfolio_id)
    if portfolio is None or not portfolio.unit_ids:
        return (), unknown("portfolio_id", terms.portfolio_id)
    if portfolio.operator_id != party:
        return (), [Rejection(Code.NOT_OWNER, Code.NOT_OWNER.meaning, "portfolio_id", terms.portfolio_id)]
    count = len(portfolio.unit_ids)
    if count > MAX_MEMBERS:
        rule = "units of a portfolio"
        return (), [Rejection(Code.TOO_MANY_ENTRIES, rule, "portfolio_id", value=count, limit=MAX_MEMBERS)]
    return tuple(dict.fromkeys(portfolio.unit_ids)), []


def _number_problems(terms: OfferTerms) -> list[Rejection]:
    found = []
    if terms.direction is Direction.UNSPECIFIED:
        found.append(Rejection(Code.FIELD_MISSING, "an offer has a direction", "direction"))
    if not 1 <= terms.quantity_w <= MAX_QUANTITY_W:
        rule = "something is offered, and no more than any unit has"
        limit = MAX_QUANTITY_W
        found.append(Rejection(Code.QUANTITY_OUT_OF_RANGE, rule, "quantity_w", "", terms.quantity_w, limit, "W"))
    if not 0 <= terms.min_quantity_w <= max(0, terms.quantity_w):
        found.append(
            Rejection(
                Code.QUANTITY_OUT_OF_RANGE, "the smallest part is no more than the whole", "min_quantity_w", "",
                terms.min_quantity_w, terms.quantity_w, "W",
            )
        )  # fmt: skip
    for name, lowest in (
        ("activation_price_micro_euro_per_mwh", -MAX_PRICE),
        ("reservation_price_micro_euro_per_mw_h", 0),
    ):
        price = getattr(terms, name)
        if not lowest <= price <= MAX_PRICE:
            rule = "a price lies inside its limits"
            found.append(Rejection(Code.FIELD_OUT_OF_RANGE, rule, name, "", price, MAX_PRICE, "micro-euro/MWh"))
    return found


def _span_problems(desk: Desk, terms: OfferTerms, members: list[Member]) -> list[Rejection]:
    """A unit's own offers together, and a portfolio's one by one, stay inside what the units can move."""
    span = sum(member.span_w for member in members)
    offered = 0
    if terms.unit_id:
        others = [own.terms for own in desk.state.guard.offers_of(terms.unit_id) if own.terms.unit_id]
        offered = max(
            sum(
                own.quantity_w
                for own in others
                if own.direction is terms.direction and own.window.start_s <= start < own.window.end_s
            )
            for start in terms.window.starts()
        )
    if offered + terms.quantity_w <= span:
        return []
    return [
        Rejection(
            Code.QUANTITY_OUT_OF_RANGE, "offers stay inside the span of power by the registry", "quantity_w", "",
            offered + terms.quantity_w, span, "W", headroom_w=max(0, span - offered),
        )
    ]  # fmt: skip


def _bound_problems(desk: Desk, offer: Offer) -> list[Rejection]:
    """An offer that is the first of a unit or portfolio sets a bound: what is claimed of it already lies inside."""
    trial = Guard(desk.area_id)
    guard, terms = desk.state.guard, offer.terms
    units = {member.unit_id for member in offer.members}
    for known in {own.terms.offer_id: own for unit_id in units for own in guard.offers_of(unit_id)}.values():
        trial.put_offer(known)
    trial.put_offer(offer)
    for claim in {own.claim_id: own for unit_id in units for own in guard.claims_on(unit_id)}.values():
        trial.put_claim(claim, trial.totals_after(claim))
    worst = max(trial.excess_w(offer, start) for start in terms.window.starts())
    if worst <= 0:
        return []
    rule = "an offer covers what is claimed of its unit or portfolio already"
    name, least = terms.unit_id or terms.portfolio_id, terms.quantity_w + worst
    return [Rejection(Code.CLAIM_EXCEEDS_OFFER, rule, "quantity_w", name, terms.quantity_w, least, "W")]
