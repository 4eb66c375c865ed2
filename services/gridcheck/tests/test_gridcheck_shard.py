"""The shard of gridcheck, driven as an engine drives it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from itertools import pairwise

import pytest
from google.protobuf.message import Message
from gridcheck_world import AREA, GridShard, codes, street
from hypothesis import given, settings
from hypothesis import strategies as st

from flexbourse.common.v1 import common_pb2
from flexbourse.gridcheck.v1 import gridcheck_pb2 as grid
from flexbourse_gridcheck.domain.events import TariffParameters
from flexbourse_gridcheck.domain.forecast import RETAINED_S
from flexbourse_gridcheck.domain.topology_record import MAX_MODEL_BYTES
from flexbourse_log.port import Command, Program
from flexbourse_messages.catalogue import (
    GRID_AUDIT,
    GRID_BASE_CASE,
    GRID_COMMAND,
    GRID_MARGIN,
    GRID_RESULT,
    GRID_TARIFF,
    GRID_TOPOLOGY,
)

HOMES = {"bus-2": -20_000, "bus-3": -30_000, "bus-4": -10_000}


def results(shard: GridShard) -> list[grid.GridResultState]:
    return [entry for entry in shard.drive.projected(GRID_RESULT) if isinstance(entry, grid.GridResultState)]


def test_a_topology_is_published_with_its_zones(shard: GridShard) -> None:
    assert codes(shard.publish()) == []
    state = shard.newest(GRID_TOPOLOGY)
    assert isinstance(state, grid.TopologyState)
    assert (state.version, state.sha256) == (1, hashlib.sha256(shard.model).digest())
    kinds = {zone.zone_id: grid.ZoneKind.Name(zone.kind).removeprefix("ZONE_KIND_") for zone in state.zones}
    assert kinds == {
        "busbar-bus-0": "BUSBAR", "busbar-bus-1": "BUSBAR", "feeder-1": "FEEDER", "feeder-2": "FEEDER",
        "trafo-0": "TRANSFORMER",
    }  # fmt: skip


def test_the_same_topology_again_is_no_new_version(shard: GridShard) -> None:
    shard.publish()
    shard.publish()
    assert len(shard.drive.projected(GRID_TOPOLOGY)) == 1


def test_a_forecast_becomes_base_case_margins_and_tariff_at_once(shard: GridShard) -> None:
    shard.publish()
    assert codes(shard.forecast({0: HOMES, 1: HOMES}, spread_w=5_000)) == []
    case, margin, tariff = (shard.newest(topic) for topic in (GRID_BASE_CASE, GRID_MARGIN, GRID_TARIFF))
    assert isinstance(case, grid.BaseCaseState)
    assert list(case.p_w) == [0, 0, -20_000, -30_000, -10_000]
    assert list(case.p95_consumption_w) == [0, 0, -25_000, -35_000, -15_000]
    assert isinstance(margin, grid.MarginState)
    assert (margin.version, margin.topology_version) == (case.version, case.topology_version) == (1, 1)
    assert isinstance(tariff, grid.TariffState)
    assert tariff.nodal_ticks[0] == 0
    assert tariff.nodal_ticks[3] < tariff.nodal_ticks[2] < 0  # relief is worth most where the cable is longest


def test_results_come_at_the_next_time_record_and_have_no_gap(shard: GridShard) -> None:
    shard.publish()
    shard.forecast(dict.fromkeys(range(5), HOMES))
    assert results(shard) == []
    shard.tick()
    shard.accept(2, {"bus-3": 4_000, "bus-4": -4_000})
    shard.accept(2, {"bus-3": 5_000, "bus-4": -5_000})
    assert len(results(shard)) == 5
    shard.tick()
    assert [entry.sequence for entry in results(shard)] == [1, 2, 3, 4, 5, 6]
    newest = results(shard)[-1]
    assert (newest.mtu.start_s, newest.operating_point_sequence) == (shard.mtu(2).start_s, 2)
    before, after = results(shard)[2], newest
    loading = [next(zone for zone in entry.zones if zone.zone_id == "feeder-1") for entry in (before, after)]
    assert loading[0].loading_p50_mpct > loading[1].loading_p50_mpct


def test_nothing_is_solved_again_where_nothing_changed(shard: GridShard) -> None:
    shard.publish()
    shard.forecast({0: HOMES})
    shard.tick()
    shard.forecast({0: HOMES})
    shard.tick()
    assert len(results(shard)) == 1
    assert len(shard.drive.projected(GRID_BASE_CASE)) == 1


def test_accepted_deviations_stay_on_top_of_a_new_forecast(shard: GridShard) -> None:
    shard.publish()
    shard.forecast({0: HOMES})
    shard.accept(0, {"bus-3": 7_000})
    shard.tick()
    shard.forecast({0: {**HOMES, "bus-3": -37_000}})
    shard.tick()
    first, second = results(shard)
    assert first.zones[2].loading_p50_mpct < second.zones[2].loading_p50_mpct
    case = shard.newest(GRID_BASE_CASE)
    assert isinstance(case, grid.BaseCaseState)
    assert case.p_w[3] == -37_000


def test_a_measurement_holds_what_was_accepted_so_it_is_taken_out(shard: GridShard) -> None:
    shard.publish()
    shard.forecast({0: HOMES})
    shard.accept(0, {"bus-3": 7_000})
    shard.tick()
    measured = {**HOMES, "bus-3": HOMES["bus-3"] + 7_000}
    shard.forecast({0: measured}, source=grid.FORECAST_SOURCE_MEASUREMENT)
    assert len(shard.drive.projected(GRID_BASE_CASE)) == 1, "the meters show what was forecast and accepted"
    shard.forecast({0: {**measured, "bus-4": -11_000}}, source=grid.FORECAST_SOURCE_MEASUREMENT)
    case = shard.newest(GRID_BASE_CASE)
    assert isinstance(case, grid.BaseCaseState)
    assert list(case.p_w) == [0, 0, -20_000, -30_000, -11_000]


def test_one_heartbeat_per_area_every_fifteen_seconds(shard: GridShard) -> None:
    shard.publish()
    for _ in range(31):
        shard.tick()
    beats = [entry for entry in shard.drive.projected(GRID_RESULT) if isinstance(entry, grid.GridHeartbeat)]
    assert len(beats) == 3
    assert all(after.valid_until_ms - before.valid_until_ms == 15_000 for before, after in pairwise(beats))
    assert beats[-1].valid_until_ms > shard.drive.at_ms + 40_000


def test_what_changed_is_due_a_second_after_time_advanced_last(shard: GridShard) -> None:
    shard.publish()
    shard.tick()
    heartbeat_ms = due_ms(shard)
    assert heartbeat_ms > 2_000
    shard.forecast({0: HOMES})
    assert due_ms(shard) == 1_000
    shard.tick()
    assert len(results(shard)) == 1
    assert due_ms(shard) == heartbeat_ms - 1_000
    shard.accept(0, {"bus-3": 7_000})
    assert due_ms(shard) == 1_000
    shard.tick()
    shard.accept(7, {"bus-3": 7_000})  # of this period no forecast is known
    assert due_ms(shard) == heartbeat_ms - 2_000


def due_ms(shard: GridShard) -> int:
    due = shard.drive.program.next_timer_ms()
    assert due is not None
    return due - shard.drive.at_ms


def test_a_new_topology_carries_the_periods_over(shard: GridShard) -> None:
    shard.publish()
    shard.forecast({0: HOMES, 1: HOMES}, spread_w=2_000)
    shard.tick()
    assert codes(shard.publish(street(end="bus-9").to_bytes())) == []
    shard.tick()
    assert {entry.topology_version for entry in results(shard)[-2:]} == {2}
    case = shard.newest(GRID_BASE_CASE)
    assert isinstance(case, grid.BaseCaseState)
    assert (case.version, case.topology_version, list(case.p_w)) == (2, 2, [0, 0, -20_000, -30_000, 0])


def test_a_period_without_a_solution_has_a_result_without_zones(shard: GridShard) -> None:
    shard.publish()
    shard.forecast({0: HOMES})
    shard.accept(0, {"bus-3": -9_000_000})
    shard.tick()
    assert list(results(shard)[-1].zones) == []


def test_old_periods_are_dropped_from_every_topic(shard: GridShard) -> None:
    shard.publish()
    shard.forecast({0: HOMES})
    shard.tick((shard.mtu(0).start_s + 900 + RETAINED_S) - shard.drive.at_ms // 1000 + 1)
    gone = [output for output in shard.drive.projections if output.message is None]
    assert sorted(output.topic for output in gone) == sorted([GRID_BASE_CASE, GRID_MARGIN, GRID_TARIFF, GRID_RESULT])
    assert {output.key for output in gone} == {f"{AREA}/{shard.mtu(0).start_s}"}


def test_who_may_tell_gridcheck_about_an_area(shard: GridShard) -> None:
    assert codes(shard.publish(party="agr")) == ["NOT_AUTHORISED"]
    assert codes(shard.publish(party="operator")) == []
    assert codes(shard.forecast({0: HOMES}, party="agr")) == ["NOT_AUTHORISED"]
    verdict = grid.RecordAudit(area_id=AREA, intent_id="x", audits=[grid.AuditRecorded(area_id=AREA)])
    assert codes(shard.command("dso", record_audit=verdict)) == ["NOT_AUTHORISED"]
    assert codes(shard.command("dso")) == ["FIELD_MISSING"]


def test_a_forecast_before_its_topology_is_refused(shard: GridShard) -> None:
    assert codes(shard.forecast({0: HOMES})) == ["GRID_STATE_MISSING"]


def test_every_problem_of_a_forecast_is_named(shard: GridShard) -> None:
    shard.publish()
    wrong = [
        grid.NodeForecast(node_id="bus-77", p50_w=-1, p95_consumption_w=-1, p95_injection_w=-1),
        grid.NodeForecast(node_id="bus-2", p50_w=-1, p95_consumption_w=0, p95_injection_w=-1),
        grid.NodeForecast(node_id="bus-2"),
        grid.NodeForecast(node_id="bus-3", p50_w=2_000_000_000, p95_injection_w=2_000_000_000),
    ]
    crooked = shard.mtu(0)
    crooked.start_s += 1
    body = grid.SubmitForecast(area_id=AREA, periods=[grid.PeriodForecast(mtu=crooked, nodes=wrong)])
    assert codes(shard.command(submit_forecast=body)) == ["FORECAST_INVALID"] * 6
    assert codes(shard.command(submit_forecast=grid.SubmitForecast(area_id=AREA))) == ["FIELD_MISSING"]
    assert shard.drive.projected(GRID_BASE_CASE) == []


@pytest.mark.parametrize(
    ("start_s", "length_s"),
    [
        (0, 0),  # no period at all
        (1_767_225_601, 900),  # off the grid of periods
        (1_767_225_600 - 900 * 200, 900),  # over long ago
        (1_767_225_600 + 900 * 96 * 401, 900),  # too far ahead
        (2**62, 2**30),
        (1_767_225_600 + 900 * 160, 1800),  # the same start with another length
    ],
)
def test_a_period_without_sense_is_refused(shard: GridShard, start_s: int, length_s: int) -> None:
    shard.market()
    shard.publish()
    shard.forecast({0: HOMES})
    period = grid.PeriodForecast(mtu=common_pb2.Mtu(start_s=start_s, length_s=length_s))
    body = grid.SubmitForecast(area_id=AREA, periods=[period])
    assert set(codes(shard.command(submit_forecast=body))) == {"FORECAST_INVALID"}


def test_a_forecast_without_a_solution_is_refused_whole(shard: GridShard) -> None:
    shard.publish()
    assert codes(shard.forecast({0: HOMES, 1: {"bus-3": -9_000_000}})) == ["FORECAST_INVALID"]
    assert shard.drive.projected(GRID_BASE_CASE) == []


@pytest.mark.parametrize("model", [b"", b"{}", b"\xff", b"x" * (MAX_MODEL_BYTES + 1)])
def test_bytes_that_are_no_model_are_refused(shard: GridShard, model: bytes) -> None:
    assert set(codes(shard.publish(model))) == {"NETWORK_INVALID"}


def test_audits_of_one_time_record_are_one_intent_with_one_point_per_period(shard: GridShard) -> None:
    shard.publish()
    shard.forecast(dict.fromkeys(range(4), HOMES), spread_w=1_000)
    shard.tick()
    for period in (0, 1, 0, 3):
        shard.accept(period, {"bus-2": 1_000, "bus-4": -1_000})
    shard.tick()
    (intent,) = shard.drive.intents
    assert isinstance(intent.body, grid.AuditIntended)
    assert [(point.mtu.start_s, point.operating_point_sequence) for point in intent.body.points] == [
        (shard.mtu(0).start_s, 2), (shard.mtu(1).start_s, 1), (shard.mtu(3).start_s, 1),
    ]  # fmt: skip
    shard.audit()
    verdicts = [entry for entry in shard.drive.projected(GRID_AUDIT) if isinstance(entry, grid.AuditRecorded)]
    assert len(verdicts) == 3
    assert not any(entry.disagreement or entry.violation_count for entry in verdicts)
    shard.tick()
    assert len(shard.drive.intents) == 1, "what was audited is not audited again"


def test_an_audit_stands_on_the_base_case_that_the_book_named(shard: GridShard) -> None:
    shard.publish()
    shard.forecast({0: HOMES})
    shard.forecast({0: {**HOMES, "bus-4": -12_000}})
    shard.accept(0, {"bus-2": 1_000}, version=1)
    shard.tick()
    (intent,) = shard.drive.intents
    assert isinstance(intent.body, grid.AuditIntended)
    (point,) = intent.body.points
    assert point.base_case_version == 1
    assert list(point.p_w) == [0, 0, -19_000, -30_000, -10_000]
    assert list(point.reference_p_w) == [0, 0, -20_000, -30_000, -10_000]


def test_an_audit_refers_to_what_was_audited_before(shard: GridShard) -> None:
    shard.publish()
    shard.forecast({0: HOMES})
    shard.accept(0, {"bus-2": 1_000})
    shard.tick()
    shard.accept(0, {"bus-2": 1_500, "bus-3": 200})
    shard.tick()
    body = shard.drive.intents[-1].body
    assert isinstance(body, grid.AuditIntended)
    assert list(body.points[0].p_w) == [0, 0, -18_500, -29_800, -10_000]
    assert list(body.points[0].reference_p_w) == [0, 0, -19_000, -30_000, -10_000]


def test_an_outcome_handed_in_twice_counts_once(shard: GridShard) -> None:
    shard.publish()
    shard.forecast({0: HOMES})
    shard.accept(0, {"bus-2": 1_000})
    shard.tick()
    shard.audit()
    shard.audit()
    assert len(shard.drive.projected(GRID_AUDIT)) == 1


@pytest.mark.parametrize("seconds", [1, 14, 15, 3 * 86_400])
def test_a_restored_shard_goes_on_like_the_one_it_was_taken_from(seconds: int) -> None:
    shard = GridShard()
    shard.market()
    shard.publish()
    set_prices = grid.TariffParameters(
        energy_micro_euro_per_mwh=70_000_000, scarcity_micro_euro_per_mwh=200_000_000, red_loading_mpct=100_000,
        amber_loading_mpct=80_000, red_voltage_upu=100_000, amber_voltage_upu=50_000, reference_voltage_upu=1_000_000,
    )  # fmt: skip
    shard.command(set_tariff_parameters=grid.SetTariffParameters(area_id=AREA, parameters=set_prices))
    shard.forecast({0: HOMES, 1: HOMES}, spread_w=1_000)
    shard.forecast({0: {**HOMES, "bus-4": -9_000}}, spread_w=1_000)
    shard.accept(0, {"bus-2": 1_000}, version=1)
    shard.tick()
    shard.audit()
    shard.accept(0, {"bus-2": 2_000}, version=1)
    shard.accept(1, {"bus-2": 3_000}, version=1)
    live, restored = shard.drive.program, shard.drive.recovered()
    submitted = grid.SubmitForecast(area_id=AREA, periods=[grid.PeriodForecast(mtu=shard.mtu(5))])
    command = Command(GRID_COMMAND, "next", "dso", grid.GridCommand(submit_forecast=submitted), 0)
    now_ms = shard.drive.at_ms + seconds * 1000
    assert restored.next_timer_ms() == live.next_timer_ms()
    actions: tuple[Callable[[Program], Sequence[Message]], ...] = (
        lambda program: program.on_time(now_ms, 0),
        lambda program: program.on_command(command).events,
        lambda program: program.on_time(now_ms + 15_000, 0),
    )
    for action in actions:
        expected = [event.SerializeToString(deterministic=True) for event in action(live)]
        assert [event.SerializeToString(deterministic=True) for event in action(restored)] == expected


int64s = st.one_of(
    st.integers(-2, 2), st.sampled_from([900, 2**31, -(2**63), 2**63 - 1]), st.integers(-(2**63), 2**63 - 1)
)
mtus = st.builds(
    lambda start, length: common_pb2.Mtu(start_s=start, length_s=length),
    int64s,
    st.sampled_from([0, -900, 900, 2**31 - 1]),
)
names = st.sampled_from(["", "bus-2", "bus-3", "bus-77", "\x00"])
forecasts = st.builds(
    lambda mtu, nodes, source: grid.GridCommand(
        submit_forecast=grid.SubmitForecast(
            area_id=AREA, periods=[grid.PeriodForecast(mtu=mtu, nodes=nodes)], source=source
        )
    ),
    mtus,
    st.lists(
        st.builds(
            lambda n, a, b, c, d: grid.NodeForecast(
                node_id=n, p50_w=a, q50_var=b, p95_consumption_w=c, p95_injection_w=d
            ),
            names,
            int64s,
            int64s,
            int64s,
            int64s,
        ),
        max_size=4,
    ),
    st.sampled_from([0, 1, 2, 99]),
)
prices = st.builds(
    lambda values: grid.GridCommand(
        set_tariff_parameters=grid.SetTariffParameters(
            area_id=AREA, parameters=grid.TariffParameters(**dict(zip(TariffParameters.__slots__, values, strict=True)))
        )
    ),
    st.lists(int64s, min_size=8, max_size=8),
)
topologies = st.builds(
    lambda model: grid.GridCommand(publish_topology=grid.PublishTopology(area_id=AREA, model=model)),
    st.one_of(
        st.binary(max_size=50), st.sampled_from([street().to_bytes()[:-20], b'{"format":"flexbourse.network-model/1"}'])
    ),
)

branches = st.lists(st.sampled_from(["line-0", "line-2", "trafo-0", "tie", "", "\x00"]), max_size=3)
switchings = st.builds(
    lambda start, opened, closed, reason: grid.GridCommand(
        apply_switching=grid.ApplySwitching(
            area_id=AREA, effective_from_s=start, open_branch_ids=opened, close_branch_ids=closed, reason=reason
        )
    ),
    st.one_of(st.just(0), int64s),
    branches,
    branches,
    st.sampled_from(["", "repair", "r" * 300]),
)
measurements = st.builds(
    lambda mtu, at_ms, version, method, nodes, ahead: grid.GridCommand(
        correct_base_case=grid.CorrectBaseCase(
            area_id=AREA, mtu=mtu, measured_at_ms=at_ms, topology_version=version, method=method, nodes=nodes,
            ahead=ahead,
        )
    ),
    mtus,
    int64s,
    st.sampled_from([0, 1, -1]),
    st.sampled_from([0, 1, 2, 99]),
    st.lists(
        st.builds(lambda n, p, q: grid.MeasuredNode(node_id=n, p_w=p, q_var=q), names, int64s, int64s), max_size=3
    ),
    st.integers(-(2**31), 2**31 - 1),
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.lists(st.one_of(forecasts, prices, topologies, switchings, measurements), min_size=1, max_size=5))
def test_no_command_of_an_operator_stops_the_shard(commands: list[grid.GridCommand]) -> None:
    shard = GridShard()
    shard.market()
    shard.publish()
    shard.forecast({0: HOMES})
    for command in commands:
        assert len(shard.drive.command(GRID_COMMAND, command, "dso").results) == 1
        shard.tick()
    shard.drive.recovered()


moves = st.lists(
    st.one_of(
        st.tuples(st.just("forecast"), st.integers(0, 3), st.integers(-40_000, 10_000)),
        st.tuples(st.just("measure"), st.integers(0, 3), st.integers(-40_000, 10_000)),
        st.tuples(st.just("accept"), st.integers(0, 3), st.integers(-5_000, 5_000)),
        st.tuples(st.just("tick"), st.integers(1, 20), st.just(0)),
        st.tuples(st.just("topology"), st.integers(5, 7), st.just(0)),
        st.tuples(st.just("audit"), st.just(0), st.just(0)),
    ),
    max_size=20,
)


@settings(max_examples=30, deadline=None)
@given(moves)
def test_folding_the_journal_gives_the_live_state(path: list[tuple[str, int, int]]) -> None:
    shard = GridShard()
    shard.market()
    shard.publish()
    for kind, number, power in path:
        if kind == "accept":
            shard.accept(number, {"bus-2": power, "bus-3": -power})
        elif kind == "tick":
            shard.tick(number)
        elif kind == "topology":
            shard.publish(street(end=f"bus-{number}").to_bytes())
        elif kind == "audit":
            shard.audit()
        else:
            source = grid.FORECAST_SOURCE_MEASUREMENT if kind == "measure" else grid.FORECAST_SOURCE_FORECAST
            shard.forecast({number: {"bus-2": power, "bus-3": -10_000}}, spread_w=1_000, source=source)
    shard.tick()
    shard.drive.recovered()
    numbers = [entry.sequence for entry in results(shard)]
    assert numbers == list(range(1, len(numbers) + 1))
    assert GRID_COMMAND not in {output.topic for output in shard.drive.projections}
