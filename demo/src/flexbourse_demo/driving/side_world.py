"""The world without grid check, traded in a process of its own beside the main one."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import shutil
from multiprocessing.process import BaseProcess
from pathlib import Path

from flexbourse_demo.driving.driver import DayPlan
from flexbourse_demo.driving.fold import MarketFold
from flexbourse_demo.driving.platform_port import PlatformFactory
from flexbourse_demo.driving.stage import SetupError
from flexbourse_demo.driving.traded_world import TradedWorld, trade_world
from flexbourse_demo.modelled.loads import DayModel
from flexbourse_demo.robots import Moment
from flexbourse_gridmath.model import NetworkModel
from flexbourse_gridmath.topology import Topology

RESULT_FILE = "world.pickle"
ENGINE = "embedded"
ATTEMPT_PREFIX = "platform-"
TIMEOUT_S = 600.0
STOP_S = 5.0


class _Orphan:
    """Looks on without a word, and ends the process when its parent is gone."""

    def __init__(self, parent: int) -> None:
        self._parent = parent

    def network(self, network: NetworkModel) -> None:
        """Nothing to show."""

    def scene(self, model: DayModel, topology: Topology) -> None:
        """Nothing to show."""

    def step(self, moment: Moment, fold: MarketFold) -> None:  # noqa: ARG002  the protocol's signature
        """Leave where nobody waits for the result any more."""
        if os.getppid() != self._parent:
            os._exit(1)


class SideWorld:
    """A traded world without grid check; its result is kept in its folder, so that a resumed demo finds it."""

    def __init__(self, factory: PlatformFactory, plan: DayPlan, folder: Path) -> None:
        self._factory = factory
        self._plan = DayPlan(plan.network, plan.network_json, plan.day, plan.seed, gate_enabled=False)
        self._folder = folder
        self._process: BaseProcess | None = None

    def start(self) -> None:
        """Begin, unless the result is there. A day that was cut off begins anew, in a folder of its own: an older
        process may still be on its way out."""
        if (self._folder / RESULT_FILE).exists():
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        context = multiprocessing.get_context("spawn")
        self._process = context.Process(
            target=_work, args=(self._factory, self._plan, self._folder, os.getpid()), daemon=True
        )
        self._process.start()

    def result(self) -> TradedWorld:
        """Wait for the result.

        Raises:
            SetupError: the process ended without one.
        """
        path = self._folder / RESULT_FILE
        if self._process is not None:
            self._process.join(TIMEOUT_S)
        if not path.exists():
            raise SetupError(f"the world without grid check left no result; see {self._folder}")
        for attempt in self._folder.glob(f"{ATTEMPT_PREFIX}*"):
            shutil.rmtree(attempt, ignore_errors=True)
        world: TradedWorld = pickle.loads(path.read_bytes())
        return world

    def stop(self) -> None:
        """End the process where it still runs."""
        if self._process is not None and self._process.is_alive():
            self._process.terminate()
            self._process.join(STOP_S)


def _work(factory: PlatformFactory, plan: DayPlan, folder: Path, parent: int) -> None:
    world = trade_world(factory, ENGINE, folder / f"{ATTEMPT_PREFIX}{os.getpid()}", plan, _Orphan(parent))
    fresh = folder / f"{RESULT_FILE}.new"
    fresh.write_bytes(pickle.dumps(world))
    fresh.replace(folder / RESULT_FILE)
