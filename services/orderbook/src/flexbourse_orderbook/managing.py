"""Commands by which a party manages its orders: all at once, asleep and back, by session; and the kill switch."""

from __future__ import annotations

from flexbourse.orderbook.v1 import orderbook_pb2 as pb
from flexbourse_orderbook.domain.book import AreaBook
from flexbourse_orderbook.domain.orders import MAX_TEXT
from flexbourse_orderbook.domain.outcome import Outcome
from flexbourse_orderbook.domain.resting.hibernation import hibernate, reactivate
from flexbourse_orderbook.domain.safeguards import ending as safeguards
from flexbourse_orderbook.wire import CANCEL_ALL, KEEP_SESSION, SET_KILL_SWITCH


def short(name: str) -> str:
    """Return a name cut behind the length of ids: it then names nothing, and its echo stays small."""
    return name[: MAX_TEXT + 1]


def manage(book: AreaBook, party: str, command: pb.OrderCommand) -> list[Outcome]:
    """Return what became of a command; none where it is about something else."""
    match command.WhichOneof("body"):
        case "hibernate":
            return [hibernate(book, party, short(order_id)) for order_id in command.hibernate.order_ids]
        case "reactivate":
            return [reactivate(book, party, short(order_id)) for order_id in command.reactivate.order_ids]
        case "cancel_all":
            gone = safeguards.cancel_all(book, party, CANCEL_ALL.decode(command.cancel_all))
            return [Outcome(order_id) for order_id in gone] or [Outcome(command.area_id)]
        case "keep_session":
            session = KEEP_SESSION.decode(command.keep_session)
            return [Outcome(short(session.session_id), rejection=safeguards.keep_session(book, party, session))]
        case "set_kill_switch":
            switch = SET_KILL_SWITCH.decode(command.set_kill_switch)
            refused = safeguards.set_kill_switch(book, party, switch)
            return [Outcome(short(switch.participant_id), rejection=refused)]
    return []
