"""The example for control rooms: run as a stranger would run it, against a real platform on Kafka."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from flexbourse.common.v1 import common_pb2
from flexbourse.gridcheck.v1 import gridcheck_pb2 as grid
from flexbourse.traffic_light.v1 import traffic_light_pb2 as light
from flexbourse_cli.platform import PlatformOptions
from flexbourse_cli.starting import start

sys.path.insert(0, str(Path(__file__).parent))
from patience import until
from village_day import AREA, FOUNDING

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "control_room_lights.py"
PERIODS = 4
QUARTER_S = 900


def load_example() -> Any:
    spec = importlib.util.spec_from_file_location("control_room_lights", EXAMPLE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_light_past_its_heartbeat_is_unknown() -> None:
    lights = load_example().Lights()
    state = light.LightState(
        area_id=AREA, zone_id="f-1", mtu=common_pb2.Mtu(start_s=900, length_s=900), light=light.LIGHT_GREEN
    )
    alive = light.LightHeartbeat(area_id=AREA, zone_id="f-1", valid_until_ms=5_000)
    lights.take(state.DESCRIPTOR.full_name, f"{AREA}/f-1/900", state.SerializeToString())
    assert lights.rows(1)[0]["light"] == "UNKNOWN"  # no heartbeat was seen so far
    lights.take(alive.DESCRIPTOR.full_name, f"{AREA}/f-1", alive.SerializeToString())
    assert [lights.rows(now_ms)[0]["light"] for now_ms in (0, 5_000, 5_001)] == ["GREEN", "GREEN", "UNKNOWN"]
    lights.take("flexbourse.log.v1.Step", "", b"")
    lights.take("", f"{AREA}/f-1/900", None)
    assert lights.rows(0) == []


@pytest.mark.kafka
@pytest.mark.slow
def test_a_dso_reads_every_light_with_a_kafka_client_alone(tmp_path: Path) -> None:
    platform = start(PlatformOptions(engine="kafka", data_dir=tmp_path / "data"))
    try:
        platform.client("operator").registry.register(FOUNDING)
        dso = platform.client("grid-co")
        until(lambda: not dso.grid.import_network(AREA, pandapower_name="cigre-lv").problems, "the area")
        first_s = (int(time.time()) // 86_400 + 2) * 86_400
        dso.grid.submit_forecast(
            grid.SubmitForecast(
                area_id=AREA,
                periods=[
                    grid.PeriodForecast(mtu=common_pb2.Mtu(start_s=first_s + i * QUARTER_S, length_s=QUARTER_S))
                    for i in range(PERIODS)
                ],
            )
        )
        login = platform.data_dir / "credentials" / "grid-co.kafka.json"
        until(login.exists, "the login")
        seen: list[dict[str, Any]] = until(lambda: shown(login), "known lights")
    finally:
        platform.stop()
    assert {row["light"] for row in seen} == {"GREEN"}
    assert {row["area"] for row in seen} == {AREA}
    zones = {row["zone"] for row in seen}
    assert len(seen) == PERIODS * len(zones)


def shown(login: Path) -> list[dict[str, Any]]:
    """Return what the example prints once nothing is unknown."""
    command = [sys.executable, str(EXAMPLE), str(login), "--seconds", "5", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr
    rows: list[dict[str, Any]] = json.loads(done.stdout)
    return rows if all(row["light"] != "UNKNOWN" for row in rows) else []
