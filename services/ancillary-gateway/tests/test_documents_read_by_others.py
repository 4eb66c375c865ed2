"""What we write is read by programs that share no code with us, and what one of them writes is read by us."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from gateway_builders import MW, NOW_S, PARTIES, START_S, ZONE, bid, later
from nexa_mfrr_eam import TSO, Bid, BiddingZone, BidDocument, MarketProductType, SchemaVersion

from flexbourse_ancillary_gateway.documents.codec import DocumentCodec
from flexbourse_ancillary_gateway.documents.mappings.availability import LimitedBid, to_bid_availability
from flexbourse_ancillary_gateway.documents.mappings.bids import bids_of, to_reserve_bid
from flexbourse_ancillary_gateway.documents.mappings.envelope import Stamp
from flexbourse_ancillary_gateway.domain.activations.orders import BidLimit, Cause
from flexbourse_ancillary_gateway.domain.bids.bid import Product

READER = Path(__file__).parent / "peers" / "read_with_entsoe_apy.py"


def numbers(content: object) -> set[str]:
    """Every text and number in a tree."""
    if isinstance(content, dict):
        return set().union(*map(numbers, content.values())) if content else set()
    if isinstance(content, list):
        return set().union(*map(numbers, content)) if content else set()
    return {str(content)}


def test_our_bids_and_limits_are_read_by_entsoe_apy(tmp_path: Path) -> None:
    codec = DocumentCodec()
    bids = [bid("whole"), bid("part", inclusive_group="g", quantity_w=1_230_000, price_ticks=-77, mtu=later(3))]
    limit = LimitedBid(BidLimit("whole", 3 * MW, Cause.VOLTAGE, "node 7", ""), bids[0], "document")
    files = {
        "bids.xml": codec.write(to_reserve_bid(bids, PARTIES, Stamp("bids", NOW_S))),
        "limits.xml": codec.write(to_bid_availability([limit], PARTIES, Stamp("limits", NOW_S))),
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    command = [sys.executable, str(READER), *(str(tmp_path / name) for name in files)]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    read_bids, read_limits = map(json.loads, printed.splitlines())
    assert (read_bids["mrid"], read_limits["mrid"]) == ("bids", "limits")
    assert {"whole", "part", "g", "1.23", "-0.77", ZONE} <= numbers(read_bids["content"])
    assert {"document", "node 7", "3"} <= {each.removeprefix("limit of ") for each in numbers(read_limits["content"])}


def test_bids_of_an_independent_library_are_bids_of_ours() -> None:
    start = datetime.fromtimestamp(START_S, UTC)
    made = [
        Bid.up(volume_mw=50, price_eur=85.50).divisible(min_volume_mw=10),
        Bid.down(volume_mw=8, price_eur=-3.2).indivisible(),
    ]
    built = [
        each.for_mtu((start + timedelta(minutes=15 * i)).strftime("%Y-%m-%dT%H:%MZ"))
        .resource("NOKG90901", coding_scheme="NNO").product_type(MarketProductType.SCHEDULED_AND_DIRECT)
        .bidding_zone(BiddingZone.NO2).build()
        for i, each in enumerate(made)
    ]  # fmt: skip
    document = (
        BidDocument(tso=TSO.STATNETT).sender(party_id="9999909919920", coding_scheme="A10").add_bids(built).build()
    )
    for version in (SchemaVersion.V72, SchemaVersion.V74):
        up, down = bids_of(DocumentCodec().read(document.to_xml(schema_version=version)).document)
        assert (up.quantity_w, up.minimum_w, up.price_ticks, up.mtu) == (50 * MW, 10 * MW, 8_550, later(0))
        assert (down.quantity_w, down.minimum_w, down.price_ticks, down.mtu) == (8 * MW, None, -320, later(1))
        assert (up.zone, down.product) == (ZONE, Product.BOTH)
