"""What the exchange says unasked, as commands to the own shard: live from its stream, in stepped mode by asking.

Each process names its commands anew, so that nothing which it says is taken for what the one before it said.
"""

from __future__ import annotations

import itertools
import logging
import secrets
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from flexbourse_core.errors import InvalidMessageError, TransientError
from flexbourse_log.port import OutgoingCommand
from flexbourse_wholesale_gateway.adapters.exchange_port import (
    Connected,
    Disconnected,
    OrderRefused,
    OrderTold,
    StatusTold,
    Told,
)
from flexbourse_wholesale_gateway.domain import commands as c
from flexbourse_wholesale_gateway.domain.external_orders.reports import Report
from flexbourse_wholesale_gateway.effects import NO_EXCHANGE, command

if TYPE_CHECKING:  # a platform that goes to no exchange does without the client
    from flexbourse_wholesale_gateway.exchange_link import ExchangeLink

_logger = logging.getLogger(__name__)
MAX_TOLD_AT_ONCE = 500
MAX_REPORTS = 200  # of one command
LOOK_BACK_S = 2 * 86_400  # of the first question in stepped mode
OVERLAP_S = 60
MISSED_AFTER_S = 3_600  # so often it is asked what has changed of which the stream has told nothing
Status = Callable[[], Iterator[c.OwnCommand]]
STARTING = "this process has just started"


class _Pending:
    """Commands that are told again until they are durable."""

    def __init__(self) -> None:
        self._name = secrets.token_hex(6)
        self._count = itertools.count(1)
        self.waiting: list[OutgoingCommand] = []

    def say(self, said: Iterable[c.OwnCommand]) -> list[OutgoingCommand]:
        """Name commands and keep them."""
        self.waiting += [command(f"told:{self._name}:{next(self._count)}", one) for one in said]
        return list(self.waiting)

    def taken(self, command_taken: OutgoingCommand) -> None:
        """Forget one that is durable."""
        self.waiting = [one for one in self.waiting if one.command_id != command_taken.command_id]


class NoExchange:
    """The source of a gateway without an exchange: says once that there is none."""

    def __init__(self) -> None:
        self._pending = _Pending()
        self._is_said = False

    def poll(self) -> Sequence[OutgoingCommand]:
        """Return that there is no connection, until that is durable."""
        if self._is_said:
            return list(self._pending.waiting)
        self._is_said = True
        return self._pending.say([c.RecordConnection(connected=False, reason=NO_EXCHANGE)])

    def taken(self, command: OutgoingCommand) -> None:
        """Note that a command is durable."""
        self._pending.taken(command)


class StreamSource:
    """What the stream tells; a report that it loses is made up for within the hour, by one question.

    What had changed before the stream stood is looked up when it does.
    """

    def __init__(self, link: ExchangeLink, monotonic_s: Callable[[], float] = time.monotonic) -> None:
        self._link = link
        self._monotonic_s = monotonic_s
        self._pending = _Pending()
        self._is_started = False
        self._asked_s = monotonic_s()
        self._since_s = 0  # by the exchange's clock: up to then, less the overlap, nothing is missed

    def poll(self) -> Sequence[OutgoingCommand]:
        """Return what was told since the last time."""
        if self._pending.waiting:
            return list(self._pending.waiting)
        first = [] if self._is_started else [c.RecordConnection(connected=False, reason=STARTING)]
        self._is_started = True
        told = self._link.told(MAX_TOLD_AT_ONCE)
        return self._pending.say([*first, *_said(told, self._status), *self._missed()])

    def taken(self, command: OutgoingCommand) -> None:
        """Note that a command is durable."""
        self._pending.taken(command)

    def _status(self) -> Iterator[c.OwnCommand]:
        """Ask for the market's status, which the stream tells only when it changes."""
        try:
            status = self._link.ask(lambda orders: orders.market_status())
        except (TransientError, InvalidMessageError) as error:
            yield c.RecordMarket(takes_orders=False, name=str(error)[:200])
        else:
            self._since_s = self._since_s or status.system_time_s - OVERLAP_S
            yield c.RecordMarket(status.takes_orders, status.name)

    def _missed(self) -> Iterator[c.OwnCommand]:
        """Ask, from time to time, for every own order that has changed; without an answer the next time asks for it."""
        now_s = self._monotonic_s()
        if not self._since_s or now_s < self._asked_s + MISSED_AFTER_S:
            return
        self._asked_s = now_s
        try:
            status = self._link.ask(lambda orders: orders.market_status())
            reports = self._link.ask(lambda orders: orders.updated_since(self._since_s))
        except (TransientError, InvalidMessageError) as error:
            _logger.warning("own orders that changed were asked for in vain: %s", error)
            return
        self._since_s = status.system_time_s - OVERLAP_S
        yield from _batched([OrderTold(report) for report in reports])


class AskingSource:
    """For stepped mode: asks for status and for own orders that have changed, so that every run hears the same."""

    def __init__(self, link: ExchangeLink) -> None:
        self._link = link
        self._pending = _Pending()
        self._connection: c.RecordConnection | None = None
        self._market: c.RecordMarket | None = None
        self._known: dict[str, Report] = {}
        self._since_s = 0

    def poll(self) -> Sequence[OutgoingCommand]:
        """Return what has changed since the last time."""
        if self._pending.waiting:
            return list(self._pending.waiting)
        try:
            status = self._link.ask(lambda orders: orders.market_status())
            since_s = self._since_s or status.system_time_s - LOOK_BACK_S
            reports = self._link.ask(lambda orders: orders.updated_since(since_s))
        except (TransientError, InvalidMessageError) as error:
            connection = c.RecordConnection(connected=False, reason=str(error)[:200])
            said: list[c.OwnCommand] = [] if connection == self._connection else [connection]
            self._connection = connection
            return self._pending.say(said)
        self._since_s = status.system_time_s - OVERLAP_S
        new = [report for report in reports if self._known.get(report.external_id) != report]
        # What is behind the overlap comes again only where it has changed.
        self._known = {report.external_id: report for report in reports}
        said = []
        connection, market = (
            c.RecordConnection(connected=True, reason=""),
            c.RecordMarket(status.takes_orders, status.name),
        )
        if connection != self._connection:
            said.append(connection)
        if market != self._market:
            said.append(market)
        self._connection, self._market = connection, market
        return self._pending.say([*said, *_batched([OrderTold(report) for report in new])])

    def taken(self, command: OutgoingCommand) -> None:
        """Note that a command is durable."""
        self._pending.taken(command)


def _said(told: Sequence[Told], status: Status) -> Iterator[c.OwnCommand]:
    """Iterate over what is to be told the shard, in the order in which it came."""
    orders: list[OrderTold | OrderRefused] = []
    for one in told:
        if isinstance(one, OrderTold | OrderRefused):
            orders.append(one)
            continue
        yield from _batched(orders)
        orders = []
        match one:
            case Connected():
                yield c.RecordConnection(connected=True, reason="")
                yield from status()
            case Disconnected():
                yield c.RecordConnection(connected=False, reason=one.reason[:200])
            case StatusTold():
                yield c.RecordMarket(one.status.takes_orders, one.status.name)
            case _:  # what cannot be read: orders are whole in each message, the next one says it all
                pass
    yield from _batched(orders)


def _batched(orders: Sequence[OrderTold | OrderRefused]) -> Iterator[c.OwnCommand]:
    for start in range(0, len(orders), MAX_REPORTS):
        part = orders[start : start + MAX_REPORTS]
        reports = tuple(one.report for one in part if isinstance(one, OrderTold))
        refusals = tuple(c.Refusal(one.key, one.reasons) for one in part if isinstance(one, OrderRefused))
        yield c.RecordReports(reports, refusals)
