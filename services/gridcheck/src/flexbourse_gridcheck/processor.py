"""Gridcheck as the log runs it: records in, records out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from google.protobuf.message import Message

from flexbourse.common.v1 import common_pb2
from flexbourse.gridcheck.v1 import gridcheck_pb2 as grid
from flexbourse.log.v1 import log_pb2
from flexbourse_core.errors import InvalidMessageError
from flexbourse_core.rejection import Code, Rejection
from flexbourse_gridcheck import snapshot, wire
from flexbourse_gridcheck.domain import commands
from flexbourse_gridcheck.domain.events import Event
from flexbourse_gridcheck.domain.machine import Compile, Decided, GridCheck
from flexbourse_gridcheck.domain.schedule import ScheduleBook, SubmitSchedules, Surroundings
from flexbourse_log.port import AdoptedRecord, Command, Decision, Intent, Output, decision, rejected
from flexbourse_messages.catalogue import (
    GRID_AUDIT,
    GRID_BASE_CASE,
    GRID_MARGIN,
    GRID_RESULT,
    GRID_SCHEDULE,
    GRID_TARIFF,
    GRID_TOPOLOGY,
)

AUDIT_INTENT = "audit"
MAX_ID_LENGTH = 64  # of a unit in an answer; a longer one is unknown
# The party of the shard's own effect runner; no participant can have a name with a dot.
AUDITOR_PARTY = "platform.gridcheck"

_BY_PERIOD: dict[type[Message], str] = {
    grid.BaseCaseState: GRID_BASE_CASE,
    grid.MarginState: GRID_MARGIN,
    grid.TariffState: GRID_TARIFF,
    grid.GridResultState: GRID_RESULT,
    grid.AuditRecorded: GRID_AUDIT,
}
_RETIRED = (GRID_BASE_CASE, GRID_MARGIN, GRID_TARIFF, GRID_RESULT)


class GridProgram:
    """One shard of gridcheck."""

    def __init__(self, shard: int, compile_model: Compile, operator_id: str = "") -> None:
        self._shard = shard
        self._compile = compile_model
        self._operator_id = operator_id
        self._machine = GridCheck(shard, compile_model, operator_id)
        self._schedules = ScheduleBook()

    @property
    def machine(self) -> GridCheck:
        """Return the state machine, to be read."""
        return self._machine

    def on_command(self, command: Command) -> Decision:
        """Decide a command."""
        if not isinstance(command.body, grid.GridCommand):
            raise InvalidMessageError(f"gridcheck takes no {command.body.DESCRIPTOR.full_name}")
        wish = wire.command_from_message(command.body)
        if isinstance(wish, SubmitSchedules):
            return self._submit_schedules(wish, command.party)
        decided = self._decide(wish, command.party)
        return decision(command, decided, _messages)

    def _submit_schedules(self, wish: SubmitSchedules, party: str) -> Decision:
        machine = self._machine
        markets = tuple(market for market in machine.markets.values() if market.area_id == wish.area_id)
        around = Surroundings(machine.now_ms, machine.area_facts.get(wish.area_id), markets, machine.role_of(party))
        events, outcomes = self._schedules.submit(wish, party, around)
        for event in events:
            self._schedules.evolve(event)
        results = [rejected(outcome) if outcome is not None else common_pb2.Result() for outcome in outcomes]
        for result, entry in zip(results, wish.schedules, strict=False):
            result.id = entry.unit_id[:MAX_ID_LENGTH]
        return Decision([wire.SCHEDULES_RECORDED.encode(event) for event in events], results)

    def _decide(self, command: commands.Command | None, party: str) -> Decided:
        machine = self._machine
        decide: dict[type, Callable[..., Decided]] = {
            commands.PublishTopology: machine.publish_topology,
            commands.ApplySwitching: machine.apply_switching,
            commands.SubmitForecast: machine.submit_forecast,
            commands.CorrectBaseCase: machine.correct_base_case,
            commands.SetTariffParameters: machine.set_tariff_parameters,
        }
        if type(command) in decide:
            return decide[type(command)](command, party)
        if not isinstance(command, commands.RecordAudit):
            return [Rejection(Code.FIELD_MISSING, "a command says what is to be done", "body")]
        if party != AUDITOR_PARTY:
            return [Rejection(Code.NOT_AUTHORISED, "verdicts come from the platform's own auditor", "record_audit")]
        return self._machine.record_audit(command)

    def on_input(self, record: AdoptedRecord) -> Sequence[Message]:
        """Take a record of another service in; what follows from it is computed at the next time record."""
        self._take(record)
        return ()

    def on_time(self, at_ms: int, step: int) -> Sequence[Message]:
        """Solve what changed, renew heartbeats, ask for audits."""
        events = _messages(self._machine.advance(at_ms, step))
        for late in self._schedules.overdue(at_ms):
            self._schedules.evolve(late)
            events.append(wire.SCHEDULES_RETIRED.encode(late))
        return events

    def next_timer_ms(self) -> int | None:
        """Return when the next heartbeat is due, or what changed is to be solved."""
        return self._machine.next_timer_ms()

    def fold(self, event: Message | AdoptedRecord) -> None:
        """Apply a journaled record."""
        if isinstance(event, AdoptedRecord):
            self._take(event)
        elif isinstance(event, log_pb2.TimeAdvanced):
            self._machine.tick(event.at_ms, event.step)
        elif isinstance(event, grid.SchedulesRecorded):
            self._schedules.evolve(wire.SCHEDULES_RECORDED.decode(event))
        elif isinstance(event, grid.SchedulesRetired):
            self._schedules.evolve(wire.SCHEDULES_RETIRED.decode(event))
        else:
            self._machine.evolve(wire.event_from_message(event))

    def project(self, event: Message) -> Iterable[Output]:
        """Publish topologies, and per period base case, margin, tariff, result and audit, with the area's heartbeat."""
        topic = _BY_PERIOD.get(type(event))
        if topic is not None:
            yield Output(topic, _period_key(event), event)
        elif isinstance(event, grid.TopologyState):
            yield Output(GRID_TOPOLOGY, f"{event.area_id}/{event.version}", event)
        elif isinstance(event, grid.GridHeartbeat):
            yield Output(GRID_RESULT, event.area_id, event)
        elif isinstance(event, grid.PeriodRetired):
            for retired in _RETIRED:
                yield Output(retired, _period_key(event), None)
        elif isinstance(event, grid.SchedulesRecorded):
            for state in event.schedules:
                yield Output(GRID_SCHEDULE, f"{_period_key(state)}/{state.unit_id}", state)
        elif isinstance(event, grid.SchedulesRetired):
            for unit_id in event.unit_ids:
                yield Output(GRID_SCHEDULE, f"{_period_key(event)}/{unit_id}", None)

    def intents(self, event: Message) -> Iterable[Intent]:
        """Ask for audits."""
        if isinstance(event, grid.AuditIntended):
            yield Intent(event.intent_id, AUDIT_INTENT, event)

    def settled_intents(self, event: Message) -> Iterable[str]:
        """Return the audit that a verdict belongs to."""
        if isinstance(event, grid.AuditRecorded):
            yield event.intent_id

    def snapshot(self) -> bytes:
        """Return the whole state in canonical bytes."""
        return snapshot.to_bytes(self._machine, self._schedules)

    def restore(self, snapshot_bytes: bytes) -> None:
        """Take a state from such bytes."""
        self._machine = GridCheck(self._shard, self._compile, self._operator_id)
        self._schedules = ScheduleBook()
        snapshot.load(self._machine, self._schedules, self._compile, snapshot_bytes)

    def _take(self, record: AdoptedRecord) -> None:
        if record.message is None:
            return
        fact = wire.fact_from_message(record.message)
        if fact is not None:
            self._machine.take(fact)
        scheduled = wire.scheduled_from_message(record.message)
        if scheduled is not None:
            self._schedules.take(scheduled)


def _period_key(event: Message) -> str:
    return f"{event.area_id}/{event.mtu.start_s}"  # type: ignore[attr-defined]


def _messages(events: Iterable[Event]) -> list[Message]:
    return [wire.event_to_message(event) for event in events]
