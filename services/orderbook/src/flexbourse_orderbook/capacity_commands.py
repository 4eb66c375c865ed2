"""Commands about network capacity: ask for it, take that back, say that it is used."""

from __future__ import annotations

from flexbourse.orderbook.v1 import orderbook_pb2 as pb
from flexbourse_core.rejection import Rejection
from flexbourse_core.values import replace
from flexbourse_orderbook.capacity_wire import DECLARE_USE, REQUEST, WITHDRAW
from flexbourse_orderbook.domain.book import AreaBook
from flexbourse_orderbook.domain.capacity_auction import asking, using
from flexbourse_orderbook.domain.outcome import Outcome
from flexbourse_orderbook.managing import short


def about_capacity(book: AreaBook, party: str, command: pb.OrderCommand) -> list[Outcome]:
    """Return what became of a command; none where it is about something else."""
    match command.WhichOneof("body"):
        case "request_capacity":
            found = asking.request(book, party, REQUEST.decode(command.request_capacity))
            refused = isinstance(found, Rejection)
            return [Outcome(rejection=found) if refused else Outcome(found.request_id)]  # type: ignore[arg-type, union-attr]
        case "withdraw_capacity":
            gone = WITHDRAW.decode(command.withdraw_capacity)
            gone = replace(gone, request_id=short(gone.request_id))
            return [Outcome(gone.request_id, rejection=asking.withdraw(book, party, gone))]
        case "declare_capacity_use":
            use = DECLARE_USE.decode(command.declare_capacity_use)
            use = replace(use, request_id=short(use.request_id))
            return [Outcome(use.request_id, rejection=using.declare(book, party, use))]
    return []
