"""Results from outside for tests of settlement: a few words per version."""

from __future__ import annotations

import hashlib

from settlement_market import AREA, MTU, party_of

from flexbourse.common.v1 import common_pb2
from flexbourse.external.v1 import external_pb2 as external
from flexbourse_core.market_time import Mtu

CENTS = 10_000  # micro-euro
EXCHANGE, BALANCING = "okte", "mfrr"


def share(
    point: str,
    quantity_w: int,
    cents: int,
    order_id: str = "o-1",
    party: str = "",
    dnut: int = 0,
    *,
    scheduled: bool = False,
) -> external.ExternalShare:
    """Return what falls to a metering point's operator; of no metering point, money alone."""
    return external.ExternalShare(
        party=party or party_of(point),
        area_id=AREA if point else "",
        metering_point_id=point,
        unit_id=f"u-{point}" if point else "",
        order_id=order_id,
        quantity_w=quantity_w,
        amount_micro_euro=cents * CENTS,
        dnut_micro_euro=dnut,
        scheduled=scheduled,
    )


def version(
    number: int,
    *shares: external.ExternalShare,
    name: str = "trade-1",
    venue: str = EXCHANGE,
    final: bool = True,
    mtu: Mtu = MTU,
    kind: external.ResultKind = external.RESULT_KIND_TRADE,
    document: str = "",
    reason: str = "",
) -> external.ExternalResult:
    said = document or f"{venue} {name} {number}"
    return external.ExternalResult(
        venue_id=venue,
        result_id=name,
        version=number,
        kind=kind,
        final=final,
        mtu=common_pb2.Mtu(start_s=mtu.start_s, length_s=mtu.length_s),
        shares=shares,
        document_sha256=hashlib.sha256(said.encode()).digest(),
        reason=reason,
    )
