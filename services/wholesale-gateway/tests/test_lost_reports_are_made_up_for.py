"""A report that the stream loses is heard within the hour, however late: a recall days after delivery, too."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from gateway_world import GatewayWorld

from flexbourse_core.errors import TransientError
from flexbourse_log.port import OutgoingCommand
from flexbourse_wholesale_gateway.adapters.exchange_port import Connected, MarketStatus, OrderTold, Told
from flexbourse_wholesale_gateway.domain.external_orders.deciding import RECALLED_LATE_S
from flexbourse_wholesale_gateway.domain.external_orders.reports import Report, ReportedTrade, Status
from flexbourse_wholesale_gateway.domain.state import KEPT_S
from flexbourse_wholesale_gateway.telling import MISSED_AFTER_S, OVERLAP_S, AskingSource, StreamSource

TRADED = ReportedTrade("t1", 100_000, 4_000)


@dataclass
class Line:
    """What the exchange tells, and what it answers; `asked` notes since when it was asked for changes."""

    now_s: int
    told_next: list[Told] = field(default_factory=list)
    orders: list[Report] = field(default_factory=list)
    asked: list[int] = field(default_factory=list)
    is_cut: bool = False

    def told(self, most: int) -> list[Told]:
        taken, self.told_next = self.told_next[:most], self.told_next[most:]
        return taken

    def ask(self, work: Callable[[Any], Coroutine[Any, Any, Any]]) -> Any:
        return asyncio.run(work(self))

    async def market_status(self) -> MarketStatus:
        return MarketStatus(takes_orders=True, name="xbidOk", system_time_s=self.now_s)

    async def updated_since(self, second: int) -> list[Report]:
        self.asked.append(second)
        if self.is_cut:
            raise TransientError("cut")
        return [order for order in self.orders if order.updated_ms >= second * 1000]


@dataclass
class Listening:
    """A process that listens, its clock, and the shard that it tells."""

    world: GatewayWorld
    line: Line
    elapsed_s: int = 0

    def __post_init__(self) -> None:
        self.source = StreamSource(self.line, lambda: self.elapsed_s)  # type: ignore[arg-type]
        self.line.told_next.append(Connected())

    def poll(self, later_s: int = 0) -> list[OutgoingCommand]:
        """Let time pass, and tell the shard what the source says."""
        self.elapsed_s += later_s
        self.line.now_s += later_s
        self.world.later(later_s)
        said = list(self.source.poll())
        for command in said:
            self.world.drive.command(command.topic, command.body, command.party, command.command_id)
            self.source.taken(command)
        return said


def listening(world: GatewayWorld) -> Listening:
    found = Listening(world, Line(world.drive.at_ms // 1000))
    found.poll()
    return found


def test_a_recall_told_late_whose_report_is_lost_is_found_within_the_hour() -> None:
    world = GatewayWorld()
    world.entered()
    own = listening(world)
    matched = world.report(Status.MATCHED, TRADED)
    own.line.orders, own.line.told_next = [matched], [OrderTold(matched)]
    own.poll()
    world.later(world.events("wanted")[-1].terms.delivery_end_s + RECALLED_LATE_S + 1 - world.drive.at_ms // 1000)
    world.show(matched)
    own.line.now_s = world.drive.at_ms // 1000
    own.poll(MISSED_AFTER_S)
    assert len(world.results()) == 1
    recalled = replace(TRADED, recalled=True)
    own.line.orders = [world.report(Status.CANCELLED, recalled)]  # and the stream says nothing
    own.poll(MISSED_AFTER_S - 1)
    assert len(world.results()) == 1
    own.poll(1)
    assert [(one.version, one.reason) for one in world.results()][1:] == [(2, "recalled")]
    assert world.drive.at_ms // 1000 < world.mtu.start_s + world.mtu.length_s + KEPT_S
    world.drive.recovered()


def test_one_question_an_hour_from_where_the_last_answered_one_ended(caplog: pytest.LogCaptureFixture) -> None:
    own = listening(GatewayWorld())
    began_s = own.line.now_s
    for _ in range(10):
        own.poll(MISSED_AFTER_S // 10)
    assert own.line.asked == [began_s - OVERLAP_S]
    own.line.is_cut = True
    own.poll(MISSED_AFTER_S)
    assert "own orders that changed were asked for in vain: cut" in caplog.text
    own.line.is_cut = False
    own.poll(MISSED_AFTER_S)
    assert own.line.asked[1:] == [began_s + MISSED_AFTER_S - OVERLAP_S] * 2
    own.poll(MISSED_AFTER_S)
    assert own.line.asked[3:] == [began_s + 3 * MISSED_AFTER_S - OVERLAP_S]


def test_what_was_heard_already_changes_nothing() -> None:
    world = GatewayWorld()
    world.entered()
    own = listening(world)
    matched = world.report(Status.MATCHED, TRADED)
    own.line.orders, own.line.told_next = [matched], [OrderTold(matched)]
    own.poll()
    events = len(world.events("changed"))
    own.poll(MISSED_AFTER_S)
    assert len(own.line.asked) == 1
    assert (len(world.results()), len(world.events("changed"))) == (1, events)


def test_in_steps_a_change_is_told_once_and_what_is_long_past_is_not_kept() -> None:
    world = GatewayWorld()
    world.entered()
    line = Line(world.drive.at_ms // 1000)
    source = AskingSource(line)  # type: ignore[arg-type]

    def told() -> list[str]:
        commands: list[Any] = list(source.poll())
        for command in commands:
            source.taken(command)
        return [report.external_id for command in commands for report in command.body.record_reports.reports]

    line.orders = [world.report(Status.MATCHED, TRADED)]
    assert told() == ["77"]
    assert told() == []
    line.now_s += 2 * OVERLAP_S
    told()
    assert told() == []
    assert source._known == {}
