"""What a query answers while the read models still catch up after a restart: it waits, or says that they are behind."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import pytest
from google.rpc import code_pb2, error_details_pb2

from flexbourse.common.v1 import common_pb2
from flexbourse_log.port import Position
from flexbourse_runtime.api import ApiContext, NoCommands
from flexbourse_runtime.directory import Directory
from flexbourse_runtime.metrics import Metrics

PATIENCE_S = 60.0
SHORT_S = 0.1


class EndedError(Exception):
    """A call was ended with a status."""

    def __init__(self, status: Any) -> None:
        super().__init__(status.details)
        self.status = status


class Call:
    """A call whose sender waits so long."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def time_remaining(self) -> float:
        return self._seconds

    async def abort_with_status(self, status: Any) -> None:
        raise EndedError(status)


class Feed:
    """Views that catch up when they are told to; every position is reached by then, and none before."""

    def __init__(self) -> None:
        self.done = asyncio.Event()
        self.asked: list[Position] = []

    @property
    def caught_up(self) -> bool:
        return self.done.is_set()

    async def wait_until_caught_up(self, timeout_s: float) -> None:
        async with asyncio.timeout(timeout_s):
            await self.done.wait()

    async def wait_for(self, position: Position, timeout_s: float) -> None:  # noqa: ARG002 - the port's
        assert self.caught_up
        self.asked.append(position)


def context_over(feed: Feed) -> ApiContext:
    return ApiContext(
        "orderbook",
        commands=NoCommands(),
        feed=cast(Any, feed),
        views=(),
        directory=Directory(),
        metrics=Metrics(),
        operator_id="operator",
    )


async def query(context: ApiContext, seconds: float, position: common_pb2.LogPosition) -> str:
    await context.wait_for(cast(Any, Call(seconds)), position)
    return "answered"


def test_a_query_waits_until_the_read_models_have_caught_up() -> None:
    async def run() -> None:
        feed = Feed()
        asked = asyncio.create_task(query(context_over(feed), PATIENCE_S, common_pb2.LogPosition()))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert not asked.done()
        feed.done.set()
        assert await asked == "answered"

    asyncio.run(run())


def test_a_position_is_waited_for_behind_that() -> None:
    async def run() -> None:
        feed, place = Feed(), common_pb2.LogPosition(topic="flex.orderbook.journal.event.v1", partition=0, offset=3)
        asked = asyncio.create_task(query(context_over(feed), PATIENCE_S, place))
        await asyncio.sleep(0)
        feed.done.set()
        assert await asked == "answered"
        assert feed.asked == [Position(place.topic, 0, 3)]

    asyncio.run(run())


def test_a_query_that_cannot_wait_so_long_is_told_instead_of_answered() -> None:
    async def run() -> None:
        with pytest.raises(EndedError) as ended:
            await query(context_over(Feed()), SHORT_S, common_pb2.LogPosition())
        assert ended.value.status.code.value[0] == code_pb2.UNAVAILABLE
        details = dict(ended.value.status.trailing_metadata)["grpc-status-details-bin"]
        assert b"READ_MODEL_BEHIND" in details
        assert error_details_pb2.ErrorInfo.DESCRIPTOR.full_name.encode() in details

    asyncio.run(run())


def test_current_read_models_cost_no_wait() -> None:
    async def run() -> None:
        feed = Feed()
        feed.done.set()
        assert await query(context_over(feed), 0.0, common_pb2.LogPosition()) == "answered"

    asyncio.run(run())
