"""A shard of the gateway with what admits units to the auction; short ways to say what auction and areas answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gateway_world import AREA, GatewayWorld

from flexbourse.common.v1 import common_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as book
from flexbourse.registry.v1 import registry_pb2 as registry
from flexbourse.wholesale_gateway.v1 import wholesale_gateway_pb2 as pb
from flexbourse_wholesale_gateway.domain import commands as c
from flexbourse_wholesale_gateway.domain.day_ahead import Award
from flexbourse_wholesale_gateway.domain.external_order import client_order_id

BEGIN_S = 1_768_464_000  # 2026-01-15T08:00Z, 9:00 in Bratislava
ENTRY_ENDS_S = BEGIN_S + 9_000  # 11:30
RESULTS_S = ENTRY_ENDS_S + 3_600
NOON_S = BEGIN_S + 27 * 3600  # 2026-01-16T11:00Z


class AuctionWorld(GatewayWorld):
    """The world with what admits units to the auction."""

    def __init__(self) -> None:
        super().__init__(at_ms=BEGIN_S * 1000)
        for number in range(1, 5):
            name = f"mp{number}"
            point = registry.MeteringPoint(metering_point_id=name, area_id=AREA, node_id=f"n{number}", active=True)
            self.entity(f"metering_point/{name}", metering_point=point)
            unit = registry.Unit(
                unit_id=f"u{number}", feeder_id="feeder-1", metering_point_id=name, controllable=True, active=True,
                max_power_w=300_000, operator_id="agr-a",
            )  # fmt: skip
            self.entity(f"unit/u{number}", unit=unit)
            right = registry.RightToOffer(right_id=f"r{number}", unit_id=f"u{number}", holder_id="agr-a",
                                          valid_to_s=10**10)  # fmt: skip
            self.entity(f"right/r{number}", right=right)
        self.connect()

    def offer(self, number: int, watts: int, ticks: int, party: str = "agr-a", **changes: Any) -> common_pb2.Answer:
        terms: dict[str, Any] = {
            "offer_id": f"of{number}", "unit_id": f"u{number}", "side": book.SIDE_SELL, "quantity_w": watts,
            "mtu": common_pb2.Mtu(start_s=NOON_S, length_s=900), "limit_ticks": ticks, **changes,
        }  # fmt: skip
        offer = pb.DayAheadOffer(**terms)
        return self.send(party, offer_day_ahead=pb.OfferDayAhead(offers=[offer]))

    def at(self, second: int) -> None:
        self.drive.time(second * 1000)

    def stages(self) -> list[str]:
        return [pb.CurveStage.Name(event.stage) for event in self.events("curve_moved")]

    def submitted(self) -> pb.SubmissionAsked:
        asked = self.requests()[-1]
        assert isinstance(asked, pb.SubmissionAsked)
        return asked

    def take_all(self) -> list[pb.CurveSent]:
        """Let the auction take all that was submitted last."""
        asked = self.submitted()
        self.own(c.RecordSubmission(asked.request_id, tuple(own.intent_id for own in asked.curves), ()))
        return list(asked.curves)

    def award(self, revision: int, awards: Sequence[Award], *, final: bool = True) -> None:
        """Let the auction answer the newest question for its result."""
        asked = self.requests()[-1]
        assert isinstance(asked, pb.AwardsAsked)
        self.own(c.RecordAwards(asked.request_id, asked.day, revision, final, tuple(awards)))


def award_of(curve: pb.CurveSent, watts: int, ticks: int = 4_000, place: int = 0) -> Award:
    """Return an award of a curve, or of the n-th quarter-hour of a block."""
    return Award(client_order_id(curve.intent_id), watts, ticks, curve.mtu.start_s + 900 * place)
