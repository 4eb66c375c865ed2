"""Messages to and from the domain: bound and compared at import, by hand where the shapes differ."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from google.protobuf.message import Message

from flexbourse.gridcheck.v1 import gridcheck_pb2 as grid
from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse_core.market_time import Mtu
from flexbourse_gridcheck.domain import commands, events, schedule
from flexbourse_gridcheck.domain.verdict import AuditBatch
from flexbourse_gridmath.arrays import Integer
from flexbourse_messages.binding import Binding

_EVENTS: Mapping[type, Binding[Any, Any]] = {
    kind: Binding(kind, message)
    for kind, message in (
        (events.TopologyState, grid.TopologyState),
        (events.BaseCaseState, grid.BaseCaseState),
        (events.MarginState, grid.MarginState),
        (events.TariffState, grid.TariffState),
        (events.GridResultState, grid.GridResultState),
        (events.GridHeartbeat, grid.GridHeartbeat),
        (events.AuditIntended, grid.AuditIntended),
        (events.AuditRecorded, grid.AuditRecorded),
        (events.TariffParametersSet, grid.TariffParametersSet),
        (events.PeriodRetired, grid.PeriodRetired),
        (events.BaseCaseCorrected, grid.BaseCaseCorrected),
    )
}
_ZONE = Binding(events.ZoneResult, grid.ZoneResult)
_CASE = Binding(events.BaseCaseState, grid.BaseCaseState)
_MARGIN = Binding(events.MarginState, grid.MarginState)
_TARIFF = Binding(events.TariffState, grid.TariffState)
_MESSAGES = {binding.wire: binding for binding in _EVENTS.values()}
_COMMANDS: Mapping[str, Binding[Any, Any]] = {
    "publish_topology": Binding(commands.PublishTopology, grid.PublishTopology),
    "correct_base_case": Binding(commands.CorrectBaseCase, grid.CorrectBaseCase),
    "apply_switching": Binding(commands.ApplySwitching, grid.ApplySwitching),
    "submit_forecast": Binding(commands.SubmitForecast, grid.SubmitForecast),
    "set_tariff_parameters": Binding(commands.SetTariffParameters, grid.SetTariffParameters),
    "record_audit": Binding(commands.RecordAudit, grid.RecordAudit),
    "submit_schedules": Binding(schedule.SubmitSchedules, grid.SubmitSchedules),
}
SCHEDULED_UNIT = Binding(schedule.ScheduledUnit, grid.ScheduledUnit)
SCHEDULED_POINT = Binding(schedule.ScheduledPoint, grid.ScheduledPoint)
SCHEDULE_STATE = Binding(schedule.ScheduleState, grid.ScheduleState)
SCHEDULES_RECORDED = Binding(schedule.SchedulesRecorded, grid.SchedulesRecorded)
SCHEDULES_RETIRED = Binding(schedule.SchedulesRetired, grid.SchedulesRetired)


def event_to_message(event: events.Event) -> Message:
    """Return the journal record of an event."""
    message: Message = _EVENTS[type(event)].encode(event)
    return message


def audit_batch_from_message(message: grid.AuditIntended) -> AuditBatch:
    """Return the points of an audit as arrays, straight from the message; raises ValueError where sizes differ."""
    points = message.points

    def rows(field: str) -> Integer:
        given = [getattr(point, field) for point in points]
        sizes = set(map(len, given))
        if len(sizes) > 1:
            raise ValueError(f"{field} has {sorted(sizes)} entries in the points of one audit, must be as many in each")
        result = np.empty((len(given), *sizes), dtype=np.int64)
        for row, values in zip(result, given, strict=True):
            row[:] = values
        return result

    return AuditBatch(
        intent_id=message.intent_id,
        area_id=message.area_id,
        mtus=[Mtu(point.mtu.start_s, point.mtu.length_s) for point in points],
        operating_point_sequences=[point.operating_point_sequence for point in points],
        p_w=rows("p_w"),
        q_var=rows("q_var"),
        reference_p_w=rows("reference_p_w"),
        reference_q_var=rows("reference_q_var"),
        loading_margin_mpct=rows("loading_margin_mpct"),
        voltage_margin_upu=rows("voltage_margin_upu"),
    )


def audit_to_message(audit: events.AuditRecorded) -> grid.AuditRecorded:
    """Return the message of a verdict."""
    message: grid.AuditRecorded = _EVENTS[events.AuditRecorded].encode(audit)
    return message


def zone_to_message(zone: events.ZoneResult) -> grid.ZoneResult:
    """Return the message of a zone's result."""
    return _ZONE.encode(zone)


def event_from_message(message: Message) -> events.Event:
    """Return the event of a journal record; raises KeyError where it is none of ours."""
    event: events.Event = _MESSAGES[type(message)].decode(message)
    return event


def base_case_from_message(message: grid.BaseCaseState) -> events.BaseCaseState:
    """Return a base case."""
    return _CASE.decode(message)


def margin_from_message(message: grid.MarginState) -> events.MarginState:
    """Return margins."""
    return _MARGIN.decode(message)


def tariff_from_message(message: grid.TariffState) -> events.TariffState:
    """Return a tariff."""
    return _TARIFF.decode(message)


def command_from_message(message: grid.GridCommand) -> commands.Command | schedule.SubmitSchedules | None:
    """Return the command, or None where the message holds none."""
    name = message.WhichOneof("body")
    if name is None:
        return None
    command: commands.Command | schedule.SubmitSchedules = _COMMANDS[name].decode(getattr(message, name))
    return command


def scheduled_from_message(message: Message) -> schedule.ScheduledUnit | schedule.ScheduledPoint | None:
    """Return what an adopted record says of a unit or a metering point, or None where it is about neither."""
    if not isinstance(message, registry.EntityState):
        return None
    if message.entity.HasField("unit"):
        unit = message.entity.unit
        return schedule.ScheduledUnit(
            unit.unit_id, unit.metering_point_id, unit.operator_id, unit.max_power_w, unit.min_power_w
        )
    if message.entity.HasField("metering_point"):
        point = message.entity.metering_point
        return schedule.ScheduledPoint(point.metering_point_id, point.area_id, point.node_id)
    return None


def fact_from_message(message: Message) -> commands.Fact | None:
    """Return what an adopted record says, or None where gridcheck does not depend on it."""
    if isinstance(message, book.OperatingPointChanged):
        return commands.OperatingPointFact(
            area_id=message.area_id,
            mtu=Mtu(message.mtu.start_s, message.mtu.length_s),
            sequence=message.sequence,
            accepted={change.node_id: (change.p_w, change.q_var) for change in message.accepted},
            base_case_version=message.base_case_version,
        )
    if isinstance(message, registry.EntityState):
        return _entity(message.entity)
    raise TypeError(f"gridcheck reads no {message.DESCRIPTOR.full_name}")


def _entity(entity: registry.Entity) -> commands.Fact | None:
    if entity.HasField("area"):
        area = entity.area
        return commands.AreaFact(area.area_id, area.shard, area.dso_id, area.time_zone)
    if entity.HasField("participant"):
        roles = entity.participant.roles if entity.participant.active else ()
        return commands.RoleFact(
            entity.participant.participant_id,
            system_operator=registry.ROLE_DSO in roles,
            market_operator=registry.ROLE_MARKET_OPERATOR in roles,
        )
    if entity.HasField("market"):
        market = entity.market
        if not market.active:
            return commands.MarketClosed(market.market_id)
        return commands.MarketFact(
            market.market_id, market.area_id, market.opens_before_day_s, market.price_tick_micro_euro_per_mwh
        )
    return None
