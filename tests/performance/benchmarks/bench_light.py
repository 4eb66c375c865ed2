# ruff: noqa: E402 - the village and the shard of gridcheck come first
"""Speed from a forecast of a day to the light of every zone, through both shards; prints one JSON object per line.

One forecast of 96 MTUs on 129 nodes: base cases, margins, operating points, zone results, tariffs, then the lights,
with decoding, journal records and projections. ``ratio`` is the time of the same 96 power flows by power-grid-model,
one call each, over that of all this work.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[3]
sys.path[:0] = [str(ROOT / "libs/gridmath/benchmarks"), str(ROOT / "services/gridcheck/tests")]

from bench_quotes import AIM_S, MTUS, day, village
from gridcheck_world import AREA, GridShard

from flexbourse.gridcheck.v1 import gridcheck_pb2 as grid
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse.traffic_light.v1 import traffic_light_pb2 as light
from flexbourse_gridmath.topology import compile_topology
from flexbourse_messages.catalogue import GRID_COMMAND, GRID_RESULT, GRID_TOPOLOGY, LIGHT_ZONE, REGISTRY_ENTITY
from flexbourse_networks.second_solver import SecondSolver
from flexbourse_testkit.drive import Drive
from flexbourse_traffic_light.processor import LightProgram

PASSES = 5
SPREAD_W = 200


def forecast(shard: GridShard, scale: float) -> grid.GridCommand:
    """Return the command of a day's forecast, as a control room would send it."""
    topology = compile_topology(village())
    periods = []
    for number, p_w in enumerate(day(topology)):
        nodes = [
            grid.NodeForecast(
                node_id=name, p50_w=(p50 := int(p * scale)), p95_consumption_w=p50 - SPREAD_W,
                p95_injection_w=p50 + SPREAD_W,
            )
            for name, p in zip(topology.node_ids[2:], p_w[2:], strict=True)
        ]  # fmt: skip
        periods.append(grid.PeriodForecast(mtu=shard.mtu(number), nodes=nodes))
    return grid.GridCommand(submit_forecast=grid.SubmitForecast(area_id=AREA, periods=periods))


class Lights:
    """A shard of the traffic light that hears what gridcheck publishes."""

    def __init__(self) -> None:
        self.drive = Drive(LightProgram, "traffic-light")
        area = registry.GridArea(area_id=AREA, dso_id="dso")
        self.drive.input(REGISTRY_ENTITY, "area/village", registry.EntityState(entity=registry.Entity(area=area)))
        self.heard = 0

    def hear(self, shard: GridShard) -> None:
        """Take what is new."""
        outputs = shard.drive.projections[self.heard :]
        self.heard += len(outputs)
        for output in outputs:
            if output.topic in (GRID_TOPOLOGY, GRID_RESULT):
                self.drive.input(output.topic, output.key, output.message)


def one_day_s(shard: GridShard, lights: Lights, scale: float) -> tuple[float, float]:
    """Return the time from the forecast to the last light, by the clock and of the processor."""
    command = forecast(shard, scale)
    before = len(lights.drive.projected(LIGHT_ZONE))
    begin, worked = time.perf_counter(), time.process_time()
    answer = shard.drive.command(GRID_COMMAND, command, "dso")
    shard.tick()
    lights.hear(shard)
    spent = time.perf_counter() - begin, time.process_time() - worked
    if any(result.HasField("rejection") for result in answer.results):
        raise SystemExit(f"the forecast was refused: {answer}")
    results = [message for message in shard.drive.projected(GRID_RESULT) if isinstance(message, grid.GridResultState)]
    if len({message.mtu.start_s for message in results[-MTUS:]}) != MTUS:
        raise SystemExit("not every MTU has a result")
    states = [state for state in lights.drive.projected(LIGHT_ZONE)[before:] if isinstance(state, light.LightState)]
    if before == 0 and len({(state.zone_id, state.mtu.start_s) for state in states}) != MTUS * 6:
        raise SystemExit("not every zone has a light in every MTU")
    return spent


def flows_s() -> float:
    """Return the time of the day's power flows by the second solver, one call each."""
    topology, solver = compile_topology(village()), SecondSolver(village())
    times = []
    for p_w in day(topology):
        begin = time.perf_counter()
        solver.solve(np.array([p_w], dtype=float), np.zeros((1, topology.n_nodes)))
        times.append(time.perf_counter() - begin)
    return statistics.median(times) * MTUS


def main() -> None:
    shard, lights = GridShard(village().to_bytes()), Lights()
    shard.publish()
    passes = [one_day_s(shard, lights, 1 - 0.05 * number) for number in range(PASSES + 1)][1:]
    own, worked = (statistics.median(times) for times in zip(*passes, strict=True))
    row = {
        "name": "platform, light of an area after a forecast",
        "what": f"forecast of {MTUS} MTUs on 129 nodes to the light of every zone, both shards, tariffs included",
        "ratio": round(flows_s() / own, 2),
        "aim": f"≤ {AIM_S} s",
        "figures": {"s": round(own, 3), "processor s": round(worked, 3)},
        "reference": f"{MTUS} power flows by power-grid-model alone, one by one",
    }
    print(json.dumps(row), flush=True)


if __name__ == "__main__":
    main()
