"""The whole state of a shard in canonical bytes, and back."""

from __future__ import annotations

from collections.abc import Mapping

from flexbourse.gridcheck.v1 import gridcheck_pb2 as grid
from flexbourse_core.market_time import Mtu
from flexbourse_gridcheck import wire
from flexbourse_gridcheck.domain import commands, events
from flexbourse_gridcheck.domain.area import Area
from flexbourse_gridcheck.domain.audit import AuditTotals
from flexbourse_gridcheck.domain.grid import Network
from flexbourse_gridcheck.domain.machine import Compile, GridCheck
from flexbourse_gridcheck.domain.period import Period
from flexbourse_gridcheck.domain.schedule import ScheduleBook, SchedulesRecorded
from flexbourse_messages.binding import Binding

_ROLE = Binding(commands.RoleFact, grid.RoleFact)
_AREA = Binding(commands.AreaFact, grid.AreaFact)
_MARKET = Binding(commands.MarketFact, grid.MarketFact)
_TOTALS = Binding(AuditTotals, grid.AuditTotals)
_TOPOLOGY = Binding(events.TopologyState, grid.TopologyState)
_SET = Binding(events.TariffParametersSet, grid.TariffParametersSet)
_CASE = Binding(events.BaseCaseState, grid.BaseCaseState)
_MARGIN = Binding(events.MarginState, grid.MarginState)
_FREE = Binding(events.FreeViolation, grid.FreeViolation)
_TARIFF = Binding(events.TariffState, grid.TariffState)


def to_bytes(machine: GridCheck, schedules: ScheduleBook) -> bytes:
    """Return the state; equal states give equal bytes."""
    message = grid.GridcheckSnapshot(
        at_ms=machine.now_ms,
        step=machine.step,
        roles=[_ROLE.encode(fact) for _, fact in sorted(machine.roles.items())],
        areas=[_AREA.encode(fact) for _, fact in sorted(machine.area_facts.items())],
        markets=[_MARKET.encode(fact) for _, fact in sorted(machine.markets.items())],
        models=[_area(area) for _, area in sorted(machine.areas.items())],
        schedules=grid.ScheduleSnapshot(
            units=[wire.SCHEDULED_UNIT.encode(unit) for _, unit in sorted(schedules.units.items())],
            points=[wire.SCHEDULED_POINT.encode(point) for _, point in sorted(schedules.points.items())],
            schedules=[wire.SCHEDULE_STATE.encode(state) for state in schedules.all()],
        ),
    )
    return message.SerializeToString(deterministic=True)


def load(machine: GridCheck, schedules: ScheduleBook, compile_model: Compile, data: bytes) -> None:
    """Fill an empty state machine and its schedules from such bytes; raises DecodeError where they are none."""
    message = grid.GridcheckSnapshot.FromString(data)
    machine.tick(message.at_ms, message.step)
    facts: list[commands.Fact] = [
        *map(_ROLE.decode, message.roles),
        *map(_AREA.decode, message.areas),
        *map(_MARKET.decode, message.markets),
    ]
    for fact in facts:
        machine.take(fact)
    for unit in message.schedules.units:
        schedules.take(wire.SCHEDULED_UNIT.decode(unit))
    for point in message.schedules.points:
        schedules.take(wire.SCHEDULED_POINT.decode(point))
    for state in message.schedules.schedules:
        schedules.evolve(SchedulesRecorded(state.area_id, (wire.SCHEDULE_STATE.decode(state),)))
    machine.areas = {entry.area_id: _restored(entry, compile_model) for entry in message.models}


def _area(area: Area) -> grid.AreaSnapshot:
    return grid.AreaSnapshot(
        area_id=area.area_id,
        topology=_TOPOLOGY.encode(area.network.state) if area.network else None,
        former=[_TOPOLOGY.encode(network.state) for network in area.networks[:-1]],
        parameters=[_SET.encode(entry) for entry in area.parameter_sets],
        result_sequence=area.result_sequence,
        heartbeat_at_ms=area.heartbeat_at_ms,
        corrected_at_ms=area.corrected_at_ms,
        audit_sequence=area.audit_sequence,
        audits=_TOTALS.encode(area.audits),
        periods=[_period(period, changed=period.mtu in area.changed) for period in area.ordered()],
    )


def _restored(message: grid.AreaSnapshot, compile_model: Compile) -> Area:
    states = [_TOPOLOGY.decode(state) for state in message.former]
    if message.HasField("topology"):
        states.append(_TOPOLOGY.decode(message.topology))
    periods = [_restored_period(entry) for entry in message.periods]
    return Area(
        area_id=message.area_id,
        networks=[Network(state, compile_model(state.model)) for state in states],
        parameter_sets=[_SET.decode(entry) for entry in message.parameters],
        result_sequence=message.result_sequence,
        heartbeat_at_ms=message.heartbeat_at_ms,
        corrected_at_ms=message.corrected_at_ms,
        audit_sequence=message.audit_sequence,
        audits=_TOTALS.decode(message.audits),
        periods={period.mtu: period for period in periods},
        changed={period.mtu for period, entry in zip(periods, message.periods, strict=True) if entry.changed},
    )


def _period(period: Period, *, changed: bool) -> grid.PeriodSnapshot:
    message = grid.PeriodSnapshot(
        base_cases=[_CASE.encode(case) for case in period.base_cases],
        margins=[_MARGIN.encode(margin) for margin in period.margins],
        tariff=_TARIFF.encode(period.tariff) if period.tariff else None,
        accepted=_deviations(period.accepted),
        operating_point_sequence=period.operating_point_sequence,
        accepted_base_case_version=period.accepted_base_case_version,
        audited=_deviations(period.audited),
        audited_sequence=period.audited_sequence,
        changed=changed,
        audited_case_version=period.audited_case_version,
        free_violations=[_FREE.encode(violation) for violation in period.free_violations],
    )
    message.mtu.start_s, message.mtu.length_s = period.mtu.start_s, period.mtu.length_s
    return message


def _restored_period(message: grid.PeriodSnapshot) -> Period:
    return Period(
        mtu=Mtu(message.mtu.start_s, message.mtu.length_s),
        base_cases=[_CASE.decode(case) for case in message.base_cases],
        margins=[_MARGIN.decode(margin) for margin in message.margins],
        tariff=_TARIFF.decode(message.tariff) if message.HasField("tariff") else None,
        accepted={entry.node_id: (entry.p_w, entry.q_var) for entry in message.accepted},
        operating_point_sequence=message.operating_point_sequence,
        accepted_base_case_version=message.accepted_base_case_version,
        audited={entry.node_id: (entry.p_w, entry.q_var) for entry in message.audited},
        audited_sequence=message.audited_sequence,
        audited_case_version=message.audited_case_version,
        free_violations=tuple(map(_FREE.decode, message.free_violations)),
    )


def _deviations(deviations: Mapping[str, tuple[int, int]]) -> list[grid.AcceptedDeviation]:
    return [
        grid.AcceptedDeviation(node_id=name, p_w=p_w, q_var=q_var) for name, (p_w, q_var) in sorted(deviations.items())
    ]
