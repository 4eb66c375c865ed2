"""Schedules of units: evidence beside the base case, from who operates the unit, in versions, in time."""

from __future__ import annotations

from typing import Any

import pytest
from gridcheck_world import AREA, GridShard
from hypothesis import given, settings
from hypothesis import strategies as st

from flexbourse.common.v1 import common_pb2
from flexbourse.gridcheck.v1 import gridcheck_pb2 as grid
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse_core.market_time import Mtu
from flexbourse_gridcheck.domain import schedule
from flexbourse_gridcheck.domain.commands import AreaFact
from flexbourse_gridcheck.schedule_view import ScheduleView
from flexbourse_log.port import Record
from flexbourse_messages.catalogue import GRID_BASE_CASE, GRID_SCHEDULE

FAR = 4 * 96  # days ahead: its book has not opened


def world() -> GridShard:
    shard = GridShard()
    shard.market()
    for number in (2, 3):
        point = registry.MeteringPoint(metering_point_id=f"mp-{number}", area_id=AREA, node_id=f"bus-{number}")
        shard.entity(f"metering_point/mp-{number}", metering_point=point)
    for name, point, operator in (("a", "mp-2", "agr-1"), ("b", "mp-2", "agr-2"), ("c", "mp-3", "agr-1")):
        unit = registry.Unit(
            unit_id=name, metering_point_id=point, operator_id=operator, max_power_w=5000, min_power_w=-4000
        )
        shard.entity(f"unit/{name}", unit=unit)
    return shard


def entry(shard: GridShard, unit_id: str = "a", period: int = FAR, version: int = 1, p_w: int = 100) -> Any:
    return grid.UnitSchedule(unit_id=unit_id, mtu=shard.mtu(period), version=version, p_w=p_w)


def submit(shard: GridShard, *entries: Any, party: str = "agr-1", area: str = AREA) -> list[tuple[str, str]]:
    body = grid.GridCommand(submit_schedules=grid.SubmitSchedules(area_id=area, schedules=entries))
    answer = shard.drive.command("flex.gridcheck.network.command.v1", body, party=party)
    return [(result.rejection.code, result.rejection.field) for result in answer.results]


def states(shard: GridShard) -> list[tuple[str, int, int]]:
    found = [message for message in shard.drive.projected(GRID_SCHEDULE) if isinstance(message, grid.ScheduleState)]
    return [(state.unit_id, state.version, state.p_w) for state in found]


def test_a_schedule_is_published_and_the_base_case_stays_as_it_is() -> None:
    shard = world()
    shard.publish()
    shard.forecast({FAR: {"bus-2": -1_000}})
    before = shard.newest(GRID_BASE_CASE)
    assert submit(shard, entry(shard), entry(shard, "c", p_w=-300)) == [("", ""), ("", "")]
    assert states(shard) == [("a", 1, 100), ("c", 1, -300)]
    assert shard.newest(GRID_BASE_CASE) is before
    shard.drive.recovered()


def test_versions_replace_one_another_upwards() -> None:
    shard = world()
    assert submit(shard, entry(shard, version=2)) == [("", "")]
    assert submit(shard, entry(shard, version=2)) == [("", "")]
    assert submit(shard, entry(shard, version=2, p_w=7)) == [("REVISION_MISMATCH", "version")]
    assert submit(shard, entry(shard, version=1)) == [("REVISION_MISMATCH", "version")]
    assert submit(shard, entry(shard, version=3, p_w=7), entry(shard, version=4, p_w=8)) == [("", ""), ("", "")]
    assert states(shard) == [("a", 2, 100), ("a", 4, 8)]
    shard.drive.recovered()


REFUSED: list[tuple[str, dict[str, Any], str, tuple[str, str]]] = [
    ("another's unit", {"unit_id": "b"}, "agr-1", ("NOT_AUTHORISED", "unit_id")),
    ("a unit that is none", {"unit_id": "z"}, "agr-1", ("UNKNOWN_OBJECT", "unit_id")),
    ("more than the unit can", {"p_w": 5001}, "agr-1", ("FIELD_OUT_OF_RANGE", "p_w")),
    ("less than the unit can", {"p_w": -4001}, "agr-1", ("FIELD_OUT_OF_RANGE", "p_w")),
    ("version zero", {"version": 0}, "agr-1", ("FIELD_OUT_OF_RANGE", "version")),
    ("a book that may be open", {"period": -80}, "agr-1", ("SCHEDULE_LATE", "mtu")),
    ("a period of long ago", {"period": -170}, "agr-1", ("SCHEDULE_LATE", "mtu")),
    ("too far ahead", {"period": 9 * 96}, "agr-1", ("FIELD_OUT_OF_RANGE", "mtu")),
    ("by a market operator", {"unit_id": "b"}, "market-2", ("", "")),
    ("by the platform's own operator", {"unit_id": "b"}, "operator", ("", "")),
]


@pytest.mark.parametrize(
    ("changes", "party", "expected"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED]
)
def test_each_rule(changes: dict[str, Any], party: str, expected: tuple[str, str]) -> None:
    shard = world()
    role = registry.Participant(participant_id="market-2", roles=[registry.ROLE_MARKET_OPERATOR], active=True)
    shard.entity("participant/market-2", participant=role)
    assert submit(shard, entry(shard, **changes), party=party) == [expected]
    shard.drive.recovered()


def test_commands_that_are_none() -> None:
    shard = world()
    assert submit(shard, entry(shard), area="elsewhere") == [("UNKNOWN_OBJECT", "area_id")]
    assert submit(shard) == [("TOO_MANY_ENTRIES", "schedules")]
    many = [entry(shard, period=FAR + number) for number in range(schedule.MAX_ENTRIES + 1)]
    assert submit(shard, *many) == [("TOO_MANY_ENTRIES", "schedules")]
    odd = grid.UnitSchedule(unit_id="a", mtu=common_pb2.Mtu(start_s=7, length_s=900), version=1)
    assert submit(shard, odd) == [("FIELD_MALFORMED", "mtu")]


def test_a_shard_keeps_no_more_than_its_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedule, "MAX_SCHEDULES", 2)
    shard = world()
    entries = [entry(shard, period=FAR + number) for number in range(3)]
    assert submit(shard, *entries) == [("", ""), ("", ""), ("TOO_MANY_ENTRIES", "schedules")]
    assert submit(shard, entry(shard, version=2)) == [("", "")]


def test_schedules_of_long_ago_are_forgotten_and_their_records_deleted() -> None:
    shard = world()
    submit(shard, entry(shard), entry(shard, "c"))
    end_s = shard.mtu(FAR).start_s + 900
    for at_s in (end_s + schedule.RETAINED_S - 1, end_s + schedule.RETAINED_S):
        shard.drive.time(at_s * 1000)
    outputs = [output for output in shard.drive.projections if output.topic == GRID_SCHEDULE]
    assert [(output.key.split("/")[2], output.message is None) for output in outputs] == [
        ("a", False), ("c", False), ("a", True), ("c", True),
    ]  # fmt: skip
    shard.drive.recovered()
    assert folded(shard).page(AREA, 0, 2**40, (-1, ""), 10) == ([], None)


def folded(shard: GridShard) -> ScheduleView:
    view = ScheduleView()
    for offset, output in enumerate(shard.drive.projections):
        if output.topic == GRID_SCHEDULE:
            view.fold(Record(output.topic, 0, offset, output.key, b"", {}), output.message)
    return view


def test_the_view_pages_by_period_and_unit_and_sums_by_node() -> None:
    shard = world()
    submit(shard, *(entry(shard, name, FAR + period) for period in (1, 0) for name in ("c", "a")))
    submit(shard, entry(shard, "b", FAR, p_w=-30), party="agr-2")
    submit(shard, entry(shard, "a", FAR, version=2, p_w=200))
    view, seen, after = folded(shard), list[tuple[int, str]](), (-1, "")
    start_s = shard.mtu(FAR).start_s
    for _ in range(3):
        page, last = view.page(AREA, start_s, start_s + 1800, after, 2)
        seen += [(state.mtu.start_s - start_s, state.unit_id) for state in page]
        if last is None:
            break
        after = last
    assert seen == [(0, "a"), (0, "b"), (0, "c"), (900, "a"), (900, "c")]
    sums = {state.unit_id: view.scheduled_w(state) for state in view.page(AREA, start_s, start_s + 1, (-1, ""), 9)[0]}
    assert sums == {"a": 170, "b": 170, "c": 100}


tries = st.lists(
    st.tuples(
        st.sampled_from("abcz"), st.integers(FAR, FAR + 1), st.integers(-1, 4), st.sampled_from([-4001, -1, 0, 5000]),
        st.sampled_from(["agr-1", "agr-2"]),
    ),
    max_size=15,
)  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(tries)
def test_the_highest_version_taken_is_in_force_and_recovery_knows_it(
    tried: list[tuple[str, int, int, int, str]],
) -> None:
    shard, expected = world(), dict[tuple[str, int], tuple[int, int]]()
    operators = {"a": "agr-1", "b": "agr-2", "c": "agr-1"}
    for unit_id, period, version, p_w, party in tried:
        ((code, _),) = submit(shard, entry(shard, unit_id, period, version, p_w), party=party)
        kept = expected.get((unit_id, period))
        sound = operators.get(unit_id) == party and version >= 1 and p_w >= -4000
        newer = kept is None or version > kept[0] or (version, p_w) == kept
        assert (code == "") is (sound and newer)
        if code == "":
            expected[unit_id, period] = (version, p_w)
    states, _ = folded(shard).page(AREA, 0, 2**40, (-1, ""), 100)
    first_s = shard.mtu(FAR).start_s
    found = {(s.unit_id, FAR + (s.mtu.start_s - first_s) // 900): (s.version, s.p_w) for s in states}
    assert found == expected
    shard.drive.recovered()


def test_without_a_market_the_beginning_of_the_period_is_the_deadline() -> None:
    book = schedule.ScheduleBook()
    book.take(schedule.ScheduledUnit("a", "mp", "agr-1", 5000, -5000))
    book.take(schedule.ScheduledPoint("mp", AREA, "bus-2"))
    area, mtu = AreaFact(AREA, 0, "dso", "Europe/Berlin"), Mtu(1_767_225_600, 900)
    wish = schedule.SubmitSchedules(AREA, (schedule.UnitSchedule("a", mtu, 1, 0),))
    for now_ms, late in ((mtu.start_s * 1000 - 1, False), (mtu.start_s * 1000, True)):
        _, (refusal,) = book.submit(wish, "agr-1", schedule.Surroundings(now_ms, area, (), None))
        assert (refusal is not None) is late
