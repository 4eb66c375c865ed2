"""A unit's life and files of units and offers, typed at a running platform."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse_bulk.csv_form import write_csv
from flexbourse_bulk.files import Form, read
from flexbourse_bulk.xlsx_form import write_xlsx
from flexbourse_bulk.xml_form import write_xml
from flexbourse_cli.main import cli
from flexbourse_cli.platform import Platform, PlatformOptions
from flexbourse_cli.starting import start
from flexbourse_client.bulk import upload_objects
from flexbourse_client.errors import RefusedError

sys.path.insert(0, str(Path(__file__).parent))
from village_day import FOUNDING

Command = Callable[..., Result]
COLUMNS = ["unit_id", "name", "type", "metering_point_id", "owner_id", "operator_id", "max_power_w", "min_power_w"]
T0 = 1_700_000_000_000


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    running = start(PlatformOptions(data_dir=tmp_path_factory.mktemp("uploads") / "data"))
    running.announce()
    client = running.client("operator")
    point = registry.MeteringPoint(
        metering_point_id="mp-1", area_id="village", node_id="bus-1", owner_id="home-1", brp_id="supplier", active=True
    )
    receipt = client.registry.register([*FOUNDING, registry.Entity(metering_point=point)])
    assert not [result for result in receipt.answer.results if result.HasField("rejection")]
    yield running
    running.stop()


@pytest.fixture
def up(platform: Platform) -> Command:
    def run(*arguments: object) -> Result:
        party = [] if "--party" in arguments else ["--party", "operator"]
        return CliRunner().invoke(cli, [*map(str, arguments), *party, "--data", str(platform.data_dir)])

    for party in ("operator", "sun-agg", "grid-co"):
        platform.client(party).close()  # enrols the party
    return run


def state_of(platform: Platform, unit_id: str) -> str:
    found = platform.client("operator").registry.get("unit", unit_id)
    assert found is not None
    return registry.UnitState.Name(found.entity.unit.life.state).removeprefix("UNIT_STATE_")


def row(unit_id: str, **changes: str) -> list[str]:
    cells = dict(zip(COLUMNS, [unit_id, "A", "LOAD", "mp-1", "home-1", "sun-agg", "5000", "-5000"], strict=True))
    return list((cells | changes).values())


def test_a_unit_is_taken_through_its_life(platform: Platform, up: Command) -> None:
    unit = registry.Unit(
        unit_id="life-1", name="Heat pump", type=registry.UNIT_TYPE_HEAT_PUMP, metering_point_id="mp-1",
        owner_id="home-1", operator_id="sun-agg", max_power_w=0, min_power_w=-3000, controllable=True,
    )  # fmt: skip
    platform.client("sun-agg").registry.register([registry.Entity(unit=unit)])
    test = ["--terms", 2000, 10, 60, 900, 50]
    seen = ["--seen", T0, T0 + 1000, T0 + 2000, T0 + 902_000, 2000]
    end = "2030-01-01T00:00:00Z"
    for party, kind, extra, state in (
        ("sun-agg", "request-grid", [], "GRID_REQUESTED"),
        ("grid-co", "ask-grid", ["--text", "Which fuse?"], "GRID_INFORMATION_REQUESTED"),
        ("sun-agg", "answer-grid", ["--text", "25 A"], "GRID_REQUESTED"),
        ("grid-co", "approve-grid", ["--min-w", -2500, "--until", end, "--temporary"], "GRID_APPROVED"),
        ("sun-agg", "request-product", ["--product", "congestion"], "GRID_APPROVED"),
        ("grid-co", "order-test", ["--product", "congestion", *test], "GRID_APPROVED"),
        ("grid-co", "record-test", ["--product", "congestion", *seen], "QUALIFIED"),
        ("sun-agg", "activate", [], "ACTIVE"),
        ("grid-co", "suspend", ["--reason", "communication"], "SUSPENDED"),
    ):  # fmt: skip
        done = up("registry", "step", "life-1", "--kind", kind, "--party", party, *extra)
        assert done.exit_code == 0, done.output
        assert state_of(platform, "life-1") == state
    refused = up("registry", "step", "life-1", "--kind", "resume", "--party", "sun-agg")
    assert refused.exit_code == 1
    assert "NOT_AUTHORISED" in refused.output
    assert "grid-co" in refused.output
    wrong = up("registry", "step", "life-1", "--kind", "approve-grid", "--until", "tomorrow")
    assert wrong.exit_code == 2
    found = platform.client("operator").registry.get("unit", "life-1")
    assert found is not None
    grid = found.entity.unit.life.grid
    assert (grid.max_power_w, grid.min_power_w, grid.valid_to_s, grid.temporary) == (0, -2500, 1_893_456_000, True)


@pytest.mark.parametrize("form", list(Form))
def test_units_from_a_file_of_each_form(platform: Platform, up: Command, tmp_path: Path, form: Form) -> None:
    file, back = tmp_path / f"units.{form.value}", tmp_path / f"back.{form.value}"
    rows = [row(f"{form.value}-{number}") for number in range(3)]
    rows[1] = row(f"{form.value}-1", name="", min_power_w="9000")

    def write(lines: list[list[str]]) -> None:
        if form is Form.XML:
            file.write_bytes(write_xml("unit", COLUMNS, lines))
        else:
            file.write_bytes((write_csv if form is Form.CSV else write_xlsx)(COLUMNS, lines))

    write(rows)
    done = up("registry", "import", file, "--annotated", back, "--json")
    assert done.exit_code == 1
    found = json.loads(done.output)
    assert (found["accepted_count"], found["changed_count"]) == (0, 0)
    number = 2 if form is Form.XML else 3
    assert [(error["row"], error["column"]) for error in found["errors"]] == [(number, "name"), (number, "min_power_w")]
    assert [each.cells.get("status", "") for each in read(back.read_bytes()).rows] == ["", "REFUSED", ""]
    assert platform.client("operator").registry.get("unit", f"{form.value}-0") is None
    write([row(f"{form.value}-{number}") for number in range(3)])
    for changed in (3, 0):
        done = up("registry", "import", file, "--annotated", back)
        assert done.exit_code == 0, done.output
        assert f"3 accepted, {changed} changed, 0 errors" in done.output
    assert {each.cells["status"] for each in read(back.read_bytes()).rows} == {"ACCEPTED"}
    assert state_of(platform, f"{form.value}-2") == "REGISTERED"


def test_a_large_file_goes_in_parts_and_the_good_rows_of_a_partial_one_count(platform: Platform) -> None:
    rows = [row(f"many-{number}", name="" if number == 1500 else "A") for number in range(2500)]
    reached: list[tuple[int, int]] = []
    done = upload_objects(
        platform.client("operator").registry, "unit", write_csv(COLUMNS, rows), partial=True,
        progress=lambda at, of: reached.append((at, of)),
    )  # fmt: skip
    assert (done.accepted_count, done.changed_count) == (2499, 2499)
    assert [(error.row, error.column) for error in done.errors] == [(1502, "name")]
    assert reached == [(1000, 2500), (2000, 2500), (2500, 2500)]


def test_an_import_without_its_parts_is_refused(platform: Platform) -> None:
    with pytest.raises(RefusedError, match="IMPORT_UNKNOWN"):
        platform.client("operator").registry.commit("nothing", 1)


def offers(**changes: Any) -> bytes:
    cells = {"client_order_id": "o1", "product": "LOCAL_ENERGY", "side": "SELL", "mtu_start": "2026-01-15T18:00:00Z",
             "unit_id": "no-unit", "quantity_w": "1000", "limit_price_ticks": "10"} | changes  # fmt: skip
    return write_csv(list(cells), [list(cells.values()), ["o2", "TOAST", *list(cells.values())[2:]]])


def test_offers_from_a_file_are_decided_alone(up: Command, tmp_path: Path) -> None:
    file, back = tmp_path / "offers.csv", tmp_path / "back.csv"
    file.write_bytes(offers())
    done = up(
        "order", "import", file, "--market", "village-energy", "--party", "sun-agg", "--annotated", back, "--json"
    )
    assert done.exit_code == 1
    errors = [(error["row"], error["code"]) for error in json.loads(done.output)["errors"]]
    assert errors[0][0] == 2
    assert errors[1] == (3, "FIELD_MALFORMED")
    assert [each.cells["status"] for each in read(back.read_bytes()).rows] == ["REFUSED", "REFUSED"]
