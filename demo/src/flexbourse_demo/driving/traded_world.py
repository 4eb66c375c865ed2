"""One traded world from the start of a platform to its end."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from pathlib import Path

from flexbourse_demo.driving.driver import DayPlan, Driver, Watcher
from flexbourse_demo.driving.fold import MarketFold
from flexbourse_demo.driving.notes import AuditNote, MarketNotes
from flexbourse_demo.driving.platform_port import PlatformFactory
from flexbourse_demo.driving.scene import AREA_ID
from flexbourse_demo.driving.settling import Settled, settle_day, trades_digest
from flexbourse_demo.modelled.loads import DayModel
from flexbourse_demo.modelled.village import OPERATOR_ID
from flexbourse_gridmath.model import NetworkModel
from flexbourse_gridmath.topology import Topology


@dataclass
class TradedWorld:
    """What a traded day left."""

    network: NetworkModel
    topology: Topology
    model: DayModel
    notes: MarketNotes
    settled: Settled | None
    robots: int
    seconds: float

    def digests(self) -> dict[str, str]:
        """Return what must be the same for the same seed, on any engine, after any number of kills."""
        found = {"trades": trades_digest(self.notes)}
        return found | ({"statements": self.settled.digest()} if self.settled else {})


def trade_world(factory: PlatformFactory, engine: str, folder: Path, plan: DayPlan, watcher: Watcher) -> TradedWorld:
    """Start a platform, drive the day, settle it where the grid is looked at, and end the platform.

    Raises:
        SetupError: the platform refused what the day needs.
    """
    started = time.monotonic()
    platform = factory(engine, folder, f"demo-{plan.seed}")
    try:
        driver = Driver(platform, plan, watcher)
        try:
            last = driver.run()
            settled = settle_day(driver, last) if plan.gate_enabled else None
            notes = driver.fold.notes
            notes.audit = _audit(driver)
            notes.light_minutes = _light_minutes(driver.fold, driver.model)
            seconds = time.monotonic() - started
            return TradedWorld(driver.network, driver.topology, driver.model, notes, settled, driver.robots, seconds)
        finally:
            driver.close()
    finally:
        platform.stop()


def _light_minutes(fold: MarketFold, model: DayModel) -> dict[str, int]:
    return fold.light_minutes(tuple(street.feeder_id for street in model.village.streets))


def _audit(driver: Driver) -> AuditNote:
    """Return what the second solver found over the day."""
    results = driver.client(OPERATOR_ID).grid.results(AREA_ID, driver.journal_position("gridcheck"))
    totals = results.audit_totals
    note = AuditNote(totals.checked_count, totals.disagreement_count, totals.violation_count)
    if not results.audits:
        return note
    return replace(
        note,
        largest_voltage_difference_npu=max(a.largest_voltage_difference_npu for a in results.audits),
        largest_loading_difference_mpct=max(a.largest_loading_difference_mpct for a in results.audits),
    )
