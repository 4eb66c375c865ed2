"""The loop of the day-ahead auction: offers until 11:30, headroom on the base case of the day before, one submission.

Curves whose area holds headroom for every award are submitted together; what the auction does not answer is looked up
and sent again under the same id. Awards come by revision: the first that is final settles the headroom, a later one
gives the difference. What was not awarded ends here; only leftovers of the local market go to the intraday market.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from flexbourse_core.ids import is_object_id
from flexbourse_core.market_time import Mtu, local_day
from flexbourse_core.rejection import Code, Rejection
from flexbourse_wholesale_gateway.domain import auction_state as a
from flexbourse_wholesale_gateway.domain.day_ahead import Award, build_curves, entry_closes_s, split_award
from flexbourse_wholesale_gateway.domain.desk import Desk, confirm, release_room
from flexbourse_wholesale_gateway.domain.exposure import MAX_NODES
from flexbourse_wholesale_gateway.domain.external_order import ExternalTerms, Trade, client_order_id
from flexbourse_wholesale_gateway.domain.forwarder import (
    HEADROOM_WAIT_S,
    HEADROOM_WAIT_STEPS,
    ask_room,
    within_limits,
)
from flexbourse_wholesale_gateway.domain.forwarding import QUIET_S
from flexbourse_wholesale_gateway.domain.pooling import ExchangeRules, ForwardableOrder, Side
from flexbourse_wholesale_gateway.domain.results import ResultKind, result_id, trade_result

MAX_OFFERS = 50_000
MAX_OFFER_W = 10**9
MAX_TICKS = 400_000  # the auction's range: 4,000 EUR/MWh
MAX_SUBMITTED = 100
MTU_S = 900
SUBMIT_WITHIN_S = 1_800  # from the end of entry to the end of the auction's own
RESULTS_AFTER_S = 3_600  # from the end of entry: preliminary results
ASK_AGAIN_S = 300


@dataclass(frozen=True, slots=True)
class DayAheadOffer:
    """A wish to buy or sell in the auction; no side: it says none."""

    offer_id: str
    unit_id: str
    mtu: Mtu
    side: Side | None
    quantity_w: int
    limit_ticks: int


def offer(desk: Desk, wish: DayAheadOffer, party: str, zone: str) -> list[Rejection]:
    """Take an offer in; returns every rule that stands against it."""
    state, registry = desk.state, desk.state.registry
    unit = registry.units.get(wish.unit_id)
    point = registry.points.get(unit.metering_point_id) if unit is not None else None
    order_id = f"da.{party}.{wish.offer_id}"
    problems = _shape_problems(wish)
    if not problems and state.now_s >= entry_closes_s(wish.mtu, zone):
        rule = "offers for the auction end at 11:30 of the day before"
        problems.append(Rejection(Code.GATE_CLOSED, rule, "mtu", value=wish.mtu.start_s))
    if unit is None or point is None or not (unit.active and point.active):
        problems.append(Rejection(Code.UNIT_NOT_ACTIVE, "the unit and its metering point are active", "unit_id",
                                  wish.unit_id[:64]))  # fmt: skip
    elif not registry.may_offer(wish.unit_id, party, wish.mtu.start_s, wish.mtu.end_s):
        rule = "the party holds the right to offer the unit for the whole period"
        problems.append(Rejection(Code.NO_RIGHT_TO_OFFER, rule, "unit_id", wish.unit_id[:64]))
    if order_id in state.auctions.offers or len(state.auctions.offers) >= MAX_OFFERS:
        problems.append(Rejection(Code.IDENTIFIER_IN_USE, "a new offer has a new id", "offer_id", wish.offer_id[:64]))
    if problems or unit is None or point is None or wish.side is None:
        return problems
    order = ForwardableOrder(
        order_id=order_id, participant_id=party, unit_id=wish.unit_id, node_id=point.node_id, feeder_id=unit.feeder_id,
        area_id=point.area_id, mtu=wish.mtu, side=wish.side, open_w=wish.quantity_w, limit_ticks=wish.limit_ticks,
        metering_point_id=unit.metering_point_id, moves=unit.controllable,
    )  # fmt: skip
    limits = _unit_problems(desk, order, unit.max_power_w - unit.min_power_w)
    if not limits:
        desk.record(a.DayAheadOffered(order))
    return limits


def _shape_problems(wish: DayAheadOffer) -> list[Rejection]:
    problems = []
    if not is_object_id(wish.offer_id):
        problems.append(
            Rejection(Code.FIELD_MALFORMED, "an id has the form [A-Za-z0-9][A-Za-z0-9._:-]{0,63}", "offer_id")
        )
    if wish.mtu.length_s != MTU_S or not wish.mtu.is_aligned():
        problems.append(Rejection(Code.FIELD_MALFORMED, "an offer is of one quarter-hour", "mtu"))
    if wish.side is None:
        problems.append(Rejection(Code.FIELD_MISSING, "an offer buys or sells", "side"))
    for name, value, low, high in (
        ("quantity_w", wish.quantity_w, 1, MAX_OFFER_W), ("limit_ticks", wish.limit_ticks, -MAX_TICKS, MAX_TICKS),
    ):  # fmt: skip
        if not low <= value <= high:
            problems.append(Rejection(Code.FIELD_OUT_OF_RANGE, "bounded", name, value=value, limit=high))
    return problems


def _unit_problems(desk: Desk, order: ForwardableOrder, span_w: int) -> list[Rejection]:
    """All offers of a unit in a period and direction stay inside what it can do."""
    offered_w = order.open_w + sum(
        known.open_w
        for known in desk.state.auctions.offers.values()
        if (known.unit_id, known.mtu, known.side) == (order.unit_id, order.mtu, order.side)
    )
    if offered_w <= span_w:
        return []
    rule = "offers of a unit, period and direction stay inside its power"
    return [Rejection(Code.BASIS_EXCEEDED, rule, "quantity_w", order.unit_id, offered_w, span_w, "W")]


def run_auctions(desk: Desk, zone: str) -> None:
    """Do what is due of every day that has offers."""
    auctions = desk.state.auctions
    for day, first_s in sorted(_days(desk, zone).items()):
        closes_s = entry_closes_s(Mtu(first_s, MTU_S), zone)
        if desk.state.now_s < closes_s:
            continue
        is_open = desk.state.now_s < closes_s + SUBMIT_WITHIN_S
        if is_open and desk.state.forwards and not auctions.days.get(day, a.AuctionDay()).built:
            _build(desk, day, zone)
        _give_up(desk, day, closes_s)
        _submit(desk, day)
        _ask_awards(desk, day, closes_s)


def next_auction_s(desk: Desk, zone: str) -> int | None:
    """Return when `run_auctions` has something to do at latest; None for never."""
    state, times = desk.state, []
    for day, first_s in _days(desk, zone).items():
        closes_s = entry_closes_s(Mtu(first_s, MTU_S), zone)
        known = state.auctions.days.get(day, a.AuctionDay())
        if not known.built:
            times.append(closes_s)
        times += [file.wanted.deadline_s for file in state.auctions.of_day(day, a.CurveStage.WANTED)]
        if state.auctions.of_day(day, a.CurveStage.HELD):
            times.append(min(known.submitted_s + QUIET_S, closes_s + SUBMIT_WITHIN_S))
        if state.auctions.of_day(day, a.CurveStage.TAKEN):
            times.append(max(closes_s + RESULTS_AFTER_S, known.asked_s + ASK_AGAIN_S))
    return min((at_s for at_s in times if at_s > state.now_s), default=None)


def _days(desk: Desk, zone: str) -> dict[str, int]:
    """Return the first quarter-hour offered of each local day of delivery that has not begun."""
    found: dict[str, int] = {}
    for order in desk.state.auctions.offers.values():
        if order.mtu.start_s > desk.state.now_s:
            day = local_day(order.mtu.start_s, zone).isoformat()
            found[day] = min(found.get(day, order.mtu.start_s), order.mtu.start_s)
    return found


def _build(desk: Desk, day: str, zone: str) -> None:
    """Want a curve for each area, period and side, with headroom for every award."""
    state = desk.state
    groups: dict[tuple[str, int], list[ForwardableOrder]] = {}
    for order in state.auctions.offers.values():
        if local_day(order.mtu.start_s, zone).isoformat() == day:
            groups.setdefault((order.area_id, order.mtu.start_s), []).append(order)
    offers = [order for _, group in sorted(groups.items()) for order in within_limits(state, group)]
    plan = build_curves(offers, ExchangeRules(lowest_ticks=-50_000, highest_ticks=MAX_TICKS), zone, 0)
    for curve in plan.curves:
        steps = tuple(
            a.CurveStep(step.price_ticks, tuple(a.Piece(m.order.order_id, m.quantity_w) for m in step.members))
            for step in curve.steps
        )
        name = f"auction-{state.intents + 1}.{curve.mtu.start_s}"
        deadline_step = state.step + HEADROOM_WAIT_STEPS if state.step else 0
        wanted = a.CurveWanted(
            name, day, curve.area_id, curve.mtu, curve.side, steps, state.now_s + HEADROOM_WAIT_S, deadline_step
        )
        nodes = {m.order.node_id for step in curve.steps for m in step.members}
        desk.record(wanted)
        if len(nodes) > MAX_NODES:
            desk.record(a.CurveMoved(name, a.CurveStage.OVER, "more nodes than headroom is asked for at once"))
        else:
            ask_room(desk, name, curve.mtu)


def curve_answered(desk: Desk, intent_id: str, rejection: Rejection | None) -> None:
    """The area holds headroom for a curve, or says no."""
    file = desk.state.auctions.curves[intent_id]
    if file.stage is not a.CurveStage.WANTED:
        return
    if rejection is not None:
        desk.record(a.CurveMoved(intent_id, a.CurveStage.OVER, rejection.rule))
        return
    desk.record(a.CurveMoved(intent_id, a.CurveStage.HELD, ""))


def withdraw_curve(desk: Desk, intent_id: str, reason: str) -> None:
    """Let a curve go that was not sent; one that the auction has stands."""
    file = desk.state.auctions.curves[intent_id]
    if file.stage is a.CurveStage.WANTED or (file.stage is a.CurveStage.HELD and not _was_sent(desk, file)):
        _end(desk, file, reason)


def _was_sent(desk: Desk, file: a.CurveFile) -> bool:
    return bool(desk.state.auctions.days.get(file.wanted.day, a.AuctionDay()).submitted_s)


def _give_up(desk: Desk, day: str, closes_s: int) -> None:
    """No answer of the area in time is a no; after the auction's end nothing is sent any more."""
    state = desk.state
    for file in state.auctions.of_day(day, a.CurveStage.WANTED):
        if state.now_s >= file.wanted.deadline_s and state.step >= file.wanted.deadline_step:
            _end(desk, file, "the grid has not answered in time")
    is_asked = state.is_asked(f"auction/{day}")
    for file in state.auctions.of_day(day, a.CurveStage.HELD):
        if state.now_s >= closes_s + SUBMIT_WITHIN_S and not is_asked and not _was_sent(desk, file):
            _end(desk, file, "the auction has ended")


def _submit(desk: Desk, day: str) -> None:
    state = desk.state
    known = state.auctions.days.get(day, a.AuctionDay())
    waits = state.auctions.of_day(day, a.CurveStage.WANTED) or state.is_asked(f"auction/{day}")
    held = state.auctions.of_day(day, a.CurveStage.HELD)
    if not held or waits or not state.connection.connected or state.now_s < known.submitted_s + QUIET_S:
        return
    sent = tuple(
        a.CurveSent(
            file.wanted.intent_id, file.wanted.mtu, file.wanted.side,
            tuple(a.CurveLevel(step.price_ticks, step.quantity_w) for step in file.curve.steps),
        )
        for file in held[:MAX_SUBMITTED]
    )  # fmt: skip
    desk.record(a.SubmissionAsked(desk.next_request, day, state.now_s, sent))


def submitted(desk: Desk, taken: Sequence[str], refused: dict[str, str], zone: str) -> None:
    """Take in what the auction says of curves; of what it said nothing it is asked again."""
    curves = desk.state.auctions.curves
    for intent_id in taken:
        if intent_id in curves and curves[intent_id].stage is a.CurveStage.HELD:
            desk.record(a.CurveMoved(intent_id, a.CurveStage.TAKEN, ""))
    for intent_id, reason in sorted(refused.items()):
        if intent_id in curves and curves[intent_id].stage is a.CurveStage.HELD:
            _end(desk, curves[intent_id], reason)
    run_auctions(desk, zone)


def _ask_awards(desk: Desk, day: str, closes_s: int) -> None:
    state = desk.state
    known = state.auctions.days.get(day, a.AuctionDay())
    due_s = max(closes_s + RESULTS_AFTER_S, known.asked_s + ASK_AGAIN_S)
    has_taken = bool(state.auctions.of_day(day, a.CurveStage.TAKEN))
    if has_taken and state.connection.connected and state.now_s >= due_s and not state.is_asked(f"auction/{day}"):
        desk.record(a.AwardsAsked(desk.next_request, day, state.now_s))


def awarded(desk: Desk, day: str, revision: int, awards: Sequence[Award], *, final: bool) -> None:
    """Take a revision of a day's result in; what is final settles the headroom of its curves."""
    by_id = {award.client_order_id: award for award in awards}
    for file in desk.state.auctions.of_day(day, a.CurveStage.TAKEN) if revision else ():
        award = by_id.get(client_order_id(file.wanted.intent_id))
        if revision > file.revision:
            _take_award(desk, file, revision, award, final=final)
        if final:
            _settle(desk, file.wanted.intent_id)


def _take_award(desk: Desk, file: a.CurveFile, revision: int, award: Award | None, *, final: bool) -> None:
    wanted = file.wanted
    awarded_w = min(award.quantity_w, file.curve.quantity_w) if award is not None else 0
    price = award.price_ticks if award is not None else 0
    shares = split_award(file.curve, awarded_w)
    pieces = tuple(a.Piece(order_id, watts) for order_id, watts in sorted(shares.items()))
    desk.record(a.CurveAwarded(wanted.intent_id, revision, awarded_w, price, pieces))
    before = desk.state.results.get(result_id(f"dam-{wanted.day}", wanted.intent_id))
    if not awarded_w and before is None:
        return
    orders = {member.order.order_id: (member.order, shares[member.order.order_id])
              for member in file.members if member.order.order_id in shares}  # fmt: skip
    terms = ExternalTerms(
        delivery_start_s=wanted.mtu.start_s, delivery_end_s=wanted.mtu.end_s, gate_s=wanted.mtu.start_s,
        side=wanted.side, quantity_w=file.curve.quantity_w, price_ticks=price,
    )  # fmt: skip
    key = (f"dam-{wanted.day}", wanted.intent_id)
    trade = Trade(f"revision {revision}", awarded_w, price)
    result = trade_result(desk.venue_id, desk.state.operator_id, key, terms, trade, orders, 0)
    version = before.version + 1 if before is not None else 1
    reason = f"revision {revision}" if before is not None else ""
    desk.record(replace(result, version=version, kind=ResultKind.CLEARING, final=final, reason=reason))


def _settle(desk: Desk, intent_id: str) -> None:
    """Confirm what was awarded and give the rest of the headroom back."""
    file = desk.state.auctions.curves[intent_id]
    exposure = desk.state.exposures.exposures.get(intent_id)
    if exposure is not None and file.shares:
        confirm(desk, exposure, file.shares, result_id(f"dam-{file.wanted.day}", intent_id))
    _end(desk, file, "cleared")


def _end(desk: Desk, file: a.CurveFile, reason: str) -> None:
    intent_id = file.wanted.intent_id
    release_room(desk, intent_id, reason)
    desk.record(a.CurveMoved(intent_id, a.CurveStage.OVER, reason[:200]))
