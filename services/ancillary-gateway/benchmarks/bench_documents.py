"""A document of 2,000 bids read, validated, checked by the platform's rules and answered; one JSON object per row.

The reference is a bare loop of parse, validate and serialise with lxml over the same bytes in the same run; `ratio` is
our median over its median. Without the published schemas there is nothing to measure, and no row.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import etree

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from gateway_builders import MW, NOW_S, PARTIES, bid, later, order, ordered

from flexbourse_ancillary_gateway.documents.codec import DocumentCodec
from flexbourse_ancillary_gateway.documents.dialects import DIALECTS, namespace_of
from flexbourse_ancillary_gateway.documents.kinds.reserve_bid import ReserveBidDocument
from flexbourse_ancillary_gateway.documents.mappings.acknowledgements import acknowledge
from flexbourse_ancillary_gateway.documents.mappings.activations import order_of, response_to
from flexbourse_ancillary_gateway.documents.mappings.bids import bids_of, to_reserve_bid
from flexbourse_ancillary_gateway.documents.mappings.envelope import Stamp
from flexbourse_ancillary_gateway.documents.schemas import load_schemas
from flexbourse_ancillary_gateway.domain.activations.life import Activations
from flexbourse_ancillary_gateway.domain.activations.orders import BidVerdict
from flexbourse_ancillary_gateway.domain.bids.rules import find_bid_problems
from flexbourse_ancillary_gateway.domain.platform_rules import QH_45
from flexbourse_testkit.reference_data import reference_data

SERIES = 2_000
ROUNDS = 15
AIM_BIDS = 15
AIM_ORDER = 40  # of a bare loop over 4 kB, which takes 70 µs


def percentile(sorted_values: list[float], share: float) -> float:
    """Return the value below which a share of the values lies."""
    return sorted_values[min(int(share * len(sorted_values)), len(sorted_values) - 1)]


def times_ms(act: Callable[[], object], rounds: int) -> list[float]:
    """Return the sorted processor times of so many calls (the machine may be shared), after one that is not counted."""
    act()
    found = []
    for _ in range(rounds):
        start = time.process_time()
        act()
        found.append((time.process_time() - start) * 1e3)
    return sorted(found)


def bids_row(codec: DocumentCodec, schema: etree.XMLSchema) -> dict[str, object]:
    """Measure 2,000 bids, from bytes to the bytes of the acknowledgement, and writing them."""
    bids = [bid(f"bid-{i:04}", mtu=later(i % 32), quantity_w=(1 + i % 9) * MW) for i in range(SERIES)]
    document = to_reserve_bid(bids, PARTIES, Stamp("document", NOW_S))
    data = codec.write(document)

    def answer() -> bytes:
        read = codec.read(data).document
        assert isinstance(read, ReserveBidDocument)
        assert find_bid_problems(bids_of(read), {}, QH_45, NOW_S) == []
        return codec.write(acknowledge(read, Stamp("ack", NOW_S)))

    ours = times_ms(answer, ROUNDS)
    bare = times_ms(lambda: bare_loop(data, schema), ROUNDS)
    writing = times_ms(lambda: codec.write(document), ROUNDS)
    return row(f"a document of {SERIES} bids read, checked and answered", AIM_BIDS, ours, bare) | {
        "figures": figures(ours, bare) | {"write_ms": round(statistics.median(writing), 1), "kB": len(data) // 1000}
    }


def order_row(codec: DocumentCodec, schema: etree.XMLSchema, sample: bytes) -> dict[str, object]:
    """Measure one activation order, from its bytes to the bytes of its response, the grid's verdict at hand."""

    def answer() -> bytes:
        request = codec.read(sample).document
        call = order_of(request)  # type: ignore[arg-type]
        offered = {each.bid_id: bid(each.bid_id, mtu=later(0), quantity_w=each.quantity_w) for each in call.bids}
        call = order(*(ordered(each.bid_id, each.quantity_w) for each in call.bids))
        state = Activations(QH_45)
        state.take_order(call, offered, call.created_s)
        verdicts = [BidVerdict(each.bid_id, each.quantity_w) for each in call.bids]
        answered = state.take_verdict(call.order_id, 1, verdicts, offered)[0]
        answers = {each.bid_id: each for each in answered.answers}  # type: ignore[union-attr]
        return codec.write(response_to(request, answers, Stamp("response", NOW_S)))  # type: ignore[arg-type]

    ours = times_ms(answer, 100 * ROUNDS)
    bare = times_ms(lambda: bare_loop(sample, schema), 100 * ROUNDS)
    return row("an activation order answered", AIM_ORDER, ours, bare) | {"figures": figures(ours, bare)}


def bare_loop(data: bytes, schema: etree.XMLSchema) -> bytes:
    """Parse, validate, serialise, and nothing else."""
    root = etree.fromstring(data)
    assert schema.validate(root)
    return bytes(etree.tostring(root))


def figures(ours: list[float], bare: list[float]) -> dict[str, float]:
    """Return the percentiles that gateways are compared by, in ms."""
    named = {f"p{share:g}_ms": round(percentile(ours, share / 100), 2) for share in (50, 99.5, 99.8)}
    return named | {"bare_ms": round(statistics.median(bare), 2)}


def row(what: str, aim: int, ours: list[float], bare: list[float]) -> dict[str, object]:
    """Return a row of the page."""
    ratio = round(statistics.median(ours) / statistics.median(bare), 1)
    return {"name": "mfrr-documents", "what": what, "ratio": ratio, "aim": f"≤ {aim}", "reference": "bare lxml loop"}


def main() -> None:
    """Print the rows."""
    try:
        folder = reference_data("entsoe")
    except pytest.skip.Exception as missing:
        print(missing, file=sys.stderr)
        return
    codec = DocumentCodec(load_schemas(folder / "xsd"))
    schemas = {
        root.get("targetNamespace"): path
        for path in (folder / "xsd").glob("*.xsd")
        if (root := etree.parse(path).getroot()).get("targetNamespace") in DIALECTS
    }
    bids_schema = etree.XMLSchema(etree.parse(schemas[namespace_of(ReserveBidDocument)]))
    name = "SN_Activation_MarketDocument_Scheduled_Request.xml"
    sample = (folder / "samples/nbm-statnett" / name).read_bytes()
    order_schema = etree.XMLSchema(etree.parse(schemas[etree.QName(etree.fromstring(sample)).namespace]))
    print(json.dumps(bids_row(codec, bids_schema)))
    print(json.dumps(order_row(codec, order_schema, sample)))


if __name__ == "__main__":
    main()
