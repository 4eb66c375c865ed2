"""The loop of the day-ahead auction: offers until 11:30, headroom on the base case of the day before, one submission.

Curves and blocks whose area holds headroom for every award, a block's in all its quarter-hours, are submitted together;
what the auction does not answer is looked up and sent again under the same id. What was not awarded ends here; only
leftovers of the local market go to the intraday market.
"""

from __future__ import annotations

from collections.abc import Sequence

from flexbourse_core.market_time import Mtu, local_day
from flexbourse_core.rejection import Rejection
from flexbourse_wholesale_gateway.domain.auction_day.awarding import ask_results, end_curve, next_result_s
from flexbourse_wholesale_gateway.domain.auction_day.offering import MAX_TICKS, MTU_S, quarters
from flexbourse_wholesale_gateway.domain.day_ahead import state as a
from flexbourse_wholesale_gateway.domain.day_ahead.blocks import Block, pool_blocks
from flexbourse_wholesale_gateway.domain.day_ahead.curves import build_curves, entry_closes_s
from flexbourse_wholesale_gateway.domain.desk import Desk
from flexbourse_wholesale_gateway.domain.external_orders.deciding import QUIET_S
from flexbourse_wholesale_gateway.domain.forwarder import (
    HEADROOM_WAIT_S,
    HEADROOM_WAIT_STEPS,
    ask_room,
    within_limits,
)
from flexbourse_wholesale_gateway.domain.lots.exposure import MAX_NODES
from flexbourse_wholesale_gateway.domain.lots.pooling import ExchangeRules, ForwardableOrder, Member, Pool
from flexbourse_wholesale_gateway.domain.state import GatewayState

MAX_SUBMITTED = 100
MAX_BLOCKS = 500  # of one day; each asks for headroom in every quarter-hour that it covers
SUBMIT_WITHIN_S = 1_800  # from the end of entry to the end of the auction's own
RULES = ExchangeRules(lowest_ticks=-50_000, highest_ticks=MAX_TICKS)
Group = tuple[str, Mtu, str]


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
    ask_results(desk, zone)


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
    times += next_result_s(desk, zone)
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
    """Want a curve for each area, period and side, then blocks, with headroom for every award."""
    state = desk.state
    singles: dict[tuple[str, int], list[ForwardableOrder]] = {}
    blocks: dict[Group, list[ForwardableOrder]] = {}
    for order in state.auctions.offers.values():
        if local_day(order.mtu.start_s, zone).isoformat() != day:
            continue
        if order.least_permille:
            blocks.setdefault((order.area_id, order.mtu, order.side.value), []).append(order)
        else:
            singles.setdefault((order.area_id, order.mtu.start_s), []).append(order)
    offers = [order for _, group in sorted(singles.items()) for order in within_limits(state, group)]
    for curve in build_curves(offers, RULES, zone, 0).curves:
        _want(desk, day, curve.steps)
    left = MAX_BLOCKS
    for _, group in sorted(blocks.items()):
        for block in pool_blocks(_within_limits(state, group), RULES)[:left]:
            left -= 1
            _want(desk, day, (block.pool,), block)


def _want(desk: Desk, day: str, steps: Sequence[Pool], block: Block | None = None) -> None:
    state, first = desk.state, steps[0]
    name = f"auction-{state.intents + 1}.{first.mtu.start_s}"
    wanted = a.CurveWanted(
        intent_id=name, day=day, area_id=first.area_id, mtu=Mtu(first.mtu.start_s, MTU_S), side=first.side,
        steps=tuple(
            a.CurveStep(step.price_ticks, tuple(a.Piece(m.order.order_id, m.quantity_w) for m in step.members))
            for step in steps
        ),
        deadline_s=state.now_s + HEADROOM_WAIT_S,
        deadline_step=state.step + HEADROOM_WAIT_STEPS if state.step else 0,
        mtu_count=0 if block is None else first.mtu.length_s // MTU_S,
        least_permille=0 if block is None else block.least_permille,
    )  # fmt: skip
    desk.record(wanted)
    if len({member.order.node_id for step in steps for member in step.members}) > MAX_NODES:
        desk.record(a.CurveMoved(name, a.CurveStage.OVER, "more nodes than headroom is asked for at once"))
    else:
        ask_room(desk, name)


def _within_limits(state: GatewayState, orders: Sequence[ForwardableOrder]) -> list[Member]:
    """Return the most of each block offer that its participant may still hold, in each of its quarter-hours; by id."""
    room: dict[str, int] = {}
    kept = []
    for order in sorted(orders, key=lambda order: order.order_id):
        party = order.participant_id
        if party not in room:
            held = (state.exposures.unexecuted_w(party, order.area_id, Mtu(at_s)) for at_s in quarters(order.mtu))
            room[party] = state.rules.limit_w - max(held)
        watts = min(order.open_w, max(0, room[party]))
        room[party] -= watts
        if watts:
            kept.append(Member(order, watts))
    return kept


def curve_answered(desk: Desk, intent_id: str, rejection: Rejection | None) -> None:
    """The area holds headroom of a curve, or of a quarter-hour of a block, or says no: then nothing of it goes out."""
    state = desk.state
    file = state.auctions.curves[intent_id]
    if file.stage is not a.CurveStage.WANTED:
        return
    if rejection is not None:
        end_curve(desk, file, rejection.rule)
        return
    asked = state.exposures.exposures[intent_id].reservation_ids
    if all(name in state.rooms and state.rooms[name].held for name in asked):
        desk.record(a.CurveMoved(intent_id, a.CurveStage.HELD, ""))


def withdraw_curve(desk: Desk, intent_id: str, reason: str) -> None:
    """Let a curve go that was not sent; one that the auction has stands."""
    file = desk.state.auctions.curves[intent_id]
    if file.stage is a.CurveStage.WANTED or (file.stage is a.CurveStage.HELD and not _was_sent(desk, file)):
        end_curve(desk, file, reason)


def _was_sent(desk: Desk, file: a.CurveFile) -> bool:
    return bool(desk.state.auctions.days.get(file.wanted.day, a.AuctionDay()).submitted_s)


def _give_up(desk: Desk, day: str, closes_s: int) -> None:
    """No answer of the area in time is a no; after the auction's end nothing is sent any more."""
    state = desk.state
    for file in state.auctions.of_day(day, a.CurveStage.WANTED):
        if state.now_s >= file.wanted.deadline_s and state.step >= file.wanted.deadline_step:
            end_curve(desk, file, "the grid has not answered in time")
    is_asked = state.is_asked(f"auction/{day}")
    for file in state.auctions.of_day(day, a.CurveStage.HELD):
        if state.now_s >= closes_s + SUBMIT_WITHIN_S and not is_asked and not _was_sent(desk, file):
            end_curve(desk, file, "the auction has ended")


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
            file.wanted.mtu_count, file.wanted.least_permille,
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
            end_curve(desk, curves[intent_id], reason)
    run_auctions(desk, zone)
