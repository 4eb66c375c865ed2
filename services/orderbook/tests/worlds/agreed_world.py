"""Agreements in the small world of two streets: who proposes, who answers, what comes of it."""

from __future__ import annotations

from book_world import AREA, ENERGY, NOON, World, mtu_message

from flexbourse.common.v1 import common_pb2
from flexbourse.orderbook.v1 import orderbook_pb2 as pb
from flexbourse.registry.v1 import registry_pb2 as registry

BORNE_BY = {
    "": pb.TARIFF_BEARER_UNSPECIFIED, "seller": pb.TARIFF_BEARER_SELLER, "buyer": pb.TARIFF_BEARER_BUYER,
    "halves": pb.TARIFF_BEARER_HALVES,
}  # fmt: skip


class AgreedWorld(World):
    """A world in which a community speaks for homes that hold their own rights."""

    def community(self) -> None:
        """Register a community, and an outsider."""
        for name, role in (("community", registry.ROLE_COMMUNITY), ("outsider", registry.ROLE_PROSUMER)):
            self.entity(
                "participant", name, registry.Participant(participant_id=name, name=name, roles=[role], active=True)
            )

    def agreed_side(self, subject: str) -> pb.AgreedSide:
        """Return the side of a unit such as battery-a1, or of a balance responsible party's metering point."""
        if subject.startswith("mp-"):
            return pb.AgreedSide(party="brp-1", metering_point_id=subject, reference="need")
        return pb.AgreedSide(party=self.party_of(subject), unit_id=subject, reference=f"mine-{subject}")

    def agreed(
        self, seller: str, buyer: str, quantity_w: int, price: int = 1_000, *, starts: tuple[int, ...] = (NOON,),
        borne_by: str = "", product: int = pb.PRODUCT_LOCAL_ENERGY,
    ) -> pb.AgreedTrade:  # fmt: skip
        return pb.AgreedTrade(
            product=product, mtus=map(mtu_message, starts), quantity_w=quantity_w, price_ticks=price,
            seller=self.agreed_side(seller), buyer=self.agreed_side(buyer), tariff_borne_by=BORNE_BY[borne_by],
        )  # fmt: skip

    def propose(
        self, *trades: pb.AgreedTrade, by: str = "", valid_until_ms: int = 0, market_id: str = ENERGY
    ) -> common_pb2.Result:
        self.orders += 1
        wish = pb.ProposeAgreement(
            client_agreement_id=f"g{self.orders}", market_id=market_id, trades=trades, valid_until_ms=valid_until_ms
        )
        command = pb.OrderCommand(area_id=AREA, propose_agreement=wish)
        return self.command(command, by or trades[0].seller.party)[0]

    def answer(self, agreement_id: str, by: str, *, confirm: bool = True) -> common_pb2.Result:
        said = pb.AGREEMENT_ANSWER_CONFIRM if confirm else pb.AGREEMENT_ANSWER_DECLINE
        wish = pb.AnswerAgreement(agreement_id=agreement_id, answer=said)
        return self.command(pb.OrderCommand(area_id=AREA, answer_agreement=wish), by)[0]

    def agree(self, *trades: pb.AgreedTrade, by: str = "", market_id: str = ENERGY) -> common_pb2.Result:
        """Propose, and let all others confirm; returns the last result."""
        result = self.propose(*trades, by=by, market_id=market_id)
        if result.HasField("rejection"):
            return result
        name, proposer = result.id, by or trades[0].seller.party
        sides = [side.party for trade in trades for side in (trade.seller, trade.buyer)]
        for party in dict.fromkeys(party for party in sides if party != proposer):
            result = self.answer(name, party)
        return result

    def outcomes(self) -> list[str]:
        """Return how agreements ended so far."""
        return [
            pb.AgreementOutcome.Name(ended.outcome).removeprefix("AGREEMENT_OUTCOME_")
            for ended in self.events("agreement_ended")
        ]
