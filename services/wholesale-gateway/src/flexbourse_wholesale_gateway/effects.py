"""Effects of the gateway: what is asked of the exchange. Each can be performed any number of times.

enter         sent once, by the process that decided it; found open at a start it counts as unanswered
operate       activate, deactivate, cancel or modify: done twice it is refused, and changes nothing
cancel-stray  likewise
look-up       a question
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from google.protobuf.message import Message

from flexbourse.wholesale_gateway.v1 import wholesale_gateway_pb2 as pb
from flexbourse_core.errors import InvalidMessageError, TransientError
from flexbourse_log.port import Intent, OutgoingCommand
from flexbourse_messages.catalogue import WHOLESALE_COMMAND
from flexbourse_wholesale_gateway import wire
from flexbourse_wholesale_gateway.domain import commands as c
from flexbourse_wholesale_gateway.domain.external_orders.deciding import Outcome, RequestAnswer
from flexbourse_wholesale_gateway.domain.external_orders.order import Operation, OperationKind, client_order_id
from flexbourse_wholesale_gateway.first_sending import FirstSendings
from flexbourse_wholesale_gateway.processor import CANCEL_STRAY, ENTER, LOOK_UP, OPERATE, SELF

if TYPE_CHECKING:  # a platform that goes to no exchange does without the client
    from flexbourse_wholesale_gateway.adapters.okte_orders import OkteOrders
    from flexbourse_wholesale_gateway.exchange_link import ExchangeLink

Body = TypeVar("Body", bound=Message)
Ask: TypeAlias = "Callable[[OkteOrders], Coroutine[Any, Any, RequestAnswer]]"
NO_EXCHANGE = "no exchange is configured"


def command(command_id: str, said: c.OwnCommand) -> OutgoingCommand:
    """Return what tells the shard; the runner sets its expiry."""
    return OutgoingCommand(
        topic=WHOLESALE_COMMAND, shard=0, command_id=command_id, party=SELF,
        body=wire.own_command_to_message(said), expires_at_ms=0,
    )  # fmt: skip


class EnterEffect:
    """Enters an order."""

    kind = ENTER

    def __init__(self, link: ExchangeLink | None, sendings: FirstSendings) -> None:
        self._link, self._sendings = link, sendings

    def perform(self, intent: Intent) -> OutgoingCommand:
        """Return the answer; none where the order may have been sent by a process before this one."""
        asked = body_of(intent, pb.EntryAsked)
        link, number = self._link, asked.attempt
        if not self._sendings.take(asked.request_id):
            answer = RequestAnswer(number, Outcome.NO_ANSWER, reasons=("may have been sent before",))
        elif link is None:
            answer = RequestAnswer(number, Outcome.NOT_SENT, reasons=(NO_EXCHANGE,))
        else:
            name, terms = client_order_id(asked.intent_id), wire.TERMS.decode(asked.terms)
            answer = _answered(link, number, lambda orders: orders.create(number, name, terms))
        return _told(asked.request_id, asked.intent_id, answer)


class OperateEffect:
    """Activates, deactivates, cancels or modifies an order."""

    kind = OPERATE

    def __init__(self, link: ExchangeLink | None) -> None:
        self._link = link

    def perform(self, intent: Intent) -> OutgoingCommand:
        """Return the answer."""
        asked = body_of(intent, pb.OperationSent)
        operation: Operation = wire.OPERATION.decode(asked.operation)
        if self._link is None:
            answer = RequestAnswer(operation.number, Outcome.NOT_SENT, reasons=(NO_EXCHANGE,))
        else:
            answer = _operated(self._link, asked.external_id, operation)
        return _told(asked.request_id, asked.intent_id, answer, is_operation=True)


class CancelStrayEffect:
    """Cancels an order that stands under our client order id without being ours by its line."""

    kind = CANCEL_STRAY

    def __init__(self, link: ExchangeLink | None) -> None:
        self._link = link

    def perform(self, intent: Intent) -> OutgoingCommand:
        """Return the answer."""
        asked = body_of(intent, pb.StrayCancelAsked)
        cancel = Operation(0, OperationKind.CANCEL, 0)
        answer = RequestAnswer(0, Outcome.NOT_SENT, reasons=(NO_EXCHANGE,))
        if self._link is not None:
            answer = _operated(self._link, asked.external_id, cancel)
        return _told(asked.request_id, asked.intent_id, answer, is_stray=True)


class LookUpEffect:
    """Asks for all that the exchange has under a client order id."""

    kind = LOOK_UP

    def __init__(self, link: ExchangeLink | None) -> None:
        self._link = link

    def perform(self, intent: Intent) -> OutgoingCommand:
        """Return what it has; failed where it did not answer, or said what cannot be read."""
        asked = body_of(intent, pb.LookUpAsked)
        name, terms = client_order_id(asked.intent_id), wire.TERMS.decode(asked.terms)
        try:
            if self._link is None:
                raise TransientError(NO_EXCHANGE)
            reports = tuple(self._link.ask(lambda orders: orders.look_up(name, terms)))
        except (TransientError, InvalidMessageError):
            said = c.RecordLookUp(asked.request_id, asked.intent_id, asked.at_s, failed=True, reports=())
        else:
            said = c.RecordLookUp(asked.request_id, asked.intent_id, asked.at_s, failed=False, reports=reports)
        return command(f"effect:{asked.request_id}", said)


def _operated(link: ExchangeLink, external_id: str, operation: Operation) -> RequestAnswer:
    number = operation.number
    if operation.kind is OperationKind.MODIFY:
        quantity_w, price_ticks = operation.quantity_w, operation.price_ticks
        return _answered(link, number, lambda orders: orders.modify(number, external_id, quantity_w, price_ticks))
    return _answered(link, number, lambda orders: orders.operate(number, external_id, operation.kind))


def _answered(link: ExchangeLink, number: int, ask: Ask) -> RequestAnswer:
    try:
        return link.ask(ask)
    except TransientError as error:
        return RequestAnswer(number, Outcome.NO_ANSWER, reasons=(str(error),))


def _told(
    request_id: str, intent_id: str, answer: RequestAnswer, *, is_operation: bool = False, is_stray: bool = False
) -> OutgoingCommand:
    said = c.RecordAnswer(
        request_id, intent_id, answer.number, answer.outcome, answer.report, answer.reasons, is_operation, is_stray
    )
    return command(f"effect:{request_id}", said)


def body_of(intent: Intent, kind: type[Body]) -> Body:
    """Return what an intent asks for; raises TypeError for one of another kind."""
    if not isinstance(intent.body, kind):
        raise TypeError(f"intent {intent.intent_id} holds {type(intent.body).__name__}, not {kind.__name__}")
    return intent.body
