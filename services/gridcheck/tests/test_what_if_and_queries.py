"""What-if, the read model, and forecasts from files."""

from __future__ import annotations

from pathlib import Path

import pytest
from gridcheck_world import AREA, GridShard, street

from flexbourse.gridcheck.v1 import gridcheck_pb2 as grid
from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse_core.market_time import Mtu
from flexbourse_gridcheck.adapters.forecast_csv import read
from flexbourse_gridcheck.adapters.grids import Grids
from flexbourse_gridcheck.config import Config
from flexbourse_gridcheck.domain.commands import NodeForecast, PeriodForecast
from flexbourse_gridcheck.domain.events import TariffState
from flexbourse_gridcheck.domain.forecast import base_case, margins
from flexbourse_gridcheck.domain.grid import compile_grid
from flexbourse_gridcheck.domain.tariff import DEFAULT_PARAMETERS
from flexbourse_gridcheck.domain.what_if import PeriodState, Question, find_problems, look_ahead
from flexbourse_gridcheck.service import build
from flexbourse_gridcheck.view import GridView
from flexbourse_gridmath.powerflow import NotConverged
from flexbourse_log.port import Record
from flexbourse_messages.catalogue import BOOK_OPERATING_POINT, GRID_RESULT, GRID_TOPOLOGY
from flexbourse_networks.network_import import NetworkImport

STREET = compile_grid(street().to_bytes())
MTU = Mtu(1_767_225_600, 900)
HEADER = "start,node,p50_w,q50_var,p95_consumption_w,p95_injection_w\n"


def period(medians: dict[str, int], accepted: dict[str, tuple[int, int]] | None = None) -> PeriodState:
    nodes = tuple(NodeForecast(name, p, 0, p, p) for name, p in medians.items())
    case = base_case(STREET, AREA, PeriodForecast(MTU, nodes), (1, 1), {})
    margin = margins(STREET, case)
    assert not isinstance(margin, NotConverged)
    tariff = TariffState(AREA, MTU, 1, 1, 1, DEFAULT_PARAMETERS, (0,) * 5, 10_000)
    return PeriodState(STREET, case, margin, tariff, accepted or {})


def test_a_trade_towards_the_load_is_relief() -> None:
    outlook = look_ahead(period({"bus-3": -100_000, "bus-4": 40_000}), Question("bus-3", "bus-4", 10_000))
    assert outlook.reason is None
    assert outlook.largest_quantity_w == 10_000
    assert outlook.dnut_micro_euro < 0


def test_a_trade_that_does_not_fit_names_what_binds_and_what_would_fit() -> None:
    outlook = look_ahead(period({"bus-3": -110_000}), Question("bus-4", "bus-3", 40_000))
    assert outlook.reason is not None
    assert outlook.reason.code.name == "GRID_LIMIT_EXCEEDED"
    assert outlook.reason.element in ("line-0", "line-1", "trafo-0")
    assert 0 < outlook.largest_quantity_w < 40_000
    fits = look_ahead(period({"bus-3": -110_000}), Question("bus-4", "bus-3", outlook.largest_quantity_w))
    assert fits.reason is None


def test_accepted_deviations_count() -> None:
    question = Question("bus-4", "bus-3", 20_000)
    assert look_ahead(period({"bus-3": -100_000}), question).reason is None
    assert look_ahead(period({"bus-3": -100_000}, {"bus-3": (-30_000, 0)}), question).reason is not None


def test_an_impossible_period_is_said_to_be_one() -> None:
    outlook = look_ahead(period({"bus-3": -10_000}, {"bus-3": (-9_000_000, 0)}), Question("bus-4", "bus-3", 1_000))
    assert outlook.reason is not None
    assert outlook.reason.code.name == "GRID_CHECK_NOT_CONVERGED"


def test_every_problem_of_a_question_is_named() -> None:
    found = find_problems(STREET, Question("bus-8", "bus-9", 0))
    assert [problem.field for problem in found] == ["seller_node_id", "buyer_node_id", "quantity_w"]


def view_of(shard: GridShard) -> GridView:
    view = GridView(Grids(), NetworkImport(None))
    for offset, output in enumerate(shard.drive.projections):
        view.fold(Record(output.topic, 0, offset, output.key, b"", {}), output.message)
    return view


def test_the_view_holds_the_newest_of_every_period() -> None:
    shard = GridShard()
    shard.publish()
    shard.forecast({1: {"bus-2": -1_000}, 0: {"bus-2": -2_000}})
    shard.tick()
    shard.accept(1, {"bus-2": 500})
    shard.tick()
    shard.audit()
    view = view_of(shard)
    first, second = view.periods(AREA)
    assert first.result is not None
    assert second.result is not None
    assert (first.result.operating_point_sequence, second.result.operating_point_sequence) == (0, 1)
    assert second.audit is not None
    assert view.area(AREA).audits == grid.AuditTotals(checked_count=1)
    topology = view.area(AREA).topology
    assert topology is not None
    assert view.model(topology.sha256) == topology.model
    changed = book.OperatingPointChanged(
        area_id=AREA, mtu=shard.mtu(1), sequence=1, accepted=[book.NodeChange(node_id="bus-2", p_w=500)]
    )
    view.fold(Record(BOOK_OPERATING_POINT, 0, 99, "", b"", {}), changed)
    assert second.accepted == {"bus-2": (500, 0)}
    view.fold(Record(GRID_RESULT, 0, 100, f"{AREA}/{shard.mtu(1).start_s}", b"", {}), None)
    assert len(list(view.periods(AREA))) == 1


def test_the_service_performs_audits_of_topologies_that_only_the_log_knows(tmp_path: Path) -> None:
    shard = GridShard()
    shard.publish()
    shard.forecast({0: {"bus-2": -1_000}})
    shard.accept(0, {"bus-2": 500})
    shard.tick()
    service = build(Config(data_dir=tmp_path))
    (topology,) = shard.drive.projected(GRID_TOPOLOGY)
    service.views[0].fold(Record(GRID_TOPOLOGY, 0, 0, f"{AREA}/1", b"", {}), topology)
    assert service.effects[0].perform(shard.drive.intents[0]) is not None


def test_a_forecast_file_becomes_periods() -> None:
    text = HEADER + (
        "2026-01-01T00:15:00+01:00,bus-2,-100,0,-200,0\n"
        "2026-01-01T00:00:00+01:00,bus-2,-90,1,-180,5\n"
        "\n"
        "2025-12-31T23:15:00+00:00,bus-3,7,0,7,7\n"
    )
    table = read(text.encode(), 900)
    assert table.errors == []
    assert [(entry.mtu.start_s, len(entry.nodes)) for entry in table.periods] == [
        (1_767_222_000, 1),
        (1_767_222_900, 2),
    ]
    assert table.periods[0].nodes[0] == grid.NodeForecast(
        node_id="bus-2", p50_w=-90, q50_var=1, p95_consumption_w=-180, p95_injection_w=5
    )


def test_every_wrong_cell_of_a_forecast_file_is_named() -> None:
    text = HEADER + (
        "2026-01-01T00:00:00,bus-2,x,0,0,0\n"
        "2026-01-01T00:00:00Z,,1,0,0\n"
        f"2026-01-01T00:00:00Z,bus-2,{2**63},0,0,0\n"
        "2026-01-01T00:00:00Z,bus-2,1,0,0,1\n"
    )
    table = read(text.encode(), 900)
    assert [(error.row, error.column, error.code) for error in table.errors] == [
        (2, "start", "FIELD_MALFORMED"),
        (2, "p50_w", "FIELD_MALFORMED"),
        (3, "node", "FIELD_MISSING"),
        (3, "p95_injection_w", "FIELD_MISSING"),
        (4, "p50_w", "FIELD_MALFORMED"),
    ]
    assert table.periods == []


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"a,b\n1,2\n", b'start,node\n"', b"x" * 600_000])
def test_what_is_no_forecast_file_is_refused(content: bytes) -> None:
    table = read(content, 900)
    assert table.periods == []
    assert len(table.errors) == 1
