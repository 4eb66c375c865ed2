"""The end of the day: meter readings in, statements out, and what each home paid."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from flexbourse.common.v1 import common_pb2
from flexbourse.settlement.v1 import settlement_pb2 as settlement
from flexbourse_demo.driving.driver import TRADERS, Driver
from flexbourse_demo.driving.notes import MarketNotes, home_of, moved_by_unit
from flexbourse_demo.driving.scene import AREA_ID, SUBSTATION_METER_ID
from flexbourse_demo.driving.stage import SetupError
from flexbourse_demo.driving.translate import mtu
from flexbourse_demo.modelled.loads import DayModel, Watts
from flexbourse_demo.modelled.village import METER_OPERATOR_ID, OPERATOR_ID
from flexbourse_demo.robots.base import supplier_cent
from flexbourse_demo.robots.market_view import TICKS_PER_CENT
from flexbourse_demo.robots.supplier import SUPPLIER_UNIT_ID

READINGS_PER_COMMAND = 4_500
MAX_CLOSING_STEPS = 40
CLOSING_STEP_S = 60
FINAL = "FINAL"
TARIFF_ACCOUNT = "DNUT"


@dataclass(frozen=True)
class Settled:
    """What settlement left: the batch, the accounts, the statements by participant."""

    run_id: str
    state: str
    root: str
    gas: int
    block: int
    leaves: int
    batches: int
    accounts_micro_euro: dict[str, int]
    statements: dict[str, dict[str, Any]] = field(repr=False)

    def paid_by_home(self) -> dict[str, int]:
        """Return what each home paid in micro-euro: tariff, refunds, imbalance included, negative where it earned."""
        paid: dict[str, int] = {}
        for group in self.groups():
            point = group["metering_point_id"]
            paid[point] = paid.get(point, 0) - int(group["net_micro_euro"])
        return paid

    def groups(self) -> Iterator[dict[str, Any]]:
        """Yield the parts of all statements that belong to one metering point."""
        for stated in self.statements.values():
            for batch in stated["batches"]:
                yield from batch["metering_points"]

    def base_w(self, model: DayModel) -> dict[str, Watts]:
        """Return per home the frozen base where it traded, and what it did where it did not."""
        base = {home.home_id: model.home_actual(home) for home in model.village.homes}
        for group in self.groups():
            series = base.get(group["metering_point_id"])
            for leaf in group["leaves"]:
                fields = leaf["fields"]
                if series is not None and fields["kind"] == "position" and fields["settled"]:
                    series[model.day.index_of(int(fields["mtu_start_s"]))] = int(fields["base_w"])
        return base

    def operator_micro_euro(self) -> int:
        """Return what the network operator earned: the tariffs, less the relief it bought."""
        return self.accounts_micro_euro.get(TARIFF_ACCOUNT, 0) + self.accounts_micro_euro.get(OPERATOR_ID, 0)

    def digest(self) -> str:
        """Return the SHA-256 of all statements without what says where on which chain their root stands."""
        content = {
            party: {**stated, "batches": [{k: v for k, v in b.items() if k != "anchor"} for b in stated["batches"]]}
            for party, stated in self.statements.items()
        }
        return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def settle_day(driver: Driver, last_step: int) -> Settled:
    """Submit all readings, settle the day as one run, and step until its batch is final.

    Raises:
        SetupError: settlement refused, or did not become final in time.
    """
    day, notes = driver.model.day, driver.fold.notes
    run_id = f"day-{day.day.isoformat()}"
    meters = driver.client(METER_OPERATOR_ID).settlement
    readings = list(_readings(driver.model, notes))
    prices = [round(cent * TICKS_PER_CENT) for cent in supplier_cent(driver.model)]

    def submit(name: str) -> Iterable[common_pb2.CommandReceipt]:
        for number, start in enumerate(range(0, len(readings), READINGS_PER_COMMAND)):
            part = readings[start : start + READINGS_PER_COMMAND]
            yield meters.submit_readings(AREA_ID, part, command_id=f"{name}-readings-{number}")

    def complete(name: str) -> Iterable[common_pb2.CommandReceipt]:
        mtus = [mtu(day, index) for index in range(day.count)]
        imbalance = [settlement.ImbalancePrice(mtu=m, price_ticks=p) for m, p in zip(mtus, prices, strict=True)]
        yield meters.complete_readings(AREA_ID, mtus, run_id, imbalance_prices=imbalance, command_id=f"{name}-complete")

    driver.step(last_step + 1, day.end_s, submit)
    driver.step(last_step + 2, day.end_s + CLOSING_STEP_S, complete)
    operator = driver.client(driver.operator_id)
    for extra in range(3, MAX_CLOSING_STEPS):
        driver.step(last_step + extra, day.end_s + extra * CLOSING_STEP_S, lambda _: [])
        batches = operator.settlement.batches(driver.journal_position("settlement"))
        if batches and all(batch.state == FINAL for batch in batches):
            driver.step(last_step + extra + 1, day.end_s + (extra + 1) * CLOSING_STEP_S, lambda _: [])
            return _settled(driver, run_id, batches)
    raise SetupError(f"the batch of {run_id} is not final after {MAX_CLOSING_STEPS} steps: {batches}")


def _settled(driver: Driver, run_id: str, batches: Sequence[settlement.BatchState]) -> Settled:
    accounts: dict[str, int] = {}
    for batch in batches:
        for account, amount in batch.accounts_micro_euro.items():
            accounts[account] = accounts.get(account, 0) + amount
    position = driver.journal_position("settlement")
    statements = {  # who had no line in the run has no statement of it
        party: json.loads(driver.client(party).settlement.statement(run_id, party, position))
        for party in TRADERS
        if party in accounts
    }
    return Settled(
        run_id=run_id,
        state=batches[-1].state,
        root=batches[-1].root.hex(),
        gas=sum(batch.gas_used for batch in batches),
        block=batches[-1].block_number,
        leaves=sum(batch.leaf_count for batch in batches),
        batches=len(batches),
        accounts_micro_euro=accounts,
        statements=statements,
    )


def _readings(model: DayModel, notes: MarketNotes) -> Iterator[settlement.Reading]:
    """Yield what every meter showed; the substation's shows what the supplier sold there."""
    count = model.day.count
    moved = moved_by_unit(notes, count)
    traded = {home.home_id: np.zeros(count, dtype=np.int64) for home in model.village.homes}
    for unit, series in moved.items():
        if home_of(unit) in traded:
            traded[home_of(unit)] += series
    shown = {home.home_id: model.metered_w(home, traded[home.home_id]) for home in model.village.homes}
    shown[SUBSTATION_METER_ID] = moved.get(SUPPLIER_UNIT_ID, np.zeros(count, dtype=np.int64))
    for meter, series in shown.items():
        for index in range(count):
            yield settlement.Reading(metering_point_id=meter, mtu=mtu(model.day, index), mean_w=int(series[index]))


def trades_digest(notes: MarketNotes) -> str:
    """Return the SHA-256 of all trades in canonical form, by trade id."""
    rows = [
        [t.trade_id, t.index, t.product, t.quantity_w, t.price_ticks, t.amount_micro_euro, t.dnut_micro_euro,
         t.seller_order, t.seller_unit, t.buyer_order, t.buyer_unit, t.buyer_is_aggressor]
        for t in sorted(notes.trades, key=lambda trade: trade.trade_id)
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(rows, separators=(",", ":")).encode()).hexdigest()
