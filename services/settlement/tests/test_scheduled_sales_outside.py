"""Energy sold outside that the frozen base has already: it is reported and paid, and moves no position.

Every metering point has a frozen base of 4,000 W, the unit's forecast surplus; imbalance is settled at 100 EUR/MWh,
10 cents for 4 kW and a quarter-hour.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import pytest
from external_script import CENTS, EXCHANGE, share, version
from settlement_market import party_of
from settlement_rig import Rig
from test_external_results import batches, hear, in_all, settle

from flexbourse.external.v1 import external_pb2 as external
from flexbourse_settlement.adapters.statement_files import statement_path
from flexbourse_settlement.domain.ledger import net_by_account
from flexbourse_settlement.domain.lines.external import AdjustmentLine, ExternalLine
from flexbourse_settlement.domain.lines.line import PerimeterLine, PositionLine
from flexbourse_settlement.external_wire import SHARE, result_from
from flexbourse_settlement.verification import ChainSource, verify_statement

BASE_W = 4_000
A, B, VENUE = party_of("mp-1"), party_of("mp-2"), f"VENUE-{EXCHANGE}"
SOLAR, BATTERY = share("mp-1", 4_000, 24, scheduled=True), share("mp-1", 4_000, 24)
OTHERS = {f"mp-{number}": BASE_W for number in range(1, 9)}


@dataclass(frozen=True)
class Vector:
    """Versions before and behind the settlement, what the meter of mp-1 says, and what comes of all of it."""

    name: str
    before: tuple[external.ExternalResult, ...]
    metered_w: int
    in_all: dict[str, int]
    behind: tuple[external.ExternalResult, ...] = ()


DELIVERED = {A: 24 * CENTS, VENUE: -24 * CENTS}
VECTORS = (
    Vector("scheduled, the meter is the base: no imbalance", (version(1, SOLAR),), 4_000, DELIVERED),
    Vector("scheduled, and not delivered: what is missing of the base", (version(1, SOLAR),), 0,
           {A: 14 * CENTS, "IMBALANCE": 10 * CENTS, VENUE: -24 * CENTS}),
    Vector("a battery's deviation, delivered on top of the base: no imbalance", (version(1, BATTERY),), 8_000,
           DELIVERED),
    Vector("a battery's deviation that stays away is charged", (version(1, BATTERY),), 4_000,
           {A: 14 * CENTS, "IMBALANCE": 10 * CENTS, VENUE: -24 * CENTS}),
    Vector("bought, scheduled", (version(1, share("mp-1", -4_000, -24, scheduled=True)),), 4_000,
           {A: -24 * CENTS, VENUE: 24 * CENTS}),
    Vector("both at one metering point: the deviation alone moves it",
           (version(1, SOLAR, share("mp-1", 1_000, 6, "o-2")),), 5_000, {A: 30 * CENTS, VENUE: -30 * CENTS}),
    Vector("both under one order: each by its own flag",
           (version(1, SOLAR, share("mp-1", 1_000, 6)),), 5_000, {A: 30 * CENTS, VENUE: -30 * CENTS}),
    Vector("a correction that turns the quantity moves money alone", (version(1, SOLAR),), 4_000,
           {A: -12 * CENTS, VENUE: 12 * CENTS}, (version(2, share("mp-1", -2_000, -12, scheduled=True)),)),
    Vector("a deviation that a correction turns moves what was settled",
           (version(1, BATTERY),), 8_000, {A: 3 * CENTS, "IMBALANCE": -15 * CENTS, VENUE: 12 * CENTS},
           (version(2, share("mp-1", -2_000, -12)),)),
    Vector("recalled whole: its money goes back, and nothing else", (version(1, SOLAR),), 4_000, {}, (version(2),)),
    Vector("to another member of the pool: of neither a deviation", (version(1, SOLAR),), 4_000,
           {B: 24 * CENTS, VENUE: -24 * CENTS}, (version(2, share("mp-2", 4_000, 24, scheduled=True)),)),
    Vector("told without the flag, corrected by it: the imbalance of then goes back", (version(1, BATTERY),), 4_000,
           DELIVERED, (version(2, SOLAR, reason="scheduled"),)),
)  # fmt: skip


def started(folder: Path) -> Rig:
    rig = Rig(folder)
    rig.village()
    rig.trade([], base_w=BASE_W)
    return rig


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector.name)
def test_what_a_sale_outside_brings(vector: Vector, tmp_path: Path) -> None:
    rig = started(tmp_path)
    hear(rig, *vector.before)
    settle(rig, {**OTHERS, "mp-1": vector.metered_w})
    hear(rig, *vector.behind)
    assert in_all(rig) == dict(sorted(vector.in_all.items()))


def test_a_scheduled_sale_is_reported_and_its_correction_too(tmp_path: Path) -> None:
    rig = started(tmp_path)
    hear(rig, version(1, SOLAR))
    settle(rig, OTHERS)
    hear(rig, version(2, share("mp-1", -2_000, -12, scheduled=True), reason="turned"))
    first, second = batches(rig)
    (position,) = (line for line in first if isinstance(line, PositionLine) and line.metering_point_id == "mp-1")
    assert (position.position_w, position.external_w, position.amount_micro_euro) == (BASE_W, 0, 0)
    reports = [
        [(line.account, line.quantity_w) for line in lines if isinstance(line, PerimeterLine)]
        for lines in (first, second)
    ]
    assert reports == [[("agg-a", 4_000), (VENUE, -4_000)], [("agg-a", -6_000), (VENUE, 6_000)]]
    assert not [line for line in second if isinstance(line, AdjustmentLine)]
    sold, venue = (line for line in second if isinstance(line, ExternalLine))
    assert (sold.scheduled_w, sold.former_scheduled_w) == (-2_000, 4_000)
    assert (venue.scheduled_w, venue.former_scheduled_w) == (0, 0)


def test_every_account_can_verify_scheduled_sales(tmp_path: Path) -> None:
    rig = started(tmp_path)
    hear(rig, version(1, SOLAR, share("mp-2", 2_000, 4)))
    settle(rig, {**OTHERS, "mp-2": 6_000})
    hear(rig, version(2, share("mp-1", 3_000, 18, scheduled=True), share("mp-2", 2_000, 4), reason="recalled in part"))
    rig.settle_everything()
    source = ChainSource.of_data_dir(tmp_path)
    for account in {account for lines in batches(rig) for account in net_by_account(lines)}:
        assert verify_statement(statement_path(tmp_path / "statements", account), source) == []
    stated = json.loads(statement_path(tmp_path / "statements", A).read_bytes())
    leaves = [
        leaf["fields"] for batch in stated["batches"] for group in batch["metering_points"] for leaf in group["leaves"]
        if leaf["fields"]["kind"] == "external"
    ]  # fmt: skip
    told = [(leaf["quantity_w"], leaf["scheduled_w"], leaf.get("former_scheduled_w", 0)) for leaf in leaves]
    assert told == [(4_000, 4_000, 0), (3_000, 3_000, 4_000)]


def test_the_hash_binds_the_flag_and_old_records_keep_theirs() -> None:
    plain, scheduled = result_from(version(1, BATTERY)), result_from(version(1, SOLAR))
    assert plain.shares_sha256 != scheduled.shares_sha256
    written = external.ExternalShare.FromString(BATTERY.SerializeToString())  # as before there was a flag
    assert not SHARE.decode(written).scheduled
    old = b'[["%s","%s","mp-1","u-mp-1","o-1",4000,240000]]' % (A.encode(), plain.shares[0].area_id.encode())
    assert plain.shares_sha256 == hashlib.sha256(old).digest()
