"""Commands of the order book: each entry decided in order, each with its own result."""

from __future__ import annotations

from collections.abc import Sequence

from flexbourse.common.v1 import common_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as pb
from flexbourse_core.rejection import Code, Rejection
from flexbourse_core.values import replace
from flexbourse_log.codec import encode, type_name
from flexbourse_log.port import rejected
from flexbourse_orderbook import wire
from flexbourse_orderbook.capacity_commands import about_capacity
from flexbourse_orderbook.domain import hitting
from flexbourse_orderbook.domain.agreements import agreeing
from flexbourse_orderbook.domain.auctions import blocks as auction_blocks
from flexbourse_orderbook.domain.auctions.terms import is_block
from flexbourse_orderbook.domain.book import AreaBook
from flexbourse_orderbook.domain.flexibility import calls, joint_requests
from flexbourse_orderbook.domain.grid import topology_change
from flexbourse_orderbook.domain.groups import baskets
from flexbourse_orderbook.domain.headroom import still_fitting as held_headroom
from flexbourse_orderbook.domain.operation import operating
from flexbourse_orderbook.domain.operation.operating import cancel_for
from flexbourse_orderbook.domain.operation.recall import recall_trade
from flexbourse_orderbook.domain.outcome import Outcome
from flexbourse_orderbook.domain.spreads.requests import cancel_spread, request_spread
from flexbourse_orderbook.managing import manage, short
from flexbourse_orderbook.wire import (
    ANSWER_AGREEMENT,
    CANCEL_FOR,
    CONFIRM,
    DECISION,
    END_CALL,
    HALT,
    NEW_ORDER,
    ORDER,
    PROPOSE_AGREEMENT,
    RECALL,
    RELEASE,
    REPLACEMENT,
    REQUEST_SPREAD,
    RESERVE,
    RESUME,
    SET_CAPACITY,
)

# Entries of one command.
MAX_ENTRIES = 500
MAX_REASON = 200
ORDER_URL = f"type.googleapis.com/{type_name(pb.Order)}"  # of what a result holds of an order
OF_HEADROOM = ("reserve", "confirm", "release")


def decide(book: AreaBook | None, party: str, command: pb.OrderCommand) -> list[common_pb2.Result]:
    """Return one result for each entry of a command."""
    refusal = _refuse_command(book, command)
    if refusal is not None or book is None:
        assert refusal is not None
        return [rejected(refusal)]
    book.begin()
    outcomes = (
        _about_orders(book, party, command)
        or _about_agreements(book, party, command)
        or manage(book, party, command)
        or about_capacity(book, party, command)
        or _about_books(book, party, command)
        or _about_the_grid(book, party, command)
    )
    return [_result(outcome) for outcome in outcomes]


def carry_out(book: AreaBook, holder: str, command: pb.OrderCommand) -> None:
    """Do with headroom what another service says; what is refused is an event that it reads."""
    asked = command.WhichOneof("body") or ""
    refusal = _refuse_command(book, command)
    if asked not in OF_HEADROOM:
        refusal = Rejection(Code.FIELD_MALFORMED, "a service reserves, confirms or releases headroom", field="body")
    book.begin()
    if refusal is None:
        refusal = _about_the_grid(book, holder, command)[0].rejection
    if refusal is not None:
        named = getattr(command, asked).reservation_id if asked in OF_HEADROOM else ""
        book.deny(holder, named, asked, refusal)


def _about_orders(book: AreaBook, party: str, command: pb.OrderCommand) -> list[Outcome]:
    """Return what became of orders; none where the command is about something else."""
    match command.WhichOneof("body"):
        case "submit":
            return _submit(book, party, command.submit)
        case "cancel":
            return [book.cancel(party, short(order_id)) for order_id in command.cancel.order_ids]
        case "replace":
            change = REPLACEMENT.decode(command.replace)
            return [book.replace(party, replace(change, order_id=short(change.order_id)))]
        case "end_call":
            wish = END_CALL.decode(command.end_call)
            wish = replace(wish, call_ids=tuple(map(short, wish.call_ids)), order_id=short(wish.order_id))
            return [Outcome(ended.call_id, rejection=ended.rejection) for ended in calls.end_calls(book, party, wish)]
    return []


def _about_agreements(book: AreaBook, party: str, command: pb.OrderCommand) -> list[Outcome]:
    """Return what became of an agreement; none where the command is about something else."""
    match command.WhichOneof("body"):
        case "propose_agreement":
            found = agreeing.propose(book, party, PROPOSE_AGREEMENT.decode(command.propose_agreement))
            return [Outcome(rejection=found) if isinstance(found, Rejection) else Outcome(found)]
        case "answer_agreement":
            wish = ANSWER_AGREEMENT.decode(command.answer_agreement)
            wish = replace(wish, agreement_id=short(wish.agreement_id))
            return [Outcome(wish.agreement_id, rejection=agreeing.answer(book, party, wish))]
    return []


def _submit(book: AreaBook, party: str, submit: pb.SubmitOrders) -> list[Outcome]:
    """Return what became of new orders: each decided by itself, or all as one."""
    wishes = [NEW_ORDER.decode(order) for order in submit.orders]
    if submit.basket:
        return baskets.submit_basket(book, party, wishes)
    if submit.together:
        return joint_requests.submit_together(book, party, wishes)
    if submit.auction_block:
        return auction_blocks.submit_block(book, party, wishes)
    return [
        auction_blocks.submit_block(book, party, [wish])[0] if is_block(wish) else book.submit(party, wish)
        for wish in wishes
    ]


def _about_books(book: AreaBook, party: str, command: pb.OrderCommand) -> list[Outcome]:
    """Return what became of a hit, or of what an operator did with books, orders or a trade; none where neither is."""
    name = command.area_id
    match command.WhichOneof("body"):
        case "halt_books":
            problems = operating.halt_books(book, party, HALT.decode(command.halt_books))
        case "resume_books":
            problems = operating.resume_books(book, party, RESUME.decode(command.resume_books))
        case "recall_trade":
            wish = RECALL.decode(command.recall_trade)
            name = short(wish.trade_id)
            problems = recall_trade(book, party, replace(wish, trade_id=name))
        case "cancel_for":
            named = CANCEL_FOR.decode(command.cancel_for)
            named = replace(named, order_ids=tuple(map(short, named.order_ids)))
            return [Outcome(done.order_id, rejection=done.rejection) for done in cancel_for(book, party, named)]
        case "request_spread":
            request_id, refused = request_spread(book, party, REQUEST_SPREAD.decode(command.request_spread))
            return [Outcome(request_id, rejection=refused)]
        case "cancel_spread":
            request_id = short(command.cancel_spread.request_id)
            return [Outcome(request_id, rejection=cancel_spread(book, party, request_id))]
        case "hit":
            return [hitting.hit(book, party, wire.hit_in(command.hit))]
        case _:
            return []
    return [Outcome(name, rejection=problem) for problem in problems] or [Outcome(name)]


def _about_the_grid(book: AreaBook, party: str, command: pb.OrderCommand) -> list[Outcome]:
    """Return what became of headroom, limits, relief, curtailments, or of a halt."""
    match command.WhichOneof("body"):
        case "reserve":
            outcome = book.reserve(party, RESERVE.decode(command.reserve))
        case "confirm":
            outcome = book.confirm(party, CONFIRM.decode(command.confirm))
        case "release":
            outcome = book.release(party, RELEASE.decode(command.release))
        case "set_capacity_limits":
            schedule = SET_CAPACITY.decode(command.set_capacity_limits)
            outcomes = book.set_capacity(party, schedule)
            if not any(outcome.rejection for outcome in outcomes):
                mtus = {limit.mtu for limit in schedule.limits}
                topology_change.renew_proposals(book, mtus)
                held_headroom.tell_shortages(book, dict.fromkeys(mtus, held_headroom.CAPACITY))
            return outcomes
        case "release_relief":
            outcome = book.release_relief(party, short(command.release_relief.trade_id))
        case "decide_curtailment":
            decision = DECISION.decode(command.decide_curtailment)
            refused = topology_change.decide(book, party, decision)
            outcome = Outcome(short(decision.proposal_id), rejection=refused)
        case _:
            outcome = book.resume(party, command.resume_area.reason[:MAX_REASON])
    return [outcome]


def _refuse_command(book: AreaBook | None, command: pb.OrderCommand) -> Rejection | None:
    body = command.WhichOneof("body")
    if body is None:
        return Rejection(Code.FIELD_MISSING, "a command says what is to be done", field="body")
    if book is None:
        return Rejection(
            Code.UNKNOWN_OBJECT, "the area is registered and lies in this shard", field="area_id",
            element=short(command.area_id),
        )  # fmt: skip
    entries = _entries(body, command)
    if entries is not None and not 0 < len(entries) <= MAX_ENTRIES:
        return Rejection(
            Code.TOO_MANY_ENTRIES if entries else Code.FIELD_MISSING, "a command holds 1 to 500 entries", field=body,
            value=len(entries), limit=MAX_ENTRIES, unit="entries",
        )  # fmt: skip
    if body == "end_call" and bool(command.end_call.call_ids) == bool(command.end_call.order_id):
        return Rejection(Code.FIELD_MISSING, "a command ends matches by their ids or by one order", field="call_ids")
    if body == "reserve" and command.reserve.area_id != command.area_id:
        return Rejection(
            Code.FIELD_MALFORMED, "a reservation lies in the command's area", field="reserve.area_id",
            element=short(command.reserve.area_id),
        )  # fmt: skip
    return None


def _entries(body: str, command: pb.OrderCommand) -> Sequence[object] | None:
    """Return what a command holds several of, None where it is about one thing."""
    if body == "end_call":
        return command.end_call.call_ids or None
    if body == "cancel_for":
        return command.cancel_for.order_ids or None
    if body in ("cancel", "hibernate", "reactivate"):
        named: Sequence[object] = getattr(command, body).order_ids
        return named
    return command.submit.orders if body == "submit" else None


def _result(outcome: Outcome) -> common_pb2.Result:
    result = rejected(outcome.rejection) if outcome.rejection is not None else common_pb2.Result()
    result.id = outcome.entry_id
    if outcome.order is not None:
        detail = result.detail
        detail.type_url, detail.value = ORDER_URL, encode(ORDER.encode(outcome.order))
    return result
