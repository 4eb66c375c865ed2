"""Following an external registry: what changed is imported, what vanished is suspended, what comes back is resumed."""

from __future__ import annotations

import importlib.util
import json
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse_cli.main import cli
from flexbourse_cli.platform import Platform, PlatformOptions
from flexbourse_cli.starting import start
from flexbourse_client.external_rest import RestSource
from flexbourse_core.errors import TransientError

sys.path.insert(0, str(Path(__file__).parent))
from village_day import FOUNDING

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "external_registry.py"
UNIT = {
    "type": "LOAD", "metering_point_id": "mp-1", "owner_id": "home-1", "operator_id": "sun-agg", "max_power_w": 5000,
    "min_power_w": -5000, "active": True,
}  # fmt: skip


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    running = start(PlatformOptions(data_dir=tmp_path_factory.mktemp("external") / "data"))
    running.announce()
    point = registry.MeteringPoint(
        metering_point_id="mp-1", area_id="village", node_id="bus-1", owner_id="home-1", brp_id="supplier", active=True
    )
    running.client("operator").registry.register([*FOUNDING, registry.Entity(metering_point=point)])
    yield running
    running.stop()


@pytest.fixture
def serve() -> Iterator[Callable[[ThreadingHTTPServer], str]]:
    servers: list[ThreadingHTTPServer] = []

    def begin(server: ThreadingHTTPServer) -> str:
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{server.server_address[1]}"

    yield begin
    for server in servers:
        server.shutdown()
        server.server_close()


def example(file: Path) -> ThreadingHTTPServer:
    spec = importlib.util.spec_from_file_location("external_registry_example", EXAMPLE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found: ThreadingHTTPServer = module.server(file, 0)
    return found


def follow(platform: Platform, source: object, *more: object) -> list[dict[str, Any]]:
    arguments = ["registry", "follow", str(source), *map(str, more), "--json", "--data", str(platform.data_dir)]
    done = CliRunner().invoke(cli, arguments)
    assert done.exit_code in (0, 1), done.output
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def counts(look: dict[str, Any]) -> tuple[int, ...]:
    return tuple(look[f"{name}_count"] for name in ("row", "sent", "changed", "vanished"))


def state_of(platform: Platform, unit_id: str) -> str:
    found = platform.client("operator").registry.get("unit", unit_id)
    return "none" if found is None else registry.UnitState.Name(found.entity.unit.life.state)[11:]


def test_a_rest_service_is_followed(
    platform: Platform, serve: Callable[[ThreadingHTTPServer], str], tmp_path: Path
) -> None:
    file = tmp_path / "units.json"

    def write(*numbers: int, **changes: object) -> None:
        units = [{"unit_id": f"r{number}", "name": f"Unit {number}", **UNIT, **changes} for number in numbers]
        file.write_text(json.dumps(units))

    write(*range(1200))
    source = serve(example(file))
    assert counts(follow(platform, source, "--kind", "unit")[0]) == (1200, 1200, 1200, 0)
    assert counts(follow(platform, source, "--kind", "unit")[0]) == (1200, 0, 0, 0)
    write(0, 1, name="Renamed")
    assert counts(follow(platform, source, "--kind", "unit")[0]) == (2, 2, 2, 1198)
    assert (state_of(platform, "r1"), state_of(platform, "r2")) == ("ACTIVE", "SUSPENDED")
    write(0, 1, 2, name="Renamed")
    assert counts(follow(platform, source, "--kind", "unit")[0]) == (3, 1, 1, 0)
    assert state_of(platform, "r2") == "ACTIVE"


def test_a_folder_with_other_names_of_columns(platform: Platform, tmp_path: Path) -> None:
    (tmp_path / "units.csv").write_text("ID,Bezeichnung,kW\nf1,Eins,5000\nf2,,5000\n")
    names = {
        "unit_id": "ID", "name": "Bezeichnung", "max_power_w": "kW", "type": "=LOAD", "metering_point_id": "=mp-1",
        "owner_id": "=home-1", "operator_id": "=sun-agg",
    }  # fmt: skip
    mapping = tmp_path / "names.json"
    mapping.write_text(json.dumps({"unit": names}))
    (look,) = follow(platform, tmp_path, "--map", mapping)
    assert counts(look) == (2, 2, 1, 0)
    assert [(error["row"], error["column"]) for error in look["errors"]] == [(3, "name")]
    assert (state_of(platform, "f1"), state_of(platform, "f2")) == ("REGISTERED", "none")
    (look,) = follow(platform, tmp_path, "--map", mapping)
    assert (look["sent_count"], len(look["errors"])) == (1, 1)  # what was refused is tried again
    (tmp_path / "units.csv").write_text("ID,Bezeichnung,kW\nf1,Eins\n")
    (look,) = follow(platform, tmp_path, "--map", mapping)
    assert look["vanished_count"] == 0  # a broken file does not say what is gone


def test_other_kinds_that_vanish_become_inactive(platform: Platform, tmp_path: Path) -> None:
    file = tmp_path / "participants.csv"
    file.write_text("participant_id,name,roles,active\nx-agg,X,AGR,true\ny-agg,Y,AGR,true\n")
    follow(platform, tmp_path)
    file.write_text("participant_id,name,roles,active\nx-agg,X,AGR,true\n")
    (look,) = follow(platform, tmp_path)
    assert (look["vanished_count"], look["errors"]) == (1, [])
    gone = platform.client("operator").registry.get("participant", "y-agg")
    assert gone is not None
    assert not gone.entity.participant.active


def answering(pages: dict[str, tuple[int, bytes]]) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = pages.get(self.path, (404, b""))
            self.send_response(status)
            if status == 302:
                self.send_header("Location", "http://127.0.0.1:9/units")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: object) -> None:
            pass

    return ThreadingHTTPServer(("127.0.0.1", 0), Handler)


@pytest.mark.parametrize(
    "body", [b"no json", b"[]", b'{"items": 3}', b'{"items": [], "next": "http://127.0.0.1:9/units"}']
)
def test_answers_that_are_none(serve: Callable[[ThreadingHTTPServer], str], body: bytes) -> None:
    sheet = RestSource(serve(answering({"/units": (200, body)}))).sheet("unit")
    assert sheet is not None
    assert (sheet.rows, len(sheet.errors)) == ([], 1)


@pytest.mark.parametrize("status", [302, 401, 500])
def test_a_service_that_does_not_serve_is_tried_later(serve: Callable[[ThreadingHTTPServer], str], status: int) -> None:
    source = RestSource(serve(answering({"/units": (status, b"")})))
    with pytest.raises(TransientError, match=str(status)):
        source.sheet("unit")
    assert source.sheet("market") is None


def test_a_source_that_is_none(platform: Platform, tmp_path: Path) -> None:
    arguments = ["registry", "follow", str(tmp_path / "nowhere"), "--data", str(platform.data_dir)]
    assert CliRunner().invoke(cli, arguments).exit_code == 2
    arguments[2] = "http://127.0.0.1:9"
    done = CliRunner().invoke(cli, arguments)
    assert done.exit_code == 1
    assert "does not answer" in done.stderr
