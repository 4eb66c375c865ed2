"""What a servicer may use: commands, views, routing and the proven caller; and what a service's `api.py` returns.

A servicer never touches a shard. A call becomes one command record; its answer comes back through the log.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias, TypeVar

import grpc
from google.protobuf.message import Message

from flexbourse.common.v1 import common_pb2
from flexbourse_core.ids import is_command_id
from flexbourse_core.rejection import Code, Rejection
from flexbourse_log.engine import EngineStoppedError
from flexbourse_log.port import (
    CommandPort,
    NoSuchPlaceError,
    OutgoingCommand,
    OverloadedError,
    Position,
    ShardHaltedError,
    View,
    ViewFeed,
)
from flexbourse_messages.topic import MAX_COMMAND_BYTES
from flexbourse_runtime.directory import Directory
from flexbourse_runtime.identity import Caller, current_caller
from flexbourse_runtime.metrics import ENTRIES, REJECTIONS, Metrics
from flexbourse_runtime.refusals import fail, refuse

DEFAULT_LIFETIME_MS = 3_600_000  # of a command whose sender named no expiry
DEFAULT_TIMEOUT_S = 10.0  # of a call whose sender set no deadline
MAX_TIMEOUT_S = 60.0
ANSWER_MARGIN_S = 0.02  # kept to tell the caller before his own deadline, or the bound of all calls, ends the call
ROUTE_WAIT_S = 1.0  # an area that was registered a moment ago may not have reached this process yet

Rpc: TypeAlias = "grpc.aio.ServicerContext[Any, Any]"  # subscriptable for type checkers only
SomeView = TypeVar("SomeView", bound=View)


@dataclass(frozen=True, slots=True)
class Binding:
    """One gRPC service: its full protobuf name, the generated function that adds it, and the servicer."""

    name: str
    add: Callable[[Any, Any], None]
    servicer: object


class Servicers(Protocol):
    """The function `servicers` of a service's `api.py`."""

    def __call__(self, context: ApiContext) -> Sequence[Binding]:
        """Return the gRPC services of one context."""


class NoCommands:
    """The command port of a reader: it has no command topics, and to ask it for one is a bug."""

    stepped = False

    async def call(self, command: OutgoingCommand, timeout_s: float) -> common_pb2.CommandReceipt:  # noqa: ARG002
        """Raise LookupError."""
        raise LookupError(f"a reader takes no command, but {command.topic} was asked for")

    async def append(self, command: OutgoingCommand) -> Position:
        """Raise LookupError."""
        raise LookupError(f"a reader takes no command, but {command.topic} was asked for")

    def answer(self, party: str, command_id: str) -> common_pb2.CommandReceipt | None:  # noqa: ARG002
        """Return that there is none."""
        return None


class ApiContext:
    """The platform as the servicers of one context see it; used on the API's asyncio loop alone."""

    def __init__(
        self,
        context: str,
        *,
        commands: CommandPort,
        feed: ViewFeed,
        views: Sequence[View],
        directory: Directory,
        metrics: Metrics,
        operator_id: str,
    ) -> None:
        self.context = context
        self.commands = commands
        self.feed = feed
        self.directory = directory
        self.operator_id = operator_id
        self._views = tuple(views)
        self._metrics = metrics

    def view(self, kind: type[SomeView]) -> SomeView:
        """Return the service's view of a type; raises LookupError where it has none."""
        for view in self._views:
            if isinstance(view, kind):
                return view
        raise LookupError(f"context {self.context} has no view {kind.__name__}")

    def caller(self) -> Caller:
        """Return the proven party of the current call."""
        return current_caller()

    def roles(self) -> frozenset[str]:
        """Return the current caller's roles by the registry (DSO, MARKET_OPERATOR …), for queries and streams."""
        caller = self.caller()
        roles = self.directory.roles(caller.party)
        return roles | {"MARKET_OPERATOR"} if caller.party == self.operator_id else roles

    async def shard_of(self, rpc: Rpc, area_id: str) -> int:
        """Return the shard of an area; ends the call where no such area is registered."""
        shard = await self.directory.shard_of(area_id, ROUTE_WAIT_S)
        if shard is None:
            await refuse(rpc, Rejection(Code.UNKNOWN_OBJECT, "the area is registered", "area_id", area_id))
        return shard

    async def call(
        self,
        rpc: Rpc,
        *,
        topic: str,
        body: Message,
        command_id: str,
        expires_at_ms: int = 0,
        area: str = "",
        shard: int = 0,
    ) -> common_pb2.CommandReceipt:
        """Append one command for the current caller and wait for its answer.

        With `area` the shard is looked up, otherwise it is `shard`. In stepped mode the receipt has no answer. Ends the
        call where the id or the expiry is malformed, the shard is halted, too many calls wait, or time is up.
        """
        caller = self.caller()
        problems = self._envelope_problems(command_id, expires_at_ms, body.ByteSize())
        if problems:
            await refuse(rpc, *problems)
        command = OutgoingCommand(
            topic=topic,
            shard=await self.shard_of(rpc, area) if area else shard,
            command_id=command_id,
            party=caller.party,
            body=body,
            expires_at_ms=expires_at_ms or int(time.time() * 1000) + DEFAULT_LIFETIME_MS,
            area=area,
            correlation_id=correlation_id(rpc) or command_id,
        )
        receipt = await self._append(rpc, command)
        self._count(receipt)
        return receipt

    async def wait_for(self, rpc: Rpc, position: common_pb2.LogPosition) -> None:
        """Wait until the views are current, and reflect a position where the caller named one."""
        await self.caught_up(rpc)
        if not position.topic:
            return
        try:
            await self.feed.wait_for(Position(position.topic, position.partition, position.offset), remaining_s(rpc))
        except NoSuchPlaceError as error:
            rule = "a position is one that an answer came with: a place in a journal of the platform"
            await refuse(rpc, Rejection(Code.FIELD_MALFORMED, rule, "min_position", str(error)))
        except TimeoutError:
            await fail(
                rpc,
                grpc.StatusCode.DEADLINE_EXCEEDED,
                "POSITION_NOT_REACHED",
                f"the read model has not reached {position.topic}/{position.partition}/{position.offset} yet",
            )

    async def caught_up(self, rpc: Rpc) -> None:
        """Wait until the views have had all that stood in the log when the process began.

        A restart takes orders before that. What the views tell meanwhile is a state of before, which nobody could tell
        from the present one: a call that does not get its answer in time is told so instead.
        """
        if self.feed.caught_up:
            return
        try:
            await self.feed.wait_until_caught_up(remaining_s(rpc))
        except TimeoutError:
            rule = "the read models still catch up after a restart: ask again"
            await fail(rpc, grpc.StatusCode.UNAVAILABLE, "READ_MODEL_BEHIND", rule, context=self.context)

    async def _append(self, rpc: Rpc, command: OutgoingCommand) -> common_pb2.CommandReceipt:
        try:
            return await self.commands.call(command, remaining_s(rpc))
        except TimeoutError:
            await fail(
                rpc,
                grpc.StatusCode.DEADLINE_EXCEEDED,
                "NOT_ANSWERED_IN_TIME",
                f"command {command.command_id} may still be decided: send it again with the same id",
                command_id=command.command_id,
            )
        except OverloadedError:
            await fail(
                rpc,
                grpc.StatusCode.RESOURCE_EXHAUSTED,
                "OVERLOADED",
                "more calls wait than the bound allows; nothing was appended",
                command_id=command.command_id,
            )
        except EngineStoppedError as stopped:
            await fail(rpc, grpc.StatusCode.UNAVAILABLE, "STOPPING", str(stopped), command_id=command.command_id)
        except ShardHaltedError as halted:
            await refuse(
                rpc,
                Rejection(
                    Code.SHARD_HALTED,
                    str(halted) or Code.SHARD_HALTED.meaning,
                    element=f"{self.context}/{command.shard}",
                ),
            )

    def _envelope_problems(self, command_id: str, expires_at_ms: int, size: int) -> list[Rejection]:
        problems = []
        if size > MAX_COMMAND_BYTES:
            rule = "a command fits a record of the log: send it in parts"
            problems.append(Rejection(Code.TOO_MANY_ENTRIES, rule, "body", "", size, MAX_COMMAND_BYTES, "bytes"))
        if not is_command_id(command_id):
            problems.append(
                Rejection(
                    Code.FIELD_MALFORMED if command_id else Code.FIELD_MISSING,
                    "a command id has the form [A-Za-z0-9._:-]{1,64}",
                    "command_id",
                    command_id[:64],
                )
            )
        if expires_at_ms < 0 or (self.commands.stepped and not expires_at_ms):
            rule = "expires_at_ms is positive, and given in stepped mode, where only the sender knows the time"
            problems.append(Rejection(Code.FIELD_MISSING, rule, "expires_at_ms", value=expires_at_ms, unit="ms"))
        return problems

    def _count(self, receipt: common_pb2.CommandReceipt) -> None:
        results = receipt.answer.results
        if results:
            self._metrics.count(ENTRIES, self.context, by=len(results))
        for result in results:
            if result.HasField("rejection"):
                self._metrics.count(REJECTIONS, self.context, result.rejection.code)


def remaining_s(rpc: Rpc) -> float:
    """Return how long a call may wait: up to just before its deadline, and never without a bound."""
    return max(0.0, bound_s(rpc.time_remaining()) - ANSWER_MARGIN_S)


def bound_s(remaining: float | None) -> float:
    """Return how long a call with so much time left may take, None: whose sender set no deadline."""
    return DEFAULT_TIMEOUT_S if remaining is None else min(remaining, MAX_TIMEOUT_S)


def correlation_id(rpc: Rpc) -> str:
    """Return the caller's correlation id, empty where none was sent or it is malformed."""
    for key, value in rpc.invocation_metadata() or ():
        if key == "x-correlation-id" and isinstance(value, str) and is_command_id(value):
            return value
    return ""
