"""Bids of an independent library for the Nordic market, and published examples, pass the simulator."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from bsp_documents import BSP, Received
from nexa_mfrr_eam import (
    TSO,
    Bid,
    BiddingZone,
    BidDocument,
    ConditionalStatus,
    Direction,
    ExclusiveGroup,
    InclusiveGroup,
    MarketProductType,
    MultipartGroup,
    SchemaVersion,
    TechnicalLink,
)
from nexa_mfrr_eam.types import BidTimeSeriesModel

from flexbourse_mfrr_simulator.clock import DrivenClock
from flexbourse_mfrr_simulator.documents.elements import DocumentError
from flexbourse_mfrr_simulator.documents.reading import read
from flexbourse_mfrr_simulator.documents.schemas import Schemas
from flexbourse_mfrr_simulator.domain.messages import ReserveBid
from flexbourse_mfrr_simulator.scenario import make_scenario
from flexbourse_mfrr_simulator.simulator import Simulator, counted_ids

ZONES = [{"name": "NO2", "eic": "10YNO-2--------T"}, {"name": "SE3", "eic": "10Y1001A1001A46L"},
         {"name": "FI", "eic": "10YFI-1--------U"}]  # fmt: skip
PLATFORMS = {TSO.STATNETT: "10X1001A1001A38Y", TSO.FINGRID: "10X1001A1001A264", TSO.SVK: "10X1001A1001A418"}
BOTH = MarketProductType.SCHEDULED_AND_DIRECT


def mtu(quarters: int = 0) -> str:
    """Return a quarter of an hour some hours from now: the library stamps its documents with the machine's time."""
    now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    return (now + timedelta(hours=4, minutes=15 * quarters)).strftime("%Y-%m-%dT%H:%MZ")


def answered(data: bytes, tso: TSO, schemas: Path) -> tuple[Received, Simulator]:
    scenario = make_scenario({"simulator": {"id": PLATFORMS[tso]}, "zones": ZONES})
    clock = DrivenClock(int(datetime.now(UTC).timestamp()))
    simulator = Simulator(scenario, clock, Schemas(schemas), counted_ids(0))
    simulator.submit(BSP, data)
    message = simulator.mailbox.next(BSP)
    assert message is not None
    return Received(message.data), simulator


def document(tso: TSO, bids: list[BidTimeSeriesModel], version: SchemaVersion = SchemaVersion.V74) -> bytes:
    made = BidDocument(tso=tso).sender(party_id=BSP, coding_scheme="A10").add_bids(bids).build()
    return made.to_xml(schema_version=version)


def simple(quarters: int = 0, zone: BiddingZone = BiddingZone.NO2) -> BidTimeSeriesModel:
    return (
        Bid.up(volume_mw=50, price_eur=85.50).divisible(min_volume_mw=10).for_mtu(mtu(quarters))
        .resource("NOKG90901", coding_scheme="NNO").product_type(BOTH).bidding_zone(zone).build()
    )  # fmt: skip


def down() -> BidTimeSeriesModel:
    return (
        Bid.down(volume_mw=8, price_eur=-3.2).indivisible().for_mtu(mtu(1)).resource("NOKG90901", coding_scheme="NNO")
        .product_type(MarketProductType.SCHEDULED_ONLY).bidding_zone(BiddingZone.NO2).build()
    )  # fmt: skip


def linked() -> list[BidTimeSeriesModel]:
    link = TechnicalLink(bidding_zone=BiddingZone.NO2).resource("NOKG90901", coding_scheme="NNO")
    for quarter in range(3):
        link = link.add_mtu(mtu=mtu(quarter), direction=Direction.UP, volume_mw=26, price_eur=41.33, product_type=BOTH,
                            divisible=True, min_volume_mw=6)  # fmt: skip
    return list(link.build())


def grouped(kind: type) -> list[BidTimeSeriesModel]:
    group = kind(bidding_zone=BiddingZone.NO2).for_mtu(mtu()).direction(Direction.UP).product_type(BOTH)
    group = group.resource("NOKG90901", coding_scheme="NNO")
    for place in range(3):
        price = 55.0 if kind is InclusiveGroup else 55.0 + place
        group = group.add_component(volume_mw=5 + place, price_eur=price)
    return list(group.build())


def conditional() -> list[BidTimeSeriesModel]:
    first = simple()
    second = (
        Bid.up(volume_mw=5, price_eur=60).divisible(min_volume_mw=1).for_mtu(mtu(1)).product_type(BOTH)
        .resource("NOKG90901", coding_scheme="NNO").bidding_zone(BiddingZone.NO2).conditionally_available()
        .link_to(first, ConditionalStatus.NOT_AVAILABLE_IF_ACTIVATED).build()
    )  # fmt: skip
    return [first, second]


CASES = {
    "simple": lambda: [simple(), down()],
    "technical link": linked,
    "exclusive": lambda: grouped(ExclusiveGroup),
    "multipart": lambda: grouped(MultipartGroup),
    "inclusive": lambda: grouped(InclusiveGroup),
    "conditional link": conditional,
}


@pytest.mark.parametrize("version", list(SchemaVersion))
@pytest.mark.parametrize("case", CASES)
def test_bids_of_the_library_are_accepted(case: str, version: SchemaVersion, schema_folder: Path) -> None:
    bids = CASES[case]()
    received, simulator = answered(document(TSO.STATNETT, bids, version), TSO.STATNETT, schema_folder)
    if (case, version) == ("inclusive", SchemaVersion.V72):  # of which schema 7:2 knows nothing
        assert received.codes[:2] == ["A02", "A94"]
        return
    assert received.codes == ["A01"], received.reasons
    assert simulator.command("status", {})["bids"] == len(bids)


@pytest.mark.parametrize("tso", list(PLATFORMS))
def test_bids_to_each_operator_are_accepted_by_its_platform_alone(tso: TSO, schema_folder: Path) -> None:
    zone = {TSO.STATNETT: BiddingZone.NO2, TSO.FINGRID: BiddingZone.FI, TSO.SVK: BiddingZone.SE3}[tso]
    data = document(tso, [simple(zone=zone)])
    for other in PLATFORMS:
        received, _ = answered(data, other, schema_folder)
        assert received.codes == ["A01"] if other is tso else "A53" in received.codes, received.reasons


def test_two_thousand_bids_of_the_library_in_one_document(schema_folder: Path) -> None:
    bids = [
        Bid.up(volume_mw=1, price_eur=round(10 + place / 100, 2)).divisible(min_volume_mw=1).for_mtu(mtu(place % 20))
        .resource("NOKG90901", coding_scheme="NNO").product_type(BOTH).bidding_zone(BiddingZone.NO2).build()
        for place in range(2000)
    ]  # fmt: skip
    received, simulator = answered(document(TSO.STATNETT, bids), TSO.STATNETT, schema_folder)
    assert received.codes == ["A01"], received.reasons[:500]
    assert simulator.command("status", {})["bids"] == 2000


def test_published_bid_examples_are_accepted_at_their_time(schema_folder: Path, sample_folder: Path) -> None:
    zones = [*ZONES, {"name": "NO5", "eic": "10Y1001A1001A48H"}, {"name": "NO3", "eic": "10YNO-3--------J"}]
    schemas, outcomes = Schemas(schema_folder), {}
    for file in sorted(sample_folder.glob("*ReserveBid*.xml")):
        try:
            bids = read(file.read_bytes(), schemas)
        except DocumentError as error:
            outcomes[file.stem] = str(error)[:20]
            continue
        assert isinstance(bids, ReserveBid)
        simulator = Simulator(
            make_scenario({"zones": zones}), DrivenClock(bids.header.created), schemas, counted_ids(0)
        )
        simulator.submit(BSP, file.read_bytes())
        message = simulator.mailbox.next(BSP)
        assert message is not None
        received = Received(message.data)
        outcomes[file.stem] = "accepted" if received.codes == ["A01"] else received.reasons
    refused = {name: why for name, why in outcomes.items() if why != "accepted"}
    assert len(outcomes) == 9
    assert set(refused) == {"SN_Complex_Inclusive_ReserveBid_MarketDocument"}, refused  # against its schema
